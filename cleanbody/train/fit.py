"""Rows of labelled pages → the ensembles of a model: two stages of gradient-boosted trees (LightGBM)."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from cleanbody.features import COLUMNS, INDEX, KIND_ONLY
from cleanbody.features.second import SECOND_COLUMNS, second_columns
from cleanbody.model import Ensemble
from cleanbody.page import DataError
from cleanbody.train import copies
from cleanbody.train.matrix import Floats, PageRows, stack

FOLDS: Final = 5
# Trees and learning rate of each stage.
STAGES: Final = {"first": (60, 0.12), "second": (100, 0.09)}
PARAMETERS: Final[dict[str, Any]] = {
    "objective": "cross_entropy",  # the target is a share, not a class
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
    "num_threads": 1,  # pages and texts are fitted side by side
    "verbose": -1,
}
WORD_POWER: Final = 0.75
# What a copy of a page counts beside the page.
COPY_WEIGHTS: Final = {copies.BARE: 0.5, copies.BLOCKS: 1.0, copies.GOLD: 1.0}
SYNTHETIC: Final = "synthetic"
# What a synthetic document counts beside a real one, and the power of its words; more in scraped texts, where little
# else shows what a teaser or a prompt is like once its markup is gone, and few of its words are at stake.
SYNTHETIC_WEIGHTS: Final = {"page": (0.7, WORD_POWER), "text": (2.0, 0.25)}
# What a page counts whose gold is a model's.
TAUGHT_WEIGHTS: Final = {"page": 0.5, "text": 1.0}
CALIBRATION_FOLD: Final = 0
Doubles = NDArray[np.float64]


def weights(pages: Sequence[PageRows], of_sets: Mapping[str, float] | None = None) -> Floats:
    """A weight for each row: a power of its words, every page alike; 0 for the headline, which is not learned.

    Args:
        of_sets: what a page of a set counts; 1 where it is not named.
    """
    out = []
    for page in pages:
        share, power = COPY_WEIGHTS.get(page.page.renderer, 1.0), WORD_POWER
        form = "page" if page.document.markup else "text"
        if page.page.set == SYNTHETIC:
            share, power = SYNTHETIC_WEIGHTS[form]
        elif not page.page.known:
            share *= TAUGHT_WEIGHTS[form]
        own = np.array([len(words) + 1 for words in page.words], dtype=np.float32) ** power
        own = own * (share * (of_sets or {}).get(page.page.set, 1.0) / max(float(own.sum()), 1e-9))
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
            fold = zlib.crc32((page.page.host or page.page.id.split(":")[0]).encode()) % FOLDS
        out.append(fold)
    return np.array(out)


def row_pages(pages: Sequence[PageRows]) -> NDArray[np.int64]:
    """For each row the number of its page."""
    return np.repeat(np.arange(len(pages)), [len(page.target) for page in pages])


def stage_features(pages: Sequence[PageRows]) -> Floats:
    """The rows of all pages that the stages learn from: nothing in the columns of `KIND_ONLY`."""
    features = stack(pages, "features")
    features[:, [INDEX[name] for name in KIND_ONLY]] = 0.0
    return features


def fit_stage(
    features: Floats, target: Floats, weight: Floats, columns: Sequence[str], stage: str = "first"
) -> Ensemble:
    """Fit one ensemble."""
    import lightgbm as lgb

    rounds, rate = STAGES[stage]
    data = lgb.Dataset(features, target, weight=weight, params={"max_bin": PARAMETERS["max_bin"], "verbose": -1})
    return ensemble_of(lgb.train({**PARAMETERS, "learning_rate": rate}, data, rounds), columns)


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
        words = array("d", page.features[:, INDEX["words"]].astype(np.float64).tobytes())
        own = array("d", first[at : at + rows].tobytes())
        for k, column in enumerate(second_columns(page.document, words, own)):
            out[at : at + rows, k] = np.frombuffer(column, dtype=np.float64)
        at += rows
    return np.concatenate([stage_features(pages), out], axis=1)


def out_of_fold(
    pages: Sequence[PageRows], features: Floats, weight: Floats, columns: Sequence[str], stage: str = "first"
) -> Doubles:
    """Log-odds of each row from ensembles that have seen no page of its fold."""
    target = stack(pages, "target")
    of_row = folds(pages)[row_pages(pages)]
    out = np.zeros(len(target))
    for fold in range(FOLDS):
        test = of_row == fold
        if test.any() and not test.all():
            fitted = fit_stage(features[~test], target[~test], weight[~test], columns, stage)
            out[test] = predict(fitted, features[test])
    return out


def fit(pages: Sequence[PageRows], of_sets: Mapping[str, float] | None = None) -> dict[str, Ensemble]:
    """Fit two stages for pages and two for scraped texts, each kind that there is.

    Args:
        of_sets: what a page of a set counts; 1 where it is not named.

    Raises:
        DataError: there are too few of a kind.
    """
    kinds = {"page": [p for p in pages if p.document.markup], "text": [p for p in pages if not p.document.markup]}
    return {
        f"{kind}-{stage}": ensemble
        for kind, members in kinds.items()
        if members
        for stage, ensemble in fit_stages(members, of_sets).items()
    }


def fit_stages(pages: Sequence[PageRows], of_sets: Mapping[str, float] | None = None) -> dict[str, Ensemble]:
    """Fit both stages; the second learns from what the first says of pages that it has not seen, and is calibrated on
    a fold that it has not seen.

    Raises:
        DataError: there are too few pages.
    """
    check_enough(pages)
    features = stage_features(pages)
    target, weight = stack(pages, "target"), weights(pages, of_sets)
    first = fit_stage(features, target, weight, COLUMNS)
    both = second_features(pages, out_of_fold(pages, features, weight, COLUMNS))
    columns = (*COLUMNS, *SECOND_COLUMNS)
    held = (folds(pages) == CALIBRATION_FOLD)[row_pages(pages)]
    second = fit_stage(both, target, weight, columns, "second")
    if held.any() and not held.all():
        unseen = predict(fit_stage(both[~held], target[~held], weight[~held], columns, "second"), both[held])
        second = calibrated(second, *platt(unseen, target[held], weight[held]))
    return {"first": first, "second": second}


def check_enough(pages: Sequence[PageRows]) -> None:
    """Raises DataError where there are too few pages to train on."""
    if len(pages) < 2 * FOLDS:
        raise DataError(f"{len(pages)} labelled pages or texts are too few to train on: give at least {2 * FOLDS}")


def platt(logits: Doubles, target: Floats, weight: Floats) -> tuple[float, float]:
    """The slope and intercept that make log-odds fit their targets best (Platt 1999, by Newton's method).

    >>> import numpy as np
    >>> slope, intercept = platt(np.array([-4.0, -4.0, 4.0, 4.0]), np.array([0.25, 0, 1, 0.75]), np.ones(4))
    >>> round(slope, 2), round(abs(intercept), 2)
    (0.49, 0.0)
    """
    x = np.stack([logits, np.ones_like(logits)], axis=1)
    at = np.zeros(2)
    for _ in range(30):
        p = 1.0 / (1.0 + np.exp(-(x @ at)))
        slant = x.T @ (weight * (target - p))
        bend = x.T @ (x * (weight * p * (1.0 - p))[:, None]) + 1e-9 * np.eye(2)
        step = np.linalg.solve(bend, slant)
        at = at + np.clip(step, -1.0, 1.0)
        if float(np.abs(step).max()) < 1e-10:
            break
    return float(at[0]), float(at[1])


def calibrated(ensemble: Ensemble, slope: float, intercept: float) -> Ensemble:
    """An ensemble whose log-odds are stretched and moved."""
    value = array("d", (x * slope for x in ensemble.value))
    return replace(ensemble, value=value, bias=ensemble.bias * slope + intercept)


def ensemble_of(booster: Any, columns: Sequence[str], which: int = 0, of: int = 1) -> Ensemble:
    """The flat arrays of a LightGBM booster; of one with several classes, the trees of number `which`."""
    arrays: dict[str, Any] = {name: array("H") for name in ("feature", "left", "right")}
    nan_left, threshold, value, root = array("B"), array("d"), array("d"), array("I")
    for tree in booster.dump_model()["tree_info"][which::of]:
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
