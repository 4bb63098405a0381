"""Clean HTML: elements, link targets and image sources only, everything escaped."""

from __future__ import annotations

import re
from typing import Final

from cleanbody.marks import MarkKind
from cleanbody.page import CleanPage, Kind
from cleanbody.render_inline import Inlines, Op, Token, gather
from cleanbody.render_tree import Node, grow, is_tight, kind_of, rendered

# Characters that no document may hold (XML 1.0, 2.2; HTML, 13.2.3.5); text from elsewhere may bring them along.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ELEMENTS: Final = {
    MarkKind.LINK: "a",
    MarkKind.STRONG: "strong",
    MarkKind.EMPHASIS: "em",
    MarkKind.CODE: "code",
}


def to_html(page: CleanPage, *, headline: bool = True, links: bool = True, images: bool = False) -> str:
    """The body of a page as a fragment of clean HTML.

    Args:
        page: a cleaned page.
        headline: the title comes first, as ``h1``; headings of the body are ``h2`` to ``h6`` then.
        links, images: keep them, with safe targets and sources only (see `render_inline.safe_url`).

    >>> from array import array
    >>> from cleanbody.page import LABELS, Decisions, Document, Label, Metadata
    >>> document = Document("1 < 2", True, array("l", [0]), array("l", [5]), bytearray(1), bytearray(1), bytearray(1),
    ...     array("l", [0]), array("l", [-1]), [""])
    >>> body = bytearray([LABELS.index(Label.BODY)])
    >>> page = CleanPage(document, Decisions(body, array("d", [1]), bytearray([1]), ((),)), Metadata(title="Sums"))
    >>> print(to_html(page))
    <h1>Sums</h1>
    <p>1 &lt; 2</p>
    """
    document = page.document
    blocks = rendered(page)
    titled = bool(headline and page.title)
    writer = _Html(gather(document, blocks, links=links, images=images), 2 if titled else 1)
    parts = [f"<h1>{escape(page.title or '')}</h1>"] if titled else []
    return "\n".join(parts + [writer.node(node) for node in grow(document, blocks).children])


def escape(text: str) -> str:
    """Text as it may stand in HTML, attributes in double quotes included.

    >>> escape('a < b & "c"\\x00')
    'a &lt; b &amp; &quot;c&quot;\\ufffd'
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return _FORBIDDEN.sub("\ufffd", text)


class _Html:
    """Writes nodes as HTML, each on lines of its own."""

    def __init__(self, inlines: Inlines, top: int) -> None:
        self.inlines = inlines
        self.document = inlines.document
        self.top = top

    def node(self, node: Node, parent: str = "") -> str:
        if not node.tag:
            return self._block(node.at, parent)
        if node.tag == "table":
            return self._table(node)
        if node.tag == "pre":
            return self._code(node)
        if node.tag in ("li", "dt", "dd") and is_tight(self.document, node):
            parts = [self._line(child.at) if not child.tag else self.node(child) for child in node.children]
        else:
            parts = ["", *(self.node(child, node.tag) for child in node.children), ""]
        if node.tag in ("ul", "ol", "dl", "blockquote", "figure"):
            parts = ["", *filter(None, parts), ""]
        start = f' start="{node.number}"' if node.number != 1 else ""
        return f"<{node.tag}{start}>" + "\n".join(parts) + f"</{node.tag}>"

    def _block(self, block: int, parent: str) -> str:
        kind = kind_of(self.document, block)
        tag = "p"
        if kind is Kind.HEADING:
            tag = f"h{max(self.top, min(self.document.level[block] or 2, 6))}"
        elif kind is Kind.CAPTION and parent == "figure":
            tag = "figcaption"
        images = self._inline(self.inlines.before.get(block, []))
        if images and parent != "figure":
            images = f"<p>{images}</p>"
        text = f"<{tag}>{self._inline(self.inlines.tokens(block))}</{tag}>"
        return f"{images}\n{text}" if images else text

    def _code(self, node: Node) -> str:
        """Code: right after <pre> a parser would drop a line end (HTML, 13.2.6.4.7), after <code> it does not."""
        images = self._inline([image for child in node.children for image in self.inlines.before.get(child.at, [])])
        text = "\n".join(self.document.block_text(child.at) for child in node.children)
        return (f"<p>{images}</p>\n" if images else "") + f"<pre><code>{escape(text)}</code></pre>"

    def _line(self, block: int) -> str:
        """A block without an element of its own, as it stands in a list item or a cell."""
        return self._inline(self.inlines.before.get(block, []) + self.inlines.tokens(block))

    def _table(self, table: Node) -> str:
        lines = ["<table>"]
        if table.children:
            lines.append(
                "<caption>" + "<br>\n".join(self._line(caption.at) for caption in table.children) + "</caption>"
            )
        for row in table.rows:
            lines.append("<tr>")
            for cell in row:
                tag = "th" if cell.header else "td"
                lines.append(f"<{tag}>{self._line(cell.block) if cell.block >= 0 else ''}</{tag}>")
            lines.append("</tr>")
        return "\n".join([*lines, "</table>"])

    def _inline(self, tokens: list[Token]) -> str:
        parts = []
        for op, text, kind, value in tokens:
            if op is Op.TEXT:
                parts.append(escape(text))
            elif op is Op.BREAK:
                parts.append("<br>\n")
            elif op is Op.IMAGE:
                parts.append(f'<img src="{escape(value)}" alt="{escape(text)}">')
            elif kind is not None:
                target = f' href="{escape(value)}"' if op is Op.OPEN and kind is MarkKind.LINK else ""
                parts.append(f"<{'/' if op is Op.CLOSE else ''}{_ELEMENTS[kind]}{target}>")
        return "".join(parts)
