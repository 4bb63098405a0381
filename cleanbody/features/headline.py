"""Which block is the headline, and which blocks are copies of it.

The head of a page offers strings that may be its headline; a scraped text offers none, and there the headline is told
by what speaks for a line (see `unnamed`).
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from cleanbody.compiled import core
from cleanbody.features.block_words import BlockWords
from cleanbody.features.keys import (
    CUT_SHORT,
    LEAST_WORDS,
    MOST_CRUMBS,
    MOST_WORDS,
    PARTS,
    Key,
    Lines,
    heads,
    key_of,
    parts,
    plain,
)
from cleanbody.features.region import signed_log
from cleanbody.features.structure import blank, zeros
from cleanbody.features.text import DATE
from cleanbody.features.unnamed import find_unnamed, is_h1
from cleanbody.page import KINDS, Document, Flag, Kind

HEADLINE_COLUMNS: Final = (
    "title_copy",  # 1 where the block is a copy of the headline: exact, re-cased, truncated or with the site's name
    "title_joined",  # 1 where it is a copy with up to `MOST_CRUMBS` words before it
    "title_near",  # share of words in common with the headline, of both together (Jaccard)
    "is_headline",
    "from_headline",  # blocks since the headline, signed log; 0 where there is none
    "has_headline",
)
MOST_SITE: Final = 7  # words of a site's name and section behind a headline
RANK_COST: Final = 0.6  # what a candidate loses to the one before it, in points of `_choose`
SITE_COST: Final = 1.2  # what it loses where another line has it without a site's name
_HEADING: Final = KINDS.index(Kind.HEADING)
_ITEM: Final = KINDS.index(Kind.ITEM)

_ACCENTS: Final = core.accents(plain) if core is not None else None


class Headline(NamedTuple):
    """The block that is the headline (-1 for none), the headline's text ("" for none), and the columns."""

    block: int
    text: str
    columns: list[array[float]]


def find_headline(
    document: Document,
    blocks: BlockWords,
    words: Sequence[float],
    link_share: Sequence[float],
    prose: Sequence[int],
    candidates: Sequence[str],
) -> Headline:
    """Find the headline and its copies.

    Args:
        blocks: the n blocks' texts and words.
        words, link_share, prose: columns of the blocks.
        candidates: strings that may be the headline, the most trusted first; may be empty.
    """
    texts = blocks.texts
    if _ACCENTS is None:
        return search(document, texts, words, link_share, prose, candidates)
    columns = blank(len(texts), len(HEADLINE_COLUMNS))
    index, text = core.find_headline(
        _ACCENTS, DATE.search, blocks.compiled, array("d", words), array("d", link_share), bytes(prose),
        tuple(candidates), document.kind, document.level, document.flags, _HEADING, _ITEM, document.markup, columns,
    )  # fmt: skip
    return Headline(index, texts[index].replace("\n", " ") if text is None else text, columns)


def no_headline(rows: int) -> Headline:
    """What there is of a document that has none."""
    return Headline(-1, "", blank(rows, len(HEADLINE_COLUMNS)))


def search(
    document: Document,
    texts: Sequence[str],
    words: Sequence[float],
    link_share: Sequence[float],
    prose: Sequence[bool],
    candidates: Sequence[str],
) -> Headline:
    """What :func:`find_headline` does where nothing is compiled: its specification."""
    short = [i for i in range(len(texts)) if 0 < words[i] <= MOST_WORDS]
    lines = Lines(short, [key_of(texts[i]) for i in short])
    wanted = list(dict.fromkeys(key for key in (key_of(c) for c in candidates) if key))
    names = {key_of(c): c for c in reversed(candidates)}
    if not any(key in wanted for key in lines.keys):
        found = find_unnamed(document, lines, texts, words, prose, candidates)
        if found:
            names.setdefault(key_of(found), found)
            wanted.insert(0, key_of(found))
    copy, joined, near, match = _copies(lines, texts, wanted, len(texts), prose)
    trust = _ranks(candidates)
    ranks = {i: trust.get(title, 0) for i, title in match.items()}
    index = _choose(document, lines, texts, copy, link_share, prose, ranks, wanted)
    text = ""
    if index >= 0:
        key = match.get(index, ())
        whole = key == key_of(texts[index]) or is_h1(document, index)
        text = texts[index].replace("\n", " ") if whole or key not in names else names[key]
    elif wanted:
        opened = {key_of(text.split("\n", 1)[0]) for text in texts if "\n" in text[:200]}
        text = names.get(next((key for key in wanted if key in opened), wanted[0]), "")
    return Headline(index, text, _columns(len(texts), index, copy, joined, near))


def _columns(n: int, index: int, copy: array[float], joined: array[float], near: array[float]) -> list[array[float]]:
    is_headline, distance = zeros(n), zeros(n)
    if index >= 0:
        is_headline[index] = 1.0
        for i in range(n):
            distance[i] = signed_log(i - index)
    return [copy, joined, near, is_headline, distance, array("d", [float(index >= 0)]) * n]


def _copies(
    lines: Lines, texts: Sequence[str], wanted: Sequence[Key], n: int, prose: Sequence[int]
) -> tuple[array[float], array[float], array[float], dict[int, Key]]:
    copy, joined, near = zeros(n), zeros(n), zeros(n)
    match: dict[int, Key] = {}
    bags = [frozenset(key) for key in wanted]
    first_prose = prose.index(True) if True in prose else n
    for i, key in zip(lines.blocks, lines.keys, strict=True):
        if not key:
            continue
        bag = frozenset(key)
        for title, title_bag in zip(wanted, bags, strict=True):
            common = len(bag & title_bag)
            if not common:
                continue
            near[i] = max(near[i], common / (len(bag) + len(title_bag) - common))
            value = _is_copy(key, title, texts[i])
            if value and len(title) < LEAST_WORDS and i > first_prose:
                value = 0.5  # one word may well stand alone in the body
            if value > copy[i] or (value and key == title):
                copy[i], match[i] = value, title
            if len(title) >= LEAST_WORDS and 0 < len(key) - len(title) <= MOST_CRUMBS and key[-len(title) :] == title:
                joined[i] = 1.0
    return copy, joined, near, match


def _is_copy(key: Key, title: Key, text: str) -> float:
    """1 where a line is the title: exact, cut short, or with a site's name behind a mark; else 0."""
    if key == title:
        return 1.0
    size = len(key)
    if size < len(title) and size >= LEAST_WORDS and CUT_SHORT.search(text):
        return float(title[: size - 1] == key[:-1] and title[size - 1].startswith(key[-1]))
    extra = size - len(title)
    if 0 < extra <= MOST_SITE and len(title) >= 2 and key[: len(title)] == title:
        return float(any(key_of(part) == title for part in heads(text)))
    return 0.0


def _ranks(candidates: Sequence[str]) -> dict[Key, int]:
    """How far each candidate stands behind the most trusted; the pieces of one are trusted alike, after the whole."""
    ranks: dict[Key, int] = {}
    for place, candidate in enumerate(candidates):
        ranks.setdefault(key_of(candidate), place)
        for piece in parts(candidate):
            ranks.setdefault(key_of(piece), place + 1)
    return ranks


def _choose(
    document: Document,
    lines: Lines,
    texts: Sequence[str],
    copy: Sequence[float],
    link_share: Sequence[float],
    prose: Sequence[int],
    ranks: Mapping[int, int],
    wanted: Sequence[Key],
) -> int:
    """The copy that is the headline: of the most trusted candidate, the highest heading, near the prose, not linked."""
    best, best_score = -1, 0.0
    first_prose = prose.index(True) if True in prose else len(prose)
    whole = {key for key in lines.keys if key in wanted}
    for k, i in enumerate(lines.blocks):
        if copy[i] < 0.5:
            continue
        score = 6.0 + copy[i] - RANK_COST * min(ranks[i], 5) + 0.3 * min(len(lines.keys[k]), 8)
        score -= 0.4 if texts[i].isupper() or PARTS.search(texts[i]) else 0.0
        # the same with a site's name behind it
        score -= (
            SITE_COST
            if any(front in whole and front != lines.keys[k] for front in map(key_of, heads(texts[i])))
            else 0.0
        )
        if document.kind[i] == _HEADING:
            score += 3.25 - 0.25 * document.level[i]
        if document.kind[i] == _ITEM:
            score -= 1.0
        if document.flags[i] & (Flag.HIDDEN | Flag.NOSCRIPT):
            score -= 3.0
        score -= link_share[i] if link_share[i] == link_share[i] else 0.0
        score += 0.5 if True in prose[i + 1 : i + 7] else 0.0
        score += 0.25 if i <= first_prose else -0.5
        if score > best_score + 1e-9:
            best, best_score = i, score
    return best
