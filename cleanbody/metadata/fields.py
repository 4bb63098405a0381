"""Author, language, site name, address and description, each from the sources that name it, in order of trust."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urljoin

from cleanbody.jsonld import plain
from cleanbody.metadata.source import MAX_CONTENTS, Source, index_meta, split_url
from cleanbody.metadata.titles import Site, fold
from cleanbody.patterns import pattern, unicode_pattern

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

_SPLIT = pattern(r"\s*[;|؛\n]\s*|\s+[&/•·]\s+|[，、،]")
_COMMA = pattern(r"\s*,\s*")
_LABEL = pattern(r"\A\s*[^\s:：]{1,20}\s?[:：]\s*(?=\S)")
_NO_NAME = pattern(r"://|@|\bwww\.|[<>{}\[\]|=#]|\w\.\w+\.\w|\s.*\d{3}|\d{3}.*\s|/")
_TRAILING = pattern(r"(?:[\s,;:–—-]|(?<=[^\W\d_]{5})\.)+\Z")
_LOWER_START = unicode_pattern(r"\A\p{Ll}{2,4}\s+(?=\p{Lu}\S*\s+\p{Lu})")
_LANGUAGE = pattern(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?=\Z|[^\w-]|[-_])")


def authors(source: Source, site: Site) -> tuple[str, ...]:
    """The authors' names from the most trusted source that has any; the site itself only where nobody else is.

    >>> from cleanbody.page import Head
    >>> authors(Source.of(Head(meta=(("author", "Ada Low; mail@x.org"), ("author", "https://x.org/ada")))), Site())
    ('Ada Low',)
    """
    fallback: tuple[str, ...] = ()
    for texts in _author_sources(source):
        found = _distinct(name for text in texts for name in clean_names(text))
        people = tuple(name for name in found if fold(name) not in site.names)
        if people:
            return people
        fallback = fallback or found
    return fallback


def _author_sources(source: Source) -> Iterator[Iterable[str]]:
    yield source.linked.authors
    yield from (source.texts(name) for name in _AUTHOR_NAMES if name in source.meta)
    yield [plain(value.strip().split("\n")[0]) for value in source.props("author")][:1]


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


def language(source: Source) -> str | None:
    """The page's language: ``<html lang>``, unless all other sources, two at least, agree on another one.

    >>> from cleanbody.page import Head
    >>> language(Source.of(Head(lang="en", meta=(("og:locale", "de_DE"), ("content-language", "de")))))
    'de-DE'
    """
    own = language_tag(source.head.lang)
    named = [*source.texts(*_LANGUAGE_NAMES), source.linked.language]
    others = [tag for tag in map(language_tag, named) if tag]
    primaries = {tag.split("-")[0] for tag in others}
    if own and not (len(others) > 1 and len(primaries) == 1 and own.split("-")[0] not in primaries):
        return own
    return max(others, key=len, default=None) if len(primaries) == 1 else next(iter(others), None)


def site_names(source: Source) -> tuple[str, ...]:
    """Every name that the head data gives the site, in order of trust.

    >>> from cleanbody.page import Head
    >>> site_names(Source.of(Head(meta=(("application-name", "App"), ("og:site_name", "The Daily")))))
    ('The Daily', 'App')
    """
    found = [*source.texts(_SITE_NAMES[0]), source.linked.publisher, *source.texts(*_SITE_NAMES[1:])]
    return tuple(dict.fromkeys([name for name in found if name and len(name) <= MAX_NAME and "://" not in name]))


def canonical_url(source: Source) -> str | None:
    """The page's own address, absolute, or None.

    >>> from cleanbody.page import Head
    >>> canonical_url(Source.of(Head(links=(("canonical", "/a?x=1"),)), url="https://x.org/b"))
    'https://x.org/a?x=1'
    """
    url = source.url
    inner = bool(url) and not source.address.is_root
    offers = _canonical(source.head.links)
    for offer in (*offers, *source.meta.get("og:url", ()), source.linked.url):
        address = absolute(offer, source.head.base, url)
        if address and not (inner and is_root(address)):
            return address
    return None


def _canonical(links: tuple[tuple[str, str], ...]) -> list[str]:
    """The addresses of canonical links, in order. Most pages have many links and write that word in one way."""
    known = index_meta(links)
    times = "\n".join(known).lower().count("canonical")
    if times == 1 and len(known.get("canonical", ())) in range(1, MAX_CONTENTS):
        return known["canonical"]
    return [href for rel, href in links if "canonical" in rel.lower().split()] if times else []


def absolute(address: str, base: str, url: str | None) -> str | None:
    """An http(s) address made absolute against the page's ``<base>`` and its URL, or None.

    >>> absolute("a", "/d/", "https://x.org/b"), absolute("javascript:void(0)", "", "https://x.org/")
    ('https://x.org/d/a', None)
    """
    address = address.strip()
    if not address or len(address) > MAX_URL:
        return None
    if not address.startswith(("http://", "https://")):
        try:
            address = urljoin(urljoin(url or "", base.strip()), address)
        except ValueError:
            return None
    parts = split_url(address)
    return address if parts.scheme in ("http", "https") and parts.hostname and " " not in address else None


def is_root(url: str) -> bool:
    """Whether a URL is a host's front page.

    >>> is_root("https://x.org/"), is_root("https://x.org/?p=1")
    (True, False)
    """
    return split_url(url).is_root


def description(source: Source) -> str | None:
    """What the page says of itself in a sentence or two, or None.

    >>> from cleanbody.page import Head
    >>> description(Source.of(Head(meta=(("og:description", "Rain &amp; wind"),))))
    'Rain & wind'
    """
    return source.first(*_DESCRIPTION_NAMES) or source.linked.description or None
