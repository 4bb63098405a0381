"""Head data → title, author, date, language, site name, address, page type: cases for and against, in many scripts."""

from __future__ import annotations

import copy
import pickle
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleanbody
from cleanbody.jsonld import LinkedData, read_jsonld
from cleanbody.metadata import (
    declared_type,
    find_date,
    headline_candidates,
    parse_date,
    read_metadata,
    split_title,
    type_evidence,
)
from cleanbody.metadata.dates import url_date
from cleanbody.metadata.fields import authors, canonical_url, clean_names, is_name, language, language_tag
from cleanbody.metadata.kinds import TABLE
from cleanbody.metadata.source import Source
from cleanbody.metadata.titles import Part, Site, fold, host_labels, title_parts
from cleanbody.page import Head, Metadata, PageType

GENEROUS = 5.0  # seconds: hostile input must stay linear, on any machine
NOTHING = LinkedData()


def head(title: str = "", **meta: str) -> Head:
    """A head of a title and meta elements; ``__`` in a name stands for a colon, ``_`` for itself."""
    return Head(title=title, meta=tuple((name.replace("__", ":"), content) for name, content in meta.items()))


# --- titles ----------------------------------------------------------------------------------------------------------

SPLITS = [
    # title, site name, headline, site as found
    ("Flood in the valley | The Daily", "The Daily", "Flood in the valley", "The Daily"),
    ("Flood in the valley - The Daily", "The Daily", "Flood in the valley", "The Daily"),
    ("The Daily » Flood in the valley", "The Daily", "Flood in the valley", "The Daily"),
    ("The Daily: flood in the valley", "The Daily", "flood in the valley", "The Daily"),
    ("Flood in the valley | Weather | The Daily", "The Daily", "Flood in the valley", "The Daily"),
    ("Hochwasser im Tal – Der Bote", "Der Bote", "Hochwasser im Tal", "Der Bote"),
    ("Наводнение в долине — Вестник", "Вестник", "Наводнение в долине", "Вестник"),
    ("Πλημμύρα στην κοιλάδα - Ο Κόσμος", "Ο Κόσμος", "Πλημμύρα στην κοιλάδα", "Ο Κόσμος"),
    ("فيضان في الوادي | الصحيفة", "الصحيفة", "فيضان في الوادي", "الصحيفة"),
    ("घाटी में बाढ़ | दैनिक समाचार", "दैनिक समाचार", "घाटी में बाढ़", "दैनिक समाचार"),
    ("山谷里的洪水_本地新闻_某某网", "某某网", "山谷里的洪水", "某某网"),
    ("山谷里的洪水-某某网", "某某网", "山谷里的洪水", "某某网"),
    ("谷の洪水｜地方新聞", "地方新聞", "谷の洪水", "地方新聞"),
    ("골짜기의 홍수 :: 지방신문", "지방신문", "골짜기의 홍수", "지방신문"),
    # a headline's own marks stay
    ("Well-known stories: a long read", None, "Well-known stories: a long read", None),
    ("Spider-Man", "The Daily", "Spider-Man", None),
    ("Paris–Nice: the last stage", "The Daily", "Paris–Nice: the last stage", None),
    ("The flood - what we know so far", "The Daily", "The flood - what we know so far", None),
    ("snake_case in file_names", None, "snake_case in file_names", None),
    ("トム・クルーズが来日", None, "トム・クルーズが来日", None),
    ("Daily bread - how to bake it", "The Daily", "Daily bread - how to bake it", None),
    (
        "Rain in the valley and on all of the hills - part two",
        "The Daily",
        "Rain in the valley and on all of the hills - part two",
        None,
    ),
    (
        "Rain in the valley and on all of the hills | Agency",
        "The Daily",
        "Rain in the valley and on all of the hills",
        "Agency",
    ),
    (
        "Rain in the valley and on all of the hills - The Bote",
        None,
        "Rain in the valley and on all of the hills",
        "The Bote",
    ),
    ("The Daily", "The Daily", "The Daily", None),
    ("", "The Daily", "", None),
]


@pytest.mark.parametrize(("title", "site", "headline", "found"), SPLITS, ids=[row[0] for row in SPLITS])
def test_a_title_parts_into_headline_and_site(title: str, site: str | None, headline: str, found: str | None) -> None:
    assert split_title(title, site) == (headline, found)


BY_HOST = [
    ("Flood in the valley - Daily News", "https://www.dailynews.example/a", "Flood in the valley"),
    ("Flood in the valley - MS Society UK", "https://forum.mssociety.example.uk/t/1", "Flood in the valley"),
    ("Flood in the valley - NPS", "https://nps.example/a", "Flood in the valley"),
    ("Flood in the valley - National Park Service", "https://nps.example/a", "Flood in the valley"),
    ("Flood in the valley - a history of rain", "https://nps.example/a", "Flood in the valley - a history of rain"),
]


@pytest.mark.parametrize(("title", "url", "headline"), BY_HOST)
def test_the_host_tells_the_site_where_no_name_is_known(title: str, url: str, headline: str) -> None:
    named = head(title, og__site_name="Something else altogether")
    assert read_metadata(named, NOTHING, url).title == headline


def test_a_section_from_the_breadcrumbs_is_no_part_of_the_headline() -> None:
    linked = LinkedData(breadcrumbs=("Home", "Weather", "Flood"))
    page = head("Flood - in pictures / Weather | The Daily", og__site_name="The Daily")
    assert read_metadata(page, linked).title == "Flood - in pictures"


def test_sources_that_agree_outweigh_one_that_does_not() -> None:
    page = head("Flood | The Daily", og__title="Shocking flood: you must read this", twitter__title="Flood")
    assert read_metadata(page, LinkedData(headlines=("Flood",))).title == "Flood"


def test_candidates_come_once_each_most_trusted_first_and_without_the_site() -> None:
    page = head("Flood in the valley - Weather - The Daily", og__title="FLOOD IN THE VALLEY", og__site_name="The Daily")
    found = headline_candidates(page, NOTHING)
    assert found[0] == "FLOOD IN THE VALLEY"
    assert "Flood in the valley - Weather" in found
    assert "Flood in the valley - Weather - The Daily" in found
    assert len(found) == len({fold(text) for text in found})
    assert "The Daily" not in found


def test_the_parts_of_a_title_that_nothing_explains_are_all_candidates() -> None:
    found = headline_candidates(head("Ein Tal unter Wasser - eine Reportage von den Hügeln"), NOTHING)
    assert found[0] == "Ein Tal unter Wasser - eine Reportage von den Hügeln"
    assert set(found[1:]) == {"Ein Tal unter Wasser", "eine Reportage von den Hügeln"}


def test_the_parts_are_no_candidates_where_another_source_has_one_of_them_whole() -> None:
    page = head("Flood in the valley - Weather and more from all the hills", og__title="Flood in the valley")
    assert "Weather and more from all the hills" not in headline_candidates(page, NOTHING)


def test_the_site_s_name_is_a_candidate_only_where_there_is_no_other() -> None:
    named = {"og__site_name": "The Daily"}
    assert headline_candidates(head("Flood", og__title="The Daily", **named), NOTHING) == ("Flood",)
    assert headline_candidates(head("The Daily", **named), NOTHING) == ("The Daily",)


@pytest.mark.parametrize(
    ("part", "names", "labels", "expected"),
    [
        ("The Daily", ["the daily"], [], True),
        ("The Daily Online", ["The Daily"], [], True),
        ("Daily rain in the hills and valleys of the north", ["The Daily"], [], False),
        ("CAI", [], ["caigallery"], True),
        ("Python 3.14 documentation", [], ["docs", "python"], True),
        ("Rain", [], ["docs", "python"], False),
        ("新华网", ["新华网"], [], True),
        ("", ["x"], ["y"], False),
    ],
)
def test_a_part_is_known_for_the_site(part: str, names: list[str], labels: list[str], expected: bool) -> None:
    site = Site(names=tuple(map(fold, names)), labels=tuple(labels))
    assert site.names_part(Part(part, "", 0, fold(part))) is expected


# --- dates -----------------------------------------------------------------------------------------------------------

DATES = [
    ("2024-05-17", "2024-05-17"),
    ("2024-05-17T08:00:00+02:00", "2024-05-17"),
    ("2024-05-17T08:00:00.123Z", "2024-05-17"),
    ("2024-5-7", "2024-05-07"),
    ("2024/05/17 08:00", "2024-05-17"),
    ("2024.05.17", "2024-05-17"),
    ("20240517", "2024-05-17"),
    ("20240517T080000Z", "2024-05-17"),
    ("17.05.2024", "2024-05-17"),
    ("3.4.2024", "2024-04-03"),
    ("17/05/2024", "2024-05-17"),
    ("05/17/2024", "2024-05-17"),
    ("4/4/2024", "2024-04-04"),
    ("2024年5月17日", "2024-05-17"),
    ("2024년 5월 17일", "2024-05-17"),
    ("Fri, 17 May 2024 08:00:00 GMT", "2024-05-17"),
    ("May 17, 2024", "2024-05-17"),
    ("17 May 2024", "2024-05-17"),
    ("Sept 3, 2024", "2024-09-03"),
    ("1715932800", "2024-05-17"),
    ("1715932800000", "2024-05-17"),
    # not to be read
    ("3/4/2024", None),
    ("2024", None),
    ("2024-05", None),
    ("2024-13-45", None),
    ("31.02.2024", None),
    ("1850-01-01", None),
    ("9999-12-31", None),
    ("0000-00-00", None),
    ("1.2.3", None),
    ("{{ date }}", None),
    ("12345678901234", None),
    ("", None),
    ("x" * 100 + "2024-05-17", None),
]


@pytest.mark.parametrize(("text", "expected"), DATES)
def test_a_date_is_read_or_left_alone(text: str, expected: str | None) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("en-US", "2024-03-04"), ("en-GB", "2024-04-03"), ("fr", "2024-04-03"), ("en", None), ("", None)],
)
def test_the_page_s_language_tells_month_and_day_apart(tag: str, expected: str | None) -> None:
    assert read_metadata(Head(lang=tag, meta=(("date", "3/4/2024"),)), NOTHING).date == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/2024/05/17/flood", "2024-05-17"),
        ("https://x.example/2024/5/7/", "2024-05-07"),
        ("https://x.example/news/2024-05-17-flood.html", "2024-05-17"),
        ("https://x.example/a_20240517.html", "2024-05-17"),
        ("https://x.example/n1/2024/0517/c1001.html", None),
        ("https://x.example/2024/05/", None),
        ("https://x.example/item/20241399", None),
        ("https://x.example/?d=2024/05/17", None),
        ("http://[broken", None),
        (None, None),
    ],
)
def test_a_day_is_read_from_an_address(url: str | None, expected: str | None) -> None:
    assert url_date(url) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Ada Low | 17 May 2024 | 4 min", "2024-05-17"),
        ("Published: May 17th, 2024 at 8:00", "2024-05-17"),
        ("Stand: 17.05.2024, 08:00 Uhr", "2024-05-17"),
        ("发布时间:2024年05月17日 08:00", "2024-05-17"),
        ("Обновлено 17.05.2024", "2024-05-17"),
        ("入力 2024.05.17 08:00", "2024-05-17"),
        ("Room 12, 2024", None),
        ("Version 1.2.2024.17", None),
        ("Call 555-2024", None),
        ("In May 2024 it rained", None),
        ("On 17 May 2024 it rained. " * 20, None),
    ],
)
def test_a_short_line_names_a_day_or_none(line: str, expected: str | None) -> None:
    assert find_date(line) == expected


def test_sources_of_the_date_in_order_of_trust() -> None:
    page = Head(
        meta=(("date", "2024-05-05"), ("article:published_time", "2024-05-03")),
        props=(("datePublished", "2024-05-04"),),
        times=("2024-05-06",),
    )
    linked = LinkedData(date_published="2024-05-02")
    lines = ("8 May 2024",)
    assert read_metadata(page, linked, "https://x.example/2024/05/01/a", lines).date == "2024-05-01"
    assert read_metadata(page, linked, None, lines).date == "2024-05-02"
    assert read_metadata(page, NOTHING, None, lines).date == "2024-05-03"
    assert read_metadata(Head(props=page.props, times=page.times), NOTHING, None, lines).date == "2024-05-04"
    assert read_metadata(Head(meta=page.meta[:1], times=page.times), NOTHING, None, lines).date == "2024-05-05"
    assert read_metadata(Head(times=page.times), NOTHING, None, lines).date == "2024-05-06"
    assert read_metadata(Head(), NOTHING, None, lines).date == "2024-05-08"
    assert read_metadata(Head(), LinkedData(date_modified="2024-05-02"), None).date is None


def test_a_date_after_the_visit_does_not_count() -> None:
    page = Head(meta=(("article:published_time", "2031-01-01"), ("date", "2024-05-17")))
    assert read_metadata(page, NOTHING, latest="2024-06-01").date == "2024-05-17"
    assert read_metadata(page, NOTHING).date == "2031-01-01"


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31)))
def test_every_day_is_read_back_from_the_shapes_that_name_it_beyond_doubt(day: date) -> None:
    iso = day.isoformat()
    year, month, number = iso.split("-")
    for text in (iso, iso + "T23:59:59Z", iso.replace("-", "/"), iso.replace("-", ""), f"{number}.{month}.{year}"):
        assert parse_date(text) == iso
    assert url_date(f"https://x.example/{year}/{month}/{number}/flood") == iso


# --- authors ---------------------------------------------------------------------------------------------------------

NAMES = [
    ("Ada Low", ["Ada Low"]),
    ("Ada Low, Ben Hill", ["Ada Low", "Ben Hill"]),
    ("Ada Low & Ben Hill", ["Ada Low", "Ben Hill"]),
    ("Ada Low; Ben Hill | Cy Dee", ["Ada Low", "Ben Hill", "Cy Dee"]),
    ("Author: Ada Low", ["Ada Low"]),
    ("von Ada Low", ["Ada Low"]),
    ("Low, Ada", ["Ada Low"]),
    ("María de la Cruz", ["María de la Cruz"]),
    ("Анна Петрова", ["Анна Петрова"]),
    ("Άννα Παπαδοπούλου", ["Άννα Παπαδοπούλου"]),
    ("أحمد علي، سارة حسن", ["أحمد علي", "سارة حسن"]),
    ("记者：王小明", ["王小明"]),
    ("王小明、李华", ["王小明", "李华"]),
    ("约翰·史密斯", ["约翰·史密斯"]),
    ("अनिता शर्मा", ["अनिता शर्मा"]),
    ("hayley.p", ["hayley.p"]),
    ("user_2024", ["user_2024"]),
    ("Ada Low <ada@x.example>", []),
    ("ada@x.example", []),
    ("@adalow", []),
    ("https://facebook.example/adalow", []),
    ("www.x.example", []),
    ("admin", []),
    ("page.head.extra.author", []),
    ("{{ author }}", []),
    ("12345", []),
    ("a text that goes on for far too many words to be a name", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_names_are_cleaned_by_their_shape(text: str, expected: list[str]) -> None:
    assert clean_names(text) == expected
    assert all(map(is_name, expected))


def test_the_site_is_an_author_only_where_nobody_else_is() -> None:
    page = Head(meta=(("author", "Ada Low"), ("og:site_name", "The Daily")))
    linked = LinkedData(authors=("The Daily",))
    assert read_metadata(page, linked).author == "Ada Low"
    assert read_metadata(Head(meta=page.meta[1:]), linked).author == "The Daily"


def test_sources_of_the_author_in_order_of_trust() -> None:
    page = Head(
        meta=(
            ("article:author", "https://x.example/ada"),
            ("citation_author", "Low, Ada"),
            ("citation_author", "Hill, Ben"),
        ),
        props=(("author", "Cy Dee\n  Senior Member"), ("author", "Another Poster")),
    )
    assert authors(Source.of(page, LinkedData(authors=("Eve Fox",))), Site()) == ("Eve Fox",)
    assert authors(Source.of(page), Site()) == ("Ada Low", "Ben Hill")
    assert authors(Source.of(Head(props=page.props)), Site()) == ("Cy Dee",)
    assert authors(Source.of(Head(meta=page.meta[:1])), Site()) == ()


def test_a_first_word_that_all_names_share_is_a_label() -> None:
    assert authors(Source.of(head(author="By Ada Low, By Ben Hill")), Site()) == ("Ada Low", "Ben Hill")
    assert authors(Source.of(head(author="Ada Low Green, Ada Hill")), Site()) == ("Ada Low Green", "Ada Hill")


# --- language, site, address, description ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("es-419", "es-419"),
        ("de-DE-1996", "de-DE"),
        ("jp", "ja"),
        ("fil", "fil"),
        ("en, fr", "en"),
        ("utf-8", None),
        ("English", None),
        ("x-default", None),
        ("und", None),
        ("1", None),
        ("", None),
    ],
)
def test_a_language_is_tidied_or_refused(text: str, expected: str | None) -> None:
    assert language_tag(text) == expected


@pytest.mark.parametrize(
    ("lang", "meta", "linked", "expected"),
    [
        ("de-AT", {"og__locale": "en_US"}, "", "de-AT"),
        ("", {"og__locale": "pt_BR"}, "", "pt-BR"),
        ("", {}, "hi", "hi"),
        ("en", {"og__locale": "el_GR"}, "el", "el-GR"),
        ("en", {"og__locale": "el_GR"}, "fr", "en"),
        ("", {}, "", None),
    ],
)
def test_the_language_comes_from_what_agrees(
    lang: str, meta: dict[str, str], linked: str, expected: str | None
) -> None:
    assert language(Source.of(Head(lang=lang, meta=head(**meta).meta), LinkedData(language=linked))) == expected


@pytest.mark.parametrize(
    ("links", "meta", "base", "url", "expected"),
    [
        ((("canonical", "https://x.example/a"),), {}, "", None, "https://x.example/a"),
        ((("canonical", "/a"),), {}, "", "https://x.example/b?c", "https://x.example/a"),
        ((("canonical", "a"),), {}, "https://y.example/d/", "https://x.example/b", "https://y.example/d/a"),
        ((("shortlink", "https://x.example/s"),), {"og__url": "https://x.example/a"}, "", None, "https://x.example/a"),
        (
            (("canonical", "https://x.example/"),),
            {"og__url": "https://x.example/a"},
            "",
            "https://x.example/a",
            "https://x.example/a",
        ),
        ((("canonical", "https://x.example/"),), {}, "", "https://x.example/", "https://x.example/"),
        ((("canonical", "/a"),), {}, "", None, None),
        ((("canonical", "javascript:void(0)"),), {}, "", "https://x.example/", None),
        ((("canonical", "http://[broken"),), {}, "", "https://x.example/", None),
        ((("canonical", ""),), {}, "", "https://x.example/", None),
    ],
)
def test_the_canonical_address_is_absolute_and_of_the_web(
    links: tuple[tuple[str, str], ...], meta: dict[str, str], base: str, url: str | None, expected: str | None
) -> None:
    assert canonical_url(Source.of(Head(links=links, meta=head(**meta).meta, base=base), url=url)) == expected


def test_the_site_is_named_by_its_sources_in_order_or_by_the_title_where_the_host_agrees() -> None:
    page = head("Flood | The Daily", og__site_name="The Daily Example", application__name="App")
    assert read_metadata(page, LinkedData(publisher="Daily Ltd")).site_name == "The Daily Example"
    assert read_metadata(head("Flood | The Daily"), LinkedData(publisher="Daily Ltd")).site_name == "Daily Ltd"
    assert read_metadata(head("Flood | The Daily"), NOTHING, "https://thedaily.example/a").site_name == "The Daily"
    assert read_metadata(head("Flood | Weather"), NOTHING, "https://thedaily.example/a").site_name is None


def test_a_whole_head() -> None:
    script = '{"@type": "NewsArticle", "headline": "谷の洪水", "author": {"name": "山田花子"}, "inLanguage": "ja"}'
    page = Head(
        title="谷の洪水｜地方新聞",
        meta=(
            ("og:site_name", "地方新聞"),
            ("description", "川が&amp;谷を"),
            ("article:published_time", "2024-05-17T08:00:00+09:00"),
        ),
        links=(("canonical", "/a/1"),),
        json_ld=(script,),
    )
    assert read_metadata(page, read_jsonld(page.json_ld), "https://chihou.example/a/1?from=top") == Metadata(
        title="谷の洪水",
        author="山田花子",
        date="2024-05-17",
        language="ja",
        site_name="地方新聞",
        canonical_url="https://chihou.example/a/1",
        description="川が&谷を",
    )


def test_an_empty_head_says_nothing() -> None:
    assert read_metadata(Head(), NOTHING) == Metadata()
    assert headline_candidates(Head(), NOTHING) == ()
    assert declared_type(Head(), NOTHING) is None


# --- page types ------------------------------------------------------------------------------------------------------

TYPES = [
    (("newsarticle",), {}, None, PageType.ARTICLE),
    (("webpage", "blogposting"), {}, None, PageType.ARTICLE),
    (("discussionforumposting",), {"og__type": "article"}, None, PageType.FORUM),
    (("qapage", "question"), {}, None, PageType.FORUM),
    (("product", "breadcrumblist"), {}, None, PageType.PRODUCT),
    (("collectionpage",), {}, None, PageType.COLLECTION),
    (("searchresultspage",), {}, None, PageType.LISTING),
    (("techarticle",), {"og__type": "article"}, None, PageType.DOCUMENTATION),
    (("service",), {}, None, PageType.SERVICE),
    ((), {"og__type": "article"}, None, PageType.ARTICLE),
    ((), {"og__type": "product"}, None, PageType.PRODUCT),
    ((), {"og__type": "product.group"}, None, PageType.COLLECTION),
    ((), {"generator": "Discourse 3.2.0 - https://github.com/discourse/discourse"}, None, PageType.FORUM),
    ((), {"generator": "MediaWiki 1.41.0"}, None, PageType.DOCUMENTATION),
    ((), {"generator": "mkdocs-1.6.1, mkdocs-material-9.5"}, None, PageType.DOCUMENTATION),
    ((), {}, "https://x.example/viewtopic.php?f=2&t=77", PageType.FORUM),
    ((), {}, "https://x.example/threads/flood.123/", PageType.FORUM),
    ((), {}, "https://forum.x.example/flood", PageType.FORUM),
    ((), {}, "https://x.example/product/mug", PageType.PRODUCT),
    ((), {}, "https://x.example/produkt/becher/", PageType.PRODUCT),
    ((), {}, "https://x.example/collections/mugs", PageType.COLLECTION),
    ((), {}, "https://x.example/tag/rain/", PageType.LISTING),
    ((), {}, "https://docs.x.example/en/latest/api.html", PageType.DOCUMENTATION),
    ((), {}, "https://x.example/services/roofing", PageType.SERVICE),
    ((), {}, "https://x.example/2024/05/17/flood-in-the-valley", PageType.ARTICLE),
    ((), {"og__url": "https://x.example/blog/flood"}, None, PageType.ARTICLE),
    # too little, or contradictions
    (("organization", "website", "webpage"), {}, None, None),
    ((), {"og__type": "website"}, None, None),
    ((), {"generator": "WordPress 6.5"}, "https://x.example/flood", None),
    ((), {}, "https://x.example/", None),
    ((), {}, "https://x.example/productivity/threadbare", None),
    ((), {"og__type": "product"}, "https://x.example/blog/", None),
]


@pytest.mark.parametrize(("types", "meta", "url", "expected"), TYPES)
def test_the_page_type_is_declared_or_left_open(
    types: tuple[str, ...], meta: dict[str, str], url: str | None, expected: PageType | None
) -> None:
    assert declared_type(head(**meta), LinkedData(types=types, main_types=types), url) == expected


def test_objects_that_are_not_the_page_do_not_make_its_type() -> None:
    nested = LinkedData(types=("itemlist", "product", "offer"), main_types=("itemlist",))
    assert declared_type(Head(), nested) is None
    assert (
        type_evidence(Head(), nested)[PageType.PRODUCT]
        < 1
        < type_evidence(Head(), LinkedData(types=("product",), main_types=("product",)))[PageType.PRODUCT]
    )


def test_the_table_of_evidence_is_sound() -> None:
    assert {row.source for row in TABLE} == {"main", "any", "og", "generator", "host", "path", "query", "shape"}
    assert {row.page_type for row in TABLE} == set(PageType)
    for row in TABLE:
        tokens = row.tokens.split()
        assert row.weight > 0 and tokens == [token.lower() for token in tokens] and len(tokens) == len(set(tokens))
    keys = [(row.source, row.page_type, token) for row in TABLE for token in row.tokens.split()]
    assert len(keys) == len(set(keys)), "a token stands twice for the same type"


# --- properties and hostile input ------------------------------------------------------------------------------------

texts = st.text() | st.text(" |-–_:»/.,;&@2024洪水رض\n")
pairs = st.lists(
    st.tuples(
        st.sampled_from(["og:title", "author", "date", "og:url", "og:type", "generator", "og:locale", "x"]), texts
    )
)
heads = st.builds(
    Head,
    title=texts,
    lang=texts,
    base=texts,
    meta=pairs.map(tuple),
    links=st.lists(st.tuples(st.sampled_from(["canonical", "CANONICAL x", ""]), texts)).map(tuple),
    props=st.lists(st.tuples(st.sampled_from(["author", "headline", "datePublished"]), texts)).map(tuple),
    times=st.lists(texts).map(tuple),
)


@given(heads, st.none() | texts | st.sampled_from(["https://x.example/2024/05/17/a", "http://[x", "//", "?t=1"]))
def test_reading_never_raises(page: Head, url: str | None) -> None:
    found = read_metadata(page, NOTHING, url, page.times)
    candidates = headline_candidates(page, NOTHING, url)
    type_evidence(page, NOTHING, url)
    assert found.title is None or found.title in candidates
    assert found.date is None or parse_date(found.date) == found.date
    assert found.language is None or language_tag(found.language) == found.language


@given(texts, st.none() | texts)
def test_a_headline_is_a_part_of_its_title(title: str, site: str | None) -> None:
    headline, found = split_title(title, site)
    whole = " ".join(title[:1000].split())
    assert headline in whole and (found is None or found in whole)
    assert headline or not whole
    for part in title_parts(whole):
        assert whole[part.start :].startswith(part.text)


HOSTILE_TEXTS = {
    "spaces": " " * 300_000,
    "separators": " | " * 100_000,
    "dashes": "-" * 300_000,
    "commas": "A B, " * 60_000,
    "entities": "&amp;" * 60_000,
    "tags": "<a" * 150_000,
    "digits": "1" * 300_000,
    "dates": "2024-05-" * 40_000,
    "slashes": "/2024/05" * 40_000,
    "letters": "é" * 300_000,
    "combining": "e\u0301" * 150_000,
}


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
def test_hostile_values_are_borne_in_linear_time(name: str) -> None:
    text = HOSTILE_TEXTS[name]
    names = ("og:title", "author", "date", "og:url", "og:type", "generator", "og:locale", "description", "og:site_name")
    page = Head(
        title=text,
        lang=text,
        base=text,
        meta=tuple((meta, text) for meta in names),
        links=(("canonical", text),),
        props=(("author", text), ("headline", text)),
        times=(text,),
    )
    start = time.process_time()
    for url in (text, "https://x.example" + text, None):
        read_metadata(page, NOTHING, url, (text,))
        headline_candidates(page, NOTHING, url)
        type_evidence(page, NOTHING, url)
    assert time.process_time() - start < GENEROUS


def test_a_host_of_meta_elements_is_borne_in_linear_time() -> None:
    page = Head(meta=tuple((f"x{n % 50}", "y") for n in range(200_000)), props=(("author", "Ada Low"),) * 100_000)
    start = time.process_time()
    assert read_metadata(page, NOTHING).author == "Ada Low"
    assert time.process_time() - start < GENEROUS


def test_host_labels_leave_out_what_every_host_has() -> None:
    assert host_labels("https://www.daily-news.example.co.uk:8080/x") == ("dailynews", "example")
    assert host_labels("http://[broken") == host_labels("") == host_labels(None) == ()


def test_metadata_of_a_page_is_read_when_asked_for() -> None:
    asked: list[str] = []

    def read(name: str) -> str:
        asked.append(name)
        return f"the {name}"

    later = Metadata.later(read, title="Flood")
    assert later.title == "Flood" and asked == []
    assert [later.author, later.author] == ["the author"] * 2 and asked == ["author"]
    with pytest.raises(AttributeError, match="Metadata has no 'editor'"):
        getattr(later, "editor")  # noqa: B009 - mypy knows that there is none


@pytest.mark.parametrize("same", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value)), replace])
def test_what_is_read_later_is_equal_to_what_was_read(same: Callable[[Any], Any]) -> None:
    page = cleanbody.clean('<title>Flood</title><meta name=author content="Ada Low"><p>It rained all day long.')
    known = Metadata(title="Flood", author="Ada Low")
    assert same(page.metadata) == known == page.metadata
    assert repr(same(page.metadata)) == repr(known) and hash(same(page.metadata)) == hash(known)
    linked = read_jsonld(['{"@type": "Article", "author": "Ada Low"}'])
    assert same(linked) == LinkedData(types=("article",), main_types=("article",), authors=("Ada Low",)) == linked


def test_what_nobody_sees_is_no_part_of_head_data() -> None:
    title = "Die Donau\u00addampf\u00adschiff\u00adfahrt kommt wieder"
    source = f'<meta property="og:title" content="{title}"><meta name="author" content="Ada\u2060 Becker">'
    page = cleanbody.clean(f"{source}<p>Es regnete den ganzen Tag, und abends regnete es noch immer.")
    assert (page.title, page.metadata.author) == ("Die Donaudampfschifffahrt kommt wieder", "Ada Becker")
