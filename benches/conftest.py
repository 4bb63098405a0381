"""The pages that the benches run on: the fixtures, or real ones given with ``--pages SET.jsonl.gz``."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from quality import read_lines
from stages import Work

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pages", help="JSON lines with html and url, instead of the fixtures")
    parser.addoption("--page-limit", type=int, default=50, help="pages to take of them")


@pytest.fixture(scope="session")
def works(request: pytest.FixtureRequest) -> list[Work]:
    """The pages, with everything that a stage starts from made beforehand."""
    file = request.config.getoption("--pages")
    if file:
        rows = (row for row in read_lines(Path(file)) if row.get("html"))
        found = [
            Work(row["html"].encode(), row.get("url")) for row in islice(rows, request.config.getoption("--page-limit"))
        ]
    else:
        found = [Work(path.read_bytes()) for path in sorted(FIXTURES.glob("*/page.html"))]
    for work in found:
        assert work.scanned is not None and work.table.rows == len(work.page.document)
        assert len(work.text_document) == len(work.text_document.kind)
    return found
