"""Scraped text in Markdown: what a reader sees of its blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleanbody
from cleanbody.features import COLUMNS, INDEX, compute, texts_of
from cleanbody.lexicon import Lexicon
from cleanbody.markdown import seen_texts
from cleanbody.plaintext import read_text

RAIN = "It rained all day in the valley, and in the evening it rained still, so that nobody went out."
SNOW = "On the second day the rain became snow, and the road over the pass was closed until the spring."

SEEN = [
    ("[day](/d)", "day"),
    ("a [day](/d) b", "a day b"),
    ('[day](/d "Title (here)")', "day"),
    ("[day](https://x.example/a_(b))", "day"),
    ("![a day](/d.png)", "!"),
    ("[![a day](/d.png)](/d)", "["),
    ("[![](/d.png) day](/d)", "day"),
    ("# Rain", "Rain"),
    ("### [Rain](/r)", "Rain"),
    ("* ## Rain", "* Rain"),
    ("Two boats](/b)", "Two boats"),  # a link that began in another block
    ("**It** is 3 \\* 4", "It is 3 * 4"),
    *((same, same) for same in ("####### seven", "#tag", "a[0] (b)", "[day] (/d)", "[day](", "a](b c)")),
]


@pytest.mark.parametrize(("block", "text"), SEEN, ids=[row[0] for row in SEEN])
def test_what_is_seen(block: str, text: str) -> None:
    assert seen_texts(f"[x](y)\n{block}", ["[x](y)", block]) == ["x", text]


@pytest.mark.parametrize("text", [RAIN, "**a](b**", "# one\nx = **1**", "#tag\n\n**more**", "#", "f(**x)[0]"])
def test_what_is_no_markdown(text: str) -> None:
    assert seen_texts(text, [text]) == [text]


@pytest.mark.parametrize("text", ["# **Rain**\n\nIt rained.", f"{RAIN}\n\n## Snow\n\n{SNOW}**", "see **[a](b)"])
def test_what_is_markdown(text: str) -> None:
    assert seen_texts(text, [text]) != [text]


MARKS = st.sampled_from(["[", "]", "(", ")", "](", "!", "#", "# ", "* ", "\\", '"', " ", "\n", "**", "day", "/d", "雨"])


@given(st.lists(MARKS, min_size=1, max_size=40).map("".join))
def test_any_text(text: str) -> None:
    document = read_text("[x](y)\n\n" + text)
    texts = texts_of(document)
    assert len(texts) == len(document)
    assert all(texts)


def test_features_are_those_of_what_is_seen() -> None:
    texts = f"# [Home](/)\n\n{RAIN} [x](y)", f"Home\n\n{RAIN} x"
    marked, plain = (compute(read_text(text), Lexicon.load()).columns for text in texts)
    differ = [name for name, one, other in zip(COLUMNS, marked, plain, strict=True) if repr(one) != repr(other)]
    assert differ == ["heading"]
    assert list(marked[INDEX["heading"]]) == [6.0, 0.0]


def test_a_subheading_in_markdown_is_none_of_another_story() -> None:
    heading = "Museum opens doors to young painters"
    story = f"# Rain in the valley\n\n{RAIN}\n\n## {heading}\n\n{SNOW}\n\n{heading}\n\n{RAIN[::-1]}"
    lines = [block for block in cleanbody.clean_text(story).blocks if heading in block.text]
    assert ["teaser-bare" in [reason.code for reason in block.reasons] for block in lines] == [False, True]


@pytest.mark.parametrize(
    "piece", ["[", "](", "[a](", "[a](b", "![", '[a](b "', "](x\n\n", "[\n\n", "\\", "# \n\n", "**"]
)
def test_hostile_text_ends(piece: str) -> None:
    """A square of this would be minutes."""
    assert all(texts_of(read_text("[a](b)\n\n" + piece * 100_000)))


def test_a_page_in_markdown_comes_back_as_it_was() -> None:
    kept = f"{RAIN} See [the map](/m).\n\n{SNOW}"
    head, prompts = "[Home](/) [News](/n) [Sport](/s)", "[Share](/f) [Tweet](/t)\n\n## Leave a Reply"
    page = cleanbody.clean_text(f"{head}\n\n# Rain in the valley\n\n{kept}\n\n{prompts}")
    assert page.text == kept
    assert page.title == "Rain in the valley"
    assert [block.text for block in page.blocks if not block.keep] == [
        "[Home](/) [News](/n) [Sport](/s)",
        "[Share](/f) [Tweet](/t)",
        "## Leave a Reply",
    ]


@pytest.mark.parametrize(
    "unsafe",
    [
        *("[x](javascript:alert(1))", "[x]( JavaScript:alert(1))", "![x](data:,x)", "[x](<javascript:alert(1)>)"),
        *("[x](java&#115;cript:alert)", "[x](java&Tab;script:alert)", "[x](java\\script:alert)", "[x]:\n  vbscript:x"),
        *("[y](a](javascript:alert)", "<script>alert(1)</script>", "a <!-- b", "<https://example.org>"),
    ],
)
def test_markdown_is_escaped_where_it_would_not_be_safe(unsafe: str) -> None:
    text = f"# Rain in the valley\n\n{RAIN} See [the map](/m), {unsafe} and more.\n\n## Snow\n\n{SNOW}"
    written = cleanbody.clean_text(text).to_markdown(images=True)
    assert "\\[the map\\](/m)" in written
    assert f", {unsafe} and" not in written


def test_markdown_of_markdown_is_not_escaped() -> None:
    body = f"{RAIN} See [the map](/m).\n\n## The *second* day\n\n{SNOW}\n\n![a hill](/h.png)\n\n{RAIN[:60]}."
    page = cleanbody.clean_text(f"# Rain in the valley\n\n{body}")
    assert page.to_markdown(images=True) == f"# Rain in the valley\n\n{body}"
    assert page.to_markdown(images=True, headline=False) == body
    assert "![" not in page.to_markdown()
    assert "See the map." in page.to_markdown(links=False)
    assert "\\*second\\*" in cleanbody.clean_text(f"{RAIN}\n\nThe *second* day. {SNOW}").to_markdown()
