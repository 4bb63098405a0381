"""`Marks`: a sequence in columns that is like the tuple of its marks in everything."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from cleanbody.marks import MARK_KINDS, Mark, Marks
from cleanbody.page import Document

TEXT = st.text(st.characters(), max_size=4)
MARKS = st.lists(st.builds(Mark, st.integers(0, 9), st.integers(0, 9), st.sampled_from(MARK_KINDS), TEXT, TEXT))


@given(MARKS, st.slices(9))
def test_marks_are_like_a_tuple(given_marks: list[Mark], part: slice) -> None:
    expected, marks = tuple(given_marks), Marks(given_marks)
    assert (
        marks == expected and expected == marks and marks == Marks(iter(given_marks)) and hash(marks) == hash(expected)
    )
    assert repr(marks) == repr(expected) and len(marks) == len(expected) and marks[part] == expected[part]
    assert [marks[i] for i in range(-len(marks), len(marks))] == [*expected, *expected]
    copy = pickle.loads(pickle.dumps(marks))
    assert copy == marks and copy.data == marks.data
    assert [(m.start, m.end, MARK_KINDS.index(m.kind)) for m in expected] == [
        *zip(marks.start, marks.end, marks.kind, strict=True)
    ]
    assert (marks == (*expected, 0)) is False and marks != list(expected)


@given(MARKS)
def test_a_document_takes_any_iterable_of_marks(given_marks: list[Mark]) -> None:
    document = Document("", True, marks=iter(given_marks))  # type: ignore[arg-type]
    assert type(document.marks) is Marks and document.marks == tuple(given_marks)
    assert document == Document("", True, marks=Marks(given_marks))


def test_strings_are_kept_once() -> None:
    link = Mark(0, 1, MARK_KINDS[0], "x" * 100_000, "nofollow")
    assert len(Marks([link] * 1_000).data) == 100_008
