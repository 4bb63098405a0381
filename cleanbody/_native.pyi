"""The compiled core, built of ``native/*.c`` where there is a compiler; each function's twin tells what it does."""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeGuard

class Accents: ...
class Classes: ...
class Letters: ...
class Phrases: ...
class Tags: ...
class FunctionWords: ...
class Telling: ...
class Forest: ...
class Bins: ...
class BlockWords: ...

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
    block_words: BlockWords,
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
    rules: tuple[array[float], array[int], array[int], array[int], array[int], array[int]],
    base: array[float],
    words: array[float],
    page: tuple[int, bool, float, bytearray, bytes],
    constants: tuple[float, float, float, int, float, float, float, float],
    cuts: tuple[float, float, float, float, float, float, float],
    out: tuple[array[float], bytearray, bytearray],
    /,
) -> tuple[float, float, float]: ...
def confidence(words: array[float], score: array[float], keep: bytearray, /) -> float: ...
def take(columns: tuple[array[float], ...], fate: bytearray, out: array[float], /) -> None: ...
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
    hints: tuple[array[int], array[float]],
    constants: tuple[float, float],
    out: tuple[bytearray, array[float]],
    /,
) -> None: ...
def tags(table: dict[bytes, int], /) -> Tags: ...
def is_harmless(
    data: bytes, max_depth: int | None, max_tags: int | None, max_attributes: int | None, tags: Tags | None, /
) -> bool: ...
def losing_noscript(data: bytes, /) -> int: ...
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
def walk_on(walk: Walk, address: int, flags: int, /) -> tuple[int, int]: ...
def walk_columns(
    walk: Walk, zero: array[int], /
) -> tuple[
    str,
    tuple[
        *tuple[array[int], array[int], bytearray, bytearray, bytearray, array[int], array[int]],
        *tuple[list[str], list[str], array[int], array[int]],
    ],
    tuple[array[int], array[int], bytearray, array[int], bytes],
    tuple[Any, ...],
    tuple[int, ...],
]: ...
def words_of(text: str, /) -> list[str]: ...
def text_columns(texts: Sequence[str], columns: Sequence[array[float]], /) -> None: ...
def word_count(text: str, /) -> float: ...
def block_words(texts: Sequence[str], /) -> BlockWords: ...
def function_words(words: Iterable[str], /) -> FunctionWords: ...
def telling(site: Iterable[str], address: Iterable[str], kinds: dict[str, str], /) -> Telling: ...
def telling_columns(block_words: BlockWords, telling: Telling, columns: tuple[array[float], ...], /) -> None: ...
def coherence_columns(
    block_words: BlockWords,
    words: array[float],
    link_share: array[float],
    title: str,
    description: str,
    function_words: FunctionWords,
    columns: Sequence[array[float]],
    /,
) -> None: ...
def section_columns(
    block_words: BlockWords,
    words: array[float],
    link_share: array[float],
    headings: array[float],
    title: str,
    title_overlap: array[float],
    function_words: FunctionWords,
    columns: Sequence[array[float]],
    /,
) -> None: ...

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
def run_columns(
    words: array[float],
    ends: array[float],
    items: array[float],
    stems: array[float],
    overlap: array[float],
    title: array[float],
    depth: array[float],
    prose: bytearray,
    container: array[int],
    parent: array[int],
    markup: bool,
    columns: list[array[float]],
    /,
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
    prose_words: float,
    columns: list[array[float]],
    /,
) -> None: ...
def page_columns(
    columns: tuple[array[float], ...], means: array[int], greatest: array[int], row: array[float], /
) -> None: ...
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
def linked_graph(
    values: list[Any],
    main_keys: frozenset[str],
    rename: Callable[[str], str],
    max_nodes: int,
    max_depth: int,
    /,
) -> tuple[
    list[dict[str, Any]], list[dict[str, Any]], dict[str, dict[str, Any]], dict[str, list[Any]], dict[str, list[Any]]
]: ...
def is_plain(value: object, most: int, /) -> TypeGuard[str]: ...
def fold(text: str, /) -> str | None: ...
def title_parts(title: str, chars: int, parts: int, /) -> list[tuple[str, str, int, str]] | None: ...
def split_url(url: str, /) -> tuple[str, str, str, str] | None: ...
def index_meta(meta: tuple[tuple[str, str], ...], most: int, /) -> dict[str, list[str]]: ...
def block_texts(text: str, start: array[int], end: array[int], /) -> list[str]: ...
def copies(array: array[float], count: int, /) -> list[array[float]]: ...
