"""The labels of training blocks: of synthetic documents all, of real pages those that named rules are sure of.

What the class names of a page tell of its blocks is also true of the copies without them (distant supervision).
"""

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
MOST: Final = 0.5  # share of a block's words that are of one of the original, to have its label
GONE: Final = 0.1  # share of a block's words in the gold below which it has a label
_NUMBER: Final[dict[Label, int]] = {label: i for i, label in enumerate(KIND_LABELS)}

Bytes = NDArray[np.int8]


def labels_of_truth(texts: Sequence[str], truth: Sequence[Truth]) -> Bytes:
    """The number of each block's label in `KIND_LABELS`, `NONE` for content, of a document whose truth is known."""
    out = np.full(len(texts), NONE, dtype=np.int8)
    for i, shares in enumerate(align_truth(texts, [one.text for one in truth])):
        if shares:
            out[i] = _NUMBER.get(truth[max(shares, key=lambda k: shares[k])].label, NONE)
    return out


def labels_of_copy(
    texts: Sequence[str], target: Sequence[float], originals: Sequence[str], labels: Sequence[int] | Bytes
) -> Bytes:
    """The same of a copy of a page, each block as the one of the page that most of its words are of.

    Args:
        texts, target: of the copy's n blocks.
        originals, labels: of the page's blocks.

    >>> labels_of_copy(["Rain", "Share this"], [1.0, 0.0], ["Rain", "Share", "this"], [NONE, 3, 4]).tolist()
    [-1, 3]
    """
    out = np.full(len(texts), NONE, dtype=np.int8)
    for i, shares in enumerate(align_truth(texts, originals)):
        best = max(shares, key=lambda k: shares[k], default=-1)
        if best >= 0 and shares[best] >= MOST and target[i] < GONE:
            out[i] = labels[best]
    return out


def labels_of_rules(table: Table, markup: bool, target: Sequence[float]) -> Bytes:
    """The same as far as the named rules are sure of it, of a page with its target alone; other where none holds."""
    out = np.full(len(target), NONE, dtype=np.int8)
    for i, rules in enumerate(evaluate(table, markup)[: len(target)]):
        against = [rule for rule in rules if rule.label not in (*CONTENT_LABELS, Label.OTHER)]
        weight, label = max(((rule.weight, rule.label) for rule in against), default=(SURE, Label.OTHER))
        if weight >= SURE and target[i] < GONE:
            out[i] = _NUMBER[label]
    return out
