"""The compiled core where the package was built with a C compiler, else None: rooms ask here, and go on in Python.

A function of the core writes into columns that its caller made and has a Python twin in the room that calls it. The
twin is its specification; both give the same to the bit.
"""

from __future__ import annotations

from typing import Final

try:
    from cleanbody import _native as core
except ImportError:  # built without a compiler
    core = None  # type: ignore[assignment]

__all__ = ["COMPILED", "core"]

COMPILED: Final = core is not None
