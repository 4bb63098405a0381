"""Texts and class names cut into the tokens that the lexicon compares."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

NUMBER: Final = "#"  # any run of digits
NAMES_CHARACTERS: Final = 1000  # so much of a class attribute is read
FIRST_SOLO: Final = "\u0e00"  # characters that are tokens of their own stand from here on (and the copyright sign)

# One token a character: kana, ideographs, Thai and Lao, Khmer, Burmese.
_SOLO = "\u0e00-\u0e3a\u0e40-\u0e4e\u0e80-\u0ecf\u1000-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u3096\u309d-\u309f"
_SOLO += "\u00a9\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# What is neither a letter nor a mark, by blocks; `\w` cannot be used, it lacks the vowel signs of Indic scripts.
_BREAK = "\0-@\\[-`{-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u02c2-\u02df\u037e\u0387\u055a-\u055f"
_BREAK += "\u0589\u058a\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u0600-\u060f\u061b-\u061f\u0660-\u066d\u06d4\u06dd"
_BREAK += (
    "\u06f0-\u06f9\u0964-\u0970\u0e3f\u0e4f-\u0e5b\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u2e00-\u2e7f\u2ff0-\u3004"
)
_BREAK += "\u3008-\u3040\u309b\u309c\u30a0\u30fb\ud800-\uf8ff\ufe10-\ufe6f\uff00-\uff0f\U0001f000-\U0001faff"
_WORD = f"[^{_BREAK}{_SOLO}]+"
_TOKEN = re.compile(rf"[{_SOLO}#]|{_WORD}(?:'{_WORD})*")
_ASCII_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*|#")
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(rf"\d+(?:[.,]\d+)*|{NUMBER}")

# Letters that are one letter to a reader, and characters that are none.
_FOLDS: Final[dict[int, str | None]] = {
    ord("\u2019"): "'", ord("\u02bc"): "'", ord("\u2018"): "'",
    0xAD: None, 0x200D: None, 0x2060: None, 0xFEFF: None,  # soft hyphen, joiners
    ord("ı"): "i", 0x307: None,  # Turkish dotless i, and the dot that case folding leaves of the dotted one
    ord("ё"): "е",
    0x640: None, 0x670: None, **dict.fromkeys(range(0x64B, 0x660)), **dict.fromkeys(range(0x591, 0x5BE)),
    0x5BF: None, 0x5C1: None, 0x5C2: None,
    ord("أ"): "ا", ord("إ"): "ا", ord("آ"): "ا", ord("ٱ"): "ا",
    ord("ى"): "ي", ord("ی"): "ي", ord("ئ"): "ي", ord("ک"): "ك", ord("ة"): "ه", ord("ۀ"): "ه",
}  # fmt: skip
_FOLD = re.compile(f"[{''.join(map(chr, _FOLDS))}]")
_PLAIN: Final = {**dict.fromkeys(range(0x300, 0x370)), **{ord(a): b for a, b in zip("øłđðħŧ", "oldðht", strict=True)}}
_MARKED = re.compile("[\u00c0-\u03ff\u1e00-\u1fff]")  # Latin and Greek letters that may carry an accent

_CLASS_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
STATES: Final = frozenset(("has", "is", "no", "not", "with", "without"))


def fold(text: str) -> str:
    """The text in the form in which tokens are compared: NFKC, case-folded, variant letters and points made one.

    >>> fold("ΣΧΌΛΙΟΣ İstanbul ё")
    'σχόλιοσ istanbul е'
    """
    if text.isascii():
        return text.lower()
    return _one_form(unicodedata.normalize("NFKC", text).casefold())


def _one_form(text: str) -> str:
    if not _FOLD.search(text):
        return text
    return unicodedata.normalize("NFC", text.translate(_FOLDS))


def tokens_of(text: str) -> list[str]:
    """The tokens of a text: words, ``#`` for a number, and single characters of scripts that write no spaces.

    text: any text; all of it is read.  Returns folded tokens.

    >>> tokens_of("Don’t miss: 1,204 comments")
    ["don't", 'miss', '#', 'comments']
    >>> tokens_of("続きを読む")
    ['続', 'き', 'を', '読', 'む']
    """
    folded = fold(text)
    if _DIGIT.search(folded):
        folded = _DIGITS.sub(_number, folded)
    elif NUMBER in folded:
        folded = folded.replace(NUMBER, " ")
    return (_ASCII_TOKEN if folded.isascii() else _TOKEN).findall(folded)


def _number(found: re.Match[str]) -> str:
    return " " if found[0] == NUMBER else NUMBER


def without_accents(token: str) -> str:
    """A Latin or Greek token without its accents; any other as it is.

    >>> without_accents("übermäßig"), without_accents("й")
    ('ubermaßig', 'й')
    """
    if not _MARKED.search(token):
        return token
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", token).translate(_PLAIN))


def class_tokens(names: str) -> list[list[str]]:
    """The tokens of each name in a class attribute (or several attributes), in order.

    names: names parted by white space, as written; the first 1,000 characters are read.  Names that state something of
    the page rather than name a part (``has-sidebar``, ``no-js``) give none.

    >>> class_tokens("entry-content Post__readMore--large has-localnav")
    [['entry', 'content'], ['post', 'read', 'more', 'large']]
    """
    found = (_CLASS_TOKEN.findall(name) for name in names[:NAMES_CHARACTERS].split())
    lowered = ([token.lower() for token in tokens] for tokens in found)
    return [tokens for tokens in lowered if tokens and tokens[0] not in STATES]


def capitals(text: str) -> list[bool]:
    """For each token of a text whether it may begin a name: a capital, or a script that has none.

    >>> capitals("by Ann Example, von 王")
    [False, True, True, False, True]
    """
    text = _DIGITS.sub(_number, _one_form(unicodedata.normalize("NFKC", text)))
    return [not token[0].islower() for token in _TOKEN.findall(text)]
