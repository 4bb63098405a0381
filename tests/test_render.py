"""Text, Markdown, HTML and plain values of pages built by hand; parsers of Markdown and HTML read them back."""

from __future__ import annotations

import json
import re
import time
from array import array
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from evidence import cases
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from selectolax.lexbor import LexborHTMLParser

from cleanbody.html import read_html
from cleanbody.marks import Mark, MarkKind
from cleanbody.page import (
    KINDS,
    LABELS,
    CleanPage,
    Decisions,
    Document,
    Flag,
    Kind,
    Label,
    Metadata,
    PageType,
    Reason,
    Status,
)
from cleanbody.plaintext import read_text
from cleanbody.render import to_dict, to_html, to_markdown, to_text
from cleanbody.render_inline import Op, safe_url, tokenize
from cleanbody.render_markdown import escape
from cleanbody.render_tree import MAX_NESTING

INLINE = {"a": MarkKind.LINK, "b": MarkKind.STRONG, "i": MarkKind.EMPHASIS, "code": MarkKind.CODE}
KIND_OF_TAG = {
    "li": Kind.ITEM,
    "td": Kind.CELL,
    "th": Kind.CELL,
    "dt": Kind.TERM,
    "dd": Kind.DEFINITION,
    "blockquote": Kind.QUOTE,
    "figcaption": Kind.CAPTION,
    "caption": Kind.CAPTION,
    "pre": Kind.CODE,
    **{f"h{n}": Kind.HEADING for n in range(1, 7)},
}
BREAK = ("br",)


@dataclass
class Builder:
    """Documents from nested tuples ``(tag, child, ...)``, cut as HTML is: a block ends where another begins."""

    text: str = ""
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    level: list[int] = field(default_factory=list)
    container: list[int] = field(default_factory=list)
    parent: list[int] = field(default_factory=lambda: [-1])
    tag: list[str] = field(default_factory=lambda: [""])
    names: list[str] = field(default_factory=lambda: [""])
    marks: list[Mark] = field(default_factory=list)
    begun: int = 0
    plain: bool = False  # the first block of an item or a cell is done

    def add(self, node: Any, container: int, kind: Kind, level: int) -> None:
        if isinstance(node, str):
            self.text += node
            return
        tag, *children = node
        begin = len(self.text)
        if tag == "br":
            self.text += "\n"
        elif tag == "img":
            self.marks.append(Mark(begin, begin, MarkKind.IMAGE, children[0], children[1]))
        elif tag in INLINE:
            value = children.pop(0) if tag == "a" else ""
            for child in children:
                self.add(child, container, kind, level)
            if len(self.text) > begin:
                self.marks.append(Mark(begin, len(self.text), INLINE[tag], value))
        else:
            self.flush(container, kind, level)
            self.block(tag, children, container, kind)

    def block(self, tag: str, children: list[Any], parent: int, around: Kind) -> None:
        tag, _, names = tag.partition(".")
        self.parent.append(parent)
        self.tag.append(tag)
        self.names.append(names)
        container = len(self.parent) - 1
        kind = KIND_OF_TAG.get(tag, around if around not in (Kind.HEADING, Kind.CODE) else Kind.PARAGRAPH)
        level = int(tag[1]) if kind is Kind.HEADING else 0
        for child in children:
            self.add(child, container, kind, level)
        self.flush(container, kind, level)

    def flush(self, container: int, kind: Kind, level: int) -> None:
        if len(self.text) > self.begun:
            self.start.append(self.begun)
            self.end.append(len(self.text))
            self.kind.append(KINDS.index(kind))
            self.level.append(level)
            self.container.append(container)
            self.text += "\n"
            self.begun = len(self.text)

    def document(self) -> Document:
        self.flush(0, Kind.PARAGRAPH, 0)
        return Document(
            text=self.text,
            markup=True,
            start=array("l", self.start),
            end=array("l", self.end),
            kind=bytearray(self.kind),
            level=bytearray(self.level),
            flags=bytearray(len(self.start)),
            container=array("l", self.container),
            parent=array("l", self.parent),
            tag=self.tag,
            names=self.names,
            marks=tuple(sorted(self.marks, key=lambda mark: (mark.start, -mark.end))),
        )


def build(*nodes: Any, title: str | None = None, drop: tuple[int, ...] = (), **labels: int) -> CleanPage:
    """A page of which every block is kept but those in `drop`; ``headline=3`` labels block 3."""
    builder = Builder()
    for node in nodes:
        builder.add(node, 0, Kind.PARAGRAPH, 0)
    return decided(builder.document(), title=title, drop=drop, **labels)


def scraped(
    *lines: str, kinds: dict[int, Kind] | None = None, broken: tuple[int, ...] = (), drop: tuple[int, ...] = ()
) -> CleanPage:
    """A scraped text of these blocks; those in `broken` are parted from the one before by a single line end."""
    text, start, end = "", [], []
    for i, line in enumerate(lines):
        text += ("\n" if i in broken else "\n\n") if i else ""
        start.append(len(text))
        text += line
        end.append(len(text))
    n = len(lines)
    kind = bytearray(KINDS.index((kinds or {}).get(i, Kind.PARAGRAPH)) for i in range(n))
    flags = bytearray(Flag.AFTER_BREAK if i in broken else 0 for i in range(n))
    document = Document(
        text, False, array("l", start), array("l", end), kind, bytearray(n), flags, array("l", [0] * n),
        array("l", [-1]), [""], [""], array("l", [0]), array("l", [n]),
    )  # fmt: skip
    return decided(document, drop=drop)


def decided(document: Document, title: str | None = None, drop: tuple[int, ...] = (), **labels: int) -> CleanPage:
    n = len(document)
    label = bytearray([LABELS.index(Label.BODY)] * n)
    for i in drop:
        label[i] = LABELS.index(Label.OTHER)
    for name, i in labels.items():
        label[i] = LABELS.index(Label(name))
    keep = bytearray(0 if i in drop else 1 for i in range(n))
    decisions = Decisions(label, array("d", [0.5] * n), keep, ((),) * n)
    return CleanPage(document, decisions, Metadata(title=title))


def markdown_parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def shape(html: str) -> str:
    """HTML without the white space between elements, as one string."""
    return "".join(line.strip() for line in html.replace("<br />", "<br>").splitlines())


def as_read(page: CleanPage, **options: Any) -> str:
    """The HTML that a parser makes of the Markdown of a page."""
    html = markdown_parser().render(to_markdown(page, **options))
    for tag in ("thead", "tbody"):
        html = html.replace(f"<{tag}>", "").replace(f"</{tag}>", "")
    return shape(html)


def text_of_markdown(markdown: str) -> list[str]:
    words: list[str] = []
    for token in markdown_parser().parse(markdown):
        if token.type in ("fence", "code_block", "html_block"):
            words += token.content.split()
        line = ""
        for child in token.children or ():
            if child.type in ("softbreak", "hardbreak") or child.content == "<br>":
                line += "\n"
            elif child.type != "image":
                line += child.content
        words += line.split()
    return words


def text_of_html(html: str) -> list[str]:
    body = LexborHTMLParser(html).body
    return body.text(deep=True).split() if body else []


# -- tables of cases: elements, text, Markdown, HTML ----------------------------------------------------------------

LINK = "https://example.org/a"
BODY: list[tuple[str, tuple[Any, ...], str, str, str]] = [
    ("nothing", (), "", "", ""),
    ("paragraphs", (("p", "One."), ("div", "Two.")), "One.\n\nTwo.", "One.\n\nTwo.", "<p>One.</p><p>Two.</p>"),
    (
        "headings",
        (("h1", "A"), ("h3", "B", BREAK, "C"), ("p", "D")),
        "A\n\nB\nC\n\nD",
        "# A\n\n### B C\n\nD",
        "<h1>A</h1><h3>B<br>C</h3><p>D</p>",
    ),
    ("line ends", (("p", "one", BREAK, BREAK, "two"),), "one\n\ntwo", "one\\\ntwo", "<p>one<br>two</p>"),
    (
        "lists",
        (("ul", ("li", "a"), ("li", "b", ("ol", ("li", "c"), ("li", "d"))), ("li", "e")), ("p", "f")),
        "a\nb\nc\nd\ne\n\nf",
        "- a\n- b\n  1. c\n  2. d\n- e\n\nf",
        "<ul><li>a</li><li>b<ol><li>c</li><li>d</li></ol></li><li>e</li></ul><p>f</p>",
    ),
    (
        "items of several blocks",
        (("ol", ("li", ("p", "a"), ("p", "b")), ("li", ("h4", "c"), ("pre", "d\n\ne"))),),
        "a\n\nb\n\nc\n\nd\n\ne",
        "1. a\n\n   b\n\n2. #### c\n\n   ```\n   d\n\n   e\n   ```",
        "<ol><li><p>a</p><p>b</p></li><li><h4>c</h4><pre><code>de</code></pre></li></ol>",
    ),
    (
        "a list right inside a list",
        (("ul", ("li", "a"), ("ul", ("li", "b")), ("li", "c")),),
        "a\nb\nc",
        "- a\n  - b\n- c",
        "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>",
    ),
    (
        "two lists are not one",
        (("ul", ("li", "a")), ("ul", ("li", "b")), ("ul", ("li", "c"))),
        "a\n\nb\n\nc",
        "- a\n\n* b\n\n- c",
        "<ul><li>a</li></ul><ul><li>b</li></ul><ul><li>c</li></ul>",
    ),
    (
        "quotes",
        (("blockquote", ("p", "a"), ("blockquote", "b")), ("blockquote", "c")),
        "a\n\nb\n\nc",
        "> a\n>\n> > b\n\n> c",
        "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote><blockquote><p>c</p></blockquote>",
    ),
    (
        "code keeps its white space",
        (("pre.language-python", "  if a:\n\n      b = `c`  # *d*"),),
        "  if a:\n\n      b = `c`  # *d*",
        "```python\n  if a:\n\n      b = `c`  # *d*\n```",
        "<pre><code>  if a:\n\n      b = `c`  # *d*</code></pre>",
    ),
    ("a longer fence", (("pre", "```\nx\n````"),), "```\nx\n````", "`````\n```\nx\n````\n`````", ""),
    (
        "code in lines of its own",
        (("pre", ("div", "a = 1"), ("div", "  b")),),
        "a = 1\n  b",
        "```\na = 1\n  b\n```",
        "<pre><code>a = 1\n  b</code></pre>",
    ),
    (
        "a table",
        (
            (
                "table",
                ("caption", "Rain"),
                ("tr", ("th", "Day"), ("th", "mm")),
                ("tr", ("td", "Mon|Tue"), ("td", "1", BREAK, "2")),
            ),
        ),
        "Rain\n\nDay\tmm\nMon|Tue\t1 2",
        "Rain\n\n| Day | mm |\n| --- | --- |\n| Mon\\|Tue | 1<br>2 |",
        "<table><caption>Rain</caption><tr><th>Day</th><th>mm</th></tr><tr><td>Mon|Tue</td><td>1<br>2</td></tr></table>",
    ),
    (
        "a table for the layout: one column",
        (("table", ("tr", ("td", "a")), ("tr", ("td", "b"))),),
        "a\n\nb",
        "a\n\nb",
        "<p>a</p><p>b</p>",
    ),
    (
        "a table for the layout: cells of many blocks, with a table of data inside",
        (
            (
                "table",
                (
                    "tr",
                    ("td", ("h2", "a"), ("p", "b")),
                    ("td", ("table", ("tr", ("td", "c"), ("td", "d")))),
                ),
            ),
        ),
        "a\n\nb\n\nc\td",
        "## a\n\nb\n\n| c | d |\n| --- | --- |",
        "<h2>a</h2><p>b</p><table><tr><td>c</td><td>d</td></tr></table>",
    ),
    (
        "terms",
        (("dl", ("dt", "a"), ("dd", "b"), ("div", ("dt", ("b", "c")), ("dd", ("p", "d"), ("p", "e")))),),
        "a\nb\nc\nd\ne",
        "**a**\n\nb\n\n**c**\n\nd\n\ne",
        "<dl><dt>a</dt><dd>b</dd><dt><strong>c</strong></dt><dd><p>d</p><p>e</p></dd></dl>",
    ),
    (
        "a figure",
        (("figure", ("img", "/x y.png", "An x"), ("figcaption", "Said")), ("p", "b")),
        "Said\n\nb",
        "Said\n\nb",
        "<figure><figcaption>Said</figcaption></figure><p>b</p>",
    ),
    (
        "inline structure",
        (("p", "a ", ("a", LINK, "b ", ("b", "c")), " ", ("i", "d"), " ", ("code", "e`f"), "."),),
        "a b c d e`f.",
        f"a [b **c**]({LINK}) _d_ ``e`f``.",
        f'<p>a <a href="{LINK}">b <strong>c</strong></a> <em>d</em> <code>e`f</code>.</p>',
    ),
    (
        "a link inside code",
        (("p", ("code", "f(", ("a", LINK, "x"), ")")),),
        "f(x)",
        f"`f(`[`x`]({LINK})`)`",
        f'<p><code>f(</code><a href="{LINK}"><code>x</code></a><code>)</code></p>',
    ),
    (
        "strong inside code that no delimiter can flank",
        (("p", "a", ("code", ("b", "b"), "c"), "d"),),
        "abcd",
        "a`bc`d",
        "<p>a<strong><code>b</code></strong><code>c</code>d</p>",
    ),
    (
        "emphasis inside a word",
        (("p", "un", ("i", "believ"), "able, un", ("b", "(i)"), "x ", ("b", "(", ("i", "i"), ")")),),
        "unbelievable, un(i)x (i)",
        "un*believ*able, un(i)x **(_i_)**",
        "<p>un<em>believ</em>able, un<strong>(i)</strong>x <strong>(<em>i</em>)</strong></p>",
    ),
    (
        "white space inside marks",
        (("p", "a", ("b", " b "), "c", ("i", " "), "d"),),
        "a b c d",
        "a **b** c d",
        "<p>a <strong>b</strong> c d</p>",
    ),
    (
        "targets",
        (("p", ("a", "/a b(1)", "x"), " ", ("a", "java\tscript:x()", "y"), " ", ("a", "data:text/html,z", "z"), "!"),),
        "x y z!",
        "[x](/a%20b\\(1\\)) y z!",
        '<p><a href="/a b(1)">x</a> y z!</p>',
    ),
    (
        "an exclamation before a link is no image",
        (("p", "Go!", ("a", LINK, "there")),),
        "Go!there",
        f"Go\\![there]({LINK})",
        f'<p>Go!<a href="{LINK}">there</a></p>',
    ),
    (
        "text that looks like markup",
        (("p", "<b>1 & 2</b> &amp;"),),
        "<b>1 & 2</b> &amp;",
        "\\<b>1 & 2\\</b> \\&amp;",
        "<p>&lt;b&gt;1 &amp; 2&lt;/b&gt; &amp;amp;</p>",
    ),
]


@pytest.mark.parametrize(("nodes", "text", "markdown", "html"), [row[1:] for row in BODY], ids=[row[0] for row in BODY])
def test_body(nodes: tuple[Any, ...], text: str, markdown: str, html: str) -> None:
    page = build(*nodes)
    assert to_text(page) == text
    assert to_markdown(page) == markdown
    if html:
        assert shape(to_html(page)) == shape(html)


# Marks and forms that Markdown has no words for, or where HTML says more; the text must be the same all the same.
ONLY_HTML = {
    "emphasis inside a word",
    "strong inside code that no delimiter can flank",
    "headings",
    "a table",
    "terms",
    "a figure",
    "targets",
    "code keeps its white space",
}


@pytest.mark.parametrize("nodes", [row[1] for row in BODY if row[0] not in ONLY_HTML])
def test_markdown_reads_as_the_same_html(nodes: tuple[Any, ...]) -> None:
    page = build(*nodes)
    read = as_read(page)
    if nodes and nodes[0][0] == "table":
        read = read.replace("<th>", "<td>").replace("</th>", "</td>")  # the first row is always a header
    assert read == shape(to_html(page)).replace("<br>\n", "<br>")


def test_headline_stands_once() -> None:
    page = build(("h1", "Rain"), ("p", "It rained."), ("h1", "Later"), title="Rain", headline=0)
    assert to_text(page) == "It rained.\n\nLater"
    assert to_text(page, headline=True) == "Rain\n\nIt rained.\n\nLater"
    assert to_markdown(page) == "# Rain\n\nIt rained.\n\n## Later"
    assert to_markdown(page, headline=False) == "It rained.\n\n# Later"
    assert shape(to_html(page)) == "<h1>Rain</h1><p>It rained.</p><h2>Later</h2>"
    assert shape(to_html(page, headline=False)) == "<p>It rained.</p><h1>Later</h1>"


def test_headline_alone_and_of_head_data() -> None:
    assert to_text(build(title="Rain"), headline=True) == "Rain"
    assert to_markdown(build(title="#1 <b> #")) == "# #1 \\<b> \\#"
    assert to_html(build(title="1 < 2")) == "<h1>1 &lt; 2</h1>"
    assert to_text(build(("p", "x")), headline=True) == "x"


def test_dropped_blocks_leave_no_trace() -> None:
    page = build(
        ("ul", ("li", "a"), ("li", "b"), ("li", "c")), ("blockquote", "d"), ("ol", ("li", "e")), drop=(1, 3, 4)
    )
    assert to_text(page) == "a\nc"
    assert to_markdown(page) == "- a\n- c"
    assert shape(to_html(page)) == "<ul><li>a</li><li>c</li></ul>"


def test_dropped_cells_keep_the_columns_but_for_whole_columns_and_rows() -> None:
    rows = [("tr", *(("td", f"{r}{c}") for c in "abcd")) for r in "123"]
    page = build(("table", *rows), drop=(0, 3, 7, 8, 9, 10, 11))
    assert to_text(page) == "\t1b\t1c\n2a\t2b\t2c"
    assert to_markdown(page) == "|  | 1b | 1c |\n| --- | --- | --- |\n| 2a | 2b | 2c |"
    assert shape(to_html(page)) == (
        "<table><tr><td></td><td>1b</td><td>1c</td></tr><tr><td>2a</td><td>2b</td><td>2c</td></tr></table>"
    )


def test_images() -> None:
    page = build(
        ("figure", ("img", "/x y.png", "An [x]"), ("figcaption", "Said")),
        ("p", "a ", ("img", "b.png", ""), " c", ("img", "javascript:x", "no")),
        ("p", ("img", "dropped.png", ""), "d"),
        ("ul", ("li", ("img", "e.png", "e"), "f")),
        drop=(2,),
    )
    assert to_markdown(page, images=True) == "![An \\[x\\]](/x%20y.png)\n\nSaid\n\na ![](b.png) c\n\n- ![e](e.png)f"
    assert shape(to_html(page, images=True)) == (
        '<figure><img src="/x y.png" alt="An [x]"><figcaption>Said</figcaption></figure>'
        '<p>a <img src="b.png" alt=""> c</p><ul><li><img src="e.png" alt="e">f</li></ul>'
    )
    assert "png" not in to_markdown(page) + to_html(page)


def test_links_can_be_left_out() -> None:
    page = build(("p", ("a", LINK, ("b", "a"), " b")))
    assert to_markdown(page, links=False) == "**a** b"
    assert to_html(page, links=False) == "<p><strong>a</strong> b</p>"


STRONG, EMPHASIS = MarkKind.STRONG, MarkKind.EMPHASIS
# Marks that overlap or reach over blocks: a line a block, marks, Markdown, HTML.
OVERLAPS: list[tuple[str, list[Mark], str, str]] = [
    (
        "one two three four\n",
        [Mark(0, 13, STRONG), Mark(4, 18, EMPHASIS)],
        "one _two three_ four",  # delimiters that might touch are left out, text never
        "<p><strong>one <em>two three</em></strong><em> four</em></p>",
    ),
    (
        "onetwothreefour\n",
        [Mark(0, 6, EMPHASIS), Mark(3, 11, STRONG)],
        "one**two**threefour",
        "<p><em>one<strong>two</strong></em><strong>three</strong>four</p>",
    ),
    ("one two\n", [Mark(0, 3, STRONG), Mark(2, 7, STRONG)], "**one two**", "<p><strong>one two</strong></p>"),
    (
        "one two\nthree four\n",
        [Mark(4, 13, STRONG), Mark(5, 6, STRONG)],
        "one **two**\n\n**three** four",
        "<p>one <strong>two</strong></p><p><strong>three</strong> four</p>",
    ),
    (
        "one two\nthree four\n",
        [Mark(0, 18, MarkKind.LINK, "/a"), Mark(4, 13, MarkKind.LINK, "/b")],
        "[one two](/a)\n\n[three four](/a)",
        '<p><a href="/a">one two</a></p><p><a href="/a">three four</a></p>',
    ),
]


@pytest.mark.parametrize(("text", "marks", "markdown", "html"), OVERLAPS)
def test_marks_that_overlap_come_out_nested(text: str, marks: list[Mark], markdown: str, html: str) -> None:
    page = build(*(("p", line) for line in text.splitlines()))
    assert page.document.text == text
    page = decided(replace(page.document, marks=tuple(marks)))
    assert to_markdown(page) == markdown
    assert shape(to_html(page)) == html
    assert text_of_markdown(markdown) == text.split()


def test_a_parser_finds_the_code_as_it_was() -> None:
    code = "\n\n  if a:\n\n\tb\n"
    found = LexborHTMLParser(to_html(build(("pre", code)))).css_first("pre")
    assert found is not None
    assert found.text() == code
    fences = [token.content for token in markdown_parser().parse(to_markdown(build(("pre", code)))) if token.content]
    assert fences == [code + "\n"]


def test_characters_that_html_forbids_are_replaced() -> None:
    assert to_html(build(("p", "a\x00b\x0ec\ud800"))) == "<p>a\ufffdb\ufffdc\ufffd</p>"


# -- escaping ---------------------------------------------------------------------------------------------------------

PLAIN = [
    "1. x", "1) x", "1.", "2024. A year", "# x", "#", "#hash", "####### seven", "x #", "* x", "*x*", "- x", "-", "+ x",
    "---", "- - -", "***", "___", "===", "=", "> x", ">x", "`x`", "``", "```", "~~~", "~~x~~", "[x](y)", "[x]: y",
    "![x](y)", "[x][y]", "<tag>", "<!-- x -->", "<https://example.org>", "&amp; &#35; &copy;", "a & b",
    "snake_case_word",
    "__init__", "_x_", "2 * 3 * 4", "a*b*c", "\\", "\\\\", "\\*", "x\\", "|a|b|", "| - |", ":-:", "x | y", "!", "a\\|b",
    "«x» *„y“* z", "http://example.org/_a_", "$x$", "x  y",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
@pytest.mark.parametrize("wrap", ["p", "li", "h2", "blockquote", "b", "i", "a", "after", "before", "cell"])
def test_text_survives_markdown(text: str, wrap: str) -> None:
    node: Any = {
        "li": ("ul", ("li", text)),
        "b": ("p", "x", ("b", text), "x"),
        "i": ("p", ("i", text), ("b", text)),
        "a": ("p", "x!", ("a", LINK, text), text),
        "after": ("p", "x", BREAK, text),
        "before": ("p", text, BREAK, text),
        "cell": ("table", ("tr", ("td", text), ("td", ("code", text)))),
    }.get(wrap, (wrap, text))
    page = build(node)
    markdown = to_markdown(page)
    assert text_of_markdown(markdown) == to_text(page).split()
    blocks = [token.type for token in markdown_parser().parse(markdown) if token.type.endswith("_open")]
    expected = {
        "li": ["bullet_list_open", "list_item_open", "paragraph_open"],
        "h2": ["heading_open"],
        "blockquote": ["blockquote_open", "paragraph_open"],
        "cell": ["table_open", "thead_open", "tr_open", "th_open", "th_open"],
    }
    assert blocks == expected.get(wrap, ["paragraph_open"])


ESCAPES = [
    ("no more than needed, here (and there): x_y, 2 * 3 = 6, a & b; 10 > 9!", True),
    ("-5 degrees, #tag, 3.5 mm, +1", True),
    ("1.5 mm", True),
    ("- 5", False),
    ("*", False),
]


@pytest.mark.parametrize(("text", "unchanged"), ESCAPES)
def test_nothing_is_escaped_without_need(text: str, unchanged: bool) -> None:
    assert (escape(text, line_start=True) == text) is unchanged


URLS = [
    ("https://example.org/a?b=c#d", True), ("//example.org", True), ("a/b:c", True), ("#x", True),
    ("mailto:a@b.c", True),
    ("javascript:x", False), (" JaVaScRiPt:x", False), ("java\nscript:x", False), ("\x01javascript:x", False),
    ("vbscript:x", False), ("data:text/html,x", False), ("DATA:image/png;base64,x", False), ("file:///etc/x", False),
]  # fmt: skip


@pytest.mark.parametrize(("url", "safe"), URLS)
def test_only_safe_targets_are_written(url: str, safe: bool) -> None:
    assert bool(safe_url(url)) is safe
    page = build(("p", ("a", url, "x")))
    assert ("<a " in to_html(page)) is safe
    assert ("](" in to_markdown(page)) is safe


TARGETS = ["/a b", "/a(b", "/a)b", "/<a>", '/"a"', "/a\\b", "/a&copy;b", "/a*b*_c_", "/[a]", "/é", "/a\u00a0b", "/`a`"]


@pytest.mark.parametrize("url", TARGETS)
def test_targets_survive_markdown(url: str) -> None:
    html = markdown_parser().render(to_markdown(build(("p", "x", ("a", url, "y")))))
    link = LexborHTMLParser(html).css_first("a")
    browser = LexborHTMLParser(to_html(build(("p", "x", ("a", url, "y"))))).css_first("a")
    assert link is not None
    assert browser is not None
    assert browser.attributes["href"] == url
    encoded = url.encode()
    for character in b' <>"\\`[]':
        encoded = encoded.replace(bytes([character]), b"%%%02X" % character)
    decoded = (link.attributes["href"] or "").replace("%C3%A9", "é").replace("%C2%A0", "\u00a0")
    assert decoded in (encoded.decode(), url)


# -- scraped text -----------------------------------------------------------------------------------------------------


def test_scraped_text_keeps_its_line_ends() -> None:
    lines = ("One.", "Two.", "Three.", "Four.", "Five.")
    page = scraped(*lines, broken=(1, 3, 4))
    assert to_text(page) == page.document.text
    assert to_text(scraped(*lines, broken=(1, 3, 4), drop=(2,))) == "One.\nTwo.\n\nFour.\nFive."
    assert to_text(scraped(*lines, broken=(1, 3, 4), drop=(3,))) == "One.\nTwo.\n\nThree.\n\nFive."


def test_a_list_in_lower_case_that_has_lost_its_end_is_parted() -> None:
    """It would be too short to be a list when the text is read again, and so fragments of a sentence."""
    lines = ("One", "two", "three", "four", "Five", "six")
    assert to_text(scraped(*lines, broken=(1, 2, 3, 4, 5))) == "One\ntwo\nthree\nfour\nFive\nsix"
    assert to_text(scraped(*lines, broken=(1, 2, 3, 4, 5), drop=(3,))) == "One\n\ntwo\n\nthree\n\nFive\nsix"
    assert to_text(scraped(*lines, broken=(1, 2, 3, 4, 5), drop=(0, 4))) == "two\nthree\nfour\n\nsix"


def test_scraped_lists_and_code() -> None:
    kinds = dict.fromkeys((0, 1, 3, 4, 5), Kind.ITEM) | {6: Kind.CODE}
    page = scraped("- a", "• b", "c", "3. d", "4) e", "— f", "~~~py\n g\n~~~", kinds=kinds, broken=(1, 4))
    assert to_text(page) == page.document.text
    assert to_markdown(page) == "- a\n- b\n\nc\n\n3. d\n4. e\n\n— f\n\n```py\n g\n```"
    assert shape(to_html(page)) == (
        '<ul><li>a</li><li>b</li></ul><p>c</p><ol start="3"><li>d</li><li>e</li></ol><p>— f</p>'
        "<pre><code>~~~pyg~~~</code></pre>"
    )


def test_joined_lines_come_out_joined() -> None:
    page = scraped("one\ntwo", "three")
    document = page.document
    page = decided(replace(document, texts=("one two", "three")))
    assert to_text(page) == "one two\n\nthree"
    page = decided(replace(document, texts=("one two", "three"), flags=bytearray([0, Flag.AFTER_BREAK])))
    assert to_text(page) == "one two\n\nthree"
    assert to_markdown(page) == "one two\n\nthree"


SCRAPED = [
    "Rain\n\nIt rained\nall day.\n\nIt did.",
    "The rise of\npersonal umbrellas\n, growing interest in boots, and shifting habits across the whole country.\nMore",
    "- one\n- two\n3. three\n\n```\n  code\n\n```\nIt ends.",
    "The benefits of a long walk in the rain are known to\nboots and umbrellas\nthe hills\nall dogs\nsome people",
    "- one\nof those lines that are long enough to be joined\nor so they say in the valley\nand on the hill",
    "~~~\nIt rained on in the valley.\nAnn said so.\n~~~\nIt ends.\n~~~~~\nThe end\n~~~~~",
    "a = splice(one, two, three, four, five, six)\nprint(a, b, c)  # of the valley and the hill\nfor x in (1, 2):",
    "from\tone to three, and in the valley up to twelve\nto\tfour\nat\tfive",
    "雨\n\n" + "\n".join(["谷では一日中雨が降り続き、夕方になってもやむ気配はなかった。川の水は増え"] * 8),
    "\n".join(["Forty-nine words about the weather, and then one"] * 8 + ["more.", "", "The end", "of it"]),
]


@pytest.mark.parametrize("text", SCRAPED)
@given(drop=st.sets(st.integers(0, 12), max_size=4))
def test_text_that_comes_out_is_cut_into_the_same_blocks(text: str, drop: set[int]) -> None:
    document = read_text(text)
    page = decided(document, drop=tuple(i for i in drop if i < len(document)))
    again = read_text(to_text(page))
    kept = [document.block_text(i) for i in range(len(document)) if i not in drop]
    assert [again.block_text(i) for i in range(len(again))] == kept


# -- plain values -----------------------------------------------------------------------------------------------------


def test_dict() -> None:
    page = build(("p", "a"), ("p", "b"), title="T", comment=1, drop=())
    verdict = page.decisions
    decisions = Decisions(
        verdict.label,
        array("d", [0.75, 0.25]),
        bytearray([1, 0]),
        ((), (Reason("in-comments", Label.COMMENT, 2.0), Reason("short", Label.OTHER, 0.5))),
        {1: "Ann"},
    )
    metadata = Metadata(title="T", language="en", date="2024-05-01")
    statuses = (Status.TOO_DEEP, Status.REPLACED_BYTES)
    page = CleanPage(page.document, decisions, metadata, PageType.FORUM, statuses, 0.5, "https://example.org/")
    values = to_dict(page, blocks=True)
    assert json.loads(json.dumps(values)) == values
    assert values == {
        "schema": 1,
        "title": "T",
        "text": "a",
        "page_type": "forum",
        "language": "en",
        "author": None,
        "date": "2024-05-01",
        "site_name": None,
        "canonical_url": None,
        "description": None,
        "status": "too-deep",
        "statuses": ["too-deep", "replaced-bytes"],
        "confidence": 0.5,
        "url": "https://example.org/",
        "comments": [{"text": "b", "author": "Ann"}],
        "blocks": [
            {
                "text": "a",
                "kind": "paragraph",
                "level": 0,
                "label": "body",
                "score": 0.75,
                "keep": True,
                "reasons": [],
                "span": [0, 1],
                "author": None,
            },
            {
                "text": "b",
                "kind": "paragraph",
                "level": 0,
                "label": "comment",
                "score": 0.25,
                "keep": False,
                "reasons": ["in-comments", "short"],
                "span": [2, 3],
                "author": "Ann",
            },
        ],
    }
    assert list(to_dict(page)) == list(values)[:-1]
    # exact types: values of enums would print differently in other formats
    assert {type(value) for value in values.values()} == {int, str, float, list, type(None)}


# -- pages as they are read from HTML ---------------------------------------------------------------------------------

PAGES = {case.name: source for case in cases() if isinstance(source := case.read(), bytes)}


@pytest.mark.parametrize("name", PAGES)
def test_whole_pages_survive_every_form(name: str) -> None:
    """With every block kept: navigation, forms, tables for the layout and whatever else pages hold."""
    page = decided(read_html(PAGES[name]))
    text = to_text(page)
    assert len(text) > 100
    assert text_of_html(to_html(page, images=True)) == text.split()
    assert text_of_markdown(to_markdown(page, images=True)) == text.split()
    again = decided(read_html(to_html(page)))
    assert to_text(again) == text
    markdown = re.sub(r"(?m)^([ >]*```+)\S+$", r"\1", to_markdown(page))  # HTML without classes names no language
    assert to_markdown(again) == markdown


# -- properties -------------------------------------------------------------------------------------------------------

TRICKY = "ab1é中 .,:;!?#*_`~[](){}<>&|\\-+=/\"'€「」。«»\u00a0\u200b\u0301"
texts = st.one_of(
    st.text(TRICKY, min_size=1, max_size=12),
    st.sampled_from(["word", "two words", *PLAIN]),
)
tidy_texts = texts.map(lambda text: " ".join(text.split())).filter(bool)
spaced_texts = st.builds(
    lambda left, text, right: left + text + right, st.sampled_from(["", " "]), tidy_texts, st.sampled_from(["", " "])
)
inlines = st.recursive(
    spaced_texts | st.just(BREAK) | st.tuples(st.just("img"), tidy_texts, tidy_texts),
    lambda inner: st.builds(
        lambda tag, children: (tag, *(["/x y"] if tag == "a" else []), *children),
        st.sampled_from(sorted(INLINE)),
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=8,
)
lines = st.lists(inlines, min_size=1, max_size=5)
BLOCK_TAGS = ["p", "div", "h1", "h3", "ul", "ol", "menu", "li", "blockquote", "figure", "figcaption", "pre", "table"]
BLOCK_TAGS += ["caption", "tr", "td", "th", "dl", "dt", "dd"]
elements = st.recursive(
    st.builds(lambda tag, line: (tag, *line), st.sampled_from(BLOCK_TAGS), lines),
    lambda inner: st.builds(
        lambda tag, children: (tag, *children), st.sampled_from(BLOCK_TAGS), st.lists(inner, min_size=1, max_size=4)
    ),
    max_leaves=10,
)


@st.composite
def pages(draw: st.DrawFn) -> CleanPage:
    nodes = draw(st.lists(elements, max_size=4))
    page = build(*nodes)
    n = len(page.document)
    drop = draw(st.lists(st.integers(0, n - 1), max_size=3)) if n else []
    return decided(page.document, title=draw(st.none() | tidy_texts), drop=tuple(drop))


@given(pages(), st.booleans(), st.booleans(), st.booleans())
def test_every_form_holds_the_text(page: CleanPage, headline: bool, links: bool, images: bool) -> None:
    words = to_text(page, headline=headline).split()
    assert text_of_html(to_html(page, headline=headline, links=links, images=images)) == words
    assert text_of_markdown(to_markdown(page, headline=headline, links=links, images=images)) == words


@given(lines)
def test_inline_structure_survives_markdown_as_far_as_it_is_written(line: list[Any]) -> None:
    """Every delimiter that is written is one: a parser finds no stars or underscores but those of the text."""
    page = build(("p", *line))
    markdown = to_markdown(page, images=True)
    html = LexborHTMLParser(markdown_parser().render(markdown))
    ours = LexborHTMLParser(to_html(page, images=True))
    for selector in ("a", "img"):
        assert len(html.css(selector)) == len(ours.css(selector))
    assert len(html.css("strong")) <= len(ours.css("strong"))
    code, our_code = ("".join(node.text() for node in tree.css("code")) for tree in (html, ours))
    assert "".join(code.split()) == "".join(our_code.split())


marks = st.lists(
    st.builds(
        lambda start, size, kind: Mark(start, start + size, kind, "/x", ""),
        st.integers(-3, 40),
        st.integers(0, 20),
        st.sampled_from(sorted(MarkKind)),
    ),
    max_size=12,
)


@given(st.text(TRICKY + "\n", max_size=30), marks)
def test_tokens_are_well_nested_and_hold_the_text(text: str, found: list[Mark]) -> None:
    opened: list[MarkKind | None] = []
    for token in tokenize(text, sorted(found)):
        if token.op is Op.OPEN:
            assert token.kind not in opened
            assert MarkKind.CODE not in opened
            opened.append(token.kind)
        elif token.op is Op.CLOSE:
            assert opened.pop() is token.kind
    assert not opened
    tokens = tokenize(text, sorted(found))
    spoken = "".join(token.text if token.op is Op.TEXT else "\n" for token in tokens if token.op in (Op.TEXT, Op.BREAK))
    assert spoken.split() == text.split()
    assert sum(token.op is Op.IMAGE for token in tokens) == sum(mark.kind is MarkKind.IMAGE for mark in found)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_characters_come_through(first: str, second: str) -> None:
    page = build(("p", first), ("pre", second), ("ul", ("li", second)), title=first)
    to_markdown(page)
    LexborHTMLParser(to_html(page))  # lone surrogates could not even be encoded
    json.dumps(to_dict(page, blocks=True))


# -- hostile documents ------------------------------------------------------------------------------------------------

MANY = 10_000


def nested(tag: str, depth: int) -> Any:
    node: Any = ("p", "x")
    for _ in range(depth):
        node = (tag, "y", node)
    return node


def deep(tag: str, depth: int) -> CleanPage:
    """A chain of containers with a block each, built without recursion."""
    builder = Builder()
    for level in range(depth):
        builder.parent.append(level)
        builder.tag.append(tag)
        builder.names.append("")
        builder.text += "word"
        builder.flush(level + 1, KIND_OF_TAG.get(tag, Kind.PARAGRAPH), 0)
    return decided(builder.document())


HOSTILE = {
    "items": lambda: build(("ul", *[("li", ("a", LINK, "x"))] * MANY)),
    "marks in one block": lambda: build(("p", *[("b", "x"), ("i", "y "), ("a", LINK, "z")] * MANY)),
    "line ends": lambda: build(("p", *["x", BREAK] * MANY)),
    "specials": lambda: build(("p", "*_`[" * MANY)),
    "backticks": lambda: build(("p", *[("code", "`" * i) for i in range(1, 300)], ("code", "`" * MANY))),
    "hashes": lambda: build(("h2", "# " * MANY)),
    "dashes": lambda: build(("p", "- " * MANY + "x")),
    "rows": lambda: build(("table", *[("tr", ("td", "a"), ("td", "b"))] * MANY)),
    "ragged rows": lambda: build(("table", ("tr", *[("td", "a")] * MANY), *[("tr", ("td", "a"), ("td", "b"))] * MANY)),
    "deep lists": lambda: deep("ul", MANY),
    "deep items": lambda: deep("li", MANY),
    "deep quotes": lambda: deep("blockquote", MANY),
    "deep tables": lambda: deep("table", MANY),
    "white space": lambda: build(("p", "x" + " " * MANY + "\n" + " " * MANY + "y", *[("b", " ")] * MANY)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_take_linear_time(name: str) -> None:
    page = HOSTILE[name]()
    begin = time.process_time()
    text = to_text(page)
    markdown = to_markdown(page)
    html = to_html(page)
    assert time.process_time() - begin < 5
    assert len(text) <= 2 * len(page.document.text)
    # indentation and delimiters: bounded per character, however deep the page
    assert max(len(markdown), len(html)) < 200 * (len(page.document.text) + 1)


def test_deep_structure_is_flattened_but_not_lost() -> None:
    page = build(nested("blockquote", 40))
    assert to_text(page).split() == ["y"] * 40 + ["x"]
    assert to_html(page).count("<blockquote>") == MAX_NESTING
    assert text_of_markdown(to_markdown(page)) == ["y"] * 40 + ["x"]
