"""Word F1 of the block model on pages and texts that it was not trained on: out of fold, or with whole sets left out.

    python benches/out_of_fold.py SET.jsonl.gz... [--seeds seeds] [--weight SET=N]... [--leave-out SET]...

Without ``--leave-out``, five folds by host (a set's own ``fold`` where its rows have one; a text made of a page is in
that page's fold). With it, one fit for each set named, on the other sets less its hosts. Copies of pages and synthetic
documents are trained on and not measured. The scores are the model's alone, without the named rules; each page is cut
as the library cuts it. For each fold and each set all is fitted anew, the teacher of pages without gold too.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from cleanbody.cut import keeps, sigmoid
from cleanbody.train import fit
from cleanbody.train.gold import Labelled, parted, read_pages
from cleanbody.train.matrix import PageRows, stack
from cleanbody.train.teach import taught, teacher
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


@dataclass(frozen=True)
class Lessons:
    """All there is to learn from: rows of the form that is measured, rows of pages, and pages without gold."""

    own: Sequence[PageRows]
    pages: Sequence[PageRows]
    unknown: Sequence[Labelled]
    seeds: Path | None
    of_sets: Mapping[str, float]

    def logits(self, test: Sequence[PageRows], apart: Collection[tuple[str, str]]) -> np.ndarray:
        """Log-odds of the rows of some documents, when nothing is learned from what is to be kept apart.

        Args:
            apart: set and id of the pages that are not learned from, nor others of their hosts.
        """
        everything = [row.page for row in (*self.own, *self.pages)]
        hosts = {page.host for page in everything if (page.set, page.id) in apart and page.host}

        def free(page: Labelled) -> bool:
            if page.set == fit.SYNTHETIC and not page.host:
                return False  # nobody knows of which page it was made
            return (page.set, page.id) not in apart and page.host not in hosts

        by = teacher([row for row in self.pages if free(row.page)], self.of_sets)
        lessons = list(taught(filter(free, self.unknown), by))
        form = "page" if test[0].document.markup else "text"
        rows = [*(row for row in self.own if free(row.page)), *form_rows(lessons, self.seeds, form)]
        model = fit.fit_stages(rows, self.of_sets)
        first = fit.predict(model["first"], stack(test, "features"))
        return fit.predict(model["second"], fit.second_features(test, first))


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
        f1 = page_f1(page, np.array(keeps(scores, page.sizes, page.kinds, threshold)))
        name = f"{page.page.set} {page.page.renderer}".strip()
        for group in {"", page.page.page_type or page.page.lang}:
            groups[name, group].append(f1)
    for (name, group), values in sorted(groups.items()):
        print(f"| {name}{': ' if group else ''}{group} | {len(values)} | {sum(values) / len(values):.4f} |", flush=True)


def measure(args: argparse.Namespace, form: str) -> None:
    """Fit and report what is of one form."""
    of_sets = {name: float(number) for name, number in (weight.split("=") for weight in args.weight)}
    known, unknown = parted(list(read_pages(args.sets)))
    own = form_rows(known, args.seeds, form)
    pages = own if form == "page" else form_rows(known, args.seeds, "page")
    lessons = Lessons(own, pages, unknown, args.seeds, of_sets)
    tested = [row for row in own if row.page.set != fit.SYNTHETIC and row.page.renderer not in fit.COPY_WEIGHTS]
    for name in args.leave_out:
        test = [row for row in tested if row.page.set == name]
        if test:
            apart = {(row.page.set, row.page.id) for row in (*own, *pages) if row.page.set == name}
            report(test, lessons.logits(test, apart), args.threshold)
    if not args.leave_out:
        everything = [*own, *pages]
        fold_of = {
            (row.page.set, row.page.id): fold for row, fold in zip(everything, fit.folds(everything), strict=True)
        }
        parts, logits = [], []
        for fold in args.fold or range(fit.FOLDS):
            test = [row for row in tested if fold_of[row.page.set, row.page.id] == fold]
            if test:
                parts += test
                logits.append(lessons.logits(test, {key for key, own_fold in fold_of.items() if own_fold == fold}))
        report(parts, np.concatenate(logits), args.threshold)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--leave-out", action="append", default=[])
    parser.add_argument("--threshold", type=float, default=0.42)
    parser.add_argument("--seeds", type=Path)
    parser.add_argument("--weight", action="append", default=[], metavar="SET=N")
    parser.add_argument("--fold", action="append", type=int, choices=range(fit.FOLDS), help="some of them alone")
    parser.add_argument("--form", action="append", choices=FORMS, help="pages or texts alone")
    args = parser.parse_args()
    print("| set | pages | F1 |\n|---|---|---|", flush=True)
    forms = args.form or FORMS
    with ProcessPoolExecutor(len(forms)) as pool:
        list(pool.map(partial(measure, args), forms))


if __name__ == "__main__":
    main()
