"""How much memory a page takes, in multiples of its size: the bare parse, and this library with its result held.

    python benches/memory.py SET.jsonl.gz... [--least BYTES] [--pages N]

Each page is cleaned in a child of a process that has cleaned others before; what the child's own memory (``RssAnon`` of
/proc/self/status, so on Linux alone) has grown by is counted. Memory that a parse has freed stays with the process and
is used again, so that this is the peak.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import os
import statistics
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

import cleanbody
from cleanbody.train.gold import open_text

WARM = 8  # pages that are cleaned before


def big_pages(paths: Sequence[Path], least: int) -> Iterator[bytes]:
    """The pages of sets that are not smaller than `least` bytes."""
    for path in paths:
        with open_text(path) as lines:
            pages = ((json.loads(line).get("html") or "").encode("utf-8", "replace") for line in lines)
            yield from (page for page in pages if len(page) >= least)


def own_memory() -> int:
    """Bytes of memory that only this process has."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


def growth(call: Callable[[bytes], Any], page: bytes) -> float:
    """What a child grows by in one call, in multiples of the page's size."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            gc.disable()
            before = own_memory()
            held = [call(page)]
            os.write(writing, str((own_memory() - before) / len(page) * len(held)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        found = pipe.read()
    os.waitpid(child, 0)
    if not found:
        raise RuntimeError(f"a page of {len(page)} bytes could not be read")
    return float(found)


def cleaned(page: bytes) -> Any:
    """A page with its text."""
    result = cleanbody.clean(page)
    return result, result.text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET.jsonl.gz")
    parser.add_argument("--least", type=int, default=100_000, help="the smallest page, in bytes")
    parser.add_argument("--pages", type=int, default=60, help="how many of them, spread evenly")
    args = parser.parse_args()
    pages = list(big_pages(args.sets, args.least))
    if not pages:
        parser.error(f"no page of {args.least} bytes or more")
    pages = pages[:: max(1, len(pages) // args.pages)]
    for page in pages[:WARM]:
        cleaned(page)
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    print(f"{len(pages)} pages, median {statistics.median(map(len, pages)) / 1000:.0f} KB\n")
    print("| | median | worst | pages over 20 |\n|---|---|---|---|")
    for name, call in (("bare parse", LexborHTMLParser), ("cleanbody", cleaned)):
        found = [growth(call, page) for page in pages]
        over = sum(value > 20 for value in found)
        print(f"| {name} | {statistics.median(found):.1f} | {max(found):.1f} | {over} |", flush=True)


if __name__ == "__main__":
    main()
