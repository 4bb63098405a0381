"""Columns of a block's place in the page: its form, ancestors, class names, links, siblings and repetition."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from cleanbody.features.sums import add_up
from cleanbody.lexicon import CLASS_KINDS, Lexicon
from cleanbody.page import KINDS, Document, Flag, Kind, MarkKind

UNKNOWN: Final = math.nan  # what a text without markup has in a column of markup

FORM_COLUMNS: Final = (
    "link_share",  # characters inside links, share of the block's
    "links",
    "links_per_word",
    "strong_share",  # characters in bold
    "heading",  # 7 - level; 0 for other blocks
    "item",
    "cell",
    "quote",
    "code",
    "caption",
    "control",
    "paragraph_tag",  # stands right in a <p>
    "list_depth",
    "hidden",
    "noscript",
    "rescued",
    "after_break",
)
ANCESTOR_TAGS: Final = (
    "nav",
    "header",
    "footer",
    "aside",
    "form",
    "article",
    "main",
    "table",
    "figure",
    "list",
    "label",
)
PLACE_COLUMNS: Final = (
    *(f"in_{tag}" for tag in ANCESTOR_TAGS),
    "depth",
    "parent_blocks",  # blocks of the innermost container
    "parent_words",
    "parent_link_share",
    "outer_blocks",  # the same three of the container two above it
    "outer_words",
    "outer_link_share",
    "outer_block_words",  # words a block there
    "shape_repeats",  # blocks of the page with the same path of tags and class names (log2)
    "shape_words",  # mean words of those
    "shape_link_share",
    *(f"card_{name}" for name in ("count", "words", "link_share", "share", "depth")),
    *(f"class_{kind}" for kind in CLASS_KINDS),
)
_LIST_TAGS: Final = frozenset({"ul", "ol", "menu", "dir", "dl"})
_ANCESTOR_OF: Final = {tag: i for i, tag in enumerate(ANCESTOR_TAGS)} | dict.fromkeys(
    _LIST_TAGS, ANCESTOR_TAGS.index("list")
)
CLASS_DECAY: Final = 0.85  # a class name says a little less of what stands a level deeper
SHAPE_DEPTH: Final = 4  # levels of the path that make a block's shape
_KIND: Final = {kind: i for i, kind in enumerate(KINDS)}


class Links(NamedTuple):
    """Columns of n blocks: characters inside links, number of links, characters in bold."""

    chars: array[float]
    number: array[float]
    strong: array[float]


def zeros(n: int) -> array[float]:
    """A column of n zeros."""
    return array("d", bytes(8 * n))


def count_links(document: Document) -> Links:
    """Characters in links and in bold per block, by one walk over the marks beside the blocks."""
    n = len(document)
    links = Links(zeros(n), zeros(n), zeros(n))
    i = 0
    for mark in document.marks:
        while i < n and document.end[i] < mark.start:
            i += 1
        if i == n:
            break
        if mark.kind is MarkKind.LINK and mark.start < document.end[i]:
            links.chars[i] += mark.end - mark.start
            links.number[i] += 1
        elif mark.kind is MarkKind.STRONG:
            links.strong[i] += mark.end - mark.start
    return links


def form_columns(document: Document, links: Links, words: Sequence[float]) -> list[array[float]]:
    """One column for each of `FORM_COLUMNS`; `UNKNOWN` where only markup could tell."""
    n = len(document)
    columns = [zeros(n) for _ in FORM_COLUMNS]
    kinds = {name: _KIND[Kind(name)] for name in ("item", "cell", "quote", "code", "caption", "control")}
    for i in range(n):
        size = max(document.end[i] - document.start[i], 1)
        kind, flags = document.kind[i], document.flags[i]
        values = (
            min(1.0, links.chars[i] / size),
            links.number[i],
            links.number[i] / max(words[i], 1.0),
            min(1.0, links.strong[i] / size),
            7.0 - document.level[i] if kind == _KIND[Kind.HEADING] else 0.0,
            *(1.0 if kind == number else 0.0 for number in kinds.values()),
            1.0 if document.tag[document.container[i]] == "p" else 0.0,
            float(document.level[i]) if kind == kinds["item"] else 0.0,
            1.0 if flags & Flag.HIDDEN else 0.0,
            1.0 if flags & Flag.NOSCRIPT else 0.0,
            1.0 if flags & Flag.RESCUED else 0.0,
            1.0 if flags & Flag.AFTER_BREAK else 0.0,
        )
        for column, value in zip(columns, values, strict=True):
            column[i] = value
    if not document.markup:
        known = {"item", "code", "after_break"}
        for name, column in zip(FORM_COLUMNS, columns, strict=True):
            if name not in known:
                column[:] = array("d", [UNKNOWN]) * n
    return columns


class Totals(NamedTuple):
    """Columns of m containers: words, words inside links and blocks of everything below each."""

    words: array[float]
    linked: array[float]
    blocks: array[float]


def container_totals(document: Document, words: Sequence[float], link_share: Sequence[float]) -> Totals:
    """Sums over each container's blocks, from sums over the blocks before its first and before its end."""
    n = len(document)
    running_words, running_linked = zeros(n + 1), zeros(n + 1)
    for i in range(n):
        running_words[i + 1] = running_words[i] + words[i]
        running_linked[i + 1] = running_linked[i] + words[i] * link_share[i]
    m = len(document.parent)
    totals = Totals(zeros(m), zeros(m), zeros(m))
    for c in range(m):
        first, last = document.first[c], document.last[c]
        totals.words[c] = running_words[last] - running_words[first]
        totals.linked[c] = running_linked[last] - running_linked[first]
        totals.blocks[c] = float(last - first)
    return totals


def place_columns(
    document: Document, totals: Totals, words: Sequence[float], link_share: Sequence[float], lexicon: Lexicon
) -> list[array[float]]:
    """One column for each of `PLACE_COLUMNS`; `UNKNOWN` for a text without markup."""
    n = len(document)
    if not document.markup or not n:
        return [array("d", [UNKNOWN]) * n for _ in PLACE_COLUMNS]
    inherited = _inherited(document, lexicon)
    cards = card_columns(document, totals)
    shapes = shapes_of(document)
    repeats = Counter(shapes)
    shape_words: Counter[int] = Counter()
    shape_linked: Counter[int] = Counter()
    for i, shape in enumerate(shapes):
        shape_words[shape] += words[i]  # type: ignore[assignment]
        shape_linked[shape] += words[i] * link_share[i]  # type: ignore[assignment]
    columns = [zeros(n) for _ in PLACE_COLUMNS]
    rows: dict[int, tuple[float, ...]] = {}
    for i in range(n):
        inner = document.container[i]
        row = rows.get(inner)
        if row is None:
            row = rows[inner] = _container_row(document, totals, inherited, inner)
        shape = shapes[i]
        head = len(ANCESTOR_TAGS) + 8
        own = (
            math.log2(repeats[shape]),
            shape_words[shape] / repeats[shape],
            shape_linked[shape] / max(shape_words[shape], 1.0),
        )
        for column, value in zip(columns, row[:head] + own + cards[inner] + row[head:], strict=True):
            column[i] = value
    return columns


def outer_container(document: Document, inner: int) -> int:
    """The container two above another, or the root where there are fewer."""
    for _ in range(2):
        inner = max(document.parent[inner], 0)
    return inner


def _container_row(
    document: Document, totals: Totals, inherited: list[tuple[float, ...]], inner: int
) -> tuple[float, ...]:
    """What all blocks of one container share: ancestors, depth, sums, then the weights of class names."""
    outer = outer_container(document, inner)
    tags = len(ANCESTOR_TAGS)
    facts = inherited[inner]
    return (
        *facts[: tags + 1],
        totals.blocks[inner],
        totals.words[inner],
        totals.linked[inner] / max(totals.words[inner], 1.0),
        totals.blocks[outer],
        totals.words[outer],
        totals.linked[outer] / max(totals.words[outer], 1.0),
        totals.words[outer] / max(totals.blocks[outer], 1.0),
        *facts[tags + 1 :],
    )


def _inherited(document: Document, lexicon: Lexicon) -> list[tuple[float, ...]]:
    """For each container: its ancestors by tag, its depth, and the class weights that it has or inherits."""
    nothing = (0.0,) * len(CLASS_KINDS)
    known: dict[str, tuple[float, ...]] = {"": nothing}
    tags = len(ANCESTOR_TAGS)
    out: list[tuple[float, ...]] = []
    for c, above in enumerate(document.parent):
        upper = out[above] if above >= 0 else (0.0,) * (tags + 1) + nothing
        name = document.names[c]
        weights = known.get(name)
        if weights is None:
            weights = known[name] = lexicon.class_weights(name)
        classes = tuple(max(w, u * CLASS_DECAY) for w, u in zip(weights, upper[tags + 1 :], strict=True))
        slot = _ANCESTOR_OF.get(document.tag[c])
        ancestors = upper[:tags]
        if slot is not None:
            ancestors = (*ancestors[:slot], 1.0, *ancestors[slot + 1 :])
        out.append((*ancestors, upper[tags] + 1.0, *classes))
    return out


def card_columns(document: Document, totals: Totals) -> list[tuple[float, ...]]:
    """For each container the largest row of like siblings that it, or a container around it, belongs to.

    Cards, posts, comments, menu items and paragraphs stand in such rows: siblings with the same tag and first class.
    Five values: members (log2), mean words of a member, link share, share of the page's words, levels to the member.
    """
    rows: dict[tuple[int, str, str], list[int]] = {}
    for c, above in enumerate(document.parent):
        if above >= 0:
            rows.setdefault((above, document.tag[c], document.names[c].split(" ", 1)[0]), []).append(c)
    own: list[tuple[float, ...]] = [(0.0, 0.0, 0.0, 0.0, -1.0)] * len(document.parent)
    page = totals.words[0] or 1.0
    for members in rows.values():
        if len(members) < 2 or document.tag[members[0]] == "p":
            continue
        words = add_up(totals.words[c] for c in members)
        linked = add_up(totals.linked[c] for c in members) / (words or 1.0)
        facts = (math.log2(len(members)), words / len(members), linked, words / page, 0.0)
        for c in members:
            own[c] = facts
    for c, above in enumerate(document.parent):
        if above >= 0 and own[above][0] * own[above][3] >= own[c][0] * own[c][3] and own[above][4] >= 0:
            own[c] = (*own[above][:4], own[above][4] + 1.0)
    return own


def shapes_of(document: Document) -> list[int]:
    """For each block a number that blocks of the same kind, tag path and class names share."""
    numbers: dict[tuple[object, ...], int] = {}
    of_container: list[tuple[str, ...]] = []
    for c, above in enumerate(document.parent):
        upper = of_container[above] if above >= 0 else ()
        step = document.tag[c] + "." + document.names[c].split(" ", 1)[0]
        of_container.append((*upper[-SHAPE_DEPTH + 1 :], step))
    return [
        numbers.setdefault((document.kind[i], of_container[document.container[i]]), len(numbers))
        for i in range(len(document))
    ]
