"""Columns of runs, the blocks between two stretches of prose, and of how a block stands beside that prose.

A list that the body holds and a list of other stories look alike block by block. As a whole the one is led by a colon
and says what the prose says, and in a page its blocks stand where the prose stands; a box is nested elsewhere.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final, NamedTuple

from cleanbody.compiled import core
from cleanbody.features.context import nearest_true
from cleanbody.features.region import signed_log
from cleanbody.features.structure import UNKNOWN, blank
from cleanbody.features.sums import add_up

RUN_COLUMNS: Final = (
    "run_blocks",  # blocks of the run, log; 0 for prose, which is a run of its own
    "run_words",  # mean words of its blocks, log
    "run_ends",  # share of its blocks that end as sentences do
    "run_items",  # share of them that are items of a list
    "run_overlap",  # share of their content stems that stand in the prose of the page
    "run_title_overlap",  # ... in the title
    "since_colon",  # 1 / blocks since one that ends in a colon, with no prose between; 0 where there is none
    "up_to_before",  # levels up to the container that also holds the last prose before it; `MOST_UP` for more, and none
    "up_to_after",  # ... the next prose after it
    "prose_step",  # levels that its container stands below that of the last prose, or of the next where there is none
)
MOST_UP: Final = 6
_STEPS: Final = 16  # that are gone up from a block and from the prose together, at most
_COLON: Final = 0.5  # of the column `ends_sentence`
_COLON_COLUMN: Final = RUN_COLUMNS.index("since_colon")


class Facts(NamedTuple):
    """Columns of n blocks that runs are told by.

    words, ends, items: words, `ends_sentence`, and 1 for an item of a list.  stems, overlap, title: number of content
    stems, and which share of them stands in the prose and in the title.  depth: levels of the container.
    """

    words: array[float]
    ends: array[float]
    items: array[float]
    stems: array[float]
    overlap: array[float]
    title: array[float]
    depth: array[float]


def run_columns(
    facts: Facts, prose: bytearray, container: array[int], parent: array[int], markup: bool
) -> list[array[float]]:
    """One column for each of `RUN_COLUMNS`.

    Args:
        prose: which of the n blocks are prose.
        container: of each block its innermost container (the first n are looked at).
        parent: of each container, which stands before it; -1 for the root.
        markup: whether there are containers.
    """
    columns = blank(len(prose), len(RUN_COLUMNS))
    if core is not None:
        core.run_columns(*facts, prose, container, parent, markup, columns)
    else:
        fill_runs(facts, prose, container, parent, markup, columns)
    return columns


def fill_runs(
    facts: Facts,
    prose: Sequence[int],
    container: Sequence[int],
    parent: Sequence[int],
    markup: bool,
    columns: Sequence[array[float]],
) -> None:
    """Fill the columns of :func:`run_columns` where nothing is compiled: its specification."""
    for begin, end in runs_of(prose):
        of_run = _run(facts, begin, end, bool(prose[begin]))
        for column, value in zip(columns[:_COLON_COLUMN], of_run, strict=True):
            column[begin:end] = array("d", [value]) * (end - begin)
    colon, since = -1, columns[_COLON_COLUMN]
    for i, flag in enumerate(prose):
        since[i] = 1.0 / (i - colon) if colon >= 0 else 0.0
        if facts.ends[i] == _COLON:
            colon = i
        elif flag:
            colon = -1
    for i, (last, following) in enumerate(zip(*nearest_true(prose), strict=True)):
        beside = last if last >= 0 else following
        values = (
            levels_up(parent, container[i], container[last]) if last >= 0 else MOST_UP,
            levels_up(parent, container[i], container[following]) if following >= 0 else MOST_UP,
            facts.depth[i] - facts.depth[beside] if beside >= 0 else 0.0,
        )
        for column, value in zip(columns[_COLON_COLUMN + 1 :], values, strict=True):
            column[i] = value if markup else UNKNOWN


def _run(facts: Facts, begin: int, end: int, is_prose: bool) -> tuple[float, ...]:
    size, stems = end - begin, facts.stems[begin:end]
    total = add_up(stems) or 1.0
    return (
        0.0 if is_prose else signed_log(size),
        signed_log(add_up(facts.words[begin:end]) / size),
        facts.ends[begin:end].count(1.0) / size,
        add_up(facts.items[begin:end]) / size,
        add_up(x * s for x, s in zip(facts.overlap[begin:end], stems, strict=True)) / total,
        add_up(x * s for x, s in zip(facts.title[begin:end], stems, strict=True)) / total,
    )


def levels_up(parent: Sequence[int], one: int, other: int) -> int:
    """Levels from a container up to the innermost that is it or holds it, and is or holds another; at most `MOST_UP`.

    >>> levels_up([-1, 0, 1, 0], 2, 3), levels_up([-1, 0, 1, 0], 1, 2), levels_up([-1, 0, 1, 0], 0, 2)
    (2, 0, 0)
    """
    up = 0
    for _ in range(_STEPS):
        if one == other:
            return min(up, MOST_UP)
        if one > other:
            one, up = parent[one], up + 1
        else:
            other = parent[other]
    return MOST_UP


def runs_of(prose: Sequence[int]) -> list[tuple[int, int]]:
    """Begin and end of each run.

    >>> runs_of([1, 0, 0, 1, 1])
    [(0, 1), (1, 3), (3, 4), (4, 5)]
    """
    edges = [i for i in range(1, len(prose)) if prose[i] or prose[i - 1]]
    return list(zip([0, *edges], [*edges, len(prose)], strict=True)) if prose else []
