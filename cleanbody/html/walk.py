"""One walk over a parsed tree: nodes in, the columns of a :class:`~cleanbody.page.Document` out.

The walk is iterative (no recursion limit), visits every node once, and decides nothing about content: it only cuts
the page into blocks and remembers where each stood.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborNode

from cleanbody.html import tags
from cleanbody.html.alone import CITE_ID, LAST_KNOWN_ID, is_annotation, stands_alone
from cleanbody.marks import Mark, MarkKind, Marks
from cleanbody.page import KINDS, MAX_BLOCKS, Document, Flag, Head, Kind, Status
from cleanbody.unseen import seen

# Kinds that only the first block of their element bears; what follows in it is a paragraph of the same container.
FIRST_ONLY: Final = frozenset({Kind.ITEM, Kind.CELL, Kind.TERM, Kind.DEFINITION})
# A <br> after a line this long (characters) parts paragraphs, as pages without <p> use it; shorter lines are verse,
# addresses or menus and stay together.
LONG_LINE: Final = 100
PERMALINKS: Final = frozenset("¶#§🔗")  # what documentation tools link a heading to itself with
MAX_NAMES: Final = 400  # characters of class and id that are kept of one element
MAX_OPEN_MARKS: Final = 16  # marks inside marks that are kept; each open one is written again for every block in it
MAX_PROP_NODES: Final = 200  # of an element with an itemprop whose text is its value
NODES_PER_CLOCK: Final = 2048


@dataclass(slots=True)
class _Frame:
    """An open element that the walk has to do something about when it ends.

    Container and flags are those of the innermost block element, and `form` is the innermost frame with a kind, so that
    no block has to look for them through all that is open.
    """

    container: int = 0
    kind: Kind | None = None
    level: int = 0
    flags: int = 0
    mark: bool = False
    used: bool = False  # its first block has been made
    form: _Frame | None = None


@dataclass(slots=True)
class Walker:
    """Gathers the columns of a document while `walk` goes through a tree; `flush` ends a block."""

    deadline: float | None = None
    clock: Callable[[], float] = time.monotonic
    out: list[str] = field(default_factory=list)
    size: int = 0  # characters in `out`
    buffer: list[str] = field(default_factory=list)
    length: int = 0  # characters in `buffer`
    line: int = 0  # characters since the last <br> in `buffer`
    space: bool = False  # white space is due before the next word
    link_end: int = -1  # where the last link ended
    start: array[int] = field(default_factory=lambda: array("l"))
    end: array[int] = field(default_factory=lambda: array("l"))
    kind: bytearray = field(default_factory=bytearray)
    level: bytearray = field(default_factory=bytearray)
    flags: bytearray = field(default_factory=bytearray)
    container: array[int] = field(default_factory=lambda: array("l"))
    parent: array[int] = field(default_factory=lambda: array("l"))
    tag: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    first: array[int] = field(default_factory=lambda: array("l"))
    last: array[int] = field(default_factory=lambda: array("l"))
    marks: list[Mark] = field(default_factory=list)
    open_marks: list[tuple[int, MarkKind, str, str]] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=lambda: [_Frame()])
    lists: int = 0
    quotes: int = 0
    raw: int = 0  # open <pre>
    title: str = ""
    lang: str = ""
    base: str = ""
    meta: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    props: list[tuple[str, str]] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    json_ld: list[str] = field(default_factory=list)
    statuses: list[Status] = field(default_factory=list)

    # -- the walk -------------------------------------------------------------------------------------------------

    def walk(self, root: LexborNode, extra_flags: int = 0) -> None:
        """Add everything below `root`, which is visited too."""
        if not self.parent:
            self._open_container("", "", -1)
        self.frames[-1].flags |= extra_flags
        node: LexborNode | None = root
        path: list[LexborNode] = []
        framed: list[str] = []  # the tag of each open element that has a frame, "" for the others
        count = 0
        while node is not None:
            count += 1
            if count % NODES_PER_CLOCK == 0 and self.deadline is not None and self.clock() > self.deadline:
                self.statuses.append(Status.TIMEOUT)
                break
            tag_id = node.tag_id
            child: LexborNode | None = None
            if tag_id == tags.TEXT_ID:
                text = node.text_content
                if text:
                    self._text(text)
            else:
                action, name = tags.ACTIONS.get(tag_id, (tags.TEXT, ""))
                entered = self._enter(node, action, name)
                if entered is not None:
                    child = node.first_child
                    if child is not None:
                        path.append(node)
                        framed.append(entered)
                    elif entered:
                        self._leave(entered)
            if child is not None:
                node = child
                continue
            while path and (node is None or node.next is None):
                node = path.pop()
                entered = framed.pop()
                if entered:
                    self._leave(entered)
            node = node.next if path and node is not None else None
        while framed:
            entered = framed.pop()
            if entered:
                self._leave(entered)
        self.flush(last=True)

    def _enter(self, node: LexborNode, action: int, name: str) -> str | None:
        """Open an element; None: don't go below it; else the tag to hand to `_leave` ("" where nothing is due)."""
        if action == tags.TEXT:
            if not node.is_element_node:
                return None
            strange = node.tag_id > LAST_KNOWN_ID
            if strange and is_annotation(node):
                return None
            if (strange or node.tag_id == CITE_ID) and stands_alone(
                node, self.tag[self.frames[-1].container], self.quotes > 0
            ):
                name = node.tag or ""
                self._open_block(node, name)
                return name
            if len(node.attrs):
                self._attribute_props(node.attributes, node)
            return ""
        if action == tags.BLOCK:
            if name in tags.CONTROLS and self.length and name == "button":
                return ""  # a button in the middle of a line of text is part of it
            self._open_block(node, name)
            return name
        if action == tags.MARK:
            return self._open_mark(node, name)
        if action == tags.BREAK:
            self._break()
        elif action == tags.IMAGE:
            attributes = node.attributes
            source = attributes.get("src") or attributes.get("data-src") or ""
            if source:
                at = self.size + self.length
                self.marks.append(Mark(at, at, MarkKind.IMAGE, source, attributes.get("alt") or ""))
        elif action == tags.HEAD:
            return self._head(node, name)
        elif action == tags.SCRIPT and is_linked_data(node):
            child = node.first_child
            if child is not None and child.text_content:
                self.json_ld.append(child.text_content)
        return None

    def _leave(self, name: str) -> None:
        frame = self.frames[-1]
        if frame.mark:
            self.frames.pop()
            start, kind, value, title = self.open_marks.pop()
            end = self.size + self.length
            if end - start == 1 and self.buffer and self.buffer[-1].strip() in PERMALINKS:
                self._unsay()
            elif end > start:
                self.marks.append(Mark(start, end, kind, value, title))
                if kind is MarkKind.LINK:
                    self.link_end = end
            return
        self.flush()
        self.frames.pop()
        if name in tags.LISTS:
            self.lists -= 1
        elif name == "blockquote":
            self.quotes -= 1
        elif name in tags.PREFORMATTED:
            self.raw -= 1
        self._close_container(frame.container)

    def _unsay(self) -> None:
        """Take back the last piece of the block: the sign of a permalink is no text."""
        piece = self.buffer.pop()
        self.length -= len(piece)
        if not self.raw:  # there no line is counted
            self.line -= len(piece)
        self.space = True

    # -- blocks and containers ------------------------------------------------------------------------------------

    def _open_block(self, node: LexborNode, name: str) -> None:
        self.flush()
        attributes = node.attributes
        names = ""
        flags = self.frames[-1].flags
        if attributes:
            names = self._names(attributes)
            if tags.is_hidden(attributes):
                flags |= Flag.HIDDEN
            self._attribute_props(attributes, node)
            if name == "html":
                self.lang = attributes.get("lang") or attributes.get("xml:lang") or ""
        if name == "noscript":
            flags |= Flag.NOSCRIPT
        kind = tags.KIND_OF_TAG.get(name)
        level = int(name[1]) if kind is Kind.HEADING else 0
        if name in tags.LISTS:
            self.lists += 1
        elif name == "blockquote":
            self.quotes += 1
        elif name in tags.PREFORMATTED:
            self.raw += 1
        above = self.frames[-1]
        frame = _Frame(self._open_container(name, names, above.container), kind, level, flags, form=above.form)
        if kind is not None:
            frame.form = frame
        self.frames.append(frame)

    def _open_container(self, name: str, names: str, parent: int) -> int:
        self.parent.append(parent)
        self.tag.append(name)
        self.names.append(names)
        self.first.append(len(self.start))
        self.last.append(len(self.start))
        return len(self.parent) - 1

    def _close_container(self, index: int) -> None:
        self.last[index] = len(self.start)
        if self.first[index] == len(self.start) and index == len(self.parent) - 1:
            for column in (self.parent, self.tag, self.names, self.first, self.last):
                column.pop()  # nothing stands in it

    def flush(self, last: bool = False) -> None:
        """End the block that is being gathered, if it has any text; past the cap, only the line."""
        if len(self.start) >= MAX_BLOCKS and not last:
            if self.line:
                self.statuses[:] = dict.fromkeys((*self.statuses, Status.TOO_MANY_BLOCKS))
                self.buffer.append("\n")
                self.length += 1
                self.line = 0
            return
        self.space = False
        self.line = 0
        if not self.buffer:
            self._move_marks(self.size)
            return
        gathered = "".join(self.buffer)
        text = gathered.rstrip() if self.raw or gathered[-1].isspace() else gathered
        if len(text) < len(gathered):
            self._trim_marks(self.size, self.size + len(text))
        self.buffer.clear()
        self.length = 0
        if not text:
            self._move_marks(self.size)
            return
        begin, end = self.size, self.size + len(text)
        kind, level, flags = self._form()
        self.start.append(begin)
        self.end.append(end)
        self.kind.append(KINDS.index(kind))
        self.level.append(min(level, 255))
        self.flags.append(flags)
        self.container.append(self.frames[-1].container)
        for start, mark, value, title in self.open_marks:
            if end > start:
                self.marks.append(Mark(start, end, mark, value, title))
        self.out.append(text)
        self.size = end + 1
        self._move_marks(self.size)

    def _trim_marks(self, begin: int, end: int) -> None:
        """Pull back the marks that reach into the white space cut off at the end of a block."""
        i = len(self.marks) - 1
        while i >= 0 and self.marks[i].end > begin:
            mark = self.marks[i]
            if mark.end > end:
                self.marks[i] = mark._replace(start=min(mark.start, end), end=end)
            i -= 1

    def _move_marks(self, start: int) -> None:
        self.open_marks = [(start, kind, value, title) for _, kind, value, title in self.open_marks]

    def _form(self) -> tuple[Kind, int, int]:
        """Kind, level and flags of the block that ends here, of the innermost open element that says something."""
        flags, frame = self.frames[-1].flags, self.frames[-1].form
        if frame is None or frame.kind is None:
            return Kind.PARAGRAPH, 0, flags
        kind = frame.kind
        if kind in FIRST_ONLY:
            if frame.used:
                return Kind.PARAGRAPH, 0, flags
            frame.used = True
            return kind, self.lists if kind is Kind.ITEM else 0, flags
        return kind, self.quotes if kind is Kind.QUOTE else frame.level, flags

    # -- text -----------------------------------------------------------------------------------------------------

    def _text(self, text: str) -> None:
        text = seen(text)
        if not text:
            return
        if self.raw:
            if not self.buffer:
                bare = text.lstrip()
                blank = text[: len(text) - len(bare)]
                text = blank[blank.rfind("\n") + 1 :] + bare  # blank lines go, the first line's indentation stays
                if not text:
                    return
            self.buffer.append(text)
            self.length += len(text)
            return
        words = text.split()
        if not words:
            self.space = True
            return
        tidy = " ".join(words)
        if (self.space or text[0].isspace()) and self.line and self.buffer[-1] != " ":
            tidy = " " + tidy
        self.buffer.append(tidy)
        self.length += len(tidy)
        self.line += len(tidy)
        self.space = text[-1].isspace()

    def _break(self) -> None:
        if self.raw:
            self._text("\n")
        elif not self.buffer:
            return
        elif self.line == 0 or self.line >= LONG_LINE:
            self.flush()
        else:
            if self.buffer[-1] == " ":  # it stood before an inline element in which nothing came before the <br>
                self.buffer[-1] = "\n"
            else:
                self.buffer.append("\n")
                self.length += 1
            self.line = 0
            self.space = False

    # -- inline structure and head data ---------------------------------------------------------------------------

    def _open_mark(self, node: LexborNode, name: str) -> str:
        kind = tags.INLINE_MARKS[name]
        value = title = ""
        if kind is MarkKind.LINK:
            attributes = node.attributes
            value = attributes.get("href") or ""
            title = attributes.get("rel") or ""
            self._attribute_props(attributes, node)
            if not value:
                return ""
        elif len(node.attrs):
            self._attribute_props(node.attributes, node)
        if len(self.open_marks) >= MAX_OPEN_MARKS:
            return ""
        begin = self.size + self.length
        if self.line and begin == self.link_end and kind is MarkKind.LINK:
            self.space = True  # two links that touch are two items of a row, whatever parts them on the screen
        if self.line and self.space and self.buffer[-1] != " ":
            self.buffer.append(" ")  # so that the white space before a link is not part of it
            self.length += 1
            self.line += 1
            self.space = False
            begin += 1
        self.open_marks.append((begin, kind, value, title))
        above = self.frames[-1]
        self.frames.append(_Frame(above.container, flags=above.flags, mark=True, form=above.form))
        return name

    def _names(self, attributes: dict[str, str | None]) -> str:
        found = [attributes.get(key) for key in ("class", "id", "role", "itemprop")]
        itemtype = attributes.get("itemtype")
        if itemtype:
            found.append(itemtype.rstrip("/").rsplit("/", 1)[-1])
        return " ".join(value[:MAX_NAMES] for value in found if value)[:MAX_NAMES]

    def _attribute_props(self, attributes: dict[str, str | None], node: LexborNode) -> None:
        prop = attributes.get("itemprop")
        if prop and len(self.props) < 200:
            value = attributes.get("content") or attributes.get("datetime")
            if value is None:
                value = _opening(node) if prop in TEXT_PROPS else ""
            if value:
                self.props.append((prop, value))

    def _head(self, node: LexborNode, name: str) -> str | None:
        attributes = node.attributes
        if name == "title":
            if not self.title:
                self.title = " ".join(seen(node.text(deep=True)).split())
            return None
        if name == "meta":
            content = attributes.get("content")
            for key in ("name", "property", "itemprop", "http-equiv"):
                value = attributes.get(key)
                if value and content:
                    self.meta.append((value.lower(), content))
            return None
        if name == "link":
            rel, href = attributes.get("rel"), attributes.get("href")
            if rel and href:
                self.links.append((rel.lower(), href))
            return None
        if name == "base":
            self.base = self.base or attributes.get("href") or ""
            return None
        value = attributes.get("datetime")
        if value:
            self.times.append(value)
        self._attribute_props(attributes, node)
        return ""

    # -- the result -----------------------------------------------------------------------------------------------

    def shown(self) -> tuple[int, int]:
        """Characters in blocks outside and inside <noscript>."""
        counts = [0, 0]
        for start, end, flags in zip(self.start, self.end, self.flags, strict=True):
            counts[bool(flags & Flag.NOSCRIPT)] += end - start
        return counts[0], counts[1]

    def document(self) -> Document:
        """The document gathered so far."""
        self._trim_marks(self.size - 1, max(self.size - 1, 0))
        return Document(
            text="\n".join(self.out),
            markup=True,
            start=self.start,
            end=self.end,
            kind=self.kind,
            level=self.level,
            flags=self.flags,
            container=self.container,
            parent=self.parent,
            tag=self.tag,
            names=self.names,
            first=self.first,
            last=self._closed_last(),
            marks=Marks(sorted(filter(_shows, self.marks), key=_mark_order)),
            head=Head(
                title=self.title,
                lang=self.lang,
                base=self.base,
                meta=tuple(self.meta),
                links=tuple(self.links),
                props=tuple(self.props),
                times=tuple(self.times),
                json_ld=tuple(self.json_ld),
            ),
            statuses=tuple(self.statuses),
        )

    def _closed_last(self) -> array[int]:
        self.last[0] = len(self.start)
        return self.last


TEXT_PROPS: Final = frozenset({"headline", "name", "author", "datePublished", "dateModified", "publisher"})


def is_linked_data(script: LexborNode) -> bool:
    """Whether a <script> holds JSON-LD."""
    return "ld+json" in (script.attributes.get("type") or "").lower()


def _opening(node: LexborNode) -> str:
    """The text that an element begins with. Elements with an itemprop may be nested, so none is read to its end."""
    below = islice(node.traverse(include_text=True), MAX_PROP_NODES)
    text = "".join((child.text_content or "")[:500] for child in below if child.is_text_node)
    return " ".join(seen(text[:500]).split())


def _shows(mark: Mark) -> bool:
    return mark.end > mark.start or mark.kind is MarkKind.IMAGE


def _mark_order(mark: Mark) -> tuple[int, int]:
    return mark.start, -mark.end
