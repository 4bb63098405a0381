"""The headline: the compiled core against its Python twin."""

from __future__ import annotations

from array import array
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanbody.compiled import COMPILED, core
from cleanbody.features.block_words import BlockWords
from cleanbody.features.headline import _ACCENTS, HEADLINE_COLUMNS, find_headline, search
from cleanbody.features.keys import key_of
from cleanbody.features.structure import zeros
from cleanbody.features.tokens import word_count
from cleanbody.page import KINDS, Document, Kind

pytestmark = pytest.mark.skipif(not COMPILED, reason="the package was built without a C compiler")

PIECES = [
    "rain", "Rain", "RAIN", "falls", "on", "the", "sea", "a", "b", "c", "d", "Über", "uber", "ΡΊΖΑ", "ρίζα",
    "ısı", "isi",
    "雨", "雨が", "가나", "갸", "ไม่", "ខ្មែរ", "e\u0301", "İ", "ǅ", "ς", "s'a", "’", "'", "_", "|", " | ",
    " - ", ": ", "：", " » ",
    "｜", " :: ", " |", "| ", " -", "…", "...", "... ", "\n", "\t", "   ", " \xa0 ", "1.",
    "12.05.2024", "2024-05-12", "-", "“",
    "\ud800", "\0",
    "\x85", "\u3000", "Ann: ", "daily", "news", "of", "all", "kinds", "\u17d2", "ﬁ", "ß", "ss", "\U0002f800",
    "𝔸", ".", "*",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES) | st.just(" "), max_size=14).map("".join) | st.lists(
    st.sampled_from(["rain", "falls", "on", "the", "Sea", "a", "|", "-", "b", "Über", "…", "News"]), max_size=12
).map(" ".join)
BLOCK = st.tuples(TEXT, st.sampled_from([0.0, 1.0, float("nan")]), st.booleans(), st.integers(0, 3), st.integers(0, 3))
KIND = [KINDS.index(kind) for kind in (Kind.PARAGRAPH, Kind.HEADING, Kind.ITEM, Kind.CELL)]


def documents(blocks: list[tuple[Any, ...]], markup: bool) -> tuple[Any, ...]:
    """What `find_headline` takes, but for the candidates; every number of a block means something."""
    n = len(blocks)
    texts = [text for text, *_ in blocks]
    document = Document(
        "", markup, array("l", [0] * n), array("l", [0] * n), bytearray(KIND[kind] for *_, kind, _ in blocks),
        bytearray(1 + kind // 3 for *_, kind in blocks), bytearray(flag for *_, flag in blocks),
    )  # fmt: skip
    words = [word_count(text) for text in texts]
    return document, texts, words, [share for _, share, *_ in blocks], [prose for _, _, prose, *_ in blocks]


def same(args: tuple[Any, ...], candidates: list[str]) -> None:
    document, texts, *rest = args
    one, other = find_headline(document, BlockWords(texts), *rest, candidates), search(*args, candidates)
    assert one[:2] == other[:2]
    assert [column.tolist() for column in one.columns] == [column.tolist() for column in other.columns]


@settings(max_examples=500, deadline=None)
@given(st.lists(BLOCK, max_size=14), st.lists(TEXT, max_size=4), st.booleans(), st.data())
def test_headline(blocks: list[tuple[Any, ...]], candidates: list[str], markup: bool, data: Any) -> None:
    texts = [text for text, *_ in blocks]
    if texts:  # what stands again, with something before or behind it
        again = st.tuples(
            st.sampled_from(["", "a b ", "News | "]), st.sampled_from(texts), st.sampled_from(["", " - b", "..."])
        )
        candidates += data.draw(st.lists(again.map("".join), max_size=2))
        more = data.draw(st.lists(again.map("".join), max_size=4))
        blocks = [*blocks, *((text, 0.0, i % 2 == 1, i % 4, 0) for i, text in enumerate(more))]
    same(documents(blocks, markup), candidates)


@settings(max_examples=300)
@given(st.text(max_size=40), st.text(max_size=40))
@example("ΐ", "ι")
@example("ｶﾞ", "ガ")
@example("각", "가...")
def test_any_text(line: str, title: str) -> None:
    same(documents([(line, 0.0, False, 1, 0), (f"{line} | {title}", 0.0, True, 0, 0)], True), [title, line])


def test_every_letter() -> None:
    letters = [chr(c) for c in range(0x80, 0x20000) if chr(c).isalnum()]
    for i in range(0, len(letters), 8):
        line = " ".join(letters[i : i + 8])
        title = " ".join(key_of(line))
        same(documents([(line, 0.0, False, 1, 0), (title + " x", 0.0, False, 0, 0)], True), [title])


@settings(max_examples=500, deadline=None)
@given(st.data(), st.booleans())
def test_headline_of_a_text(data: Any, markup: bool) -> None:
    words = st.sampled_from(["rain", "falls", "on", "the", "Sea", "hills"])
    titles = data.draw(st.lists(st.lists(words, min_size=2, max_size=7), min_size=1, max_size=3))

    def line(parts: tuple[list[str], int, str, str]) -> str:
        title, size, before, behind = parts
        return before + " ".join(title[: max(size, 1)]) + behind

    lines = st.tuples(
        st.sampled_from(titles),
        st.sampled_from([9, 9, 9, 5, 4, 3, 2]),
        st.sampled_from(["", "", "", "a b ", "News | ", "- ", "* "]),
        st.sampled_from(["", "", " | News", " - Sea - News", "...", " …", " ru...", "."]),
    ).map(line)
    texts = data.draw(st.lists(lines, min_size=1, max_size=30))
    prose = data.draw(st.lists(st.sampled_from([False, False, False, True]), min_size=len(texts), max_size=len(texts)))
    blocks = [(text, 0.0, is_prose, 0, 0) for text, is_prose in zip(texts, prose, strict=True)]
    same(documents(blocks, markup), [])
    same(documents([*blocks, *((" ".join(["w"] * 45), 0.0, True, 0, 0) for _ in range(2))], markup), [])
    told = st.lists(words, min_size=18, max_size=30).map(" ".join)  # prose that says what the lines say
    more = data.draw(st.lists(st.tuples(told, st.sampled_from([".", "”", ""])).map("".join), min_size=1, max_size=4))
    same(documents([*blocks, *((text, 0.0, True, 0, 0) for text in more)], markup), [])
    names = data.draw(st.lists(st.sampled_from(["News", "The Sea: rain falls", "News: " + texts[0]]), max_size=2))
    same(documents([*blocks, *((text, 0.0, True, 0, 0) for text in more)], markup), names)


HOSTILE = [
    ["a-" * 20_000 + "b"] * 40, ["a | " * 10_000] * 40, ["_" * 40_000] * 40, [" " * 40_000 + "a b c"] * 40,
    ["a b c|" * 30, "x"] * 2_000, ["a\u0301 " * 30] * 400, [" - " * 10_000] * 40,
    [f"w{i} a b c d e f g h i" for i in range(4_000)],
    [f"{'a ' * (i % 60)}{i}..." for i in range(4_000)], ["a b " + "c" * 40_000 + "..."] * 200,
]  # fmt: skip


@pytest.mark.parametrize("texts", HOSTILE, ids=lambda texts: repr(texts[0][:9]))
def test_hostile_lines(texts: list[str]) -> None:
    for candidates in ([], ["a b c"], [texts[0]]):
        words = [min(word_count(text), 30.0) for text in texts]
        document, *_, shares, prose = documents([(text, 0.0, i > 5, 0, 0) for i, text in enumerate(texts)], False)
        found = find_headline(document, BlockWords(texts), words, shares, prose, candidates)
        assert len(found.columns) == len(HEADLINE_COLUMNS)


def test_arguments_that_do_not_fit() -> None:
    def call(*changed: tuple[int, Any]) -> Any:
        args: list[Any] = [
            _ACCENTS, str.isdigit, core.block_words(("a b c",)), zeros(1), zeros(1), b"\0", ("x",),
            bytearray(1), bytearray(1), bytearray(1),
            1, 2, True, [zeros(1) for _ in HEADLINE_COLUMNS],
        ]  # fmt: skip
        for place, value in changed:
            args[place] = value
        return core.find_headline(*args)

    used = [array("d", [1.0]) for _ in HEADLINE_COLUMNS]  # what stood in the columns before says nothing
    fresh = [zeros(1) for _ in HEADLINE_COLUMNS]
    assert call((13, used)) == call((13, fresh))
    assert used == fresh

    assert call() == (-1, "x")
    wrong: list[tuple[int, Any]] = [
        (0, object()), (2, ("a",)), (2, core.block_words(("a", "b"))), (3, zeros(0)), (5, b""), (6, (1,)), (7, b""),
        (9, zeros(0)),
        (13, []),
        (13, [zeros(0)] * 6), (13, [b"12345678"] * 6),
    ]  # fmt: skip
    for change in wrong:
        with pytest.raises((TypeError, ValueError, BufferError)):
            call(change)
    accents = core.accents(lambda letter: 1)  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match="accents"):
        call((0, accents), (6, ("é",)))
