"""Phrases and class tokens that tell boilerplate from body: tables from `data/`, matched in one pass.

Phrases are what interfaces say in many languages ("Leave a Reply", "Lesen Sie auch"), sorted by the kind of block they
betray; they stand in a trie over tokens. Class tokens are what public software writes into ``class``, ``id``, ``role``
and ``itemprop``. Both tables are data, built from the hand-edited `seeds/`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

from cleanbody.page import DataError

PHRASE_KINDS: Final[tuple[str, ...]] = (
    "comment-prompt",
    "comment",
    "share",
    "newsletter",
    "paywall",
    "cookie-notice",
    "advert",
    "breadcrumb",
    "navigation",
    "teaser",
    "byline",
    "author-bio",
    "footer",
    "pagination",
)
CLASS_KINDS: Final[tuple[str, ...]] = (*PHRASE_KINDS, "body", "headline", "sidebar", "header")

# Where a phrase may stand: anywhere; as the first words; as the first or the last words; as the whole block.
MODES: Final[tuple[str, ...]] = ("any", "edge", "start", "whole")
_ANY, _EDGE, _START, _WHOLE = range(4)

FORMAT: Final = 1
NUMBER: Final = "#"  # any run of digits
GAP: Final = "%s"  # one to four arbitrary words
_UNKNOWN: Final = "?"  # the key of a token that stands in no phrase
_END: Final = ""  # the trie's key for the phrases that end at a node; no token is empty
_GAP_WORDS: Final = 4
_GAP_CHARACTERS: Final = 12  # a name in a script whose characters are tokens

_HEAD_CHARACTERS, _TAIL_CHARACTERS = 360, 220
_HEAD_TOKENS, _TAIL_TOKENS = 64, 32
_NAMES_CHARACTERS = 1000

# One token a character: kana, ideographs, Thai and Lao, Khmer, Burmese.
_SOLO = "\u0e00-\u0e3a\u0e40-\u0e4e\u0e80-\u0ecf\u1000-\u109f\u1780-\u17d3\u3005-\u3007\u3041-\u3096\u309d-\u309f"
_SOLO += "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# What is neither a letter nor a mark, by blocks; `\w` cannot be used, it lacks the vowel signs of Indic scripts.
_BREAK = "\0-@\\[-`{-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u02c2-\u02df\u037e\u0387\u055a-\u055f"
_BREAK += (
    "\u0589\u058a\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u0600-\u060f\u061b-\u061f\u0660-\u066d\u06d4\u06dd\u06f0-\u06f9"
)
_BREAK += (
    "\u0964-\u0970\u0e3f\u0e4f-\u0e5b\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u2e00-\u2e7f\u2ff0-\u3004\u3008-\u3040"
)
_BREAK += "\u309b\u309c\u30a0\u30fb\ud800-\uf8ff\ufe10-\ufe6f\uff00-\uff0f\U0001f000-\U0001faff"
_WORD = f"[^{_BREAK}{_SOLO}]+"
_TOKEN = re.compile(rf"[{_SOLO}]|{_WORD}(?:'{_WORD})*|\d+(?:[.,]\d+)*")
_ASCII_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*|[0-9]+(?:[.,][0-9]+)*")

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
_FIRST_SOLO: Final = "\u0e00"
_MARKED = re.compile("[\u00c0-\u03ff\u1e00-\u1fff]")  # Latin and Greek letters that may carry an accent


class Hit(NamedTuple):
    """A phrase found: kind (index into ``PHRASE_KINDS``), first token, length in tokens."""

    kind: int
    start: int
    length: int


class Match(NamedTuple):
    """What was found in a text of ``tokens`` tokens (estimated where the text is long); hits in order of start."""

    tokens: int
    hits: tuple[Hit, ...]

    def share(self, kind: int) -> float:
        """Which share of the text's tokens phrases of `kind` (index into ``PHRASE_KINDS``) cover, 0 to 1."""
        covered = sum(hit.length for hit in self.hits if hit.kind == kind)
        return covered / self.tokens if covered else 0.0


def fold(text: str) -> str:
    """The text in the form in which tokens are compared: NFKC, case-folded, variant letters and points made one.

    >>> fold("ΣΧΌΛΙΟΣ İstanbul ё")
    'σχόλιοσ istanbul е'
    """
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).casefold()
    if _FOLD.search(text):
        text = text.translate(_FOLDS)
    return unicodedata.normalize("NFC", text)


def tokens_of(text: str) -> list[str]:
    """The tokens of a text: words, numbers, and single characters of scripts that write no spaces.

    text: any text; all of it is read.  Returns folded tokens; a number stands as written.

    >>> tokens_of("Don’t miss: 1,204 comments")
    ["don't", 'miss', '1,204', 'comments']
    >>> tokens_of("続きを読む")
    ['続', 'き', 'を', '読', 'む']
    """
    folded = fold(text)
    return (_ASCII_TOKEN if folded.isascii() else _TOKEN).findall(folded)


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
    found = (_CLASS_TOKEN.findall(name) for name in names[:_NAMES_CHARACTERS].split())
    lowered = ([token.lower() for token in tokens] for tokens in found)
    return [tokens for tokens in lowered if tokens and tokens[0] not in _STATES]


_CLASS_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_STATES = frozenset(("has", "is", "no", "not", "with", "without", "js", "hide", "show"))


class _Phrase(NamedTuple):
    """A phrase at the end of its path: kind, mode, and its accented tokens before the first and after the last gap."""

    kind: int
    mode: int
    before: tuple[str, ...]
    after: tuple[str, ...]


class Lexicon:
    """The tables, immutable. ``Lexicon.load()`` gives those of the package."""

    __slots__ = ("_classes", "_keys", "_trie")

    def __init__(self, phrases: Iterable[tuple[str, str, str]], classes: Mapping[str, Mapping[str, float]]) -> None:
        """Build the tables.

        phrases: (kind, mode, tokens parted by spaces, with ``#`` for a number and ``%s`` for a gap).
        classes: by kind, tokens ("comment") and pairs of tokens ("comment-form") with their weights.
        """
        self._keys: dict[str, str] = {}
        self._trie: dict[str, Any] = {}
        for kind, mode, phrase in phrases:
            self._add(PHRASE_KINDS.index(kind), MODES.index(mode), phrase.split())
        self._classes: dict[str, list[tuple[int, float]]] = {}
        for index, kind in enumerate(CLASS_KINDS):
            for name, weight in classes.get(kind, {}).items():
                self._classes.setdefault(name, []).append((index, weight))

    @staticmethod
    def load() -> Lexicon:
        """The package's own lexicon, built once.

        Raises DataError where the data file is missing, damaged or of another version.

        >>> Lexicon.load() is Lexicon.load()
        True
        """
        return _load()

    @staticmethod
    def from_json(data: bytes) -> Lexicon:
        """The lexicon that a data file holds; DataError where it is none."""
        try:
            table = json.loads(data)
            if table["format"] != FORMAT:
                raise DataError(f"lexicon: format {table['format']}, expected {FORMAT}; rebuild it from the seeds")
            phrases = (
                (kind, mode, phrase)
                for kind, modes in table["phrases"].items()
                for mode, group in modes.items()
                for phrase in group
            )
            return Lexicon(phrases, table["classes"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, DataError):
                raise
            raise DataError("lexicon: the data file is damaged; rebuild it from the seeds") from error

    def _add(self, kind: int, mode: int, phrase: list[str]) -> None:
        node = self._trie
        keys = self._keys
        for token in phrase:
            if token == GAP:
                key = GAP
            elif token in keys and keys[token] == token:
                key = token
            else:
                key = without_accents(token)
                keys[token] = keys[key] = key
            child = node.get(key)
            if child is None:
                child = node[key] = {}
            node = child
        if GAP in phrase:
            first, last = phrase.index(GAP), len(phrase) - phrase[::-1].index(GAP)
            before, after = tuple(phrase[:first]), tuple(phrase[last:])
        else:
            before, after = tuple(phrase), ()
        node.setdefault(_END, []).append(_Phrase(kind, mode, before, after))

    def match(self, text: str) -> Match:
        """The phrases in a block's text: at each start the longest of each kind, none overlapping another of its kind.

        text: any text. Of a long one only the first 360 and the last 220 characters are looked at, and of those at most
        64 and 32 tokens (only scripts without spaces reach that), so the time does not grow with the text.
        Returns the number of tokens, for a long text estimated from the part that was looked at, and the hits. A phrase
        that must be the whole block covers all of it, numbers beside it too.

        >>> lexicon = Lexicon([("comment-prompt", "any", "leave a reply to %s"), ("byline", "whole", "by %s")], {})
        >>> lexicon.match("Leave a Reply to Ann Example")
        Match(tokens=6, hits=(Hit(kind=0, start=0, length=6),))
        >>> lexicon.match("By Ann Example").share(PHRASE_KINDS.index("byline"))
        1.0
        """
        window = _window(text)
        get = self._keys.get
        keys = [get(token) or (NUMBER if token[0].isdigit() else _UNKNOWN) for token in window.raw]
        hits: list[Hit] = []
        if window.cut:
            self._scan(window, keys, 0, window.cut, hits)
        self._scan(window, keys, window.cut, len(keys), hits)
        return Match(window.tokens, tuple(hits))

    def _scan(self, window: _Window, keys: list[str], first: int, last: int, hits: list[Hit]) -> None:
        """Add the hits among the tokens first <= i < last to `hits`."""
        trie = self._trie
        free = [0] * len(PHRASE_KINDS)
        shift = window.tokens - len(keys) if window.cut and first else 0
        for i in range(first, last):
            node = trie.get(keys[i])
            if node is None and (i or GAP not in trie):
                continue
            found = _longest(trie, window, keys, i, last)
            for kind in sorted(found):
                end = found[kind]
                if i < free[kind]:
                    continue
                free[kind] = abs(end)
                if end < 0:  # a phrase that is the whole block takes the numbers beside it in
                    hits.append(Hit(kind, 0, len(keys)))
                else:
                    hits.append(Hit(kind, i + shift, end - i))

    def class_weights(self, names: str) -> tuple[float, ...]:
        """How strongly class names speak for each kind: the greatest weight of a token or pair of tokens, 0 to 1.

        names: class, id, role and itemprop as one string, as written; `class_tokens` tells how it is read. A pair that
        is known ("read-more") is taken in place of its two tokens.
        Returns one weight per entry of ``CLASS_KINDS``; it depends on `names` alone.

        >>> lexicon = Lexicon([], {"share": {"share": 0.5}, "teaser": {"read-more": 1.0, "more": 0.2}})
        >>> weights = lexicon.class_weights("shareholder read-more")
        >>> weights[CLASS_KINDS.index("share")], weights[CLASS_KINDS.index("teaser")]
        (0.0, 1.0)
        """
        weights = [0.0] * len(CLASS_KINDS)
        known = self._classes
        for tokens in class_tokens(names):
            i = 0
            while i < len(tokens):
                step = 2
                found = known.get("-".join(tokens[i : i + 2])) if i + 1 < len(tokens) else None
                if found is None:
                    step = 1
                    found = known.get(tokens[i], [])
                for kind, weight in found:
                    weights[kind] = max(weights[kind], weight)
                i += step
        return tuple(weights)


class _Window(NamedTuple):
    """The tokens of a text that are looked at; from index `cut` on they are the last ones (0: nothing was left out)."""

    raw: list[str]
    cut: int
    tokens: int


def _window(text: str) -> _Window:
    if len(text) <= _HEAD_CHARACTERS + _TAIL_CHARACTERS:
        raw = tokens_of(text)
        count = len(raw)
        if count <= _HEAD_TOKENS + _TAIL_TOKENS:
            return _Window(raw, 0, count)
        return _Window(raw[:_HEAD_TOKENS] + raw[-_TAIL_TOKENS:], _HEAD_TOKENS, count)
    head = tokens_of(text[:_HEAD_CHARACTERS])[:-1]  # the cut may go through a word
    tail = tokens_of(text[-_TAIL_CHARACTERS:])[1:]
    seen = len(head) + len(tail)
    count = seen * len(text) // (_HEAD_CHARACTERS + _TAIL_CHARACTERS)
    head, tail = head[:_HEAD_TOKENS], tail[-_TAIL_TOKENS:]
    if not head:
        return _Window([], 0, count)
    return _Window(head + tail, len(head), max(count, len(head) + len(tail)))


def _longest(trie: dict[str, Any], window: _Window, keys: list[str], i: int, last: int) -> dict[int, int]:
    """The end of the longest phrase of each kind that starts at i; negative where it is the whole block."""
    found: dict[int, int] = {}
    stack = [(trie, i)]
    while stack:
        node, j = stack.pop()
        for phrase in node.get(_END, ()):
            if j > abs(found.get(phrase.kind, i)) and _stands(phrase, window, keys, i, j):
                found[phrase.kind] = -j if phrase.mode == _WHOLE else j
        if j == last:
            continue
        gap = node.get(GAP)
        if gap is not None and (j or not i):
            reach = _GAP_CHARACTERS if len(window.raw[j]) == 1 and window.raw[j] > _FIRST_SOLO else _GAP_WORDS
            stack.extend((gap, k) for k in range(j + 1, min(j + reach, last) + 1))
        child = node.get(keys[j])
        if child is not None:
            stack.append((child, j + 1))
    return found


def _stands(phrase: _Phrase, window: _Window, keys: list[str], i: int, j: int) -> bool:
    """Whether the phrase may stand at the tokens i to j, and none of them has an accent that the phrase has not."""
    raw, count = window.raw, len(keys)
    if phrase.mode == _START and i:
        return False
    if phrase.mode == _EDGE and i and j < count:
        return False
    if phrase.mode == _WHOLE:
        if window.cut:
            return False
        beside = keys[:i] + keys[j:]
        if beside.count(NUMBER) != len(beside):
            return False
    pairs = [
        *zip(phrase.before, range(i, j), strict=False),
        *zip(phrase.after, range(j - len(phrase.after), j), strict=True),
    ]
    return all(raw[k] in (token, keys[k]) or token == NUMBER for token, k in pairs)


@cache
def _load() -> Lexicon:
    try:
        data = resources.files("cleanbody.data").joinpath("lexicon.json").read_bytes()
    except (OSError, ModuleNotFoundError) as error:
        raise DataError("lexicon: cleanbody/data/lexicon.json is missing; build it with `cleanbody train`") from error
    return Lexicon.from_json(data)
