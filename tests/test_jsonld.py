"""JSON-LD and state JSON: what is read out of good, damaged and hostile scripts."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanbody.jsonld import LinkedData, local_name, looks_like_markup, plain, read_jsonld, read_values
from cleanbody.jsonld.state import find_state, state_text

GENEROUS = 5.0  # seconds: hostile input must stay linear, on any machine


def linked(*objects: Any) -> LinkedData:
    return read_jsonld([json.dumps(thing) for thing in objects])


# --- reading ---------------------------------------------------------------------------------------------------------

DAMAGE = [
    ("sound", '{"a": "x"}', ({"a": "x"},)),
    ("numbers as strings", '{"a": 1, "b": [2.5]}', ({"a": "1", "b": ["2.5"]},)),
    ("several objects", '{"a": "x"}\n{"b": "y"}', ({"a": "x"}, {"b": "y"})),
    ("several objects with a comma", '{"a": "x"},{"b": "y"};', ({"a": "x"}, {"b": "y"})),
    ("HTML comment around", '<!-- {"a": "x"} -->', ({"a": "x"},)),
    ("CDATA around", '//<![CDATA[\n{"a": "x"}\n//]]>', ({"a": "x"},)),
    ("raw line end in a string", '{"a": "x\ny"}', ({"a": "x\ny"},)),
    ("raw control character in a string", '{"a": "x\x01y"}', ({"a": "x\x01y"},)),
    ("trailing comma in an object", '{"a": "x",}', ({"a": "x"},)),
    ("trailing comma in a list", '{"a": ["x", "y",],}', ({"a": ["x", "y"]},)),
    ("missing comma between lines", '{"a": "x"\n "b": "y"}', ({"a": "x", "b": "y"},)),
    ("comma missing between objects of a list", '[{"a": "x"} {"b": "y"}]', ([{"a": "x"}, {"b": "y"}],)),
    ("unescaped quotes", '{"a": "he said "no" twice", "b": "y"}', ({"a": 'he said "no" twice', "b": "y"},)),
    ("value missing", '{"a": , "b": "y"}', ({"b": "y"},)),
    ("bare words", '{"a": true, "b": null, "c": word,}', ({"a": True, "b": None, "c": "word"},)),
    ("a closing mark forgotten", '{"a": {"b": ["x"}, "c": "y"}', ({"a": {"b": ["x"]}, "c": "y"},)),
    ("cut off in a string", '{"a": "x", "b": "cut o', ({"a": "x", "b": "cut o"},)),
    ("cut off in an escape", '{"a": "x", "b": "cut \\', ({"a": "x", "b": "cut "},)),
    ("cut off in a list", '{"a": ["x", {"b": "y"', ({"a": ["x", {"b": "y"}]},)),
    ("escapes in damaged text", '{"a": "\\u00e9\\n\\ud83d\\ude00\\/",}', ({"a": "é\n😀/"},)),
    ("quotes as entities", "{&quot;a&quot;: &quot;x&quot;}", ({"a": "x"},)),
    ("no JSON at all", "alert('hello')", ()),
    ("empty", "", ()),
]


@pytest.mark.parametrize(("script", "expected"), [row[1:] for row in DAMAGE], ids=[row[0] for row in DAMAGE])
def test_values_are_read_whatever_the_damage(script: str, expected: tuple[Any, ...]) -> None:
    assert read_values(script) == expected


def test_all_damage_but_the_sound_rows_is_beyond_strict_json() -> None:
    lenient = [name for name, script, _ in DAMAGE if not _is_json(script)]
    assert len(lenient) >= len(DAMAGE) - 2


def _is_json(script: str) -> bool:
    try:
        json.loads(script)
    except ValueError:
        return False
    return True


json_values = st.recursive(
    st.none() | st.booleans() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), json_values) | st.lists(json_values))
def test_sound_json_reads_as_the_standard_library_reads_it(value: Any) -> None:
    assert read_values(json.dumps(value)) == (value,)


@given(st.dictionaries(st.text("abc", min_size=1), st.lists(st.text("xyz é語\n\\/"))))
def test_lenient_reading_agrees_with_strict_reading_where_only_a_comma_is_too_many(value: dict[str, Any]) -> None:
    damaged = json.dumps(value)[:-1] + ",}"
    assert read_values(damaged) == (value,)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("it&amp;#8217;s", "it’s"),
        ("<p>Große <b>Straße</b></p>", "Große Straße"),
        ("a < b and c > d", "a < b and c > d"),
        ("東京\u3000タワー", "東京 タワー"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("nul \x00 byte", "nul byte"),
        ({"@value": "नमस्ते", "@language": "hi"}, "नमस्ते"),
        (["x"], ""),
        (7, ""),
    ],
)
def test_values_become_plain_lines(value: object, expected: str) -> None:
    assert plain(value) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("NewsArticle", "newsarticle"),
        ("http://schema.org/NewsArticle", "newsarticle"),
        ("https://schema.org/Product/", "product"),
        ("schema:Product", "product"),
        ("https://schema.org#Offer", "offer"),
        ("@type", "@type"),
    ],
)
def test_names_lose_their_vocabulary(name: str, expected: str) -> None:
    assert local_name(name) == expected


# --- what the page says of itself ------------------------------------------------------------------------------------

ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Наводнение в долине",
    "datePublished": "2024-05-17T08:00:00+03:00",
    "dateModified": "2024-05-18",
    "inLanguage": "ru-RU",
    "author": [{"@type": "Person", "name": "Анна Петрова"}, {"@type": "Organization", "name": "Редакция"}],
    "publisher": {"@type": "Organization", "name": "Вестник"},
    "mainEntityOfPage": {"@type": "WebPage", "@id": "https://vestnik.example/a"},
    "description": "Вода &amp; люди",
    "articleBody": "Река вышла из берегов.\n\nЛюди ушли на холмы.",
    "isAccessibleForFree": "False",
}


def test_an_article_tells_all_of_itself() -> None:
    found = linked(ARTICLE)
    assert found == LinkedData(
        types=("newsarticle", "person", "organization", "webpage"),
        main_types=("newsarticle", "webpage"),
        headlines=("Наводнение в долине",),
        authors=("Анна Петрова", "Редакция"),
        date_published="2024-05-17T08:00:00+03:00",
        date_modified="2024-05-18",
        language="ru-RU",
        publisher="Вестник",
        description="Вода & люди",
        article_body="Река вышла из берегов.\n\nЛюди ушли на холмы.",
        url="https://vestnik.example/a",
        is_accessible_for_free=False,
    )


def test_a_graph_resolves_references_and_prefers_the_article_to_its_page() -> None:
    found = linked(
        {
            "@graph": [
                {"@type": "WebPage", "@id": "#page", "name": "Regen - Blatt", "datePublished": "2020-01-01"},
                {"@type": "WebSite", "name": "Das Blatt", "inLanguage": "de"},
                {"@type": "Person", "@id": "#ada", "name": "Ada Groß"},
                {"@type": "Article", "headline": "Regen", "author": {"@id": "#ada"}, "datePublished": "2024-05-17"},
            ]
        }
    )
    assert found.headlines == ("Regen",)
    assert found.names == ("Regen - Blatt",)
    assert found.authors == ("Ada Groß",)
    assert found.publisher == "Das Blatt"
    assert found.language == "de"
    assert found.date_published == "2024-05-17"


def test_breadcrumbs_come_in_the_order_of_their_positions() -> None:
    found = linked(
        {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": 2, "item": {"@id": "/s", "name": "Sueños"}},
                {"@type": "ListItem", "position": 1, "name": "Inicio"},
            ],
        }
    )
    assert found.breadcrumbs == ("Inicio", "Sueños")


def test_a_question_page_gives_question_and_answers_as_its_body() -> None:
    found = linked(
        {
            "@type": "QAPage",
            "mainEntity": {
                "@type": "Question",
                "name": "雨はいつ止みますか",
                "text": "一日中降っています。",
                "acceptedAnswer": {"@type": "Answer", "text": "<p>夕方には止みます。</p>"},
                "suggestedAnswer": [{"@type": "Answer", "text": "明日です。"}],
            },
        }
    )
    assert found.names == ("雨はいつ止みますか",)
    assert found.article_body == "<p>一日中降っています。</p>\n<p>夕方には止みます。</p>\n<p>明日です。</p>"
    assert found.main_types == ("qapage", "question")


def test_a_product_gives_its_description() -> None:
    found = linked(
        {"@type": ["Product"], "name": "Mug", "description": "&lt;p&gt;Blue.&lt;/p&gt;", "offers": {"@type": "Offer"}}
    )
    assert found.names == ("Mug",)
    assert found.product_description == "<p>Blue.</p>"
    assert found.types == ("product", "offer")


NOT_THE_PAGE = [
    (
        "articles of a list",
        [{"@type": "NewsArticle", "headline": f"Story {n}", "author": "Ada Low"} for n in range(9)],
    ),
    (
        "an article inside a list item",
        {"@type": "ItemList", "itemListElement": [{"item": {"@type": "Article", "headline": "x"}}]},
    ),
    (
        "a review's author",
        {"@type": "Organization", "review": {"@type": "Review", "headline": "x", "author": "Ada Low"}},
    ),
    ("an organisation's name", {"@type": "Organization", "name": "x", "headline": "y"}),
]


@pytest.mark.parametrize("thing", [row[1] for row in NOT_THE_PAGE], ids=[row[0] for row in NOT_THE_PAGE])
def test_what_does_not_speak_of_the_page_is_left_alone(thing: Any) -> None:
    found = linked(thing)
    assert found.types
    assert (found.headlines, found.names, found.authors, found.article_body) == ((), (), (), "")


@pytest.mark.parametrize(
    ("value", "expected"), [(True, True), (False, False), ("http://schema.org/False", False), ("true", True)]
)
def test_free_access_is_read_in_every_spelling(value: Any, expected: bool) -> None:
    assert linked({"@type": "Article", "isAccessibleForFree": value}).is_accessible_for_free is expected


def test_nothing_said_is_nothing_read() -> None:
    assert read_jsonld([]) == LinkedData() == read_jsonld(["", "var x", "[]", "{}", "42", '"text"'])


# --- state JSON ------------------------------------------------------------------------------------------------------

STORIES = {
    "en": "The river rose all night, and by the morning the lower fields of the valley stood under brown water. ",
    "de": "Der Fluss stieg die ganze Nacht, und am Morgen standen die unteren Felder des Tals unter braunem Wasser. ",
    "el": "Το ποτάμι ανέβαινε όλη τη νύχτα και το πρωί τα χαμηλά χωράφια της κοιλάδας ήταν κάτω από το νερό. ",
    "hi": "नदी सारी रात बढ़ती रही और सुबह तक घाटी के निचले खेत भूरे पानी के नीचे खड़े थे और लोग पहाड़ी पर चले गए। ",
    "ar": "ارتفع النهر طوال الليل وفي الصباح كانت الحقول السفلى في الوادي تحت الماء البني وصعد الناس إلى التل. ",
    "zh": "河水整夜上涨,到了早晨,山谷里低处的田野都淹没在褐色的水下,人们带着牲口上了山,等待雨停。",
    "ja": "川は一晩中増え続け、朝になると谷の低い畑は茶色い水の下にあり、人々は丘へ登って雨が止むのを待った。",
    "th": "แม่น้ำสูงขึ้นตลอดทั้งคืนและในตอนเช้าทุ่งนาด้านล่างของหุบเขาก็จมอยู่ใต้น้ำสีน้ำตาลผู้คนพาสัตว์ขึ้นไปบนเนินเขา",
}


def _state(body: str) -> dict[str, Any]:
    return {
        "config": {"api": "https://api.example/v1/", "key": "a8f3" * 40, "css": ".a{color:red;margin:0}" * 20},
        "menu": [{"label": "Home", "href": "/"}, {"label": "News", "href": "/news"}],
        "post": {"id": 7, "slug": "the-river", "excerpt": body[:60], "content": body},
    }


def _embeddings(body: str) -> dict[str, list[str]]:
    state = json.dumps(_state(body))
    rows = f'0:["$","main",null,{{"children":["$","p",null,{{"children":{json.dumps(body)}}}]}}]\n'
    half = len(rows) // 2
    return {
        "plain JSON": [state],
        "assigned": [f"window.__STATE__ = {state};"],
        "assigned among code": [f"(function(){{var a={{b:1}};}})();window.__STATE__={state};f();"],
        "parsed from a string": [f"window.__STATE__ = JSON.parse({json.dumps(state)});"],
        "JSON in a JSON string": [json.dumps({"status": "200", "body": state})],
        "pushed rows": [f"self.__f.push([1,{json.dumps(part)}])" for part in (rows[:half], rows[half:])],
        "text row": [f"self.__f.push([1,{json.dumps(f'1:T{len(body.encode()):x},{body}2:[]')}])"],
    }


@pytest.mark.parametrize("language", STORIES)
@pytest.mark.parametrize("form", _embeddings("x"))
def test_the_body_is_found_in_every_form_of_state_and_script(form: str, language: str) -> None:
    body = (STORIES[language] * 6).strip()
    scripts = ["var unrelated = 1;", *_embeddings(body)[form], "track({a: 1})"]
    found = max(map(state_text, find_state(scripts)), key=len, default="")
    assert _words(found) == _words(body)


def _words(text: str) -> list[str]:
    return text.replace("<p>", " ").replace("</p>", " ").split()


def test_markup_in_state_comes_back_as_markup_with_plain_texts_wrapped() -> None:
    parts = [f"<p>{STORIES['en'] * 3}</p>", STORIES["de"] * 3 + "& more"]
    found = state_text(json.dumps({"parts": parts}))
    assert looks_like_markup(found)
    assert found.startswith("<p>The river") and "&amp; more</p>" in found


def test_rows_of_posts_are_taken_together_in_order() -> None:
    posts = [{"id": n, "user": f"user{n}", "html": f"<p>Post number {n}. {STORIES['en']}</p>"} for n in range(5)]
    found = state_text(json.dumps({"users": [{"name": f"user{n}"} for n in range(40)], "included": posts}))
    assert [found.find(f"number {n}.") for n in range(5)] == sorted(found.find(f"number {n}.") for n in range(5))
    assert "number 4." in found and "user3" not in found


NO_TEXT = [
    ("code", "function f(a){return a+1} for(var i=0;i<9;i++){f(i)} " * 30),
    ("settings", json.dumps({"a": {"url": "https://x.example/a/b/c", "id": "e3b0c442" * 30}, "n": list(range(200))})),
    ("style in state", json.dumps({"css": ".btn{margin:0;padding:4px} .nav{display:none}" * 30})),
    ("one label many times", json.dumps({f"key.{n}": "Sign in to go on" for n in range(40)})),
    ("labels of an interface", json.dumps({f"key.{n}": f"Sign in to go on to part {n}" for n in range(400)})),
    ("base64", json.dumps({"image": "iVBORw0KGgoAAAANSUhEUgAAAAUA" * 60})),
    ("a short notice", json.dumps({"text": "Please turn the page to read on, thank you.", "pad": "0" * 600})),
]


@pytest.mark.parametrize("script", [row[1] for row in NO_TEXT], ids=[row[0] for row in NO_TEXT])
def test_state_without_prose_gives_no_text(script: str) -> None:
    assert {state_text(payload) for payload in (script, *find_state([script]))} == {""}


def test_scripts_of_code_are_no_candidates() -> None:
    assert find_state(["", "var a = 1;", "(function(){" + "go(1);" * 200 + "})()", '{"tiny": 1}']) == ()


# --- hostile input ---------------------------------------------------------------------------------------------------

HOSTILE = {
    "deep lists": "[" * 500_000,
    "deep objects": '{"a":' * 300_000,
    "deep and closed": "[" * 200_000 + "]" * 200_000,
    "deep after a strict prefix": '{"a":1}' + "[" * 300_000,
    "quotes": '{"a": ' + '"' * 500_000,
    "quotes with spaces": '{"a": ' + '" ' * 300_000,
    "quotes before much space": '{"a": "' + ('"' + " " * 1000) * 500,
    "backslashes": '{"a": "' + "\\" * 700_000,
    "entities": '{"@type": "Article", "headline": "' + "&" * 700_000 + '"}',
    "angle brackets": '{"@type": "Article", "headline": "' + "<a " * 300_000 + '"}',
    "colons and commas": "{" + ":," * 400_000,
    "closing marks": "{" + "]" * 700_000,
    "many broken objects": '{"a":1,}' * 200_000,
    "a long number": '{"a": ' + "9" * 700_000 + "}",
    "wide": "[" + ",".join(['{"@type":"Article","headline":"x"}'] * 30_000) + "]",
    "many references": json.dumps([{"@type": "Article", "author": [{"@id": "#a"}] * 2000, "@id": "#a"}] * 20),
    "assignments": "a={" * 300_000,
    "assignments of opened JSON": 'a={"b":[' * 100_000,
    "pushes": 'a.push([1,"' * 100_000,
    "row sizes": 'f.push([1,"' + "1:T1,x" * 100_000 + '"])',
    "rows": 'f.push([1,"' + "1:[\\n" * 100_000 + '"])',
    "JSON in JSON": json.dumps({"a": json.dumps({"a": json.dumps({"a": "[" * 400_000})})}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_scripts_are_borne_in_linear_time(name: str) -> None:
    script = HOSTILE[name]
    start = time.process_time()
    read_jsonld([script])
    for payload in (script, *find_state([script, script])):
        state_text(payload)
    assert time.process_time() - start < GENEROUS


def test_only_the_first_part_of_a_huge_script_counts() -> None:
    script = '{"@type": "Article", "headline": "Early", "x": "' + "y" * 3_000_000 + '", "name": "Late"}'
    found = read_jsonld([script])
    assert found.headlines == ("Early",)
    assert found.names == ()


@given(st.lists(st.text() | st.text('{}[]",:\\ \n<>&;@typeheadln'), max_size=4))
def test_reading_never_raises(scripts: list[str]) -> None:
    found = read_jsonld(scripts)
    json.dumps([found.headlines, found.article_body], ensure_ascii=False).encode()  # no lone surrogates come out
    for payload in (*scripts, *find_state(scripts)):
        state_text(payload).encode()
