"""An HTTP response as it stands in an archive → status, fields and the decoded body (RFC 9110, RFC 9112).

Archives hold what servers sent and what crawlers made of it: compressed bodies without a word about it, bodies said
to be compressed that are not, chunks that the crawler had already joined. So the bytes decide, the fields are a hint.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from cleanbody.warc import inflate
from cleanbody.warc.framing import parse_fields
from cleanbody.warc.inflate import End

MAX_HEAD = 1 << 20
MAX_CODINGS = 4  # gzip inside gzip exists; more than this is an attack
CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate", "x-deflate": "deflate", "br": "br", "zstd": "zstd"}
PLAIN_CODINGS = frozenset({"", "identity", "none", "chunked", "utf-8", "text/html"})  # the last two are common mistakes

STATUS_LINE = re.compile(rb"[A-Za-z]+(?:/\d[\d.]*)?[ \t]+(\d{3})(?!\d)")
HEAD_END = re.compile(rb"\r?\n\r?\n")
CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,15})[ \t]*(?:;[^\r\n]{0,4096})?\r?\n")
BINARY_BYTES = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")  # WHATWG MIME Sniffing, 3: binary data byte
SNIFF_SIZE = 1445  # the same standard's resource header
HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?[\t\n\x0c\r ]*<(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body"
    rb"|br|p|meta|link)[\t\n\x0c\r />]|(?:\xef\xbb\xbf)?[\t\n\x0c\r ]*<!--",
    re.IGNORECASE,
)
XHTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?[\t\n\x0c\r ]*<\?xml[^>]{0,200}>.{0,1000}?<html[\s>]", re.IGNORECASE | re.DOTALL
)


class Response(NamedTuple):
    """A response: status (``None`` where it has none), fields by lower-case name, body as sent, problem codes."""

    status: int | None
    fields: dict[str, str]
    body: bytes
    problems: tuple[str, ...] = ()


class Body(NamedTuple):
    """A decoded body. truncated: something of it is missing.  decodable: not so where only packed bytes are left."""

    data: bytes
    truncated: bool = False
    problems: tuple[str, ...] = ()
    decodable: bool = True


def looks_like_html(data: bytes) -> bool:
    """Whether bytes start as HTML does (WHATWG MIME Sniffing, 7.1, and XHTML behind an XML declaration).

    >>> looks_like_html(b" <!DOCTYPE html><title>x"), looks_like_html(b"<rss>")
    (True, False)
    """
    return bool(HTML_START.match(data[:SNIFF_SIZE]) or XHTML_START.match(data[:SNIFF_SIZE]))


def looks_like_text(data: bytes) -> bool:
    """Whether bytes are text and not binary: a byte order mark, or no byte that text never holds.

    >>> looks_like_text("Größe".encode()), looks_like_text(b"\\x89PNG\\x0d\\x0a\\x1a\\x0a\\x00")
    (True, False)
    """
    return data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) or not BINARY_BYTES.search(data[:SNIFF_SIZE])


def split_response(block: bytes) -> Response:
    """Part the status line and the fields from the body.

    A block without a status line is all body (HTTP/0.9, and crawlers that left the head out): problem
    ``bad-http-header``.

    >>> split_response(b"HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\n\\r\\n<p>Hello")
    Response(status=200, fields={'content-type': 'text/html'}, body=b'<p>Hello', problems=())
    """
    status = STATUS_LINE.match(block)
    if status is None:
        return Response(None, {}, block, ("bad-http-header",))
    end = HEAD_END.search(block, 0, MAX_HEAD)
    if end is None:
        return Response(int(status[1]), parse_fields(block[:MAX_HEAD]), b"", ("bad-http-header",))
    return Response(int(status[1]), parse_fields(block[: end.start()]), block[end.end() :])


def decode_body(response: Response, cap: int) -> Body:
    """Undo transfer and content codings, at most `cap` bytes of the result.

    Problem codes: ``http-short`` (less than ``Content-Length``), ``chunking-lied`` (not chunked at all),
    ``chunking-broken``, ``chunking-short``, ``encoding-lied`` (not packed at all), ``encoding-undeclared``,
    ``encoding-unknown``, ``encoding-corrupt``, ``encoding-short``, ``too-many-encodings``, ``body-capped``.

    >>> decode_body(Response(200, {"transfer-encoding": "chunked"}, b"5\\r\\nHello\\r\\n0\\r\\n\\r\\n"), cap=100)
    Body(data=b'Hello', truncated=False, problems=(), decodable=True)
    """
    fields, data = response.fields, response.body
    transfer = _tokens(fields.get("transfer-encoding", ""))
    problems: list[str] = []
    if "chunked" in transfer:
        data, problem = dechunk(data)
        problems += [problem] if problem else []
    elif _is_short(fields.get("content-length", ""), data):
        problems.append("http-short")
    codings = [*_tokens(fields.get("content-encoding", "")), *transfer]
    codings = [coding for coding in codings if coding not in PLAIN_CODINGS]
    decoded = _undo(data, codings, cap)
    problems += decoded.problems
    missing = {"http-short", "chunking-broken", "chunking-short"}
    return Body(decoded.data, decoded.truncated or not missing.isdisjoint(problems), tuple(problems), decoded.decodable)


def dechunk(data: bytes) -> tuple[bytes, str]:
    """Join the chunks of a body (RFC 9112, 7.1); return it and a problem code or "".

    >>> dechunk(b"3\\r\\nabc\\r\\n2;x=y\\r\\nde\\r\\n0\\r\\n\\r\\n")
    (b'abcde', '')
    >>> dechunk(b"<p>not chunked")
    (b'<p>not chunked', 'chunking-lied')
    """
    parts: list[bytes] = []
    position = 0
    while size := CHUNK_SIZE.match(data, position):
        length = int(size[1], 16)
        if not length:
            return b"".join(parts), ""
        position = size.end() + length
        parts.append(data[size.end() : position])
        if position > len(data):
            return b"".join(parts), "chunking-short"
        if data.startswith(b"\r\n", position):
            position += 2
        elif data.startswith(b"\n", position):
            position += 1
    if not parts:
        return data, "chunking-lied" if data else ""
    return b"".join(parts), "chunking-short" if position >= len(data) else "chunking-broken"


def _tokens(field: str) -> list[str]:
    return [token.strip().strip("\"'").lower() for token in field.split(",") if token.strip()]


def _is_short(declared: str, data: bytes) -> bool:
    first = declared.partition(",")[0].strip()
    return first.isascii() and first.isdigit() and len(first) < 19 and len(data) < int(first)


def _undo(data: bytes, codings: list[str], cap: int) -> Body:
    """Undo content codings, the last one first, and then what the bytes show to be packed still."""
    problems: list[str] = []
    truncated = False
    for _ in range(MAX_CODINGS):
        declared = bool(codings)
        name = codings.pop() if declared else ""
        coding = CODINGS.get(name, "") if declared else _coding_of(data)
        if not declared and not coding:
            break
        if not declared:
            problems.append("encoding-undeclared")
        data, problem = _undo_one(data, coding, cap)
        if problem in ("encoding-corrupt", "encoding-unknown") and not data:
            return Body(b"", True, (*problems, problem), decodable=False)
        problems += [problem] if problem else []
        truncated = truncated or problem in ("encoding-corrupt", "encoding-short", "body-capped")
    else:
        if codings or _coding_of(data):
            return Body(b"", True, (*problems, "too-many-encodings"), decodable=False)
    if len(data) > cap:
        data, truncated = data[:cap], True
        problems.append("body-capped")
    return Body(data, truncated, tuple(dict.fromkeys(problems)))


def _coding_of(data: bytes) -> str:
    """The coding that bytes show by their magic number; brotli and deflate have none."""
    if inflate.GZIP_MAGIC.match(data):
        return "gzip"
    return "zstd" if inflate.ZSTD_MAGIC.match(data) else ""


def _undo_one(data: bytes, coding: str, cap: int) -> tuple[bytes, str]:
    """Undo one coding ("" for one that is not known); return the bytes and a problem code or ""."""
    shown = _coding_of(data)
    if not data:
        return data, ""
    if not shown and coding in ("", "gzip", "zstd"):
        if looks_like_text(data):
            return data, "encoding-lied" if coding else "encoding-unknown"
        return b"", "encoding-corrupt" if coding else "encoding-unknown"
    out, end = inflate.unpack(shown or coding, data, cap)
    if end in (End.CORRUPT, End.SHORT) and not shown and looks_like_text(data):
        return data, "encoding-lied"
    return out, _PROBLEM_OF[end] or ("encoding-lied" if shown and shown != coding else "")


_PROBLEM_OF = {
    End.COMPLETE: "",
    End.CAPPED: "body-capped",
    End.SHORT: "encoding-short",
    End.CORRUPT: "encoding-corrupt",
}
