"""The learned block model: ensembles of decision trees over feature columns, read from ``data/model.bin``.

The loop over the trees is compiled where the package was built with a C compiler; `score_rows` is its Python twin and
its specification. Both add doubles in the same order, so they agree to the bit. A `Forest` is ensembles over the same
columns that the compiled core has made ready to be asked often.
"""

from __future__ import annotations

import functools
import json
import sys
from array import array
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from cleanbody import data as files
from cleanbody.compiled import core
from cleanbody.features import COLUMNS
from cleanbody.features.sums import add_up
from cleanbody.page import CONTENT_LABELS, LABELS, DataError, Label

MAGIC: Final = b"CLEANBODY-MODEL\n"
VERSION: Final = 1
# The labels that an ensemble of its own tells apart, in the ensembles' order.
KIND_LABELS: Final[tuple[Label, ...]] = tuple(x for x in LABELS if x not in (*CONTENT_LABELS, Label.TEMPLATE))
# What these look at: a block's own form and words, its links, class names and place; not what a region scores.
_KIND_PREFIXES: Final = (
    "in_",
    "class_",
    "shape_",
    "phrase_",
    "starts_",
    "since_",
    "title_",
    "words_",
    "links_",
    "prose_",
    "telling_",
    "speaks_",
)
_KIND_OTHERS: Final = frozenset(
    (
        *("words", "chars", "ends_sentence", "commas", "digits", "capitals", "starts_lower"),
        *("shouting", "marks", "dates", "addresses", "money", "copyright", "separators"),
        *("bullet", "quoted", "link_share", "links", "heading", "item", "cell"),
        *("control", "parent_blocks", "parent_words", "index_share", "until_prose", "body_overlap", "before_overlap"),
        *("after_overlap", "copies", "copy_number", "from_headline", "section_level", "address_share"),
    )
)
KIND_COLUMNS: Final = tuple(x for x in COLUMNS if x in _KIND_OTHERS or x.startswith(_KIND_PREFIXES))
_DIGEST_SIZE: Final = 32
# The arrays of an ensemble, in the file's order: type code, and what stands in them.
_ARRAYS: Final = (
    ("feature", "H"),
    ("left", "H"),
    ("right", "H"),
    ("nan_left", "B"),
    ("threshold", "d"),
    ("value", "d"),
    ("root", "I"),
)


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Trees in flat arrays, one entry a node.

    ``feature`` indexes ``columns``; a value goes left where it is <= ``threshold``, and where it is NaN if
    ``nan_left``. ``left`` and ``right`` count from the tree's root; a node that is its own ``left`` is a leaf, and
    ``value`` is what it adds. ``root`` holds each tree's first node.
    """

    columns: tuple[str, ...]
    feature: array[int]
    left: array[int]
    right: array[int]
    nan_left: array[int]
    threshold: array[float]
    value: array[float]
    root: array[int]
    bias: float = 0.0

    def score(self, columns: Sequence[array[float]]) -> array[float]:
        """The sum of the trees' values for each row: log-odds.

        Args:
            columns: one array of n doubles for each of ``self.columns``.
        """
        rows = len(columns[0]) if columns else 0
        out = array("d", [self.bias]) * rows
        if core is not None and rows:
            core.score(
                tuple(columns), self.feature, self.left, self.right, self.nan_left, self.threshold, self.value,
                self.root, out,
            )  # fmt: skip
            return out
        return score_rows(self, columns, out)

    def contributions(self, columns: Sequence[array[float]], row: int) -> dict[str, float]:
        """What each feature adds to one row's log-odds (Saabas, 2014: the change of the mean value along the path).

        The values and the bias add up to the row's score.
        """
        means = self._means()
        out = {"bias": self.bias + add_up(means[root] for root in self.root)}
        for root in self.root:
            node = root
            while self.left[node] + root != node:
                name = self.columns[self.feature[node]]
                child = self._child(root, node, columns[self.feature[node]][row])
                out[name] = out.get(name, 0.0) + means[child] - means[node]
                node = child
        return out

    def _child(self, root: int, node: int, value: float) -> int:
        go_left = bool(self.nan_left[node]) if value != value else value <= self.threshold[node]
        return root + (self.left[node] if go_left else self.right[node])

    def _means(self) -> list[float]:
        """The mean of the leaves below each node; children stand behind their parents."""
        means = list(self.value)
        ends = [*self.root[1:], len(self.value)][: len(self.root)]
        for root, end in zip(self.root, ends, strict=True):
            for node in range(end - 1, root - 1, -1):
                left, right = root + self.left[node], root + self.right[node]
                if left != node:
                    means[node] = (means[left] + means[right]) / 2.0
        return means


def score_rows(ensemble: Ensemble, columns: Sequence[array[float]], out: array[float]) -> array[float]:
    """Add the trees' values to `out`, row by row and tree by tree: the specification of the compiled loop."""
    feature, left, right = ensemble.feature, ensemble.left, ensemble.right
    threshold, nan_left, value = ensemble.threshold, ensemble.nan_left, ensemble.value
    roots = list(ensemble.root)
    for row in range(len(out)):
        x = [column[row] for column in columns]
        total = out[row]
        for root in roots:
            node = root
            while True:
                below = left[node]
                if root + below == node:
                    break
                v = x[feature[node]]
                if not (v <= threshold[node] or (v != v and nan_left[node])):
                    below = right[node]
                node = root + below
            total += value[node]
        out[row] = total
    return out


class Forest:
    """Ensembles over the same columns, or over the first of them; columns are read once for all.

    Args:
        ensembles: of which the one with the most columns has those of all others at its beginning.
    """

    __slots__ = ("_trees", "ensembles")

    def __init__(self, ensembles: Sequence[Ensemble]) -> None:
        self.ensembles = tuple(ensembles)
        self._trees: Any = None
        if core is not None:
            width = max((len(one.columns) for one in self.ensembles), default=0)
            arrays = tuple(tuple(getattr(one, name) for name, _ in _ARRAYS) for one in self.ensembles)
            with suppress(ValueError):  # trees that are larger than it takes, or damaged, are left to `Ensemble.score`
                self._trees = core.forest(width, arrays)

    def read(self, columns: Sequence[array[float]], rows: int, first: int = 0) -> Any:
        """Columns of `rows` doubles, the first of them number `first`, in a form for `score`."""
        return tuple(columns) if self._trees is None else core.bins(self._trees, tuple(columns), first, rows)

    def read_flat(self, values: array[float], rows: int) -> Any:
        """The same for columns that stand behind one another in one array."""
        if self._trees is None:
            return tuple(values[at : at + rows] for at in range(0, len(values), rows))
        return core.bins(self._trees, values, 0, rows)

    def score(self, number: int, parts: Sequence[Any], rows: int) -> array[float]:
        """The log-odds of each row that the ensemble `number` gives.

        Args:
            parts: what `read` made of the columns, in order: all that the ensemble has.
        """
        ensemble = self.ensembles[number]
        if self._trees is None:
            return ensemble.score([column for part in parts for column in part][: len(ensemble.columns)])
        out = array("d", [ensemble.bias]) * rows
        core.grade(self._trees, number, tuple(parts), out)
        return out


@dataclass(frozen=True, slots=True)
class Model:
    """The ensembles by name, and what the header of the file says of their training."""

    ensembles: Mapping[str, Ensemble]
    header: Mapping[str, Any]
    _forests: dict[tuple[str, ...], Forest] = field(default_factory=dict, init=False, repr=False, compare=False)
    _kinds: dict[str, tuple[Label, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __reduce__(self) -> tuple[type[Model], tuple[Any, ...]]:
        """What the core has made ready stays in its process."""
        return type(self), (self.ensembles, self.header)

    def forest(self, names: tuple[str, ...]) -> Forest:
        """Some ensembles made ready together, once."""
        found = self._forests.get(names)
        if found is None:
            found = self._forests.setdefault(names, Forest([self.ensembles[name] for name in names]))
        return found

    def kinds(self, form: str) -> tuple[Label, ...]:
        """The labels that there are ensembles for, but for "other". form: ``page`` or ``text``."""
        found = self._kinds.get(form)
        if found is None:
            named = (x for x in KIND_LABELS if x is not Label.OTHER and kind_name(form, x) in self.ensembles)
            found = self._kinds.setdefault(form, tuple(named))
        return found

    @classmethod
    def load(cls) -> Model | None:
        """The model that the package ships; None where it ships none."""
        return _packaged()


@functools.cache
def _packaged() -> Model | None:
    try:
        data = files.read("model.bin")
    except FileNotFoundError:
        return None
    return read_model(data)


def kind_name(form: str, label: Label) -> str:
    """The name of the ensemble for a kind of block.

    >>> kind_name("page", Label.SHARE)
    'page-kind-share'
    """
    return f"{form}-kind-{label}"


def write_model(ensembles: Mapping[str, Ensemble], header: Mapping[str, Any]) -> bytes:
    """The bytes of a model file: magic, SHA-256 of the rest, a JSON header, the arrays (little-endian)."""
    sizes = {
        name: {
            "columns": e.columns,
            "bias": e.bias,
            "sizes": [len(getattr(e, part)) for part, _ in _ARRAYS],
        }
        for name, e in ensembles.items()
    }
    head = json.dumps({"version": VERSION, **header, "ensembles": sizes}, sort_keys=True).encode()
    payload = len(head).to_bytes(4, "little") + head
    for name in sorted(sizes):  # the order in which the header names them
        for part, _ in _ARRAYS:
            column = array(getattr(ensembles[name], part).typecode, getattr(ensembles[name], part))
            if sys.byteorder == "big":
                column.byteswap()
            payload += column.tobytes()
    return MAGIC + _digest(payload) + payload


def _digest(payload: bytes | memoryview) -> bytes:
    import hashlib  # it brings a library for encryption along, and not every run loads a model

    return hashlib.sha256(payload).digest()


def read_model(data: bytes) -> Model:
    """Read a model file.

    Raises:
        DataError: it is no model, damaged, or of another version.
    """
    begin = len(MAGIC) + _DIGEST_SIZE
    if not data.startswith(MAGIC) or len(data) < begin + 4:
        raise DataError("model file: not a cleanbody model; train one with 'cleanbody train'")
    payload = memoryview(data)[begin:]
    if _digest(payload) != data[len(MAGIC) : begin]:
        raise DataError("model file: damaged (its digest differs); install the package again")
    size = int.from_bytes(payload[:4], "little")
    header = json.loads(bytes(payload[4 : 4 + size]))
    if header["version"] != VERSION:
        raise DataError(f"model file: version {header['version']}, this release reads {VERSION}; train it again")
    at = 4 + size
    ensembles: dict[str, Ensemble] = {}
    for name, facts in header["ensembles"].items():
        arrays: dict[str, Any] = {}
        for (part, code), length in zip(_ARRAYS, facts["sizes"], strict=True):
            column = array(code)
            end = at + length * column.itemsize
            column.frombytes(payload[at:end])
            if sys.byteorder == "big":
                column.byteswap()
            arrays[part] = column
            at = end
        ensembles[name] = Ensemble(tuple(facts["columns"]), bias=facts["bias"], **arrays)
    return Model(ensembles, header)
