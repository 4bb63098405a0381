"""The compiled core, built of ``native/*.c`` where there is a compiler; each function's twin tells what it does."""

from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import Any

class Accents: ...
class Classes: ...
class Letters: ...
class Phrases: ...
class Tags: ...

def classes(table: Mapping[str, Sequence[tuple[int, float]]], states: Sequence[str], kinds: int, /) -> Classes: ...
def class_rows(classes: Classes, names: list[str], out: array[float], /) -> None: ...
def letters(
    letter: Callable[[str], tuple[int, str | None]],
    fold: Callable[[str], str],
    capitals: Callable[[str], list[bool]],
    /,
) -> Letters: ...
def phrases(
    letters: Letters, accented: dict[str, str], anywhere: dict[str, Any], front: dict[str, Any], kinds: int, /
) -> Phrases: ...
def match(phrases: Phrases, text: str, /) -> tuple[int, tuple[tuple[int, int, int], ...]]: ...
def phrase_columns(
    phrases: Phrases,
    texts: list[str],
    words: array[float],
    columns: tuple[array[float], ...],
    starts: array[int],
    opens: array[int],
    most_words: float,
    least_share: float,
    /,
) -> None: ...
def accents(plain: Callable[[str], str], /) -> Accents: ...
def find_headline(
    accents: Accents,
    is_date: Callable[[str], object | None],
    texts: tuple[str, ...],
    words: array[float],
    link_share: array[float],
    prose: bytes,
    candidates: tuple[str, ...],
    kind: bytearray,
    level: bytearray,
    flags: bytearray,
    heading: int,
    item: int,
    markup: bool,
    columns: list[array[float]],
    /,
) -> tuple[int, str | None]: ...
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
def words_of(text: str, /) -> list[str]: ...
