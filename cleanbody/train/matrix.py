"""Labelled pages → the arrays that a model is fitted on: features, targets, weights, and what measuring needs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleanbody import html, plaintext
from cleanbody.cleaner import read_hints
from cleanbody.features import COLUMNS, Table, compute, texts_of
from cleanbody.lexicon import Lexicon
from cleanbody.marks import Marks
from cleanbody.page import KINDS, Document, Head, Kind
from cleanbody.train.align import align, align_truth, kept_shares
from cleanbody.train.gold import Labelled
from cleanbody.train.labels import Bytes, labels_of_copy, labels_of_rules, labels_of_truth
from cleanbody.train.synthesize import Synthetic
from cleanbody.train.thin import ThinLexicon

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
# Words as the measure counts them: each character of a script without spaces (and of Hangul) is one.
_MEASURED = re.compile(
    "[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
)
MOST_BLOCKS: Final = 4000  # of one page; the few longer ones would only repeat themselves


@dataclass(frozen=True, slots=True)
class PageRows:
    """One page's rows: ``features`` n × len(COLUMNS), ``target`` and ``labels`` n, and the words of blocks, gold and
    title as ids."""

    page: Labelled
    document: Document
    features: Floats
    target: Floats
    words: list[Ints]
    gold: Ints
    title: Ints
    headline: int
    labels: Bytes  # numbers of `model.KIND_LABELS`, -1 where unknown

    @property
    def sizes(self) -> list[float]:
        """Words of each block that a page's cut is about: none of the headline, which is kept whatever the cut."""
        return [0.0 if i == self.headline else float(len(own)) for i, own in enumerate(self.words)]

    @property
    def kinds(self) -> list[Kind]:
        """The form of each block."""
        return [KINDS[kind] for kind in self.document.kind[: len(self.words)]]


def measured_words(text: str) -> list[str]:
    """The words of a text as word F1 counts them.

    >>> measured_words("It's 雨")
    ['it', 's', '雨']
    """
    return _MEASURED.findall(text.lower())


def page_rows(source: Labelled | Synthetic) -> PageRows:
    """Cut a page into blocks, compute their features and align them with its gold, or with its truth where all of it
    is known."""
    page = source.labelled() if isinstance(source, Synthetic) else source
    lexicon = ThinLexicon.of_package(page.id) if isinstance(source, Synthetic) else Lexicon.load()
    document, table, texts = _read(page.html, page.text, page.url, lexicon)
    rows = len(texts)
    features = np.empty((rows, len(COLUMNS)), dtype=np.float32)
    for k, column in enumerate(table.columns):
        features[:, k] = np.frombuffer(column, dtype=np.float64)[:rows]
    ids: dict[str, int] = {}

    def numbered(text: str) -> Ints:
        return np.array([ids.setdefault(word, len(ids)) for word in measured_words(text)], dtype=np.int32)

    target = _targets(source, texts)
    if isinstance(source, Synthetic):
        labels = labels_of_truth(texts, source.truth)
    elif page.original:
        labels = _labels_of_original(page, texts, target)
    else:
        labels = labels_of_rules(table, document.markup, target)
    return PageRows(
        page=page._replace(html="", text="", gold="", original=""),
        document=replace(document, text="", texts=(), marks=Marks(), head=Head()),
        features=features,
        target=np.array(target, dtype=np.float32),
        words=[numbered(text) for text in texts],
        gold=numbered(page.gold),
        title=numbered(table.headline),
        headline=table.headline_index,
        labels=labels,
    )


def _targets(source: Labelled | Synthetic, texts: Sequence[str]) -> list[float]:
    if isinstance(source, Labelled):
        return align(texts, source.gold)
    found = align_truth(texts, [one.text for one in source.truth])
    return kept_shares(found, [one.label for one in source.truth])


def _read(source: str, text: str, url: str | None, lexicon: Lexicon) -> tuple[Document, Table, list[str]]:
    """The blocks of a page, or of a text where there is no HTML, their columns, and the texts of the first
    `MOST_BLOCKS`."""
    document = html.read_html(source) if source else plaintext.read_text(text)
    table = compute(document, lexicon, read_hints(document, url)[0] if source else None)
    return document, table, texts_of(document)[:MOST_BLOCKS]


def _labels_of_original(page: Labelled, texts: Sequence[str], target: Sequence[float]) -> Bytes:
    originals, labels = labelled_blocks(page.original, page.url, page.gold)
    return labels_of_copy(texts, target, originals, labels)


@lru_cache(maxsize=1)  # the texts that were made of a page stand one below the other
def labelled_blocks(source: str, url: str | None, gold: str) -> tuple[list[str], Bytes]:
    """The texts of a page's blocks, and the labels that its rules are sure of."""
    document, table, texts = _read(source, "", url, Lexicon.load())
    return texts, labels_of_rules(table, document.markup, align(texts, gold))


def stack(pages: Sequence[PageRows], name: str) -> NDArray[Any]:
    """One array of all pages' ``features``, ``target`` or ``labels``."""
    return np.concatenate([getattr(page, name) for page in pages])
