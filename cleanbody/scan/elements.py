"""Element names by what the HTML standard's tree construction does with them (13.2.4.2, 13.2.6.4.7, 13.2.6.5).

SVG and MathML elements carry ``s/`` or ``m/`` before their lower-case names.
"""

from __future__ import annotations


def names(text: str) -> frozenset[bytes]:
    """A set of element names, written with spaces between them.

    >>> sorted(names("p div"))
    [b'div', b'p']
    """
    return frozenset(text.encode().split())


HEADINGS = names("h1 h2 h3 h4 h5 h6")
BLOCKS = names(
    "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer header hgroup "
    "listing main menu nav ol p pre search section summary ul"
)
FORMATTING = names("a b big code em font i nobr s small strike strong tt u")
MARKERS = names("applet marquee object")
VOID_INLINE = names("area br embed image img input keygen wbr")
NO_STACK = names(  # they come and go without leaving anything open
    "base basefont bgsound frame frameset link meta param source track html head body "
    "iframe noembed noframes script style textarea title plaintext"
)
HEAD_ONLY = names("base basefont bgsound link meta noframes script style template title")
SECTIONS = names("tbody tfoot thead")
TABLE_PARTS = SECTIONS | names("caption col colgroup td th tr")
CELLS = names("caption td th")
IMPLIED_END = names("dd dt li optgroup option p rb rp rt rtc")
FOREIGN_HTML = names("s/foreignobject s/desc s/title")
MATH_TEXT = names("m/mi m/mo m/mn m/ms m/mtext")
INTEGRATION = FOREIGN_HTML | MATH_TEXT | names("m/annotation-xml+html")
SCOPE = CELLS | MARKERS | INTEGRATION | names("table template select m/annotation-xml")
SPECIAL = (BLOCKS | HEADINGS | MARKERS | TABLE_PARTS | INTEGRATION) | names(
    "button dd dt form li noscript select table template m/annotation-xml"
)
LOOSE = names("address div p")  # special, and yet <li> and <dd> look past them
BREAKOUT = names(
    "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu"
) | names("meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var")
