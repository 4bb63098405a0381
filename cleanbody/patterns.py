"""Regular expressions that are compiled when first used: most runs use few of them, and all of them cost an import.

Where the compiled core is there, most of those of its twins are never used at all.

A group that is repeated possessively is an atomic one, ``(?>...)*+``: before Python 3.11.5 `re` goes on too early from
``(?:...)*+`` where the group can match in more than one way (https://github.com/python/cpython/issues/106052).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, AnyStr, Final, cast

_METHODS: Final = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer", "pattern", "flags")


class _Later:
    """Stands for a pattern; the first question compiles it, and from then on its own methods answer."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        compiled = self._make()
        self.__dict__.update((method, getattr(compiled, method)) for method in _METHODS)
        return getattr(compiled, name)


def pattern(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As ``re.compile``, at first use.

    >>> pattern("[0-9]+").sub("#", "8 of 10")
    '# of #'
    """
    return cast("re.Pattern[AnyStr]", _Later(lambda: re.compile(source, flags)))


def unicode_pattern(source: str) -> re.Pattern[str]:
    r"""As ``regex.compile``, which knows the properties of Unicode, at first use; nor is that library loaded earlier.

    >>> unicode_pattern(r"\p{Lu}").findall("Ähre und Öl")
    ['Ä', 'Ö']
    """

    def make() -> Any:
        import regex

        return regex.compile(source)

    return cast("re.Pattern[str]", _Later(make))
