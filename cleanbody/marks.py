"""Inline structure of a document: links, emphasis, code and images, in columns."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple, overload


class MarkKind(StrEnum):
    """Inline structure inside a block."""

    LINK = "link"
    STRONG = "strong"
    EMPHASIS = "emphasis"
    CODE = "code"
    IMAGE = "image"


MARK_KINDS: tuple[MarkKind, ...] = tuple(MarkKind)


class Mark(NamedTuple):
    """A stretch ``[start, end)`` of ``Document.text`` (characters) with inline structure.

    ``value`` is the target of a link or the source of an image, as written in the page; ``title`` is an image's
    alternative text. Images are zero characters wide and may stand between two blocks.
    """

    start: int
    end: int
    kind: MarkKind
    value: str = ""
    title: str = ""


def _ints() -> array[int]:
    return array("l")


class Marks(Sequence[Mark]):
    """The marks of a document in columns; a :class:`Mark` is made only when somebody asks for it.

    Columns of n marks, not to be changed:
        start, end: as of a `Mark`.  kind: index into ``MARK_KINDS``.
        strings: 3 places a mark in `data`, UTF-8 bytes: the value goes from the first to the second, the title from
        there to the third. Marks with the same strings share them: a link is one mark in every block that it covers.

    >>> marks = Marks([Mark(0, 4, MarkKind.LINK, "/rain"), Mark(2, 4, MarkKind.STRONG)])
    >>> len(marks), marks[0].value, list(marks.end), marks == tuple(marks)
    (2, '/rain', [4, 4], True)
    """

    __slots__ = ("data", "end", "kind", "start", "strings")
    start: array[int]
    end: array[int]
    kind: bytearray
    strings: array[int]
    data: bytes

    def __init__(self, marks: Iterable[Mark] = ()) -> None:
        self.start, self.end, self.kind, self.strings = _ints(), _ints(), bytearray(), _ints()
        data = bytearray()
        known: dict[tuple[str, str], tuple[int, int, int]] = {}
        for start, end, kind, value, title in marks:
            places = known.get((value, title))
            if places is None:
                parts = [len(data)]
                for text in (value, title):
                    data += text.encode("utf-8", "surrogatepass")
                    parts.append(len(data))
                places = known[value, title] = (parts[0], parts[1], parts[2])
            self.start.append(start)
            self.end.append(end)
            self.kind.append(MARK_KINDS.index(kind))
            self.strings.extend(places)
        self.data = bytes(data)

    @classmethod
    def of_columns(cls, start: array[int], end: array[int], kind: bytearray, strings: array[int], data: bytes) -> Marks:
        """The marks that these columns hold."""
        made = cls.__new__(cls)
        made.start, made.end, made.kind, made.strings, made.data = start, end, kind, strings, data
        return made

    def __len__(self) -> int:
        return len(self.start)

    @overload
    def __getitem__(self, index: int) -> Mark: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Mark, ...]: ...
    def __getitem__(self, index: int | slice) -> Mark | tuple[Mark, ...]:
        if isinstance(index, slice):
            return tuple(self[i] for i in range(*index.indices(len(self))))
        start, end, kind = self.start[index], self.end[index], MARK_KINDS[self.kind[index]]
        at = 3 * (index % len(self))
        first, second, third = self.strings[at : at + 3]
        value = self.data[first:second].decode("utf-8", "surrogatepass")
        return Mark(start, end, kind, value, self.data[second:third].decode("utf-8", "surrogatepass"))

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, Marks | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))


NO_MARKS = Marks()
