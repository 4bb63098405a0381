"""What stands around articles, by language and role: whole lines for synthetic documents.

A book is made of files of lines (``<language>.toml``, a list of lines for each role) and of the lexicon's seeds. In a
line ``{name}``, ``{site}``, ``{date}``, ``{n}`` and ``{year}`` are filled in, and so are the gaps of a seed phrase.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cleanbody.page import DataError
from cleanbody.train.lexicon import Seed, read_phrases

ROLES: Final = (
    *("name", "site", "home", "section", "date", "headline", "byline", "share", "newsletter", "newsletter-button"),
    *("paywall", "cookie", "cookie-button", "advert", "bio-heading", "bio", "related", "teaser", "comments", "comment"),
    *("form", "field", "submit", "nav", "footer", "pagination"),
)
# The role of a seed phrase by its kind, and by its mode where that makes a difference.
_OF_SEED: Final[Mapping[tuple[str, str], str]] = {
    ("comment-prompt", ""): "form",
    ("comment-prompt", "whole"): "field",
    ("comment", "label"): "comments",
    ("comment", "whole"): "comments",
    ("share", ""): "share",
    ("newsletter", ""): "newsletter",
    ("newsletter", "whole"): "newsletter-button",
    ("paywall", ""): "paywall",
    ("cookie-notice", "any"): "cookie",
    ("cookie-notice", ""): "cookie-button",
    ("advert", ""): "advert",
    ("breadcrumb", "whole"): "home",
    ("breadcrumb", "label"): "home",
    ("navigation", "whole"): "nav",
    ("teaser", "start"): "teaser",
    ("teaser", "label"): "related",
    ("teaser", "whole"): "related",
    ("byline", "start"): "byline",
    ("byline", "whole"): "byline",
    ("author-bio", "label"): "bio-heading",
    ("author-bio", "start"): "bio-heading",
    ("footer", ""): "footer",
    ("pagination", ""): "pagination",
}
_GAPS = re.compile(r"\{(\w+)\}|%[snd]|#")
_OF_GAP: Final = {"%s": "name", "%n": "name", "%d": "n", "#": "n"}


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """Lines by language and role."""

    lines: Mapping[str, Mapping[str, Sequence[str]]]

    def knows(self, lang: str) -> bool:
        """Whether documents can be made in a language."""
        return all(self.lines.get(lang, {}).get(role) for role in ROLES)

    def pick(self, lang: str, role: str, rng: random.Random, **given: str) -> str:
        """A line of a role, its gaps filled: with what is given, else with another line of the gap's own role."""

        def fill(found: re.Match[str]) -> str:
            gap = found[1] or _OF_GAP[found[0]]
            if gap in ("n", "year"):
                return given.get(gap) or str(rng.randint(2, 48) if gap == "n" else rng.randint(2008, 2026))
            return given.get(gap) or self.pick(lang, gap, rng)

        return _GAPS.sub(fill, rng.choice(self.lines[lang][role]))

    def some(self, lang: str, role: str, count: int, rng: random.Random, **given: str) -> list[str]:
        """Different lines of a role, as many as there are up to `count`."""
        wanted = (self.pick(lang, role, rng, **given) for _ in range(3 * count))
        return list(dict.fromkeys(wanted))[:count]


def read_lines(folder: Path) -> dict[str, dict[str, list[str]]]:
    """The files of lines in a folder, by language and role.

    Raises:
        DataError: a file is no TOML, or has an unknown role.
    """
    book: dict[str, dict[str, list[str]]] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise DataError(f"{path.name}: {error}") from error
        table.pop("source", None)
        if unknown := set(table) - set(ROLES):
            raise DataError(f"{path.name}: {sorted(unknown)[0]!r} is no role of a line")
        book[path.stem] = table
    return book


def read_book(folder: Path) -> Phrasebook:
    """The book of a folder of lines alone."""
    return Phrasebook(read_lines(folder))


def read_seed_book(seeds: Path) -> Phrasebook:
    """The book for training: the lexicon's phrases and ``seeds/lines``, which give what no phrase is."""
    book: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for lang, roles in read_lines(seeds / "lines").items():
        for role, lines in roles.items():
            book[lang][role] += lines * 2  # whole lines are likelier than phrases
    for seed in read_phrases(seeds):
        own = _OF_SEED.get((seed.kind, seed.mode)) or _OF_SEED.get((seed.kind, ""))
        if own and seed.language in book and (text := _line(seed, own)):
            book[seed.language][own].append(text)
    return Phrasebook({lang: dict(roles) for lang, roles in book.items()})


def _line(seed: Seed, role: str) -> str:
    """A seed phrase as a line: a name stands behind the beginning of a byline; a fragment of a sentence is none."""
    text = seed.phrase
    if role == "byline" and seed.mode == "start" and "%" not in text:
        return f"{text} {{name}}"
    return "" if seed.mode == "any" and text[:1].islower() else text
