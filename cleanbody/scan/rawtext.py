"""Where elements and comments end that hold raw text, and where they should have ended.

A parser reads ``<script>``, ``<iframe>``, ``<title>`` and the like up to their end tag and ignores every other tag. If
the end tag is missing, it takes one that belongs to a later element, or the rest of the page. Each element has its own
sign that this has happened; without the sign nothing is touched. Every search stops at the next start tag of the same
name, so that no byte is searched once for each element before it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cleanbody.patterns import pattern
from cleanbody.scan.elements import names
from cleanbody.scan.tokens import Ahead

RAW = names("iframe noembed noframes plaintext script style textarea title xmp")

_TAG = pattern(rb"</?[a-zA-Z]")
_MARKUP_NEXT = pattern(rb"[\t\n\f\r ]*+</?[a-zA-Z]")
_HEAD_OR_BODY = pattern(rb"</head|<body[\s>]", re.IGNORECASE)
# In a script, markup at the start of a line is hardly ever JavaScript.
_LINE_TAG = pattern(
    rb"[\r\n][\t ]*+(?=</head|</?body|<(?:article|div|form|h[1-6]|header|main|nav|p|script|section|table|ul)[\s>])",
    re.IGNORECASE,
)
# Titles about HTML hold bare tag names; real head elements have attributes, and a swallowed head is long.
_IN_TITLE = pattern(rb"</head|<(?:body|script|style|title)[\s>]|<(?:meta|link)\s++[a-z-]++\s*+=", re.IGNORECASE)
_LONG_TITLE = 200  # bytes
_SCRIPT_STATE = pattern(rb"<!--|-->|</?script(?=[\t\n\f\r />])", re.IGNORECASE)
FALLBACK = b"article aside body center div footer form header html li main noscript section table td tr ul"
# What must be opened before it is closed, if the content is whole.
_PAIRED = {
    b"textarea": pattern(rb"<(/?)(body|form|html|textarea)(?=[\s/>])", re.IGNORECASE),
    b"iframe": pattern(rb"<(/?)(%s|iframe)(?=[\s/>])" % FALLBACK.replace(b" ", b"|"), re.IGNORECASE),
    b"noembed": pattern(rb"<(/?)(%s|noembed)(?=[\s/>])" % FALLBACK.replace(b" ", b"|"), re.IGNORECASE),
}


class Ending(NamedTuple):
    """Where raw text ends.

    at: its end.  close: what must be put there, or b"" if the end is there already.
    until: where a parser would have ended it.  skip: bytes at `at` that `close` stands for.
    """

    at: int
    close: bytes = b""
    until: int = 0
    skip: int = 0


class RawText:
    """Finds the ends of raw text in one page, for positions that grow."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._end_tags = {name: Ahead(rb"</%s(?=[\t\n\f\r />])" % name, data) for name in RAW}
        self._starts = {name: Ahead(rb"<%s(?=[\t\n\f\r />])" % name, data) for name in (b"script", b"style")}
        self._comment_end = Ahead(rb"-->", data)
        self._comment_bang = Ahead(rb"--!>", data)
        self._cdata_end = Ahead(rb"\]\]>", data)
        self._script_ran_away = False

    def element(self, name: bytes, attributes: bytes, start: int) -> Ending | None:
        """The end of the element whose start tag ended at `start`; None if it takes the rest of the page, rightly."""
        end = self._end_tags[name](start)
        if name == b"script":
            return self._script(b"src" in attributes.lower(), start, end)
        at = self._missed_end(name, start, end)
        if at is None:
            return Ending(end) if end >= 0 else None
        return Ending(at, b"</%s>" % name, end if end >= 0 else len(self._data))

    def end_of(self, name: bytes, start: int) -> int:
        """The next end tag of that name, or -1."""
        return self._end_tags[name](start)

    def _missed_end(self, name: bytes, start: int, end: int) -> int | None:
        """Where the missing end tag belongs; None if none is missing. `end`: the next end tag, or -1."""
        data, last = self._data, end if end >= 0 else len(self._data)
        tag = _TAG.search(data, start, last)
        if tag is None:
            return None
        if end < 0:
            return tag.start() if name in (b"style", b"textarea", b"title") else start
        if name == b"style":
            own = self._starts[name](start)
            return tag.start() if 0 <= own < end and _HEAD_OR_BODY.search(data, start, own) else None
        if name == b"title":
            long = end - start > _LONG_TITLE
            return tag.start() if long and _IN_TITLE.search(data, start, end) else None
        if name in _PAIRED and self._is_torn(name, start, end):
            return tag.start() if name == b"textarea" else start
        return None

    def _is_torn(self, name: bytes, start: int, end: int) -> bool:
        """Whether the content closes what it has not opened, or opens the element itself again."""
        opened: dict[bytes, int] = {}
        for match in _PAIRED[name].finditer(self._data, start, end):
            inner = match[2].lower()
            if not match[1]:
                if inner == name:
                    return True
                opened[inner] = opened.get(inner, 0) + 1
            elif opened.get(inner):
                opened[inner] -= 1
            else:
                return True
        return False

    def _script(self, loads: bool, start: int, end: int) -> Ending | None:
        data = self._data
        if end < 0:
            if loads and _MARKUP_NEXT.match(data, start):
                return Ending(start, b"</script>", len(data))
            line = _LINE_TAG.search(data, start)
            return Ending(line.end(), b"</script>", len(data)) if line else None
        if loads and 0 <= self._starts[b"script"](start) < end and _MARKUP_NEXT.match(data, start):
            return Ending(start, b"</script>", end)
        if data.find(b"<!--", start, end) < 0:
            return Ending(end)
        real = -1 if self._script_ran_away else self._escaped_script_end(start)
        if real >= 0:
            return Ending(real)
        return self._close_escaped_script(start, end)

    def _escaped_script_end(self, start: int, stop: int | None = None) -> int:
        """The end of a script that holds ``<!--``: a script inside the comment has its own end tag (13.2.5.17 on)."""
        escaped = doubly = False
        position = start
        last = len(self._data) if stop is None else stop
        while match := _SCRIPT_STATE.search(self._data, position, last):
            token = match[0].lower()
            position = match.end()
            if token == b"<!--":
                escaped = True
                position -= 2  # <!--> is a whole comment
            elif token == b"-->":
                escaped = doubly = False
            elif token == b"<script":
                doubly = escaped
            elif doubly:
                doubly = False
            else:
                return match.start()
        return -1

    def _close_escaped_script(self, start: int, end: int) -> Ending:
        """The comment inside the script never ends, and takes the page along: end it at the first end tag."""
        self._script_ran_away = True
        inner_end = end + len(b"</script>")  # with the byte that ends the name
        if self._escaped_script_end(start, inner_end) >= 0:
            return Ending(end)
        # The first end tag only leaves the inner script; a second one ends the outer.
        after = self._data.find(b">", end) + 1 or len(self._data)
        return Ending(after, b"</script>", len(self._data))

    def comment(self, start: int) -> Ending | None:
        """The end of the comment that begins at `start`; None if it takes the rest of the page, and no tag in it."""
        data = self._data
        ends = [end for end in (self._comment_end(start + 2), self._comment_bang(start + 4)) if end >= 0]
        if not ends:
            loose = data.find(b">", start + 4)
            return Ending(loose, b"-->", len(data), 1) if loose >= 0 else None
        end = min(ends)
        spaced = data.find(b"-- >", start + 4, end)  # an end in SGML, and in the mind of who wrote it
        if spaced >= 0 and data.find(b"<!--", spaced, end) >= 0:
            return Ending(spaced, b"-->", end, 4)
        return Ending(data.index(b">", end) + 1)

    def cdata(self, start: int) -> Ending | None:
        """The end of a CDATA section inside SVG or MathML; None if it has none."""
        end = self._cdata_end(start)
        return Ending(end + 3) if end >= 0 else None
