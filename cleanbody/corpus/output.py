"""Lines of JSON, and files that never look complete too soon."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from cleanbody.page import ArchiveError


def to_line(row: dict[str, Any]) -> bytes:
    r"""One row as a line of JSON in UTF-8.

    >>> to_line({"title": "Größe", "text": "\ud800"})
    b'{"title":"Gr\xc3\xb6\xc3\x9fe","text":"?"}\n'
    """
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


@contextmanager
def open_output(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """A file to write, packed by the ending of its name (``.gz``, ``.zst``), that shows up only when it is complete.

    path: regular files are written under their name and ``.part`` and renamed at the end; a file of that name that was
    there is replaced then. Pipes and devices are written as they are. On an error the ``.part`` file is removed.
    Raises :class:`ArchiveError` if it cannot be opened; errors of writing come as :class:`OSError`.
    """
    target = Path(path)
    special = target.exists() and not target.is_file()
    place = target if special else target.with_name(target.name + ".part")
    try:
        raw = open(place, "wb")  # noqa: SIM115 (closed below, before the renaming)
    except OSError as error:
        raise ArchiveError(f"{target}: {error.strerror}; choose another place to write to") from error
    try:
        with raw, _packed(raw, target.suffix) as stream:
            yield stream
        if not special:
            os.replace(place, target)
    except BaseException:
        if not special:
            with suppress(OSError):
                place.unlink()
        raise


@contextmanager
def _packed(raw: BinaryIO, suffix: str) -> Iterator[IO[bytes]]:
    if suffix == ".gz":
        import gzip

        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packer:
            yield cast("IO[bytes]", packer)
    elif suffix == ".zst":
        import zstandard

        with zstandard.ZstdCompressor().stream_writer(raw, closefd=False) as stream:
            yield stream
    else:
        yield raw
