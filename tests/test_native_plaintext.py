"""The compiled core reads scraped text as its Python twin does, to the bit."""

from __future__ import annotations

import sys
from dataclasses import fields

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanbody import plaintext
from cleanbody.compiled import COMPILED
from cleanbody.decode import without_surrogates
from cleanbody.page import InputError

if COMPILED:
    from cleanbody import _native

pytestmark = pytest.mark.skipif(not COMPILED, reason="the package was built without a C compiler")

ENDS = ["\n", "\n", "\n", "\r\n", "\r", "\n\n", "\n \n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\n\r", "\r\r\n"]
PIECES = [
    "a", "B", "word ", "stop.", "stop. ", ", ", ",", "-", "- x", "• y", "•", "»", "12. ", "(3) z", "1234) z", "a) ",
    "(a) ", "٣. x",
    "```", "````", "```py", "``` `", "~~~", "~~~~~~", "~~~ x", "f(x)", "é(", "a->b", "std::x", "</p>", "{", ";", "\t",
    "x\ty", "    ", "\ufeff", "\xa0", "\u3000",
    "\x1c", "日本", "日。", "、本", "ไทย", "가나", "ﾊﾝ", "Ａ", "\u303f", "\u0301",
    "\ud800", "😀", "\x00", "ß", "ª", "ǅ", "²(", "_(", "x" * 20, "and so it went on",
    "It rained all day and in the night,",
    "x" * 61, "日" * 31, "x" * 72, "y " * 34,
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(PIECES) | st.characters(), max_size=6).map("".join)
LINES = st.lists(st.tuples(TEXTS, st.sampled_from(ENDS)).map("".join), max_size=16).map("".join)
# Most of them of one width, so that the text is taken for a wrapped one.
WRAPPED = st.lists(
    st.tuples(
        st.sampled_from(["", "", "", "  ", "- ", "1. ", "• ", "日本"]),
        st.sampled_from([70, 68, 57, 56, 55, 50, 100, 101, 12]),
        st.sampled_from(["", "", ".", "-", "。", "!"]),
        st.sampled_from(["\n"] * 6 + ["\n\n", "\r\n"]),
    ).map(lambda line: f"{line[0]}{'abc de ' * 20:.{line[1]}}{line[2]}{line[3]}"),
    max_size=24,
).map("".join)


def assert_same(text: str) -> None:
    whole, _ = without_surrogates(text)
    found, wanted = plaintext.read_text(whole), plaintext.read_lines(whole, [])
    for field in fields(wanted):
        assert getattr(found, field.name) == getattr(wanted, field.name), field.name


@settings(max_examples=1000)
@given(LINES)
@example("```a\rb`\rand so it went on and so it went on and so it went on and so it")
@example("•\n" + "and so it went on, said she. And so it went on, said he:\n  " * 9)
@example("~~~\nIt rained.\n~~~\n~~~\ncode()\n~~~")
@example("\ufeff\n\u3000\ufeff\u3000\nx")
def test_lines(text: str) -> None:
    assert_same(text)


@settings(max_examples=500)
@given(WRAPPED)
def test_wrapped(text: str) -> None:
    assert_same(text)


@settings(max_examples=500)
@given(st.text())
def test_text(text: str) -> None:
    assert_same(text)


@pytest.mark.parametrize(
    "form",
    [
        "{0}",
        "{0}x\n",
        "{0} x\n",
        "x{0}\n",
        "x{0}(y) and so it went on and so it went on and so it went on,\nand (y) so\n",
        "It rained all day and in the evening it rained still{0}\nand nobody went out\n\n",
        "It rained all day and in the evening it rained still in the town\n{0}and nobody went out\n\n",
        "It rained all day and in the evening it rained still in the town日\n{0}and nobody went out\n\n",
        "{0}. x\n",
        "({0}) x\n",
    ],
)
def test_every_character(form: str) -> None:
    characters = [chr(code) for code in range(0x3100)] + [chr(code) for code in range(0xA000, 0x10000, 3)]
    characters += [chr(code) for code in range(0xFE00, 0x10000)] + [chr(code) for code in range(0x10000, 0x20000, 97)]
    for start in range(0, len(characters), 500):
        assert_same("".join(map(form.format, characters[start : start + 500])))


def test_columns_of_every_character() -> None:
    # The last line's length decides whether the text is wrapped at all: each character is one column, or two.
    for start in [
        *range(0, 0x3200, 8),
        *range(0xA490, 0xA4E0, 8),
        *range(0xD790, 0xD800, 8),
        *range(0xF8F0, 0xFFF0, 8),
    ]:
        row = "".join(map(chr, range(start, start + 8))).strip()
        assert_same((row + "x" * 42 + "\n") * 12 + "end")


@pytest.mark.parametrize("blocks", [3, 4, 5])
def test_too_many_blocks(blocks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plaintext, "MAX_BLOCKS", 4)
    assert_same(
        "".join(f"Line {i}.\n\n" for i in range(blocks)) + "It rained all day and in the evening\n\n  ```\nx\n```"
    )


def test_what_is_no_text() -> None:
    with pytest.raises(InputError):
        plaintext.read_text(b"x")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        _native.read_text(b"x", 1)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^read_text: [^\n]+$"):
        _native.read_text("x", -1)


def test_no_reference_is_lost() -> None:
    text = "It rained all day and in the evening\nand nobody went out of the house,\nsaid Ann.\n\n- Item"
    before = sys.getrefcount(text)
    for _ in range(100):
        plaintext.read_text(text)
    assert sys.getrefcount(text) <= before + 1
