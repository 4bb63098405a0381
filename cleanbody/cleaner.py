"""The composition: what `clean` and `clean_text` do, from input to page, on one screen."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from cleanbody import html, plaintext
from cleanbody.batch import DEFAULT_RESULTS, Choice, clean_columns
from cleanbody.classify import classify, confidence, contributions, is_amid_body
from cleanbody.config import Config
from cleanbody.features import Hints, Table, compute
from cleanbody.features.keys import parts
from cleanbody.jsonld import read_jsonld
from cleanbody.lexicon import Lexicon
from cleanbody.metadata import HeadFacts
from cleanbody.model import Model
from cleanbody.page import (
    LABELS,
    CleanPage,
    ConfigError,
    Decisions,
    Document,
    InputError,
    Label,
    Metadata,
    PageType,
    Status,
)
from cleanbody.page_type import page_type_of
from cleanbody.posts import authors

# Labels of what somebody signed: comments, and on a forum the posts.
_OF_READERS: Final = frozenset({Label.COMMENT})
_OF_POSTERS: Final = frozenset({Label.COMMENT, Label.BODY})


class Cleaner:
    """Cleans pages and texts under one `Config`. Holds nothing that changes: safe to share, and picklable.

    >>> page = Cleaner(Config.recall()).clean_text("It rained all day, and nobody minded.\\n\\nLeave a Reply")
    >>> page.text
    'It rained all day, and nobody minded.'
    """

    def __init__(self, config: Config | None = None) -> None:
        if config is not None and not isinstance(config, Config):
            raise ConfigError(f"config is a {type(config).__name__}: give a Config, such as Config(threshold=0.5)")
        self.config = config or Config()

    def clean(self, source: Any, url: str | None = None, *, http_charset: str | None = None) -> CleanPage:
        """Clean one HTML page; see `cleanbody.clean`."""
        _check_words(url=url, http_charset=http_charset)
        limit = self.config.time_limit
        deadline = None if limit is None else time.monotonic() + limit
        document = html.read_html(source, limits=self.config.limits, http_charset=http_charset, deadline=deadline)
        hints, facts, declared = read_hints(document, url)
        return self._page(document, hints, facts, declared, url)

    def clean_text(self, text: str, title: str | None = None, url: str | None = None) -> CleanPage:
        """Clean one scraped text; see `cleanbody.clean_text`."""
        _check_words(title=title, url=url)
        document = plaintext.read_text(text, max_bytes=self.config.limits.max_bytes)
        return self._page(document, _hints_of(title), Metadata(title=title), PageType.ARTICLE, url)

    def contributions(
        self, source: Any, url: str | None = None, *, title: str | None = None, scraped: bool = False
    ) -> list[dict[str, float]]:
        """What each feature adds to the model's log-odds that a block is content, for every block of a page or text.

        Args:
            source, url: as in `clean`; as in `clean_text` where `scraped`.
            title: of a scraped text, if known.
            scraped: whether `source` is a scraped text.

        Returns:
            for each block the features that its score rests on, by name, and ``bias``; they add up to the score of the
            model alone, before any rule (Saabas, 2014). The names are those of `features.COLUMNS`, and of the second
            stage, which begin with ``first``.

        Raises:
            ConfigError: this cleaner has no model.
            InputError: as `clean` and `clean_text` do.

        >>> text = "It rained all day, and nobody minded.\\n\\nLeave a Reply"
        >>> body, prompt = Cleaner().contributions(text, scraped=True)
        >>> sum(body.values()) > sum(prompt.values())
        True
        """
        _check_words(url=url, title=title)
        model = Model.load() if self.config.model else None
        if model is None:
            raise ConfigError("contributions are those of the model: give a Config with model=True")
        if scraped:
            document = plaintext.read_text(source, max_bytes=self.config.limits.max_bytes)
            hints = _hints_of(title)
        else:
            document = html.read_html(source, limits=self.config.limits)
            hints = read_hints(document, url)[0]
        return contributions(document, compute(document, Lexicon.load(), hints), model)

    def clean_batch(
        self,
        batch: Any,
        *,
        columns: Sequence[str] = DEFAULT_RESULTS,
        prefix: str = "",
        html_column: str | None = None,
        text_column: str | None = None,
        title_column: str | None = None,
        url_column: str | None = None,
    ) -> dict[str, list[str | int | float]]:
        """Clean many pages or texts: columns in, columns out, for data sets and the engines that work on them.

        Args:
            batch: columns of n rows by name: HTML or text (``str`` or bytes), and if at hand titles and URLs. A mapping
                of lists or arrays, a data frame, or a table or batch of Arrow.
            columns: the results to give; `docs/recipes.md` tells what there is. ``status`` always comes.
            prefix: stands before the name of every result, so that none replaces the column it was made from.
            html_column, text_column, title_column, url_column: the columns to read; ``html`` or ``text``, ``title`` and
                ``url`` if there and nothing else is said, "" for none.

        Returns:
            the results and nothing else, n rows each, never null: strings and numbers, in which "" and 0 stand for
            nothing. ``cleanbody_schema`` is the version of these columns. A row that cannot be cleaned has the
            ``status`` ``failed``, and its ``error``. Where the batch has a column of a result's name that the result
            was not made from, the result is named ``cleanbody_`` and its name.

        Raises:
            InputError: `batch` has no such columns, or none of one length.
            ConfigError: `columns` holds what is no result.

        >>> batch = {"text": ["It rained all day, and nobody minded.\\n\\nLeave a Reply", None]}
        >>> out = Cleaner().clean_batch(batch, columns=["text", "status", "dropped"])
        >>> out["text"], out["status"], out["dropped"]
        (['It rained all day, and nobody minded.', ''], ['complete', 'failed'], [1, 0])
        """
        choice = Choice(html_column, text_column, title_column, url_column, columns, prefix)
        return clean_columns(self, batch, choice)

    def _page(
        self, document: Document, hints: Hints, known: HeadFacts | Metadata, declared: PageType | None, url: str | None
    ) -> CleanPage:
        table = compute(document, Lexicon.load(), hints)
        config = self.config
        model = Model.load() if config.model else None
        page_type = declared or page_type_of(table, model)
        written = _OF_POSTERS if page_type is PageType.FORUM else _OF_READERS

        def sign(labels: bytearray) -> Mapping[int, str]:
            posts = [i for i, label in enumerate(labels) if LABELS[label] in written]
            return authors(document, posts) if posts else {}

        decide = partial(
            classify, page_type=page_type, threshold=config.threshold, keep=config.keep, model=model, sign=sign
        )
        decisions = decide(document, table)
        if _is_misled(document, hints, table, decisions):
            table = compute(document, Lexicon.load(), replace(hints, headed=False))
            decisions = decide(document, table)
        statuses = document.statuses
        if len(document) and decisions.is_bare():
            statuses = (*statuses, Status.NO_CONTENT)
        title = _title(table, known.title)
        return CleanPage(
            document=document,
            decisions=decisions,
            metadata=known.metadata(title) if isinstance(known, HeadFacts) else Metadata(title=title),
            page_type=page_type,
            statuses=statuses,
            confidence=confidence(table["words"], decisions),
            url=url,
        )


def _is_misled(document: Document, hints: Hints, table: Table, decisions: Decisions) -> bool:
    """Whether what was taken for the headline of a scraped text, and stands only once so far, is a line of its body."""
    line = table.headline_index
    guessed = line > 0 and not document.markup and not hints.headlines
    copied = guessed and any(map(any, (table["title_copy"][:line], table["title_joined"][:line])))
    return guessed and not copied and is_amid_body(table["words"], decisions.score, line)


def _hints_of(title: str | None) -> Hints:
    return Hints(headlines=(title, *parts(title)) if title else ())


def _check_words(**given: Any) -> None:
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise InputError(f"{name} is a {type(value).__name__}: give a str or None")


def read_hints(document: Document, url: str | None = None) -> tuple[Hints, HeadFacts, PageType | None]:
    """What the head data of a page says: hints for its features, all else when asked for, and its declared type."""
    facts = HeadFacts(document.head, read_jsonld(document.head.json_ld), url)
    return Hints(facts.headlines, facts.description or "", facts.types), facts, facts.declared_type


def _title(table: Table, given: str | None) -> str | None:
    """The headline as it stands on the page, else as it was given or the head data has it."""
    return (table.headline if table.headline_index >= 0 else None) or given or table.headline or None


_DEFAULT = Cleaner()


def clean(source: Any, url: str | None = None) -> CleanPage:
    """Take the boilerplate out of one HTML page.

    Args:
        source: HTML as ``str`` or ``bytes`` (any encoding), or a tree of lxml or selectolax, which stays as it is.
        url: where the page came from; helps with its type, date and canonical URL.

    Raises:
        InputError: `source` is none of these, or `url` no ``str``.

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
        InputError: `text` is not a ``str``, or `title` or `url` is neither that nor None.

    >>> clean_text("It rained all day, and in the evening it rained still.\\n\\nLeave a Reply").text
    'It rained all day, and in the evening it rained still.'
    """
    return _DEFAULT.clean_text(text, title, url)
