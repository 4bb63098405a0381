"""How deep an HTML5 parser will nest: its tree construction, simulated on tag names alone.

The scan needs to know, before the parser runs, which start tag would make the tree too deep. Counting start and end
tags does not tell: unclosed paragraphs and cells close each other, an end tag can be barred by a table cell, and
formatting elements that were never closed are opened again in every block. So this follows the rules of the HTML
standard (13.2.6) as far as they move the stack.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cleanbody.scan.elements import (
    BLOCKS,
    BREAKOUT,
    CELLS,
    FORMATTING,
    HEAD_ONLY,
    HEADINGS,
    INTEGRATION,
    MARKERS,
    MATH_TEXT,
    NO_STACK,
    SECTIONS,
    TABLE_PARTS,
    VOID_INLINE,
    names,
)
from cleanbody.scan.stack import LEFT, Frame, Stack
from cleanbody.scan.tokens import attributes


class OpenElements(Stack):
    """The stack of open elements and the active formatting elements while a page is read tag by tag.

    limit: how many elements may be open or waiting to be opened again; None for any number.
    quirks: see :func:`is_quirky`.
    Feed it every start tag, end tag and text in order. ``start`` and ``end`` answer whether the tag may stay: beyond
    the limit start tags are to be dropped, and later the end tags that belonged to them. What it refuses changes
    nothing. ``clones`` counts formatting elements that the parser will open again on its own.

    >>> tree = OpenElements(limit=2)
    >>> [tree.start(name) for name in (b"div", b"p", b"p", b"span", b"b")]
    [True, True, True, False, False]
    >>> [tree.end(name) for name in (b"span", b"p", b"div")], tree.depth
    ([False, True, True], 0)
    """

    # ---- start tags ------------------------------------------------------------------------------------------------

    def start(self, name: bytes, tag: bytes = b"", closes_itself: bool = False) -> bool:
        """Read a start tag; False means that it must be dropped because the tree would become too deep.

        name: lower case.  tag: the bytes between name and ``>``.  closes_itself: the tag ends in ``/>``.
        """
        self._touched = False
        if self._stack and self._stack[-1][1:2] == b"/" and self._stays_foreign(name, tag):
            kept = closes_itself or self._start_foreign(name, tag)
        else:
            template = self._note_template_mode(name) if self._modes else None
            kept = STARTS.get(name, OpenElements._start_inline)(self, name, tag, closes_itself)
            if template is not None and not kept:
                self._modes[template] = b""
        if not kept:
            self._dropped[name] += 1
        elif self._dropped and self.depth + self.closed < self.limit:
            self._dropped.clear()  # what was dropped stood inside something that is closed by now
        return kept

    def text(self, blank: bool) -> None:
        """Read text between two tags; it opens formatting elements again. `blank`: nothing but white space."""
        if self.closed and not self.foreign:
            in_rows = self._stack and self._stack[-1] in ROWS and self._table_mode() == b"table"
            if not (blank and in_rows):
                self._reopen()

    def _full(self) -> bool:
        # What has closed something must stay, lest the parser does not close it.
        return self.depth + self.closed >= self.limit and not self._touched

    def _stays_foreign(self, name: bytes, tag: bytes) -> bool:
        """Whether a start tag inside SVG or MathML makes a foreign element; if not, close the foreign ones."""
        top = self._stack[-1]
        if top in MATH_TEXT:
            return name in (b"mglyph", b"malignmark")
        if top in INTEGRATION or (top == b"m/annotation-xml" and name == b"svg"):
            return False
        if name not in BREAKOUT and not (name == b"font" and attributes(tag).keys() & {b"color", b"face", b"size"}):
            return True
        while self.foreign:
            self._pop_to(len(self._stack) - 1)
        return False

    def _start_foreign(self, name: bytes, tag: bytes) -> bool:
        if self._full():
            return False
        full_name = self._stack[-1][:2] + name
        if full_name == b"m/annotation-xml":
            encoding = attributes(tag).get(b"encoding", b"").lower()
            if encoding in (b"text/html", b"application/xhtml+xml"):
                full_name += b"+html"
        self._push(full_name)
        return True

    def _note_template_mode(self, name: bytes) -> int | None:
        """The first tag inside a template decides how table tags are read in it (13.2.6.4.22); the template's place."""
        place = self._cells[-1] if self._cells else -1
        if self._modes.get(place) != b"" or name in HEAD_ONLY:
            return None
        self._modes[place] = _TEMPLATE_MODES.get(name, b"body")
        return place

    def _start_nothing(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        return True

    def _start_void(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        if name == b"input" and self._in_scope(b"select"):
            self._pop_to(self._last(b"select"))
        self._reopen()
        return True

    def _start_rule(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        self._close_p()
        if name == b"xmp":
            self._reopen()
        elif self._in_scope(b"select"):
            self._close_implied()
        return True

    def _start_inline(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        if self._full():
            return False
        self._reopen()
        self._push(name)
        return True

    def _start_formatting(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        if name == b"a":
            entry = self._frames[-1].last(b"a")
            if entry is not None:
                self._adopt(b"a")
                if entry in entry.frame.order:
                    self._remove(entry, LEFT)
        if self._full():
            return False
        self._reopen()
        if name == b"nobr" and self._in_scope(b"nobr"):
            self._adopt(b"nobr")
            self._reopen()
        self._format(name, tag)
        return True

    def _start_block(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        self._close_p()
        if name in HEADINGS and self._stack and self._stack[-1] in HEADINGS:
            self._pop_to(len(self._stack) - 1)
        if self._full():
            return False
        self._push(name)
        return True

    def _start_item(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        place = self._hard[-1]
        if place >= 0 and self._stack[place] in (_ITEMS if name == b"li" else _TERMS):
            self._pop_to(place)
        return self._start_block(name, tag, closes_itself)

    def _start_button(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        if self._last(name) > self._scope[-1]:
            self._pop_to(self._last(name))
        return self._start_inline(name, tag, closes_itself)

    def _start_form(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        if self._modes:
            return self._start_block(name, tag, closes_itself)
        if self._form is not None:
            return True
        if self._table_mode() == b"table":
            self._form = -1
            return True
        kept = self._start_block(name, tag, closes_itself)
        if kept:
            self._form = len(self._stack) - 1
        return kept

    def _start_marker(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        kept = self._start_inline(name, tag, closes_itself)
        if kept:
            self._frames.append(Frame())
        return kept

    def _start_select(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        if self._in_scope(name):
            self._pop_to(self._last(name))
            return True
        return self._start_inline(name, tag, closes_itself)

    def _start_option(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        if self._in_scope(b"select"):
            self._close_implied(kept=b"optgroup" if name == b"option" else b"")
        elif self._stack and self._stack[-1] == b"option":
            self._pop_to(len(self._stack) - 1)
        return self._start_inline(name, tag, closes_itself)

    def _start_ruby(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        if self._last(b"ruby") > self._scope[-1]:
            self._close_implied(kept=b"rtc" if name in (b"rp", b"rt") else b"")
        if self._full():
            return False
        self._push(name)
        return True

    def _start_graphics(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        if closes_itself:
            self._reopen()
            return True
        if self._full():
            return False
        self._reopen()
        place = self._push((b"s/" if name == b"svg" else b"m/") + name)
        if place == 0 or self._stack[place - 1][1:2] != b"/":
            self._foreign_roots.append(place)
        return True

    def _start_template(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        if self._full():
            return False
        self._modes[self._push(name)] = b""
        self._frames.append(Frame())
        return True

    def _start_table(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        if self._table_mode() == b"table" and self._stack[self._cells[-1]] == b"table":
            self._pop_to(self._cells[-1])
        if not self.quirks:
            self._close_p()
        if self._full():
            return False
        self._push(name)
        return True

    def _start_table_part(self, name: bytes, tag: bytes, closes_itself: bool) -> bool:
        mode = self._table_mode()
        if not mode:
            return True
        if mode == b"cell":
            self._close_cell()
        base = self._cells[-1]
        section = max(self._last(part) for part in SECTIONS)
        row = self._last(b"tr")
        mode = self._modes.get(base, b"table")
        if (mode == b"row" and row < base and name not in CELLS) or (
            mode == b"tbody" and row < base and section < base and name not in (b"td", b"th", b"tr")
        ):
            return True
        wanted: list[bytes] = []
        if name in (b"td", b"th") and row > base:
            self._pop_to(row + 1)
        elif name in (b"td", b"th", b"tr") and section > base:
            self._pop_to(section + 1)
            wanted = [b"tr"] if name != b"tr" else []
        else:
            self._pop_to(base + 1)
            wanted = {b"tr": [b"tbody"], b"td": [b"tbody", b"tr"], b"th": [b"tbody", b"tr"]}.get(name, [])
            wanted = [part for part in wanted if mode == b"table" or (mode == b"tbody" and part == b"tr")]
        if self._full():
            return False
        for part in wanted:
            self._push(part)
        if name not in (b"col", b"colgroup"):
            self._push(name)
        if name in CELLS:
            self._frames.append(Frame())
        return True

    def _close_cell(self) -> None:
        self._pop_to(self._cells[-1])
        self._clear_to_marker()

    # ---- end tags --------------------------------------------------------------------------------------------------

    def end(self, name: bytes) -> bool:
        """Read an end tag, name in lower case; False means that it must be dropped as its start tag was."""
        if self._dropped.get(name):
            self._dropped[name] -= 1
            return False
        if not (self._stack and self._stack[-1][1:2] == b"/" and self._end_foreign(name)):
            ENDS.get(name, OpenElements._end_other)(self, name)
        if self._dropped and self.depth + self.closed < self.limit:
            self._dropped.clear()
        return True

    def _end_foreign(self, name: bytes) -> bool:
        if name in (b"br", b"p"):
            while self.foreign:
                self._pop_to(len(self._stack) - 1)
            return False
        place = max(self._last(b"s/" + name), self._last(b"m/" + name))
        if name == b"annotation-xml":
            place = max(place, self._last(b"m/annotation-xml+html"))
        if place < self._foreign_roots[-1] or place < 0:
            return False
        self._pop_to(place)
        return True

    def _end_nothing(self, name: bytes) -> None:
        pass

    def _end_scoped(self, name: bytes) -> None:
        if self._in_scope(name):
            self._pop_to(self._last(name))

    def _end_p(self, name: bytes) -> None:
        self._close_p()

    def _end_br(self, name: bytes) -> None:
        self._reopen()

    def _end_li(self, name: bytes) -> None:
        if self._last(name) > max(self._scope[-1], self._last(b"ol"), self._last(b"ul")):
            self._pop_to(self._last(name))

    def _end_heading(self, name: bytes) -> None:
        place = max(self._last(heading) for heading in HEADINGS)
        if place > self._scope[-1]:
            self._pop_to(place)

    def _end_form(self, name: bytes) -> None:
        if self._modes:
            self._end_scoped(name)
            return
        place, self._form = self._form, None
        if place is not None and place >= 0 and place > self._scope[-1]:
            self._close_implied()
            self._kill(place, LEFT)

    def _end_marker(self, name: bytes) -> None:
        if self._in_scope(name):
            self._pop_to(self._last(name))
            self._clear_to_marker()

    def _end_template(self, name: bytes) -> None:
        if self._last(name) >= 0:
            self._pop_to(self._last(name))
            self._clear_to_marker()

    def _end_table_part(self, name: bytes) -> None:
        """``</table>``, a section, a row, a cell or a caption: each ends only inside its own table."""
        cell = self._stack[self._cells[-1]] if self._cells else b""
        place = self._last(name)
        if name in CELLS:
            if cell == name:
                self._close_cell()
        elif place > self._last(b"template") and (name == b"table" or place > self._last(b"table")):
            if cell == b"caption" and name != b"table":
                return
            if cell in CELLS:
                self._close_cell()
            self._pop_to(place)


ROWS = SECTIONS | {b"table", b"tr", b"template"}
_ITEMS, _TERMS = frozenset({b"li"}), frozenset({b"dd", b"dt"})
_TEMPLATE_MODES = {
    **dict.fromkeys(SECTIONS | {b"caption", b"colgroup"}, b"table"),
    b"tr": b"tbody",
    b"td": b"row",
    b"th": b"row",
}


def _table(*rows: tuple[frozenset[bytes], Callable[..., Any]]) -> dict[bytes, Callable[..., Any]]:
    return {name: method for names, method in rows for name in names}


STARTS: dict[bytes, Callable[[OpenElements, bytes, bytes, bool], bool]] = _table(
    (NO_STACK, OpenElements._start_nothing),
    (VOID_INLINE, OpenElements._start_void),
    (names("hr xmp"), OpenElements._start_rule),
    (FORMATTING, OpenElements._start_formatting),
    (BLOCKS | HEADINGS, OpenElements._start_block),
    (_ITEMS | _TERMS, OpenElements._start_item),
    (names("button"), OpenElements._start_button),
    (names("form"), OpenElements._start_form),
    (MARKERS, OpenElements._start_marker),
    (names("select"), OpenElements._start_select),
    (names("option optgroup"), OpenElements._start_option),
    (names("rb rtc rp rt"), OpenElements._start_ruby),
    (names("svg math"), OpenElements._start_graphics),
    (names("template"), OpenElements._start_template),
    (names("table"), OpenElements._start_table),
    (TABLE_PARTS, OpenElements._start_table_part),
)
ENDS: dict[bytes, Callable[[OpenElements, bytes], None]] = _table(
    (names("html head body col colgroup"), OpenElements._end_nothing),
    (BLOCKS | names("button select dd dt"), OpenElements._end_scoped),
    (names("p"), OpenElements._end_p),
    (names("br"), OpenElements._end_br),
    (names("li"), OpenElements._end_li),
    (HEADINGS, OpenElements._end_heading),
    (FORMATTING, OpenElements._adopt),
    (names("form"), OpenElements._end_form),
    (MARKERS, OpenElements._end_marker),
    (names("template"), OpenElements._end_template),
    (names("table caption tbody tfoot thead td th tr"), OpenElements._end_table_part),
)
