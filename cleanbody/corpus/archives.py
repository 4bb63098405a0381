"""Archives in, one data set out: the rows, and the count of every record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from cleanbody.batch import PageCleaner
from cleanbody.corpus.tally import Tally
from cleanbody.decode import decode
from cleanbody.page import CleanPage, Status, worst
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
