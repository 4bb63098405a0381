"""Lines as what may be a headline or a copy of one: their words, and the marks that part it from other things."""

from __future__ import annotations

import unicodedata
from itertools import islice
from typing import Final, NamedTuple

from cleanbody.features.tokens import words_of
from cleanbody.patterns import pattern

MOST_WORDS: Final = 40.0  # a longer block is no headline and no copy of one
MOST_CRUMBS: Final = 8  # words of a breadcrumb that may stand before a joined headline
LEAST_WORDS: Final = 3.0  # a shorter line that stands twice is a menu item sooner than a headline
MOST_MARKS: Final = 32  # marks of one line that may part a headline from a site's name; a row of thousands is none
# A run of white space is entered at its first character alone, so that a long one stays linear.
PARTS = pattern(r"(?<!\s)\s+[|\-–—·•»:/]+\s+|(?<!\s)\s*[｜_|»]\s*|[｜_|»]\s*|: ")
CUT_SHORT = pattern(r"(?:…|\.\.\.)\s*$")

Key = tuple[str, ...]


class Lines(NamedTuple):
    """The short blocks of a document: what can be a headline or a copy of one."""

    blocks: list[int]
    keys: list[Key]


def key_of(text: str) -> Key:
    """The words of a line without case and accents, which capitals drop in Greek and Turkish."""
    words = words_of(text)
    if text.isascii() or not words:
        return tuple(words)
    return tuple(plain(" ".join(words)).split(" "))


def plain(folded: str) -> str:
    """A case-folded text without accents, letter by letter, whatever stands beside them."""
    letters = unicodedata.normalize("NFD", folded).replace("ı", "i").replace("ς", "σ")
    return "".join(c for c in letters if not unicodedata.combining(c))


def heads(text: str) -> list[str]:
    """What stands before each mark that may part a headline from a site's name.

    >>> heads("Rain falls - Weather | Daily")
    ['Rain falls', 'Rain falls - Weather']
    """
    marks = islice(PARTS.finditer(text), MOST_MARKS)
    return [text[: match.start()] for match in marks if match.start()]


def parts(text: str) -> list[str]:
    """The pieces between such marks.

    >>> parts("Daily | Rain falls")
    ['Daily', 'Rain falls']
    """
    return [piece for piece in (p.strip() for p in PARTS.split(text)) if piece]
