"""Author, language, site name, address and description, each from the sources that name it, in order of trust."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urljoin, urlsplit

import regex

from cleanbody.jsonld import LinkedData, plain
from cleanbody.metadata.titles import fold
from cleanbody.page import Head

MAX_AUTHORS = 12
MAX_NAME = 80  # characters
MAX_NAME_WORDS = 6
MAX_URL = 2_000

_AUTHOR_NAMES = (
    "citation_author",
    "parsely-author",
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "dc.creator.name",
    "sailthru.author",
    "article:author_name",
    "og:article:author",
    "byl",
    "creator",
)
_SITE_NAMES = (
    "og:site_name",
    "application-name",
    "apple-mobile-web-app-title",
    "dc.publisher",
    "citation_journal_title",
)
_LANGUAGE_NAMES = ("content-language", "og:locale", "language", "dc.language", "dcterms.language")
_DESCRIPTION_NAMES = (
    "description",
    "og:description",
    "twitter:description",
    "dc.description",
    "dcterms.description",
    "dcterms.abstract",
)
# Accounts that software makes by itself; no people.
_ACCOUNTS = frozenset({"admin", "administrator", "webmaster", "root", "superuser"})
# Country codes that pages give where a language is meant, and that are no language codes themselves.
_MISTAKEN = {"jp": "ja", "cn": "zh", "cz": "cs", "gr": "el", "ua": "uk", "dk": "da"}

_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "utf"})  # undetermined, several, none; an encoding in the wrong place

_SPLIT = re.compile(r"\s*[;|؛\n]\s*|\s+[&/•·]\s+|[，、،]")
_COMMA = re.compile(r"\s*,\s*")
_LABEL = re.compile(r"\A\s*[^\s:：]{1,20}\s?[:：]\s*(?=\S)")
_NO_NAME = re.compile(r"://|@|\bwww\.|[<>{}\[\]|=#]|\w\.\w+\.\w|\s.*\d{3}|\d{3}.*\s|/")
_TRAILING = re.compile(r"(?:[\s,;:–—-]|(?<=[^\W\d_]{5})\.)+\Z")
_LOWER_START = regex.compile(r"\A\p{Ll}{2,4}\s+(?=\p{Lu}\S*\s+\p{Lu})")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?=\Z|[^\w-]|[-_])")


def metas(head: Head, names: Sequence[str]) -> Iterator[str]:
    """The contents of meta elements of these names, in the order of `names`, as plain lines, without empty ones."""
    for name in names:
        for found, content in head.meta:
            if found == name and plain(content):
                yield plain(content)


def authors(head: Head, linked: LinkedData, names: Sequence[str] = ()) -> tuple[str, ...]:
    """The authors' names from the most trusted source that has any.

    names: of the site, which is an author only where nobody else is.

    >>> authors(Head(meta=(("author", "Ada Low; mail@x.org"), ("author", "https://x.org/ada"))), LinkedData())
    ('Ada Low',)
    """
    first = next((value.strip().split("\n")[0] for key, value in head.props if key == "author"), "")
    sources: list[Sequence[str]] = [
        linked.authors,
        *(list(metas(head, [name])) for name in _AUTHOR_NAMES),
        [plain(first)],
    ]
    sites = {fold(name) for name in names}
    fallback: tuple[str, ...] = ()
    for source in sources:
        found = _distinct(name for text in source for name in clean_names(text))
        people = tuple(name for name in found if fold(name) not in sites)
        if people:
            return people
        fallback = fallback or found
    return fallback


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    """The names once each, without a first word that all of several names share: it is a label, not a name."""
    found = tuple(dict.fromkeys(names))[:MAX_AUTHORS]
    firsts = {name.split()[0] for name in found}
    if len(found) > 1 and len(firsts) == 1 and all(len(name.split()) > 2 for name in found):
        return tuple(name.split(maxsplit=1)[1] for name in found)
    return found


def clean_names(text: str) -> list[str]:
    """The names in one value: parted, and without addresses, handles, labels and accounts of software.

    >>> clean_names("Author: Ada Low | @ada"), clean_names("Ada Low, Ben Hill & Cy Dee"), clean_names("Low, Ada")
    (['Ada Low'], ['Ada Low', 'Ben Hill', 'Cy Dee'], ['Ada Low'])
    """
    found: list[str] = []
    for piece in _SPLIT.split(text[: MAX_NAME * MAX_AUTHORS]):
        piece = _LABEL.sub("", piece, count=1)
        members = _COMMA.split(piece)
        if len(members) == 2 and all(len(member.split()) == 1 for member in members):
            members = [f"{members[1]} {members[0]}"]  # family name first
        found += members
    names = (_TRAILING.sub("", _LOWER_START.sub("", name.strip(" \"'“”«»*-–—,"), count=1)) for name in found)
    return [name for name in names if is_name(name)]


def is_name(text: str) -> bool:
    """Whether a text has the shape of a name.

    >>> is_name("María de la Cruz"), is_name("李小龍"), is_name("ada@x.org"), is_name("admin")
    (True, True, False, False)
    """
    return (
        1 < len(text) <= MAX_NAME
        and len(text.split()) <= MAX_NAME_WORDS
        and not _NO_NAME.search(text)
        and any(map(str.isalpha, text))
        and text.casefold() not in _ACCOUNTS
    )


def language_tag(text: str) -> str | None:
    """A language as BCP 47 with its usual case, or None. Source: RFC 5646, language, script and region alone.

    >>> language_tag("en_us"), language_tag("ZH-hant-TW"), language_tag("English"), language_tag("und")
    ('en-US', 'zh-Hant-TW', None, None)
    """
    match = _LANGUAGE.match(text.strip())
    if not match:
        return None
    language, script, region = match.groups()
    language = _MISTAKEN.get(language.lower(), language.lower())
    if language in _NO_LANGUAGE:
        return None
    return "-".join(filter(None, (language, script and script.title(), region and region.upper())))


def language(head: Head, linked: LinkedData) -> str | None:
    """The page's language: ``<html lang>``, unless all other sources agree on another one.

    >>> language(Head(lang="en", meta=(("og:locale", "de_DE"), ("content-language", "de"))), LinkedData())
    'de-DE'
    """
    own = language_tag(head.lang)
    others = [tag for tag in map(language_tag, [*metas(head, _LANGUAGE_NAMES), linked.language]) if tag]
    primaries = {tag.split("-")[0] for tag in others}
    if own and not (len(others) > 1 and len(primaries) == 1 and own.split("-")[0] not in primaries):
        return own
    return max(others, key=len, default=None) if len(primaries) == 1 else next(iter(others), None)


def site_names(head: Head, linked: LinkedData) -> tuple[str, ...]:
    """Every name that the head data gives the site, in order of trust."""
    found = [*metas(head, _SITE_NAMES[:1]), linked.publisher, *metas(head, _SITE_NAMES[1:])]
    return tuple(dict.fromkeys(name for name in found if name and len(name) <= MAX_NAME and "://" not in name))


def canonical_url(head: Head, linked: LinkedData, url: str | None) -> str | None:
    """The page's own address, absolute, or None.

    >>> canonical_url(Head(links=(("canonical", "/a?x=1"),)), LinkedData(), "https://x.org/b")
    'https://x.org/a?x=1'
    """
    offers = [href for rel, href in head.links if "canonical" in rel.lower().split()]
    offers += [content for name, content in head.meta if name == "og:url"]
    offers += [linked.url]
    for offer in offers:
        address = absolute(offer, head.base, url)
        if address and not (is_root(address) and url and not is_root(url)):
            return address
    return None


def absolute(address: str, base: str, url: str | None) -> str | None:
    """An http(s) address made absolute against the page's ``<base>`` and its URL, or None."""
    if not address.strip() or len(address) > MAX_URL:
        return None
    try:
        joined = urljoin(urljoin(url or "", base.strip()), address.strip())
        parts = urlsplit(joined)
        return joined if parts.scheme in ("http", "https") and parts.hostname and " " not in joined else None
    except ValueError:
        return None


def is_root(url: str) -> bool:
    """Whether a URL is a host's front page."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.path in ("", "/") and not parts.query


def description(head: Head, linked: LinkedData) -> str | None:
    """What the page says of itself in a sentence or two, or None."""
    return next(metas(head, _DESCRIPTION_NAMES), None) or linked.description or None
