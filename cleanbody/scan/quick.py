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

from cleanbody.compiled import core
from cleanbody.scan.elements import FORMATTING, NO_STACK, VOID_INLINE, names
from cleanbody.scan.rawtext import FALLBACK
from cleanbody.scan.tokens import BARE_ATTRIBUTE

_END = b"end\0"  # no page that is looked at has a NUL
_LOOKED_THROUGH = 100  # a stack higher than that is not searched, so that time stays linear
_REFUSED = names("frame frameset noembed noframes plaintext xmp")  # for the full pass
_EMPTY = (VOID_INLINE | NO_STACK | names("col hr")) - names("iframe noembed noframes script style textarea title")
# Elements of pictures that are often empty. Where the parser sees no picture they stay open, but bar no end tag.
_SHAPES = names(
    "animate animatemotion animatetransform circle defs ellipse feblend fecolormatrix fecomposite fedropshadow feflood "
    "fefunca fefuncb fefuncg fefuncr fegaussianblur femergenode femorphology feoffset feturbulence line lineargradient "
    "path polygon polyline radialgradient rect set stop use"
)
_PICTURES = names("math svg")
# One of them ends another of its name that is on top; in a picture or formula, only those that break out of it.
_REPLACED_ENDS = names("/dd /dt /li /option /p /td /th /tr")
_REPLACED_IN_PICTURES = names("/dd /dt /li /p")
# Raw text that holds none of these tags, nor its own, is where it belongs; see `rawtext`.
_SIGNS = {
    "iframe": FALLBACK.decode(),
    "style": "",
    "textarea": "body form html",
    "title": "body head link meta script style",
}
_FORMATTING_ENDS = frozenset(b"/" + name for name in FORMATTING)
_COMMON = {
    name: b"/" + name
    for name in names(
        "a abbr article aside b blockquote button center cite code dd div dl dt em fieldset figcaption figure font "
        "footer g h1 h2 h3 h4 h5 h6 header i iframe label li main nav noscript object ol option p pre s script section "
        "select small span strong style sub sup tbody td textarea th thead time title tr tt u ul"
    )
}
_COMMON |= dict.fromkeys(names("br embed hr img meta"), b"")  # nothing is open after them, anywhere


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
    attributes = rb"(?>%s)%s[\t\n\f\r ]*+" % (BARE_ATTRIBUTE, many)
    script = _any_case("script")
    inner = {
        _any_case(name): rb"(?>[^<]++|<(?!/?%s))*+" % _any_case(f"{name} {signs}") for name, signs in _SIGNS.items()
    }
    inner[script] = (  # neither markup first nor a comment; or else no other script
        rb"(?:(?![\t\n\f\r ]*+</?[a-zA-Z])(?>[^<]++|<(?!/%s|!--))*+(?=</)|(?>[^<]++|<(?!/?%s))*+)" % (script, script)
    )
    parts = {
        b"text": rb"[^<]*+(?><(?![a-zA-Z/!?])[^<]*+)*+",
        b"comment": rb"!--(?!-?>)(?>[^-<]++|<(?!!--[^>])|-(?!-!?>))*+-->",
        b"other": rb"(?:!(?!--|\[CDATA\[)|\?|/(?![a-zA-Z]))[^>]*+>",
        b"raw": b"|".join(inner),
        b"bare": b"|".join(rb"%s%s/?+>[^<]*+</%s" % (raw, attributes, raw) for raw in inner),
        b"full": b"|".join(rb"%s%s/?+>%s</%s%s/?+>" % (raw, attributes, inner[raw], raw, attributes) for raw in inner),
        b"attributes": attributes,
    }
    return re.compile(
        rb"<(?>(?:%(comment)s|%(other)s)%(text)s<)*+(?:"
        rb"(?:(?=[^iIsStT])|(?!%(raw)s)|(?=%(bare)s))(/?+[a-zA-Z][^\t\n\f\r />]*+)%(attributes)s/?+>"
        rb"|%(full)s|(?=[a-zA-Z/!?])[\x00-\xff]*+)" % parts
    )


def _facts() -> dict[bytes, int]:
    """What the compiled core must know of each name, in bits; ``native/scan.c`` names them."""
    raw = ("script", *_SIGNS)
    groups = (
        (names(" ".join(name.decode() for name in _COMMON)), 1),
        (frozenset(name for name, end in _COMMON.items() if not end), 2),
        (_SHAPES, 4),
        (_EMPTY, 8),
        (_PICTURES, 16),
        (_REFUSED, 32),
        (FORMATTING, 64),
        (frozenset(name[1:] for name in _REPLACED_ENDS), 128),
        (frozenset(name[1:] for name in _REPLACED_IN_PICTURES), 256),
        (names("form"), 512),
        (names("table"), 1024),
        (names(" ".join(raw)), 2048),
        (names("script"), 4096),
        *((names(name), number << 13) for number, name in enumerate(raw)),
        *((names(_SIGNS.get(name, "")), 1 << 16 + number) for number, name in enumerate(raw)),
    )
    facts: dict[bytes, int] = {}
    for group, bits in groups:
        for name in group:
            facts[name] = facts.get(name, 0) | bits
    return facts


_TABLE = core.tags(_facts()) if core is not None else None


def is_harmless(
    data: bytes, max_depth: int | None = None, max_tags: int | None = None, max_attributes: int | None = None
) -> bool:
    """Tell whether a page is certainly within the limits and without raw text that would swallow any of it.

    data: UTF-8.  The limits: see :class:`cleanbody.scan.Limits`. False means "not certain".

    >>> is_harmless(b"<p>It rained."), is_harmless(b"<title>It rained.")
    (True, False)
    """
    if core is not None:
        return core.is_harmless(data, max_depth, max_tags, max_attributes, _TABLE)
    return find_harmless(data, max_depth, max_tags, max_attributes)


def find_harmless(data: bytes, max_depth: int | None, max_tags: int | None, max_attributes: int | None) -> bool:
    """What :func:`is_harmless` does where nothing is compiled: its specification."""
    most_tags = sys.maxsize if max_tags is None else max_tags
    roof = sys.maxsize if max_depth is None else max_depth
    tags = data.count(b"<")
    if tags > most_tags or b"\x00" in data:
        return False
    found: list[bytes] = _tags(max_attributes).findall(data + b"<%s>" % _END)
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
    height = formatting = most_formatting = shapes = brief = forms = tables = 0
    replaced = _REPLACED_ENDS
    for place, name in enumerate(found):
        top = stack[-1]
        end = _COMMON.get(name)
        if name == top or (end is None and (name := name.lower()) == top):
            stack.pop()
            formatting -= top in _FORMATTING_ENDS
            continue
        if end is None:
            end = b"/" + name
            inside = replaced is not _REPLACED_ENDS and (
                len(stack) > _LOOKED_THROUGH or b"/svg" in stack or b"/math" in stack
            )
            if name in _REFUSED or (inside and not name):
                return sys.maxsize + 1, 0
            if name in _SHAPES or (inside and name in _EMPTY):
                # It stays open, perhaps, unless it ends at once; but out of the way of every end tag.
                if found[place + 1 : place + 2] == [end]:
                    brief = 1
                else:
                    shapes += 1
                continue
            if name[:1] in b"/" or name in _EMPTY:
                continue
            if name in _PICTURES:
                replaced = _REPLACED_IN_PICTURES
            forms += name == b"form"
            if name == b"table":
                tables = max(tables, 1 + (stack.count(end) if len(stack) <= _LOOKED_THROUGH else tables))
        if not end or (end == top and end in replaced):
            continue
        stack.append(end)
        if end in _FORMATTING_ENDS:
            formatting += 1
            if formatting > most_formatting:
                most_formatting = formatting
        if len(stack) > height:
            height = len(stack)
            if height > roof:
                break
    # A closed form may still stand around a shape that is open. A table brings its own section and row. What is a
    # formatting element and open here may be opened again at every tag.
    return height + brief + shapes + min(shapes, forms) + 2 * tables, most_formatting * len(found)
