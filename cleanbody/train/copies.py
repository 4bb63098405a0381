"""What is trained on beside the labelled pages themselves, so that no single sign is trusted: pages without class names
and telling tags, pages as text, gold texts as they are, and synthetic documents.

A copy keeps the set, host and fold of its page, so that what is left out stays out with all its copies.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from cleanbody import html
from cleanbody.features.context import block_texts
from cleanbody.page import InputError
from cleanbody.train.articles import articles_of
from cleanbody.train.gold import Labelled
from cleanbody.train.synthesize import Synthetic, synthesize

BARE: Final = "bare"  # a page without class names and telling tags
BLOCKS: Final = "blocks"  # a page's blocks as lines
GOLD: Final = "gold"  # the gold text: all of it is body
LEAST_GOLD: Final = 400  # characters
_TELLING = re.compile(r"(</?)(?:article|aside|footer|header|main|nav|section)(?=[\s>/])", re.IGNORECASE)
_NAMES = re.compile(r"\s(?:class|id|role|itemprop|itemtype)\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+)", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z][^<>]*>")


def without_names(source: str) -> str:
    """HTML with `div` for the tags that tell a region, and without class names, ids and roles.

    >>> without_names('<nav class="menu"><a href="/" id=x>Home</a></nav>')
    '<div><a href="/">Home</a></div>'
    """
    return _TAG.sub(lambda tag: _NAMES.sub("", tag[0]), _TELLING.sub(r"\1div", source))


def copies(pages: Sequence[Labelled]) -> Iterator[Labelled]:
    """The copies of labelled pages; which page gets which, its id decides."""
    rendered = {page.id for page in pages if page.renderer}
    for page in pages:
        lot = zlib.crc32(f"{page.set}:{page.id}".encode())
        if page.html and lot % 4 == 0:
            yield page._replace(html=without_names(page.html), renderer=BARE, original=page.html)
        if page.html and page.id not in rendered:
            text = as_text(page.html)
            if text:
                yield page._replace(html="", text=text, renderer=BLOCKS, original=page.html)
        if page.html and len(page.gold) >= LEAST_GOLD:
            yield page._replace(html="", text=page.gold, renderer=GOLD)


def as_text(source: str) -> str:
    """The blocks of a page as lines; "" where it cannot be read.

    >>> as_text("<h1>Rain</h1><p>It rained.")
    'Rain\\nIt rained.'
    """
    try:
        return "\n".join(text for text in block_texts(html.read_html(source)) if text)
    except InputError:
        return ""


def synthetic(pages: Sequence[Labelled], seeds: Path) -> Iterator[Synthetic]:
    """Synthetic documents of each article among the pages: as HTML with class names and without, and two as text.

    Args:
        seeds: the folder with the phrases, lines and layouts that documents are made of.
    """
    articles = list(articles_of(pages))
    yield from synthesize(articles, seeds)
    yield from synthesize(articles, seeds, seed=1, forms=("text",))
