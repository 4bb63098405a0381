"""Gold articles for measuring, also of pages that have no gold text.

    python benches/articles.py SET.jsonl.gz... -o ARTICLES.jsonl.gz

Of a page with gold its article is read as the training does. Where only snippets are known, the body is what two
other extractors (trafilatura and readability-lxml) agree on, line by line, without lines that hold a snippet which the
set says is not of the body.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the checkout is what is scored, installed or not

from cleanbody.features.context import block_texts
from cleanbody.features.tokens import words_of
from cleanbody.html import read_html
from cleanbody.train.articles import Article, article_of, write_articles
from cleanbody.train.gold import Labelled, host_of, open_text, read_gold, set_name


def snippet_pages(path: Path) -> Iterator[tuple[Labelled, list[str]]]:
    """The pages of a set of which only snippets are known, without gold; and the snippets that are not of the body."""
    with open_text(path) as lines:
        for number, line in enumerate(lines):
            row = json.loads(line)
            if row.get("html") and row.get("main_content", row.get("gold")) is None:
                url = row.get("url")
                key, host = str(row.get("id", number)), host_of(url)
                page = Labelled(key, set_name(path), url, host, row["html"], "", "", "", row.get("lang") or "", None)
                yield page, row.get("without") or []


def agreed(html: str, foreign: list[str]) -> str:
    """The lines of trafilatura's text that stand in readability's too and hold no snippet that is not of the body."""
    import readability
    import trafilatura

    try:
        found = trafilatura.extract(html, include_comments=False, include_tables=False) or ""
        other = readability.Document(html).summary(html_partial=True)
    except Exception as error:  # whatever a peer raises, the page gives no article
        logging.info("no agreement: %s", error)
        return ""
    known = {tuple(words_of(text)) for text in block_texts(read_html(other))}
    lines = (line for line in found.splitlines() if not any(snippet in line for snippet in foreign))
    return "\n".join(line for line in lines if tuple(words_of(line.removeprefix("- "))) in known)


def article(of: tuple[Labelled, list[str]]) -> Article | None:
    """The article of a page with gold or without, and snippets that are not of its body."""
    page, foreign = of
    logging.disable(logging.WARNING)
    if page.page_type not in ("", "article"):
        return None
    gold = page.gold or agreed(page.html, foreign).replace("\n- ", "\n")
    found = article_of(page._replace(gold=gold))
    # a page without an address is a site of its own
    return found and Article(*(getattr(found, n) or page.id if n == "host" else getattr(found, n) for n in _FIELDS))


_FIELDS = Article.__slots__


def build(paths: list[Path], processes: int = 1) -> Iterator[Article]:
    """The articles of some sets; each headline once."""
    seen: set[str] = set()

    def pages() -> Iterator[tuple[Labelled, list[str]]]:
        for path in paths:
            yield from ((page, []) for page in read_gold([path]) if page.html)
            yield from snippet_pages(path)

    stream = pages()
    with ProcessPoolExecutor(processes) as pool:
        while batch := list(islice(stream, 64)):
            for found in pool.map(article, batch, chunksize=8):
                if found and found.title not in seen:
                    seen.add(found.title)
                    yield found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="SET.jsonl.gz")
    parser.add_argument("-o", "--out", type=Path, required=True)
    args = parser.parse_args()
    write_articles(build(args.sets), args.out)


if __name__ == "__main__":
    main()
