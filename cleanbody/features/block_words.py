"""The words of a document's blocks, split once for all columns that are about words."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, Final

from cleanbody.compiled import core
from cleanbody.features.tokens import find_words

MOST_CHARACTERS: Final = 4000  # of a block that are looked at for its words: linear, and enough to tell its subject
_FACTOR: Final = 0x9E3779B97F4A7C15
_64_BITS: Final = 2**64 - 1


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

    def hashes(self) -> tuple[array[int], array[int]]:
        """The `word_hash` of every word, block after block, and where each block's begin; one place more for the end.

        >>> hashes, first = BlockWords(["Rain fell.", "", "RAIN"]).hashes()
        >>> list(first), hashes[0] == hashes[2] == word_hash("rain")
        ([0, 2, 2, 3], True)
        """
        if core is not None:
            hashes = array("Q", bytes(8)) * core.block_word_count(self.compiled)
            first = array("l", [0]) * (len(self.texts) + 1)
            core.word_hashes(self.compiled, hashes, first)
            return hashes, first
        hashes, first = array("Q"), array("l", [0])
        for words in self.words:
            hashes.extend(map(word_hash, words))
            first.append(len(hashes))
        return hashes, first


def word_hash(word: str) -> int:
    """A hash of 64 bits that is the same in every process, for tables of words that were learned once.

    >>> hex(word_hash("rain"))
    '0xd351b2eceb5a4b25'
    """
    data = word.encode()
    found = len(data) * _FACTOR & _64_BITS
    for at in range(0, len(data), 8):
        product = (found ^ int.from_bytes(data[at : at + 8], "little")) * _FACTOR
        found = (product ^ product >> 64) & _64_BITS
    return found
