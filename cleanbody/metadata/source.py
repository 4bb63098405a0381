"""What metadata is read from: a page's head data, its JSON-LD and its address, indexed once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from cleanbody.jsonld import LinkedData, plain
from cleanbody.page import Head

MAX_CONTENTS = 64  # meta elements of one name


@dataclass(frozen=True, slots=True)
class Source:
    """Head data, JSON-LD and address of one page; ``meta`` holds the contents of meta elements by name, in order."""

    head: Head
    linked: LinkedData
    url: str | None
    meta: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, head: Head, linked: LinkedData | None = None, url: str | None = None) -> Source:
        """Indexes the head data.

        >>> list(Source.of(Head(meta=(("author", "Ada &amp; Ben"), ("author", " ")))).texts("author", "x"))
        ['Ada & Ben']
        """
        meta: dict[str, list[str]] = {}
        for name, content in head.meta:
            contents = meta.setdefault(name, [])
            if len(contents) < MAX_CONTENTS:
                contents.append(content)
        return cls(head, linked or LinkedData(), url, meta)

    def texts(self, *names: str) -> Iterator[str]:
        """The contents of meta elements of these names, in the order of `names`, as plain lines, without empty ones."""
        for name in names:
            for content in self.meta.get(name, ()):
                text = plain(content)
                if text:
                    yield text

    def props(self, name: str) -> Iterator[str]:
        """The values of in-body microdata of this name, lower case, in order, as written."""
        return (value for prop, value in self.head.props if prop.lower() == name)


def split_url(url: str | None) -> SplitResult:
    """The parts of an address; empty ones where it has none or is broken.

    >>> split_url("https://x.org/a?b").path, split_url("http://[broken").path, split_url(None).hostname
    ('/a', '', None)
    """
    try:
        parts = urlsplit(url or "")
        parts.hostname  # noqa: B018 - raises where the host is broken
    except ValueError:
        return urlsplit("")
    return parts
