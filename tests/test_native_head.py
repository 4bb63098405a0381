"""The compiled readers of head data against their Python twins."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cleanbody import compiled
from cleanbody.jsonld import linked, plain, read_jsonld, reading
from cleanbody.metadata import source, titles

pytestmark = pytest.mark.skipif(not compiled.COMPILED, reason="the package was built without a C compiler")

KEYS = ["@type", "@id", "@graph", "name", "Name", "mainEntity", "schema:headline", "https://schema.org/Name", " x ", "",
        "É", "x" * 2_001, "a/", "\ud800", "item"]  # fmt: skip
TYPES = ["Article", "http://schema.org/NewsArticle", "WebSite", "article", "Été", "", " Blog ", "schema:Product"]
SCALAR = st.sampled_from([*TYPES, *KEYS, "x"]) | st.none() | st.booleans()
JSON = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=30,
)
TEXT = st.text(st.sampled_from(" \t\n\x1c\x00|/\\~_-:><&;«–漢aZ0é\u0301\u00a0\ud800") | st.characters(), max_size=40)


@settings(max_examples=1000)
@given(st.lists(JSON, max_size=4))
@example([{"@type": None}, {"@type": ["A", "a", 1]}, {"@type": {"@type": "B"}}])
def test_the_objects_of_linked_data_are_the_same(values):
    found = [value for value in values if isinstance(value, (dict, list))]
    assert repr(linked._graph(found)) == repr(linked.graph_of(found))


def test_linked_data_is_bounded_alike(monkeypatch):
    monkeypatch.setattr(linked, "MAX_NODES", 50)
    deep: object = {"name": "last"}
    for k in range(100):
        deep = {"mainEntity": deep, "@id": f"{k}"} if k % 2 else [deep, {"@type": "X"}]
    assert repr(linked._graph([deep])) == repr(linked.graph_of([deep]))


def test_an_object_whose_type_is_null_is_read():
    assert read_jsonld(['[{"@type": null, "name": "x"}, {"@type": "Article", "name": "A"}]']).names == ("A",)


@settings(max_examples=1000)
@given(TEXT)
@example("A  b")
@example(" a")
@example("x" * 2_001)
@example("")
def test_lines_and_names_are_the_same(text):
    with pytest.MonkeyPatch.context() as patch:
        found = plain(text), titles.fold(text), titles.title_parts(text)
        patch.setattr(reading, "core", None)
        patch.setattr(titles, "core", None)
        assert found == (plain(text), titles.fold(text), titles.title_parts(text))


ASCII = st.text(st.sampled_from(" \t\x1c|/\\~_-:><ab"), max_size=30)


@settings(max_examples=2000)
@given(ASCII | st.lists(st.sampled_from(["a", " ", "--", "::", " | ", "|", " - "]), max_size=60).map("".join))
@example("a |" * 2_000)
@example(" " * 1_500 + "a | b")
def test_titles_are_parted_alike(title):
    with pytest.MonkeyPatch.context() as patch:
        found = titles.title_parts(title)
        patch.setattr(titles, "core", None)
        assert found == titles.title_parts(title)


@settings(max_examples=2000)
@given(
    st.tuples(
        st.sampled_from(["http://", "https://", "HTTP://", "ftp://", "//", "http:/", ""]),
        st.text(st.sampled_from("aZ0.-:@[]%é_/?#;\\ \t"), max_size=12),
        st.text(st.sampled_from("aZ/?#&=;%é \n\x00\x7f"), max_size=12),
    ).map("".join)
)
@example("http://")
@example("https://x.org?")
@example("https://X.org#?a")
def test_addresses_are_split_alike(url):
    with pytest.MonkeyPatch.context() as patch:
        found = source.split_url(url)
        patch.setattr(source, "core", None)
        assert found == source.split_url(url)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.text(max_size=2)), max_size=200))
@example([("a", str(k)) for k in range(99)])
def test_meta_elements_are_indexed_alike(meta):
    with pytest.MonkeyPatch.context() as patch:
        found = source.index_meta(tuple(meta))
        patch.setattr(source, "core", None)
        again = source.index_meta(tuple(meta))
        assert (found, list(found)) == (again, list(again))
