"""Check what the packages in a folder hold: one wheel with its data, one source package with everything to test it.

python check_dist.py FOLDER
"""

from __future__ import annotations

import sys
import tarfile
import zipfile
from pathlib import Path

SOURCES = ("seeds/", "fixtures/", "tests/", "benches/", "native/", "cleanbody/", "README.md", "LICENSE", "CHANGELOG.md")


def problems(folder: Path) -> list[str]:
    wheels, archives = list(folder.glob("*.whl")), list(folder.glob("*.tar.gz"))
    if len(wheels) != 1 or len(archives) != 1:
        return [f"{len(wheels)} wheels and {len(archives)} source packages, not one of each"]
    wheel = zipfile.ZipFile(wheels[0]).namelist()
    with tarfile.open(archives[0]) as archive:
        source = ["/".join(name.split("/")[1:]) for name in archive.getnames()]
    data = [f"cleanbody/data/{path.name}" for path in Path("cleanbody/data").glob("*.*") if path.suffix != ".py"]
    modules = [path.as_posix() for path in Path("cleanbody").rglob("*.py")]
    out = [
        f"wheel lacks {name}"
        for name in ["cleanbody/py.typed", "cleanbody/_native.pyi", *data, *modules]
        if name not in wheel
    ]
    out += [f"wheel holds {name}" for name in wheel if not name.startswith(("cleanbody/", "cleanbody-"))]
    out += [f"source package lacks {name}" for name in SOURCES if not any(s.startswith(name) for s in source)]
    tracked = [
        path
        for folder in ("seeds", "fixtures", "tests", "native")
        for path in Path(folder).rglob("*.*")
        if path.is_file()
    ]
    names = {path.as_posix() for path in tracked if "__pycache__" not in path.parts}
    out += [f"source package lacks {name}" for name in sorted(names - set(source))]
    return out


if __name__ == "__main__":
    found = problems(Path(sys.argv[1]))
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(bool(found))
