"""Word F1 of a text against gold, and the share of snippets found.

Texts are bags of words, lower case. Scripts that are written without spaces (Thai, Japanese, Chinese) and Hangul count
each character as a word, so that no segmenter decides the score.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

# Thai; Hiragana and Katakana; CJK ideographs with extension A; Hangul syllables.
_CHARACTERS = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CHARACTERS}]|(?:(?![{_CHARACTERS}])\w)+")


class Score(NamedTuple):
    """How a text compares with gold; each 0 to 1."""

    precision: float
    recall: float
    f1: float


def words(text: str) -> list[str]:
    """The words of a text, lower case, in order.

    >>> words("Rain, 1st 雨が")
    ['rain', '1st', '雨', 'が']
    """
    return _WORD.findall(text.lower())


def word_f1(text: str, gold: str) -> Score:
    """Compare two texts as bags of words; two empty ones agree, one empty one does not.

    >>> word_f1("it rained all day", "it rained")
    Score(precision=0.5, recall=1.0, f1=0.6666666666666666)
    """
    found, wanted = Counter(words(text)), Counter(words(gold))
    if not found or not wanted:
        agree = float(not found and not wanted)
        return Score(agree, agree, agree)
    same = (found & wanted).total()
    precision, recall = same / found.total(), same / wanted.total()
    return Score(precision, recall, 2 * precision * recall / (precision + recall) if same else 0.0)


def share_found(text: str, snippets: Sequence[str]) -> float | None:
    """The share of snippets that stand in a text, ignoring case and white space; None where there are none.

    >>> share_found("It  rained.", ["it rained", "snow"])
    0.5
    """
    flat = " ".join(text.lower().split())
    return sum(" ".join(s.lower().split()) in flat for s in snippets) / len(snippets) if snippets else None


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of the values that are there; None where none is.

    >>> mean([1.0, None, 0.0]), mean([])
    (0.5, None)
    """
    there = [value for value in values if value is not None]
    return sum(there) / len(there) if there else None
