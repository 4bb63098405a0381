"""CPU time against the size of a page and of a text, from 10 KB to 50 MB: is it linear, and how far from the parse?

    python benches/sizes.py [--largest MB] [--rounds N] [-o PLOT]

The page is of our own words: a masthead, articles with headings, links, lists and comments, a footer; its articles are
repeated until it has its size. The text is what that page shows. Of each size the fastest round counts; the limits are
the default ones, and the status tells where they cut. The plot (PNG, SVG or PDF by its name) needs matplotlib.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the checkout is what is timed, installed or not

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 50_000_000)  # bytes
WORDS = (
    "river", "bridge", "mayor", "water", "morning", "council", "field", "harvest", "engine", "teacher", "winter",
    "street", "market", "letter", "window", "bakery", "library", "orchard", "ferry", "station", "valley", "meadow",
    "lantern", "harbour", "workshop",
)  # fmt: skip


class Point(NamedTuple):
    """One size: bytes, CPU seconds of cleaning and of the bare parse (0.0 for a text), and the status."""

    size: int
    seconds: float
    parse: float
    status: str


def _sentence(seed: int, words: int) -> str:
    """A sentence of `words` words that differs with `seed`."""
    picked = [WORDS[(seed * 7 + i * i + i * (seed % 11 + 1)) % len(WORDS)] for i in range(words)]
    return f"The {' and the '.join([' '.join(picked[: words // 2]), ' '.join(picked[words // 2 :])])} were seen."


def _article(i: int) -> list[str]:
    """The blocks of one article; the first is its heading."""
    prose = [" ".join(_sentence(i * 31 + k * 5 + j, 8 + (i + j) % 7) for j in range(4)) for k in range(5)]
    return [_sentence(i, 6), f"By Ada Low | {i % 28 + 1} May 2024", *prose, "Read more", "Share this", "Leave a reply"]


def make_page(size: int) -> bytes:
    """A page of about `size` bytes."""
    menu = "".join(f'<li><a href="/{word}">{word}</a></li>' for word in WORDS)
    head = f"<!doctype html><html lang=en><head><title>News</title></head><body><nav class=menu><ul>{menu}</ul></nav>"
    parts, length, i = [head], len(head), 0
    while length < size:
        title, byline, *prose, more, share, reply = _article(i)
        body = "".join(f'<p>{text} <a href="/{i}/{k}" class="link">{WORDS[k]}</a></p>' for k, text in enumerate(prose))
        parts.append(
            f'<article class="post entry" id="post-{i}"><h2><a href="/{i}">{title}</a></h2><p class=byline>{byline}</p>'
            f'<div class="entry-content" data-part="{i}">{body}</div><ul class="tools"><li><a href="#">{more}</a></li>'
            f'<li><a href="#" rel="nofollow">{share}</a></li></ul><h3 class="reply">{reply}</h3></article>\n'
        )
        length += len(parts[-1])
        i += 1
    return "".join([*parts, "<footer><p>All rights reserved</p></footer></body></html>"]).encode()


def make_text(size: int) -> str:
    """A scraped text of about `size` bytes."""
    parts, length, i = list(WORDS), 0, 0
    while length < size:
        parts.append("\n\n".join(_article(i)))
        length += len(parts[-1]) + 2
        i += 1
    return "\n\n".join(parts)


def fastest(call: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    """CPU seconds of the fastest of some rounds, and what the call gave."""
    best, given = float("inf"), None
    for _ in range(rounds):
        started = time.process_time()
        given = call()
        best = min(best, time.process_time() - started)
    return best, given


def measure(sizes: Sequence[int], rounds: int, text: bool) -> list[Point]:
    """The points of one curve."""
    from selectolax.lexbor import LexborHTMLParser

    import cleanbody

    cleanbody.clean_text(make_text(2_000))
    cleanbody.clean(make_page(2_000))
    points = []
    for size in sizes:
        again = rounds if size <= 1_000_000 else 1
        if text:
            source = make_text(size)
            seconds, page = fastest(lambda source=source: cleanbody.clean_text(source), again)  # type: ignore[misc]
            points.append(Point(len(source.encode()), seconds, 0.0, page.status.value))
        else:
            data = make_page(size)
            parse = fastest(lambda data=data: LexborHTMLParser(data), again)[0]  # type: ignore[misc]
            seconds, page = fastest(lambda data=data: cleanbody.clean(data), again)  # type: ignore[misc]
            points.append(Point(len(data), seconds, parse, page.status.value))
    return points


def table(points: Sequence[Point]) -> str:
    """One curve as a Markdown table."""
    lines = ["| KB | ms | ms/MB | MB/s | × parse | status |", "|---" * 6 + "|"]
    for size, seconds, parse, status in points:
        ratio = f"{seconds / parse:.2f}" if parse else ""
        figures = f"{1000 * seconds:.2f} | {1e9 * seconds / size:.1f} | {size / seconds / 1e6:.1f}"
        lines.append(f"| {size / 1000:.0f} | {figures} | {ratio} | {status} |")
    return "\n".join(lines)


def plot(curves: dict[str, Sequence[tuple[float, float]]], path: Path) -> None:
    """Time against size, both logarithmic: what is linear is a straight line of slope 1."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.add_subplot(xlabel="size, bytes", ylabel="CPU time, seconds", xscale="log", yscale="log")
    for name, points in curves.items():
        axes.plot(*zip(*points, strict=True), marker="o", label=name)
    axes.grid(alpha=0.3, which="both")
    axes.legend()
    figure.savefig(path)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--largest", type=float, default=50.0, metavar="MB", help="leave out larger ones (50)")
    parser.add_argument("--rounds", type=int, default=5, help="up to 1 MB; larger ones run once (5)")
    parser.add_argument("-o", "--output", type=Path, metavar="PLOT", help="time against size")
    args = parser.parse_args(argv)
    sizes = [size for size in SIZES if size <= args.largest * 1e6]
    pages, texts = measure(sizes, args.rounds, text=False), measure(sizes, args.rounds, text=True)
    for name, points in (("HTML", pages), ("scraped text", texts)):
        print(f"\n## {name}\n\n{table(points)}", flush=True)
    if args.output:
        curves = {
            "HTML": [(point.size, point.seconds) for point in pages],
            "scraped text": [(point.size, point.seconds) for point in texts],
            "bare parse": [(point.size, point.parse) for point in pages],
        }
        plot(curves, args.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
