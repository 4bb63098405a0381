"""Already-scraped text in, :class:`~cleanbody.page.Document` out: lines are joined to the blocks that they were.

A scraper leaves a paragraph a line, a line a text node, or lines wrapped at some width; a blank line always parts.
"""

from __future__ import annotations

from array import array
from itertools import pairwise
from typing import Final, NamedTuple

from cleanbody.compiled import core
from cleanbody.decode import without_surrogates
from cleanbody.page import KINDS, MAX_BLOCKS, Document, Flag, InputError, Kind, Status
from cleanbody.patterns import pattern

# A text is hard-wrapped when most lines that have a successor reach the same width, and that width is a page's. Widths
# are in columns: an ideograph takes two (Unicode Standard Annex 11).
WRAP_WIDTHS: Final = (50, 100)
WRAP_SLACK: Final = 16  # columns: a longer word did not fit
WRAP_SHARE: Final = 0.7
WRAP_LINES: Final = 6
# A fragment is joined to its neighbour only where one of them is long enough to be prose (characters).
PROSE: Final = 60
# So many lines in a row that begin in lower case are a list, unless a sentence ends with the last of them.
LIST_LINES: Final = 3
SENTENCE: Final = 10  # columns, some two words: a line this long that ends as a sentence does is one
ORNAMENT: Final = 5  # tildes: a shorter row is a fence sooner than an ornament
LOOK_AHEAD: Final = 200  # lines below a row of tildes that are looked at for code

_LINE = pattern(r"[^\n\r\x0b\x0c\x85\u2028\u2029]+")
_LINE_ENDS = pattern(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_BULLET = pattern(r"(?:[•◦‣▪■●○*+\-–—·»►]|\(?\d{1,3}[.)]|[a-zA-Z][.)])\s+\S")
# CommonMark 0.31, 4.5: behind a fence of back-ticks there are none, and the fence that closes stands alone.
_FENCE = pattern(r"`{3,}+(?!.*`)|~{3,}+")
_CLOSING_FENCE = pattern(r"(?:`{3,}|~{3,})\Z")
_CODE = pattern(r"[{}=;\\]|\w\(|->|::|</")
_WIDE = pattern(r"[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\uffe0-\uffe6]")
_SPACELESS = pattern(r"[\u0e00-\u0e7f\u3001-\u30ff\u3400-\u9fff\uff00-\uffef]")
_ENDS_SENTENCE: Final = frozenset('.!?…。！？؟۔।:：;；»”"')
_CONTINUES: Final = frozenset(",.;:!?)]}’”»%、。，．；：！？）」』】،؛")


class _Line(NamedTuple):
    start: int  # of the first character that is no white space
    end: int
    blank: bool  # a blank line, or the start of the text, stands before it
    indent: int
    width: int  # columns, the indentation among them


def read_text(text: str, *, max_bytes: int | None = None) -> Document:
    """Cut a scraped text into blocks.

    Args:
        text: the text as it came.
        max_bytes: what goes beyond this size, as UTF-8, is cut off, with the status ``too-large``; None for no cap.

    Surrogates, which UTF-8 cannot hold, are joined where they are a pair; lone ones become U+FFFD, with the status
    ``replaced-bytes``.

    Raises:
        InputError: `text` is not a ``str``.

    >>> document = read_text("Rain\\n\\nIt rained\\nall day, said Ann.\\n\\nIt did.")
    >>> [document.block_text(i) for i in range(len(document))]
    ['Rain', 'It rained', 'all day, said Ann.', 'It did.']
    """
    if not isinstance(text, str):
        raise InputError(f"cannot clean a {type(text).__name__} as text: give a str, or use clean() for HTML bytes")
    statuses: list[Status] = []
    text, replaced = without_surrogates(text)
    if replaced:
        statuses.append(Status.REPLACED_BYTES)
    whole, text = text, _capped(text, max_bytes)
    if len(text) < len(whole):
        statuses.append(Status.TOO_LARGE)
    return _read_compiled(text, statuses) if core is not None else read_lines(text, statuses)


def _read_compiled(text: str, statuses: list[Status]) -> Document:
    start, end, kinds, flags, texts, cut = core.read_text(text, MAX_BLOCKS)
    if cut:
        statuses.append(Status.TOO_MANY_BLOCKS)
    if not kinds:
        statuses.append(Status.EMPTY)
    places = array("l", start), array("l", end)
    return _document(text, places, bytearray(kinds), bytearray(flags), texts, statuses)


def read_lines(text: str, statuses: list[Status]) -> Document:
    """What :func:`read_text` does where nothing is compiled: its specification. `statuses`: so far."""
    lines = _lines(text)
    groups = _groups(text, lines)
    if len(groups) > MAX_BLOCKS:
        groups[MAX_BLOCKS:] = [[line for group in groups[MAX_BLOCKS:] for line in group]]
        statuses.append(Status.TOO_MANY_BLOCKS)
    if not groups:
        statuses.append(Status.EMPTY)
    return _document(text, *_blocks(text, groups), statuses)


def _capped(text: str, max_bytes: int | None) -> str:
    """The longest start of a text that is no larger than this as UTF-8."""
    if max_bytes is None or 4 * len(text) <= max_bytes:  # no character takes more
        return text
    data = text[: max_bytes + 1].encode()
    if len(data) <= max_bytes:
        return text
    end = max_bytes
    while data[end] & 0xC0 == 0x80:  # the first byte that is cut off continues a character
        end -= 1
    return data[:end].decode()


def _lines(text: str) -> list[_Line]:
    """The lines that hold anything, with what stands before each."""
    lines: list[_Line] = []
    previous_end = 0
    for match in _LINE.finditer(text):
        raw = match.group()
        bare = raw.strip().lstrip("\ufeff").lstrip()  # a byte order mark that nobody took away is no text
        if not bare:
            continue
        indent = len(raw.rstrip()) - len(bare)
        start = match.start() + indent
        blank = not lines or len(_LINE_ENDS.findall(text, previous_end, start)) > 1
        width = indent + len(bare) + (0 if bare.isascii() else len(_WIDE.findall(bare)))
        lines.append(_Line(start, start + len(bare), blank, indent, width))
        previous_end = start + len(bare)
    return lines


def wrap_width(lengths: list[int]) -> int:
    """The width at which a text was wrapped, 0 where it was not.

    Args:
        lengths: columns of each line that is followed by another one of the same paragraph.

    >>> wrap_width([70, 72, 69, 66, 71, 72, 68]), wrap_width([400, 20, 33, 210, 12, 90, 64])
    (72, 0)
    """
    if len(lengths) < WRAP_LINES:
        return 0
    width = sorted(lengths)[int(len(lengths) * 0.98)]
    low, high = WRAP_WIDTHS
    if not low <= width <= high:
        return 0
    full = sum(width - WRAP_SLACK <= length <= width + 2 for length in lengths)
    return width if full >= WRAP_SHARE * len(lengths) else 0


def _groups(text: str, lines: list[_Line]) -> list[list[_Line]]:
    """The lines of each block."""
    width = wrap_width([line.width for line, nxt in pairwise(lines) if not nxt.blank])
    fences = _closed_fences(text, lines)
    listed: set[int] = set() if width else _list_lines(text, lines)
    groups: list[list[_Line]] = []
    fence = ""
    for line in lines:
        bare = text[line.start : line.end]
        if fence:
            groups[-1].append(line)
            if _CLOSING_FENCE.match(bare) and bare.startswith(fence):
                fence = ""
            continue
        fence = fences.get(line.start, "")
        if fence or not groups or line.blank or line.start in listed or not _joins(text, groups[-1], line, bare, width):
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def _closed_fences(text: str, lines: list[_Line]) -> dict[int, str]:
    """The fences that a later line can close, by where they start; a row of tildes may be an ornament."""
    closing = {"`": 0, "~": 0}  # the longest closing fence of each kind below the line
    fences: dict[int, str] = {}
    for i in range(len(lines) - 1, -1, -1):
        line = lines[i]
        mark = _FENCE.match(text, line.start, line.end)
        if mark and len(mark.group()) <= closing[text[line.start]] and not _is_ornament(text, lines, i):
            fences[line.start] = mark.group()
        if _CLOSING_FENCE.match(text, line.start, line.end):
            closing[text[line.start]] = max(closing[text[line.start]], line.end - line.start)
    return fences


def _is_ornament(text: str, lines: list[_Line], i: int) -> bool:
    """Whether a bare row of tildes parts prose: a long one, or one above sentences or nothing, with no code below."""
    line = lines[i]
    row = text[line.start : line.end]
    if row.strip("~"):
        return False
    sentences, empty = False, True
    for below in lines[i + 1 : i + 1 + LOOK_AHEAD]:
        bare = text[below.start : below.end]
        if not bare.strip("~") and len(bare) >= len(row):
            break
        if below.indent > line.indent or _CODE.search(bare):
            return False
        sentences = sentences or (below.width >= SENTENCE and bare[-1] in _ENDS_SENTENCE)
        empty = False
    return sentences or empty or len(row) >= ORNAMENT


def _list_lines(text: str, lines: list[_Line]) -> set[int]:
    """Where the lines start that begin in lower case and are items of a list, not fragments of a sentence.

    A list begins with its first item, a sentence with a capital; and in a long run of such lines a sentence ends.
    """
    listed: set[int] = set()
    i, n = 0, len(lines)
    while i < n:
        first = i
        while i < n and text[lines[i].start].islower() and (i == first or not lines[i].blank):
            i += 1
        if i == first:
            i += 1
            continue
        opens = lines[first].blank or text[lines[first - 1].end - 1] in _ENDS_SENTENCE
        goes_on = i < n and not lines[i].blank and text[lines[i].start] in _CONTINUES
        ends = goes_on or text[lines[i - 1].end - 1] in _ENDS_SENTENCE
        if opens or (i - first >= LIST_LINES and not ends):
            listed.update(line.start for line in lines[first:i])
    return listed


def _joins(text: str, group: list[_Line], line: _Line, bare: str, width: int) -> bool:
    """Whether a line goes on with the block before it."""
    last = group[-1]
    before = last.end - group[0].start
    tail = text[last.start : last.end]
    if tail == bare or _BULLET.match(bare) or _FENCE.match(text, group[0].start):
        return False
    if width:
        if line.indent > last.indent and tail[-1] in _ENDS_SENTENCE and not _BULLET.match(text, group[0].start):
            return False  # the first line of a paragraph is set in
        return last.width >= width - WRAP_SLACK
    if tail[-1] in _ENDS_SENTENCE or (_CODE.search(bare) and _CODE.search(tail)) or ("\t" in bare and "\t" in tail):
        return False  # two sentences, two lines of code, two rows of a table
    if bare[0] in _CONTINUES and len(bare) > 1:
        return before + len(bare) >= PROSE
    return bare[0].islower() and before + len(bare) >= PROSE and not _is_list_line(tail)


def _is_list_line(line: str) -> bool:
    """Whether a line is one of a list of words rather than a stretch of a sentence."""
    return len(line) < 20 and " " not in line


def _blocks(
    text: str, groups: list[list[_Line]]
) -> tuple[tuple[array[int], array[int]], bytearray, bytearray, tuple[str, ...]]:
    """Where blocks start and end, their kinds and flags, and their texts if these differ from what stands there."""
    count = len(groups)
    kinds, flags, texts = bytearray(count), bytearray(count), []
    start, end = array("l"), array("l")
    joined = False
    for i, group in enumerate(groups):
        first, last = group[0], group[-1]
        own, kind = _block(text, group)
        begin = first.start - first.indent if kind is Kind.CODE else first.start
        start.append(begin)
        end.append(last.end)
        kinds[i] = KINDS.index(kind)
        flags[i] = 0 if first.blank else Flag.AFTER_BREAK
        texts.append(own)
        joined = joined or own != text[begin : last.end]
    return (start, end), kinds, flags, tuple(texts) if joined else ()


def _document(
    text: str,
    places: tuple[array[int], array[int]],
    kinds: bytearray,
    flags: bytearray,
    texts: tuple[str, ...],
    statuses: list[Status],
) -> Document:
    count = len(kinds)
    return Document(
        text=text,
        markup=False,
        start=places[0],
        end=places[1],
        kind=kinds,
        level=bytearray(count),
        flags=flags,
        container=array("l", bytes(array("l").itemsize * count)),
        parent=array("l", [-1]),
        tag=[""],
        names=[""],
        first=array("l", [0]),
        last=array("l", [count]),
        statuses=tuple(dict.fromkeys(statuses)),
        texts=texts,
    )


def _block(text: str, group: list[_Line]) -> tuple[str, Kind]:
    """The text and the kind of a group of lines."""
    first = group[0]
    head = text[first.start : first.end]
    if len(group) > 1 and _FENCE.match(head):
        return text[first.start - first.indent : group[-1].end], Kind.CODE
    pieces = [head]
    for line in group[1:]:
        piece = text[line.start : line.end]
        pieces.append(piece if _touches(pieces[-1][-1], piece[0]) else " " + piece)
    own = "".join(pieces)
    return own, Kind.ITEM if _BULLET.match(head) else Kind.PARAGRAPH


def _touches(left: str, right: str) -> bool:
    """Whether two characters at a joint need no space between them."""
    return left == "-" or right in _CONTINUES or bool(_SPACELESS.match(left) and _SPACELESS.match(right))
