"""Kept blocks in a small tree of lists, tables, quotes and the like, which every form of output is written from.

Depth is bounded (`MAX_NESTING`), so that writers may recurse and the indentation of Markdown stays linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import compress
from typing import Final, NamedTuple

from cleanbody.page import KINDS, CleanPage, Document, Kind

# Structure that is deeper than this many elements is flattened into its ancestor.
MAX_NESTING: Final = 12
# Levels of lists and quotes that are made up for blocks without elements of their own (scraped text).
MAX_LEVEL: Final = 6
# Rows of a table of more cells than that are not made equally long.
MOST_CELLS: Final = 1_000_000
LISTS: Final = frozenset({"ul", "ol"})
# Kinds that call for elements around a block, and elements that call for others inside them.
_CALLING: Final = frozenset(
    KINDS.index(kind) for kind in (Kind.ITEM, Kind.TERM, Kind.DEFINITION, Kind.QUOTE, Kind.CODE)
)
_CALLED: Final = frozenset({"ul", "ol", "tr", "dl"})
_CELLS: Final = frozenset({"td", "th"})
_TERMS: Final = frozenset({"dt", "dd"})
# Elements that are structure in the output, by the name that they have there.
_STRUCTURE: Final = {
    **{
        tag: tag
        for tag in ("ul", "ol", "li", "blockquote", "figure", "pre", "table", "tr", "td", "th", "dl", "dt", "dd")
    },
    "listing": "pre",
    "xmp": "pre",
    "menu": "ul",
    "dir": "ul",
}
# Forms of a block that fill a line of a list or a cell of a table without more ado.
PLAIN_KINDS: Final = frozenset({Kind.ITEM, Kind.CELL, Kind.TERM, Kind.DEFINITION, Kind.PARAGRAPH, Kind.CONTROL})
_PLAIN: Final = frozenset(map(KINDS.index, PLAIN_KINDS))
# What stands before an item of a list in scraped text. Dashes are not among them: they also open speech.
_BULLET: Final = re.compile(r"(?:[•◦‣▪■●○*+\-·►]|(\d{1,9})[.)])\s+(?=\S)")


class Cell(NamedTuple):
    """A cell of a table: its block (-1 where nothing of it is kept), and whether it is a header."""

    block: int
    header: bool


@dataclass(slots=True)
class Node:
    """A node of the tree: a leaf has the tag "" and its block as `at`, others have their container (or less than 0).

    Tables have `rows`, all of the same length, and captions as `children`; those that only serve the layout are gone.
    `number` is that of an ordered list's first item.
    """

    tag: str
    at: int = -1
    children: list[Node] = field(default_factory=list)
    rows: tuple[tuple[Cell, ...], ...] = ()
    number: int = 1


class _Key(NamedTuple):
    """An element that is open: its tag, and its container, or ``~i`` if block i alone calls for it."""

    tag: str
    at: int


_Path = tuple[_Key, ...]


def rendered(page: CleanPage) -> list[int]:
    """The blocks that stand in the output: kept, and not the headline, which is written by itself.

    Args:
        page: a page of n blocks.

    >>> from array import array
    >>> from cleanbody.page import LABELS, Decisions, Label
    >>> labels = bytearray([LABELS.index(Label.HEADLINE), LABELS.index(Label.BODY), LABELS.index(Label.SHARE)])
    >>> rendered(CleanPage(Document("", True), Decisions(labels, array("d"), bytearray([1, 1, 0]), ())))
    [1]
    """
    return page.decisions.body()


def grow(document: Document, blocks: list[int]) -> Node:
    """The tree of some blocks, by the containers they stand in; where there are none, by their kinds.

    Args:
        document: the page in blocks.
        blocks: indices of the blocks wanted, ascending.

    >>> from array import array
    >>> document = Document("one two", True, kind=bytearray([KINDS.index(Kind.ITEM)] * 2), level=bytearray(2),
    ...     container=array("l", [0, 0]), parent=array("l", [-1]), tag=[""])
    >>> root = grow(document, [0, 1])
    >>> [(node.tag, [item.tag for item in node.children]) for node in root.children]
    [('ul', ['li', 'li'])]
    """
    root = Node("root")
    stack: list[tuple[_Key, Node]] = [(_Key("root", -1), root)]
    known: dict[int, _Path] = {}
    before: _Path = ()
    above = root.children  # of the node that is open: what the next leaf stands in
    containers, kinds, has_table = document.container, document.kind, False
    for i in blocks:
        path = known.get(containers[i])
        if path is None:
            path = _path(document, containers[i], known)
        if kinds[i] in _CALLING or (path and path[-1].tag in _CALLED):
            path = _complete(path, document, i)
        if path is before:
            above.append(Node("", i, []))
            continue
        before = path
        depth = 0
        while depth < len(path) and depth + 1 < len(stack) and stack[depth + 1][0] == path[depth]:
            depth += 1
        del stack[depth + 1 :]
        for key in path[depth:]:
            stack.append((key, _open(stack[-1][1], key)))
            has_table = has_table or key.tag == "table"
        above = stack[-1][1].children
        above.append(Node("", i, []))
        if not document.markup and len(path) > depth and path[depth].tag == "ol":
            stack[depth + 1][1].number = _number(document.block_text(i))
    if has_table:
        _settle(document, root)
    return root


def is_tight(document: Document, node: Node) -> bool:
    """Whether a node (an item of a list, say) is one plain block with nothing below it but lists.

    >>> document = Document("one two", True, kind=bytearray(2))
    >>> is_tight(document, Node("li", 3, [Node("", 0), Node("ul", 4)]))
    True
    >>> is_tight(document, Node("li", 3, [Node("", 0), Node("", 1)]))
    False
    """
    for place, child in enumerate(node.children):
        if child.tag not in LISTS and (place or not is_plain(document, child)):
            return False
    return True


def is_plain(document: Document, node: Node) -> bool:
    """Whether a node is a block that can fill a line of a list or a cell of a table: no heading, no code, no quote.

    >>> document = Document("one two", True, kind=bytearray([KINDS.index(Kind.ITEM), KINDS.index(Kind.CODE)]))
    >>> is_plain(document, Node("", 0)), is_plain(document, Node("", 1)), is_plain(document, Node("ul", 2))
    (True, False, False)
    """
    return not node.tag and document.kind[node.at] in _PLAIN


def own_text(document: Document, block: int) -> str:
    """A block's text without the bullet or number that a list will give it anew.

    >>> document = Document("2) two", False, bytearray(1), bytearray([6]), bytearray([KINDS.index(Kind.ITEM)]))
    >>> own_text(document, 0)
    'two'
    """
    text = document.block_text(block)
    if not document.markup and kind_of(document, block) is Kind.ITEM:
        bullet = _BULLET.match(text)
        return text[bullet.end() :] if bullet else text
    return text


def kind_of(document: Document, block: int) -> Kind:
    """The kind of a block.

    >>> kind_of(Document("one", True, kind=bytearray([0])), 0)
    <Kind.PARAGRAPH: 'paragraph'>
    """
    return KINDS[document.kind[block]]


def _open(parent: Node, key: _Key) -> Node:
    """A new node below another. A list right inside a list (a common error in pages) goes into its last item."""
    if key.tag in LISTS and parent.tag in LISTS:
        if not parent.children:
            parent.children.append(Node("li"))
        parent = parent.children[-1]
    node = Node(key.tag, key.at)
    parent.children.append(node)
    return node


def _number(text: str) -> int:
    """The number before an item of a list."""
    bullet = _BULLET.match(text)
    return int(bullet[1]) if bullet and bullet[1] else 1


def _path(document: Document, container: int, known: dict[int, _Path]) -> _Path:
    """The structure that a container stands in, outermost first; each container is looked at once a document."""
    tags, parents = document.tag, document.parent
    path = known.get(parents[container])
    if path is not None and tags[container] not in _STRUCTURE:  # a paragraph beside others, as most are
        known[container] = path
        return path
    pending = []
    while container >= 0 and container not in known:
        pending.append(container)
        container = parents[container]
    path = known.get(container, ())
    for container in reversed(pending):
        tag = tags[container]
        if tag in _STRUCTURE:
            path = _enter(path, _STRUCTURE[tag], document, container)
        known[container] = path
    return path


def _enter(path: _Path, tag: str, document: Document, container: int) -> _Path:
    """Add a container to a path if it may stand there, with what must stand between."""
    last = path[-1].tag if path else ""
    if last == "pre" or len(path) >= MAX_NESTING:
        return path
    if (tag == "tr" and last != "table") or (tag in _CELLS and last != "tr"):
        return path
    if tag == "li":
        if last not in LISTS:
            path += (_Key("ul", document.parent[container]),)
    elif tag in _TERMS:
        if last != "dl":
            path += (_Key("dl", document.parent[container]),)
    elif last in LISTS and tag not in LISTS:
        path += (_Key("li", container),)
    return (*path, _Key(tag, container))


def _complete(path: _Path, document: Document, block: int) -> _Path:
    """Add what a block's kind calls for and its containers do not give."""
    kind = kind_of(document, block)
    level = max(1, min(document.level[block], MAX_LEVEL))
    last = path[-1].tag if path else ""
    if last == "pre":
        return path
    if last in LISTS:
        path += (_Key("li", ~block),)
    elif last == "tr":
        path += (_Key("td", ~block),)
    elif last == "dl":
        path += (_Key("dt" if kind is Kind.TERM else "dd", ~block),)
    if kind is Kind.CODE:
        return (*path, _Key("pre", ~block))
    tags = {key.tag for key in path}
    if kind is Kind.ITEM and not document.markup:
        bullet = _BULLET.match(document.block_text(block))
        return (*path, _Key("ol" if bullet[1] else "ul", -1), _Key("li", ~block)) if bullet else path
    if kind is Kind.ITEM and "li" not in tags:
        return (*path, *(_Key("ul", ~depth) for depth in range(level)), _Key("li", ~block))
    if kind is Kind.QUOTE and "blockquote" not in tags:
        return (*path, *(_Key("blockquote", ~depth) for depth in range(level)))
    if kind in (Kind.TERM, Kind.DEFINITION) and not tags & _TERMS:
        return (*path, _Key("dl", -1), _Key("dt" if kind is Kind.TERM else "dd", ~block))
    return path


# -- tables -----------------------------------------------------------------------------------------------------------


def _settle(document: Document, node: Node) -> None:
    """Give tables below `node` their rows; put the contents of those that only serve the layout in their place."""
    settled: list[Node] = []
    for child in node.children:
        if child.tag:
            _settle(document, child)
        if child.tag != "table":
            settled.append(child)
            continue
        captions, rows = _grid(document, child)
        settled += [Node("table", child.at, captions, rows)] if rows else _contents(child)
    node.children = settled


def _contents(node: Node) -> list[Node]:
    """What stands in a table, its rows and cells taken away."""
    found: list[Node] = []
    for child in node.children:
        found += _contents(child) if child.tag == "tr" or child.tag in _CELLS else [child]
    return found


def _grid(document: Document, table: Node) -> tuple[list[Node], tuple[tuple[Cell, ...], ...]]:
    """Captions and rows of a table; no rows if it serves the layout: a single column, or cells of many blocks."""
    captions: list[Node] = []
    rows: list[list[Cell]] = []
    for child in table.children:
        if child.tag == "tr":
            if any(len(cell.children) != 1 or not is_plain(document, cell.children[0]) for cell in child.children):
                return [], ()
            rows.append(_row(document, child))
        elif not child.tag and kind_of(document, child.at) is Kind.CAPTION:
            captions.append(child)
        else:
            return [], ()
    width = max(map(len, rows), default=0)
    used = bytearray(width)
    for row in rows:
        for column, cell in enumerate(row):
            used[column] |= cell.block >= 0
    if sum(used) < 2:
        return [], ()
    # The first row tells how wide a table is; the others need not be as wide, so that time stays linear.
    full = len(rows) if len(rows) * width <= MOST_CELLS else 1
    rows[:full] = [row + [Cell(-1, False)] * (width - len(row)) for row in rows[:full]]
    return captions, tuple(tuple(compress(row, used)) for row in rows)


def _row(document: Document, row: Node) -> list[Cell]:
    """The cells of a row in order; those with nothing kept stay as empty cells, so that columns stay columns."""
    kept = {cell.at: Cell(cell.children[0].at, cell.tag == "th") for cell in row.children}
    if min(kept) < 0:
        return list(kept.values())
    cells = []
    container = row.at + 1
    while container < len(document.parent) and document.parent[container] >= row.at:
        if document.parent[container] == row.at and document.tag[container] in _CELLS:
            cells.append(kept.get(container, Cell(-1, document.tag[container] == "th")))
        container += 1
    return cells
