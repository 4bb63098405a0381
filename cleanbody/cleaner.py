"""The composition: what `clean` and `clean_text` do, from input to page, on one screen."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

from cleanbody import html, plaintext
from cleanbody.classify import classify, confidence
from cleanbody.features import Hints, Table, compute
from cleanbody.features.headline import parts
from cleanbody.jsonld import read_jsonld
from cleanbody.lexicon import Lexicon
from cleanbody.metadata import declared_type, read_head, type_evidence
from cleanbody.model import Model
from cleanbody.page import CleanPage, Document, Label, Metadata, PageType, Status
from cleanbody.scan import Limits


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be chosen; frozen, so that it can be shared between threads and processes.

    Args:
        threshold: a block is kept where its probability to be content reaches this, 0 to 1.
        keep: labels that are kept in the text although they are not content, such as ``Label.BYLINE``.
        limits: caps on what is read of one page.
        model: whether the learned block model decides; without it, density and context alone.
        time_limit: seconds that cutting one page into blocks may take; None for no limit.

    >>> Config.precision().threshold > Config().threshold > Config.recall().threshold
    True
    """

    threshold: float = 0.42
    keep: frozenset[Label] = frozenset()
    model: bool = True
    limits: Limits = field(default_factory=Limits)
    time_limit: float | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.threshold <= 1.0:
            raise ValueError(f"threshold is {self.threshold}: give a probability from 0 to 1")
        object.__setattr__(self, "keep", frozenset(Label(label) for label in self.keep))

    @classmethod
    def balanced(cls) -> Config:
        """The default: words lost and words kept wrongly count alike."""
        return cls()

    @classmethod
    def precision(cls) -> Config:
        """Rather lose a paragraph than keep boilerplate."""
        return cls(threshold=0.6)

    @classmethod
    def recall(cls) -> Config:
        """Rather keep boilerplate than lose a paragraph."""
        return cls(threshold=0.25)


class Cleaner:
    """Cleans pages and texts under one `Config`. Holds nothing that changes: safe to share, and picklable.

    >>> page = Cleaner(Config.recall()).clean_text("It rained all day, and nobody minded.\\n\\nLeave a Reply")
    >>> page.text
    'It rained all day, and nobody minded.'
    """

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()

    def clean(self, source: Any, url: str | None = None, *, http_charset: str | None = None) -> CleanPage:
        """Clean one HTML page; see `cleanbody.clean`."""
        limit = self.config.time_limit
        deadline = None if limit is None else time.monotonic() + limit
        document = html.read_html(source, limits=self.config.limits, http_charset=http_charset, deadline=deadline)
        return self._page(document, *read_hints(document, url), url)

    def clean_text(self, text: str, title: str | None = None, url: str | None = None) -> CleanPage:
        """Clean one scraped text; see `cleanbody.clean_text`."""
        document = plaintext.read_text(text, max_chars=self.config.limits.max_bytes)
        hints = Hints(headlines=(title, *parts(title)) if title else ())
        return self._page(document, hints, Metadata(title=title), PageType.ARTICLE, url)

    def _page(
        self, document: Document, hints: Hints, metadata: Metadata, page_type: PageType, url: str | None
    ) -> CleanPage:
        table = compute(document, Lexicon.load(), hints)
        config = self.config
        model = Model.load() if config.model else None
        decisions = classify(
            document, table, page_type=page_type, threshold=config.threshold, keep=config.keep, model=model
        )
        statuses = document.statuses
        if len(document) and not any(decisions.keep):
            statuses = (*statuses, Status.NO_CONTENT)
        return CleanPage(
            document=document,
            decisions=decisions,
            metadata=replace(metadata, title=_title(table, metadata)),
            page_type=page_type,
            statuses=statuses,
            confidence=confidence(table["words"], decisions),
            url=url,
        )


def read_hints(document: Document, url: str | None = None) -> tuple[Hints, Metadata, PageType]:
    """What the head data of a page says: hints for its features, its metadata, and its declared type."""
    head, linked = document.head, read_jsonld(document.head.json_ld)
    facts = read_head(head, linked, url)
    hints = Hints(
        headlines=facts.headlines,
        description=facts.metadata.description or "",
        types=type_evidence(head, linked, url),
    )
    return hints, facts.metadata, declared_type(head, linked, url) or PageType.ARTICLE


def _title(table: Table, metadata: Metadata) -> str | None:
    """The headline as it stands on the page, else as the head data has it."""
    return (table.headline if table.headline_index >= 0 else None) or metadata.title or table.headline or None


_DEFAULT = Cleaner()


def clean(source: Any, url: str | None = None) -> CleanPage:
    """Take the boilerplate out of one HTML page.

    Args:
        source: HTML as ``str`` or ``bytes`` (any encoding), or a tree of lxml or selectolax, which stays as it is.
        url: where the page came from; helps with its type, date and canonical URL.

    Raises:
        InputError: `source` is none of these.

    >>> page = clean("<h1>Rain</h1><p>It rained all day, and in the evening it rained still.<p>Nobody went out.")
    >>> page.title, page.status.value
    ('Rain', 'complete')
    """
    return _DEFAULT.clean(source, url)


def clean_text(text: str, title: str | None = None, url: str | None = None) -> CleanPage:
    """Take the boilerplate out of a text that somebody has already scraped.

    Args:
        text: the text as it came.
        title: its headline, if known.
        url: where it came from.

    Raises:
        InputError: `text` is not a ``str``.

    >>> clean_text("It rained all day, and in the evening it rained still.\\n\\nLeave a Reply").text
    'It rained all day, and in the evening it rained still.'
    """
    return _DEFAULT.clean_text(text, title, url)
