"""Scores in, what is kept out: the cut of a page, of its lines, and of stored blocks at another threshold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cleanbody.features.sums import add_up
from cleanbody.features.tokens import word_count
from cleanbody.page import KINDS, Block, Kind, Label

# How far a page's own cut may lie below and above the threshold, at a threshold of a half; less towards 0 and 1.
CUT_REACH: Final = (0.17, 0.03)
# On a page of prose (so much of what is kept stands in longer blocks) a line, a paragraph or list item of so few words,
# has to be surer: how far its cut lies above the threshold, at a threshold of a half.
PROSE_SHARE: Final = 0.85
LINE_WORDS: Final = 25.0
LINE_REACH: Final = 0.24
LINES: Final = bytes(kind in (Kind.PARAGRAPH, Kind.ITEM) for kind in KINDS)  # which kinds of block may be lines


def sigmoid(x: float) -> float:
    """The probability of log-odds `x`.

    >>> sigmoid(0.0), sigmoid(-800.0)
    (0.5, 0.0)
    """
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0


def page_cut(scores: Sequence[float], words: Sequence[float], threshold: float) -> float:
    """The cut with the greatest word F1 that the scores let expect, within reach of a threshold.

    Args:
        scores, words: probability to be content, and words, of each of the n blocks.
        threshold: what the cut stays near, 0 to 1.

    >>> page_cut([0.9, 0.4, 0.1], [100.0, 80.0, 300.0], 0.42), page_cut([0.9, 0.2], [100.0, 80.0], 0.0)
    (0.4, 0.0)
    """
    total = add_up(w * s for w, s in zip(words, scores, strict=True))
    right = kept = best = 0.0
    cut = threshold
    for i in sorted(range(len(scores)), key=scores.__getitem__, reverse=True):
        right += words[i] * scores[i]
        kept += words[i]
        expected = right / (kept + total) if kept else 0.0
        if expected > best:
            best, cut = expected, scores[i]
    below, above, _ = reach(threshold)
    return min(max(cut, threshold - below), threshold + above)


def line_cut(scores: Sequence[float], words: Sequence[float], cut: float, threshold: float) -> float:
    """The cut of a line: a paragraph or list item of at most `LINE_WORDS` words.

    Between the paragraphs of an article the lines that are not its own look more like body than anything else on a page
    does, and few of its own are in doubt. Pages that are made of lines have no such doubt to spare.

    Args:
        scores, words, threshold: as for `page_cut`.
        cut: of the page.

    >>> line_cut([0.9, 0.5], [100.0, 8.0], 0.42, 0.5), line_cut([0.9, 0.5], [100.0, 20.0], 0.42, 0.5)
    (0.74, 0.42)
    """
    kept = long = 0.0
    for score, size in zip(scores, words, strict=True):
        if score >= cut:
            kept += size
            long += size if size > LINE_WORDS else 0.0
    return max(cut, threshold + reach(threshold)[2]) if kept and long >= PROSE_SHARE * kept else cut


def keeps(scores: Sequence[float], words: Sequence[float], kinds: Sequence[Kind], threshold: float) -> list[bool]:
    """Which blocks of a page score enough.

    Args:
        scores, words, threshold: as for `page_cut`.
        kinds: forms of the blocks: headings, cells, quotes and the like are no lines.

    >>> keeps([0.9, 0.5, 0.5], [100.0, 8.0, 8.0], [Kind.PARAGRAPH, Kind.HEADING, Kind.PARAGRAPH], 0.5)
    [True, True, False]
    """
    cut = page_cut(scores, words, threshold)
    of_line = line_cut(scores, words, cut, threshold)
    return [
        score >= (of_line if size <= LINE_WORDS and LINES[KINDS.index(kind)] else cut)
        for score, size, kind in zip(scores, words, kinds, strict=True)
    ]


def reach(threshold: float) -> tuple[float, float, float]:
    """How far a page's own cut may lie below and above a threshold, and the cut of a line above it.

    >>> reach(0.5), reach(0.0)
    ((0.17, 0.03, 0.24), (0.0, 0.0, 0.0))
    """
    scale = 4.0 * threshold * (1.0 - threshold)
    return CUT_REACH[0] * scale, CUT_REACH[1] * scale, LINE_REACH * scale


def recut(blocks: Sequence[Block | Mapping[str, Any]], threshold: float) -> list[bool]:
    """Which blocks another threshold would keep, from their stored scores: the page itself is not needed.

    Args:
        blocks: all blocks of one page, as `CleanPage.blocks` or `CleanPage.to_dict` gives them; labels that a `Config`
            keeps beside the content are not known here, nor pages cleaned without the model, which have no cut of
            their own.
        threshold: as in `Config`, 0 to 1.

    >>> from cleanbody import clean_text
    >>> page = clean_text("It rained all day, and in the evening it rained still.\\n\\nLeave a Reply")
    >>> recut(page.blocks, 0.42), recut(page.to_dict(blocks=True)["blocks"], 0.0)
    ([True, False], [True, True])
    """
    rows = [block._asdict() if isinstance(block, Block) else block for block in blocks]
    titles = [row["label"] == Label.HEADLINE for row in rows]
    words = [0.0 if title else word_count(row["text"]) for title, row in zip(titles, rows, strict=True)]
    scores = [row["score"] for row in rows]
    kept = keeps(scores, words, [Kind(row["kind"]) for row in rows], threshold)
    return [title or good for title, good in zip(titles, kept, strict=True)]
