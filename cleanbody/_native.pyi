"""The compiled core, built of ``native/*.c`` where there is a compiler; each function's twin tells what it does."""

from array import array
from collections.abc import Iterable, Sequence

class Tags: ...
class FunctionWords: ...

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
def text_columns(texts: Sequence[str], columns: Sequence[array[float]], /) -> None: ...
def word_count(text: str, /) -> float: ...
def words_of(text: str, /) -> list[str]: ...
def function_words(words: Iterable[str], /) -> FunctionWords: ...
def coherence_columns(
    texts: Sequence[str],
    words: array[float],
    link_share: array[float],
    title: str,
    description: str,
    function_words: FunctionWords,
    columns: Sequence[array[float]],
    /,
) -> None: ...
def section_columns(
    texts: Sequence[str],
    words: array[float],
    link_share: array[float],
    headings: array[float],
    title: str,
    function_words: FunctionWords,
    columns: Sequence[array[float]],
    /,
) -> None: ...
