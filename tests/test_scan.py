"""Pages before the parser: tables of what is mended and of what is left alone, and the parser itself as the judge."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from cleanbody.page import Status
from cleanbody.scan import Limits, Scanned, mend, scan
from cleanbody.scan.doctype import is_quirky
from cleanbody.scan.nesting import OpenElements
from cleanbody.scan.quick import is_harmless
from cleanbody.scan.tokens import TOKEN, Ahead, attributes

OFF = Limits(max_bytes=None, max_depth=None, max_tags=None, max_attributes=None)
# Elements that the cap does not count: <html>, <body>, one void or raw element, an implied row and section.
SLACK = 6


def depth(page: bytes) -> int:
    """The depth of the parsed tree, without recursion."""
    node, level, deepest = LexborHTMLParser(page).root, 0, 0
    while node is not None:
        deepest = max(deepest, level)
        if node.child is not None:
            node, level = node.child, level + 1
            continue
        while node is not None and node.next is None:
            node, level = node.parent, level - 1
        node = node.next if node is not None else None
    return deepest


UNREAD = frozenset({"script", "style", "iframe"})
RAW = UNREAD | {"noembed", "noframes", "textarea", "title", "xmp"}


def characters(page: bytes, without: frozenset[str] = UNREAD) -> Counter[str]:
    """The characters of the page's text nodes, without white space and without what stands in some elements."""
    root = LexborHTMLParser(page).root
    found: Counter[str] = Counter()
    for node in root.traverse(include_text=True) if root is not None else ():
        if node.tag == "-text" and node.parent is not None and node.parent.tag not in without:
            found.update("".join((node.text_content or "").split()))
    return found


def full_pass(page: bytes, limits: Limits) -> Scanned:
    """What `scan` would do if nothing were harmless."""
    return mend(page, limits)


# ---- missing end tags ------------------------------------------------------------------------------------------------

# name of the case, page, where ⟨…⟩ shows what is to be put in, and bytes of text given back
RESCUED = [
    ("iframe in noscript", "<noscript><iframe src=x>⟨</iframe>⟩</noscript><p>It rained.<iframe src=y></iframe>", 10),
    ("iframe in noscript, no other", "<noscript><iframe src=x>⟨</iframe>⟩</noscript><p>It rained.", 10),
    ("iframe before iframe", "<div><iframe src=x>⟨</iframe>⟩<p>It rained.<iframe src=y>z</iframe></div>", 10),
    ("iframe closes its parents", "<div><iframe src=x>⟨</iframe>⟩</div><p>It rained.</iframe>", 10),
    ("iframe closes itself", "<div><iframe src=x />⟨</iframe>⟩</div><p>It rained.", 10),
    ("title", "<head><title>Rain⟨</title>⟩<meta charset=utf-8><link rel=x></head><body><p>It rained.", 10),
    ("title, and another in a picture", "<head><title>Rain\n⟨</title>⟩<meta name=x content=y>" + "<link rel=z>" * 20
     + "</head><body><p>It rained.<svg><title>drop</title></svg>", 14),
    ("style", "<style>p { color: red }\n⟨</style>⟩</head><body><p>It rained.", 10),
    ("style, and another", "<style>p {}⟨</style>⟩</head><body><p>It rained.<style>b {}</style>", 10),
    ("textarea", "<form><textarea name=x>⟨</textarea>⟩</form><p>It rained.", 10),
    ("textarea, and another", "<form><textarea>⟨</textarea>⟩</form><p>It rained.<textarea></textarea></form>", 10),
    ("textarea in textarea", "<textarea>words ⟨</textarea>⟩<p>It rained.<textarea></textarea>", 10),
    ("textarea at the end", "<textarea>⟨</textarea>⟩<p>It rained.</body></html>", 10),
    ("script with a source", '<script src="x.js">⟨</script>⟩<p>It rained.', 10),
    ("script with a source, and another", '<script src="x.js" />⟨</script>⟩<p>It rained.<script>y()</script>', 10),
    ("script", "<script>\nx = 1 < 2;\nif (a<b) y();\n⟨</script>⟩</head>\n<body><p>It rained.", 10),
    ("script in a script's comment", "<script>x = '<!--<script>';</script>⟨</script>⟩<p>It rained.", 10),
    ("comment", "<!-- note ⟨--⟩><p>It rained.", 10),
    ("comment, half closed", "<!-- note -⟨--⟩><p>It rained.", 10),
    ("noframes", "<noframes>⟨</noframes>⟩<p>It rained.", 10),
    ("noembed", "<noembed>⟨</noembed>⟩<p>It rained.", 10),
    ("xmp", "<xmp>⟨</xmp>⟩<p>It rained.", 10),
    ("cut in a script in a picture", "<svg><script>⟨⟩x</script></svg><p>y", 0),
]  # fmt: skip


@pytest.mark.parametrize(("page", "rescued"), [row[1:] for row in RESCUED], ids=[row[0] for row in RESCUED])
def test_a_missing_end_is_put_where_it_belongs(page: str, rescued: int) -> None:
    before, rest = page.split("⟨")
    close, after = rest.split("⟩")
    scanned = scan((before + after).encode())
    assert scanned.data.decode() == before + close + after
    assert scanned.statuses == ((Status.RESCUED_UNCLOSED,) if close else ())
    assert scanned.rescued == rescued
    if close:
        missing = sum((characters(scanned.data, RAW) - characters((before + after).encode(), RAW)).values())
        assert missing >= len("Itrained."), "the parser reads it without help"


# name of the case, page, expected page
REWRITTEN = [
    ("comment ended as in SGML", "<!-- a -- ><p>It rained.<!-- b -->", "<!-- a --><p>It rained.<!-- b -->"),
    ("plaintext", "<p>a<plaintext><p>It rained.", "<p>a\n<p>It rained."),
    ("frames", "<frameset cols='1,2'><frame src=x><noframes><p>It rained.</noframes></frameset>",
     "\n\n<div><p>It rained.</div>\n"),
    ("CDATA", "<svg><![CDATA[ a <b>It rained.", "<svg> a <b>It rained."),
    ("quote", '<p><a href="x>It</a> rained.<p class=y>More.', "<p><a>It</a> rained.<p>More."),
    ("quote that holds ends", "<a title='a > b <i>c</i>", "<a> b <i>c</i>"),
    ("NUL", "<p>It\0 ra\0ined.<scr\0ipt>x</script>", "<p>It rained.<script>x</script>"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "expected"), [row[1:] for row in REWRITTEN], ids=[row[0] for row in REWRITTEN])
def test_what_is_rewritten(page: str, expected: str) -> None:
    assert scan(page.encode()).data.decode() == expected
    assert scan(expected.encode()).data.decode() == expected


UNTOUCHED = {
    "empty": "",
    "text": "It rained < 3 days & nobody minded.",
    "fallback": "<iframe src=x><p>No frames? <a href=x>Here</a>.</p><div><ul><li>x</li></ul></div></iframe><p>y",
    "empty iframes": "<noscript><iframe src=x></iframe></noscript><p>y<iframe src=z></iframe>",
    "advert in an iframe": "<iframe src=x><script src=y></script><noscript><a href=z><img></a></noscript></iframe>",
    "markup in a textarea": "<textarea><b>bold</b> and <a href=x>link</a></textarea><p>y",
    "page in a textarea": "<textarea><html><body><form><p>x</form></body></html></textarea><p>y",
    "title about tags": "<title>How <meta>, <body> and <script> differ</title><p>y",
    "title with a sign": "<title>I <3 rain</title><p>y",
    "script with strings": "<script>x = '</body></html><body><div>'; y = a<b</script><p>z",
    "script that writes": "<script>document.write('<script src=x><\\/script>')</script><p>y",
    "script hidden from old browsers": "<script><!--\nx()\n//--></script><p>y",
    "script in a comment in a script": "<script><!-- document.write('<script>x</script>') --></script><p>y",
    "script with a comment sign": "<script>x = '<!--'</script><p>y<!-- z -->",
    "script with a source and words": "<script src=x>y('<script>')</script><p>z",
    "template in a script": "<script type=text/template><div><p>x</p></div></script><p>y",
    "json": '<script type="application/json">{"a": "</p><!-- <b>"}</script><p>y',
    "conditional comment": "<!--[if lt IE 9]><script src=x></script><![endif]--><p>y",
    "revealed comment": "<!--[if !IE]><!--><p>y</p><!--<![endif]-->",
    "comment with a comment": "<!-- <div><!-- x --></div><p>y",
    "comment with an arrow": "<!-- a -> b <!-- c --><p>y",
    "short comments": "<!--><p>a<!---><p>b<!-- --!><p>c",
    "comment at the end": "<p>y</p><!-- page made in 3 ms",
    "declarations": "<?xml version='1.0'?><!DOCTYPE html><p>y<!ELEMENT x></ z></>",
    "noscript in head": "<head><noscript><link rel=x><style>p {}</style></noscript></head><p>y",
    "style with markup": "<style>/* <b> and <style> */ p::before { content: '<p>' }</style><p>y",
    "picture": "<svg><style>.a{}</style><title>x</title><script>y<z</script><path d=''/><g><text>t</text></g></svg>",
    "formula": "<math><mi>x</mi><annotation-xml encoding='text/html'><p>y</p></annotation-xml></math>",
    "CDATA": "<svg><text><![CDATA[a < b <c>]]></text></svg><p>y",
    "cut in a tag": "<p>It rained.</p><a href='x",
    "cut in a script": "<p>It rained.</p><script>var x = '<b>",
    "cut in a comment": "<p>It rained.</p><!-- x",
    "cut in a title": "<title>It rained",
    "quotes": "<p title='a > b' class=\"<x>\" data-x=a\"b' c>y</p>",
    "old page": "<center><font size=2><p>a<p>b<ul><li>a<li>b</ul><table><tr><td>a<td>b<tr><td>c</table>",
    "select": "<select><option>a<option>b<p>y",
    "upper case": "<TITLE>x</TITLE><SCRIPT>y</SCRIPT><TEXTAREA>z</TEXTAREA><IFRAME></IFRAME>",
    "spaces in end tags": "<title>x</title ><script>y</script\n><style>z</style/><p>y",
}


@pytest.mark.parametrize("page", UNTOUCHED.values(), ids=UNTOUCHED)
def test_a_page_with_nothing_to_mend_is_the_same_object(page: str) -> None:
    data = page.encode()
    scanned = scan(data)
    assert scanned.data is data
    assert (scanned.statuses, scanned.rescued) == ((), 0)
    assert full_pass(data, Limits()).data is data


# ---- nesting ---------------------------------------------------------------------------------------------------------

# Markup after which the simulated stack must be the path that the parser built, element by element.
NESTED = [
    "<div><p>", "<p><div>", "<p><span><p>", "<p><b><p>x", "<p><b><i>x</p>", "<p><b><i></p>y", "<b><p></b>x",
    "<b><div>x</b>y", "<a><div><a>", "<a><p>x<a>y", "<a>x<div>y</a>z", "<p>a</div>b", "<div></p>x",
    "<button><p><button>", "<button><div></button>", "<ul><li>a<li>b", "<ul><li><ul><li>a<li>", "<ul><li><div><li>",
    "<ul><li><p><li>", "<ol><li>a</ul>", "<li><ul></li>x", "<dl><dt>a<dd>b<dt>", "<dl><dd><div><dt>", "<h1>a<h2>b",
    "<h1><span><h2>", "<h1>a</h3>b", "<form><form><div>", "<form><div></form>", "<select><option>a<option>b",
    "<select><optgroup><option>a<optgroup>", "<select><div><option>", "<select><select>x", "<select><b></select>x",
    "<select><input>x", "<select><option>a<hr>", "<option>a<option>b", "<ruby>a<rt>b<rt>c",
    "<ruby><rb>a<rtc>b<rt>c<rp>", "<rt>a<rt>b", "<nobr>a<nobr>b", "<nobr><div><nobr>", "<object><b>a</object>b",
    "<b><object></b>x", "<marquee><p></marquee>x", "<object><p><object></p>", "<table><tr><td>a<td>b",
    "<table><td>a<tr><td>b", "<table><tbody><tr><td><table><tr><td>", "<table><caption>a<td>b",
    "<table><td></table>x", "<table><td></div>x", "<div><table><td></div>x", "<table><tr><td><b>a<td>b",
    "<b><table><td>x", "<table><td></tr><td>", "<table><td></tbody><td>", "<table><thead><tr><th>a<tbody><td>",
    "<table><caption></td>x", "<table><caption><p></table>x", "<td>a<tr>b", "</table>x", "<table><td></th>x",
    "<table><td><p></caption>x", "<p><table><td>x", "<table><colgroup><col><tr><td>x",
    "<table><td><form><td></form><form>x", "<svg><g><path/><path>", "<svg><p>x", "<svg><g></svg>x",
    "<svg><desc><p>a</desc><g>", "<svg><foreignObject><div></svg>x", "<svg><font>a", "<svg><font color=x>a",
    "<svg></p>x", "<svg><g></div>x", "<div><svg><g></div>x", "<svg/>x", "<svg><svg><g></svg>x", "<math><mi><p>x",
    "<math><mi><mglyph><p>", "<math><mrow><mi></mrow>x", "<math><annotation-xml><p>x",
    "<math><annotation-xml encoding=text/html><p>x", "<math><annotation-xml encoding='TEXT/html'><svg><g>",
    "<b x=1><b x=1><b x=1><b x=1><p>", "<p><b x=1><b X='1'><b x=&#49;><b\nx=1></p>x",
    "<p><b x=1><b x=2><b x=3><b x=4></p>x", "<b><b><b><b></b></b></b></b></b><p>", "<b><i><u><s><em><div></b>x",
    "<b><span><div></b>x", "<i><b><p></i>x", "<b><div><div><div></b>x", "<font><p><font size=2></p>x",
    "<em><strong></em>x</strong>y", "<code><pre></code>x", "<x-y><p></x-y>x", "<span><div></span>x",
    "<span><b></span>x", "<address><li><p><li>", "<noscript><p></noscript>x", "<br/></br><p>",
    "<body><p><body><html><head>x", "<p></body></html><div>", "<image><hr><p>x<hr>",
    "<o:p><b><p>x", "<s:p><script></script><table>x<td>", "<m:mi><svg></m:mi>x", "<o:p></p><li><li>", "<svg><s:g></g>x",
]  # fmt: skip


def simulated(page: bytes, quirks: bool) -> tuple[list[str], OpenElements]:
    tree, last = OpenElements(None, quirks), 0
    for match in TOKEN.finditer(page):
        if match.start() > last:
            tree.text(page[last : match.start()].isspace())
        last = match.end()
        name = match[1].lower()
        if name.startswith(b"/"):
            assert tree.end(name[1:])
        else:
            assert tree.start(name, match[2], match[3].endswith(b"/"))
    return [name.decode().split("+")[0].split("/")[-1] for name in tree._stack if name], tree


@pytest.mark.parametrize("doctype", ["", "<!doctype html>"], ids=["quirks", "standards"])
@pytest.mark.parametrize("markup", NESTED)
def test_the_stack_is_the_parsers(markup: str, doctype: str) -> None:
    page = markup + "<x-mark>"
    stack, tree = simulated(page.encode(), quirks=not doctype)
    node = LexborHTMLParser((doctype + "<body>" + page).encode()).css_first("x-mark")
    path: list[str] = []
    while node is not None and node.tag != "body":
        path.append((node.tag or "").lower())
        node = node.parent
    parted = [name for name in stack if name != "-"]  # a closed form or link may still stand around what it holds
    assert parted == path[::-1] or (parted != stack and set(path) - set(parted) <= {"a", "form"})
    assert tree.depth >= len(path)


DOCTYPES = [
    (b" html", False),
    (b' HTML SYSTEM "about:legacy-compat"', False),
    (b' html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"', False),
    (b' HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd"', False),
    (b' HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd"', False),
    (b' HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"', True),
    (b' HTML PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN"', True),
    (b' HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN"', True),
    (b" HTML PUBLIC '-//IETF//DTD HTML//EN'", True),
    (b' html PUBLIC "HTML"', True),
    (b' html SYSTEM "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd"', True),
    (b" svg", True),
    (b"", True),
    (None, True),
]


@pytest.mark.parametrize(("doctype", "quirky"), DOCTYPES)
def test_quirks_mode_is_the_parsers(doctype: bytes | None, quirky: bool) -> None:
    assert is_quirky(doctype) is quirky
    declared = b"<!DOCTYPE" + doctype + b">" if doctype is not None else b""
    table = LexborHTMLParser(declared + b"<p><table>").css_first("table")
    assert table is not None and table.parent is not None
    assert (table.parent.tag == "p") is quirky  # only in quirks mode a table may stand inside a paragraph


# ---- caps ------------------------------------------------------------------------------------------------------------

DEEP, TAGS, ATTRS, SIZE = Status.TOO_DEEP, Status.TOO_MANY_TAGS, Status.TOO_MANY_ATTRIBUTES, Status.TOO_LARGE
# page, limits, expected page (None: the same), status
CAPPED = [
    ("<div>a<div>b<div>c</div>d</div>e</div>f", Limits(max_depth=2), "<div>a<div>b\nc\nd</div>e</div>f", DEEP),
    ("<b>a<i>b<u>c</u>d</i>e</b>", Limits(max_depth=2), "<b>a<i>bcd</i>e</b>", DEEP),
    ("<div><p>a<p>b<p>c</div>", Limits(max_depth=2), None, None),
    ("<div><div><p>a</p><br>b<img></div></div>", Limits(max_depth=2), "<div><div>\na\n<br>b<img></div></div>", DEEP),
    ("<div><div><script>x('<p>')</script></div></div>", Limits(max_depth=2), None, None),
    ("<i>a<b><<u>b>c", Limits(max_depth=2), "<i>a<b>< b>c", DEEP),
    ("<i>a<b>&am<u>p;c", Limits(max_depth=2), "<i>a<b>&am p;c", DEEP),
    ("<p>a</p><p>b</p><p>c<b>d</b></p>", Limits(max_tags=4), "<p>a</p><p>b</p>\ncd\n", TAGS),
    ("<p>a<p>b<script>c<d></script>e<!-- f -->g", Limits(max_tags=2), "<p>a<p>b \ne g", TAGS),
    ("<p>a<p>b<title>c</title><textarea><d>e</textarea>", Limits(max_tags=2), "<p>a<p>b\nc\ne\n", TAGS),
    ("<p a b c d>x</p>", Limits(max_attributes=2), "<p a b>x</p>", ATTRS),
    ("<p a='>' b=\">\" c=d e/>x", Limits(max_attributes=3), "<p a='>' b=\">\" c=d>x", ATTRS),
    ("<p>x</p a b c d>", Limits(max_attributes=2), "<p>x</p a b>", ATTRS),
    ("<p class='" + "comment- " * 1000 + "'>x", Limits(max_attributes=2), None, None),
    ("<p>It rained.</p><p>More.</p>", Limits(max_bytes=19), "<p>It rained.</p>", SIZE),
    ("<p>It rained.</p><p>More.</p>", Limits(max_bytes=23), "<p>It rained.</p><p>Mor", SIZE),
    ("<p>rä", Limits(max_bytes=5), "<p>r", SIZE),
    ("<p>rä", Limits(max_bytes=6), None, None),
]  # fmt: skip


@pytest.mark.parametrize(("page", "limits", "expected", "status"), CAPPED)
def test_beyond_a_cap_tags_go_and_text_stays(
    page: str, limits: Limits, expected: str | None, status: Status | None
) -> None:
    scanned = scan(page.encode(), limits)
    assert scanned.data.decode() == (page if expected is None else expected)
    assert scanned.statuses == (() if status is None else (status,))


# Ordinary old pages: hundreds of tags that nobody closed, and yet the tree stays flat.
FLAT = {
    "p": "<p>word " * 800,
    "li": "<ul>" + "<li>word " * 800 + "</ul>",
    "td": "<table>" + "<tr><td>word<td>word" * 400 + "</table>",
    "dt": "<dl>" + "<dt>word<dd>word" * 400 + "</dl>",
    "option": "<select>" + "<option>word" * 800 + "</select>",
    "font in cells": "<table>" + "<tr><td><font size=2>word<td><font size=1>word" * 400 + "</table>",
    "font in paragraphs": "<p><font size=2>word " * 800,
    "b and p crossed": "<p><b>word</p></b>" * 800,
    "div and b crossed": "<b><div>word</b></div>" * 800,
    "a": "<a href=x>word " * 800,
    "a and div": "<div><a href=x>word</div>" * 800,
    "h2": "<h2>word" * 800,
    "br and hr": "word<br><hr>" * 800,
    "forms in rows": "<table>" + "<tr><form><td>word</td></form></tr>" * 400 + "</table>",
    "pictures": "<svg><path d=x/><use href=y/></svg>" * 800,
}


@pytest.mark.parametrize("page", FLAT.values(), ids=FLAT)
def test_sloppy_pages_are_not_deep(page: str) -> None:
    data = page.encode()
    assert scan(data, Limits(max_depth=40)).data is data
    assert full_pass(data, Limits(max_depth=40)).data is data
    assert depth(data) <= 40 + SLACK


# ---- any page --------------------------------------------------------------------------------------------------------

_NAMES = """
div span p b i a font em nobr table tr td th tbody caption colgroup col ul li ol dl dt dd h1 h2 form button select
option optgroup hr input br object marquee svg g math mi annotation-xml desc foreignobject title ruby rt rb rtc section
address pre blockquote center noscript x-y
"""
SOUP_NAMES = _NAMES.split()
RAW_ENDED = [
    "<script>x<b></script>",
    "<title>t</title>",
    "<style>p{}</style>",
    "<textarea>u<b></textarea>",
    "<!-- c -->",
]
ATTRIBUTES = ["", "", "", " a=1", ' a="1"', " color=red", " encoding=text/html", "/"]


@st.composite
def soups(draw: st.DrawFn) -> bytes:
    names = draw(st.lists(st.sampled_from(SOUP_NAMES), min_size=1, max_size=6))
    tag = st.builds("<{}{}>".format, st.sampled_from(names), st.sampled_from(ATTRIBUTES))
    end = st.builds("</{}>".format, st.sampled_from(names))
    text = st.sampled_from(["x", " ", "y z ", "&lt;", "&am", "<", "< 3", ">", "é"])
    pieces = draw(st.lists(tag | tag | end | text | st.sampled_from(RAW_ENDED), max_size=80))
    return (draw(st.sampled_from(["", "<!doctype html>"])) + "<body>" + "".join(pieces)).encode()


@settings(max_examples=400)
@given(soups(), st.integers(2, 12))
def test_no_soup_nests_deeper_than_the_cap(page: bytes, cap: int) -> None:
    assert depth(scan(page, Limits(max_depth=cap)).data) <= cap + SLACK


@settings(max_examples=400)
@given(soups(), st.sampled_from([Limits(), Limits(max_depth=3), Limits(max_tags=7), Limits(max_attributes=0), OFF]))
def test_no_character_of_text_is_lost(page: bytes, limits: Limits) -> None:
    assert characters(scan(page, limits).data) == characters(page)


@given(soups(), st.sampled_from([Limits(), Limits(max_depth=3), Limits(max_tags=7), Limits(max_attributes=0)]))
def test_scanning_twice_changes_nothing_more(page: bytes, limits: Limits) -> None:
    once = scan(page, limits).data
    assert scan(once, limits).data == once


UGLY = [
    "<", ">", "</", "<a", "<a b", "='", '="', "=x", " ", "/>", "'", '"', "<!--", "-->", "-- >", "--!>", "<![CDATA[",
    "]]>", "<!", "<?", "<script", "<script>", "</script>", " src=x>", "<style>", "</style>", "<title>", "</title>",
    "<textarea>", "</textarea>", "</form>", "<iframe>", "</iframe>", "<noscript>", "</noscript>", "<xmp>", "</xmp>",
    "<plaintext>", "<noframes>", "</noframes>", "<frameset>", "<frame>", "<svg>", "</svg>", "<math>", "<mi>",
    "<template>", "</template>", "<td>", "<tr>", "<body>", "</body>", "</head>", "<meta a=", "\n", "\x00", "word",
    "é", "<p>", "</p>", "<b>", "</b>", "&", "&lt", "<body><p>",
]  # fmt: skip


@settings(max_examples=400)
@given(
    st.lists(st.sampled_from(UGLY), max_size=40).map("".join),
    st.builds(
        Limits,
        max_bytes=st.none() | st.integers(0, 99),
        max_depth=st.none() | st.integers(0, 9),
        max_tags=st.none() | st.integers(0, 30),
        max_attributes=st.none() | st.integers(0, 3),
    ),
)
def test_any_bytes_are_scanned(page: str, limits: Limits) -> None:
    data = page.encode()
    scanned = scan(data, limits)
    scanned.data.decode()
    assert (scanned.data == data.replace(b"\0", b"")) or scanned.statuses or b"<frame" in data
    assert list(scanned.statuses) == sorted(set(scanned.statuses), key=list(Status).index)
    if limits.max_bytes is None:
        assert scan(scanned.data, limits).data == scanned.data


WORDS = st.sampled_from(["rain", "It rained.", "a &lt; b", "1 < 2", "–", "\n"])
QUIET = st.sampled_from(
    [
        "<br>",
        "<img src='a>b'>",
        "<hr/>",
        "<!-- x <b> -->",
        "<!--[if IE]><p><![endif]-->",
        '<input value="</p>">',
        "<script>x='</body><p>'; a<b</script>",
        "<script><!-- x //--></script>",
        "<style>a > b {}</style>",
        "<iframe src=x></iframe>",
        "<iframe><p>No <a href=x>frames</a>.</p></iframe>",
        "<textarea><b>x</b> &lt;</textarea>",
        "<svg><path d='M0'/><title>t</title></svg>",
        "<noscript><img src=x></noscript>",
        "<select><option>a</option></select>",
        "<title>x</title>",
    ]
)
WELL_FORMED = st.recursive(
    WORDS | QUIET,
    lambda inner: st.builds(
        "<{0}{1}>{2}</{0}>".format,
        st.sampled_from(["div", "p", "span", "b", "a", "ul", "li", "table", "section", "h2", "form", "button", "x-y"]),
        st.sampled_from(["", " class=x", " title='a > b' hidden", ' data-x="<p>"']),
        st.lists(inner, max_size=5).map("".join),
    ),
    max_leaves=30,
)


@given(WELL_FORMED)
def test_a_well_formed_page_is_left_alone(page: str) -> None:
    data = page.encode()
    scanned = scan(data)
    assert scanned.data is data
    assert scanned.statuses == ()
    assert full_pass(data, Limits()).data is data


# Tags that are mostly closed in order, as `is_harmless` likes them, with all that could mislead it.
TRAPS = [
    "<path>", "<path/>", "<image>", "<input>", "<line></line>", "<iframe><b>x</b></iframe>",
    "<style><!-- x --></style>", "<style>a</style>", "<script><div><div></script>", "<script src=x><p></script>",
    "<script><!--<script></script>", "<![CDATA[x<b>]]>", "<!--[if x]><!-->", "<![if x]>", "<!-- <div> -->",
    "<!-- -- > <!-- -->", "</", "<a b='", "<!--", "-->", "<script>", "</script>", "<title>", "</title>", "<style>",
    "</style>", "<textarea>", "<xmp>", "<plaintext>", "x", "< 3",
]  # fmt: skip


@st.composite
def nearly_closed(draw: st.DrawFn) -> bytes:
    names = draw(st.lists(st.sampled_from([*SOUP_NAMES, "template", "option", "td"]), min_size=1, max_size=4))
    attributes = st.sampled_from([*ATTRIBUTES, " a='</div>'", ' a="<b>"', " a b c d"])
    pieces: list[str] = ["<body>"]
    opened: list[str] = []
    for action in draw(st.lists(st.integers(0, 9), max_size=60)):
        if action < 5:
            opened.append(draw(st.sampled_from(names)))
            pieces.append(f"<{opened[-1]}{draw(attributes)}>")
        elif action < 8 and opened:
            pieces.append(f"</{opened.pop()}>")
        elif action == 8 and opened:
            pieces.append(f"</{opened.pop(draw(st.integers(0, len(opened) - 1)))}>")
        elif action == 9:
            pieces.append(draw(st.sampled_from(TRAPS)))
    return "".join(pieces).encode()


@settings(max_examples=600)
@given(nearly_closed(), st.integers(3, 20))
def test_what_is_harmless_needs_nothing_done(page: bytes, cap: int) -> None:
    limits = Limits(max_depth=cap, max_tags=300, max_attributes=3)
    if is_harmless(page, limits.max_depth, limits.max_tags, limits.max_attributes):
        assert full_pass(page, limits) == Scanned(page)
        assert depth(page) <= cap + SLACK


# pages that stay below the caps, and the closest ones that do not
HARMLESS = [
    ("<div><p>x</p></div>", Limits(max_depth=3), True),
    ("<div><p>x</p></div>", Limits(max_depth=2), False),  # certain only with one to spare
    ("<DIV><P>x</p></Div>" * 9, Limits(max_depth=4), True),
    ("<div title='</div>'>" * 9, Limits(max_depth=4), False),
    ("<div><!-- </div> -->" * 9, Limits(max_depth=4), False),
    ("<div><script>'</div>'</script>" * 9, Limits(max_depth=4), False),
    ("<p>x" * 9 + "<ul>" + "<li>x" * 9 + "</ul>", Limits(max_depth=5), True),
    ("<svg>" + "<td>" * 9, Limits(max_depth=5), False),
    ("<svg>" + "<input>" * 9, Limits(max_depth=5), False),
    ("<svg><script><b></script></svg>", Limits(), False),
    ("<p>x</p><br>", Limits(max_tags=3), True),
    ("<p>x</p><br>", Limits(max_tags=2), False),
    ("<b>" + "<p>x</p>" * 9, Limits(max_tags=30), False),  # <b> might have to be opened nineteen times more
    ("<p a b c>x", Limits(max_attributes=3), True),
    ("<p a b c d>x", Limits(max_attributes=3), False),
    ("<p>\0x", Limits(), False),
    ("<style>x</title>", Limits(), False),
    ("<style>/* <h3> */</style>", Limits(), True),
    ("<style>a{}<p><style></style>", Limits(), False),
    ("<textarea><p>x</p></textarea>", Limits(), True),
    ("<textarea></form></textarea>", Limits(), False),
    ("<path>" * 9, Limits(max_depth=8), False),
    ("<path></path>" * 9, Limits(max_depth=4), True),
    ("<title>x</style>", Limits(), False),
    ("<plaintext>x", OFF, False),  # without a limit there is no height that is high enough
    ("<end ", Limits(), False),
]


@pytest.mark.parametrize(("page", "limits", "harmless"), HARMLESS)
def test_what_is_certain(page: str, limits: Limits, harmless: bool) -> None:
    assert is_harmless(page.encode(), limits.max_depth, limits.max_tags, limits.max_attributes) is harmless


@given(
    st.lists(
        st.sampled_from([b"a", b"A", b" b=1", b" b='>'", b' c="\n"', b" d = e", b"/", b" =f", b" g=h'i", b" a="]),
        max_size=9,
    )
)
def test_attributes_are_the_parsers(parts: list[bytes]) -> None:
    tag = b" x" + b"".join(parts)
    match = TOKEN.match(b"<p" + tag + b">")
    assert match
    node = LexborHTMLParser(b"<p" + tag + b">").css_first("p")
    assert node is not None
    read = {name.encode(): (value or "").encode() for name, value in node.attributes.items()}
    assert attributes(match[2]) == read


@given(st.binary(max_size=60).map(lambda data: bytes(b"ab<>"[byte % 4] for byte in data)), st.lists(st.integers(0, 9)))
def test_looking_ahead_finds_the_next_match(data: bytes, steps: list[int]) -> None:
    ahead, position = Ahead(rb"<a", data), 0
    for step in steps:
        position = min(position + step, len(data))
        assert ahead(position) == data.find(b"<a", position)


# ---- hostile pages ---------------------------------------------------------------------------------------------------


def _many(unit: bytes, before: bytes = b"", after: bytes = b"") -> Callable[[int], bytes]:
    return lambda size: before + unit * (size // len(unit)) + after


def _numbered(unit: str, before: bytes = b"", after: bytes = b"") -> Callable[[int], bytes]:
    return lambda size: before + "".join(unit.format(n) for n in range(size // (len(unit) + 4))).encode() + after


def spent(what: Callable[[bytes, Limits], object], page: bytes) -> float:
    """Seconds of the processor's time."""
    began = time.process_time()
    what(page, Limits())
    return time.process_time() - began


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "deep div": _many(b"<div>"),
    "deep b": _many(b"<b>"),
    "deep a": _many(b"<a><div>"),
    "deep table": _many(b"<table><tr><td>"),
    "deep lists": _many(b"<ul><li>"),
    "nested buttons": _many(b"<button><object>"),
    "deep pictures": _many(b"<svg><g>"),
    "deep templates": _many(b"<template>"),
    "attributes": _numbered(" a{}=1", b"<div", b">x"),
    "attributes with ends": _numbered(" a{}='>'", b"<div", b">x"),
    "unlike fonts": _numbered("<p><font size={}>x"),
    "unlike fonts, open": _numbered("<font x={}></font>", b"".join(b"<font y=%d>" % n for n in range(950))),
    "adoption": _many(b"<b>" * 400 + b"<i>" * 500 + b"<div>" + b"</b>" * 400),
    "adoption of eight": _many(b"</b><b>", b"<b>" + b"<div>" * 500),
    "wrong end tags": _many(b"</foo>", b"<span>" * 990),
    "forms": _many(b"<form><div></form>"),
    "all tags": _many(b"<br>"),
    "all short": _many(b"<b>x</b>"),
    "less-than": _many(b"<"),
    "open tags": _many(b"<a "),
    "open quotes": _many(b'<a href="x>'),
    "open quote at the end": _many(b"<a ", b"", b'="'),
    "equals": _many(b"<a b=<a "),
    "comments": _many(b"<!--"),
    "comments with ends": _many(b"<!-- x>"),
    "comments, spaced": _many(b"<!-- -- >", b"", b"-->"),
    "scripts": _many(b"<script>"),
    "scripts with lines": _many(b"<script>\n<p>"),
    "scripts with sources": _many(b"<script src=x><p>", b"", b"</script>"),
    "scripts in comments": _many(b"<script><!--<script></script>"),
    "titles": _many(b"<title>", b"", b"</title>"),
    "styles": _many(b"<style><p>", b"", b"</head></style>"),
    "textareas": _many(b"<textarea>"),
    "iframes": _many(b"<iframe><div>", b"", b"</iframe>"),
    "frames": _many(b"<noframes>", b"<frameset>"),
    "CDATA": _many(b"<![CDATA[", b"<svg>"),
    "entities": _many(b"<b>&am<i>", b"&lt" * 900),
    "NUL": _many(b"\0<b>"),
}


HUGE = ["deep div", "attributes", "all tags", "less-than", "open quotes", "comments", "scripts", "wrong end tags"]


@pytest.mark.parametrize("shape", HOSTILE.values(), ids=HOSTILE)
def test_hostile_pages_take_linear_time(shape: Callable[[int], bytes]) -> None:
    small, large = shape(80_000), shape(320_000)
    # A busy machine can spoil one measurement; what grows faster than the page fails in each.
    pairs = ((spent(full_pass, small), spent(full_pass, large)) for _ in range(3))
    assert any(full < 8 * quarter + 0.1 for quarter, full in pairs), (
        "four times the page, more than eight times the time"
    )
    assert depth(scan(large).data) <= 1000 + SLACK


@pytest.mark.parametrize("name", HUGE)
def test_hostile_pages_of_megabytes(name: str) -> None:
    page = HOSTILE[name](3_000_000)
    assert spent(scan, page) < 5
    assert spent(lambda page, _: LexborHTMLParser(scan(page).data), page) < 10


def test_a_huge_page_is_cut() -> None:
    page = b"<p>It rained all day, and nobody minded.</p>\n" * 1_200_000
    began = time.process_time()
    scanned = scan(page)
    assert time.process_time() - began < 10
    assert len(scanned.data) <= 20_000_000
    assert set(scanned.statuses) == {Status.TOO_LARGE, Status.TOO_MANY_TAGS}
    assert scanned.data.count(b"It rained all day") == page[:20_000_000].count(b"It rained all day")
