"""The containers of a document in numbers: which have the same names, which look alike, what their tags mean here."""

from __future__ import annotations

from array import array
from typing import Final, NamedTuple

from cleanbody.compiled import core
from cleanbody.page import Document

ANCESTOR_TAGS: Final = (
    "nav",
    "header",
    "footer",
    "aside",
    "form",
    "article",
    "main",
    "table",
    "figure",
    "list",
    "label",
)
PARAGRAPH: Final = len(ANCESTOR_TAGS) + 1
_LIST_TAGS: Final = frozenset({"ul", "ol", "menu", "dir", "dl"})
# What the columns ask of a tag, in one byte: a place in `ANCESTOR_TAGS` and one more, `PARAGRAPH`, or 0 for no matter.
_ROLES: Final = (
    {tag: i for i, tag in enumerate(ANCESTOR_TAGS, start=1)}
    | dict.fromkeys(_LIST_TAGS, ANCESTOR_TAGS.index("list") + 1)
    | {"p": PARAGRAPH}
)
_ZERO: Final = array("l", [0])
SHAPE_DEPTH: Final = 4  # levels of the path that make a block's shape


class Tree(NamedTuple):
    """Columns of m containers, and the distinct class names that they have.

    name: which of `names` is the container's.  step: a number that containers with the same tag and first class share.
    role: what its tag is to the columns (see `_ROLES`).
    """

    names: list[str]
    name: array[int]
    step: array[int]
    role: bytearray


def integers(n: int) -> array[int]:
    """A column of n zeros to count in."""
    return _ZERO * n


def number_tree(document: Document) -> Tree:
    """The containers of a document in numbers, counted from 0 in order of first sight."""
    m = len(document.parent)
    name, step, role = integers(m), integers(m), bytearray(m)
    if core is not None:
        return Tree(core.number_tree(document.tag, document.names, _ROLES, name, step, role), name, step, role)
    of_names: dict[str, int] = {}
    of_step: dict[tuple[str, str], int] = {}
    for c, (tag, names) in enumerate(zip(document.tag, document.names, strict=True)):
        name[c] = of_names.setdefault(names, len(of_names))
        step[c] = of_step.setdefault((tag, names.split(" ", 1)[0]), len(of_step))
        role[c] = _ROLES.get(tag, 0)
    return Tree(list(of_names), name, step, role)


def shapes_of(document: Document, tree: Tree) -> array[int]:
    """For each block a number that blocks of the same kind, tag path and class names share, in order of first sight."""
    shapes = integers(len(document))
    if core is not None:
        core.shapes_of(document.parent, tree.step, document.container, document.kind, SHAPE_DEPTH, shapes)
        return shapes
    numbers: dict[tuple[object, ...], int] = {}
    of_container: list[tuple[int, ...]] = []
    for c, above in enumerate(document.parent):
        upper = of_container[above] if above >= 0 else ()
        of_container.append((*upper[-SHAPE_DEPTH + 1 :], tree.step[c]))
    for i, container in enumerate(document.container):
        shapes[i] = numbers.setdefault((document.kind[i], of_container[container]), len(numbers))
    return shapes
