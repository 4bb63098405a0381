"""The day a page was published, as ISO 8601: many shapes read, the ambiguous left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import chain

from cleanbody.metadata.source import Address, Source, split_url
from cleanbody.patterns import pattern

FIRST_YEAR, LAST_YEAR = 1990, 2099
MAX_DATE = 80  # characters of a value that is a date
MAX_LINE = 160  # characters of a line that may name the date

# Only what tells of publication, in order of trust: Open Graph, Highwire, Dublin Core, Parse.ly, Sailthru, schema.org …
_PUBLISHED_NAMES = (
    "article:published_time",
    "datepublished",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "parsely-pub-date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.created",
    "dcterms.created",
    "sailthru.date",
    "og:published_time",
    "og:article:published_time",
    "article:published",
    "article.published",
    "publishdate",
    "publish-date",
    "publish_date",
    "published_date",
    "published_time",
    "pubdate",
    "originalpublicationdate",
    "rnews:datepublished",
    "bt:pubdate",
    "cxenseparse:recs:publishtime",
    "displaydate",
)
_PLAIN_NAMES = ("dc.date", "dcterms.date", "date", "dc.terms.date", "article.created", "datecreated", "uploaddate")

_YEAR_FIRST = pattern(r"\D{0,12}(?<!\d)((?:19|20)\d\d)\s?[^\w\s]\s?(\d{1,2})\s?[^\w\s]\s?(\d{1,2})(?!\d)")
_YEAR_UNITS = pattern(r"\D{0,12}(?<!\d)((?:19|20)\d\d)\s?[^\W\d]\s?(\d{1,2})\s?[^\W\d]\s?(\d{1,2})(?!\d)")
_YEAR_LAST = pattern(r"\D{0,12}(?<!\d)(\d{1,2})(\s?[./-]\s?)(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
_DIGITS = pattern(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:T?\d{4,6}Z?)?\Z")
_EPOCH = pattern(r"(\d{10})(?:\d{3}|\.\d+)?\Z")
_WORDS = pattern(r"[^\W\d_]{3,}")
_NUMBERS = pattern(r"(?<![\d:.])\d{1,4}(?![\d:])")
_HAS_YEAR = pattern(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_IN_TEXT = pattern(
    r"(?<!\d)(?:19|20)\d\d\s?[^\w\s,]\s?\d{1,2}\s?[^\w\s,]\s?\d{1,2}(?!\d)"  # 2024-05-17
    r"|(?<!\d)(?:19|20)\d\d\s?[^\W\d]\s?\d{1,2}\s?[^\W\d]\s?\d{1,2}(?!\d)"  # year, month, day, units between
    r"|(?<![\d.])\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:19|20)\d\d(?!\.?\d)"  # 17.05.2024
    r"|(?<!\d)\d{1,2}(?:[^\W\d]{2}|\.)?\s[^\W\d]{3,12}[.,]?\s(?:19|20)\d\d(?!\d)"  # 17th May 2024
    r"|(?<!\w)[^\W\d]{3,12}\.?\s\d{1,2}(?:[^\W\d]{2})?[.,]?\s(?:19|20)\d\d(?!\d)"  # May 17, 2024
)
_URL_DAY = pattern(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?!\w)|[/_-]((?:19|20)\d\d)(\d\d)(\d\d)(?!\w)")


def parse_date(text: str, month_first: bool | None = None) -> str | None:
    """The day that a text names, as ``YYYY-MM-DD``, or None.

    text: a date in one of the shapes that machines write: ISO 8601, RFC 2822, digits alone, seconds since 1970,
    numbers with marks between, or a day, a month's English name and a year.
    month_first: how to read 3/4/2024; None leaves it unread, as nobody can know. Dots always mean day first.

    >>> parse_date("2024-05-17T08:00:00+02:00"), parse_date("17.05.2024"), parse_date("Fri, 17 May 2024 08:00:00 GMT")
    ('2024-05-17', '2024-05-17', '2024-05-17')
    >>> parse_date("3/4/2024"), parse_date("3/4/2024", month_first=True), parse_date("2024-13-01")
    (None, '2024-03-04', None)
    """
    text = text.strip()
    if not text or len(text) > MAX_DATE:
        return None
    for shape in (_YEAR_FIRST, _YEAR_UNITS, _DIGITS):
        match = shape.match(text)
        if match:
            return _day(match[1], match[2], match[3])
    match = _YEAR_LAST.match(text)
    if match:
        return _year_last(int(match[1]), match[2].strip(), int(match[3]), match[4], month_first)
    match = _EPOCH.match(text)
    if match:
        moment = datetime.fromtimestamp(int(match[1]), UTC)
        return _day(moment.year, moment.month, moment.day)
    return _worded(text)


def _day(year: str | int, month: str | int, day: str | int) -> str | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found.isoformat() if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _year_last(first: int, mark: str, second: int, year: str, month_first: bool | None) -> str | None:
    if mark == "." or first > 12 or first == second:
        return _day(year, second, first)
    if second > 12 or month_first:
        return _day(year, first, second)
    return None if month_first is None else _day(year, second, first)


def _worded(text: str) -> str | None:
    """A day, a month's name and a year in any order; the names are those that RFC 2822 readers know."""
    from email.utils import parsedate  # it brings sockets along, and few dates come here

    numbers = _NUMBERS.findall(text)
    years = [number for number in numbers if len(number) == 4]
    days = [number for number in numbers if len(number) <= 2]
    if not years or not days:
        return None
    for word in _WORDS.findall(text):
        parsed = parsedate(f"{days[0]} {word[:3]} {years[0]} 00:00:00")
        if parsed:
            return _day(*parsed[:3])
    return None


def find_date(line: str, month_first: bool | None = None) -> str | None:
    """The first day that a short line of text names, or None; longer lines are prose and are not read.

    >>> find_date("Ada Low | 17 May 2024 | 4 min"), find_date("Updated: 2024/05/17 08:00"), find_date("Room 12, 2024")
    ('2024-05-17', '2024-05-17', None)
    """
    if len(line) > MAX_LINE or not _HAS_YEAR.search(line):
        return None
    found = (parse_date(match[0], month_first) for match in _IN_TEXT.finditer(line))
    return next((day for day in found if day), None)


def url_date(url: str | Address | None) -> str | None:
    """The day in a URL's path.

    >>> url_date("https://x.org/news/2024/05/17/storm.html"), url_date("https://x.org/a-20241399.html")
    ('2024-05-17', None)
    """
    path = (url if isinstance(url, Address) else split_url(url)).path
    found = (_day(*(m[1], m[2], m[3]) if m[1] else (m[4], m[5], m[6])) for m in _URL_DAY.finditer(path[:2000]))
    return next((day for day in found if day), None)


def page_date(
    source: Source, lines: Sequence[str] = (), month_first: bool | None = None, latest: str | None = None
) -> str | None:
    """The day of publication, from the most to the least trusted source; later days than `latest` do not count.

    lines: short texts of the page itself around its headline, in order, asked only where the head data tells nothing.

    >>> from cleanbody.page import Head
    >>> page_date(Source.of(Head(times=("2024-05-17",)), url="https://x.org/2024/05/16/storm"))
    '2024-05-16'
    """
    found = chain(
        [url_date(source.address)],
        (parse_date(text, month_first) for text in _values(source)),
        (find_date(line, month_first) for line in lines),
    )
    return next((day for day in found if day and (latest is None or day <= latest)), None)


def _values(source: Source) -> Iterator[str]:
    yield source.linked.date_published
    yield from (content for name in _PUBLISHED_NAMES for content in source.meta.get(name, ()))
    yield from source.props("datepublished")
    yield from (content for name in _PLAIN_NAMES for content in source.meta.get(name, ()))
    yield from source.head.times[:1]
