"""Make the archives of ``fixtures/warc``, each named for its defect, with what reading it must give.

Run ``python tests/make_warcs.py`` to write them again. Packed bytes depend on the versions of the compressors, so the
tests read the files as they stand and compare with `ARCHIVES` what comes out of them.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

import brotli
import zstandard

FOLDER = Path(__file__).parent.parent / "fixtures" / "warc"
PAGES = {path.name.partition(".")[0]: path.read_bytes() for path in sorted((FOLDER / "pages").glob("*.html"))}
FERRY, GARDEN, TART, HINGE = (
    PAGES[name] for name in ("harbour-ferry", "gemeindegarten", "tarte-aux-poireaux", "squeaky-hinge")
)
HTML = "text/html; charset=utf-8"
BOMB = b"<p>" + b" a" * 9_000_000


class Page(NamedTuple):
    """A page must come out, byte for byte, with these problem codes."""

    body: bytes
    problems: tuple[str, ...] = ()
    truncated: bool = False
    markup: bool = True


class Skip(NamedTuple):
    """A record must be skipped."""

    reason: str


class Fail(NamedTuple):
    """A record must be given up."""

    reason: str


class Hole(NamedTuple):
    """A damaged stretch must be reported, with its size in bytes."""

    reason: str
    lost: int


class Made(NamedTuple):
    """An archive and what reading it must give."""

    data: bytes
    outcomes: list[Page | Skip | Fail | Hole]


def record(kind: str, block: bytes, content_type: str = "", url: str = "", drop: str = "", **more: str) -> bytes:
    """One record. drop: a header field to leave out.  more: further fields, ``_`` for ``-``; may replace others."""
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, kind + url + str(zlib.crc32(block)))}>",
        "WARC-Date": "2024-05-01T12:00:00Z",
        "WARC-Target-URI": url,
        "Content-Type": content_type,
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in more.items()},
    }
    lines = [f"{name}: {value}" for name, value in fields.items() if value and name != drop]
    return "\r\n".join(["WARC/1.0", *lines, "", ""]).encode() + block + b"\r\n\r\n"


def http(body: bytes, content_type: str | None = HTML, status: str = "200 OK", **fields: str) -> bytes:
    """An HTTP response as a block. fields: further header fields, ``_`` for ``-``."""
    length = {} if "Transfer_Encoding" in fields else {"Content-Length": str(len(body))}
    typed = {"Content-Type": content_type} if content_type is not None else {}
    fields = {**typed, **length, **{name.replace("_", "-"): value for name, value in fields.items()}}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def response(block: bytes, url: str = "https://example.org/", drop: str = "", **more: str) -> bytes:
    return record("response", block, "application/http; msgtype=response", url, drop, **more)


def pages(*bodies: bytes) -> list[bytes]:
    return [response(http(body), f"https://example.org/{i}") for i, body in enumerate(bodies)]


def packed(records: list[bytes]) -> list[bytes]:
    return [gzip.compress(data, mtime=0) for data in records]


def per_record(records: list[bytes]) -> bytes:
    return b"".join(packed(records))


def chunked(body: bytes, size: int = 700) -> bytes:
    parts = [body[i : i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def example() -> Made:
    """What a small crawl leaves: requests, several packings, a redirect, an error, a picture, seven pages."""
    records = [record("warcinfo", b"software: example\r\n", "application/warc-fields")]
    outcomes: list[Page | Skip | Fail | Hole] = [Skip("record-warcinfo")]
    packings: list[tuple[Callable[[bytes], bytes], dict[str, str]]] = [
        (lambda body: body, {}),
        (lambda body: gzip.compress(body, mtime=0), {"Content_Encoding": "gzip"}),
        (brotli.compress, {"Content_Encoding": "br"}),
        (
            lambda body: chunked(gzip.compress(body, mtime=0)),
            {"Content_Encoding": "gzip", "Transfer_Encoding": "chunked"},
        ),
    ]
    for i, (name, body) in enumerate(PAGES.items()):
        url = f"https://{name}.example/page"
        charset = "iso-8859-1" if name == "gemeindegarten" else "utf-8"
        body = body.decode().encode(charset)
        pack, fields = packings[i % len(packings)]
        records.append(record("request", b"GET /page HTTP/1.1\r\n\r\n", "application/http; msgtype=request", url))
        records.append(response(http(pack(body), f"text/html; charset={charset}", **fields), url))
        outcomes += [Skip("record-request"), Page(body)]
    records.append(response(http(b"", status="301 Moved Permanently", Location="/page"), "https://example.org/old"))
    records.append(response(http(b"<p>Nothing here.", status="404 Not Found"), "https://example.org/gone"))
    records.append(response(http(b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"), "https://example.org/logo.png"))
    return Made(per_record(records), [*outcomes, Skip("http-301"), Skip("http-404"), Skip("type-image")])


def not_pages() -> Made:
    records = {
        record("revisit", http(b""), "application/http; msgtype=response", "https://example.org/"): "record-revisit",
        record("metadata", b"via: https://example.org/\r\n", "application/warc-fields"): "record-metadata",
        record(
            "response", b"20240501120000\nexample.org. 60 IN A 192.0.2.1\n", "text/dns", "dns:example.org"
        ): "not-http",
        record("continuation", b"the rest", WARC_Segment_Number="2"): "record-continuation",
        record("screenshot", b"\x89PNG", "image/png"): "record-other",
        record("resource", b"\x89PNG", "image/png", "file:///logo.png"): "type-image",
        response(http(b"   \r\n ")): "empty",
        response(http(b"")): "empty",
        response(http(b"", status="204 No Content")): "http-204",
        response(http(b"part", status="206 Partial Content")): "http-206",
        response(http(b"Sorry", status="503 Service Unavailable")): "http-503",
        response(http(b"{}", "application/json")): "type-application",
        response(http(b"a{}", "text/css")): "type-text",
        response(http(b"?", "chemical/x-pdb")): "type-other",
        response(http(b"\x00\x01\x02\x03", None)): "type-unknown",
        response(http(b"<rss></rss>", "text/xml")): "type-text",
    }
    return Made(per_record(list(records)), [Skip(reason) for reason in records.values()])


def types() -> Made:
    xhtml = b'<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body><p>Rain.</p></body></html>'
    text = "Es regnet.\n\nUnd es hört nicht auf.".encode()
    records = [
        response(http(FERRY, None)),
        response(http(FERRY, "TEXT/HTML;Charset='UTF-8'")),
        response(http(xhtml, "application/xhtml+xml")),
        response(http(xhtml, "application/xml")),
        response(http(text, "text/plain; charset=utf-8")),
        response(http(text, None)),
        record("resource", FERRY, "text/html", "file:///ferry.html"),
        record("resource", text, "text/plain", "file:///rain.txt"),
    ]
    plain = Page(text, markup=False)
    return Made(
        per_record(records), [Page(FERRY), Page(FERRY), Page(xhtml), Page(xhtml), plain, plain, Page(FERRY), plain]
    )


def wet() -> Made:
    texts = [
        b"The tide was late.\n\nNobody in the village could say why.\n",
        "雨が降った。\n".encode(),
        b"Regen.\n",
    ]
    records = [record("warcinfo", b"software: example\r\n", "application/warc-fields")]
    records += [record("conversion", text, "text/plain", f"https://example.org/{i}") for i, text in enumerate(texts)]
    return Made(per_record(records), [Skip("record-warcinfo"), *(Page(text, markup=False) for text in texts)])


def truncated_member() -> Made:
    """The last member ends in the middle: its body is as long as what could be unpacked."""
    first, second, third = packed(pages(FERRY, GARDEN, TART))
    kept = third[: len(third) * 2 // 3]
    unpacked = zlib.decompressobj(31).decompress(kept)
    body = unpacked[unpacked.index(b"<!DOCTYPE") :]
    short = Page(body, ("record-short", "truncated-member", "http-short"), truncated=True)
    return Made(first + second + kept, [Page(FERRY), Page(GARDEN), short, Hole("truncated-member", 0)])


def corrupt_member() -> Made:
    first, second, third = packed(pages(FERRY, GARDEN, TART))
    broken = bytearray(second)
    broken[len(second) // 2 : len(second) // 2 + 8] = bytes(8)
    return Made(
        first + bytes(broken) + third,
        [Page(FERRY), Fail("corrupt-member"), Hole("corrupt-member", len(second)), Page(TART)],
    )


def crc_mismatch() -> Made:
    first, second, third = packed(pages(FERRY, GARDEN, TART))
    broken = bytearray(second)
    broken[-6] ^= 0xFF
    return Made(
        first + bytes(broken) + third,
        [Page(FERRY), Fail("corrupt-member"), Hole("corrupt-member", len(second)), Page(TART)],
    )


def lost_header() -> Made:
    """A member whose own header is gone: nothing is known of its record."""
    first, second, third = packed(pages(FERRY, GARDEN, TART))
    return Made(first + bytes(20) + second[20:] + third, [Page(FERRY), Hole("stray-bytes", len(second)), Page(TART)])


def swallowing_member() -> Made:
    """One flipped bit in a member's head announces an extra field, which takes in all the members behind it."""
    first, second, third = packed(pages(FERRY, GARDEN, TART))
    broken = bytearray(first)
    broken[3] |= 4
    return Made(bytes(broken) + second + third, [Hole("corrupt-member", len(first)), Page(GARDEN), Page(TART)])


def lying_encoding() -> Made:
    zipped = gzip.compress(TART, mtime=0)
    records = [
        response(http(FERRY, Content_Encoding="gzip")),
        response(http(FERRY, Content_Encoding="br")),
        response(http(FERRY, Content_Encoding="deflate")),
        response(http(zipped)),
        response(http(zstandard.compress(TART))),
        response(http(zipped, Content_Encoding="br")),
        response(http(FERRY, Content_Encoding="utf-8")),
        response(http(FERRY, Content_Encoding="pied-piper")),
        response(http(brotli.compress(FERRY), Content_Encoding="gzip")),
        response(http(brotli.compress(FERRY), Content_Encoding="pied-piper")),
    ]
    lied = Page(FERRY, ("encoding-lied",))
    undeclared = Page(TART, ("encoding-undeclared",))
    outcomes = [lied, lied, lied, undeclared, undeclared, Page(TART, ("encoding-lied",)), Page(FERRY)]
    fails = [Fail("encoding-corrupt"), Fail("encoding-unknown")]
    return Made(per_record(records), [*outcomes, Page(FERRY, ("encoding-unknown",)), *fails])


def encodings(*named: tuple[str, bytes]) -> Made:
    records = [response(http(body, Content_Encoding=name)) for name, body in named]
    return Made(per_record(records), [Page(FERRY)] * len(records))


def stacked_encodings() -> Made:
    zipped = gzip.compress(FERRY, mtime=0)
    five = FERRY
    for _ in range(5):
        five = gzip.compress(five, mtime=0)
    records = [
        response(http(brotli.compress(zipped), Content_Encoding="gzip, br")),
        response(http(gzip.compress(zipped, mtime=0), Content_Encoding="gzip, gzip")),
        response(http(gzip.compress(zipped, mtime=0), Content_Encoding="gzip")),
        response(http(five, Content_Encoding="gzip, gzip, gzip, gzip, gzip")),
    ]
    outcomes = [Page(FERRY), Page(FERRY), Page(FERRY, ("encoding-undeclared",)), Fail("too-many-encodings")]
    return Made(per_record(records), list(outcomes))


def chunked_gzip() -> Made:
    zipped = chunked(gzip.compress(FERRY, mtime=0))
    plain = chunked(FERRY)
    cut = plain.index(b"\r\n2bc\r\n", 1500)
    second = plain.index(b"2bc\r\n", 10)
    broken = plain[:second] + b"xyz\r\n" + plain[second + 5 :]
    transfer = {"Transfer_Encoding": "chunked"}
    records = [
        response(http(zipped, Content_Encoding="gzip", **transfer)),
        response(http(chunked(FERRY), Transfer_Encoding="gzip, chunked")),
        response(http(zipped, Transfer_Encoding="gzip, chunked")),
        response(http(FERRY, **transfer)),
        response(http(plain[: cut - 100], **transfer)),
        response(http(plain[:-5], **transfer)),
        response(http(broken, **transfer)),
    ]
    outcomes = [
        Page(FERRY),
        Page(FERRY, ("encoding-lied",)),
        Page(FERRY),
        Page(FERRY, ("chunking-lied",)),
        Page(FERRY[: cut // 707 * 700 + 600], ("chunking-short",), truncated=True),
        Page(FERRY, ("chunking-short",), truncated=True),
        Page(FERRY[:700], ("chunking-broken",), truncated=True),
    ]
    return Made(b"".join(records), list(outcomes))


def broken_bodies() -> Made:
    zipped = gzip.compress(FERRY, mtime=0)
    half = zlib.decompressobj(31).decompress(zipped[:900])
    records = [
        response(http(zipped[:900], Content_Encoding="gzip")),
        response(http(FERRY[:1000], Content_Length="2900")),
        response(http(FERRY[:1000]), WARC_Truncated="length"),
        response(http(zipped[:-8] + bytes(8), Content_Encoding="gzip")),
        response(http(b"", Content_Length="2900")),
    ]
    outcomes = [
        Page(half, ("encoding-short",), truncated=True),
        Page(FERRY[:1000], ("http-short",), truncated=True),
        Page(FERRY[:1000], ("warc-truncated",), truncated=True),
        Page(FERRY, ("encoding-corrupt",), truncated=True),
        Fail("truncated-record"),
    ]
    return Made(per_record(records), list(outcomes))


def bombs() -> Made:
    """Bodies that unpack to 18 MB: what is within the cap of 16 MiB comes out."""
    records = [
        response(http(gzip.compress(BOMB, mtime=0), Content_Encoding="gzip")),
        response(http(brotli.compress(BOMB, quality=5), Content_Encoding="br")),
        response(http(zstandard.compress(BOMB), Content_Encoding="zstd")),
        response(http(zlib.compress(BOMB), Content_Encoding="deflate")),
    ]
    capped = Page(BOMB[: 1 << 24], ("body-capped",), truncated=True)
    return Made(per_record([*records, *pages(TART)]), [capped] * 4 + [Page(TART)])


def no_content_length() -> Made:
    first, _, third = pages(FERRY, GARDEN, TART)
    broken = response(http(GARDEN), drop="Content-Length")
    return Made(per_record([first, broken, third]), [Page(FERRY), Page(GARDEN, ("no-content-length",)), Page(TART)])


def wrong_content_length() -> Made:
    """Too long by 50 and too short by 100, in a plain archive, where a reader that trusts it loses the next record."""
    block = http(GARDEN)
    longer = response(block, Content_Length=str(len(block) + 50))
    shorter = response(block, Content_Length=str(len(block) - 100))
    wrong = Page(GARDEN, ("record-length",))
    records = [longer, *pages(FERRY), shorter, *pages(TART)]
    return Made(b"".join(records), [wrong, Page(FERRY), wrong, Page(TART)])


def garbage(pack: Callable[[list[bytes]], list[bytes]]) -> Made:
    first, second = pack(pages(FERRY, GARDEN))
    junk = b"Here somebody's disk wrote another file.\r\n" * 40
    return Made(junk + first + junk + second + junk, [
        Hole("stray-bytes", len(junk)), Page(FERRY), Hole("stray-bytes", len(junk)), Page(GARDEN),
        Hole("stray-bytes", len(junk)),
    ])  # fmt: skip


def bad_record_header() -> Made:
    """A header without an end, and a record without a type."""
    first, _, third = pages(FERRY, GARDEN, TART)
    endless = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Le"
    typeless = response(http(GARDEN), drop="WARC-Type")
    return Made(
        first + endless + b"\r\n" + typeless + third,
        [Page(FERRY), Hole("bad-record-header", len(endless) + 2), Fail("no-record-type"), Page(TART)],
    )


def bad_http_header() -> Made:
    blocks: dict[bytes, Page | Skip | Fail] = {
        FERRY: Page(FERRY, ("bad-http-header",)),
        b"HTTP/1.1 200 OK\nContent-Type: text/html\n\n" + FERRY: Page(FERRY),
        b"HTTP/1.1 200\r\nContent-Type:\r\n text/html\r\nno colon here\r\n\r\n" + FERRY: Page(FERRY),
        b"ICY 200 OK\r\ncontent-type: text/html\r\n\r\n" + FERRY: Page(FERRY),
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Le": Skip("empty"),
        b"\x00\x01\x02": Fail("bad-http-header"),
        b"HTT": Fail("bad-http-header"),
    }
    return Made(per_record([response(block) for block in blocks]), list(blocks.values()))


def spanning_members() -> Made:
    """Block gzip: members of equal size that part records anywhere."""
    data = b"".join(pages(FERRY, GARDEN, TART))
    parts = [data[i : i + 1000] for i in range(0, len(data), 1000)]
    return Made(per_record(parts), [Page(FERRY), Page(GARDEN), Page(TART)])


def zstd_archive(dictionary: bytes = b"") -> Made:
    records = pages(FERRY, GARDEN, TART)
    trained = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    frames = [zstandard.ZstdCompressor(dict_data=trained).compress(data) for data in records]
    head = b"\x5d\x2a\x4d\x18" + len(dictionary).to_bytes(4, "little") + dictionary if dictionary else b""
    return Made(head + b"".join(frames), [Page(FERRY), Page(GARDEN), Page(TART)])


THREE = [Page(FERRY), Page(GARDEN), Page(TART)]
ARCHIVES: dict[str, Callable[[], Made]] = {
    "example.warc.gz": example,
    "uncompressed.warc": lambda: Made(b"".join(pages(FERRY, GARDEN, TART)), list(THREE)),
    "one-gzip-stream-for-all.warc.gz": lambda: Made(
        gzip.compress(b"".join(pages(FERRY, GARDEN, TART)), mtime=0), list(THREE)
    ),
    "spanning-members.warc.gz": spanning_members,
    "zstd.warc.zst": zstd_archive,
    "zstd-dictionary.warc.zst": lambda: zstd_archive(FERRY),
    "wet.warc.wet.gz": wet,
    "not-pages.warc.gz": not_pages,
    "types.warc.gz": types,
    "truncated-member.warc.gz": truncated_member,
    "corrupt-member.warc.gz": corrupt_member,
    "crc-mismatch.warc.gz": crc_mismatch,
    "lost-member-header.warc.gz": lost_header,
    "swallowing-member.warc.gz": swallowing_member,
    "lying-encoding.warc.gz": lying_encoding,
    "brotli.warc.gz": lambda: encodings(("br", brotli.compress(FERRY))),
    "deflate-zlib-and-raw.warc.gz": lambda: encodings(
        ("deflate", zlib.compress(FERRY)), ("deflate", raw_deflate(FERRY))
    ),
    "zstd-body.warc.gz": lambda: encodings(("zstd", zstandard.compress(FERRY))),
    "x-gzip.warc.gz": lambda: encodings(
        ("x-gzip", gzip.compress(FERRY, mtime=0)), ("GZIP", gzip.compress(FERRY, mtime=0))
    ),
    "stacked-encodings.warc.gz": stacked_encodings,
    "chunked-gzip.warc": chunked_gzip,
    "broken-bodies.warc.gz": broken_bodies,
    "bombs.warc.gz": bombs,
    "no-content-length.warc.gz": no_content_length,
    "wrong-content-length.warc": wrong_content_length,
    "garbage-between-records.warc.gz": lambda: garbage(packed),
    "garbage-between-records.warc": lambda: garbage(list),
    "bad-record-header.warc": bad_record_header,
    "bad-http-header.warc.gz": bad_http_header,
    "empty.warc.gz": lambda: Made(gzip.compress(b"", mtime=0), []),
}
NOT_ARCHIVES = {
    "not-a-warc.gz": gzip.compress(b"This file was packed, but nobody ever crawled it.\n" * 20, mtime=0),
    "not-a-warc.txt": b"Just a note to self: buy bread.\n",
}


def main() -> None:
    """Write every archive."""
    for name, make in ARCHIVES.items():
        (FOLDER / name).write_bytes(make().data)
    for name, data in NOT_ARCHIVES.items():
        (FOLDER / name).write_bytes(data)


if __name__ == "__main__":
    main()
