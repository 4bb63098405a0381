"""How often a block that goes is named as its page's own class names and links name it, on hosts not learned from.

    python benches/names.py SET.jsonl.gz... [--seeds seeds] [--fold K]... [--limit N]

A page whose class names tell of some blocks what they are is cleaned without them, and as lines of text. Kinds are
learned anew from the pages, copies and synthetic documents of the other hosts; which blocks go is left to the shipped
model, which may know the page. Right is what the rules are sure of on the page itself; other blocks are not asked for.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from cleanbody import Cleaner, Label
from cleanbody.model import KIND_LABELS, Model
from cleanbody.page import CleanPage
from cleanbody.train import fit
from cleanbody.train.align import align
from cleanbody.train.copies import BARE, BLOCKS, as_text, without_names
from cleanbody.train.gold import Labelled, read_gold
from cleanbody.train.kinds import fit_all_kinds
from cleanbody.train.labels import labels_of_copy
from cleanbody.train.matrix import PageRows, labelled_blocks, page_rows
from cleanbody.train.trainer import sources

Counts = defaultdict[str, Counter[Label]]


def lessons(pages: Sequence[Labelled], seeds: Path | None) -> Iterator[PageRows]:
    """Of all that is trained on the blocks whose kind is known, and nothing else: they alone would fill the memory."""
    for source in sources(pages, seeds):
        rows = page_rows(source)
        known = rows.labels >= 0
        yield replace(
            rows, features=rows.features[known], labels=rows.labels[known], target=rows.target[known], words=[]
        )


def with_kinds(rows: Sequence[PageRows]) -> Model:
    """The shipped model with the kinds that some documents teach."""
    shipped = Model.load()
    assert shipped is not None, "no model is shipped"
    stages = {name: one for name, one in shipped.ensembles.items() if "-kind-" not in name}
    return Model({**stages, **fit_all_kinds(rows)}, shipped.header)


def named(page: Labelled) -> Iterator[tuple[str, Label, Label]]:
    """Of each copy of a page: the copy's name, the right label of a block that goes, and the one that it has."""
    cleaner = Cleaner()
    originals, labels = labelled_blocks(page.html, page.url, page.gold)
    if not (labels >= 0).any():
        return
    found: list[tuple[str, CleanPage]] = [(BARE, cleaner.clean(without_names(page.html), page.url))]
    if text := as_text(page.html):
        found.append((BLOCKS, cleaner.clean_text(text)))
    for name, copy in found:
        texts = [block.text for block in copy.blocks]
        wanted = labels_of_copy(texts, align(texts, page.gold), originals, labels)
        for block, number in zip(copy.blocks, wanted, strict=True):
            if number >= 0 and KIND_LABELS[number] is not Label.OTHER and not block.keep:
                yield name, KIND_LABELS[number], block.label


def count(found: Iterable[tuple[str, Label, Label]]) -> tuple[Counts, Counts]:
    """Of each copy's name and label the blocks with the right label, and all of them."""
    right, total = defaultdict(Counter[Label]), defaultdict(Counter[Label])
    for name, wanted, label in found:
        total[name][wanted] += 1
        right[name][wanted] += label is wanted
    return right, total


def report(right: Counts, total: Counts) -> None:
    """A row a label, a column a copy: the share that is right and how many there are."""
    names = sorted(total)
    print("| |" + "".join(f" {name} |" for name in names) + "\n|---|" + "---|" * len(names))
    labels = sorted({label for one in total.values() for label in one}, key=lambda x: x.value)
    rows = [(label.value, [(right[name][label], total[name][label]) for name in names]) for label in labels]
    rows.append(("all", [(right[name].total(), total[name].total()) for name in names]))
    for title, cells in rows:
        print(f"| {title} |" + "".join(f" {a / b:.3f} ({b}) |" if b else " |" for a, b in cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path)
    parser.add_argument("--seeds", type=Path)
    parser.add_argument("--fold", action="append", type=int, choices=range(fit.FOLDS), help="some of them alone")
    parser.add_argument("--limit", type=int, default=1, help="one page of so many is measured")
    args = parser.parse_args()
    pages = list(read_gold(args.sets))
    rows = list(lessons(pages, args.seeds))
    fold_of = fit.folds(rows)
    of_page = {(row.page.set, row.page.id): int(fold) for row, fold in zip(rows, fold_of, strict=True)}
    found: list[tuple[str, Label, Label]] = []
    for fold in args.fold or range(fit.FOLDS):
        model = with_kinds([rows[k] for k in np.nonzero(fold_of != fold)[0]])
        Model.load = classmethod(lambda cls, model=model: model)  # type: ignore[method-assign,assignment,misc]
        test = [page for page in pages if page.html and of_page[page.set, page.id] == fold]
        for page in test[:: args.limit]:
            found += named(page)
    report(*count(found))


if __name__ == "__main__":
    main()
