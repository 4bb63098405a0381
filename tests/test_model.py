"""The learned model: trees against a reference, the compiled loop against its twin, and the file that holds them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from importlib import resources

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cleanbody import model as module
from cleanbody.compiled import COMPILED
from cleanbody.features import COLUMNS
from cleanbody.features.second import SECOND_COLUMNS
from cleanbody.model import KIND_COLUMNS, MAGIC, Ensemble, Model, read_model, score_rows, write_model
from cleanbody.page import DataError
from cleanbody.page_type import PAGE_COLUMNS

WIDTH = 4
compiled = pytest.mark.skipif(not COMPILED, reason="the package was built without a C compiler")

Leaf = float
Node = tuple[int, float, bool, object, object]  # feature, threshold, where NaN goes left, what is below

NUMBERS = st.one_of(st.sampled_from([0.0, -0.0, 1.0, -1.5, 1e300, 5e-324]), st.floats(-100, 100))
VALUES = st.one_of(NUMBERS, st.sampled_from([math.nan, math.inf, -math.inf]))
LEAVES = st.one_of(st.sampled_from([0.0, 0.1, 1e-9]), st.floats(-10, 10))
TREES = st.recursive(
    LEAVES,
    lambda below: st.tuples(st.integers(0, WIDTH - 1), NUMBERS, st.booleans(), below, below),
    max_leaves=12,
)
ROWS = st.lists(st.tuples(*[VALUES] * WIDTH), max_size=20)


def flat(trees: Sequence[object], bias: float = 0.0) -> Ensemble:
    """The arrays of some trees."""
    feature, left, right, nan_left = array("H"), array("H"), array("H"), array("B")
    threshold, value, root = array("d"), array("d"), array("I")

    def add(tree: object, base: int) -> int:
        at = len(feature)
        leaf = isinstance(tree, float)
        feature.append(0 if leaf else tree[0])  # type: ignore[index]
        threshold.append(0.0 if leaf else tree[1])  # type: ignore[index]
        nan_left.append(0 if leaf else tree[2])  # type: ignore[index]
        value.append(tree if leaf else 0.0)  # type: ignore[arg-type]
        left.append(at - base)
        right.append(at - base)
        if not leaf:
            left[at] = add(tree[3], base) - base  # type: ignore[index]
            right[at] = add(tree[4], base) - base  # type: ignore[index]
        return at

    for tree in trees:
        root.append(len(feature))
        add(tree, len(feature))
    columns = tuple(f"column {k}" for k in range(WIDTH))
    return Ensemble(columns, feature, left, right, nan_left, threshold, value, root, bias)


def reference(tree: object, row: Sequence[float]) -> float:
    """What a tree says of a row, by the words of the documentation."""
    while not isinstance(tree, float):
        feature, threshold, nan_left, left, right = tree  # type: ignore[misc]
        value = row[feature]
        goes_left = nan_left if math.isnan(value) else value <= threshold
        tree = left if goes_left else right
    return tree


def by_column(rows: Sequence[Sequence[float]]) -> list[array[float]]:
    return [array("d", (row[k] for row in rows)) for k in range(WIDTH)]


def arrays(ensemble: Ensemble) -> list[array[float]]:
    return [
        ensemble.feature,
        ensemble.left,
        ensemble.right,
        ensemble.nan_left,
        ensemble.threshold,
        ensemble.value,
        ensemble.root,
    ]


# --- scores ----------------------------------------------------------------------------------------------------------


@given(st.lists(TREES, max_size=5), ROWS, st.floats(-5, 5))
def test_scores_are_those_of_the_trees(trees: list[object], rows: list[tuple[float, ...]], bias: float) -> None:
    ensemble = flat(trees, bias)
    expected = []
    for row in rows:
        total = bias
        for tree in trees:
            total += reference(tree, row)
        expected.append(total)
    assert list(ensemble.score(by_column(rows))) == expected
    assert list(score_rows(ensemble, by_column(rows), array("d", [bias]) * len(rows))) == expected


@given(st.lists(TREES, max_size=5), ROWS, st.floats(-5, 5))
def test_contributions_add_up_to_the_score(trees: list[object], rows: list[tuple[float, ...]], bias: float) -> None:
    ensemble = flat(trees, bias)
    columns = by_column(rows)
    scores = ensemble.score(columns)
    for i, score in enumerate(scores):
        parts = ensemble.contributions(columns, i)
        assert sum(parts.values()) == pytest.approx(score, abs=1e-9)
        assert set(parts) <= {"bias", *ensemble.columns}


def test_contributions_by_hand() -> None:
    """One tree: (1 | (2 | 6)); the mean of the leaves below the root is 2.5, below its right child 4."""
    ensemble = flat([(0, 0.5, False, 1.0, (2, 7.0, True, 2.0, 6.0))], bias=0.25)
    columns = by_column([(0.0, 0.0, 9.0, 0.0), (1.0, 0.0, 9.0, 0.0), (math.nan, 0.0, math.nan, 0.0)])
    assert list(ensemble.score(columns)) == [1.25, 6.25, 2.25]
    assert ensemble.contributions(columns, 0) == {"bias": 2.75, "column 0": -1.5}
    assert ensemble.contributions(columns, 1) == {"bias": 2.75, "column 0": 1.5, "column 2": 2.0}
    assert ensemble.contributions(columns, 2) == {"bias": 2.75, "column 0": 1.5, "column 2": -2.0}


@pytest.mark.parametrize(
    ("value", "score"), [(0.5, 1.0), (math.nextafter(0.5, 1), 2.0), (-math.inf, 1.0), (math.inf, 2.0)]
)
def test_a_value_at_the_threshold_goes_left(value: float, score: float) -> None:
    assert list(flat([(1, 0.5, False, 1.0, 2.0)]).score(by_column([(9.0, value, 9.0, 9.0)]))) == [score]


def test_nothing_to_score() -> None:
    ensemble = flat([(0, 0.5, False, 1.0, 2.0)], bias=3.0)
    assert list(ensemble.score([])) == list(ensemble.score(by_column([]))) == []
    assert list(flat([], bias=3.0).score(by_column([(0.0,) * WIDTH]))) == [3.0]


# --- the compiled loop -----------------------------------------------------------------------------------------------


@compiled
@given(st.lists(TREES, min_size=1, max_size=8), ROWS, st.floats(-5, 5))
def test_the_compiled_loop_agrees_to_the_bit(trees: list[object], rows: list[tuple[float, ...]], bias: float) -> None:
    ensemble = flat(trees, bias)
    columns = by_column(rows)
    fast, slow = array("d", [bias]) * len(rows), array("d", [bias]) * len(rows)
    module.core.score(tuple(columns), *arrays(ensemble), fast)
    score_rows(ensemble, columns, slow)
    assert fast.tobytes() == slow.tobytes()


TREE = (0, 0.5, False, 1.0, (2, 7.0, True, 2.0, 6.0))  # nodes 0 to 4; leaves 1, 3 and 4
MALFORMED = [
    # array, index, value
    ("feature", 0, WIDTH),
    ("feature", 4, 65535),
    ("left", 0, 5),
    ("left", 0, 65535),
    ("right", 2, 5),
    ("left", 2, 1),  # back to a node before: it would never end
    ("right", 2, 0),
    ("right", 0, 0),
    ("right", 1, 2),  # a leaf on one side alone
    ("left", 1, 2),
    ("root", 0, 5),
    ("root", 0, 4294967295),
    ("root", 1, 0),
    ("root", 1, 10),
]


@compiled
@pytest.mark.parametrize(("name", "index", "value"), MALFORMED)
def test_malformed_trees_are_refused(name: str, index: int, value: int) -> None:
    ensemble = flat([TREE, TREE])
    column = array(getattr(ensemble, name).typecode, getattr(ensemble, name))
    column[index] = value
    changed = [column if a is getattr(ensemble, name) else a for a in arrays(ensemble)]
    out = array("d", [0.0])
    with pytest.raises(ValueError, match=r"^score: the trees point outside themselves$"):
        module.core.score(tuple(by_column([(0.0,) * WIDTH])), *changed, out)
    assert list(out) == [0.0]


@compiled
@pytest.mark.parametrize("place", range(6))
def test_arrays_of_different_lengths_are_refused(place: int) -> None:
    given_arrays = arrays(flat([TREE]))
    given_arrays[place] = given_arrays[place][:-1]
    with pytest.raises(ValueError, match=r"^score: [^\n]+$"):
        module.core.score(tuple(by_column([(0.0,) * WIDTH])), *given_arrays, array("d", [0.0]))


@compiled
def test_other_arguments_are_refused() -> None:
    score, columns, trees = module.core.score, tuple(by_column([(0.0,) * WIDTH])), arrays(flat([TREE]))
    with pytest.raises(ValueError, match=r"^score: a column has fewer rows than the result$"):
        score(columns, *trees, array("d", [0.0] * 2))
    with pytest.raises(ValueError, match=r"^score: the trees point outside themselves$"):
        score(columns[:2], *trees, array("d", [0.0]))
    with pytest.raises(TypeError):
        score(list(columns), *trees, array("d", [0.0]))
    with pytest.raises(TypeError):
        score((*columns[:3], [0.0]), *trees, array("d", [0.0]))
    with pytest.raises(TypeError, match=r"^score: an array has items of another size$"):
        score(columns, *trees, array("f", [0.0]))
    with pytest.raises(TypeError, match=r"^score: an array has items of another size$"):
        score(columns, array("I", trees[0]), *trees[1:], array("d", [0.0]))
    with pytest.raises((BufferError, TypeError)):
        score(columns, *trees, bytes(8))
    with pytest.raises(TypeError):
        score(columns, *trees)


@compiled
@given(
    st.integers(0, 6).flatmap(
        lambda n: st.tuples(
            *[st.lists(st.integers(0, limit), min_size=n, max_size=n) for limit in (5, 7, 7, 1)],
            st.lists(st.integers(0, 8), max_size=3),
        )
    ),
    st.integers(0, 10),
)
def test_any_arrays_are_scored_as_the_twin_does_or_refused(columns: tuple[list[int], ...], rows: int) -> None:
    feature, left, right, nan_left, root = columns
    nodes = array("d", map(float, range(len(feature))))
    ensemble = Ensemble(
        ("",) * WIDTH, array("H", feature), array("H", left), array("H", right), array("B", nan_left), nodes, nodes,
        array("I", root),
    )  # fmt: skip
    table = by_column([(float(i),) * WIDTH for i in range(rows)])
    fast = array("d", bytes(8 * rows))
    try:
        module.core.score(tuple(table), *arrays(ensemble), fast)
    except ValueError:
        return
    assert list(fast) == list(score_rows(ensemble, table, array("d", bytes(8 * rows))))


# --- the file --------------------------------------------------------------------------------------------------------

ENSEMBLES = {"first": flat([TREE, 0.5], bias=-0.75), "second": flat([]), "third": flat([0.25])}
FILE = write_model(ENSEMBLES, {"made": "today", "sets": ["a", "b"]})


@given(st.dictionaries(st.text(max_size=5), st.lists(TREES, max_size=3).map(flat), max_size=3))
def test_what_was_written_is_read(ensembles: dict[str, Ensemble]) -> None:
    found = read_model(write_model(ensembles, {"note": "ü"}))
    assert found.ensembles == ensembles
    assert found.header["note"] == "ü" and found.header["version"] == module.VERSION


def test_the_same_trees_give_the_same_bytes() -> None:
    assert write_model(ENSEMBLES, {"made": "today", "sets": ["a", "b"]}) == FILE


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_a_damaged_file_is_refused(index: int, change: int) -> None:
    damaged = bytearray(FILE)
    damaged[index] ^= change
    with pytest.raises(DataError, match=r"^model file: [^\n]+; [^\n]+$"):
        read_model(bytes(damaged))


@given(st.integers(0, len(FILE) + 20))
def test_a_file_cut_short_or_with_more_behind_is_refused(size: int) -> None:
    assume(size != len(FILE))
    with pytest.raises(DataError):
        read_model((FILE + bytes(20))[:size])


@pytest.mark.parametrize("data", [b"", b"{}", MAGIC, MAGIC + bytes(40), b"PK\x03\x04" + bytes(100)])
def test_what_is_no_model(data: bytes) -> None:
    with pytest.raises(DataError):
        read_model(data)


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "VERSION", 99)
    other = write_model(ENSEMBLES, {})
    assert read_model(other).header["version"] == 99
    monkeypatch.undo()
    with pytest.raises(DataError, match=r"^model file: version 99, this release reads \d+; train it again$"):
        read_model(other)


def test_the_model_of_the_package() -> None:
    found = Model.load()
    assert (found is not None) == (resources.files("cleanbody") / "data" / "model.bin").is_file()
    assert found is Model.load()
    if found is not None:
        for name, ensemble in found.ensembles.items():
            expected = {"first": COLUMNS, "second": (*COLUMNS, *SECOND_COLUMNS)}.get(name.split("-")[1], KIND_COLUMNS)
            assert ensemble.columns == (PAGE_COLUMNS if name.startswith("type-") else expected)
            columns = [array("d", [0.0, math.nan, 1e9]) for _ in ensemble.columns]
            assert all(map(math.isfinite, ensemble.score(columns)))
