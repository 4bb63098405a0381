"""The parser's stack of open elements and its list of active formatting elements, as positions.

Every question that the HTML standard answers by walking the stack (13.2.4.2) is answered here from sorted positions, so
that each tag costs amortised constant time however deep the page is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict

from cleanbody.scan.elements import CELLS, IMPLIED_END, INTEGRATION, LOOSE, SCOPE, SPECIAL
from cleanbody.scan.tokens import attributes

DEAD = b""  # what was taken out of the middle of the stack
LEFT = b"-"  # off the stack as well, but in the tree still around the elements above it


class Entry:
    """One active formatting element. ``at`` is its place on the stack, or -1 while it waits to be opened again."""

    __slots__ = ("at", "frame", "key", "name", "tag")

    def __init__(self, name: bytes, tag: bytes, frame: Frame) -> None:
        self.name, self.tag, self.frame = name, tag, frame
        self.at = -1
        self.key: tuple[bytes, frozenset[tuple[bytes, bytes]]] | None = None


class Frame:
    """The active formatting elements since one marker, in order, by name, and by name and attributes.

    Attributes are read only where three elements share a name, and once for each element.
    """

    __slots__ = ("by_key", "by_name", "closed", "fresh", "order")

    def __init__(self) -> None:
        self.order: dict[Entry, None] = {}
        self.by_name: defaultdict[bytes, dict[Entry, None]] = defaultdict(dict)
        self.by_key: defaultdict[tuple[bytes, frozenset[tuple[bytes, bytes]]], dict[Entry, None]] = defaultdict(dict)
        self.fresh: defaultdict[bytes, list[Entry]] = defaultdict(list)  # by name, attributes not yet read
        self.closed = 0

    def add(self, entry: Entry) -> None:
        self.order[entry] = None
        self.by_name[entry.name][entry] = None
        self.fresh[entry.name].append(entry)

    def discard(self, entry: Entry) -> None:
        del self.order[entry], self.by_name[entry.name][entry]
        if entry.key is not None:
            del self.by_key[entry.key][entry]

    def third_alike(self, name: bytes, tag: bytes) -> Entry | None:
        """The earliest of three elements that are just like this start tag, if there are three."""
        if len(self.by_name[name]) < 3:
            return None
        for entry in self.fresh.pop(name, ()):
            if entry in self.order:
                entry.key = (name, frozenset(attributes(entry.tag).items()))
                self.by_key[entry.key][entry] = None
        alike = self.by_key[name, frozenset(attributes(tag).items())]
        return next(iter(alike)) if len(alike) >= 3 else None

    def last(self, name: bytes) -> Entry | None:
        return next(reversed(self.by_name[name]), None) if name in self.by_name else None


class Stack:
    """What is open, and what waits to be opened again. An element is known by its place on the stack, from 0.

    depth: elements open.  closed: formatting elements that wait to be opened again.  clones: how many were, so far.
    """

    def __init__(self, limit: int | None = None, quirks: bool = True) -> None:
        self.limit = limit if limit is not None else 1 << 62
        self.quirks = quirks
        self.depth = 0  # elements open
        self.closed = 0  # formatting elements that wait to be opened again
        self.clones = 0
        self._stack: list[bytes] = []
        self._at: defaultdict[bytes, list[int]] = defaultdict(list)  # name -> its places on the stack, ascending
        self._scope: list[int] = [-1]
        self._special: list[int] = [-1]
        self._hard: list[int] = [-1]  # special ones that stop the search of <li> and <dd>
        self._cells: list[int] = []  # tables, cells, captions and templates: they decide the insertion mode
        self._foreign_roots: list[int] = [-1]
        self._modes: dict[int, bytes] = {}  # place of a template -> its insertion mode
        self._form: int | None = None  # place of the form that bars another one; -1 if it is off the stack
        self._touched = False  # whether the tag at hand has closed anything
        self._frames = [Frame()]
        self._entries: dict[int, list[Entry]] = {}  # place on the stack -> formatting entries tied to it
        self._moved: defaultdict[int, int] = defaultdict(int)  # place of a block -> elements open inside it, unplaced
        self._jump: dict[int, int] = {}  # end of a run of dead places -> the place before it
        self._dropped: defaultdict[bytes, int] = defaultdict(int)

    # ---- questions -------------------------------------------------------------------------------------------------

    @property
    def foreign(self) -> bool:
        """Whether a start tag here would make an SVG or MathML element (so that nothing is raw text)."""
        top = self._stack[-1] if self._stack else b""
        return top[1:2] == b"/" and top not in INTEGRATION

    @property
    def cdata(self) -> bool:
        """Whether the current element is an SVG or MathML one, so that CDATA sections are text."""
        return bool(self._stack) and self._stack[-1][1:2] == b"/"

    def _last(self, name: bytes) -> int:
        places = self._at.get(name)
        return places[-1] if places else -1

    def _in_scope(self, name: bytes) -> bool:
        # The element itself may be a scope boundary (table, select, object): it still is in its own scope.
        return 0 <= self._last(name) >= self._scope[-1]

    def _p_in_scope(self) -> bool:
        place = self._last(b"p")
        return place > self._scope[-1] and place > self._last(b"button")

    def _table_mode(self) -> bytes:
        """What table structure start tags meet here: a ``table``, a ``cell``, or nothing (b"")."""
        if not self._cells:
            return b""
        place = self._cells[-1]
        name = self._stack[place]
        if name == b"template":
            return b"table" if self._modes[place] not in (b"", b"body") else b""
        return b"table" if name == b"table" else b"cell"

    # ---- moving the stack ------------------------------------------------------------------------------------------

    def _push(self, name: bytes) -> int:
        place = len(self._stack)
        self._stack.append(name)
        self._at[name].append(place)
        self.depth += 1
        if name in SPECIAL:
            self._special.append(place)
            if name not in LOOSE:
                self._hard.append(place)
            if name in SCOPE:
                self._scope.append(place)
                if name in CELLS or name in (b"table", b"template"):
                    self._cells.append(place)
        return place

    def _pop_to(self, place: int) -> None:
        """Close everything from `place` to the top, `place` included."""
        stack = self._stack
        while len(stack) > place or (stack and stack[-1] in (DEAD, LEFT)):
            self._pop()

    def _pop(self) -> None:
        name = self._stack.pop()
        place = len(self._stack)
        self._touched = True
        if self._jump:
            self._jump.pop(place, None)
        if place in self._entries:
            for entry in self._entries.pop(place):
                entry.at = -1
                entry.frame.closed += 1
                self.closed += 1
        if self._moved:
            self.depth -= self._moved.pop(place, 0)
        if name == DEAD:
            return
        self.depth -= 1
        if name == LEFT:
            return
        self._at[name].pop()
        if name in SPECIAL:
            for places in (self._special, self._hard, self._scope, self._cells):
                if places and places[-1] == place:
                    places.pop()
        if place == self._foreign_roots[-1]:
            self._foreign_roots.pop()
        if name == b"template":
            del self._modes[place]
        elif place == self._form:
            self._form = -1  # the form is gone, but still bars the next one until </form>

    def _kill(self, place: int, left: bytes = DEAD) -> None:
        """Take one element out of the middle of the stack. `left`: what is left at its place, DEAD or LEFT."""
        self._touched = True
        name = self._stack[place]
        places = self._at[name]
        places.pop(bisect_right(places, place) - 1)
        self._stack[place] = left
        self.depth -= left == DEAD
        if name == b"form":  # the only special one that can go
            for known in (self._special, self._hard):
                known.pop(bisect_right(known, place) - 1)
        self._pop_to(len(self._stack))

    def _close_p(self) -> None:
        if self._p_in_scope():
            self._pop_to(self._last(b"p"))

    def _close_implied(self, kept: bytes = b"") -> None:
        while self._stack and self._stack[-1] in IMPLIED_END and self._stack[-1] != kept:
            self._pop_to(len(self._stack) - 1)

    # ---- active formatting elements --------------------------------------------------------------------------------

    def _reopen(self) -> None:
        """Reconstruct the active formatting elements (13.2.4.3)."""
        frame = self._frames[-1]
        if not frame.closed:
            return
        waiting: list[Entry] = []
        for entry in reversed(frame.order):
            if entry.at >= 0:
                break
            waiting.append(entry)
        for entry in reversed(waiting):
            self._open(entry)
        frame.closed -= len(waiting)
        self.closed -= len(waiting)
        self.clones += len(waiting)

    def _open(self, entry: Entry) -> None:
        entry.at = self._push(entry.name)
        self._entries[entry.at] = [entry]

    def _format(self, name: bytes, tag: bytes) -> None:
        frame = self._frames[-1]
        alike = frame.third_alike(name, tag)  # the "Noah's ark clause": three alike at most
        if alike is not None:
            self._forget(alike)
        entry = Entry(name, tag, frame)
        frame.add(entry)
        self._open(entry)

    def _forget(self, entry: Entry) -> None:
        """Take an entry off the list; its element, if open, stays open."""
        self._touched = True
        entry.frame.discard(entry)
        if entry.at < 0:
            entry.frame.closed -= 1
            self.closed -= 1
        else:
            self._entries[entry.at].remove(entry)

    def _clear_to_marker(self) -> None:
        frame = self._frames.pop()
        for entry in frame.order:
            if entry.at >= 0:
                self._entries[entry.at].remove(entry)
        self.closed -= frame.closed
        if not self._frames:
            self._frames.append(Frame())

    def _remove(self, entry: Entry, left: bytes = DEAD) -> None:
        """Take an entry off the list and its element off the stack."""
        place = entry.at
        self._forget(entry)
        if place >= 0:
            self._take_out(entry.name, place, left)

    def _take_out(self, name: bytes, place: int, left: bytes = DEAD) -> None:
        if self._stack[place] == name:
            self._kill(place, left)
        else:
            self._moved[place] -= 1
            self.depth -= 1

    def _adopt(self, name: bytes) -> None:
        """The adoption agency algorithm (13.2.6.4.7), as far as the stack goes."""
        if self._stack and self._stack[-1] == name and not self._entries.get(len(self._stack) - 1):
            self._pop_to(len(self._stack) - 1)
            return
        entry = self._frames[-1].last(name)
        if entry is None:
            self._end_other(name)
            return
        if entry.at < 0:
            self._forget(entry)
            return
        if entry.at < self._scope[-1]:
            return
        first = bisect_right(self._special, entry.at)
        blocks = self._special[first : first + 8]
        if not blocks:
            place = entry.at
            self._remove(entry)
            self._pop_to(place + 1)
            return
        below = entry.at
        for block in blocks:
            self._thin(entry, below, block)
            below = block
        if len(blocks) < 8:
            self._remove(entry)
            self._pop_to(below + 1)
        else:
            self._move(entry, below)

    def _thin(self, subject: Entry, low: int, high: int) -> None:
        """Between a formatting element and a block, only formatting elements stay, and of them the nearest three."""
        place, counter, dead = high - 1, 0, -1
        while place > low:
            entry = next(iter(self._entries.get(place, ())), None)
            if self._stack[place] not in (DEAD, LEFT):
                counter += 1
                if entry is None:
                    self._kill(place)
                elif counter > 3:
                    self._remove(entry)
                else:
                    dead, place = -1, place - 1
                    continue
            dead = max(dead, place)
            place = self._jump.get(place, place - 1)
        if dead >= 0:
            self._jump[dead] = low  # so that no run of dead places is walked twice
        for entry in list(self._entries.get(low, ())):
            if entry is not subject and self._stack[low] != entry.name:
                counter += 1
                if counter > 3:
                    self._remove(entry)

    def _move(self, entry: Entry, block: int) -> None:
        """The eighth round of adoption leaves the element open inside the eighth block: tie it to that block."""
        self._entries[entry.at].remove(entry)
        self._take_out(entry.name, entry.at)
        entry.at = block
        self._entries.setdefault(block, []).append(entry)
        self._moved[block] += 1
        self.depth += 1

    def _end_other(self, name: bytes) -> None:
        """Any other end tag: it closes its element unless a special one is in between."""
        place = self._last(name)
        if 0 <= place >= self._special[-1]:
            self._pop_to(place)
