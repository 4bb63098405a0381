"""Scraped text in Markdown, as other extractors write it: whether a text is, and what its reader sees of it."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from typing import Final

from cleanbody.patterns import pattern

# CommonMark 0.31, 6.3 and 6.4, without what few write: brackets in a link's text, and targets in angle brackets.
_TARGET: Final = r"\((?>[^()\s]|\([^()\s]*+\))*+(?:[ \t]++\"[^\"\n]*+\")?[ \t]*+\)"
_IMAGE = pattern(rf"!\[[^\[\]]*+\]{_TARGET}")
_LINK = pattern(rf"\[([^\[\]]*+)\]{_TARGET}")
_REST = pattern(rf"\[?\]{_TARGET}")  # of a link that began in another block
_HEADING = pattern(r"(?:[*+-][ \t]+)?(#{1,6}[ \t]+)(?=\S)")
_LONE_HEADING = pattern(r"(?:\A|\n[ \t]*+\n)#{1,6}[ \t]+\S[^\n]*+\n[ \t]*+\n")
_EMPHASIS = pattern(r"\*\*+|__+|\\(?=[\\`*_{}\[\]()#+.!|>~-])")


def seen_texts(text: str, blocks: list[str]) -> list[str]:
    """The blocks of a text as its reader sees them, where it is Markdown: links and headings without their marks, no
    images. Of a block of which nothing is seen its first character is left.

    Args:
        text: the whole text.
        blocks: the texts of its n blocks, none of them empty.

    >>> blocks = ["# Rain", "It rained **all** [day](https://example.org/day).", "[![Sun](a.png)](b)"]
    >>> seen_texts("\\n\\n".join(blocks), blocks)
    ['Rain', 'It rained all day.', '[']
    >>> seen_texts("# the depth\\nsnow[0] = 1", ["# the depth", "snow[0] = 1"])
    ['# the depth', 'snow[0] = 1']
    """
    return [_seen(block) for block in blocks] if is_markdown(text) else blocks


def without_marks(text: str, *, links: bool, images: bool) -> str:
    """A text in Markdown without its links, of which the words stay, or its images.

    >>> without_marks("![Sun](a.png) It rained [all day](b).", links=False, images=False)
    ' It rained all day.'
    """
    text = text if images else _IMAGE.sub("", text)
    return text if links else _LINK.sub(_words_of, text)


def heading_column(blocks: Sequence[str]) -> array[float]:
    """Of each block of a text in Markdown 7 less the level of a heading, 0 for any other.

    >>> list(heading_column(["# Rain", "It rained.", "## Snow"]))
    [6.0, 0.0, 5.0]
    """
    found = map(_HEADING.match, blocks)
    return array("d", [7.0 - mark[1].count("#") if mark else 0.0 for mark in found])


def is_markdown(text: str) -> bool:
    """Whether a text has links or images in Markdown, or headings with blank lines around them.

    >>> is_markdown("It rained all [day](https://example.org/day)."), is_markdown("It rained [1] (all day).")
    (True, False)
    >>> is_markdown("# Rain\\n\\nIt rained."), is_markdown("# the depth\\nsnow[0] = 1")
    (True, False)
    """
    if "](" in text and (_LINK.search(text) or _IMAGE.search(text)):
        return True
    return (text.startswith("#") or "\n#" in text) and bool(_LONE_HEADING.search(text))


def _seen(block: str) -> str:
    heading = _HEADING.match(block)
    bare = block[: heading.start(1)] + block[heading.end() :] if heading else block
    bare = _REST.sub("", _LINK.sub(_words_of, _IMAGE.sub("", bare)))
    return _EMPHASIS.sub("", bare).strip() or block[0]


def _words_of(link: re.Match[str]) -> str:
    return link[1].strip()
