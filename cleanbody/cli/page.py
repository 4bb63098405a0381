"""``cleanbody clean``: one page or text."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from cleanbody.cleaner import Cleaner
from cleanbody.cli.shared import DONE, SOME_FAILED, complain, config_options, make_cleaner
from cleanbody.decode import decode, looks_binary
from cleanbody.page import ArchiveError, CleanPage, Status

UNSETTLED = frozenset({Status.FAILED, Status.TIMEOUT, Status.BINARY})  # a page of which nothing can be said
HTML_ENDINGS = frozenset({".htm", ".html", ".shtml", ".xhtml"})
TEXT_ENDINGS = frozenset({".txt", ".text"})


@click.command()
@click.argument("file", default="-", metavar="[FILE|-]")
@click.option("--html/--text", "markup", default=None, help="What FILE holds; told by its name or bytes if not given.")
@click.option("--url", help="Where the page came from; helps with its type, date and canonical URL.")
@click.option("--title", help="The headline of a scraped text, if known.")
@click.option(
    "--format", "form", type=click.Choice(["text", "markdown", "html", "json"]), default="text", show_default=True,
    help="How to write the result.",
)  # fmt: skip
@click.option("--headline/--no-headline", default=True, show_default=True, help="The headline first (not for json).")
@click.option("--blocks", is_flag=True, help="With --format json: every block too, kept or not, and why.")
@config_options
def clean(
    file: str, markup: bool | None, url: str | None, title: str | None, form: str, headline: bool, blocks: bool,
    **config: Any,
) -> int:  # fmt: skip
    """Clean one page: HTML or scraped text, from FILE or standard input."""
    if blocks and form != "json":
        raise click.UsageError("--blocks needs --format json")
    data = _read(file)
    is_html = _is_html(file, data) if markup is None else markup
    if title is not None and is_html:
        raise click.UsageError("--title is for scraped text; an HTML page brings its own (or give --text)")
    cleaner = make_cleaner(**config)
    try:
        page = cleaner.clean(data, url) if is_html or looks_binary(data) else _clean_text(cleaner, data, title, url)
        result = _render(page, form, headline, blocks).encode("utf-8", "replace")
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        what = f"the cleaner failed on it ({type(error).__name__}: {error})"
        return complain(f"cleanbody clean: {file}: {what}; please report it with the page", SOME_FAILED)
    click.echo(result)
    if page.status is not Status.COMPLETE:
        click.echo(f"cleanbody clean: {file}: {', '.join(page.statuses)}", err=True)
    return SOME_FAILED if page.status in UNSETTLED else DONE


def _clean_text(cleaner: Cleaner, data: bytes, title: str | None, url: str | None) -> CleanPage:
    decoded = decode(data)
    page = cleaner.clean_text(decoded.text, title, url)
    return replace(page, statuses=(*page.statuses, Status.REPLACED_BYTES)) if decoded.replaced else page


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise ArchiveError(f"{file}: {error.strerror}; give a file that can be read, or - for standard input") from None


def _is_html(file: str, data: bytes) -> bool:
    ending = Path(file).suffix.lower()
    if ending in HTML_ENDINGS or ending in TEXT_ENDINGS:
        return ending in HTML_ENDINGS
    start = decode(data[:4096]).data.lstrip(b"\xef\xbb\xbf\t\n\x0c\r ")
    return start[:1] == b"<" and (start[1:2].isalpha() or start[1:2] in (b"!", b"?"))


def _render(page: CleanPage, form: str, headline: bool, blocks: bool) -> str:
    if form == "json":
        return json.dumps(page.to_dict(blocks=blocks), ensure_ascii=False)
    if form == "markdown":
        return page.to_markdown(headline=headline)
    return page.to_html(headline=headline) if form == "html" else page.to_text(headline=headline)
