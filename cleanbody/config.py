"""What can be chosen: one frozen value, checked when it is made."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from numbers import Real
from typing import Any

from cleanbody.page import LABELS, ConfigError, Label
from cleanbody.scan import Limits


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be chosen; frozen, so that it can be shared between threads and processes.

    Args:
        threshold: a block is kept where its probability to be content reaches this, 0 to 1. With the learned model each
            page has a cut of its own near it: where the scores let expect the greatest word F1, at most .17 lower and
            .03 higher.
        keep: labels that are kept in the text although they are not content, such as ``Label.BYLINE``.
        limits: caps on what is read of one page.
        model: whether the learned block model decides; without it, density and context alone.
        time_limit: seconds that cutting one page into blocks may take; None for no limit.

    Raises:
        ConfigError: a value is none that its option can have.

    >>> Config.precision().threshold > Config().threshold > Config.recall().threshold
    True
    """

    threshold: float = 0.42
    keep: frozenset[Label] = frozenset()
    model: bool = True
    limits: Limits = field(default_factory=Limits)
    time_limit: float | None = None

    def __post_init__(self) -> None:
        if not _is_number(self.threshold) or not 0.0 <= self.threshold <= 1.0:
            raise ConfigError(f"threshold is {self.threshold!r}: give a probability from 0 to 1")
        if self.time_limit is not None and (not _is_number(self.time_limit) or self.time_limit < 0.0):
            raise ConfigError(f"time_limit is {self.time_limit!r}: give seconds from 0 up, or None for no limit")
        if not isinstance(self.model, bool):
            raise ConfigError(f"model is {self.model!r}: give True or False")
        if not isinstance(self.limits, Limits):
            raise ConfigError(f"limits is a {type(self.limits).__name__}: give a Limits, such as Limits(max_depth=50)")
        object.__setattr__(self, "keep", _labels(self.keep))

    def __reduce__(self) -> tuple[type[Config], tuple[Any, ...]]:
        """Sets have an order of their own in every process, but engines compare pickles: equal values, equal bytes."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return type(self), tuple({**values, "keep": tuple(sorted(self.keep))}.values())

    @classmethod
    def balanced(cls) -> Config:
        """The default: words lost and words kept wrongly count alike."""
        return cls()

    @classmethod
    def precision(cls) -> Config:
        """Rather lose a paragraph than keep boilerplate."""
        return cls(threshold=0.6)

    @classmethod
    def recall(cls) -> Config:
        """Rather keep boilerplate than lose a paragraph."""
        return cls(threshold=0.25)


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _labels(keep: Any) -> frozenset[Label]:
    """The labels to keep, which may be written out; a lone one would be taken for a set of its letters."""
    if isinstance(keep, str) or not isinstance(keep, Iterable):
        raise ConfigError(f"keep is {keep!r}: give a set of labels, such as {{'byline'}}")
    labels = list(keep)
    for label in labels:
        if label not in LABELS:
            raise ConfigError(f"keep holds {label!r}, which is no label; there are {', '.join(LABELS)}")
    return frozenset(map(Label, labels))
