"""A verdict of which the labels, reasons and authors are found out when they are first asked for."""

from __future__ import annotations

import copy
import pickle
import sys
from array import array
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, fields, replace
from functools import cached_property, partial

import pytest

import cleanbody
from cleanbody import classify, naming
from cleanbody.features import COLUMNS
from cleanbody.page import LABELS, Decisions, Label, Reason

REASONS = ((Reason("model", Label.BODY, 1.0),), (Reason("share-phrase", Label.SHARE, 6.0),), ())
LABELLED = bytearray(map(LABELS.index, (Label.BODY, Label.SHARE, Label.HEADLINE)))
FORUM = """<title>Rain</title>
<script type="application/ld+json">{"@type": "DiscussionForumPosting"}</script>
<h1>Where did it rain?</h1>
<div class=post><a href="/user/ann">Ann</a><p>It rained all day on the hills, and in the evening it rained still.</div>
<div class=post><a href="/user/bo">Bo</a><p>Here the sun shone until four, and nobody went out in it at all.</div>
<footer><p>© 2020 Rain Inc. All rights reserved.</p><p><a href=x>Privacy</a></footer>"""


class Teller:
    """Notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    @cached_property
    def label(self) -> bytearray:
        self.asked.append("label")
        return bytearray(LABELLED)

    @property
    def reasons(self) -> tuple[tuple[Reason, ...], ...]:
        assert self.label == LABELLED
        self.asked.append("reasons")
        return REASONS

    @property
    def author(self) -> Mapping[int, str]:
        assert self.label == LABELLED
        self.asked.append("author")
        return {0: "Ann"}


def later(teller: Teller | None = None) -> Decisions:
    scores = array("d", [0.9, 0.1, 0.5])
    read = partial(getattr, teller or Teller())
    return Decisions.later(read, score=scores, keep=bytearray([1, 0, 1]), _headline=2)


def at_once() -> Decisions:
    return Decisions(bytearray(LABELLED), array("d", [0.9, 0.1, 0.5]), bytearray([1, 0, 1]), REASONS, {0: "Ann"})


def test_what_is_asked_for_later_is_the_same() -> None:
    assert later() == at_once() and at_once() == later()
    assert repr(later()) == repr(at_once())
    assert (later().label, later().reasons, later().author) == (LABELLED, REASONS, {0: "Ann"})
    assert later().body() == at_once().body() == [0]
    assert replace(later(), author={}) == replace(at_once(), author={})


@pytest.mark.parametrize("name", ["label", "reasons", "author"])
def test_it_is_asked_for_once(name: str) -> None:
    teller = Teller()
    verdict = later(teller)
    assert verdict.body() == [0] and verdict.score[1] == 0.1 and teller.asked == []
    getattr(verdict, name)
    assert teller.asked == list(dict.fromkeys(["label", name]))
    assert verdict == at_once() and sorted(teller.asked) == ["author", "label", "reasons"]
    assert sys.getrefcount(teller) == 2  # and not held on to


def test_copies_and_pickles_hold_values_alone() -> None:
    assert pickle.dumps(later()) == pickle.dumps(at_once())
    for made in (pickle.loads(pickle.dumps(later())), copy.copy(later()), copy.deepcopy(later())):
        assert made == at_once() and made.body() == [0]


def test_it_is_frozen_and_has_no_other_names() -> None:
    with pytest.raises(FrozenInstanceError):
        later().label = bytearray()  # type: ignore[misc]
    with pytest.raises(AttributeError, match="Decisions has no 'labels'"):
        later().labels  # noqa: B018
    assert [field.name for field in fields(Decisions)] == ["label", "score", "keep", "reasons", "author"]


def test_threads_may_ask_at_once() -> None:
    for _ in range(50):
        verdict = later()
        with ThreadPoolExecutor(8) as pool:
            found = list(
                pool.map(lambda _, verdict=verdict: (verdict.label, verdict.reasons, verdict.author), range(8))
            )
        assert found == [(LABELLED, REASONS, {0: "Ann"})] * 8


def test_text_needs_no_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((classify, "name_kinds"), (classify, "Reason"), (cleanbody.cleaner, "authors")):
        monkeypatch.setattr(module, name, None)
    page = cleanbody.clean(FORUM)
    assert "It rained all day" in page.text and page.to_markdown() and page.confidence and page.status
    with pytest.raises(TypeError):
        page.blocks  # noqa: B018


def test_pages_are_equal_whether_they_have_been_asked_or_not() -> None:
    one, other = cleanbody.clean(FORUM), cleanbody.clean(FORUM)
    assert one.blocks and one == other
    assert pickle.loads(pickle.dumps(cleanbody.clean(FORUM))) == one
    assert "Ann" in {block.author for block in one.blocks}
    eager = cleanbody.Cleaner(cleanbody.Config(keep=frozenset({Label.FOOTER}))).clean(FORUM)
    assert eager.decisions.label == one.decisions.label and eager.decisions.author == one.decisions.author


def test_a_page_holds_no_columns_but_those_that_kinds_are_told_by() -> None:
    page = cleanbody.clean(
        "<p>It rained all day, and in the evening it rained still.</p>" + "<p><a href=x>Go on</a></p>" * 99
    )
    later_ = page.decisions._read.args[0].later  # type: ignore[union-attr]
    assert isinstance(later_.doubtful, naming.Doubtful)
    assert len(later_.doubtful.rows) <= page.decisions.keep.count(0)
    held = (*later_, later_.doubtful.fate, *later_.doubtful.columns, *later_.page, *later_.verdict)
    assert sum(map(sys.getsizeof, held)) < 8 * len(COLUMNS) * len(page.document)
