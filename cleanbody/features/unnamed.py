"""A headline that no candidate names: the page's first-level heading, what stands behind the name of a site, or of a
scraped text the line for which most speaks."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Final, NamedTuple

from cleanbody.features.keys import (
    CUT_SHORT,
    LEAST_WORDS,
    MOST_CRUMBS,
    MOST_WORDS,
    Key,
    Lines,
    heads,
    key_of,
    parts,
)
from cleanbody.features.text import DATE
from cleanbody.page import KINDS, Document, Flag, Kind
from cleanbody.patterns import pattern

LEAST_LONE, MOST_LONE = 4.0, 25.0  # words
LEAST_H1: Final = 2.0  # words of a first-level heading, where the head of the page names something else
MOST_NAME: Final = 5  # words of what may be the name of a site, which says nothing of the headline
CLOSE: Final = 8  # blocks within which three stretches of prose are those of one text, and no notice
FAR, AGAIN_FAR = 40, 2.5  # blocks above the prose from which a line must stand so often to be the headline
AGAIN_UNSHAPED: Final = 2.0  # how often a line must stand that is shaped like no headline
SAID_OF, SAID_CHARACTERS = 30, 400  # stretches of prose, and characters of each, in which a headline's words are sought
LONG_WORD: Final = 4  # characters; shorter words stand everywhere
STEM: Final = 5  # characters of a word that are compared: endings differ
# What must speak for a line to be the headline: log-odds, as the weights below, fitted to scraped texts (WCXB).
ENOUGH: Final = 0.5
ENOUGH_NAMED: Final = 2.6  # the same where the head of a page names something that may be the headline, or the site
AGAIN, MOST_AGAIN = 0.5, 8.0  # for each time that it stands again, and how often that counts
OPENED: Final = 3.2  # that one of the first lines holds it beside a site's name: a page's <title>
LIKE_FIRST: Final = 3.0  # that it has all its words in common with the first line
SAID: Final = 3.1  # that the prose says all its long words
LONG, MOST_LONG = 1.2, 8.0  # that it is so many words long
SHAPED: Final = 1.0
# What speaks against it.
UNTIL: Final = 0.8  # for the blocks until the prose, and before it (log)
BEFORE: Final = 0.6
ENDS: Final = 1.7  # that it ends like a sentence or a label
BEHIND: Final = 1.6  # that prose stands before it
BELOW_SHAPED: Final = 0.9  # that the line above it is shaped like a headline too: a deck, or a list of stories
_HEADING: Final = KINDS.index(Kind.HEADING)
_NO_END: Final = frozenset(".:;,。：；，、")
_NO_START: Final = frozenset("-–—•*·#>[(")
_QUOTES: Final = frozenset("\"“„«「『‘'")
_TOLD: Final = frozenset(".!?…:;\"”»’')]。！？：；」』")  # prose ends in these, a trail or a row of links does not
_GAP = pattern(r"[\n\t]|[ \xa0]{3}")  # a row of a table has the others
_STEP = pattern(r"\s[>›»·•/→]\s")
_SPEAKER = pattern(r"[^\s:]{1,12}[:：]\s")


def find_unnamed(
    document: Document,
    lines: Lines,
    texts: Sequence[str],
    words: Sequence[float],
    prose: Sequence[int],
    candidates: Sequence[str],
) -> str | None:
    """The headline of a document of which no line is a candidate; None if there is none.

    Args:
        lines: the short blocks.
        texts, words, prose: columns of the n blocks.
        candidates: strings that may be the headline.
    """
    least = LEAST_H1 if candidates else 1.0
    found = _h1(document, lines, texts, words, prose, least) or _behind_colon(lines, texts, candidates)
    keys = [key for key in map(key_of, candidates) if key]
    if found or (document.markup and any(len(key) > MOST_NAME for key in keys)):
        return found
    return _likeliest(lines, texts, words, prose, ENOUGH_NAMED if keys and document.markup else ENOUGH)


def is_h1(document: Document, i: int) -> bool:
    """Whether a block is a first-level heading."""
    return document.kind[i] == _HEADING and document.level[i] == 1


def _h1(
    document: Document,
    lines: Lines,
    texts: Sequence[str],
    words: Sequence[float],
    prose: Sequence[int],
    least: float,
) -> str | None:
    """The page's only first-level heading, if prose follows it and it has words enough, or the page has no prose."""
    found = [i for i in lines.blocks if is_h1(document, i) and not document.flags[i] & Flag.HIDDEN]
    if len(found) != 1 or (True in prose and (words[found[0]] < least or True not in prose[found[0] :])):
        return None
    return texts[found[0]].replace("\n", " ")


def _behind_colon(lines: Lines, texts: Sequence[str], candidates: Sequence[str]) -> str | None:
    """The first line that is what stands behind the first colon of a candidate: in "Site: headline" nothing else tells
    that it is no part of the headline."""
    rests = {key_of(rest) for rest in (one.partition(": ")[2] for one in candidates) if rest}
    return next((texts[i] for i, key in zip(*lines, strict=True) if len(key) >= LEAST_WORDS and key in rests), None)


class _Top(NamedTuple):
    """What tells the headline of a text.

    start, second, last: the first stretch of prose that others follow closely, the next one, and the last.  known: all
    lines.  opening: pieces of the first lines, and the line of each.  again: how often each line stands.  begun: how
    many lines begin like one that is cut short.  said: how the words of the prose begin.  first: words of the first
    line.
    """

    start: int
    second: int
    last: int
    known: frozenset[Key]
    opening: dict[Key, int]
    again: defaultdict[Key, float]
    begun: Counter[Key]
    said: frozenset[str]
    first: frozenset[str]


def _top(lines: Lines, texts: Sequence[str], words: Sequence[float], prose: Sequence[int]) -> _Top | None:
    told = [i for i, flag in enumerate(prose) if flag and _is_told(texts[i], words[i])]
    if not told:
        return None
    at = next((k for k in range(len(told) - 2) if told[k + 2] - told[k] <= CLOSE), 0)
    second = told[at + 1] if at + 1 < len(told) else len(texts)
    return _Top(
        start=told[at],
        second=second,
        last=told[-1],
        known=frozenset(lines.keys),
        opening=_opening(texts),
        again=_again(lines, texts, second),
        begun=_beginnings(lines, texts),
        said=_said([texts[i] for i in told[at : at + SAID_OF]]),
        first=frozenset(lines.keys[0] if lines.blocks[:1] == [0] else ()),
    )


def _is_told(text: str, words: float) -> bool:
    """Whether a line that is long enough for prose reads like it, and is no trail that ends in the headline."""
    return words > MOST_WORDS or text[-1:] in _TOLD


def _opening(texts: Sequence[str]) -> dict[Key, int]:
    """The pieces of a text's first lines, where a page's <title> ends up, and the line of each."""
    opening: dict[Key, int] = {}
    for i, text in enumerate(texts[:3]):
        for piece in (*parts(text), *heads(text)):
            opening.setdefault(key_of(piece), i)
    return opening


def _said(prose: Sequence[str]) -> frozenset[str]:
    return frozenset(word[:STEM] for text in prose for word in key_of(text[:SAID_CHARACTERS]))


def _likeliest(
    lines: Lines, texts: Sequence[str], words: Sequence[float], prose: Sequence[int], enough: float
) -> str | None:
    """The line for which most speaks, if that is more than enough.

    A headline stands again, close above the prose, which says its words; often the text opens with it and its site's
    name. A line of the menu that stands twice has none of that but the second copy.
    """
    top = _top(lines, texts, words, prose)
    best, best_score = None, enough
    for i, key in zip(*lines, strict=True):
        if top is None or i > top.last:
            break
        opened = top.opening.get(key, i) != i and words[i] >= LEAST_LONE
        if LEAST_WORDS <= words[i] <= MOST_LONE and _may_be(top, i, key, texts[i], words[i], opened):
            score = _score(top, i, key, texts, words, opened)
            if score > best_score:
                best, best_score = texts[i], score
    return best


def _may_be(top: _Top, i: int, key: Key, text: str, words: float, opened: bool) -> bool:
    """Whether a line may be the headline at all."""
    again = top.again[key]
    if text[0] in _NO_START:
        return False
    if not opened and (i >= top.second or i == top.start or (top.start - i > FAR and again < AGAIN_FAR)):
        return False
    if not opened and again < AGAIN_UNSHAPED and not _is_shaped(text, words):
        return False
    if any(front != key and front in top.known for front in map(key_of, heads(text))):
        return False  # the same with a site's name behind it
    behind = (key[cut:] for cut in range(1, MOST_CRUMBS + 1) if len(key) - cut >= LEAST_WORDS)
    if not opened and any(again < top.again[tail] for tail in behind if tail in top.known):
        return False  # ... or behind a trail
    return not (CUT_SHORT.search(text) and top.begun[key[:-1]] > 1)  # another line has it in full


def _score(top: _Top, i: int, key: Key, texts: Sequence[str], words: Sequence[float], opened: bool) -> float:
    """How much speaks for a line to be the headline."""
    bag = frozenset(key)
    until = 1 if i >= top.second else (top.start if i < top.start else top.second) - i
    score = AGAIN * (min(top.again[key], MOST_AGAIN) - 1.0)
    if opened:
        score += OPENED
    elif i:
        score += LIKE_FIRST * len(bag & top.first) / (len(bag | top.first) or 1)
    score += SAID * _share_said(key, top.said)
    score += LONG * min(words[i], MOST_LONG) / MOST_LONG
    score -= UNTIL * math.log1p(until) + BEFORE * math.log1p(i)
    score += SHAPED if _is_shaped(texts[i], words[i]) else 0.0
    score -= ENDS if texts[i][-1] in _NO_END else 0.0
    score -= BEHIND if top.start < i and not opened else 0.0
    score -= BELOW_SHAPED if i and _is_shaped(texts[i - 1], words[i - 1]) else 0.0
    return score


def _share_said(key: Key, said: frozenset[str]) -> float:
    """The share of a line's long words that are among some; of all its words where none is long."""
    long = [word for word in key if len(word) >= LONG_WORD] or key
    return sum(word[:STEM] in said for word in long) / (len(long) or 1)


def _again(lines: Lines, texts: Sequence[str], end: int) -> defaultdict[Key, float]:
    """How much speaks for each line to be the headline: that it stands again before block `end`, as it is, cut short,
    before a site's name or behind a trail."""
    known = set(lines.keys)
    out: defaultdict[Key, float] = defaultdict(float)
    counts, fronts = Counter[Key](), Counter[Key]()
    for i, key in zip(lines.blocks, lines.keys, strict=True):
        if i <= end:
            counts[key] += 1
            fronts.update({key_of(head) for head in heads(texts[i])} & known - {key})
    tails = _tails(lines)
    for key in known:
        out[key] = min(counts[key], 4) + 1.5 * tails.get(key, 0) + 1.5 * min(fronts[key], 2)
    starts = Counter(
        key[:-1]
        for i, key in zip(lines.blocks, lines.keys, strict=True)
        if i <= end and len(key) >= LEAST_WORDS and CUT_SHORT.search(texts[i])
    )
    for key in known:
        out[key] += min(2, sum(starts[key[:k]] for k in range(2, min(len(key), int(MOST_WORDS)))))
    return out


def _beginnings(lines: Lines, texts: Sequence[str]) -> Counter[Key]:
    """How many different lines begin with all but the last word of each line that is cut short."""
    wanted = {
        key[:-1]
        for i, key in zip(lines.blocks, lines.keys, strict=True)
        if len(key) >= LEAST_WORDS and CUT_SHORT.search(texts[i])
    }
    return Counter(
        key[:k] for key in set(lines.keys) for k in range(2, min(len(key), int(MOST_WORDS)) + 1) if key[:k] in wanted
    )


def _tails(lines: Lines) -> Counter[Key]:
    """How many lines end in each whole line, with at most a breadcrumb's words before it."""
    known = set(lines.keys)
    tails: Counter[Key] = Counter()
    for key in known:
        for cut in range(1, min(MOST_CRUMBS, len(key) - 2) + 1):
            if key[cut:] in known and len(key) - cut >= LEAST_WORDS:
                tails[key[cut:]] += 1
    return tails


def _is_shaped(text: str, words: float) -> bool:
    """Whether a line could be a headline by its shape alone."""
    if not LEAST_LONE <= words <= MOST_LONE or _GAP.search(text) or _SPEAKER.match(text):
        return False
    if text[-1] in _NO_END or text[0] in _NO_START or text[0] in _QUOTES or text[0].islower():
        return False
    return not _STEP.search(text) and not DATE.search(text)
