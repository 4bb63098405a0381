"""What a dropped block is called: by the model's ensembles of kinds, where no rule is sure of it."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Final, NamedTuple

from cleanbody.compiled import core
from cleanbody.features import INDEX, Table
from cleanbody.features.sums import add_up
from cleanbody.model import KIND_COLUMNS, KIND_LABELS, Model, kind_name
from cleanbody.page import Label, Reason
from cleanbody.rules import Rule

SURE: Final = 4.0  # log-odds from which a rule gives a dropped block its label
LEAST: Final = 0.35  # probability from which a kind does
DOUBT: Final = 0.01  # what every kind is thought to be at least
CONTENT, DOUBTFUL, NAMED = 0, 1, 2  # of a block: good enough; dropped, and no rule or some rule is sure what it is
NEIGHBOUR: Final = 0.5  # how much of the kind of the dropped block beside it a block takes over

_DOUBT: Final = bytes(value == DOUBTFUL for value in range(256))
_COLUMNS: Final = array("H", [INDEX[name] for name in KIND_COLUMNS])


class Doubtful(NamedTuple):
    """The dropped blocks of a page that no rule names for sure: their rows, and their columns one behind another."""

    rows: tuple[int, ...]
    columns: array[float]

    @classmethod
    def of(cls, table: Table, fate: bytearray) -> Doubtful:
        """Those of a table whose fate is `DOUBTFUL`."""
        rows = tuple(compress(range(len(fate)), fate.translate(_DOUBT)))
        columns = array("d", bytes(8 * len(rows) * len(_COLUMNS)))
        if core is not None:
            core.take(table.columns, _COLUMNS, fate, columns)
        else:
            columns = array("d", [table.columns[k][row] for k in _COLUMNS for row in rows])
        return cls(rows, columns)


def name_kinds(
    doubtful: Doubtful, named: Mapping[int, Label], blocks: int, form: str, model: Model | None
) -> dict[int, tuple[Label, float]]:
    """The likeliest kind of each block that no rule names for sure, and its probability, where it is likely enough.

    Args:
        doubtful: these blocks.
        named: the label of each dropped block that a rule names.
        blocks: how many there are in all.
        form: ``page`` or ``text``.
        model: of the package; nothing is named without one.
    """
    known = kinds_of(model, form)
    if model is None or not known or not doubtful.rows:
        return {}
    count = len(doubtful.rows)
    forest = model.forest(tuple(kind_name(form, label) for label in known))
    parts = (forest.read_flat(doubtful.columns, count),)
    scores = array("d")
    for number in range(len(known)):
        scores += forest.score(number, parts, count)
    numbers = {label: number for number, label in enumerate(known)}
    of_rules = array("h", [-1]) * blocks
    for i, label in named.items():
        of_rules[i] = numbers.get(label, -1)
    best, probability = _likeliest(scores, array("i", doubtful.rows), of_rules, known)
    return {
        row: (known[number], p)
        for row, number, p in zip(doubtful.rows, best, probability, strict=True)
        if p >= LEAST and known[number] is not Label.OTHER
    }


def kind_reason(label: Label, probability: float) -> Reason:
    """A kind as a reason.

    >>> kind_reason(Label.SHARE, 0.5).weight
    0.0
    """
    return Reason("kind", label, math.log(probability / max(1.0 - probability, 1e-9)))


def _likeliest(
    scores: array[float], rows: array[int], named: array[int], known: Sequence[Label]
) -> tuple[Sequence[int], Sequence[float]]:
    """The number of the likeliest kind for each row, and its probability.

    Args:
        scores: log-odds, of each kind those of all rows.
        rows: the block of each row, ascending.
        named: the number of the kind that a rule gives to each block of the page; -1 where none does.
        known: the kinds; of two as likely, the later in the alphabet is taken.
    """
    if core is None:
        return _likeliest_rows(scores, rows, named, known)
    rank = bytes(sorted(known).index(label) for label in known)
    best, probability = bytearray(len(rows)), array("d", bytes(8 * len(rows)))
    core.kinds(scores, rows, named, rank, (DOUBT, NEIGHBOUR), (best, probability))
    return best, probability


def _likeliest_rows(
    scores: array[float], rows: array[int], named: array[int], known: Sequence[Label]
) -> tuple[list[int], list[float]]:
    """The same in Python: the specification of the compiled one."""
    kinds, count = len(known), len(rows)
    shares = {row: _softmax([scores[k * count + at] for k in range(kinds)]) for at, row in enumerate(rows)}
    shares |= {i: [DOUBT + (k == kind) for k in range(kinds)] for i, kind in enumerate(named) if kind >= 0}
    best, probability = [], []
    for row in rows:
        # boilerplate comes in rows and boxes: a block is likely what the dropped blocks beside it are
        around = [shares[i] for i in (row - 1, row + 1) if i in shares]
        odds = [p * math.prod(side[k] for side in around) ** NEIGHBOUR for k, p in enumerate(shares[row])]
        most, _, number = max(zip(odds, known, range(kinds), strict=True))
        best.append(number)
        probability.append(most / add_up(odds))
    return best, probability


def labels_of(rules: Sequence[Rule]) -> tuple[Label | None, Label]:
    """What the rules that hold for a dropped block call it: the weightiest one if it is sure, which no kind overrules;
    and the weightiest of all, if nothing better is known."""
    against = [rule for rule in rules if rule.label is not Label.BODY]
    sure = [rule for rule in against if names(rule)]
    return max(sure, key=_weight).label if sure else None, max(against, key=_weight).label if against else Label.OTHER


def names(rule: Rule) -> bool:
    """Whether a rule that holds gives a dropped block its label."""
    return rule.label is not Label.BODY and rule.weight >= SURE


def kinds_of(model: Model | None, form: str) -> tuple[Label, ...]:
    """The labels that a model has ensembles for."""
    named = model.ensembles if model else {}
    return tuple(label for label in KIND_LABELS if kind_name(form, label) in named)


def _weight(rule: Rule) -> float:
    return rule.weight


def _softmax(scores: Sequence[float]) -> list[float]:
    top = max(scores)
    odds = [math.exp(score - top) for score in scores]
    total = add_up(odds)
    return [max(x / total, DOUBT) for x in odds]
