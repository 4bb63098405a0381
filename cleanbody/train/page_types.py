"""Labelled page types → an ensemble for each type."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleanbody.model import Ensemble
from cleanbody.page import PageType
from cleanbody.page_type import PAGE_COLUMNS, ensemble_name, page_row
from cleanbody.train.fit import PARAMETERS, ensemble_of
from cleanbody.train.matrix import PageRows

ROUNDS: Final = 30
OWN: Final[dict[str, Any]] = {
    "objective": "multiclass",
    "num_leaves": 7,
    "min_data_in_leaf": 15,
    "learning_rate": 0.15,
    "feature_fraction": 0.4,
}
LEAST: Final = 20  # pages of a type, to learn anything from


def typed(pages: Sequence[PageRows]) -> list[PageRows]:
    """The pages whose type is known from outside."""
    known = {str(kind) for kind in PageType}
    return [p for p in pages if p.document.markup and len(p.target) and p.page.page_type in known and not _is_made(p)]


def _is_made(page: PageRows) -> bool:
    return page.page.set == "synthetic"


def type_features(pages: Sequence[PageRows]) -> NDArray[np.float32]:
    """A row of `PAGE_COLUMNS` for each page."""
    rows = []
    for page in pages:
        columns = [array("d", column.tobytes()) for column in page.features.T.astype(np.float64)]
        rows.append(page_row(columns))
    return np.array(rows, dtype=np.float32)


def fit_page_types(pages: Sequence[PageRows]) -> dict[str, Ensemble]:
    """The ensembles of page types by their names in a model; none where too few pages have a type."""
    import lightgbm as lgb

    own = typed(pages)
    kinds = [kind for kind in PageType if sum(page.page.page_type == kind for page in own) >= LEAST]
    own = [page for page in own if page.page.page_type in kinds]
    if len(kinds) < 2:
        return {}
    target = np.array([kinds.index(PageType(page.page.page_type)) for page in own])
    parameters = {**PARAMETERS, **OWN, "num_class": len(kinds)}
    data = lgb.Dataset(type_features(own), target, params={"max_bin": parameters["max_bin"], "verbose": -1})
    booster = lgb.train(parameters, data, ROUNDS)
    return {ensemble_name(kind): ensemble_of(booster, PAGE_COLUMNS, i, len(kinds)) for i, kind in enumerate(kinds)}
