"""The compiled core, built of ``native/*.c`` where there is a compiler; each function's twin tells what it does."""

from array import array
from collections.abc import Callable
from typing import Any

class Tags: ...

def score(
    columns: tuple[array[float], ...],
    feature: array[int],
    left: array[int],
    right: array[int],
    nan_left: array[int],
    threshold: array[float],
    value: array[float],
    root: array[int],
    out: array[float],
    /,
) -> None: ...
def tags(table: dict[bytes, int], /) -> Tags: ...
def is_harmless(
    data: bytes, max_depth: int | None, max_tags: int | None, max_attributes: int | None, tags: Tags | None, /
) -> bool: ...
def is_utf8(data: bytes, /) -> bool: ...

class WalkTables: ...
class Walk: ...

def node_links(address: int, /) -> tuple[int, int, int, int, int, int, int]: ...
def text_size(address: int, /) -> int: ...
def attribute_ends(address: int, /) -> tuple[int, int]: ...
def attribute_links(address: int, /) -> tuple[int, int, int, int]: ...
def walk_tables(
    tags: tuple[tuple[int, str, int, int, int, int, int], ...],
    attributes: tuple[bytes, ...],
    sample: int,
    text_props: frozenset[str],
    /,
) -> WalkTables: ...
def walk_open(tables: WalkTables, max_blocks: int, deadline: float | None, clock: Callable[[], float], /) -> Walk: ...
def walk_on(walk: Walk, address: int, flags: int, /) -> None: ...
def walk_columns(
    walk: Walk, /
) -> tuple[
    *tuple[str, bytes, bytes, bytearray, bytearray, bytearray, bytes, bytes, bytes, bytes],
    tuple[list[str], list[str]],
    tuple[bytes, bytes, bytearray, bytes, bytes],
    tuple[Any, ...],
    tuple[int, ...],
    tuple[int, int],
]: ...
