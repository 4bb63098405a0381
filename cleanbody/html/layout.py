"""Whether the compiled walk may read the parser's nodes where they stand, and the tables that it goes by.

selectolax promises nothing of how its nodes are laid out in memory. It is read for the versions alone that are known,
and only where it proves right: node by node against the public properties, before any pointer is followed.
"""

from __future__ import annotations

from typing import Any, Final

import selectolax
from selectolax import lexbor
from selectolax.lexbor import LexborHTMLParser, LexborNode

from cleanbody.compiled import core
from cleanbody.html import tags
from cleanbody.html.alone import CITE_ID, LINES, PARTS
from cleanbody.html.walk import FIRST_ONLY, TEXT_PROPS
from cleanbody.marks import MARK_KINDS, MarkKind
from cleanbody.page import KINDS, Kind

KNOWN_VERSIONS: Final = frozenset({("1", 3, 1)})  # selectolax, and the lexbor in it that native/lexbor.h goes by
# The attributes that are read; native/walk.h has them in this order.
ATTRIBUTES: Final = (
    *("class", "id", "role", "itemprop", "itemtype", "content", "datetime", "hidden", "aria-hidden", "style", "lang"),
    *("xml:lang", "href", "rel", "src", "data-src", "alt", "type", "name", "property", "http-equiv"),
)
# What is known of a tag, a bit each; native/walk.h has them in this order.
_FACTS: Final = (
    tags.LISTS,
    frozenset({"blockquote"}),
    tags.PREFORMATTED,
    tags.CONTROLS,
    *(frozenset({name}) for name in ("button", "noscript", "html")),
    LINES,
    *(frozenset({name}) for name in ("cite", "a", "li")),
    frozenset(name for name, kind in tags.KIND_OF_TAG.items() if kind in FIRST_ONLY),
    *(frozenset({name}) for name in ("title", "meta", "link", "base")),
    frozenset(name for action, name in tags.ACTIONS.values() if action in PARTS),
)
_ELEMENT, _ATTRIBUTE, _TEXT = 1, 2, 3
# A node of every form that is read: names of the standard and others, long ones, with and without values, no namespace
# of its own; text long enough to lie elsewhere.
SAMPLE: Final = (
    "<!doctype html><html lang=en><head><title> A \n title</title><meta name=Author content=x><base href=/b>"
    "<link rel=Canonical href=/c></head><body CLASS='a b' id=c role=main itemprop=d itemtype=e/f/><!-- comment -->"
    f"<p {'=x '.join(ATTRIBUTES)}=''>text</p><p {' '.join(ATTRIBUTES)}>" + "long text " * 20 + "</p>"
    "<x-a>one</x-a><X-Element-With-A-Long-Name itemprop=name>two <b>three</b></X-Element-With-A-Long-Name><template>"
    "<p>four</template><a href='/&amp;' rel=nofollow>five &eacute; é 雨 🔗</a><time datetime=2020-01-01>six</time>"
    "<math xlink:href=x href=y Definitionurl=z><mi>seven</mi></math><svg viewBox='0 0 1 1'><title>no</title></svg>"
    "<img src=/i alt=eight><img data-src=/j><h2 style='Display : None'>nine</h2><ul><li>ten<li hidden>eleven</ul>"
    "<script type=application/ld+json>{}</script><noscript>twelve</noscript><blockquote><cite>thirteen:</cite> x"
    "</blockquote><pre>\n a\n  b</pre><h3>fourteen<a href=#x>#</a></h3><table><tr><td>fifteen<br>sixteen</table>"
)


def _links(node: LexborNode) -> tuple[int, ...]:
    near = (node.parent, node.prev, node.next, node.first_child, node.last_child)
    return (node.tag_id, *(0 if other is None else other.mem_id for other in near))


def _proves_right(node: LexborNode) -> bool:
    """Whether the core finds in one node what its properties say."""
    *links, form = core.node_links(node.mem_id)
    if (
        tuple(links) != _links(node)
        or (form == _ELEMENT) != node.is_element_node
        or (form == _TEXT) != node.is_text_node
    ):
        return False
    if node.is_text_node:
        return core.text_size(node.mem_id) == len((node.text_content or "").encode())
    if not node.is_element_node:
        return True
    at, last = core.attribute_ends(node.mem_id)
    before = 0
    for _ in range(len(node.attrs)):
        if not at or at % 8:
            return False
        owner, previous, following, form = core.attribute_links(at)
        if (owner, previous, form) != (node.mem_id, before, _ATTRIBUTE):
            return False
        before, at = at, following
    return not at and last == before


def is_known() -> bool:
    """Whether nodes stand in memory as the core expects them."""
    major = selectolax.__version__.partition(".")[0]
    if (major, lexbor.LEXBOR_VERSION_MAJOR, lexbor.LEXBOR_VERSION_MINOR) not in KNOWN_VERSIONS:
        return False
    root = LexborHTMLParser(SAMPLE).root
    return root is not None and all(_proves_right(node) for node in root.traverse(include_text=True))


def make_tables() -> Any:
    """What the compiled walk has to know of tags and attributes, by the parser's numbers."""
    if KINDS[0] is not Kind.PARAGRAPH:
        raise ValueError("a block without a form is of the first kind")
    rows = []
    for number, (action, name) in {**tags.ACTIONS, CITE_ID: (tags.TEXT, "cite")}.items():
        kind = tags.KIND_OF_TAG.get(name)
        level = int(name[1]) if kind is Kind.HEADING else 0
        mark = MarkKind.IMAGE if action == tags.IMAGE else tags.INLINE_MARKS.get(name, MarkKind.LINK)
        facts = sum(1 << bit for bit, names in enumerate(_FACTS) if name in names)
        form = 0 if kind is None else KINDS.index(kind) + 1
        rows.append((number, name, action, form, level, MARK_KINDS.index(mark), facts))
    names = tuple(name.encode() for name in ATTRIBUTES)
    page = LexborHTMLParser(f"<p {' '.join(ATTRIBUTES)}>")
    sample = page.css("p")[0]
    return core.walk_tables(tuple(rows), names, sample.mem_id, TEXT_PROPS)
