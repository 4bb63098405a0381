"""The tokeniser's grammar (HTML standard, 13.2.5) as regular expressions, and look-ahead that stays linear."""

from __future__ import annotations

import html
import re

from cleanbody.patterns import pattern

# An attribute, its name and value in groups or not. A quote that opens a value and is never closed matches nowhere, so
# that the tag does not either.
_ATTRIBUTE = (
    rb"[\t\n\f\r /]*+%s[^\t\n\f\r />][^\t\n\f\r />=]*+%s(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+"
    rb"""%s(?:"[^"]*+"|'[^']*+'|[^\t\n\f\r "'>][^\t\n\f\r >]*+|(?=>|\Z))%s|(?![\t\n\f\r ]*+=))"""
)
ATTRIBUTE = pattern(_ATTRIBUTE % (b"(", b")", b"(", b")"))

BARE_ATTRIBUTE = _ATTRIBUTE % (b"", b"", b"", b"")

# Groups: 1 the name of a complete tag, with the slash of an end tag; 2 its attributes; 3 what is left before ">".
# 4: the first byte of a comment, a declaration, or a tag that never ends. Possessive, so that a tag is read once.
TOKEN = pattern(rb"<(?:(/?[a-zA-Z][^\t\n\f\r />]*+)((?>%s)*+)([\t\n\f\r /]*+)>|([a-zA-Z!?/]))" % BARE_ATTRIBUTE)
_COMPLETE = rb"(?=[\t\n\f\r />])(?>%s)*+[\t\n\f\r /]*+>" % BARE_ATTRIBUTE
_LENIENT_TAG = pattern(rb"<(/?[a-zA-Z][^\t\n\f\r /<>]*+)[^<>]*+>?")


def attributes(tag: bytes) -> dict[bytes, bytes]:
    """The attributes of a start tag as the parser sees them: lower-case names, decoded values, the first of each name.

    tag: the bytes between the element's name and ``>``.

    >>> attributes(b" A=1 b='x &amp; y' a=2 c")
    {b'a': b'1', b'b': b'x & y', b'c': b''}
    """
    found: dict[bytes, bytes] = {}
    for name, value in ATTRIBUTE.findall(tag):
        if value[:1] in (b'"', b"'"):
            value = value[1:-1]
        if b"&" in value:
            value = html.unescape(value.decode("utf-8", "replace")).encode("utf-8", "surrogatepass")
        found.setdefault(name.lower(), value)
    return found


def strip_attributes(data: bytes) -> bytes:
    """Every tag without its attributes, ended where the next ``<`` or ``>`` stands, quoted or not.

    >>> strip_attributes(b'<a href="x>y <b class=z')
    b'<a>y <b>'
    """
    return _LENIENT_TAG.sub(rb"<\1>", data)


def tag_runs(inline: frozenset[bytes], opaque: frozenset[bytes]) -> re.Pattern[bytes]:
    """A pattern for stretches of tags: group 1 inline tags alone, 2 a start tag of raw text, 3 other tags, 4 the rest.

    inline: element names of group 1.  opaque: element names of group 2.
    """
    inline_names, opaque_names = b"|".join(sorted(inline)), b"|".join(sorted(opaque))
    return re.compile(
        rb"((?></?(?:%s)%s)++)|<(%s)%s"
        rb"|((?><(?!(?:%s)[\t\n\f\r />])/?[a-zA-Z][^\t\n\f\r />]*+%s[\t\n\f\r ]*+)++)|<([a-zA-Z!?/])"
        % (inline_names, _COMPLETE, opaque_names, _COMPLETE, opaque_names, _COMPLETE),
        re.IGNORECASE,
    )


class Ahead:
    """Where a pattern matches next. Asked for growing positions, it reads the data once."""

    def __init__(self, pattern: bytes, data: bytes) -> None:
        self._search = re.compile(pattern, re.IGNORECASE).search
        self._data = data
        self._found = -2  # the last answer; it holds for every position up to itself

    def __call__(self, position: int) -> int:
        """The first match at or after `position`, or -1."""
        if self._found != -1 and self._found < position:
            match = self._search(self._data, position)
            self._found = match.start() if match else -1
        return self._found
