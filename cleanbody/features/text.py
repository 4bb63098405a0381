"""Columns that need a block's own text and nothing else."""

from __future__ import annotations

import math
from array import array
from typing import Final

from cleanbody.compiled import core
from cleanbody.features.structure import blank
from cleanbody.features.tokens import find_word_count
from cleanbody.patterns import pattern

COLUMNS: Final = (
    "chars",  # characters
    "words",
    "log_words",
    "word_length",  # characters a word
    "sentences",  # marks that end a sentence
    "ends_sentence",  # 1 where the last character ends a sentence, .5 for a colon
    "commas",  # a word
    "digits",  # share of the characters
    "capitals",  # share of the words that begin with a capital letter
    "starts_lower",
    "shouting",  # share of the letters that are upper case
    "marks",  # share of the characters that are neither letters, digits nor white space
    "lines",
    "line_words",  # words a line
    "dates",  # things that look like a date or a clock time
    "addresses",  # e-mail addresses, URLs, handles
    "money",  # currency signs
    "copyright",  # the sign
    "separators",  # marks that part the steps of a trail or the items of a row: > / | • » ›
    "bullet",
    "quoted",  # begins with a quotation mark or a dash of dialogue
)

_DATES, _QUOTED = COLUMNS.index("dates"), COLUMNS.index("quoted")
_SAMPLE: Final = 600  # characters of a block that the shares are measured on: linear, and enough for a share
_SENTENCE_END = pattern(r"[.!?…](?=[\s\"'”’»)\]]|$)|[。！？؟۔।]")
_COMMA = pattern(r"[,;:،؛、，；：]")
_DIGIT = pattern(r"\d")
_CAPITAL_WORD = pattern(r"(?:^|(?<=[\s(\"'“«„‘/-]))(?=[^\W\d_])(?:[A-Z]|[^\x00-\x7f])\w*")
_UPPER = pattern(r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪĮİĶŁĻŃŅŇŐŒŔŘŚŞŠŤŪŮŰŲŹŻŽΑ-ΩΆ-ΏЀ-Я]")
_LETTER = pattern(r"[^\W\d_]")
_MARK = pattern(r"[^\w\s]")
DATE: Final = pattern(
    r"\b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b|\b(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}|\b\d{1,2}[:：]\d{2}\b"
    r"|\b\d{1,2}\.? \w{3,10}\.?,? (?:19|20)\d{2}\b|\b\w{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d{2}\b"
    r"|(?:19|20)\d{2}\s?[年년]"
)
# What one says in a chat, behind time and name: "[18:02] Ann: yes", "12/03/24, 18:02 - Ann: yes", "18:02 <ann> yes".
_SAID_AT = pattern(
    r"[\[(]?(?=[^\n]{0,24}?\d[:：]\d{2})[\d\s:：./,–—apmAPM-]{1,40}[\])]?[\s–—-]{0,4}"
    r"(?:<[^<>\n]{1,30}>|[^\n:：<>]{1,30}[:：])\s*\S"
)
CHAT_LINES: Final = 4  # and half of all lines, at least
_ADDRESS = pattern(r"https?://|www\.|\S@\S+\.\S|(?:^|\s)[@#]\w")
_MONEY = pattern(r"[$€£¥₽₹₩₺₴฿]|\b(?:USD|EUR|GBP|PLN|RUB|CHF)\b")
_SEPARATOR = pattern(r"[|>»›•·→/]|::")
_BULLET = pattern(r"#{1,6}\s|[•◦‣▪■●○*+\-–—·»►]\s|\(?\d{1,3}[.)]\s")
_OPENS_QUOTE: Final = frozenset('"“„«‘—–「『‹')
_ENDS: Final = {**dict.fromkeys(".!?…。！？؟۔।", 1.0), **dict.fromkeys(":：", 0.5)}
_CLOSERS: Final = "\"'”’»)]」』 "


def text_columns(texts: list[str]) -> list[array[float]]:
    """One column for each of `COLUMNS`.

    Args:
        texts: the n blocks' texts.

    >>> columns = dict(zip(COLUMNS, text_columns(["Rain fell, all day."])))
    >>> columns["words"][0], columns["ends_sentence"][0], columns["commas"][0]
    (4.0, 1.0, 0.25)
    """
    columns = blank(len(texts), len(COLUMNS))
    if core is not None:
        core.text_columns(texts, columns)
    else:
        fill_columns(texts, columns)
    return columns


def as_dialogue(texts: list[str], columns: list[array[float]]) -> None:
    """Make the lines of a chat what they are, dialogue: the time before each is no date of the text.

    Args:
        texts, columns: of `text_columns`.

    >>> texts = ["[18:02] Ann: are you home?", "[18:02] Bo: no", "[18:03] Ann: when will you be?", "[18:04] Bo: at ten"]
    >>> columns = text_columns(texts)
    >>> as_dialogue(texts, columns)
    >>> list(columns[COLUMNS.index("dates")]), list(columns[COLUMNS.index("quoted")])
    ([0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0])
    """
    dates, quoted = columns[_DATES], columns[_QUOTED]
    least = max(CHAT_LINES, len(texts) / 2)
    if len(texts) - dates.count(0.0) < least:
        return
    said = [i for i, text in enumerate(texts) if _SAID_AT.match(text)]
    if len(said) >= least:
        for i in said:
            dates[i], quoted[i] = 0.0, 1.0


def fill_columns(texts: list[str], columns: list[array[float]]) -> None:
    """Fill the columns of :func:`text_columns` where nothing is compiled: its specification."""
    for i, text in enumerate(texts):
        for column, value in zip(columns, _statistics(text), strict=True):
            column[i] = value


def _statistics(text: str) -> tuple[float, ...]:
    chars = len(text)
    words = find_word_count(text)
    sample = text[:_SAMPLE]
    size = len(sample) or 1
    sample_words = len(sample.split()) or 1
    per_sample = max(words, 1.0) * min(1.0, size / max(chars, 1))
    tail = text[-12:].rstrip(_CLOSERS)
    letters = len(_LETTER.findall(sample)) or 1
    lines = text.count("\n") + 1
    first = sample[:1]
    return (
        float(chars),
        words,
        math.log1p(words),
        chars / max(words, 1.0),
        float(len(_SENTENCE_END.findall(text))),
        _ENDS.get(tail[-1:], 0.0),
        len(_COMMA.findall(sample)) / max(per_sample, 1.0),
        len(_DIGIT.findall(sample)) / size,
        min(1.0, len(_CAPITAL_WORD.findall(sample)) / sample_words),
        1.0 if first.islower() else 0.0,
        len(_UPPER.findall(sample)) / letters,
        len(_MARK.findall(sample)) / size,
        float(lines),
        words / lines,
        float(len(DATE.findall(sample))),
        float(len(_ADDRESS.findall(sample))),
        float(len(_MONEY.findall(sample))),
        1.0 if "©" in sample or "(c)" in sample.lower() else 0.0,
        float(len(_SEPARATOR.findall(sample))),
        1.0 if _BULLET.match(sample) else 0.0,
        1.0 if first in _OPENS_QUOTE else 0.0,
    )
