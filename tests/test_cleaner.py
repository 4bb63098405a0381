"""The composition: what can be chosen, what goes in and comes out, and a small article with all its usual defects."""

from __future__ import annotations

import dataclasses
import math
import pickle
from itertools import pairwise
from typing import Any

import pytest
from evidence import cases

import cleanbody
from cleanbody import (
    CleanbodyError,
    Cleaner,
    CleanPage,
    Config,
    ConfigError,
    InputError,
    Label,
    Limits,
    PageType,
    Status,
)
from cleanbody.classify import TOLD
from cleanbody.model import Model
from cleanbody.rules import RULES

SOURCES = {case.name: case.read() for case in cases()}
SOME = list(SOURCES)[::3]


def clean(source: str | bytes, config: Config | None = None) -> CleanPage:
    cleaner = Cleaner(config)
    return cleaner.clean_text(source) if isinstance(source, str) else cleaner.clean(source)


def bare(text: str | None) -> str:
    return "".join((text or "").split())


# --- Config ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("threshold", [0.0, 0.42, 1.0, 1, 0])
def test_thresholds(threshold: float) -> None:
    assert Config(threshold=threshold).threshold == threshold


@pytest.mark.parametrize("threshold", [-0.01, 1.01, 50, math.nan, math.inf])
def test_what_is_no_threshold(threshold: float) -> None:
    with pytest.raises(ValueError, match=r"^threshold is [^\n]+: give a probability from 0 to 1$"):
        Config(threshold=threshold)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"threshold": "0.5"}, "threshold is '0.5': give a probability"),
        ({"threshold": None}, "threshold is None: give"),
        ({"threshold": True}, "threshold is True: give"),
        ({"time_limit": -1}, "time_limit is -1: give seconds from 0 up, or None"),
        ({"time_limit": math.nan}, "time_limit is nan: give"),
        ({"time_limit": math.inf}, "time_limit is inf: give"),
        ({"time_limit": "5"}, "time_limit is '5': give"),
        ({"keep": "byline"}, "keep is 'byline': give a set of labels, such as {'byline'}"),
        ({"keep": None}, "keep is None: give a set"),
        ({"keep": Label.BYLINE}, "give a set of labels"),
        ({"keep": {"bylines"}}, "keep holds 'bylines', which is no label; there are headline, body, "),
        ({"keep": [7]}, "keep holds 7, which is no label"),
        ({"model": "no"}, "model is 'no': give True or False"),
        ({"limits": {"max_depth": 5}}, "limits is a dict: give a Limits"),
    ],
    ids=str,
)
def test_what_is_no_config(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Config(**options)
    assert isinstance(caught.value, ValueError) and isinstance(caught.value, CleanbodyError)
    assert message in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["max_bytes", "max_depth", "max_tags", "max_attributes"])
@pytest.mark.parametrize("value", [-1, 0.5, "9", True, math.nan])
def test_what_is_no_limit(name: str, value: Any) -> None:
    with pytest.raises(
        ConfigError, match=rf"^{name} is {value!r}: give a whole number from 0 up, or None for no limit$"
    ):
        Limits(**{name: value})


def test_a_cleaner_takes_a_config() -> None:
    with pytest.raises(ConfigError, match=r"^config is a dict: give a Config, "):
        Cleaner({"threshold": 0.5})  # type: ignore[arg-type]


def test_labels_to_keep_may_be_written_out() -> None:
    assert Config(keep=["byline", Label.TEASER]).keep == {Label.BYLINE, Label.TEASER}  # type: ignore[arg-type]
    assert all(isinstance(label, Label) for label in Config(keep=["byline"]).keep)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="bylines"):
        Config(keep=["bylines"])  # type: ignore[arg-type]


def test_a_config_is_a_value() -> None:
    config = Config(threshold=0.3, keep=frozenset({Label.BYLINE}), limits=Limits(max_depth=9), time_limit=1.0)
    assert config == dataclasses.replace(config) and hash(config) == hash(dataclasses.replace(config))
    assert pickle.loads(pickle.dumps(config)) == config
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.threshold = 0.5  # type: ignore[misc]


def test_presets() -> None:
    assert Config.balanced() == Config()
    assert 0 < Config.recall().threshold < Config.balanced().threshold < Config.precision().threshold < 1
    for preset in (Config.precision(), Config.recall()):
        assert dataclasses.replace(preset, threshold=Config().threshold) == Config()


# --- what is chosen, is done -----------------------------------------------------------------------------------------


def test_a_higher_threshold_never_keeps_more() -> None:
    thresholds = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0)
    changed = 0
    for name in SOME:
        pages = [clean(SOURCES[name], Config(threshold=threshold)) for threshold in thresholds]
        kept = [{i for i, block in enumerate(page.blocks) if block.keep} for page in pages]
        words = [len(page.text.split()) for page in pages]
        for lower, higher in pairwise(zip(kept, words, strict=True)):
            assert higher[0] <= lower[0] and higher[1] <= lower[1], name
        assert kept[0] == set(range(len(pages[0].blocks)))  # every probability reaches 0
        changed += kept[0] != kept[-1]
    assert changed > len(SOME) / 2


def test_labels_to_keep_are_kept_and_nothing_else_changes() -> None:
    seen: set[Label] = set()
    for name in SOME:
        page = clean(SOURCES[name])
        dropped = {block.label for block in page.blocks if not block.keep}
        for label in dropped - seen:
            seen.add(label)
            other = clean(SOURCES[name], Config(keep=frozenset({label})))
            assert [b.label for b in other.blocks] == [b.label for b in page.blocks]
            assert [b.score for b in other.blocks] == [b.score for b in page.blocks]
            assert [b.keep for b in other.blocks] == [b.keep or b.label is label for b in page.blocks]
            added = "".join(bare(block.text) for block in page.blocks if block.label is label)
            assert len(bare(other.text)) == len(bare(page.text)) + len(added), (name, label)
    assert len(seen) >= 8, seen


def test_with_and_without_the_model() -> None:
    codes: dict[bool, set[str]] = {}
    for model in (True, False):
        blocks = [block for name in SOME for block in clean(SOURCES[name], Config(model=model)).blocks]
        codes[model] = {str(reason) for block in blocks for reason in block.reasons}
    assert "density" in codes[False] and "model" not in codes[False]
    rules = {rule.name for rule in RULES}  # they are reasons either way
    assert codes[True] & rules == codes[False] & rules
    if Model.load() is not None:
        assert "model" in codes[True]


def test_limits() -> None:
    config = Config(limits=Limits(max_bytes=60))
    long = "It rained all day in the valley, and nobody minded. " * 5
    for page in (Cleaner(config).clean(f"<p>{long}"), Cleaner(config).clean_text(long)):
        assert Status.TOO_LARGE in page.statuses
        assert len(page.document.text) <= 60


def test_the_size_of_a_text_is_bytes_too() -> None:
    page = Cleaner(Config(limits=Limits(max_bytes=60))).clean_text("雨が降り続いた。" * 20)
    assert Status.TOO_LARGE in page.statuses
    assert page.document.text == ("雨が降り続いた。" * 20)[:20]


def test_a_time_limit() -> None:
    source = "<p>It rained all day in the valley, and nobody minded.</p>" * 5000
    page = Cleaner(Config(time_limit=0.0)).clean(source)
    assert page.status is Status.TIMEOUT
    assert 0 < len(page.blocks) < 5000
    assert Status.TIMEOUT not in Cleaner(Config(time_limit=600.0)).clean(source).statuses


# --- what goes in and comes out --------------------------------------------------------------------------------------

TITLE = "North shore beekeepers count their losses after a mild winter"
BODY = (
    "Beekeepers on the north shore have lost a third of their hives since the autumn, and most of them blame the "
    "mild winter. The bees flew out on warm days in January, found nothing in flower, and used up the honey that "
    "should have fed them until the willows bloomed.",
    "At the yearly meeting in the fire station nobody spoke of anything else. Members brought frames in shopping "
    "bags, held them up to the lamp and compared what was left, while the vet went from table to table and wrote "
    "the numbers on the back of a seed catalogue.",
    "Jonas Ek, who has kept bees for fifty years, lost eleven of fourteen colonies. He fed them sugar twice, "
    "wrapped the boxes in straw, and still found them silent one morning in March. He means to begin again with "
    "swarms from his sister, who lives two valleys further inland.",
    "The vet thinks that mites did more harm than the weather. Of the samples that she sent to the laboratory, "
    "two in three held more of them than a colony can bear, and she asks everyone to treat the hives in August, "
    "before the last honey is taken, and not as late as October.",
    "For the orchards it may be a lean year all the same. The cherry growers have ordered bumblebees by post, and "
    "the school will plant clover along the football ground. Whoever sees a swarm this spring is asked to ring "
    "the fire station, where two boxes stand ready by the door.",
)
TEASERS = (
    "Museum opens its doors to young painters",
    "Record catch of herring surprises island fishermen",
)
PROMPTS = ("Please enter your comment!", "Please enter your name here")
STORY = "It rained all day, and in the evening, when nobody minded any more, it rained still on hills and roofs alike."


@pytest.mark.parametrize(
    "source", [None, 7, 0.5, [STORY], {"html": STORY}, object(), len], ids=lambda s: type(s).__name__
)
def test_what_cannot_be_cleaned(source: object) -> None:
    for function in (cleanbody.clean, cleanbody.clean_text, Cleaner().clean, Cleaner().clean_text):
        with pytest.raises(InputError, match=rf"^cannot clean a {type(source).__name__}\b[^\n]*: [^\n]+$") as caught:
            function(source)  # type: ignore[operator]
        assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("value", [7, b"https://example.org/", ["Rain"], math.nan], ids=lambda v: type(v).__name__)
def test_titles_and_addresses_are_text(value: Any) -> None:
    calls = {
        "url": [lambda: cleanbody.clean("<p>x", value), lambda: cleanbody.clean_text("x", url=value)],
        "title": [lambda: cleanbody.clean_text("x", title=value)],
        "http_charset": [lambda: Cleaner().clean(b"<p>x", http_charset=value)],
    }
    for name, functions in calls.items():
        for function in functions:
            with pytest.raises(InputError, match=rf"^{name} is a {type(value).__name__}: give a str or None$"):
                function()


def test_bytes_are_no_text() -> None:
    with pytest.raises(InputError, match=r"^cannot clean a bytes as text: [^\n]*clean\(\)"):
        cleanbody.clean_text(STORY.encode())  # type: ignore[arg-type]


@pytest.mark.parametrize("source", ["", " \n", "<p>", "<!-- x -->", b""])
def test_nothing(source: str | bytes) -> None:
    for page in (cleanbody.clean(source), cleanbody.clean_text("") if source == "" else cleanbody.clean(source)):
        assert (page.text, page.title, page.blocks, page.status) == ("", None, (), Status.EMPTY)


def test_a_page_without_content() -> None:
    page = cleanbody.clean("<nav><ul><li><a href=a>Home</a><li><a href=b>News</a></ul></nav>")
    assert (page.text, page.status) == ("", Status.NO_CONTENT)
    assert [block.text for block in page.blocks] == ["Home", "News"]


HEADLINE_ALONE = "<title>Rain on the hills | The Daily</title><h1>Rain on the hills</h1>"


def test_a_headline_alone_is_no_content() -> None:
    page = cleanbody.clean(HEADLINE_ALONE)
    assert (page.title, page.text, page.status) == ("Rain on the hills", "", Status.NO_CONTENT)
    assert [block.label for block in page.blocks if block.keep] == [Label.HEADLINE]
    assert cleanbody.clean(f"{HEADLINE_ALONE}<p>{STORY}").status is Status.COMPLETE


def test_what_is_kept_on_request_is_content() -> None:
    source = f"{HEADLINE_ALONE}<div class=byline>By Ann Ek</div>"
    byline = next(block.label for block in cleanbody.clean(source).blocks if block.text == "By Ann Ek")
    assert cleanbody.clean(source).status is Status.NO_CONTENT
    page = Cleaner(Config(keep=frozenset({byline}))).clean(source)
    assert (page.text, page.status) == ("By Ann Ek", Status.COMPLETE)


def test_the_address_goes_through() -> None:
    url = "https://example.org/2020/03/12/rain"
    assert cleanbody.clean(f"<p>{STORY}", url).url == cleanbody.clean_text(STORY, url=url).url == url
    assert cleanbody.clean(f"<p>{STORY}").url is None


SITE = "<meta property=og:site_name content='The Daily'>"
TITLES = [
    ("of the page", "<h1>Rain on the hills</h1>", "Rain on the hills"),
    ("of the head", f"<title>Rain on the hills | The Daily</title>{SITE}", "Rain on the hills"),
    ("of the page sooner", "<title>Rain on the hills</title><h1>RAIN ON THE HILLS</h1>", "RAIN ON THE HILLS"),
    ("none", "", None),
]


@pytest.mark.parametrize(("head", "title"), [row[1:] for row in TITLES], ids=[row[0] for row in TITLES])
def test_the_title(head: str, title: str | None) -> None:
    page = cleanbody.clean(head + "".join(f"<p>{text}</p>" for text in BODY))
    assert page.title == page.metadata.title == title
    assert page.text == "\n\n".join(BODY)
    assert page.to_text(headline=True) == "\n\n".join((title, *BODY) if title else BODY)


def test_a_title_that_is_known_beforehand() -> None:
    page = cleanbody.clean_text("\n\n".join((TITLE.upper(), *BODY, f"{TITLE} - The Daily")), title=TITLE)
    assert [block.label for block in page.blocks] == [Label.HEADLINE, *[Label.BODY] * len(BODY), Label.DUPLICATE]
    assert page.text == "\n\n".join(BODY)
    assert cleanbody.clean_text("\n\n".join(BODY), title=TITLE).title == TITLE


def test_the_declared_type() -> None:
    source = '<script type="application/ld+json">{{"@type": "{0}", "name": "x"}}</script><p>' + STORY
    assert cleanbody.clean(source.format("Product")).page_type is PageType.PRODUCT
    assert cleanbody.clean(source.format("Thing")).page_type is PageType.ARTICLE


@pytest.mark.parametrize("name", SOME[::4])
def test_pages_can_be_sent_and_stored(name: str) -> None:
    page = clean(SOURCES[name])
    again = pickle.loads(pickle.dumps(page))
    assert again == page
    assert (again.text, again.blocks, again.to_dict(blocks=True)) == (page.text, page.blocks, page.to_dict(blocks=True))


# --- a small article with all its defects ----------------------------------------------------------------------------

TRAIL = f"Home NEWS {TITLE}"
PLAIN = "\n\n".join((TITLE, *BODY))


def defective(end: str = "\n\n") -> str:
    """The article as a careless scraper leaves it: breadcrumb with title, copies, teasers, prompts."""
    copies, prompts = f"{TITLE}\n{TITLE}", "\n".join(PROMPTS)
    return end.join((TRAIL, TITLE, copies, *BODY[:2], TEASERS[0], *BODY[2:4], TEASERS[1], BODY[4], prompts))


@pytest.mark.parametrize("source", [defective(), defective("\n"), defective("\r\n\r\n"), f"\n\n{defective()}\n\n\n"])
def test_headline_once_and_body_whole(source: str) -> None:
    page = cleanbody.clean_text(source)
    assert page.title == TITLE
    assert page.text.split() == " ".join(BODY).split()
    assert page.to_text(headline=True).split() == PLAIN.split()
    if not source.startswith(f"{TRAIL}\n{TITLE}"):  # lines without blank lines between them stay so
        assert page.to_text(headline=True) == PLAIN


def test_what_is_dropped_says_what_it_is() -> None:
    page = cleanbody.clean_text(defective())
    labels = {block.text: block.label for block in page.blocks if not block.keep}
    assert labels[TRAIL] is Label.BREADCRUMB
    assert labels[TITLE] is Label.DUPLICATE
    assert {labels[text] for text in TEASERS} == {Label.TEASER}
    assert {labels[text] for text in PROMPTS} == {Label.COMMENT_PROMPT}
    assert [block.text for block in page.blocks if block.label is Label.HEADLINE] == [TITLE]


def test_the_same_as_html_without_a_class() -> None:
    blocks = (TRAIL, TITLE, TITLE, *BODY[:2], TEASERS[0], *BODY[2:4], TEASERS[1], BODY[4], *PROMPTS)
    page = cleanbody.clean(f"<title>{TITLE} | The Daily</title>" + "".join(f"<div>{block}</div>" for block in blocks))
    assert page.to_text(headline=True) == PLAIN


def test_the_same_as_html_without_a_title() -> None:
    page = cleanbody.clean("".join(f"<div>{block}</div>" for block in (TRAIL, TITLE, TITLE, *BODY)))
    assert page.to_text(headline=True) == PLAIN


def test_a_title_with_the_site_s_name() -> None:
    source = "\n\n".join((TITLE, *BODY, f"{TITLE} - The Daily"))
    assert cleanbody.clean_text(source, title=f"{TITLE} | The Daily").to_text(headline=True) == PLAIN


def test_a_page_of_one_paragraph() -> None:
    page = cleanbody.clean(f"<p>{STORY}")
    assert (page.text, page.status) == (STORY, Status.COMPLETE)


def test_nothing_to_do() -> None:
    for text in (PLAIN, "\n\n".join(BODY)):
        assert cleanbody.clean_text(text).to_text(headline=True) == text


RAIN = "It rained all day, and in the evening, when nobody minded any more, it rained still."


@pytest.mark.parametrize(
    ("source", "scraped"),
    [(f"<h1>Rain</h1><p>{RAIN}<p>Leave a Reply", False), (f"Rain\n\n{RAIN}\n\nLeave a Reply", True)],
)
def test_contributions_add_up_to_the_score_of_the_model(source: str, scraped: bool) -> None:
    cleaner = Cleaner()
    page = cleaner.clean_text(source) if scraped else cleaner.clean(source)
    found = cleaner.contributions(source, scraped=scraped)
    assert len(found) == len(page.blocks) == 3
    for block, given in zip(page.blocks, found, strict=True):
        (model,) = [reason for reason in block.reasons if reason.code == "model"]
        assert abs(sum(given.values())) == pytest.approx(model.weight)
    with pytest.raises(ConfigError):
        Cleaner(Config(model=False)).contributions(source, scraped=scraped)


@pytest.mark.parametrize(
    "text", ["Two boats went out.\n\n3 \\* [4]", "a\nb\nc", "Привет\n\nКак дела?", "雨が降った。\n\n終わり"]
)
def test_a_short_text_of_which_nothing_would_be_left_is_kept_whole(text: str) -> None:
    page = cleanbody.clean_text(text)
    assert page.text == text
    assert all(block.keep for block in page.blocks)
    assert not cleanbody.clean_text(f"{text}\n\nLeave a Reply").blocks[-1].keep


LONG = "\n\n".join(
    f"{RAIN} On the {day} the ferry stayed in the harbour, and the people of the island waited for flour and letters."
    for day in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
)


def test_what_fits_badly_stays_in_a_text_of_which_little_would_go_and_goes_beside_more() -> None:
    date = "Tuesday, January 17, 2012"
    page = cleanbody.clean_text(f"Two boats went out\n\n{date}\n\n{LONG}")
    (dated,) = [block for block in page.blocks if block.text == date]
    assert dated.keep and {"date-line", "document"} <= {reason.code for reason in dated.reasons}
    logit = math.log(dated.score / (1 - dated.score))
    told = {reason.code: reason for reason in dated.reasons}
    assert told["document"].label is Label.BODY and told["document"].weight > 0 > logit - told["document"].weight
    assert cleanbody.recut(page.blocks, 0.42) == [block.keep for block in page.blocks]
    form = "Leave a Reply\n\nYour email address will not be published. Required fields are marked *\n\nSave my name"
    page = cleanbody.clean_text(f"Two boats went out\n\n{date}\n\n{LONG}\n\n{form}")
    assert date not in page.text


@pytest.mark.parametrize(
    "line", ["Leave a Reply", "© 2024 The Harbour Post. All rights reserved.", "Two boats went out"]
)
def test_what_tells_by_its_words_goes_from_the_cleanest_text(line: str) -> None:
    page = cleanbody.clean_text(f"Two boats went out\n\n{LONG}\n\n{line}")
    assert [block.text for block in page.blocks if not block.keep] == [line]


@pytest.mark.parametrize("gap", ["   ", "\xa0 \xa0"])
def test_a_row_of_a_table_is_no_headline_of_which_the_others_are_copies(gap: str) -> None:
    rows = [gap.join((f"October {day}", "12pm - 1pm", "Hall 217", "Hanna Quill, Ph.D")) for day in range(1, 9)]
    about = "Hanna Quill has rowed in the hall for eighteen years, and in October she will show how others can do it."
    page = cleanbody.clean_text("\n\n".join(["Open hours", *rows, "Hanna Quill", about]))
    assert page.title is None and all(row in page.text for row in rows)


def test_what_fits_badly_goes_from_a_long_text_in_which_some_lines_are_told_by_their_words() -> None:
    date, long = "Tuesday, January 17, 2012", "\n\n".join([LONG] * 4)
    told = (
        "Leave a Reply",
        "© 2024 The Harbour Post. All rights reserved.",
        "Your email address will not be published.",
    )
    for k in range(len(told) + 1):
        page = cleanbody.clean_text("\n\n".join(["Two boats went out", date, long, *told[:k]]))
        assert (date in page.text) == (k < TOLD)
        assert not set(told) & set(page.text.split("\n\n"))


def test_a_line_of_the_body_is_no_headline_of_a_clean_text() -> None:
    first, *rest = LONG.split("\n\n")
    text = "\n\n".join([first, "The ferry stayed in the harbour", *rest])
    page = cleanbody.clean_text(text)
    assert page.title is None and page.text == text
    again = cleanbody.clean_text(text, title="The ferry stayed in the harbour")
    assert again.title == "The ferry stayed in the harbour"  # unless somebody says so


SAID = (("02", "mila", "are you home?"), ("02", "gosha", "yep"), ("03", "mila", "is the green folder on the table?"))
SAID = (*SAID, ("05", "gosha", "no"), ("05", "gosha", "not on the chair"), ("06", "mila", "and under the cat?"))
CHATS = {"irc": "[18:{}] <{}> {}", "messenger": "12/03/24, 18:{} - {}: {}", "bare": "18:{} {}: {}"}


@pytest.mark.parametrize("form", CHATS)
def test_a_chat_is_kept_whole(form: str) -> None:
    text = "\n".join(CHATS[form].format(*line) for line in SAID)
    assert cleanbody.clean_text(text).to_text(headline=True) == text


def test_a_time_before_a_name_is_a_date_where_little_else_is_like_it() -> None:
    text = f"Two boats went out\n\n12.03.2024 10:30 Author: Ann Weber\n\n{LONG}\n\n© 2024 The Post\n\nLeave a Reply"
    text += "\n\nYour email address will not be published. Required fields are marked *"
    (line,) = [block for block in cleanbody.clean_text(text).blocks if block.text.startswith("12.03")]
    assert line.label is Label.BYLINE and not line.keep
