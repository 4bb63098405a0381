"""The named rules: each a row of a label, a weight and conditions over feature columns.

A rule that holds is a reason, whatever comes of it. Weights are log-odds: a rule for a boilerplate label pulls a block
away from the content by its weight, a rule for ``body`` pulls it in. `VETO` and more decides alone; class names never
reach it, and stand in a rule only beside a condition on the block itself.
"""

from __future__ import annotations

import math
import operator
from array import array
from collections.abc import Callable, Sequence
from typing import Final

from cleanbody.compiled import core
from cleanbody.features import Table
from cleanbody.rules.rule import OPERATORS, VETO, Condition, Rule
from cleanbody.rules.table import RULES

__all__ = ["RULES", "VETO", "Book", "Condition", "Rule", "evaluate", "hold"]

WORD: Final = 64  # bits of a word, each a rule


class Book:
    """Rules made ready to be asked of many tables.

    Args:
        rules: rows to evaluate.
    """

    __slots__ = ("programs", "rules", "words")

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        self.rules = tuple(rules)
        self.words = max(1, -(-len(self.rules) // WORD))
        self.programs = {markup: _program(self.rules, markup) for markup in (False, True)}

    def mask(self, wanted: Callable[[Rule], bool]) -> array[int]:
        """The words of bits of some of the rules."""
        out = array("Q", bytes(8 * self.words))
        for k, rule in enumerate(self.rules):
            if wanted(rule):
                out[k // WORD] |= 1 << k % WORD
        return out

    def sets(self, held: Sequence[int]) -> list[int]:
        """What `hold` gives as one number for each block, a bit a rule."""
        words = [held[k :: self.words] for k in range(self.words)]
        if len(words) == 1:
            return list(words[0])
        return [sum(word << WORD * k for k, word in enumerate(row)) for row in zip(*words, strict=True)]

    def named(self, bits: int) -> list[Rule]:
        """The rules of such a number, in their order."""
        found: list[Rule] = []
        while bits:
            found.append(self.rules[(bits & -bits).bit_length() - 1])
            bits &= bits - 1
        return found


# Conditions and rules in flat arrays: of each condition column, sign and limit; of each rule where its conditions end.
_Program = tuple["array[int]", "array[int]", "array[float]", "array[int]"]


def _program(rules: Sequence[Rule], markup: bool) -> _Program | None:
    """The rules as the compiled core reads them; None if one compares in a way of its own. One that is not for this
    form keeps its place, with a condition that nothing meets."""
    signs = {compare: number for number, compare in enumerate(OPERATORS.values())}
    columns, codes, limits, ends = array("H"), array("B"), array("d"), array("H")
    for rule in rules:
        of_form = rule.markup is None or rule.markup is markup
        conditions = rule.conditions if of_form else (Condition(0, operator.gt, math.inf),)
        for one in conditions:
            if one.compare not in signs:
                return None
            columns.append(one.column)
            codes.append(signs[one.compare])
            limits.append(one.value)
        ends.append(len(columns))
    return columns, codes, limits, ends


def hold(book: Book, table: Table, markup: bool) -> array[int]:
    """Which rules hold for each of n blocks: rule k is bit k % 64 of word k // 64 of the block's ``book.words`` words.

    Args:
        table: columns of n blocks.
        markup: whether they come from a page rather than from a scraped text.
    """
    out = array("Q", bytes(8 * book.words)) * table.rows
    program = book.programs[markup]
    if core is not None and program is not None:
        core.hold(table.columns, table.rows, program, out)
        return out
    for k, rule in enumerate(book.rules):
        if rule.markup is None or rule.markup is markup:
            for i in rule.holds(table):
                out[i * book.words + k // WORD] |= 1 << k % WORD
    return out


def evaluate(table: Table, markup: bool, rules: Sequence[Rule] = RULES) -> list[list[Rule]]:
    """The rules that hold for each block.

    Args:
        table: columns of n blocks.
        markup: whether they come from a page rather than from a scraped text.
        rules: rows to evaluate.

    Returns:
        n lists, each in the order of `rules`.
    """
    book = Book(rules)
    return [book.named(bits) for bits in book.sets(hold(book, table, markup))]
