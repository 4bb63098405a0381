"""Web archives → pages: every record comes out as exactly one outcome, and every damaged stretch as one more.

>>> from io import BytesIO
>>> http = b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\n<p>Hello"
>>> head = b"WARC/1.0\\r\\nWARC-Type: response\\r\\nContent-Type: application/http\\r\\nContent-Length: %d\\r\\n\\r\\n"
>>> [outcome.body for outcome in read_pages(BytesIO(head % len(http) + http + b"\\r\\n\\r\\n"))]
[b'<p>Hello']
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import BinaryIO

from cleanbody.page import ArchiveError, InputError
from cleanbody.warc import http_body
from cleanbody.warc.framing import RawRecord, raw_records
from cleanbody.warc.http_body import Body, Response
from cleanbody.warc.members import Damage

__all__ = ["ArchiveLimits", "Damage", "Failed", "Outcome", "Record", "Skipped", "read_pages"]

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
XML_TYPES = frozenset({"text/xml", "application/xml"})  # taken where the bytes show XHTML
UNKNOWN_TYPES = frozenset({"", "unknown/unknown", "application/unknown", "*/*"})  # WHATWG MIME Sniffing, 7
MAJOR_TYPES = frozenset({"application", "audio", "font", "image", "model", "multipart", "text", "video"})
TAKEN_STATUSES = frozenset({200, 203})
RECORD_TYPES = frozenset({"continuation", "metadata", "request", "revisit", "warcinfo"})
CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s"';,]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """Caps in bytes that keep memory flat; what is beyond them is passed over, and the record says so.

    block: of a record as it stands in the archive.  body: of a page after decoding.
    """

    block: int = 1 << 25
    body: int = 1 << 24


@dataclass(frozen=True, slots=True)
class Record:
    """A page of an archive: HTML or text, decoded.

    url, date, record_id: as the archive has them.  offset: in the file, bytes, of the compressed member that holds
    the record (of the record itself in plain archives).  content_type: as declared, lower case, without parameters.
    charset: as declared, or ``None``.  status_code: of HTTP, or ``None``.  markup: HTML, not plain text.
    truncated: something of the body is missing.  problems: stable codes of everything found wrong on the way.
    """

    url: str | None
    date: str | None
    record_id: str | None
    offset: int
    content_type: str
    charset: str | None
    status_code: int | None
    body: bytes
    markup: bool = True
    truncated: bool = False
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A sound record that is not a page to clean.

    reason: ``record-TYPE`` (request, revisit, metadata, warcinfo, continuation, other), ``not-http`` (a DNS answer
    and the like), ``http-NNN`` (the status where it is not 200 or 203), ``type-MAJOR`` (image, application …),
    ``type-unknown`` (not declared and not text), ``empty``.
    """

    reason: str
    url: str | None
    record_id: str | None
    offset: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A record whose page is lost.

    reason: ``corrupt-member``, ``truncated-record`` (nothing of the page is there), ``no-record-type``,
    ``bad-http-header`` (neither HTTP nor HTML), or the problem code of a body that could not be decoded
    (``encoding-corrupt``, ``encoding-unknown``, ``too-many-encodings``).
    """

    reason: str
    url: str | None
    record_id: str | None
    offset: int


Outcome = Record | Skipped | Failed | Damage


def read_pages(source: str | os.PathLike[str] | BinaryIO, limits: ArchiveLimits | None = None) -> Iterator[Outcome]:
    """Read an archive record by record, whatever its damage, in memory that does not grow with it.

    source: a path, or a file open in binary mode (standard input too); ``.warc``, ``.warc.gz``, ``.warc.zst`` and WET
    files, told apart by their bytes.  limits: caps in bytes.
    Yields one :class:`Record`, :class:`Skipped` or :class:`Failed` for each record, in order, and a :class:`Damage`
    for each stretch in which no record could be made out. Reading goes on at the next compressed member.
    Raises :class:`ArchiveError` (it cannot be opened or read, or is no WARC archive) and :class:`InputError`.
    """
    limits = limits or ArchiveLimits()
    name = os.fspath(source) if isinstance(source, (str, os.PathLike)) else getattr(source, "name", "the stream")
    if not isinstance(source, (str, os.PathLike)) and not hasattr(source, "read"):
        raise InputError(f"cannot read an archive from {type(source).__name__}; give a path or a binary file")
    return _read_pages(source, str(name), limits)


def _read_pages(source: str | os.PathLike[str] | BinaryIO, name: str, limits: ArchiveLimits) -> Iterator[Outcome]:
    try:
        with open(source, "rb") if isinstance(source, (str, os.PathLike)) else nullcontext(source) as file:
            for event in raw_records(file, limits.block):
                yield event if isinstance(event, Damage) else outcome_of(event, limits.body)
    except ArchiveError as error:
        raise ArchiveError(f"{name}: {error}") from None
    except OSError as error:
        raise ArchiveError(f"{name}: {error.strerror or error}; check the path and that it can be read") from error


def outcome_of(raw: RawRecord, max_body: int) -> Record | Skipped | Failed:
    """What becomes of one raw record: a page, or the reason why not."""
    kind = raw.headers.get("warc-type", "").lower()
    media = _media_type(raw.headers.get("content-type", ""))
    if raw.corrupt:
        return _failed("corrupt-member", raw)
    if not kind:
        return _failed("no-record-type", raw)
    if kind not in ("response", "resource", "conversion"):
        return _skipped(f"record-{kind if kind in RECORD_TYPES else 'other'}", raw)
    is_http = media == "application/http" or (not media and raw.block[:5].upper() == b"HTTP/")
    if kind == "response" and not is_http:
        return _skipped("not-http", raw)
    if not is_http:
        return _page(raw, None, media, raw.headers.get("content-type", ""), _capped(raw.block, max_body))
    response = http_body.split_response(raw.block)
    if response.status is not None and response.status not in TAKEN_STATUSES:
        return _skipped(f"http-{response.status}", raw)
    if response.status is None and not http_body.looks_like_html(raw.block):
        return _failed("bad-http-header", raw)
    declared = response.fields.get("content-type", "")
    media = _media_type(declared)
    if not _may_be_page(media):
        return _skipped(_type_reason(media), raw)
    body = http_body.decode_body(response, max_body)
    return _page(raw, response, media, declared, body)


def _page(
    raw: RawRecord, response: Response | None, media: str, declared: str, body: Body
) -> Record | Skipped | Failed:
    problems = [*raw.problems, *(response.problems if response else ()), *body.problems]
    truncated = body.truncated or not {"record-short", "block-capped", "truncated-member"}.isdisjoint(problems)
    if "warc-truncated" in raw.headers or "warc-segment-number" in raw.headers:
        problems.append("warc-truncated")
        truncated = True
    if not body.decodable:
        return _failed(body.problems[-1], raw)
    if not body.data.strip():
        return _failed("truncated-record", raw) if truncated else _skipped("empty", raw)
    markup = media in HTML_TYPES or (media != "text/plain" and http_body.looks_like_html(body.data))
    if not markup and media != "text/plain" and not (media in UNKNOWN_TYPES and http_body.looks_like_text(body.data)):
        return _skipped(_type_reason(media), raw)
    charset = CHARSET.search(declared)
    return Record(
        url=_url(raw),
        date=raw.headers.get("warc-date"),
        record_id=raw.headers.get("warc-record-id"),
        offset=raw.offset,
        content_type=media,
        charset=charset[1].lower() if charset else None,
        status_code=response.status if response else None,
        body=body.data,
        markup=markup,
        truncated=truncated,
        problems=tuple(dict.fromkeys(problems)),
    )


def _capped(data: bytes, cap: int) -> Body:
    return Body(data[:cap], True, ("body-capped",)) if len(data) > cap else Body(data)


def _media_type(declared: str) -> str:
    return declared.partition(";")[0].partition(",")[0].strip().lower()


def _may_be_page(media: str) -> bool:
    return media in HTML_TYPES or media in XML_TYPES or media in UNKNOWN_TYPES or media == "text/plain"


def _type_reason(media: str) -> str:
    if media in UNKNOWN_TYPES:
        return "type-unknown"
    major = media.partition("/")[0]
    return f"type-{major}" if major in MAJOR_TYPES else "type-other"


def _url(raw: RawRecord) -> str | None:
    url = raw.headers.get("warc-target-uri", "").strip()
    # Some writers took the angle brackets of the WARC/1.0 grammar literally.
    return (url[1:-1] if url.startswith("<") and url.endswith(">") else url) or None


def _skipped(reason: str, raw: RawRecord) -> Skipped:
    return Skipped(reason, _url(raw), raw.headers.get("warc-record-id"), raw.offset)


def _failed(reason: str, raw: RawRecord) -> Failed:
    return Failed(reason, _url(raw), raw.headers.get("warc-record-id"), raw.offset)
