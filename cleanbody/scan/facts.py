"""What the compiled core must know of each element's name, out of the tables of its Python twins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cleanbody.compiled import core
from cleanbody.scan.elements import (
    BREAKOUT,
    CELLS,
    FORMATTING,
    HEAD_ONLY,
    HEADINGS,
    IMPLIED_END,
    INTEGRATION,
    LOOSE,
    MATH_TEXT,
    SCOPE,
    SECTIONS,
    SPECIAL,
    names,
)
from cleanbody.scan.nesting import ENDS, ROWS, STARTS
from cleanbody.scan.rawtext import RAW

INLINE = names(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rb rp rt rtc ruby s samp "
    "small span strike strong sub sup time tt u var wbr"
)
FRAMES = names("frame frameset")
OPAQUE = names("iframe noembed noframes script style")  # what goes with its text where tags go
_END_SHIFT = 5
_FIRST_BIT = 9
_FORMAT_SHIFT = 27
# In the order of the bits that ``native/nesting.h`` names.
_GROUPS = (
    HEADINGS,
    SECTIONS,
    CELLS,
    IMPLIED_END,
    SPECIAL,
    LOOSE,
    SCOPE,
    BREAKOUT,
    RAW,
    INLINE,
    FRAMES,
    HEAD_ONLY,
    MATH_TEXT,
    INTEGRATION,
    ROWS,
    OPAQUE,
)
# Functions of `OpenElements` in the order of the tables of ``native/nesting.c``.
_START_ORDER = (
    "_start_nothing _start_void _start_rule _start_formatting _start_block _start_item _start_button _start_form "
    "_start_marker _start_select _start_option _start_ruby _start_graphics _start_template _start_table "
    "_start_table_part"
)
_END_ORDER = (
    "_end_nothing _end_scoped _end_p _end_br _end_li _end_heading _adopt _end_form _end_marker _end_template "
    "_end_table_part"
)
_OTHERS = names("mglyph malignmark annotation-xml m/annotation-xml+html ruby")  # with a part of their own


def _numbers(table: Mapping[bytes, Callable[..., Any]], order: str) -> dict[bytes, int]:
    """The number of the function that reads each name's tag, from 1."""
    numbers = {name: number for number, name in enumerate(order.split(), 1)}
    return {name: numbers[function.__name__] for name, function in table.items()}


def facts() -> dict[bytes, int]:
    """Names and what is known of each, in bits.

    >>> facts()[b"li"] & 31 == facts()[b"dd"] & 31 != 0
    True
    """
    found = dict.fromkeys(_OTHERS, 0)
    parts = [
        _numbers(STARTS, _START_ORDER),
        {name: number << _END_SHIFT for name, number in _numbers(ENDS, _END_ORDER).items()},
        *(dict.fromkeys(group, 1 << _FIRST_BIT + place) for place, group in enumerate(_GROUPS)),
        {name: number << _FORMAT_SHIFT for number, name in enumerate(sorted(FORMATTING))},
    ]
    for part in parts:
        for name, bits in part.items():
            found[name] = found.get(name, 0) | bits
    return found


TABLE = core.tags(facts()) if core is not None else None
