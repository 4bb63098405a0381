"""`cleanbody corpus`: every row out again with all its other columns; what is no row is told, counted, never lost."""

from __future__ import annotations

import gzip
import io
import json
import math
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from click.testing import CliRunner, Result
from hypothesis import example, given
from hypothesis import strategies as st
from make_warcs import FOLDER, PAGES

import cleanbody
from cleanbody import Cleaner, Config, cli, corpus
from cleanbody.batch import BATCH_SCHEMA, Choice
from cleanbody.corpus import lines, parquet

STORY = "It rained all day, and in the evening, when nobody minded any more, it rained still on hills and roofs alike."
TEXT = f"{STORY}\n\nLeave a Reply"
PAGE = f"<title>Rain on the hills</title><h1>Rain on the hills</h1><p>{STORY}</p><div>Leave a Reply</div>"
ROWS: list[dict[str, Any]] = [
    {"id": 1, "text": TEXT, "tags": ["a", {"b": None}], "big": 2**80, "half": 0.5},
    {"text": STORY, "id": 2, "status": "draft", "empty": {}},
    {"id": "three", "text": "", "url": None},
]
RESULTS = [*cleanbody.batch.DEFAULT_RESULTS, "cleanbody_schema"]


def run(*args: str | Path, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(cli.main, ["corpus", *map(str, args)], input=stdin)


def packed_rows(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def rows_of(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


def clean_lines(data: bytes, **choice: Any) -> tuple[list[dict[str, Any]], corpus.Tally, list[str]]:
    tally, told = corpus.Tally(), []
    options = {"text": "text", "results": ["text"], **choice}
    found = lines.clean_lines(io.BytesIO(data), Cleaner(), Choice(**options), tally, name="in", report=told.append)
    rows = rows_of(b"".join(found))
    assert tally.records == tally.cleaned.total() + tally.skipped.total() + tally.failed.total()
    assert len(told) == tally.failed.total()
    return rows, tally, told


# --- JSON lines ------------------------------------------------------------------------------------------------------


def test_rows_keep_their_order_and_their_values(tmp_path: Path) -> None:
    source, out, summary = (tmp_path / name for name in ("in.jsonl", "out.jsonl", "summary.json"))
    source.write_bytes(packed_rows(ROWS))
    result = run(source, "-o", out, "--text-column", "text", "--summary", summary)
    assert result.exit_code == 0
    rows = rows_of(out.read_bytes())
    made = Cleaner().clean_batch({"text": [row["text"] for row in ROWS]})
    for i, (before, after) in enumerate(zip(ROWS, rows, strict=True)):
        names = {name: f"cleanbody_{name}" if name != "text" and name in before else name for name in RESULTS}
        assert {names[name]: made[name][i] for name in RESULTS} == {name: after[name] for name in names.values()}
        assert {**after, "text": 0} == {**after, **before, "text": 0}
        assert list(after)[: len(before)] == list(before)
    assert rows[1]["status"] == "draft" and rows[1]["cleanbody_status"] == "complete"
    counted = json.loads(summary.read_text())
    assert counted["cleaned"] == {"complete": 2, "empty": 1}
    assert (counted["files"], counted["records"], counted["rows"]) == (1, 3, 3)
    assert counted["cleanbody_schema"] == BATCH_SCHEMA
    assert "3 records in 1 file\n" in result.stderr and f"3 rows written to {out}" in result.stderr


def test_html_with_addresses_and_titles() -> None:
    row = {"page": PAGE, "link": "https://example.org/2020/03/12/rain", "text": "old", "name": "Known"}
    options = [
        "--html-column",
        "page",
        "--url-column",
        "link",
        "--title-column",
        "name",
        "--columns",
        "text, date,title",
    ]
    result = run("-", "-o", "-", *options, stdin=packed_rows([row]))
    added = {"cleanbody_text": STORY, "date": "2020-03-12", "title": "Rain on the hills", "status": "complete"}
    assert rows_of(result.stdout_bytes) == [{**row, **added, "cleanbody_schema": BATCH_SCHEMA}]


def test_options_are_those_of_the_config() -> None:
    out = run("-", "-o", "-", "--text-column", "text", "--keep", "comment-prompt", stdin=packed_rows(ROWS))
    assert rows_of(out.stdout_bytes)[0]["text"] == TEXT
    wanted = Cleaner(Config.recall()).clean_text(TEXT).confidence
    out = run("-", "-o", "-", "--text-column", "text", "--preset", "recall", stdin=packed_rows(ROWS))
    assert rows_of(out.stdout_bytes)[0]["confidence"] == wanted


def test_a_prefix_leaves_all_columns_alone() -> None:
    out = run("-", "-o", "-", "--text-column", "text", "--prefix", "clean_", stdin=packed_rows(ROWS))
    for before, after in zip(ROWS, rows_of(out.stdout_bytes), strict=True):
        assert {name: after[name] for name in before} == before
        assert set(after) - set(before) == {f"clean_{name}" for name in RESULTS[:-1]} | {"cleanbody_schema"}


def zst(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


SKIPPABLE = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"
LINES = packed_rows(ROWS)
PACKED = {
    "plain": LINES,
    "no line end": LINES.rstrip(b"\n"),
    "windows": LINES.replace(b"\n", b"\r\n"),
    "byte order mark": b"\xef\xbb\xbf" + LINES,
    "gzip": gzip.compress(LINES),
    "gzip members": gzip.compress(LINES[:150]) + gzip.compress(LINES[150:]),
    "zstd": zst(LINES),
    "zstd frames": zst(LINES[:150]) + SKIPPABLE + zst(LINES[150:]),
    "zstd, skippable first": SKIPPABLE + zst(LINES),
}


@pytest.mark.parametrize("name", PACKED)
def test_the_first_bytes_say_how_it_is_packed(name: str) -> None:
    wanted = [row["id"] for row in ROWS]
    assert [row["id"] for row in clean_lines(PACKED[name])[0]] == wanted
    result = run("-", "-o", "-", "--text-column", "text", stdin=PACKED[name])
    assert (result.exit_code, [row["id"] for row in rows_of(result.stdout_bytes)]) == (0, wanted)


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_the_name_of_the_output_says_how_to_pack(ending: str, tmp_path: Path) -> None:
    source, out, again = (tmp_path / f"{name}.jsonl{ending}" for name in ("in", "out", "again"))
    source.write_bytes(LINES)
    assert run(source, source, "-o", out, "--text-column", "text").exit_code == 0
    assert run(out, "-o", again, "--text-column", "text").exit_code == 0  # what it writes it reads
    result = run(again, "-o", "-", "--text-column", "text")
    assert [row["id"] for row in rows_of(result.stdout_bytes)] == [1, 2, "three"] * 2


GOOD = json.dumps({"text": STORY}).encode()
BAD: list[tuple[str, bytes, str, str]] = [
    ("cut off", b'{"text": "It rain', "not-json", "line 2: not JSON (Unterminated string starting at, column 10)"),
    ("no JSON", b"It rained.", "not-json", "line 2: not JSON (Expecting value, column 1)"),
    ("two objects", b'{"text": "a"} {"text": "b"}', "not-json", "line 2: not JSON (Extra data, column 15)"),
    ("a list", b'["It rained."]', "not-an-object", "line 2: no JSON object, but a list"),
    ("a text", b'"It rained."', "not-an-object", "line 2: no JSON object, but a str"),
    ("Latin-1", '{"text": "Größe"}'.encode("latin-1"), "not-utf-8", "line 2: not UTF-8 (byte 12)"),
    ("too deep", b'{"text": "a", "x": ' + b"[" * 5000 + b"]" * 5000 + b"}", "not-json", "line 2: JSON that cannot be"),
    ("too large", b'{"text": "a", "x": 1e999}', "not-json", "line 2: JSON that cannot be read (1e999 is no number"),
    ("too many digits", b'{"x": ' + b"9" * 9999 + b"}", "not-json", "line 2: JSON that cannot be read"),
    ("too long", b'{"text": "' + b"a" * 20_000 + b'"}', "line-too-long", "line 2: longer than 20,000 bytes"),
]


@pytest.mark.parametrize(("line", "code", "message"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_a_bad_line_is_told_and_counted(line: bytes, code: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_LINE", 20_000)
    data = b"\n".join([GOOD, line, b" ", GOOD])
    rows, tally, told = clean_lines(data)
    assert [row["text"] for row in rows] == [STORY, STORY]
    assert (tally.failed, tally.skipped) == ({code: 1}, {"blank-line": 1})
    assert told[0].startswith(f"in: {message}") and "\n" not in told[0]
    result = run("-", "-o", "-", "--text-column", "text", stdin=data)
    assert (result.exit_code, len(rows_of(result.stdout_bytes))) == (1, 2)
    assert f"cleanbody corpus: -: {message}" in result.stderr and f"{code} 1" in result.stderr


UNCLEANABLE = [{"text": None}, {"text": 7}, {"text": ["a"]}, {"other": "a"}, {"text": STORY, "url": {}}, {}]


def test_a_row_that_cannot_be_cleaned_is_written_and_says_so() -> None:
    before = [{**row, "id": i} for i, row in enumerate([*UNCLEANABLE, {"text": STORY}])]
    rows, tally, told = clean_lines(packed_rows(before))
    assert [row["status"] for row in rows] == ["failed"] * len(UNCLEANABLE) + ["complete"]
    assert [row["id"] for row in rows] == list(range(len(before)))
    assert rows[3]["other"] == "a" and rows[4]["url"] == {}
    assert (tally.failed, tally.cleaned) == ({"cleaner:InputError": len(UNCLEANABLE)}, {"complete": 1})
    assert told[1] == "in: line 2: cannot clean a int as text: give a str, or use clean() for HTML bytes"


def test_of_many_bad_lines_the_first_are_told() -> None:
    result = run("-", "-o", "-", "--text-column", "text", stdin=GOOD + b"\n" + b"no\n" * 50)
    assert result.stderr.count(": not JSON") == 20
    assert "cleanbody corpus: 30 more rows failed\n" in result.stderr and "not-json 50" in result.stderr


@pytest.mark.parametrize("pack", [gzip.compress, zst], ids=["gzip", "zstd"])
def test_damaged_files_are_read_as_far_as_they_go(pack: Any) -> None:
    many = b"".join(json.dumps({"id": i, "text": f"{i} {STORY}"}).encode() + b"\n" for i in range(200))
    whole = pack(many[:2000]) + pack(many)
    name = "gzip" if pack is gzip.compress else "zstd"
    changed = whole[:-60] + bytes(byte ^ 0xFF for byte in whole[-60:])
    for data in (whole[: len(whole) - 40], changed):
        rows, tally, told = clean_lines(data)
        assert len(rows) > 10 and rows[0]["id"] == 0
        assert tally.failed[f"damaged-{name}"] == 1 and not tally.lossless
        assert told[-1].endswith(f"the {name} data ends too soon or is damaged: this line and what follows are lost")
        assert run("-", "-o", "-", "--text-column", "text", stdin=data).exit_code == 1
    result = run("-", "-o", "-", "--text-column", "text", stdin=whole[:12])
    assert (result.exit_code, result.stderr) == (
        2,
        f"cleanbody: -: the {name} data is damaged from the start; fetch it again\n",
    )


def test_one_file_of_several_is_of_another_kind(tmp_path: Path) -> None:
    good, bad, out = (tmp_path / name for name in ("good.jsonl", "bad.csv", "out.jsonl"))
    good.write_bytes(LINES)
    bad.write_text("id,text\n1,It rained.\n")
    result = run(good, bad, good, "-o", out, "--text-column", "text")
    assert (result.exit_code, len(rows_of(out.read_bytes()))) == (1, 2 * len(ROWS))
    assert f"cleanbody corpus: {bad}: no JSON object in the first 2 lines; give JSON lines" in result.stderr


def test_a_wrong_name_is_told_before_the_end() -> None:
    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            return GOOD + b"\n"

    found = lines.clean_lines(
        Endless(), Cleaner(), Choice(text="txt"), corpus.Tally(), name="in", report=lambda what: None  # type: ignore[arg-type]
    )  # fmt: skip
    with pytest.raises(cleanbody.ArchiveError, match=r"^in: no column 'txt' in the first 1,000 lines; .* has text$"):
        list(found)


def test_memory_is_for_one_line_at_a_time() -> None:
    """Rows come out while the file goes in: what is read ahead is bounded, whatever the file's size."""
    read = Counter[str]()

    class Counting(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            assert size is not None and 0 < size <= 1 << 16
            data = super().read(size)
            read["bytes"] += len(data)
            return data

    for data in ((GOOD + b"\n") * 50_000, gzip.compress((GOOD + b"\n") * 500_000, 1)):
        read.clear()
        found = lines.clean_lines(
            Counting(data), Cleaner(), Choice(text="text"), corpus.Tally(), name="in", report=print
        )
        assert len(list(islice(found, 20))) == 20
        assert 0 < read["bytes"] <= 1 << 17 < len(data)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(codec=None), max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)


@given(st.dictionaries(st.text(st.characters(codec=None), max_size=8), JSON, max_size=4))
@example({"x": "\udc00", "y": [math.nan, -0.0, 1e-320], "status": 1, "cleanbody_status": 2})
def test_any_other_columns_are_kept(others: dict[str, Any]) -> None:
    others = {name: value for name, value in others.items() if not name.startswith("cleanbody_")}
    others = {name: value for name, value in others.items() if name not in ("text", "title", "url", "html")}
    after = clean_lines(json.dumps({**others, "text": TEXT}).encode())[0][0]
    assert json.dumps({name: after[name] for name in others}) == json.dumps(others)
    assert after["text"] == STORY


@given(st.lists(st.binary(max_size=6)), st.integers(0, 8))
def test_any_chunks_are_split_into_lines(chunks: list[bytes], most: int) -> None:
    whole = b"".join(chunks).split(b"\n")
    wanted = [line if len(line) <= most else None for line in (whole if whole[-1] else whole[:-1])]
    assert list(lines.split_lines(chunks, most)) == wanted


# --- Parquet ---------------------------------------------------------------------------------------------------------

TABLE = pa.table(
    {
        "id": pa.array([1, 2, 3], pa.int16()),
        "text": pa.array([TEXT, None, STORY], pa.large_string()),
        "when": pa.array([datetime(2020, 3, 12, tzinfo=UTC)] * 3, pa.timestamp("ms", "UTC")),
        "price": pa.array([Decimal("1.10"), None, Decimal("2.00")], pa.decimal128(9, 2)),
        "tags": pa.array([["a"], [], None], pa.list_(pa.string())),
        "meta": pa.array([{"a": 1, "b": b"x"}, None, {"a": None, "b": b""}]),
        "kind": pa.array(["x", "y", "x"]).dictionary_encode(),
        "status": pa.array([200, 404, None], pa.int32()),
    }
).replace_schema_metadata({"source": "a crawl"})


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "in.parquet"
    pq.write_table(TABLE, path)
    return path


def test_parquet_keeps_columns_and_types(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    result = run(table, table, "-o", out, "--text-column", "text", "--columns", "text,dropped,reasons,confidence")
    assert result.exit_code == 1  # a row without text
    after = pq.read_table(out)
    twice = pa.concat_tables([TABLE, TABLE])
    others = [name for name in TABLE.column_names if name != "text"]
    assert after.select(others).equals(twice.select(others))
    assert after.schema.metadata[b"source"] == b"a crawl"
    added = {"dropped": pa.int64(), "reasons": pa.string(), "confidence": pa.float64(), "cleanbody_status": pa.string()}
    assert after.column_names == [*TABLE.column_names, *added, "cleanbody_schema"]
    assert {name: after.schema.field(name).type for name in added} == added
    made = Cleaner().clean_batch(twice, columns=["text", "dropped", "reasons", "confidence"])
    assert {name: after[name].to_pylist() for name in made} == made
    assert after["text"].to_pylist() == [STORY, "", STORY] * 2
    assert f"{table}: row 2: cannot clean a NoneType as text" in result.stderr
    assert "6 records in 2 files\n" in result.stderr and "cleaner:InputError 2" in result.stderr


def test_parquet_through_pipes(table: Path) -> None:
    command = [sys.executable, "-m", "cleanbody", "corpus", "-", "-o", "-", "--text-column", "text"]
    done = subprocess.run(command, input=table.read_bytes(), capture_output=True)
    assert done.returncode == 1
    assert pq.read_table(io.BytesIO(done.stdout))["text"].to_pylist() == [STORY, "", STORY]


def test_parquet_in_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_ROWS", 64)
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.table({"text": [f"{i} {STORY}" for i in range(150)]}), source, row_group_size=70)
    assert run(source, "-o", out, "--text-column", "text").exit_code == 0
    file = pq.ParquetFile(out)
    sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    assert sum(sizes) == 150 and len(sizes) == 3
    assert [int(text.split()[0]) for text in file.read()["text"].to_pylist()] == list(range(150))


def test_parquet_without_rows(tmp_path: Path) -> None:
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(TABLE.slice(0, 0), source)
    assert run(source, "-o", out, "--text-column", "text").exit_code == 0
    assert (pq.read_table(out).num_rows, pq.read_schema(out).names[:2]) == (0, ["id", "text"])


def test_text_that_is_no_utf_8_costs_nothing_else(tmp_path: Path) -> None:
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    raw = pa.array([STORY.encode(), "Größe, sagte sie, war alles.".encode("latin-1"), None, STORY.encode()])
    pq.write_table(pa.table({"text": raw.view(pa.string())}), source)
    assert run(source, "-o", out, "--text-column", "text").exit_code == 1
    texts = pq.read_table(out)["text"].to_pylist()
    assert texts == [STORY, "Größe, sagte sie, war alles.", "", STORY]


def test_damaged_parquet_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    source, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.table({"text": [f"{i} {STORY}" for i in range(250)]}), source, row_group_size=100)
    data = bytearray(source.read_bytes())
    at = pq.ParquetFile(source).metadata.row_group(1).column(0).dictionary_page_offset
    data[at : at + 200] = b"\xff" * 200
    source.write_bytes(data)
    result = run(source, "-o", out, "--text-column", "text")
    rows = [int(text.split()[0]) for text in pq.read_table(out)["text"].to_pylist()]
    assert (result.exit_code, rows) == (1, [*range(100), *range(200, 250)])
    assert "row 101: damaged (" in result.stderr and "damaged-parquet 100\n" in result.stderr
    assert "250 records in 1 file\n" in result.stderr


def test_archives_to_parquet(tmp_path: Path) -> None:
    archive, out = FOLDER / "example.warc.gz", tmp_path / "out.parquet"
    for options in ([], ["--blocks"]):
        result = CliRunner().invoke(cli.main, ["warc", str(archive), "-o", str(out), *options])
        assert result.exit_code == 0
        written = CliRunner().invoke(cli.main, ["warc", str(archive), "-o", "-", *options])
        rows = pq.read_table(out).to_pylist()
        assert rows == rows_of(written.stdout_bytes) and len(rows) == len(PAGES)


def test_rows_of_archives_that_are_no_utf_8(tmp_path: Path) -> None:
    schema = parquet.row_schema()
    row = {**dict.fromkeys(corpus.COLUMNS), "text": "a\ud800", "offset": 7, "problems": ["x"]}
    assert parquet.to_batch(row, schema).to_pylist() == [{**row, "text": "a?"}]


# --- errors ----------------------------------------------------------------------------------------------------------


def unusable(tmp_path: Path) -> Iterator[tuple[list[str | Path], str]]:
    good, out = tmp_path / "in" / "good.jsonl", tmp_path / "out" / "out.jsonl"
    good.parent.mkdir()
    out.parent.mkdir()
    good.write_bytes(LINES)
    csv, array, broken = (good.with_name(name) for name in ("in.csv", "in.json", "broken.parquet"))
    csv.write_text("text\nIt rained.\n")
    array.write_text(json.dumps(ROWS))
    broken.write_bytes(b"PAR1 and no more")
    one, other = good.with_name("one.parquet"), good.with_name("other.parquet")
    pq.write_table(TABLE, one)
    pq.write_table(TABLE.drop_columns(["id"]), other)
    text, table = ["--text-column", "text"], out.with_name("out.parquet")
    yield [good, "-o", out], "give either --text-column or --html-column"
    yield [good, "-o", out, *text, "--html-column", "html"], "give either --text-column or --html-column"
    yield (
        [good, "-o", out, "--text-column", "txt"],
        "no column 'txt' in the first 3 lines; the first row has id, text, ",
    )
    yield (
        [good, "-o", out, *text, "--columns", "text,words"],
        "columns holds 'words', which is no result; there are text",
    )
    yield [good, "-o", out, *text, "--threshold", "nan"], "threshold is nan: give a probability from 0 to 1"
    yield [csv, "-o", out, *text], "no JSON object in the first 2 lines; give JSON lines (an object a line) or Parquet"
    yield [array, "-o", out, *text], "no JSON object in its only line"
    yield [good.with_name("missing"), "-o", out, *text], "no such file"
    yield [good.parent, "-o", out, *text], "is a directory; name the files in it"
    yield [good, "-o", good, *text], "is also an input"
    yield ["-", "-", "-o", out, *text], "standard input can be read only once"
    yield [good, "-o", table, *text], "good.jsonl is not Parquet; give the output a name in .jsonl"
    yield [one, "-o", out, *text], "one.parquet is Parquet; give the output a name in .parquet"
    yield [one, good, "-o", table, *text], "one.parquet is Parquet and"
    yield [one, other, "-o", table, *text], "its columns are not those of"
    yield (
        [one, "-o", table, "--text-column", "txt"],
        "one.parquet: there is no column 'txt'; the columns are id, text, ",
    )
    yield [one, "-o", table, *text, "--url-column", "link"], "there is no column 'link'"
    yield [broken, "-o", table, *text], "broken.parquet: no Parquet file that can be read"


def test_errors_are_one_line_and_leave_nothing_behind(tmp_path: Path) -> None:
    for args, words in unusable(tmp_path):
        result = run(*args)
        assert (result.exit_code, result.stdout) == (2, ""), (args, result.output)
        assert result.stderr.startswith("cleanbody") and result.stderr.count("\n") == 1, (args, result.stderr)
        assert words in result.stderr and "Traceback" not in result.stderr, (args, result.stderr)
        assert list((tmp_path / "out").iterdir()) == [], args


def test_without_pyarrow(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    out = tmp_path / "out.parquet"
    archive = str(FOLDER / "example.warc.gz")
    for args in (["corpus", str(table), "-o", str(out), "--text-column", "text"], ["warc", archive, "-o", str(out)]):
        result = CliRunner().invoke(cli.main, args)
        message = "cleanbody: Parquet needs pyarrow, which is missing; install 'cleanbody[parquet]'\n"
        assert (result.exit_code, result.stderr) == (2, message)
    assert not out.exists()
    out = tmp_path / "out.jsonl"
    result = run("-", "-o", out, "--text-column", "text", stdin=LINES)
    assert (result.exit_code, len(rows_of(out.read_bytes()))) == (0, len(ROWS))


def test_an_output_has_its_name_only_when_it_is_complete(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(LINES)

    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cleanbody.Cleaner, "clean_text", interrupted)
    for name, out in ((source, "out.jsonl"), (table, "out.parquet")):
        assert run(name, "-o", tmp_path / out, "--text-column", "text").exit_code == 130
    assert {path.name for path in tmp_path.iterdir()} == {"in.jsonl", "in.parquet"}


def test_help() -> None:
    text = " ".join(run("--help").stdout.split())
    for word in (
        "--text-column",
        "--html-column",
        "--title-column",
        "--url-column",
        "--columns",
        "--prefix",
        "--summary",
    ):
        assert word in text
