"""Scraped text → Document: which lines are one block, which are not, and what holds for any text."""

from __future__ import annotations

import math
import textwrap
import time
from itertools import pairwise

import pytest
from evidence import cases
from hypothesis import example, given
from hypothesis import strategies as st

import cleanbody
from cleanbody import plaintext
from cleanbody.decode import without_surrogates
from cleanbody.page import KINDS, Document, Flag, InputError, Kind, Status
from cleanbody.plaintext import PROSE, WRAP_LINES, read_text, wrap_width

GENEROUS = 5.0  # seconds: hostile input must stay linear, on any machine
STORY = (
    "It rained all day in the valley, and in the evening, when nobody minded any more, it rained still. The river rose "
    "by a hand before noon, and by night the lower fields stood under water, as they had done in the spring of the "
    "year before. Nobody went out. The dogs slept, the cows lowed, and the miller counted his sacks by the light of a "
    "lamp that smoked a little and smelled of fish oil. In the morning the rain had stopped, and all the people of the "
    "valley came out to look at the river, which had taken the bridge, two boats and a good part of the orchard."
)


def texts(document: Document) -> list[str]:
    return [document.block_text(i) for i in range(len(document))]


def kinds(document: Document) -> list[str]:
    return [KINDS[kind].value for kind in document.kind]


def bare(text: str) -> str:
    return "".join(text.split())


def check(document: Document, source: str) -> None:
    """All that must hold of the columns of any text."""
    n = len(document)
    assert document.text == source and not document.markup and not document.marks
    spans = list(zip(document.start, document.end, strict=True))
    assert all(0 <= start < end <= len(source) for start, end in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert {len(document.kind), len(document.level), len(document.flags), len(document.container)} == {n}
    assert set(document.container) <= {0} and list(document.parent) == [-1] and document.tag == [""]
    assert (list(document.first), list(document.last)) == ([0], [n])
    assert len(document.texts) in (0, n)
    for own, (start, end) in zip(texts(document), spans, strict=True):
        assert own.strip() and bare(own) == bare(source[start:end])
    # Nothing is lost: what stands between the blocks is white space, or a byte order mark.
    edges = [0, *(edge for span in spans for edge in span), len(source)]
    assert not any(
        source[left:right].replace("\ufeff", "").strip() for left, right in zip(edges[::2], edges[1::2], strict=True)
    )


DOZHD = "Дождь шёл весь день в долине, и никто уже не думал о нём больше"
BLOCKS = [
    # a line is a block, and a blank line always parts
    ("a block a line", "Rain\nIt rained.\n\nIt did.", ["Rain", "It rained.", "It did."]),
    ("white space around lines", "  Rain \n\t It rained.\n \t \n It did.\n\n", ["Rain", "It rained.", "It did."]),
    ("white space inside a line", "Rain   fell\there\u00a0too", ["Rain   fell\there\u00a0too"]),
    ("no-break spaces around lines", "\u00a0Rain\u00a0\n\u00a0\nIt rained.", ["Rain", "It rained."]),
    ("a byte order mark", "\ufeffRain\n\ufeff\n\ufeff It rained.\ufeff", ["Rain", "It rained.\ufeff"]),
    ("every line end", "a\r\nb\rc\nd\x0be\x0cf\x85g\u2028h\u2029i", list("abcdefghi")),
    ("blank lines of every kind", f"{STORY[:64]}\r\n\r\n{STORY[64:130]}", [STORY[:64], STORY[64:130].strip()]),
    # lines that go on
    (
        "a paragraph cut at its links",
        f"{STORY[:60]}\nof the valley\n, and nobody minded, said Ann\n. It rained on.",
        [f"{STORY[:60]} of the valley, and nobody minded, said Ann. It rained on."],
    ),
    ("a line that goes on in lower case", f"{STORY[:56]}\nthen nobody minded", [f"{STORY[:56]} then nobody minded"]),
    ("a hyphen at the end of a line", f"{STORY[:50]} well-\nknown rain", [f"{STORY[:50]} well-known rain"]),
    ("ideographs need no space", f"{'谷' * 58}\n、雨だった", [f"{'谷' * 58}、雨だった"]),
    ("a full-width bracket", f"（{'谷' * 60}\n）と言った", [f"（{'谷' * 60}）と言った"]),
    ("Cyrillic", "Дождь шёл весь день в долине, и никто уже не думал\nо нём больше", [DOZHD]),
    ("Arabic commas", f"{'مطر ' * 20}\n، قال", [f"{('مطر ' * 20).strip()}، قال"]),
    # lines that do not
    ("after a full stop", f"{STORY[:60]}.\nand then it stopped", [f"{STORY[:60]}.", "and then it stopped"]),
    ("after a colon", f"{STORY[:60]}:\nand then it stopped", [f"{STORY[:60]}:", "and then it stopped"]),
    ("after an ideographic full stop", f"{'雨' * 60}。\n、", [f"{'雨' * 60}。", "、"]),
    ("a capital letter", f"{STORY[:60]}\nThen it stopped", [STORY[:60], "Then it stopped"]),
    (
        "a menu",
        "home\nnews and views\nsport\nweather of today\nabout us",
        ["home", "news and views", "sport", "weather of today", "about us"],
    ),
    (
        "a menu of long items in lower case",
        "news and views of all our twelve valleys\nthe weather of today and of tomorrow\nour gardens",
        ["news and views of all our twelve valleys", "the weather of today and of tomorrow", "our gardens"],
    ),
    (
        "a list under its label",
        f"Rain:\n{STORY[1:50]}\n{STORY[1:60]}\n\nand {STORY[1:40]}\n{STORY[1:55]}",
        ["Rain:", STORY[1:50].strip(), STORY[1:60].strip(), f"and {STORY[1:40]}".strip(), STORY[1:55].strip()],
    ),
    (
        "a list of many items under a line",
        f"{STORY[:60].strip()}\nof the hills\nof the lower fields\nof the sea",
        [STORY[:60].strip(), "of the hills", "of the lower fields", "of the sea"],
    ),
    (
        "a sentence of many fragments",
        f"{STORY[:60].strip()}\nof the hills\nof the lower fields\nof the sea.",
        [f"{STORY[:60].strip()} of the hills of the lower fields of the sea."],
    ),
    (
        "and one that goes on",
        f"{STORY[:60].strip()}\nof the hills\nof the lower fields\nof the sea\n, said Ann.",
        [f"{STORY[:60].strip()} of the hills of the lower fields of the sea, said Ann."],
    ),
    (
        "a sentence of few fragments",
        f"{STORY[:60].strip()}\nof the hills\nof the sea",
        [f"{STORY[:60].strip()} of the hills of the sea"],
    ),
    (
        "code",
        "line = splice.short(Rope(twelve), Rope(seven))\nprint(line.length)  # eighteen and a half",
        ["line = splice.short(Rope(twelve), Rope(seven))", "print(line.length)  # eighteen and a half"],
    ),
    (
        "a name of code in a sentence",
        f"{STORY[:60]}\nprint(it) twice\nof them",
        [f"{STORY[:60]} print(it) twice of them"],
    ),
    ("a menu of long items under prose", f"{STORY}\nhome\nnews\nsport", [STORY, "home", "news", "sport"]),
    (
        "a poem",
        "Rain on the hills,\nRain on the sea,\nand none, my dear,\nis left for me",
        ["Rain on the hills,", "Rain on the sea,", "and none, my dear,", "is left for me"],
    ),
    ("a line that stands twice", f"{STORY[:60].lower()}\n{STORY[:60].lower()}", [STORY[:60].lower()] * 2),
    (
        "bullets",
        f"{STORY[:60]}\n- a b\n* c\n• d\n1. e\n(2) f\nb) g",
        [STORY[:60], "- a b", "* c", "• d", "1. e", "(2) f", "b) g"],
    ),
    ("a lone mark", f"{STORY[:60]}\n,\n)", [STORY[:60], ",", ")"]),
]


@pytest.mark.parametrize(("source", "expected"), [row[1:] for row in BLOCKS], ids=[row[0] for row in BLOCKS])
def test_blocks(source: str, expected: list[str]) -> None:
    document = read_text(source)
    assert texts(document) == expected
    check(document, source)


@pytest.mark.parametrize("more", [-1, 0])
def test_lines_join_from_so_many_characters_together(more: int) -> None:
    first, second = "A" + "b" * 39, "c" * (PROSE - 40 + more)
    expected = [f"{first} {second}"] if more >= 0 else [first, second]
    assert texts(read_text(f"{first}\n{second}")) == expected
    second = "," + second[1:]
    assert texts(read_text(f"{first}\n{second}")) == ([first + second] if more >= 0 else [first, second])


def test_flags_and_kinds() -> None:
    document = read_text("Rain\nIt rained.\n\n- all day\n12) all night\n-5 degrees\n2020.\n\n```\nx\n```")
    assert kinds(document) == ["paragraph", "paragraph", "item", "item", "paragraph", "paragraph", "code"]
    assert list(document.flags) == [0, Flag.AFTER_BREAK, 0, *[Flag.AFTER_BREAK] * 3, 0]


# --- hard-wrapped text -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [55, 64, 72, 80, 98])
def test_wrapped_paragraphs_are_joined(width: int) -> None:
    wrapped = textwrap.fill(STORY, width)
    source = f"Rain\n\n{wrapped}\n\n{wrapped}"
    document = read_text(source)
    assert texts(document) == ["Rain", STORY, STORY]
    check(document, source)


TANI = (
    "谷では一日中雨が降り続き、夕方になってもやむ気配はなかった。川の水は正午前に少しずつ増えはじめ、畑の低いところから順に沈んでいった。"
    * 3
)


@pytest.mark.parametrize("width", [25, 35, 45, 49])
@pytest.mark.parametrize("indent", ["", "\u3000"])
def test_wrapped_paragraphs_of_a_script_without_spaces_are_joined(width: int, indent: str) -> None:
    """An ideograph is two columns wide."""
    set_in = indent + TANI
    wrapped = "\n".join(set_in[at : at + width] for at in range(0, len(set_in), width))
    source = f"雨\n\n{wrapped}\n\n{wrapped}"
    document = read_text(source)
    assert texts(document) == ["雨", TANI, TANI]
    check(document, source)


@pytest.mark.parametrize("width", [12, 20, 60])
def test_short_and_long_lines_of_a_script_without_spaces_stay_apart(width: int) -> None:
    lines = [TANI[at : at + width] for at in range(0, len(TANI) - width, width)]
    kept = [line for line in lines if line[0] not in "、。"]
    assert texts(read_text("\n".join(kept))) == kept


def test_wrapped_hangul_keeps_its_spaces() -> None:
    story = "골짜기에는 하루 종일 비가 내렸고 저녁이 되어도 그칠 기미가 보이지 않았다 " * 8
    words, lines = story.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 38:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    assert texts(read_text("\n".join(lines))) == [" ".join(words)]


def test_wrapped_paragraphs_parted_by_indentation_alone() -> None:
    source = "\n".join(textwrap.fill(STORY, 72, initial_indent="    ") for _ in range(3))
    assert texts(read_text(source)) == [STORY] * 3


def test_a_bullet_begins_a_block_in_a_wrapped_text_too() -> None:
    source = "\n".join(textwrap.fill(f"* {STORY}", 72) for _ in range(3))
    document = read_text(source)
    assert texts(document) == [f"* {STORY}"] * 3
    assert kinds(document) == ["item"] * 3


def test_a_bullet_set_in_stays_one_block_after_a_full_stop() -> None:
    lines = (
        "* It rained all day in the valley, and in the evening nobody minded.",
        "  The river rose by a hand before noon, and by night the lower fields",
        "  stood under water, as they had done in the spring of the year before.",
    )
    item = " ".join(line.strip() for line in lines)
    assert texts(read_text("\n".join(lines * 4))) == [item] * 4


def test_short_lines_of_a_wrapped_text_stay_apart() -> None:
    wrapped = textwrap.fill(STORY, 72)
    source = f"{wrapped}\n\nRain\nA story of the valley\nby Ann Example\n\n{wrapped}"
    assert texts(read_text(source)) == [STORY, "Rain", "A story of the valley", "by Ann Example", STORY]


def test_lines_of_any_length_are_not_wrapped() -> None:
    sentences = [part + "." for part in STORY.rstrip(".").split(". ")]
    assert texts(read_text("\n".join(sentences * 3))) == sentences * 3


WIDTHS = [
    ([72, 70, 66, 71, 69, 72], 72),
    ([72] * (WRAP_LINES - 1), 0),  # too few
    ([72, 20, 71, 15, 70, 33, 72, 9], 0),  # not most of them
    ([40] * 20, 0),  # no page is so narrow: verse, a column of names
    ([300] * 20, 0),  # paragraphs
    ([72] * 99 + [400], 72),  # one line that could not be wrapped
    ([], 0),
]


@pytest.mark.parametrize(("lengths", "width"), WIDTHS)
def test_wrap_width(lengths: list[int], width: int) -> None:
    assert wrap_width(lengths) == width


# --- code ------------------------------------------------------------------------------------------------------------

CODE = [
    ("back-ticks", "```\n  if x:\n\n\n      y  \n```", True),
    ("a language", "```python\nx = 1\n```", True),
    ("tildes", "~~~~\n~~~\nx\n~~~~~", True),
    ("the other fence is code", "```\n~~~\nx\n```", True),
    ("white space stays", "  ```\n\tx   =\u00a01\n  ```", True),
    ("bullets and capitals are code", "```\n- a\nB\n* c\n```", True),
    ("a fence that nothing closes", "```\nx\n\ny", False),
    ("a shorter fence closes nothing", "````\nx\n```", False),
    ("code inside a line", "```x``` is code\ny\n```", False),
    ("an ornament", "~~~\n\nIt rained on.", False),
    ("ornaments around prose", f"~~~\n{STORY}\n\nIt rained on.\n~~~", False),
    ("a row around a heading", "~~~~~\nThe Valley\n~~~~~", False),
    ("short ornaments", "~~~\nIt rained on and on.\n~~~", False),
    ("ornaments around nothing", "~~~\n\n~~~", False),
    ("long fences", "~~~~~\nx = 1\n~~~~~", True),
    ("long fences and indentation", "~~~~~\nif so:\n  go on\n~~~~~", True),
    ("fences that name a language", f"~~~text\n{STORY}\n~~~", True),
    ("code with a comment in prose", f"~~~\n# {STORY}\nx = 1\n~~~", True),
    ("back-ticks around prose", f"```\n{STORY}\n```", True),
]


@pytest.mark.parametrize(("code", "fenced"), [row[1:] for row in CODE], ids=[row[0] for row in CODE])
def test_fenced_code_stays_as_it_is(code: str, fenced: bool) -> None:
    source = f"Rain\n{code}\nIt rained."
    document = read_text(source)
    check(document, source)
    assert texts(document)[0] == "Rain"
    assert (code in texts(document)) == fenced
    assert (KINDS.index(Kind.CODE) in document.kind) == fenced
    if fenced:
        assert texts(document)[2:] == ["It rained."]


# --- limits and errors -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["", " ", "\n\n\t\r\n", "\u2028\u00a0\u3000"])
def test_nothing(source: str) -> None:
    document = read_text(source)
    assert (len(document), document.statuses) == (0, (Status.EMPTY,))
    check(document, source)


@pytest.mark.parametrize(
    ("cap", "expected"), [(None, "aaa\nbbb"), (7, "aaa\nbbb"), (6, "aaa\nbb"), (3, "aaa"), (0, "")]
)
def test_max_bytes(cap: int | None, expected: str) -> None:
    document = read_text("aaa\nbbb", max_bytes=cap)
    assert "\n".join(texts(document)) == expected
    cut = (Status.TOO_LARGE,) if expected != "aaa\nbbb" else ()
    assert document.statuses == (*cut, *((Status.EMPTY,) if not expected else ()))
    check(document, expected if cap != 3 else "aaa")


def test_beyond_the_most_blocks_all_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plaintext, "MAX_BLOCKS", 3)
    document = read_text("A\n\nB\nC\nD\nE")
    assert (texts(document), document.statuses) == (["A", "B", "C", "D E"], (Status.TOO_MANY_BLOCKS,))
    check(document, "A\n\nB\nC\nD\nE")
    assert read_text("A\n\nB\n\nC").statuses == ()


def test_blocks_beyond_the_cap_are_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plaintext, "MAX_BLOCKS", 2)
    source = "A\n\nB\nC\n\n\nD\nE"
    document = read_text(source)
    assert (texts(document), document.statuses) == (["A", "B", "C D E"], (Status.TOO_MANY_BLOCKS,))
    check(document, source)
    assert read_text("A\n\nB").statuses == ()


@pytest.mark.parametrize("value", [None, 7, b"Rain", ["Rain"]], ids=lambda value: type(value).__name__)
def test_what_is_no_text(value: object) -> None:
    with pytest.raises(InputError, match=rf"^cannot clean a {type(value).__name__} as text: give [^\n]+$"):
        read_text(value)  # type: ignore[arg-type]


HOSTILE = {
    "one long line": "rain " * 400_000,
    "short lines": "rain\n" * 60_000,
    "blank lines": "\n" * 2_000_000,
    "lines that go on": f"{STORY[:60]}\n" + "and on, it went\n" * 50_000,
    "white space": " " * 1_000_000 + "\u2028" * 100_000,
    "fences": "```\n~~~\n````\n" * 20_000,
    "ornaments": "".join("~" * n + "\nrain\n" for n in range(1_500, 3, -1)),
    "rows of tildes": "~~~~\nrain fell\n" * 50_000,
    "lower case": "rain and rain\n" * 60_000,
    "back-ticks": "`" * 500_000 + "\n" + "`x" * 200_000,
    "bullets": "1. " * 200_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_stay_linear(name: str) -> None:
    began = time.process_time()
    document = read_text(HOSTILE[name])
    assert time.process_time() - began < GENEROUS
    assert len(document) or document.statuses == (Status.EMPTY,)


# --- any text --------------------------------------------------------------------------------------------------------

LINE = st.one_of(
    st.sampled_from(
        [STORY, STORY[:70], "and it rained on", ", said Ann", "- a b", "1. a", "Rain", "```", "~~~", "````x"]
    ),
    st.sampled_from(["", " ", "\u00a0", "雨が一日中降り続き", "、夕方", "。", "a" * 60, "  b", "\ufeff", "\x1c"]),
    st.text(max_size=30),
)
TEXT = st.lists(st.tuples(LINE, st.sampled_from(["\n", "\r\n", "\u2028", "\n\n"])), max_size=25).map(
    lambda lines: "".join(line + end for line, end in lines)
)


ANY_CHARACTERS = st.text(st.characters(codec=None), max_size=100)  # lone surrogates too


def utf8(text: str) -> int:
    """The size of a text, bytes."""
    return len(text.encode())


@given(st.one_of(TEXT, ANY_CHARACTERS))
@example("\ud800\n\udfff")
@example("a\r\n\rb")
def test_any_text(source: str) -> None:
    document, (whole, replaced) = read_text(source), without_surrogates(source)
    check(document, whole)
    assert (Status.REPLACED_BYTES in document.statuses) == bool(replaced)


def test_surrogates_are_joined_or_replaced() -> None:
    document = read_text("It rained \ud83d\ude00 all day.\n\nIt \udc00 did.")
    assert texts(document) == ["It rained 😀 all day.", "It \ufffd did."]
    assert document.statuses == (Status.REPLACED_BYTES,)
    assert read_text("It rained \ud83d\ude00 all day, \ufffd said.").statuses == ()


@given(st.one_of(TEXT, ANY_CHARACTERS), st.integers(0, 200))
@example("雨がa", 5)
@example("a\ud800b", 3)
def test_any_text_cut_short(source: str, size: int) -> None:
    document = read_text(source, max_bytes=size)
    check(document, document.text)
    source = without_surrogates(source)[0]
    kept, cut = len(document.text), source[len(document.text) :]
    assert source.startswith(document.text)
    assert utf8(source[:kept]) <= size and (not cut or utf8(source[: kept + 1]) > size)
    assert (Status.TOO_LARGE in document.statuses) == bool(cut)


@given(TEXT)
def test_blocks_parted_by_blank_lines_are_the_same_blocks(source: str) -> None:
    document = read_text(source)
    again = read_text("\n\n".join(texts(document)))
    assert [text.strip() for text in texts(again)] == [text.strip() for text in texts(document)]
    assert kinds(again) == kinds(document)


def test_cleaning_cleaned_text_changes_nothing() -> None:
    """In at least 99 of 100 texts."""
    sources = {case.name: case.read() for case in cases() if case.expected["input"] == "page.txt"}
    assert len(sources) > 20
    changed = []
    for name, source in sources.items():
        text = cleanbody.clean_text(str(source)).text
        if cleanbody.clean_text(text).text != text:
            changed.append(name)
    assert len(changed) <= math.ceil(0.01 * len(sources)), changed
