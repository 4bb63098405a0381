"""How much of every kind of boilerplate goes, and what of the article goes with it, on documents with known truth.

    python benches/kinds.py SET.jsonl.gz... [--articles FILE] [--systems a,b] [--limit N] [--sample K] [--show KIND]
    python benches/kinds.py --scraped scraped-text-dev.jsonl.gz [--limit N]

Articles of the sets (see `articles.py`) are made into documents (see `cleanbody.train.synthesize`) of sites, with
phrases and in layouts that the training does not see (`held_out/`): as scraped text, as HTML without class names and as
HTML with them. For every language: the share of each kind that goes, documents with the headline exactly once,
subheadings kept, words of the body lost, documents that are exactly right; of this library also how many of the blocks
that went have their right label. With ``--scraped``: of the lines of real scraped texts, those marked as copies of the
headline that go, and words of the body that are lost to the kinds this project is named for.

Rules are made while looking at the documents of sample 0. What they are worth is told by a sample that nobody has
looked at: others have other articles as far as there are any, and are put together otherwise of all.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from articles import build
from peers import SYSTEMS, Page, installed

from cleanbody import Cleaner, Config, Label
from cleanbody.features.tokens import SPACELESS, words_of
from cleanbody.model import Model, read_model
from cleanbody.page import CleanPage
from cleanbody.train.align import align_truth
from cleanbody.train.articles import Article, held_out, read_articles, write_articles
from cleanbody.train.gold import open_text
from cleanbody.train.layouts import Truth, read_layouts
from cleanbody.train.phrasebook import read_book
from cleanbody.train.synthesize import FORMS, Maker, Synthetic

HELD_OUT = Path(__file__).resolve().parent / "held_out"
# Roles that make one row of the table.
ROW_OF = {
    "teaser-bare": "teaser",
    "teaser-linked": "teaser",
    "teaser-box": "teaser",
    "copy": "headline copy",
    "form": "comment prompt",
    "comments": "comment",
    "bio": "author bio",
    "nav": "navigation",
}
NAMED = frozenset({Label.DUPLICATE, Label.BREADCRUMB, Label.TEASER, Label.COMMENT_PROMPT})
# Labels that say the same of a block as far as its truth can tell.
ALIKE = ({Label.COMMENT, Label.COMMENT_PROMPT}, {Label.BREADCRUMB, Label.DUPLICATE}, {Label.NAVIGATION, Label.FOOTER})
REACH = 40  # words of an output that may stand between what it holds of the truth
GRAM = 6  # words of a run by which a stretch is looked up that does not stand where it should
SPACELESS_GRAM = 12  # the same in characters of a script without spaces


@dataclass
class Counts:
    """Sums over documents of one language and form."""

    gone: Counter[str]
    there: Counter[str]

    def add(self, row: str, value: float, of: float = 1.0) -> None:
        self.gone[row] += value  # type: ignore[assignment]
        self.there[row] += of  # type: ignore[assignment]

    def share(self, row: str) -> float | None:
        return self.gone[row] / self.there[row] if self.there[row] else None


def shares_kept(truth: Sequence[Truth], text: str, headline: str) -> tuple[list[float], int]:
    """Which share of each stretch stands in an output, and how often the headline does.

    An output is read from its start to its end beside the stretches: one is there if it stands whole at the place that
    has been reached, or as far as runs of its words are found further on. Words of the body that stand whole further on
    are not those of a copy.
    """
    out, key = words_of(text), words_of(headline)
    at = len(key) if out[: len(key)] == key else 0
    first = bool(at)
    times, shares = int(first), []
    gram = SPACELESS_GRAM if 2 * sum(bool(SPACELESS.match(word)) for word in out) > len(out) else GRAM
    places: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for i in range(len(out) - gram + 1):
        places[tuple(out[i : i + gram])].append(i)
    body = whole(truth, out, places, gram)
    for one in truth:
        words = words_of(one.text)
        if one.role == "headline" and first:
            shares.append(1.0)
        elif not words or out[at : at + len(words)] == words:
            shares.append(1.0 if words else float(one.keep))
            at += len(words)
            times += words == key
        else:
            share, end = _share(words, out, places, gram, at, frozenset() if one.keep else body)
            at = end if share > 0.5 else at  # a few words of a stretch that went stand elsewhere too
            shares.append(share if share > 0.5 else 0.0)
            times += words == key and share > 0.5
    return shares, times


def whole(
    truth: Sequence[Truth], out: Sequence[str], places: dict[tuple[str, ...], list[int]], gram: int
) -> frozenset[int]:
    """The places in an output that stretches of the body fill, which stand there whole and in their order."""
    taken: set[int] = set()
    at = 0
    for one in truth:
        words = words_of(one.text)
        if one.keep and one.role != "headline" and len(words) >= gram:
            found = (i for i in places.get(tuple(words[:gram]), ()) if i >= at and out[i : i + len(words)] == words)
            here = next(found, None)
            if here is not None:
                at = here + len(words)
                taken.update(range(here, at))
    return frozenset(taken)


def _share(
    words: Sequence[str],
    out: Sequence[str],
    places: dict[tuple[str, ...], list[int]],
    gram: int,
    at: int,
    body: frozenset[int],
) -> tuple[float, int]:
    """Which share of a stretch's words stands in an output from a place on, in runs outside of some places, and where
    the last run ends."""
    found, k = 0, 0
    while k < len(words):
        if at < len(out) and found and out[at] == words[k]:
            found, at, k = found + 1, at + 1, k + 1
            continue
        here = next(
            (i for i in places.get(tuple(words[k : k + gram]), ()) if at <= i <= at + REACH and i not in body), -1
        )
        if here < 0:
            k += 1
            continue
        found, at, k = found + gram, here + gram, k + gram
    return found / len(words), at


def label_counts(page: CleanPage, truth: Sequence[Truth]) -> tuple[int, int]:
    """Blocks that went and should have, with their right label and all of them."""
    right = total = 0
    found = align_truth([block.text for block in page.blocks], [one.text for one in truth])
    for block, stretches in zip(page.blocks, found, strict=True):
        if stretches and not block.keep:
            wanted = truth[max(stretches, key=lambda k: stretches[k])].label
            if wanted not in (Label.BODY, Label.HEADLINE):
                total += 1
                right += block.label is wanted or any({block.label, wanted} <= alike for alike in ALIKE)
    return right, total


class Result(NamedTuple):
    """What a system made of a document; ``labels``: blocks that went with their right label, and all that went."""

    shares: list[float]
    headlines: int
    right: bool
    labels: tuple[int, int]


def run(system: str, document: Synthetic) -> Result:
    """One system on one document."""
    truth, labels = document.truth, (0, 0)
    if SYSTEMS[system].package == "cleanbody":
        cleaner = Cleaner(Config(model=system == "cleanbody"))
        source, url = document.source, document.article.url
        page = cleaner.clean_text(source) if document.form == "text" else cleaner.clean(source, url)
        text, labels = page.to_text(headline=True), label_counts(page, truth)
    else:
        call = SYSTEMS[system].text if document.form == "text" else SYSTEMS[system].html
        text = call(page_of(document)) if call else document.source
    shares, headlines = shares_kept(truth, text, document.article.title)
    right = all(share == float(one.keep) or not words_of(one.text) for share, one in zip(shares, truth, strict=True))
    size = sum(len(words_of(one.text)) for one in truth if one.keep)
    return Result(shares, headlines, right and len(words_of(text)) == size, labels)


def page_of(document: Synthetic) -> Page:
    """A document as the peers' calls take it."""
    return Page(
        key=document.id,
        html=None if document.form == "text" else document.source,
        text=document.source,
        url=document.article.url,
        language=document.article.lang,
        headline=True,
    )


def use_model(path: Path | None) -> None:
    """In a process of its own: clean with a model's file in place of the shipped one."""
    if path:
        model = read_model(path.read_bytes())
        Model.load = classmethod(lambda cls: model)  # type: ignore[method-assign,assignment]


def rows_of(document: Synthetic, shares: Sequence[float]) -> Iterator[tuple[str, float, float]]:
    """What a document adds to the rows of the table: row, value, and out of how much."""
    for one, share in zip(document.truth, shares, strict=True):
        words = len(words_of(one.text))
        if not one.keep:
            yield ROW_OF.get(one.role, one.role), float(share < 0.5), 1
            if one.label is Label.TEASER:
                yield f"({one.role})", float(share < 0.5), 1
        elif one.role != "headline":
            yield "words lost", words * (1.0 - share), words
            if one.role != "paragraph" and words:
                yield f"{one.role} kept", float(share > 0.5), 1


def table(title: str, counts: dict[str, Counts]) -> str:
    """A table: a row a measure, a column a language."""
    languages = sorted(counts, key=lambda lang: (lang == "all", -counts[lang].there["exactly right"]))
    names = {name for one in counts.values() for name in one.there}
    last = [
        "headline once",
        "subheading kept",
        "item kept",
        "quote kept",
        "words lost",
        "labels right",
        "exactly right",
    ]
    names_in_order = [*sorted(names - set(last)), *(name for name in last if name in names)]
    heads = [f"{lang} ({counts[lang].there['exactly right']:.0f})" for lang in languages]
    lines = [f"\n## {title}\n", "| | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for name in names_in_order:
        cells = []
        for lang in languages:
            share = counts[lang].share(name)
            cells.append("" if share is None else f"{share:.4f}" if name == "words lost" else f"{share:.3f}")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def documents(articles: Sequence[Article], args: argparse.Namespace) -> list[Synthetic]:
    """The documents that are measured: some articles of each language, in each form."""
    measured = [one for one in articles if args.sites == "all" or held_out(one.host)]
    maker = Maker(measured, read_book(HELD_OUT / "lines"), read_layouts(HELD_OUT / "layouts.toml"))
    by_language: defaultdict[str, list[Article]] = defaultdict(list)
    for one in maker.articles:
        if not args.languages or one.lang in args.languages.split(","):
            by_language[one.lang].append(one)
    out, forms = [], args.forms.split(",")
    for own in by_language.values():
        chosen = choose(own, args.limit, args.sample)
        rounds = max(1, min(4, args.limit // (2 * len(chosen))))  # few articles make several documents each
        seeds = [1000 + 100 * args.sample + k for k in range(rounds)]
        out += [maker.make(a, form, seed) for seed in seeds for a in chosen for form in forms]
    return out


def choose(own: Sequence[Article], limit: int, sample: int) -> list[Article]:
    """Some articles out of all of a language; every sample others, until there are no more and it begins anew.

    >>> [choose("abcdefg", 3, sample) for sample in range(4)]
    [['a', 'c', 'e'], ['b', 'd', 'f'], ['g'], ['a', 'c', 'e']]
    """
    left = list(own)
    while True:
        step = max(len(left) / limit, 1.0)
        places = [int(i * step) for i in range(min(limit, len(left)))]
        if not sample:
            return [left[k] for k in places]
        left = [one for k, one in enumerate(left) if k not in places] or list(own)
        sample -= 1


def measure(system: str, made: Sequence[Synthetic], args: argparse.Namespace) -> dict[str, dict[str, Counts]]:
    """One system on all documents: counts by form and language, with "all" for all of them."""
    counts: defaultdict[str, defaultdict[str, Counts]] = defaultdict(
        lambda: defaultdict(lambda: Counts(Counter(), Counter()))
    )
    with ProcessPoolExecutor(args.processes, initializer=use_model, initargs=(args.model,)) as pool:
        for document, found in zip(made, pool.map(partial(run, system), made, chunksize=8), strict=True):
            rows = [*rows_of(document, found.shares), ("headline once", float(found.headlines == 1), 1.0)]
            rows += [("exactly right", float(found.right), 1.0), ("labels right", *map(float, found.labels))]
            for lang in (document.article.lang, "all"):
                for row, value, of in rows:
                    counts[document.form][lang].add(row, value, of)
            show(document, found.shares, found.headlines, args.show)
    return {form: dict(languages) for form, languages in counts.items()}


def show(document: Synthetic, shares: Sequence[float], times: int, wanted: str | None) -> None:
    """Print what went wrong with a kind."""
    if not wanted:
        return
    where = f"{document.article.lang} {document.form} {document.layout} {document.article.id[:30]}"
    if wanted == "headline" and times != 1:
        print(f"{where}: headline {times} times: {document.article.title}")
    for one, share in zip(document.truth, shares, strict=True):
        row = ROW_OF.get(one.role, one.role)
        wrong = share < 0.99 if one.keep else share >= 0.5
        if wrong and words_of(one.text) and ((wanted == "body" and one.keep) or wanted in (row, one.role, "all")):
            print(f"{where}: {one.role}: {one.text[:140]}")


# ------------------------------------------------------------------------------------------------- real scraped text


def scraped(path: Path, limit: int | None, sample: int = 0, wanted: str | None = None) -> str:
    """The lines of real scraped texts: which of those marked as copies go, and what is lost to the named kinds.

    Args:
        limit: one page of so many is read; in another sample another one of them.
        wanted: print the lines that went to a named kind ("body"), or those of a ``why`` that stayed.
    """
    total: defaultdict[str, Counter[str]] = defaultdict(Counter)
    with open_text(path) as lines:
        rows: Iterable[dict[str, Any]] = (json.loads(line) for line in lines)
        rows = [row for i, row in enumerate(rows) if not limit or (i // 5) % limit == sample % limit]
    with ProcessPoolExecutor(1) as pool:
        for row, (found, wrong) in zip(rows, pool.map(scraped_row, rows, chunksize=16), strict=True):
            for why, line in wrong:
                if wanted in (why, "all"):
                    print(f"{row['id']} {row['renderer']} {why}: {line}")
            total[row["renderer"]].update(found)
            total["all"].update(found)
    heads = ("titledup", "crumbtitle", "dup")
    out = ["| | " + " | ".join(heads) + " | body words lost to the four kinds | to each |", "|---" * 6 + "|"]
    for name, counts in total.items():
        cells = [f"{counts[f'{why} gone'] / max(counts[why], 1):.3f} of {counts[why]}" for why in heads]
        words = max(counts["words"], 1)
        lost = [(label, counts[f"lost {label}"] / words) for label in NAMED]
        cells += [f"{sum(share for _, share in lost):.4f}", ", ".join(f"{k} {v:.4f}" for k, v in sorted(lost))]
        out.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(out)


def scraped_row(row: dict[str, Any]) -> tuple[Counter[str], list[tuple[str, str]]]:
    """The counts of one scraped text, and its lines that went wrong, each with its why. A line has gone if no block of
    the body holds any of it."""
    counts: Counter[str] = Counter()
    wrong: list[tuple[str, str]] = []
    text, spans = "", []
    for line in row["lines"]:
        text += "\n" * (line["b"] + 1) if text else ""
        spans.append((len(text), len(text) + len(line["text"])))
        text += line["text"]
    page = Cleaner(Config()).clean_text(text)
    owner: list[int] = [-1] * (len(text) + 1)
    for k, block in enumerate(page.blocks):
        owner[block.span[0] : block.span[1]] = [k] * (block.span[1] - block.span[0])
    for line, (start, end) in zip(row["lines"], spans, strict=True):
        blocks = [page.blocks[k] for k in sorted(set(owner[start:end])) if k >= 0]
        gone = not any(block.keep and block.label is not Label.HEADLINE for block in blocks)
        if line.get("why") in ("titledup", "crumbtitle", "dup"):
            counts[line["why"]] += 1
            counts[f"{line['why']} gone"] += gone
            if not gone:
                wrong.append((line["why"], line["text"][:140]))
        if line["label"] == "keep":
            words = len(words_of(line["text"]))
            counts["words"] += words
            if gone and blocks and blocks[0].label in NAMED:
                counts[f"lost {blocks[0].label}"] += words
                codes = " ".join(reason.code for reason in blocks[0].reasons)
                wrong.append(("body", f"{words} {blocks[0].label} [{codes}] {line['text'][:140]}"))
    return counts, wrong


def load(args: argparse.Namespace) -> list[Article]:
    """The articles, out of the file that keeps them where it is there."""
    if args.articles and args.articles.is_file():
        return list(read_articles(args.articles))
    articles = list(build(args.sets, args.processes))
    if args.articles:
        write_articles(articles, args.articles)
    return articles


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET.jsonl.gz")
    parser.add_argument("--articles", type=Path, metavar="FILE", help="keep the articles here, and take them from here")
    parser.add_argument("--sites", choices=("held-out", "all"), default="held-out")
    parser.add_argument("--systems", default="cleanbody", help=f"some of: {', '.join(SYSTEMS)}")
    parser.add_argument("--model", type=Path, help="a model's file in place of the shipped one")
    parser.add_argument("--forms", default=",".join(FORMS))
    parser.add_argument("--languages", help="some of them, such as de,el")
    parser.add_argument("--limit", type=int, default=50, help="articles of each language; scraped: one page of so many")
    parser.add_argument("--sample", type=int, default=0, metavar="K", help="another sample than the one looked at")
    parser.add_argument(
        "--show", metavar="KIND", help="print what of a kind stayed; 'body' for what went, 'headline', 'all'"
    )
    parser.add_argument("--scraped", type=Path, metavar="FILE")
    parser.add_argument("--processes", type=int, default=1)
    args = parser.parse_args(argv)
    if args.scraped:
        print(scraped(args.scraped, args.limit, args.sample, args.show))
        return
    if not args.sets and not (args.articles and args.articles.is_file()):
        parser.error("give labelled sets, or --articles with a file of articles")
    made = documents(load(args), args)
    for system in installed(args.systems.split(","))[0]:
        for form, counts in measure(system, made, args).items():
            print(table(f"{system}: {form}", counts), flush=True)


if __name__ == "__main__":
    main()
