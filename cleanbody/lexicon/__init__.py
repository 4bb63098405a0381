"""Phrases and class tokens that tell boilerplate from body: tables from `data/`, matched in one pass.

Phrases are what interfaces say in many languages ("Leave a Reply", "Lesen Sie auch"), sorted by the kind of block they
betray; they stand in a trie over tokens. Class tokens are what public software writes into ``class``, ``id``, ``role``
and ``itemprop``. Both tables are data, built from the hand-edited `seeds/`.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, Final

from cleanbody.compiled import core
from cleanbody.lexicon.phrases import GAP, MODES, NAME, Hit, Match, Phrases, grow
from cleanbody.lexicon.tokens import NUMBER, STATES, class_tokens, tokens_of, without_accents
from cleanbody.page import DataError

__all__ = (
    "CLASS_KINDS", "FORMAT", "GAP", "MODES", "NAME", "NUMBER", "PHRASE_KINDS",
    "Hit", "Lexicon", "Match", "class_tokens", "tables", "tokens_of", "without_accents",
)  # fmt: skip

PHRASE_KINDS: Final[tuple[str, ...]] = (
    "comment-prompt",
    "comment",
    "share",
    "newsletter",
    "paywall",
    "cookie-notice",
    "advert",
    "breadcrumb",
    "navigation",
    "teaser",
    "byline",
    "author-bio",
    "footer",
    "pagination",
)
CLASS_KINDS: Final[tuple[str, ...]] = (*PHRASE_KINDS, "body", "headline", "sidebar", "header")

FORMAT: Final = 3
_TABLES: Final = ("phrases", "classes", "site_words", "address_words", "kind_words")


class Lexicon:
    """The tables, immutable. ``Lexicon.load()`` gives those of the package.

    site_words, address_words: how the words begin by which a site speaks of itself, and pronouns for itself and its
    readers; each at most six letters, or a pair of characters of a script without spaces.
    kind_words: for such beginnings, a digit for each of the first of ``PHRASE_KINDS``: of nine phrases in which such a
    word stands, how many are of the kind, as if all kinds had as many phrases.
    """

    __slots__ = (
        *("_classes", "_compiled_classes", "_phrases"),
        *("address_words", "compiled_telling", "kind_words", "site_words"),
    )

    def __init__(
        self,
        phrases: Mapping[str, Any],
        classes: Mapping[str, Sequence[tuple[int, float]]],
        site_words: Iterable[str] = (),
        address_words: Iterable[str] = (),
        kind_words: Mapping[str, str] | None = None,
    ) -> None:
        """Take the tables as `of` and the data file have them."""
        self._phrases = Phrases(phrases)
        self._classes = classes
        self.site_words = frozenset(site_words)
        self.address_words = frozenset(address_words) - self.site_words
        self.kind_words = dict(kind_words or {})
        self._compiled_classes: Any = None  # made when it is first asked for
        self.compiled_telling: Any = None  # made by who looks them up

    @staticmethod
    def load() -> Lexicon:
        """The package's own lexicon, built once.

        Raises DataError where the data file is missing, damaged or of another version.

        >>> Lexicon.load() is Lexicon.load()
        True
        """
        return _load()

    @staticmethod
    def from_json(data: bytes) -> Lexicon:
        """The lexicon that a data file holds; DataError where it is none."""
        try:
            table = json.loads(data)
            if table["format"] != FORMAT:
                raise DataError(f"lexicon: format {table['format']}, expected {FORMAT}; rebuild it from the seeds")
            return Lexicon(*(table[name] for name in _TABLES))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, DataError):
                raise
            raise DataError("lexicon: the data file is damaged; rebuild it from the seeds") from error

    @staticmethod
    def of(
        phrases: Iterable[tuple[str, str, str]],
        classes: Mapping[str, Mapping[str, float]],
        site_words: Iterable[str] = (),
        address_words: Iterable[str] = (),
        kind_words: Mapping[str, str] | None = None,
    ) -> Lexicon:
        """A lexicon of these phrases and class tokens.

        phrases: (kind, mode, tokens parted by spaces, with ``#`` for a number, ``%s`` and ``%n`` for gaps).
        classes: by kind, tokens ("comment") and pairs of tokens ("comment-form") with their weights.
        site_words, address_words, kind_words: as the attributes.
        """
        return Lexicon(*tables(phrases, classes), site_words, address_words, kind_words)

    def match(self, text: str) -> Match:
        """The phrases in a block's text: at each start the longest of each kind, none overlapping another of its kind.

        text: any text. Of a long one only the first 280 and the last 160 characters are looked at, and of those at most
        64 and 32 tokens (only scripts without spaces reach that), so the time does not grow with the text.
        Returns the number of tokens, for a long text estimated from the part that was looked at, and the hits. A phrase
        that must be the whole block covers all of it, numbers beside it too.

        >>> lexicon = Lexicon.of([("comment-prompt", "any", "leave a reply to %s"), ("byline", "whole", "by %s")], {})
        >>> lexicon.match("Leave a Reply to Ann Example")
        Match(tokens=6, hits=(Hit(kind=0, start=0, length=6),))
        >>> lexicon.match("By Ann Example").share(PHRASE_KINDS.index("byline"))
        1.0
        """
        if core is None:
            return self._phrases.match(text)
        tokens, hits = core.match(self.compiled_phrases(), text)
        return Match(tokens, tuple(Hit(*hit) for hit in hits))

    def compiled_phrases(self) -> Any:
        """The phrases as the compiled core has them."""
        return self._phrases.compiled(len(PHRASE_KINDS))

    def class_weights(self, names: str) -> tuple[float, ...]:
        """How strongly class names speak for each kind: the greatest weight of a token or pair of tokens, 0 to 1.

        names: class, id, role and itemprop as one string, as written; `class_tokens` tells how it is read. A pair that
        is known ("read-more") is taken in place of its two tokens.
        Returns one weight per entry of ``CLASS_KINDS``; it depends on `names` alone.

        >>> lexicon = Lexicon.of([], {"share": {"share": 0.5}, "teaser": {"read-more": 1.0, "more": 0.2}})
        >>> weights = lexicon.class_weights("shareholder read-more")
        >>> weights[CLASS_KINDS.index("share")], weights[CLASS_KINDS.index("teaser")]
        (0.0, 1.0)
        """
        weights = [0.0] * len(CLASS_KINDS)
        known = self._classes
        for tokens in class_tokens(names):
            i = 0
            while i < len(tokens):
                step = 2
                found = known.get("-".join(tokens[i : i + 2])) if i + 1 < len(tokens) else None
                if found is None:
                    step = 1
                    found = known.get(tokens[i], [])
                for kind, weight in found:
                    weights[kind] = max(weights[kind], weight)
                i += step
        return tuple(weights)

    def class_rows(self, names: list[str]) -> array[float]:
        """The weights of many class names: a row of `class_weights` after the other.

        >>> lexicon = Lexicon.of([], {"share": {"share": 0.5}})
        >>> rows = lexicon.class_rows(["", "share-buttons"])
        >>> len(rows) // len(CLASS_KINDS), rows[len(CLASS_KINDS) + CLASS_KINDS.index("share")]
        (2, 0.5)
        """
        if core is None:
            return array("d", (weight for name in names for weight in self.class_weights(name)))
        if self._compiled_classes is None:
            self._compiled_classes = core.classes(self._classes, tuple(STATES), len(CLASS_KINDS))
        rows = array("d", [0.0]) * (len(CLASS_KINDS) * len(names))
        core.class_rows(self._compiled_classes, names, rows)
        return rows


def tables(
    phrases: Iterable[tuple[str, str, str]], classes: Mapping[str, Mapping[str, float]]
) -> tuple[dict[str, Any], dict[str, list[tuple[int, float]]]]:
    """The two tables of a lexicon, of values that JSON knows; arguments as for :meth:`Lexicon.of`."""
    parted = ((PHRASE_KINDS.index(kind), MODES.index(mode), phrase.split()) for kind, mode, phrase in phrases)
    weights: dict[str, list[tuple[int, float]]] = {}
    for index, kind in enumerate(CLASS_KINDS):
        for name, weight in classes.get(kind, {}).items():
            weights.setdefault(name, []).append((index, weight))
    return grow(parted), weights


@cache
def _load() -> Lexicon:
    try:
        data = resources.files("cleanbody.data").joinpath("lexicon.json").read_bytes()
    except (OSError, ModuleNotFoundError) as error:
        raise DataError("lexicon: cleanbody/data/lexicon.json is missing; build it with `cleanbody train`") from error
    return Lexicon.from_json(data)
