"""Columns that say where the page's main region lies and where a block stands to it.

The score of a container follows readability (Arc90, 2009): paragraphs give points to the containers around them, and
a container loses what share of its words is linked. The best stretch of blocks is the maximum-sum interval
(Kadane) over words less a fee a block, so that it also works where there are no containers.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Final

from cleanbody.compiled import core
from cleanbody.features.structure import UNKNOWN, Totals, blank, zeros
from cleanbody.features.sums import add_up
from cleanbody.features.tree import PARAGRAPH, Tree
from cleanbody.page import Document

REGION_COLUMNS: Final = (
    "in_best",  # inside the best-scoring container
    "best_ratio",  # the best score among the containers around the block, to the best of all
    "inner_ratio",  # the score of its innermost container, to the best of all
    "best_share",  # share of the page's unlinked words that the best container holds
    "best_place",  # 0 at the best container's first block, 1 at its last; below 0 and above 1 outside
    "from_best_start",  # blocks since the best container's first one, signed log
    "to_best_end",  # blocks until its last one, signed log
    "below_best",  # levels between the best container and the block
    "in_60",  # inside the smallest container that holds 60 % of the unlinked words
    "in_80",
    "in_stretch",  # inside the best stretch of blocks
    "from_stretch_start",  # as above, of the stretch
    "to_stretch_end",
    "stretch_share",
)
# What a paragraph gives to the containers around it, nearest first.
UPPER_SHARES: Final = array("d", (1.0, 0.5, 0.25, 0.12))
MIN_WORDS: Final = 6.0  # shorter blocks give no points
FEE: Final = 9.0  # words that a block must bring to lengthen the best stretch
MOST: Final = 60.0  # words of one block that count there, so that one giant block does not decide


def region_columns(
    document: Document,
    tree: Tree,
    totals: Totals,
    words: array[float],
    link_share: array[float],
    commas: array[float],
) -> list[array[float]]:
    """One column for each of `REGION_COLUMNS`.

    Args:
        tree: the containers in numbers.
        totals: sums of each container.
        words, link_share, commas: columns of the blocks; `commas` is a word, `link_share` 0 to 1.
    """
    n = len(document)
    columns = blank(n, len(REGION_COLUMNS))
    if core is not None:
        core.region_columns(
            document.markup, document.parent, document.first, document.last, tree.role, PARAGRAPH, document.container,
            *totals, words, link_share, commas, UPPER_SHARES, MIN_WORDS, FEE, MOST, columns,
        )  # fmt: skip
        return columns
    free = array("d", (w * (1.0 - s) for w, s in zip(words, link_share, strict=True)))
    by_name = dict(zip(REGION_COLUMNS, columns, strict=True))
    total = add_up(free) or 1.0
    if document.markup and n:
        _container_columns(document, tree, totals, free, words, commas, total, by_name)
    else:
        for name in REGION_COLUMNS[:10]:
            by_name[name][:] = array("d", [UNKNOWN]) * n
    begin, end = best_stretch([min(f, MOST) * (1.0 - s) - FEE for f, s in zip(free, link_share, strict=True)])
    share = add_up(free[begin:end]) / total
    for i in range(n):
        by_name["in_stretch"][i] = 1.0 if begin <= i < end else 0.0
        by_name["from_stretch_start"][i] = signed_log(i - begin)
        by_name["to_stretch_end"][i] = signed_log(end - 1 - i)
        by_name["stretch_share"][i] = share
    return columns


def signed_log(distance: float) -> float:
    """log(1 + |x|) with the sign of x, so that near distances differ more than far ones."""
    return math.copysign(math.log1p(abs(distance)), distance)


def best_stretch(values: Sequence[float]) -> tuple[int, int]:
    """The interval ``[begin, end)`` with the greatest sum; empty where no value is above 0.

    >>> best_stretch([-1.0, 5.0, -2.0, 4.0, -9.0, 3.0])
    (1, 4)
    """
    best, begin, end, running, since = 0.0, 0, 0, 0.0, 0
    for i, value in enumerate(values):
        if running <= 0.0:
            running, since = 0.0, i
        running += value
        if running > best:
            best, begin, end = running, since, i + 1
    return begin, end


def _scores(
    document: Document,
    tree: Tree,
    totals: Totals,
    free: Sequence[float],
    words: Sequence[float],
    commas: Sequence[float],
) -> array[float]:
    """The readability-like score of each container."""
    scores = zeros(len(document.parent))
    for i, container in enumerate(document.container):
        if words[i] < MIN_WORDS or free[i] < words[i] * 0.5:
            continue
        points = 1.0 + min(commas[i] * words[i], 10.0) + min(words[i] / 20.0, 3.0)
        c = _around(document, tree, container)
        for share in UPPER_SHARES:
            scores[c] += points * share
            c = document.parent[c]
            if c < 0:
                break
    for c in range(len(scores)):
        scores[c] *= 1.0 - totals.linked[c] / max(totals.words[c], 1.0)
    return scores


def _around(document: Document, tree: Tree, container: int) -> int:
    """The container itself, or the one around it for a paragraph's own element, which is no region."""
    return document.parent[container] if tree.role[container] == PARAGRAPH and container else container


def _container_columns(
    document: Document,
    tree: Tree,
    totals: Totals,
    free: Sequence[float],
    words: Sequence[float],
    commas: Sequence[float],
    total: float,
    out: dict[str, array[float]],
) -> None:
    scores = _scores(document, tree, totals, free, words, commas)
    best = max(range(len(scores)), key=scores.__getitem__)
    top = scores[best] or 1.0
    first, last = document.first[best], max(document.last[best], document.first[best] + 1)
    share = (totals.words[best] - totals.linked[best]) / total
    upper = zeros(len(scores))  # the best score among a container and those around it
    below = array("d", [-1.0]) * len(scores)  # levels below the best container
    for c, above in enumerate(document.parent):
        upper[c] = max(scores[c], upper[above] if above > 0 else 0.0)
        below[c] = 0.0 if c == best else below[above] + 1.0 if above >= 0 and below[above] >= 0 else -1.0
    spans = [_smallest(document, totals, total, share) for share in (0.6, 0.8)]
    for i, c in enumerate(document.container):
        out["in_best"][i] = 1.0 if first <= i < last else 0.0
        out["best_ratio"][i] = upper[c] / top
        out["inner_ratio"][i] = scores[_around(document, tree, c)] / top
        out["best_share"][i] = share
        out["best_place"][i] = min(2.0, max(-1.0, (i - first) / max(last - 1 - first, 1)))
        out["from_best_start"][i] = signed_log(i - first)
        out["to_best_end"][i] = signed_log(last - 1 - i)
        out["below_best"][i] = below[c]
        for name, (begin, end) in zip(("in_60", "in_80"), spans, strict=True):
            out[name][i] = 1.0 if begin <= i < end else 0.0


def _smallest(document: Document, totals: Totals, total: float, share: float) -> tuple[int, int]:
    """The blocks of the smallest container that holds `share` of the page's unlinked words."""
    at = 0
    for c in range(len(document.parent)):
        enough = totals.words[c] - totals.linked[c] >= share * total
        if enough and totals.blocks[c] <= totals.blocks[at]:
            at = c
    return document.first[at], document.last[at]
