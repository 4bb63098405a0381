"""A cleaned page as text, Markdown, HTML or plain values: what `CleanPage.to_text` and its like call."""

from __future__ import annotations

from typing import Any, Final

from cleanbody.compiled import core
from cleanbody.page import LABELS, CleanPage, Document, Flag, Label
from cleanbody.render_html import to_html
from cleanbody.render_markdown import to_markdown
from cleanbody.render_tree import LISTS, Cell, Node, grow, is_tight, rendered

__all__ = ["SCHEMA", "to_dict", "to_html", "to_markdown", "to_text"]

# The version of what `to_dict` returns; it changes whenever a key changes its name, place or meaning.
SCHEMA: Final = 1
_COMMENT: Final = LABELS.index(Label.COMMENT)


def to_text(page: CleanPage, *, headline: bool = False) -> str:
    """The body of a page as plain text, paragraphs parted by a blank line.

    Items of a list, terms and definitions, and rows of a table stand on lines of their own, cells are parted by tabs,
    and code keeps its white space. Of scraped text, lines that followed one another still do, so that the result is cut
    into the same blocks again.

    Args:
        page: a cleaned page.
        headline: the title comes first.

    >>> from array import array
    >>> from cleanbody.page import Decisions, Document, Metadata
    >>> zeros = bytearray(2)
    >>> document = Document("ab", True, array("l", [0, 1]), array("l", [1, 2]), zeros, zeros, zeros,
    ...     array("l", [0, 0]), array("l", [-1]), [""])
    >>> body = bytearray([LABELS.index(Label.BODY)] * 2)
    >>> decisions = Decisions(body, array("d", [1, 1]), bytearray([1, 1]), ((), ()))
    >>> page = CleanPage(document, decisions, Metadata("Letters"))
    >>> to_text(page), to_text(page, headline=True)
    ('a\\n\\nb', 'Letters\\n\\na\\n\\nb')
    """
    blocks = rendered(page)
    text = _blocks(page.document, blocks) if page.document.markup else _lines(page.document, blocks)
    return "\n\n".join(part for part in (page.title if headline else "", text) if part)


def to_dict(page: CleanPage, *, blocks: bool = False) -> dict[str, Any]:
    """A page as plain values that JSON can hold, the keys always in the same order.

    Args:
        page: a cleaned page.
        blocks: every block too, kept or not, with its label, score and reasons.

    Returns:
        ``schema`` (see `SCHEMA`), ``title``, ``text``, ``page_type``, ``language``, ``author``, ``date``,
        ``site_name``, ``canonical_url``, ``description``, ``status``, ``statuses``, ``confidence``, ``url``,
        ``comments`` (``text``, ``author``), and if asked for ``blocks`` (``text``, ``kind``, ``level``, ``label``,
        ``score``, ``keep``, ``reasons``: codes, ``span``: [start, end] in ``Document.text``, ``author``). ``None``
        where nothing was found.

    >>> from cleanbody.page import Decisions, Document
    >>> from array import array
    >>> empty = CleanPage(Document("", True), Decisions(bytearray(), array("d"), bytearray(), ()))
    >>> [key for key, value in to_dict(empty, blocks=True).items() if value is not None]
    ['schema', 'text', 'page_type', 'status', 'statuses', 'confidence', 'comments', 'blocks']
    """
    metadata, document, verdict = page.metadata, page.document, page.decisions
    values: dict[str, Any] = {
        "schema": SCHEMA,
        "title": page.title,
        "text": page.text,
        "page_type": page.page_type.value,
        "language": metadata.language,
        "author": metadata.author,
        "date": metadata.date,
        "site_name": metadata.site_name,
        "canonical_url": metadata.canonical_url,
        "description": metadata.description,
        "status": page.status.value,
        "statuses": [status.value for status in page.statuses],
        "confidence": page.confidence,
        "url": page.url,
        "comments": [
            {"text": document.block_text(i), "author": verdict.author.get(i)}
            for i, label in enumerate(verdict.label)
            if label == _COMMENT
        ],
    }
    if blocks:
        values["blocks"] = [
            {
                "text": block.text,
                "kind": block.kind.value,
                "level": block.level,
                "label": block.label.value,
                "score": block.score,
                "keep": block.keep,
                "reasons": [reason.code for reason in block.reasons],
                "span": list(block.span),
                "author": block.author,
            }
            for block in page.blocks
        ]
    return values


def _blocks(document: Document, blocks: list[int]) -> str:
    """Blocks of a page, their structure in white space."""
    if core is None or document.texts:
        return _Text(document).nodes(grow(document, blocks))
    columns = (document.start, document.end, document.kind, document.level, document.container)
    return core.plain(document.text, columns, document.parent, document.tag, blocks)


def _lines(document: Document, blocks: list[int]) -> str:
    """Blocks of a scraped text, parted as they were: by a line end, or by a blank line.

    A block whose lines were joined is a paragraph, and parted by blank lines: longer than its lines, it could otherwise
    attract its neighbours when the result is cut again. So could a list in lower case that has lost its end.
    """
    if core is not None:
        columns = (document.start, document.end, document.flags)
        return core.lines(document.text, columns, document.texts, blocks, Flag.AFTER_BREAK)
    cut = _cut_short(document, set(blocks))
    parts: list[str] = []
    before, before_joined = -2, False
    for i in blocks:
        text = document.block_text(i)
        joined = False
        if document.texts:  # else each is what stands there
            span = document.text[document.start[i] : document.end[i]]
            joined = text != span and len(text.splitlines()) < len(span.splitlines())
        if parts:
            follows = before == i - 1 and document.flags[i] & Flag.AFTER_BREAK
            close = follows and not (joined or before_joined or cut[i])
            parts.append("\n" if close else "\n\n")
        parts.append(text)
        before, before_joined = i, joined
    return "".join(parts)


def _cut_short(document: Document, kept: set[int]) -> bytearray:
    """Which lines begin in lower case and stand in a row of such lines a later one of which is not kept."""
    n = len(document)
    cut = bytearray(n)
    for i in range(n - 2, -1, -1):
        row = document.flags[i + 1] & Flag.AFTER_BREAK and document.text[document.start[i + 1]].islower()
        cut[i] = bool(row and (cut[i + 1] or i + 1 not in kept) and document.text[document.start[i]].islower())
    return cut


class _Text:
    """Writes nodes as plain text."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def nodes(self, node: Node) -> str:
        """What stands below a node; its parts are parted by a line end where they are lines, else by a blank line."""
        text = self.document.block_text
        parts = [self._node(child) if child.tag else text(child.at) for child in node.children]
        if node.tag in LISTS:
            close = all(is_tight(self.document, item) for item in node.children)
        else:
            close = node.tag in ("dl", "dt", "dd", "pre") or (node.tag == "li" and is_tight(self.document, node))
        return ("\n" if close else "\n\n").join(parts)

    def _node(self, node: Node) -> str:
        if not node.tag:
            return self.document.block_text(node.at)
        if node.tag != "table":
            return self.nodes(node)
        rows = "\n".join("\t".join(map(self._cell, row)).rstrip("\t") for row in node.rows)
        return "\n\n".join([*(self._node(caption) for caption in node.children), rows])

    def _cell(self, cell: Cell) -> str:
        """A cell in one line, its line ends and tabs made spaces."""
        return " ".join(self.document.block_text(cell.block).split()) if cell.block >= 0 else ""
