"""Gold text → a label for each block: what share of the block the gold holds.

Gold texts are reflowed, tidied and now and then in another order, so blocks are looked up in the gold by their words:
long ones by runs of `GRAM` words, short ones by their whole sequence near the place where their neighbours were found.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from cleanbody.features.context import nearest_true
from cleanbody.features.tokens import words_of
from cleanbody.page import CONTENT_LABELS

GRAM: Final = 4  # words of a run
LONG: Final = 8  # words from which a block is looked up by its runs
RESUME: Final = 400  # words of the truth that may be missing from a document at one place
NEAR: Final = 60  # words of the gold that a short block may stand away from the place of its neighbours


def align(blocks: Sequence[str], gold: str) -> list[float]:
    """The share of each block's words that stand in the gold, 0 to 1.

    Args:
        blocks: the n blocks' texts in reading order.
        gold: the text that should be kept.

    >>> align(["Home", "It rained all day in the whole valley.", "Share"], "It rained all day\\nin the whole valley.")
    [0.0, 1.0, 0.0]
    """
    words = words_of(gold)
    places = _places(words)
    split = [words_of(text) for text in blocks]
    used = bytearray(len(words) + 1)
    found: list[int] = [-1] * len(blocks)
    shares = [0.0] * len(blocks)
    for i, block in enumerate(split):
        if len(block) >= LONG:
            shares[i], found[i] = _long(block, words, places, used)
    starts: dict[str, list[int]] = defaultdict(list)
    for at, word in enumerate(words):
        starts[word].append(at)
    nearest = _around(found)
    for i, block in enumerate(split):
        if 0 < len(block) < LONG:
            at = _short(block, words, starts, used, nearest[i])
            if at >= 0:
                shares[i] = 1.0
    return shares


def align_truth(blocks: Sequence[str], stretches: Sequence[str]) -> list[dict[int, float]]:
    """Which stretches of a document each of its blocks holds: the same words in the same order, cut in other places.

    Args:
        blocks: the n blocks' texts.
        stretches: the document's stretches; words of theirs may be missing from the blocks, and a few others between.

    Returns:
        For each block the stretches by number, with the share of its words that are theirs.

    >>> align_truth(["Home", "Rain. It rained"], ["Home", "Rain.", "It rained"])
    [{0: 1.0}, {1: 0.3333333333333333, 2: 0.6666666666666666}]
    """
    words = [(word, k) for k, text in enumerate(stretches) for word in words_of(text)]
    out: list[dict[int, float]] = []
    at = 0
    for text in blocks:
        own, shares = words_of(text), defaultdict[int, float](float)
        for i, word in enumerate(own):
            here = at if at < len(words) and words[at][0] == word else _resume(own[i : i + GRAM], words, at)
            if here >= 0:
                shares[words[here][1]] += 1.0 / len(own)
                at = here + 1
        out.append(dict(shares))
    return out


def _resume(gram: Sequence[str], words: Sequence[tuple[str, int]], at: int) -> int:
    """Where a few words stand next among the stretches' words, not far off; -1 where they do not."""
    reach = RESUME if len(gram) == GRAM else 2 * GRAM
    for here in range(at, min(at + reach, len(words) - len(gram) + 1)):
        if all(words[here + k][0] == word for k, word in enumerate(gram)):
            return here
    return -1


def kept_shares(found: Sequence[Mapping[int, float]], labels: Sequence[str]) -> list[float]:
    """The share of each block that is content, of what `align_truth` found and the stretches' labels."""
    return [min(1.0, sum(share for k, share in one.items() if labels[k] in CONTENT_LABELS)) for one in found]


def _places(words: Sequence[str]) -> dict[tuple[str, ...], list[int]]:
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at in range(len(words) - GRAM + 1):
        places[tuple(words[at : at + GRAM])].append(at)
    return places


def _long(
    block: Sequence[str], words: Sequence[str], places: dict[tuple[str, ...], list[int]], used: bytearray
) -> tuple[float, int]:
    """Share of a long block that unused words of the gold cover, run by run, and where the first run was found."""
    covered = bytearray(len(block))
    first, at, k = -1, -1, 0
    while k < len(block):
        if 0 <= at < len(words) and words[at] == block[k] and not used[at]:
            covered[k] = used[at] = 1
            at, k = at + 1, k + 1
            continue
        candidates = places.get(tuple(block[k : k + GRAM]), ())
        at = next((c for c in candidates[bisect_left(candidates, max(at, 0)) :] if not used[c]), -1)
        if at < 0:
            at = next((c for c in candidates[:50] if not used[c]), -1)
        if at < 0:
            k += 1
        elif first < 0:
            first = at
    return sum(covered) / len(block), first


def _around(found: Sequence[int]) -> list[tuple[int, int]]:
    """For each block the places of the nearest found blocks before and after it (-1 where there is none)."""
    before, after = nearest_true([at >= 0 for at in found])
    places = [*found, -1]  # the last is that of no block, which is -1 itself
    return [(places[b], places[a]) for b, a in zip(before, after, strict=True)]


def _short(
    block: Sequence[str],
    words: Sequence[str],
    starts: dict[str, list[int]],
    used: bytearray,
    around: tuple[int, int],
) -> int:
    """Where a short block stands in the gold, near its neighbours, on words that nothing else has used; -1 if not."""
    low, high = around
    if low < 0 and high < 0:
        low, high = 0, len(words)
    begin = max((low if low >= 0 else high - NEAR) - 2, 0)
    end = (high if high >= 0 else len(words)) + 2
    if low >= 0 and high >= 0 and high < low:
        begin, end = max(low - NEAR, 0), low + 4 * NEAR
    size = len(block)
    for at in starts.get(block[0], ()):
        if begin <= at <= end and words[at : at + size] == list(block) and not any(used[at : at + size]):
            used[at : at + size] = b"\x01" * size
            return at
    return -1
