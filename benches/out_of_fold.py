"""Word F1 of the block model on pages that it was not trained on: out of fold, or with whole sets left out.

    python benches/out_of_fold.py SET.jsonl.gz... [--leave-out SET]... [--threshold 0.42]

Without ``--leave-out``, five folds by host (a set's own ``fold`` where its rows have one). With it, one fit for each
set named, on the other sets less its hosts. The scores are the model's alone, without the named rules; the second stage
of a fold learns from first-stage scores that are out of fold too, of which a fifth were fitted with the fold tested.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cleanbody.features import COLUMNS
from cleanbody.features.second import SECOND_COLUMNS
from cleanbody.train import fit
from cleanbody.train.gold import read_gold
from cleanbody.train.matrix import PageRows, build, stack

HEADLINE_SETS = ("cleaneval", "daniel", "googletrends")  # their gold begins with the headline


def page_f1(page: PageRows, keep: np.ndarray) -> float:
    """Word F1 of one page when the blocks in `keep` are kept."""
    found: Counter[int] = Counter()
    for i in np.nonzero(keep)[0]:
        if i != page.headline:
            found.update(page.words[i].tolist())
    if page.page.set.startswith(HEADLINE_SETS):
        found.update(page.title.tolist())
    wanted = Counter(page.gold.tolist())
    if not found or not wanted:
        return float(not found and not wanted)
    return 2 * (found & wanted).total() / (found.total() + wanted.total())


def two_stages(pages: Sequence[PageRows]) -> np.ndarray:
    """Log-odds of every row, out of fold in both stages."""
    first = fit.out_of_fold(pages, stack(pages, "features"), COLUMNS)
    return fit.out_of_fold(pages, fit.second_features(pages, first), (*COLUMNS, *SECOND_COLUMNS))


def left_out(pages: Sequence[PageRows], name: str) -> tuple[list[PageRows], np.ndarray]:
    """The pages of one set and the log-odds of their rows, from a fit on the other sets."""
    test = [page for page in pages if page.page.set == name]
    hosts = {page.page.host for page in test if page.page.host}
    model = fit.fit_stages([page for page in pages if page.page.set != name and page.page.host not in hosts])
    first = fit.predict(model["first"], stack(test, "features"))
    return test, fit.predict(model["second"], fit.second_features(test, first))


def report(pages: Sequence[PageRows], logits: np.ndarray, threshold: float) -> None:
    """A row a set, then its page types or languages."""
    limit, at = float(np.log(threshold / (1 - threshold))), 0
    groups: dict[tuple[str, str], list[float]] = defaultdict(list)
    for page in pages:
        rows = len(page.target)
        f1 = page_f1(page, logits[at : at + rows] >= limit)
        at += rows
        for group in {"", page.page.page_type or page.page.lang}:
            groups[page.page.set, group].append(f1)
    for (name, group), values in sorted(groups.items()):
        print(f"| {name}{': ' if group else ''}{group} | {len(values)} | {sum(values) / len(values):.4f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--leave-out", action="append", default=[])
    parser.add_argument("--threshold", type=float, default=0.42)
    args = parser.parse_args()
    pages = build(read_gold(args.sets))
    print("| set | pages | F1 |\n|---|---|---|")
    for name in args.leave_out:
        report(*left_out(pages, name), args.threshold)
    if not args.leave_out:
        report(pages, two_stages(pages), args.threshold)


if __name__ == "__main__":
    main()
