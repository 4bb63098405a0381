"""``cleanbody corpus``: JSON lines and Parquet with a column of HTML or text."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import click

import cleanbody
from cleanbody import corpus
from cleanbody.batch import BATCH_SCHEMA, DEFAULT_RESULTS, RESULTS, VERSION_COLUMN, Choice, Plan
from cleanbody.cli.shared import (
    SOME_FAILED,
    Places,
    check_places,
    complain,
    conclude,
    config_options,
    make_cleaner,
    open_input,
    open_output,
    progress,
)
from cleanbody.corpus import lines, parquet
from cleanbody.page import ArchiveError

MOST_REPORTED = 20  # bad rows of which each is told; the rest is counted


@click.command("corpus")
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.option(
    "-o", "--output", required=True, metavar="OUT",
    help="Of the kind that IN is; JSONL is packed where the name ends in .gz or .zst; - for standard output.",
)  # fmt: skip
@click.option("--text-column", metavar="NAME", help="The column of scraped text to clean.")
@click.option("--html-column", metavar="NAME", help="The column of HTML to clean; this or --text-column is needed.")
@click.option("--title-column", metavar="NAME", help="The column of headlines [title, if there is one; '' for none].")
@click.option("--url-column", metavar="NAME", help="The column of addresses [url, if there is one; '' for none].")
@click.option(
    "--columns", metavar="NAMES", default=",".join(DEFAULT_RESULTS), show_default=True,
    help=f"The results to add, out of {', '.join(RESULTS)}.",
)  # fmt: skip
@click.option("--prefix", metavar="PREFIX", default="", help="Stands before the name of every result.")
@click.option("--summary", metavar="FILE", help="Write the closing counts as JSON, too.")
@config_options
def corpus_command(
    inputs: tuple[str, ...], output: str, text_column: str | None, html_column: str | None, title_column: str | None,
    url_column: str | None, columns: str, prefix: str, summary: str | None, **config: Any,
) -> int:  # fmt: skip
    """Clean a column of HTML or text in JSON lines or Parquet.

    Each IN is a file of JSON lines (.gz and .zst, too), a Parquet file (extra 'parquet'), or - for standard input; all
    are of one kind. Rows keep their order and all their other columns. A result replaces no column but the one it was
    made from; where another has its name, it is called cleanbody_ and its name. A row that cannot be cleaned is
    written with the status 'failed'; a line that is no JSON object is reported and counted. OUT has its name only when
    it is complete; until then it ends in .part.
    """
    if bool(text_column) == bool(html_column):
        raise click.UsageError("give either --text-column or --html-column, the column to clean")
    results = [name.strip() for name in columns.split(",") if name.strip()]
    choice = Choice(html_column or "", text_column or "", title_column, url_column, results, prefix)
    places = Places(output, summary)
    check_places(inputs, places)
    job = _Job(inputs, output, choice, make_cleaner(**config), corpus.Tally(), _Reporter())
    with ExitStack() as stack:
        for name in inputs:
            if name == "-" or not Path(name).is_file():
                job.held[name] = _with_peek(stack.enter_context(open_input(name)))
        written = _clean_parquet(job, stack) if _is_parquet(job) else _clean_lines(job)
    job.report.close()
    return conclude("corpus", job.tally, {VERSION_COLUMN: BATCH_SCHEMA}, written, places)


class _Reporter:
    """Tells of the first bad rows, and of how many more there are."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, what: str) -> None:
        self.number += 1
        if self.number <= MOST_REPORTED:
            complain(f"cleanbody corpus: {what}", SOME_FAILED)

    def close(self) -> None:
        if self.number > MOST_REPORTED:
            complain(f"cleanbody corpus: {self.number - MOST_REPORTED:,} more rows failed", SOME_FAILED)


@dataclass(slots=True)
class _Job:
    """What is to be done. `held`: inputs that can be read only once, such as pipes, which are open all the time."""

    inputs: tuple[str, ...]
    output: str
    choice: Choice
    cleaner: cleanbody.Cleaner
    tally: corpus.Tally
    report: _Reporter
    held: dict[str, BinaryIO] = field(default_factory=dict)

    @contextmanager
    def open(self, name: str) -> Iterator[BinaryIO]:
        if name in self.held:
            yield self.held[name]
        else:
            with open_input(name) as file:
                yield file


def _with_peek(file: BinaryIO) -> BinaryIO:
    return file if hasattr(file, "peek") else io.BufferedReader(file)  # type: ignore[type-var]


def _is_parquet(job: _Job) -> bool:
    """Whether the inputs are Parquet, by their first bytes, and the output is to be."""
    kinds = {}
    for name in job.inputs:
        with job.open(name) as file:
            kinds[name] = _with_peek(file).peek(4)[:4] == parquet.MAGIC  # type: ignore[attr-defined]
    if len(set(kinds.values())) > 1:
        one, other = (next(name for name, kind in kinds.items() if kind is wanted) for wanted in (True, False))
        raise click.UsageError(f"{one} is Parquet and {other} is not; clean them one by one")
    is_parquet = all(kinds.values())
    ending = Path(job.output).suffix
    if is_parquet and ending in (".json", ".jsonl", ".ndjson", ".gz", ".zst"):
        raise click.UsageError(f"{job.output}: {job.inputs[0]} is Parquet; give the output a name in {parquet.ENDING}")
    if not is_parquet and ending == parquet.ENDING:
        raise click.UsageError(f"{job.output}: {job.inputs[0]} is not Parquet; give the output a name in .jsonl")
    return is_parquet


def _clean_lines(job: _Job) -> int:
    written = 0
    with open_output(job.output) as stream, progress(job.inputs) as advance:
        for name in job.inputs:
            job.tally.files += 1
            try:
                with job.open(name) as file:
                    found = lines.clean_lines(file, job.cleaner, job.choice, job.tally, name=name, report=job.report)
                    for line in _watched(found, file, advance):
                        stream.write(line)
                        written += 1
            except ArchiveError as error:
                job.tally.unreadable[name] = str(error)
        if len(job.tally.unreadable) == len(set(job.inputs)):
            raise ArchiveError(next(iter(job.tally.unreadable.values())))
    return written


def _clean_parquet(job: _Job, stack: ExitStack) -> int:
    for name, file in job.held.items():  # Parquet is read from its end
        whole = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack closes it)
        shutil.copyfileobj(file, whole)
        job.held[name] = whole
    schema, plan = _common_schema(job)
    written = 0
    with (
        open_output(job.output) as stream,
        parquet.Writer(stream, schema) as writer,
        progress(job.inputs) as advance,
    ):
        for name in job.inputs:
            job.tally.files += 1
            with job.open(name) as file:
                found = parquet.clean_parquet(file, job.cleaner, plan, schema, job.tally, name=name, report=job.report)
                for batch in _watched(found, file, advance):
                    writer.write(batch)
                    written += batch.num_rows
    return written


def _common_schema(job: _Job) -> tuple[Any, Plan]:
    """The schema of the output and the plan, after all inputs have shown that they can be opened and are alike."""
    schemas = {}
    for name in dict.fromkeys(job.inputs):
        with job.open(name) as file:
            schemas[name] = parquet.read_schema(file, name)
    first, *others = schemas
    for name in others:
        if not schemas[name].equals(schemas[first]):
            raise click.UsageError(f"{name}: its columns are not those of {first}; clean them one by one")
    plan = parquet.plan_for(schemas[first], job.choice, first)
    return parquet.cleaned_schema(schemas[first], plan), plan


def _watched(found: Iterator[Any], file: BinaryIO, advance: Callable[[int], None]) -> Iterator[Any]:
    """The same, and the bar goes on."""
    seekable = file.seekable()
    before = 0
    for item in found:
        yield item
        if seekable:
            advance(file.tell() - before)
            before = file.tell()
