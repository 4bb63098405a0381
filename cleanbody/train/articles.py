"""Labelled pages → articles: a headline and the paragraphs that follow it, each with its form.

What a document is synthesised from must be known for sure, so only those lines of the gold are taken whose form tells
that they are the article's: prose, headings over prose, runs of list items, quotes and dialogue. No phrase is asked.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from cleanbody import html
from cleanbody.features.text import COLUMNS, text_columns
from cleanbody.features.tokens import word_count, words_of
from cleanbody.page import KINDS, Document, Kind
from cleanbody.train.gold import Labelled, open_text

PARTS: Final = 5  # one of so many hosts is held out
LEAST_PARAGRAPHS, MOST_PARAGRAPHS = 4, 24
LEAST_WORDS: Final = 120.0  # of an article
PROSE: Final = 12.0  # words
LEAST_TITLE, MOST_TITLE = 4.0, 22.0
_BULLET = re.compile(r"[-•*·]\s+")
_OPENS: Final = frozenset('"“„«‘—–「『‹')
_FORMS: Final = frozenset({Kind.PARAGRAPH, Kind.HEADING, Kind.ITEM, Kind.QUOTE, Kind.CAPTION})
_ENDS_AND_ADDRESSES: Final = (COLUMNS.index("ends_sentence"), COLUMNS.index("addresses"))


class Paragraph(NamedTuple):
    """A stretch of an article and its form."""

    text: str
    kind: Kind
    level: int = 0


@dataclass(frozen=True, slots=True)
class Article:
    """A headline and its paragraphs, and where they come from."""

    id: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    url: str | None
    host: str
    lang: str
    fold: int | None = None


def held_out(host: str) -> bool:
    """Whether documents made of a host's articles are for measuring only.

    >>> held_out("example.com"), held_out("example.net")
    (False, True)
    """
    return zlib.crc32(f"d:{host}".encode()) % PARTS == 0


def article_of(page: Labelled) -> Article | None:
    """The article of a labelled page; None where its headline is not certain or little is left.

    Args:
        page: HTML with its gold, a paragraph a line.
    """
    document = html.read_html(page.html)
    lines = [line.strip() for line in page.gold.splitlines() if line.strip()]
    title = _title(document, lines)
    lang = (page.lang or document.head.lang).lower().replace("_", "-").split("-")[0]
    if not title or not lang:
        return None
    forms = _forms(document)
    own = [_paragraph(line, forms) for line in dict.fromkeys(lines) if _key(line) != _key(title)]
    paragraphs = _settled([one for one in own if one])[:MOST_PARAGRAPHS]
    while paragraphs and paragraphs[-1].kind is Kind.HEADING:
        paragraphs.pop()
    words = sum(word_count(one.text) for one in paragraphs)
    if len(paragraphs) < LEAST_PARAGRAPHS or words < LEAST_WORDS:
        return None
    return Article(page.id, title, tuple(paragraphs), page.url, page.host, lang, page.fold)


def articles_of(pages: Iterable[Labelled]) -> Iterator[Article]:
    """The articles of those pages that have one; each headline once."""
    seen: set[tuple[str, ...]] = set()
    for page in pages:
        article = article_of(page) if page.html and page.page_type in ("", "article") else None
        if article and _key(article.title) not in seen:
            seen.add(_key(article.title))
            yield article


def write_articles(articles: Iterable[Article], path: Path) -> None:
    """Write articles as gzipped JSON lines, for `read_articles`."""
    with gzip.open(path, "wt", encoding="utf-8") as out:
        for one in articles:
            row = {name: getattr(one, name) for name in Article.__slots__}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def read_articles(path: Path) -> Iterator[Article]:
    """The articles of a file of `write_articles`."""
    with open_text(path) as lines:
        for line in lines:
            row = json.loads(line)
            row["paragraphs"] = tuple(Paragraph(text, Kind(kind), level) for text, kind, level in row["paragraphs"])
            yield Article(**row)


def _key(text: str) -> tuple[str, ...]:
    return tuple(words_of(text))


def _title(document: Document, lines: Sequence[str]) -> str:
    """The page's only first-level heading, or the gold's first line, if the head's title begins or ends with it."""
    tops = [i for i in range(len(document)) if document.kind[i] == KINDS.index(Kind.HEADING) and document.level[i] == 1]
    head = _key(document.head.title)
    for text in [*(document.block_text(i) for i in tops[:3]), *lines[:1]]:
        key = _key(text)
        if key and LEAST_TITLE <= word_count(text) <= MOST_TITLE and key in (head[: len(key)], head[-len(key) :]):
            return " ".join(text.split())
    return ""


def _forms(document: Document) -> Mapping[tuple[str, ...], tuple[Kind, int]]:
    forms: dict[tuple[str, ...], tuple[Kind, int]] = {}
    for i in range(len(document)):
        kind = KINDS[document.kind[i]]
        if kind in _FORMS:
            forms.setdefault(_key(document.block_text(i)), (kind, document.level[i]))
    return forms


def _paragraph(line: str, forms: Mapping[tuple[str, ...], tuple[Kind, int]]) -> Paragraph | None:
    """A line of the gold with its form; None where the form does not tell that it is the article's own."""
    text = " ".join(line.split())
    bare = _BULLET.sub("", text)
    if forms.get(_key(bare), (None, 0))[0] is Kind.ITEM:
        text = bare  # a dash before other lines is that of dialogue
    words = word_count(text)
    (ends,), (addresses,) = (text_columns([text])[k] for k in _ENDS_AND_ADDRESSES)
    if addresses:
        return None
    kind, level = forms.get(_key(text), (Kind.PARAGRAPH, 0))
    if kind is Kind.HEADING:
        return Paragraph(text, kind, max(level, 2)) if words <= MOST_TITLE else None
    if kind is Kind.ITEM:
        return Paragraph(text, kind, 1) if words >= 2 else None
    if kind is Kind.QUOTE:
        return Paragraph(text, kind, 1) if words >= PROSE and ends == 1 else None
    if words >= PROSE or (text[0] in _OPENS and words >= 2):
        return Paragraph(text, Kind.PARAGRAPH) if ends == 1 else None
    return None


def _settled(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Without headings that no prose follows, and without lone list items."""
    out: list[Paragraph] = []
    for i, one in enumerate(paragraphs):
        after = paragraphs[i + 1].kind if i + 1 < len(paragraphs) else None
        before = paragraphs[i - 1].kind if i else None
        if one.kind is Kind.HEADING and (after is not Kind.PARAGRAPH or before in (None, Kind.HEADING)):
            continue
        if one.kind is Kind.ITEM and Kind.ITEM not in (before, after):
            continue
        out.append(one)
    return out
