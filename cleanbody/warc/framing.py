"""WARC framing (ISO 28500): raw records out of plain, gzip and Zstandard archives, whatever their damage.

The way is bytes of the file → members (gzip members, zstd frames) → sections → raw records. A section is a run of
unpacked bytes that starts where a member starts with a record; so the loss that a broken member or a wrong
``Content-Length`` causes ends at the next member, and a record that spans members (block gzip) is still whole.

Own framing and not an archive library: the libraries measured stop at the first broken member, drop bytes between
records and records swallowed by a wrong length without a word, and so cannot account for every record.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from cleanbody.page import ArchiveError
from cleanbody.warc.members import PLAIN, READ_SIZE, Codec, Damage, Piece, Raw, detect, pieces

MAX_HEADER = 1 << 20  # some archives hold URLs of hundreds of kilobytes

RECORD_START = re.compile(rb"WARC/[01]\.\d+\r?\n(?=[A-Za-z])")
RECORD_INSIDE = re.compile(rb"\n(WARC/[01]\.\d+\r?\n)(?=[A-Za-z])")
HEADER_END = re.compile(rb"\n(?:(\r?\n)|WARC/[01]\.\d+\r?\n)")
RECORD_END = re.compile(rb"(?:\r\n\r\n|\n\n)\Z")
LINE_ENDS = re.compile(rb"[\r\n]*")


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as the archive has it: header fields by lower-case name, the block, and what is wrong with it.

    offset: in the file, bytes, of the member where the record starts (of the record itself in plain archives).
    problems: ``no-content-length``, ``record-short`` (the block ends before its length), ``record-length`` (the
    length is wrong), ``block-capped``, ``truncated-member``.  corrupt: the block stood in a broken member.
    """

    headers: dict[str, str]
    block: bytes
    offset: int
    problems: tuple[str, ...] = ()
    corrupt: bool = False


class _Section:
    """A window on the unpacked bytes from one record start on, up to where the next member starts with a record."""

    def __init__(self, first: Piece, rest: Iterator[Piece | Damage]) -> None:
        self.data = bytearray(first.data)
        self.at = 0
        self.passed = 0  # unpacked bytes already dropped from the front of the window
        self.members = deque([(0, first.offset)])  # where in the unpacked bytes which member starts
        self.next: Piece | None = None
        self.damage: Damage | None = None
        self.open = True
        self._rest = rest

    def need(self, size: int) -> int:
        """Get `size` bytes from the present place on into the window; return how many there are."""
        while self.open and len(self.data) - self.at < size:
            piece = next(self._rest, None)
            if isinstance(piece, Piece) and not piece.begins:
                if piece.data and piece.offset != self.members[-1][1]:
                    self.members.append((self.passed + len(self.data), piece.offset))
                self.data += piece.data
                continue
            self.open = False
            if isinstance(piece, Damage):
                self.damage = piece
            else:
                self.next = piece
        return min(size, len(self.data) - self.at)

    def skip(self, size: int) -> int:
        """Move on by `size` bytes without holding them; return how many there were."""
        skipped = 0
        while skipped < size:
            step = self.need(min(size - skipped, READ_SIZE))
            if not step:
                break
            self.at += step
            skipped += step
            self.trim()
        return skipped

    def trim(self) -> None:
        if self.at:
            del self.data[: self.at]
            self.passed += self.at
            self.at = 0

    def member(self, back: int = 0) -> int:
        """The offset of the member that holds the present place, or the byte `back` before it. Never goes back."""
        place = self.passed + self.at - back
        while len(self.members) > 1 and self.members[1][0] <= place:
            self.members.popleft()
        return self.members[0][1]

    def skip_line_ends(self) -> None:
        while self.need(64):
            found = LINE_ENDS.match(self.data, self.at)
            assert found
            self.at = found.end()
            if self.at < len(self.data):
                break

    def skip_to_record(self) -> int:
        """Move to the next record start, or to the end; return how many bytes were passed."""
        passed = 0
        if self.need(64) and RECORD_START.match(self.data, self.at):
            return 0
        while self.need(READ_SIZE):
            have = len(self.data) - self.at
            found = RECORD_START.search(self.data, self.at)
            step = found.start() - self.at if found else max(have - 16, 0) if self.open else have
            self.at += step
            passed += step
            self.trim()
            if found:
                break
        return passed


def raw_records(file: BinaryIO, max_block: int) -> Iterator[RawRecord | Damage]:
    """Every record of an archive in order, and every stretch in which none could be made out.

    file: open in binary mode; need not be seekable.  max_block: bytes of a record's block that are held; what is
    beyond is passed over, and the record says ``block-capped``.
    Raises :class:`ArchiveError` if the file is not empty and nothing in it is a WARC record.

    >>> from io import BytesIO
    >>> head = b"WARC/1.1\\r\\nWARC-Type: resource\\r\\nContent-Length: 5\\r\\n\\r\\n"
    >>> [record.block for record in raw_records(BytesIO(head + b"Hello\\r\\n\\r\\n"), max_block=100)]
    [b'Hello']
    """
    raw = Raw(file)
    if not raw.peek(1):
        return
    codec = detect(raw)
    if codec is None:
        raise ArchiveError("not a WARC archive: its first 64 KiB hold no gzip member, zstd frame or WARC header")
    found_any = damaged = False
    for event in _read(raw, codec, max_block):
        found_any = found_any or isinstance(event, RawRecord)
        damaged = damaged or isinstance(event, Damage)
        yield event
    if damaged and not found_any:
        raise ArchiveError("not a WARC archive, or damaged from end to end: no record could be made out in it")


def _read(raw: Raw, codec: Codec, max_block: int) -> Iterator[RawRecord | Damage]:
    unpacked = pieces(raw, codec)
    first: Piece | Damage | None = next(unpacked, None)
    while first is not None:
        if isinstance(first, Damage):
            yield first
            first = next(unpacked, None)
            continue
        section = _Section(first, unpacked)
        yield from _records(section, codec, max_block)
        first = section.damage or section.next or next(unpacked, None)


def _records(section: _Section, codec: Codec, max_block: int) -> Iterator[RawRecord | Damage]:
    record: RawRecord | None = None
    owner = 0
    while True:
        section.skip_line_ends()
        section.trim()
        offset = section.passed if codec is PLAIN else section.member()
        stray = section.skip_to_record()
        if record:  # only now it shows whether the member that holds the record's end is sound
            yield _judged(record, None if section.need(1) else section.damage, owner)
            record = None
        if stray:
            yield Damage("stray-bytes", offset, stray)
        if not section.need(1):
            return
        offset = section.passed if codec is PLAIN else section.member()
        header = _take_header(section)
        if isinstance(header, int):
            yield Damage("bad-record-header", offset, header)
        else:
            record = _take_block(section, header, offset, max_block)
            owner = section.member(back=1)


def _judged(record: RawRecord, damage: Damage | None, owner: int) -> RawRecord:
    """The record, told to be corrupt or cut where it stands last in a member (at offset `owner`) that is."""
    if damage is None or damage.offset != owner:
        return record
    if damage.reason == "truncated-member":
        return replace(record, problems=(*record.problems, damage.reason))
    return replace(record, corrupt=True)


def _take_header(section: _Section) -> dict[str, str] | int:
    """Take the header off the window; or return how many bytes were passed because it has no end."""
    for size in (1 << 12, 1 << 16, MAX_HEADER):
        have = section.need(size)
        found = HEADER_END.search(section.data, section.at, section.at + have)
        if found or have < size:
            break
    if found is None:
        return section.skip(have)
    start, section.at = section.at, found.end() if found[1] else found.start() + 1
    if not found[1]:
        return section.at - start
    return parse_fields(bytes(section.data[start : found.start()]))


def parse_fields(data: bytes) -> dict[str, str]:
    """Header fields of a WARC record or an HTTP message by lower-case name; the first line is not one of them.

    Folded lines are joined, fields that stand several times are joined by a comma (RFC 9110, 5.2), lines without a
    colon are passed over.

    >>> parse_fields(b"HTTP/1.1 200 OK\\r\\nVary: a\\r\\nX-Long: one\\r\\n two\\r\\nvary: b")
    {'vary': 'a, b', 'x-long': 'one two'}
    """
    fields: dict[str, list[str]] = {}
    name = ""
    for line in data.decode("utf-8", "replace").split("\n")[1:]:
        head, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and name:
            fields[name][-1] += " " + line.strip()
        elif colon:
            name = head.strip().lower()
            fields.setdefault(name, []).append(value.strip())
    return {name: ", ".join(values) for name, values in fields.items()}


def _take_block(section: _Section, headers: dict[str, str], offset: int, max_block: int) -> RawRecord:
    """Take the block off the window."""
    length = _length(headers)
    size, problems = _block_size(section, length, max_block)
    block = bytes(section.data[section.at : section.at + size])
    section.at += size
    if length is not None and "block-capped" in problems and section.skip(length - size) < length - size:
        problems.append("record-short")
    return RawRecord(headers, block, offset, tuple(problems))


def _length(headers: dict[str, str]) -> int | None:
    declared = headers.get("content-length", "").partition(",")[0].strip()
    return int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 19 else None


def _block_size(section: _Section, length: int | None, max_block: int) -> tuple[int, list[str]]:
    """How many bytes of the window are the block, and what is wrong with it."""
    have = section.need(max_block if length is None else min(length, max_block))
    if length is None:
        size = _up_to_next_record(section, have)
        return size, ["no-content-length", "block-capped"] if size == max_block else ["no-content-length"]
    if length > have == max_block:
        return have, ["block-capped"]
    if have == length and _ends_well(section, length):
        return have, []
    size = _up_to_next_record(section, have)
    if size == have == length:  # too small a length: the block goes on to the next record
        size = _up_to_next_record(section, section.need(max_block))
    return size, ["record-short" if size == have < length else "record-length"]


def _ends_well(section: _Section, length: int) -> bool:
    """Whether behind the block stands what must: line ends and then a record, or nothing more."""
    have = section.need(length + 32)
    tail = bytes(section.data[section.at + length : section.at + have])
    behind = tail.lstrip(b"\r\n")
    return not behind or tail.startswith((b"\r\n\r\n", b"\n\n")) or RECORD_START.match(behind) is not None


def _up_to_next_record(section: _Section, size: int) -> int:
    """How many of the next `size` bytes stand before the line ends that part this record from what comes next."""
    stop = section.at + size
    found = RECORD_INSIDE.search(section.data, section.at, min(stop + 32, len(section.data)))
    end = min(found.start() + 1, stop) if found else stop
    if found or end == len(section.data):
        separator = RECORD_END.search(section.data, max(section.at, end - 4), end)
        end = separator.start() if separator else end
    return end - section.at
