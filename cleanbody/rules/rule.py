"""A named rule: a label, a weight and conditions over feature columns."""

from __future__ import annotations

import operator
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cleanbody.features import INDEX, Table
from cleanbody.page import Label, Reason

VETO: Final = 12.0
OPERATORS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    "<=": lambda value, limit: not value > limit,
    ">": operator.gt,
    "<": lambda value, limit: not value >= limit,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a feature column with a number."""

    column: int
    compare: Callable[[float, float], bool]
    value: float

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Read a condition such as ``"words <= 12"``.

        Raises:
            KeyError: no such column or comparison.
        """
        name, sign, value = text.split()
        return cls(INDEX[name], OPERATORS[sign], float(value))


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table. ``markup``: True for pages only, False for scraped text only, None for both."""

    name: str
    label: Label
    weight: float
    conditions: tuple[Condition, ...]
    markup: bool | None = None

    @property
    def reason(self) -> Reason:
        """What a block gets for which the rule holds."""
        return Reason(self.name, self.label, self.weight)

    def holds(self, table: Table) -> list[int]:
        """The blocks for which every condition is true. An unknown value (NaN) reaches no lower limit and breaks no
        upper one: what markup alone could tell is taken as absent."""
        rows: Sequence[int] = range(table.rows)
        for condition in self.conditions:
            column: array[float] = table.columns[condition.column]
            compare, value = condition.compare, condition.value
            rows = [i for i in rows if compare(column[i], value)]
            if not rows:
                break
        return list(rows)


def row(name: str, label: Label, weight: float, *conditions: str, markup: bool | None = None) -> Rule:
    """A rule out of the words of the table, its conditions as `Condition.parse` reads them."""
    return Rule(name, label, weight, tuple(map(Condition.parse, conditions)), markup)
