"""One page with thirteen kinds of boilerplate, in eight languages, with telling class names, with opaque ones, as text.

What the library falls short of stands in ``kinds/shortfalls.json``: no more and no less may differ, so that whatever is
mended must be taken off the list (``python tests/test_kinds.py --write`` writes it anew; read what changed).
"""

from __future__ import annotations

import html as entities
import json
import re
import sys
import tomllib
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import cleanbody
from cleanbody import CleanPage

FOLDER = Path(__file__).resolve().parent / "kinds"
PAGES: dict[str, dict[str, Any]] = tomllib.loads((FOLDER / "pages.toml").read_text(encoding="utf-8"))
FORMS = ("telling", "opaque", "text")
KINDS = (
    *("breadcrumb", "copy", "byline", "share", "teaser", "newsletter", "paywall", "bio", "related", "prompt"),
    *("comment", "cookie", "copyright"),
)
SHORTFALLS = FOLDER / "shortfalls.json"


def lines_of(page: dict[str, Any], kind: str) -> list[str]:
    """The lines of a kind, each of which must go."""
    value = page["title"] if kind == "copy" else page[kind]
    return [value] if isinstance(value, str) else list(value)


def write_html(page: dict[str, Any], lang: str) -> str:
    """The page with telling class names."""
    text = {key: entities.escape(value) if isinstance(value, str) else value for key, value in page.items()}
    body = [f"<p>{entities.escape(one)}</p>" for one in page["body"]]
    body[page["subheading"]] = body[page["subheading"]].replace("p>", "h2>")
    body.insert(3 + 1, f'<p class="inline-teaser"><a href="/bread">{text["teaser"]}</a></p>')

    def links(texts: list[str]) -> str:
        return "".join(f'<li><a href="/{i}">{entities.escape(one)}</a></li>' for i, one in enumerate(texts))

    return f"""<!DOCTYPE html><html lang="{lang}"><head><title>{text["title"]} | {text["site"]}</title></head><body>
<div class="cookie-banner"><p>{text["cookie"]}</p></div>
<div class="breadcrumb"><ul>{links(page["breadcrumb"])}</ul></div>
<div class="article"><h1 class="headline">{text["title"]}</h1>
<div class="lead-image"><p class="caption-title">{text["title"]}</p></div>
<div class="byline">{text["byline"]}</div>
<div class="share-bar"><ul>{links(page["share"])}</ul></div>
<div class="article-body">{"".join(body)}</div>
<div class="newsletter-signup"><p>{text["newsletter"]}</p></div>
<div class="paywall"><p>{text["paywall"]}</p></div>
<div class="author-bio"><p>{text["bio"]}</p></div></div>
<div class="related-articles"><h3>{entities.escape(page["related"][0])}</h3>
<ul>{links(page["related"][1:])}</ul></div>
<div class="comments"><div class="comment-form"><h3>{text["prompt"]}</h3></div>
<div class="comment"><p>{entities.escape(page["comment"][0])}</p>
<p>{entities.escape(page["comment"][1])}</p></div></div>
<div class="footer"><p>{text["copyright"]}</p></div></body></html>"""


def write_text(page: dict[str, Any]) -> str:
    """The page as a scraper leaves it: a paragraph a line, with blank lines between them."""
    body = list(page["body"])
    body.insert(4, page["teaser"])
    crumbs = " > ".join(page["breadcrumb"])
    head = [page["cookie"], crumbs, page["title"], page["title"], page["byline"], *page["share"]]
    tail = [page["newsletter"], page["paywall"], page["bio"], *page["related"], page["prompt"], *page["comment"]]
    return "\n\n".join([*head, *body, *tail, page["copyright"]])


def cleaned(lang: str, form: str) -> CleanPage:
    page = PAGES[lang]
    if form == "text":
        return cleanbody.clean_text(write_text(page))
    source = write_html(page, lang)
    if form == "opaque":
        names = {name: f"x{i:02d}" for i, name in enumerate(dict.fromkeys(re.findall(r'class="([^"]*)"', source)))}
        source = re.sub(r'class="([^"]*)"', lambda found: f'class="{names[found[1]]}"', source)
    return cleanbody.clean(source)


def shortfalls(lang: str, form: str) -> list[str]:
    """Kinds of which a line stayed, and paragraphs that went."""
    page, result = PAGES[lang], cleaned(lang, form)
    kept = result.to_text().split("\n\n")
    joined = "\n".join(kept)
    out = [f"{kind} stays" for kind in KINDS if any(line in joined for line in lines_of(page, kind))]
    out += [f"paragraph {i} goes" for i, one in enumerate(page["body"]) if one not in kept]
    headlines = result.to_text(headline=True).count(page["title"])
    return [*out, *([] if headlines == 1 else [f"headline {headlines} times"])]


@pytest.mark.parametrize(("lang", "form"), list(product(PAGES, FORMS)))
def test_thirteen_kinds_go_and_the_body_stays(lang: str, form: str) -> None:
    known = json.loads(SHORTFALLS.read_text(encoding="utf-8"))
    assert shortfalls(lang, form) == known.get(f"{lang} {form}", [])


def test_every_page_has_every_kind() -> None:
    assert len(PAGES) == 8 and len(KINDS) == 13
    for page in PAGES.values():
        assert all(lines_of(page, kind) for kind in KINDS)
        assert len(page["body"]) == 6
    known = json.loads(SHORTFALLS.read_text(encoding="utf-8"))
    assert set(known) <= {f"{lang} {form}" for lang, form in product(PAGES, FORMS)}


if __name__ == "__main__":
    found = {f"{lang} {form}": shortfalls(lang, form) for lang, form in product(PAGES, FORMS)}
    found = {key: value for key, value in found.items() if value}
    print(json.dumps(found, indent=1, ensure_ascii=False))
    if "--write" in sys.argv:
        SHORTFALLS.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


# A line by which a site speaks to its readers, and a sentence of a story that holds the same words.
ASKING = {
    "sv": (
        "Artikeln fortsätter efter annonsen",
        "Sättaren skrev i marginalen att artikeln fortsätter efter annonsen på nästa sida, och så blev det.",
        "Hamnfogden räknade svanarna för första gången på nio år och fann fler än någon hade trott i staden.",
    ),
    "cs": (
        "Článek pokračuje pod reklamou",
        "Sazeč na okraj připsal, že článek pokračuje pod reklamou na další straně, a tak to také zůstalo.",
        "Správce přístavu spočítal labutě poprvé po devíti letech a našel jich víc, než si kdo ve městě myslel.",
    ),
    "hu": (
        "Már előfizetőnk?",
        "A postás megkérdezte a szomszédot, hogy már előfizetőnk volt-e az apja, amikor a lap még új volt.",
        "A kikötőmester kilenc év után először számolta meg a hattyúkat, és többet talált, mint gondolta volna.",
    ),
    "uk": (
        "Ви вичерпали ліміт безкоштовних статей",
        "У листі до міста він скаржився: мовляв, ви вичерпали ліміт безкоштовних статей, а далі й читати нема чого.",
        "Начальник порту вперше за дев'ять років порахував лебедів і знайшов більше, ніж хтось сподівався.",
    ),
    "id": (
        "Gulir untuk lanjut membaca",
        "Anak itu belum tahu bahwa orang harus gulir untuk lanjut membaca, dan ia menunggu halaman berikutnya.",
        "Kepala pelabuhan menghitung angsa untuk pertama kali dalam sembilan tahun dan menemukan lebih banyak.",
    ),
    "he": (
        "הכתבה ממשיכה אחרי הפרסומת",
        "הסדר כתב בשוליים שהכתבה ממשיכה אחרי הפרסומת בעמוד הבא, וכך נשאר הדבר עד היום בארכיון של העיתון.",
        "מנהל הנמל ספר את הברבורים לראשונה זה תשע שנים ומצא יותר ממה שמישהו בעיר העלה בדעתו בחורף הקר.",
    ),
}


@pytest.mark.parametrize("lang", ASKING)
def test_in_clean_prose_a_line_that_asks_goes_and_a_sentence_with_its_words_stays(lang: str) -> None:
    line, sentence, prose = ASKING[lang]
    page = cleanbody.clean_text("\n\n".join([prose, f"{prose} {prose}", line, sentence, f"{sentence} {prose}"]))
    kept = [block.text for block in page.blocks if block.keep]
    assert line not in kept
    assert sentence in kept and len(kept) == 4
