"""A proof that a page needs nothing done, at a fraction of the cost of doing it.

Nearly every page is well-formed enough for a crude argument: tags are read by one regular expression, and an element is
taken off a stack only by its own end tag while it stands on top. Whatever else happens leaves the stack too high, never
too low, so what stays below the cap here does so in the parser. A page that this cannot vouch for gets the full pass,
which decides alone what is done; tests hold that what is harmless here comes out of the full pass as it went in.
"""

from __future__ import annotations

import re
import sys
from functools import cache

from cleanbody.scan.elements import FORMATTING, NO_STACK, VOID_INLINE, names
from cleanbody.scan.rawtext import FALLBACK
from cleanbody.scan.tokens import BARE_ATTRIBUTE

_END = b"end"
_LOOKED_THROUGH = 100  # a stack higher than that is not searched, so that time stays linear
_REFUSED = names("frame frameset noembed noframes plaintext xmp")  # for the full pass
_EMPTY = (VOID_INLINE | NO_STACK | names("col hr")) - names("iframe noembed noframes script style textarea title")
# Elements of pictures without content. Where the parser sees no picture they stay open, but bar no end tag.
_SHAPES = names("animate circle ellipse line path polygon polyline rect stop use")
_REPLACED = names("dd dt li p")  # one of them ends another of its name, even in a picture
_REPLACED_IN_HTML = names("option td th tr")
_FORMATTING_ENDS = frozenset(b"/" + name for name in FORMATTING)
_COMMON = {
    name: b"/" + name
    for name in names(
        "a abbr article aside b blockquote button center cite code div dl em fieldset figcaption figure font footer "
        "form g h1 h2 h3 h4 h5 h6 header i iframe label main nav noscript object ol pre s script section select small "
        "span strong style sub sup tbody textarea thead time title tt u ul"
    )
}


def _any_case(words: str) -> bytes:
    """Names in any case, up to their end. Spelt out: a flag would slow down the search for every other byte."""
    spelt = ["".join(f"[{letter}{letter.upper()}]" for letter in word) for word in words.split()]
    return "(?:{})(?=[\t\n\f\r />])".format("|".join(spelt)).encode()


@cache
def _tags(max_attributes: int | None) -> re.Pattern[bytes]:
    """Every tag, with the comments before it. Group 1: its name, with the slash of an end tag.

    Raw text without "<" is two tags with text between them. Raw text with "<" is one match, to the end of its end tag,
    and the group is empty. Whatever is unusual takes the rest of the page along.
    """
    many = b"*+" if max_attributes is None else b"{0,%d}+" % max_attributes
    attributes = rb"(?:%s)%s[\t\n\f\r ]*+" % (BARE_ATTRIBUTE, many)
    script, iframe = _any_case("script"), _any_case("iframe")
    raw = [script, iframe, *map(_any_case, ("style", "textarea", "title"))]
    inner = dict.fromkeys(raw, rb"(?:[^<]++|<(?!/?[a-zA-Z]))*+")  # no tag
    inner[iframe] = rb"(?:[^<]++|<(?!/?%s))*+" % _any_case(f"iframe {FALLBACK.decode()}")
    inner[script] = (  # neither what _MARKUP_NEXT sees nor a comment, or else no other script
        rb"(?:(?![\t\n\f\r ]*+</?[a-zA-Z])(?:[^<]++|<(?!/%s|!--))*+(?=</)|(?:[^<]++|<(?!/?%s))*+)" % (script, script)
    )
    parts = {
        b"text": rb"[^<]*+(?:<(?![a-zA-Z/!?])[^<]*+)*+",
        b"comment": rb"!--(?!-?>)(?:[^-<]++|<(?!!--[^>])|-(?!-!?>))*+-->",
        b"other": rb"(?:!(?!--|\[CDATA\[)|\?|/(?![a-zA-Z]))[^>]*+>",
        b"raw": b"|".join(raw),
        b"bare": b"|".join(rb"%s%s/?+>[^<]*+</%s" % (name, attributes, name) for name in raw),
        b"full": b"|".join(
            rb"%s%s/?+>%s</%s%s/?+>" % (name, attributes, inner[name], name, attributes) for name in raw
        ),
        b"attributes": attributes,
    }
    return re.compile(
        rb"<(?:(?:%(comment)s|%(other)s)%(text)s<)*+(?:"
        rb"(?:(?=[^iIsStT])|(?!%(raw)s)|(?=%(bare)s))(/?+[a-zA-Z][^\t\n\f\r />]*+)%(attributes)s/?+>"
        rb"|%(full)s|(?=[a-zA-Z/!?])[\x00-\xff]*+)" % parts
    )


def is_harmless(
    data: bytes, max_depth: int | None = None, max_tags: int | None = None, max_attributes: int | None = None
) -> bool:
    """Tell whether a page is certainly within the limits and without raw text that would swallow any of it.

    data: UTF-8.  The limits: see :class:`cleanbody.scan.Limits`. False means "not certain".

    >>> is_harmless(b"<p>It rained."), is_harmless(b"<title>It rained.")
    (True, False)
    """
    most_tags = sys.maxsize if max_tags is None else max_tags
    roof = sys.maxsize if max_depth is None else max_depth
    tags = data.count(b"<")
    if tags > most_tags or b"\x00" in data:
        return False
    found: list[bytes] = _tags(max_attributes).findall(data + b"<end>")
    if found.pop() != _END:
        return False
    height, reopened = _height(found, roof)
    return height <= roof and tags + reopened <= most_tags


def _height(found: list[bytes], roof: int) -> tuple[int, int]:
    """Bounds on how many elements are open at once, and on how many formatting elements the parser opens again.

    found: names of tags in order, with the slash of end tags; "" for raw text with "<" in it.
    roof: where it does not matter any more how high.
    """
    stack = [b"!"]
    height = formatting = most_formatting = shapes = tables = 0
    pictures = False
    for name in found:
        if name == stack[-1]:
            stack.pop()
            formatting -= name in _FORMATTING_ENDS
            continue
        end = _COMMON.get(name)
        if end is None:
            name = name.lower()
            end = b"/" + name
            inside = pictures and (len(stack) > _LOOKED_THROUGH or b"/svg" in stack or b"/math" in stack)
            if name == stack[-1]:
                stack.pop()
                formatting -= name in _FORMATTING_ENDS
                continue
            if name in _REFUSED or (inside and not name):
                return sys.maxsize, 0
            if name in _SHAPES or (inside and name in _EMPTY):
                shapes += 1  # open, perhaps, but out of the way of every end tag
                continue
            if name[:1] in b"/" or name in _EMPTY:
                continue
            if end == stack[-1] and (name in _REPLACED or (name in _REPLACED_IN_HTML and not inside)):
                continue
            pictures = pictures or name in (b"svg", b"math")
            if name == b"table":
                tables = max(tables, 1 + (stack.count(end) if len(stack) <= _LOOKED_THROUGH else tables))
        stack.append(end)
        if end in _FORMATTING_ENDS:
            formatting += 1
            if formatting > most_formatting:
                most_formatting = formatting
        if len(stack) > height:
            height = len(stack)
            if height > roof:
                break
    # A closed form may still stand around a shape that is open; a table brings its own section and row. What is a
    # formatting element and open here may be opened again at every tag.
    return height + 2 * shapes + 2 * tables, most_formatting * len(found)
