"""Which elements the walk must look at although no table says so: custom elements, the label of a quote, formulas."""

from __future__ import annotations

from typing import Final

from selectolax.lexbor import LexborNode, create_tag

from cleanbody.html import tags

CITE_ID: Final = create_tag("cite").tag_id
LAST_KNOWN_ID: Final = 4096  # the parser counts the standard's elements from 1; other names have numbers far beyond
# What holds a single line of text, or is one: a custom element in it is a part of the line.
LINES: Final = tags.PREFORMATTED | frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "figcaption", "caption", "summary", "legend", "option", "button")
)
PARTS: Final = frozenset({tags.BLOCK, tags.BREAK, tags.SKIP, tags.SCRIPT, tags.HEAD, tags.IMAGE})
_LABEL_ENDS: Final = (":", "：")
_OPENERS: Final = frozenset("([{<«„“‘‚‹「『（【-–—/")  # after one of these a source is a part of the sentence


def stands_alone(node: LexborNode, around: str, in_quote: bool) -> bool:
    """Whether an element that the tables call inline parts text all the same.

    Custom elements (HTML standard, 4.13.3: a name with a hyphen) have no form of their own. One parts where it holds a
    block, and where it stands among blocks and others of its kind with no text beside it. A <cite> parts where it is
    the label that opens a quote, or the source that ends it without a space.

    Args:
        around: the tag of the innermost block that is open.
        in_quote: whether a <blockquote> is open.

    >>> from selectolax.lexbor import LexborHTMLParser
    >>> body = LexborHTMLParser("<x-a>one</x-a><x-b>two</x-b>").body
    >>> [stands_alone(node, "body", False) for node in body.css("x-a, x-b")]
    [True, True]
    """
    if node.tag_id == CITE_ID:
        return in_quote and _is_label(node)
    if not _is_custom(node):
        return False
    if _holds_block(node):
        return True
    parent = node.parent
    if around in LINES or parent is None or parent.tag != around:
        return False
    return _parts(_beside(node, back=True)) and _parts(_beside(node, back=False))


def is_annotation(node: LexborNode) -> bool:
    """Whether an element is the source of a formula (MathML 3, 5.1), which stands beside it."""
    return node.tag == "annotation" and node.parent is not None and node.parent.tag == "semantics"


def _is_custom(node: LexborNode) -> bool:
    return node.tag_id > LAST_KNOWN_ID and "-" in (node.tag or "")


def _holds_block(node: LexborNode) -> bool:
    child = node.first_child
    while child is not None:
        action, name = tags.ACTIONS.get(child.tag_id, (tags.TEXT, ""))
        if action == tags.BLOCK and name != "noscript" and name not in tags.CONTROLS:
            return True
        child = child.next
    return False


def _beside(node: LexborNode, *, back: bool) -> LexborNode | None:
    """The element or the text next to a node, past comments and white space: each gap is crossed from its two ends."""
    at = node.prev if back else node.next
    while at is not None and not at.is_element_node and not (at.is_text_node and (at.text_content or "").strip()):
        at = at.prev if back else at.next
    return at


def _parts(beside: LexborNode | None) -> bool:
    if beside is None:
        return True
    return tags.ACTIONS.get(beside.tag_id, (tags.TEXT, ""))[0] in PARTS or _is_custom(beside)


def _is_label(cite: LexborNode) -> bool:
    if _beside(cite, back=True) is None:
        last = cite.last_child
        inside = last.text_content or "" if last is not None and last.is_text_node else ""
        after = cite.next
        text = after.text_content or "" if after is not None and after.is_text_node else ""
        return inside.rstrip().endswith(_LABEL_ENDS) or text[:1].isalnum()
    if _beside(cite, back=False) is None:
        before = cite.prev
        text = before.text_content or "" if before is not None and before.is_text_node else ""
        return bool(text) and not text[-1].isspace() and text[-1] not in _OPENERS
    return False
