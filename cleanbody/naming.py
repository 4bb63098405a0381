"""What a dropped block is called: by the model's ensembles of kinds, where no rule is sure of it."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import Final

from cleanbody.features import Table
from cleanbody.model import KIND_COLUMNS, KIND_LABELS, Ensemble, Model, kind_name
from cleanbody.page import Label, Reason
from cleanbody.rules import VETO, Rule

SURE: Final = 4.0  # log-odds from which a rule gives a dropped block its label
LEAST: Final = 0.35  # probability from which a kind does
# Probability from which a kind goes against the rules that hold, or calls a block a comment: what readers wrote is
# handed out as such.
STRONG: Final = 0.8
LONG: Final = 15.0  # words from which a block is called by a kind on strong grounds alone
DOUBT: Final = 0.01  # what every kind is thought to be at least
NEIGHBOUR: Final = 0.9  # how much of the kind of the dropped block beside it a block takes over


def name_kinds(
    table: Table, markup: bool, held: Sequence[Sequence[Rule]], dropped: Sequence[bool], model: Model | None
) -> dict[int, Reason]:
    """The likeliest kind of each dropped block that no rule names for sure, as a reason.

    A rule that is not sure is a hint: its weight is added to the log-odds of its kind. "Other" is no kind to be
    likelier than: it is learned from real blocks of which no rule speaks, and these are of all kinds.

    Args:
        table: columns of n blocks.
        markup: whether they are of a page.
        held: the rules that hold for each.
        dropped: whether each is to go.
        model: of the package; nothing is named without one.
    """
    known = _ensembles(model, "page" if markup else "text")
    named = {i: label for i, gone in enumerate(dropped) if gone and (label := _by_rule(held[i]))}
    rows = [i for i, gone in enumerate(dropped) if gone and i not in named]
    if not known or not rows:
        return {}
    shares = _shares(table, rows, known)
    sure = {label: [DOUBT + (label is other) for other in known] for label in known}
    shares |= {i: sure[label] for i, label in named.items() if label in sure}
    out = {}
    for row in rows:
        # boilerplate comes in rows and boxes: a block is likely what the dropped blocks beside it are
        around = [shares[i] for i in (row - 1, row + 1) if i in shares]
        odds = [p * math.prod(side[k] for side in around) ** NEIGHBOUR for k, p in enumerate(shares[row])]
        hints = {rule.label: rule.weight for rule in held[row]}
        odds = [x * math.exp(hints.get(label, 0.0)) for x, label in zip(odds, known, strict=True)]
        best, label = max(zip(odds, known, strict=True))
        probability = best / sum(odds)
        against = hints.keys() - {Label.OTHER, Label.BODY, label}
        doubtful = against or table["words"][row] > LONG or (label is Label.COMMENT and label not in hints)
        if probability >= (STRONG if doubtful else LEAST):
            out[row] = Reason("kind", label, math.log(probability / max(1.0 - probability, 1e-9)))
    return out


def label_of(rules: Sequence[Rule], kind: Reason | None) -> Label:
    """The label of a dropped block: of the weightiest rule, if it is sure; else of its kind; else of any rule."""
    against = [rule for rule in rules if rule.label not in (Label.BODY, Label.OTHER)]
    return _by_rule(rules) or (kind.label if kind else max(against, key=_weight).label if against else Label.OTHER)


def _by_rule(rules: Sequence[Rule]) -> Label | None:
    sure = [rule for rule in rules if rule.label is not Label.BODY and rule.weight >= _sure(rule)]
    return max(sure, key=_weight).label if sure else None


def _sure(rule: Rule) -> float:
    """What a rule must weigh to name a block; one that speaks of no kind leaves the name to the others."""
    return VETO if rule.label is Label.OTHER else SURE


def _weight(rule: Rule) -> float:
    return rule.weight


def _ensembles(model: Model | None, form: str) -> Mapping[Label, Ensemble]:
    named = model.ensembles if model else {}
    kinds = [(label, kind_name(form, label)) for label in KIND_LABELS if label is not Label.OTHER]
    return {label: named[name] for label, name in kinds if name in named}


def _shares(table: Table, rows: Sequence[int], known: Mapping[Label, Ensemble]) -> dict[int, list[float]]:
    """The probability of each kind for some rows."""
    columns = [array("d", map(table[name].__getitem__, rows)) for name in KIND_COLUMNS]
    scores = zip(*(ensemble.score(columns) for ensemble in known.values()), strict=True)
    return {row: _softmax(score) for row, score in zip(rows, scores, strict=True)}


def _softmax(scores: Sequence[float]) -> list[float]:
    top = max(scores)
    odds = [math.exp(score - top) for score in scores]
    total = sum(odds)
    return [max(x / total, DOUBT) for x in odds]
