"""What holds for every page and text, whatever it is: Hypothesis looks for one for which it does not."""

from __future__ import annotations

import pickle
import random
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from evidence import cases
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree, html
from selectolax.lexbor import LexborHTMLParser

import cleanbody
from cleanbody import Cleaner, CleanPage, Config, Label
from cleanbody.cut import LINE_WORDS, keeps, line_cut, page_cut, recut
from cleanbody.page import Kind

SOURCES = {case.name: case.read() for case in cases()}
HTML = {name: source for name, source in SOURCES.items() if isinstance(source, bytes)}

TAGS = "p div h1 h2 ul ol li table tr td blockquote pre code a b br img nav main article aside footer form input button"
TAGS += " noscript iframe script style template svg math select option textarea title head body html meta link dl dt dd"
SENTENCES = st.sampled_from(
    [
        "It rained all day, and in the evening, when nobody minded any more, it rained still.",
        "雨が一日中降り続き、夕方になっても止まなかった。",
        "Rain",
        "Leave a Reply",
        "Read more »",
        "1 2 3 … 9",
        "&nbsp;&#0;&#x110000;&amp",
    ]
)
MARKUP = st.lists(
    st.one_of(
        st.sampled_from(TAGS.split()).map(lambda tag: f"<{tag}>"),
        st.sampled_from(TAGS.split()).map(lambda tag: f"</{tag}>"),
        st.sampled_from(
            ["<p class='comment-form related'>", "<div hidden>", "<!--", "-->", "<![CDATA[", "<a href='x'>"]
        ),
        st.just('<script type="application/ld+json">{"@type":"Article","articleBody":"'),
        SENTENCES,
        st.text(max_size=12),
    ),
    max_size=40,
).map("".join)
LINES = st.lists(st.one_of(SENTENCES, st.text(max_size=40), st.just("")), max_size=30).map("\n".join)
ANY_CHARACTERS = st.text(st.characters(codec=None), max_size=200)  # lone surrogates too


def bare(text: str) -> str:
    """A text without its white space, which rendering may set anew."""
    return "".join(text.split())


def check(page: CleanPage) -> None:
    """All that must hold of any page."""
    document, blocks = page.document, page.blocks
    assert len(blocks) == len(document)
    spans = [block.span for block in blocks]
    assert all(0 <= start < end <= len(document.text) for start, end in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    for block in blocks:
        assert bare(block.text) == bare(document.text[slice(*block.span)])
        assert block.keep == (block.label in (Label.HEADLINE, Label.BODY))
        assert 0.0 <= block.score <= 1.0
        assert block.reasons
    assert sum(block.label is Label.HEADLINE for block in blocks) <= 1
    # Replaying the decisions gives the text: every kept block, in order, and nothing else.
    assert bare(page.text) == "".join(bare(b.text) for b in blocks if b.label is Label.BODY)
    assert bare(page.to_text(headline=True)) == bare(page.title or "") + bare(page.text)
    assert 0.0 <= page.confidence <= 1.0 + 1e-9


def verdicts(page: CleanPage) -> tuple[object, ...]:
    """Everything that was decided about a page."""
    return page.metadata, page.page_type, page.statuses, page.confidence, page.blocks


@given(st.binary(max_size=300))
@example(b"")
@example(b"\xff\xfe<\x00p\x00")
@example(b"%PDF-1.7\n\x00\x01")
def test_any_bytes(data: bytes) -> None:
    check(cleanbody.clean(data))


@given(ANY_CHARACTERS)
@example("\ud800")
@example("\x00")
def test_any_characters(text: str) -> None:
    check(cleanbody.clean(text))
    check(cleanbody.clean_text(text))


@settings(max_examples=200)
@given(MARKUP)
def test_any_markup(source: str) -> None:
    check(cleanbody.clean(source))


@given(LINES, st.one_of(st.none(), SENTENCES, ANY_CHARACTERS))
def test_any_lines(text: str, title: str | None) -> None:
    page = cleanbody.clean_text(text, title=title)
    check(page)
    assert page.document.text == text


@given(
    MARKUP, st.one_of(st.none(), st.text(max_size=30), st.sampled_from(["http://[", "//x", "http://x:99999999/%ff"]))
)
def test_any_url(source: str, url: str | None) -> None:
    assert cleanbody.clean(source, url).url == url


@pytest.mark.parametrize("name", SOURCES)
def test_fixture(name: str) -> None:
    check(_clean(SOURCES[name]))


def _clean(source: str | bytes, cleaner: Cleaner | None = None) -> CleanPage:
    cleaner = cleaner or Cleaner()
    return cleaner.clean_text(source) if isinstance(source, str) else cleaner.clean(source)


# -------------------------------------------------------------------------------------------------- no hidden state


def test_same_result_in_any_order_and_in_threads() -> None:
    first = {name: verdicts(_clean(source)) for name, source in SOURCES.items()}
    names = list(SOURCES) * 2
    random.Random(5).shuffle(names)
    cleaner = Cleaner()
    with ThreadPoolExecutor(8) as pool:
        again = list(pool.map(lambda name: verdicts(_clean(SOURCES[name], cleaner)), names))
    assert [name for name, found in zip(names, again, strict=True) if found != first[name]] == []


def test_a_cleaner_can_be_sent_to_another_process() -> None:
    cleaner = Cleaner(Config(threshold=0.3, keep=frozenset({Label.BYLINE})))
    sent = pickle.loads(pickle.dumps(cleaner))
    assert sent.config == cleaner.config
    for source in list(SOURCES.values())[:10]:
        assert verdicts(_clean(source, sent)) == verdicts(_clean(source, cleaner))


@pytest.mark.parametrize("name", list(HTML)[::5])
def test_trees_stay_as_they_are(name: str) -> None:
    tree = html.document_fromstring(HTML[name])
    before = etree.tostring(tree)
    check(cleanbody.clean(tree))
    assert etree.tostring(tree) == before
    parsed = LexborHTMLParser(HTML[name])
    markup = parsed.html
    assert bare(cleanbody.clean(parsed).text) == bare(cleanbody.clean(HTML[name]).text)
    assert parsed.html == markup


# ----------------------------------------------------------------------------------------------- scores and second runs


@pytest.mark.parametrize("threshold", [0.1, 0.4, 0.8])
def test_stored_scores_give_the_cut_at_another_threshold(threshold: float) -> None:
    """A corpus stored with its blocks can be cut again without the pages."""
    cleaner, other = Cleaner(), Cleaner(Config(threshold=threshold))
    for name, source in SOURCES.items():
        stored, fresh = _clean(source, cleaner), _clean(source, other)
        kept = [b.keep for b in fresh.blocks]
        assert recut(stored.blocks, threshold) == kept, name
        assert recut(stored.to_dict(blocks=True)["blocks"], threshold) == kept, name


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="one in twenty still loses a line more")
def test_cleaning_cleaned_text_changes_nothing() -> None:
    """In at least 99 of 100 documents; counted over all fixtures, each with and without its headline."""
    changed = _changed_again()
    assert len(changed) <= 0.01 * 2 * len(SOURCES), changed


def test_cleaning_cleaned_text_changes_little() -> None:
    """Where it stands on the way to 99 of 100."""
    changed = _changed_again()
    assert len(changed) <= 0.055 * 2 * len(SOURCES), changed


def _changed_again() -> list[tuple[str, bool]]:
    changed = []
    for name, source in SOURCES.items():
        page = _clean(source)
        for headline in (False, True):
            text = page.to_text(headline=headline)
            if bare(cleanbody.clean_text(text).to_text(headline=headline)) != bare(text):
                changed.append((name, headline))
    return changed


scores_and_words = st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 300.0)), max_size=30)


@given(scores_and_words, st.floats(0.0, 1.0))
def test_the_cut_of_a_page_stays_near_the_threshold(pairs: list[tuple[float, float]], threshold: float) -> None:
    scores, words = [s for s, _ in pairs], [w for _, w in pairs]
    cut = page_cut(scores, words, threshold)
    assert threshold - 0.17 - 1e-9 <= cut <= threshold + 0.03 + 1e-9
    assert 0.0 <= cut <= 1.0


@given(scores_and_words)
def test_the_cut_of_a_page_is_the_best_one_within_reach(pairs: list[tuple[float, float]]) -> None:
    scores, words = [s for s, _ in pairs], [w for _, w in pairs]

    def expected(cut: float) -> float:
        kept = sum(w for s, w in pairs if s >= cut)
        right = sum(w * s for s, w in pairs if s >= cut)
        total = sum(w * s for s, w in pairs)
        return 2.0 * right / (kept + total) if kept else 0.0

    cut = page_cut(scores, words, 0.5)
    best = max((expected(s) for s in scores), default=0.0)
    if any(0.33 < s < 0.53 and expected(s) >= best for s in scores):
        assert expected(cut) >= best - 1e-9


def kept(*pairs: tuple[float, float], threshold: float = 0.42, kind: Kind = Kind.PARAGRAPH) -> list[bool]:
    return keeps([s for s, _ in pairs], [w for _, w in pairs], [kind] * len(pairs), threshold)


def test_among_paragraphs_a_line_has_to_be_surer() -> None:
    prose = [(0.95, 400.0), (0.9, 300.0), (0.5, 40.0)]
    for words, stays in ((8.0, False), (LINE_WORDS, False), (LINE_WORDS + 1.0, True)):
        for kind in Kind:
            is_line = kind in (Kind.PARAGRAPH, Kind.ITEM)
            assert kept(*prose, (0.5, words), (0.8, words), kind=kind) == [True, True, True, stays or not is_line, True]


def test_on_a_page_of_lines_they_have_not() -> None:
    assert kept((0.95, 80.0), *[(0.8, 9.0)] * 5, (0.5, 9.0)) == [True] * 7
    assert kept((0.5, 9.0)) == [True]  # nothing else is kept


@given(scores_and_words, st.floats(0.0, 1.0))
def test_the_cut_of_a_line_is_never_below_that_of_the_page(pairs: list[tuple[float, float]], threshold: float) -> None:
    scores, words = [s for s, _ in pairs], [w for _, w in pairs]
    cut = page_cut(scores, words, threshold)
    of_line = line_cut(scores, words, cut, threshold)
    assert cut <= of_line <= max(cut, threshold + 0.24)
    assert kept(*pairs, threshold=threshold) == [s >= (cut if w > LINE_WORDS else of_line) for s, w in pairs]
    assert kept(*pairs, threshold=threshold, kind=Kind.CELL) == [s >= cut for s, _ in pairs]
    assert kept(*pairs, threshold=0.0) == [True] * len(pairs)
