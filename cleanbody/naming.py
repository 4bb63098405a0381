"""What a dropped block is called: by the model's ensembles of kinds, where no rule is sure of it."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from cleanbody.compiled import core
from cleanbody.features import INDEX, Table
from cleanbody.features.sums import add_up
from cleanbody.model import KIND_COLUMNS, KIND_LABELS, Forest, Model, kind_name
from cleanbody.page import Label, Reason
from cleanbody.rules import Rule

SURE: Final = 4.0  # log-odds from which a rule gives a dropped block its label
LEAST: Final = 0.35  # probability from which a kind does
DOUBT: Final = 0.01  # what every kind is thought to be at least
CONTENT, DOUBTFUL, NAMED = 0, 1, 2  # of a block: good enough; dropped, and no rule or some rule is sure what it is
NEIGHBOUR: Final = 0.5  # how much of the kind of the dropped block beside it a block takes over

_COLUMNS: Final = array("H", [INDEX[name] for name in KIND_COLUMNS])


class Doubtful(NamedTuple):
    """The dropped blocks of a page that no rule names for sure: their rows, and their columns one behind another."""

    rows: tuple[int, ...]
    columns: array[float]

    @classmethod
    def of(cls, table: Table, fate: bytearray) -> Doubtful:
        """Those of a table whose fate is `DOUBTFUL`."""
        rows = tuple(i for i, value in enumerate(fate) if value == DOUBTFUL)
        columns = array("d", bytes(8 * len(rows) * len(_COLUMNS)))
        if core is not None:
            core.take(table.columns, _COLUMNS, fate, columns)
        else:
            columns = array("d", [table.columns[k][row] for k in _COLUMNS for row in rows])
        return cls(rows, columns)


def name_kinds(doubtful: Doubtful, named: Mapping[int, Label], form: str, model: Model | None) -> dict[int, Reason]:
    """The likeliest kind of each block that no rule names for sure, as a reason.

    Args:
        doubtful: these blocks.
        named: the label of each dropped block that a rule names.
        form: ``page`` or ``text``.
        model: of the package; nothing is named without one.
    """
    known = kinds_of(model, form)
    if model is None or not known or not doubtful.rows:
        return {}
    shares = _shares(doubtful, model.forest(tuple(kind_name(form, label) for label in known)), len(known))
    sure = {label: [DOUBT + (label is other) for other in known] for label in known}
    shares |= {i: sure[label] for i, label in named.items() if label in sure}
    out = {}
    for row in doubtful.rows:
        # boilerplate comes in rows and boxes: a block is likely what the dropped blocks beside it are
        around = [shares[i] for i in (row - 1, row + 1) if i in shares]
        odds = [p * math.prod(side[k] for side in around) ** NEIGHBOUR for k, p in enumerate(shares[row])]
        best, label = max(zip(odds, known, strict=True))
        probability = best / add_up(odds)
        if probability >= LEAST and label is not Label.OTHER:
            out[row] = Reason("kind", label, math.log(probability / max(1.0 - probability, 1e-9)))
    return out


def label_of(rules: Sequence[Rule], kind: Reason | None) -> Label:
    """The label of a dropped block: of the weightiest rule, if it is sure; else of its kind; else of any rule."""
    against = [rule for rule in rules if rule.label is not Label.BODY]
    return named_by(rules) or (kind.label if kind else max(against, key=_weight).label if against else Label.OTHER)


def named_by(rules: Sequence[Rule]) -> Label | None:
    """The label of the weightiest rule that is sure of it."""
    sure = [rule for rule in rules if names(rule)]
    return max(sure, key=_weight).label if sure else None


def names(rule: Rule) -> bool:
    """Whether a rule that holds gives a dropped block its label."""
    return rule.label is not Label.BODY and rule.weight >= SURE


def kinds_of(model: Model | None, form: str) -> tuple[Label, ...]:
    """The labels that a model has ensembles for."""
    named = model.ensembles if model else {}
    return tuple(label for label in KIND_LABELS if kind_name(form, label) in named)


def _weight(rule: Rule) -> float:
    return rule.weight


def _shares(doubtful: Doubtful, forest: Forest, known: int) -> dict[int, list[float]]:
    """The probability of each kind for some rows."""
    count = len(doubtful.rows)
    parts = (forest.read_flat(doubtful.columns, count),)
    scores = zip(*(forest.score(number, parts, count) for number in range(known)), strict=True)
    return {row: _softmax(score) for row, score in zip(doubtful.rows, scores, strict=True)}


def _softmax(scores: Sequence[float]) -> list[float]:
    top = max(scores)
    odds = [math.exp(score - top) for score in scores]
    total = add_up(odds)
    return [max(x / total, DOUBT) for x in odds]
