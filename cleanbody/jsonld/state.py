"""State JSON (what a script framework ships so that the browser can build the page) → the text of the page.

Used only where a page shows next to nothing by itself, so precision goes before recall: prose is told by its shape
alone, and only the part of the state that holds most of it is read.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from cleanbody.jsonld.reading import MAX_DEPTH, body, joined, read_values
from cleanbody.patterns import pattern, unicode_pattern

MAX_STATE = 2_000_000  # characters of one script
MAX_STATE_NODES = 200_000  # values visited in one script
MAX_CANDIDATES = 8  # scripts
MAX_TOTAL = 4_000_000  # characters of all candidates together
MAX_ROWS = 5_000  # of one payload
MAX_ASSIGNMENTS = 16  # tried in one script
MIN_STATE = 400  # characters of JSON that can hold a page's text
MIN_NESTED = 200  # characters of a string that may be JSON itself
MIN_PROSE = 10  # characters of a string that may be prose
MIN_UNITS = 5  # words (two letters of a script without spaces count as one) of a string that may be prose
FULL_UNITS = 15  # words of a string that counts in full; shorter ones are labels of the interface more often
SHORT_WEIGHT = 0.2
MIN_TEXT_UNITS = 30  # words in full strings that a whole text must have
MAIN_SHARE = 0.6  # of a subtree's prose: a child that holds as much is the part wanted
SAMPLE = 2_000  # characters looked at to tell prose

_ASSIGNMENT = pattern(r"[\w$\]]\s?=\s?(?:(?=[{\[]\s*+[\"{\[])|JSON\.parse\(\s?(?=\"))")
_PUSH = pattern(r"\s*+(?P<callee>[\w$.]{1,64})\.push\(\s*+\[\s*+\d++\s*+,\s*+(?=\")")
_ROW = pattern(rb"[0-9a-f]{0,8}:(?:T(?P<size>[0-9a-f]{1,7}),|[A-Z]{0,2}(?P<json>[\[{])|[A-Z]{0,2}\")")
_OPENS_JSON = pattern(r"\s*+[{\[]\s*+[\"{\[\]}\d]")
_LETTER = unicode_pattern(r"[\p{L}\p{M}]")
_SPACELESS = unicode_pattern(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_WORD = unicode_pattern(r"[\p{L}\p{M}\p{N}]++(?:['’.-][\p{L}\p{M}\p{N}]++)*+")
_CODE = pattern(r"[{}\\=;_|<>$]|[/.]\w++[/.]|[a-z][A-Z]")
_TAG = pattern(r"<[a-zA-Z/][^<>]*+(?:>|\Z)")
_BLOCK_TAGS = frozenset(
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "td", "th", "dt", "dd", "figcaption"]
)
_DECODER = json.JSONDecoder(strict=False)


def find_state(scripts: Sequence[str]) -> tuple[str, ...]:
    """The payloads among a page's scripts that have the shape of state: JSON, JSON assigned to a name, or pushed rows.

    scripts: the text of every script, in order. Chunks that several scripts push to one place are joined. The largest
    come first, at most `MAX_CANDIDATES` and about `MAX_TOTAL` characters. Never raises.

    >>> find_state(["var a = 1;", 'w.__f.push([1,"0:[\\\\"x"])', 'w.__f.push([1,"y\\\\"]"])'])
    ('0:["xy"]',)
    """
    found: list[str] = []
    pushed: dict[str, list[str]] = {}
    for script in scripts:
        push = _PUSH.match(script, 0, MAX_STATE)
        if push:
            pushed.setdefault(push["callee"], []).append(_string_at(script, push.end()))
        elif len(script) >= MIN_STATE and (_OPENS_JSON.match(script) or _ASSIGNMENT.search(script, 0, MAX_STATE)):
            found.append(script)
    found.extend("".join(chunks) for chunks in pushed.values())
    found = sorted(found, key=len, reverse=True)[:MAX_CANDIDATES]
    before = accumulate((min(len(script), MAX_STATE) for script in found), initial=0)
    return tuple(script for script, total in zip(found, before, strict=False) if total < MAX_TOTAL)


def _string_at(script: str, position: int) -> str:
    try:
        value = _DECODER.raw_decode(script, position)[0]
    except (ValueError, RecursionError):
        return ""
    return value if isinstance(value, str) else ""


def state_text(script: str) -> str:
    """The text of the page that a script's state holds: HTML if any of it is (see `looks_like_markup`), else paragraphs
    parted by blank lines; empty if there is no text of some length.

    script: a payload of `find_state` or any script's text. Never raises.

    >>> story = "The river rose all night, and by the morning the lower fields stood under water. " * 3
    >>> state_text('window.S = {"menu": ["Home"], "post": {"id": 7, "text": "' + story + '"}};') == story.strip()
    True
    """
    tree = _Tree()
    for value in _values(script[:MAX_STATE]):
        tree.add(value)
    texts = _distinct(tree.main_prose())
    full = sum(units for units in map(prose_units, texts) if units >= FULL_UNITS)
    return joined(map(body, texts)) if full >= MIN_TEXT_UNITS else ""


def _values(script: str) -> Iterator[Any]:
    """The values of a payload: rows, plain JSON, or what is assigned to names."""
    if _ROW.match(script[:32].encode("utf-8", "replace")):
        yield list(_rows(script.encode("utf-8", "replace")))
    elif _OPENS_JSON.match(script):
        yield from read_values(script, MAX_STATE)
    else:
        yield from _assigned(script)


def _assigned(script: str) -> Iterator[Any]:
    position = 0
    for _ in range(MAX_ASSIGNMENTS):
        match = _ASSIGNMENT.search(script, position)
        if not match:
            return
        position = match.end()
        try:
            value, position = _DECODER.raw_decode(script, position)
        except (ValueError, RecursionError):
            continue
        yield from read_values(value, MAX_STATE) if isinstance(value, str) else (value,)


def _rows(payload: bytes) -> Iterator[Any]:
    """The values of React's server-component rows: ``id:JSON`` to the line's end, or ``id:Tsize,text`` (hex, bytes)."""
    position = 0
    for _ in range(MAX_ROWS):
        if position >= len(payload):
            return
        match = _ROW.match(payload, position)
        if match and match["size"]:
            end = match.end() + int(match["size"], 16)
            yield payload[match.end() : end].decode("utf-8", "replace")
            position = end
            continue
        end = payload.find(b"\n", position)
        end = len(payload) if end < 0 else end
        if match and match["json"]:
            yield from read_values(payload[match.start("json") : end].decode("utf-8", "replace"), MAX_STATE)
        position = end + 1


@dataclass(slots=True)
class _Tree:
    """The containers and prose strings of a state in document order, as columns: parent, words, and the string."""

    parent: list[int] = field(default_factory=list)
    units: list[float] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)

    def _append(self, parent: int, units: float = 0.0, prose: str = "") -> int:
        self.parent.append(parent)
        self.units.append(units)
        self.prose.append(prose)
        return len(self.parent) - 1

    def add(self, value: Any) -> None:
        """Adds one value below the root; depth and nodes are capped."""
        root = self._append(-1) if not self.parent else 0
        stack: list[tuple[Any, int, int]] = [(value, root, 0)]
        while stack and len(self.parent) < MAX_STATE_NODES:
            value, parent, depth = stack.pop()
            if isinstance(value, str) and depth < MAX_DEPTH and len(value) >= MIN_NESTED and _OPENS_JSON.match(value):
                value = list(read_values(value))
            if isinstance(value, list) and len(value) > 3 and value[0] == "$" and isinstance(value[1], str):
                value = _element(value[1], value[3])
            if isinstance(value, str):
                units = prose_units(value)
                if units:
                    self._append(parent, units, value)
            elif isinstance(value, dict | list) and depth < MAX_DEPTH:
                children = list(value.values()) if isinstance(value, dict) else value
                node = self._append(parent)
                stack.extend((child, node, depth + 1) for child in reversed(children) if isinstance(child, _KINDS))

    def main_prose(self) -> list[str]:
        """The prose of the smallest subtree that is reached by always taking the child with most of the prose."""
        count = len(self.parent)
        total, size = list(self.units), [1] * count
        best = [-1] * count
        for node in range(count - 1, 0, -1):
            parent = self.parent[node]
            total[parent] += total[node]
            size[parent] += size[node]
            if best[parent] < 0 or total[node] >= total[best[parent]]:
                best[parent] = node
        node = 0
        while count and best[node] >= 0 and total[best[node]] >= MAIN_SHARE * total[node]:
            node = best[node]
        return [text for text in self.prose[node : node + size[node]] if text] if count else []


_KINDS = (str, list, dict)


def _element(tag: str, props: Any) -> Any:
    """A React element as a value: a text block as the HTML of its text, anything else as its properties."""
    if tag not in _BLOCK_TAGS or not isinstance(props, dict):
        return props
    texts: list[str] = []
    stack = [props.get("children")]
    while stack:
        value = stack.pop()
        if isinstance(value, str) and not value.startswith("$"):
            texts.append(value)
        elif isinstance(value, list) and len(value) > 3 and value[0] == "$":
            stack.append(value[3].get("children") if isinstance(value[3], dict) else None)
        elif isinstance(value, list):
            stack.extend(reversed(value))
    return f"<{tag}>{html.escape(''.join(texts), quote=False)}</{tag}>"


def prose_units(text: str) -> float:
    """How many words of prose a string holds, by its shape alone; 0 if it is an identifier, an address, code or short.

    >>> prose_units("/img/a.png"), prose_units("The river rose all night and stood in the fields") > 1
    (0.0, True)
    """
    if len(text) < MIN_PROSE or (text.isascii() and " " not in text):
        return 0.0
    sample = _TAG.sub(" ", text[:SAMPLE])
    if "&" in sample:
        sample = html.unescape(sample)
    words = len(_WORD.findall(sample))
    if not words:
        return 0.0
    letters = len(_LETTER.findall(sample))
    shown = len("".join(sample.split()))
    if letters < 0.75 * shown or len(_CODE.findall(sample)) * 25 > shown:
        return 0.0
    spaceless = 2 * len(_SPACELESS.findall(sample)) > letters
    if not spaceless and not 2 <= letters / words <= 15:
        return 0.0
    units = (letters / 2 if spaceless else words) * len(text) / min(len(text), SAMPLE)
    if units < MIN_UNITS:
        return 0.0
    return units if units >= FULL_UNITS else units * SHORT_WEIGHT


def _distinct(texts: Sequence[str]) -> list[str]:
    """The texts in order; of those that begin alike (an excerpt, a second form) only the longest."""
    chosen: dict[str, str] = {}
    for text in texts:
        start = "".join(_WORD.findall(_TAG.sub(" ", text[:SAMPLE])))[:40].casefold()
        if len(text) > len(chosen.get(start, "")):
            chosen[start] = text
    return list(chosen.values())
