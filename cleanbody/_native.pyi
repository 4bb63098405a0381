"""The compiled core, built of ``native/*.c`` where there is a compiler; each function's twin tells what it does."""

from array import array
from collections.abc import Mapping, Sequence

class Classes: ...
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
def classes(table: Mapping[str, Sequence[tuple[int, float]]], states: Sequence[str], kinds: int, /) -> Classes: ...
def class_rows(classes: Classes, names: list[str], out: array[float], /) -> None: ...

# The columns of features: `features.tree`, `structure`, `region`, `context`, `second`, and of `page_type`.
def number_tree(
    tags: list[str], names: list[str], roles: dict[str, int], name: array[int], step: array[int], role: bytearray, /
) -> list[str]: ...
def shapes_of(
    parent: array[int],
    step: array[int],
    container: array[int],
    kind: bytearray,
    depth: int,
    shapes: array[int],
    /,
) -> None: ...
def card_columns(
    parent: array[int],
    step: array[int],
    role: bytearray,
    paragraph: int,
    words: array[float],
    linked: array[float],
    columns: list[array[float]],
    /,
) -> None: ...
def count_links(
    block_end: array[int],
    start: array[int],
    end: array[int],
    kind: bytearray,
    link: int,
    strong: int,
    chars: array[float],
    number: array[float],
    bold: array[float],
    /,
) -> None: ...
def form_columns(
    start: array[int],
    end: array[int],
    kind: bytearray,
    level: bytearray,
    flags: bytearray,
    container: array[int],
    role: bytearray,
    chars: array[float],
    number: array[float],
    bold: array[float],
    words: array[float],
    heading: int,
    forms: bytes,
    flag_of: bytes,
    paragraph: int,
    columns: list[array[float]],
    /,
) -> None: ...
def container_totals(
    first: array[int],
    last: array[int],
    words: array[float],
    link_share: array[float],
    sums: array[float],
    linked: array[float],
    blocks: array[float],
    /,
) -> None: ...
def place_columns(
    parent: array[int],
    container: array[int],
    role: bytearray,
    tags: int,
    name: array[int],
    weights: array[float],
    kinds: int,
    decay: float,
    sums: array[float],
    linked: array[float],
    blocks: array[float],
    cards: list[array[float]],
    shapes: array[int],
    words: array[float],
    link_share: array[float],
    columns: list[array[float]],
    /,
) -> None: ...
def region_columns(
    markup: bool,
    parent: array[int],
    first: array[int],
    last: array[int],
    role: bytearray,
    paragraph: int,
    container: array[int],
    sums: array[float],
    linked: array[float],
    blocks: array[float],
    words: array[float],
    link_share: array[float],
    commas: array[float],
    upper_shares: array[float],
    least: float,
    fee: float,
    most: float,
    columns: list[array[float]],
    /,
) -> None: ...
def is_prose(words: array[float], link_share: array[float], least: float, prose: bytearray, /) -> None: ...
def text_place_columns(words: array[float], link_share: array[float], columns: list[array[float]], /) -> None: ...
def neighbour_columns(
    words: array[float], link_share: array[float], prose: bytearray, columns: list[array[float]], /
) -> None: ...
def second_columns(
    markup: bool,
    parent: array[int],
    first: array[int],
    last: array[int],
    scores: array[float],
    container: array[int],
    words: array[float],
    shapes: array[int],
    clip: float,
    columns: list[array[float]],
    /,
) -> None: ...
def page_columns(
    columns: tuple[array[float], ...], means: array[int], greatest: array[int], row: array[float], /
) -> None: ...
