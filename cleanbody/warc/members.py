"""The members of an archive (gzip members, Zstandard frames, or the whole of a plain one), unpacked piece by piece.

Reading goes on behind a broken member: at the next magic number, which is looked for from the broken one's own on.
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
MAX_HISTORY = 1 << 20  # packed bytes of a member that are read again when it turns out to be broken
LOOKS = 4  # how many times over a damaged archive is looked at before bytes are given up unseen

PLAIN_MAGIC = re.compile(rb"WARC/[01]\.\d")
SKIPPABLE_MAGIC = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")
ZSTD_MAGIC = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
# Compressed bytes look like a magic number now and then, so the flags, XFL and the operating system are looked at too.
GZIP_MEMBER = re.compile(rb"\x1f\x8b\x08[\x00-\x1f][\x00-\xff]{4}[\x00\x02\x04][\x00-\x0d\xff]")


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


class Raw:
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


class Piece(NamedTuple):
    """Unpacked bytes. begins: a member starts here, with a record.  offset: of the member."""

    data: bytes
    offset: int
    begins: bool = False


def detect(raw: Raw) -> Codec | None:
    """How the archive is packed, by the first magic number in its head; ``None`` where there is none."""
    head = raw.peek(DETECT_SIZE)
    found = [(match.start(), codec) for codec in (GZIP, ZSTD, PLAIN) if (match := codec.magic.search(head))]
    return min(found, key=lambda pair: pair[0])[1] if found else None


def pieces(raw: Raw, codec: Codec) -> Iterator[Piece | Damage]:
    """The members of a compressed archive, or the stretches of a plain one, and the damage between them."""
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


def _skippable_frame(raw: Raw) -> bytes:
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


def _member(raw: Raw, codec: Codec, offset: int) -> Iterator[Piece | Damage]:
    """The unpacked bytes of one member; a :class:`Damage` last where it is broken."""
    ahead: bytes | None = b""  # held back until it tells whether a record starts here
    for part in _unpacked(raw, codec, offset):
        if isinstance(part, Damage):
            if ahead:
                yield Piece(ahead, offset, begins=bool(PLAIN_MAGIC.match(ahead)))
            yield part
            return
        if ahead is None:
            yield Piece(part, offset)
            continue
        ahead += part
        if len(ahead) >= 10:
            yield Piece(ahead, offset, begins=bool(PLAIN_MAGIC.match(ahead)))
            ahead = None
    if ahead:
        yield Piece(ahead, offset)


def _unpacked(raw: Raw, codec: Codec, offset: int) -> Iterator[bytes | Damage]:
    decoder = codec.new()
    history: list[bytes] | None = []  # the packed bytes so far, unless they are too many to be read again
    while not decoder.eof:
        piece = raw.read(codec.piece)
        if not piece:
            yield from _cut_off(raw, codec, offset, history)
            return
        out, sound = inflate.feed(decoder, piece)
        if out:
            yield out
        if history is not None:
            history.append(piece)
            history = history if raw.tell() - offset <= MAX_HISTORY else None
        if not sound:
            yield Damage("corrupt-member", offset, _resume(raw, codec, offset, piece, history))
            return
    raw.unread(decoder.unused_data)


def _cut_off(raw: Raw, codec: Codec, offset: int, history: list[bytes] | None) -> Iterator[Damage]:
    """A member that the end of the file met: cut off, or its broken head made it swallow others."""
    if codec is PLAIN:
        return
    data = b"".join(history or [])
    for found in codec.search.finditer(data, 1):
        head, _ = inflate.feed(codec.new(), data[found.start() : found.start() + 512])
        if PLAIN_MAGIC.match(head) and raw.look_again(data[found.start() :]):
            yield Damage("corrupt-member", offset, found.start())
            return
    yield Damage("truncated-member", offset, 0)


def _resume(raw: Raw, codec: Codec, offset: int, piece: bytes, history: list[bytes] | None) -> int:
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
