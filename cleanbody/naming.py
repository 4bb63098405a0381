"""What a dropped block is called: by the model's ensembles of kinds, where no rule is sure of it."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from itertools import compress
from operator import itemgetter
from typing import Final, NamedTuple

from cleanbody.compiled import core
from cleanbody.features import INDEX, Table
from cleanbody.features.structure import zeros
from cleanbody.features.sums import add_up
from cleanbody.model import KIND_COLUMNS, Model, kind_name
from cleanbody.page import Label, Reason
from cleanbody.rules import VETO, Book, Rule

SURE: Final = 4.0  # log-odds from which a rule gives a dropped block its label
LEAST: Final = 0.35  # probability from which a kind does
STRONG: Final = 0.8  # probability from which a kind goes against the rules that hold
LONG: Final = 15.0  # words from which a block is called by a kind on strong grounds alone
DOUBT: Final = 0.01  # what every kind is thought to be at least
NEIGHBOUR: Final = 0.9  # how much of the kind of the dropped block beside it a block takes over
# Probability from which a block is called a teaser, or a comment, that no rule calls one: what readers wrote is handed
# out as such.
FRANK: Final = 0.6
CONTENT, DOUBTFUL, NAMED = 0, 1, 2  # of a block: good enough; dropped, and no rule or some rule is sure what it is

# The likeliest kind of blocks, and its probability.
Kinds = Mapping[int, tuple[Label, float]]

_DOUBT: Final = bytes(value == DOUBTFUL for value in range(256))
_COLUMNS: Final = itemgetter(*(INDEX[name] for name in KIND_COLUMNS))
# What can be seen of some kinds, each enough of itself: a copy repeats something, a trail has steps or names the page.
_SEEN: Final[Mapping[Label, Sequence[tuple[int, float]]]] = {
    label: tuple((KIND_COLUMNS.index(name), least) for name, least in some.items())
    for label, some in {
        Label.DUPLICATE: {"copies": 0.1, "title_near": 0.5, "title_copy": 0.1},
        Label.BREADCRUMB: {
            "separators": 1.0,
            "title_overlap": 0.1,
            "phrase_breadcrumb": 0.1,
            "class_breadcrumb": 0.1,
        },
    }.items()
}
_UNSEEN: Final = {Label.BREADCRUMB: Label.NAVIGATION}  # what a block is of which nothing of its kind is seen


class Doubtful(NamedTuple):
    """The dropped blocks of a page that no rule names for sure: the fate of all blocks, and the columns of all by which
    kinds are told."""

    fate: bytearray
    columns: tuple[array[float], ...]

    @classmethod
    def of(cls, table: Table, fate: bytearray) -> Doubtful:
        """Those of a table whose fate is `DOUBTFUL`. Their columns are taken out when they are asked for: few users
        do."""
        return cls(fate, _COLUMNS(table.columns))

    @property
    def rows(self) -> tuple[int, ...]:
        """Which blocks they are."""
        return tuple(compress(range(len(self.fate)), self.fate.translate(_DOUBT)))

    def taken(self) -> array[float]:
        """Their columns, one behind another."""
        if core is None:
            rows = self.rows
            return array("d", [column[row] for column in self.columns for row in rows])
        taken = zeros(self.fate.count(DOUBTFUL) * len(self.columns))
        core.take(self.columns, self.fate, taken)
        return taken


class Said(NamedTuple):
    """What the rules that hold for a dropped block say of its kind.

    sure: the label of the weightiest that is sure, which no kind overrules.  likely: of the weightiest of all, if
    nothing better is known.  hints: the weight of the last rule for each label.
    """

    sure: Label | None
    likely: Label
    hints: Mapping[Label, float]

    @classmethod
    def by(cls, rules: Sequence[Rule]) -> Said:
        """What some rules say."""
        against = [rule for rule in rules if rule.label is not Label.BODY]
        sure = max((rule for rule in against if names(rule)), key=_weight, default=None)
        likely = max((rule for rule in against if rule.label is not Label.OTHER), key=_weight, default=None)
        hints = {rule.label: rule.weight for rule in rules}
        return cls(sure.label if sure else None, likely.label if likely else Label.OTHER, hints)

    def label(self, kind: Label | None) -> Label:
        """The label of the block, if the ensembles call it a kind or none."""
        return self.sure or kind or self.likely


class Ruled(NamedTuple):
    """The rules that hold for each of n blocks, as one number, and what they say of a block of such a number."""

    sets: Sequence[int]
    said: Mapping[int, Said]

    @classmethod
    def of(cls, book: Book, sets: Sequence[int]) -> Ruled:
        """Every number asked once."""
        return cls(sets, {bits: Said.by(book.named(bits)) for bits in set(sets)})


def name_kinds(
    doubtful: Doubtful, ruled: Ruled, fate: bytearray, words: Sequence[float], form: str, model: Model | None
) -> Kinds:
    """The likeliest kind of each block that no rule names for sure, and its probability, where it is likely enough.

    A rule that is not sure is a hint: its weight is added to the log-odds of its kind. "Other" is no kind to be
    likelier than: it is learned from real blocks of which no rule speaks, and these are of all kinds.

    Args:
        doubtful: these blocks.
        ruled: what the rules say of each of the n blocks of the page.
        fate, words: `CONTENT`, `DOUBTFUL` or `NAMED`, and words, of each.
        form: ``page`` or ``text``.
        model: of the package; nothing is named without one.
    """
    known = kinds_of(model, form)
    rows = doubtful.rows
    if model is None or not known or not rows:
        return {}
    count, columns = len(rows), doubtful.taken()
    forest = model.forest(tuple(kind_name(form, label) for label in known))
    parts = (forest.read_flat(columns, count),)
    scores = array("d")
    for number in range(len(known)):
        scores += forest.score(number, parts, count)
    hints = _hints(rows, ruled, known)
    best, probability = _likeliest(scores, array("i", rows), _named(ruled, fate, known), hints, known)
    kinds = {}
    for at, (row, number, p) in enumerate(zip(rows, best, probability, strict=True)):
        label = known[number]
        if p >= _least(label, ruled.said[ruled.sets[row]].hints, words[row]):
            seen = label not in _SEEN or any(columns[k * count + at] >= x for k, x in _SEEN[label])
            if seen or label in _UNSEEN:
                kinds[row] = (label if seen else _UNSEEN[label], p)
    return kinds


def _named(ruled: Ruled, fate: bytearray, known: Sequence[Label]) -> array[int]:
    """The number of the kind that a rule gives to each block; -1 where none does."""
    numbers: dict[Label | None, int] = {label: number for number, label in enumerate(known)}
    of_sets = {bits: numbers.get(said.sure, -1) for bits, said in ruled.said.items()}
    return array("h", [of_sets[bits] if f == NAMED else -1 for bits, f in zip(ruled.sets, fate, strict=True)])


def _hints(rows: Sequence[int], ruled: Ruled, known: Sequence[Label]) -> tuple[array[int], array[float]]:
    """A number of each row, and of each number what the odds of each kind are multiplied by."""
    numbers: dict[int, int] = {}
    of_rows = array("i", [numbers.setdefault(ruled.sets[row], len(numbers)) for row in rows])
    times = array("d", [math.exp(ruled.said[bits].hints.get(label, 0.0)) for bits in numbers for label in known])
    return of_rows, times


def _least(label: Label, hints: Mapping[Label, float], words: float) -> float:
    """The probability from which a block is called by a kind."""
    against = hints.keys() - {Label.OTHER, Label.BODY, label}
    if against or words > LONG:
        return STRONG
    return FRANK if label in (Label.TEASER, Label.COMMENT) and label not in hints else LEAST


def kind_reason(label: Label, probability: float) -> Reason:
    """A kind as a reason.

    >>> kind_reason(Label.SHARE, 0.5).weight
    0.0
    """
    return Reason("kind", label, math.log(probability / max(1.0 - probability, 1e-9)))


def _likeliest(
    scores: array[float],
    rows: array[int],
    named: array[int],
    hints: tuple[array[int], array[float]],
    known: Sequence[Label],
) -> tuple[Sequence[int], Sequence[float]]:
    """The number of the likeliest kind for each row, and its probability.

    Args:
        scores: log-odds, of each kind those of all rows.
        rows: the block of each row, ascending.
        named: the number of the kind that a rule gives to each block of the page; -1 where none does.
        hints: what `_hints` gives.
        known: the kinds; of two as likely, the later in the alphabet is taken.
    """
    if core is None:
        return _likeliest_rows(scores, rows, named, hints, known)
    rank = bytes(sorted(known).index(label) for label in known)
    best, probability = bytearray(len(rows)), array("d", [0.0]) * len(rows)
    core.kinds(scores, rows, named, rank, hints, (DOUBT, NEIGHBOUR), (best, probability))
    return best, probability


def _likeliest_rows(
    scores: array[float],
    rows: array[int],
    named: array[int],
    hints: tuple[array[int], array[float]],
    known: Sequence[Label],
) -> tuple[list[int], list[float]]:
    """The same in Python: the specification of the compiled one."""
    kinds, count = len(known), len(rows)
    shares = {row: _softmax([scores[k * count + at] for k in range(kinds)]) for at, row in enumerate(rows)}
    shares |= {i: [DOUBT + (k == kind) for k in range(kinds)] for i, kind in enumerate(named) if kind >= 0}
    best, probability = [], []
    for row, hint in zip(rows, hints[0], strict=True):
        # boilerplate comes in rows and boxes: a block is likely what the dropped blocks beside it are
        around = [shares[i] for i in (row - 1, row + 1) if i in shares]
        odds = [p * math.prod(side[k] for side in around) ** NEIGHBOUR for k, p in enumerate(shares[row])]
        odds = [x * hints[1][hint * kinds + k] for k, x in enumerate(odds)]
        most, _, number = max(zip(odds, known, range(kinds), strict=True))
        best.append(number)
        probability.append(most / add_up(odds))
    return best, probability


def names(rule: Rule) -> bool:
    """Whether a rule that holds gives a dropped block its label; one that speaks of no kind leaves the name to the
    others unless it decides alone."""
    return rule.label is not Label.BODY and rule.weight >= (VETO if rule.label is Label.OTHER else SURE)


def kinds_of(model: Model | None, form: str) -> tuple[Label, ...]:
    """The labels that a model has ensembles for, but for "other"."""
    return model.kinds(form) if model else ()


def _weight(rule: Rule) -> float:
    return rule.weight


def _softmax(scores: Sequence[float]) -> list[float]:
    top = max(scores)
    odds = [math.exp(score - top) for score in scores]
    total = add_up(odds)
    return [max(x / total, DOUBT) for x in odds]
