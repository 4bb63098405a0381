"""Head data → what the page says of itself, and the candidates for its headline."""

from __future__ import annotations

from collections.abc import Sequence

from cleanbody.jsonld import LinkedData
from cleanbody.metadata.dates import find_date, page_date, parse_date
from cleanbody.metadata.fields import authors, canonical_url, description, language, site_names
from cleanbody.metadata.kinds import declared_type, type_evidence
from cleanbody.metadata.titles import fold, headline_votes, host_labels, names_site, split_title
from cleanbody.page import Head, Metadata

__all__ = [
    "declared_type",
    "find_date",
    "headline_candidates",
    "parse_date",
    "read_metadata",
    "site_names",
    "split_title",
    "type_evidence",
]


def headline_candidates(head: Head, linked: LinkedData, url: str | None = None) -> tuple[str, ...]:
    """Every distinct string that the head data offers as the headline, the most trusted first.

    url: the page's address, whose host helps to tell the site's name apart; the head's own address if None.
    What is known to be the site's name alone is left out, unless there is nothing else.

    >>> headline_candidates(Head(title="A storm | The Daily", meta=(("og:title", "A storm"),)), LinkedData())
    ('A storm', 'A storm | The Daily')
    """
    url = url or canonical_url(head, linked, url)
    return tuple(headline_votes(head, linked, site_names(head, linked), host_labels(url)))


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
    canonical = canonical_url(head, linked, url)
    labels = host_labels(url or canonical)
    names = site_names(head, linked)
    tag = language(head, linked)
    votes = headline_votes(head, linked, names, labels)
    title = next(iter(votes), None)
    site = next((name for name in names if fold(name) != fold(title or "")), None)
    return Metadata(
        title=title,
        author=", ".join(authors(head, linked, names)) or None,
        date=page_date(head, linked, url or canonical, lines, _month_first(tag), latest),
        language=tag,
        site_name=site or _title_tail(head.title, labels),
        canonical_url=canonical,
        description=description(head, linked),
    )


def _month_first(tag: str | None) -> bool | None:
    """Whether 3/4 is in March: only in the United States' English; English of no region can be either."""
    return True if tag == "en-US" else None if tag is None or tag == "en" else False


def _title_tail(title: str, labels: Sequence[str]) -> str | None:
    """The site's name as the title ends or begins with it, if the host agrees."""
    site = split_title(title, None, labels)[1]
    return site if site and names_site(site, (), labels) else None
