"""Words, stems and what blocks share: the compiled core against its Python twins, to the bit."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanbody.compiled import COMPILED
from cleanbody.features import context, telling, tokens
from cleanbody.features.block_words import BlockWords
from cleanbody.lexicon import PHRASE_KINDS, Lexicon

if COMPILED:
    from cleanbody import _native

pytestmark = pytest.mark.skipif(not COMPILED, reason="the package was built without a C compiler")

PIECES = [
    "a", "B", "rain", "RAIN", "committees", "which", "Don't", "don’t", "doesn’t", "of", "x_y", "_", "'", "’", "''", "7",
    "12", "²", "½", "٣", "Ⅻ", "é", "É", "e\u0301", "\u0301", "ß", "ẞ", "İ", "ı", "ŉ", "ΐ", "ς", "Σ", "ﬃ", "ǰ", "ա", "և",
    "Дождь", "шёл", "которые", "雨", "量", "だ", "ー", "豈", "ฝน", "ั", "ភ", "្", "비가", "هطل", "שלום", "\u200d", "\xad",
    "𐐀", "𠀀", "😀", "\ud800", "\udfff", "\x00", "\x1c", "\x85", "\xa0", "\u2009", "\u3000", " ", "\n", "-", ".", "|",
    "während", "ΑΥΤΟΣ", "thatch", "dove",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES) | st.characters(codec=None), max_size=30).map("".join)


@settings(max_examples=500)
@given(TEXT)
@example("".join(map(chr, range(0x3000))))
@example("'_'a'_b''c’雨'雨’d'")
@example("a'" * 3000)
@example("\u0390" * 3000)
@example("雨" * 3000)
def test_words_of(text: str) -> None:
    assert _native.words_of(text) == tokens.find_words(text)


def test_words_of_every_character() -> None:
    for first in range(0, 0x110000, 256):
        text = " ".join(f"a{chr(c)}b '{chr(c)}'" for c in range(first, first + 256))
        assert _native.words_of(text) == tokens.find_words(text), hex(first)


def test_words_of_no_text() -> None:
    with pytest.raises(TypeError, match=r"^a text is a str, not bytes$"):
        _native.words_of(b"rain")


# --- stems, and what blocks share ------------------------------------------------------------------------------------

BLOCKS = st.lists(TEXT | TEXT.map(lambda text: text * 9) | st.sampled_from(PIECES), max_size=12)
NUMBERS = st.sampled_from([0.0, 1.0, 7.5, 18.0, 18.5, 40.0])
SHARES = st.sampled_from([0.0, 0.1, 1 / 3, 0.9, 1.0])
LEVELS = st.sampled_from([0.0, 0.0, 1.0, 6.0, float("nan")])


def rows(blocks: list[str], numbers: list[float]) -> array[float]:
    """A number a block, over and over."""
    return array("d", (numbers * (len(blocks) + 1))[: len(blocks)])


def both(names: tuple[str, ...], n: int) -> tuple[list[array[float]], list[array[float]]]:
    return [array("d", [-7.0]) * n for _ in names], [array("d", [-7.0]) * n for _ in names]


@settings(max_examples=600)
@given(
    BLOCKS,
    st.lists(NUMBERS, min_size=1, max_size=5),
    st.lists(SHARES, min_size=1, max_size=3),
    st.booleans(),
    TEXT,
    TEXT,
)
@example([], [0.0], [0.0], False, "", "")
@example(["rain"] * 5, [40.0, 0.0], [0.0], False, "rain", "rain")
@example(["雨。量", "雨量", "雨 量x"], [40.0], [0.0], False, "雨量", "量雨")
@example(["a b", "a\x00b", "ab", "a", "", "…"], [0.0], [0.0], False, "", "")
@example(["w " * 59 + "a c", "w " * 59 + "a d", "w " * 60, "w " * 61], [0.0], [0.0], False, "", "")
@example(["x" * 3998 + " rains", "rain" * 1500, "雨" * 5000], [40.0], [0.0], False, "x" * 7, "雨雨")
def test_coherence(
    blocks: list[str], words: list[float], shares: list[float], mirrored: bool, title: str, description: str
) -> None:
    blocks = blocks + blocks[::-1] if mirrored else blocks
    found, expected = both(context.COHERENCE_COLUMNS, len(blocks))
    sizes, links = rows(blocks, words), rows(blocks, shares)
    table, split = tokens.function_word_table(), BlockWords(blocks)
    _native.coherence_columns(split.compiled, sizes, links, title, description, table, found)
    context.fill_coherence(split, sizes, links, title, description, expected)
    assert found == expected


@settings(max_examples=500)
@given(
    BLOCKS,
    st.lists(NUMBERS, min_size=1, max_size=5),
    st.lists(SHARES, min_size=1, max_size=3),
    st.lists(LEVELS, min_size=1, max_size=7),
    TEXT,
)
@example(["rain " * 100], [1.0], [0.0], [6.0], "rain")
@example(["x" * 399 + " rain", "x" * 395 + " rain hail"], [1.0], [0.0], [6.0], "rain")
def test_sections(blocks: list[str], words: list[float], shares: list[float], levels: list[float], title: str) -> None:
    found, expected = both(context.SECTION_COLUMNS, len(blocks))
    numbers = rows(blocks, words), rows(blocks, shares), rows(blocks, levels)
    table, split = tokens.function_word_table(), BlockWords(blocks)
    overlap = context.coherence_columns(split, *numbers[:2], title, "")[0]
    _native.section_columns(split.compiled, *numbers, title, overlap, table, found)
    context.fill_sections(blocks, *numbers, title, expected)
    assert found == expected


def test_every_function_word_is_none_of_the_stems() -> None:
    """In all ways to write it."""
    words = sorted(tokens.function_words())
    blocks = [
        *words,
        *map(str.upper, words),
        *(f"{word}x" for word in words),
        *(word.replace("'", "’") for word in words),
    ]
    found, expected = both(context.COHERENCE_COLUMNS, len(blocks))
    zeros = array("d", bytes(8 * len(blocks)))
    split = BlockWords(blocks)
    _native.coherence_columns(split.compiled, zeros, zeros, "", "", tokens.function_word_table(), found)
    context.fill_coherence(split, zeros, zeros, "", "", expected)
    assert found == expected


def test_function_words_that_nobody_has() -> None:
    with pytest.raises(ValueError, match=r"^a word of more than \d+ bytes$"):
        _native.function_words(["x" * 101])
    with pytest.raises(TypeError):
        _native.function_words([b"rain"])  # type: ignore[list-item]
    with pytest.raises(UnicodeEncodeError):
        _native.function_words(["\ud800"])


def test_columns_that_do_not_fit() -> None:
    table, column = tokens.function_word_table(), array("d", [1.0])
    nine, six = ([array("d", [0.0]) for _ in range(n)] for n in (9, 6))
    one, two = BlockWords(["a"]).compiled, BlockWords(["a", "b"]).compiled
    for blocks, columns in [(two, nine), (one, six), (one, nine[:8]), (object(), nine)]:
        with pytest.raises((ValueError, TypeError)):
            _native.coherence_columns(blocks, column, column, "", "", table, columns)
    for blocks, columns in [(two, six), (one, nine), (object(), six)]:
        with pytest.raises((ValueError, TypeError)):
            _native.section_columns(blocks, column, column, column, "", column, table, columns)
    with pytest.raises(ValueError):
        _native.coherence_columns(one, column, column, "", "", object(), nine)  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        _native.section_columns(one, column, column, column, "", array("d"), table, six)


# --- words of blocks -------------------------------------------------------------------------------------------------


def test_words_of_blocks_that_are_none() -> None:
    for wrong in ([b"rain"], 1, [None]):
        with pytest.raises(TypeError):
            _native.block_words(wrong)  # type: ignore[arg-type]


SITE, ADDRESS = ["newsle", "inbox", "подпис", "订阅", "広告", "日"], ["your", "our", "unsere", "ваш", "ｙｏｕｒ"]
KINDS = {"newsle": "0009", "your": "9", "rain": "00000000000009", "订阅": "00063", "日": "5", "広告": ""}
LEXICON = Lexicon.of([], {}, SITE, ADDRESS, KINDS)
TOLD = st.sampled_from(
    [*SITE, *ADDRESS, "newsletters", "Inbox's", "subscribe", "unserem", "ПОДПИСКА", "rain", "关", "日", "\0", "it"]
)


@given(
    st.lists(st.lists(TOLD | st.text(max_size=6), max_size=12).map(" ".join) | TOLD.map(lambda x: 3 * x), max_size=6)
)
@example(["订阅订阅", "订 阅", "广订阅广", "広告 your", "yours your’s", "x" * 3999 + " inbox", ""])
def test_telling_words(texts: list[str]) -> None:
    split = BlockWords(texts)
    expected = [array("d", [0.0] * len(texts)) for _ in telling.TELLING_COLUMNS]
    telling.fill_columns(split.words, LEXICON, expected)
    assert telling.telling_columns(split, LEXICON) == expected


def test_telling_words_that_do_not_fit() -> None:
    table, split = _native.telling(["a"], ["b"], {}), BlockWords(["a b"])
    columns = tuple(array("d", [0.0]) for _ in telling.TELLING_COLUMNS)
    for arguments in (
        (split.compiled, table, columns[:2]),
        (split.compiled, table, (*columns[:-1], array("d"))),
        (split.compiled, split.compiled, columns),
    ):
        with pytest.raises(ValueError, match=r"^[^\n]+$"):
            _native.telling_columns(*arguments)
    for wrong in (([1], [], {}), ([], [1], {}), ([], [], {1: "9"}), ([], [], {"a": 9}), ([], [], [])):
        with pytest.raises(TypeError):
            _native.telling(*wrong)  # type: ignore[arg-type]
    for digits in ("x", "9" * (len(PHRASE_KINDS) + 1)):
        with pytest.raises(ValueError, match="no digits"):
            _native.telling([], [], {"a": digits})
