"""The bytes of a page before the parser: what would make it slow is capped, what would swallow text is closed.

One pass over the tags, linear in the size of the page whatever it holds. A page with nothing to mend comes back as the
very object that went in.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, fields

from cleanbody.compiled import core
from cleanbody.page import ConfigError, Status
from cleanbody.patterns import pattern
from cleanbody.scan.doctype import is_quirky
from cleanbody.scan.facts import FRAMES, INLINE, OPAQUE, TABLE
from cleanbody.scan.nesting import OpenElements
from cleanbody.scan.quick import is_harmless
from cleanbody.scan.rawtext import RAW, Ending, RawText
from cleanbody.scan.tokens import ATTRIBUTE, TOKEN, attributes, strip_attributes, tag_runs

__all__ = ["Limits", "Scanned", "scan"]

_TAG_RUNS = tag_runs(INLINE, OPAQUE)
_SLASH = 0x2F
_DOCTYPE = pattern(rb"(?>\s++|<!--(?>[^-]++|-(?!->))*+-->|<\?[^>]*+>)*+<!doctype([^>]*)>", re.IGNORECASE)
_UNFINISHED = pattern(rb"(?:<|&#?\w*)\Z")  # what the next word must not run on from
_LONGEST_REFERENCE = 40  # bytes
_STATUSES = (Status.TOO_MANY_ATTRIBUTES, Status.TOO_MANY_TAGS, Status.TOO_DEEP, Status.RESCUED_UNCLOSED)  # of the core


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a page is read; None means no limit.

    max_bytes: size of the page or the text as UTF-8, bytes.
    max_depth: elements open at once. Parsers are quadratic in depth.
    max_tags: tags, comments, and formatting elements that the parser opens again on its own. It bounds memory.
    max_attributes: attributes of one tag. Parsers are quadratic in them, too.
    Raises :class:`ConfigError` where one is neither None nor a whole number from 0 up.

    >>> Limits(max_depth=50).max_tags
    400000
    """

    max_bytes: int | None = 20_000_000
    max_depth: int | None = 1000
    max_tags: int | None = 400_000
    max_attributes: int | None = 500

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
                raise ConfigError(f"{field.name} is {value!r}: give a whole number from 0 up, or None for no limit")


@dataclass(frozen=True, slots=True)
class Scanned:
    """A page that is safe to parse.

    data: the page, UTF-8.  statuses: what was done to it, without repetition, in the order of `Status`.
    rescued: bytes of text that a parser would have swallowed.
    """

    data: bytes
    statuses: tuple[Status, ...] = ()
    rescued: int = 0


def scan(data: bytes, limits: Limits = Limits()) -> Scanned:
    """Make a page safe to parse: cap its size, depth, tags and attributes, and close what would swallow its text.

    data: valid UTF-8.  limits: see `Limits`.
    Beyond a cap tags are dropped, never text. Never raises; linear in time and memory; scanning twice changes nothing
    more (unless closing tags push the page over ``max_bytes``).
    Source: HTML standard, 13.2.5 (tokens) and 13.2.6 (nesting).

    >>> scanned = scan(b"<title>Rain<body><p>It rained.")
    >>> scanned.data, [status.value for status in scanned.statuses], scanned.rescued
    (b'<title>Rain</title><body><p>It rained.', ['rescued:unclosed'], 10)
    """
    small = limits.max_bytes is None or len(data) <= limits.max_bytes
    if small and is_harmless(data, limits.max_depth, limits.max_tags, limits.max_attributes):
        return Scanned(data)
    return mend(data, limits)


def mend(data: bytes, limits: Limits) -> Scanned:
    """What :func:`scan` does with a page that is not certainly harmless."""
    page = _cut(data, limits.max_bytes)
    cut = len(page) < len(data)
    if b"\x00" in page:  # the parser drops them from text, and they hide tag names
        page = page.replace(b"\x00", b"")
    if core is not None:
        doctype = _DOCTYPE.match(page)
        quirks = is_quirky(doctype[1] if doctype else None)
        caps = (limits.max_depth, limits.max_tags, limits.max_attributes)
        page, bits, rescued = core.mend(page, *caps, quirks, TABLE, attributes)
        statuses = {status for number, status in enumerate(_STATUSES) if bits >> number & 1}
    else:
        page, statuses, rescued = mend_whole(page, limits)
    if cut:
        statuses.add(Status.TOO_LARGE)
    return Scanned(page, tuple(sorted(statuses, key=list(Status).index)), rescued)


def mend_whole(data: bytes, limits: Limits) -> tuple[bytes, set[Status], int]:
    """What the core does with a page of the right size: its specification, and what is done where it is not built."""
    work = _Scan(data, limits)
    position: int | None = 0
    while position is not None:
        position = work.read_on(position)
    return work.result(), work.statuses, work.rescued


def _cut(data: bytes, size: int | None) -> bytes:
    """Cap the size, at the end of a character and outside a tag."""
    if size is None or len(data) <= size:
        return data
    while size > 0 and data[size] & 0xC0 == 0x80:
        size -= 1
    data = data[:size]
    opened = data.rfind(b"<")
    return data[:opened] if opened > data.rfind(b">") else data


class _Scan:
    """One pass over one page."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self.statuses: set[Status] = set()
        self.rescued = 0
        self._data = data
        self._max_tags = _or_endless(limits.max_tags)
        self._max_attributes = _or_endless(limits.max_attributes)
        doctype = _DOCTYPE.match(self._data)
        self._tree = OpenElements(limits.max_depth, is_quirky(doctype[1] if doctype else None))
        self._raw = RawText(self._data)
        self._tags = 0
        self._raw_end = -1  # the end tag that stands here belongs to raw text
        self._in_frames = False
        self._flat = False
        self._swallowed_until = 0  # text up to here had been swallowed
        self._out: list[bytes] = []
        self._copied = 0  # the page up to here is in _out

    def result(self) -> bytes:
        return b"".join((*self._out, self._data[self._copied :])) if self._out else self._data

    def _replace(self, start: int, end: int, new: bytes) -> None:
        self._out.append(self._data[self._copied : start])
        if new:
            self._out.append(new)
        if new.isspace():
            self._tree.text(blank=True)  # white space, too, opens formatting elements again
        self._copied = end

    def _drop(self, start: int, end: int, inline: bool) -> None:
        """Take a tag out; a block becomes a line end, so that words stay apart."""
        gap = b"" if inline else b"\n"
        if inline and _UNFINISHED.search(self._data, max(0, start - _LONGEST_REFERENCE), start):
            gap = b" "
        self._replace(start, end, gap)

    def _text(self, start: int, end: int) -> None:
        text = self._data[start:end].strip(b"\t\n\f\r ")
        self._tree.text(not text)
        if start < self._swallowed_until:
            self.rescued += len(text)

    def read_on(self, position: int) -> int | None:
        """Read tokens from `position`; return where to read on, or None at the end."""
        if self._flat:
            return self._flatten(position)
        last, tree = position, self._tree
        for match in TOKEN.finditer(self._data, position):
            start = match.start()
            if start > last and (tree.closed or last < self._swallowed_until):
                self._text(last, start)
            last = match.end()
            self._tags += 1
            if self._tags + tree.clones > self._max_tags and start != self._raw_end:
                self.statuses.add(Status.TOO_MANY_TAGS)
                self._flat = True
                return start
            name = match[1]
            if name is None:
                return self._other(start)
            name = name.lower()
            if name[0] == _SLASH:
                self._end_tag(match, name[1:])
            elif name in RAW and not tree.foreign:
                return self._raw_element(match, name)
            else:
                self._start_tag(match, name)
        if last < self._swallowed_until:
            self._text(last, len(self._data))
        return None

    def _attributes(self, match: re.Match[bytes]) -> bytes:
        """The attributes of a tag, no more than the cap."""
        found: bytes = match[2]
        if len(found) < 2 * self._max_attributes:  # each takes two bytes at least
            return found
        for count, attribute in enumerate(ATTRIBUTE.finditer(found)):
            if count == self._max_attributes:
                self.statuses.add(Status.TOO_MANY_ATTRIBUTES)
                self._replace(match.start(2) + attribute.start(), match.end(3), b"")
                return found[: attribute.start()]
        return found

    def _start_tag(self, match: re.Match[bytes], name: bytes) -> None:
        if name in FRAMES and not self._tree.foreign:
            # A page of frames has no other text than what stands in <noframes>, and no parser reads that.
            self._in_frames = True
            self._replace(match.start(), match.end(), b"\n")
            return
        kept = self._tree.start(name, match[2], match[3][-1:] == b"/")
        if kept:
            self._attributes(match)
        else:
            self.statuses.add(Status.TOO_DEEP)
            self._drop(match.start(), match.end(), name in INLINE)

    def _end_tag(self, match: re.Match[bytes], name: bytes) -> None:
        if self._in_frames and name in FRAMES | {b"noframes"}:
            self._replace(match.start(), match.end(), b"</div>" if name == b"noframes" else b"\n")
        elif not self._tree.end(name):
            self._drop(match.start(), match.end(), name in INLINE)
        else:
            self._attributes(match)

    def _raw_element(self, match: re.Match[bytes], name: bytes) -> int | None:
        """The start tag of an element whose content is not markup; returns where to read on."""
        if name == b"plaintext" or (name == b"noframes" and self._in_frames):
            return self._open_up(match, name)
        self._tree.start(name)
        ending = self._raw.element(name, self._attributes(match), match.end())
        if ending is None:
            return None
        self._raw_end = -1 if ending.close else ending.at
        return self._end_raw(ending)

    def _open_up(self, match: re.Match[bytes], name: bytes) -> int:
        """Make markup of what would be raw text."""
        start, end = match.span()
        self.statuses.add(Status.RESCUED_UNCLOSED)
        if name == b"plaintext":
            self._replace(start, end, b"\n")
        elif self._tree.start(b"div"):
            self._replace(start, end, b"<div>")
        else:
            self.statuses.add(Status.TOO_DEEP)
            self._replace(start, end, b"\n")
        close = self._raw.end_of(name, end) if name == b"noframes" else -1
        self._swallowed_until = max(self._swallowed_until, close if close >= 0 else len(self._data))
        return end

    def _end_raw(self, ending: Ending) -> int:
        if ending.close:
            self.statuses.add(Status.RESCUED_UNCLOSED)
            self._swallowed_until = max(self._swallowed_until, ending.until)
            self._replace(ending.at, ending.at + ending.skip, ending.close)
            self._tags += 1
        return ending.at + ending.skip

    def _other(self, start: int) -> int | None:
        """A comment, a declaration, CDATA, or a tag that never ends; returns where to read on."""
        data = self._data
        if data.startswith(b"<!--", start):
            ending = self._raw.comment(start)
            return None if ending is None else self._end_raw(ending)
        if data.startswith(b"<![CDATA[", start) and self._tree.cdata:
            ending = self._raw.cdata(start)
            if ending is not None:
                return ending.at
            self.statuses.add(Status.RESCUED_UNCLOSED)
            self._swallowed_until = len(data)
            self._replace(start, start + len(b"<![CDATA["), b"")
            return start + len(b"<![CDATA[")
        closed = data.find(b">", start)
        if closed < 0:
            return None  # the parser ignores what is left; there is no other tag in it
        if data[start + 1] in b"!?" or (data[start + 1] == _SLASH and not data[start + 2 : start + 3].isalpha()):
            return closed + 1
        # A tag that no ">" ends, by a quote that was never closed. Without attributes, the rest can be read.
        self.statuses.add(Status.RESCUED_UNCLOSED)
        self._swallowed_until = len(data)
        self._data = data[:start] + strip_attributes(data[start:])
        self._raw = RawText(self._data)
        self._tags -= 1  # it will be read again
        return start

    def _flatten(self, position: int) -> int | None:
        """Beyond the cap on tags: keep the text, drop every tag, and raw text with its tags."""
        for match in _TAG_RUNS.finditer(self._data, position):
            start, end = match.span()
            if match[2]:
                ending = self._raw.element(match[2].lower(), b"", end)
            elif match[4] and self._data.startswith(b"<!--", start):
                ending = self._raw.comment(start)
            elif match[4]:
                resume = self._other(start)
                if resume is not None and resume > start:
                    self._replace(start, resume, b" ")
                return resume
            else:
                self._drop(start, end, inline=match[1] is not None)
                continue
            resume = len(self._data) if ending is None else ending.at + ending.skip
            self._replace(start, resume, b" ")
            return resume
        return None


def _or_endless(limit: int | None) -> int:
    return sys.maxsize if limit is None else limit
