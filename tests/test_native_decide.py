"""From columns to text: the compiled core against its Python twins, to the bit."""

from __future__ import annotations

import math
import pickle
import random
from array import array
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanbody import classify, naming, page_type, render, rules
from cleanbody.compiled import COMPILED
from cleanbody.features import COLUMNS, Table
from cleanbody.model import KIND_COLUMNS, KIND_LABELS, Ensemble, Forest, Model, score_rows
from cleanbody.page import KINDS, LABELS, Document, Flag, Kind, Label
from cleanbody.rules import RULES, Book, Condition, Rule

if COMPILED:
    from cleanbody import _native

pytestmark = pytest.mark.skipif(not COMPILED, reason="the package was built without a C compiler")

INF, NAN = math.inf, math.nan
NUMBERS = [0.0, -0.0, 1.0, 0.5, 0.25, -3.0, 5e-324, 1e300, INF, -INF, NAN]


def without_core(module: Any) -> Any:
    return mock.patch.object(module, "core", None)


# --- trees -----------------------------------------------------------------------------------------------------------


def grown(random_: random.Random, width: int, trees: int, leaves: int, limits: int) -> Ensemble:
    """An ensemble of trees with at most so many leaves, each column compared with at most so many numbers."""
    arrays: dict[str, Any] = {
        name: array(code)
        for name, code in zip(
            ("feature", "left", "right", "nan_left", "threshold", "value", "root"), "HHHBddI", strict=True
        )
    }
    drawn = [[random_.choice([random_.uniform(-2, 2), *NUMBERS[:-1]]) for _ in range(limits)] for _ in range(width)]

    def put(root: int, size: int) -> int:
        node = len(arrays["value"]) - root
        feature = random_.randrange(width)
        for name, value in (
            ("feature", feature),
            ("left", node),
            ("right", node),
            ("nan_left", random_.randrange(2)),
            ("threshold", random_.choice(drawn[feature])),
            ("value", random_.uniform(-1, 1)),
        ):
            arrays[name].append(value)
        if size > 1:
            below = random_.choice([1, size - 1, random_.randrange(1, size)])
            arrays["left"][root + node] = put(root, below)
            arrays["right"][root + node] = put(root, size - below)
        return node

    for _ in range(trees):
        arrays["root"].append(len(arrays["value"]))
        put(len(arrays["value"]), random_.randrange(1, leaves + 1))
    return Ensemble(tuple(map(str, range(width))), **arrays, bias=random_.uniform(-1, 1))


def rows_of(random_: random.Random, width: int, rows: int, unknown: bool) -> list[array[float]]:
    def draw() -> float:
        value = random_.choice([random_.uniform(-3, 3), *NUMBERS])
        return value if unknown or value == value else 0.0

    columns = []
    for _ in range(width):
        column = array("d")
        while len(column) < rows:
            column.extend([draw()] * random_.choice([1, 1, 1, 7, 600]))
        columns.append(column[:rows])
    return columns


def scored(ensemble: Ensemble, columns: list[array[float]], rows: int) -> bytes:
    return score_rows(ensemble, columns, array("d", [ensemble.bias]) * rows).tobytes()


@settings(max_examples=150, deadline=None)
@given(
    st.integers(0, 10**9),
    st.integers(1, 9),
    st.sampled_from([0, 1, 2, 31, 32, 33, 64, 100, 513]),
    st.sampled_from([1, 2, 8, 9, 32]),
    st.sampled_from([1, 3, 40, 255]),
    st.booleans(),
)
@example(1, 1, 513, 32, 255, True)
def test_forests(seed: int, width: int, rows: int, leaves: int, limits: int, unknown: bool) -> None:
    random_ = random.Random(seed)
    trees = 5 if limits < 255 else 40
    one, other = (grown(random_, width + more, trees, leaves, limits) for more in (0, 2))
    columns = rows_of(random_, width + 2, rows, unknown)
    forest = Forest([one, other])
    assert forest._trees is not None or limits == 255
    parts = [forest.read(columns[:width], rows), forest.read(columns[width:], rows, width)]
    assert forest.score(0, parts[:1], rows).tobytes() == scored(one, columns[:width], rows)
    assert forest.score(1, parts, rows).tobytes() == scored(other, columns, rows)
    flat = (forest.read_flat(array("d", b"".join(column.tobytes() for column in columns)), rows or 1),)
    if rows:
        assert forest.score(1, flat, rows).tobytes() == scored(other, columns, rows)


def test_forests_that_are_too_large_are_scored_all_the_same() -> None:
    random_ = random.Random(3)
    ensemble = grown(random_, 3, 4, 90, 400)
    columns = rows_of(random_, 3, 50, True)
    forest = Forest([ensemble])
    assert forest._trees is None
    assert forest.score(0, (forest.read(columns, 50),), 50).tobytes() == scored(ensemble, columns, 50)


def arrays_of(ensemble: Ensemble) -> tuple[Any, ...]:
    return tuple(
        getattr(ensemble, name) for name in ("feature", "left", "right", "nan_left", "threshold", "value", "root")
    )


TREE = Ensemble(
    ("a", "b"),
    array("H", [1, 0, 0]),
    array("H", [1, 1, 2]),
    array("H", [2, 1, 2]),
    array("B", [1, 0, 0]),
    array("d", [0.5, 0.0, 0.0]),
    array("d", [0.0, -1.0, 1.0]),
    array("I", [0]),
)


@pytest.mark.parametrize(
    "change",
    [
        {"feature": array("H", [2] * len(TREE.value))},
        {"left": array("H", [0] * len(TREE.value))},
        {"right": array("H", [9] * len(TREE.value))},
        {"root": array("I", [len(TREE.value)])},
        {"root": array("I", [1, 0])},
        {"threshold": array("d", [NAN] * len(TREE.value))},
        {"threshold": array("d", [1.0])},
        {"value": array("f", [1.0] * len(TREE.value))},
    ],
)
def test_damaged_trees(change: dict[str, Any]) -> None:
    assert _native.forest(2, (arrays_of(TREE),))
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        _native.forest(2, (arrays_of(replace(TREE, **change)),))


def test_bins_that_do_not_fit() -> None:
    forest, columns = _native.forest(2, (arrays_of(TREE),)), (array("d", [1.0]), array("d", [2.0]))
    with pytest.raises(ValueError, match=r"^bins: "):
        _native.bins(forest, columns, 1, 1)
    with pytest.raises(ValueError, match=r"^bins: "):
        _native.bins(forest, columns, 0, 2)
    with pytest.raises(ValueError, match=r"^grade: no ensemble"):
        _native.grade(forest, 1, (), array("d"))
    for parts, rows in (
        ((), 1),
        ((_native.bins(forest, columns[:1], 0, 1),), 1),
        ((_native.bins(forest, columns, 0, 1),), 2),
        ((_native.bins(_native.forest(2, ()), columns, 0, 1),), 1),
    ):
        with pytest.raises(ValueError, match=r"^grade: the columns"):
            _native.grade(forest, 0, parts, array("d", [0.0]) * rows)
    with pytest.raises(ValueError, match="incorrect name"):
        _native.grade(_native.bins(forest, columns, 0, 1), 0, (), array("d"))  # type: ignore[arg-type]


def test_a_model_keeps_no_forest_when_it_is_pickled() -> None:
    model = Model({"a": TREE}, {})
    assert model.forest(("a",)) is model.forest(("a",))
    again = pickle.loads(pickle.dumps(model))
    assert again == model and not again._forests


# --- rules and the cut -----------------------------------------------------------------------------------------------

number = st.sampled_from(NUMBERS) | st.floats(-3, 3)
condition = st.builds(
    lambda column, sign, value: Condition(column, rules.OPERATORS[sign], value),
    st.integers(0, 3),
    st.sampled_from(list(rules.OPERATORS)),
    number,
)
rule = st.builds(
    lambda label, weight, conditions, markup: Rule("r", label, weight, tuple(conditions), markup),
    st.sampled_from([Label.BODY, Label.SHARE, Label.COMMENT]),
    st.sampled_from([1.0, 2.5, 6.0, 12.0]),
    st.lists(condition, max_size=3),
    st.sampled_from([None, True, False]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(rule, max_size=5), st.integers(1, 20), st.lists(st.tuples(*[number] * 4), max_size=9), st.booleans())
def test_rules_that_hold(some: list[Rule], times: int, rows: list[tuple[float, ...]], markup: bool) -> None:
    table = Table(
        tuple(array("d", column) for column in zip(*rows, strict=True)) if rows else (array("d"),) * 4, len(rows)
    )
    book = Book(some * times)
    compiled = rules.hold(book, table, markup)
    with without_core(rules):
        assert rules.hold(book, table, markup) == compiled
    assert [book.named(bits) for bits in book.sets(compiled)] == [
        [r for r in some * times if r.markup in (None, markup) and i in r.holds(table)] for i in range(len(rows))
    ]


def test_a_rule_with_a_comparison_of_its_own() -> None:
    book = Book([Rule("even", Label.OTHER, 1.0, (Condition(0, lambda value, limit: value % limit == 0, 2.0),))])
    assert rules.hold(book, Table((array("d", [1.0, 2.0, 4.0]),), 3), True) == array("Q", [0, 1, 1])


block = st.tuples(
    st.floats(-9, 9) | st.sampled_from([0.0, -0.0, -0.32, -800.0]),  # log-odds
    st.integers(0, 300).map(float),  # words
    st.sets(st.integers(0, len(RULES) - 1), max_size=4),
    st.integers(0, len(KINDS) - 1) | st.just(KINDS.index(Kind.PARAGRAPH)),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(block, max_size=40), st.booleans(), st.floats(0, 1), st.data())
def test_scores_and_the_cut(blocks: list[Any], markup: bool, threshold: float, data: st.DataObject) -> None:
    headline = data.draw(st.integers(-1, len(blocks) - 1))
    speak = data.draw(st.sampled_from([classify._OF_PAGES, classify._OF_POSTS]))
    held = array("Q", bytes(8 * speak.book.words)) * len(blocks)
    for i, (_, _, some, _) in enumerate(blocks):
        for k in some:
            if k < len(speak.book.rules):
                held[i * speak.book.words + k // 64] |= 1 << k % 64
    base, words = array("d", [x for x, *_ in blocks]), array("d", [w for _, w, *_ in blocks])
    page = classify.Page(words, bytearray(kind for *_, kind in blocks), headline, markup, threshold)
    compiled = classify._settle(speak, held, base, page, None)
    assert repr(classify._settle_rows(speak, held, base, page, None)) == repr(compiled)
    sure = classify.confidence(words, compiled)  # type: ignore[arg-type]
    with without_core(classify):
        assert classify.confidence(words, compiled) == sure  # type: ignore[arg-type]


def test_verdicts_on_what_does_not_fit() -> None:
    speak, one = classify._OF_PAGES, array("d", [1.0])
    masks = (speak.pulls[1.0], speak.against, speak.asks, speak.tells, speak.sure)
    fine = (*masks, array("Q", bytes(8 * speak.book.words)))
    out, cuts = (array("d", [0.0]), bytearray(1), bytearray(1)), (0.0,) * 7
    constants = (0.0, 0.0, 0.0, 3, 0.0, 0.0, 0.0, 0.0)
    assert len(_native.settle(fine, one, one, (-1, True, 0.5, bytearray(1), bytes(1)), constants, cuts, out)) == 3
    beyond = array("Q", [2**64 - 1] * speak.book.words)
    for rules_, base, page in (
        ((*masks, beyond), one, (-1, True, 0.5, bytearray(1), bytes(1))),
        ((*masks, array("Q")), one, (-1, True, 0.5, bytearray(1), bytes(1))),
        (fine, one, (1, True, 0.5, bytearray(1), bytes(1))),
        (fine, one * 2, (-1, True, 0.5, bytearray(1), bytes(1))),
        (fine, one, (-1, True, 0.5, bytearray(), bytes(1))),
        (fine, one, (-1, True, 0.5, bytearray(1), b"")),
    ):
        with pytest.raises(ValueError, match=r"^[^\n]+$"):
            _native.settle(rules_, base, one, page, constants, cuts, out)  # type: ignore[arg-type]


@settings(deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 40))
def test_rows_taken_out_and_a_page_as_a_row(seed: int, rows: int) -> None:
    random_ = random.Random(seed)
    values = [random_.choice([random_.uniform(-1e3, 1e3), *NUMBERS[:8]]) for _ in range(2 * rows)]
    table = Table(tuple(array("d", random_.choices(values, k=rows)) for _ in COLUMNS), rows)
    fate = bytearray(random_.choices([naming.CONTENT, naming.DOUBTFUL, naming.NAMED], k=rows))
    doubtful, row = naming.Doubtful.of(table, fate), page_type.page_row(table.columns)
    taken = doubtful.taken()
    with without_core(naming), without_core(page_type):
        assert doubtful.taken() == taken
        assert page_type.page_row(table.columns).tobytes() == row.tobytes()
    assert len(taken) == len(doubtful.rows) * len(KIND_COLUMNS)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 30), st.integers(1, 17))
def test_likeliest_kinds(seed: int, blocks: int, kinds: int) -> None:
    random_ = random.Random(seed)
    known = random_.sample(KIND_LABELS, min(kinds, len(KIND_LABELS)))
    rows = array("i", [i for i in range(blocks) if random_.random() < 0.6])
    drop = [random_.random() < 0.5 for _ in range(blocks)]
    named = array("h", [random_.randrange(len(known)) if drop[i] and i not in rows else -1 for i in range(blocks)])
    scores = array("d", [random_.choice([random_.uniform(-9, 9), 0.0, 1.0]) for _ in range(len(known) * len(rows))])
    book = Book([Rule("r", label, random_.choice([0.5, 2.0, 3.5]), ()) for label in (*KIND_LABELS, Label.BODY) * 5])
    bits = [sum(1 << random_.randrange(len(book.rules)) for _ in range(random_.randrange(4))) for _ in range(5)]
    ruled = naming.Ruled.of(book, random_.choices([0, *(b % (1 << len(book.rules)) for b in bits)], k=blocks))
    hints = naming._hints(rows, ruled, known)
    best, probability = naming._likeliest(scores, rows, named, hints, known)
    again = naming._likeliest_rows(scores, rows, named, hints, known)
    assert (list(best), list(probability)) == again


def test_kinds_of_what_does_not_fit() -> None:
    rows, named, none = array("i", [0]), array("h", [-1]), array("d")
    scores, fine = array("d", [1.0, 2.0]), (array("i", [0]), array("d", [1.0, 1.0]))
    out = bytearray(1), array("d", [0.0])
    _native.kinds(scores, rows, named, b"\0\1", fine, (0.1, 0.5), out)
    for row, hints in (
        (rows, (array("i", [1]), fine[1])),
        (rows, (array("i", [-1]), fine[1])),
        (rows, (array("i"), fine[1])),
        (rows, (fine[0], none)),
        (array("i", [1]), fine),
    ):
        with pytest.raises(ValueError, match=r"^[^\n]+$"):
            _native.kinds(scores, row, named, b"\0\1", hints, (0.1, 0.5), out)


# --- text ------------------------------------------------------------------------------------------------------------

TAGS = [
    "",
    "div",
    "ul",
    "ol",
    "menu",
    "li",
    "table",
    "tr",
    "td",
    "th",
    "blockquote",
    "figure",
    "pre",
    "dl",
    "dt",
    "dd",
    "é",
]
NESTED = [
    ["table", "tr", "td"],
    ["table", "tr", "th"],
    ["ul", "li"],
    ["ol", "li"],
    ["dl", "dd"],
    ["table"],
    ["tr"],
    ["td"],
]
WORDS = [
    "a",
    "rain fell",
    "x\ty\n z",
    "  ",
    "\u2028",
    "é日\u0301",
    "\U0001f600",
    "\ud800",
    "\0",
    "in",
    "",
    "no\u3000way",
]


@st.composite
def documents(draw: Callable[..., Any]) -> Document:
    """A page in which the containers of blocks come in any order, as no parser gives them."""
    random_ = random.Random(draw(st.integers(0, 10**9)))
    parent, tag = [-1], [""]
    for _ in range(draw(st.integers(0, 12))):
        at = random_.randrange(len(tag))
        for name in random_.choice([[random_.choice(TAGS)], *NESTED]):
            parent.append(at)
            tag.append(name)
            at = len(tag) - 1
            if random_.random() < 0.2:
                at = parent[at]
    count = draw(st.integers(0, 14))
    order = [random_.randrange(-1, len(tag)) for _ in range(count)]
    if draw(st.booleans()):
        order.sort()
    texts = [random_.choice(WORDS) for _ in range(count)]
    kinds = [KINDS.index(Kind.CELL)] * 9 + list(range(len(KINDS)))
    return laid_out(texts, parent, tag, order, [random_.choice(kinds) for _ in texts], random_)


def laid_out(
    texts: list[str], parent: list[int], tag: list[str], order: list[int], kinds: list[int], random_: random.Random
) -> Document:
    start, end = array("l"), array("l")
    text = ""
    for one in texts:
        start.append(len(text))
        text += one
        end.append(len(text))
        text += random_.choice(["", "\n", "\n\n"])
    return Document(
        text,
        True,
        start,
        end,
        bytearray(kinds),
        bytearray(random_.randrange(9) for _ in texts),
        bytearray(random_.choice([0, 0, 3, Flag.AFTER_BREAK]) for _ in texts),
        array("l", order),
        array("l", parent),
        tag,
    )


@settings(max_examples=2000, deadline=None)
@given(documents(), st.data())
def test_plain_text(document: Document, data: st.DataObject) -> None:
    wanted = data.draw(st.lists(st.integers(0, len(document) - 1), unique=True).map(sorted)) if len(document) else []
    if data.draw(st.booleans()):
        wanted = list(range(len(document)))
    compiled = render._blocks(document, wanted)
    with without_core(render):
        assert render._blocks(document, wanted) == compiled


def table_of(rows: int, cells: int, random_: random.Random) -> Document:
    parent, tag, order = [-1, 0], ["", "table"], []
    for _ in range(rows):
        row = len(tag)
        parent.append(1)
        tag.append("tr")
        for _ in range(random_.randrange(1, cells + 1)):
            parent.append(row)
            tag.append(random_.choice(["td", "td", "th", "p"]))
            order.append(len(tag) - 1)
            if random_.random() < 0.2:  # a table in a table
                parent += [len(tag) - 1, len(tag), len(tag) + 1]
                tag += ["table", "tr", "td"]
                order.append(len(tag) - 1)
    texts = [random_.choice(WORDS) for _ in order]
    return laid_out(texts, parent, tag, order, [KINDS.index(Kind.CELL)] * len(order), random_)


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 10**9), st.integers(1, 5), st.integers(1, 5), st.floats(0, 1))
def test_tables(seed: int, rows: int, cells: int, share: float) -> None:
    random_ = random.Random(seed)
    document = table_of(rows, cells, random_)
    wanted = [i for i in range(len(document)) if random_.random() < share]
    compiled = render._blocks(document, wanted)
    with without_core(render):
        assert render._blocks(document, wanted) == compiled


def test_a_huge_table_stays_small() -> None:
    """One row as wide as others are many: padded, it would be 10^8 cells."""
    count = 10_000
    parent = [-1, 0, 1, *[2] * count]
    tag = ["", "table", "tr", *["td"] * count]
    order = list(range(3, 3 + count))
    for _ in range(count):
        parent += [1, len(tag)]
        tag += ["tr", "td"]
        order.append(len(tag) - 1)
    texts = ["x"] * len(order)
    document = laid_out(texts, parent, tag, order, [KINDS.index(Kind.CELL)] * len(order), random.Random(1))
    text = render._blocks(document, list(range(len(order))))
    assert text == "\t".join("x" * count) + "\nx" * count


@pytest.mark.parametrize(
    "change",
    [
        {"parent": array("l", [-1, 1])},
        {"parent": array("l", [-1])},
        {"container": array("l", [9])},
        {"container": array("l")},
        {"start": array("l", [-1])},
        {"kind": bytearray()},
        {"text": 3},
    ],
)
def test_documents_that_are_damaged(change: dict[str, Any]) -> None:
    document = laid_out(["a"], [-1, 0], ["", "p"], [1], [0], random.Random(1))
    assert render._blocks(document, [0]) == "a"
    with pytest.raises((ValueError, TypeError, IndexError)):
        render._blocks(replace(document, **change), [0])
    for wanted in ([1], [-1], [2**70]):
        with pytest.raises((IndexError, OverflowError)):
            render._blocks(document, wanted)
        with pytest.raises((IndexError, OverflowError)):
            render._lines(document, wanted)


LINES = ["a", "Rain", "rain fell\nand fell", "ß", "日", "x\r\ny\x85z", "\x1c", "é\u2029", "\ud800", "ǆ", "ª", "7 up"]


@settings(max_examples=1000, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(LINES), st.booleans(), st.booleans()), max_size=12), st.booleans(), st.integers()
)
def test_lines(blocks: list[tuple[str, bool, bool]], joined: bool, seed: int) -> None:
    texts = [text for text, _, _ in blocks]
    document = laid_out(texts, [-1], [""], [0] * len(texts), [0] * len(texts), random.Random(seed))
    if joined:
        own = tuple(" ".join(text.split()) if join else text for text, join, _ in blocks)
        document = replace(document, texts=own)
    document = replace(document, markup=False)
    wanted = [i for i, (_, _, keep) in enumerate(blocks) if keep]
    compiled = render._lines(document, wanted)
    with without_core(render):
        assert render._lines(document, wanted) == compiled


def test_labels_are_in_the_order_that_the_core_knows() -> None:
    names = ("paragraph", "heading", "item", "cell", "term", "definition", "quote", "code", "caption", "control")
    assert tuple(KINDS) == names
    assert (naming.CONTENT, naming.DOUBTFUL, naming.NAMED) == (0, 1, 2)
    assert list(rules.OPERATORS) == [">=", "<=", ">", "<"]
    assert len(LABELS) < 256
