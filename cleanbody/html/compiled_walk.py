"""The walk of `cleanbody.html.walk` by the compiled core, where it may be trusted to read the parser's nodes."""

from __future__ import annotations

import time
from array import array
from functools import cache
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from cleanbody.compiled import core
from cleanbody.html import layout, walk
from cleanbody.marks import Marks
from cleanbody.page import MAX_BLOCKS, Document, Head, Status

_STATUSES: Final = (Status.TIMEOUT, Status.TOO_MANY_BLOCKS)  # in the order of native/walk.h
_ZERO: Final = array("l", [0])


class CompiledWalker:
    """As `walk.Walker`. What it reads must stay alive while it walks; UnicodeDecodeError: something was not UTF-8."""

    def __init__(self, deadline: float | None = None) -> None:
        self._shown = (0, 0)
        self._walk = core.walk_open(tables(), MAX_BLOCKS, deadline, time.monotonic)

    def walk(self, root: LexborNode, extra_flags: int = 0) -> None:
        """Add everything below `root`, which is visited too."""
        self._shown = core.walk_on(self._walk, root.mem_id, extra_flags)

    def shown(self) -> tuple[int, int]:
        """Characters in blocks outside and inside <noscript>."""
        return self._shown

    def document(self) -> Document:
        """The document gathered so far."""
        text, columns, marks, head, statuses = core.walk_columns(self._walk, _ZERO)
        found = tuple([_STATUSES[number] for number in statuses])
        return Document(text, True, *columns, Marks.of_columns(*marks), Head(*head), found)


@cache
def tables() -> Any:
    """What the core has to know for a walk."""
    return layout.make_tables()


@cache
def is_trusted() -> bool:
    """Whether the compiled walk is there and finds in a sample what the other finds; asked once."""
    if core is None:
        return False
    try:
        return layout.is_known() and _agrees(layout.SAMPLE)
    except (ValueError, TypeError, AttributeError, RuntimeError):  # a parser of another version
        return False


def _agrees(source: str) -> bool:
    parser = LexborHTMLParser(source)
    root = parser.root
    if root is None:
        return False
    compiled, twin = CompiledWalker(), walk.Walker()
    compiled.walk(root)
    twin.walk(root)
    return compiled.document() == twin.document() and compiled.shown() == twin.shown()
