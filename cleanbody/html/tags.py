"""What the walk does at each tag, as tables of names and as one table by the parser's own numbers."""

from __future__ import annotations

from typing import Final

from selectolax.lexbor import LexborHTMLParser, create_tag

from cleanbody.marks import MarkKind
from cleanbody.page import Kind


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


# What the walk does at a tag. Tags that stand in no set are inline: they part nothing.
SKIPPED: Final = _tags(
    "style template iframe object embed audio video canvas svg datalist noframes noembed applet map frame frameset "
    "annotation-xml"
)
BLOCKS: Final = _tags(
    "html body address article aside blockquote button caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li listing main menu nav noscript ol "
    "option optgroup p pre search section select summary table tbody td textarea tfoot th thead tr ul xmp"
)
INLINE_MARKS: Final = {
    "a": MarkKind.LINK,
    "strong": MarkKind.STRONG,
    "b": MarkKind.STRONG,
    "em": MarkKind.EMPHASIS,
    "i": MarkKind.EMPHASIS,
    "code": MarkKind.CODE,
    "kbd": MarkKind.CODE,
    "samp": MarkKind.CODE,
    "tt": MarkKind.CODE,
}
CONTROLS: Final = _tags("button select option optgroup textarea legend")
PREFORMATTED: Final = _tags("pre listing xmp")
KIND_OF_TAG: Final = {
    **{f"h{n}": Kind.HEADING for n in range(1, 7)},
    "li": Kind.ITEM,
    "td": Kind.CELL,
    "th": Kind.CELL,
    "dt": Kind.TERM,
    "dd": Kind.DEFINITION,
    "blockquote": Kind.QUOTE,
    "figcaption": Kind.CAPTION,
    "caption": Kind.CAPTION,
    **dict.fromkeys(PREFORMATTED, Kind.CODE),
    **dict.fromkeys(CONTROLS, Kind.CONTROL),
}
LISTS: Final = _tags("ul ol menu dir")

TEXT, SKIP, BLOCK, MARK, BREAK, IMAGE, HEAD, SCRIPT = range(8)
_HEAD_TAGS: Final = _tags("title meta link base time")


def _actions() -> dict[int, tuple[int, str]]:
    """What to do at each of the parser's tag ids, asked of the parser itself: (action, tag name)."""
    table: dict[int, tuple[int, str]] = {}
    for names, action in (
        (SKIPPED, SKIP),
        (BLOCKS, BLOCK),
        (INLINE_MARKS, MARK),
        (_HEAD_TAGS, HEAD),
        (("br",), BREAK),
        (("img",), IMAGE),
        (("script",), SCRIPT),
    ):
        for name in names:
            table[create_tag(name).tag_id] = (action, name)
    return table


ACTIONS: Final = _actions()
TEXT_ID: Final = next(
    node.tag_id for node in LexborHTMLParser("<p>x").css("p")[0].traverse(include_text=True) if node.is_text_node
)


def is_hidden(attributes: dict[str, str | None]) -> bool:
    """Whether an element's own attributes hide it.

    >>> is_hidden({"style": "Display: NONE"}), is_hidden({"hidden": None}), is_hidden({"class": "hidden"})
    (True, True, False)
    """
    if "hidden" in attributes or attributes.get("aria-hidden") == "true":
        return True
    style = attributes.get("style")
    if not style:
        return False
    squeezed = style[:2000].replace(" ", "").lower()
    return "display:none" in squeezed or "visibility:hidden" in squeezed
