"""The command line: what it writes, what it counts, and how it says that something is wrong."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from click.testing import CliRunner, Result
from make_warcs import ARCHIVES, FERRY, FOLDER, PAGES, Fail, Hole, Page, Skip, http, per_record, response

import cleanbody
from cleanbody import cli, corpus
from cleanbody.compiled import COMPILED
from cleanbody.warc import read_pages

EXAMPLE = str(FOLDER / "example.warc.gz")
TEXT = "The tide was late that day, and nobody in the village could say why it was.\n\nLeave a Reply\n"


def run(*args: str | Path, stdin: bytes | str = b"") -> Result:
    return CliRunner().invoke(cli.main, [str(arg) for arg in args], input=stdin)


def lines_of(data: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data.splitlines()]


@pytest.fixture
def ferry(tmp_path: Path) -> Path:
    path = tmp_path / "ferry.html"
    path.write_bytes(FERRY)
    return path


# ------------------------------------------------------------------------------------------------ cleanbody clean


def test_clean_gives_what_the_library_gives(ferry: Path) -> None:
    page = cleanbody.clean(FERRY)
    assert run("clean", ferry).stdout == page.to_text(headline=True) + "\n"
    assert run("clean", "--no-headline", ferry).stdout == page.to_text() + "\n"
    assert run("clean", "--format", "markdown", ferry).stdout == page.to_markdown() + "\n"
    assert run("clean", "--format", "html", "--no-headline", ferry).stdout == page.to_html(headline=False) + "\n"
    assert json.loads(run("clean", "--format", "json", ferry).stdout) == page.to_dict()
    assert json.loads(run("clean", "--format", "json", "--blocks", ferry).stdout) == page.to_dict(blocks=True)


@pytest.mark.parametrize(
    ("name", "options", "data", "is_html"),
    [
        ("page.html", [], FERRY, True),
        ("page.HTM", [], b"plain words in a file named so", True),
        ("page.txt", [], b"<p>named a text", False),
        ("page", [], b"\xef\xbb\xbf \n<section>It rained.</section>", True),
        ("page", [], "<!doctype html><p>It rained.".encode("utf-16"), True),
        ("page", [], b"< 5 is a comparison, and not a tag", False),
        ("page", [], TEXT.encode(), False),
        ("page", ["--text"], b"<p>said to be text", False),
        ("page.txt", ["--html"], b"<p>said to be HTML", True),
    ],
)
def test_html_and_text_are_told_apart(
    name: str, options: list[str], data: bytes, is_html: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    monkeypatch.setattr(cleanbody.Cleaner, "clean", lambda *_: called.append("html") or cleanbody.clean("<p>x"))
    monkeypatch.setattr(cleanbody.Cleaner, "clean_text", lambda *_: called.append("text") or cleanbody.clean("<p>x"))
    (tmp_path / name).write_bytes(data)
    run("clean", *options, tmp_path / name)
    assert called[:1] == ["html" if is_html else "text"]


def test_clean_reads_standard_input() -> None:
    expected = cleanbody.clean_text(TEXT, title="A late tide").to_text(headline=True)
    assert run("clean", "--title", "A late tide", stdin=TEXT).stdout == expected + "\n"
    assert run("clean", "-", "--format", "json", "--url", "https://example.org/a", stdin=FERRY).exit_code == 0


def test_options_are_those_of_the_config(ferry: Path) -> None:
    options = ["--threshold", "0.9", "--keep", "byline", "--keep", "advert", "--time-limit", "60"]
    keep = frozenset({cleanbody.Label.BYLINE, cleanbody.Label.ADVERT})
    for preset in ("precision", "recall", "balanced"):
        config = cleanbody.Config(threshold=0.9, keep=keep, time_limit=60)
        result = run("clean", ferry, "--preset", preset, *options, "--format", "json", "--blocks")
        assert json.loads(result.stdout) == cleanbody.Cleaner(config).clean(FERRY).to_dict(blocks=True)
        bare = run("clean", ferry, "--preset", preset)
        assert bare.stdout == cleanbody.Cleaner(getattr(cleanbody.Config, preset)()).clean(FERRY).to_text(True) + "\n"


def test_a_page_without_text_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.html").write_bytes(b"")
    result = run("clean", tmp_path / "empty.html")
    assert (result.exit_code, result.stdout) == (0, "\n")
    assert result.stderr == f"cleanbody clean: {tmp_path / 'empty.html'}: empty\n"
    (tmp_path / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + bytes(range(256)) * 20)
    result = run("clean", tmp_path / "picture.html")
    assert (result.exit_code, "binary" in result.stderr) == (1, True)


@pytest.mark.parametrize("options", [[], ["--text"], ["--html"]])
def test_bytes_that_are_no_text_are_told(options: list[str], tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(random.Random(1).randbytes(3000))
    result = run("clean", tmp_path / "noise", *options)
    assert (result.exit_code, result.stdout) == (1, "\n")
    assert result.stderr == f"cleanbody clean: {tmp_path / 'noise'}: binary\n"


def test_bytes_of_a_text_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(("Öl und Wärme für alle, und das für Jahre. " * 9).encode() + b"\xff.")
    result = run("clean", tmp_path / "a.txt")
    assert (result.exit_code, result.stderr) == (0, f"cleanbody clean: {tmp_path / 'a.txt'}: replaced-bytes\n")
    assert result.stdout == "Öl und Wärme für alle, und das für Jahre. " * 9 + "\ufffd.\n"


def test_a_failure_of_the_cleaner_is_one_line(ferry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: Any) -> cleanbody.CleanPage:
        raise RecursionError("too deep\nby far")

    monkeypatch.setattr(cleanbody.Cleaner, "clean", failing)
    result = run("clean", ferry)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert f"{ferry}: the cleaner failed on it (RecursionError: too deep by far)" in result.stderr


# ------------------------------------------------------------------------------------------------- cleanbody warc


@pytest.mark.parametrize("name", sorted(set(ARCHIVES) - {"bombs.warc.gz"}))
def test_every_record_is_in_the_summary(name: str, tmp_path: Path) -> None:
    out, summary = tmp_path / "out.jsonl", tmp_path / "summary.json"
    result = run("warc", FOLDER / name, "-o", out, "--summary", summary)
    counted = json.loads(summary.read_text())
    expected = ARCHIVES[name]().outcomes
    cleaned = [outcome for outcome in expected if isinstance(outcome, Page)]
    failed = Counter(outcome.reason for outcome in expected if isinstance(outcome, Fail))
    holes = [outcome for outcome in expected if isinstance(outcome, Hole)]
    assert counted["skipped"] == Counter(outcome.reason for outcome in expected if isinstance(outcome, Skip))
    assert counted["failed"] == failed
    assert sum(counted["cleaned"].values()) == len(cleaned) == counted["rows"] == len(lines_of(out.read_bytes()))
    assert counted["problems"] == Counter(code for outcome in cleaned for code in outcome.problems)
    assert sum(entry["stretches"] for entry in counted["damage"].values()) == len(holes)
    assert sum(entry["bytes"] for entry in counted["damage"].values()) == sum(hole.lost for hole in holes)
    assert counted["records"] == len(expected) - len(holes)
    assert result.exit_code == (1 if failed or holes else 0)
    assert f"{counted['records']:,} records in 1 file\n" in result.stderr
    for reason in (*counted["skipped"], *failed, *counted["damage"], *counted["problems"]):
        assert reason in result.stderr


def test_rows_hold_the_documented_columns(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run("warc", EXAMPLE, "-o", out)
    rows = lines_of(out.read_bytes())
    assert [tuple(row) for row in rows] == [corpus.COLUMNS] * len(PAGES)
    first = rows[1]
    page = cleanbody.clean(FERRY, "https://harbour-ferry.example/page")
    assert first | {"confidence": 0} == {
        "row_version": corpus.ROW_VERSION,
        "id": first["id"],
        "url": "https://harbour-ferry.example/page",
        "crawl_date": "2024-05-01T12:00:00Z",
        "title": page.title,
        "text": page.text,
        "page_type": page.page_type.value,
        "language": page.metadata.language,
        "author": page.metadata.author,
        "date": page.metadata.date,
        "site_name": page.metadata.site_name,
        "status": page.status.value,
        "confidence": 0,
        "problems": [],
        "archive": "example.warc.gz",
        "offset": first["offset"],
    }
    assert rows[0]["text"].count("Schotter") == 1 and "ließ" in rows[0]["text"]  # ISO-8859-1 by its HTTP header
    with open(EXAMPLE, "rb") as file:
        file.seek(first["offset"])
        assert next(read_pages(file)).url == first["url"]  # type: ignore[union-attr]


def test_rows_with_blocks(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run("warc", EXAMPLE, "-o", out, "--blocks")
    row = lines_of(out.read_bytes())[1]
    assert row["blocks"] == cleanbody.clean(FERRY, row["url"]).to_dict(blocks=True)["blocks"]


def test_truncated_records_are_rows_that_say_so(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run("warc", FOLDER / "truncated-member.warc.gz", "-o", out)
    last = lines_of(out.read_bytes())[-1]
    assert last["status"] == "truncated" and "truncated-member" in last["problems"]


def test_texts_of_wet_files_are_cleaned_as_text(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run("warc", FOLDER / "wet.warc.wet.gz", "-o", out)
    first = lines_of(out.read_bytes())[0]
    text = "The tide was late.\n\nNobody in the village could say why.\n"
    assert first["text"] == cleanbody.clean_text(text, url=first["url"]).text


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_the_name_says_how_to_pack(ending: str, tmp_path: Path) -> None:
    out = tmp_path / f"out.jsonl{ending}"
    assert run("warc", EXAMPLE, "-o", out).exit_code == 0
    data = out.read_bytes()
    if ending:
        data = (
            gzip.decompress(data) if ending == ".gz" else zstandard.ZstdDecompressor().decompressobj().decompress(data)
        )
    assert data == run("warc", EXAMPLE, "-o", "-").stdout_bytes
    assert len(lines_of(data)) == len(PAGES)


def test_standard_input_and_output() -> None:
    result = run("warc", "-", "-o", "-", stdin=Path(EXAMPLE).read_bytes())
    rows = lines_of(result.stdout_bytes)
    assert len(rows) == len(PAGES) and {row["archive"] for row in rows} == {"stdin"}
    assert "rows written to standard output" in result.stderr


def test_several_archives_one_of_them_unreadable(tmp_path: Path) -> None:
    out, summary = tmp_path / "out.jsonl", tmp_path / "summary.json"
    bad = FOLDER / "not-a-warc.txt"
    result = run("warc", EXAMPLE, bad, EXAMPLE, "-o", out, "--summary", summary)
    assert result.exit_code == 1
    assert f"cleanbody warc: {bad}: not a WARC archive" in result.stderr
    assert len(lines_of(out.read_bytes())) == 2 * len(PAGES)
    assert list(json.loads(summary.read_text())["unreadable"]) == [str(bad)]


def test_a_page_on_which_the_cleaner_fails_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clean = cleanbody.Cleaner.clean

    def failing(self: cleanbody.Cleaner, source: bytes, *args: Any, **kwargs: Any) -> cleanbody.CleanPage:
        if source == FERRY:
            raise RecursionError
        return clean(self, source, *args, **kwargs)

    monkeypatch.setattr(cleanbody.Cleaner, "clean", failing)
    out = tmp_path / "out.jsonl"
    result = run("warc", EXAMPLE, "-o", out)
    assert (result.exit_code, len(lines_of(out.read_bytes()))) == (1, len(PAGES) - 1)
    assert "cleaner:RecursionError 1" in result.stderr


# --------------------------------------------------------------------------------------------------------- errors


def unusable(tmp_path: Path) -> Iterator[tuple[list[str | Path], str]]:
    out = tmp_path / "out.jsonl"
    missing, folder = tmp_path / "missing", tmp_path
    yield ["clean", missing], "No such file"
    yield ["clean", folder], "directory"
    yield ["clean", "--threshold", "2", EXAMPLE], "threshold"
    yield ["clean", "--keep", "everything", EXAMPLE], "everything"
    yield ["clean", "--format", "pdf", EXAMPLE], "pdf"
    yield ["clean", "--blocks", FOLDER / "not-a-warc.txt"], "--format json"
    yield ["clean", "--html", "--title", "x", FOLDER / "not-a-warc.txt"], "--title"
    yield ["clean", "one", "two"], "two"
    yield ["warc", EXAMPLE], "--output"
    yield ["warc", "-o", out], "IN"
    yield ["warc", missing, "-o", out], "no such file"
    yield ["warc", folder, "-o", out], "directory"
    yield ["warc", "-", "-", "-o", out], "standard input"
    yield ["warc", EXAMPLE, "-o", EXAMPLE], "input"
    yield ["warc", EXAMPLE, "-o", folder], "directory"
    yield ["warc", EXAMPLE, "-o", out, "--summary", out], "--summary"
    yield ["warc", EXAMPLE, "-o", missing / "out.jsonl"], "No such file"
    yield ["warc", FOLDER / "not-a-warc.gz", "-o", out], "not a WARC archive"
    yield ["unknown"], "unknown"
    yield ["--unknown"], "--unknown"


def test_errors_are_one_line_and_leave_nothing_behind(tmp_path: Path) -> None:
    for args, words in unusable(tmp_path):
        result = run(*args)
        assert (result.exit_code, result.stdout) == (2, ""), args
        assert result.stderr.startswith("cleanbody") and result.stderr.count("\n") == 1, args
        assert words in result.stderr and "Traceback" not in result.stderr, (args, result.stderr)
        assert list(tmp_path.iterdir()) == [], args


def test_help_and_version() -> None:
    core = "compiled core" if COMPILED else "pure Python, slower: no compiled core was built"
    assert run("--version").stdout == f"cleanbody {cleanbody.__version__} ({core})\n"
    for args in ([], ["--help"], ["-h"], ["clean", "--help"], ["warc", "-h"]):
        result = run(*args)
        assert result.exit_code == 0 and "Usage: " in result.stdout, args


def test_an_output_has_its_name_only_when_it_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("from an earlier run\n")
    seen: list[set[str]] = []

    def interrupted(*_: Any, **__: Any) -> None:
        seen.append({path.name for path in tmp_path.iterdir()})
        raise KeyboardInterrupt

    monkeypatch.setattr(cleanbody.Cleaner, "clean", interrupted)
    result = run("warc", EXAMPLE, "-o", out)
    assert result.exit_code == 130 and "interrupted" in result.stderr
    assert seen == [{"out.jsonl", "out.jsonl.part"}]
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"out.jsonl": "from an earlier run\n"}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("args", [["warc", EXAMPLE, "-o", "/dev/full"], ["warc", EXAMPLE, "-o", "-"]])
def test_a_full_disk_is_one_line(args: list[str]) -> None:
    command, buffered = [sys.executable, "-m", "cleanbody", *args], {**os.environ, "PYTHONUNBUFFERED": ""}
    with open("/dev/full", "wb") as full:
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=buffered)
    assert result.returncode == 2
    assert b"No space left" in result.stderr and result.stderr.count(b"\n") == 1


def test_as_a_process(tmp_path: Path) -> None:
    """The whole way through pipes; the reader that goes away early; the import that stays light."""
    many = tmp_path / "many.warc.gz"
    many.write_bytes(per_record([response(http(FERRY))] * 200))
    command = [sys.executable, "-m", "cleanbody", "warc", str(many), "-o", "-"]
    whole = subprocess.run(command, capture_output=True, check=True)
    assert len(lines_of(whole.stdout)) == 200 and whole.stderr.count(b"\n") == 5
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == cli.READER_GONE == 128 + signal.SIGPIPE
    heavy = "import sys, cleanbody; print([m for m in ('click', 'rich', 'brotli', 'zstandard') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", heavy], capture_output=True, check=True).stdout == b"[]\n"
