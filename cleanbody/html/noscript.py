"""A <noscript> in the head of a page keeps what stands in it.

The HTML standard (13.2.6.4.5) lets it hold nothing but styles and links there: at anything else the parser leaves the
<noscript> and the head, and the notice would stand on the page as if it were its text.
"""

from __future__ import annotations

import re
from typing import Final

from cleanbody.compiled import core
from cleanbody.scan.tokens import TOKEN

_RAW: Final = frozenset({b"script", b"style", b"title"})
_OF_HEAD: Final = frozenset({b"html", b"head", b"meta", b"link", b"base", b"basefont", b"bgsound"})
_MAY_HOLD: Final = re.compile(
    rb"[\t\n\f\r ]++|<!--.*?-->|<(style|noframes)\b.*?</\1[^>]*+>|</?(?:link|meta|basefont|bgsound)\b[^<>]*+>",
    re.IGNORECASE | re.DOTALL,
)


def open_body(data: bytes) -> bytes:
    """The page with its body opened before a <noscript> of the head that would lose what it holds.

    Args:
        data: UTF-8 bytes of a page after `scan`.

    >>> open_body(b"<title>Rain</title><noscript>Turn scripts on</noscript><p>It rained")
    b'<title>Rain</title><body><noscript>Turn scripts on</noscript><p>It rained'
    >>> open_body(b"<noscript><link href=x></noscript>")
    b'<noscript><link href=x></noscript>'
    """
    at = core.losing_noscript(data) if core is not None else losing(data)
    return data if at < 0 else data[:at] + b"<body>" + data[at:]


def losing(data: bytes) -> int:
    """Where a <noscript> of the head stands that holds what it may not, or -1; the core's specification."""
    first = min((at for at in (data.find(b"<noscript"), data.find(b"<NOSCRIPT")) if at >= 0), default=-1)
    if first < 0 or data.find(b"<body", 0, first) >= 0 or data.find(b"</head>", 0, first) >= 0:
        return -1  # most pages; one that writes such a tag into a script of its head loses no more than its notice
    return _losing(data)


def _losing(data: bytes) -> int:
    """Where the first <noscript> of the head stands that holds what it may not, or -1."""
    lower = data.lower()
    position = 0
    while match := TOKEN.search(data, position):
        position = match.end()
        if not match[1]:
            ends = b"-->" if data.startswith(b"<!--", match.start()) else b">"
        elif (name := match[1].lower()) in _RAW:
            ends = b"</" + name
        elif name == b"noscript":
            end = lower.find(b"</noscript", position)
            if end < 0 or _holds_more(data[position:end]):
                return match.start()
            position = end + len(b"</noscript")
            continue
        elif name in _OF_HEAD or (name.startswith(b"/") and name not in (b"/head", b"/body", b"/html")):
            continue
        else:
            return -1
        end = lower.find(ends, position)
        if end < 0:
            return -1
        position = end + len(ends) - (not match[1])
    return -1


def _holds_more(inside: bytes) -> bool:
    position = 0
    while match := _MAY_HOLD.match(inside, position):
        position = match.end()
    return position < len(inside)
