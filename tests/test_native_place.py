"""Columns of numbers and structure: the compiled core against its Python twins, to the bit."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanbody import page_type
from cleanbody.compiled import COMPILED
from cleanbody.features import COLUMNS, compute, context, region, runs, second, structure, tree
from cleanbody.html import read_html
from cleanbody.lexicon import CLASS_KINDS, Lexicon
from cleanbody.marks import MARK_KINDS, Mark
from cleanbody.page import KINDS, Document
from cleanbody.plaintext import read_text

if COMPILED:
    from cleanbody import _native

pytestmark = pytest.mark.skipif(not COMPILED, reason="the package was built without a C compiler")
MODULES = (context, page_type, region, second, structure, tree)
LEXICON = Lexicon.of([], {"comment": {"comments": 1.0}, "teaser": {"related": 0.8, "b": 0.3}, "body": {"a-b": 0.5}})


@contextmanager
def twins() -> Iterator[None]:
    """Inside, the modules of columns run without the core."""
    with pytest.MonkeyPatch.context() as patch:
        for module in MODULES:
            patch.setattr(module, "core", None)
        yield


def bits(value: Any) -> Any:
    """Numbers as what they are in memory, so that NaN equals itself and 0 differs from -0."""
    if isinstance(value, array):
        return value.typecode, value.tobytes()
    if isinstance(value, tuple | list):
        return [bits(item) for item in value]
    return value


def check(function: Callable[[], Any]) -> None:
    found = bits(function())
    with twins():
        assert found == bits(function())


# --- any document ----------------------------------------------------------------------------------------------------

TAGS = ["", "p", "div", "li", "ul", "nav", "main", "label", "list", "x-é", "雨", "a.b", "a"]
NAMES = [
    "",
    " ",
    "a",
    "a b",
    "a  b",
    "b.a",
    "é",
    "é b",
    "雨 a",
    "\ud800",
    "a\0",
    "a\0 b",
    "𝒳",
    "comments related",
    "a-b",
]
WORDS = st.sampled_from([0.0, 0.5, 3.0, 17.5, 18.0, 59.0, 61.0, 1023.0, 1024.0, 1e5]) | st.integers(0, 90).map(float)
SHARES = st.sampled_from([0.0, 0.0, 1.0, 1 / 3, 0.1, 0.9]) | st.floats(0, 1)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A tree of containers and blocks in it, both consistent, but no page."""
    m, n = draw(st.integers(1, 12)), draw(st.integers(0, 20))
    parent = [-1, *(draw(st.integers(0, c - 1)) for c in range(1, m))]
    edges = sorted(draw(st.lists(st.integers(0, 120), min_size=2 * n, max_size=2 * n)))
    marks = draw(st.lists(st.tuples(st.integers(0, 125), st.integers(0, 9), st.sampled_from(MARK_KINDS)), max_size=9))
    ends = [sorted((draw(st.integers(0, n)), draw(st.integers(0, n)))) for _ in range(m)]

    def numbers(high: int, count: int = n) -> list[int]:
        return draw(st.lists(st.integers(0, high), min_size=count, max_size=count))

    return Document(
        text="x" * 130,
        markup=draw(st.booleans()),
        start=array("l", edges[::2]),
        end=array("l", edges[1::2]),
        kind=bytearray(numbers(len(KINDS) - 1)),
        level=bytearray(numbers(7)),
        flags=bytearray(numbers(15)),
        container=array("l", numbers(m - 1)),
        parent=array("l", parent),
        tag=[TAGS[k] for k in numbers(len(TAGS) - 1, m)],
        names=[NAMES[k] for k in numbers(len(NAMES) - 1, m)],
        first=array("l", [0, *(first for first, _ in ends[1:])]),
        last=array("l", [n, *(last for _, last in ends[1:])]),
        marks=[Mark(start, start + size, kind) for start, size, kind in sorted(marks)],  # type: ignore[arg-type]
    )


def columns_of(document: Document, words: array[float], share: array[float], commas: array[float]) -> list[Any]:
    """What every function makes of a document, each of what those before it made."""
    numbered = tree.number_tree(document)
    shapes = tree.shapes_of(document, numbered)
    links = structure.count_links(document)
    totals = structure.container_totals(document, words, share)
    prose, ends = context.is_prose(words, share), array("d", [(0.0, 0.5, 1.0)[int(w) % 3] for w in words])
    return [
        tuple(numbered),
        shapes,
        tuple(links),
        structure.form_columns(document, numbered, links, words),
        tuple(totals),
        structure.card_columns(document, numbered, totals),
        structure.place_columns(document, numbered, totals, shapes if document.markup else None, words, share, LEXICON),
        region.region_columns(document, numbered, totals, words, share, commas),
        context.text_place_columns(words, share),
        prose,
        context.neighbour_columns(words, share, prose),
        runs.run_columns(
            runs.Facts(words, ends, share, words, share, commas, commas),
            prose,
            document.container,
            document.parent,
            document.markup,
        ),
        second.second_columns(document, words, share),
        second.second_columns(document, words, share, shapes),
    ]


@settings(max_examples=500)
@given(documents(), st.data())
def test_any_document(document: Document, data: st.DataObject) -> None:
    n = len(document)
    words, share, commas = (
        array("d", data.draw(st.lists(values, min_size=n, max_size=n))) for values in (WORDS, SHARES, SHARES)
    )
    check(lambda: columns_of(document, words, share, commas))


@settings(max_examples=300)
@given(documents(), st.data())
def test_scores_of_the_second_stage(document: Document, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(document)))
    words = array("d", data.draw(st.lists(WORDS, min_size=n, max_size=n)))
    scores = st.floats(-9, 9) | st.sampled_from([0.0, -0.0, 6.0, -7.0])
    first = array("d", data.draw(st.lists(scores, min_size=n, max_size=n)))
    check(lambda: second.second_columns(document, words, first))


@given(st.integers(1, 9), st.data())
def test_the_row_of_a_page(rows: int, data: st.DataObject) -> None:
    values = st.lists(st.floats(-1e6, 1e6), min_size=rows, max_size=rows).map(lambda column: array("d", column))
    few = data.draw(st.lists(values, min_size=7, max_size=7))
    columns = tuple(few[k % 7] for k in range(len(COLUMNS)))
    check(lambda: page_type.page_row(columns))


# --- pages and texts -------------------------------------------------------------------------------------------------

PIECES = [
    "<p>", "<div>", "<div class='comments a'>", "<div class='a b'>", "<div class=a>", "<ul>", "<li>", "<li class=é>",
    "<table>", "<td>", "<nav>", "<main>", "<article id=x>", "<h1>", "<pre>", "<noscript>", "<p hidden>", "<br>",
    "</div>", "</ul>", "</p>", "<a href=x>Rain</a>", "<b>hills</b>", "雨", "e\u0301", " ", "Rain fell, all day long.",
    "It rained all day, and in the evening, when nobody minded any more, it rained still on hills and roofs.",
]  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
@example("".join(f"<div class='a{k} b'><p>x</p></div>" for k in range(400)))
@example("<div class=a>" * 60 + "<p>x</p>" + "</div><p>y" * 60)
def test_any_page(source: str) -> None:
    document = read_html(source)
    check(lambda: compute(document, LEXICON).columns)


@given(st.lists(st.sampled_from(["Rain", "- a", PIECES[-1], "雨が降った", ""]) | st.text(max_size=9), max_size=20))
def test_any_text(lines: list[str]) -> None:
    document = read_text("\n\n".join(lines))
    check(lambda: compute(document, LEXICON).columns)


def test_a_page_of_very_many_containers() -> None:
    """Rows, paths and names are found without looking at all others; a deep page needs no deep stack."""
    m = 200_000
    document = Document(
        text="",
        markup=True,
        start=array("l", [0]),
        end=array("l", [0]),
        kind=bytearray(1),
        level=bytearray(1),
        flags=bytearray(1),
        container=array("l", [m - 1]),
        parent=array("l", [-1, *range(m - 1)]),
        tag=["div"] * m,
        names=[f"a{k} b" for k in range(m)],
        first=array("l", [0]) * m,
        last=array("l", [1]) * m,
    )
    one = array("d", [1.0])
    found = columns_of(document, one, one, one)
    assert len(found[0][0]) == m
    assert found[6][structure.PLACE_COLUMNS.index("depth")][0] == m


# --- what would point outside the columns ----------------------------------------------------------------------------


def _longs(*values: int) -> array[int]:
    return array("l", values)


def _doubles(*values: float) -> array[float]:
    return array("d", values)


def _blank(count: int) -> list[array[float]]:
    return [_doubles(0.0) for _ in range(count)]


ONE, ROOT, NONE = _doubles(1.0), _longs(-1), _longs(0)
KINDS_OF_CLASSES = len(CLASS_KINDS)


@pytest.mark.parametrize("parent", [_longs(0), _longs(-2), _longs(-1, 1), _longs(-1, 2)])
def test_containers_before_their_parents(parent: array[int]) -> None:
    m = len(parent)
    zeros, role, many = _longs(*[0] * m), bytearray(m), _doubles(*[1.0] * m)
    cards = [many[:] for _ in range(5)]
    for call in (
        lambda: _native.shapes_of(parent, zeros, NONE, bytearray(1), 4, _longs(0)),
        lambda: _native.card_columns(parent, zeros, role, 1, many, many, cards),
        lambda: _native.place_columns(
            parent, NONE, role, 1, zeros, ONE, 1, 0.5, many, many, many, cards, NONE, ONE, ONE, _blank(18)
        ),
        lambda: _native.region_columns(
            True, parent, zeros, zeros, role, 1, NONE, many, many, many, ONE, ONE, ONE, ONE, 1.0, 1.0, 1.0, _blank(14)
        ),
        lambda: _native.second_columns(True, parent, zeros, zeros, ONE, NONE, ONE, NONE, 6.0, 18.0, _blank(18)),
    ):
        with pytest.raises(ValueError, match="before its parent"):
            call()


@pytest.mark.parametrize("outside", [-1, 1, 2**62])
def test_numbers_that_point_outside(outside: int) -> None:
    if outside > 2**30 and array("l").itemsize < 8:
        outside = 2**30
    bad, role, cards = _longs(outside), bytearray(1), _blank(5)
    for call in (
        lambda: _native.shapes_of(ROOT, bad, NONE, bytearray(1), 4, _longs(0)),
        lambda: _native.shapes_of(ROOT, NONE, bad, bytearray(1), 4, _longs(0)),
        lambda: _native.card_columns(ROOT, bad, role, 1, ONE, ONE, cards),
        lambda: _native.form_columns(
            NONE, NONE, role, role, role, bad, role, ONE, ONE, ONE, ONE, 1, b"\2", b"\1", 1, _blank(9)
        ),
        lambda: _native.container_totals(bad, _longs(2), ONE, ONE, ONE[:], ONE[:], ONE[:]),
        lambda: _native.container_totals(NONE, _longs(min(outside, -outside)), ONE, ONE, ONE[:], ONE[:], ONE[:]),
        *(
            lambda places=places: _native.place_columns(  # type: ignore[misc]
                ROOT, places[0], role, 1, places[1], ONE, 1, 0.5, ONE, ONE, ONE, cards, places[2], ONE, ONE, _blank(18)
            )
            for places in ((bad, NONE, NONE), (NONE, bad, NONE), (NONE, NONE, bad))
        ),
        lambda: _native.region_columns(
            True, ROOT, NONE, NONE, role, 1, bad, ONE, ONE, ONE, ONE, ONE, ONE, ONE, 1.0, 1.0, 1.0, _blank(14)
        ),
        lambda: _native.second_columns(True, ROOT, NONE, NONE, ONE, bad, ONE, NONE, 6.0, 18.0, _blank(18)),
        lambda: _native.second_columns(True, ROOT, NONE, NONE, ONE, NONE, ONE, bad, 6.0, 18.0, _blank(18)),
    ):
        with pytest.raises(ValueError, match="points outside"):
            call()


def test_arguments_that_are_none() -> None:
    with pytest.raises(TypeError, match="too few"):
        _native.is_prose(ONE, ONE)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="too many"):
        _native.is_prose(ONE, ONE, 1.0, bytearray(1), 1)  # type: ignore[call-arg]
    with pytest.raises(ValueError, match="too short"):
        _native.is_prose(ONE, _doubles(), 1.0, bytearray(1))
    with pytest.raises(BufferError):
        _native.is_prose(ONE, ONE, 1.0, b"x")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        _native.number_tree(["p"], [b"a"], {}, _longs(0), _longs(0), bytearray(1))  # type: ignore[list-item]
    with pytest.raises(ValueError, match="differ in length"):
        _native.number_tree(["p"], [], {}, _longs(0), _longs(0), bytearray(1))
    with pytest.raises(IndexError):
        _native.page_columns((ONE,), _longs(1), _longs(), _doubles(0.0))
    with pytest.raises(ValueError, match="points outside"):
        _native.place_columns(
            ROOT, NONE, bytearray(1), 1, NONE, _doubles(), KINDS_OF_CLASSES, 0.5, ONE, ONE, ONE, _blank(5), NONE, ONE,
            ONE, _blank(17 + KINDS_OF_CLASSES),
        )  # fmt: skip


@given(st.text(), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=20))
@example("漢字 aé\U0001f600", [(0, 2), (2, 6), (5, 2), (9, 9)])
def test_the_texts_of_blocks(text, spans):
    start, end = array("l", (a for a, _ in spans)), array("l", (b for _, b in spans))
    assert _native.block_texts(text, start, end) == [text[a:b] for a, b in spans]
    with pytest.raises(IndexError):
        _native.block_texts(text, array("l", [-1]), array("l", [1]))
    with pytest.raises(ValueError, match="too short"):
        _native.block_texts(text, array("l", [0, 1]), array("l", [1]))
