"""The words of a document's blocks, split once for all columns that are about words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from cleanbody.compiled import core
from cleanbody.features.tokens import find_words

MOST_CHARACTERS: Final = 4000  # of a block that are looked at for its words: linear, and enough to tell its subject


class BlockWords:
    """The words of each block's first `MOST_CHARACTERS` characters, as `tokens.words_of` tells them.

    texts: of the n blocks.  compiled: what the core has made of them, None without it.

    >>> BlockWords(["Rain fell.", "", "It rained"]).words
    (['rain', 'fell'], [], ['it', 'rained'])
    """

    __slots__ = ("_words", "compiled", "texts")

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self.compiled: Any = None if core is None else core.block_words(texts)
        self._words: tuple[list[str], ...] | None = None

    @property
    def words(self) -> tuple[list[str], ...]:
        """The words of each block, case-folded, in order."""
        if self._words is None:
            self._words = tuple(find_words(text[:MOST_CHARACTERS]) for text in self.texts)
        return self._words
