"""Archives: each fixture is named for its defect, and every record of it must be accounted for."""

from __future__ import annotations

import gzip
import io
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from make_warcs import (
    ARCHIVES,
    FERRY,
    FOLDER,
    GARDEN,
    NOT_ARCHIVES,
    TART,
    Fail,
    Hole,
    Made,
    Page,
    Skip,
    chunked,
    http,
    packed,
    pages,
    record,
    response,
)

from cleanbody import ArchiveError, InputError
from cleanbody.warc import ArchiveLimits, Damage, Failed, Outcome, Record, Skipped, http_body, inflate, read_pages
from cleanbody.warc.framing import RawRecord, raw_records


def as_expected(outcome: Outcome) -> Page | Skip | Fail | Hole:
    """An outcome in the terms of `make_warcs`."""
    if isinstance(outcome, Record):
        return Page(outcome.body, outcome.problems, outcome.truncated, outcome.markup)
    if isinstance(outcome, Damage):
        return Hole(outcome.reason, outcome.lost)
    return Skip(outcome.reason) if isinstance(outcome, Skipped) else Fail(outcome.reason)


def read(data: bytes, limits: ArchiveLimits | None = None) -> list[Outcome]:
    return list(read_pages(io.BytesIO(data), limits))


@pytest.mark.parametrize("name", ARCHIVES)
def test_every_record_of_a_fixture_is_accounted_for(name: str) -> None:
    made = ARCHIVES[name]()
    assert [as_expected(outcome) for outcome in read_pages(FOLDER / name)] == made.outcomes
    assert [as_expected(outcome) for outcome in read(made.data)] == made.outcomes


def test_the_fixtures_are_those_that_the_script_makes() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.is_file()} == {*ARCHIVES, *NOT_ARCHIVES}


@pytest.mark.parametrize("name", NOT_ARCHIVES)
def test_what_is_no_archive_is_said_to_be_none(name: str) -> None:
    with pytest.raises(ArchiveError, match=r"not-a-warc.*: not a WARC archive") as caught:
        list(read_pages(FOLDER / name))
    assert "\n" not in str(caught.value)


def test_an_empty_file_holds_no_records() -> None:
    assert read(b"") == []


def test_errors_say_what_and_where(tmp_path: Path) -> None:
    for bad, words in ((tmp_path / "missing.warc", "No such file"), (tmp_path, "directory")):
        with pytest.raises(ArchiveError, match=words) as caught:
            list(read_pages(bad))
        assert str(bad) in str(caught.value)
    with pytest.raises(InputError, match="int"):
        read_pages(3)  # type: ignore[arg-type]
    with pytest.raises(ArchiveError, match="binary"):
        list(read_pages(io.StringIO("WARC/1.0")))  # type: ignore[arg-type]


def test_fields_of_a_record() -> None:
    block = http(FERRY, 'text/html; Charset="ISO-8859-1"')
    data = gzip.compress(record("warcinfo", b"x")) + gzip.compress(response(block, "<https://example.org/a b>"))
    info, page = read(data)
    assert isinstance(info, Skipped) and isinstance(page, Record)
    assert page == Record(
        url="https://example.org/a b",
        date="2024-05-01T12:00:00Z",
        record_id=page.record_id,
        offset=len(gzip.compress(record("warcinfo", b"x"))),
        content_type="text/html",
        charset="iso-8859-1",
        status_code=200,
        body=FERRY,
    )
    assert page.record_id and page.record_id.startswith("<urn:uuid:")


@pytest.mark.parametrize("pack", [list, packed], ids=["plain", "gzip"])
def test_offsets_are_where_records_start(pack: Callable[[list[bytes]], list[bytes]]) -> None:
    parts = pack(pages(FERRY, GARDEN, TART))
    offsets = [sum(map(len, parts[:i])) for i in range(3)]
    assert [outcome.offset for outcome in read(b"".join(parts))] == offsets
    for i, offset in enumerate(offsets):
        assert [as_expected(o) for o in read(b"".join(parts)[offset:])] == [Page(b) for b in (FERRY, GARDEN, TART)[i:]]


class OneByteAtATime(io.RawIOBase):
    """A stream that cannot seek and gives less than it is asked for, as pipes do."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._data.read(min(size, 7))


@pytest.mark.parametrize("name", ["example.warc.gz", "corrupt-member.warc.gz", "zstd.warc.zst", "chunked-gzip.warc"])
def test_a_pipe_gives_what_a_file_gives(name: str) -> None:
    data = (FOLDER / name).read_bytes()
    assert list(read_pages(OneByteAtATime(data))) == read(data)  # type: ignore[arg-type]


def test_an_independent_reader_sees_the_same_blocks() -> None:
    fastwarc = pytest.importorskip("fastwarc.warc")
    for name in ("example.warc.gz", "uncompressed.warc", "not-pages.warc.gz", "zstd.warc.zst"):
        with open(FOLDER / name, "rb") as file:
            theirs = [
                (entry.headers.get("WARC-Target-URI"), entry.reader.read())
                for entry in fastwarc.ArchiveIterator(file, parse_http=False)
            ]
        with open(FOLDER / name, "rb") as file:
            ours = [
                (entry.headers.get("warc-target-uri"), entry.block)
                for entry in raw_records(file, 1 << 25)
                if isinstance(entry, RawRecord)
            ]
        assert ours == theirs


def test_caps_are_kept_and_told() -> None:
    limits = ArchiveLimits(block=2000, body=500)
    first, second = read(b"".join(packed(pages(FERRY, b"<p>" + b"x" * 600))), limits)
    assert isinstance(first, Record) and isinstance(second, Record)
    assert (first.body, first.truncated) == (FERRY[:500], True)
    assert {"block-capped", "body-capped"} <= set(first.problems)
    assert (len(second.body), second.problems) == (500, ("body-capped",))


def test_a_length_beyond_the_end_is_short_and_not_waited_for() -> None:
    page, *rest = read(response(http(FERRY), Content_Length="999999999999"), ArchiveLimits(block=10_000))
    assert as_expected(page) == Page(FERRY, ("record-length",)) and not rest
    limits = ArchiveLimits(block=1000)
    page, *rest = read(response(http(FERRY), Content_Length="999999999999"), limits)
    assert isinstance(page, Record) and page.truncated and not rest
    assert page.problems == ("block-capped", "record-short", "http-short") and FERRY.startswith(page.body)


# Damage anywhere: never an exception but "not an archive", never an outcome made up, sound members never lost.

GOOD = [gzip.compress(part, mtime=0) for part in pages(FERRY, GARDEN, TART, b"<p>short", FERRY)]
GOOD_BODIES = [FERRY, GARDEN, TART, b"<p>short", FERRY]
STARTS = [sum(map(len, GOOD[:i])) for i in range(len(GOOD) + 1)]
GOOD_DATA = b"".join(GOOD)


def outcomes_or_none(data: bytes) -> list[Outcome] | None:
    try:
        return read(data)
    except ArchiveError:
        return None


def check_accounted(data: bytes, touched: set[int]) -> None:
    """Members that were not touched come out whole and clean; the others come out, or are told to be lost."""
    outcomes = outcomes_or_none(data)
    if outcomes is None:
        assert len(touched) == len(GOOD)
        return
    clean = [outcome.body for outcome in outcomes if isinstance(outcome, Record) and not outcome.problems]
    untouched = [body for i, body in enumerate(GOOD_BODIES) if i not in touched]
    assert is_subsequence(untouched, clean)
    assert is_subsequence(clean, GOOD_BODIES)
    told = [o for o in outcomes if isinstance(o, (Failed, Damage)) or (isinstance(o, Record) and o.problems)]
    assert told or len(clean) == len(GOOD)


def is_subsequence(some: list[bytes], whole: list[bytes]) -> bool:
    rest = iter(whole)
    return all(body in rest for body in some)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(GOOD_DATA) - 1), st.integers(1, 255)), min_size=1, max_size=4))
def test_flipped_bytes_are_accounted_for(flips: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD_DATA)
    for position, mask in flips:
        data[position] ^= mask
    touched = {max(i for i in range(len(GOOD)) if STARTS[i] <= position) for position, _ in flips}
    if bytes(data) != GOOD_DATA:
        check_accounted(bytes(data), touched)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(GOOD_DATA) - 1))
def test_a_cut_loses_only_what_is_cut(end: int) -> None:
    outcomes = outcomes_or_none(GOOD_DATA[:end]) or []
    whole = sum(start <= end for start in STARTS[1:])
    bodies = [outcome.body for outcome in outcomes if isinstance(outcome, Record)]
    assert bodies[:whole] == GOOD_BODIES[:whole]
    if end not in STARTS and whole:
        assert any(isinstance(outcome, Damage) for outcome in outcomes)
    for body, good in zip(bodies[whole:], GOOD_BODIES[whole:], strict=False):
        assert good.startswith(body)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([gzip.compress, zstandard.compress, bytes]), st.data())
def test_any_damage_to_any_packing_never_raises(pack: Callable[[bytes], bytes], draw: st.DataObject) -> None:
    data = bytearray(b"".join(pack(part) for part in pages(FERRY, GARDEN)))
    for _ in range(draw.draw(st.integers(1, 5))):
        start = draw.draw(st.integers(0, len(data)))
        stop = draw.draw(st.integers(start, min(len(data), start + 300)))
        data[start:stop] = draw.draw(st.binary(max_size=40))
    for outcome in outcomes_or_none(bytes(data)) or []:
        assert isinstance(outcome, (Record, Skipped, Failed, Damage))


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=400),
    st.dictionaries(
        st.sampled_from(["content-encoding", "transfer-encoding", "content-length", "content-type"]),
        st.sampled_from(["gzip", "br, gzip", "deflate", "zstd", "chunked", "gzip, chunked", "7", "text/html", "", "?"]),
    ),
)
def test_any_body_decodes_to_something_or_says_why(body: bytes, fields: dict[str, str]) -> None:
    decoded = http_body.decode_body(http_body.Response(200, fields, body), cap=1000)
    assert len(decoded.data) <= 1000
    assert decoded.decodable or decoded.problems


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=3000), st.integers(1, 900))
def test_what_is_packed_is_unpacked(body: bytes, size: int) -> None:
    for coding, pack in (
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("zstd", zstandard.compress),
    ):
        assert inflate.unpack(coding, pack(body), 1 << 20) == (body, "complete")
    assert http_body.dechunk(chunked(body, size)) == (body, "")


# Hostile input: bounds are generous; what grows faster than its input takes minutes here.


def hostile() -> dict[str, bytes]:
    header = b"WARC/1.0\r\nWARC-Type: response\r\n"
    nested = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x00\xff\xff\x00\x00"  # a member that holds the next one, stored
    return {
        "headers without an end": header * 60_000,
        "a header line without an end": b"WARC/1.0\r\n" + b"a" * 3_000_000,
        "records without a length": (header + b"\r\n") * 40_000,
        "lengths that are far too long": (header + b"Content-Length: 33000000\r\n\r\n<p>\r\n\r\n") * 20_000,
        "gzip magic numbers": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" * 200_000,
        "gzip members in gzip members": nested * 70_000,
        "empty members": gzip.compress(b"", mtime=0) * 50_000,
        "zstd magic numbers": b"\x28\xb5\x2f\xfd" * 200_000,
        "skippable frames": b"\x50\x2a\x4d\x18\x00\x00\x00\x00" * 100_000,
        "tiny chunks": response(http(b"1\r\na\r\n" * 200_000, Transfer_Encoding="chunked")),
        "tiny members in a body": response(http(gzip.compress(b"a", mtime=0) * 50_000)),
        "encodings without an end": response(http(gzip.compress(FERRY), Content_Encoding="gzip, " * 100_000)),
        "line ends": b"WARC/1.0\r\n" + b"\r\n" * 1_000_000,
    }


@pytest.mark.parametrize("name", hostile())
def test_hostile_archives_end(name: str) -> None:
    data = hostile()[name]
    start = time.monotonic()
    outcomes_or_none(data)
    assert time.monotonic() - start < 30  # a second or two when the machine has nothing else to do


def test_a_bomb_is_not_unpacked_beyond_its_cap(monkeypatch: Any) -> None:
    fed: list[int] = []
    feed = inflate.feed

    def counting(decoder: inflate.Decoder, piece: bytes) -> tuple[bytes, bool]:
        out, sound = feed(decoder, piece)
        fed.append(len(out))
        return out, sound

    monkeypatch.setattr(inflate, "feed", counting)
    bomb = gzip.compress(bytes(50_000_000), compresslevel=9)
    unpacked = inflate.unpack("gzip", bomb, cap=1000)
    assert (len(unpacked.data), unpacked.end) == (1000, inflate.End.CAPPED)
    assert sum(fed) < 20_000_000


def test_made_archives_are_deterministic() -> None:
    made: Made = ARCHIVES["example.warc.gz"]()
    assert made == ARCHIVES["example.warc.gz"]()
