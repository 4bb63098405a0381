"""Whether the compiled core and its Python twin give the same, page by page.

    python benches/twins.py SET.jsonl.gz... [--limit N]

Every page is cleaned in two processes, with the core and without: block for block with labels, scores and reasons,
the text with its inline structure, the head data, the text that users get. Prints what differs; exit code 1 if any
does.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from quality import read_lines


def digests(paths: Sequence[Path], limit: int) -> Iterator[tuple[str, dict[str, str]]]:
    """The name of each page, and a digest of each thing that was made of it."""
    import cleanbody
    from cleanbody import html
    from cleanbody.train.gold import text_of

    for path in paths:
        rows = list(read_lines(path))
        for number, row in list(enumerate(rows))[:: max(1, -(-len(rows) // limit))]:
            found: dict[str, Any] = {}
            if row.get("html"):
                document = html.read_html(row["html"].encode())
                found |= {f"document.{field.name}": getattr(document, field.name) for field in fields(document)}
                page = cleanbody.clean(row["html"].encode(), row.get("url"))
            else:
                page = cleanbody.clean_text(row.get("text") or text_of(row))
            found |= {"blocks": page.blocks, "page": page.to_dict(), "decisions": page.decisions}
            yield f"{path.name}:{number}", {name: _digest(value) for name, value in found.items()}


def _digest(value: Any) -> str:
    return hashlib.sha256(repr(value).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def run(core: bool, argv: Sequence[str]) -> list[str]:
    """The digests of a process of its own, one line a page."""
    command = [sys.executable, __file__, "--core" if core else "--no-core", *argv]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET.jsonl.gz")
    parser.add_argument("--limit", type=int, default=100, help="pages of each set, spread evenly (100)")
    parser.add_argument("--core", action=argparse.BooleanOptionalAction, help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.core is not None:
        if not args.core:
            sys.modules["cleanbody._native"] = None  # type: ignore[assignment]
        from cleanbody.compiled import COMPILED

        if args.core != COMPILED:
            raise SystemExit("the compiled core is not there; build it with `python setup.py build_ext --inplace`")
        for name, found in digests(args.sets, args.limit):
            print(name, *(f"{key}={value}" for key, value in found.items()))
        return 0
    compiled, twin = run(True, argv), run(False, argv)
    differ = 0
    for one, other in zip(compiled, twin, strict=True):
        if one != other:
            differ += 1
            name, *parts = one.split()
            print(name, *(a.partition("=")[0] for a, b in zip(parts, other.split()[1:], strict=True) if a != b))
    print(f"{len(compiled)} pages, {differ} differ")
    return bool(differ or not compiled)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
