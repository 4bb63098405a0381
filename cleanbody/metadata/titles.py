"""Titles: parting a headline from the site's name, and the candidates for the headline in order of trust."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

from cleanbody.compiled import core
from cleanbody.jsonld import plain
from cleanbody.metadata.source import Address, Source, split_url
from cleanbody.patterns import pattern, unicode_pattern

MAX_TITLE = 1_000  # characters
MAX_PARTS = 12
MIN_LABEL = 4  # characters of a host label or a name that may agree by containment

_CJK = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}"
# Sites set their name off with these; dashes and bars want space around them, or the full-width scripts beside them.
_SEPARATOR = unicode_pattern(
    r"(?=[\s|｜│«_–—―－-])(?:"
    r"\s++(?:[|｜│¦•·•・»«›‹‖/\\~_-]|--|[–—―−－]|::?|//|>>?|<<?)\s++|\s*+[|｜│]\s*+|\s++»|«\s++"
    rf"|(?<=[{_CJK}\p{{P}}])\s*+(?:[_–—―－]++|--?)\s*+(?=[{_CJK}])|_(?=[{_CJK}])|(?<=[{_CJK}])_)"
)
_ASCII_SEPARATOR = pattern(r"\s++(?:[|/\\~_-]|--|::?|//|>>?|<<?)\s++|\s*+\|\s*+")  # the same, as far as ASCII goes
_STRONG = frozenset("|｜│¦»«›‹‖_·•")
_NOT_ASCII_ALNUM = pattern(r"[\W_]++", re.ASCII)
_NOT_ALNUM = unicode_pattern(r"[^\p{L}\p{M}\p{N}]++")
_TAIL_SHARE = 0.6  # of the headline's length: an unknown tail must be shorter to be taken for the site's name
_TAIL_WORDS = 5
_SECTION_SHARE = 1.2  # of what stands before: a section longer than that is rather the headline behind a tag


class Part(NamedTuple):
    """A piece of a title, the separator before it ("" for the first), its place, and its folded form."""

    text: str
    separator: str
    start: int
    key: str


_made = partial(tuple.__new__, Part)  # as Part._make, without a call of Python's for each


def fold(text: str) -> str:
    """Letters and digits alone, case folded, width and accents of compatibility forms unified: for comparing names.

    >>> fold("The  Daily–News!"), fold("ＮＨＫ ニュース")
    ('thedailynews', 'nhkニュース')
    """
    if text.isascii():
        if core is not None:
            return core.fold(text) or ""
        return _NOT_ASCII_ALNUM.sub("", text).lower()
    return str(_NOT_ALNUM.sub("", unicodedata.normalize("NFKC", text))).casefold()


class Site(NamedTuple):
    """What is known of a page's site, folded: its names, the telling labels of its host, and names of sections."""

    names: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    sections: frozenset[str] = frozenset()

    @classmethod
    def of(cls, names: Iterable[str] = (), url: str | Address | None = None, sections: Iterable[str] = ()) -> Site:
        """Folds what is known.

        >>> Site.of(["The Daily"], "https://www.daily-news.co.uk/a").labels
        ('dailynews',)
        """
        folded = tuple(dict.fromkeys(filter(None, map(fold, names))))
        return cls(folded, host_labels(url), frozenset(filter(None, map(fold, sections))))

    def is_named(self, key: str) -> bool:
        """Whether a folded string is exactly a name of the site or its host; asked of what stands first."""
        return key in self.names or key in self.labels

    def names_part(self, part: Part) -> bool:
        """Whether a later part of a title is the site's name: one of the known names, or told by its host.

        >>> last = title_parts("Rain - MS Society UK")[-1]
        >>> Site.of(url="https://forum.mssociety.org.uk/").names_part(last), Site.of(["The Daily"]).names_part(last)
        (True, False)
        """
        key = part.key
        if not key:
            return False
        if key in self.names or key in self.labels:
            return True
        for name in self.names:
            if _covers(key, name) or _covers(name, key):
                return True
        if not self.labels:
            return False
        words = [fold(word) for word in part.text.split()]
        initials = "".join(word[0] for word in words if word)
        for label in self.labels:
            begins = len(key) >= MIN_LABEL - 1 and label.startswith(key)
            if begins or _covers(key, label) or _covers(label, key) or label in words:
                return True
            if len(initials) >= 3 and initials == label:
                return True
        return False


def _covers(outer: str, inner: str) -> bool:
    return len(inner) >= MIN_LABEL and inner in outer and len(inner) * 2 >= len(outer)


def host_labels(url: str | Address | None) -> tuple[str, ...]:
    """The telling labels of a URL's host, folded: without ``www`` and the top-level domain.

    >>> host_labels("https://www.daily-news.co.uk/a"), host_labels(None)
    (('dailynews',), ())
    """
    address = url if isinstance(url, Address) else split_url(url)
    labels = (address.hostname or "").split(".")[:-1]
    return tuple(dict.fromkeys([fold(label) for label in labels if len(label) >= MIN_LABEL - 1 and label != "www"]))


def title_parts(title: str) -> tuple[Part, ...]:
    """The pieces of a title between the separators that sites use.

    >>> [part.text for part in title_parts("Well-known - a story | The Site")]
    ['Well-known', 'a story', 'The Site']
    """
    if core is not None and title.isascii():
        return tuple(map(_made, core.title_parts(title, MAX_TITLE, MAX_PARTS) or ()))
    parts: list[Part] = []
    position, separator = 0, ""
    for match in (_ASCII_SEPARATOR if title.isascii() else _SEPARATOR).finditer(title[:MAX_TITLE]):
        if len(parts) >= MAX_PARTS:
            break
        text = title[position : match.start()].strip()
        if text:
            parts.append(Part(text, separator, position, fold(text)))
            separator, position = match[0].strip(), match.end()
        elif not parts:
            position = match.end()
    text = title[position:MAX_TITLE].strip()
    if text:
        parts.append(Part(text, separator, position, fold(text)))
    return tuple(parts)


def split_title(title: str, site_name: str | None) -> tuple[str, str | None]:
    """Parts a title into headline and site name.

    title: as it stands in the page.  site_name: the site's name if known.
    The site name is None where the title holds none; the headline is never empty unless the title is.

    >>> split_title("A storm - and after | The Daily", "The Daily")
    ('A storm - and after', 'The Daily')
    >>> split_title("The Daily: a storm", "The Daily"), split_title("Spider-Man", None)
    (('a storm', 'The Daily'), ('Spider-Man', None))
    """
    return part_title(title, Site.of([site_name] if site_name else []))


def part_title(title: str, site: Site) -> tuple[str, str | None]:
    """As `split_title`, by all that is known of the site.

    >>> part_title("A storm - Weather - NPS", Site.of(url="https://www.nps.gov/"))
    ('A storm', 'NPS')
    """
    title = " ".join(title[:MAX_TITLE].split())
    return _parted(title, title_parts(title), site)


def _parted(title: str, parts: Sequence[Part], site: Site) -> tuple[str, str | None]:
    """As `part_title`, of a tidy title and its parts."""
    if len(parts) < 2:
        return _split_colon(title, site)
    tail = next((i for i, part in enumerate(parts) if i and site.names_part(part)), 0)
    if not tail and site.is_named(parts[0].key):
        return title[parts[1].start :].strip(), parts[0].text
    if not tail and _plausible_tail(parts, bool(site.names)):
        tail = len(parts) - 1
    if tail:
        return _without_sections(title, parts[: tail + 1], site.sections), parts[tail].text
    return _split_colon(title, site)


def _split_colon(title: str, site: Site) -> tuple[str, str | None]:
    """ "Site: headline", which is told by the site's name alone: colons stand in headlines too."""
    first, colon, rest = title.partition(": ") if ": " in title else title.partition("：")
    if colon and rest.strip() and site.is_named(fold(first)):
        return rest.strip(), first.strip()
    return title, None


def _without_sections(title: str, parts: Sequence[Part], sections: frozenset[str]) -> str:
    """The title before its last part (the site's name) and before the sections that the same template puts there."""
    kept, separator = list(parts[:-1]), parts[-1].separator
    while len(kept) > 1:
        section, rest = kept[-1], kept[-1].start - kept[0].start
        templated = section.separator == separator and len(section.text) <= _SECTION_SHARE * rest
        if not templated and section.key not in sections:
            break
        kept.pop()
    return title[kept[0].start : kept[-1].start + len(kept[-1].text)]


def _plausible_tail(parts: Sequence[Part], informed: bool) -> bool:
    """Whether the last part has the shape of a site's name, where no known name tells."""
    last = parts[-1]
    before = sum(len(part.text) for part in parts[:-1])
    short = len(last.text) <= _TAIL_SHARE * before and len(last.text.split()) <= _TAIL_WORDS
    return short and (last.separator in _STRONG or not informed)


# How far each source of a headline is trusted. Meta names are those of Highwire, Dublin Core, Open Graph, Parse.ly …
_META_TRUST = {
    "citation_title": 0.9,
    "headline": 0.9,
    "parsely-title": 0.8,
    "og:title": 0.7,
    "dc.title": 0.6,
    "dcterms.title": 0.6,
    "sailthru.title": 0.6,
    "twitter:title": 0.5,
    "title": 0.3,
}
_LINKED_TRUST, _NAME_TRUST, _PROP_TRUST, _TITLE_TRUST, _TRAIL_TRUST = 0.9, 0.4, 0.8, 0.6, 0.3
_WHOLE_SHARE = 0.3  # of a source's trust that its string has with the site's name still on
_LONG_SHARE = 0.1  # with the sections still on
_PART_SHARE = 0.2
_EDGE = " |｜│¦•·・»«›‹‖/\\~_:>-–—―−－"


def headline_votes(source: Source, site: Site) -> dict[str, float]:
    """Every distinct string that head data offers as the headline, and the trust of all sources that agree on it.

    Strings that differ in case, white space or punctuation alone count as one, in the form that came first. What is
    the site's name alone is left out, unless there is nothing else.

    >>> from cleanbody.page import Head
    >>> votes = headline_votes(Source.of(Head(title="A storm | NPS", meta=(("og:title", "A storm"),))), Site())
    >>> max(votes, key=votes.get)
    'A storm'
    """
    votes: dict[str, float] = {}
    forms: dict[str, str] = {}

    def vote(text: str, weight: float, key: str) -> None:
        if key:
            forms.setdefault(key, text)
            votes[key] = votes.get(key, 0.0) + weight

    offers = _offers(source)
    wholes = {text: fold(text) for text in offers}
    for text, trust in offers.items():
        title = " ".join(text[:MAX_TITLE].split())
        parts = title_parts(title)
        headline, tail = _parted(title, parts, site)
        vote(headline, trust, wholes.get(headline) or fold(headline))
        if tail:
            vote(text, trust * _WHOLE_SHARE, wholes[text])
            long = text[: text.rfind(tail)].rstrip(_EDGE)
            vote(long, trust * _LONG_SHARE, fold(long))
        if headline != title:
            parts = title_parts(headline)
        if len(parts) > 1 and not any(part.key in wholes.values() for part in parts):
            for part in parts:
                vote(part.text, trust * _PART_SHARE, part.key)
    told = [key for key in votes if not site.is_named(key)]
    return {forms[key]: votes[key] for key in sorted(told or votes, key=votes.__getitem__, reverse=True)}


def _offers(source: Source) -> dict[str, float]:
    """The first string of every source, with the trust of all that offer just this string."""
    linked = source.linked
    offers: list[tuple[str, float]] = []
    if linked.headlines:
        offers.append((linked.headlines[0], _LINKED_TRUST))
    if source.head.props:
        offers += [(plain(value), _PROP_TRUST) for value in source.props("headline")][:1]
    for name in filter(source.meta.__contains__, _META_TRUST):
        offers.append((source.first(name), _META_TRUST[name]))
    offers.append((plain(source.head.title), _TITLE_TRUST))
    if linked.names:
        offers.append((linked.names[0], _NAME_TRUST))
    if linked.breadcrumbs:
        offers.append((linked.breadcrumbs[-1], _TRAIL_TRUST))
    found: dict[str, float] = {}
    for text, trust in offers:
        if text:
            found[text] = found.get(text, 0.0) + trust
    return found
