"""Quirks mode: the one thing in a document type that changes how a page is parsed."""

from __future__ import annotations

from cleanbody.patterns import pattern

# Public identifiers, vendor and rest, that put a page into quirks mode (HTML standard, 13.2.6.4.1).
_QUIRKS = {
    b"+//silmaril//dtd html ": b"pro v0r11 19970101",
    b"-//as//dtd html ": b"3.0 aswedit + extensions",
    b"-//advasoft ltd//dtd html ": b"3.0 aswedit + extensions",
    b"-//ietf//dtd html": (
        b"| 2.0 level 1| 2.0 level 2| 2.0 strict level 1| 2.0 strict level 2| 2.0 strict| 2.0| 2.1e| 3.0| 3.2 final"
        b"| 3.2| 3| level 0| level 1| level 2| level 3| strict level 0| strict level 1| strict level 2"
        b"| strict level 3| strict"
    ),
    b"-//metrius//dtd metrius ": b"presentational",
    b"-//microsoft//dtd internet explorer ": b"2.0 html strict|2.0 html|2.0 tables|3.0 html strict|3.0 html|3.0 tables",
    b"-//netscape comm. corp.//dtd ": b"html|strict html",
    b"-//o'reilly and associates//dtd html ": b"2.0|extended 1.0|extended relaxed 1.0",
    b"-//sq//dtd html ": b"2.0 hotmetal + extensions",
    b"-//softquad software//dtd hotmetal pro ": b"6.0::19990601::extensions to html 4.0",
    b"-//softquad//dtd hotmetal pro ": b"4.0::19971010::extensions to html 4.0",
    b"-//spyglass//dtd html ": b"2.0 extended",
    b"-//sun microsystems corp.//dtd hotjava ": b"html|strict html",
    b"-//w3c//dtd html ": (
        b"3 1995-03-24|3.2 draft|3.2 final|3.2|3.2s draft|4.0 frameset|4.0 transitional|experimental 19960712"
        b"|experimental 970421"
    ),
    b"-//w3c//dtd w3 ": b"html",
    b"-//w3o//dtd w3 html ": b"3.0",
    b"-//webtechs//dtd mozilla ": b"html 2.0|html",
}
_PREFIXES = tuple(vendor + rest + b"//" for vendor, rests in _QUIRKS.items() for rest in rests.split(b"|"))
_EXACT = (b"-//w3o//dtd w3 html strict 3.0//en//", b"-/w3c/dtd html 4.0 transitional/en", b"html")
_QUIRKS_WITHOUT_SYSTEM = (b"-//w3c//dtd html 4.01 frameset//", b"-//w3c//dtd html 4.01 transitional//")
_SYSTEM = b"http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd"

_PARTS = pattern(
    rb"""\s*html(?:\s*\Z|\s+(?:public\s*(?P<public>"[^"]*"|'[^']*')\s*|system\s*(?=["']))"""
    rb"""(?:\Z|(?P<system>"[^"]*"|'[^']*')))"""
)


def is_quirky(doctype: bytes | None) -> bool:
    """Tell whether a page with this document type is parsed in quirks mode, where a table does not close a paragraph.

    doctype: what stands between ``<!doctype`` and ``>``, or None where the page has none.
    Source: HTML standard, 13.2.6.4.1 (the "initial" insertion mode).

    >>> is_quirky(b" html"), is_quirky(None), is_quirky(b' HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN"')
    (False, True, True)
    """
    parts = _PARTS.match(doctype.lower()) if doctype is not None else None
    if not parts:
        return True
    public = (parts["public"] or b"")[1:-1]
    if parts["system"] is None and public.startswith(_QUIRKS_WITHOUT_SYSTEM):
        return True
    return public in _EXACT or public.startswith(_PREFIXES) or (parts["system"] or b"")[1:-1] == _SYSTEM
