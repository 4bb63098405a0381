"""JSON lines in, JSON lines out: every object cleaned, all its other values kept; memory for one line at a time.

What is not an object is no row: it is counted, and reported with the number of its line.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, BinaryIO, Final, NamedTuple

from cleanbody.batch import Choice, PageCleaner, Value, clean_row
from cleanbody.corpus.tally import Tally
from cleanbody.page import ArchiveError
from cleanbody.warc import inflate

MAX_LINE: Final = 1 << 28  # bytes; what goes beyond is passed over, so that memory has an end
# So many lines without one object, or objects without the column, and the file is not what it was said to be.
PROBE: Final = 1000
_PIECE: Final = 1 << 16
_BOM: Final = b"\xef\xbb\xbf"
Report = Callable[[str], None]


class _Coding(NamedTuple):
    name: str
    magic: bytes
    new: Callable[[], inflate.Decoder]
    piece: int


_CODINGS: Final = (
    _Coding("gzip", b"\x1f\x8b", inflate.gzip_decoder, inflate.GZIP_PIECE),
    _Coding("zstd", b"\x28\xb5\x2f\xfd", inflate.zstd_decoder, inflate.ZSTD_PIECE),
    _Coding("zstd", b"\x2a\x4d\x18", inflate.zstd_decoder, inflate.ZSTD_PIECE),  # a skippable frame, from its 2nd byte
)


class _Damaged(Exception):
    """The packed data ends too soon or cannot be read on."""


class _Bad(Exception):
    """A line that holds no object; the code and what is wrong with it."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(code, what)
        self.code, self.what = code, what


def clean_lines(
    file: BinaryIO, cleaner: PageCleaner, choice: Choice, tally: Tally, *, name: str, report: Report
) -> Iterator[bytes]:
    """Clean the objects of a file of JSON lines, packed or not (told by its first bytes); count every line.

    choice: names the column to clean.  tally: is added to.  name: of the file, for messages.
    report: is told of every line that could not be read or cleaned, in one line each.
    Yields a line for every object, in order: its own values, and the results. A row that could not be cleaned is among
    them, with the status ``failed``; a line that is no object is not.
    Raises :class:`ArchiveError` if the file holds no JSON lines, or none with the column.
    """
    seen = _Seen(name, choice.html or choice.text or "", report)
    number = 0
    try:
        for number, line in enumerate(split_lines(_chunks(file), MAX_LINE), 1):
            tell = partial(seen.tell, number)
            try:
                row = _read(line, number)
                if row is None:
                    tally.records += 1
                    tally.skipped["blank-line"] += 1
                    continue
                seen.add(row)
                yield _clean(row, seen.column, cleaner, choice, tally, tell)
            except _Bad as bad:
                _failed(tally, tell, bad.code, bad.what)
                seen.add(None)
    except _Damaged as damage:
        if not seen.with_column:
            raise ArchiveError(f"{name}: the {damage} data is damaged from the start; fetch it again") from None
        what = f"the {damage} data ends too soon or is damaged: this line and what follows are lost"
        _failed(tally, partial(seen.tell, number + 1), f"damaged-{damage}", what)
    seen.check()


class _Seen:
    """Tells early that a file is of another kind, or the name of the column wrong; until then no line is blamed."""

    def __init__(self, name: str, column: str, report: Report) -> None:
        self.name, self.column, self.report = name, column, report
        self.keys: list[str] = []
        self.waiting: list[str] = []
        self.lines = self.with_column = 0

    def add(self, row: dict[str, Any] | None) -> None:
        self.lines += 1
        if row is not None:
            self.keys = self.keys or list(row)
            self.with_column += self.column in row
        if self.with_column == 1:
            for message in self.waiting:
                self.report(message)
            self.waiting = []
        if self.lines == PROBE:
            self.check()

    def tell(self, number: int, what: str) -> None:
        message = f"{self.name}: line {number:,}: {what}"
        if self.with_column:
            self.report(message)
        else:
            self.waiting.append(message)

    def check(self) -> None:
        if self.with_column or not self.lines:
            return
        first = f"the first {self.lines:,} lines" if self.lines > 1 else "its only line"
        if not self.keys:
            what = f"no JSON object in {first}; give JSON lines (an object a line) or Parquet"
            raise ArchiveError(f"{self.name}: {what}")
        keys = ", ".join(self.keys[:20])
        raise ArchiveError(f"{self.name}: no column {self.column!r} in {first}; the first row has {keys}")


def _failed(tally: Tally, report: Report, code: str, what: str) -> None:
    tally.records += 1
    tally.failed[code] += 1
    report(what)


def _read(line: bytes | None, number: int) -> dict[str, Any] | None:
    """The object of a line; None for a blank one."""
    if line is None:
        raise _Bad("line-too-long", f"longer than {MAX_LINE:,} bytes")
    if not line.strip():
        return None
    try:
        row = json.loads((line.removeprefix(_BOM) if number == 1 else line).decode(), strict=False, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise _Bad("not-utf-8", f"not UTF-8 (byte {error.start:,})") from None
    except json.JSONDecodeError as error:
        raise _Bad("not-json", f"not JSON ({error.msg}, column {error.colno:,})") from None
    except (ValueError, RecursionError) as error:  # a number too large, or values too deep in each other
        raise _Bad("not-json", f"JSON that cannot be read ({' '.join(str(error).split())})") from None
    if not isinstance(row, dict):
        raise _Bad("not-an-object", f"no JSON object, but a {type(row).__name__}")
    return row


def _finite(digits: str) -> float:
    """A number as it can be written again: none that would become infinite."""
    value = float(digits)
    if math.isinf(value):
        raise ValueError(f"{digits[:20]} is no number that 64 bits can hold")
    return value


def _clean(
    row: dict[str, Any], column: str, cleaner: PageCleaner, choice: Choice, tally: Tally, report: Report
) -> bytes:
    """The line of one object, cleaned. Objects need not have the same keys: what one lacks is null."""
    named = {name for name in (column, choice.title, choice.url) if name}
    plan = choice.within({**row, **dict.fromkeys(named)})
    title, url = (row.get(key) if key else None for key in (plan.title, plan.url))
    values = clean_row(cleaner, plan.markup, row.get(column), title, url, (*choice.results, "error"))
    row.update((name, values[result]) for result, name in plan.names.items())
    try:
        line = _to_line(row)
    except RecursionError:  # near the limit that reading has, too
        raise _Bad("not-json", "JSON that cannot be written (values too deep in each other)") from None
    count(tally, values, report)
    return line


def count(tally: Tally, values: dict[str, Value], report: Report) -> None:
    """Count one row by its results, among which ``error`` is to be, and report it where it failed."""
    tally.records += 1
    if values["error"]:
        kind, _, what = str(values["error"]).partition(": ")
        tally.failed[f"cleaner:{kind}"] += 1
        report(what or kind)
    else:
        tally.cleaned[str(values["status"])] += 1


def _to_line(row: dict[str, Any]) -> bytes:
    """A row as JSON in UTF-8; halves of characters that a value brought along go out as they came in, escaped."""
    try:
        return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(row, separators=(",", ":")).encode() + b"\n"


def split_lines(chunks: Iterable[bytes], most: int) -> Iterator[bytes | None]:
    r"""The lines of a stream without their ends; None for one that is longer than `most` bytes.

    >>> list(split_lines([b"a\nbc", b"d\n\n", b"123456\n", b"e"], 5))
    [b'a', b'bcd', b'', None, b'e']
    """
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            size += end - start
            yield b"".join([*parts, chunk[start:end]]) if size <= most else None
            parts, size, start = [], 0, end + 1
        size += len(chunk) - start
        parts = [*parts, chunk[start:]] if size <= most else []
    if size:
        yield b"".join(parts) if size <= most else None


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    """The bytes of a file in pieces, unpacked if they are packed; several members or frames are one stream."""
    rest = file.read(_PIECE)
    coding = next((known for known in _CODINGS if known.magic in (rest[: len(known.magic)], rest[1:4])), None)
    if coding is None:
        while rest:
            yield rest
            rest = file.read(_PIECE)
        return
    while rest:
        decoder = coding.new()
        while not decoder.eof:
            rest = rest or file.read(_PIECE)
            if not rest:
                raise _Damaged(coding.name)
            out, sound = inflate.feed(decoder, rest[: coding.piece])
            rest = rest[coding.piece :]
            yield out
            if not sound:
                raise _Damaged(coding.name)
        rest = (decoder.unused_data + rest) or file.read(_PIECE)
