"""Columns of a block's own text: the compiled core against its Python twin, to the bit."""

from __future__ import annotations

import re
from array import array

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanbody.compiled import COMPILED
from cleanbody.features import text as twin
from cleanbody.features import tokens

if COMPILED:
    from cleanbody import _native

pytestmark = pytest.mark.skipif(not COMPILED, reason="the package was built without a C compiler")

SPACES = [" ", " ", " ", " ", "\n", "\t", "\x1c", "\x85", "\xa0", "\u2009", "\u2028", "\u3000", "\u200b", "\ufeff"]
OF_DATES = [
    "1", "2", "7", "12", "31", "99", "123", "1234", "19", "20", "1999", "2020", "20201", "2100", "٣", "٢٠", "²", "½",
    "１", ".", "/", "-", ":", "：", ",", ", ", ". ", "st", "nd", "rd", "th", "s", "t", "年", "년", "日", "a", "ab",
    "abc", "May", "March", "abcdefghij", "abcdefghijk", "Österreich", "März", "\u0301", "_",
]  # fmt: skip
OF_ADDRESSES = [
    "h", "http", "https", "http://", "https://", "://", ":", "/", "w", "ww", "www", "www.", ".", "..", "@", "@@", "#",
    "ab", "a@b.c", "x.y", "é", "雨", "_", "\u0301", "12",
]  # fmt: skip
OF_MONEY = [
    "$", "€", "£", "¥", "₽", "₹", "₩", "₺", "₴", "฿", "USD", "EUR", "GBP", "PLN", "RUB", "CHF", "usd", "USDT", "US",
    "D", "Ü", "5", "_", ".", "雨",
]  # fmt: skip
OF_ALL = [
    "Rain", "rain", "RAIN", "it's", "ÄRGER", "Öl", "ſ", "ß", "Ł", "ŉ", "Ž", "ǅ", "Ω", "Ϊ", "Я", "я", "İ", "ª", "ⅷ", "Ⓐ",
    "雨", "が", "豈", "ฝน", "ั", "ភ្លៀង", "비가", "هطل", "שלום", "हिन्दी", "𐐀", "𠀀", "😀", "\ud800", "\udfff", "\x00",
    ".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।", "\"", "'", "“", "”", "„", "‘", "’", "«", "»", "‹", "›",
    "「", "」", "『", "』", "(", ")", "[", "]", ",", ";", "،", "؛", "、", "，", "；", "—", "–", "-", "|", ">", "•", "·",
    "→", "/", "::", ":", "#", "##", "######", "#######", "◦", "‣", "▪", "■", "●", "○", "*", "+", "►", "1.",
    "(12)", "123)", "1234.", "©", "(c)", "(C)", "(c", "_", "\u0301", "\u200d", "\xad", "7", "٣",
]  # fmt: skip
LONG = ["a" * 597, "雨 " * 299, "x. " * 200, "Ä," * 300, ". " * 1200, "\U0001f600" * 599, "1 " * 299]


def texts(*pieces: list[str]) -> st.SearchStrategy[str]:
    """Texts of telling pieces, and of any characters in between."""
    telling = st.sampled_from([piece for group in pieces for piece in group])
    return st.lists(telling | telling | telling | st.characters(codec=None), max_size=24).map("".join)


def columns_of(text: str) -> dict[str, float]:
    columns = [array("d", [-7.0]) for _ in twin.COLUMNS]
    _native.text_columns([text], columns)
    return {name: column[0] for name, column in zip(twin.COLUMNS, columns, strict=True)}


def expected_of(text: str) -> dict[str, float]:
    columns = [array("d", [-7.0]) for _ in twin.COLUMNS]
    twin.fill_columns([text], columns)
    return {name: column[0] for name, column in zip(twin.COLUMNS, columns, strict=True)}


@pytest.mark.parametrize("first", [0, 0x1000, 0x2000, 0x3000, 0xA000, 0xF000, 0x10000, 0x1D000, 0x1F000])
def test_text_columns_of_every_character(first: int) -> None:
    """Where scripts and marks stand that the columns tell apart; all else are letters, or nothing at all."""
    for c in map(chr, range(first, first + 0x1000)):
        text = f"{c} {c}{c}"
        assert columns_of(text) == expected_of(text), hex(ord(c))


@settings(max_examples=600)
@given(texts(OF_ALL, SPACES) | texts(OF_ALL, SPACES, OF_DATES, OF_ADDRESSES, OF_MONEY))
@example("")
@example("İ(c)")
@example("a" * 599 + ".")
@example("a" * 600 + ".")
def test_text_columns(text: str) -> None:
    assert columns_of(text) == expected_of(text)


@settings(max_examples=600)
@given(st.sampled_from(LONG), texts(OF_ALL, SPACES, OF_DATES), st.sampled_from(LONG))
def test_text_columns_of_long_texts(first: str, text: str, last: str) -> None:
    whole = first + text + last
    assert columns_of(whole) == expected_of(whole)


@settings(max_examples=600)
@given(texts(OF_DATES, SPACES[:5]))
@example("1.1.1999/1/1")
@example("2020 年 12 March 2020")
@example("1999-12-121 2020-1-1.2020-1-1")
def test_dates(text: str) -> None:
    assert columns_of(text)["dates"] == len(twin.DATE.findall(text[:600]))


@st.composite
def dates(draw: st.DrawFn) -> str:
    """What looks like a date, with up to two changes."""
    number = st.sampled_from(["1", "12", "123", "19", "20", "1999", "2020", "20", "٣", "0"])
    word = st.sampled_from(["May", "March", "abcdefghij", "abcdefghijk", "ab", "März", "12th", "2020"])
    mark = st.sampled_from([".", "/", "-", ":", "："])
    dot, comma = st.sampled_from(["", "."]), st.sampled_from(["", ",", ".,"])
    after = st.sampled_from(["", "st", "nd", "rd", "th", "s"])
    forms = [
        [number, mark, number, mark, number],
        [number, mark, number],
        [number, dot, st.just(" "), word, comma, st.just(" "), number],
        [word, dot, st.just(" "), number, after, comma, st.just(" "), number],
        [number, st.sampled_from(["", " ", "\u3000", "  "]), st.sampled_from(["年", "년", "日"])],
    ]
    parts = [draw(part) for part in draw(st.sampled_from(forms))]
    for at, piece in draw(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(OF_DATES + SPACES)), max_size=2)):
        parts.insert(at, piece)
    return "".join(parts)


@settings(max_examples=600)
@given(st.lists(st.tuples(dates(), st.sampled_from(["", " ", ", ", ".", "-", "x"])), max_size=4))
def test_dates_that_look_so(parts: list[tuple[str, str]]) -> None:
    text = "".join(map("".join, parts))
    assert columns_of(text)["dates"] == len(twin.DATE.findall(text[:600]))


@settings(max_examples=600)
@given(texts(OF_ADDRESSES, SPACES[:6]))
@example("a@b.c@d.e @x @ #y")
@example("@a @@a.b")
@example("@" * 300 + ".a")
@example("a@.b.c. h@b.c w@b.c")
def test_addresses(text: str) -> None:
    assert columns_of(text)["addresses"] == len(twin._ADDRESS.findall(text[:600]))


@settings(max_examples=500)
@given(texts(OF_MONEY, SPACES[:5]))
def test_money(text: str) -> None:
    assert columns_of(text)["money"] == len(twin._MONEY.findall(text[:600]))


@settings(max_examples=600)
@given(texts(OF_ALL, SPACES))
@example("x" * 1000 + " " + "雨" * 1000)
def test_word_count(text: str) -> None:
    assert _native.word_count(text) == tokens.find_word_count(text)


def test_many_texts_fill_their_own_rows() -> None:
    several = ["Rain fell.", "", "雨 12.3.2020", "a@b.c " * 500]
    columns, expected = ([array("d", bytes(8 * 4)) for _ in twin.COLUMNS] for _ in range(2))
    _native.text_columns(several, columns)
    twin.fill_columns(several, expected)
    assert columns == expected


def test_what_is_no_text_and_no_column() -> None:
    columns = [array("d", [0.0]) for _ in twin.COLUMNS]
    with pytest.raises(TypeError, match=r"^a text is a str, not bytes$"):
        _native.text_columns([b"rain"], columns)  # type: ignore[list-item]
    with pytest.raises(ValueError, match=r"^\d+ columns, not \d+$"):
        _native.text_columns(["rain"], columns[1:])
    with pytest.raises(ValueError, match=r"^an array is too short"):
        _native.text_columns(["rain", "hail"], columns)
    with pytest.raises(TypeError):
        _native.word_count(re)  # type: ignore[arg-type]
