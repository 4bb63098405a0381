"""The labels of training blocks: of synthetic documents all, of real pages those that named rules are sure of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cleanbody.features import Table
from cleanbody.model import KIND_LABELS
from cleanbody.naming import SURE
from cleanbody.page import CONTENT_LABELS, Label
from cleanbody.rules import evaluate
from cleanbody.train.align import align_truth
from cleanbody.train.layouts import Truth

NONE: Final = -1  # nothing is known of the block, or it is content
_NUMBER: Final[dict[Label, int]] = {label: i for i, label in enumerate(KIND_LABELS)}

Bytes = NDArray[np.int8]


def labels_of_truth(texts: Sequence[str], truth: Sequence[Truth]) -> Bytes:
    """The number of each block's label in `KIND_LABELS`, `NONE` for content, of a document whose truth is known."""
    out = np.full(len(texts), NONE, dtype=np.int8)
    for i, shares in enumerate(align_truth(texts, [one.text for one in truth])):
        if shares:
            out[i] = _NUMBER.get(truth[max(shares, key=lambda k: shares[k])].label, NONE)
    return out


def labels_of_rules(table: Table, markup: bool, target: Sequence[float]) -> Bytes:
    """The same as far as the named rules are sure of it, of a page with its target alone; other where none holds."""
    out = np.full(len(target), NONE, dtype=np.int8)
    for i, rules in enumerate(evaluate(table, markup)[: len(target)]):
        against = [rule for rule in rules if rule.label not in (*CONTENT_LABELS, Label.OTHER)]
        weight, label = max(((rule.weight, rule.label) for rule in against), default=(SURE, Label.OTHER))
        if weight >= SURE and target[i] < 0.1:
            out[i] = _NUMBER[label]
    return out
