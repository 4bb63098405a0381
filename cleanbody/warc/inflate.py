"""Decompression in small pieces with a cap on what comes out: gzip, deflate, brotli and Zstandard.

Both the archive reader and the decoder of HTTP bodies stand on this room, so a bomb or a broken stream is met in
one place. A decoder is fed pieces so small that one piece cannot unpack to more than some tens of megabytes.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

GZIP_MAGIC = re.compile(rb"\x1f\x8b\x08[\x00-\x1f]")
ZSTD_MAGIC = re.compile(rb"\x28\xb5\x2f\xfd")
GZIP_PIECE = 16_384  # unpacks to 16 MiB at most (deflate packs 1 : 1032 at best)
ZSTD_PIECE = 512  # unpacks to about 16 MiB at most (a block of 128 KiB can be packed into 4 bytes)
ZSTD_MAX_WINDOW = 1 << 27  # what RFC 8878 asks of decoders is 8 MiB; archives made with --long=27 exist
MAX_MEMBERS = 1_000  # gzip members or zstd frames of one HTTP body


class Decoder(Protocol):
    """What :func:`zlib.decompressobj` and its likes have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class End(StrEnum):
    """How the unpacking of a body ended."""

    COMPLETE = "complete"
    SHORT = "short"  # the input ended before the stream did
    CORRUPT = "corrupt"  # the decoder gave up; what came before is kept
    CAPPED = "capped"  # there was more than the cap


class Unpacked(NamedTuple):
    """Unpacked bytes and how the unpacking ended."""

    data: bytes
    end: End


def gzip_decoder() -> Decoder:
    """A new decoder for one gzip member (RFC 1952)."""
    return zlib.decompressobj(31)


def deflate_decoder(head: bytes) -> Decoder:
    """A new decoder for HTTP's ``deflate``: zlib (RFC 1950) as specified, or the raw stream that many servers send."""
    is_zlib = len(head) >= 2 and head[0] & 0x0F == 8 and (head[0] << 8 | head[1]) % 31 == 0
    return zlib.decompressobj(15 if is_zlib else -15)


def zstd_decoders(dictionary: bytes = b"") -> Callable[[], Decoder]:
    """A maker of decoders for one Zstandard frame each (RFC 8878), with a dictionary where the archive brings one.

    The decoders of one maker share their memory: only the latest one may be fed.
    """
    import zstandard

    trained = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    decompressor = zstandard.ZstdDecompressor(dict_data=trained, max_window_size=ZSTD_MAX_WINDOW)
    try:
        decompressor.decompressobj()
    except zstandard.ZstdError:  # a damaged dictionary: frames made without it can still be read
        decompressor = zstandard.ZstdDecompressor(max_window_size=ZSTD_MAX_WINDOW)
    return decompressor.decompressobj


def zstd_decoder() -> Decoder:
    """A new decoder for one Zstandard frame."""
    return zstd_decoders()()


def feed(decoder: Decoder, piece: bytes) -> tuple[bytes, bool]:
    """Feed one piece; return what came out and whether the stream is still sound.

    zlib throws away what a call had unpacked when it meets an error, so the piece is then fed again byte by byte
    to a copy taken before: everything up to the error comes out.

    >>> data = bytearray(zlib.compress(b"some words " * 9)); data[-1] ^= 1
    >>> feed(zlib.decompressobj(), bytes(data)) == (b"some words " * 9, False)
    True
    """
    copy: Callable[[], Any] | None = getattr(decoder, "copy", None)
    spare = copy() if copy else None
    try:
        return decoder.decompress(piece), True
    except Exception:  # zlib.error or zstandard.ZstdError: the latter's module is loaded only where it is used
        return (_up_to_the_error(spare, piece) if spare else b""), False


def _up_to_the_error(decoder: Decoder, piece: bytes) -> bytes:
    parts = []
    for i in range(len(piece)):
        try:
            parts.append(decoder.decompress(piece[i : i + 1]))
        except zlib.error:
            break
    return b"".join(parts)


def unpack(coding: str, data: bytes, cap: int) -> Unpacked:
    """Unpack a whole body, at most `cap` bytes of it.

    coding: ``gzip``, ``deflate``, ``br`` or ``zstd``.  data: the packed bytes.  cap: size of the result, bytes.
    Raises :class:`KeyError` for any other coding. Several gzip members or zstd frames in a row are one body;
    what follows the last of them is ignored, as browsers do.

    >>> unpack("deflate", zlib.compress(b"a" * 1000), cap=10)
    Unpacked(data=b'aaaaaaaaaa', end=<End.CAPPED: 'capped'>)
    """
    if coding == "br":
        return _unpack_brotli(data, cap)
    new, piece_size, magic = {
        "gzip": (gzip_decoder, GZIP_PIECE, GZIP_MAGIC),
        "deflate": (lambda: deflate_decoder(data[:2]), GZIP_PIECE, None),
        "zstd": (zstd_decoder, ZSTD_PIECE, ZSTD_MAGIC),
    }[coding]
    parts: list[bytes] = []
    size = position = 0
    for _ in range(MAX_MEMBERS):
        decoder = new()
        while not decoder.eof:
            piece = data[position : position + piece_size]
            if not piece:
                return Unpacked(b"".join(parts), End.SHORT)
            out, sound = feed(decoder, piece)
            position += len(piece)
            parts.append(out)
            size += len(out)
            if size > cap:
                return Unpacked(b"".join(parts)[:cap], End.CAPPED)
            if not sound:
                return Unpacked(b"".join(parts), End.CORRUPT)
        position -= len(decoder.unused_data)
        if magic is None or not magic.match(data, position):
            return Unpacked(b"".join(parts), End.COMPLETE)
    return Unpacked(b"".join(parts), End.CAPPED)


def _unpack_brotli(data: bytes, cap: int) -> Unpacked:
    import brotli  # type: ignore[import-untyped, unused-ignore]

    decoder = brotli.Decompressor()
    parts: list[bytes] = []
    size = position = 0
    while not decoder.is_finished():
        piece = b""
        if decoder.can_accept_more_data():
            piece = data[position : position + GZIP_PIECE]
            if not piece:
                return Unpacked(b"".join(parts), End.SHORT)
            position += len(piece)
        try:
            # The limit is what stops a bomb: 14 bytes of brotli can stand for a megabyte.
            out = decoder.process(piece, output_buffer_limit=1 << 20)
        except brotli.error:
            return Unpacked(b"".join(parts), End.CORRUPT)
        parts.append(out)
        size += len(out)
        if size > cap:
            return Unpacked(b"".join(parts)[:cap], End.CAPPED)
    return Unpacked(b"".join(parts), End.COMPLETE)
