"""Archives in, one dataset out: the rows, the count of every record, and files that never look complete too soon."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, Protocol, cast

from cleanbody.decode import decode
from cleanbody.page import ArchiveError, CleanPage, Status, worst
from cleanbody.warc import Damage, Failed, Outcome, Record, Skipped

# The version of the columns of a row; it changes whenever a column changes its name or its meaning.
ROW_VERSION: Final = 1
COLUMNS: Final = (
    "row_version",
    "id",  # WARC-Record-ID
    "url",  # WARC-Target-URI
    "crawl_date",  # WARC-Date
    "title",
    "text",  # the body, without the headline
    "page_type",
    "language",
    "author",
    "date",  # what the page says of itself, ISO 8601
    "site_name",
    "status",  # the gravest of what happened to the page, in the archive or in the cleaner
    "confidence",
    "problems",  # codes of what was wrong with the record in the archive
    "archive",  # name of the file
    "offset",  # of the compressed member that holds the record
)


class PageCleaner(Protocol):
    """What is asked of a cleaner; `cleanbody.Cleaner` is one."""

    def clean(self, source: bytes, url: str | None = None, *, http_charset: str | None = None) -> CleanPage: ...
    def clean_text(self, text: str, title: str | None = None, url: str | None = None) -> CleanPage: ...


@dataclass(slots=True)
class Tally:
    """What became of every record: ``records`` is always the sum of cleaned, skipped and failed.

    cleaned: by status.  skipped, failed: by reason.  problems: codes of records that were cleaned all the same.
    damage, damaged_bytes: stretches in which no record could be made out, by reason.
    unreadable: archives that could not be opened or read, with the error.
    """

    archives: int = 0
    records: int = 0
    cleaned: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    damage: Counter[str] = field(default_factory=Counter)
    damaged_bytes: Counter[str] = field(default_factory=Counter)
    unreadable: dict[str, str] = field(default_factory=dict)

    @property
    def lossless(self) -> bool:
        """Whether nothing failed, nothing was damaged and every archive could be read."""
        return not (self.failed or self.damage or self.unreadable)

    def to_dict(self) -> dict[str, Any]:
        """The counts as plain values that JSON can hold, the most frequent reason first."""
        names = ("cleaned", "skipped", "failed", "problems")
        counts = {name: dict(getattr(self, name).most_common()) for name in names}
        damage = {
            reason: {"stretches": number, "bytes": self.damaged_bytes[reason]}
            for reason, number in self.damage.most_common()
        }
        return {
            "row_version": ROW_VERSION,
            "archives": self.archives,
            "records": self.records,
            **counts,
            "damage": damage,
            "unreadable": dict(self.unreadable),
        }


def rows(
    outcomes: Iterable[Outcome], cleaner: PageCleaner, tally: Tally, *, archive: str = "", blocks: bool = False
) -> Iterator[dict[str, Any]]:
    """Clean the pages among the outcomes of one archive; count all of them.

    outcomes: of `cleanbody.warc.read_pages`.  tally: is added to.  archive: the file's name, for the rows.
    blocks: a column more, ``blocks``, as in `CleanPage.to_dict`.
    Yields one row for each record that was cleaned, with the keys of `COLUMNS` in that order. A record on which the
    cleaner fails is counted as ``cleaner:ERROR`` and ends nothing.
    """
    for outcome in outcomes:
        if isinstance(outcome, Damage):
            tally.damage[outcome.reason] += 1
            tally.damaged_bytes[outcome.reason] += outcome.lost
            continue
        tally.records += 1
        if isinstance(outcome, Skipped):
            tally.skipped[outcome.reason] += 1
        elif isinstance(outcome, Failed):
            tally.failed[outcome.reason] += 1
        else:
            try:
                row = row_of(outcome, clean_record(outcome, cleaner), archive=archive, blocks=blocks)
            except Exception as error:  # one page must not end a run over a million of them
                tally.failed[f"cleaner:{type(error).__name__}"] += 1
                continue
            tally.cleaned[row["status"]] += 1
            tally.problems.update(outcome.problems)
            yield row


def clean_record(record: Record, cleaner: PageCleaner) -> CleanPage:
    """Clean one page of an archive: HTML as HTML, text as text."""
    if record.markup:
        return cleaner.clean(record.body, record.url, http_charset=record.charset)
    text = decode(record.body, http_charset=record.charset).data.decode("utf-8", "replace")
    return cleaner.clean_text(text, url=record.url)


def row_of(record: Record, page: CleanPage, *, archive: str = "", blocks: bool = False) -> dict[str, Any]:
    """The row of one cleaned page; see `COLUMNS`."""
    metadata = page.metadata
    statuses = (*page.statuses, Status.TRUNCATED) if record.truncated else page.statuses
    values = (
        ROW_VERSION,
        record.record_id,
        record.url,
        record.date,
        page.title,
        page.text,
        page.page_type.value,
        metadata.language,
        metadata.author,
        metadata.date,
        metadata.site_name,
        worst(statuses).value,
        round(page.confidence, 4),
        list(record.problems),
        archive,
        record.offset,
    )
    row = dict(zip(COLUMNS, values, strict=True))
    if blocks:
        row["blocks"] = page.to_dict(blocks=True)["blocks"]
    return row


def to_line(row: dict[str, Any]) -> bytes:
    r"""One row as a line of JSON in UTF-8.

    >>> to_line({"title": "Größe", "text": "\ud800"})
    b'{"title":"Gr\xc3\xb6\xc3\x9fe","text":"?"}\n'
    """
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


@contextmanager
def open_output(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file to write, packed by the ending of its name (``.gz``, ``.zst``), that shows up only when it is complete.

    path: regular files are written under their name and ``.part`` and renamed at the end; a file of that name that was
    there is replaced then. Pipes and devices are written as they are. On an error the ``.part`` file is removed.
    Raises :class:`ArchiveError` if it cannot be opened; errors of writing come as :class:`OSError`.
    """
    target = Path(path)
    special = target.exists() and not target.is_file()
    place = target if special else target.with_name(target.name + ".part")
    try:
        raw = open(place, "wb")  # noqa: SIM115 (closed below, before the renaming)
    except OSError as error:
        raise ArchiveError(f"{target}: {error.strerror}; choose another place to write to") from error
    try:
        with raw, _packed(raw, target.suffix) as stream:
            yield stream
        if not special:
            os.replace(place, target)
    except BaseException:
        if not special:
            with suppress(OSError):
                place.unlink()
        raise


@contextmanager
def _packed(raw: BinaryIO, suffix: str) -> Iterator[IO[bytes]]:
    if suffix == ".gz":
        import gzip

        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packer:
            yield cast("IO[bytes]", packer)
    elif suffix == ".zst":
        import zstandard

        with zstandard.ZstdCompressor().stream_writer(raw, closefd=False) as stream:
            yield stream
    else:
        yield raw
