"""The compiled core, built of ``native/*.c`` where there is a compiler; each function's twin tells what it does."""

from array import array
from collections.abc import Callable

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
def losing_noscript(data: bytes, /) -> int: ...
def is_utf8(data: bytes, /) -> bool: ...
def read_text(text: str, most: int, /) -> tuple[bytes, bytes, bytes, bytes, tuple[str, ...], bool]: ...
def mend(
    data: bytes,
    max_depth: int | None,
    max_tags: int | None,
    max_attributes: int | None,
    quirks: bool,
    tags: Tags | None,
    attributes: Callable[[bytes], dict[bytes, bytes]],
    /,
) -> tuple[bytes, int, int]: ...
