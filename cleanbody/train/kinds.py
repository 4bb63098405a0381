"""Which kind of boilerplate a block is: small ensembles that give a dropped block its label.

Synthetic documents tell the label of every block. Real pages do not, but there the named rules tell that of many; both
are learned from, and what the rules say of real pages keeps the ensembles from knowing synthetic ones alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleanbody.features import INDEX
from cleanbody.model import KIND_COLUMNS, KIND_LABELS, Ensemble, kind_name
from cleanbody.train.fit import PARAMETERS, ensemble_of
from cleanbody.train.labels import Bytes
from cleanbody.train.matrix import PageRows, stack

ROUNDS: Final = 40
OWN: Final[dict[str, Any]] = {
    "objective": "multiclass",
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "learning_rate": 0.25,
}
LEAST: Final = 30  # blocks of a kind, to learn anything from


def fit_all_kinds(pages: Sequence[PageRows]) -> dict[str, Ensemble]:
    """The ensembles that name the kinds of blocks of pages, and those of scraped texts, by their names in a model."""
    out: dict[str, Ensemble] = {}
    for form, markup in (("page", True), ("text", False)):
        members = [page for page in pages if page.document.markup is markup]
        if members:
            out |= fit_kinds(form, stack(members, "features"), stack(members, "labels"))
    return out


def fit_kinds(form: str, features: NDArray[np.float32], labels: Bytes) -> dict[str, Ensemble]:
    """An ensemble for each kind that there are enough blocks of: log-odds, to be compared with each other.

    Args:
        form: page or text.
        features: n rows of all columns.
        labels: n numbers of `KIND_LABELS`; others are left out.
    """
    import lightgbm as lgb

    known = [k for k in range(len(KIND_LABELS)) if (labels == k).sum() >= LEAST]
    if len(known) < 2:
        return {}
    rows = np.isin(labels, known)
    target = np.searchsorted(known, labels[rows])
    weight = (np.bincount(target) ** -0.5)[target]  # a frequent kind counts more, but not by its number
    parameters = {**PARAMETERS, **OWN, "num_class": len(known)}
    own = features[rows][:, [INDEX[name] for name in KIND_COLUMNS]]
    data = lgb.Dataset(own, target, weight=weight, params={"max_bin": parameters["max_bin"], "verbose": -1})
    booster = lgb.train(parameters, data, ROUNDS)
    return {
        kind_name(form, KIND_LABELS[k]): ensemble_of(booster, KIND_COLUMNS, i, len(known)) for i, k in enumerate(known)
    }
