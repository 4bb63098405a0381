"""Columns of the words by which a site speaks of itself and to its readers, where no known phrase does."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from cleanbody.compiled import core
from cleanbody.features.block_words import BlockWords
from cleanbody.features.structure import blank
from cleanbody.features.tokens import SPACELESS, STEM, joined
from cleanbody.lexicon import PHRASE_KINDS, Lexicon

# Of the phrases in which a word of the block stands, those of each kind, as the mean of all its words.
SPEAKS_COLUMNS: Final = tuple(f"speaks_{kind}" for kind in PHRASE_KINDS)
TELLING_COLUMNS: Final = (
    "telling_share",  # of the block's words, those that a site speaks of itself with ("newsletter", "subscribe")
    "telling_words",  # how many they are, to `MOST_TELLING`
    "address_share",  # pronouns of who speaks and is spoken to ("your", "our")
    *SPEAKS_COLUMNS,
)
MOST_TELLING: Final = 8
WHOLE: Final = 9  # the digit that all is written as, where shares are digits


def stems_of(words: Iterable[str]) -> Iterator[str]:
    """How words are looked up: their first `STEM` characters; of a script without spaces, pairs of characters.

    >>> list(stems_of(["it", "subscribes", "订", "阅", "吧"]))
    ['it', 'subscr', '订阅', '阅吧']
    """
    return (word[:STEM] for word in joined(words))


def telling_columns(blocks: BlockWords, lexicon: Lexicon) -> list[array[float]]:
    """One column for each of `TELLING_COLUMNS`.

    >>> lexicon = Lexicon.of([], {}, ["newsle", "inbox"], ["your"], {"inbox": "0009"})
    >>> columns = telling_columns(BlockWords(["Newsletters in your inbox!", "It rained."]), lexicon)
    >>> [list(column) for column in columns[:3]]
    [[0.5, 0.0], [2.0, 0.0], [0.25, 0.0]]
    >>> list(columns[TELLING_COLUMNS.index("speaks_newsletter")])
    [0.25, 0.0]
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
        kinds = [0] * len(PHRASE_KINDS)
        for stem in stems_of(row):
            site += stem in lexicon.site_words
            address += stem in lexicon.address_words
            for kind, digit in enumerate(lexicon.kind_words.get(stem, "")):
                kinds[kind] += int(digit)
        count = len(row) or 1
        shares = (digits / (WHOLE * count) for digits in kinds)
        values = site / count, float(min(site, MOST_TELLING)), address / count, *shares
        for column, value in zip(columns, values, strict=True):
            column[i] = value


def _compiled(lexicon: Lexicon) -> Any:
    if lexicon.compiled_telling is None:
        kinds = {_as_found(word): digits for word, digits in lexicon.kind_words.items()}
        site, address = (list(map(_as_found, words)) for words in (lexicon.site_words, lexicon.address_words))
        lexicon.compiled_telling = core.telling(site, address, kinds)
    return lexicon.compiled_telling


def _as_found(word: str) -> str:
    """A word as the core finds it: a zero stands between characters of scripts without spaces."""
    return "\0".join(word) if SPACELESS.match(word) else word
