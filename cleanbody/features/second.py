"""Columns for the second stage: what the first stage thinks of a block's neighbours, containers and likenesses."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final

from cleanbody.compiled import core
from cleanbody.features.context import PROSE_WORDS, distances_since
from cleanbody.features.region import best_stretch, signed_log
from cleanbody.features.runs import runs_of
from cleanbody.features.structure import UNKNOWN, blank, outer_container
from cleanbody.features.sums import add_up
from cleanbody.features.tree import integers, number_tree, shapes_of
from cleanbody.page import Document

SECOND_COLUMNS: Final = (
    "first",  # log-odds of the first stage
    "first_1_before",
    "first_1_after",
    "first_2_before",
    "first_2_after",
    "first_near",  # mean over the 5 blocks around, weighted by words
    "first_wide",  # over the 21 around
    "first_container",  # over the innermost container
    "first_outer",  # over the container two above it
    "first_shape",  # over blocks of the same shape
    "first_page",  # over the page
    "first_kept_share",  # share of the page's words above 0
    "first_since",  # blocks since the last one above 0, log
    "first_until",
    "first_in_stretch",  # inside the stretch of blocks with the greatest sum of weighted log-odds
    "first_stretch_start",  # blocks since its start, signed log
    "first_stretch_end",
    "first_run",  # mean over the run: the blocks between two of as many words as prose has
)
_CLIP: Final = 6.0  # log-odds: surer than this says no more


def second_columns(
    document: Document, words: array[float], first: array[float], shapes: array[int] | None = None
) -> list[array[float]]:
    """One column for each of `SECOND_COLUMNS`.

    Args:
        words, first: words and first-stage log-odds of the n blocks (the first n of the document's).
        shapes: of `shapes_of`, where that is known already.
    """
    n = len(first)
    if not document.markup:
        shapes = integers(0)
    elif shapes is None:
        shapes = shapes_of(document, number_tree(document))
    columns = blank(n, len(SECOND_COLUMNS))
    if core is not None:
        core.second_columns(
            document.markup, document.parent, document.first, document.last, first, document.container, words, shapes,
            _CLIP, PROSE_WORDS, columns,
        )  # fmt: skip
        return columns
    clipped = [max(-_CLIP, min(_CLIP, x)) for x in first]
    weights = [min(w, 60.0) + 1.0 for w in words]
    sums, masses = [0.0], [0.0]
    for x, w in zip(clipped, weights, strict=True):
        sums.append(sums[-1] + x * w)
        masses.append(masses[-1] + w)

    def mean(begin: int, end: int) -> float:
        return (sums[end] - sums[begin]) / (masses[end] - masses[begin]) if end > begin else 0.0

    above = [x > 0.0 for x in clipped]
    page = mean(0, n)
    kept = add_up(w for w, flag in zip(words, above, strict=True) if flag) / (add_up(words) or 1.0)
    since, until = distances_since(above), distances_since(above[::-1])[::-1]
    begin, end = best_stretch([x * w for x, w in zip(clipped, weights, strict=True)])
    by_shape = _shape_means(shapes, clipped, weights)
    run = array("d")
    for first_of, end_of in runs_of([w >= PROSE_WORDS for w in words[:n]]):
        run += array("d", [add_up(clipped[first_of:end_of]) / (end_of - first_of)]) * (end_of - first_of)
    for i in range(n):
        inner = document.container[i]
        outer = outer_container(document, inner)
        values = (
            clipped[i],
            clipped[i - 1] if i >= 1 else -_CLIP,
            clipped[i + 1] if i + 1 < n else -_CLIP,
            clipped[i - 2] if i >= 2 else -_CLIP,
            clipped[i + 2] if i + 2 < n else -_CLIP,
            mean(max(i - 2, 0), min(i + 3, n)),
            mean(max(i - 10, 0), min(i + 11, n)),
            mean(document.first[inner], min(document.last[inner], n)) if document.markup else UNKNOWN,
            mean(document.first[outer], min(document.last[outer], n)) if document.markup else UNKNOWN,
            by_shape[shapes[i]] if document.markup else UNKNOWN,
            page,
            kept,
            signed_log(since[i]),
            signed_log(until[i]),
            1.0 if begin <= i < end else 0.0,
            signed_log(i - begin),
            signed_log(end - 1 - i),
            run[i],
        )
        for column, value in zip(columns, values, strict=True):
            column[i] = value
    return columns


def _shape_means(shapes: Sequence[int], values: Sequence[float], weights: Sequence[float]) -> dict[int, float]:
    totals: dict[int, list[float]] = {}
    for shape, x, w in zip(shapes, values, weights, strict=False):
        total = totals.setdefault(shape, [0.0, 0.0])
        total[0] += x * w
        total[1] += w
    return {shape: x / w for shape, (x, w) in totals.items()}
