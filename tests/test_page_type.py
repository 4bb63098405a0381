"""What kind of page it is."""

from __future__ import annotations

from pathlib import Path

import pytest

import cleanbody
from cleanbody import PageType
from cleanbody.cleaner import read_hints
from cleanbody.features import Table, compute
from cleanbody.html import read_html
from cleanbody.lexicon import Lexicon
from cleanbody.model import Model
from cleanbody.page_type import PAGE_COLUMNS, page_row, page_type_of, probabilities

PROSE = "The ferry was late again, so we waited on the pier until the lamps were lit and the gulls had gone. "
ARTICLE = "<h1>The late ferry</h1>" + f"<p>{PROSE * 3}</p>" * 8


FIXTURES = Path(__file__).parent.parent / "fixtures"


def table(source: str) -> Table:
    return compute(read_html(source), Lexicon.load())


def test_the_columns_of_a_page() -> None:
    columns = dict(zip(PAGE_COLUMNS, page_row(table("<p>One two three<p><a href=x>Four</a>").columns), strict=True))
    assert len(columns) == len(PAGE_COLUMNS)
    assert columns["mean_words"] == 2.0
    assert columns["mean_link_share"] == 0.5
    assert columns["max_has_headline"] == 0.0


def test_the_probabilities_are_of_all_types() -> None:
    model = Model.load()
    assert model is not None
    found = probabilities(table(ARTICLE), model)
    assert set(found) == set(PageType)
    assert sum(found.values()) == pytest.approx(1.0)
    assert max(found, key=lambda kind: found[kind]) is PageType.ARTICLE


def test_what_the_page_declares_comes_first() -> None:
    declared = '<meta property="og:type" content="product">'
    assert cleanbody.clean(f"<head>{declared}</head>{ARTICLE}").page_type is PageType.PRODUCT
    assert cleanbody.clean(ARTICLE).page_type is PageType.ARTICLE


def test_an_empty_page_and_a_cleaner_without_a_model_know_articles_only() -> None:
    assert page_type_of(table(""), Model.load()) is PageType.ARTICLE
    assert page_type_of(table(ARTICLE), None) is PageType.ARTICLE


@pytest.mark.parametrize(
    ("fixture", "expected"),
    [
        ("service--landing-page-sections-en", PageType.SERVICE),
        ("blog--wordpress-comments-thread-en", PageType.ARTICLE),  # comments alone make no forum
        ("blog--elementor-widgets-de", PageType.ARTICLE),
    ],
)
def test_pages_that_declare_nothing(fixture: str, expected: PageType) -> None:
    source = (FIXTURES / fixture / "page.html").read_bytes()
    assert read_hints(read_html(source))[2] is None
    assert cleanbody.clean(source).page_type is expected
