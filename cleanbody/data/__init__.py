"""The data files of the package: words, weights and trees that its code goes by."""

from __future__ import annotations


def read(name: str) -> bytes:
    """The bytes of a data file, wherever the package is installed; FileNotFoundError where there is none.

    >>> read("model.bin")[:9]
    b'CLEANBODY'
    """
    from pkgutil import get_data  # `importlib.resources` brings along what unpacks archives

    data = get_data(__name__, name)
    if data is None:  # the package's loader cannot read files
        raise FileNotFoundError(f"cleanbody/data/{name} cannot be read")
    return data
