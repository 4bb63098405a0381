"""The pages that the benches run on: the fixtures, or real ones given with ``--pages SET.jsonl.gz``."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from quality import read_lines
from stages import Work, stages

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pages", help="JSON lines with html and url, instead of the fixtures")
    parser.addoption("--page-limit", type=int, default=50, help="pages to take of them")


def _works(config: pytest.Config) -> list[Work]:
    file = config.getoption("--pages", None)
    if not file:
        return [Work(path.read_bytes()) for path in sorted(FIXTURES.glob("*/page.html"))]
    rows = (row for row in read_lines(Path(file)) if row.get("html"))
    return [Work(row["html"].encode(), row.get("url")) for row in islice(rows, config.getoption("--page-limit"))]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A bench for each stage that the pages go through."""
    if "stage" not in metafunc.fixturenames:
        return
    works = _works(metafunc.config)
    text = metafunc.function.__name__ == "test_text"
    size = sum(len(work.text.encode() if text else work.data) for work in works)
    found = [(name, calls, len(works), size) for name, calls in stages(works, text).items()]
    metafunc.parametrize("stage", found, ids=[name for name, *_ in found])
