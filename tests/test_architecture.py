"""The house rules that a machine can hold: who imports whom, sizes, words as data, documented names."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path
from re import _parser
from typing import Any, NamedTuple

import pytest

import cleanbody
from cleanbody.patterns import _Later
from cleanbody.scan import quick

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "cleanbody"
# A room and the rooms that it may import. A room is a module or a package; one module beside a room may belong to it.
ROOMS: dict[str, set[str]] = {
    "page": set(),
    "patterns": set(),
    "decode": {"page", "compiled", "patterns"},
    "scan": {"page", "compiled", "patterns"},
    "unseen": {"patterns"},
    "jsonld": {"page", "patterns", "compiled", "unseen"},
    "html": {"page", "decode", "scan", "jsonld", "compiled", "patterns", "unseen"},
    "plaintext": {"page", "decode", "compiled", "patterns"},
    "metadata": {"page", "jsonld", "patterns", "compiled"},
    "lexicon": {"page", "compiled", "patterns", "data"},
    "features": {"page", "metadata", "lexicon", "markdown", "compiled", "patterns", "data"},
    "rules": {"page", "features", "compiled"},
    "model": {"page", "features", "compiled", "data"},
    "classify": {"page", "features", "rules", "model", "compiled"},
    "posts": {"page", "lexicon", "patterns"},
    "config": {"page", "scan"},
    "batch": {"page", "decode"},
    "render": {"page", "markdown", "compiled"},
    "markdown": {"patterns"},
    "warc": {"page"},
    "compiled": {"_native"},
    "_native": set(),
    "data": set(),
}
ROOMS["cleaner"] = set(ROOMS) - {"warc"}
ROOMS["corpus"] = {"cleaner", "batch", "warc", "page", "decode"}
ROOMS["train"] = {"cleaner"} | ROOMS["cleaner"]
ROOMS["cli"] = set(ROOMS)
ROOMS["__main__"] = {"cli"}
ROOMS["__init__"] = set(ROOMS) - {"cli", "train", "__main__"}
BESIDE = {
    "render_html": "render",
    "render_inline": "render",
    "render_markdown": "render",
    "render_tree": "render",
    "baseline": "model",
    "marks": "page",
    "page_type": "classify",
    "cut": "classify",
    "naming": "classify",
}
# The one edge upward, and only inside functions: a page renders itself.
UPWARD = {("page", "render")}
# Packages of others: the rooms that may import each, and whether only inside functions (so that they cost nothing).
EAGER = {"selectolax": {"html"}, "click": {"cli"}, "numpy": {"train"}}
LAZY = {
    "regex": {"patterns"},
    "lxml": {"html", "render"},
    "brotli": {"warc"},
    "zstandard": {"warc", "corpus", "cli"},
    "rich": {"cli"},
    "cchardet": {"decode"},
    "pyarrow": {"corpus", "cli"},
    "lightgbm": {"train"},
}
# No network, nothing that runs code out of a data file.
BANNED = {"asyncio", "ftplib", "http", "marshal", "pickle", "requests", "shelve", "smtplib", "socket", "ssl", "urllib3"}
BANNED |= {"urllib.request", "xmlrpc", "imp", "cPickle", "dill", "joblib"}
FUNCTION_LINES, MODULE_LINES = 60, 500


class Import(NamedTuple):
    """One imported module, by its full name."""

    name: str
    line: int
    lazy: bool


def _modules() -> dict[str, Path]:
    """Every module of the package by its dotted name below it (``__init__`` for the package itself)."""
    out = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        out[".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)] = path
    return out


MODULES = _modules()
COMPILED = {path.stem for path in PACKAGE.glob("*.pyi")}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}
each_module = pytest.mark.parametrize("module", MODULES)


def _room(module: str) -> str:
    first = module.split(".")[0]
    return BESIDE.get(first, first)


def _imports(node: ast.AST, lazy: bool = False) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (Import(alias.name, child.lineno, lazy) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"line {child.lineno}: a relative import"
            yield from _from(child, lazy)
        else:
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(child, lazy or inside)


def _from(node: ast.ImportFrom, lazy: bool) -> Iterator[Import]:
    """``from cleanbody import html`` names a module, ``from cleanbody.page import Label`` does not."""
    source = node.module or ""
    for alias in node.names:
        full = f"{source}.{alias.name}".removeprefix("cleanbody.")
        is_module = source.split(".")[0] == "cleanbody" and (full in MODULES or full in COMPILED)
        yield Import(f"cleanbody.{full}" if is_module else source, node.lineno, lazy)


def _own(module: str) -> Iterator[Import]:
    """The modules of this package that a module imports, by their names below it."""
    for found in _imports(TREES[module]):
        if found.name.split(".")[0] == "cleanbody":
            yield found._replace(name=found.name.removeprefix("cleanbody").removeprefix(".") or "__init__")


def _foreign(module: str) -> Iterator[Import]:
    for found in _imports(TREES[module]):
        first = found.name.split(".")[0]
        if first != "cleanbody" and first not in sys.stdlib_module_names:
            yield found


def test_every_module_has_its_room() -> None:
    assert [module for module in MODULES if _room(module) not in ROOMS] == []
    assert set(ROOMS) <= {_room(module) for module in (*MODULES, *COMPILED, "_native")}
    assert set(BESIDE) <= set(MODULES)


def test_the_rooms_are_those_of_the_documented_table() -> None:
    """Cells that hold names alone, and those that say so in words, each room with its own."""
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("| room | holds")[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    told = {room.strip("`/"): imports for room, _, imports in rows}
    assert set(told) == set(ROOMS) - {"__main__", "__init__"}
    named = {room: set(re.findall(r"`(\w+)`", cell)) for room, cell in told.items() if " and " not in cell}
    in_words = {"page", "cleaner", "train", "cli"}
    assert {room: named[room] for room in ROOMS if room in named and room not in in_words} == {
        room: rooms for room, rooms in ROOMS.items() if room in told and room not in in_words
    }
    assert [told[room] for room in ("cleaner", "train", "cli")] == [
        "all above",
        "`cleaner` and all it may import",
        "everything",
    ]
    assert set(list(told)[: list(told).index("cleaner")]) == ROOMS["cleaner"]


@each_module
def test_imports_go_down(module: str) -> None:
    room = _room(module)
    for found in _own(module):
        target = _room(found.name)
        allowed = target == room or target in ROOMS[room] or ((room, target) in UPWARD and found.lazy)
        if target == "train" != room:  # it needs packages that few have
            allowed = allowed and found.lazy
        if found.name == "__init__":  # the public names alone: for those above the composition
            allowed = room == "cli"
        assert allowed, f"{module}:{found.line}: {room} may not import {target}"


def test_no_module_imports_itself_in_a_round() -> None:
    graph = {module: {found.name for found in _own(module) if not found.lazy} for module in MODULES}
    for package in (
        "features",
        "html",
        "jsonld",
        "metadata",
        "warc",
        "corpus",
        "train",
        "cli",
    ):  # a package's parts import its siblings
        graph.get(package, set()).discard(package)
    TopologicalSorter(graph).prepare()


@each_module
def test_packages_of_others_stay_in_their_rooms(module: str) -> None:
    room = _room(module)
    for found in _foreign(module):
        package = found.name.split(".")[0]
        where = f"{module}:{found.line}: {package}"
        assert package in EAGER or package in LAZY, f"{where} is no dependency"
        rooms = EAGER[package] if package in EAGER else LAZY[package]
        assert rooms is None or room in rooms, f"{where} is not for {room}"
        assert package in EAGER or found.lazy, f"{where} is to be imported only when it is used"


@each_module
def test_no_network_and_no_pickles(module: str) -> None:
    names = {found.name for found in _imports(TREES[module])}
    assert not {name for name in names if name in BANNED or name.split(".")[0] in BANNED}


def test_importing_is_cheap() -> None:
    """In a process of its own: what only some users need is not imported with the library."""
    code = "import sys, cleanbody; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(done.stdout.split())
    assert "selectolax" in loaded
    assert sorted(loaded & {*LAZY, "click", "numpy", "ssl", "asyncio", "email", "hashlib"}) == []


@each_module
def test_units_are_small(module: str) -> None:
    """Functions to about 40 lines and modules to about 400; here is the hard stop. A docstring does not count."""
    lines = MODULES[module].read_text(encoding="utf-8").count("\n")
    assert lines <= MODULE_LINES
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            size = (body[-1].end_lineno or 0) - body[0].lineno + 1
            assert size <= FUNCTION_LINES, f"{module}:{node.lineno}: {node.name} has {size} lines"


@each_module
def test_no_module_state(module: str) -> None:
    assert not [node.lineno for node in ast.walk(TREES[module]) if isinstance(node, ast.Global)]


# ------------------------------------------------------------------------------------------------ words are data


def _literals(node: ast.AST) -> Iterator[tuple[str, int]]:
    """String literals that are values: not docstrings, not the text of an error, not what a command says of itself."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        if isinstance(child, ast.Raise) or (isinstance(child, ast.keyword) and child.arg in ("help", "metavar")):
            continue
        if isinstance(child, ast.Constant):
            if isinstance(child.value, str):
                yield child.value, child.lineno
            continue
        yield from _literals(child)


def _phrases() -> set[tuple[str, ...]]:
    """The seeds' phrases of two words and more, as words, without those that have a gap."""
    found = set()
    for path in (ROOT / "seeds" / "phrases").glob("*.toml"):
        for groups in tomllib.loads(path.read_text(encoding="utf-8")).values():
            for text in (text for group in groups for text in group["phrases"] if not re.search(r"[%#]", text)):
                found.add(tuple(re.findall(r"\w+", text.lower())))
    return {phrase for phrase in found if len(phrase) > 1}


PHRASES = _phrases()


def _contains_phrase(literal: str) -> bool:
    if re.fullmatch(r"[a-z0-9]+(\s+[a-z0-9]+){12,}\s*", literal):  # a list of names, such as those of elements
        return False
    words = re.findall(r"\w+(?:-\w+)*", literal.lower())  # the name of a label is one word
    longest = max(map(len, PHRASES))
    return any(
        tuple(words[i:j]) in PHRASES for i in range(len(words)) for j in range(i + 2, min(i + longest, len(words)) + 1)
    )


@pytest.mark.parametrize("module", [name for name in MODULES if _room(name) != "cli"])
def test_no_phrase_of_the_lexicon_stands_in_code(module: str) -> None:
    assert PHRASES
    assert [found for found in _literals(TREES[module]) if _contains_phrase(found[0])] == []


@each_module
def test_no_word_of_another_script_stands_in_code(module: str) -> None:
    """Four letters beyond Latin in a row are a word, unless they stand in a character class or follow each other."""
    for text, line in _literals(TREES[module]):
        plain = re.sub(r"\[[^\]]*\]", "", text)
        runs = re.findall(r"[^\W\d_a-zA-Z\u00aa-\u024f]{4,}", plain)
        named = [run for run in runs if not all(ord(b) - ord(a) == 1 for a, b in pairwise(run))]
        assert not named, f"{module}:{line}: {named}"


# ---------------------------------------------------------------------------------------------- documented names


@each_module
def test_public_names_have_a_docstring(module: str) -> None:
    tree = TREES[module]
    assert ast.get_docstring(tree) or not tree.body, f"{module} does not say what it is for"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{module}:{node.lineno}: {node.name} has no docstring"


@pytest.mark.parametrize("name", cleanbody.__all__)
def test_names_that_users_type_are_documented(name: str) -> None:
    value = getattr(cleanbody, name)
    doc = value.__doc__ or ""
    assert doc.strip(), f"{name} has no docstring"
    assert not doc.startswith(f"{name}("), f"{name} has only the docstring that Python made"
    if inspect.isfunction(value):
        assert ">>>" in doc, f"{name} shows no example"


def test_every_command_is_in_the_readme() -> None:
    from cleanbody import cli

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = list(cli.main.commands)
    assert commands
    assert [name for name in commands if f"cleanbody {name}" not in readme] == []


def test_every_public_name_is_in_all() -> None:
    assert sorted(cleanbody.__all__) == sorted(set(cleanbody.__all__))
    public = {
        name for name, value in vars(cleanbody).items() if not name.startswith("_") and not inspect.ismodule(value)
    }
    assert public == set(cleanbody.__all__)


def _bare_possessive(parsed: Iterable[Any]) -> bool:
    """Whether a parsed pattern repeats a group possessively that is no atomic one, or any such within."""
    single = {"LITERAL", "NOT_LITERAL", "IN", "ANY", "ATOMIC_GROUP"}
    for name, value in parsed:
        parts = value if isinstance(value, tuple) else (value,)
        if str(name) == "POSSESSIVE_REPEAT" and (len(parts[2]) != 1 or str(parts[2][0][0]) not in single):
            return True
        inner = [part for some in parts for part in (some if isinstance(some, list) else [some])]
        if any(_bare_possessive(part) for part in inner if isinstance(part, _parser.SubPattern)):
            return True
    return False


@pytest.mark.parametrize(
    ("source", "bare"),
    [("x(?:ab?)*+", True), ("x(?>ab?)*+[ab]++.*+", False), ("(?:a|(b(?:cd)++))?", True), ("(?!(?:cd){0,3}+)", True)],
)
def test_what_is_a_bare_possessive_group(source: str, bare: bool) -> None:
    assert _bare_possessive(_parser.parse(source)) is bare


def test_possessive_groups_are_atomic() -> None:
    modules = [importlib.import_module(f"cleanbody.{name}") for name in MODULES if not name.startswith("__")]
    named = [value for module in modules for value in vars(module).values()]
    known = [value for value in named if isinstance(value, _Later | re.Pattern)]
    known += [quick._tags(None), quick._tags(3)]  # made at first use, with what limits the page
    own = [value for value in known if isinstance(value.match.__self__, re.Pattern)]  # not of the other library
    found = {(value.pattern, value.flags & re.VERBOSE) for value in own}
    assert len(found) > 30
    assert [source for source, flags in found if _bare_possessive(_parser.parse(source, flags))] == []
