"""Time per page of every stage beside the parser's own on the same bytes, in one run.

    python benches/speed.py SET.jsonl.gz... [--limit N] [--rounds N]

Rounds of all stages alternate, and of each stage the fastest round counts, in CPU time, so that other work on the
machine weighs on none of them alone. Garbage collection stays on, as it is for users.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from quality import read_lines
from stages import STAGES, TEXT_STAGES, Work


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET.jsonl.gz")
    parser.add_argument("--limit", type=int, default=200, help="pages in all, spread evenly (200)")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args(argv)
    rows = [row for path in args.sets for row in read_lines(path) if row.get("html")]
    works = [Work(row["html"].encode(), row.get("url")) for row in rows[:: max(1, len(rows) // args.limit)]]
    best = {name: float("inf") for name in (*STAGES, *TEXT_STAGES)}
    for round_ in range(args.rounds + 1):
        for name, run in (STAGES | TEXT_STAGES).items():
            started = time.process_time()
            for work in works:
                run(work)
            if round_:  # the first round makes the inputs of all stages
                best[name] = min(best[name], time.process_time() - started)
    sizes = {"HTML": sum(len(work.data) for work in works), "text": sum(len(work.text.encode()) for work in works)}
    html_size, text_size = (sizes[kind] / len(works) / 1000 for kind in ("HTML", "text"))
    print(f"{len(works)} pages, {html_size:.0f} KB HTML, {text_size:.1f} KB text each\n")
    print("| stage | ms/page | × parse | MB/s |\n|---|---|---|---|")
    for name, seconds in best.items():
        size = sizes["text" if name in TEXT_STAGES else "HTML"]
        ratio = f"{seconds / best['parse']:.2f}" if name in STAGES else ""
        print(f"| {name} | {1000 * seconds / len(works):.3f} | {ratio} | {size / seconds / 1e6:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
