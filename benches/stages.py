"""The stages of cleaning a page, each with the input that the stage before gives it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from selectolax.lexbor import LexborHTMLParser

import cleanbody
from cleanbody import CleanPage, Limits, PageType
from cleanbody.classify import classify
from cleanbody.decode import decode
from cleanbody.features import compute
from cleanbody.html import read_html
from cleanbody.jsonld import read_jsonld
from cleanbody.lexicon import Lexicon
from cleanbody.metadata import headline_candidates, read_metadata
from cleanbody.page import Document
from cleanbody.plaintext import read_text
from cleanbody.rules import evaluate
from cleanbody.scan import scan

LIMITS = Limits()


class Work:
    """One page and what each stage makes of it, made when first asked for and then kept."""

    def __init__(self, data: bytes, url: str | None = None) -> None:
        self.data, self.url = data, url

    @cached_property
    def utf8(self) -> bytes:
        return decode(self.data).data

    @cached_property
    def scanned(self) -> bytes:
        return bytes(scan(self.utf8, LIMITS).data)

    @cached_property
    def document(self) -> Document:
        return read_html(self.data)

    @cached_property
    def candidates(self) -> list[str]:
        head = self.document.head
        return list(headline_candidates(head, read_jsonld(head.json_ld)))

    @cached_property
    def table(self) -> Any:
        return compute(self.document, Lexicon.load(), self.candidates)

    @cached_property
    def page(self) -> CleanPage:
        return cleanbody.clean(self.data, self.url)

    @cached_property
    def text(self) -> str:
        """The page as somebody scraped it: all its text, a block a line."""
        return "\n\n".join(self.document.block_text(i) for i in range(len(self.document)))

    @cached_property
    def text_document(self) -> Document:
        return read_text(self.text)


def _metadata(work: Work) -> object:
    head = work.document.head
    return read_metadata(head, read_jsonld(head.json_ld), work.url)


# A stage's name and what is measured. The others are compared with `parse`, the parser alone.
STAGES: dict[str, Callable[[Work], object]] = {
    "parse": lambda work: LexborHTMLParser(work.scanned).root,
    "decode": lambda work: decode(work.data),
    "scan": lambda work: scan(work.utf8, LIMITS),
    "html": lambda work: read_html(work.data),
    "metadata": _metadata,
    "features": lambda work: compute(work.document, Lexicon.load(), work.candidates),
    "rules": lambda work: evaluate(work.table, True),
    "classify": lambda work: classify(work.document, work.table, page_type=PageType.ARTICLE),
    "clean": lambda work: cleanbody.clean(work.data, work.url),
    "clean + to_text": lambda work: cleanbody.clean(work.data, work.url).text,
    "to_markdown": lambda work: work.page.to_markdown(),
    "to_dict": lambda work: work.page.to_dict(blocks=True),
}
TEXT_STAGES: dict[str, Callable[[Work], object]] = {
    "plaintext": lambda work: read_text(work.text),
    "text features": lambda work: compute(work.text_document, Lexicon.load()),
    "clean_text": lambda work: cleanbody.clean_text(work.text),
}
