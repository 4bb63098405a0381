"""The compiled walk against the one in Python: the same document of any tree, and no trust where none is due."""

from __future__ import annotations

import gc
import time
from array import array
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from cleanbody import html
from cleanbody.compiled import COMPILED
from cleanbody.html import compiled_walk, layout, read_html, walk
from cleanbody.html.compiled_walk import CompiledWalker, is_trusted
from cleanbody.html.layout import ATTRIBUTES
from cleanbody.html.tags import ACTIONS
from cleanbody.html.walk import LONG_LINE, MAX_OPEN_MARKS, NODES_PER_CLOCK
from cleanbody.page import Document, Flag, Status

if COMPILED:
    from cleanbody import _native

pytestmark = pytest.mark.skipif(not COMPILED, reason="the package was built without a C compiler")

SPACES = "".join(map(chr, (9, 10, 11, 12, 13, 28, 31, 32, 0x85, 0xA0, 0x1680, 0x2003, 0x2028, 0x202F, 0x205F, 0x3000)))
NAMES = [
    *sorted({name for _, name in ACTIONS.values()} | {"cite", "span", "u", "x-a", "X-Bcd", "annotation-xml"}),
    *(
        "x-" + "long" * 9,
        "x-é",
        "math",
        "semantics",
        "annotation",
        "svg",
        "selectedcontent",
        "foreignObject",
        "o:p",
        "path",
        "input",
        "hr",
    ),
]
VALUES = [
    *(
        "",
        "a",
        "b c",
        "true",
        "TRUE",
        "Display: None",
        "visibility :hidden",
        "visib İlity:hidden",
        "/x?y&amp;z",
        "name",
    ),
    *(
        "headline",
        "application/LD+json",
        "https://schema.org/Article/",
        "//",
        "é 雨",
        "x" * 450,
        "é" * 399 + "xy",
        "\u00a0",
    ),
    *("Keywords", "İSTANBUL", "x" * 1990 + "display: none", "datePublished", "#"),
]
TEXTS = [
    *SPACES, *"a#¶§🔗:：(é雨\u0301\ufeff\0",
    " ", "\n  ", "  \t", "        ", "word", " two words ", "a  b", "é\u00a0\u3000雨 ",
    "x" * LONG_LINE, "plain words of eight and more bytes", "trailing  ", "&nbsp;", "&#128;", "&#xD800;", "&#0;", "{}",
    "🔗" * 9, "\u2028\u2029", "<!-- -->", "<![CDATA[x]]>", "<!doctype html>", "<?x?>", "\x1c\x1d", "<br>", ": ",
    "<br><br>", "\u00ad", "\u200b", "\u2060", "&shy;", "a\u00ad b", "eight and more \u200b\u2060\u00ad bytes",
    "\u0e01\u200b\u0e02", "\u1780\u200b\u200b\u1781 ", "\u10a0\u200b",
]  # fmt: skip
ATTRIBUTE = st.builds(
    "{}='{}'".format,
    st.sampled_from((*ATTRIBUTES, *map(str.upper, ATTRIBUTES), "xlink:href", "x")),
    st.sampled_from(VALUES),
)
TAG = st.builds(
    lambda name, attributes, bare: f"<{name} {' '.join(attributes)} {bare}>",
    st.sampled_from(NAMES),
    st.lists(ATTRIBUTE, max_size=3),
    st.sampled_from(("", "", "", *ATTRIBUTES)),
)
PIECE = st.one_of(
    st.sampled_from(TEXTS),
    TAG,
    st.sampled_from(NAMES).map("</{}>".format),
    TAG,
    st.sampled_from(TEXTS),
    st.text(max_size=4),
)
SOURCE = st.lists(PIECE, max_size=40).map("".join)


def differences(parsers: list[LexborHTMLParser], **options: Any) -> list[str]:
    """The fields in which the documents of the two walks differ; all roots go into the one document."""
    one, other = CompiledWalker(**options), walk.Walker(**options)
    found: list[str] = []
    for number, parser in enumerate(parsers):
        root = parser.root
        if root is None:
            continue
        for walker in (one, other):
            walker.walk(root, Flag.RESCUED if number else 0)
        documents = (one.document(), other.document())
        found += compare(*documents)
        assert one.shown() == other.shown()
    return found


def compare(one: Document, other: Document) -> list[str]:
    pairs = [(field.name, getattr(one, field.name), getattr(other, field.name)) for field in fields(Document)]
    return [name for name, a, b in pairs if a != b or type(a) is not type(b) or repr(a) != repr(b)]


def test_the_sample_is_trusted() -> None:
    assert is_trusted() and html.is_trusted()


@settings(max_examples=1500, deadline=None)
@given(SOURCE)
@example("<pre><a href=x>#</a><b>y</b></pre>")
@example("<p>x<a href=y> #</a> z<h1>a<a href=#>¶</a><img src=y></h1>")
@example("<x-a><p>a</x-a><x-b>b</x-b>c<div><x-a>d</x-a><x-b>e</x-b></div>")
@example("<blockquote><cite>a:</cite> b<cite>c</cite></blockquote><blockquote>d <cite>e</cite></blockquote>")
@example("<p>x<b>" * 30 + "y")
@example("<title> \n</title><title>a  b</title><math><title>c<mi>d</mi></title></math>")
@example(layout.SAMPLE)
def test_any_tree(source: str) -> None:
    assert not differences([LexborHTMLParser(source)])


@settings(max_examples=100, deadline=None)
@given(st.lists(SOURCE, min_size=2, max_size=3))
def test_more_than_one_tree(sources: list[str]) -> None:
    assert not differences([LexborHTMLParser(source) for source in sources])


@settings(max_examples=200, deadline=None)
@given(SOURCE, st.integers(0, 4))
def test_the_cap_on_blocks(source: str, most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for module in (walk, compiled_walk):
            patch.setattr(module, "MAX_BLOCKS", most)
        assert not differences([LexborHTMLParser(source)])


HOSTILE = {
    "depth": "<div>" * 900 + "x",
    "marks": "<b>" * 900 + "<p>x</p>" * 3_000,
    "a long link": "<a href='" + "x" * 100_000 + "'>" + "<p>x</p>" * 2_000,
    "images in a link": "<a href=x>" + "<img src=y>" * 20_000 + "z</a>",
    "images in a permalink": ("<a href=x>#" + "<img src=y>" * 9_000 + "</a>") * 2 + "<b>a</b>" * 9_000,
    "nested marks": "<p>" + ("<b>" * MAX_OPEN_MARKS + "x" + "</b>" * MAX_OPEN_MARKS) * 1_000,
    "class names": "".join(f"<div class='{n} {'x' * (n % 500)}'>x</div>" for n in range(3_000)),
    "custom elements": "".join(f"<x-{n}>x</x-{n}>" for n in range(5_000)),
    "itemprops": "<div itemprop=name>" * 900 + "x " * 100_000,
    "white space": "<p>a" + " \u3000\n" * 300_000 + "<pre>" + " \u3000\n" * 100_000,
    "meta": "<meta name=A content=b>" * 20_000,
    "blocks": "<p>x" * 30_000,
    "empty containers": "<div><div></div>x</div>" * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_trees(name: str) -> None:
    parser = LexborHTMLParser(HOSTILE[name])
    assert not differences([parser])
    walker, began = CompiledWalker(), time.process_time()
    walker.walk(parser.root)
    walker.document()
    assert time.process_time() - began < 1.0


def test_the_deadline() -> None:
    parser = LexborHTMLParser("<p>x" * 2 * NODES_PER_CLOCK)
    assert not differences([parser], deadline=time.monotonic() - 1.0)
    assert not differences([parser], deadline=time.monotonic() + 600.0)
    assert read_html("<p>x" * NODES_PER_CLOCK, deadline=time.monotonic() - 1.0).statuses == (Status.TIMEOUT,)


def test_a_clock_that_fails_is_heard() -> None:
    parser = LexborHTMLParser("<p>x" * NODES_PER_CLOCK)
    walked = _native.walk_open(compiled_walk.tables(), 9, 0.0, lambda: 1 / 0)
    assert parser.root is not None
    with pytest.raises(ZeroDivisionError):
        _native.walk_on(walked, parser.root.mem_id, 0)
    with pytest.raises(RuntimeError):
        _native.walk_columns(walked, array("l", [0]))


@pytest.mark.parametrize(
    "source", [b"<p>\xff", b"<p class='\xff'>x", b"<a href=\xff>x", b"<title>\xe2\x82", b"<img src=x\xff>y"]
)
def test_what_is_not_utf8_is_left_to_the_other_walk(source: bytes) -> None:
    parser, walker = LexborHTMLParser(source), CompiledWalker()
    assert parser.root is not None
    with pytest.raises(UnicodeDecodeError):
        walker.walk(parser.root)
        walker.document()


def test_read_html_goes_on_without_the_core(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "made to fail")

    expected = read_html(layout.SAMPLE)
    monkeypatch.setattr(CompiledWalker, "walk", fails)
    assert compare(read_html(layout.SAMPLE), expected) == []


def test_another_parser_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert layout.is_known()
    with monkeypatch.context() as patch:
        patch.setattr(layout.lexbor, "LEXBOR_VERSION_MAJOR", 99)
        assert not layout.is_known()
    with monkeypatch.context() as patch:
        patch.setattr(layout, "_links", lambda node: (0,) * 6)
        assert not layout.is_known()


def test_a_document_that_differs_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    is_trusted.cache_clear()
    try:
        monkeypatch.setattr(CompiledWalker, "document", lambda self: Document("", True))
        assert not is_trusted()
    finally:
        is_trusted.cache_clear()


def test_strings_that_repeat_are_one_object() -> None:
    document = read_html("<div class='a b'>x</div><div class='a b'>y</div><x-a><p>1</x-a><x-a><p>2</x-a>")
    first, second = (i for i, name in enumerate(document.names) if name == "a b")
    assert document.names[first] is document.names[second] and document.tag[first] is document.tag[second]
    assert len({id(tag) for tag in document.tag if tag == "x-a"}) == 1


def test_nothing_leaks() -> None:
    parser = LexborHTMLParser(layout.SAMPLE + HOSTILE["class names"])

    def count() -> int:
        for _ in range(20):
            walker = CompiledWalker()
            walker.walk(parser.root)
            walker.document()
        gc.collect()
        return len(gc.get_objects())

    count()
    assert abs(count() - count()) < 50


def test_arguments_of_another_type() -> None:
    with pytest.raises((TypeError, ValueError)):
        _native.walk_open(object(), 9, None, time.monotonic)  # type: ignore[arg-type]
    with pytest.raises((TypeError, ValueError)):
        _native.walk_on(object(), 1, 0)  # type: ignore[arg-type]
    with pytest.raises((TypeError, ValueError)):
        _native.walk_tables(((1, "a"),), (), 1, frozenset())  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no node"):
        _native.node_links(0)
