"""HTML → Document: how a page is cut into blocks, what stands in them, and what holds for any page whatever it is."""

from __future__ import annotations

import json
import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from selectolax.lexbor import LexborHTMLParser

from cleanbody.html import SHOWS_NOTHING, WORTH_RESCUING, compiled_walk, read_html, walk
from cleanbody.html.noscript import open_body
from cleanbody.html.tags import PREFORMATTED
from cleanbody.html.walk import LONG_LINE, MAX_NAMES, MAX_OPEN_MARKS, NODES_PER_CLOCK
from cleanbody.marks import MarkKind
from cleanbody.page import KINDS, MAX_BLOCKS, Document, Flag, InputError, Kind, Status
from cleanbody.scan import Limits

GENEROUS = 5.0  # seconds: hostile input must stay linear, on any machine
RAIN = "It rained all day in the valley, and nobody minded. "
LONG = (RAIN * 3).strip()  # longer than a line of verse

Row = tuple[str, int, str]


def rows(document: Document) -> list[Row]:
    """(kind, level, text) of each block."""
    return [(KINDS[kind].value, document.level[i], document.block_text(i)) for i, kind in enumerate(document.kind)]


def texts(document: Document) -> list[str]:
    return [text for _, _, text in rows(document)]


def marks(document: Document) -> list[tuple[str, ...]]:
    """(kind, marked text, value, title) of each mark, trailing empty values left out."""
    found = []
    for mark in document.marks:
        row = [mark.kind.value, document.text[mark.start : mark.end], mark.value, mark.title]
        while len(row) > 2 and not row[-1]:
            row.pop()
        found.append(tuple(row))
    return found


def check(document: Document) -> None:
    """All that must hold of the columns of any page."""
    n, text = len(document), document.text
    per_block = (document.start, document.end, document.kind, document.level, document.flags, document.container)
    assert {len(column) for column in per_block} == {n}
    spans = list(zip(document.start, document.end, strict=True))
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(left[1] < right[0] for left, right in pairwise(spans))
    assert not document.texts and [text[start:end] for start, end in spans] == texts(document)
    raw = preformatted(document)
    for i, (kind, level, own) in enumerate(rows(document)):
        assert own.strip() and own == own.rstrip()
        if not raw[document.container[i]]:
            assert own == "\n".join(" ".join(line.split()) for line in own.split("\n")).strip(), repr(own)
        assert 1 <= level <= 6 if kind == "heading" else level == 0 or kind in ("item", "quote")
    check_marks(document, spans)
    check_containers(document)


def preformatted(document: Document) -> list[bool]:
    """Which containers keep their white space."""
    found: list[bool] = []
    for tag, parent in zip(document.tag, document.parent, strict=True):
        found.append(tag in PREFORMATTED or (parent >= 0 and found[parent]))
    return found


def check_marks(document: Document, spans: list[tuple[int, int]]) -> None:
    """Marks stand in order of start; images are of no width, and every other mark lies within one block."""
    assert [mark.start for mark in document.marks] == sorted(mark.start for mark in document.marks)
    starts = [start for start, _ in spans]
    for mark in document.marks:
        assert 0 <= mark.start <= mark.end <= len(document.text)
        if mark.kind is MarkKind.IMAGE:
            assert mark.start == mark.end
            continue
        block = max(i for i, start in enumerate(starts) if start <= mark.start)
        assert mark.start < mark.end <= spans[block][1]


def check_containers(document: Document) -> None:
    """Parents stand before their children, none is empty, and first/last hold exactly the blocks that stand below."""
    n, m = len(document), len(document.parent)
    assert {len(document.tag), len(document.names), len(document.first), len(document.last)} == {m}
    assert not n or (document.parent[0], document.first[0], document.last[0], document.tag[0]) == (-1, 0, n, "")
    below: list[list[int]] = [[] for _ in range(m)]
    for i, container in enumerate(document.container):
        while container >= 0:
            below[container].append(i)
            container = document.parent[container]
    for c in range(1, m):
        assert 0 <= document.parent[c] < c
        assert below[c] == list(range(document.first[c], document.last[c])) and below[c], (c, document.tag[c])


# --- blocks ----------------------------------------------------------------------------------------------------------

BLOCKS = [
    ("paragraphs", "<p>a</p><p>b<p>c", [("paragraph", 0, "a"), ("paragraph", 0, "b"), ("paragraph", 0, "c")]),
    ("headings", "<h1>a</h1><h6>b</h6>c", [("heading", 1, "a"), ("heading", 6, "b"), ("paragraph", 0, "c")]),
    ("bare text around", "a<p>b</p>c", [("paragraph", 0, "a"), ("paragraph", 0, "b"), ("paragraph", 0, "c")]),
    ("heading in a link", "<a href=x><h2>a</h2><p>b</p></a>", [("heading", 2, "a"), ("paragraph", 0, "b")]),
    # line ends
    ("short lines stay", "<div>a b<br>c d<br/>e</div>", [("paragraph", 0, "a b\nc d\ne")]),
    ("long lines part", f"<div>{LONG}<br>{LONG}<br>x</div>", [("paragraph", 0, t) for t in (LONG, LONG, "x")]),
    ("two <br> part", "<p>a<br><br>b<br> \n<br>c", [("paragraph", 0, t) for t in "abc"]),
    ("many <br> part once", "<p>a<br><br><br><br>b", [("paragraph", 0, "a"), ("paragraph", 0, "b")]),
    ("<br> at the edges", "<p><br>a<br></p><br><p>b<br><br></p>", [("paragraph", 0, "a"), ("paragraph", 0, "b")]),
    ("<br> in a mark", "<p>a <b><br>b</b> c", [("paragraph", 0, "a\nb c")]),
    ("<br> in a link parts", "<p>a<a href=x><br><br>b</a>", [("paragraph", 0, "a"), ("paragraph", 0, "b")]),
    ("the last line alone counts", f"<p>x<br>{LONG}<br>y", [("paragraph", 0, f"x\n{LONG}"), ("paragraph", 0, "y")]),
    ("<hr> parts", "<div>a<hr>b</div>", [("paragraph", 0, "a"), ("paragraph", 0, "b")]),
    # code
    ("pre as it is", "<pre>\n  a\n\n b   c\t\n</pre>x", [("code", 0, "  a\n\n b   c"), ("paragraph", 0, "x")]),
    ("pre with an inline start", "<pre>  <code>if x:\n    y</code>\n</pre>", [("code", 0, "  if x:\n    y")]),
    ("pre with blank lines first", "<pre>\n\n  \n    a\n  b</pre>", [("code", 0, "    a\n  b")]),
    ("pre with <br>", "<pre>a<br>  b</pre>", [("code", 0, "a\n  b")]),
    ("pre in parts", "<pre>a\n<div> b</div>c  d</pre>", [("code", 0, "a"), ("code", 0, " b"), ("code", 0, "c  d")]),
    ("empty pre", "<pre> \n </pre><p>x", [("paragraph", 0, "x")]),
    ("inline code is no block", "<p>a <code>b</code>", [("paragraph", 0, "a b")]),
    ("listing and xmp", "<listing> a</listing><xmp><b>x</b></xmp>", [("code", 0, " a"), ("code", 0, "<b>x</b>")]),
    # lists
    (
        "nested lists",
        "<ul><li>a<ol><li>b<ul><li>c</ul></ol><li>d</ul><ol><li>e",
        [("item", 1, "a"), ("item", 2, "b"), ("item", 3, "c"), ("item", 1, "d"), ("item", 1, "e")],
    ),
    (
        "the item is the first block of its element",
        "<ul><li><p>a</p><p>b</p></li><li><div>c</div>d</li></ul>",
        [("item", 1, "a"), ("paragraph", 0, "b"), ("item", 1, "c"), ("paragraph", 0, "d")],
    ),
    (
        "text after a nested list",
        "<ul><li>a<ul><li>b</ul>c</ul>",
        [("item", 1, "a"), ("item", 2, "b"), ("paragraph", 0, "c")],
    ),
    ("heading in an item", "<ul><li><h3>a</h3>b</ul>", [("heading", 3, "a"), ("item", 1, "b")]),
    ("items without a list", "<li>a<p>x</p><li>b", [("item", 0, "a"), ("paragraph", 0, "x"), ("item", 0, "b")]),
    (
        "definitions",
        "<dl><dt>a<dd>b<dd><p>c</p><p>d</p></dl>",
        [("term", 0, "a"), ("definition", 0, "b"), ("definition", 0, "c"), ("paragraph", 0, "d")],
    ),
    # tables
    (
        "cells",
        "<table><caption>t</caption><tr><th>a<td>b<td> <tr><td>c<p>d</p></table>",
        [("caption", 0, "t"), ("cell", 0, "a"), ("cell", 0, "b"), ("cell", 0, "c"), ("paragraph", 0, "d")],
    ),
    ("a table in a cell", "<table><tr><td><table><tr><td>a<td>b</table>c</table>", [("cell", 0, t) for t in "abc"]),
    ("a list in a cell", "<table><tr><td><ul><li>a</ul></table>", [("item", 1, "a")]),
    # quotes, captions, controls
    (
        "quotes",
        "<blockquote>a<blockquote><p>b</blockquote><p>c</blockquote><p>d",
        [("quote", 1, "a"), ("quote", 2, "b"), ("quote", 1, "c"), ("paragraph", 0, "d")],
    ),
    ("a heading in a quote", "<blockquote><h2>a</h2>b</blockquote>", [("heading", 2, "a"), ("quote", 1, "b")]),
    ("figure", "<figure>a<figcaption>b</figcaption></figure>", [("paragraph", 0, "a"), ("caption", 0, "b")]),
    ("button in a line", "<p>Click <button>here</button> now", [("paragraph", 0, "Click here now")]),
    (
        "button alone",
        "<p>a</p><button>Go</button>b",
        [("paragraph", 0, "a"), ("control", 0, "Go"), ("paragraph", 0, "b")],
    ),
    (
        "form",
        "<fieldset><legend>a</legend><label>b</label><select><option>c<option>d</select><textarea>e</textarea>",
        [("control", 0, "a"), ("paragraph", 0, "b"), ("control", 0, "c"), ("control", 0, "d"), ("control", 0, "e")],
    ),
    ("details", "<details><summary>a</summary>b</details>", [("paragraph", 0, "a"), ("paragraph", 0, "b")]),
    # white space
    ("white space is one space", "<p> a\n\tb \u2003 c&nbsp;d </p>", [("paragraph", 0, "a b c d")]),
    ("inline elements part nothing", "<p>a<span>b</span><i>c</i> <u> d</u>", [("paragraph", 0, "abc d")]),
    # custom elements
    (
        "custom elements beside text are inline",
        "<x-card>a <x-b>b</x-b></x-card>c<p>d",
        [("paragraph", 0, "a bc"), ("paragraph", 0, "d")],
    ),
    (
        "custom elements among their kind part",
        "<x-a>a</x-a><x-b>b</x-b> <!-- --> <x-c>c</x-c>",
        [("paragraph", 0, text) for text in "abc"],
    ),
    (
        "custom elements in custom elements",
        "<x-a><x-b>a</x-b><x-c>b</x-c></x-a>",
        [("paragraph", 0, text) for text in "ab"],
    ),
    ("beside a block", "<div>a</div><x-b>b</x-b><br><x-c>c</x-c>", [("paragraph", 0, text) for text in "abc"]),
    ("with a block in it", "<div>a<x-b>b<p>c</p>d</x-b>e", [("paragraph", 0, text) for text in "abcde"]),
    ("in an item", "<ul><li><x-a>a</x-a><x-b>b</x-b>", [("item", 1, "a"), ("paragraph", 0, "b")]),
    ("in a paragraph", "<p><x-a>a</x-a><x-b>b</x-b>", [("paragraph", 0, "ab")]),
    ("in a heading", "<h2><x-a>a</x-a><x-b>b</x-b></h2>", [("heading", 2, "ab")]),
    ("in an inline element", "<div>a <i><x-a>b</x-a><x-b>c</x-b></i>", [("paragraph", 0, "a bc")]),
    ("beside an inline element", "<div><b>a</b><x-b>b</x-b>", [("paragraph", 0, "ab")]),
    ("beside text", "<div>a <x-a>b</x-a><x-b>c</x-b> d", [("paragraph", 0, "a bc d")]),
    ("with a control in it", "<div>a<x-b>b<button>c</button></x-b>", [("paragraph", 0, "abc")]),
    ("unknown names without a hyphen", "<foo>a</foo><bar>b</bar>", [("paragraph", 0, "ab")]),
    # the label and the source of a quote
    (
        "the label of a quote",
        "<blockquote><div><cite>Ann wrote:</cite>a</div></blockquote>",
        [("quote", 1, "Ann wrote:"), ("quote", 1, "a")],
    ),
    (
        "a label without a colon",
        "<blockquote><cite>A</cite>b</blockquote>",
        [("quote", 1, text) for text in ("A", "b")],
    ),
    (
        "a label with a colon and a space",
        "<blockquote><cite>Ann:</cite> a</blockquote>",
        [("quote", 1, "Ann:"), ("quote", 1, "a")],
    ),
    ("the source of a quote", "<blockquote>a.<cite>B</cite></blockquote>", [("quote", 1, "a."), ("quote", 1, "B")]),
    ("a source behind a space", "<blockquote>a <cite>B</cite></blockquote>", [("quote", 1, "a B")]),
    ("a source in brackets", "<blockquote>a (<cite>B</cite>)</blockquote>", [("quote", 1, "a (B)")]),
    ("a source behind a dash", "<blockquote>a —<cite>B</cite></blockquote>", [("quote", 1, "a —B")]),
    ("a title that opens a quote", "<blockquote><cite>A</cite>, a book</blockquote>", [("quote", 1, "A, a book")]),
    ("a title in a quote", "<blockquote>a <cite>B:</cite> c</blockquote>", [("quote", 1, "a B: c")]),
    ("a title elsewhere", "<div><cite>A:</cite>b", [("paragraph", 0, "A:b")]),
    ("comments part nothing", "<p>a<!-- x -->b<?x?>c", [("paragraph", 0, "abc")]),
    ("ruby", "<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>字", [("paragraph", 0, "漢(かん)字")]),
    ("nothing but white space", "<p>&nbsp;</p><div> <b> </b></div>\u3000", []),
    # not text
    ("scripts and styles", "<p>a<script>b</script>c<style>d</style>", [("paragraph", 0, "ac")]),
    (
        "embedded things",
        "<video>a</video><object>b</object><template>c</template><canvas>d</canvas><svg><text>e</text></svg><p>f",
        [("paragraph", 0, "f")],
    ),
    ("the title is head data", "<title>a</title><p>b", [("paragraph", 0, "b")]),
    ("the values of inputs", "<p>a <input value=b><input type=submit value=c>", [("paragraph", 0, "a")]),
    ("entities", "<p>&lt;b&gt; &amp;amp; &#8217; &hellip;", [("paragraph", 0, "<b> &amp; ’ …")]),
]


@pytest.mark.parametrize(("source", "expected"), [row[1:] for row in BLOCKS], ids=[row[0] for row in BLOCKS])
def test_blocks(source: str, expected: list[Row]) -> None:
    document = read_html(source)
    assert rows(document) == expected
    check(document)


@pytest.mark.parametrize("size", [LONG_LINE - 1, LONG_LINE])
def test_a_line_is_long_from_so_many_characters(size: int) -> None:
    first = "a" * size
    expected = [first, "b"] if size >= LONG_LINE else [f"{first}\nb"]
    assert texts(read_html(f"<p>{first}<br>b")) == expected


MARKS = [
    ("a link", "<p>a <a href=/x>b c</a> d", [("link", "b c", "/x")]),
    ("its rel", "<p><a href=x rel='nofollow ugc'>b</a>", [("link", "b", "x", "nofollow ugc")]),
    ("no target, no link", "<p><a>b</a><a href>c</a><a name=x>d</a>", []),
    ("links that touch", "<p><a href=x>a</a><a href=y>b</a>", [("link", "a", "x"), ("link", "b", "y")]),
    ("white space in links", "<p>a<a href=x>b </a><a href=y> c</a>", [("link", "b", "x"), ("link", "c", "y")]),
    ("a link over blocks", "<a href=x><p>a</p><p>b</p></a>", [("link", "a", "x"), ("link", "b", "x")]),
    ("marks in marks", "<p><a href=x>a <b>b</b></a>", [("link", "a b", "x"), ("strong", "b")]),
    ("all kinds", "<p><b>a</b><em>b</em><kbd>c</kbd>", [("strong", "a"), ("emphasis", "b"), ("code", "c")]),
    ("empty marks", "<p>a<b></b><i> </i><a href=x></a>b", []),
    ("a mark that the block's end cuts", "<pre>a<b>  b \n </b></pre>", [("strong", "  b")]),
    ("a mark over two <br>", "<p><b>a<br><br>b</b>", [("strong", "a"), ("strong", "b")]),
    ("an image", "<p>a <img src=x alt='b c'>d", [("image", "", "x", "b c")]),
    ("a lazy image", "<p>a<img data-src=x>", [("image", "", "x")]),
    ("an image without a source", "<p>a<img alt=b>", []),
    ("an image alone", "<img src=x><p>a</p><img src=y>", [("image", "", "x"), ("image", "", "y")]),
]


@pytest.mark.parametrize(("source", "expected"), [row[1:] for row in MARKS], ids=[row[0] for row in MARKS])
def test_marks(source: str, expected: list[tuple[str, ...]]) -> None:
    document = read_html(source)
    assert marks(document) == expected
    check(document)


LINES = [
    ("links that touch are two items", "<a href=x>a</a><a href=y>b</a>", "a b"),
    ("a link inside a word is not", "un<a href=x>do</a>ing", "undoing"),
    ("links and a mark", "(<a href=x>a</a>, <a href=y>b</a>)", "(a, b)"),
    ("white space on both sides", "<a href=x> a </a> <a href=y> b </a> c", "a b c"),
    ("white space in nested marks", "a <a href=x> <b> b</b></a> <i> <u>c</u></i>", "a b c"),
    ("no white space before a mark", "<b>a </b>, <i> b</i>", "a , b"),
]


@pytest.mark.parametrize(("inside", "expected"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_white_space_between_inline_elements(inside: str, expected: str) -> None:
    document = read_html(f"<p>{inside}</p>")
    assert texts(document) == [expected]
    check(document)


# --- containers and flags --------------------------------------------------------------------------------------------


def test_containers() -> None:
    document = read_html(
        "<body class='a  b' id=c role=main><div itemprop=articleBody itemtype='https://schema.org/Article/'>"
        "<p>x</p><ul><li></li></ul></div><section></section><p>y"
    )
    found = list(zip(document.parent, document.tag, document.names, document.first, document.last, strict=True))
    assert found == [
        (-1, "", "", 0, 2),
        (0, "html", "", 0, 2),
        (1, "body", "a  b c main", 0, 2),
        (2, "div", "articleBody Article", 0, 1),
        (3, "p", "", 0, 1),
        (2, "p", "", 1, 2),
    ]
    assert list(document.container) == [4, 5]


def test_names_are_capped() -> None:
    document = read_html(f"<div class='{'a ' * 1_000_000}' id=b><p>x")
    assert len(document.names[3]) <= MAX_NAMES


FLAGS = [
    ("hidden", "<p hidden>a<p>b", [Flag.HIDDEN, 0]),
    ("hidden from a screen reader", "<div aria-hidden=true><p>a</div><p aria-hidden=false>b", [Flag.HIDDEN, 0]),
    ("by style", "<p style='color:red; Display : NONE'>a<p style='visibility:hidden'>b", [Flag.HIDDEN] * 2),
    ("a style that shows", "<p style='display:block'>a", [0]),
    ("a class says nothing", "<p class=hidden>a", [0]),
    ("below a link", "<div hidden><a href=x><p>a</a></div>", [Flag.HIDDEN]),
    ("below a mark of the whole block", "<body><noscript><b><p>a</p></b></noscript>b", [Flag.NOSCRIPT, 0]),
    ("in the head", "<head><noscript><p>a</p>b</noscript><title>c</title></head><body><p>d", [Flag.NOSCRIPT] * 2 + [0]),
    ("text in the head", "<NoScript>a</NoScript><NOSCRIPT>b</NOSCRIPT>c", [Flag.NOSCRIPT] * 2 + [0]),
    ("an image in the head", "<noscript><img src=x></noscript><p>a", [0]),
    ("both", "<div hidden><noscript>a</noscript>b</div>c", [Flag.HIDDEN | Flag.NOSCRIPT, Flag.HIDDEN, 0]),
]


@pytest.mark.parametrize(("source", "expected"), [row[1:] for row in FLAGS], ids=[row[0] for row in FLAGS])
def test_flags(source: str, expected: list[int]) -> None:
    assert list(read_html(source).flags) == expected


# --- rescue ----------------------------------------------------------------------------------------------------------


def linked(**values: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", **values})}</script>'


def state(text: str) -> str:
    value = {"props": {"config": {"ads": True}, "article": {"id": 1, "content": text}}, "pad": "x " * 200}
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(value)}</script>'


HEADS = [
    # what stands before the <noscript>, what in it, whether the parser would lose it
    ("", "a", True),
    ("<!doctype html><html lang=en><head><meta content='<p>'><title><p></title><!-- <p> > -->", "a", True),
    ("<script>'<p><noscript>x'</script><style>p > a {}</style>", "<img src=x>", True),
    ("", "<style>p > a {}</style> <!-- <p> --><link rel=x><META name=y>", False),
    ("<noscript><link rel=x></noscript>", "<p>a", True),
    ("<body>", "a", False),
    ("</head>", "a", False),
    ("<p>", "a", False),
    ("", "<style>", True),
    ("<script>", "a", False),
]


@pytest.mark.parametrize(("before", "inside", "losing"), HEADS)
def test_the_body_is_opened_before_a_noscript_that_would_lose_its_text(before: str, inside: str, losing: bool) -> None:
    noscript = f"<noscript>{inside}</noscript><p>b"
    data = f"{before}{noscript}".encode()
    assert open_body(data) == (f"{before}<body>{noscript}".encode() if losing else data)


def test_a_page_whose_head_holds_a_noscript_keeps_its_head_data() -> None:
    rest = "<title>Rain</title><meta name=author content=Ann></head><body class=x><p>a"
    plain, other = read_html(f"<head>{rest}"), read_html(f"<head><noscript>b</noscript>{rest}")
    assert (other.head.title, other.head.meta) == (plain.head.title, plain.head.meta)
    assert "x" in other.names


STORY = " ".join(f"On day {n} it rained in the valley, and the river rose by {n} hands before noon." for n in range(9))


def shadow(inside: str) -> str:
    return f"<x-a><template shadowrootmode=open>{inside}</template></x-a>"


RESCUES = [
    # page, status, the flags of each block that is the story
    ("noscript", f"<p>Loading</p><noscript><p>{STORY}</p></noscript>", Status.RESCUED_NOSCRIPT, [Flag.RESCUED]),
    ("a page beside its noscript", f"<p>{LONG}<p>{LONG}</p><noscript>{STORY}</noscript>", None, [Flag.NOSCRIPT]),
    ("a noscript notice", "<body><noscript>Please turn scripts on.</noscript>", None, []),
    ("JSON-LD", f"<p>Loading</p>{linked(articleBody=STORY)}", Status.RESCUED_JSON_LD, [Flag.RESCUED]),
    ("JSON-LD beside a notice", f"<p>{LONG}</p>{linked(articleBody=STORY)}", Status.RESCUED_JSON_LD, [Flag.RESCUED]),
    ("JSON-LD with markup", f"{linked(articleBody=f'<p>{STORY}</p>')}x", Status.RESCUED_JSON_LD, [Flag.RESCUED]),
    ("JSON-LD of a page that shows itself", f"{linked(articleBody=STORY)}<p>{STORY}", None, [0]),
    ("JSON-LD that is short", f"<p>Loading</p>{linked(articleBody=RAIN)}", None, []),
    ("JSON-LD alone", linked(articleBody=STORY), Status.RESCUED_JSON_LD, [Flag.RESCUED]),
    ("a short description in JSON-LD", linked(description=RAIN), Status.RESCUED_JSON_LD, []),
    ("a long one", linked(description=STORY), Status.RESCUED_JSON_LD, [Flag.RESCUED]),
    ("state JSON before it", linked(description=RAIN) + state(STORY), Status.RESCUED_STATE, [Flag.RESCUED]),
    ("text of other objects", linked(step={"text": STORY}), Status.RESCUED_JSON_LD, [Flag.RESCUED]),
    ("state JSON", f"<p>Loading</p>{state(STORY)}", Status.RESCUED_STATE, [Flag.RESCUED]),
    ("state JSON of a page that shows itself", f"<p>{STORY}</p>{state(STORY)}", None, [0]),
    ("the description", f'<meta name=description content="{STORY}">x', Status.RESCUED_DESCRIPTION, [Flag.RESCUED]),
    ("the description of a short page", f'<meta name=description content="{RAIN}"><p>Loading', None, []),
    ("that of an empty page", f'<meta property=og:description content="{RAIN}">', Status.RESCUED_DESCRIPTION, []),
    ("a shadow root", f"<p>x</p>{shadow(f'<p>{STORY}</p>')}", Status.RESCUED_SHADOW, [Flag.RESCUED]),
    ("one in another", shadow(f"<b>x</b>{shadow(f'<p>{STORY}</p>')}"), Status.RESCUED_SHADOW, [Flag.RESCUED]),
    ("one of a page that shows itself", f"<p>{STORY}</p>{shadow(f'<p>{STORY}</p>')}", None, [0]),
    ("a small one", f"<p>x</p>{shadow(f'<style>{STORY}</style><p class={STORY.split()}>Menu</p>')}", None, []),
    ("a template that nobody shows", f"<p>x</p><template><p>{STORY}</p></template>", None, []),
    ("an unclosed iframe", f"<noscript><iframe src=x></noscript><p>{STORY}", Status.RESCUED_UNCLOSED, [0]),
    ("an unclosed title", f"<title>Rain<body><p>{STORY}", Status.RESCUED_UNCLOSED, [0]),
]


@pytest.mark.parametrize(("source", "status", "flags"), [row[1:] for row in RESCUES], ids=[row[0] for row in RESCUES])
def test_rescue(source: str, status: Status | None, flags: list[int]) -> None:
    document = read_html(source)
    assert document.statuses == ((status,) if status else ())
    assert [f for f, text in zip(document.flags, texts(document), strict=True) if text == STORY] == flags
    assert len(document) > 0
    check(document)


def test_paragraphs_of_rescued_plain_text() -> None:
    document = read_html(f"<h1>Rain</h1>{linked(articleBody=f'{STORY}{chr(10)}a < b & c')}")
    assert rows(document) == [("heading", 1, "Rain"), ("paragraph", 0, STORY), ("paragraph", 0, "a < b & c")]
    assert list(document.flags) == [0, Flag.RESCUED, Flag.RESCUED]
    check(document)


MARKED_UP = [
    ("one paragraph", "<P class=x>{}", [STORY]),
    ("inline markup alone", "{} <b>b</b> c", [f"{STORY} b c"]),
    ("line ends in upper case", "{}<BR><BR>b", [STORY, "b"]),
    ("an image", "{}<img src=x>", [STORY]),
    ("none", "{}\nb < c, d > e", [STORY, "b < c, d > e"]),
    ("an entity alone", "{} &amp; b", [f"{STORY} & b"]),
]


@pytest.mark.parametrize(("body", "expected"), [row[1:] for row in MARKED_UP], ids=[row[0] for row in MARKED_UP])
def test_rescued_markup_is_told_from_plain_text(body: str, expected: list[str]) -> None:
    document = read_html(linked(articleBody=body.format(STORY)))
    assert texts(document) == expected
    check(document)


@pytest.mark.parametrize("size", [WORTH_RESCUING - 1, WORTH_RESCUING])
def test_noscript_of_so_many_characters_is_a_page(size: int) -> None:
    document = read_html(f"<p>x</p><noscript>{'n' * size}</noscript>")
    assert document.flags[1] == (Flag.RESCUED if size >= WORTH_RESCUING else Flag.NOSCRIPT)


@pytest.mark.parametrize("more", [-10, 10])
def test_a_page_that_shows_so_much_is_left_alone(more: int) -> None:
    shown = int(1000 * SHOWS_NOTHING) + more
    document = read_html(f"<p>{'s' * shown}</p><noscript>{'n' * 1000}</noscript>")
    assert document.flags[1] == (Flag.RESCUED if more < 0 else Flag.NOSCRIPT)


# --- what is read ----------------------------------------------------------------------------------------------------

PAGE = f"<html><title>Rain</title><body><h1>Rain</h1><p>{RAIN}<b>All</b> day<br/>and night.</p><pre>\n\n a\n</pre>tail"


def trees() -> dict[str, tuple[object, object]]:
    """By name: a tree to clean, and what to serialise to see whether it was changed."""
    document = lxml_html.document_fromstring(PAGE)
    xml = etree.fromstring(f"<html><body><h1>Rain</h1><p>{RAIN}</p><script>1 &lt; 2</script></body></html>")
    lexbor = LexborHTMLParser(PAGE)
    return {
        "lxml.html": (document, document),
        "lxml tree": (document.getroottree(), document),
        "lxml element": (document.find(".//p"), document),
        "lxml XML": (xml, xml),
        "selectolax parser": (lexbor, lexbor),
        "selectolax node": (lexbor.body, lexbor),
        "selectolax text node": (lexbor.css("p")[0].first_child, lexbor),
    }


def serialised(tree: object) -> object:
    return tree.html if isinstance(tree, LexborHTMLParser) else etree.tostring(tree)  # type: ignore[call-overload]


@pytest.mark.parametrize("name", trees())
def test_trees_are_read_and_never_changed(name: str) -> None:
    tree, whole = trees()[name]
    before = serialised(whole)
    document = read_html(tree)
    assert serialised(whole) == before
    assert RAIN.strip() in document.text
    check(document)
    if name in ("lxml.html", "lxml tree", "selectolax parser"):
        assert (texts(document), document.head) == (texts(read_html(PAGE)), read_html(PAGE).head)
    elif name == "lxml element":
        assert len(document) == 1  # without what follows it


def test_trees_of_classes_of_one_s_own() -> None:
    class Element(lxml_html.HtmlElement):
        pass

    class Parser(LexborHTMLParser):
        pass

    element = Element()
    element.text = RAIN
    assert texts(read_html(element)) == texts(read_html(Parser(RAIN))) == [RAIN.strip()]


@pytest.mark.parametrize(
    "source",
    [None, 7, ["<p>a"], {"html": "<p>a"}, object(), print, etree.XPath("//p"), etree.QName("p"), Exception("<p>a")],
    ids=lambda source: type(source).__name__,
)
def test_what_is_no_page(source: object) -> None:
    with pytest.raises(InputError, match=rf"^cannot clean a {type(source).__name__}: give [^\n]+$"):
        read_html(source)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_of_any_kind(kind: type) -> None:
    assert texts(read_html(kind("<p>\u00fcber".encode()))) == ["über"]


def test_bytes_of_another_encoding() -> None:
    source = "<meta charset=windows-1251><p>Дождь шёл весь день".encode("windows-1251")
    assert texts(read_html(source)) == ["Дождь шёл весь день"]
    assert texts(read_html(source.replace(b"charset", b"x"), http_charset="cp1251")) == ["Дождь шёл весь день"]


STATUSES = [
    ("nothing", "", {}, (Status.EMPTY,)),
    ("white space", " \n", {}, (Status.EMPTY,)),
    ("binary", b"%PDF-1.7\n\x00\x01\x02", {}, (Status.BINARY,)),
    ("a page", "<p>a", {}, ()),
    ("lone surrogates", "<p>a\ud800", {}, (Status.REPLACED_BYTES,)),
    ("a pair of them", "<p>a\ud83d\ude00 \ufffd", {}, ()),
    ("size", "<p>a<p>bbbbbb", {"max_bytes": 8}, (Status.TOO_LARGE,)),
    ("depth", "<div>" * 30 + "a", {"max_depth": 20}, (Status.TOO_DEEP,)),
    ("tags", "<p>a" * 30, {"max_tags": 20}, (Status.TOO_MANY_TAGS,)),
    ("attributes", "<p a=1 b=2 c=3>a", {"max_attributes": 2}, (Status.TOO_MANY_ATTRIBUTES,)),
]


@pytest.mark.parametrize(
    ("source", "limits", "expected"), [row[1:] for row in STATUSES], ids=[row[0] for row in STATUSES]
)
def test_statuses(source: str | bytes, limits: dict[str, int], expected: tuple[Status, ...]) -> None:
    document = read_html(source, limits=Limits(**limits))
    assert document.statuses == expected
    check(document)


# --- head data -------------------------------------------------------------------------------------------------------


def test_head_data() -> None:
    head = read_html(
        "<html lang=de-DE><base href=/b><base href=/c><title> A\n B </title><title>C</title>"
        "<link rel=Canonical href=/d><link rel=icon><meta property='OG:Title' content=E>"
        "<meta name=Author content='F G'>"
        "<meta itemprop=datePublished content=2020-01-01><meta http-equiv=Content-Language content=de>"
        "<meta name=empty content=''><body><svg><title>icon</title></svg>"
        "<h1 itemprop=headline>Rain <b>fell</b></h1><p itemprop=articleBody>x</p>"
        "<time datetime=2020-01-02 itemprop=dateModified>y</time><time>z</time>"
        "<span itemprop=author><a href=u itemprop=url>Bea</a></span><i itemprop=price content=7>seven</i>"
        "<meta itemprop=sku content=9>"
        '<script type="application/LD+JSON; charset=utf-8">{"a": 1}</script><script type=application/ld+json></script>'
    ).head
    assert (head.title, head.lang, head.base) == ("A B", "de-DE", "/b")
    assert head.links == (("canonical", "/d"),)
    assert head.meta == (
        ("og:title", "E"),
        ("author", "F G"),
        ("datepublished", "2020-01-01"),
        ("content-language", "de"),
        ("sku", "9"),
    )
    assert head.times == ("2020-01-02",)
    assert head.json_ld == ('{"a": 1}',)
    assert head.props == (
        ("headline", "Rain fell"),
        ("dateModified", "2020-01-02"),
        ("author", "Bea"),
        ("price", "7"),
    )


def test_properties_are_capped() -> None:
    assert len(read_html("<i itemprop=a content=b>x</i>" * 300).head.props) == 200


# --- time ------------------------------------------------------------------------------------------------------------


def test_the_time_limit_gives_the_text_so_far() -> None:
    source = "".join(f"<p>{n}</p>" for n in range(2 * NODES_PER_CLOCK))
    document = read_html(source, deadline=time.monotonic() - 1.0)
    assert document.statuses == (Status.TIMEOUT,)
    assert 0 < len(document) < NODES_PER_CLOCK
    assert texts(document) == [str(n) for n in range(len(document))]
    check(document)


def test_no_time_limit_is_reached_in_time() -> None:
    source = "".join(f"<p>{n}</p>" for n in range(2 * NODES_PER_CLOCK))
    document = read_html(source, deadline=time.monotonic() + 600.0)
    assert (document.statuses, len(document)) == ((), 2 * NODES_PER_CLOCK)


HOSTILE = {
    "depth": ("<div>" * 50_000 + RAIN, 1),
    "depth with ends": ("<div>" * 50_000 + RAIN + "</div>" * 50_000, 1),
    "attributes": ("<p " + " ".join(f"a{n}=1" for n in range(40_000)) + f">{RAIN}", 1),
    "marks in marks": ("<b>" * 900 + "<p>x</p>" * 5_000, 5_000),
    "blocks deep down": ("<div>" * 900 + "<p>x</p>" * 5_000, 5_000),
    "links in tables": ("<a href=x><table><tr><td>" * 200 + "<p>x</p>" * 2_000, None),
    "itemprops in itemprops": ("<div itemprop=name>" * 900 + "x " * 1_000_000, 1),
    "class names": (f"<div class='{'comment-' * 250_000}'><p>x", 1),
    "line ends": ("<p>" + "x<br>" * 50_000, 1),
    "JSON-LD": ('<script type="application/ld+json">' + "[" * 500_000, 0),
    "custom elements": ("<div>" + "<x-a>" * 500 + "<x-b>x</x-b><!-- -->" * 20_000, 20_000),
    "custom elements beside long text": ("<div>" + f"<x-a>x</x-a>{'y' * 500_000}" * 4, 1),
    "noscripts in the head": ("<noscript><link></noscript><!-- -->" * 20_000 + "<noscript>x", 1),
    "styles that never end": ("<noscript>" + "<style>" * 50_000 + "</noscript>x", None),
    "unclosed formatting": ("<p><i><b><a href=x>y" * 3_000, None),
}


CAPPED = [
    ("paragraphs", "<p>a<p>b<p>c<p>d<p>e", ["a", "b", "c\nd\ne"]),
    ("as many as may be", "<p>a<p>b", ["a", "b"]),
    ("one more", "<p>a<p>b<p>c", ["a", "b", "c"]),
    ("marks over the cap", "<p>a<p>b<p><b>c</b> d<p><a href=x>e</a> <p> <i>f</i>", ["a", "b", "c d\ne\nf"]),
    ("code over the cap", "<p>a<p>b<pre> c\n  d</pre><ul><li>e", ["a", "b", None]),
]


@pytest.mark.parametrize(("source", "expected"), [row[1:] for row in CAPPED], ids=[row[0] for row in CAPPED])
def test_blocks_beyond_the_cap_are_one(source: str, expected: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (walk, compiled_walk):
        monkeypatch.setattr(module, "MAX_BLOCKS", 2)
    document = read_html(source)
    assert len(document) == len(expected)
    assert all(text == own for own, text in zip(expected, texts(document), strict=True) if own is not None)
    assert "".join(document.text.split()) == "".join(LexborHTMLParser(source).text().split())
    assert (Status.TOO_MANY_BLOCKS in document.statuses) == (len(expected) > 2)
    check_containers(document)
    check_marks(document, list(zip(document.start, document.end, strict=True)))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_stay_linear(name: str) -> None:
    source, expected = HOSTILE[name]
    began = time.process_time()
    document = read_html(source)
    assert time.process_time() - began < GENEROUS
    assert expected is None or len(document) == expected
    assert len(document.marks) <= MAX_OPEN_MARKS * max(len(document), 1) + source.count("<a")


# --- any page --------------------------------------------------------------------------------------------------------

TAGS = (
    "p div h1 h3 ul ol li table tr td th caption blockquote pre xmp code a b i img nav article form button select"
    " option textarea noscript iframe script style template svg math title head body html meta link base dl dt dd br hr"
    " time x-y figure figcaption details summary frameset noframes plaintext"
)
PIECES = st.one_of(
    st.sampled_from(TAGS.split()).map("<{}>".format),
    st.sampled_from(TAGS.split()).map("</{}>".format),
    st.sampled_from(["<a href=x>", "<a href=y rel=z>", "<img src=x alt=y>", "<div hidden class='a b'>", "<br><br>"]),
    st.sampled_from(
        ["<h2 itemprop=headline>", "<span itemprop=author>", "<time datetime=1>", "<!--", "-->", "<![CDATA["]
    ),
    st.sampled_from([" ", "\n", "  \n ", "&nbsp;", "a", " b", "c ", "\u2003", "雨", LONG, linked(articleBody=STORY)]),
    st.text(max_size=8),
)


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=30).map("".join))
@example("<pre><b>  </b>a<i> \n</i></pre>")
@example("<a href=x><li><b> <i> </i>a <br></b><table>b")
@example("<p>a <b><i> </i><br> </b>c")
def test_any_markup(source: str) -> None:
    check(read_html(source))


@given(st.binary(max_size=200))
@example(b"<p>\xff\xfe")
@example(b"\xef\xbb\xbf<p>a")
def test_any_bytes(source: bytes) -> None:
    check(read_html(source))


@given(st.lists(PIECES, max_size=30).map("".join), st.integers(0, 40), st.integers(1, 20), st.integers(2, 20))
def test_any_limits(source: str, size: int, depth: int, tags: int) -> None:
    check(read_html(source, limits=Limits(max_bytes=size, max_depth=depth, max_tags=tags, max_attributes=1)))


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), min_size=1, max_size=30), max_size=8))
def test_every_word_of_text_stays(lines: list[str]) -> None:
    escaped = [line.replace("&", "&amp;").replace("<", "&lt;") for line in lines]
    document = read_html("".join(f"<p>{line}</p>" for line in escaped))
    assert texts(document) == [" ".join(line.split()) for line in lines if line.split()]
    assert all(kind == KINDS.index(Kind.PARAGRAPH) for kind in document.kind)


def test_beyond_the_most_blocks_all_is_one() -> None:
    """Each block costs a tenth of a millisecond in features: a page of nothing but paragraphs must end in seconds."""
    count = MAX_BLOCKS + 500
    document = read_html("".join(f"<p>{i}" for i in range(count)))
    assert len(document) == MAX_BLOCKS + 1
    assert document.statuses == (Status.TOO_MANY_BLOCKS,)
    assert document.text.split() == [str(i) for i in range(count)]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>Donau&shy;dampf&#8203;schiff", "Donaudampfschiff"),
        ("<p>one \u2060\ufeff two", "one two"),
        ("<p>&shy;</p><p>word", "word"),
        ("<pre>a = 1\u200b", "a = 1"),
        ("<p>\u0e01\u0e32\u200b\u0e02\u0e32", "\u0e01\u0e32\u200b\u0e02\u0e32"),  # Thai, which parts words so
        ("<p>\u200c\u200d\u200e", "\u200c\u200d\u200e"),  # these change how their neighbours look
    ],
)
def test_characters_that_nobody_sees_are_no_text(source: str, text: str) -> None:
    assert read_html(source).text == text


def test_a_title_has_no_soft_hyphens() -> None:
    assert read_html("<title>Donau&shy;dampfschiff</title><p>word").head.title == "Donaudampfschiff"


def test_the_source_of_a_formula_is_not_read_beside_it() -> None:
    formula = "<mi>x</mi><annotation encoding=application/x-tex>x_1</annotation><annotation-xml>x</annotation-xml>"
    assert read_html(f"<p>where <math><semantics>{formula}</semantics></math> is").text == "where x is"
    assert read_html("<p>an <annotation>odd</annotation> element").text == "an odd element"
