"""Sums of floats that are the same on every Python."""

from __future__ import annotations

from collections.abc import Iterable


def add_up(values: Iterable[float]) -> float:
    """The sum from left to right, each step rounded: what the compiled core does.

    Since Python 3.12 `sum` carries the rounding errors of floats along, so that its results depend on the version.

    >>> add_up([1e16, 1.0, 1.0]), add_up([])
    (1e+16, 0.0)
    """
    total = 0.0
    for value in values:
        total += value
    return total
