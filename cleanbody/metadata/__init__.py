"""Head data → what the page says of itself, and the candidates for its headline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from cleanbody.jsonld import LinkedData
from cleanbody.metadata.dates import find_date, page_date, parse_date
from cleanbody.metadata.fields import authors, canonical_url, description, language, site_names
from cleanbody.metadata.kinds import declared_type, evidence_of, told_type, type_evidence
from cleanbody.metadata.source import Address, Source, split_url
from cleanbody.metadata.titles import Part, Site, fold, headline_votes, part_title, split_title
from cleanbody.page import Head, Metadata, PageType, once

__all__ = [
    "HeadFacts",
    "declared_type",
    "find_date",
    "headline_candidates",
    "parse_date",
    "read_metadata",
    "split_title",
    "type_evidence",
]


class HeadFacts:
    """What the head data says, each thing read when it is asked for: most users want a few of them.

    head: as the page has it.  linked: of `read_jsonld`.  url: the page's address, if known.
    lines, latest: as in `read_metadata`.

    >>> HeadFacts(Head(title="A storm | The Daily"), LinkedData(), "https://thedaily.example/a").headlines
    ('A storm', 'A storm | The Daily')
    """

    def __init__(
        self,
        head: Head,
        linked: LinkedData,
        url: str | None = None,
        lines: Sequence[str] = (),
        latest: str | None = None,
    ) -> None:
        self._source = Source.of(head, linked, url)
        self._lines, self._latest = lines, latest

    def metadata(self, title: str | None) -> Metadata:
        """The metadata, of which `title` is known."""
        return Metadata.later(partial(getattr, self), title=title)

    @once
    def _address(self) -> Address:
        return self._source.address if self._source.url else split_url(self.canonical_url)

    @once
    def _names(self) -> tuple[str, ...]:
        return site_names(self._source)

    @once
    def _site(self) -> Site:
        return Site.of(self._names, self._address, self._source.linked.breadcrumbs[:-1])

    @once
    def headlines(self) -> tuple[str, ...]:
        """Every candidate for the headline, the most trusted first."""
        return tuple(headline_votes(self._source, self._site))

    @property
    def title(self) -> str | None:
        """The candidate for the headline that is trusted most."""
        return self.headlines[0] if self.headlines else None

    @property
    def author(self) -> str | None:
        """The authors' names, parted by commas."""
        return ", ".join(authors(self._source, self._site)) or None

    @property
    def date(self) -> str | None:
        """The day of publication."""
        return page_date(self._source, self._lines, _month_first(self.language), self._latest)

    @once
    def language(self) -> str | None:
        """The page's language."""
        return language(self._source)

    @property
    def site_name(self) -> str | None:
        """The site's name."""
        title = fold(self.title or "")
        name = next((name for name in self._names if fold(name) != title), None)
        return name or _title_tail(self._source.head.title, self._site)

    @once
    def canonical_url(self) -> str | None:
        """The page's own address."""
        return canonical_url(self._source)

    @once
    def description(self) -> str | None:
        """What the page says of itself in a sentence or two."""
        return description(self._source)

    @once
    def types(self) -> Mapping[PageType, float]:
        """Evidence for each page type; see `type_evidence`."""
        return evidence_of(self._source, self._address)

    @property
    def declared_type(self) -> PageType | None:
        """See `metadata.declared_type`."""
        return told_type(self.types)


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
    facts = HeadFacts(head, linked, url, lines, latest)
    return facts.metadata(facts.title)


def headline_candidates(head: Head, linked: LinkedData, url: str | None = None) -> tuple[str, ...]:
    """Every distinct string that the head data offers as the headline, the most trusted first.

    url: the page's address, whose host helps to tell the site's name apart; the head's own address if None.
    What is known to be the site's name alone is left out, unless there is nothing else.

    >>> headline_candidates(Head(title="A storm | The Daily", meta=(("og:title", "A storm"),)), LinkedData())
    ('A storm', 'A storm | The Daily')
    """
    return HeadFacts(head, linked, url).headlines


def _month_first(tag: str | None) -> bool | None:
    """Whether 3/4 is in March: only in the United States' English; English of no region can be either."""
    return True if tag == "en-US" else None if tag is None or tag == "en" else False


def _title_tail(title: str, site: Site) -> str | None:
    """The site's name as the title ends or begins with it, if the host agrees."""
    tail = part_title(title, site)[1]
    return tail if tail and site.names_part(Part(tail, "", 0, fold(tail))) else None
