"""A lexicon that does not know some of its phrases, as a page in the wild has phrases that no lexicon knows.

Synthetic documents are made of the very phrases that the lexicon holds. A model trained on them as they are would learn
that boilerplate always has a phrase, and would look at nothing else.
"""

from __future__ import annotations

import zlib
from typing import Final

from cleanbody.lexicon import Lexicon, Match, tokens_of

PARTS: Final = 8
LEAST_WORDS: Final = 3  # parts of the words by which a site speaks that are known in any case


class ThinLexicon(Lexicon):
    """A lexicon that finds a part of its phrases; which one, a name decides."""

    __slots__ = ("_known", "_name", "_whole")

    def __init__(self, whole: Lexicon, name: str, known: int) -> None:
        """Take `known` of every `PARTS` phrases of a lexicon."""
        of_words = max(known, LEAST_WORDS)
        site = [word for word in whole.site_words if _lot(name, word) < of_words]
        kinds = {word: digits for word, digits in whole.kind_words.items() if _lot(name, word) < of_words}
        no_phrases = {"accented": "", "anywhere": {}, "front": {}}
        super().__init__(no_phrases, whole._classes, site, whole.address_words, kinds)
        self._whole, self._name, self._known = whole, name, known

    @staticmethod
    def of_package(name: str) -> ThinLexicon:
        """The package's lexicon with a part of its phrases, from none to all of them."""
        return ThinLexicon(Lexicon.load(), name, zlib.crc32(name.encode()) % (PARTS + 1))

    def match(self, text: str) -> Match:
        """See `Lexicon.match`.

        >>> ThinLexicon(Lexicon.load(), "page", 0).match("Leave a Reply").hits
        ()
        """
        found = self._whole.match(text)
        if not found.hits or self._known == PARTS:
            return found
        tokens = tokens_of(text)
        kept = [hit for hit in found.hits if self._knows(tuple(tokens[hit.start : hit.start + hit.length]))]
        return Match(found.tokens, tuple(kept))

    def _knows(self, phrase: tuple[str, ...]) -> bool:
        return _lot(self._name, *phrase) < self._known


def _lot(*words: str) -> int:
    return zlib.crc32(" ".join(words).encode()) % PARTS
