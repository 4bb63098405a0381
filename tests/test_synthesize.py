"""Synthetic documents: what they are made of, that their truth is theirs, and that what is measured is held out."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest

from cleanbody import html, plaintext
from cleanbody.features.tokens import words_of
from cleanbody.page import DataError, Kind, Label
from cleanbody.train.align import align_truth, kept_shares
from cleanbody.train.articles import Article, Paragraph, article_of, held_out, read_articles, write_articles
from cleanbody.train.gold import Labelled
from cleanbody.train.layouts import Layout, Line, Section, read_layouts, write_html, write_text
from cleanbody.train.lexicon import read_phrases
from cleanbody.train.phrasebook import read_book, read_lines, read_seed_book
from cleanbody.train.synthesize import _FRAME as FRAME
from cleanbody.train.synthesize import FORMS, Maker, Synthetic, Variety, synthesize

ROOT = Path(__file__).resolve().parent.parent
SEEDS, HELD_OUT = ROOT / "seeds", ROOT / "benches" / "held_out"
TITLE = "Harbour town counts its swans again after nine years"
PROSE = (
    "The council of Wessel Quay has counted the swans in its harbour for the first time in nine years, and found more.",
    "The harbour master keeps the tally on the back of a tide table, as the master before him had done it, in pencil.",
    "A swan that sleeps is easy to count, he says, but one that feeds is under water for half of the time and away.",
    "Nobody knows where they had been in the cold spring, when not a single one was seen from the bridge for weeks.",
    "The count will be held again in the autumn, with two boats, eleven helpers and a pot of soup for all of them.",
    "Last year the boats could not leave the harbour for the ice, and the helpers ate the soup without having counted.",
)
ARTICLE = Article(
    id="a",
    title=TITLE,
    paragraphs=(
        Paragraph(PROSE[0], Kind.PARAGRAPH),
        Paragraph("The tally of the harbour master", Kind.HEADING, 2),
        *(Paragraph(text, Kind.PARAGRAPH) for text in PROSE[1:4]),
        Paragraph("two boats", Kind.ITEM, 1),
        Paragraph("eleven helpers", Kind.ITEM, 1),
        *(Paragraph(text, Kind.PARAGRAPH) for text in PROSE[4:]),
    ),
    url="https://example.com/swans",
    host="example.com",
    lang="en",
)
OTHER = Article("b", "Bakery chain recalls rye loaves in three counties", ARTICLE.paragraphs, None, "example.org", "en")


def maker(folder: Path = HELD_OUT, variety: Variety | None = None) -> Maker:
    book = read_seed_book(SEEDS) if folder == SEEDS else read_book(folder / "lines")
    return Maker([ARTICLE, OTHER], book, read_layouts(folder / "layouts.toml"), variety)


def texts_of(document: Synthetic) -> list[str]:
    page = plaintext.read_text(document.source) if document.form == "text" else html.read_html(document.source)
    return [page.block_text(i) for i in range(len(page))]


@pytest.mark.parametrize("folder", [SEEDS, HELD_OUT], ids=["training", "measuring"])
@pytest.mark.parametrize("form", FORMS)
def test_the_truth_is_the_document_stretch_by_stretch(form: str, folder: Path) -> None:
    made = maker(folder)
    for seed in range(60):  # every layout comes
        document = made.make(ARTICLE, form, seed)
        words = [word for one in document.truth for word in words_of(one.text)]
        assert [word for text in texts_of(document) for word in words_of(text)] == words, (document.layout, seed)
        body = [one.text.lstrip("-•* ") for one in document.truth if one.label is Label.BODY]
        assert body == [one.text for one in ARTICLE.paragraphs]
        assert [one.text for one in document.truth if one.label is Label.HEADLINE] == [TITLE]
        assert all(one.keep is (one.label in (Label.BODY, Label.HEADLINE)) for one in document.truth)


@pytest.mark.parametrize("form", FORMS)
def test_a_table_is_body_cell_by_cell(form: str) -> None:
    made = maker(variety=Variety(tables=1.0))
    for seed in range(20):
        document = made.make(ARTICLE, form, seed)
        words = [word for one in document.truth for word in words_of(one.text)]
        assert [word for text in texts_of(document) for word in words_of(text)] == words, (document.layout, seed)
        cells = [one for one in document.truth if one.role == "table"]
        assert len(cells) >= 2 and all(one.keep for one in cells)
        own = set(words_of(" ".join(one.text for one in ARTICLE.paragraphs)))
        assert any(set(words_of(one.text)) & own for one in cells)


@pytest.mark.parametrize("form", ["bare", "classes"])
def test_mixed_layouts_write_each_kind_of_box_in_a_way_of_its_own(form: str) -> None:
    made = maker(SEEDS, Variety(mixed=1.0))
    own = {layout.name: layout for layout in made.layouts[form]}
    used = set()
    for seed in range(60):
        document = made.make(ARTICLE, form, seed)
        words = [word for one in document.truth for word in words_of(one.text)]
        assert [word for text in texts_of(document) for word in words_of(text)] == words, (document.layout, seed)
        layout = made.layout(form, Random(seed))
        frame = own[layout.name.removesuffix(", mixed")]
        assert {role: layout.roles.get(role) for role in FRAME} == {role: frame.roles.get(role) for role in FRAME}
        used.add(layout.roles["newsletter"])
    assert used == {one.roles.get("newsletter", one.roles["block"]) for one in own.values()}


def test_short_documents_end_after_the_first_paragraphs_and_never_with_a_subheading() -> None:
    made = maker(variety=Variety(short=1.0))
    lengths = set()
    for seed in range(40):
        document = made.make(ARTICLE, "text", seed)
        body = [one.text.lstrip("-•* ") for one in document.truth if one.label is Label.BODY]
        assert body == [one.text for one in ARTICLE.paragraphs[: len(body)]]
        lengths.add(len(body))
    assert lengths == {1, 3, 4, 5}  # the second of the article is a subheading


def test_all_kinds_come_and_headlines_are_copied() -> None:
    made = maker()
    documents = [made.make(ARTICLE, form, seed) for seed in range(20) for form in FORMS]
    labels = {one.label for document in documents for one in document.truth}
    missing = set(Label) - labels
    assert missing == {Label.TEMPLATE, Label.OTHER}
    roles = {one.role for document in documents for one in document.truth}
    assert {"teaser-bare", "teaser-linked", "teaser", "teaser-box", "related", "copy"} <= roles
    copies = {one.text for document in documents for one in document.truth if one.role == "copy"}
    assert {TITLE, TITLE.upper()} < copies
    assert any(text.startswith(TITLE) and len(text) > len(TITLE) for text in copies)  # with the site's name
    assert any(text.endswith(("…", "...")) for text in copies)


def test_the_same_seed_makes_the_same_document() -> None:
    assert maker().make(ARTICLE, "bare", 3) == maker().make(ARTICLE, "bare", 3)
    assert maker().make(ARTICLE, "bare", 3).source != maker().make(ARTICLE, "bare", 4).source


def test_html_without_classes_has_none() -> None:
    made = maker()
    assert all("class=" not in made.make(ARTICLE, "bare", seed).source for seed in range(20))
    assert all("class=" in made.make(ARTICLE, "classes", seed).source for seed in range(20))


def test_training_leaves_out_the_sites_that_are_measured() -> None:
    measured = Article("c", OTHER.title + " again", ARTICLE.paragraphs, None, "example.net", "en")
    assert held_out("example.net") and not held_out("example.com")
    made = list(synthesize([ARTICLE, OTHER, measured], SEEDS, rounds=2))
    assert {one.article.host for one in made} == {"example.com", "example.org"}
    assert len(made) == 2 * 2 * len(FORMS)


def test_labelled_documents_are_trained_on_by_their_truth() -> None:
    pytest.importorskip("numpy")
    from cleanbody.train.matrix import page_rows

    for form in FORMS:
        document = maker().make(ARTICLE, form, 1)
        rows = page_rows(document)
        kept = {word for one in document.truth if one.keep for word in words_of(one.text)}
        assert len(rows.target) == len(texts_of(document))
        for text, target in zip(texts_of(document), rows.target, strict=True):
            assert 0.0 <= target <= 1.0
            assert target == 0.0 or set(words_of(text)) & kept
        whole = [target for text, target in zip(texts_of(document), rows.target, strict=True) if text in PROSE]
        assert whole == [1.0] * len(PROSE)
        copies = [one for one in document.truth if one.role == "copy"]
        assert copies  # whose words stand in the gold, but which are not to be kept
        for copy in copies:
            if copy.text != TITLE:
                found = [t for text, t in zip(texts_of(document), rows.target, strict=True) if text == copy.text]
                assert not any(found)


# ---------------------------------------------------------------------------------------- what is measured is held out


def _keys(text: str) -> tuple[str, ...]:
    return tuple(words_of(re.sub(r"\{\w+\}|%[snd]|#", " ", text)))


def test_no_line_for_measuring_stands_in_the_seeds() -> None:
    known = {_keys(seed.phrase) for seed in read_phrases(SEEDS)}
    lines = read_lines(SEEDS / "lines")
    known |= {_keys(text) for roles in lines.values() for own in roles.values() for text in own}
    known.discard(())  # a phrase of gaps alone
    held = read_lines(HELD_OUT / "lines")
    assert len(held) >= 12
    spoken = {role for roles in held.values() for role in roles} - {"name", "site", "date", "section"}
    both = [text for roles in held.values() for role in spoken for text in roles[role] if _keys(text) in known]
    assert both == []


def test_books_know_the_same_languages() -> None:
    training, measuring = read_seed_book(SEEDS), read_book(HELD_OUT / "lines")
    assert set(training.lines) == set(measuring.lines)
    assert all(book.knows(lang) for book in (training, measuring) for lang in book.lines)


def test_no_layout_is_both_trained_on_and_measured() -> None:
    training, measuring = (read_layouts(folder / "layouts.toml") for folder in (SEEDS, HELD_OUT))
    assert not {one.name for one in training} & {one.name for one in measuring}
    tables = [sorted(one.roles.items()) for one in (*training, *measuring)]
    assert all(tables.count(table) == 1 for table in tables)
    classes = [{name for path in one.roles.values() for name in re.findall(r"\.([\w-]+)", path)} for one in measuring]
    trained = {name for one in training for path in one.roles.values() for name in re.findall(r"\.([\w-]+)", path)}
    assert all(not names or len(names & trained) <= len(names) / 5 for names in classes)


# ------------------------------------------------------------------------------------------------------------ articles


def page(body: str, gold: str, title: str = TITLE) -> Labelled:
    html_text = f"<html lang=en><title>{title} | The Bay</title><body>{body}"
    return Labelled("p", "set", None, "example.com", html_text, "", gold, "article", "", None)


def test_an_article_is_what_form_tells_to_be_one() -> None:
    body = f"<h1>{TITLE}</h1>" + "".join(f"<p>{text}</p>" for text in PROSE[:2])
    body += f"<h2>Why they came</h2><p>{PROSE[2]}</p><ul><li>two boats<li>a pot of soup</ul><p>{PROSE[3]}</p>"
    body += f"<p>A short line</p><h2>More stories</h2><p>{PROSE[4]}</p><p>{PROSE[5]}</p><h3>The end</h3>"
    gold = [TITLE, *PROSE[:2], "Why they came", PROSE[2], "two boats", "a pot of soup", PROSE[3], "A short line"]
    found = article_of(page(body, "\n".join([*gold, *PROSE[4:], "The end"])))
    assert found and found.title == TITLE and found.lang == "en"
    kinds = [(one.text, one.kind) for one in found.paragraphs]
    assert ("Why they came", Kind.HEADING) in kinds and ("two boats", Kind.ITEM) in kinds
    assert not {"A short line", "The end", "More stories", TITLE} & {text for text, _ in kinds}


@pytest.mark.parametrize(
    ("gold", "title"),
    [
        ("\n".join(PROSE), "Another name"),  # the headline is not certain
        (PROSE[0], TITLE),  # too little is left
    ],
)
def test_a_page_without_a_certain_headline_or_body_gives_none(gold: str, title: str) -> None:
    body = f"<h1>{TITLE}</h1>" + "".join(f"<p>{text}</p>" for text in PROSE)
    assert article_of(page(body, gold, title)) is None
    assert article_of(page(body, "\n".join(PROSE), TITLE)) is not None


def test_articles_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_articles([ARTICLE, OTHER], tmp_path / "articles.jsonl.gz")
    assert list(read_articles(tmp_path / "articles.jsonl.gz")) == [ARTICLE, OTHER]


# ----------------------------------------------------------------------------------------------- alignment and layouts


def test_blocks_are_found_among_stretches_however_they_are_cut() -> None:
    found = align_truth(
        ["Home News", "Rain fell all day", "long", "Share"], ["Home", "News", "Rain fell all day long", "X"]
    )
    assert found == [{0: 0.5, 1: 0.5}, {2: 1.0}, {2: 1.0}, {}]
    assert kept_shares(found, ["breadcrumb", "breadcrumb", "body", "share"]) == [0.0, 1.0, 1.0, 0.0]
    missing = align_truth(
        ["Rain fell all day long"], ["some words", "that the document lacks", "Rain fell all day long"]
    )
    assert missing == [{2: 1.0}]


def test_sections_are_written_as_the_layout_says() -> None:
    import random

    roles = {
        "block": "| p",
        "headline": "| h1.big#top",
        "paragraph": "div | p",
        "main": "main",
        "related": "div > ul | li",
    }
    box = Section("related", Label.TEASER, (Line("More", "heading"), Line("A & B", "link"), Line("C")), "bottom")
    layout = Layout("own", True, {**roles, "box-heading": "| h3"})
    head = Section("headline", Label.HEADLINE, (Line("Rain"),))
    page, truth = write_html([head, box], layout, random.Random(1), head="", lang="en")
    assert '<main><h1 class="big" id="top">Rain</h1>\n</main>' in page
    assert re.search(r'<div><h3>More</h3>\n<ul><li><a href="/\d+.html">A &amp; B</a></li>\n<li>C</li></ul></div>', page)
    assert [one.text for one in truth] == ["Rain", "More", "A & B", "C"]
    text, truth = write_text([head, box], random.Random(1))
    assert [one.text for one in truth] == [line for line in text.splitlines() if line]


@pytest.mark.parametrize(
    ("layout", "error"),
    [
        ("[a]\nblock = '| p'", "needs the role 'headline'"),
        ("[a]\nblock = '| p'\nheadline = '| h 1'\nparagraph = '| p'\nmain = 'div'", "no element"),
        ("[a", "layouts"),
    ],
)
def test_layouts_that_cannot_be_read_are_refused(layout: str, error: str, tmp_path: Path) -> None:
    (tmp_path / "layouts.toml").write_text(layout)
    with pytest.raises(DataError, match=error):
        read_layouts(tmp_path / "layouts.toml")


@pytest.mark.parametrize(("lines", "error"), [("pamphlet = ['x']", "no role"), ("share = [", "xx.toml")])
def test_lines_that_cannot_be_read_are_refused(lines: str, error: str, tmp_path: Path) -> None:
    (tmp_path / "xx.toml").write_text(lines)
    with pytest.raises(DataError, match=error):
        read_lines(tmp_path)


# ---------------------------------------------------------------------------------------------------------- the measure

KEPT = [one.text for one in ARTICLE.paragraphs]


@pytest.mark.parametrize(
    ("lines", "lost", "stayed", "times"),
    [
        ([TITLE, *KEPT], [], [], 1),
        (KEPT, [TITLE], [], 0),
        ([TITLE, "Home > Sea", *KEPT], [], ["Home > Sea"], 1),
        ([TITLE, TITLE.upper(), *KEPT], [], [TITLE.upper()], 2),
        ([TITLE, *KEPT[:3], *KEPT[4:]], [KEPT[3]], [], 1),
        ([TITLE, *KEPT[:3], "Sign up", *KEPT[3:]], [], ["Sign up"], 1),
    ],
)
def test_the_measure_sees_what_went_and_what_stayed(
    lines: list[str], lost: list[str], stayed: list[str], times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benches"))
    from kinds import shares_kept

    from cleanbody.train.layouts import Truth

    truth = [Truth("Home > Sea", Label.BREADCRUMB, False, "breadcrumb"), Truth(TITLE, Label.HEADLINE, True, "headline")]
    truth += [Truth(TITLE.upper(), Label.DUPLICATE, False, "copy")]
    truth += [Truth(text, Label.BODY, True, "paragraph") for text in KEPT]
    truth.insert(6, Truth("Sign up", Label.NEWSLETTER, False, "newsletter"))
    shares, found = shares_kept(truth, "\n\n".join(lines), TITLE)
    assert found == times
    assert [one.text for one, share in zip(truth, shares, strict=True) if one.keep and share < 1] == lost
    assert [one.text for one, share in zip(truth, shares, strict=True) if not one.keep and share > 0] == stayed


def test_a_copy_that_went_is_not_found_in_a_paragraph_that_names_the_same_thing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benches"))
    from kinds import shares_kept

    from cleanbody.train.layouts import Truth

    title, copy = "港口鎮發表天鵝計數工作綱要白皮書全文", "港口鎮發表天鵝計數工作綱要…"
    body = [
        "港務長介紹了天鵝計數工作綱要的進展，說數目會再上升。",
        "明年秋天還會再數一次，由兩條船和十一位幫手完成。",
    ]
    truth = [Truth(title, Label.HEADLINE, True, "headline"), Truth(copy, Label.DUPLICATE, False, "copy")]
    truth += [Truth(text, Label.BODY, True, "paragraph") for text in body]
    assert shares_kept(truth, "\n\n".join([title, *body]), title) == ([1.0, 0.0, 1.0, 1.0], 1)
    assert shares_kept(truth, "\n\n".join([title, copy, *body]), title) == ([1.0, 1.0, 1.0, 1.0], 1)
    assert shares_kept(truth, "\n\n".join([title, body[1]]), title)[0] == [1.0, 0.0, 0.0, 1.0]


def test_a_thin_lexicon_knows_a_part_of_the_phrases() -> None:
    from cleanbody.lexicon import Lexicon
    from cleanbody.train.thin import PARTS, ThinLexicon

    whole = Lexicon.load()
    texts = ["Leave a Reply", "Share on Facebook", "All rights reserved", "Schreibe einen Kommentar", "Read also: Rain"]
    assert all(whole.match(text).hits for text in texts)
    found = [
        sum(bool(ThinLexicon(whole, f"page {i}", known).match(text).hits) for i in range(40) for text in texts)
        for known in (0, PARTS // 2, PARTS)
    ]
    assert found[0] == 0 and found[2] == 40 * len(texts)
    assert 60 < found[1] < 140
    assert ThinLexicon(whole, "page", 3).class_weights("comment-form") == whole.class_weights("comment-form")
    for name in ("site_words", "kind_words"):
        words = getattr(whole, name)
        parts = [getattr(ThinLexicon(whole, "page", known), name) for known in (0, 3, 6, PARTS)]
        shares = [len(part) / len(words) for part in parts]
        assert 0.3 < shares[0] == shares[1] < 0.45 and 0.65 < shares[2] < 0.85 and shares[3] == 1, name
        assert parts[3] == words, name
    assert ThinLexicon(whole, "page", 0).address_words == whole.address_words


def test_some_headlines_of_other_stories_end_as_sentences_do() -> None:
    plain, marked = (
        [one.text for seed in range(40) for one in maker(SEEDS, variety).make(ARTICLE, "text", seed).truth]
        for variety in (Variety(), Variety(marked=1.0))
    )
    titles = {OTHER.title, *read_lines(SEEDS / "lines")["en"]["headline"]}
    assert any(text in titles for text in plain)
    assert not any(text in titles and text[-1] not in ".!?\"'" for text in marked)
    assert any(text[:-1] in titles and text[-1] in ".!?" for text in marked)
