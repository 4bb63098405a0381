"""Rows of labelled pages → the ensembles of a model: two stages of gradient-boosted trees (LightGBM)."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleanbody.features import COLUMNS, INDEX
from cleanbody.features.second import SECOND_COLUMNS, second_columns
from cleanbody.model import Ensemble
from cleanbody.page import DataError
from cleanbody.train.matrix import Floats, PageRows, stack

FOLDS: Final = 5
ROUNDS: Final = 60
PARAMETERS: Final[dict[str, Any]] = {
    "objective": "cross_entropy",  # the target is a share, not a class
    "learning_rate": 0.12,
    "num_leaves": 31,
    "min_data_in_leaf": 200,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbose": -1,
}
Doubles = NDArray[np.float64]


def weights(pages: Sequence[PageRows]) -> Floats:
    """A weight for each row: the root of its words, every page alike; 0 for the headline, which is not learned."""
    out = []
    for page in pages:
        own = np.sqrt(np.array([len(words) + 1 for words in page.words], dtype=np.float32))
        own = own / max(float(own.sum()), 1e-9)
        if page.headline >= 0 and page.headline < len(own):
            own[page.headline] = 0.0
        out.append(own)
    joined = np.concatenate(out)
    return np.asarray(joined * (len(joined) / joined.sum()), dtype=np.float32)


def folds(pages: Sequence[PageRows]) -> NDArray[np.int64]:
    """A fold for each page: its own where it has one, that of its host's pages, else by a hash of its host."""
    of_host = {page.page.host: page.page.fold for page in pages if page.page.fold is not None and page.page.host}
    out = []
    for page in pages:
        fold = page.page.fold
        if fold is None:
            fold = of_host.get(page.page.host)
        if fold is None:
            fold = zlib.crc32((page.page.host or page.page.id).encode()) % FOLDS
        out.append(fold)
    return np.array(out)


def row_pages(pages: Sequence[PageRows]) -> NDArray[np.int64]:
    """For each row the number of its page."""
    return np.repeat(np.arange(len(pages)), [len(page.target) for page in pages])


def fit_stage(features: Floats, target: Floats, weight: Floats, columns: Sequence[str]) -> Ensemble:
    """Fit one ensemble."""
    import lightgbm as lgb

    data = lgb.Dataset(features, target, weight=weight, params={"max_bin": PARAMETERS["max_bin"], "verbose": -1})
    return ensemble_of(lgb.train(PARAMETERS, data, ROUNDS), columns)


def predict(ensemble: Ensemble, features: Floats) -> Doubles:
    """Log-odds of each row."""
    columns = [array("d", features[:, k].astype(np.float64).tobytes()) for k in range(features.shape[1])]
    return np.frombuffer(ensemble.score(columns), dtype=np.float64)


def second_features(pages: Sequence[PageRows], first: Doubles) -> Floats:
    """The first stage's columns and those of the second for every row."""
    out = np.empty((len(first), len(SECOND_COLUMNS)), dtype=np.float32)
    at = 0
    for page in pages:
        rows = len(page.target)
        words = [float(x) for x in page.features[:, INDEX["words"]]]
        for k, column in enumerate(second_columns(page.document, words, first[at : at + rows].tolist())):
            out[at : at + rows, k] = np.frombuffer(column, dtype=np.float64)
        at += rows
    return np.concatenate([stack(pages, "features"), out], axis=1)


def out_of_fold(pages: Sequence[PageRows], features: Floats, columns: Sequence[str]) -> Doubles:
    """Log-odds of each row from ensembles that have seen no page of its fold."""
    target, weight = stack(pages, "target"), weights(pages)
    of_row = folds(pages)[row_pages(pages)]
    out = np.zeros(len(target))
    for fold in range(FOLDS):
        test = of_row == fold
        if test.any() and not test.all():
            out[test] = predict(fit_stage(features[~test], target[~test], weight[~test], columns), features[test])
    return out


def fit(pages: Sequence[PageRows]) -> dict[str, Ensemble]:
    """Fit two stages for pages and two for scraped texts, each kind that there is.

    Raises:
        DataError: there are too few of a kind.
    """
    kinds = {"page": [p for p in pages if p.document.markup], "text": [p for p in pages if not p.document.markup]}
    return {
        f"{kind}-{stage}": ensemble
        for kind, members in kinds.items()
        if members
        for stage, ensemble in fit_stages(members).items()
    }


def fit_stages(pages: Sequence[PageRows]) -> dict[str, Ensemble]:
    """Fit both stages; the second learns from what the first says of pages that it has not seen.

    Raises:
        DataError: there are too few pages.
    """
    if len(pages) < 2 * FOLDS:
        raise DataError(f"{len(pages)} labelled pages or texts are too few to train on: give at least {2 * FOLDS}")
    features = stack(pages, "features")
    target, weight = stack(pages, "target"), weights(pages)
    first = fit_stage(features, target, weight, COLUMNS)
    both = second_features(pages, out_of_fold(pages, features, COLUMNS))
    second = fit_stage(both, target, weight, (*COLUMNS, *SECOND_COLUMNS))
    return {"first": first, "second": second}


def ensemble_of(booster: Any, columns: Sequence[str]) -> Ensemble:
    """The flat arrays of a LightGBM booster."""
    arrays: dict[str, Any] = {name: array("H") for name in ("feature", "left", "right")}
    nan_left, threshold, value, root = array("B"), array("d"), array("d"), array("I")
    for tree in booster.dump_model()["tree_info"]:
        base = len(value)
        root.append(base)
        nodes = list(_nodes(tree["tree_structure"]))
        index = {id(node): i for i, node in enumerate(nodes)}
        for i, node in enumerate(nodes):
            leaf = "leaf_value" in node and "left_child" not in node
            arrays["feature"].append(0 if leaf else node["split_feature"])
            arrays["left"].append(i if leaf else index[id(node["left_child"])])
            arrays["right"].append(i if leaf else index[id(node["right_child"])])
            limit = 0.0 if leaf else float(node["threshold"])
            threshold.append(limit)
            value.append(float(node["leaf_value"]) if leaf else 0.0)
            nan_left.append(0 if leaf else _goes_left(node))
    return Ensemble(tuple(columns), **arrays, nan_left=nan_left, threshold=threshold, value=value, root=root)


def _goes_left(node: dict[str, Any]) -> int:
    """Where LightGBM sends an unknown value: its own choice where training met one, else the side of 0."""
    return int(node["default_left"] if node["missing_type"] == "NaN" else float(node["threshold"]) >= 0.0)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A tree's nodes, parents before children."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        if "left_child" in node:
            waiting += [node["right_child"], node["left_child"]]
