"""Time per page of every stage beside the parser's own on the same bytes, in one run.

    python benches/speed.py SET.jsonl.gz... [--limit N] [--rounds N]

Rounds of all stages alternate, and of each stage the fastest round counts, in CPU time, so that other work on the
machine weighs on none of them alone. A stage holds those that it calls. Garbage collection stays on, as for users.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from quality import read_lines
from stages import PARSE, Call, Work, stages


def measure(found: dict[str, list[Call]], rounds: int) -> dict[str, float]:
    """CPU seconds of the fastest round of each stage."""
    best = dict.fromkeys(found, float("inf"))
    for _ in range(rounds):
        for name, calls in found.items():
            started = time.process_time()
            for call in calls:
                call()
            best[name] = min(best[name], time.process_time() - started)
    return best


def table(best: dict[str, float], pages: int, size: int) -> str:
    """The stages as a Markdown table."""
    lines = ["| stage | ms/page | × parse | MB/s |", "|---|---|---|---|"]
    for name, seconds in best.items():
        ratio = f"{seconds / best[PARSE]:.2f}" if PARSE in best else ""
        lines.append(f"| {name} | {1000 * seconds / pages:.3f} | {ratio} | {size / max(seconds, 1e-9) / 1e6:.1f} |")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET.jsonl.gz")
    parser.add_argument("--limit", type=int, default=200, help="pages in all, spread evenly (200)")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args(argv)
    rows = [row for path in args.sets for row in read_lines(path) if row.get("html")]
    rows = rows[:: max(1, -(-len(rows) // args.limit))]
    works = [Work(row["html"].encode(), row.get("url")) for row in rows]
    for kind, text in (("HTML", False), ("scraped text", True)):
        size = sum(len(work.text.encode() if text else work.data) for work in works)
        print(f"\n## {kind}: {len(works)} pages of {size / len(works) / 1000:.1f} KB\n")
        print(table(measure(stages(works, text), args.rounds), len(works), size))
    return 0


if __name__ == "__main__":
    sys.exit(main())
