"""The compiled core finds the <noscript> of a head as its Python twin does."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanbody.compiled import COMPILED
from cleanbody.html import noscript

if COMPILED:
    from cleanbody import _native

pytestmark = pytest.mark.skipif(not COMPILED, reason="the package was built without a C compiler")

PIECES = [
    "<noscript>", "<NOSCRIPT>", "<Noscript>", "</noscript>", "</NOSCRIPT x>", "<noscript a='", "<noscripts>",
    "<head>", "</head>",
    "</HEAD>", "<body>", "<BODY>", "</p>", "</body", "<html>", "<title>", "</title>", "</Title", "<script>",
    "</script>", "<style>",
    "</style>", "</STYLE", "<styles>", "<style_>", "<style\v>", "<noframes>", "</noframes>", "<link x>", "</link>",
    "<links>", "<LINK",
    "<meta/>", "<base>", "<basefont>", "<bgsound>", "<!-- x -->", "<!-->", "<!--", "-->", "<!x>", "<?", "</ >", "<",
    ">", "x", " ",
    "\n", "\v", "'", '"', "é",
]  # fmt: skip


@settings(max_examples=1000)
@given(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.sampled_from(["", "<noscript>", "<NOSCRIPT> <link>"]),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
)
@example("<title>x</title>", "<noscript>", "<style>x</style><link></noscript>")
def test_losing(before: str, tag: str, behind: str) -> None:
    data = (before + tag + behind).encode()
    assert _native.losing_noscript(data) == noscript.losing(data)


def test_what_is_no_page() -> None:
    with pytest.raises(TypeError, match=r"^losing_noscript: [^\n]+$"):
        _native.losing_noscript("x")  # type: ignore[arg-type]
