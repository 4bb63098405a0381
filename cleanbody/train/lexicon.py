"""Build the data files of words from the hand-edited seeds."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from cleanbody.features.telling import WHOLE, stems_of
from cleanbody.features.tokens import SHORTEST, SPACELESS, STEM, words_of
from cleanbody.lexicon import (
    CLASS_KINDS,
    FORMAT,
    GAP,
    MODES,
    NAME,
    NUMBER,
    PHRASE_KINDS,
    class_tokens,
    tables,
    tokens_of,
)
from cleanbody.page import DataError

LEAST_PHRASES: Final = 2  # that a word stands in, to tell their kind
SHORTEST_OF_KIND: Final = 3  # letters of a word that can tell it
_PLACEHOLDER = re.compile(r"%[sdn]|#")


class Seed(NamedTuple):
    """A phrase as written in the seeds, with its language, kind, mode and source."""

    language: str
    kind: str
    mode: str
    source: str
    phrase: str


def read_phrases(seeds: Path) -> Iterator[Seed]:
    """The phrases of ``seeds/phrases/*.toml`` in order.

    seeds: the folder.  Raises DataError where a file has an unknown kind or mode, names no source, or holds a phrase
    that cannot be matched (no word in it, a gap in front of a phrase that may stand anywhere, a gap within a word).
    """
    for path in sorted(seeds.joinpath("phrases").glob("*.toml")):
        table = _toml(path)
        for kind, groups in table.items():
            for group in groups:
                mode = group.get("match", "any")
                if kind not in PHRASE_KINDS or mode not in MODES or not group.get("source"):
                    raise DataError(f"{path.name}: [[{kind}]] needs a known kind and match, and a source")
                for phrase in group["phrases"]:
                    _check(path.name, mode, phrase)
                    yield Seed(path.stem, kind, mode, group["source"], phrase)


def _check(name: str, mode: str, phrase: str) -> None:
    tokens = phrase_tokens(phrase)
    wild = not {*tokens} - {GAP, NAME, NUMBER}
    if wild or (mode in ("any", "edge") and (tokens[0] == GAP or NAME in tokens)):
        raise DataError(f"{name}: {phrase!r} needs words, or match = 'start' for its gap")
    filled = _PLACEHOLDER.sub(lambda found: "xx" if found[0] in (GAP, NAME) else "1", phrase)
    if len(tokens_of(filled)) != len(tokens):
        raise DataError(f"{name}: {phrase!r} has a gap within a word, where none can be matched")


def phrase_tokens(phrase: str) -> list[str]:
    """The tokens of a seed phrase: as of any text, with ``%s`` and ``%n`` gaps and ``%d`` or ``#`` a number.

    >>> phrase_tokens("Leave a Reply to %s"), phrase_tokens("# min. read")
    (['leave', 'a', 'reply', 'to', '%s'], ['#', 'min', 'read'])
    """
    tokens: list[str] = []
    place = 0
    for found in _PLACEHOLDER.finditer(phrase):
        tokens += tokens_of(phrase[place : found.start()])
        tokens.append(found[0] if found[0] in (GAP, NAME) else NUMBER)
        place = found.end()
    return tokens + tokens_of(phrase[place:])


def read_classes(seeds: Path) -> dict[str, dict[str, float]]:
    """The class tokens of ``seeds/classes.toml`` by kind, with their weights.

    seeds: the folder.  Raises DataError for an unknown kind, a weight outside 0 to 1, or a name that is neither a token
    nor a pair of tokens.
    """
    table: dict[str, dict[str, float]] = {}
    for group in _toml(seeds / "classes.toml").get("classes", ()):
        if group.get("kind") not in CLASS_KINDS or not group.get("source"):
            raise DataError(f"classes.toml: {group.get('kind')!r} is no kind, or its source is missing")
        weights = table.setdefault(group["kind"], {})
        for name, weight in group["weights"].items():
            if class_tokens(name) != [name.split("-")] or name.count("-") > 1 or not 0 < weight <= 1:
                raise DataError(f"classes.toml: {name!r} is no token or pair with a weight in (0, 1]")
            weights[name] = max(weight, weights.get(name, 0.0))
    return table


def build_lexicon(seeds: Path) -> bytes:
    """The data file for the seeds: compact JSON, sorted, the same bytes for the same seeds.

    seeds: the folder that holds ``phrases/`` and ``classes.toml``.  Where a phrase of one kind comes with several
    modes (the same words in two languages), the strictest holds.  Raises DataError for seeds that cannot be read.
    """
    modes: dict[tuple[str, str], int] = {}
    written = list(read_phrases(seeds))
    for seed in written:
        key = seed.kind, " ".join(phrase_tokens(seed.phrase))
        modes[key] = max(MODES.index(seed.mode), modes.get(key, 0))
    phrases = [(kind, MODES[mode], phrase) for (kind, phrase), mode in sorted(modes.items())]
    tries, weights = tables(phrases, read_classes(seeds))
    words = {**read_telling_words(seeds), "kind_words": count_kind_words(written)}
    table = {"classes": weights, "format": FORMAT, "phrases": tries, **words}
    return json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def read_telling_words(seeds: Path) -> dict[str, list[str]]:
    """The words of ``telling-words.toml``, those of all languages together: ``site_words`` and ``address_words``.

    seeds: the folder.  Raises DataError where it cannot be read, or where an entry is neither the beginning of a word
    as it is looked up nor a pair of characters of a script without spaces.
    """
    table = _toml(seeds / "telling-words.toml")
    out = {}
    for kind in ("site", "address"):
        entries: Mapping[str, str] = table.get(kind, {})  # type: ignore[assignment]
        words = {word.casefold() for entry in entries.values() for word in entry.split()}
        stems = {word if SPACELESS.match(word) else word[:STEM] for word in words}
        for word in words:
            if len(words_of(word)) != 1 and not (SPACELESS.match(word) and len(word) == 2):
                raise DataError(f"telling-words.toml: {word!r} is no word, and no pair of characters")
        out[f"{kind}_words"] = sorted(stems)
    return out


def count_kind_words(phrases: Iterable[Seed]) -> dict[str, str]:
    """The ``kind_words`` of a lexicon: what kinds of phrases the words of `LEAST_PHRASES` of them and more stand in.

    One phrase more is thought to be of no kind, so that few prove little.

    phrases: of all languages, counted together.

    >>> phrases = [Seed("en", "share", "any", "", text) for text in ("Share this", "Share #")]
    >>> count_kind_words(phrases)
    {'share': '006'}
    """
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    totals: Counter[str] = Counter()
    for seed in phrases:
        totals[seed.kind] += 1
        for stem in set(stems_of(words_of(_PLACEHOLDER.sub(" ", seed.phrase)))):
            counts[stem][seed.kind] += 1
    mean = totals.total() / (len(totals) or 1)
    out = {}
    for stem, kinds in sorted(counts.items()):
        if kinds.total() >= LEAST_PHRASES and (len(stem) >= SHORTEST_OF_KIND or SPACELESS.match(stem)):
            likely = [kinds[kind] * mean / (totals[kind] or 1) for kind in PHRASE_KINDS]
            of = sum(likely) + 1
            digits = "".join(str(round(WHOLE * one / of)) for one in likely).rstrip("0")
            if digits:
                out[stem] = digits
    return out


def build_function_words(seeds: Path) -> bytes:
    """The data file of function words: UTF-8, one a line, sorted, those of all languages together.

    seeds: the folder that holds ``function-words.toml``.  Raises DataError where it cannot be read, or where an entry
    is no word as `features.tokens` cuts a text into words, or too short to be counted there.
    """
    table = _toml(seeds / "function-words.toml")
    words = sorted({word.casefold() for entry in table.values() for word in str(entry).split()})
    for word in words:
        if words_of(word) != [word] or len(word) < SHORTEST:
            raise DataError(f"function-words.toml: {word!r} is no word of {SHORTEST} letters or more")
    return "".join(f"{word}\n" for word in words).encode()


def _toml(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name}: {error}") from error
