"""What metadata is read from: a page's head data, its JSON-LD and its address, indexed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from cleanbody.compiled import core
from cleanbody.jsonld import LinkedData, plain
from cleanbody.page import Head

MAX_CONTENTS = 64  # meta elements of one name


class Address(NamedTuple):
    """The parts of a URL, without those that nobody here asks for."""

    scheme: str = ""
    hostname: str | None = None
    path: str = ""
    query: str = ""

    @property
    def is_root(self) -> bool:
        """Whether it is a host's front page."""
        return bool(self.hostname) and self.path in ("", "/") and not self.query


NOWHERE: Final = Address()


class Source(NamedTuple):
    """Head data, JSON-LD and address of one page.

    meta: the contents of meta elements by name, in order.  address: the parts of `url`.
    """

    head: Head
    linked: LinkedData
    url: str | None
    meta: Mapping[str, Sequence[str]]
    address: Address

    @classmethod
    def of(cls, head: Head, linked: LinkedData | None = None, url: str | None = None) -> Source:
        """Indexes the head data.

        >>> Source.of(Head(meta=(("author", "Ada &amp; Ben"), ("author", " ")))).texts("author", "x")
        ['Ada & Ben']
        """
        return cls(head, LinkedData() if linked is None else linked, url, index_meta(head.meta), split_url(url))

    def texts(self, *names: str) -> list[str]:
        """The contents of meta elements of these names, in the order of `names`, as plain lines, without empty ones."""
        meta, found = self.meta, list[str]()
        for name in names:
            if name in meta:
                found += filter(None, map(plain, meta[name]))
        return found

    def first(self, *names: str) -> str:
        """The first of them, or ""."""
        meta = self.meta
        for name in names:
            if name in meta:
                for text in filter(None, map(plain, meta[name])):
                    return text
        return ""

    def props(self, name: str) -> Iterator[str]:
        """The values of in-body microdata of this name, lower case, in order, as written."""
        return (value for prop, value in self.head.props if prop.lower() == name)


def index_meta(meta: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    """The contents of meta elements by name, in order."""
    if core is not None:
        return core.index_meta(meta, MAX_CONTENTS)
    found: dict[str, list[str]] = {}
    for name, content in meta:
        contents = found.get(name)
        if contents is None:
            found[name] = [content]
        elif len(contents) < MAX_CONTENTS:
            contents.append(content)
    return found


def split_url(url: str | None) -> Address:
    """The parts of an address; empty ones where it has none or is broken.

    >>> split_url("https://x.org/a?b").path, split_url("http://[broken").path, split_url(None).hostname
    ('/a', '', None)
    """
    if not url:
        return NOWHERE
    if core is not None:
        found = core.split_url(url)
        if found:
            return Address(*found)
    try:
        parts = urlsplit(url)
        return Address(parts.scheme, parts.hostname, parts.path, parts.query)
    except ValueError:  # the host is broken
        return NOWHERE
