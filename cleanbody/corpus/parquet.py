"""Parquet in, Parquet out (extra ``parquet``): some rows at a time, all other columns with the types they had."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Any, BinaryIO, Final

from cleanbody.batch import RESULTS, VERSION_COLUMN, Choice, PageCleaner, Plan, clean_row, column_values
from cleanbody.corpus.archives import COLUMNS
from cleanbody.corpus.lines import Report, count
from cleanbody.corpus.output import to_line
from cleanbody.corpus.tally import Tally
from cleanbody.page import ArchiveError, InputError

MAGIC: Final = b"PAR1"
ENDING: Final = ".parquet"
BATCH_ROWS: Final = 32  # read and cleaned at a time: pages may have megabytes
# A row group is written when it holds so many bytes or rows.
GROUP_BYTES: Final = 1 << 26
GROUP_ROWS: Final = 1 << 16


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise ArchiveError("Parquet needs pyarrow, which is missing; install 'cleanbody[parquet]'") from None
    return pyarrow, pyarrow.parquet


def read_schema(file: BinaryIO, name: str) -> Any:
    """The Arrow schema of a Parquet file.

    Raises :class:`ArchiveError` if it is none, or pyarrow is missing.
    """
    return _open(file, name).schema_arrow


def _open(file: BinaryIO, name: str) -> Any:
    arrow, parquet = _arrow()
    try:
        return parquet.ParquetFile(file, pre_buffer=False)
    except (arrow.ArrowException, OSError) as error:
        what = str(error).partition("\n")[0].rstrip(".")
        raise ArchiveError(f"{name}: no Parquet file that can be read ({what}); make it again") from None


def plan_for(schema: Any, choice: Choice, name: str) -> Plan:
    """The plan for a file with this schema.

    Raises :class:`InputError` if a column is missing.
    """
    try:
        return choice.within(schema.names)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


def cleaned_schema(schema: Any, plan: Plan) -> Any:
    """The schema of the output: that of the input, then the results that replace no column of it."""
    arrow, _ = _arrow()
    types = {str: arrow.string(), int: arrow.int64(), float: arrow.float64()}
    for result, name in plan.names.items():
        kind = int if result == VERSION_COLUMN else type(RESULTS[result].nothing)
        field, at = arrow.field(name, types[kind]), schema.get_field_index(name)
        schema = schema.append(field) if at < 0 else schema.set(at, field)
    return schema


def clean_parquet(
    file: BinaryIO, cleaner: PageCleaner, plan: Plan, schema: Any, tally: Tally, *, name: str, report: Report
) -> Iterator[Any]:
    """Clean the rows of a Parquet file; count all of them.

    plan: of `plan_for`.  schema: of `cleaned_schema`.  tally, name, report: as for `clean_lines`.
    Yields record batches with that schema, as many rows in all as could be read.
    """
    arrow, _ = _arrow()
    source = _open(file, name)
    before = 0
    for group in range(source.num_row_groups):
        rows = source.metadata.row_group(group).num_rows
        done = 0
        try:
            for batch in source.iter_batches(batch_size=BATCH_ROWS, row_groups=[group], use_threads=False):
                tell = partial(_tell, report, name)
                yield _cleaned(batch, cleaner, plan, schema, tally, before + done, tell)
                done += batch.num_rows
        except (arrow.ArrowException, OSError) as error:
            what = str(error).partition("\n")[0].rstrip(".")
            tally.records += rows - done
            tally.failed["damaged-parquet"] += rows - done
            _tell(report, name, before + done + 1, f"damaged ({what}): {rows - done:,} rows are lost")
        before += rows


def _tell(report: Report, name: str, number: int, what: str) -> None:
    report(f"{name}: row {number:,}: {what}")


def _cleaned(
    batch: Any,
    cleaner: PageCleaner,
    plan: Plan,
    schema: Any,
    tally: Tally,
    before: int,
    tell: Callable[[int, str], None],
) -> Any:
    arrow, _ = _arrow()
    results = (*(name for name in plan.names if name != VERSION_COLUMN), "error")
    nothing = [None] * batch.num_rows
    titles, urls = (column_values(batch, name) if name else nothing for name in (plan.title, plan.url))
    rows = []
    for i, source in enumerate(column_values(batch, plan.source)):
        rows.append(clean_row(cleaner, plan.markup, source, titles[i], urls[i], results))
        count(tally, rows[-1], partial(tell, before + i + 1))
    made = {name: [row[result] for row in rows] for result, name in plan.names.items()}
    columns = [
        arrow.array(made[field.name], field.type) if field.name in made else batch.column(i)
        for i, field in enumerate(schema)
    ]
    return arrow.RecordBatch.from_arrays(columns, schema=schema)


def row_schema(*, blocks: bool = False) -> Any:
    """The schema of the rows of archives; see `cleanbody.corpus.COLUMNS`."""
    arrow, _ = _arrow()
    text, whole, real = arrow.string(), arrow.int64(), arrow.float64()
    types = {"row_version": whole, "offset": whole, "confidence": real, "problems": arrow.list_(text)}
    block = {"text": text, "kind": text, "level": whole, "label": text, "score": real, "keep": arrow.bool_()}
    block |= {"reasons": arrow.list_(text), "span": arrow.list_(whole), "author": text}
    fields = [(name, types.get(name, text)) for name in COLUMNS]
    return arrow.schema([*fields, *([("blocks", arrow.list_(arrow.struct(list(block.items()))))] if blocks else [])])


def to_batch(row: dict[str, Any], schema: Any) -> Any:
    """A row of archives as a record batch."""
    arrow, _ = _arrow()
    try:
        return arrow.RecordBatch.from_pylist([row], schema)
    except UnicodeEncodeError:  # lone surrogates; a line of JSON replaces them
        return arrow.RecordBatch.from_pylist([json.loads(to_line(row))], schema)


class _Stream:
    """A stream to which nothing goes any more once it is given up, so that what is cut short never looks complete."""

    closed = False

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.given_up = False

    def write(self, data: Any) -> int:
        return len(data) if self.given_up else self.stream.write(data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass


class Writer:
    """Writes record batches in row groups of a useful size; an error inside the ``with`` leaves the file unfinished."""

    def __init__(self, stream: IO[bytes], schema: Any) -> None:
        self.arrow, parquet = _arrow()
        self.schema = schema
        self._stream = _Stream(stream)
        self._file = parquet.ParquetWriter(self._stream, schema, compression="zstd")
        self._waiting: list[Any] = []
        self._rows = self._bytes = 0

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._stream.given_up = kind is not None
        if kind is None:
            self._flush()
        self._file.close()

    def write(self, batch: Any) -> None:
        """Write a record batch, now or later."""
        self._waiting.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= GROUP_ROWS or self._bytes >= GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._waiting:
            table = self.arrow.Table.from_batches(self._waiting, self.schema)
            self._file.write_table(table, row_group_size=max(1, table.num_rows))
        self._waiting, self._rows, self._bytes = [], 0, 0
