"""Columns of a block's place in the page: its form, ancestors, class names, links, siblings and repetition."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from cleanbody.compiled import core
from cleanbody.features.sums import add_up
from cleanbody.features.tree import ANCESTOR_TAGS, PARAGRAPH, Tree
from cleanbody.lexicon import CLASS_KINDS, Lexicon
from cleanbody.marks import MARK_KINDS, MarkKind
from cleanbody.page import KINDS, Document, Flag, Kind

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
CLASS_DECAY: Final = 0.85  # a class name says a little less of what stands a level deeper
_FORM_OF_TEXT: Final = frozenset({"item", "code", "after_break"})  # columns that a text without markup can fill
_HEADING: Final = KINDS.index(Kind.HEADING)
_LINK: Final = MARK_KINDS.index(MarkKind.LINK)
_STRONG: Final = MARK_KINDS.index(MarkKind.STRONG)
# Kinds and flags in the order of their columns.
_FORMS: Final = bytes(map(KINDS.index, (Kind.ITEM, Kind.CELL, Kind.QUOTE, Kind.CODE, Kind.CAPTION, Kind.CONTROL)))
_FLAGS: Final = bytes((Flag.HIDDEN, Flag.NOSCRIPT, Flag.RESCUED, Flag.AFTER_BREAK))


class Links(NamedTuple):
    """Columns of n blocks: characters inside links, number of links, characters in bold."""

    chars: array[float]
    number: array[float]
    strong: array[float]


_ZERO: Final = array("d", [0.0])


def zeros(n: int) -> array[float]:
    """A column of n zeros."""
    return _ZERO * n  # not by way of bytes, which would be as large once more


def blank(n: int, count: int) -> list[array[float]]:
    """`count` columns of n zeros."""
    return copies(_ZERO * n, count)


def copies(column: array[float], count: int) -> list[array[float]]:
    """`count` copies of a column."""
    return core.copies(column, count) if core is not None else [column[:] for _ in range(count)]


def count_links(document: Document) -> Links:
    """Characters in links and in bold per block, by one walk over the marks beside the blocks."""
    n, marks = len(document), document.marks
    links = Links(*blank(n, 3))
    if core is not None:
        core.count_links(document.end, marks.start, marks.end, marks.kind, _LINK, _STRONG, *links)
        return links
    i = 0
    for start, end, kind in zip(marks.start, marks.end, marks.kind, strict=True):
        while i < n and document.end[i] < start:
            i += 1
        if i == n:
            break
        if kind == _LINK and start < document.end[i]:
            links.chars[i] += end - start
            links.number[i] += 1
        elif kind == _STRONG:
            links.strong[i] += end - start
    return links


def form_columns(document: Document, tree: Tree, links: Links, words: array[float]) -> list[array[float]]:
    """One column for each of `FORM_COLUMNS`; `UNKNOWN` where only markup could tell."""
    n = len(document)
    columns = blank(n, len(FORM_COLUMNS))
    if core is not None:
        core.form_columns(
            document.start, document.end, document.kind, document.level, document.flags, document.container, tree.role,
            *links, words, _HEADING, _FORMS, _FLAGS, PARAGRAPH, columns,
        )  # fmt: skip
    else:
        for i in range(n):
            for column, value in zip(columns, _form_row(document, tree, links, words, i), strict=True):
                column[i] = value
    if not document.markup:
        nothing = array("d", [UNKNOWN]) * n
        columns = [c if name in _FORM_OF_TEXT else nothing[:] for name, c in zip(FORM_COLUMNS, columns, strict=True)]
    return columns


def _form_row(document: Document, tree: Tree, links: Links, words: Sequence[float], i: int) -> Iterator[float]:
    size = max(document.end[i] - document.start[i], 1)
    kind, level, flags = document.kind[i], document.level[i], document.flags[i]
    yield min(1.0, links.chars[i] / size)
    yield links.number[i]
    yield links.number[i] / max(words[i], 1.0)
    yield min(1.0, links.strong[i] / size)
    yield 7.0 - level if kind == _HEADING else 0.0
    yield from (1.0 if kind == form else 0.0 for form in _FORMS)
    yield 1.0 if tree.role[document.container[i]] == PARAGRAPH else 0.0
    yield float(level) if kind == _FORMS[0] else 0.0
    yield from (1.0 if flags & flag else 0.0 for flag in _FLAGS)


class Totals(NamedTuple):
    """Columns of m containers: words, words inside links and blocks of everything below each."""

    words: array[float]
    linked: array[float]
    blocks: array[float]


def container_totals(document: Document, words: array[float], link_share: array[float]) -> Totals:
    """Sums over each container's blocks, from sums over the blocks before its first and before its end."""
    n, m = len(document), len(document.parent)
    totals = Totals(*blank(m, 3))
    if core is not None:
        core.container_totals(document.first, document.last, words, link_share, *totals)
        return totals
    running_words, running_linked = zeros(n + 1), zeros(n + 1)
    for i in range(n):
        running_words[i + 1] = running_words[i] + words[i]
        running_linked[i + 1] = running_linked[i] + words[i] * link_share[i]
    for c in range(m):
        first, last = document.first[c], document.last[c]
        totals.words[c] = running_words[last] - running_words[first]
        totals.linked[c] = running_linked[last] - running_linked[first]
        totals.blocks[c] = float(last - first)
    return totals


def place_columns(
    document: Document,
    tree: Tree,
    totals: Totals,
    shapes: array[int] | None,
    words: array[float],
    link_share: array[float],
    lexicon: Lexicon,
) -> list[array[float]]:
    """One column for each of `PLACE_COLUMNS`; `UNKNOWN` for a text without markup."""
    n = len(document)
    if shapes is None or not n:
        return copies(array("d", [UNKNOWN]) * n, len(PLACE_COLUMNS))
    weights = lexicon.class_rows(tree.names)
    cards = card_columns(document, tree, totals)
    columns = blank(n, len(PLACE_COLUMNS))
    if core is not None:
        core.place_columns(
            document.parent, document.container, tree.role, len(ANCESTOR_TAGS), tree.name, weights, len(CLASS_KINDS),
            CLASS_DECAY, *totals, cards, shapes, words, link_share, columns,
        )  # fmt: skip
        return columns
    inherited = _inherited(document, tree, weights)
    alike = _alike(shapes, words, link_share)
    head = len(ANCESTOR_TAGS) + 8
    for i, inner in enumerate(document.container):
        row = _container_row(document, totals, inherited, inner)
        card = (column[inner] for column in cards)
        for column, value in zip(columns, (*row[:head], *alike[shapes[i]], *card, *row[head:]), strict=True):
            column[i] = value
    return columns


def _alike(
    shapes: Sequence[int], words: Sequence[float], link_share: Sequence[float]
) -> dict[int, tuple[float, float, float]]:
    """For each shape its blocks (log2), their mean words and their link share."""
    repeats = Counter(shapes)
    size, linked = dict.fromkeys(repeats, 0.0), dict.fromkeys(repeats, 0.0)
    for shape, w, s in zip(shapes, words, link_share, strict=True):
        size[shape] += w
        linked[shape] += w * s
    return {
        shape: (math.log2(count), size[shape] / count, linked[shape] / max(size[shape], 1.0))
        for shape, count in repeats.items()
    }


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


def _inherited(document: Document, tree: Tree, weights: Sequence[float]) -> list[tuple[float, ...]]:
    """For each container: its ancestors by tag, its depth, and the class weights that it has or inherits."""
    tags, kinds = len(ANCESTOR_TAGS), len(CLASS_KINDS)
    out: list[tuple[float, ...]] = []
    for c, above in enumerate(document.parent):
        upper = out[above] if above >= 0 else (0.0,) * (tags + 1 + kinds)
        at = tree.name[c] * kinds
        own = weights[at : at + kinds]
        classes = (max(w, u * CLASS_DECAY) for w, u in zip(own, upper[tags + 1 :], strict=True))
        ancestors, slot = upper[:tags], tree.role[c] - 1
        if 0 <= slot < tags:
            ancestors = (*ancestors[:slot], 1.0, *ancestors[slot + 1 :])
        out.append((*ancestors, upper[tags] + 1.0, *classes))
    return out


def card_columns(document: Document, tree: Tree, totals: Totals) -> list[array[float]]:
    """For each container the largest row of like siblings that it, or a container around it, belongs to.

    Cards, posts, comments, menu items and paragraphs stand in such rows: siblings with the same tag and first class.
    Five columns: members (log2), mean words of a member, link share, share of the page's words, levels to the member,
    -1 where there is no row.
    """
    columns = blank(len(document.parent), 5)
    if core is not None:
        core.card_columns(document.parent, tree.step, tree.role, PARAGRAPH, totals.words, totals.linked, columns)
        return columns
    rows: dict[tuple[int, int], list[int]] = {}
    for c, above in enumerate(document.parent):
        if above >= 0:
            rows.setdefault((above, tree.step[c]), []).append(c)
    own: list[tuple[float, ...]] = [(0.0, 0.0, 0.0, 0.0, -1.0)] * len(document.parent)
    page = totals.words[0] or 1.0
    for members in rows.values():
        if len(members) < 2 or tree.role[members[0]] == PARAGRAPH:
            continue
        words = add_up(totals.words[c] for c in members)
        linked = add_up(totals.linked[c] for c in members) / (words or 1.0)
        facts = (math.log2(len(members)), words / len(members), linked, words / page, 0.0)
        for c in members:
            own[c] = facts
    for c, above in enumerate(document.parent):
        if above >= 0 and own[above][0] * own[above][3] >= own[c][0] * own[c][3] and own[above][4] >= 0:
            own[c] = (*own[above][:4], own[above][4] + 1.0)
        for column, value in zip(columns, own[c], strict=True):
            column[c] = value
    return columns
