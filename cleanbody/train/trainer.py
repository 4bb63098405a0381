"""Labelled files in, the bytes of a model file out: what ``cleanbody train`` runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

from cleanbody.model import write_model
from cleanbody.page import DataError
from cleanbody.train.fit import PARAMETERS, ROUNDS, fit
from cleanbody.train.gold import Labelled, read_gold
from cleanbody.train.matrix import build


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


def train_model(paths: Sequence[Path], leave_out: Collection[str] = (), processes: int = 2) -> bytes:
    """Train the block model on labelled pages.

    Args:
        paths: files of JSON lines with ``html`` and ``main_content``; see `cleanbody.train.gold`.
        leave_out: sets that nothing may be learned from, their hosts included.
        processes: for cutting the pages into blocks.

    Raises:
        DataError: a file cannot be read as such, or there are too few pages.
    """
    pages = without(list(read_gold(paths)), leave_out)
    counts = Counter(page.set for page in pages)
    ensembles = fit(build(pages, processes))
    header = {"pages": dict(sorted(counts.items())), "parameters": PARAMETERS, "rounds": ROUNDS}
    return write_model(ensembles, header)
