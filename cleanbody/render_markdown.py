"""Markdown: CommonMark 0.31 with the tables of GitHub, escaped so that a parser gives the text back."""

from __future__ import annotations

import re
import string
import unicodedata
from html import unescape
from typing import Final, NamedTuple
from urllib.parse import quote

from cleanbody.markdown import is_markdown, without_marks
from cleanbody.marks import MarkKind
from cleanbody.page import CleanPage, Kind
from cleanbody.render_inline import Inlines, Op, Token, gather, safe_url
from cleanbody.render_tree import LISTS, Node, grow, is_plain, is_tight, kind_of, rendered

# What has a meaning anywhere in a line. `*` between white space and `_` between letters have none; `&` has one only in
# an entity, and `>` only at the start of a line.
_SPECIAL: Final = re.compile(r"[\\`\[\]<~]|(?<!\s)\*|\*(?!\s)|(?<![^\W_])_|_(?![^\W_])|&(?=#?[A-Za-z0-9]{1,32};)")
# What has a meaning at the start of a line: headings, quotes, bullets, underlines of headings and tables, numbers.
_LINE_START: Final = re.compile(r"#{1,6}(?=\s|$)|>|[-+](?=\s|$)|[-=:|][-=:| \t]*$|\*(?=\s)|\d{1,9}(?=[.)](?:\s|$))")
_TICKS: Final = re.compile("`+")
# HTML, 4.5.15: the language of code is told by a class with this prefix.
_LANGUAGE: Final = re.compile(r"(?:^|\s)(?:lang|language)-([A-Za-z0-9+#._-]+)")
# Scraped text that was Markdown has its fences still.
_FENCED: Final = re.compile(r"\s*(`{3,}|~{3,})([\w+#.-]*)[ \t]*\n(.*?)(?:\n[ \t]*\1[`~]*\s*)?", re.DOTALL)
_CLOSING: Final = re.compile(r"(?:^|[ \t])#+$")
_ENCODED: Final = re.compile(r'[\s"<>\\\x00-\x20\x7f]')
_IN_URL: Final = re.compile(r"[()&*_\[\]`~]")
# In a scraped text that is Markdown: raw HTML, what a URL is read without, and where a target and its scheme begin.
_RAW_HTML: Final = re.compile(r"<[A-Za-z/!?]")
_SKIPPED: Final = re.compile(r"[\\\s\x00-\x1f\x7f]")
_TARGETS: Final = re.compile(r"\](?:\(|:)(?=<?([^)>]{0,40}))")
_PUNCTUATION: Final = frozenset(string.punctuation)


def to_markdown(page: CleanPage, *, headline: bool = True, links: bool = True, images: bool = False) -> str:
    """The body of a page as CommonMark, tables as in GitHub Flavored Markdown.

    Args:
        page: a cleaned page.
        headline: the title comes first, as a heading of level 1; headings of the body start at level 2 then.
        links, images: keep them, with safe targets and sources only (see `render_inline.safe_url`).

    The blocks of a scraped text that is Markdown come as they were, unless that would let raw HTML or an unsafe target
    through: then all of them are escaped, as those of any other text are.

    >>> from array import array
    >>> from cleanbody.page import LABELS, Decisions, Document, Label, Metadata
    >>> document = Document("1. *x*", True, array("l", [0]), array("l", [6]), bytearray(1), bytearray(1), bytearray(1),
    ...     array("l", [0]), array("l", [-1]), [""])
    >>> body = bytearray([LABELS.index(Label.BODY)])
    >>> page = CleanPage(document, Decisions(body, array("d", [1]), bytearray([1]), ((),)), Metadata(title="Sums"))
    >>> print(to_markdown(page))
    # Sums
    <BLANKLINE>
    1\\. \\*x\\*
    """
    document = page.document
    titled = bool(headline and page.title)
    title = " ".join((page.title or "").split())
    parts = [_heading(1, inline([Token(Op.TEXT, title)], " "))] if titled else []
    if not document.markup and is_markdown(document.text):
        text = without_marks(page.text, links=links, images=images)
        if _is_safe(text):
            return "\n\n".join(part for part in (*parts, text) if part)
    blocks = rendered(page)
    writer = _Markdown(gather(document, blocks, links=links, images=images), 2 if titled else 1)
    return "\n\n".join(parts + writer.nodes(grow(document, blocks).children))


def _is_safe(text: str) -> bool:
    """Whether Markdown may be written as it is: no raw HTML, no target with a scheme that is not among the safe ones.

    >>> _is_safe("[x](/a) [y](HTTPS://example.org) ![z](b.png)"), _is_safe("[x](java&Tab;script:alert)")
    (True, False)
    """
    targets = _TARGETS.findall(_SKIPPED.sub("", unescape(text)))
    return not _RAW_HTML.search(text) and all(safe_url(target) for target in targets if target)


class _Markdown:
    """Writes nodes as Markdown without indentation; the node around them indents."""

    def __init__(self, inlines: Inlines, top: int) -> None:
        self.inlines = inlines
        self.document = inlines.document
        self.top = top

    def nodes(self, nodes: list[Node]) -> list[str]:
        """Each node as lines; lists that follow one another change their bullets, or they would be one list."""
        parts: list[str] = []
        other = False
        before = ""
        for node in nodes:
            other = node.tag in LISTS and node.tag == before and not other
            before = node.tag
            if not node.tag:
                parts += self._block(node.at)
            elif node.tag in LISTS:
                parts.append(self._list(node, other))
            elif node.tag == "table":
                parts += self._table(node)
            elif node.tag == "blockquote":
                parts.append(_prefixed("\n\n".join(self.nodes(node.children)), "> ", "> "))
            elif node.tag == "pre":
                parts += self._code(node)
            elif node.tag == "dt" and is_plain(self.document, node.children[0]):
                parts += [self._line(node.children[0].at, MarkKind.STRONG), *self.nodes(node.children[1:])]
            else:
                parts += self.nodes(node.children)
        return list(filter(None, parts))

    def _block(self, block: int) -> list[str]:
        kind = kind_of(self.document, block)
        images = self.inlines.before.get(block, [])
        parts = [inline(images)] if images else []
        if kind is Kind.HEADING:
            level = max(self.top, min(self.document.level[block] or 2, 6))
            parts.append(_heading(level, inline(self.inlines.tokens(block), " ")))
        else:
            parts.append(inline(self.inlines.tokens(block)))
        return parts

    def _code(self, node: Node) -> list[str]:
        text = "\n".join(self.document.block_text(child.at) for child in node.children)
        found = _LANGUAGE.search(self.document.names[node.at]) if node.at >= 0 and self.document.names else None
        language = found[1] if found else ""
        fenced = None if self.document.markup else _FENCED.fullmatch(text)
        if fenced:
            language, text = fenced[2], fenced[3]
        fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(text)), default=0))
        images = inline([image for child in node.children for image in self.inlines.before.get(child.at, [])])
        return [images, f"{fence}{language}\n{text}\n{fence}"]

    def _line(self, block: int, extra: MarkKind | None = None, line_end: str = "\\\n") -> str:
        """A block with its images, as it stands in a list item or a cell."""
        return inline(self.inlines.before.get(block, []) + self.inlines.tokens(block, extra), line_end)

    def _list(self, node: Node, other: bool) -> str:
        tight = all(is_tight(self.document, item) for item in node.children)
        items = []
        for number, item in enumerate(node.children, node.number):
            marker = f"{number}{')' if other else '.'} " if node.tag == "ol" else "* " if other else "- "
            first = [self._line(child.at) for child in item.children[:1] if tight and not child.tag]
            parts = first + self.nodes(item.children[len(first) :])
            items.append(_prefixed(("\n" if tight else "\n\n").join(parts), marker, " " * len(marker)))
        return ("\n" if tight else "\n\n").join(items)

    def _table(self, table: Node) -> list[str]:
        rows = []
        for row in table.rows:
            cells = [self._line(cell.block, line_end="<br>") if cell.block >= 0 else "" for cell in row]
            rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        rows.insert(1, "| " + " | ".join(["---"] * len(table.rows[0])) + " |")
        return [*self.nodes(table.children), "\n".join(rows)]


def _prefixed(text: str, first: str, others: str) -> str:
    """Lines with a prefix each; nothing hangs at the end of an empty line."""
    lines = text.split("\n")
    return "\n".join(
        (others if number else first) + line if line else others.rstrip() for number, line in enumerate(lines)
    )


def _heading(level: int, text: str) -> str:
    """A heading; a `#` at the end would count as its closing sequence."""
    return "#" * level + " " + (text[:-1] + "\\#" if _CLOSING.search(text) else text)


# -- inline -----------------------------------------------------------------------------------------------------------


class _Piece(NamedTuple):
    """Text as it will stand (for code: the code itself too), or a delimiter that may still be left out."""

    text: str
    kind: MarkKind | None = None
    opens: bool = False
    code: str = ""


def escape(text: str, line_start: bool = False) -> str:
    """Text of one line that Markdown reads as nothing but text.

    >>> escape("snake_case, 2 * 3, *x*, <b>, &amp; [1]"), escape("# 1", True), escape("2) x", True)
    ('snake_case, 2 * 3, \\\\*x\\\\*, \\\\<b>, \\\\&amp; \\\\[1\\\\]', '\\\\# 1', '2\\\\) x')
    """
    escaped = _SPECIAL.sub(r"\\\g<0>", text)
    start = _LINE_START.match(text) if line_start else None
    if start is None:
        return escaped
    digits = len(start[0]) if start[0].isdigit() else 0
    if escaped[digits : digits + 1] == "\\":
        return escaped
    return escaped[:digits] + "\\" + escaped[digits:]


def target(url: str) -> str:
    """A URL as the target of a link.

    >>> target("/a b(c)?x=1&copy;")
    '/a%20b\\\\(c\\\\)?x=1\\\\&copy;'
    """
    return _IN_URL.sub(r"\\\g<0>", _ENCODED.sub(lambda found: quote(found[0], safe=""), url))


def inline(tokens: list[Token], line_end: str = "\\\n") -> str:
    """Tokens as Markdown; strong and emphasis are left out where CommonMark (6.2) would not see them as such.

    Args:
        tokens: what `render_inline.tokenize` gave.
        line_end: how a line end inside the block is written.

    >>> inline([Token(Op.OPEN, kind=MarkKind.STRONG), Token(Op.TEXT, "a*"), Token(Op.CLOSE, kind=MarkKind.STRONG)])
    '**a\\\\***'
    """
    if len(tokens) == 1 and tokens[0].op is Op.TEXT:
        return escape(tokens[0].text, line_start=True)
    pieces: list[_Piece] = []
    code: list[str] | None = None
    line_start = True
    for op, text, kind, value in tokens:
        if op is Op.TEXT and code is not None:
            code.append(text)
            continue
        piece = None
        if op is Op.TEXT:
            piece = escape(text, line_start)
        elif op is Op.BREAK:
            piece = line_end
        elif op is Op.IMAGE:
            piece = f"![{escape(text)}]({target(value)})"
        elif kind is MarkKind.CODE:
            if op is Op.OPEN:
                code = []
                continue
            pieces.append(_Piece("`", code="".join(code or [])))
            code, line_start = None, False
            continue
        elif kind is MarkKind.LINK:
            piece = "[" if op is Op.OPEN else f"]({target(value)})"
        if piece is None:
            pieces.append(_Piece("", kind, op is Op.OPEN))
        else:
            pieces.append(_Piece(piece))
            line_start = op is Op.BREAK
    return _delimit(pieces)


def _code_span(text: str) -> str:
    """Code between backticks, more of them than stand together in it (CommonMark, 6.1)."""
    fence = "`" * (1 + max(map(len, _TICKS.findall(text)), default=0))
    padding = " " if "`" in (text[0], text[-1]) or (text[0] == text[-1] == " " and text.strip()) else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def _delimit(pieces: list[_Piece]) -> str:
    """Join the pieces, with the delimiters that a parser would see as such."""
    before, after = _neighbours(pieces), _neighbours(pieces[::-1], -1)[::-1]
    delimiters = [""] * len(pieces)
    opened: list[int] = []
    for place, piece in enumerate(pieces):
        if piece.kind is None:
            continue
        if piece.opens:
            opened.append(place)
            continue
        start = opened.pop()
        delimiters[start] = delimiters[place] = _delimiter(pieces, start, place, before, after)
    parts: list[str] = []
    code: list[str] = []
    for piece, delimiter in zip(pieces, delimiters, strict=True):
        text = delimiter if piece.kind else piece.text
        if piece.code:
            code.append(piece.code)
            continue
        if text and code:
            parts.append(_code_span("".join(code)))  # spans that touch would be read as one with backticks inside
            code.clear()
        if text == "[" and parts and parts[-1].endswith("!"):
            parts[-1] = parts[-1][:-1] + "\\!"  # or it would be an image
        if text:
            parts.append(text)
    return "".join([*parts, _code_span("".join(code))]) if code else "".join(parts)


def _neighbours(pieces: list[_Piece], side: int = 1) -> list[str]:
    """The last character before each piece that is not of a delimiter; a line end where there is none."""
    found = []
    last = "\n"
    for piece in pieces:
        found.append(last)
        if piece.text:
            last = piece.text[-1 if side > 0 else 0]
    return found


def _delimiter(pieces: list[_Piece], start: int, end: int, before: list[str], after: list[str]) -> str:
    """``**``, ``_``, ``*`` or "" for what stands between two delimiters: what flanks it whatever becomes of others.

    CommonMark 0.31, 6.2: delimiters flank when the inner neighbour is no white space, and is no punctuation unless the
    outer neighbour is white space or punctuation. Characters that only some parsers count as punctuation count as what
    is worse here.
    """
    inner = (_is_delimiter(pieces, start + 1), _is_delimiter(pieces, end - 1))
    if after[start].isspace() or before[end].isspace():
        return ""
    if _is_delimiter(pieces, start - 1, False) or _is_delimiter(pieces, end + 1, True):
        return ""
    free = (_is_free(before[start]), _is_free(after[end]))
    if not free[0] and (inner[0] or _may_be_punctuation(after[start])):
        return ""
    if not free[1] and (inner[1] or _may_be_punctuation(before[end])):
        return ""
    if pieces[start].kind is MarkKind.STRONG:
        return "**"
    if all(free):
        return "_"
    alone = not (any(inner) or _is_delimiter(pieces, start - 1) or _is_delimiter(pieces, end + 1))
    return "*" if alone else ""


def _is_delimiter(pieces: list[_Piece], place: int, opens: bool | None = None) -> bool:
    if not 0 <= place < len(pieces) or pieces[place].kind is None:
        return False
    return opens is None or pieces[place].opens is opens


def _is_free(character: str) -> bool:
    """Whether every parser takes a character for white space or punctuation."""
    if character.isascii():
        return character in " \t\n\f\r" or character in _PUNCTUATION
    return unicodedata.category(character)[0] == "P" or unicodedata.category(character) == "Zs"


def _may_be_punctuation(character: str) -> bool:
    return character in _PUNCTUATION if character.isascii() else unicodedata.category(character)[0] in "PS"
