"""How many instructions each stage of cleaning takes on a fixed set of fixtures: a figure that other work on the
machine does not change, so that a few per cent more can be told from noise.

    python benches/instructions.py [--check | --write]

Counts with `valgrind --tool=callgrind`, about a minute in all; where valgrind is missing it says so and does nothing.
``--check`` compares with `instructions.json`, which ``--write`` wrote, and exits with 1 where a stage takes more than
5 % more than it did. The figures are of one version of Python and of one build, so only such are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).resolve().parent
STORED = HERE / "instructions.json"
TOLERANCE = 0.05
# Fixtures of many kinds, and the two stages that hold all others first.
PAGES = (
    "news--masthead-and-related-en",
    "blog--wordpress-comments-thread-en",
    "forum--phpbb3-thema-de",
    "product--woocommerce-pestanas-es",
    "docs--docusaurus-guide-en",
    "news--divs-only-related-zh",
)
# A function of C that nobody else calls, and what it calls by name: valgrind dumps its counts whenever the latter is
# entered, which parts the stages. (The former is reached through a pointer, and valgrind does not see it.)
MARK, MARKED = "srand48", "srand48_r"
TOTAL = re.compile(r"^(?:summary|totals): (\d+)", re.M)


def work() -> None:
    """Runs under valgrind: every stage once to warm up and once to count, with a mark before and after each."""
    import ctypes

    sys.path.insert(0, str(HERE.parent))
    from stages import Work, stages

    mark = getattr(ctypes.CDLL(None), MARK)
    works = [Work((HERE.parent / "fixtures" / name / "page.html").read_bytes()) for name in PAGES]
    found = {**stages(works), **stages(works, text=True)}
    for calls in found.values():
        for call in calls:
            call()
    mark(1)
    for name, calls in found.items():
        mark(1)
        for call in calls:
            call()
        mark(1)
        print(name, flush=True)


def count() -> dict[str, int]:
    """Instructions of each stage, all fixtures together."""
    with TemporaryDirectory() as folder:
        command = [
            *("valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", f"--dump-before={MARKED}"),
            *(sys.executable, __file__, "--work"),
        ]
        env = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(HERE.parent)}
        done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
        if done.returncode:
            raise SystemExit(f"valgrind failed:\n{done.stderr[-2000:]}")
        names = done.stdout.split("\n")[:-1]
        dumps = sorted(Path(folder).glob("out.*"), key=lambda path: int(path.suffix[1:]))
        totals = [int(match[1]) if (match := TOTAL.search(path.read_text())) else 0 for path in dumps]
    # The first dump holds all before the first mark; then what stands between two stages and what a stage takes.
    return dict(zip(names, totals[2 : 2 + 2 * len(names) : 2], strict=True))


def circumstances() -> dict[str, Any]:
    """What the figures hold for."""
    from cleanbody.compiled import COMPILED

    return {"python": platform.python_version(), "machine": platform.machine(), "compiled": COMPILED}


def table(found: dict[str, int], before: dict[str, int]) -> str:
    """The stages as a Markdown table, beside what is stored."""
    lines = ["| stage | thousand instructions a page | stored | change |", "|---|---|---|---|"]
    for name, value in found.items():
        was = before.get(name)
        change = f"{was / len(PAGES) / 1000:.0f} | {100 * (value / was - 1):+.1f} %" if was else " | "
        lines.append(f"| {name} | {value / len(PAGES) / 1000:.0f} | {change} |")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="compare with what is stored")
    what.add_argument("--write", action="store_true", help="store what was counted")
    what.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.work:
        work()
        return 0
    if shutil.which("valgrind") is None:
        print("valgrind is not installed: nothing was counted")
        return 0
    sys.path.insert(0, str(HERE.parent))
    here, found = circumstances(), count()
    stored = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {}
    alike = {key: stored.get(key) for key in here} == here
    print(table(found, stored["stages"] if alike else {}))
    if args.write:
        STORED.write_text(json.dumps({**here, "stages": found}, indent=1) + "\n", encoding="utf-8")
        print(f"\nwritten to {STORED.name}")
    if not args.check:
        return 0
    if not alike:
        print(f"\nnothing to compare with: {STORED.name} is of {stored or 'nobody'}, this is {here}")
        return 0
    slower = {
        name: value for name, value in found.items() if value > stored["stages"].get(name, value) * (1 + TOLERANCE)
    }
    for name, value in slower.items():
        print(f"\n{name} takes {100 * (value / stored['stages'][name] - 1):.1f} % more instructions than it did")
    if not slower:
        print(f"\nno stage takes over {100 * TOLERANCE:.0f} % more than it did; after a gain, --write keeps it")
    return int(bool(slower))


if __name__ == "__main__":
    sys.exit(main())
