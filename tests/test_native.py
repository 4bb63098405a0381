"""The compiled core against its Python twins: same input, same output, to the bit."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanbody.compiled import COMPILED
from cleanbody.scan import quick

if COMPILED:
    from cleanbody import _native

pytestmark = pytest.mark.skipif(not COMPILED, reason="the package was built without a C compiler")

# --- the scan before the parser --------------------------------------------------------------------------------------

NAMES = [
    "a", "b", "br", "BR", "div", "dD", "form", "i", "img", "input", "li", "math", "p", "path", "PATH", "svg", "table",
    "tD", "title", "Title", "script", "SCRIPT", "style", "textarea", "iframe", "xmp", "x-y", "X-Y", "option", "image",
    "frame", "a" * 30, "A" * 30, "scripts", "end",
]  # fmt: skip
PIECES = [
    *(f"<{name}>" for name in NAMES),
    *(f"</{name}>" for name in NAMES),
    *(f"<{name}" for name in NAMES),
    *(f"</{name}" for name in NAMES),
    " a", "=", " b=1", " c = 'x'", ' d="', '"', "'", "/", " ", "\n", "\f", ">", "/>", "<", "</", "<!", "<?", "</ ",
    "<!--", "-->", "--!>", "<!-->", "<!--->", "-", "--", "<!doctype html>", "<![CDATA[", "]]>", "x", "é", "3 < 4",
]  # fmt: skip
LIMIT = st.none() | st.integers(0, 12)


@settings(max_examples=2000)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), LIMIT, LIMIT.map(lambda n: n and 9 * n), LIMIT)
@example("<svg>" + "<i>" * 99 + "<td>" + "</i>" * 99 + "</svg><INPUT>", None, None, None)
@example("<svg><path></path><path></PATH><path>", 9, 99, 9)
@example("<script><!-- <p> --></script><script>\n<p></script>", 9, 99, 9)
@example("<a =a><a a=><a a = ><a /a/ / ><a a", None, None, 3)
def test_harmless(page: str, depth: int | None, tags: int | None, attributes: int | None) -> None:
    data = page.encode()
    assert quick.is_harmless(data, depth, tags, attributes) is quick.find_harmless(data, depth, tags, attributes)


@pytest.mark.parametrize("name", [b"", b"x" * 24, "é".encode()])
def test_names_that_no_table_holds(name: bytes) -> None:
    with pytest.raises(ValueError, match=r"^tags: [^\n]+$"):
        _native.tags({name: 1})
    with pytest.raises((TypeError, ValueError, OverflowError)):
        _native.tags({b"a": -1})
    with pytest.raises(ValueError, match=r"^tags: more than \d+ names$"):
        _native.tags({b"%d" % i: 0 for i in range(2000)})


# --- bytes -----------------------------------------------------------------------------------------------------------


@settings(max_examples=1000)
@given(st.lists(st.binary(max_size=3) | st.characters().map(lambda c: c.encode("utf-8", "surrogatepass")), max_size=20))
@example([b"\xed\xa0\x80"])
@example([b"\xf4\x90\x80\x80"])
@example([b"\xe0\x80\x80"])
@example([b"12345678\xf0\x8f\xbf\xbf"])
@example([b"1234567\xe2\x82"])
def test_utf8(parts: list[bytes]) -> None:
    data = b"".join(parts)
    try:
        data.decode()
    except UnicodeDecodeError:
        assert not _native.is_utf8(data)
    else:
        assert _native.is_utf8(data)
