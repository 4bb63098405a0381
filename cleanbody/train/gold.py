"""Labelled pages and texts: rows of JSON lines in, one value a page out.

A row holds ``id``, ``html`` and ``main_content``, and where known ``url``, ``lang``, ``page_type`` and ``fold``. A
scraped text holds, in place of ``html``, its ``lines`` (``text``, and ``b`` for the blank lines before it) with its
gold in ``gold``, or its ``blocks`` (``text``). Where it names a ``renderer`` it is the text of a page with the same
``id`` and has that page's URL and fold. A file's name without a last ``-<digit>`` is its set, so that a set may lie in
several files.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, cast
from urllib.parse import urlsplit

from cleanbody.page import DataError

_NUMBER = re.compile(r"-\d$")
_SECOND_LEVEL: Final = frozenset({"ac", "co", "com", "edu", "gov", "net", "or", "org"})


class Labelled(NamedTuple):
    """A page with its gold. ``host`` is the registrable domain as its shape tells it, "" where the URL is missing."""

    id: str
    set: str
    url: str | None
    host: str
    html: str  # "" for a scraped text
    text: str  # "" for a page
    gold: str
    page_type: str
    lang: str
    fold: int | None
    renderer: str = ""  # how a scraped text was made, "" where unknown
    original: str = ""  # the HTML of the page that a copy, or a text, was made of
    known: bool = True  # whether people made the gold; else it is "", or what a model kept (see `teach`)


def set_name(path: Path) -> str:
    """The set that a file belongs to.

    >>> set_name(Path("wcxb-dev-2.jsonl.gz"))
    'wcxb-dev'
    """
    return _NUMBER.sub("", path.name.split(".jsonl")[0])


def host_of(url: str | None) -> str:
    """The registrable domain of a URL, told by the shape of its host.

    >>> host_of("https://news.example.co.uk/a"), host_of(None)
    ('example.co.uk', '')
    """
    labels = (urlsplit(url or "").hostname or "").split(".")
    keep = 3 if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else 2
    return ".".join(labels[-keep:])


def open_text(path: Path) -> IO[str]:
    """Open a plain or gzip file of lines."""
    if path.suffix == ".gz":
        return cast(IO[str], gzip.open(path, "rt", encoding="utf-8"))
    return path.open(encoding="utf-8")


def text_of(row: dict[str, Any]) -> str:
    """The scraped text of a row without HTML."""
    if row.get("lines"):
        return "".join("\n" * (int(line.get("b") or 0) + 1) + line["text"] for line in row["lines"]).lstrip("\n")
    return "\n".join(block["text"] for block in row.get("blocks") or ())


def read_gold(paths: Sequence[Path]) -> Iterator[Labelled]:
    """The pages and texts of some files that have gold text; pages have to come before the texts made of them.

    Raises:
        DataError: a line is no JSON object, or its gold no text.
    """
    return (page for page in read_pages(paths) if page.known)


def read_pages(paths: Sequence[Path]) -> Iterator[Labelled]:
    """What `read_gold` reads, and the pages beside it whose gold nobody knows.

    Raises:
        DataError: as `read_gold` does.
    """
    rendered_from: dict[str, Labelled] = {}
    for path in paths:
        with open_text(path) as lines:
            for number, line in enumerate(lines, 1):
                try:
                    page = _labelled(json.loads(line), path, number)
                except DataError:
                    raise
                except (ValueError, AttributeError) as error:
                    raise DataError(f"{path}:{number}: no JSON object: give one labelled page a line") from error
                if page is None:
                    continue
                if page.renderer and page.id in rendered_from:
                    origin = rendered_from[page.id]
                    page = page._replace(url=origin.url, host=origin.host, fold=origin.fold, original=origin.html)
                elif page.html and page.fold is not None:
                    rendered_from[page.id] = page._replace(gold="")
                yield page


def parted(pages: Sequence[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """The pages whose gold somebody knows, and the others."""
    return [page for page in pages if page.known], [page for page in pages if not page.known]


def _labelled(row: dict[str, Any], path: Path, number: int) -> Labelled | None:
    html, text = row.get("html") or "", text_of(row)
    gold = row.get("main_content", row.get("gold"))
    if not isinstance(html, str) or not isinstance(gold, str | None):
        raise DataError(f"{path}:{number}: html and main_content are text or null")
    if not html and (gold is None or not text):
        return None
    fold = row.get("fold")
    return Labelled(
        id=str(row.get("id", number)),
        set=set_name(path),
        url=row.get("url"),
        host=host_of(row.get("url")),
        html=html,
        text="" if html else text,
        gold=gold or "",
        page_type=row.get("page_type") or "",
        lang=row.get("lang") or "",
        fold=None if fold is None else int(fold),
        renderer=row.get("renderer") or "",
        known=gold is not None,
    )
