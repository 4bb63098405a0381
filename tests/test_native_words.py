"""Words, stems and what blocks share: the compiled core against its Python twins, to the bit."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanbody.compiled import COMPILED
from cleanbody.features import tokens

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


@settings(max_examples=2000)
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
