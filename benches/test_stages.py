"""How long each stage takes on a batch of pages, and beside it how right the whole is.

pytest benches --benchmark-columns=median,ops --benchmark-sort=name [--pages SET.jsonl.gz]
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from scoring import mean, word_f1

import cleanbody

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"


def _fixture_f1(name: str) -> float | None:
    """Word F1 over the fixtures: a library that got faster by losing text shows it here."""
    scores = []
    for folder in sorted(path.parent for path in FIXTURES.glob(f"*/{name}")):
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        data = (folder / name).read_bytes()
        page = cleanbody.clean_text(data.decode()) if name.endswith(".txt") else cleanbody.clean(data)
        scores.append(word_f1(page.text, "\n\n".join(expected["body"])).f1)
    return mean(scores)


def _bench(benchmark: Any, stage: tuple[str, list[Any], int, int]) -> str:
    name, calls, pages, size = stage
    benchmark.extra_info |= {"pages": pages, "bytes": size, "calls": len(calls)}
    assert len(benchmark(lambda: [call() for call in calls])) == len(calls)
    return name


@pytest.mark.benchmark(group="HTML")
def test_html(benchmark: Any, stage: tuple[str, list[Any], int, int]) -> None:
    if _bench(benchmark, stage) == "clean":
        benchmark.extra_info["fixtures_f1"] = _fixture_f1("page.html")


@pytest.mark.benchmark(group="scraped text")
def test_text(benchmark: Any, stage: tuple[str, list[Any], int, int]) -> None:
    if _bench(benchmark, stage) == "clean_text":
        benchmark.extra_info["fixtures_f1"] = _fixture_f1("page.txt")
