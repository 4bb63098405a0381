"""The stages of cleaning a page, found by watching one being cleaned: each call between rooms, to be made again alone.

Nothing here repeats how the library is put together: a stage that is added, renamed or given other arguments is
measured as it is.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import cleanbody
from cleanbody import classify, cleaner, html

# Whoever calls other rooms; what they call by name is a stage.
CALLERS = (cleaner, html, classify)
PARSE = "parse"  # the parser alone on the bytes that the library gives it: what the others are compared with

Call = Callable[[], Any]


def _stages_in(module: ModuleType) -> Iterator[tuple[str, ModuleType, str]]:
    """Stage, where to watch it and under which name: what a module calls in other rooms, and its public functions."""
    for name, value in list(vars(module).items()):
        if inspect.isclass(value) and value.__name__ == "LexborHTMLParser":
            yield PARSE, module, name
        elif inspect.isfunction(value) and (_other_room(value.__module__, module) or _is_own(value, module)):
            yield f"{value.__module__}.{name}", module, name
        elif inspect.ismodule(value) and _other_room(value.__name__, module):
            for inner, function in vars(value).items():
                if inspect.isfunction(function) and function.__module__ == value.__name__ and inner[0] != "_":
                    yield f"{value.__name__}.{inner}", value, inner


def _is_own(function: Callable[..., Any], module: ModuleType) -> bool:
    return function.__module__ == module.__name__ and function.__name__[0] != "_"


def _other_room(name: str, module: ModuleType) -> bool:
    package, _, rest = name.partition(".")
    return package == "cleanbody" and rest.split(".")[0] != module.__name__.split(".")[1]


@contextmanager
def _watched(calls: dict[str, list[Call]]) -> Iterator[None]:
    """While this lasts, every call of a stage is noted, to be made again."""
    replaced: list[tuple[ModuleType, str, Any]] = []

    def watch(stage: str, module: ModuleType, name: str) -> None:
        original = getattr(module, name)

        def noted(*args: Any, **kwargs: Any) -> Any:
            calls.setdefault(stage, []).append(lambda: original(*args, **kwargs))
            return original(*args, **kwargs)

        replaced.append((module, name, original))
        setattr(module, name, noted)

    for stage, module, name in {(id(m), n): (s, m, n) for c in CALLERS for s, m, n in _stages_in(c)}.values():
        watch(stage.removeprefix("cleanbody."), module, name)
    try:
        yield
    finally:
        for module, name, original in replaced:
            setattr(module, name, original)


class Work:
    """One page, as HTML and as scraped text, and the calls that cleaning each makes, by stage."""

    def __init__(self, data: bytes, url: str | None = None) -> None:
        self.data = data
        self.html_calls: dict[str, list[Call]] = {}
        with _watched(self.html_calls):
            page = cleanbody.clean(data, url)
        self.text = "\n\n".join(page.document.block_text(i) for i in range(len(page.document)))
        self.text_calls: dict[str, list[Call]] = {}
        with _watched(self.text_calls):
            cleanbody.clean_text(self.text)
        self.html_calls |= {
            "clean": [lambda: cleanbody.clean(data, url)],
            "to_text": [page.to_text],
            "to_markdown": [page.to_markdown],
            "to_html": [page.to_html],
            "to_dict": [lambda: page.to_dict(blocks=True)],
        }
        self.text_calls |= {"clean_text": [lambda: cleanbody.clean_text(self.text)]}


def stages(works: list[Work], text: bool = False) -> dict[str, list[Call]]:
    """The calls that all the works make, by stage, in the order in which the stages end."""
    out: dict[str, list[Call]] = {}
    for work in works:
        for stage, calls in (work.text_calls if text else work.html_calls).items():
            out.setdefault(stage, []).extend(calls)
    return out
