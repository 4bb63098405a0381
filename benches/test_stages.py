"""How long each stage takes on a batch of pages, and beside it how right the whole is.

pytest benches --benchmark-columns=median,ops --benchmark-sort=name [--pages SET.jsonl.gz]
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import FIXTURES
from scoring import mean, word_f1
from stages import STAGES, TEXT_STAGES, Work

import cleanbody


def _fixture_f1(name: str) -> float | None:
    """Word F1 over the fixtures: a stage that got faster by losing text shows it here."""
    scores = []
    for folder in sorted(path.parent for path in FIXTURES.glob(f"*/{name}")):
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        data = (folder / name).read_bytes()
        page = cleanbody.clean_text(data.decode()) if name.endswith(".txt") else cleanbody.clean(data)
        scores.append(word_f1(page.text, "\n\n".join(expected["body"])).f1)
    return mean(scores)


@pytest.mark.benchmark(group="HTML")
@pytest.mark.parametrize("stage", STAGES)
def test_html(benchmark: Any, works: list[Work], stage: str) -> None:
    run = STAGES[stage]
    benchmark.extra_info |= {"pages": len(works), "bytes": sum(len(work.data) for work in works)}
    results = benchmark(lambda: [run(work) for work in works])
    assert all(result is not None for result in results)
    if stage == "clean":
        benchmark.extra_info["fixtures_f1"] = _fixture_f1("page.html")


@pytest.mark.benchmark(group="scraped text")
@pytest.mark.parametrize("stage", TEXT_STAGES)
def test_text(benchmark: Any, works: list[Work], stage: str) -> None:
    run = TEXT_STAGES[stage]
    benchmark.extra_info |= {"pages": len(works), "bytes": sum(len(work.text.encode()) for work in works)}
    results = benchmark(lambda: [run(work) for work in works])
    assert all(result is not None for result in results)
    if stage == "clean_text":
        benchmark.extra_info["fixtures_f1"] = _fixture_f1("page.txt")


def test_the_fixtures_are_there() -> None:
    assert Path(FIXTURES).is_dir() and list(FIXTURES.glob("*/page.html"))
