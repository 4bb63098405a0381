"""Who wrote which post: a name stands in the same element as the post, as a link to a profile or under a telling class.

The microformats h-entry and hAtom call it ``p-author`` and ``author``, schema.org ``author``; forum software says
``username``, ``poster`` or ``nick``, and links to ``/u/``, ``/user/``, ``memberlist.php?mode=viewprofile`` and so on.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Final

from cleanbody.lexicon import class_tokens
from cleanbody.marks import MarkKind
from cleanbody.page import KINDS, Document, Kind
from cleanbody.patterns import pattern

MOST_CHARACTERS: Final = 40
MOST_WORDS: Final = 4
LEVELS: Final = 8  # containers above a post that are looked through
_TOKENS: Final = frozenset(
    {("author",), ("user", "name"), ("username",), ("poster",), ("nick",), ("nickname",), ("name",)}
)
_SUFFIXES: Final = frozenset({"author", "username", "poster", "nick"})
_PROFILE = pattern(
    r"(?:^|[/?&=.])(?:u|users?|members?|memberlist|profiles?|people|authors?|viewprofile|~)(?:[/?=&.-]|$)",
    re.IGNORECASE,
)
_LETTER = pattern(r"[^\W\d_]")
_QUOTE: Final = KINDS.index(Kind.QUOTE)


def authors(document: Document, posts: Sequence[int]) -> Mapping[int, str]:
    """The author of each of some blocks, where the page names one.

    Args:
        document: of HTML; a text names nobody.
        posts: indices of blocks that readers wrote, ascending.

    >>> from cleanbody.html import read_html
    >>> posts = '<div><a href="/user/ann">Ann</a><p>It rained.</p></div>', '<div><div class=nick>Bo</div><p>No.</div>'
    >>> page = read_html("".join(posts))
    >>> dict(authors(page, [1, 3]))
    {1: 'Ann', 3: 'Bo'}
    """
    names = _names(document) if document.markup else {}
    places = sorted(names)
    found: dict[int, str] = {}
    for i in posts:
        at = _nearest(document, places, posts, i) if i not in names else -1
        if at >= 0:
            found[i] = names[at]
    return found


def _names(document: Document) -> dict[int, str]:
    """Blocks that are a name."""
    shapes = zip(document.start, document.end, document.kind, strict=True)
    short = bytearray(end - start <= 2 * MOST_CHARACTERS and kind != _QUOTE for start, end, kind in shapes)
    names = _profile_links(document, short)
    telling: dict[str, bool] = {}  # by class names, which repeat
    for i, container in enumerate(document.container):
        classes = document.names[container]
        if not short[i] or not classes or i in names or document.tag[container] == "label":
            continue
        if classes not in telling:
            telling[classes] = _is_telling(classes)
        if telling[classes] and _is_name(document.block_text(i)):
            names[i] = document.block_text(i).strip()
    return names


def _is_telling(names: str) -> bool:
    return any(tuple(name) in _TOKENS or (name and name[-1] in _SUFFIXES) for name in class_tokens(names))


def _profile_links(document: Document, short: bytearray) -> dict[int, str]:
    """The first link to a profile in each block that is short."""
    out: dict[int, str] = {}
    i, n = 0, len(document)
    for mark in document.marks:
        while i < n and document.end[i] <= mark.start:
            i += 1
        if i == n:
            break
        if short[i] and mark.kind is MarkKind.LINK and i not in out:
            text = document.text[mark.start : mark.end].strip()
            if _is_name(text) and _PROFILE.search(mark.value[:300]):
                out[i] = text
    return out


def _is_name(text: str) -> bool:
    return len(text) <= MOST_CHARACTERS and len(text.split()) <= MOST_WORDS and bool(_LETTER.search(text))


def _nearest(document: Document, places: Sequence[int], posts: Sequence[int], i: int) -> int:
    """The first name in the smallest element around a post that holds one, but not all posts; -1 where none does."""
    container = document.container[i]
    for _ in range(LEVELS):
        first, last = document.first[container], document.last[container]
        if container <= 0 or (first <= posts[0] and posts[-1] < last and len(posts) > 1):
            break
        at = bisect_left(places, first)
        if at < len(places) and places[at] < last:
            return places[at]
        container = document.parent[container]
    return -1
