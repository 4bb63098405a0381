"""Score this library and every installed peer on labelled pages or texts, in one run.

    python benches/quality.py SET.jsonl.gz... [--systems a,b] [--limit N] [--by page_type|lang] [--json OUT]

A set is JSON lines, plain or gzip. A row holds ``id``, ``html`` (or ``null``), ``main_content`` (gold; ``null`` where
only snippets are known), and where known ``url``, ``lang``, ``page_type``, ``with`` and ``without`` (snippets that must
and must not appear). A row without HTML holds ``lines`` (``text``, ``b`` blank lines before it, ``label``; gold in
``gold``) or ``blocks`` (``text``, ``label``): then the scraped text is cleaned. Files that differ in a final number
alone are one set, and rows with a ``renderer`` make one set for each.

Prints Markdown: the mean over pages of word precision, recall and F1, CPU time, and what failed. An error counts as
empty text. Outputs of other extractors can be scored beside them: ``--predictions NAME=FILE`` with rows ``id, text``.
"""

from __future__ import annotations

import argparse
import gzip
import inspect
import json
import logging
import re
import sys
import time
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from peers import SYSTEMS, Page, installed
from scoring import mean, share_found, word_f1

# Sets whose gold begins with the headline, by the beginning of their names; elsewhere the gold lacks it.
HEADLINE_SETS = ("cleaneval", "daniel", "googletrends")
GROUPS = ("page_type", "lang")
PAGES_A_TASK = 8


@dataclass(frozen=True)
class Gold:
    """A labelled row: the page, and what its text should be."""

    page: Page
    text: str | None
    wanted: Sequence[str]
    unwanted: Sequence[str]
    groups: dict[str, str]


@dataclass(frozen=True)
class Output:
    """What a system gave for a page: its text, CPU seconds, and the error if there was one."""

    text: str
    seconds: float
    error: str = ""


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines, plain or gzip."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else open(path, encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def files_by_set(paths: Sequence[Path]) -> dict[str, list[Path]]:
    """The files of each set: those whose names differ in a part's number alone."""
    sets: dict[str, list[Path]] = defaultdict(list)
    for path in paths:
        sets[re.sub(r"-\d$", "", path.name.split(".")[0])].append(path)
    return dict(sets)


def read_gold(row: dict[str, Any], headline: bool) -> Gold:
    """A row as a page and its gold."""
    if "lines" in row:
        text = "\n".join("\n" * line["b"] + line["text"] for line in row["lines"])
    else:
        text = "\n".join(block["text"] for block in row.get("blocks") or ())
    page = Page(
        key=str(row["id"]),
        html=row.get("html"),
        text=text,
        url=row.get("url"),
        language=row.get("lang") or "",
        headline=headline,
    )
    return Gold(
        page=page,
        text=row.get("main_content", row.get("gold")),
        wanted=row.get("with") or (),
        unwanted=row.get("without") or (),
        groups={key: row[key] for key in GROUPS if row.get(key)},
    )


def read_set(name: str, paths: Sequence[Path], args: argparse.Namespace) -> dict[str, list[Gold]]:
    """The rows of a set, parted by renderer where there is one; with a limit, that many of each, spread evenly."""
    headline = name.startswith(HEADLINE_SETS) if args.headline is None else args.headline
    sets: dict[str, list[Gold]] = defaultdict(list)
    for path in paths:
        for row in read_lines(path):
            renderer = row.get("renderer")
            if renderer is None or not args.renderer or renderer in args.renderer.split(","):
                sets[f"{name}/{renderer}" if renderer else name].append(read_gold(row, headline))
    if args.limit:
        for name, rows in sets.items():
            step = max(len(rows) / args.limit, 1.0)
            sets[name] = [rows[int(i * step)] for i in range(min(args.limit, len(rows)))]
    return dict(sets)


def run(task: tuple[str, Page]) -> Output:
    """One system on one page. CPU time of this process, so that other work on the machine does not count."""
    name, page = task
    system = SYSTEMS[name]
    call = system.html if page.html is not None else system.text
    assert call is not None
    started = time.process_time()
    try:
        text, error = call(page), ""
    except Exception as problem:
        text, error = "", type(problem).__name__
    return Output(text, time.process_time() - started, error)


def batches(tasks: Iterable[tuple[str, Page]], size: int) -> Iterator[list[tuple[str, Page]]]:
    iterator = iter(tasks)
    while batch := list(islice(iterator, size)):
        yield batch


def run_batch(tasks: list[tuple[str, Page]]) -> list[Output]:
    logging.disable(logging.CRITICAL)  # some peers warn about every other page
    return [run(task) for task in tasks]


class Cache:
    """Outputs of the peers in a folder, by set, system, version and call; this library's own are never kept."""

    def __init__(self, folder: Path | None, set_name: str, name: str, version: str) -> None:
        call = zlib.crc32("".join(inspect.getsource(call) for call in SYSTEMS[name][1:] if call).encode())
        file = re.sub(r"[^\w.-]+", "-", f"{set_name}--{name}-{version}-{call:08x}") + ".jsonl.gz"
        self.path = folder / file if folder and name != "cleanbody" else None
        self.outputs: dict[str, Output] = {}
        if self.path and self.path.exists():
            self.outputs = {row.pop("id"): Output(**row) for row in read_lines(self.path)}

    def add(self, outputs: dict[str, Output]) -> None:
        """Keep some more outputs."""
        if self.path and outputs:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with gzip.open(self.path, "at", encoding="utf-8") as out:
                for key, output in outputs.items():
                    out.write(json.dumps({"id": key, **vars(output)}) + "\n")
        self.outputs |= outputs


def outputs_of(name: str, pages: Sequence[Page], cache: Cache, pool: ProcessPoolExecutor | None) -> dict[str, Output]:
    """One system on all pages, from the cache where it stands there."""
    missing = [page for page in pages if page.key not in cache.outputs]
    work = batches(((name, page) for page in missing), PAGES_A_TASK)
    done = pool.map(run_batch, work) if pool else map(run_batch, work)
    found = [output for batch in done for output in batch]
    cache.add({page.key: output for page, output in zip(missing, found, strict=True)})
    return cache.outputs


def figures(rows: Sequence[Gold], outputs: dict[str, Output], by: str | None) -> dict[str, Any]:
    """The figures of one system on one set; a page without an output counts as empty text."""
    none = Output("", 0.0, "no output")
    found = [(gold, outputs.get(gold.page.key, none)) for gold in rows]
    scores = [word_f1(out.text, gold.text) if gold.text is not None else None for gold, out in found]
    groups: dict[str, list[float]] = defaultdict(list)
    for (gold, _), score in zip(found, scores, strict=True):
        if score and by and by in gold.groups:
            groups[gold.groups[by]].append(score.f1)
    errors: dict[str, int] = defaultdict(int)
    for _, out in found:
        if out.error:
            errors[out.error] += 1
    seconds = sorted(out.seconds for _, out in found)
    return {
        "pages": len(rows),
        "f1": mean(score and score.f1 for score in scores),
        "precision": mean(score and score.precision for score in scores),
        "recall": mean(score and score.recall for score in scores),
        "with": mean(share_found(out.text, gold.wanted) for gold, out in found),
        "without": mean(share_found(out.text, gold.unwanted) for gold, out in found),
        "ms_mean": 1000 * sum(seconds) / len(seconds),
        "ms_median": 1000 * seconds[len(seconds) // 2],
        "ms_max": 1000 * seconds[-1],
        "empty": sum(not out.text.strip() for _, out in found),
        "errors": dict(errors),
        "groups": {key: {"f1": mean(values), "pages": len(values)} for key, values in groups.items()},
    }


def table(name: str, rows: Sequence[Gold], results: dict[str, dict[str, Any]]) -> str:
    """One set as a Markdown table, a row a system; then the same by group."""
    form = "headline counted" if rows[0].page.headline else "without the headline"
    kind = "scraped text" if rows[0].page.html is None else "HTML"
    lines = [f"\n## {name}: {len(rows)} pages, {kind}, {form}\n"]
    heads = ("system", "F1", "P", "R", "with", "without", "ms mean", "median", "max", "empty", "errors")
    lines += ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for system, one in results.items():
        shares = [_share(one[key]) for key in ("f1", "precision", "recall", "with", "without")]
        times = [f"{one[key]:.2f}" for key in ("ms_mean", "ms_median", "ms_max")]
        errors = ", ".join(f"{count} {error}" for error, count in one["errors"].items()) or "0"
        lines.append("| " + " | ".join([system, *shares, *times, str(one["empty"]), errors]) + " |")
    sizes = {key: group["pages"] for one in results.values() for key, group in one["groups"].items()}
    if len(sizes) > 1:
        names = sorted(sizes, key=lambda key: -sizes[key])
        lines += ["", "| F1 | " + " | ".join(f"{key} ({sizes[key]})" for key in names) + " |"]
        lines.append("|---" * (len(names) + 1) + "|")
        for system, one in results.items():
            cells = [_share(one["groups"].get(key, {}).get("f1")) for key in names]
            lines.append("| " + " | ".join([system, *cells]) + " |")
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".removeprefix("0")


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET.jsonl.gz")
    parser.add_argument("--systems", help=f"some of: {', '.join(SYSTEMS)}; all that are installed otherwise")
    parser.add_argument("--limit", type=int, help="this many rows of each set, spread evenly")
    parser.add_argument("--by", choices=GROUPS, help="also by page type or language; whichever is known otherwise")
    parser.add_argument(
        "--headline",
        action=argparse.BooleanOptionalAction,
        help=f"ask this library for the headline too; only on {', '.join(HEADLINE_SETS)} otherwise",
    )
    parser.add_argument("--renderer", help="of scraped texts, these renderers alone")
    parser.add_argument("--predictions", action="append", default=[], metavar="NAME=FILE", help="outputs to score too")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument(
        "--cache", type=Path, metavar="DIR", help="keep the peers' outputs here, and take them from here"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write every figure here as well")
    args = parser.parse_args(argv)
    args.systems = args.systems.split(",") if args.systems else list(SYSTEMS)
    if unknown := set(args.systems) - set(SYSTEMS):
        parser.error(f"no such system: {', '.join(sorted(unknown))}")
    if missing := [path for path in args.sets if not path.is_file()]:
        parser.error(f"no such file: {missing[0]}")
    return args


def score_set(
    name: str, rows: Sequence[Gold], versions: dict[str, str], args: argparse.Namespace
) -> dict[str, dict[str, Any]]:
    """The figures of every system on one set."""
    by = args.by or next((key for key in GROUPS if len({gold.groups.get(key) for gold in rows}) > 1), None)
    results: dict[str, dict[str, Any]] = {}
    pages = [gold.page for gold in rows]
    pool = ProcessPoolExecutor(args.processes) if args.processes > 1 else None
    try:
        for system, version in versions.items():
            if pages[0].html is None and SYSTEMS[system].text is None:
                continue
            cache = Cache(args.cache, name, system, version)
            results[system] = figures(rows, outputs_of(system, pages, cache, pool), by)
    finally:
        if pool:
            pool.shutdown()
    for given in args.predictions:
        label, _, path = given.partition("=")
        given_outputs = {str(row["id"]): Output(row["text"] or "", 0.0) for row in read_lines(Path(path))}
        results[label] = figures(rows, given_outputs, by)
    return results


def main(argv: Sequence[str] | None = None) -> int:
    args = parse(argv)
    versions, absent = installed(args.systems)
    print("Systems: " + ", ".join(f"{name} {version}" for name, version in versions.items()))
    if absent:
        print("Not installed: " + ", ".join(absent))
    everything: dict[str, Any] = {"versions": versions, "sets": {}}
    for whole, paths in files_by_set(args.sets).items():
        for name, rows in read_set(whole, paths, args).items():
            results = score_set(name, rows, versions, args)
            everything["sets"][name] = results
            print(table(name, rows, results), flush=True)
    if args.json:
        args.json.write_text(json.dumps(everything, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
