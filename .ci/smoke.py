"""Clean a page and a text with the installed package alone, through its names and its command; then all fixtures.

Prints a line for each fixture, a digest of everything that was found in it, and a last one that names the versions.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

BODY = (
    "The ferry was two hours late, because the fog lay on the sound until noon, and nobody at the pier was told why.",
    "On the far side the buses had left by then, so most of us walked the four kilometres into the village together.",
)
HEADLINE = "Two hours of fog"
PAGE = f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>{HEADLINE} | Island News</title></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li><li><a href="/sea">Sea</a></li></ul></nav>
<main><article><h1>{HEADLINE}</h1><p>{BODY[0]}</p><p>{BODY[1]}</p></article></main>
<footer><p>© 2024 Island News</p></footer></body></html>"""


def check(name: str, text: str, wanted: str) -> None:
    if text.strip() != wanted:
        raise SystemExit(f"{name}:\n{text}\nexpected:\n{wanted}")


def digest(path: Path) -> str:
    import cleanbody

    data = path.read_bytes()
    page = cleanbody.clean(data) if path.suffix == ".html" else cleanbody.clean_text(data.decode("utf-8"))
    found = json.dumps(page.to_dict(blocks=True), ensure_ascii=False)
    return hashlib.sha256(found.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def main() -> None:
    import cleanbody

    here = Path.cwd().resolve()
    if not Path(cleanbody.__file__).resolve().is_relative_to(here):
        raise SystemExit(f"cleanbody comes from {cleanbody.__file__}, not from what was installed in {here}")
    text = "\n\n".join(BODY)
    page = cleanbody.clean(PAGE)
    check("clean, title", page.title or "", HEADLINE)
    check("clean", page.text, text)
    check("clean_text", cleanbody.clean_text(f"{HEADLINE}\n\n{text}\n\nLeave a Reply", title=HEADLINE).text, text)
    Path("page.html").write_text(PAGE, encoding="utf-8")
    command = [str(Path(sys.executable).with_name("cleanbody"))]
    done = subprocess.run([*command, "clean", "page.html"], capture_output=True, text=True, encoding="utf-8")
    if done.returncode:
        raise SystemExit(f"cleanbody clean: exit code {done.returncode}: {done.stderr}")
    check("cleanbody clean", done.stdout, f"{HEADLINE}\n\n{text}")
    for path in sorted(Path("fixtures").glob("*/page.*")):
        print(path.parent.name, digest(path))
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    core = "there" if find_spec("cleanbody._native") else "not there"
    print(f"Python {sys.version.split()[0]}: {done.stdout.strip()}; compiled core: {core}")


if __name__ == "__main__":
    main()
