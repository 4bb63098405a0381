"""The inline structure of a block as a stream of tokens, well nested whatever the marks: links, strong, code, images.

At most one mark of a kind is open at a time, and code is always innermost, so every form of output can write the
tokens one after another. Marks are trimmed to their words, as Markdown wants them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from typing import Final, NamedTuple

from cleanbody.marks import Mark, MarkKind
from cleanbody.page import Document
from cleanbody.render_tree import own_text

# Schemes of link targets that are written; `javascript`, `data` and whatever else a browser may act upon are not.
SAFE_SCHEMES: Final = frozenset({"http", "https", "ftp", "sftp", "mailto", "tel", "sms", "geo", "urn", "doi", "magnet"})
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
# Browsers skip these inside a URL (WHATWG URL, 4.4), so `java\nscript:` must not pass.
_SKIPPED_IN_URL: Final = dict.fromkeys((*range(0x20), 0x7F))
_LINE_END: Final = re.compile(r"[\r\n]")
_SPACE: Final = re.compile(r"\s*")
# Where two marks cover the same text, the outer one first.
_ORDER: Final = {MarkKind.LINK: 0, MarkKind.STRONG: 1, MarkKind.EMPHASIS: 2, MarkKind.CODE: 3}


class Op(IntEnum):
    """What a token does."""

    TEXT = 0
    OPEN = 1
    CLOSE = 2
    BREAK = 3
    IMAGE = 4


class Token(NamedTuple):
    """One step through a block: ``text`` is the text or an image's alternative, ``value`` a link's or image's URL."""

    op: Op
    text: str = ""
    kind: MarkKind | None = None
    value: str = ""


class _Span(NamedTuple):
    start: int
    end: int
    kind: MarkKind
    value: str


def safe_url(url: str) -> str:
    """A URL that may be written into a page: tidied, or "" if its scheme is not among `SAFE_SCHEMES`.

    Args:
        url: a link target or image source, as written in the page; relative ones pass.

    >>> safe_url(" /a?b=c "), safe_url("HTTPS://example.org/"), safe_url("java\\nscript:alert(1)"), safe_url("data:,x")
    ('/a?b=c', 'HTTPS://example.org/', '', '')
    """
    url = url.translate(_SKIPPED_IN_URL).strip()
    scheme = _SCHEME.match(url)
    return url if scheme is None or scheme[1].lower() in SAFE_SCHEMES else ""


@dataclass(frozen=True, slots=True)
class Inlines:
    """The marks of some blocks: those inside (`inside`), and images that stand right before a block (`before`)."""

    document: Document
    inside: dict[int, list[Mark]] = field(default_factory=dict)
    before: dict[int, list[Token]] = field(default_factory=dict)

    def tokens(self, block: int, extra: MarkKind | None = None) -> list[Token]:
        """The tokens of a block, all of it inside a mark of kind `extra` if one is given."""
        text = own_text(self.document, block)
        start = self.document.start[block]
        marks = self.inside.get(block, [])
        if extra is not None:
            marks = [Mark(start, start + len(text), extra), *marks]
        return tokenize(text, marks, start)


def gather(document: Document, blocks: Sequence[int], *, links: bool, images: bool) -> Inlines:
    """The marks of some blocks, in one pass over all marks.

    Args:
        document: the page in blocks.
        blocks: indices of the blocks wanted, ascending.
        links, images: whether these are wanted; targets and sources that are not safe are left out.

    >>> from array import array
    >>> document = Document("a b", True, array("l", [0]), array("l", [3]), marks=(Mark(2, 3, MarkKind.STRONG),))
    >>> gather(document, [0], links=True, images=True).inside
    {0: [Mark(start=2, end=3, kind=<MarkKind.STRONG: 'strong'>, value='', title='')]}
    """
    found = Inlines(document)
    marks = document.marks
    reaching: dict[MarkKind, Mark] = {}  # of each kind, the mark that reaches furthest past the blocks done
    at = 0
    for block in blocks:
        start, end = document.start[block], document.end[block]
        if len(document.block_text(block)) != end - start:
            continue  # the text is not the span, so marks have no place in it
        behind = document.end[block - 1] if block else -1
        inside = [mark for mark in reaching.values() if mark.end > start]
        while at < len(marks) and marks.start[at] <= end:
            mark = marks[at]
            at += 1
            if mark.kind is MarkKind.IMAGE:
                source = safe_url(mark.value) if images else ""
                if source and mark.start > start:
                    inside.append(mark._replace(value=source))
                elif source and mark.start > behind:
                    image = Token(Op.IMAGE, " ".join(mark.title.split()), MarkKind.IMAGE, source)
                    found.before.setdefault(block, []).append(image)
                continue
            if mark.kind is MarkKind.LINK:
                mark = mark._replace(value=safe_url(mark.value) if links else "")
                if not mark.value:
                    continue
            if mark.end > start and mark.start < end:
                inside.append(mark)
            if mark.end > end and (mark.kind not in reaching or reaching[mark.kind].end < mark.end):
                reaching[mark.kind] = mark
        if inside:
            found.inside[block] = inside
    return found


def tokenize(text: str, marks: Sequence[Mark] = (), offset: int = 0) -> list[Token]:
    """A text and its marks as tokens: every `OPEN` has its `CLOSE`, well nested; line ends are `BREAK`.

    Args:
        text: a block's text.
        marks: marks in order of start, in characters of a document in which `text` begins at `offset`.

    >>> [token.text or token.op.name for token in tokenize("a b\\nc", [Mark(2, 5, MarkKind.STRONG)])]
    ['a ', 'OPEN', 'b', 'BREAK', 'c', 'CLOSE']
    """
    if not marks and _LINE_END.search(text) is None:
        text = text.strip()
        return [Token(Op.TEXT, text)] if text else []
    low = len(text) - len(text.lstrip())
    high = max(low, len(text.rstrip()))
    breaks = dict(_breaks(text, low, high))
    spans = _spans(text, marks, offset)
    images: dict[int, list[Mark]] = {}
    for mark in marks:
        if mark.kind is MarkKind.IMAGE:
            images.setdefault(max(low, min(mark.start - offset, high)), []).append(mark)
    if not spans and not breaks and not images:
        return [Token(Op.TEXT, text[low:high])] if high > low else []
    edges = {low, high, *breaks, *breaks.values(), *images}
    edges.update(edge for span in spans for edge in (span.start, span.end))
    writer = _Writer()
    pending = iter(spans)
    following = next(pending, None)
    resume = low  # the end of the line end that was last written
    for here, there in pairwise([*sorted(edges), high]):
        writer.wanted = [span for span in writer.wanted if span.end > here]
        while following is not None and following.start <= here:
            writer.want(following)
            following = next(pending, None)
        for mark in images.get(here, ()):
            writer.put(Token(Op.IMAGE, " ".join(mark.title.split()), MarkKind.IMAGE, mark.value))
        if here in breaks:
            resume = breaks[here]
            writer.put(Token(Op.BREAK))
        if resume <= here < there:
            writer.write(text[here:there])
    writer.close_to([])
    return writer.tokens


@dataclass(slots=True)
class _Writer:
    """Tokens so far, which spans are open in them, and which are wanted for the text that comes next."""

    tokens: list[Token] = field(default_factory=list)
    open: list[_Span] = field(default_factory=list)
    wanted: list[_Span] = field(default_factory=list)

    def want(self, span: _Span) -> None:
        code = len(self.wanted) - 1 if self.wanted and self.wanted[-1].kind is MarkKind.CODE else len(self.wanted)
        self.wanted.insert(code, span)

    def close_to(self, wanted: list[_Span]) -> None:
        """Close what is not wanted, and what stands inside it."""
        same = 0
        while same < min(len(self.open), len(wanted)) and self.open[same] is wanted[same]:
            same += 1
        for span in reversed(self.open[same:]):
            self.tokens.append(Token(Op.CLOSE, "", span.kind, span.value))
        del self.open[same:]

    def put(self, token: Token) -> None:
        """Write something that may stand in anything but code."""
        self.close_to([span for span in self.wanted if span.kind is not MarkKind.CODE])
        self.tokens.append(token)

    def write(self, text: str) -> None:
        self.close_to(self.wanted)
        for span in self.wanted[len(self.open) :]:
            self.tokens.append(Token(Op.OPEN, "", span.kind, span.value))
            self.open.append(span)
        self.tokens.append(Token(Op.TEXT, text))


def _spans(text: str, marks: Sequence[Mark], offset: int) -> list[_Span]:
    """Marks as spans of the text, in order of start, outer ones first; those of a kind never overlap."""
    trimmers = {kind: _Trimmer(text) for kind in _ORDER}
    last: dict[MarkKind, _Span] = {}
    spans: list[_Span] = []
    for mark in sorted(marks, key=lambda mark: mark.start):
        if mark.kind is MarkKind.IMAGE:
            continue
        before, trim = last.get(mark.kind), trimmers[mark.kind]
        start = max(mark.start - offset, 0)
        if before is not None and mark.kind is MarkKind.LINK:
            start = max(start, before.end)  # links do not nest
        start = trim.start(start)
        end = trim.end(max(0, min(mark.end - offset, len(text))))
        if start >= end:
            continue
        if before is not None and mark.kind is not MarkKind.LINK and start <= before.end:
            last[mark.kind] = before._replace(end=max(end, before.end))
            continue
        if before is not None:
            spans.append(before)
        last[mark.kind] = _Span(start, end, mark.kind, mark.value)
    spans += last.values()
    return sorted(spans, key=lambda span: (span.start, -span.end, _ORDER[span.kind]))


class _Trimmer:
    """Moves edges over white space; remembers the last stretch, as the next mark would often cross it again."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.leading = self.trailing = (0, 0)

    def start(self, at: int) -> int:
        """The first character at or after `at` that is not white space."""
        if not self.leading[0] <= at < self.leading[1]:
            space = _SPACE.match(self.text, at)
            self.leading = (at, space.end() if space else at)
        return self.leading[1]

    def end(self, at: int) -> int:
        """Behind the last character before `at` that is not white space."""
        if not self.trailing[0] < at <= self.trailing[1]:
            begin = at
            while begin and begin != self.trailing[1] and self.text[begin - 1].isspace():
                begin -= 1
            if begin == self.trailing[1]:
                begin = self.trailing[0]
            self.trailing = (begin, at)
        return self.trailing[0]


def _breaks(text: str, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Each line end between `low` and `high` with the white space around it, as (start, end)."""
    at = low
    while (found := _LINE_END.search(text, at, high)) is not None:
        start = at + len(text[at : found.start()].rstrip())
        space = _SPACE.match(text, found.start(), high)
        at = space.end() if space else found.end()
        yield start, at
