"""Columns of the words by which a site speaks of itself and to its readers, where no known phrase does."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Any, Final

from cleanbody.compiled import core
from cleanbody.features.block_words import BlockWords
from cleanbody.features.structure import blank
from cleanbody.features.tokens import SPACELESS, STEM
from cleanbody.lexicon import Lexicon

TELLING_COLUMNS: Final = (
    "telling_share",  # of the block's words, those that a site speaks of itself with ("newsletter", "subscribe")
    "telling_words",  # how many they are, to `MOST_TELLING`
    "address_share",  # pronouns of who speaks and is spoken to ("your", "our")
)
MOST_TELLING: Final = 8


def telling_columns(blocks: BlockWords, lexicon: Lexicon) -> list[array[float]]:
    """One column for each of `TELLING_COLUMNS`.

    >>> lexicon = Lexicon.of([], {}, ["newsle", "inbox"], ["your"])
    >>> columns = telling_columns(BlockWords(["Newsletters in your inbox!", "It rained."]), lexicon)
    >>> [list(column) for column in columns]
    [[0.5, 0.0], [2.0, 0.0], [0.25, 0.0]]
    """
    columns = blank(len(blocks.texts), len(TELLING_COLUMNS))
    if core is None:
        fill_columns(blocks.words, lexicon, columns)
    else:
        core.telling_columns(blocks.compiled, _compiled(lexicon), tuple(columns))
    return columns


def fill_columns(words: Iterable[Sequence[str]], lexicon: Lexicon, columns: list[array[float]]) -> None:
    """Fill the columns of :func:`telling_columns` where nothing is compiled: its specification.

    Args:
        words: of each block.
    """
    for i, row in enumerate(words):
        site = address = 0
        previous = ""
        for word in row:
            stem = word[:STEM]
            if len(word) == 1 and SPACELESS.match(word):
                stem, previous = previous + word if previous else "", word
            else:
                previous = ""
            site += stem in lexicon.site_words
            address += stem in lexicon.address_words
        for column, value in zip(columns, _values(site, address, len(row)), strict=True):
            column[i] = value


def _values(site: int, address: int, words: int) -> tuple[float, float, float]:
    return site / (words or 1), float(min(site, MOST_TELLING)), address / (words or 1)


def _compiled(lexicon: Lexicon) -> Any:
    if lexicon.compiled_telling is None:
        lexicon.compiled_telling = core.telling(_as_found(lexicon.site_words), _as_found(lexicon.address_words))
    return lexicon.compiled_telling


def _as_found(words: Iterable[str]) -> list[str]:
    """Words as the core finds them: a zero stands between characters of scripts without spaces."""
    return ["\0".join(word) if SPACELESS.match(word) else word for word in words]
