"""HTML in, :class:`~cleanbody.page.Document` out: scan, parse, walk, and rescue of what the parse would lose."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from html import escape
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser

from cleanbody.decode import decode, encode_text, looks_binary, without_surrogates
from cleanbody.html.compiled_walk import CompiledWalker, is_trusted
from cleanbody.html.noscript import open_body
from cleanbody.html.walk import Walker, is_linked_data
from cleanbody.jsonld import looks_like_markup, read_jsonld
from cleanbody.page import Document, Flag, InputError, Status
from cleanbody.patterns import pattern
from cleanbody.scan import Limits, scan

__all__ = ["SHOWS_NOTHING", "WORTH_RESCUING", "is_trusted", "read_html"]

# A page whose visible text is shorter than this share of what <noscript> or JSON holds shows nothing by itself.
SHOWS_NOTHING: Final = 0.34
# Characters: less than this is a notice ("please enable …"), not a page's text.
WORTH_RESCUING: Final = 240
_TEMPLATE: Final = pattern(r"<(/?)template\b[^>]*>")


def read_html(
    source: Any,
    *,
    limits: Limits | None = None,
    http_charset: str | None = None,
    deadline: float | None = None,
) -> Document:
    """Cut a page into blocks.

    Args:
        source: HTML as ``str`` or ``bytes`` (any encoding), or a tree of lxml or selectolax, which is serialised and
            never changed.
        limits: caps on size, depth, tags and attributes; the defaults of `Limits` if None.
        http_charset: the charset of the HTTP header, if known.
        deadline: ``time.monotonic()`` value after which the walk stops and the status is ``timeout``.

    Raises:
        InputError: `source` is none of these.

    >>> document = read_html("<h1>Rain</h1><p>It rained <b>all</b> day.")
    >>> [document.block_text(i) for i in range(len(document))]
    ['Rain', 'It rained all day.']
    """
    data, statuses = _to_utf8(source, http_charset)
    if Status.BINARY in statuses:
        return Document(text="", markup=True, statuses=tuple(statuses))
    scanned = scan(data, limits or Limits())
    statuses += scanned.statuses
    document = _walked(open_body(scanned.data), statuses, deadline)
    if tuple(statuses) == document.statuses:
        return document
    return replace(document, statuses=tuple(dict.fromkeys(statuses)))


def _walked(data: bytes, statuses: list[Status], deadline: float | None) -> Document:
    """The blocks of a page, and of what was rescued; what happened is added to `statuses`."""
    document, found = None, list[Status]()
    if is_trusted():
        with suppress(UnicodeDecodeError):
            document, found = _cut(data, CompiledWalker(deadline))
    if document is None:
        document, found = _cut(data, Walker(deadline))
    statuses += found
    return document


def _cut(data: bytes, walker: Walker | CompiledWalker) -> tuple[Document, list[Status]]:
    parser: LexborHTMLParser | None
    parser = LexborHTMLParser(data)
    root = parser.root
    if root is not None:
        walker.walk(root)
    if walker.shown()[0] >= WORTH_RESCUING * 8:
        root = parser = None  # the tree is most of what a page takes in memory
    document = walker.document()
    statuses = list(document.statuses)
    document, rescued = _rescue(document, parser, walker, data)
    statuses += rescued
    if not len(document):
        statuses.append(Status.EMPTY)
    return document, statuses


def _to_utf8(source: Any, http_charset: str | None) -> tuple[bytes, list[Status]]:
    """UTF-8 bytes of a page in any of the accepted forms."""
    if isinstance(source, bytes | bytearray | memoryview):
        raw = bytes(source)
        if looks_binary(raw):
            return b"", [Status.BINARY]
        decoded = decode(raw, http_charset=http_charset)
        return decoded.data, [Status.REPLACED_BYTES] if decoded.replaced else []
    text, replaced = without_surrogates(source if isinstance(source, str) else _serialise(source))
    return encode_text(text), [Status.REPLACED_BYTES] if replaced else []


def _serialise(tree: Any) -> str:
    """The HTML of a parsed tree, told by its module so that neither library is imported for it."""
    homes = {base.__module__.partition(".")[0] for base in type(tree).__mro__}  # trees may be of users' subclasses
    if "selectolax" in homes and hasattr(tree, "html"):
        return tree.html or ""
    if "lxml" in homes:
        from lxml import etree

        with suppress(TypeError):  # neither an element nor a tree
            return str(etree.tostring(tree, encoding="unicode", method="html", with_tail=False))
    raise InputError(
        f"cannot clean a {type(tree).__name__}: give HTML as str or bytes, or a tree of lxml or selectolax"
    )


def _rescue(
    document: Document, parser: LexborHTMLParser | None, walker: Walker | CompiledWalker, data: bytes
) -> tuple[Document, list[Status]]:
    """Bring back text that the page holds and does not show: of <noscript>, shadow roots and JSON, in this order."""
    visible, hidden = walker.shown()
    if hidden >= WORTH_RESCUING and visible < hidden * SHOWS_NOTHING:
        shown = bytearray(f & ~Flag.NOSCRIPT | Flag.RESCUED if f & Flag.NOSCRIPT else f for f in document.flags)
        return replace(document, flags=shown), [Status.RESCUED_NOSCRIPT]
    if parser is None:  # enough is visible
        return document, []
    body, status = _hidden_text(document, parser, data)
    size = _text_size(body)
    if (size < WORTH_RESCUING and visible) or not size or visible > size * SHOWS_NOTHING:
        return document, []
    _append(walker, body)
    return walker.document(), [status]


def _hidden_text(document: Document, parser: LexborHTMLParser, data: bytes) -> tuple[str, Status]:
    """What shadow roots hold, else JSON-LD, else state JSON, else the description in the head: the longest text."""
    shadow = _shadow_roots(parser) if b"shadowrootmode" in data else ""
    if _text_size(shadow) >= WORTH_RESCUING:
        return shadow, Status.RESCUED_SHADOW
    linked = read_jsonld(document.head.json_ld)
    body = linked.article_body or linked.product_description
    if len(body) >= WORTH_RESCUING:
        return body, Status.RESCUED_JSON_LD
    from cleanbody.jsonld.state import find_state, state_text  # few pages show nothing by themselves

    scripts = [node.text(deep=True) for node in parser.css("script") if not is_linked_data(node)]
    state = _longest(map(state_text, find_state(scripts)))
    if len(state) >= WORTH_RESCUING:
        return state, Status.RESCUED_STATE
    body = body or linked.description
    if len(body) < WORTH_RESCUING:  # of objects that `read_jsonld` takes no text from: questions, steps, items
        body = _longest([body, *map(state_text, find_state(document.head.json_ld))])
    if body:
        return body, Status.RESCUED_JSON_LD
    described = (content for name, content in document.head.meta if name in ("og:description", "description"))
    return _longest(described), Status.RESCUED_DESCRIPTION


def _text_size(body: str) -> int:
    """Characters of a text, plain or marked up."""
    if not looks_like_markup(body):
        return len(body)
    parser = LexborHTMLParser(body)
    parser.strip_tags(["script", "style"])
    return len(" ".join(parser.text().split()))


def _shadow_roots(parser: LexborHTMLParser) -> str:
    """What stands in declarative shadow roots (HTML standard, 4.12.3), which a browser shows."""
    inside = "".join(node.html or "" for node in parser.css("template[shadowrootmode]"))
    return _TEMPLATE.sub(r"<\1div>", inside)


def _longest(texts: Iterable[str]) -> str:
    return max(texts, key=len, default="")


def _append(walker: Walker | CompiledWalker, body: str) -> None:
    """Add rescued text, HTML or plain, behind what the walk has found."""
    if not looks_like_markup(body):
        body = "".join(f"<p>{escape(line, quote=False)}</p>" for line in body.splitlines() if line.strip())
    scanned = scan(encode_text(body), Limits())
    root = LexborHTMLParser(scanned.data).body
    if root is not None:
        walker.walk(root, extra_flags=Flag.RESCUED)
