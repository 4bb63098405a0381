"""Labelled files in, the bytes of a model file out: what ``cleanbody train`` runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Final

from cleanbody.model import Ensemble, write_model
from cleanbody.page import DataError
from cleanbody.train import copies
from cleanbody.train.fit import PARAMETERS, STAGES, fit
from cleanbody.train.gold import Labelled, parted, read_pages
from cleanbody.train.kinds import fit_all_kinds
from cleanbody.train.matrix import PageRows, page_rows
from cleanbody.train.page_types import fit_page_types
from cleanbody.train.synthesize import Synthetic
from cleanbody.train.teach import taught, teacher

FORMS: Final = ("page", "text")  # HTML and scraped text: each has ensembles of its own
_Part = tuple[Counter[str], dict[str, Ensemble]]  # documents by set, and the ensembles by name


def without(pages: Sequence[Labelled], leave_out: Collection[str]) -> list[Labelled]:
    """The pages of the other sets, less those whose host also stands in a set that is left out.

    Raises:
        DataError: a name in `leave_out` is no set of these pages.
    """
    unknown = set(leave_out) - {page.set for page in pages}
    if unknown:
        known = ", ".join(sorted({page.set for page in pages}))
        raise DataError(f"--leave-out {', '.join(sorted(unknown))}: no such set; there are {known}")
    hosts = {page.host for page in pages if page.set in leave_out and page.host}
    return [page for page in pages if page.set not in leave_out and page.host not in hosts]


def sources(pages: Sequence[Labelled], seeds: Path | None) -> Iterator[Labelled | Synthetic]:
    """All that is trained on: the pages, their copies, and, where the seeds are at hand, synthetic documents."""
    yield from pages
    yield from copies.copies(pages)
    if seeds is not None:
        yield from copies.synthetic(pages, seeds)


def train_model(
    paths: Sequence[Path],
    leave_out: Collection[str] = (),
    processes: int = 2,
    *,
    seeds: Path | None = None,
    of_sets: Mapping[str, float] | None = None,
) -> bytes:
    """Train the block model on labelled pages, and on what it keeps itself of pages without gold.

    Args:
        paths: files of JSON lines with ``html`` and ``main_content``; see `cleanbody.train.gold`.
        leave_out: sets that nothing may be learned from, their hosts included.
        processes: more than one trains on pages and on scraped texts at the same time, with the same result.
        seeds: the folder of the seeds, for synthetic documents; none are made without it.
        of_sets: what a page of a set counts; 1 where it is not named.

    Raises:
        DataError: a file cannot be read as such, there are too few pages, or a set is named that there is not.
    """
    everything = list(read_pages(paths))
    if wrong := set(of_sets or ()) - {page.set for page in everything}:
        raise DataError(f"--weight {', '.join(sorted(wrong))}: no such set")
    pages, unknown = parted(without(everything, leave_out))
    if not pages:
        raise DataError("no page with a main_content and no text with a gold to train on")
    rows = form_rows(pages, seeds, "page")
    lessons = list(taught(unknown, teacher(rows, of_sets))) if rows and unknown else []
    with ProcessPoolExecutor(1) if processes > 1 else nullcontext() as pool:
        of_texts = partial(_fit_texts, pages, lessons, seeds, of_sets)
        texts = pool.submit(of_texts).result if pool else of_texts
        of_pages = _fit_rows([*rows, *form_rows(lessons, seeds, "page")], of_sets)
        parts = (of_pages, texts())
    header = {
        "pages": dict(sorted(sum((counts for counts, _ in parts), Counter[str]()).items())),
        "parameters": PARAMETERS,
        "stages": STAGES,
        "weights": dict(of_sets or {}),
    }
    return write_model({name: one for _, own in parts for name, one in own.items()}, header)


def form_rows(pages: Sequence[Labelled], seeds: Path | None, form: str) -> list[PageRows]:
    """The rows of all that is trained on that is of one of `FORMS`."""
    return [page_rows(one) for one in sources(pages, seeds) if form_of(one) == form]


def form_of(source: Labelled | Synthetic) -> str:
    """Which of `FORMS` a document is."""
    text = source.form == "text" if isinstance(source, Synthetic) else not source.html
    return FORMS[text]


def _fit_texts(
    pages: Sequence[Labelled], lessons: Sequence[Labelled], seeds: Path | None, of_sets: Mapping[str, float] | None
) -> _Part:
    return _fit_rows([*form_rows(pages, seeds, "text"), *form_rows(lessons, seeds, "text")], of_sets)


def _fit_rows(rows: Sequence[PageRows], of_sets: Mapping[str, float] | None) -> _Part:
    counts = Counter(f"{row.page.set} {row.page.renderer}".strip() for row in rows)
    return counts, {**fit(rows, of_sets), **fit_all_kinds(rows), **fit_page_types(rows)}
