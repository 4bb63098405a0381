"""Sections of a document → HTML or text, and what each line of it is, in order.

A layout is a table: for each role of a section the elements around it and around each of its lines, written as
``div.box > ul | li``: what stands before the bar holds the section, what stands after it each line. ``br`` as a line's
element is bare text with two line breaks behind it.
"""

from __future__ import annotations

import html
import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from cleanbody.page import DataError, Label

_STEP = re.compile(r"([a-z][a-z0-9]*)((?:[.#][\w:/-]+)*)(?:\[([^\]]*)\])?\Z")
_INLINE: Final = frozenset({"a", "span", "b", "i", "em", "strong", "font", "small", "button", "label", "abbr"})
_LISTS: Final = frozenset({"ul", "ol", "dl", "tr"})
TRAILS: Final = (" > ", " » ", " / ", " › ", " ", " » ")
ROWS: Final = (" ", " | ", " · ")
BULLETS: Final = ("- ", "• ", "* ", "")
CELL: Final = "\t"  # between the cells of a line of a table
CELLS: Final = (" ", "\t", " | ", ": ", "\n")  # the same in a scraper's text


class Line(NamedTuple):
    """A line of a section. ``form``: text, heading, link, button or field."""

    text: str
    form: str = "text"


class Section(NamedTuple):
    """What stands together: ``role`` names its place in the layout, ``place`` is top, main or bottom."""

    role: str
    label: Label
    lines: tuple[Line, ...]
    place: str = "main"

    @property
    def keep(self) -> bool:
        """Whether it is the page's own."""
        return self.label in (Label.HEADLINE, Label.BODY)


class Truth(NamedTuple):
    """A stretch of a document: its text, its label and role, and whether it should be kept."""

    text: str
    label: Label
    keep: bool
    role: str


@dataclass(frozen=True, slots=True)
class Layout:
    """A way to write a page. ``classes``: whether it has class names."""

    name: str
    classes: bool
    roles: Mapping[str, str]

    def of(self, role: str) -> tuple[list[str], list[str]]:
        """The elements around a section of a role and around its lines."""
        outer, _, inner = self.roles.get(role, self.roles["block"]).rpartition("|")
        return _steps(outer), _steps(inner)


def read_layouts(path: Path) -> list[Layout]:
    """The layouts of a file.

    Raises:
        DataError: it is no TOML, a layout lacks a role that all need, or an element cannot be read.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name}: {error}") from error
    out = []
    for name, roles in tables.items():
        layout = Layout(name, bool(roles.pop("classes", False)), roles)
        if missing := {"block", "headline", "paragraph", "main"} - set(roles):
            raise DataError(f"{path.name}: {name} needs the role {sorted(missing)[0]!r}")
        for step in (step for role in roles for steps in layout.of(role) for step in steps):
            if not _STEP.match(step):
                raise DataError(f"{path.name}: {name}: {step!r} is no element")
        out.append(layout)
    return out


def _steps(path: str) -> list[str]:
    return [step.strip() for step in path.split(">") if step.strip()]


def _wrap(steps: Sequence[str], inside: str, extra: str = "") -> str:
    """Elements around something; ``extra`` goes into the innermost."""
    for k, step in enumerate(reversed(steps)):
        found = _STEP.match(step)
        assert found, step
        tag, names, attributes = found.groups()
        if tag == "br":
            inside += "<br>\n<br>"
            continue
        classes = " ".join(re.findall(r"\.([\w:/-]+)", names))
        ids = " ".join(re.findall(r"#([\w:/-]+)", names))
        head = tag + (f' class="{classes}"' if classes else "") + (f' id="{ids}"' if ids else "")
        head += (f" {attributes}" if attributes else "") + (extra if not k else "")
        inside = f"<{head}>{inside}</{tag}>"
    return inside


class _Writer:
    """One page being written."""

    def __init__(self, layout: Layout, rng: random.Random) -> None:
        self.layout, self.rng = layout, rng
        self.trail, self.row = rng.choice(TRAILS[:4]), rng.choice(ROWS)
        self.truth: list[Truth] = []

    def section(self, section: Section) -> str:
        """The HTML of a section; its truth is noted."""
        if section.role == "table":
            return self._table(section)
        outer, inner = self.layout.of(section.role)
        boxed, rows = [], []
        inline = not inner or inner[0].split(".")[0].split("#")[0].split("[")[0] in _INLINE
        inline = inline and len(section.lines) > 1
        for line in section.lines:
            if line.form == "heading":
                boxed.append(_wrap(self.layout.of("box-heading")[1], html.escape(line.text)))
                self._note(line.text, section)
        plain = [line for line in section.lines if line.form != "heading"]
        for line in plain:
            rows.append(self._line(line, section, inner))
            if not inline:
                self._note(line.text, section)
        between = (self.trail if section.role == "breadcrumb" else self.row) if inline else "\n"
        if inline and plain:
            self._note(between.join(line.text for line in plain), section)
        inside = html.escape(between).join(rows) if inline else between.join(rows)
        if boxed and outer and outer[-1].split(".")[0] in _LISTS:
            return _wrap(outer[:-1], "\n".join([*boxed, _wrap(outer[-1:], inside)]))
        return _wrap(outer, "\n".join([*boxed, inside]))

    def _table(self, section: Section) -> str:
        """A table, or, of pairs, now and then a list of terms or of lines."""
        rows = [line.text.split(CELL) for line in section.lines]
        for cell in (cell for row in rows for cell in row):
            self._note(cell, section)
        outer, first, others = "table", "td", "td"
        if len(rows[0]) == 2 and self.rng.random() < 0.4:
            outer, first, others = self.rng.choice((("dl", "dt", "dd"), ("div", "div", "div"), ("ul", "span", "span")))
        elif self.rng.random() < 0.3:
            first = "th"
        inside = []
        for row in rows:
            cells = " ".join(_wrap([first if not k else others], html.escape(cell)) for k, cell in enumerate(row))
            inside.append(cells if outer == "dl" else _wrap([{"table": "tr", "ul": "li"}.get(outer, "div")], cells))
        return _wrap(_steps(self.layout.roles.get("table", outer)) if outer == "table" else [outer], "\n".join(inside))

    def _note(self, text: str, section: Section) -> None:
        self.truth.append(Truth(text, section.label, section.keep, section.role))

    def _line(self, line: Line, section: Section, inner: Sequence[str]) -> str:
        text = html.escape(line.text, quote=False)
        if section.role == "paragraph":
            text = self._marked(text)
        if line.form == "link":
            address = f' href="/{self.rng.randint(100, 99999)}.html"'
            if inner and inner[-1].split(".")[0] == "a":
                return _wrap(inner, text, address)
            text = f"<a{address}>{text}</a>"
        elif line.form in ("button", "field") and line.form in self.layout.roles:
            inner = [*inner, *self.layout.of(line.form)[1]]
        return _wrap(inner, text)

    def _marked(self, text: str) -> str:
        """A paragraph, now and then with a few of its words as a link or in bold."""
        words = text.split(" ")
        if len(words) < 12 or "&" in text or self.rng.random() > 0.25:
            return text
        at, size = self.rng.randrange(len(words) - 4), self.rng.randint(1, 3)
        tag = self.rng.choice(('a href="/t/{}"', "b", "em", "strong", 'a href="https://example.org/{}"'))
        words[at] = f"<{tag.format(self.rng.randint(2, 900))}>{words[at]}"
        words[at + size - 1] += f"</{tag.split(' ')[0]}>"
        return " ".join(words)


def write_html(
    sections: Sequence[Section], layout: Layout, rng: random.Random, *, head: str, lang: str
) -> tuple[str, tuple[Truth, ...]]:
    """Sections as a page.

    Args:
        sections: in reading order: those at the top, then those of the main part, then those at the bottom.
        head: what stands in the page's ``<head>``.
        lang: its language.
    """
    writer = _Writer(layout, rng)
    parts = {"top": "", "main": "", "bottom": ""}
    for section in sections:
        parts[section.place] += writer.section(section) + "\n"
    main = _wrap(_steps(layout.roles["main"]), parts["main"])
    body = _wrap(_steps(layout.roles.get("page", "")), f"{parts['top']}{main}\n{parts['bottom']}")
    head = f'<html lang="{lang}"><head><meta charset="utf-8">{head}</head>'
    return f"<!DOCTYPE html>\n{head}\n<body>\n{body}\n</body></html>\n", tuple(writer.truth)


def write_text(sections: Sequence[Section], rng: random.Random) -> tuple[str, tuple[Truth, ...]]:
    """Sections as a scraper's text: a line a block, parted by blank lines or not."""
    gap, inner = rng.choice((("\n\n", "\n\n"), ("\n\n", "\n"), ("\n\n", "\n"), ("\n", "\n")))
    trail, row, bullet = rng.choice(TRAILS), rng.choice((*ROWS, "\n")), rng.choice(BULLETS)
    cell = rng.choice(CELLS)
    text, truth, before = "", [], ""
    for section in sections:
        own = [line.text for line in section.lines]
        if section.role == "table":
            own = [piece for one in own for piece in one.replace(CELL, cell).split("\n")]
        elif section.role == "breadcrumb":
            own = [trail.join(own)] if rng.random() < 0.8 else own
        elif section.role in ("share", "nav", "pagination", "footer-links") and row != "\n":
            own = [row.join(own)]
        elif section.role in ("item", "related"):
            own = [
                bullet + one if line.form != "heading" else one for one, line in zip(own, section.lines, strict=True)
            ]
        tight = section.role == before == "copy" or (section.role == "copy" and before == "headline")
        between = rng.choice((gap, "\n")) if tight else gap
        between = inner if section.role == before == "item" else between
        text += (between if text else "") + ("\n" if section.role == "table" else inner).join(own)
        truth += [Truth(one, section.label, section.keep, section.role) for one in own]
        before = section.role
    return text + "\n", tuple(truth)
