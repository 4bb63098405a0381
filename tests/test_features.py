"""Document → columns: every group by values that can be checked by hand, and what holds of the columns of any page."""

from __future__ import annotations

import math
import time
from array import array
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanbody.features import COLUMNS, GROUPS, Hints, Table, compute
from cleanbody.features.context import PROSE_WORDS
from cleanbody.features.keys import MOST_CRUMBS, heads, parts
from cleanbody.features.region import best_stretch, signed_log
from cleanbody.features.runs import MOST_UP
from cleanbody.features.second import SECOND_COLUMNS, second_columns
from cleanbody.features.structure import CLASS_DECAY, FORM_COLUMNS, PLACE_COLUMNS
from cleanbody.features.text import COLUMNS as TEXT_COLUMNS
from cleanbody.features.text import text_columns
from cleanbody.features.tokens import content_stems, word_count, words_of
from cleanbody.html import read_html
from cleanbody.lexicon import Lexicon
from cleanbody.page import PageType
from cleanbody.plaintext import read_text

LEXICON = Lexicon.of(
    [
        ("comment-prompt", "any", "leave a reply"),
        ("teaser", "start", "read also"),
        ("teaser", "whole", "related articles"),
        ("share", "any", "share on facebook"),
        ("author-bio", "start", "about the author"),
        ("byline", "start", "by %s"),
    ],
    {"comment": {"comments": 1.0}, "teaser": {"related": 0.8}, "body": {"entry-content": 1.0}},
)
PROSE = "It rained all day, and in the evening, when nobody minded any more, it rained still on hills and roofs alike."
OTHER = "The miller counted sacks by the light of a lamp that smoked a little, and the dogs slept under the long table."


def features(source: str, headlines: tuple[str, ...] = (), description: str = "", **types: float) -> Table:
    """The columns of a page, or of a text where the source does not begin with a tag."""
    document = read_html(source) if source.startswith("<") else read_text(source)
    hints = Hints(headlines, description, {PageType(name): value for name, value in types.items()})
    return compute(document, LEXICON, hints)


def column(table: Table, name: str) -> list[float]:
    return [round(value, 9) for value in table[name]]


def near(values: float | list[float]) -> object:
    return pytest.approx(values, abs=1e-9)


# --- words -----------------------------------------------------------------------------------------------------------

COUNTS = [
    ("", 0.0),
    (" \n", 0.0),
    ("Rain fell.", 2.0),
    ("It's a well-known fact", 4.0),
    ("Straße für Fußgänger", 3.0),
    ("Дождь шёл весь день", 4.0),
    ("هطل المطر طوال اليوم", 4.0),
    ("비가 온종일 내렸다", 3.0),  # Korean has spaces
    ("下雨了吗", 2.0),
    ("下雨了吗。", 3.0),  # the mark, alone between spaces, is one too
    ("雨がふった", 2.5),
    ("ฝนตก", 2.0),
    ("ភ្លៀង", 2.5),
    ("iPhone 手机 好", 2.5),
    ("Rain 雨", 1.5),
]


@pytest.mark.parametrize(("text", "count"), COUNTS)
def test_word_count(text: str, count: float) -> None:
    assert word_count(text) == count


WORDS = [
    ("", []),
    ("It's RAINING: 3 times, twice_over", ["it's", "raining", "3", "times", "twice", "over"]),
    ("Straße", ["strasse"]),
    ("don’t 'quote'", ["don’t", "quote"]),
    ("雨だ!", ["雨", "だ"]),
    ("a雨b", ["a", "雨", "b"]),
    ("– … |", []),
]


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_words_of(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("words", "stems"),
    [
        ([], []),
        (["the", "rain", "in", "committees"], ["rain", "commit"]),
        (["雨"], []),
        (["大", "雨", "と", "wind", "風"], ["大雨", "雨と", "wind"]),
        (["that", "comes", "from", "there", "with", "rain", "doesn’t", "doesn't"], ["comes", "rain"]),
        (
            ["zwischen", "jedem", "regen", "während", "który", "deszcz", "которые", "дождь"],
            ["regen", "deszcz", "дождь"],
        ),
        (["fromage", "thatch", "dove", "andes"], ["fromag", "thatch", "dove", "andes"]),  # no parts, no other language
    ],
)
def test_content_stems(words: list[str], stems: list[str]) -> None:
    assert content_stems(words) == stems


# --- a block's own text ----------------------------------------------------------------------------------------------

TEXTS: list[tuple[str, dict[str, float]]] = [
    (
        "Rain fell, all day.",
        {
            "chars": 19,
            "words": 4,
            "log_words": math.log(5),
            "word_length": 19 / 4,
            "sentences": 1,
            "ends_sentence": 1,
            "commas": 1 / 4,
            "digits": 0,
            "capitals": 1 / 4,
            "starts_lower": 0,
            "shouting": 1 / 14,
            "marks": 2 / 19,
            "lines": 1,
            "line_words": 4,
            "dates": 0,
            "addresses": 0,
            "money": 0,
            "copyright": 0,
            "separators": 0,
            "bullet": 0,
            "quoted": 0,
        },
    ),
    ("Published on 12 March 2020 at 14:30", {"dates": 2, "digits": 10 / 35, "ends_sentence": 0, "capitals": 2 / 7}),
    ("2020-03-12", {"dates": 1}),
    ("12.3.2020", {"dates": 1}),
    ("March 12th, 2020", {"dates": 1}),
    ("2020年3月", {"dates": 1}),
    ("In 2020 it rained 12 times", {"dates": 0}),
    ("Version 1.2.3", {"dates": 0}),
    ("BREAKING NEWS", {"shouting": 1, "capitals": 1}),
    ("Ärger ÜBER Öl", {"capitals": 1, "shouting": 6 / 11}),
    ("a,", {"commas": 1}),
    ("ab, cd ef gh ij " * 80, {"commas": 38 / (400 * 600 / 1280)}),  # of the first 600 characters
    ("Rock-And-Roll", {"capitals": 1, "words": 1}),
    ("read more at www.example.org or @ann", {"starts_lower": 1, "addresses": 2}),
    ("ann@example.org", {"addresses": 1}),
    ("© 2020 Example", {"copyright": 1}),
    ("(C) Example", {"copyright": 1}),
    ("Home > News | Sport » Rain", {"separators": 3}),
    ("• one", {"bullet": 1}),
    ("12. one", {"bullet": 1}),
    ("-5 degrees", {"bullet": 0}),
    ("“Rain,” she said.", {"quoted": 1, "sentences": 1}),
    ("— Rain?", {"quoted": 1, "ends_sentence": 1, "bullet": 1}),
    ("$5 or €6 or 7 USD", {"money": 3}),
    ("a\nb c\nd", {"lines": 3, "line_words": 4 / 3}),
    ("as follows:", {"ends_sentence": 0.5}),
    ('She said: "No."', {"ends_sentence": 1, "sentences": 1}),
    ("Rain (again!)", {"ends_sentence": 1}),
    ("「雨が降った。」", {"ends_sentence": 1, "sentences": 1, "words": 5 / 2 + 2}),
    ("Rain. Rain? Rain… e.g. 3.5", {"sentences": 4}),
    ("", dict.fromkeys(TEXT_COLUMNS, 0.0) | {"lines": 1}),
    ("a" * 600 + "B" * 600, {"shouting": 0, "chars": 1200}),  # shares are measured on the beginning alone
]


@pytest.mark.parametrize(("text", "expected"), TEXTS, ids=[row[0][:30] for row in TEXTS])
def test_text_columns(text: str, expected: dict[str, float]) -> None:
    found = dict(zip(TEXT_COLUMNS, (values[0] for values in text_columns([text])), strict=True))
    assert {name: found[name] for name in expected} == pytest.approx(expected)


# --- form ------------------------------------------------------------------------------------------------------------

FORMS: list[tuple[str, dict[str, float]]] = [
    (
        "<p><a href=x>ab</a> cd <b>ef</b>",
        {"link_share": 2 / 8, "links": 1, "links_per_word": 1 / 3, "strong_share": 2 / 8, "paragraph_tag": 1},
    ),
    ("<div><a href=x>ab</a> <a href=y>cd</a></div>", {"link_share": 4 / 5, "links": 2, "paragraph_tag": 0}),
    ("<a href=x><p>ab cd</p></a>", {"link_share": 1, "links": 1, "links_per_word": 1 / 2}),
    ("<p><a href=x>ab</a>", {"links_per_word": 1}),
    ("<p><b><i>ab</i></b>", {"strong_share": 1}),
    ("<p><img src=x>ab", {"links": 0, "link_share": 0, "strong_share": 0}),
    ("<h1>a", {"heading": 6, "item": 0}),
    ("<h6>a", {"heading": 1}),
    ("<ul><li><ul><li>a", {"item": 1, "list_depth": 2, "heading": 0}),
    ("<table><tr><td>a", {"cell": 1, "item": 0}),
    ("<blockquote>a", {"quote": 1, "list_depth": 0}),
    ("<pre>a", {"code": 1}),
    ("<figure><figcaption>a", {"caption": 1}),
    ("<button>a", {"control": 1}),
    ("<p hidden>a", {"hidden": 1, "noscript": 0, "rescued": 0, "after_break": 0}),
    ("<body><noscript>a", {"noscript": 1, "hidden": 0}),
    ("<meta name=description content=a>", {"rescued": 1}),
]


@pytest.mark.parametrize(("source", "expected"), FORMS, ids=[row[0] for row in FORMS])
def test_form_columns(source: str, expected: dict[str, float]) -> None:
    table = features(source)
    assert {name: table[name][0] for name in expected} == pytest.approx(expected)


def test_links_belong_to_their_blocks() -> None:
    table = features("<p>a <img src=x></p><p><a href=x>b</a></p><img src=y><p>c <b>d</b></p><p>e")
    assert column(table, "links") == [0, 1, 0, 0]
    assert column(table, "strong_share") == near([0, 0, 1 / 3, 0])


def test_form_of_a_text() -> None:
    table = features("Rain\n\n- all day\nlong\n\n```\nx\n```")
    assert column(table, "item") == [0, 1, 0, 0]
    assert column(table, "after_break") == [0, 0, 1, 0]
    assert column(table, "code") == [0, 0, 0, 1]


# --- place -----------------------------------------------------------------------------------------------------------

PLACE = (
    "<body><header><p>The Daily</p></header><nav><ul><li><a href=a>One</a><li><a href=b>Two</a><li><a href=c>Six</a>"
    f"</ul></nav><main><article><h1>Rain</h1><p>{PROSE}</p><figure>f</figure></article></main>"
    "<aside><form><label>a</label></form></aside><footer><table><tr><td>b</table></footer>"
)


def test_ancestors_and_depth() -> None:
    table = features(PLACE)
    assert table.rows == 9
    assert column(table, "in_header") == [1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert column(table, "in_nav") == column(table, "in_list") == [0, 1, 1, 1, 0, 0, 0, 0, 0]
    assert column(table, "in_main") == column(table, "in_article") == [0, 0, 0, 0, 1, 1, 1, 0, 0]
    assert column(table, "in_figure") == [0, 0, 0, 0, 0, 0, 1, 0, 0]
    assert column(table, "in_aside") == column(table, "in_form") == [0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert column(table, "in_footer") == column(table, "in_table") == [0, 0, 0, 0, 0, 0, 0, 0, 1]
    # the root, html and body stand around all; then the elements
    assert column(table, "depth") == [5, 6, 6, 6, 6, 6, 6, 5, 8]


def test_sums_of_the_containers_around() -> None:
    table = features("<div><section><p>a b</p><p><a href=x>c d e</a></p></section><p>f</p></div>")
    assert column(table, "parent_blocks") == [1, 1, 1]
    assert column(table, "parent_words") == [2, 3, 1]
    assert column(table, "parent_link_share") == [0, 1, 0]
    assert column(table, "outer_blocks") == [3, 3, 3]  # the div, and the body for the last
    assert column(table, "outer_words") == [6, 6, 6]
    assert column(table, "outer_link_share") == near([1 / 2, 1 / 2, 1 / 2])
    assert column(table, "outer_block_words") == [2, 2, 2]


def test_blocks_of_one_shape() -> None:
    table = features(
        "<ul><li class=x>a b<li class='x y'><a href=x>c d</a><li class='x'>e f g h<li class=y>i</ul>"
        "<ol><li class=x>j</ol>"
    )
    assert column(table, "shape_repeats") == near([math.log2(3)] * 3 + [0, 0])
    assert column(table, "shape_words") == near([8 / 3] * 3 + [1, 1])
    assert column(table, "shape_link_share") == near([1 / 4] * 3 + [0, 0])


def test_class_names_are_inherited_a_little_weaker() -> None:
    table = features("<p>a</p><div class='comments x'><p>b<p id=comments>c<div><p class=related>d</div></div>")
    assert column(table, "class_comment") == near([0, CLASS_DECAY, 1, CLASS_DECAY**2])
    assert column(table, "class_teaser") == near([0, 0, 0, 0.8])
    assert column(table, "class_body") == [0, 0, 0, 0]


CARD = "<div class='card {0}'><h3><a href=x>Rain {0}</a></h3><p>It rained.</p></div>"


def test_cards() -> None:
    table = features(f"<section>{''.join(CARD.format(n) for n in range(4))}</section><p>a b c d e f g h")
    cards, alone = slice(0, 8), slice(8, 9)
    assert column(table, "card_count")[cards] == near([2.0] * 8)  # log2
    assert column(table, "card_words")[cards] == near([4.0] * 8)
    assert column(table, "card_link_share")[cards] == near([1 / 2] * 8)
    assert column(table, "card_share")[cards] == near([16 / 24] * 8)
    assert column(table, "card_depth")[cards] == [1.0] * 8
    assert [column(table, f"card_{name}")[alone] for name in ("count", "words", "share", "depth")] == [
        [0],
        [0],
        [0],
        [-1],
    ]


def test_paragraphs_are_no_cards() -> None:
    table = features("<div><p>a</p><p>b</p><p>c</p></div>")
    assert column(table, "card_count") == [0, 0, 0]


# --- region ----------------------------------------------------------------------------------------------------------


def brute_stretch(values: list[int]) -> float:
    n = len(values)
    return max((sum(values[i:j]) for i in range(n) for j in range(i + 1, n + 1)), default=0)


@given(st.lists(st.integers(-20, 20), max_size=14))
def test_best_stretch_is_the_best_of_all(values: list[int]) -> None:
    begin, end = best_stretch(values)
    best = brute_stretch(values)
    assert 0 <= begin <= end <= len(values)
    assert sum(values[begin:end]) == max(best, 0)
    assert (begin < end) == (best > 0)


def test_the_article_lies_inside_the_region_and_the_menu_outside() -> None:
    links = "".join(f"<li><a href={n}>Go to place number {n}</a>" for n in range(12))
    table = features(
        f"<nav><ul>{links}</ul></nav><div><div class=x><h1>Rain</h1>{f'<p>{PROSE}</p>' * 6}</div>"
        f"<div><h3>More</h3><p>{PROSE}</p></div></div><footer><p>Imprint</p></footer>"
    )
    article = range(12, 19)
    inside = [1.0 if i in article else 0.0 for i in range(table.rows)]
    assert column(table, "in_best") == inside
    assert column(table, "in_60") == column(table, "in_80") == inside
    assert column(table, "in_stretch")[13:19] == [1] * 6
    assert not any(column(table, "in_stretch")[:12]) and column(table, "in_stretch")[-1] == 0
    assert column(table, "from_best_start")[12:14] == near([0, math.log(2)])
    assert column(table, "from_best_start")[11] == near(-math.log(2))
    assert column(table, "to_best_end")[18:20] == near([0, -math.log(2)])
    assert column(table, "best_place")[12] == 0 and column(table, "best_place")[18] == 1
    assert (
        column(table, "below_best")[0] == -1 and column(table, "below_best")[13] == 1
    )  # right in the best one: its <p>
    assert all(0 <= share <= 1 for share in column(table, "best_share"))
    assert column(table, "best_ratio")[13] == 1 and column(table, "best_ratio")[0] < 0.5
    free = sum(column(table, "words")) - 12 * 5
    assert column(table, "best_share")[0] == pytest.approx((6 * word_count(PROSE) + 1) / free)


def test_scores_of_the_containers() -> None:
    """A paragraph gives 1, its commas and a twentieth of its words: all to the element around it, half to the next."""
    commas, words, linked = "word, word, " + "word " * 18, "word " * 40, "word " * 10
    table = features(f"<section><p>{commas}<p>{words}</section><section><p><a href=x>{linked}</a><p>{words}</section>")
    whole, half = 1 + 2 + 1 + 1 + 2, (1 + 2) * (1 - 10 / 50)
    body = (whole + 3) / 2 * (1 - 10 / 110)
    assert column(table, "inner_ratio") == near([1, 1, half / whole, half / whole])
    assert column(table, "best_ratio") == near([1, 1, body / whole, body / whole])
    assert column(table, "in_best") == [1, 1, 0, 0]
    assert column(table, "best_share") == near([60 / 100] * 4)


def test_half_linked_paragraphs_count_for_little() -> None:
    half = f"<a href=x>{'word ' * 14}word</a> {'word ' * 15}"
    table = features(f"<p>{PROSE}</p><p>{half}</p>")
    assert column(table, "link_share")[1] == pytest.approx(0.5, abs=0.01)
    assert column(table, "in_stretch") == [1, 0]


def test_the_stretch_of_a_text() -> None:
    table = features(f"Home\n\nNews\n\n{PROSE}\n\nRain\n\n{OTHER}\n\nImprint\n\nContact")
    assert column(table, "in_stretch") == [0, 0, 1, 1, 1, 0, 0]
    assert column(table, "from_stretch_start") == near([signed_log(i - 2) for i in range(7)])
    assert column(table, "to_stretch_end") == near([signed_log(4 - i) for i in range(7)])
    words = column(table, "words")
    assert column(table, "stretch_share") == near([sum(words[2:5]) / sum(words)] * 7)


# --- neighbours and sections -----------------------------------------------------------------------------------------


def test_place_in_the_text() -> None:
    table = features("<p>a b</p><p><a href=x>c d</a></p><p>e f g h</p>")
    assert column(table, "index_share") == [0, 0.5, 1]
    assert column(table, "words_before") == near([0, 2 / 6, 2 / 6])
    assert column(table, "page_words") == near([math.log(7)] * 3)
    assert column(table, "page_blocks") == near([math.log(4)] * 3)
    assert column(table, "page_link_share") == near([2 / 8] * 3)


def test_neighbours() -> None:
    table = features(f"<p>a</p><p>{PROSE}</p><p><a href=x>b c</a></p><p>d</p><p>{PROSE}</p>")
    size = math.log1p(word_count(PROSE))
    assert word_count(PROSE) >= PROSE_WORDS
    assert column(table, "words_1_before") == near([-1, math.log(2), size, math.log(3), math.log(2)])
    assert column(table, "words_2_after") == near([math.log(3), math.log(2), size, -1, -1])
    assert column(table, "links_1_after") == [0, 1, 0, 0, -1]
    assert column(table, "prose_near") == near([1 / 2, 0, 1 / 2, 2 / 3, 0])
    assert column(table, "prose_wide") == near([2 / 4, 1 / 4, 2 / 4, 2 / 4, 1 / 4])
    assert column(table, "since_prose") == near([math.log(6), math.log(6), math.log(2), math.log(3), math.log(4)])
    assert column(table, "until_prose") == near([math.log(2), math.log(4), math.log(3), math.log(2), math.log(6)])


def test_runs() -> None:
    table = features(
        f"<p>{PROSE}</p><h2>Roofs, mills</h2><p>As follows:</p><ul><li>hills<li>It rained.</ul><p>{PROSE}</p>"
    )
    assert column(table, "run_blocks") == near([0, *[math.log(5)] * 4, 0])
    assert column(table, "run_words")[1:5] == near([math.log(1 + 7 / 4)] * 4)
    assert column(table, "run_ends") == near([1, *[1 / 4] * 4, 1])
    assert column(table, "run_items") == near([0, *[2 / 4] * 4, 0])
    stems, overlap = column(table, "stems")[1:5], column(table, "body_overlap")[1:5]
    share = sum(n * x for n, x in zip(stems, overlap, strict=True)) / sum(stems)
    assert 0 < share < 1 and column(table, "run_overlap")[1:5] == near([share] * 4)
    assert column(table, "since_colon") == near([0, 0, 0, 1, 1 / 2, 1 / 3])
    alone = features(f"<p>As follows:</p><p>{PROSE}</p><p>a</p>")
    assert column(alone, "since_colon") == [0, 1, 0]  # what stands below prose is led by nothing
    assert column(
        features("<h1>Rain on hills</h1><p>hills</p>", headlines=("Rain on hills",)), "run_title_overlap"
    ) == [1, 1]


def test_what_stands_beside_prose() -> None:
    table = features(
        f"<div><p>a</p><div><p>b</p></div><p>{PROSE}</p><div><ul><li>c</ul></div></div><p>{PROSE}</p><p>d</p>"
    )
    assert column(table, "up_to_before") == [MOST_UP, MOST_UP, MOST_UP, 3, 1, 1]
    assert column(table, "up_to_after") == [1, 2, 2, 4, MOST_UP, MOST_UP]
    assert column(table, "prose_step") == [0, 1, 1, 2, -1, 0]
    deep = features(f"<p>{PROSE}</p>" + "<div>" * 20 + "a")
    assert column(deep, "up_to_before") == [MOST_UP, MOST_UP]
    assert all(map(math.isnan, column(compute(read_text("a\n\nb"), Lexicon.load()), "prose_step")))


def test_linked_words_are_no_prose() -> None:
    table = features(f"<p>a</p><p><a href=x>{PROSE}</a></p><p>b</p>")
    assert column(table, "prose_near") == [0, 0, 0]


def test_sections() -> None:
    table = features(
        "<p>a b</p><h2>Rain barrels</h2><p>c d e</p><p><a href=x>f g h</a></p><h4>Other things</h4><p>i</p>",
        headlines=("Rain in the valley",),
    )
    assert column(table, "section_level") == [0, 5, 5, 5, 3, 3]
    assert column(table, "section_words") == near([math.log(3)] + [math.log(9)] * 3 + [math.log(4)] * 2)
    assert column(table, "section_link_share") == near([0] + [3 / 8] * 3 + [0] * 2)
    assert column(table, "section_blocks") == near([math.log(2)] + [math.log(4)] * 3 + [math.log(3)] * 2)
    assert column(table, "section_place") == near([0, 0, math.log(2), math.log(3), 0, math.log(2)])
    assert column(table, "section_title_overlap") == near([0] + [1 / 2] * 3 + [0] * 2)
    assert column(features("<h2>Rain</h2>", headlines=("No rain",)), "section_title_overlap") == [1]


def test_a_heading_is_taken_up_by_the_next_three_paragraphs() -> None:
    other = " ".join(["quiet"] * 20)
    for between in range(5):
        blocks = [f"<p>{PROSE}</p>", *[f"<p>{other}</p>"] * between]
        below, above = (features("".join(x)) for x in (["<p>hills</p>", *blocks[::-1]], [*blocks, "<p>hills</p>"]))
        near_by = float(between < 3)
        assert (column(below, "after_wide")[0], column(above, "before_wide")[-1]) == (near_by, near_by)
        assert column(below, "before_wide")[0] == column(above, "after_wide")[-1] == 0


# --- coherence and phrases -------------------------------------------------------------------------------------------


def test_coherence() -> None:
    table = features(
        f"<h1>Rain wets quiet hills</h1><p>{PROSE}</p><p>The miller and the hills</p><p>{OTHER}</p><p>Some lamp</p>",
        headlines=("Rain wets quiet hills",),
        description="Hills and sacks",
    )
    # stems: prose {rained evenin minded hills roofs alike ...}, line {miller hills}
    assert column(table, "stems")[2] == 2
    assert column(table, "title_overlap")[:3] == near([1, 1 / column(table, "stems")[1], 1 / 2])
    assert column(table, "body_overlap")[2] == 1.0  # miller stands in the second paragraph, hills in the first
    assert column(table, "before_overlap")[2] == 0.5
    assert column(table, "after_overlap")[2] == 0.5
    assert column(table, "before_wide")[2] == column(table, "after_wide")[2] == 0.5
    assert column(table, "description_overlap")[2] == 0.5
    assert column(table, "title_in_block") == near([1, 1 / 4, 1 / 4, 0, 0])
    assert column(table, "body_overlap")[1] == 0.0  # a block is no witness for itself


def test_copies_are_counted() -> None:
    table = features("Rain fell\n\nSnow\n\nrain FELL!\n\nRain fell\n\nSnow fell")
    assert column(table, "copies") == near([math.log(3), 0, math.log(3), math.log(3), 0])
    assert column(table, "copy_number") == [0, 0, 1, 2, 0]


def test_phrases() -> None:
    table = features(
        f"<h3>Leave a Reply</h3><p>Share on Facebook now please</p><p>Read also: Rain</p><p>{PROSE} Leave a reply"
    )
    assert column(table, "phrase_comment-prompt") == near([1, 0, 0, 3 / (word_count(PROSE) + 3)])
    assert column(table, "starts_comment-prompt") == [1, 0, 0, 0]
    assert column(table, "phrase_share") == near([0, 3 / 5, 0, 0])
    assert column(table, "phrase_teaser") == near([0, 0, 2 / 3, 0])
    assert column(table, "starts_teaser") == [0, 0, 1, 0]


def test_sections_that_phrases_open() -> None:
    table = features(f"{PROSE}\n\nRelated articles\n\nA\n\nB\n\nLeave a reply\n\nC\n\nAbout the author\n\nD")
    assert column(table, "since_teaser") == near([0, 0, 1, 1 / 2, 1 / 3, 1 / 4, 1 / 5, 1 / 6])
    assert column(table, "since_comment") == near([0, 0, 0, 0, 0, 1, 1 / 2, 1 / 3])
    assert column(table, "since_author-bio") == near([0, 0, 0, 0, 0, 0, 0, 1])


def test_a_phrase_in_a_paragraph_opens_nothing() -> None:
    table = features(f"{PROSE} Leave a reply\n\nA")
    assert column(table, "since_comment") == [0, 0]


def test_declared_types() -> None:
    table = features("<p>a</p><p>b</p>", product=1.0, forum=0.25)
    assert column(table, "declares_product") == [1, 1]
    assert column(table, "declares_forum") == [0.25, 0.25]
    assert column(table, "declares_article") == [0, 0]


# --- headline --------------------------------------------------------------------------------------------------------

TITLE = "Heavy rain floods the lower valley"
CRUMBS = " ".join(["Home"] * MOST_CRUMBS)
LINES = [
    # what stands further down, title_copy, title_joined
    ("exact", TITLE, 1, 0),
    ("other case", TITLE.upper(), 1, 0),
    ("other marks", "Heavy rain: floods the “lower valley”!", 1, 0),
    ("cut at a word", "Heavy rain floods …", 1, 0),
    ("cut in a word", "Heavy rain floods the low...", 1, 0),
    ("with the site |", f"{TITLE} | The Daily", 1, 0),
    ("with the site -", f"{TITLE} - The Daily", 1, 0),
    ("with the site –", f"{TITLE} – The Daily News", 1, 0),
    ("with the site —", f"{TITLE} — The Daily", 1, 0),
    ("with the site :", f"{TITLE}: The Daily", 1, 0),
    ("with the site ｜", f"{TITLE}｜日報", 1, 0),
    ("with the site _", f"{TITLE}_Daily", 1, 0),
    ("with the site »", f"{TITLE} » The Daily", 1, 0),
    ("with section and site", f"{TITLE} | Weather | The Daily", 1, 0),
    ("behind a breadcrumb", f"Home News {TITLE}", 0, 1),
    ("behind a breadcrumb with marks", f"Home > News > {TITLE}", 0, 1),
    ("behind as many words as may be", f"{CRUMBS} {TITLE}", 0, 1),
    ("behind one more", f"{CRUMBS} Home {TITLE}", 0, 0),
    ("half the words", "Heavy rain floods the upper hills and roads", 0, 0),
    ("a subheading that goes on", f"{TITLE} and both of the bridges", 0, 0),
    ("cut without a sign", "Heavy rain floods the", 0, 0),
    ("another, cut", "Heavy rain stops …", 0, 0),
    ("cut to two words", "Heavy rain …", 0, 0),
    ("in the middle of a sentence", f"Some say {TITLE} again", 0, 0),
    ("a site's name alone", "The Daily", 0, 0),
    ("too long behind the mark", f"{TITLE} - what all the people of the valley saw that night", 0, 0),
]


@pytest.mark.parametrize(("line", "copy", "joined"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_copies_of_the_headline(line: str, copy: int, joined: int) -> None:
    for source in (
        f"<h1>{TITLE}</h1><p>{PROSE}</p><p>{line}</p><p>{OTHER}</p>",
        f"{TITLE}\n\n{PROSE}\n\n{line}\n\n{OTHER}",
    ):
        table = features(source, headlines=(TITLE,))
        assert (table.headline_index, table.headline) == (0, TITLE)
        assert (column(table, "title_copy"), column(table, "title_joined")) == ([1, 0, copy, 0], [0, 0, joined, 0])
        assert column(table, "is_headline") == [1, 0, 0, 0]


def test_a_title_of_one_word_may_stand_again_in_the_body() -> None:
    table = features(f"<h1>Rain</h1><p>Rain</p><p>{PROSE}</p><h2>Rain</h2><p>{OTHER}</p>", headlines=("Rain",))
    assert table.headline_index == 0
    assert column(table, "title_copy") == [1, 1, 0, 0.5, 0]


def test_words_shared_with_the_headline() -> None:
    table = features(
        f"<h1>Rain in the valley</h1><p>The valley of rain</p><p>{OTHER}", headlines=("Rain in the valley",)
    )
    assert column(table, "title_near")[:2] == near([1, 3 / 5])


def test_distance_to_the_headline() -> None:
    table = features(f"<p>x</p><h1>{TITLE}</h1><p>{PROSE}</p><p>{OTHER}", headlines=(TITLE,))
    assert column(table, "from_headline") == near([-math.log(2), 0, math.log(2), math.log(3)])
    assert column(table, "has_headline") == [1] * 4
    without = features(f"<p>x</p><p>{PROSE}</p><p>{OTHER}")
    assert column(without, "from_headline") == column(without, "has_headline") == [0] * 3
    first = features(f"<h1>{TITLE}</h1><p>{PROSE}", headlines=(TITLE,))
    assert column(first, "has_headline") == [1, 1]


CHOICES = [
    # page, hints, which block is the headline
    ("the only h1", f"<p>x</p><h1>{TITLE}</h1><p>{PROSE}", (), 1),
    ("two different h1", f"<h1>The Daily</h1><h1>{TITLE}</h1><p>{PROSE}", (), 1),
    ("behind the site's name", f"<p>{TITLE}</p><p>{PROSE}", (f"The Daily: {TITLE}",), 0),
    ("no other story behind it", f"<p>{TITLE}</p><p>{PROSE}", ("The Daily: Rain fell again today",), -1),
    ("of a head that names the site", f"<p>{TITLE}</p><p>{TITLE}</p><p>{PROSE}", ("The Daily",), 0),
    ("not what stands once there", f"<p>{TITLE}</p><p>{PROSE}", ("The Daily",), -1),
    (
        "not before a site's name",
        f"<b>{TITLE} - The Daily</b><p>{TITLE}</p><p>{PROSE}",
        (TITLE, f"{TITLE} - The Daily"),
        1,
    ),
    ("the h1 that the head knows", f"<h1>The Daily</h1><h1>{TITLE}</h1><p>{PROSE}", (TITLE,), 1),
    ("an h1 of two words", f"<h1>Rain fell</h1><p>{PROSE}", (), 0),
    ("an h1 of one word", f"<h1>Rain</h1><p>{PROSE}", (), 0),
    ("one that is no part of what the head names", f"<h1>Rain</h1><p>{PROSE}", (TITLE,), -1),
    ("an h1 without words", f"<h1>***</h1><p>{PROSE}", (), -1),
    ("an h1 below all prose", f"<p>{PROSE}</p><p>{OTHER}</p><h1>{TITLE}</h1><p>x", (), -1),
    ("a heading before a line", f"<p>{TITLE}</p><h1>{TITLE}</h1><p>{PROSE}", (TITLE,), 1),
    ("a higher heading", f"<h3>{TITLE}</h3><h1>{TITLE}</h1><p>{PROSE}", (TITLE,), 1),
    ("not the hidden one", f"<h1 hidden>{TITLE}</h1><h2>{TITLE}</h2><p>{PROSE}", (TITLE,), 1),
    ("not the link", f"<h2><a href=x>{TITLE}</a></h2><h2>{TITLE}</h2><p>{PROSE}", (TITLE,), 1),
    ("not the menu item", f"<ul><li>{TITLE}</ul><p>{TITLE}</p><p>{PROSE}", (TITLE,), 1),
    ("the most trusted", f"<h2>Rain again today</h2><h2>{TITLE}</h2><p>{PROSE}", (TITLE, "Rain again today"), 1),
    ("nothing like the hints", f"<p>x</p><p>{PROSE}", (TITLE,), -1),
]


@pytest.mark.parametrize(("source", "hints", "index"), [row[1:] for row in CHOICES], ids=[row[0] for row in CHOICES])
def test_which_copy_is_the_headline(source: str, hints: tuple[str, ...], index: int) -> None:
    table = features(source, headlines=hints)
    assert table.headline_index == index
    assert column(table, "is_headline") == [float(i == index) for i in range(table.rows)]


def test_a_headline_that_only_the_head_has() -> None:
    table = features(f"<p>{PROSE}", headlines=(TITLE, "Rain"))
    assert (table.headline_index, table.headline) == (-1, TITLE)


NOTICE = "This site keeps small files on your device in order to count its visitors, and to show them what is fitting."
SAYS_IT = "When heavy rain had floods running through the lower valley, the miller carried his sacks up to the roof."
TRAIL = "Top of the site > Around the county > Opinion and letters > The weather"
MENU = [f"All the {name} of the day" for name in ("sport", "money", "music", "food", "weather", "travel", "games")]
BARE = [
    ("twice above the prose", f"Home\n\n{TITLE}\n\n{TITLE}\n\n{PROSE}\n\n{OTHER}", TITLE),
    ("behind a breadcrumb", f"Home News {TITLE}\n\n{TITLE}\n\n{PROSE}", TITLE),
    ("behind one word", f"News {TITLE}\n\n{TITLE}\n\n{PROSE}", TITLE),
    ("before a site's name", f"{TITLE} - The Daily\n\n{TITLE}\n\n{PROSE}", TITLE),
    ("alone above the prose", f"{TITLE}\n\n{PROSE}\n\n{OTHER}", TITLE),
    (
        "alone in Russian",
        f"Сильный дождь затопил нижнюю долину\n\n{PROSE}\n\n{OTHER}",
        "Сильный дождь затопил нижнюю долину",
    ),
    ("a menu item that stands twice", f"Home page\n\nHome page\n\n{PROSE}", ""),
    ("a line that stands twice below the prose", f"{PROSE}\n\n{OTHER}\n\n{TITLE}\n\n{TITLE}", ""),
    ("prose alone", f"{PROSE}\n\n{OTHER}", ""),
    ("only with a site's name", f"{TITLE} - The Daily\n\nHome\n\n{PROSE}", f"{TITLE} - The Daily"),
    ("twice between quotation marks", f"“{TITLE}”\n\n“{TITLE}”\n\n{PROSE}", f"“{TITLE}”"),
    ("below a notice and a long trail", f"{NOTICE}\n\n{TRAIL} > {TITLE}\n\n{TITLE}\n\n{SAYS_IT}\n\n{OTHER}", TITLE),
    ("first in the text and far below", "\n\n".join([f"{TITLE} | The Daily", *MENU, TITLE, PROSE, OTHER]), TITLE),
    ("not a menu that stands twice", "\n\n".join([*MENU, *MENU, TITLE, SAYS_IT, OTHER]), TITLE),
    ("not the line above it", f"Weather in the North\n\n{TITLE}\n\n{SAYS_IT}\n\n{OTHER}", TITLE),
    ("not the deck below it", f"{TITLE}\n\nHow the water came into the town at night\n\n{PROSE}\n\n{OTHER}", TITLE),
    ("a row of sections", f"Courts · Farming · Jobs · Puzzles\n\n{PROSE}\n\n{OTHER}", ""),
    ("a question of a conversation", f"Ann: When did it rain last?\n\n{PROSE}\n\n{OTHER}", ""),
    ("how long it takes to read", f"6 min read\n\n{PROSE}\n\n{OTHER}", ""),
    ("a salutation", f"Dear friends of the valley,\n\n{PROSE}\n\n{OTHER}", ""),
    ("a sentence", f"It rained again that day.\n\n{PROSE}\n\n{OTHER}", ""),
    ("a date", f"On the hills, 12 March 2020\n\n{PROSE}\n\n{OTHER}", ""),
    ("no prose", f"{TITLE}\n\n{TITLE}", ""),
]


@pytest.mark.parametrize(("source", "headline"), [row[1:] for row in BARE], ids=[row[0] for row in BARE])
def test_the_headline_of_a_bare_text(source: str, headline: str) -> None:
    table = features(source)
    assert table.headline == headline
    assert (table.headline_index >= 0) == bool(headline)


def test_pieces_of_a_title() -> None:
    assert parts("The Daily | Rain - again: more") == ["The Daily", "Rain", "again", "more"]
    assert parts("well-known 12:30 and/or") == ["well-known 12:30 and/or"]
    assert parts("雨｜天気_日報") == ["雨", "天気", "日報"]
    assert heads("Rain falls") == []


# --- the second stage ------------------------------------------------------------------------------------------------


def test_second_columns() -> None:
    document = read_html("<div><p>a</p><p>b</p></div><p>c</p>")
    words, first = array("d", [1.0, 3.0, 1.0]), array("d", [2.0, -1.0, 9.0])
    found = dict(zip(SECOND_COLUMNS, second_columns(document, words, first), strict=True))
    got: Mapping[str, list[float]] = {name: list(values) for name, values in found.items()}
    assert got["first"] == [2, -1, 6]  # surer than 6 says no more
    assert got["first_1_before"] == [-6, 2, -1] and got["first_2_before"] == [-6, -6, 2]
    assert got["first_1_after"] == [-1, 6, -6] and got["first_2_after"] == [6, -6, -6]
    page = (2 * 2 - 1 * 4 + 6 * 2) / 8  # weights: words and one more
    assert got["first_near"] == got["first_wide"] == got["first_page"] == near([page] * 3)
    assert got["first_container"] == [2, -1, 6]
    assert got["first_outer"] == near([page] * 3)
    assert got["first_shape"] == near([(2 * 2 - 4) / 6] * 2 + [6])
    assert got["first_kept_share"] == near([2 / 5] * 3)
    assert got["first_since"] == near([math.log(4), math.log(2), math.log(3)])
    assert got["first_until"] == near([math.log(3), math.log(2), math.log(4)])
    assert got["first_in_stretch"] == [0, 0, 1]
    assert got["first_stretch_start"] == near([-math.log(3), -math.log(2), 0])
    assert got["first_stretch_end"] == near([math.log(3), math.log(2), 0])
    assert got["first_run"] == near([7 / 3] * 3)
    words = array("d", [PROSE_WORDS, 3.0, 1.0])
    assert list(second_columns(document, words, first)[SECOND_COLUMNS.index("first_run")]) == [2, 2.5, 2.5]


# --- any page --------------------------------------------------------------------------------------------------------

MARKUP_ONLY = frozenset(
    (set(FORM_COLUMNS) - {"item", "code", "after_break"})
    | {*PLACE_COLUMNS, *GROUPS[3][:10], "up_to_before", "up_to_after", "prose_step"}
)
TAGS = "p div h1 h2 ul li table tr td blockquote pre a b nav main article aside footer form button noscript dl dt dd"
PIECES = st.one_of(
    st.sampled_from(TAGS.split()).map("<{}>".format),
    st.sampled_from(TAGS.split()).map("</{}>".format),
    st.sampled_from(
        [PROSE, TITLE, "<a href=x>Rain</a>", "<div class='comments a'>", "<p hidden>", "Leave a Reply", "雨"]
    ),
    st.text(max_size=12),
)


def check(table: Table, markup: bool) -> None:
    """Columns are of one length and finite; NaN stands only where markup alone could tell, and there everywhere."""
    assert len(table.columns) == len(COLUMNS) == len(set(COLUMNS))
    for name, values in zip(COLUMNS, table.columns, strict=True):
        assert len(values) == table.rows
        if not markup and name in MARKUP_ONLY:
            assert all(map(math.isnan, values)), name
        else:
            assert all(map(math.isfinite, values)), name
        if name.endswith("_share") or name.startswith(("in_", "phrase_", "is_", "has_", "starts_")):
            assert all(math.isnan(value) or 0.0 <= value <= 1.0 + 1e-9 for value in values), name
    assert -1 <= table.headline_index < table.rows
    assert sum(table["is_headline"]) == (table.headline_index >= 0)


@given(st.lists(PIECES, max_size=30).map("".join), st.lists(st.sampled_from([TITLE, "Rain", "", "|"]), max_size=3))
def test_columns_of_any_page(source: str, headlines: list[str]) -> None:
    document = read_html(source)
    check(compute(document, LEXICON, Hints(headlines)), True)


@given(st.lists(st.one_of(st.sampled_from([PROSE, TITLE, "- a", "Home"]), st.text(max_size=20)), max_size=20))
def test_columns_of_any_text(lines: list[str]) -> None:
    check(compute(read_text("\n\n".join(lines)), LEXICON), False)


@pytest.mark.parametrize("source", ["<p>", ""])
def test_columns_of_nothing(source: str) -> None:
    table = features(source, headlines=(TITLE,))
    assert (table.rows, table.headline_index, {len(values) for values in table.columns}) == (0, -1, {0})


GROWING = {
    "paragraphs": lambda n: f"<p>{PROSE}</p><p>Rain fell</p>" * n,
    "cards": lambda n: "".join(CARD.format(k) for k in range(n)),
    "headings": lambda n: "<h2>Rain again</h2>" * n,
    "copies of the headline": lambda n: f"<h1>{TITLE}</h1><p>{TITLE}</p>" * n + f"<p>{PROSE}</p>",
    "class names": lambda n: "".join(f"<div class='a{k} b'><p>x</p></div>" for k in range(n)),
    "lines of a text": lambda n: f"{TITLE}\n\n{PROSE}\n\nHome page\n\n" * n,
}


@pytest.mark.parametrize("name", GROWING)
def test_the_work_grows_with_the_blocks(name: str) -> None:
    """Four times the blocks take four times the work, not sixteen times."""

    def work(n: int) -> float:
        source = GROWING[name](n)
        document = read_html(source) if source.startswith("<") else read_text(source)
        began = time.process_time()
        compute(document, LEXICON, Hints((TITLE,)))
        return time.process_time() - began

    assert min(work(1600), work(1600)) < 10 * min(work(400), work(400), work(400))


ROWS = {
    "marks": "x y z" + "|a" * 50_000,
    "marks alone": "x y z" + "|" * 100_000,
    "white space": "x y z" + " " * 100_000 + "d",
    "full stops": "x y z" + "... " * 50_000,
    "one word": "a" * 500_000,
    "ideographs": "雨" * 200_000,
    "digits": "1" * 200_000 + "/1" * 50_000,
    "quotation marks": "a'" * 100_000,
}


@pytest.mark.parametrize("name", ROWS)
def test_a_hostile_line_stays_linear(name: str) -> None:
    began = time.process_time()
    for source in (f"<p>{ROWS[name]}<p>{PROSE}<p>{OTHER}", f"{ROWS[name]}\n\n{PROSE}\n\n{OTHER}"):
        assert features(source, headlines=("x y z", "x y z d e")).rows == 3
    assert time.process_time() - began < 5.0  # generous: by the square it would be minutes
