"""Where the body is opened before a <noscript> of the head: the compiled search against the one in Python."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanbody.compiled import COMPILED
from cleanbody.html.noscript import find_losing

if COMPILED:
    from cleanbody import _native

pytestmark = pytest.mark.skipif(not COMPILED, reason="the package was built without a C compiler")

PIECES = [
    *("<noscript>", "</noscript>", "<NOSCRIPT x='>'>", "</NoScript >", "<noscript", "<noscript a=", "<noscripts>"),
    *("<head>", "</head>", "</HEAD>", "<body", "<Body>", "<html a>", "<meta a=b>", "<META a='>'", "<link>", "</link >"),
    *("<style>", "</style>", "<STYLE>", "</styles", "<style", "<styles>", "<noframes>", "</noframes x>", "<title>"),
    *("</title", "<script>", "</script>", "<script", "<!--", "-->", "<!-->", "--", "<!doctype html>", "<?x", "</>"),
    *(
        "<base href=x>",
        "<basefont>",
        "<bgsound/>",
        "<img>",
        "<p",
        "</p>",
        "<link_>",
        "<link1>",
        "<meta<",
        "<",
        ">",
        "=",
    ),
    *(" ", "\n", "\f", "/", "'", '"', "a", " a", "x=y", " = '", "é", "<1>", "</", "<!", "\0"),
]


@settings(max_examples=3000, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.booleans())
@example("<noscript><style>x</STYLE><link></noscript>", True)
@example("<noscript><!--><p>--></noscript>", True)
def test_where_the_body_is_opened(source: str, inside: bool) -> None:
    data = (f"<noscript>{source}" if inside else f"<title>x</title>{source}<noscript>").encode()
    assert _native.losing_noscript(data) == find_losing(data)


@pytest.mark.parametrize(
    "source",
    [
        b"<noscript>" + b"<style>" * 500_000 + b"</noscript>",
        b"<noscript><link></noscript><!-- -->" * 100_000 + b"<noscript>x",
        b"<title><noscript>" + b"<" * 3_000_000,
        b"<meta " + b"a " * 1_000_000 + b"<noscript>",
        b"<noscript><!--" + b"-" * 3_000_000,
        b"<meta a=b>" * 300_000 + b"<noscript>x",
    ],
    ids=lambda source: source[:24].decode(),
)
def test_time_is_linear(source: bytes) -> None:
    began = time.process_time()
    _native.losing_noscript(source)
    assert time.process_time() - began < 1.0


def test_bytes_alone() -> None:
    with pytest.raises(TypeError):
        _native.losing_noscript("<noscript>")  # type: ignore[arg-type]
