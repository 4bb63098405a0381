"""JSON out of scripts, however damaged: strict first (C code, right for most pages), lenient where that fails.

Pages write JSON by hand and by template, so damage is common: trailing or missing commas, raw line ends and quotes
inside strings, a script cut off in the middle. All of it is capped in size and depth, linear, and never raises.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from cleanbody.compiled import core
from cleanbody.patterns import pattern
from cleanbody.unseen import seen

MAX_SCRIPT = 2_000_000  # characters read of one script
MAX_VALUES = 64  # top-level values in one script
MAX_DEPTH = 64
MAX_TOKENS = 400_000  # of damaged JSON, which is read in Python
MAX_PLAIN = 2_000  # characters of a value that is a line of text
MAX_BODY = 1_000_000  # characters of a value that is a whole text

_DECODER = json.JSONDecoder(strict=False, parse_int=str, parse_float=str, parse_constant=str)
_OPENING = pattern(r"[{\[]")
_BETWEEN = pattern(r"[\s,;]*+(?=[{\[])")
# A quote ends a string only where JSON can go on after it: authors forget to escape the quotes of their prose.
_TOKEN = pattern(
    r"""
    "(?P<string>(?>[^"\\]++|\\.|"(?!\s*+(?:[:}\]]|\Z|,\s*+(?:["{}\[\]\d-]|true|false|null))|[^\S\n]*+\n\s*+"))*+)(?:"|\\?\Z)
    | (?P<mark>[{}\[\],:])
    | (?P<bare>[^\s"{}\[\],:]++)
    """,
    re.X | re.S,
)
_ESCAPE = pattern(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.S)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": " ", "f": " "}
_CONSTANTS = {"true": True, "false": False, "null": None}
_SURROGATE = pattern(r"[\ud800-\udfff]")
_TAG = pattern(r"</?[a-zA-Z][^<>]*+>")
_ENTITY = pattern(r"&#?\w{1,31};")
_CONTROL = pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def looks_like_markup(text: str) -> bool:
    """Whether a text holds HTML tags.

    >>> looks_like_markup("<p>One</p>"), looks_like_markup("if a < b")
    (True, False)
    """
    return _TAG.search(text) is not None


def read_values(script: str, limit: int = MAX_SCRIPT) -> tuple[Any, ...]:
    """Every JSON value of a script, read strictly where possible and leniently elsewhere.

    script: the script's text, any length (the first `limit` characters count). Numbers come back as strings.
    Never raises; what stands before damage is kept.

    >>> read_values('<!-- {"a": "x", "b": [1, 2,],} {"c": "cut o')
    ({'a': 'x', 'b': ['1', '2']}, {'c': 'cut o'})
    """
    text = script[:limit]
    if "&quot;" in text and '"' not in text:
        text = html.unescape(text)
    wrapper = text.find("<![CDATA[", 0, 200)
    opening = _OPENING.search(text, wrapper + 9 if wrapper >= 0 else 0)
    values: list[Any] = []
    position = opening.start() if opening else -1
    while position >= 0 and len(values) < MAX_VALUES:
        try:
            value, end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            value, end = _read_damaged(text, position)
        values.append(value)
        between = _BETWEEN.match(text, end)
        position = between.end() if between else -1
    return tuple(values)


def _read_damaged(text: str, start: int) -> tuple[Any, int]:
    """The value that opens at `start`, however broken, and where it ends; one pass, no recursion."""
    stack: list[dict[str, Any] | list[Any]] = []
    root: dict[str, Any] | list[Any] | None = None
    key: str | None = None
    for token in islice(_TOKEN.finditer(text, start), MAX_TOKENS):
        mark = token["mark"]
        if mark == "," or mark == ":":
            key = None if mark == "," else key
        elif mark == "}" or mark == "]":
            wanted = dict if mark == "}" else list
            if len(stack) > 1 and not isinstance(stack[-1], wanted) and isinstance(stack[-2], wanted):
                stack.pop()  # one closing mark was forgotten
            if isinstance(stack[-1], wanted):
                stack.pop()
                key = None
                if not stack:
                    return root, token.end()
        else:
            value: Any = {} if mark == "{" else [] if mark == "[" else _scalar(token)
            if not stack:
                root = value
            else:
                top = stack[-1]
                if isinstance(top, list):
                    top.append(value)
                elif key is None and mark is None:
                    key = str(value)
                    continue
                else:
                    top[key or ""] = value
                    key = None
            if mark is not None:
                if len(stack) >= MAX_DEPTH:
                    break
                stack.append(value)
    return root, len(text)


def _scalar(token: re.Match[str]) -> str | bool | None:
    string = token["string"]
    if string is None:
        bare = token["bare"]
        return _CONSTANTS.get(bare, bare)
    return _unescape(string) if "\\" in string else string


def _unescape(string: str) -> str:
    text = _ESCAPE.sub(lambda m: chr(int(m[1], 16)) if m[1] else _ESCAPED.get(m[2], m[2]), string)
    if _SURROGATE.search(text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def local_name(name: str) -> str:
    """The name without its vocabulary, lower case.

    >>> local_name("https://schema.org/NewsArticle"), local_name("schema:Product"), local_name("@type")
    ('newsarticle', 'product', '@type')
    """
    if ":" not in name and "/" not in name and "#" not in name:
        return name[-MAX_PLAIN:].strip().lower()
    return name[-MAX_PLAIN:].replace("/", ":").replace("#", ":").rstrip(":").rpartition(":")[2].strip().lower()


def plain(value: object) -> str:
    """A value as one line of text: entities resolved, tags and what nobody sees gone, white space tidied.

    >>> plain("Tom &amp;amp; <b>Jerry</b>\\n\\u0000 again"), plain({"@value": "x"}), plain(None)
    ('Tom & Jerry again', 'x', '')
    """
    if core is not None and core.is_plain(value, MAX_PLAIN):
        return value
    if isinstance(value, Mapping):
        value = value.get("@value", "")
    if not isinstance(value, str):
        return ""
    text = value[:MAX_PLAIN]
    for _ in range(2):  # many systems escape twice
        if "&" not in text or not _ENTITY.search(text):
            break
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text)
    if not text.isprintable():
        text = seen(_SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text)))
    return " ".join(text.split())


def body(value: object) -> str:
    """A value that is a whole text: HTML as it is (unescaped if it came escaped), else text with its line ends."""
    if not isinstance(value, str):
        return ""
    text = value[:MAX_BODY]
    if not looks_like_markup(text) and _ENTITY.search(text):
        text = html.unescape(text)
    return seen(_SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text))).replace("\r\n", "\n").replace("\r", "\n").strip()


def joined(texts: Iterable[str]) -> str:
    """Whole texts as one: HTML if any of them is, the others as its paragraphs; else parted by blank lines.

    >>> joined(["a < b", "", "<p>c</p>"]), joined(["a", "b"])
    ('<p>a &lt; b</p>\\n<p>c</p>', 'a\\n\\nb')
    """
    whole = [text for text in texts if text]
    if not any(map(looks_like_markup, whole)):
        return "\n\n".join(whole)
    return "\n".join(text if looks_like_markup(text) else _paragraphs(text) for text in whole)


def _paragraphs(text: str) -> str:
    return "\n".join(f"<p>{html.escape(line, quote=False)}</p>" for line in text.split("\n") if line.strip())
