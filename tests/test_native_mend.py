"""The compiled core mends pages as its Python twin does, to the byte."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanbody.compiled import COMPILED
from cleanbody.scan import Limits, mend, mend_whole
from cleanbody.scan.facts import facts

if COMPILED:
    from cleanbody import _native

pytestmark = pytest.mark.skipif(not COMPILED, reason="the package was built without a C compiler")

NAMES = [
    *sorted(name.decode() for name in facts() if b"/" not in name),
    "x-y", "o:p", "s:g", "m:mi", "M:Annotation-XML", "SVG", "Table", "foreignObject", "mi", "desc", "a" * 30, "B" * 25,
    "scripts",
]  # fmt: skip
ATTRIBUTES = [
    "", "", "", "", " a", " a=1", " b=2 a=1", " A=1", " a='1'", ' a="&#49;"', " a=1 a=2", " color=red", " FACE",
    "/", " a=/",
    " encoding=text/html", " encoding='Application/XHTML+xml'", " src=x", ' c="', " c='", " =a = b", " size",
    " a b c d e f",
]  # fmt: skip
TAGS = st.tuples(
    st.sampled_from(["<", "<", "<", "</"]),
    st.sampled_from(NAMES),
    st.sampled_from(ATTRIBUTES),
    st.sampled_from([">"] * 9 + ["/>", " />", ""]),
).map("".join)
FORMATS = st.tuples(
    st.sampled_from(["<", "<", "</"]),
    st.sampled_from(["a", "b", "i", "nobr", "font", "p", "div", "td", "table", "svg", "object"]),
    st.sampled_from(ATTRIBUTES[:12]),
    st.just(">"),
).map("".join)
RAW = st.sampled_from([
    "<script>", "</script>", "<SCRIPT src=a>", "</Script >", "<!--", "-->", "--!>", "-- >", "<!-->", "<style>",
    "</style>", "<title>",
    "</title>", "<textarea>", "</textarea>", "<iframe>", "</iframe>", "<noembed>", "</noembed>", "<noframes>",
    "</noframes>", "<xmp>",
    "</xmp>", "<plaintext>", "<frame>", "<frameset>", "</frameset>", "<body>", "</body>", "</head>", "</head",
    "<form>", "</form>",
    "<meta a=b>", "<link a = b>", "<meta\v a=b>", "<main\v>", "\n<div>", "\r \t<h2>", "\n<header\n>", "\n</body",
    "x" * 210, "<svg>",
    "<![CDATA[", "]]>", "<tr>", "</tr>", "<li>", "</li\v>", "<!doctype html>", "<?x", "</ ", "</>", "<", ">",
    "&amp", "&#", "&#x3", "<q",
    "\x00", '<p a="', "<p a='<b c>", "é",
])  # fmt: skip
TEXT = st.sampled_from(["x", " ", "\n", "\f", "x ", "", "", "&", "3 < 4"])
PAGES = st.lists(TAGS | FORMATS | RAW | TEXT, max_size=40).map("".join)
ADOPTED = st.lists(FORMATS | TEXT, max_size=60).map("".join)
LIMIT = st.none() | st.integers(0, 12)


def assert_same(page: str, *caps: int | None) -> None:
    limits = Limits(None, *caps)
    data = page.encode("utf-8", "replace").replace(b"\x00", b"")
    found, (wanted, statuses, rescued) = mend(data, limits), mend_whole(data, limits)
    assert found.data == wanted
    assert set(found.statuses) == statuses
    assert found.rescued == rescued


@settings(max_examples=1000)
@given(PAGES, LIMIT, LIMIT.map(lambda n: n and 6 * n), LIMIT)
@example("<svg><math><annotation-xml encoding=text/html><p><svg><a></svg>" * 9, 9, None, None)
@example("<script><!-- <script>x</script> --></script><script><!--<script></script><p>" * 4, 9, None, None)
@example("<div>\n<![CDATA[x<svg><![CDATA[y", None, 3, None)
def test_pages(page: str, depth: int | None, tags: int | None, attributes: int | None) -> None:
    assert_same(page, depth, tags, attributes)


@settings(max_examples=1000)
@given(ADOPTED, LIMIT.map(lambda n: n and 5 * n))
@example("<b><i><a>" + "<div>" * 9 + "</a></b></i>" * 3 + "<p>x" * 4, None)
@example("<b>" * 9 + "<p>" + "</b>" * 12 + "<b a=1>" * 9 + "<table><td>" + "<b a='1'>" * 5 + "</table>x", 99)
def test_formatting(page: str, depth: int | None) -> None:
    assert_same(page, depth, None, None)


@pytest.mark.parametrize(
    "form",
    [
        "<p><font size={0}>x", "<font a={0}><font b={0}></font>", "<table><td><b a={0}>", "<template><tr><b>",
        "<x{0}></y{0}>",
        "<svg><g{0}>", "<form><div></form>", "<b></b{0}><div></b>", "</b><b a={0}><div>", "<object><b a={0}>",
        "<i><b a=1>x</i>",
        "<title>{0}</title><script><!--", "<textarea><form></textarea>", "<select><option><optgroup>", "<h{0}><h1>",
    ],
)  # fmt: skip
def test_long_pages(form: str) -> None:
    page = "<p>" + "".join(form.replace("{0}", str(number)) for number in range(700))
    assert_same(page, None, None, 9)
    assert_same(page, 300, None, 9)
    assert_same(page, 50, 900, 9)


def test_what_is_no_page() -> None:
    with pytest.raises(TypeError):
        _native.mend("x", 1, 1, 1, True, None, dict)  # type: ignore[arg-type]
    table = _native.tags({b"a": 0})
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        _native.mend(b"x", 1, 1, 1, True, table, dict)  # type: ignore[arg-type]


def test_errors_come_through() -> None:
    from cleanbody.scan.facts import TABLE

    def fails(tag: bytes) -> dict[bytes, bytes]:
        raise MemoryError(tag)

    with pytest.raises(MemoryError):
        _native.mend(b"<b><b><b><b a=1>x", None, None, None, True, TABLE, fails)
