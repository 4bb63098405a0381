"""Words of any script, cheap and without a dictionary: what similarity and coherence are counted in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from cleanbody.compiled import core
from cleanbody.data import read
from cleanbody.page import DataError
from cleanbody.patterns import pattern

# Scripts written without spaces: each character stands for itself (Thai, kana, ideographs, Hangul stays in words).
SPACELESS: Final = pattern(r"[\u0e00-\u0e7f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD: Final = pattern(
    r"[\u0e00-\u0e7f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
    r"|(?:[^\W_\u0e00-\u0e7f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|(?<=\w)['’](?=\w))+"
)
# Characters of a spaceless script that make about one word: Chinese words average 1.7 characters, Thai about 4.
CHARS_A_WORD: Final = 2.0
SHORTEST: Final = 4  # letters of a word that can say what a text is about
STEM: Final = 6  # characters: what is left of a word when its endings go, in most languages with endings


def word_count(text: str) -> float:
    """Words of a text; in scripts without spaces, characters divided by `CHARS_A_WORD`.

    >>> word_count("Rain fell."), word_count("下雨了吗")
    (2.0, 2.0)
    """
    return core.word_count(text) if core is not None else find_word_count(text)


def find_word_count(text: str) -> float:
    """What :func:`word_count` does where nothing is compiled: its specification."""
    if text.isascii():
        return float(len(text.split()))
    spaceless = len(SPACELESS.findall(text))
    if not spaceless:
        return float(len(text.split()))
    return len(SPACELESS.sub(" ", text).split()) + spaceless / CHARS_A_WORD


def words_of(text: str) -> list[str]:
    """The words of a text, case-folded; each character of a script without spaces is one.

    >>> words_of("It's raining: 雨だ!")
    ["it's", 'raining', '雨', 'だ']
    """
    return core.words_of(text) if core is not None else find_words(text)


def find_words(text: str) -> list[str]:
    """What :func:`words_of` does where nothing is compiled: its specification."""
    return _WORD.findall(text.casefold())


def joined(words: Iterable[str]) -> Iterator[str]:
    """Words, with pairs of neighbouring characters in place of the single ones of scripts without spaces.

    >>> list(joined(["it", "subscribes", "订", "阅", "吧"]))
    ['it', 'subscribes', '订阅', '阅吧']
    """
    previous = ""
    for word in words:
        if len(word) == 1 and SPACELESS.match(word):
            if previous:
                yield previous + word
            previous = word
        else:
            yield word
            previous = ""


def content_stems(words: list[str]) -> list[str]:
    """What a text is about: its longer words cut to `STEM` characters, and pairs of spaceless characters.

    Words that say nothing of a subject (`function_words`) do not count; the short ones of them need no list.

    >>> content_stems(["the", "committee", "which", "of", "雨", "水", "量"])
    ['commit', '雨水', '水量']
    """
    empty = function_words()

    def tells(word: str) -> bool:
        if SPACELESS.match(word):
            return True
        return len(word) >= SHORTEST and word not in empty and ("’" not in word or word.replace("’", "'") not in empty)

    return [word[:STEM] for word in joined(words) if tells(word)]


@cache
def function_words() -> frozenset[str]:
    """The function words of many languages, of `SHORTEST` letters and more, in lower case.

    Raises DataError where the data file is missing.

    >>> "which" in function_words(), "rain" in function_words()
    (True, False)
    """
    try:
        data = read("function-words.txt").decode()
    except (OSError, ModuleNotFoundError) as error:
        raise DataError("cleanbody/data/function-words.txt is missing; install the package again") from error
    return frozenset(data.split())


@cache
def function_word_table() -> core.FunctionWords:
    """The function words as the compiled core looks them up."""
    assert core is not None
    return core.function_words(function_words())
