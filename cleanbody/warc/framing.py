"""WARC framing (ISO 28500): raw records out of plain, gzip and Zstandard archives, whatever their damage.

The way is bytes of the file → members (gzip members, zstd frames) → sections → raw records. A section is a run of
unpacked bytes that starts where a member starts with a record; so the loss that a broken member or a wrong
``Content-Length`` causes ends at the next member, and a record that spans members (block gzip) is still whole.

Own framing and not an archive library: the libraries measured stop at the first broken member, drop bytes between
records and records swallowed by a wrong length without a word, and so cannot account for every record.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple

from cleanbody.page import ArchiveError
from cleanbody.warc import inflate

READ_SIZE = 1 << 18
DETECT_SIZE = 1 << 16  # an archive shows what it is within its first 64 KiB
MAX_HEADER = 1 << 20  # a record header: some archives hold URLs of hundreds of kilobytes
MAX_HISTORY = 1 << 20  # packed bytes of a member that are read again when it turns out to be broken
LOOKS = 4  # how many times over a damaged archive is looked at before bytes are given up unseen

PLAIN_MAGIC = re.compile(rb"WARC/[01]\.\d")
SKIPPABLE_MAGIC = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
ZSTD_MAGIC = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
# Compressed bytes look like a magic number now and then, so the flags, XFL and the operating system are looked at too.
GZIP_MEMBER = re.compile(rb"\x1f\x8b\x08[\x00-\x1f][\x00-\xff]{4}[\x00\x02\x04][\x00-\x0d\xff]")

RECORD_START = re.compile(rb"WARC/[01]\.\d+\r?\n(?=[A-Za-z])")
RECORD_INSIDE = re.compile(rb"\n(WARC/[01]\.\d+\r?\n)(?=[A-Za-z])")
HEADER_END = re.compile(rb"\n(?:(\r?\n)|WARC/[01]\.\d+\r?\n)")
LINE_ENDS = re.compile(rb"[\r\n]*")


@dataclass(frozen=True, slots=True)
class Damage:
    """A stretch of the archive in which no record could be made out.

    reason: ``corrupt-member`` or ``truncated-member`` (packed bytes), ``stray-bytes`` or ``bad-record-header``
    (unpacked bytes).  offset: of the member where it starts, bytes of the file.  lost: its size, bytes.
    A truncated member has lost what is not in the file, which nobody can count: ``lost`` is 0 then.
    """

    reason: str
    offset: int
    lost: int


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


class Codec(NamedTuple):
    """How an archive is packed: what a member starts with, how it is decoded, and in which pieces."""

    name: str
    magic: re.Pattern[bytes]
    search: re.Pattern[bytes]  # the same, stricter, for searching in damaged bytes
    new: Callable[[], inflate.Decoder]
    piece: int


class _Plain:
    """The decoder of what is not packed: one member that ends with the file."""

    eof = False
    unused_data = b""

    def decompress(self, data: bytes, /) -> bytes:
        return data


GZIP = Codec("gzip", inflate.GZIP_MAGIC, GZIP_MEMBER, inflate.gzip_decoder, inflate.GZIP_PIECE)
ZSTD = Codec("zstd", ZSTD_MAGIC, ZSTD_MAGIC, inflate.zstd_decoder, inflate.ZSTD_PIECE)
PLAIN = Codec("plain", PLAIN_MAGIC, PLAIN_MAGIC, _Plain, READ_SIZE)


class _Raw:
    """The bytes of the file, read once and in order; what was read can be put back. Needs no seekable file."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._buffer = b""
        self._at = 0
        self._read = 0  # bytes read from the file so far
        self._budget = MAX_HISTORY  # bytes that may be put back for another look: keeps the reading linear

    def tell(self) -> int:
        return self._read - (len(self._buffer) - self._at)

    def peek(self, size: int) -> bytes:
        while len(self._buffer) - self._at < size:
            more = self._file.read(READ_SIZE)
            if not more:
                break
            if not isinstance(more, bytes):
                raise ArchiveError("the archive was opened as text; open it in binary mode ('rb')")
            self._buffer = self._buffer[self._at :] + more
            self._at = 0
            self._read += len(more)
            self._budget += LOOKS * len(more)
        return self._buffer[self._at : self._at + size]

    def read(self, size: int) -> bytes:
        data = self._buffer[self._at : self._at + size] or self.peek(size)
        self._at += len(data)
        return data

    def unread(self, data: bytes) -> None:
        """Put back `data`, the last bytes read."""
        if len(data) <= self._at:
            self._at -= len(data)
        else:
            self._buffer = data + self._buffer[self._at :]
            self._at = 0

    def look_again(self, data: bytes) -> bool:
        """Put back `data`, unless all that was put back so far outgrows what was read."""
        if len(data) > self._budget:
            return False
        self._budget -= len(data)
        self.unread(data)
        return True

    def skip_to(self, magic: re.Pattern[bytes], overlap: int = 16) -> None:
        """Move to the next match of `magic`, or to the end."""
        while True:
            data = self.peek(READ_SIZE)
            found = magic.search(data)
            if found:
                self._at += found.start()
                return
            if len(data) < READ_SIZE:
                self._at += len(data)
                return
            self._at += len(data) - overlap


class _Piece(NamedTuple):
    """Unpacked bytes. begins: a member starts here, with a record.  offset: of the member."""

    data: bytes
    offset: int
    begins: bool = False


def detect(raw: _Raw) -> Codec | None:
    """How the archive is packed, by the first magic number in its head; ``None`` where there is none."""
    head = raw.peek(DETECT_SIZE)
    found = [(match.start(), codec) for codec in (GZIP, ZSTD, PLAIN) if (match := codec.magic.search(head))]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _pieces(raw: _Raw, codec: Codec) -> Iterator[_Piece | Damage]:
    while head := raw.peek(4):
        offset = raw.tell()
        if codec is not PLAIN and not codec.magic.match(head):
            raw.skip_to(codec.search)
            yield Damage("stray-bytes", offset, raw.tell() - offset)
        elif codec.name == "zstd" and SKIPPABLE_MAGIC.match(head):
            dictionary = _skippable_frame(raw)
            if dictionary and not offset:
                codec = codec._replace(new=inflate.zstd_decoders(dictionary))
        else:
            yield from _member(raw, codec, offset)


def _skippable_frame(raw: _Raw) -> bytes:
    """Move behind a skippable frame; return the dictionary where it holds one (the .warc.zst specification)."""
    head = raw.read(8)
    size = int.from_bytes(head[4:8], "little")
    is_dictionary = head[0] == 0x5D
    parts = []
    while size and (part := raw.read(min(size, READ_SIZE))):
        size -= len(part)
        if is_dictionary and raw.tell() < 1 << 25:
            parts.append(part)
    dictionary = b"".join(parts)
    if inflate.ZSTD_MAGIC.match(dictionary):
        dictionary = inflate.unpack("zstd", dictionary, 1 << 25).data
    return dictionary


def _member(raw: _Raw, codec: Codec, offset: int) -> Iterator[_Piece | Damage]:
    """The unpacked bytes of one member; a :class:`Damage` last where it is broken."""
    decoder = codec.new()
    history: list[bytes] | None = []
    ahead: bytes | None = b""  # unpacked bytes held back until they tell whether a record starts here
    while not decoder.eof:
        piece = raw.read(codec.piece)
        out, sound = inflate.feed(decoder, piece) if piece else (b"", True)
        over = not piece or not sound or decoder.eof
        if ahead is not None:
            ahead += out
            if len(ahead) < 10 and not over:
                out = b""
            else:
                yield _Piece(ahead, offset, begins=bool(PLAIN_MAGIC.match(ahead)))
                ahead, out = None, b""
        if out:
            yield _Piece(out, offset)
        if not piece:
            if codec is not PLAIN:
                yield Damage("truncated-member", offset, 0)
            return
        history = _remember(history, piece)
        if not sound:
            yield Damage("corrupt-member", offset, _resume(raw, codec, offset, piece, history))
            return
    raw.unread(decoder.unused_data)


def _remember(history: list[bytes] | None, piece: bytes) -> list[bytes] | None:
    if history is None or (len(history) + 1) * len(piece) > MAX_HISTORY:
        return None
    history.append(piece)
    return history


def _resume(raw: _Raw, codec: Codec, offset: int, piece: bytes, history: list[bytes] | None) -> int:
    """Move to the next member after a broken one; return how many bytes are given up.

    A decoder may run over the end of its broken member before it notices, so the search starts right behind the
    member's own magic number, or at the piece that failed where the member is too long to be read again.
    """
    failed_at = raw.tell() - len(piece)
    if history is None or not raw.look_again(b"".join(history)):
        raw.look_again(piece)
    if raw.tell() == offset:
        raw.read(1)
    raw.skip_to(codec.search)
    return raw.tell() - (failed_at if raw.tell() > failed_at else offset)


class _Section:
    """A window on the unpacked bytes from one record start on, up to where the next member starts with a record."""

    def __init__(self, first: _Piece, rest: Iterator[_Piece | Damage]) -> None:
        self.offset = first.offset
        self.member = first.offset  # of the member that the last bytes of the window came from
        self.data = bytearray(first.data)
        self.at = 0
        self.passed = 0  # unpacked bytes already dropped from the front of the window
        self.next: _Piece | None = None
        self.damage: Damage | None = None
        self.open = True
        self._rest = rest

    def need(self, size: int) -> int:
        """Get `size` bytes from the present place on into the window; return how many there are."""
        while self.open and len(self.data) - self.at < size:
            piece = next(self._rest, None)
            if isinstance(piece, _Piece) and not piece.begins:
                if piece.data:
                    if self.at == len(self.data):
                        self.offset = piece.offset
                    self.member = piece.offset
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
    raw = _Raw(file)
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


def _read(raw: _Raw, codec: Codec, max_block: int) -> Iterator[RawRecord | Damage]:
    pieces = _pieces(raw, codec)
    first: _Piece | Damage | None = next(pieces, None)
    while first is not None:
        if isinstance(first, Damage):
            yield first
            first = next(pieces, None)
            continue
        section = _Section(first, pieces)
        yield from _records(section, codec, max_block)
        first = section.damage or section.next or next(pieces, None)


def _records(section: _Section, codec: Codec, max_block: int) -> Iterator[RawRecord | Damage]:
    while True:
        section.skip_line_ends()
        section.trim()
        if not section.need(32):
            return
        offset = section.passed if codec is PLAIN else section.offset
        if not RECORD_START.match(section.data):
            yield Damage("stray-bytes", offset, section.skip_to_record())
            continue
        header = _take_header(section)
        if isinstance(header, int):
            yield Damage("bad-record-header", offset, header)
            continue
        yield _take_block(section, header, offset, max_block)


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
    """Take the block off the window, with the line ends behind it."""
    length = _length(headers)
    size, problems = _block_size(section, length, max_block)
    block = bytes(section.data[section.at : section.at + size])
    section.at += size
    if length is None:
        block = block.rstrip(b"\r\n")
    elif "block-capped" in problems and section.skip(length - size) < length - size:
        problems.append("record-short")
    section.skip_line_ends()
    damage = None if section.need(1) else section.damage
    reason = damage.reason if damage and damage.offset == section.member else ""
    if reason == "truncated-member":
        problems.append(reason)
    return RawRecord(headers, block, offset, tuple(problems), corrupt=reason == "corrupt-member")


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
    return size, ["record-short" if size == have < length else "record-length"]


def _ends_well(section: _Section, length: int) -> bool:
    """Whether behind the block stands what must: line ends and then a record, or nothing more."""
    have = section.need(length + 32)
    tail = bytes(section.data[section.at + length : section.at + have])
    behind = tail.lstrip(b"\r\n")
    return not behind or tail.startswith((b"\r\n\r\n", b"\n\n")) or RECORD_START.match(behind) is not None


def _up_to_next_record(section: _Section, size: int) -> int:
    """How many of the next `size` bytes stand before another record that a wrong length would swallow."""
    found = RECORD_INSIDE.search(section.data, section.at, min(section.at + size + 32, len(section.data)))
    if found is None:
        return size
    start = found.start(1)
    while start > section.at and section.data[start - 1] in b"\r\n":
        start -= 1
    return min(start - section.at, size)
