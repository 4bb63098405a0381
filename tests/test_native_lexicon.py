"""Phrases and class tokens: the compiled core against its Python twins."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanbody.compiled import COMPILED, core
from cleanbody.lexicon import CLASS_KINDS, Lexicon

pytestmark = pytest.mark.skipif(not COMPILED, reason="the package was built without a C compiler")
LEXICON = Lexicon.load()

# --- class names -----------------------------------------------------------------------------------------------------

NAMES = [
    "a", "A", "Ab", "ABc", "share", "Share", "SHARE", "read", "More", "comment", "form", "has", "is", "no", "not", "x1",
    "-", "_", "__", " ", "\n", "\x1c", "\x85", "\xa0", "\u3000", "é", "É", "雨", "\ud800", "\0", "9", "'", "ſ", "K",
]  # fmt: skip
SMALL = Lexicon.of(
    [],
    {
        "share": {"share": 0.5, "a": 0.25, "read-more": 0.125, "has": 0.75},
        "teaser": {"read-more": 1.0, "more": 0.2, "a-b": 1, "a-share": 0.0},
        "body": {"é": 1.0, "x-é": 0.5, "share": 0.1, "a-b-c": 0.5, "": 0.5, "-": 0.5},
    },
)


@settings(max_examples=1500)
@given(st.lists(st.lists(st.sampled_from(NAMES), max_size=12).map("".join) | st.text(max_size=30), max_size=5))
@example(["share " * 300, "x" * 999 + "ashare", "x" * 997 + " share", "A" * 2000, "share" * 999])
@example(["READMore", "readMOREa", "read-more", "read more", "read--More", "hasShare share"])
def test_class_rows(names: list[str]) -> None:
    for lexicon in (SMALL, LEXICON):
        rows = lexicon.class_rows(names)
        assert rows == array("d", (weight for name in names for weight in lexicon.class_weights(name)))


def test_every_class_token_of_the_lexicon() -> None:
    for name in LEXICON._classes:
        assert tuple(LEXICON.class_rows([name])) == LEXICON.class_weights(name)


def test_classes_that_no_table_holds() -> None:
    for table in ({"a": [(len(CLASS_KINDS), 1.0)]}, {"a": [(-1, 1.0)]}, {"a": [(0,)]}, {"a": [(0, 1, 2)]}, {"a": [0]}):
        with pytest.raises((ValueError, TypeError)):
            core.classes(table, (), len(CLASS_KINDS))  # type: ignore[arg-type]
    for bad in ({"a": None}, {1: [(0, 1.0)]}, {"a": [("0", 1.0)]}, {"a": [(0, "1")]}, {"\ud800": []}):
        with pytest.raises((TypeError, ValueError)):
            core.classes(bad, (), len(CLASS_KINDS))  # type: ignore[arg-type]
    classes = core.classes({}, ("has",), 3)
    with pytest.raises(ValueError, match="array"):
        core.class_rows(classes, ["a", "b"], array("d", [0.0] * 5))
    with pytest.raises(TypeError):
        core.class_rows(classes, [1], array("d", [0.0] * 5))  # type: ignore[list-item]
    with pytest.raises((TypeError, ValueError)):
        core.class_rows(object(), [], array("d"))  # type: ignore[arg-type]
