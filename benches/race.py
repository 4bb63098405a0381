"""Bytes in, text out: this library beside other extractors and beside the bare parse, on the same labelled pages.

    python benches/race.py SET.jsonl.gz... [--systems a,b] [--limit N] [--rounds N] [-o PLOT]

Each system runs in a process of its own, which also times the bare parse (selectolax) in every round. Times are CPU
time: of a system the median of its rounds, after one that is not timed; "× parse" is the median of the rounds' own
ratios, so that other work on the machine weighs on both sides of it. Whoever takes no bytes has them decoded within
its time. Garbage collection stays on, as for users. Word F1 is the mean over the pages that have a gold text; an error
counts as empty text. The plot (PNG, SVG or PDF by its name) needs matplotlib.
"""

from __future__ import annotations

import argparse
import logging
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from peers import SYSTEMS, Page, installed
from quality import HEADLINE_SETS, Gold, files_by_set, read_gold, read_lines
from scoring import mean, word_f1

PARSE = "bare parse"
SYSTEMS_RACED = ("cleanbody", "resiliparse", "turbohtml", "trafilatura", "readability-lxml")
TAKE_BYTES = frozenset({"cleanbody", "cleanbody without model"})


class Lap(NamedTuple):
    """One round of all pages: CPU seconds of a system, and of the bare parse right before it."""

    seconds: float
    parse: float


class Result(NamedTuple):
    """All rounds of a system, and its text of each page ("" where it raised an error)."""

    laps: list[Lap]
    texts: list[str]
    errors: int


def _parse(page: Page) -> str:
    from selectolax.lexbor import LexborHTMLParser

    LexborHTMLParser(page.html)
    return ""


def _call(name: str) -> Callable[[Page], str]:
    """A system as a call of a page that holds bytes."""
    if name == PARSE:
        return _parse
    call = SYSTEMS[name].html
    if name in TAKE_BYTES:
        return call
    return lambda page: call(replace(page, html=page.html.decode("utf-8", "replace")))  # type: ignore[union-attr]


def _lap(call: Callable[[Page], str], pages: Sequence[Page]) -> tuple[float, list[str | None]]:
    """CPU seconds of all pages, and their texts, None where the system raised an error."""
    texts: list[str | None] = []
    started = time.process_time()
    for page in pages:
        try:
            texts.append(call(page))
        except Exception:
            texts.append(None)
    return time.process_time() - started, texts


def run(name: str, pages: Sequence[Page], rounds: int) -> Result:
    """One system on all pages, in this process."""
    logging.disable(logging.CRITICAL)  # some peers warn about every other page
    call = _call(name)
    _, texts = _lap(call, pages)
    _lap(_parse, pages)
    laps = []
    for _ in range(rounds):
        parse = _lap(_parse, pages)[0]
        laps.append(Lap(_lap(call, pages)[0], parse))
    return Result(laps, [text or "" for text in texts], texts.count(None))


def run_apart(name: str, pages: Sequence[Page], rounds: int) -> Result:
    """One system in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(run, name, pages, rounds).result()


def figures(result: Result, golds: Sequence[Gold], size: int) -> dict[str, Any]:
    """What is printed of one system."""
    seconds = statistics.median(lap.seconds for lap in result.laps)
    scores = [word_f1(text, gold.text).f1 for text, gold in zip(result.texts, golds, strict=True) if gold.text]
    return {
        "ms": 1000 * seconds / len(golds),
        "pages": len(golds) / max(seconds, 1e-9),
        "mb": size / max(seconds, 1e-9) / 1e6,
        "parses": statistics.median(lap.seconds / max(lap.parse, 1e-9) for lap in result.laps),
        "f1": mean(scores) if any(result.texts) else None,
        "errors": result.errors,
    }


def table(found: dict[str, dict[str, Any]]) -> str:
    """The figures of all systems as a Markdown table."""
    lines = ["| system | ms/page | pages/s | MB/s | × parse | word F1 | errors |", "|---" * 7 + "|"]
    for name, one in found.items():
        f1 = "" if one["f1"] is None else f"{one['f1']:.4f}".removeprefix("0")
        times = f"{one['ms']:.3f} | {one['pages']:.0f} | {one['mb']:.1f} | {one['parses']:.2f}"
        lines.append(f"| {name} | {times} | {f1} | {one['errors']} |")
    return "\n".join(lines)


def plot(found: dict[str, dict[str, Any]], path: Path) -> None:
    """Time against accuracy, the bare parse as a line."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.add_subplot(xlabel="CPU time, ms a page", ylabel="word F1", xscale="log")
    for name, one in found.items():
        if one["f1"] is None:
            axes.axvline(one["ms"], linestyle="--", color="grey", label=name)
            continue
        axes.scatter(one["ms"], one["f1"])
        axes.annotate(name, (one["ms"], one["f1"]), xytext=(5, 5), textcoords="offset points")
    axes.margins(x=0.2, y=0.1)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path)


def read_pages(paths: Sequence[Path], limit: int) -> list[Gold]:
    """The pages of all sets as bytes with their gold, at most `limit` in all, spread evenly."""
    golds: list[Gold] = []
    for name, files in files_by_set(paths).items():
        for path in files:
            golds += (read_gold(row, name.startswith(HEADLINE_SETS)) for row in read_lines(path) if row.get("html"))
    golds = golds[:: max(1, -(-len(golds) // limit))]
    return [replace(gold, page=replace(gold.page, html=gold.page.html.encode())) for gold in golds]  # type: ignore


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET.jsonl.gz")
    parser.add_argument("--systems", default=",".join(SYSTEMS_RACED), help=f"some of: {', '.join(SYSTEMS)}")
    parser.add_argument("--limit", type=int, default=200, help="pages in all, spread evenly (200)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("-o", "--output", type=Path, metavar="PLOT", help="time against accuracy")
    args = parser.parse_args(argv)
    names = args.systems.split(",")
    if unknown := set(names) - set(SYSTEMS):
        parser.error(f"no such system: {', '.join(sorted(unknown))}")
    versions, absent = installed(names)
    print("Systems: " + ", ".join(f"{name} {version}" for name, version in versions.items()))
    if absent:
        print("Not installed: " + ", ".join(absent))
    golds = read_pages(args.sets, args.limit)
    pages = [gold.page for gold in golds]
    size = sum(len(page.html or "") for page in pages)
    print(f"\n{len(pages)} pages of {size / len(pages) / 1000:.1f} KB, median of {args.rounds} rounds\n")
    found = {name: figures(run_apart(name, pages, args.rounds), golds, size) for name in (PARSE, *versions)}
    print(table(found))
    if args.output:
        plot(found, args.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
