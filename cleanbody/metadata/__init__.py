"""Head data → what the page says of itself, and the candidates for its headline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cleanbody.jsonld import LinkedData
from cleanbody.metadata.dates import find_date, page_date, parse_date
from cleanbody.metadata.fields import authors, canonical_url, description, language, site_names
from cleanbody.metadata.kinds import declared_type, type_evidence
from cleanbody.metadata.source import Source
from cleanbody.metadata.titles import Part, Site, fold, headline_votes, part_title, split_title
from cleanbody.page import Head, Metadata

__all__ = [
    "HeadFacts",
    "declared_type",
    "find_date",
    "headline_candidates",
    "parse_date",
    "read_head",
    "read_metadata",
    "split_title",
    "type_evidence",
]


class HeadFacts(NamedTuple):
    """What the head data says: the metadata, and every candidate for the headline, the most trusted first."""

    metadata: Metadata
    headlines: tuple[str, ...]


def read_head(
    head: Head,
    linked: LinkedData,
    url: str | None = None,
    lines: Sequence[str] = (),
    latest: str | None = None,
) -> HeadFacts:
    """Metadata and candidates for the headline in one reading; see `read_metadata` and `headline_candidates`.

    >>> read_head(Head(title="A storm | The Daily"), LinkedData(), "https://thedaily.example/a").headlines
    ('A storm', 'A storm | The Daily')
    """
    source = Source.of(head, linked, url)
    canonical = canonical_url(source)
    names = site_names(source)
    site = Site.of(names, url or canonical, linked.breadcrumbs[:-1])
    headlines = tuple(headline_votes(source, site))
    title = headlines[0] if headlines else None
    tag = language(source)
    name = next((name for name in names if fold(name) != fold(title or "")), None)
    metadata = Metadata(
        title=title,
        author=", ".join(authors(source, site)) or None,
        date=page_date(source, lines, _month_first(tag), latest),
        language=tag,
        site_name=name or _title_tail(head.title, site),
        canonical_url=canonical,
        description=description(source),
    )
    return HeadFacts(metadata, headlines)


def read_metadata(
    head: Head,
    linked: LinkedData,
    url: str | None = None,
    lines: Sequence[str] = (),
    latest: str | None = None,
) -> Metadata:
    """What the head data says of the page.

    head: as the page has it.  linked: of `read_jsonld`.  url: the page's address, if known.
    lines: short texts of the page around its headline, in order, read for a date that the head data lacks.
    latest: the day the page was fetched (ISO 8601); dates after it do not count.
    Dates are days (``YYYY-MM-DD``), languages BCP 47, addresses absolute. Never raises.

    >>> head = Head(title="A storm | The Daily", lang="en_GB", meta=(("author", "Ada Low"), ("date", "2024-05-17")))
    >>> read_metadata(head, LinkedData(), "https://thedaily.example/a").title
    'A storm'
    """
    return read_head(head, linked, url, lines, latest).metadata


def headline_candidates(head: Head, linked: LinkedData, url: str | None = None) -> tuple[str, ...]:
    """Every distinct string that the head data offers as the headline, the most trusted first.

    url: the page's address, whose host helps to tell the site's name apart; the head's own address if None.
    What is known to be the site's name alone is left out, unless there is nothing else.

    >>> headline_candidates(Head(title="A storm | The Daily", meta=(("og:title", "A storm"),)), LinkedData())
    ('A storm', 'A storm | The Daily')
    """
    return read_head(head, linked, url).headlines


def _month_first(tag: str | None) -> bool | None:
    """Whether 3/4 is in March: only in the United States' English; English of no region can be either."""
    return True if tag == "en-US" else None if tag is None or tag == "en" else False


def _title_tail(title: str, site: Site) -> str | None:
    """The site's name as the title ends or begins with it, if the host agrees."""
    tail = part_title(title, site)[1]
    return tail if tail and site.names_part(Part(tail, "", 0, fold(tail))) else None
