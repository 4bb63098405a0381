"""Which block is the headline, and which blocks are copies of it.

The head of a page offers strings that may be its headline; a scraped text offers none, and there a headline is told by
standing twice: as a line and again as a line, behind a breadcrumb, or before a site's name.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final, NamedTuple

from cleanbody.compiled import core
from cleanbody.features.block_words import BlockWords
from cleanbody.features.region import signed_log
from cleanbody.features.structure import blank, zeros
from cleanbody.features.text import DATE
from cleanbody.features.tokens import words_of
from cleanbody.page import KINDS, Document, Flag, Kind
from cleanbody.patterns import pattern

HEADLINE_COLUMNS: Final = (
    "title_copy",  # 1 where the block is a copy of the headline: exact, re-cased, truncated or with the site's name
    "title_joined",  # 1 where it is a copy with up to `MOST_CRUMBS` words before it
    "title_near",  # share of words in common with the headline, of both together (Jaccard)
    "is_headline",
    "from_headline",  # blocks since the headline, signed log; 0 where there is none
    "has_headline",
)
MOST_WORDS: Final = 40.0  # a longer block is no headline and no copy of one
MOST_CRUMBS: Final = 8  # words of a breadcrumb that may stand before a joined headline
MOST_SITE: Final = 7  # words of a site's name and section behind a headline
MOST_MARKS: Final = 32  # marks of one line that may part a headline from a site's name; a row of thousands is none
LEAST_WORDS: Final = 3.0  # a shorter line that stands twice is a menu item sooner than a headline
LEAST_LONE, MOST_LONE = 4.0, 25.0  # words
_NO_END: Final = frozenset(".:;,。：；，、")
_NO_START: Final = frozenset("-–—•*·#>[(\"“„«「『‘'")
RANK_COST: Final = 0.6  # what a candidate loses to the one before it, in points of `_choose`
NEAR: Final = 0.8  # words in common from which two lines say the same
REACH: Final = 20  # blocks after a text's headline within which its prose begins
OPENED: Final = 4.0  # what it speaks for a line that a text's first lines hold it before a site's name
LONE_LINES: Final = 4  # short lines that may stand before the first prose of a text for one to be its headline
_HEADING: Final = KINDS.index(Kind.HEADING)
_ITEM: Final = KINDS.index(Kind.ITEM)
# A run of white space is entered at its first character alone, so that a long one stays linear.
_PARTS = pattern(r"(?<!\s)\s+[|\-–—·•»:/]+\s+|(?<!\s)\s*[｜_|»]\s*|[｜_|»]\s*|: ")
_SPEAKER = pattern(r"[^\s:]{1,12}[:：]\s")
_CUT = pattern(r"(?:…|\.\.\.)\s*$")

Key = tuple[str, ...]


def _key(text: str) -> Key:
    """The words of a line without case and accents, which capitals drop in Greek and Turkish."""
    words = words_of(text)
    if text.isascii() or not words:
        return tuple(words)
    return tuple(_plain(" ".join(words)).split(" "))


def _plain(folded: str) -> str:
    """A case-folded text without accents, letter by letter, whatever stands beside them."""
    letters = unicodedata.normalize("NFD", folded).replace("ı", "i").replace("ς", "σ")
    return "".join(c for c in letters if not unicodedata.combining(c))


_ACCENTS: Final = core.accents(_plain) if core is not None else None


class Headline(NamedTuple):
    """The block that is the headline (-1 for none), the headline's text ("" for none), and the columns."""

    block: int
    text: str
    columns: list[array[float]]


class _Lines(NamedTuple):
    """The short blocks of a document: what can be a headline or a copy of one."""

    blocks: list[int]
    keys: list[Key]


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
    lines = _Lines(short, [_key(texts[i]) for i in short])
    wanted = list(dict.fromkeys(key for key in (_key(c) for c in candidates) if key))
    names = {_key(c): c for c in reversed(candidates)}
    if not any(key in wanted for key in lines.keys):
        found = _h1(document, lines, texts, words, prose)
        if not found and not (wanted and document.markup):
            found = _repeated(lines, texts, words, prose)
        if found:
            names.setdefault(_key(found), found)
            wanted.insert(0, _key(found))
    copy, joined, near, match = _copies(lines, texts, wanted, len(texts), prose)
    trust = _ranks(candidates)
    ranks = {i: trust.get(title, 0) for i, title in match.items()}
    index = _choose(document, lines, texts, copy, link_share, prose, ranks)
    text = ""
    if index >= 0:
        key = match.get(index, ())
        whole = key == _key(texts[index]) or _is_h1(document, index)
        text = texts[index].replace("\n", " ") if whole or key not in names else names[key]
    elif wanted:
        opened = {_key(text.split("\n", 1)[0]) for text in texts if "\n" in text[:200]}
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
    lines: _Lines, texts: Sequence[str], wanted: Sequence[Key], n: int, prose: Sequence[int]
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
    if size < len(title) and size >= LEAST_WORDS and _CUT.search(text):
        return float(title[: size - 1] == key[:-1] and title[size - 1].startswith(key[-1]))
    extra = size - len(title)
    if 0 < extra <= MOST_SITE and len(title) >= 2 and key[: len(title)] == title:
        return float(any(_key(part) == title for part in heads(text)))
    return 0.0


def heads(text: str) -> list[str]:
    """What stands before each mark that may part a headline from a site's name.

    >>> heads("Rain falls - Weather | Daily")
    ['Rain falls', 'Rain falls - Weather']
    """
    marks = islice(_PARTS.finditer(text), MOST_MARKS)
    return [text[: match.start()] for match in marks if match.start()]


def parts(text: str) -> list[str]:
    """The pieces between such marks.

    >>> parts("Daily | Rain falls")
    ['Daily', 'Rain falls']
    """
    return [piece for piece in (p.strip() for p in _PARTS.split(text)) if piece]


def _ranks(candidates: Sequence[str]) -> dict[Key, int]:
    """How far each candidate stands behind the most trusted; the pieces of one are trusted alike, after the whole."""
    ranks: dict[Key, int] = {}
    for place, candidate in enumerate(candidates):
        ranks.setdefault(_key(candidate), place)
        for piece in parts(candidate):
            ranks.setdefault(_key(piece), place + 1)
    return ranks


def _is_h1(document: Document, i: int) -> bool:
    return document.kind[i] == _HEADING and document.level[i] == 1


def _h1(
    document: Document, lines: _Lines, texts: Sequence[str], words: Sequence[float], prose: Sequence[int]
) -> str | None:
    """The page's only first-level heading, if prose follows it or the page has none at all."""
    found = [i for i in lines.blocks if _is_h1(document, i) and not document.flags[i] & Flag.HIDDEN]
    if len(found) != 1 or (True in prose and (words[found[0]] < 2 or True not in prose[found[0] :])):
        return None
    return texts[found[0]].replace("\n", " ")


def _repeated(lines: _Lines, texts: Sequence[str], words: Sequence[float], prose: Sequence[int]) -> str | None:
    """The headline of a text: a line that stands again above the prose, or the lone short line above it."""
    if True not in prose:
        return None
    known = set(lines.keys)
    opening: dict[Key, int] = {}  # pieces of the first lines, where a page's <title> ends up
    for i, text in enumerate(texts[:3]):
        for piece in parts(text):
            opening.setdefault(_key(piece), i)
    last = len(prose) - 1 - prose[::-1].index(True)
    best, best_score = None, 1.9
    second_prose = next((i for i in range(prose.index(True) + 1, len(prose)) if prose[i]), len(prose))
    again = _again(lines, texts, second_prose)
    cut = _beginnings(lines, texts)
    for i, key in zip(lines.blocks, lines.keys, strict=True):
        opened = opening.get(key, i) != i
        leads = _leads(i, prose, second_prose) or (opened and words[i] >= LEAST_LONE)
        if words[i] < LEAST_WORDS or i > last or not leads or texts[i][0] in _NO_START:
            continue
        if any(_key(head) in known for head in heads(texts[i])):
            continue  # the same with a site's name behind it
        if _CUT.search(texts[i]) and cut[key[:-1]] > 1:
            continue  # another line has it in full
        score = again[key] + (OPENED if opened and words[i] >= LEAST_LONE else 1.5 if opened else 0.0)
        if score > best_score:
            best, best_score = texts[i], score
    return best or _lone(texts, words, prose)


def _again(lines: _Lines, texts: Sequence[str], end: int) -> defaultdict[Key, float]:
    """How much speaks for each line to be the headline: that it stands again before block `end`, as it is, cut short,
    before a site's name or behind a trail."""
    known = set(lines.keys)
    out: defaultdict[Key, float] = defaultdict(float)
    counts, fronts = Counter[Key](), Counter[Key]()
    for i, key in zip(lines.blocks, lines.keys, strict=True):
        if i <= end:
            counts[key] += 1
            fronts.update({_key(head) for head in heads(texts[i])} & known)
    tails = _tails(lines)
    for key in known:
        out[key] = min(counts[key], 4) + 1.5 * tails.get(key, 0) + 1.5 * min(fronts[key], 2)
    starts = Counter(
        key[:-1]
        for i, key in zip(lines.blocks, lines.keys, strict=True)
        if i <= end and len(key) >= LEAST_WORDS and _CUT.search(texts[i])
    )
    for key in known:
        out[key] += min(2, sum(starts[key[:k]] for k in range(2, min(len(key), int(MOST_WORDS)))))
    return out


def _beginnings(lines: _Lines, texts: Sequence[str]) -> Counter[Key]:
    """How many different lines begin with all but the last word of each line that is cut short."""
    wanted = {
        key[:-1]
        for i, key in zip(lines.blocks, lines.keys, strict=True)
        if len(key) >= LEAST_WORDS and _CUT.search(texts[i])
    }
    return Counter(
        key[:k] for key in set(lines.keys) for k in range(2, min(len(key), int(MOST_WORDS)) + 1) if key[:k] in wanted
    )


def _leads(i: int, prose: Sequence[int], second_prose: int) -> bool:
    """Whether prose follows a line within some blocks, and no prose stands far before it."""
    return i <= second_prose and True in prose[i : i + REACH]


def _tails(lines: _Lines) -> Counter[Key]:
    """How many lines end in each whole line, with at most a breadcrumb's words before it."""
    known = set(lines.keys)
    tails: Counter[Key] = Counter()
    for key in known:
        for cut in range(1, min(MOST_CRUMBS, len(key) - 2) + 1):
            if key[cut:] in known and len(key) - cut >= LEAST_WORDS:
                tails[key[cut:]] += 1
    return tails


def _lone(texts: Sequence[str], words: Sequence[float], prose: Sequence[int]) -> str | None:
    """The longest of the few lines before the first prose, if it is shaped like a headline and more prose follows."""
    first = prose.index(True)
    if sum(prose) < 2:
        return None
    near = range(max(first - LONE_LINES, 0), min(first, LONE_LINES + 2))
    lines = [i for i in near if _is_shaped(texts[i], words[i])]
    return texts[max(lines, key=lambda i: min(words[i], 12.0))] if lines else None


def _is_shaped(text: str, words: float) -> bool:
    """Whether a line could be a headline by its shape alone."""
    if not LEAST_LONE <= words <= MOST_LONE or "\n" in text or "\t" in text or _SPEAKER.match(text):
        return False
    return text[-1] not in _NO_END and text[0] not in _NO_START and not text[0].islower() and not DATE.search(text)


def _choose(
    document: Document,
    lines: _Lines,
    texts: Sequence[str],
    copy: Sequence[float],
    link_share: Sequence[float],
    prose: Sequence[int],
    ranks: Mapping[int, int],
) -> int:
    """The copy that is the headline: of the most trusted candidate, the highest heading, near the prose, not linked."""
    best, best_score = -1, 0.0
    first_prose = prose.index(True) if True in prose else len(prose)
    for k, i in enumerate(lines.blocks):
        if copy[i] < 0.5:
            continue
        score = 6.0 + copy[i] - RANK_COST * min(ranks[i], 5) + 0.3 * min(len(lines.keys[k]), 8)
        score -= 0.4 if texts[i].isupper() or _PARTS.search(texts[i]) else 0.0
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
