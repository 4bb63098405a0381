"""Titles: parting a headline from the site's name, and the candidates for the headline in order of trust."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

import regex

from cleanbody.jsonld import LinkedData, plain
from cleanbody.page import Head

MAX_TITLE = 1_000  # characters
MAX_PARTS = 12
MIN_LABEL = 4  # characters of a host label or a name that may agree by containment

_CJK = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}"
# Sites set their name off with these; dashes and bars want space around them, or the full-width scripts beside them.
_SEPARATOR = regex.compile(
    rf"\s++(?:[|｜│¦·•・»«›‹‖/\\~_-]|--|[–—―−－]|::?|//|>>?|<<?)\s++|\s*+[|｜│]\s*+|\s++»|«\s++"
    rf"|(?<=[{_CJK}\p{{P}}])\s*+(?:[_–—―－]++|--?)\s*+(?=[{_CJK}])|_(?=[{_CJK}])|(?<=[{_CJK}])_"
)
_STRONG = frozenset("|｜│¦»«›‹‖_·•")
_COLON = re.compile(r"\s*[:：]\s*")
_NOT_ALNUM = regex.compile(r"[^\p{L}\p{M}\p{N}]++")
_TAIL_SHARE = 0.6  # of the headline's length: an unknown tail must be shorter to be taken for the site's name
_TAIL_WORDS = 5
_SECTION_SHARE = 1.2  # of what stands before: a section longer than that is rather the headline behind a tag


class Part(NamedTuple):
    """A piece of a title and the separator before it ("" for the first)."""

    text: str
    separator: str
    start: int


def fold(text: str) -> str:
    """Letters and digits alone, case folded, width and accents of compatibility forms unified: for comparing names.

    >>> fold("The  Daily–News!"), fold("ＮＨＫ ニュース")
    ('thedailynews', 'nhkニュース')
    """
    return str(_NOT_ALNUM.sub("", unicodedata.normalize("NFKC", text))).casefold()


def host_labels(url: str | None) -> tuple[str, ...]:
    """The telling labels of a URL's host, folded: without ``www`` and the top-level domain.

    >>> host_labels("https://www.daily-news.co.uk/a"), host_labels(None)
    (('dailynews',), ())
    """
    try:
        host = (urlsplit(url or "").hostname or "").lower()
    except ValueError:
        return ()
    labels = host.split(".")[:-1]
    return tuple(dict.fromkeys(fold(label) for label in labels if len(label) >= MIN_LABEL - 1 and label != "www"))


def title_parts(title: str) -> tuple[Part, ...]:
    """The pieces of a title between the separators that sites use.

    >>> [part.text for part in title_parts("Well-known - a story | The Site")]
    ['Well-known', 'a story', 'The Site']
    """
    parts: list[Part] = []
    position, separator = 0, ""
    for match in _SEPARATOR.finditer(title[:MAX_TITLE]):
        if len(parts) >= MAX_PARTS:
            break
        if title[position : match.start()].strip():
            parts.append(Part(title[position : match.start()].strip(), separator, position))
            separator, position = match[0].strip(), match.end()
        elif not parts:
            position = match.end()
    if title[position:MAX_TITLE].strip():
        parts.append(Part(title[position:MAX_TITLE].strip(), separator, position))
    return tuple(parts)


def names_site(part: str, names: Iterable[str], labels: Iterable[str]) -> bool:
    """Whether a part of a title is the site's name: one of the known `names`, or told by the host's `labels`.

    >>> names_site("Daily News Online", ["The Daily News"], []), names_site("MS Society UK", [], ["mssociety"])
    (False, True)
    """
    folded = fold(part)
    if is_site(part, names, labels) or any(_covers(folded, name) or _covers(name, folded) for name in map(fold, names)):
        return True
    words = [fold(word) for word in part.split()]
    initials = "".join(word[0] for word in words if word)
    for label in labels:
        begins = len(folded) >= MIN_LABEL - 1 and label.startswith(folded)
        if begins or _covers(folded, label) or _covers(label, folded) or label in words:
            return True
        if len(initials) >= 3 and initials == label:
            return True
    return False


def is_site(part: str, names: Iterable[str], labels: Iterable[str]) -> bool:
    """Whether a part is exactly the site's name or its host's: asked of what stands first, as headlines do too."""
    folded = fold(part)
    return bool(folded) and (folded in map(fold, names) or folded in labels)


def _covers(outer: str, inner: str) -> bool:
    return len(inner) >= MIN_LABEL and inner in outer and len(inner) * 2 >= len(outer)


def split_title(
    title: str, site_name: str | None, labels: Sequence[str] = (), sections: Iterable[str] = ()
) -> tuple[str, str | None]:
    """Parts a title into headline and site name.

    title: as it stands in the page.  site_name: the site's name if known.  labels: of `host_labels`.
    sections: names of sections of the site (breadcrumbs), which may stand between headline and site name.
    The site name is None where the title holds none; the headline is never empty unless the title is.

    >>> split_title("A storm - and after | The Daily", "The Daily")
    ('A storm - and after', 'The Daily')
    >>> split_title("The Daily: a storm", "The Daily"), split_title("Spider-Man", None)
    (('a storm', 'The Daily'), ('Spider-Man', None))
    """
    title = " ".join(title[:MAX_TITLE].split())
    names = [site_name] if site_name else []
    parts = title_parts(title)
    if len(parts) < 2:
        return _split_colon(title, names, labels)
    tail = next((i for i, part in enumerate(parts) if i and names_site(part.text, names, labels)), 0)
    if tail:
        return _without_sections(title, parts[: tail + 1], sections), parts[tail].text
    if is_site(parts[0].text, names, labels):
        return title[parts[1].start :].strip(), parts[0].text
    last = parts[-1]
    if _plausible_tail(parts, bool(names)):
        return _without_sections(title, parts, sections), last.text
    headline, site = _split_colon(title, names, labels)
    return headline, site


def _split_colon(title: str, names: Sequence[str], labels: Sequence[str]) -> tuple[str, str | None]:
    """ "Site: headline", which is told by the site's name alone: colons stand in headlines too."""
    first, colon, rest = title.partition(": ") if ": " in title else title.partition("：")
    if colon and rest.strip() and is_site(first, names, labels):
        return rest.strip(), first.strip()
    return title, None


def _without_sections(title: str, parts: Sequence[Part], sections: Iterable[str]) -> str:
    """The title before its last part (the site's name) and before the sections that the same template puts there."""
    folded = {fold(section) for section in sections}
    kept, separator = list(parts[:-1]), parts[-1].separator
    while len(kept) > 1:
        section, rest = kept[-1], kept[-1].start - kept[0].start
        templated = section.separator == separator and len(section.text) <= _SECTION_SHARE * rest
        if not templated and fold(section.text) not in folded:
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


def headline_votes(head: Head, linked: LinkedData, names: Sequence[str], labels: Sequence[str]) -> dict[str, float]:
    """Every distinct string that head data offers as the headline, and the trust of all sources that agree on it.

    Strings that differ in case, white space or punctuation alone count as one, in the form that came first. What is
    the site's name alone is left out, unless there is nothing else.
    names, labels: the site's names and its host's labels (see `names_site`), by which its name is told apart.
    """
    votes: dict[str, float] = {}
    forms: dict[str, str] = {}

    def vote(text: str, weight: float) -> None:
        key = fold(text)
        if key:
            forms.setdefault(key, text)
            votes[key] = votes.get(key, 0.0) + weight

    offers = _offers(head, linked)
    wholes = {fold(text) for text, _ in offers}
    for text, trust in offers:
        headline, tail = split_title(text, names[0] if names else None, labels, linked.breadcrumbs[:-1])
        vote(headline, trust)
        if tail:
            vote(text, trust * _WHOLE_SHARE)
            vote(text[: text.rfind(tail)].rstrip(_EDGE), trust * _LONG_SHARE)
        parts = title_parts(headline)
        if len(parts) > 1 and not any(fold(part.text) in wholes for part in parts):
            for part in parts:
                vote(part.text, trust * _PART_SHARE)
    told = [key for key in votes if not is_site(forms[key], names, labels)]
    return {forms[key]: votes[key] for key in sorted(told or votes, key=lambda key: -votes[key])}


def _offers(head: Head, linked: LinkedData) -> list[tuple[str, float]]:
    """(string, trust) of every source, each source's first value."""
    found: dict[str, tuple[str, float]] = {}
    for name, content in head.meta:
        if name in _META_TRUST and name not in found and plain(content):
            found[name] = plain(content), _META_TRUST[name]
    offers = [(text, _LINKED_TRUST) for text in linked.headlines[:1]]
    offers += [(plain(value), _PROP_TRUST) for name, value in head.props if name == "headline"][:1]
    offers += sorted(found.values(), key=lambda offer: -offer[1])
    offers += [(plain(head.title), _TITLE_TRUST)]
    offers += [(text, _NAME_TRUST) for text in linked.names[:1]]
    offers += [(text, _TRAIL_TRUST) for text in linked.breadcrumbs[-1:]]
    return [(text, trust) for text, trust in offers if text]
