"""Word F1 of the block model on pages and texts that it was not trained on: out of fold, or with whole sets left out.

    python benches/out_of_fold.py SET.jsonl.gz... [--seeds seeds] [--weight SET=N]... [--leave-out SET]...

Without ``--leave-out``, five folds by host (a set's own ``fold`` where its rows have one; a text made of a page is in
that page's fold). With it, one fit for each set named, on the other sets less its hosts. Copies of pages and synthetic
documents are trained on and not measured. The scores are the model's alone, without the named rules; each page is cut
as the library cuts it. The second stage of a fold learns from first-stage scores that are out of fold too, of which a
fifth were fitted with the fold tested.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from cleanbody.classify import page_cut, sigmoid
from cleanbody.features import COLUMNS
from cleanbody.features.second import SECOND_COLUMNS
from cleanbody.train import fit
from cleanbody.train.gold import read_gold
from cleanbody.train.matrix import PageRows, stack
from cleanbody.train.trainer import FORMS, form_rows

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


def two_stages(pages: Sequence[PageRows], of_sets: Mapping[str, float]) -> np.ndarray:
    """Log-odds of every row, out of fold in both stages."""
    weight = fit.weights(pages, of_sets)
    first = fit.out_of_fold(pages, stack(pages, "features"), weight, COLUMNS)
    both = fit.second_features(pages, first)
    return fit.out_of_fold(pages, both, weight, (*COLUMNS, *SECOND_COLUMNS), "second")


def left_out(pages: Sequence[PageRows], name: str, of_sets: Mapping[str, float]) -> tuple[list[PageRows], np.ndarray]:
    """The pages of one set and the log-odds of their rows, from a fit on the other sets."""
    test = [page for page in pages if page.page.set == name]
    hosts = {page.page.host for page in test if page.page.host}
    rest = [page for page in pages if page.page.set != name and page.page.host not in hosts]
    model = fit.fit_stages(rest, of_sets)
    first = fit.predict(model["first"], stack(test, "features"))
    return test, fit.predict(model["second"], fit.second_features(test, first))


def report(pages: Sequence[PageRows], logits: np.ndarray, threshold: float) -> None:
    """A row a set and way of rendering, then its page types or languages."""
    at = 0
    groups: dict[tuple[str, str], list[float]] = defaultdict(list)
    for page in pages:
        rows = len(page.target)
        scores = [sigmoid(x) for x in logits[at : at + rows].tolist()]
        at += rows
        if page.page.renderer in fit.COPY_WEIGHTS or page.page.set == fit.SYNTHETIC:
            continue
        sizes = [0.0 if i == page.headline else float(len(words)) for i, words in enumerate(page.words)]
        f1 = page_f1(page, np.array(scores) >= page_cut(scores, sizes, threshold))
        name = f"{page.page.set} {page.page.renderer}".strip()
        for group in {"", page.page.page_type or page.page.lang}:
            groups[name, group].append(f1)
    for (name, group), values in sorted(groups.items()):
        print(f"| {name}{': ' if group else ''}{group} | {len(values)} | {sum(values) / len(values):.4f} |", flush=True)


def measure(args: argparse.Namespace, form: str) -> None:
    """Fit and report what is of one form."""
    of_sets = {name: float(number) for name, number in (weight.split("=") for weight in args.weight)}
    pages = form_rows(list(read_gold(args.sets)), args.seeds, form)
    for name in args.leave_out:
        if any(page.page.set == name for page in pages):
            report(*left_out(pages, name, of_sets), args.threshold)
    if not args.leave_out and pages:
        report(pages, two_stages(pages, of_sets), args.threshold)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--leave-out", action="append", default=[])
    parser.add_argument("--threshold", type=float, default=0.42)
    parser.add_argument("--seeds", type=Path)
    parser.add_argument("--weight", action="append", default=[], metavar="SET=N")
    parser.add_argument("--form", action="append", choices=FORMS, help="pages or texts alone")
    args = parser.parse_args()
    print("| set | pages | F1 |\n|---|---|---|", flush=True)
    forms = args.form or FORMS
    with ProcessPoolExecutor(len(forms)) as pool:
        list(pool.map(partial(measure, args), forms))


if __name__ == "__main__":
    main()
