"""Training as a whole: what is read, what a page without gold teaches, and that the same files give the same model."""

from __future__ import annotations

import json
from array import array
from pathlib import Path
from typing import Any

import pytest

from cleanbody.features import COLUMNS
from cleanbody.model import Ensemble, read_model
from cleanbody.page import DataError
from cleanbody.train.gold import parted, read_gold, read_pages

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
HTML = """<body><nav><a href="/">Home</a> <a href="/news">News</a></nav><h1>The bridge stays shut</h1>
<p>The old bridge over the mill stream stays shut until the beams have been looked at, the council said on Monday, and
nobody could say how long that would take or what it would cost.</p>
<p>Walkers have to go round by the weir, which takes them a quarter of an hour longer than the way across the stream
took them, and the school bus stops on the far side.</p><p>Leave a Reply</p></body>"""


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def fixture_rows(limit: int) -> list[dict[str, Any]]:
    """Pages of the fixtures as labelled pages, each of a site of its own."""
    rows = []
    for folder in sorted(FIXTURES.iterdir()):
        if (folder / "page.html").exists() and len(rows) < limit:
            expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
            page = (folder / "page.html").read_bytes().decode("utf-8", "replace")
            gold = "\n".join(expected["body"])
            rows.append(
                {"id": folder.name, "html": page, "main_content": gold, "url": f"https://{len(rows)}.example/a"}
            )
    return rows


def lightgbm() -> None:
    """Skip where it is missing, or where the system library that it needs is."""
    try:
        import lightgbm  # noqa: F401
    except (ImportError, OSError):
        pytest.skip("LightGBM cannot be used here")


def by_words(limit: float) -> Ensemble:
    """One tree: blocks of more words are body."""
    words = COLUMNS.index("words")
    return Ensemble(
        COLUMNS, array("H", [words, 0, 0]), array("H", [1, 1, 2]), array("H", [2, 1, 2]), array("B", bytes(3)),
        array("d", [limit, 0.0, 0.0]), array("d", [0.0, -3.0, 3.0]), array("I", [0]),
    )  # fmt: skip


def test_pages_without_gold_are_read_apart(tmp_path: Path) -> None:
    rows = [
        {"id": "a", "html": HTML, "main_content": "The old bridge"},
        {"id": "b", "html": HTML, "main_content": None, "with": ["bridge"]},
        {"id": "c", "html": None, "lines": [{"text": "The old bridge", "b": 0}]},
        {"id": "d", "html": HTML, "main_content": ""},  # of which nothing is body, as somebody says
    ]
    path = write(tmp_path / "own-1.jsonl", rows)
    assert [page.id for page in read_gold([path])] == ["a", "d"]
    known, unknown = parted(list(read_pages([path])))
    assert [page.id for page in known] == ["a", "d"] and all(page.known for page in known)
    assert [(page.id, page.gold, page.known, page.set) for page in unknown] == [("b", "", False, "own")]


def test_a_text_made_of_a_page_has_that_page_beside_it(tmp_path: Path) -> None:
    lines = [{"text": "The old bridge", "b": 0}]
    rows = [
        {"id": "a", "html": HTML, "main_content": "The old bridge", "fold": 3, "url": "https://a.example/"},
        {"id": "a", "renderer": "wet", "lines": lines, "gold": "The old bridge"},
        {"id": "a", "lines": lines, "gold": "The old bridge"},  # of no page
        {"id": "b", "renderer": "wet", "lines": lines, "gold": "The old bridge"},
    ]
    pages = list(read_pages([write(tmp_path / "own.jsonl", rows)]))
    assert [page.original for page in pages] == ["", HTML, "", ""]
    assert [(page.fold, page.host) for page in pages] == [(3, "a.example"), (3, "a.example"), (None, ""), (None, "")]


def test_a_teacher_says_what_is_body(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    from cleanbody.train.teach import taught

    empty = HTML.replace("<p>The old", "<p hidden>The old").split("<p>")[0] + "</body>"
    path = write(tmp_path / "own.jsonl", [{"id": "a", "html": HTML}, {"id": "b", "html": "<p>Leave a Reply</p>"}])
    pages = list(read_pages([path]))
    (page,) = taught(pages, by_words(10.0))
    first, second = page.gold.split("\n")
    assert first.startswith("The old bridge") and second.endswith("the far side.")  # neither headline nor prompt
    assert (page.id, page.known) == ("a", False)
    assert list(taught([page._replace(html=empty)], by_words(10.0))) == []
    assert list(taught(pages, by_words(1000.0))) == []


def test_what_a_model_says_counts_less_than_what_people_say(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    from cleanbody.train.fit import TAUGHT_WEIGHTS, weights
    from cleanbody.train.matrix import page_rows

    row = {"html": HTML, "main_content": "The old bridge over the mill stream stays shut"}
    (page,) = read_gold([write(tmp_path / "own.jsonl", [row])])
    sums = [sum(part) for part in _halves(weights([page_rows(page), page_rows(page._replace(known=False))]))]
    assert sums[1] == pytest.approx(sums[0] * TAUGHT_WEIGHTS["page"])


def _halves(values: Any) -> tuple[Any, Any]:
    return values[: len(values) // 2], values[len(values) // 2 :]


def test_the_same_files_give_the_same_model_however_many_processes(tmp_path: Path) -> None:
    lightgbm()
    from cleanbody.train.trainer import train_model

    path = write(tmp_path / "own.jsonl", fixture_rows(24))
    other = write(tmp_path / "other.jsonl", [{"id": "a", "html": HTML, "url": "https://a.example/"}])
    one = train_model([path, other], processes=1)
    assert train_model([path, other], processes=2) == one
    model = read_model(one)
    assert {f"{form}-{stage}" for form in ("page", "text") for stage in ("first", "second")} <= set(model.ensembles)
    assert model.header["pages"]["own"] == 24
    assert model.header["pages"]["own blocks"] == 24
    assert model.header["pages"]["other"] == 1  # what the teacher kept of it


def test_sets_that_there_are_not_are_named(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    from cleanbody.train.trainer import train_model

    path = write(tmp_path / "own.jsonl", [{"html": HTML, "main_content": "The old bridge"}])
    with pytest.raises(DataError, match="--weight nowhere: no such set"):
        train_model([path], of_sets={"nowhere": 2.0})
    with pytest.raises(DataError, match="--leave-out nowhere: no such set; there are own"):
        train_model([path], ["nowhere"])
    with pytest.raises(DataError, match="1 labelled pages or texts are too few to train on"):
        train_model([path], processes=1)
    unknown = write(tmp_path / "other.jsonl", [{"html": HTML}])
    with pytest.raises(DataError, match="too few to train on"):
        train_model([path, unknown], processes=1)
    with pytest.raises(DataError, match="no page with a main_content"):
        train_model([unknown], processes=1)
    with pytest.raises(DataError, match=r"own\.jsonl:1: html and main_content are text or null"):
        train_model([write(path, [{"html": HTML, "main_content": 5}])], processes=1)
