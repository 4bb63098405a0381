"""Print the shell block that follows the comment ``<!-- MARKER -->`` in a Markdown file, so that nobody copies it.

python readme_block.py MARKER FILE
"""

from __future__ import annotations

import re
import sys
from pathlib import Path


def block(markdown: str, marker: str) -> str:
    """The lines of the first fenced block after the marker; an error unless it comes right after it."""
    pattern = rf"^<!-- {re.escape(marker)} -->\n+```(?:sh|bash|console)\n(.*?)^```"
    found = re.findall(pattern, markdown, re.MULTILINE | re.DOTALL)
    if len(found) != 1 or not found[0].strip():
        raise SystemExit(f"README has {len(found)} shell blocks right after <!-- {marker} -->, not one")
    return str(found[0])


if __name__ == "__main__":
    print(block(Path(sys.argv[2]).read_text(encoding="utf-8"), sys.argv[1]), end="")
