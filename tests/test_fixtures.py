"""Every folder under ``fixtures/`` against the library: what is body, what is dropped and as what."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from evidence import Case, cases, differences, form_errors, lasting

CASES = cases()


def _why(case: Case) -> str:
    return str(case.expected["why"]) if not list(form_errors(case)) else "malformed"


def _params() -> list[object]:
    """Known failures fail strictly, and only by what the page gives, never by an error."""
    return [
        pytest.param(
            case,
            id=case.name,
            marks=[pytest.mark.xfail(strict=True, raises=AssertionError, reason=_why(case))]
            if case.known_failure
            else [],
        )
        for case in CASES
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_expectation_is_well_formed(case: Case) -> None:
    assert list(form_errors(case)) == []


@pytest.mark.parametrize("case", _params())
def test_page(case: Case) -> None:
    found = differences(case, case.clean())
    assert lasting(found) == case.shortfalls, "\n".join([case.name, *found])


def test_known_shortfalls_are_few() -> None:
    """A share of the pages must be right to the last block, whatever is on the lists."""
    assert sum(not case.shortfalls for case in CASES) >= len(CASES) // 3


def test_the_evidence_is_broad() -> None:
    languages = Counter(case.expected["language"].split("-")[0] for case in CASES)
    assert len(CASES) >= 60
    assert len(languages) >= 8, languages
    assert any(case.negative for case in CASES)


GOOD = '"topic": "news", "language": "en", "why": "x", "input": "page.html", "title": null, "body": ["x"]'


@pytest.mark.parametrize(
    ("expectation", "complaint"),
    [
        (None, "no expected.json"),
        ("{}", "key 'topic' is missing"),
        ("{" + GOOD + ', "titel": "x"}', "unknown key 'titel'"),
        ("{" + GOOD.replace('["x"]', "[]") + "}", "nothing is expected"),
        ("{" + GOOD + ', "labels": {"headlines": ["x"]}}', "unknown label 'headlines'"),
        ("{" + GOOD + ', "dropped": [""]}', "dropped is not a list of texts"),
        ("{" + GOOD.replace("page.html", "page.txt") + "}", "which is not there"),
        ("{" + GOOD.replace('"news"', '"blog"') + "}", "topic is 'blog'"),
    ],
)
def test_the_check_of_the_form_can_fail(tmp_path: Path, expectation: str | None, complaint: str) -> None:
    folder = tmp_path / "news--sample"
    folder.mkdir()
    (folder / "page.html").write_text("<p>x</p>")
    if expectation is not None:
        (folder / "expected.json").write_text(expectation)
    assert any(complaint in error for error in form_errors(Case(folder)))


def test_the_check_of_a_page_can_fail(tmp_path: Path) -> None:
    folder = tmp_path / "news--sample"
    folder.mkdir()
    sentence = "It rained all day in the valley, and in the evening, when nobody minded any more, it rained still."
    (folder / "page.html").write_text(f"<title>Rain</title><h1>Rain</h1><p>{sentence}</p>")
    (folder / "expected.json").write_text("{" + GOOD + ', "labels": {"teaser": ["Rain"]}}')
    case = Case(folder)
    assert [line.split(":")[0] for line in differences(case, case.clean())] == ["body", "body", "teaser", "title"]
