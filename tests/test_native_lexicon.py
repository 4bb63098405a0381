"""Phrases and class tokens: the compiled core against its Python twins."""

from __future__ import annotations

from array import array
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanbody.compiled import COMPILED, core
from cleanbody.features.context import PHRASE_COLUMNS, fill_phrase_columns, phrase_columns
from cleanbody.features.structure import zeros
from cleanbody.lexicon import CLASS_KINDS, MODES, PHRASE_KINDS, Hit, Lexicon, Match
from cleanbody.lexicon.phrases import Phrases, grow
from cleanbody.lexicon.tokens import LETTERS
from cleanbody.train.thin import ThinLexicon

pytestmark = pytest.mark.skipif(not COMPILED, reason="the package was built without a C compiler")
LEXICON = Lexicon.load()

# --- class names -----------------------------------------------------------------------------------------------------

NAMES = [
    "a", "A", "Ab", "ABc", "share", "Share", "SHARE", "read", "More", "comment", "form", "has", "is", "no",
    "not", "x1",
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


@settings(max_examples=800)
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


# --- phrases ---------------------------------------------------------------------------------------------------------

TOKENS = ["a", "b", "c", "by", "de", "é", "e", "don't", "#", "%s", "%n", "雨", "で", "©", "ç", "ά", "가", "ไ", "ḉ"]
SPOKEN = [
    "a", "B", "c", "By", "de", "DE", "É", "e", "Don’t", "don't", "7", "12,3", "1.", "#", "雨", "で", "©", "Ç", "Ά",
    "ά", "가", "ไ", "ḉ", "x", "X", "Ann", "'", "’", ":", "：", ".", ",", "\n", "\u0301", "\u0307", "\u0308",
    "İ", "ı",
    "ß", "ﬁ", "…", "½", "\u00ad", "\u200d", "\ud800", "\0", "𝔸", "😀", "𠀀", "\U0002f800", "\U000e0100",
    "１２", "٣", "१",
    "ΐ", "ﷺ", "ا", "أ", "ي\u0651", "हि", "ที่", "ｶﾞ", "ᄀ", "ᅡ", "\u3000", "\xa0", "x" * 60, "雨" * 30,
    "가나다 " * 20,
    "c " * 40,
]  # fmt: skip
PHRASES = st.lists(
    st.tuples(
        st.sampled_from(PHRASE_KINDS[:3]), st.sampled_from(MODES),
        st.lists(st.sampled_from(TOKENS), min_size=1, max_size=4).map(" ".join),
    ),
    max_size=12,
)  # fmt: skip
SAID = st.lists(st.sampled_from(SPOKEN) | st.sampled_from([" ", " by ", " a b ", " 1 "]), max_size=60).map("".join)
KNOWN = ["read more", "Read More", "by", "By", "Comments", "leave a reply to", "©", "5 min read", "Von", "広告", "다음"]
TEXTS = st.lists(
    st.sampled_from([*KNOWN, "Ann Example", "12", ":", "\n", "é", "’s"]) | st.text(max_size=6), max_size=80
).map(" ".join)


def twin(phrases: Any, text: str) -> Match:
    return Phrases(phrases).match(text)


def compiled(phrases: Any, text: str) -> Match:
    tokens, hits = core.match(Phrases(phrases).compiled(len(PHRASE_KINDS)), text)
    return Match(tokens, tuple(Hit(*hit) for hit in hits))


@settings(max_examples=500, deadline=None)
@given(PHRASES, SAID | SAID.map(lambda text: text * 12) | st.text(max_size=500))
@example([("share", "any", "c"), ("share", "whole", "c")], "1 c 2")
@example([("share", "label", "a")], "a： b")
@example([("share", "any", "%s a"), ("share", "any", "b"), ("teaser", "whole", "%n a")], "B B a")
@example([("share", "edge", "a"), ("share", "any", "a %s %s %s b")], "a " * 300 + "b")
@example([("share", "any", "a " * 9)], "a " * 96)
@example([("share", "whole", "")], "a")
def test_match(phrases: list[tuple[str, str, str]], text: str) -> None:
    numbers = ((PHRASE_KINDS.index(kind), MODES.index(mode), phrase.split()) for kind, mode, phrase in phrases)
    tables = grow(numbers)
    assert compiled(tables, text) == twin(tables, text)


@settings(max_examples=500)
@given(TEXTS | SAID)
@example("İstanbul’da " * 30)
@example("reply to " * 200)
def test_match_of_the_package(text: str) -> None:
    assert LEXICON.match(text) == LEXICON._phrases.match(text)


def test_every_character() -> None:
    """In words, between them, before a mark, and where a variant form has the whole text composed anew."""
    phrases = Phrases(grow([(0, 0, ["a"]), (1, 0, ["aa"]), (2, 0, ["雨", "a"]), (3, 0, ["#", "a"])]))
    table = phrases.compiled(len(PHRASE_KINDS))
    for first in range(0x80, 0x20800, 4):
        a, b, c, d = (chr(first + i) for i in range(4))
        for text in (f"a{a}a {b} a {c}雨{d}a", f"a{a}{b}a’s {c}{d}1", f"{a}\u0301{b} {c}a\u0307{d}"):
            tokens, hits = core.match(table, text)
            assert phrases.match(text) == (tokens, hits), ascii(text)


@settings(max_examples=100)
@given(st.lists(TEXTS | SAID, max_size=12), st.randoms())
def test_phrase_columns(texts: list[str], random: Any) -> None:
    words = [random.choice([1.0, 12.0, 13.0, 0.0]) for _ in texts]
    for lexicon in (LEXICON, ThinLexicon(LEXICON, "page", 4)):
        columns = [zeros(len(texts)) for _ in PHRASE_COLUMNS]
        assert phrase_columns(texts, words, lexicon) == fill_phrase_columns(columns, texts, words, lexicon)


def test_a_subclass_finds_what_it_says() -> None:
    columns = dict(
        zip(PHRASE_COLUMNS, phrase_columns(["Leave a Reply"], [3.0], ThinLexicon(LEXICON, "", 0)), strict=True)
    )
    assert columns["phrase_comment-prompt"][0] == 0
    columns = dict(zip(PHRASE_COLUMNS, phrase_columns(["Leave a Reply"], [3.0], LEXICON), strict=True))
    assert columns["phrase_comment-prompt"][0] == 1


NO_TRIES: list[Any] = [
    {"a": "x"}, {"a": "b x"}, {"a": "b "}, {"a": "b -1"}, {"a": "b 99"}, {"a": "b 123456789012345"}, {"a": ""},
    {"a": 99}, {"a": -1}, {"a": None}, {"a": {"": 1}}, {"a": {"": ["0"]}}, {1: 1}, {"\ud800": 1}, {"a" * 999: 1},
    {"a": 1 << 80},
]  # fmt: skip


@pytest.mark.parametrize("trie", NO_TRIES, ids=repr)
def test_phrases_that_no_table_holds(trie: dict[str, Any]) -> None:
    for tries in ((trie, {}), ({}, trie)):
        with pytest.raises((TypeError, ValueError, OverflowError)):
            core.phrases(LETTERS, {}, *tries, 3)  # type: ignore[arg-type]


def test_tries_of_any_depth() -> None:
    trie: dict[str, Any] = {}
    for _ in range(100_000):
        trie = {"a": trie}
    with pytest.raises(RecursionError):
        core.phrases(LETTERS, {}, trie, {}, 3)  # type: ignore[arg-type]
    while trie:  # from the outside: taking it apart must not recurse either
        trie = trie["a"]


def test_columns_that_are_not_there() -> None:
    table = LEXICON.compiled_phrases()
    kinds = len(PHRASE_KINDS)
    none = array("i", [-1]) * kinds
    columns = tuple(zeros(1) for _ in range(kinds))
    core.phrase_columns(table, ["by"], zeros(1), columns, none, none, 1.0, 1.0)
    wrong: list[tuple[Any, ...]] = [
        ([""], zeros(0), columns, none, none),
        ([""], zeros(1), columns[1:], none, none),
        ([""], zeros(1), columns, array("i", [kinds]) * kinds, none),
        ([""], zeros(1), columns, none, array("i", [99]) * kinds),
        ([""], zeros(1), columns, none[1:], none),
        (["", ""], zeros(2), columns, none, none),
        ([1], zeros(1), columns, none, none),
    ]
    for args in wrong:
        with pytest.raises((TypeError, ValueError)):
            core.phrase_columns(table, *args, 1.0, 1.0)


def test_what_characters_are_may_fail() -> None:
    def letter(character: str) -> Any:
        return answers.pop()

    letters = core.letters(letter, str, list)  # type: ignore[arg-type]
    table = core.phrases(letters, {}, {"a": 0}, {"%n": {"a": 0}}, 3)
    for answer in (None, (0, None), (9, None), (2, 1), (2,), "ab"):
        answers = [answer]
        with pytest.raises((TypeError, ValueError, SystemError)):
            core.match(table, "é a")
    answers = []
    with pytest.raises(IndexError):
        core.match(table, "é a")
    answers = [(2, None), (2, None)]
    assert core.match(table, "é é a") == (3, ((0, 2, 1),))
