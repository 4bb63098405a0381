"""What several commands share: exit codes, options, places to read and write, the bar, the closing count."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple

import click

import cleanbody
from cleanbody import corpus
from cleanbody.page import ArchiveError, CleanbodyError, Label

DONE, SOME_FAILED, UNUSABLE, INTERRUPTED, READER_GONE = 0, 1, 2, 130, 141
PRESETS = {
    "balanced": cleanbody.Config.balanced,
    "precision": cleanbody.Config.precision,
    "recall": cleanbody.Config.recall,
}


def complain(line: str, code: int) -> int:
    """Write one line on standard error; return the exit code that goes with it."""
    click.echo(" ".join(line.split()), err=True)
    return code


def config_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that are fields of `Config`, the same for every command."""
    for option in (
        click.option(
            "--time-limit", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
            help="How long cutting one page into blocks may take.",
        ),
        click.option(
            "--model/--no-model", default=True, show_default=True,
            help="Let the learned block model decide, or density and context alone.",
        ),
        click.option(
            "--keep", type=click.Choice([str(label) for label in Label]), multiple=True, metavar="LABEL",
            help="A label to keep in the text besides content, such as byline; may be given several times.",
        ),
        click.option(
            "--threshold", type=click.FloatRange(0, 1),
            help="Keep blocks from this probability of being content on; overrides that of the preset.",
        ),
        click.option(
            "--preset", type=click.Choice(list(PRESETS)), default="balanced", show_default=True,
            help="Which mistake to avoid: boilerplate kept (precision) or words lost (recall).",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def make_cleaner(
    preset: str, threshold: float | None, keep: Sequence[str], model: bool, time_limit: float | None
) -> cleanbody.Cleaner:
    """The cleaner for what the options say."""
    base = PRESETS[preset]()
    return cleanbody.Cleaner(
        cleanbody.Config(
            threshold=base.threshold if threshold is None else threshold,
            keep=base.keep | {Label(label) for label in keep},
            model=model,
            limits=base.limits,
            time_limit=time_limit if time_limit is not None else base.time_limit,
        )
    )


class Places(NamedTuple):
    """Where results go."""

    output: str
    summary: str | None = None


def check_places(names: Sequence[str], wanted: Places) -> None:
    """Find what cannot work before hours are spent on it."""
    for name in names:
        path = Path(name)
        if name != "-" and not path.exists():
            raise click.UsageError(f"{name}: no such file")
        if name != "-" and path.is_dir():
            raise click.UsageError(f"{name}: is a directory; name the files in it ({path / '*'})")
    places = [place for place in wanted if place]
    for place in places:
        if place != "-" and Path(place).resolve() in {Path(name).resolve() for name in names if name != "-"}:
            raise click.UsageError(f"{place}: is also an input; choose another name for the output")
        if place != "-" and Path(place).is_dir():
            raise click.UsageError(f"{place}: is a directory; name a file in it")
    if wanted.summary == "-" or len(set(places)) < len(places):
        raise click.UsageError("--summary needs a file of its own")
    if names.count("-") > 1:
        raise click.UsageError("standard input can be read only once")


@contextmanager
def open_input(name: str) -> Iterator[BinaryIO]:
    """A file to read, or standard input."""
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = open(name, "rb")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise ArchiveError(f"{name}: {error.strerror}; give a file that can be read") from None
    with file:
        yield file


@contextmanager
def open_output(output: str) -> Iterator[IO[bytes]]:
    """A file to write, as `corpus.open_output` has it, or standard output."""
    if output == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        with corpus.open_output(output) as stream:
            yield stream
    except OSError as error:
        if isinstance(error, (CleanbodyError, BrokenPipeError)) or error.filename:
            raise
        raise ArchiveError(f"{output}: {error.strerror or error}; make room or choose another place") from None


@contextmanager
def progress(names: Sequence[str]) -> Iterator[Callable[[int], None]]:
    """A bar over the bytes of the inputs, on a terminal only; standard error, so that pipes stay clean."""
    if not sys.stderr.isatty() or "-" in names:
        yield lambda size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=sum(os.path.getsize(name) for name in names))
        yield lambda size: progress.advance(task, size)


def conclude(command: str, tally: corpus.Tally, version: dict[str, int], written: int, places: Places) -> int:
    """Say what became of every record, on standard error and if asked for as JSON; return the exit code."""
    for message in tally.unreadable.values():
        complain(f"cleanbody {command}: {message}", SOME_FAILED)
    click.echo(_account(tally, written, places.output), err=True)
    if places.summary:
        values = {"cleanbody": cleanbody.__version__, **version, **tally.to_dict(), "rows": written}
        with corpus.open_output(places.summary) as stream:
            stream.write(json.dumps(values, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n")
    return DONE if tally.lossless else SOME_FAILED


def _account(tally: corpus.Tally, written: int, output: str) -> str:
    """The closing count: every record, and what became of it."""
    lines = [f"{tally.records:,} records in {tally.files:,} file{'s' if tally.files != 1 else ''}"]
    for name in ("cleaned", "skipped", "failed"):
        counts = getattr(tally, name)
        lines.append(f"  {name:<8}{counts.total():>10,}{_listed(counts.most_common())}")
    if tally.problems:
        lines.append(f"  problems of cleaned records{_listed(tally.problems.most_common())}")
    for reason, number in tally.damage.most_common():
        lines.append(f"  damage: {reason} {number:,} ({tally.damaged_bytes[reason]:,} bytes lost)")
    if tally.unreadable:
        lines.append(f"  unreadable files: {len(tally.unreadable):,}")
    lines.append(f"{written:,} rows written to {'standard output' if output == '-' else output}")
    return "\n".join(lines)


def _listed(counts: Sequence[tuple[str, int]]) -> str:
    return "".join(f"{',' if i else ':'} {reason} {number:,}" for i, (reason, number) in enumerate(counts))
