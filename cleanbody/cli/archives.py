"""``cleanbody warc``: every page of web archives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click

import cleanbody
from cleanbody import corpus
from cleanbody.cli.shared import (
    Places,
    check_places,
    conclude,
    config_options,
    make_cleaner,
    open_input,
    open_output,
    progress,
)
from cleanbody.corpus import parquet
from cleanbody.page import ArchiveError
from cleanbody.warc import read_pages


@click.command()
@click.argument("archives", nargs=-1, required=True, metavar="IN...")
@click.option(
    "-o", "--output", required=True, metavar="OUT",
    help="JSONL, packed where the name ends in .gz or .zst; Parquet where it ends in .parquet; - for standard output.",
)  # fmt: skip
@click.option("--summary", metavar="FILE", help="Write the closing counts as JSON, too.")
@click.option("--blocks", is_flag=True, help="A column more: every block, kept or not, and why.")
@config_options
def warc(archives: tuple[str, ...], output: str, summary: str | None, blocks: bool, **config: Any) -> int:
    """Clean the pages of web archives.

    Each IN is a .warc, .warc.gz, .warc.zst or WET file, or - for standard input. Writes one line of JSON for each
    page, and a count of every record on standard error. OUT has its name only when it is complete; until then it
    ends in .part.
    """
    places = Places(output, summary)
    check_places(archives, places)
    tally = corpus.Tally()
    cleaner = make_cleaner(**config)
    written = 0
    with open_output(output) as stream, _writer(output, stream, blocks) as write, progress(archives) as advance:
        for name in archives:
            for row in _rows_of(name, cleaner, tally, blocks, advance):
                write(row)
                written += 1
        if len(tally.unreadable) == len(archives):
            raise ArchiveError(next(iter(tally.unreadable.values())))
    return conclude("warc", tally, {"row_version": corpus.ROW_VERSION}, written, places)


@contextmanager
def _writer(output: str, stream: IO[bytes], blocks: bool) -> Iterator[Callable[[dict[str, Any]], object]]:
    """What writes a row, as the name of the output says."""
    if not output.endswith(parquet.ENDING):
        yield lambda row: stream.write(corpus.to_line(row))
        return
    with parquet.Writer(stream, parquet.row_schema(blocks=blocks)) as writer:
        yield lambda row: writer.write(parquet.to_batch(row, writer.schema))


def _rows_of(
    name: str, cleaner: cleanbody.Cleaner, tally: corpus.Tally, blocks: bool, advance: Callable[[int], None]
) -> Iterator[dict[str, Any]]:
    """The rows of one archive; an archive that cannot be read is noted and ends only itself."""
    tally.files += 1
    label = "stdin" if name == "-" else Path(name).name
    try:
        with open_input(name) as file:
            before = 0
            known_size = name != "-" and file.seekable()
            for row in corpus.rows(read_pages(file), cleaner, tally, archive=label, blocks=blocks):
                yield row
                if known_size:
                    advance(file.tell() - before)
                    before = file.tell()
    except ArchiveError as error:
        tally.unreadable[name] = str(error)
