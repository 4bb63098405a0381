"""The folders under ``fixtures/``: pages in own words with what cleaning them must give, and the check of one.

``python tests/evidence.py [NAME...]`` shows where the library falls short, for all folders or those named so. What it
is known to fall short of stands in a folder's ``shortfalls.json``: no more and no less may differ, so that a page still
guards all the rest, and a mended one must be taken off the list (``--write`` writes the lists anew; read what changed).
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import cleanbody
from cleanbody.page import CleanPage, Label, PageType, Status

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
EXPECTATION = "expected.json"
SHORTFALLS = "shortfalls.json"
INPUTS = ("page.html", "page.txt")
# Key: the type of its value; those that must be there first.
REQUIRED: dict[str, tuple[type, ...]] = {
    "topic": (str,),
    "language": (str,),
    "why": (str,),
    "input": (str,),
    "title": (str, type(None)),
    "body": (list,),
}
OPTIONAL: dict[str, tuple[type, ...]] = {
    "url": (str, type(None)),
    "labels": (dict,),
    "dropped": (list,),
    "comments": (list,),
    "either": (list,),
    "page_type": (str,),
    "status": (str,),
    "metadata": (dict,),
}


@dataclass(frozen=True)
class Case:
    """One folder of evidence."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def negative(self) -> bool:
        """Nothing of this page may be dropped."""
        return self.name.startswith("negative--")

    @property
    def known_failure(self) -> bool:
        """This page is not yet cleaned as it should be."""
        return self.name.startswith("known-failure--")

    @cached_property
    def expected(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / EXPECTATION).read_text(encoding="utf-8")))

    @property
    def shortfalls(self) -> list[str]:
        """What this page is known to differ in."""
        path = self.folder / SHORTFALLS
        return list(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else []

    def write_shortfalls(self, found: list[str]) -> None:
        """Set down what this page differs in; nothing where it is right."""
        path = self.folder / SHORTFALLS
        path.unlink(missing_ok=True)
        if found:
            path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def read(self) -> str | bytes:
        """The page as a crawler has it: HTML as bytes, scraped text as ``str`` with its own line ends."""
        data = (self.folder / self.expected["input"]).read_bytes()
        return data if self.expected["input"].endswith(".html") else data.decode("utf-8")

    def clean(self) -> CleanPage:
        source, url = self.read(), self.expected.get("url")
        return cleanbody.clean_text(source, url=url) if isinstance(source, str) else cleanbody.clean(source, url)


def cases() -> list[Case]:
    """Every folder named ``<topic>--<slug>``, in order of name; one without an expectation is among them."""
    return [Case(path) for path in sorted(FIXTURES.iterdir()) if path.is_dir() and "--" in path.name]


def tidy(text: str | None) -> str | None:
    """A text with every run of white space as one space."""
    return None if text is None else " ".join(text.split())


def form_errors(case: Case) -> Iterator[str]:
    """What is wrong with an expectation as such, whatever the library does."""
    if not (case.folder / EXPECTATION).is_file():
        yield f"no {EXPECTATION}"
        return
    expected = case.expected
    yield from (f"key {key!r} is missing" for key in REQUIRED if key not in expected)
    for key, value in expected.items():
        allowed = REQUIRED.get(key) or OPTIONAL.get(key)
        if allowed is None:
            yield f"unknown key {key!r}"
        elif not isinstance(value, allowed):
            yield f"{key} is {type(value).__name__}"
    for key in ("topic", "language", "why", "input"):
        if not str(expected.get(key) or "").strip():
            yield f"{key} is empty"
    if not (expected.get("body") or expected.get("labels") or expected.get("dropped")):
        yield "nothing is expected"
    if expected.get("input") not in INPUTS or not (case.folder / str(expected.get("input"))).is_file():
        yield f"input is {expected.get('input')!r}, which is not there or not one of {INPUTS}"
    yield from _value_errors(case, expected)


def _value_errors(case: Case, expected: dict[str, Any]) -> Iterator[str]:
    yield from (f"unknown label {label!r}" for label in expected.get("labels", {}) if label not in set(Label))
    for key, known in (("page_type", PageType), ("status", Status)):
        if key in expected and expected[key] not in set(known):
            yield f"unknown {key} {expected[key]!r}"
    named = dict(expected.get("labels", {}))
    for key in ("body", "dropped", "comments", "either"):
        named[key] = expected.get(key, [])
    for name, texts in named.items():
        if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
            yield f"{name} is not a list of texts"
    if case.negative and (expected.get("dropped") or set(expected.get("labels", {})) - {"headline", "body"}):
        yield "a negative page expects something to be dropped"
    if not case.negative and not case.known_failure and case.name.split("--")[0] != expected.get("topic"):
        yield f"topic is {expected.get('topic')!r}, the folder's name says otherwise"


def differences(case: Case, page: CleanPage) -> list[str]:
    """Where a cleaned page is not what its folder expects, a line for each difference.

    Blocks under ``either`` must be there, but nothing is said of them: people would not agree either.
    """
    expected, out = case.expected, []
    either = {tidy(text) for text in expected.get("either", [])}
    kept = [str(tidy(b.text)) for b in page.blocks if b.keep and b.label is Label.BODY]
    wanted_body = [str(tidy(t)) for t in expected["body"]]
    out += _sequence_differences("body", wanted_body, [text for text in kept if text not in either])
    out += _missing("either", sorted(map(str, either)), [b.text for b in page.blocks], page)
    by_label: dict[str, list[str]] = {}
    for block in page.blocks:
        by_label.setdefault(block.label.value, []).append(block.text)
    for label, texts in expected.get("labels", {}).items():
        out += _missing(label, texts, by_label.get(label, []), page)
    out += _missing("dropped", expected.get("dropped", []), [b.text for b in page.blocks if not b.keep], page)
    if "comments" in expected:
        comments = [str(tidy(b.text)) for b in page.comments]
        out += _sequence_differences("comments", [str(tidy(t)) for t in expected["comments"]], comments)
    out += _value_differences(expected, page)
    if case.negative:
        out += [f"dropped as {b.label.value}: {b.text[:80]!r} {_codes(b.reasons)}" for b in page.blocks if not b.keep]
    return out


def _value_differences(expected: dict[str, Any], page: CleanPage) -> list[str]:
    found: dict[str, object] = {"title": tidy(page.title), "status": page.status.value}
    wanted: dict[str, object] = {"title": tidy(expected["title"]), "status": expected.get("status", "complete")}
    if "page_type" in expected:
        wanted["page_type"], found["page_type"] = expected["page_type"], page.page_type.value
    for key, value in expected.get("metadata", {}).items():
        wanted[f"metadata.{key}"], found[f"metadata.{key}"] = value, getattr(page.metadata, key)
    return [f"{key}: {found[key]!r}, expected {wanted[key]!r}" for key in wanted if found[key] != wanted[key]]


def _sequence_differences(name: str, wanted: list[str], found: list[str]) -> list[str]:
    lost, extra = Counter(wanted) - Counter(found), Counter(found) - Counter(wanted)
    out = [f"{name}: lost {text[:100]!r}" for text in lost.elements()]
    out += [f"{name}: too much {text[:100]!r}" for text in extra.elements()]
    return out or ([] if wanted == found else [f"{name}: other order"])


def _missing(name: str, wanted: Iterable[str], found: Iterable[str], page: CleanPage) -> list[str]:
    short = Counter(tidy(t) for t in wanted) - Counter(tidy(t) for t in found)
    at = {tidy(b.text): f"{b.label.value}, kept {b.keep} {_codes(b.reasons)}" for b in page.blocks}
    return [f"{name}: {str(t)[:80]!r} is {at.get(t, 'not a block')}" for t in short.elements()]


def _codes(reasons: Iterable[object]) -> str:
    return "[" + " ".join(str(reason) for reason in reasons) + "]"


def lasting(found: list[str]) -> list[str]:
    """Differences without the reasons' codes, which may change while the difference stays."""
    return sorted(re.sub(r" \[[^\[\]]*\]$", "", line) for line in found)


def main(names: list[str]) -> None:
    write = "--write" in names
    names = [name for name in names if name != "--write"]
    chosen = [case for case in cases() if not names or any(name in case.name for name in names)]
    total: Counter[str] = Counter()
    right = 0
    for case in chosen:
        found = [*form_errors(case)] or differences(case, case.clean())
        right += not found
        if write and not case.known_failure:
            case.write_shortfalls(lasting(found))
        total.update(line.split(":")[0].replace("dropped as", "negative dropped as") for line in found)
        if found:
            print(case.name, *found, sep="\n    ")
    print(f"\n{right} of {len(chosen)} right;", ", ".join(f"{key} {n}" for key, n in total.most_common()))


if __name__ == "__main__":
    main(sys.argv[1:])
