"""Columns in, columns out: many pages or texts in one call, as engines for data sets hand them over.

Every result is a string or a number and never null ("" and 0 stand for nothing), so that an engine that infers types
from the first rows infers the same ones from any. A row that cannot be cleaned costs that row alone: its ``status`` is
``failed``, and ``error`` says why.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

from cleanbody.decode import decode, encode_text
from cleanbody.page import LABELS, CleanPage, ConfigError, InputError, Status

# The version of the result columns; it changes whenever one changes its name, its type or its meaning.
BATCH_SCHEMA: Final = 1
VERSION_COLUMN: Final = "cleanbody_schema"
# Names that begin so are this library's: results go there where their own name is taken, and replace what is there.
OWN_PREFIX: Final = "cleanbody_"
Value = str | int | float


class PageCleaner(Protocol):
    """What is asked of a cleaner; `cleanbody.Cleaner` is one."""

    def clean(self, source: Any, url: str | None = None, *, http_charset: str | None = None) -> CleanPage: ...
    def clean_text(self, text: str, title: str | None = None, url: str | None = None) -> CleanPage: ...


class Result(NamedTuple):
    """One result column: what it holds of a page, and what it holds (of the same type) of a row that failed."""

    of: Callable[[CleanPage], Value]
    nothing: Value


def _dropped(page: CleanPage) -> list[int]:
    return [i for i, keep in enumerate(page.decisions.keep) if not keep]


def _reasons(page: CleanPage) -> str:
    verdict = page.decisions
    return " ".join(
        f"{LABELS[verdict.label[i]]}:{','.join(reason.code for reason in verdict.reasons[i])}" for i in _dropped(page)
    )


def _blocks(page: CleanPage) -> str:
    return json.dumps(page.to_dict(blocks=True)["blocks"], ensure_ascii=False, separators=(",", ":"))


# The result columns by name, in the order in which they come out; `docs/recipes.md` says what each holds.
RESULTS: Final[Mapping[str, Result]] = {
    "text": Result(lambda page: page.text, ""),
    "title": Result(lambda page: page.title or "", ""),
    "status": Result(lambda page: page.status.value, Status.FAILED.value),
    "page_type": Result(lambda page: page.page_type.value, ""),
    "language": Result(lambda page: page.metadata.language or "", ""),
    "confidence": Result(lambda page: float(page.confidence), 0.0),
    "dropped": Result(lambda page: len(_dropped(page)), 0),
    "error": Result(lambda page: "", ""),
    "dropped_chars": Result(
        lambda page: sum(page.document.end[i] - page.document.start[i] for i in _dropped(page)),
        0,
    ),
    "reasons": Result(_reasons, ""),
    "statuses": Result(lambda page: " ".join(page.statuses), Status.FAILED.value),
    "author": Result(lambda page: page.metadata.author or "", ""),
    "date": Result(lambda page: page.metadata.date or "", ""),
    "site_name": Result(lambda page: page.metadata.site_name or "", ""),
    "canonical_url": Result(lambda page: page.metadata.canonical_url or "", ""),
    "description": Result(lambda page: page.metadata.description or "", ""),
    "comments": Result(lambda page: "\n\n".join(block.text for block in page.comments), ""),
    "markdown": Result(lambda page: page.to_markdown(), ""),
    "html": Result(lambda page: page.to_html(), ""),
    "blocks": Result(_blocks, "[]"),
}
DEFAULT_RESULTS: Final = ("text", "title", "status", "page_type", "language", "confidence", "dropped", "error")


class Plan(NamedTuple):
    """Which columns of a table are read, and under which name each result goes out."""

    source: str
    markup: bool
    title: str | None
    url: str | None
    names: Mapping[str, str]  # result: output column


@dataclass(frozen=True, slots=True)
class Choice:
    """Which columns to read and which results to give.

    html, text, title, url: names of the columns that are read. None: the column ``html``, ``text``, ``title`` or
    ``url``, if there is one; "": none. Of html and text one is read.
    results: names out of `RESULTS`; ``status`` always comes.  prefix: stands before the name of every result.
    Raises :class:`ConfigError` for what is no such name.
    """

    html: str | None = None
    text: str | None = None
    title: str | None = None
    url: str | None = None
    results: Sequence[str] = DEFAULT_RESULTS
    prefix: str = ""

    def __post_init__(self) -> None:
        for name in ("html", "text", "title", "url"):
            value = getattr(self, name)
            if value is not None and not isinstance(value, str):
                raise ConfigError(f"{name}_column is {value!r}: give the name of a column")
        if not isinstance(self.prefix, str):
            raise ConfigError(f"prefix is {self.prefix!r}: give the start of a name")
        if isinstance(self.results, str) or not isinstance(self.results, Iterable):
            raise ConfigError(f"columns is {self.results!r}: give a list of names, such as ['text', 'title', 'status']")
        results = tuple(dict.fromkeys([*self.results, "status"]))  # loss is never silent
        for name in results:
            if name not in RESULTS:
                raise ConfigError(f"columns holds {name!r}, which is no result; there are {', '.join(RESULTS)}")
        object.__setattr__(self, "results", results)

    def within(self, present: Collection[str]) -> Plan:
        """The plan for a table with these columns.

        A result replaces no column but the one it was made from; where another has its name, it goes under
        ``cleanbody_`` and its name.
        Raises :class:`InputError` where a column is missing, or both html and text are there and neither was chosen.

        >>> plan = Choice(results=["text", "status"]).within(["id", "text", "status"])
        >>> plan.source, dict(plan.names)
        ('text', {'text': 'text', 'status': 'cleanbody_status', 'cleanbody_schema': 'cleanbody_schema'})
        """
        html, text = _given(self.html, "html", present), _given(self.text, "text", present)
        if html and text and (self.html is None) != (self.text is None):  # one was chosen, the other is there as well
            html, text = (html, None) if self.html else (None, text)
        title, url = _given(self.title, "title", present), _given(self.url, "url", present)
        if not html and not text:
            what = "a column 'html' or 'text'; name the one to clean with html_column or text_column"
            raise InputError(f"the columns are {_listed(present)}: there is to be {what}")
        if html and text:
            raise InputError(f"both {html!r} and {text!r} could be cleaned: name one with html_column or text_column")
        for name in (html, text, title, url):
            if name and name not in present:
                raise InputError(f"there is no column {name!r}; the columns are {_listed(present)}")
        source = html or text or ""
        made_from = {"html": html, "text": text, "title": title}
        names = {}
        for result in self.results:
            name = self.prefix + result
            taken = name in present and name != made_from.get(result) and not name.startswith(OWN_PREFIX)
            names[result] = OWN_PREFIX + name if taken else name
        return Plan(source, html is not None, title, url, {**names, VERSION_COLUMN: VERSION_COLUMN})


def _given(chosen: str | None, usual: str, present: Collection[str]) -> str | None:
    """The name of a column to read: the one that was chosen, else the usual one if it is there."""
    if chosen is None:
        return usual if usual in present else None
    return chosen or None


def _listed(names: Iterable[str], most: int = 20) -> str:
    found = [str(name) for name in names]
    return ", ".join(found[:most]) + (", ..." if len(found) > most else "") if found else "none"


def clean_row(
    cleaner: PageCleaner, markup: bool, source: Any, title: Any, url: Any, results: Sequence[str]
) -> dict[str, Value]:
    """The results of one row, and the version of the columns; never raises because of what the row holds.

    source: HTML if `markup`, else text; ``str`` or bytes.  title, url: ``str``, bytes or null.
    results: names out of `RESULTS`.
    """
    try:
        known = _words("title", title)
        page = _clean(cleaner, markup, source, known, _words("url", url))
        values = {name: _sound(RESULTS[name].of(page)) for name in results}
        if known and not values.get("title", known):  # a page that shows none may still come with one
            values["title"] = _sound(known)
    except Exception as error:  # one row must not end a run over a million of them
        values = {name: RESULTS[name].nothing for name in results}
        if "error" in values:
            values["error"] = _sound(" ".join(f"{type(error).__name__}: {error}".split()))
    values[VERSION_COLUMN] = BATCH_SCHEMA
    return values


def _clean(cleaner: PageCleaner, markup: bool, source: Any, title: str | None, url: str | None) -> CleanPage:
    if markup:
        return cleaner.clean(source, url)
    if isinstance(source, bytes | bytearray | memoryview):
        source = decode(bytes(source)).data.decode("utf-8", "replace")
    return cleaner.clean_text(source, title, url)


def _words(name: str, value: Any) -> str | None:
    """A title or an address as a ``str``; tables have several kinds of null."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bytes):
        return decode(value).data.decode("utf-8", "replace")
    if value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value):
        return None
    raise InputError(f"{name} is a {type(value).__name__}: give a str or None")


def _sound(value: Value) -> Value:
    """A value that can be written anywhere: UTF-8 has no lone surrogates."""
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return encode_text(value).decode()
    return value


def clean_columns(cleaner: PageCleaner, table: Any, choice: Choice) -> dict[str, list[Value]]:
    """Clean the rows of a table; see `Cleaner.clean_batch`, whose `batch` this `table` is."""
    present = _names(table)
    plan = choice.within(present)
    sources = column_values(table, plan.source)
    count = len(sources)
    titles, urls = (column_values(table, name) if name else [None] * count for name in (plan.title, plan.url))
    for name, column in ((plan.title, titles), (plan.url, urls)):
        if len(column) != count:
            raise InputError(f"column {name!r} has {len(column)} rows, {plan.source!r} has {count}: give as many")
    rows = [
        clean_row(cleaner, plan.markup, source, title, url, choice.results)
        for source, title, url in zip(sources, titles, urls, strict=True)
    ]
    return {name: [row[result] for row in rows] for result, name in plan.names.items()}


def _names(table: Any) -> list[str]:
    """The names of a table's columns: of a mapping, a data frame, or a table or batch of Arrow."""
    if hasattr(table, "column_names"):
        return list(table.column_names)
    if hasattr(table, "keys") and hasattr(table, "__getitem__"):
        return list(table.keys())
    raise InputError(
        f"cannot clean a {type(table).__name__} as a batch: give columns, such as {{'html': [...], 'url': [...]}}"
    )


def column_values(table: Any, name: str) -> Sequence[Any]:
    """The values of a column: a list, or anything that can be walked through, as Arrow and numpy have it.

    Raises :class:`InputError` where it is a lone value.
    """
    column = table[name]
    if isinstance(column, str | bytes | bytearray | Mapping) or not hasattr(column, "__iter__"):
        raise InputError(f"column {name!r} is a {type(column).__name__}: give a list with one value a row")
    if not hasattr(column, "to_pylist"):
        return list(column)
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:  # Arrow does not check text that it reads; one bad row costs that row
        return [scalar.as_buffer().to_pybytes() if scalar.is_valid else None for scalar in column]
