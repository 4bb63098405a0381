"""Scraped text line by line: whether labelled lines are told apart, and whether clean prose comes back as it was.

    python benches/lines.py [--lines SET.jsonl.gz]... [--prose SET.jsonl.gz]... [--limit N]

``--lines``: sets whose rows hold ``blocks`` (``text``, ``label`` 1 for text and 0 for noise) and ``lang``. F1 of the
text class over all lines of a language, of this library, of keeping everything, of line rules in the manner of C4
(Raffel et al., 2020: a line ends in a terminal mark and has five words) and of length and stop marks in the manner of
jusText. ``--prose``: the gold texts of sets are cleaned; the share of words lost by language, and of texts in which
cleaning twice changes more than once. The shipped model was trained on the leaf labels and on a part of the gold texts.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from quality import read_lines
from scoring import words

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the checkout is what is scored, installed or not

import cleanbody

_TERMINAL = re.compile(r"[.!?…。！？؟۔।][\"'”’»)\]」』]*$")
_PROSE_WORDS = 10


def by_cleanbody(lines: Sequence[str]) -> list[bool]:
    """A line is kept where a kept block overlaps its middle."""
    page = cleanbody.clean_text("\n".join(lines))
    spans = [block.span for block in page.blocks if block.keep]
    out, at, k = [], 0, 0
    for line in lines:
        middle = at + len(line) // 2
        while k < len(spans) and spans[k][1] <= middle:
            k += 1
        out.append(k < len(spans) and spans[k][0] <= middle)
        at += len(line) + 1
    return out


SYSTEMS: dict[str, Callable[[Sequence[str]], list[bool]]] = {
    "cleanbody": by_cleanbody,
    "keep all": lambda lines: [True] * len(lines),
    "C4 lines": lambda lines: [bool(_TERMINAL.search(x.strip())) and len(words(x)) >= 5 for x in lines],
    "length and marks": lambda lines: [
        len(words(x)) >= _PROSE_WORDS or bool(_TERMINAL.search(x.strip())) for x in lines
    ],
}


def text_f1(rows: Iterable[dict[str, Any]], system: Callable[[Sequence[str]], list[bool]]) -> dict[str, float]:
    """F1 of the text class by language, all lines of a language together."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])  # right, kept, wanted
    for row in rows:
        lines = [" ".join(block["text"].split()) for block in row["blocks"]]
        wanted = [block["label"] == "1" for block in row["blocks"]]
        kept = system(lines)
        for name in (row.get("lang") or "?", "all"):
            count = counts[name]
            count[0] += sum(k and w for k, w in zip(kept, wanted, strict=True))
            count[1] += sum(kept)
            count[2] += sum(wanted)
    return {name: 2 * right / max(kept + wanted, 1) for name, (right, kept, wanted) in sorted(counts.items())}


def prose(rows: Iterable[dict[str, Any]]) -> dict[str, tuple[int, float, float]]:
    """By language: texts, share of their words that cleaning loses, share that a second cleaning still changes."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in rows:
        gold = row.get("main_content") or ""
        once = cleanbody.clean_text(gold).to_text(headline=True)
        again = cleanbody.clean_text(once).to_text(headline=True)
        size = len(words(gold))
        for name in (row.get("lang") or "?", "all"):
            count = counts[name]
            for k, value in enumerate((1, size, size - len(words(once)), once.split() != again.split())):
                count[k] += int(value)
    return {name: (n, lost / max(size, 1), changed / n) for name, (n, size, lost, changed) in sorted(counts.items())}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", nargs="+", type=Path, default=[], metavar="SET.jsonl.gz")
    parser.add_argument("--prose", nargs="+", type=Path, default=[], metavar="SET.jsonl.gz")
    parser.add_argument("--limit", type=int, default=10_000, help="rows of each set")
    args = parser.parse_args(argv)
    for path in args.lines:
        rows = [row for row in read_lines(path) if row.get("blocks")][: args.limit]
        found = {name: text_f1(rows, system) for name, system in SYSTEMS.items()}
        languages = list(found["keep all"])
        print(f"\n## {path.name}: {len(rows)} texts, F1 of the text class\n")
        print(f"| | {' | '.join(languages)} |\n|---|{'---|' * len(languages)}")
        for name, scores in found.items():
            print(f"| {name} | {' | '.join(f'{scores[x]:.3f}' for x in languages)} |")
    for path in args.prose:
        rows = [row for row in read_lines(path) if row.get("main_content")][: args.limit]
        print(f"\n## {path.name}: gold texts cleaned\n")
        print("| language | texts | words lost | changed by a second cleaning |\n|---|---|---|---|")
        for name, (count, lost, changed) in prose(rows).items():
            print(f"| {name} | {count} | {100 * lost:.2f} % | {100 * changed:.1f} % |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
