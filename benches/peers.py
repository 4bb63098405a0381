"""The systems that are compared: this library and other extractors, each as one call from a page to its text.

A system is used with the options that its own documentation names for main content. One that is not installed is
reported and left out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the checkout is what is scored, installed or not


@dataclass(frozen=True)
class Page:
    """A page to be cleaned: HTML, or where that is lacking its scraped text."""

    key: str
    html: str | None
    text: str
    url: str | None
    language: str
    headline: bool  # the gold begins with the headline


class System(NamedTuple):
    """A way from a page to its text: the package that it is of, and the calls for HTML and for scraped text."""

    package: str
    html: Callable[[Page], str]
    text: Callable[[Page], str] | None = None


def _cleanbody(page: Page) -> str:
    import cleanbody

    return cleanbody.clean(page.html, page.url).to_text(headline=page.headline)


def _rules_alone(page: Page) -> str:
    import cleanbody

    cleaner = cleanbody.Cleaner(cleanbody.Config(model=False))
    return cleaner.clean(page.html, page.url).to_text(headline=page.headline)


def _rules_alone_text(page: Page) -> str:
    import cleanbody

    cleaner = cleanbody.Cleaner(cleanbody.Config(model=False))
    return cleaner.clean_text(page.text, url=page.url).to_text(headline=page.headline)


def _cleanbody_text(page: Page) -> str:
    import cleanbody

    return cleanbody.clean_text(page.text, url=page.url).to_text(headline=page.headline)


def _trafilatura(page: Page) -> str:
    import trafilatura

    return trafilatura.extract(page.html, url=page.url, include_comments=False) or ""


def _readability(page: Page) -> str:
    from readability import Document

    return _visible(Document(page.html).summary(html_partial=True))


def _resiliparse(page: Page) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return extract_plain_text(page.html, main_content=True, alt_texts=False)


def _turbohtml(page: Page) -> str:
    import turbohtml

    return turbohtml.parse(page.html).article().text or ""


def _boilerpy3(page: Page) -> str:
    from boilerpy3.extractors import ArticleExtractor

    return ArticleExtractor(raise_on_failure=False).get_content(page.html)


# jusText names its stop lists in English; a page in a language without one is read without stop words.
_STOPLISTS: Mapping[str, str] = {
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fi": "Finnish",
    "fr": "French",
    "it": "Italian",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
}


def _justext(page: Page) -> str:
    return _justext_of(page.html or "", page.language)


def _justext_lines(page: Page) -> str:
    from html import escape

    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in page.text.split("\n") if line.strip())
    return _justext_of(f"<html><body>{paragraphs}</body></html>", page.language)


def _justext_of(html: str, language: str) -> str:
    import justext

    name = _STOPLISTS.get(language.split("-")[0], "" if language else "English")
    options = (
        {"stoplist": justext.get_stoplist(name)}
        if name
        else {"stoplist": frozenset(), "stopwords_low": 0.0, "stopwords_high": 0.0}
    )
    return "\n".join(
        p.text for p in justext.justext(html.encode(), encoding="utf-8", **options) if not p.is_boilerplate
    )


def _visible(html: str) -> str:
    """All text of some HTML but scripts and styles, a line a text node."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(html)
    tree.strip_tags(["script", "style", "noscript", "template"])
    return tree.body.text(separator="\n") if tree.body else ""


SYSTEMS: Mapping[str, System] = {
    "cleanbody": System("cleanbody", _cleanbody, _cleanbody_text),
    "cleanbody without model": System("cleanbody", _rules_alone, _rules_alone_text),
    "trafilatura": System("trafilatura", _trafilatura),
    "readability-lxml": System("readability-lxml", _readability),
    "resiliparse": System("resiliparse", _resiliparse),
    "justext": System("justext", _justext, _justext_lines),
    "boilerpy3": System("boilerpy3", _boilerpy3),
    "turbohtml": System("turbohtml", _turbohtml),
    "all text": System("selectolax", lambda page: _visible(page.html or ""), lambda page: page.text),
}


def installed(names: list[str]) -> tuple[dict[str, str], list[str]]:
    """Versions of the named systems that can be used, and the names of the rest."""
    versions: dict[str, str] = {}
    for name in names:
        try:
            versions[name] = _own_version() if SYSTEMS[name].package == "cleanbody" else version(SYSTEMS[name].package)
        except PackageNotFoundError:
            continue
    return versions, [name for name in names if name not in versions]


def _own_version() -> str:
    import cleanbody

    return cleanbody.__version__
