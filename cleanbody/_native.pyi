"""The compiled core, built of ``native/*.c`` where there is a compiler; each function's twin tells what it does."""

from array import array

class Tags: ...
class Forest: ...
class Bins: ...

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
def forest(width: int, ensembles: tuple[tuple[array[int] | array[float], ...], ...], /) -> Forest: ...
def bins(forest: Forest, columns: tuple[array[float], ...] | array[float], first: int, rows: int, /) -> Bins: ...
def grade(forest: Forest, number: int, parts: tuple[Bins, ...], out: array[float] | memoryview, /) -> None: ...
def hold(
    columns: tuple[array[float], ...],
    rows: int,
    rules: tuple[array[int], array[int], array[float], array[int]],
    out: array[int],
    /,
) -> None: ...
def settle(
    rules: tuple[array[float], array[int], array[int], array[int]],
    base: array[float],
    words: array[float],
    page: tuple[int, bool, float],
    constants: tuple[float, float, float, float, float],
    out: tuple[array[float], bytearray, bytearray],
    /,
) -> tuple[float, float, float]: ...
def confidence(words: array[float], score: array[float], keep: bytearray, /) -> float: ...
def take(columns: tuple[array[float], ...], numbers: array[int], fate: bytearray, out: array[float], /) -> None: ...
def page_row(
    columns: tuple[array[float], ...], rows: int, means: array[int], greatest: array[int], out: array[float], /
) -> None: ...
def plain(
    text: str,
    blocks: tuple[array[int], array[int], bytearray, bytearray, array[int]],
    parent: array[int],
    tag: list[str],
    wanted: list[int],
    /,
) -> str: ...
def lines(
    text: str,
    blocks: tuple[array[int], array[int], bytearray],
    texts: tuple[str, ...],
    wanted: list[int],
    after_break: int,
    /,
) -> str: ...
def kinds(
    scores: array[float],
    rows: array[int],
    named: array[int],
    rank: bytes,
    constants: tuple[float, float],
    out: tuple[bytearray, array[float]],
    /,
) -> None: ...
def tags(table: dict[bytes, int], /) -> Tags: ...
def is_harmless(
    data: bytes, max_depth: int | None, max_tags: int | None, max_attributes: int | None, tags: Tags | None, /
) -> bool: ...
def is_utf8(data: bytes, /) -> bool: ...
