"""Bytes to valid UTF-8: which encoding a page is in, how that was found out, and how much of it could not be read."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from cleanbody.compiled import core
from cleanbody.decode.labels import decode_as, encoding_of
from cleanbody.patterns import pattern

__all__ = ["Decoded", "Source", "decode", "encode_text", "looks_binary", "without_surrogates"]

Source = Literal["bom", "utf-8", "mostly-utf-8", "http", "meta", "detector", "fallback"]

_HEAD = 4096  # bytes in which a declaration is looked for; browsers read 1024, real pages put it later
_SAMPLE = 1024  # bytes by which UTF-16 and binary data are told
_DETECT = 200_000  # bytes that the detector sees

_UTF8_BOM = b"\xef\xbb\xbf"
# UTF-32 stands before UTF-16, whose little-endian mark it begins with.
_BOMS = (
    (b"\xff\xfe\x00\x00", "UTF-32LE"),
    (b"\x00\x00\xfe\xff", "UTF-32BE"),
    (_UTF8_BOM, "UTF-8"),
    (b"\xff\xfe", "UTF-16LE"),
    (b"\xfe\xff", "UTF-16BE"),
)
_MARKS = tuple(mark for mark, _ in _BOMS)

# Text in an older encoding holds valid UTF-8 sequences by chance only (a letter of C2-F4 before one of 80-BF; in the
# double-byte encodings of East Asia perhaps one pair in five), while damage to UTF-8 is a broken character here and
# there. So one invalid sequence to ten valid ones is damage; if the page itself says UTF-8, one to one is believed.
_VALID_PER_INVALID = 10
_VALID_PER_INVALID_DECLARED = 1
# A declared encoding is believed if no more of the bytes above ASCII than this share are unreadable in it.
_UNREADABLE = 0.05

# A detector guesses from a handful of bytes as boldly as from a page. The Latin encodings agree on most letters, so
# that it takes more to tell them apart.
_EVIDENCE = 10  # bytes above ASCII
_EVIDENCE_LATIN = 40
_LATIN = frozenset({f"ISO-8859-{part}" for part in (2, 3, 4, 10, 13, 14, 15, 16)})
_LATIN |= {f"windows-{page}" for page in (1250, 1252, 1254, 1257, 1258)} | {"macintosh"}
_DETECTOR_NAMES = {"UHC": "EUC-KR", "MAC-CYRILLIC": "x-mac-cyrillic"}
# Nobody writes the control characters that ISO 8859 has at 80-9F; the Windows page beside it has quotes and dashes.
_WINDOWS_OF = {
    "ISO-8859-2": "windows-1250",
    "ISO-8859-6": "windows-1256",
    "ISO-8859-7": "windows-1253",
    "ISO-8859-8": "windows-1255",
    "ISO-8859-13": "windows-1257",
}
# The two Greek ones differ in one letter: capital alpha with tonos, B6 before a small letter in ISO 8859-7.
_GREEK_ISO = pattern(rb"\xb6[\xdc-\xfe]")
_C1 = re.compile(rb"[\x80-\x9f]")
_NOT_NOW = frozenset({"UTF-8", "UTF-16LE", "UTF-16BE", "replacement"})  # found out by other means, or not at all

_HIGH = bytes(range(0x80, 0x100))
_REPLACEMENT = "\ufffd".encode()
_CUT_OFF = pattern(rb"(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})\Z")  # mid-character

_COMMENT = pattern(rb"<!--(?>[^-]++|-(?!->))*+-->")
_XML_DECLARATION = pattern(rb"""\s*<\?xml\s[^>]*?encoding\s*=\s*["']([^"'>]+)["']""", re.IGNORECASE)
_META = pattern(rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([^\s"'/>;]+)""", re.IGNORECASE)

_MAGIC = pattern(
    rb"%PDF-|%!PS-Adobe|\x89PNG\r\n|GIF8[79]a|\xff\xd8\xff|RIFF....(?:WEBP|WAVE|AVI )|II\*\x00|MM\x00\*|....ftyp|OggS"
    rb"|ID3[\x02-\x04]|fLaC|\x1aE\xdf\xa3|PK\x03\x04|PK\x05\x06|\x1f\x8b|BZh[1-9]|\xfd7zXZ|7z\xbc\xaf|Rar!\x1a"
    rb"|\x28\xb5\x2f\xfd|\x7fELF|\xca\xfe\xba\xbe|\xd0\xcf\x11\xe0|\x00asm|SQLite format 3\x00|wOF[F2]|OTTO\x00"
    rb"|\x00\x01\x00\x00",
    re.DOTALL,
)
_CONTROLS = bytes(code for code in range(0x20) if code not in b"\t\n\v\f\r\x1b") + b"\x7f"
_BINARY_SHARE = 0.05  # of control bytes: text has next to none, compressed data one byte in nine


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page as valid UTF-8.

    data: UTF-8 without a byte order mark; the very bytes that came in, if they were that already.
    encoding: what they were written in, by the name of the WHATWG standard (or UTF-32LE, UTF-32BE).
    source: how that was found.  replaced: how many characters could not be read and are U+FFFD now.
    """

    data: bytes
    encoding: str
    source: Source
    replaced: int = 0

    @property
    def text(self) -> str:
        """The page as a string; decoded anew at each call."""
        return self.data.decode()


def decode(data: bytes, *, http_charset: str | None = None) -> Decoded:
    """Turn the bytes of a page into valid UTF-8, whatever encoding they are in. Never raises.

    data: the bytes of the page, without HTTP headers.  http_charset: the charset of the Content-Type header.
    In this order: byte order mark, UTF-8, UTF-8 with some damage, the HTTP header, the page's own declaration, a
    detector (if faust-cchardet is installed), windows-1252. UTF-8 goes before what the page says, since text of
    another encoding is hardly ever valid UTF-8 by chance, while declarations are often wrong.
    Source: https://encoding.spec.whatwg.org/; the declaration as in HTML, 13.2.3.2, but less particular.

    >>> decode("naïve".encode("latin-1"), http_charset="iso-8859-1")
    Decoded(data=b'na\\xc3\\xafve', encoding='windows-1252', source='http', replaced=0)
    """
    if data.startswith(_MARKS):
        return _from_bom(data, *next((mark, name) for mark, name in _BOMS if data.startswith(mark)))
    wide = _wide(data[:_SAMPLE])
    if wide:
        return _decoded(data, wide, "detector")
    if not _is_utf8(data):
        return _decode_other(data, http_charset)
    # Most pages have a character above ASCII near their beginning; one byte is looked for many times faster than two.
    if data.isascii() and b"\x1b" in data and b"\x1b$" in data and (shifted := _from_shifts(data, http_charset)):
        return shifted
    return Decoded(data, "UTF-8", "utf-8")


def encode_text(text: str) -> bytes:
    """Encode a string as valid UTF-8 without a byte order mark; see :func:`without_surrogates`.

    >>> encode_text("\\ufeffa \\ud83d\\ude00 \\ud800") == "a 😀 \\ufffd".encode()
    True
    """
    return without_surrogates(text.lstrip("\ufeff"))[0].encode()


def without_surrogates(text: str) -> tuple[str, int]:
    """A string that UTF-8 can hold: surrogate pairs are joined, lone ones become U+FFFD. And how many of these.

    >>> without_surrogates("a \\ud83d\\ude00 \\ud800") == ("a 😀 \\ufffd", 1)
    True
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return whole, whole.count("\ufffd") - text.count("\ufffd")
    return text, 0


def looks_binary(data: bytes) -> bool:
    """Tell whether bytes are no text at all: an image, an archive, a program, a PDF, or full of control bytes.

    >>> looks_binary(b"%PDF-1.7"), looks_binary("<p>ok".encode("utf-16")), looks_binary(b"<p>ok")
    (True, False, False)
    """
    sample = data[:_SAMPLE]
    if sample.startswith(_MARKS):
        return False
    if _MAGIC.match(sample):
        return True
    if _wide(sample):
        return False
    return len(sample) - len(sample.translate(None, _CONTROLS)) > _BINARY_SHARE * len(sample)


def _is_utf8(data: bytes) -> bool:
    if core is not None:
        return core.is_utf8(data)
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _from_bom(data: bytes, mark: bytes, name: str) -> Decoded:
    if name == "UTF-32LE" and len(data) % 4:  # UTF-16 whose first character is NUL
        mark, name = mark[:2], "UTF-16LE"
    return _decoded(data[len(mark) :], name, "bom")


def _wide(sample: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: markup is ASCII, so the upper bytes of most characters are NUL."""
    if b"\x00" not in sample:
        return None
    quarter = len(sample) // 4
    # For each place in a group of four bytes, the share of NULs at it.
    nul = [sample[place : 4 * quarter : 4].count(0) / quarter for place in range(4)] if quarter else [0.0] * 4
    many, few = 0.25, 0.05
    if nul[0] <= few and min(nul[1:]) >= many:
        return "UTF-32LE"
    if nul[3] <= few and min(nul[:3]) >= many:
        return "UTF-32BE"
    if max(nul[0], nul[2]) <= few and min(nul[1], nul[3]) >= many:
        return "UTF-16LE"
    if max(nul[1], nul[3]) <= few and min(nul[0], nul[2]) >= many:
        return "UTF-16BE"
    return None


def _from_shifts(data: bytes, http_charset: str | None) -> Decoded | None:
    """ISO-2022-JP is ASCII byte by byte, and so would pass as UTF-8; its escape sequences tell it."""
    declared = _declared(data, http_charset)
    source: Source = next((source for name, source in declared if name == "ISO-2022-JP"), "detector")
    found = _decoded(data, "ISO-2022-JP", source)
    return found if source != "detector" or not found.replaced else None


def _decode_other(data: bytes, http_charset: str | None) -> Decoded:
    """Bytes that are not valid UTF-8."""
    as_utf8 = _decoded(data, "UTF-8", "mostly-utf-8")
    ascii_bytes = len(data.translate(None, _HIGH))
    valid = len(as_utf8.text) - ascii_bytes - as_utf8.replaced
    invalid = as_utf8.replaced - bool(_CUT_OFF.search(data[-3:]))
    if valid and invalid * _VALID_PER_INVALID <= valid:
        return as_utf8
    tolerated = _UNREADABLE * (len(data) - ascii_bytes)
    tried: list[Decoded] = []
    for name, source in _declared(data, http_charset):
        if name == "UTF-8":
            if valid and invalid * _VALID_PER_INVALID_DECLARED <= valid:
                return replace(as_utf8, source=source)
            continue
        tried.append(_decoded(data, name, source))
        if tried[-1].replaced <= tolerated:
            return tried[-1]
    detected = _detect(data, len(data) - ascii_bytes)
    if detected and detected.replaced <= tolerated:
        return detected
    return min(tried, key=lambda found: found.replaced) if tried else _decoded(data, "windows-1252", "fallback")


def _decoded(data: bytes, name: str, source: Source) -> Decoded:
    text = decode_as(data, name)
    own = data.count(_REPLACEMENT) if name == "UTF-8" else 0
    return Decoded(encode_text(text), name, source, text.count("\ufffd") - own)


def _declared(data: bytes, http_charset: str | None) -> list[tuple[str, Source]]:
    """The encodings that the header and the page itself name, in the order of trust."""
    labels: list[tuple[str, Source]] = [(http_charset, "http")] if http_charset else []
    head = _COMMENT.sub(b"", data[:_HEAD])
    found = _XML_DECLARATION.match(head)
    if found:
        labels.append((found[1].decode("latin-1"), "meta"))
    labels += [(label.decode("latin-1"), "meta") for label in _META.findall(head)]
    declared: list[tuple[str, Source]] = []
    for label, source in labels:
        name = encoding_of(label.strip("\"' "))
        if name in ("UTF-16LE", "UTF-16BE") and source == "meta":  # it cannot be: it was read as ASCII
            name = "UTF-8"
        elif name == "x-user-defined" and source == "meta":
            name = "windows-1252"
        if name and name != "replacement":
            declared.append((name, source))
    return declared


def _detect(data: bytes, evidence: int) -> Decoded | None:
    """What a statistical detector says. `evidence`: how many bytes are not ASCII."""
    try:
        import cchardet
    except ImportError:
        return None
    guess = cchardet.detect(data[:_DETECT])["encoding"] or ""
    name = encoding_of(_DETECTOR_NAMES.get(guess, guess))
    if name is None or name in _NOT_NOW or evidence < (_EVIDENCE_LATIN if name in _LATIN else _EVIDENCE):
        return None
    if name in _WINDOWS_OF and (_C1.search(data) or (name == "ISO-8859-7" and not _GREEK_ISO.search(data))):
        name = _WINDOWS_OF[name]
    return _decoded(data, name, "detector")
