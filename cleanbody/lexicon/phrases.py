"""The phrases of all kinds in one trie over tokens, and what a text has of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from cleanbody.compiled import core
from cleanbody.lexicon.tokens import FIRST_SOLO, LETTERS, NUMBER, capitals, tokens_of, without_accents

# Where a phrase may stand, each mode within the one before: anywhere; as the first or the last words; as the first
# words; as the first words with a colon after them or as the whole block; as the whole block.
MODES: Final[tuple[str, ...]] = ("any", "edge", "start", "label", "whole")
_ANY, _EDGE, _START, _LABEL, _WHOLE = range(5)
_COLON = re.compile("[:\uff1a]")

GAP: Final = "%s"  # one to four arbitrary words
NAME: Final = "%n"  # a gap whose first and last word have a capital, where the script knows them
_END: Final = ""  # the trie's key for the phrases that end at a node; no token is empty
_GAP_WORDS: Final = 4
_GAP_CHARACTERS: Final = 12  # a name in a script whose characters are tokens

_HEAD_CHARACTERS, _TAIL_CHARACTERS = 280, 160
_HEAD_TOKENS, _TAIL_TOKENS = 64, 32


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


class _Seen(NamedTuple):
    """What is looked at of a text: the tokens' plain forms; from index `cut` on its last ones (0: nothing is left out).

    `tokens`: how many the whole text has.  `lead`, `trail`: numbers at its beginning and end.
    """

    text: str
    keys: list[str]
    cut: int
    tokens: int
    lead: int
    trail: int


class _Found(NamedTuple):
    """A phrase found: the tokens start <= i < end, and whether it must be and is the whole block."""

    start: int
    end: int
    whole: bool


class Phrases:
    """The phrases that may stand anywhere, and those that must begin the block, in two tries; immutable.

    A trie is a dict from a token to what may follow it: another dict, whose key "" lists the codes (kind and mode) of
    the phrases that end there; where a single phrase goes on, a string: the rest of it and its code; where one ends,
    its code. It is made of what JSON knows, so that a data file is read without any work on single phrases.
    """

    __slots__ = ("_anywhere", "_compiled", "_front", "_plain")

    def __init__(self, tables: Mapping[str, Any]) -> None:
        """Take the tables as :func:`grow` makes them."""
        accented: str = tables["accented"]  # all of them at once: three thousand calls would be felt
        self._plain = dict(zip(accented.split(), without_accents(accented).split(), strict=True))
        self._anywhere, self._front = tables["anywhere"], tables["front"]
        self._compiled: Any = None  # made when it is first asked for

    def compiled(self, kinds: int) -> Any:
        """The tables for the compiled core, of phrases of so many kinds."""
        if self._compiled is None and LETTERS is not None:
            self._compiled = core.phrases(LETTERS, self._plain, self._anywhere, self._front, kinds)
        return self._compiled

    def match(self, text: str) -> Match:
        """See :meth:`cleanbody.lexicon.Lexicon.match`."""
        seen = self._look(text)
        count, lead = len(seen.keys), seen.lead
        found: dict[int, list[_Found]] = {}
        if count:
            for i in range(lead + 1 if lead < count else 1):
                _collect(found, self._front, seen, i, seen.cut or count)
        for i in _starts(self._anywhere, seen.keys):
            _collect(found, self._anywhere, seen, i, seen.cut if i < seen.cut else count)
        if not found:
            return Match(seen.tokens, ())
        hits = [hit for kind in found for hit in _apart(kind, found[kind], seen)]
        return Match(seen.tokens, tuple(sorted(hits, key=lambda hit: (hit.start, hit.kind))))

    def _look(self, text: str) -> _Seen:
        raw, cut, tokens = _window(text)
        keys = list(map(self._plain.get, raw, raw))
        lead = trail = 0
        if not cut:
            while lead < len(keys) and keys[lead] == NUMBER:
                lead += 1
            while trail < len(keys) and keys[-1 - trail] == NUMBER:
                trail += 1
        return _Seen(text, keys, cut, tokens, lead, trail)


def grow(phrases: Iterable[tuple[int, int, list[str]]]) -> dict[str, Any]:
    """The tables that :class:`Phrases` takes, of values that JSON knows.

    phrases: (kind, mode, tokens, with ``#`` for a number and ``%s`` and ``%n`` for gaps).

    >>> grow([(0, 0, ["déjà", "vu"])])
    {'accented': 'déjà', 'anywhere': {'deja': 'vu 0'}, 'front': {}}
    """
    accented: set[str] = set()
    tries: tuple[dict[str, Any], dict[str, Any]] = {}, {}
    for kind, mode, tokens in phrases:
        node = tries[mode >= _START]
        for token in tokens:
            key = without_accents(token)
            if key != token:
                accented.add(token)
            node = node.setdefault(key, {})
        node.setdefault(_END, []).append(kind * len(MODES) + mode)
    anywhere, front = map(_packed, tries)
    return {"accented": " ".join(sorted(accented)), "anywhere": anywhere, "front": front}


def _packed(trie: dict[str, Any]) -> dict[str, Any]:
    """The trie with every branch that leads to a single code, and has no gap on its way, made a string or a number."""
    packed: dict[str, Any] = {}
    for key, node in trie.items():
        if not key:
            packed[key] = node
            continue
        rest: list[str] = []
        end = node
        while len(end) == 1 and not {_END, GAP, NAME} & end.keys():
            ((token, end),) = end.items()
            rest.append(token)
        codes = end[_END] if len(end) == 1 and _END in end else []
        if len(codes) == 1:
            packed[key] = f"{' '.join(rest)} {codes[0]}" if rest else codes[0]
        else:
            packed[key] = _packed(node)
    return packed


def _window(text: str) -> tuple[list[str], int, int]:
    """The tokens that are looked at, where the last ones of the text begin among them, and how many the text has."""
    if len(text) <= _HEAD_CHARACTERS + _TAIL_CHARACTERS:
        raw = tokens_of(text)
        if len(raw) <= _HEAD_TOKENS + _TAIL_TOKENS:
            return raw, 0, len(raw)
        return raw[:_HEAD_TOKENS] + raw[-_TAIL_TOKENS:], _HEAD_TOKENS, len(raw)
    head = tokens_of(text[:_HEAD_CHARACTERS])[:-1]  # the cut may go through a word
    tail = tokens_of(text[-_TAIL_CHARACTERS:])[1:]
    count = (len(head) + len(tail)) * len(text) // (_HEAD_CHARACTERS + _TAIL_CHARACTERS)
    head, tail = head[:_HEAD_TOKENS], tail[-_TAIL_TOKENS:]
    if not head:
        return [], 0, count
    return head + tail, len(head), max(count, len(head) + len(tail))


def _starts(trie: dict[str, Any], keys: list[str]) -> Iterator[int]:
    """The tokens at which a phrase may start, judged by two of them: most texts have few."""
    candidates = [(i, node) for i, node in enumerate(map(trie.get, keys)) if node is not None]
    for i, node in candidates:
        following = keys[i + 1] if i + 1 < len(keys) else _END
        if type(node) is str:
            if node.startswith(following):
                yield i
        elif type(node) is int or following in node or GAP in node or _END in node:
            yield i


def _collect(found: dict[int, list[_Found]], trie: dict[str, Any], seen: _Seen, i: int, last: int) -> None:
    """Add the phrases that start at token i and end at `last` or before to `found`, by kind."""
    for end, code in _ends(trie, seen, i, last):
        kind, mode = divmod(code, len(MODES))
        whole = not seen.cut and i <= seen.lead and end >= len(seen.keys) - seen.trail
        if mode == _ANY or (mode == _EDGE and (not i or end == len(seen.keys))):
            stands = True
        else:
            stands = whole or (not i and (mode == _START or (mode == _LABEL and _is_label(seen, end))))
        if stands:
            found.setdefault(kind, []).append(_Found(i, end, whole and mode >= _LABEL))


def _ends(trie: dict[str, Any], seen: _Seen, i: int, last: int) -> Iterator[tuple[int, int]]:
    """Where phrases that start at token i end, and their codes."""
    keys = seen.keys
    stack: list[tuple[Any, int]] = [(trie, i)]
    while stack:
        node, j = stack.pop()
        if type(node) is int:
            yield j, node
            continue
        if type(node) is str:
            rest, _, code = node.rpartition(" ")
            end = j + rest.count(" ") + 1
            if end <= last and " ".join(keys[j:end]) == rest:
                yield end, int(code)
            continue
        for code in node.get(_END, ()):
            yield j, code
        if j == last:
            continue
        if keys[j] in node:
            stack.append((node[keys[j]], j + 1))
        if GAP in node and _may_follow(node[GAP], keys):
            stack.extend((node[GAP], end) for end in _gap_ends(keys, j, last))
        if NAME in node and not i and _may_follow(node[NAME], keys):
            capital = capitals(seen.text[:_HEAD_CHARACTERS])
            ends = _gap_ends(keys, j, min(last, len(capital)))
            stack.extend((node[NAME], end) for end in ends if capital[j] and capital[end - 1])


def _may_follow(node: Any, keys: list[str]) -> bool:
    """Whether any of the tokens goes on from the end of a gap: spares most texts the search."""
    if type(node) is str:
        return node.partition(" ")[0] in keys
    return type(node) is int or not {_END, GAP, NAME}.isdisjoint(node) or not node.keys().isdisjoint(keys)


def _gap_ends(keys: list[str], j: int, last: int) -> range:
    """Where a gap that starts at token j may end."""
    solo = len(keys[j]) == 1 and keys[j] >= FIRST_SOLO
    return range(j + 1, min(j + (_GAP_CHARACTERS if solo else _GAP_WORDS), last) + 1)


def _apart(kind: int, found: list[_Found], seen: _Seen) -> Iterator[Hit]:
    """Of the phrases of a kind the longest at each start, none overlapping the one before."""
    free = -1
    shift = seen.tokens - len(seen.keys)
    for start, end, whole in sorted(found, key=lambda one: (one.start, -one.end)):
        if start < free:
            continue
        free = end
        if whole:  # numbers beside it belong to it
            yield Hit(kind, 0, len(seen.keys))
        else:
            yield Hit(kind, start if start < seen.cut or not seen.cut else start + shift, end - start)


def _is_label(seen: _Seen, end: int) -> bool:
    """Whether the text's first colon stands after its first `end` tokens."""
    colon = _COLON.search(seen.text, 0, _HEAD_CHARACTERS)
    return colon is not None and len(tokens_of(seen.text[: colon.start()])) == end
