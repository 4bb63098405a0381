"""Columns in, columns out: the same as single calls, whatever the columns are made of; a bad row costs that row."""

from __future__ import annotations

import doctest
import json
import math
import os
import pickle
import subprocess
import sys
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from evidence import cases
from hypothesis import example, given
from hypothesis import strategies as st

import cleanbody
from cleanbody import Cleaner, Config, ConfigError, InputError, Label
from cleanbody.batch import BATCH_SCHEMA, DEFAULT_RESULTS, RESULTS, Choice
from cleanbody.decode import decode

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [case.read() for case in cases()][::6]
PAGES = [source for source in SOURCES if isinstance(source, bytes)]
STORY = "It rained all day, and in the evening, when nobody minded any more, it rained still on hills and roofs alike."
TEXT = f"{STORY}\n\nLeave a Reply"
PAGE = f"<title>Rain on the hills</title><h1>Rain on the hills</h1><p>{STORY}</p><div>Leave a Reply</div>"
ALL = tuple(RESULTS)


class Failing(Cleaner):
    """Fails on what holds the word."""

    def clean_text(self, text: str, title: str | None = None, url: str | None = None) -> cleanbody.CleanPage:
        if text == "fail":
            raise RecursionError("too deep\nby far")
        return super().clean_text(text, title, url)


def expected(page: cleanbody.CleanPage) -> dict[str, object]:
    """Every result of a page, by the names that users know."""
    dropped = [block for block in page.blocks if not block.keep]
    meta = page.metadata
    return {
        "text": page.text,
        "title": page.title or "",
        "status": str(page.status),
        "page_type": str(page.page_type),
        "language": meta.language or "",
        "confidence": page.confidence,
        "dropped": len(dropped),
        "error": "",
        "dropped_chars": sum(block.span[1] - block.span[0] for block in dropped),
        "reasons": " ".join(f"{block.label}:{','.join(map(str, block.reasons))}" for block in dropped),
        "statuses": " ".join(page.statuses),
        "author": meta.author or "",
        "date": meta.date or "",
        "site_name": meta.site_name or "",
        "canonical_url": meta.canonical_url or "",
        "description": meta.description or "",
        "comments": "\n\n".join(comment.text for comment in page.comments),
        "markdown": page.to_markdown(),
        "html": page.to_html(),
        "blocks": json.dumps(page.to_dict(blocks=True)["blocks"], ensure_ascii=False, separators=(",", ":")),
        "cleanbody_schema": BATCH_SCHEMA,
    }


def row(out: dict[str, list[Any]], index: int) -> dict[str, Any]:
    return {name: column[index] for name, column in out.items()}


# --- the same as single calls ----------------------------------------------------------------------------------------


def test_pages() -> None:
    urls = [None if i % 3 else f"https://example.org/{i}" for i in range(len(PAGES))]
    out = Cleaner().clean_batch({"html": PAGES, "url": urls}, columns=ALL)
    for i, page in enumerate(map(cleanbody.clean, PAGES, urls)):
        assert {**row(out, i), "html": page.to_html()} == expected(page)
    assert any(out["reasons"]) and any(out["language"]) and any(out["author"])


def test_texts_with_titles() -> None:
    texts, titles = [TEXT, STORY, ""], ["Rain", None, "Empty"]
    cleaner = Cleaner(Config(keep=frozenset({Label.COMMENT_PROMPT})))
    out = cleaner.clean_batch({"text": texts, "title": titles}, columns=ALL)
    for i, page in enumerate(cleaner.clean_text(text, title) for text, title in zip(texts, titles, strict=True)):
        assert row(out, i) == expected(page)
    assert out["text"][0] == TEXT


CHARACTERS = st.text(st.characters(codec=None), max_size=60)  # lone surrogates too
SOURCE = st.one_of(CHARACTERS, st.binary(max_size=60), st.sampled_from([TEXT, PAGE.encode(), "", b"\xff\xfe\x00\xd8"]))
WORDS = st.one_of(st.none(), CHARACTERS, st.sampled_from(["Rain", "https://example.org/2020/03/12/rain"]))
UNUSABLE = st.sampled_from([None, 7, math.nan, [STORY], {"text": STORY}])


def sound(value: object) -> object:
    """A value as UTF-8 can hold it: pairs of surrogates joined, lone ones replaced."""
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if isinstance(value, str) else value


@given(st.lists(st.tuples(st.one_of(SOURCE, UNUSABLE), WORDS, WORDS), max_size=5), st.booleans())
@example([("\ud800", "\udc00", None)], False)
def test_any_rows(rows: list[tuple[Any, str | None, str | None]], markup: bool) -> None:
    """A row has what a single call gives, or says what a single call raises."""
    names = ("html" if markup else "text", "title", "url")
    out = Cleaner().clean_batch({name: [values[i] for values in rows] for i, name in enumerate(names)}, columns=ALL)
    for i, (source, title, url) in enumerate(rows):
        got = row(out, i)
        try:
            if markup:
                page = cleanbody.clean(source, url)
            else:
                text = decode(source).data.decode() if isinstance(source, bytes) else source
                page = cleanbody.clean_text(text, title, url)
        except InputError as error:
            assert (got["status"], got["text"], got["error"]) == ("failed", "", f"InputError: {error}")
        else:
            wanted = {name: sound(value) for name, value in expected(page).items()}
            wanted["title"] = wanted["title"] or sound(title or "")
            assert got == wanted


# --- one bad row -----------------------------------------------------------------------------------------------------


def test_a_bad_row_costs_that_row() -> None:
    texts = [TEXT, None, 7, "fail", math.nan, TEXT]
    out = Failing().clean_batch({"text": texts}, columns=ALL)
    good = expected(cleanbody.clean_text(TEXT))
    assert row(out, 0) == row(out, 5) == good
    errors = [
        "InputError: cannot clean a NoneType as text",
        "InputError: cannot clean a int",
        "RecursionError: too deep by far",
    ]
    for i, error in zip((1, 2, 3), errors, strict=True):
        bad = row(out, i)
        assert bad["status"] == "failed" and bad["error"].startswith(error)
        assert {name: type(value) for name, value in bad.items()} == {name: type(v) for name, v in good.items()}
        assert not any(bad[name] for name in ("text", "title", "confidence", "dropped", "reasons", "language"))
    assert out["status"][4] == "failed"


@pytest.mark.parametrize("name", ["title", "url"])
def test_a_title_that_is_no_text_costs_the_row(name: str) -> None:
    out = Cleaner().clean_batch({"text": [STORY] * 3, name: [{"rendered": "Rain"}, "Rain", math.nan]})
    assert out["status"] == ["failed", "complete", "complete"]
    assert out["error"][0] == f"InputError: {name} is a dict: give a str or None"


def test_the_status_comes_whatever_was_asked_for() -> None:
    assert Cleaner().clean_batch({"text": [None]}, columns=["text"]) == {
        "text": [""],
        "status": ["failed"],
        "cleanbody_schema": [BATCH_SCHEMA],
    }


# --- columns ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "column",
    [
        [TEXT, STORY],
        (TEXT, STORY),
        [TEXT.encode(), bytearray(STORY.encode())],
        [memoryview(TEXT.encode()), STORY],
        np.array([TEXT, STORY]),
        np.array([TEXT, STORY], dtype=object),
        np.array([TEXT.encode(), STORY.encode()]),
        pa.array([TEXT, STORY]),
        pa.array([TEXT.encode(), STORY.encode()], pa.large_binary()),
        pa.chunked_array([[TEXT], [STORY]]),
        pa.array([TEXT, STORY]).dictionary_encode(),
    ],
    ids=lambda column: type(column).__name__,
)
def test_kinds_of_columns(column: Any) -> None:
    out = Cleaner().clean_batch({"text": column})
    assert out == Cleaner().clean_batch({"text": [TEXT, STORY]})
    assert [type(value) for value in row(out, 0).values()] == [str] * 5 + [float, int, str, int]


def test_kinds_of_tables() -> None:
    wanted = Cleaner().clean_batch({"html": [PAGE], "url": ["https://example.org/"]})
    table = pa.table({"html": [PAGE], "url": ["https://example.org/"], "id": [1]})
    assert Cleaner().clean_batch(table) == Cleaner().clean_batch(table.to_batches()[0]) == wanted


def test_no_rows() -> None:
    assert Cleaner().clean_batch({"text": []}) == {name: [] for name in (*DEFAULT_RESULTS, "cleanbody_schema")}


STATUS = {"status": "status"}
NAMES: list[tuple[str, list[str], dict[str, Any], dict[str, str]]] = [
    ("the text takes the place of the text", ["text"], {}, {"text": "text", **STATUS}),
    ("beside what it was made from", ["content"], {"text_column": "content"}, {"text": "text", **STATUS}),
    ("other columns stay", ["html", "text"], {"html_column": "html"}, {"text": "cleanbody_text", **STATUS}),
    ("even of that name", ["text", "status"], {}, {"text": "text", "status": "cleanbody_status"}),
    ("our own do not", ["text", "status", "cleanbody_status"], {}, {"text": "text", "status": "cleanbody_status"}),
    ("no title", ["text", "title"], {"title_column": ""}, {"text": "text", "title": "cleanbody_title", **STATUS}),
    ("a title that is read", ["html", "title"], {}, {"text": "text", "title": "title", **STATUS}),
    ("prefix", ["text", "status"], {"prefix": "x_"}, {"text": "x_text", "status": "x_status"}),
    ("prefix, taken", ["text", "x_text"], {"prefix": "x_"}, {"text": "cleanbody_x_text", "status": "x_status"}),
]


@pytest.mark.parametrize(("present", "options", "names"), [case[1:] for case in NAMES], ids=[case[0] for case in NAMES])
def test_names_of_results(present: list[str], options: dict[str, Any], names: dict[str, str]) -> None:
    batch = {name: [STORY] for name in present}
    out = Cleaner().clean_batch(batch, columns=list(names), **options)
    assert list(out) == [*names.values(), "cleanbody_schema"]
    assert out[names["text"]] == [STORY]
    assert batch == {name: [STORY] for name in present}  # what came in stays as it was


def test_which_column_is_read() -> None:
    batch = {"html": [PAGE], "text": [TEXT], "body": [STORY], "url": ["https://example.org/2020/03/12/rain"]}
    for options, source in (({"text_column": "text"}, TEXT), ({"text_column": "body"}, STORY)):
        assert Cleaner().clean_batch(batch, prefix="x_", **options)["x_text"] == [cleanbody.clean_text(source).text]
    out = Cleaner().clean_batch(batch, html_column="html", prefix="x_", columns=["title", "date"])
    assert (out["x_title"], out["x_date"]) == (["Rain on the hills"], ["2020-03-12"])
    out = Cleaner().clean_batch(batch, html_column="html", url_column="", prefix="x_", columns=["date"])
    assert out["x_date"] == [""]


def test_a_page_without_a_title_has_the_one_that_is_known() -> None:
    out = Cleaner().clean_batch({"html": [f"<p>{STORY}", PAGE], "title": ["Known", "Known"]})
    assert out["title"] == ["Known", "Rain on the hills"]


WRONG: list[tuple[str, Any, dict[str, Any], type[Exception], str]] = [
    ("a list", [STORY], {}, InputError, "cannot clean a list as a batch: give columns, such as {'html'"),
    ("a text", STORY, {}, InputError, "cannot clean a str as a batch"),
    ("nothing", None, {}, InputError, "cannot clean a NoneType as a batch"),
    ("no such column", {"body": [STORY]}, {}, InputError, "the columns are body: there is to be a column 'html' or"),
    ("no column", {}, {}, InputError, "the columns are none"),
    ("named wrongly", {"text": [STORY]}, {"text_column": "txt"}, InputError, "no column 'txt'; the columns are text"),
    ("no title", {"text": [STORY]}, {"title_column": "t"}, InputError, "no column 't'"),
    ("two", {"text": [STORY], "html": [PAGE]}, {}, InputError, "both 'html' and 'text' could be cleaned: name one"),
    ("one value", {"text": STORY}, {}, InputError, "column 'text' is a str: give a list with one value a row"),
    ("a number", {"text": 7}, {}, InputError, "column 'text' is a int: give a list"),
    ("lengths", {"text": [STORY], "url": []}, {}, InputError, "column 'url' has 0 rows, 'text' has 1"),
    ("no result", {"text": []}, {"columns": ["texts"]}, ConfigError, "'texts', which is no result; there are text, "),
    ("a str of results", {"text": []}, {"columns": "text"}, ConfigError, "columns is 'text': give a list"),
    ("no name", {"text": []}, {"text_column": 7}, ConfigError, "text_column is 7: give the name of a column"),
    ("no prefix", {"text": []}, {"prefix": None}, ConfigError, "prefix is None"),
]  # fmt: skip


@pytest.mark.parametrize(("batch", "options", "error", "message"), [c[1:] for c in WRONG], ids=[c[0] for c in WRONG])
def test_bad_arguments(batch: Any, options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        Cleaner().clean_batch(batch, **options)
    assert message in str(caught.value) and "\n" not in str(caught.value)


# --- other processes -------------------------------------------------------------------------------------------------


def test_a_cleaner_is_small_to_send() -> None:
    cleaner = Cleaner(Config(threshold=0.3, keep=frozenset({Label.BYLINE})))
    cleaner.clean_batch({"text": [TEXT]})  # has the model loaded
    data = pickle.dumps(cleaner.clean_batch)
    assert len(data) < 1000
    again = pickle.loads(data)
    assert again.__self__.config == cleaner.config
    assert again({"text": [TEXT]}) == cleaner.clean_batch({"text": [TEXT]})


def test_processes_that_start_afresh() -> None:
    function = partial(Cleaner(Config.recall()).clean_batch, columns=("text", "status", "reasons"))
    batches = [{"text": [TEXT, None]}, {"text": [STORY]}]
    with get_context("spawn").Pool(1) as pool:
        assert pool.map(function, batches) == [function(batch) for batch in batches]


def test_the_same_bytes_in_every_process() -> None:
    """Engines tell by a digest of the pickle whether they have done the work before."""
    code = "import pickle, sys, cleanbody as c; config = c.Config(keep=frozenset(c.Label));"
    code += "sys.stdout.buffer.write(pickle.dumps(c.Cleaner(config)))"
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1


def test_every_result_is_documented() -> None:
    recipes = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
    for name in (*RESULTS, "cleanbody_schema"):
        assert f"| `{name}` | " in recipes, name
    assert f"version {BATCH_SCHEMA} " in recipes


def test_a_choice_is_a_value() -> None:
    assert Choice(results=["text", "text"]) == Choice(results=("text", "status"))


def test_what_the_recipes_show() -> None:
    assert doctest.testfile(str(ROOT / "docs" / "recipes.md"), module_relative=False) == (0, 5)
