"""Documents with known truth: gold articles with everything put around them that pages put around articles.

Word F1 hardly feels a headline that stands twice or a teaser between two paragraphs, and real pages rarely label them.
Here every stretch is known by construction. The article's own subheadings, lists, quotes and lines of dialogue stay in.
"""

from __future__ import annotations

import html as entities
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from cleanbody.features.tokens import SPACELESS, content_stems, words_of
from cleanbody.page import Kind, Label
from cleanbody.train.articles import Article, Paragraph, held_out
from cleanbody.train.gold import Labelled
from cleanbody.train.layouts import CELL, Layout, Line, Section, Truth, read_layouts, write_html, write_text
from cleanbody.train.phrasebook import Phrasebook, read_seed_book

FORMS: Final = ("text", "bare", "classes")
_ROLE_OF_KIND: Final = {Kind.HEADING: "subheading", Kind.ITEM: "item", Kind.QUOTE: "quote", Kind.CAPTION: "caption"}
_PLACES: Final = ("top", "main", "bottom")
_TITLE_ENDS: Final = frozenset(".!?…:。！？：»”\"'")
_FRAME: Final = frozenset({"page", "main", "headline", "subheading", "paragraph", "item", "quote", "caption", "table"})


class Variety(NamedTuple):
    """Shares of documents that are made otherwise, so that one model copes with more than the layouts that there are.

    ``tables``: a table of the article's words and of numbers stands in the body, short lines that are body. ``mixed``:
    each kind of box is written as in a layout of its own, as on pages that are put together of plug-ins. ``short``: the
    article ends after its first paragraphs. ``marked``: the headline of another story ends as a sentence does, as
    half of them do in some papers.
    """

    tables: float = 0.0
    mixed: float = 0.0
    short: float = 0.0
    marked: float = 0.0


TRAINING: Final = Variety(tables=0.3, mixed=0.5, short=0.25, marked=0.2)


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A document with its truth. ``form`` is one of `FORMS`: scraped text, HTML without class names, HTML with them."""

    id: str
    form: str
    source: str
    truth: tuple[Truth, ...]
    article: Article
    layout: str

    def labelled(self) -> Labelled:
        """The same as a labelled page."""
        article, text = self.article, self.form == "text"
        return Labelled(
            id=self.id,
            set="synthetic",
            url=None if text else article.url,
            host=article.host,
            html="" if text else self.source,
            text=self.source if text else "",
            gold="\n".join(one.text for one in self.truth if one.keep),
            page_type="article",
            lang=article.lang,
            fold=article.fold,
        )


class Maker:
    """Makes documents of articles, phrases and layouts; the same of the same seed.

    Args:
        articles: what documents may be made of, and whose headlines teasers may be.
        book: what stands around them.
        layouts: ways to write a page, some with class names and some without.
        variety: shares of documents that are made otherwise.
    """

    def __init__(
        self, articles: Sequence[Article], book: Phrasebook, layouts: Sequence[Layout], variety: Variety | None = None
    ) -> None:
        self.variety = variety or Variety()
        self.articles = [one for one in articles if book.knows(one.lang)]
        self.book = book
        self.layouts: Mapping[str, list[Layout]] = {
            form: [one for one in layouts if one.classes is (form == "classes")] for form in FORMS[1:]
        }
        self._titles: defaultdict[str, list[str]] = defaultdict(list)
        for one in self.articles:
            self._titles[one.lang].append(one.title)

    def make(self, article: Article, form: str, seed: int) -> Synthetic:
        """A document of an article in one of `FORMS`."""
        rng = random.Random(f"{seed}:{form}:{article.id}")
        site = self.book.pick(article.lang, "site", rng)
        sections = _Composer(self, article, site, rng).compose()
        name = f"{article.id}:{form}:{seed}"
        if form == "text":
            source, truth = write_text(sections, rng)
            return Synthetic(name, form, source, truth, article, "text")
        layout = self.layout(form, rng)
        head = _head(article, site, rng)
        source, truth = write_html(sections, layout, rng, head=head, lang=article.lang)
        return Synthetic(name, form, source, truth, article, layout.name)

    def layout(self, form: str, rng: random.Random) -> Layout:
        """A layout of a form, or one whose boxes are those of several."""
        layouts = self.layouts[form]
        own = rng.choice(layouts)
        if not self.variety.mixed or rng.random() >= self.variety.mixed:
            return own
        roles = dict(own.roles)
        for role in sorted({role for one in layouts for role in one.roles} - _FRAME):
            other = rng.choice(layouts).roles
            roles[role] = other.get(role, other["block"])
        return replace(own, name=f"{own.name}, mixed", roles=roles)

    def other_title(self, article: Article, rng: random.Random) -> str:
        """The headline of another story, of which the article says nothing."""
        own = set(content_stems(words_of(" ".join([article.title, *(one.text for one in article.paragraphs)]))))
        title = self.book.pick(article.lang, "headline", rng)
        for _ in range(8):
            if rng.random() < 0.8:
                title = rng.choice(self._titles[article.lang])
            if title != article.title and len(own & set(content_stems(words_of(title)))) <= 1:
                return title
            title = self.book.pick(article.lang, "headline", rng)
        return title


def _head(article: Article, site: str, rng: random.Random) -> str:
    title, site = entities.escape(article.title), entities.escape(site)
    whole = rng.choice((title, f"{title} | {site}", f"{title} - {site}", f"{site}: {title}", site))
    graph = f'<meta property="og:title" content="{title}">' if rng.random() < 0.5 else ""
    return f"<title>{whole}</title>{graph}"


class _Composer:
    """One document being put together, section by section."""

    def __init__(self, maker: Maker, article: Article, site: str, rng: random.Random) -> None:
        self.maker, self.article, self.site, self.rng = maker, article, site, rng
        self.writer = maker.book.pick(article.lang, "name", rng)
        self.paragraphs = self.opening() if self.varies("short") else article.paragraphs

    def line(self, role: str) -> str:
        return self.maker.book.pick(self.article.lang, role, self.rng, site=self.site)

    def some(self, role: str, low: int, high: int, form: str = "text") -> tuple[Line, ...]:
        count = self.rng.randint(low, high)
        found = self.maker.book.some(self.article.lang, role, count, self.rng, site=self.site)
        return tuple(Line(text, form) for text in found)

    def other(self) -> str:
        title = self.maker.other_title(self.article, self.rng)
        if not self.varies("marked") or title[-1:] in _TITLE_ENDS:
            return title
        return title + self.rng.choice("？！。" if SPACELESS.search(title) else "?!.")

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def varies(self, what: str) -> bool:
        """Whether this document is of a share of `Variety`; nothing is drawn where there is no such share."""
        share: float = getattr(self.maker.variety, what)
        return share > 0.0 and self.chance(share)

    def opening(self) -> Sequence[Paragraph]:
        """The article's first paragraphs; no subheading is the last of them."""
        count = self.rng.randint(2, 5)
        while count > 1 and self.article.paragraphs[:count][-1].kind is Kind.HEADING:
            count -= 1
        return self.article.paragraphs[:count]

    def compose(self) -> list[Section]:
        """All sections, in reading order."""
        sections = [*self.before(), *self.body(), *self.after()]
        return sorted(sections, key=lambda one: _PLACES.index(one.place))

    def before(self) -> Iterator[Section]:
        """What stands above the article's first paragraph."""
        if self.chance(0.35):
            yield self.cookie()
        if self.chance(0.45):
            yield Section("nav", Label.NAVIGATION, self.some("nav", 4, 7, "link"), "top")
        if self.chance(0.8):
            yield self.trail()
        copies = [self.copy() for _ in range(self.rng.randint(1, 4))]
        places = [self.rng.choice(("above", "below", "below", "last")) for _ in copies]
        above, below, self.last = (
            [copy for copy, place in zip(copies, places, strict=True) if place == name]
            for name in ("above", "below", "last")
        )
        yield from above
        yield Section("headline", Label.HEADLINE, (Line(self.article.title),))
        yield from below
        if self.chance(0.7):
            yield self.byline()
        if self.chance(0.4):
            yield self.share()

    def trail(self) -> Section:
        steps = [Line(self.line("home"), "link"), *self.some("section", 1, 2, "link")]
        if self.chance(0.7):
            steps.append(Line(self.article.title))
        return Section("breadcrumb", Label.BREADCRUMB, tuple(steps), self.rng.choice(("top", "main")))

    def copy(self) -> Section:
        """The headline again: exact, in capitals, cut short, or with the site's name."""
        title = self.article.title
        forms = [title, title, title.upper(), f"{title} {self.rng.choice('|-–')} {self.site}"]
        if SPACELESS.search(title):
            forms.append(title[: max(len(title) * 2 // 3, 6)] + "…")
        elif title.count(" ") >= 5:
            words = title.split(" ")
            forms.append(" ".join(words[: max(len(words) * 2 // 3, 4)]) + self.rng.choice(("…", "...", " ...")))
        line = Line(self.rng.choice(forms), self.rng.choice(("text", "text", "link")))
        return Section("copy", Label.DUPLICATE, (line,))

    def byline(self) -> Section:
        lang, date = self.article.lang, self.line("date")
        by = self.maker.book.pick(lang, "byline", self.rng, name=self.writer, date=date, site=self.site)
        lines = [by] if date in by or self.chance(0.4) else [by, date]
        return Section("byline", Label.BYLINE, tuple(map(Line, lines)))

    def share(self) -> Section:
        return Section("share", Label.SHARE, self.some("share", 3, 6, self.rng.choice(("link", "button"))))

    def cookie(self, place: str = "top") -> Section:
        lines = (*self.some("cookie", 1, 1), *self.some("cookie-button", 1, 3, "button"))
        return Section("cookie", Label.COOKIE_NOTICE, lines, place)

    def newsletter(self) -> Section:
        first = self.some("newsletter", 1, 2)
        head = (first[0]._replace(form="heading"), *first[1:]) if self.chance(0.4) else first
        return Section("newsletter", Label.NEWSLETTER, (*head, *self.some("newsletter-button", 1, 1, "button")))

    def paywall(self) -> Section:
        return Section("paywall", Label.PAYWALL, self.some("paywall", 1, 3))

    def teaser(self) -> Section:
        """A headline of another story: bare, linked, or announced."""
        form = self.rng.choice(("text", "link", "link"))
        title, which = self.other(), self.rng.random()
        if which < 0.45:
            role = "teaser-linked" if form == "link" else "teaser-bare"
            return Section(role, Label.TEASER, (Line(title, form),))
        announced = self.line("teaser")
        mark = "" if announced[-1] in ":：" else self.rng.choice((":", ":", " –", ""))
        if which < 0.8:
            return Section("teaser", Label.TEASER, (Line(f"{announced}{mark} {title}", form),))
        more = tuple(Line(self.other(), "link") for _ in range(self.rng.randint(1, 3)))
        return Section("teaser-box", Label.TEASER, (Line(announced, self.rng.choice(("text", "heading"))), *more))

    def body(self) -> Iterator[Section]:
        """The article, with what stands between its paragraphs."""
        parts = []
        for item, group in groupby(self.paragraphs, key=lambda one: one.kind is Kind.ITEM):
            own = list(group)
            if item:
                parts.append(Section("item", Label.BODY, tuple(Line(one.text) for one in own)))
            else:
                parts += [Section(_ROLE_OF_KIND.get(p.kind, "paragraph"), Label.BODY, (Line(p.text),)) for p in own]
        if self.varies("tables"):
            parts.insert(self.rng.randint(1, len(parts)), self.table())
        between = [self.teaser() for _ in range(self.rng.choice((0, 1, 1, 2, 2, 3)))]
        between += [self.newsletter()] if self.chance(0.3) else []
        between += [self.paywall()] if self.chance(0.3) else []
        between += [Section("advert", Label.ADVERT, self.some("advert", 1, 1))] if self.chance(0.3) else []
        # not before the first paragraph, and not between a subheading and its section
        gaps = [i for i in range(1, len(parts)) if parts[i - 1].role != "subheading"]
        places = sorted(self.rng.sample(gaps, min(len(between), len(gaps))))
        put = dict(zip(places, between, strict=False))
        for i, part in enumerate(parts):
            if i in put:
                yield put[i]
            yield part

    def table(self) -> Section:
        """A table of the article's own words and of numbers."""
        width, height = self.rng.randint(2, 4), self.rng.randint(2, 7)
        rows = [CELL.join([self.scrap(), *(self.value() for _ in range(width - 1))]) for _ in range(height)]
        if self.chance(0.5):
            rows.insert(0, CELL.join(self.scrap() for _ in range(width)))
        return Section("table", Label.BODY, tuple(map(Line, rows)))

    def scrap(self) -> str:
        """A few words out of the article."""
        text = self.rng.choice(self.article.paragraphs).text
        if SPACELESS.search(text):
            at = self.rng.randrange(max(len(text) - 4, 1))
            return text[at : at + self.rng.randint(2, 4)].strip("，。、！？：；（）「」《》") or text[:2]
        words = [word.strip(".,;:!?()[]\"'“”«»„") for word in text.split()]
        at = self.rng.randrange(len(words))
        found = " ".join(word for word in words[at : at + self.rng.choice((1, 1, 2, 3))] if word)
        return found[:1].upper() + found[1:] if found else "–"

    def value(self) -> str:
        """What stands in a cell beside a name."""
        whole, part = self.rng.randint(1, 2000), self.rng.randint(1, 9)
        unit = self.rng.choice(("", "", "kg", "km", "%", "€", "m", "°C", "h", "GB"))
        number = self.rng.choice(
            (f"{whole}", f"{whole % 50},{part}", f"{whole % 50}.{part}", f"{whole % 90}–{whole % 90 + part}")
        )
        return self.scrap() if self.chance(0.3) else f"{number} {unit}".strip()

    def after(self) -> Iterator[Section]:
        """What stands below the article's last paragraph."""
        yield from self.last
        if self.chance(0.35):
            yield self.share()
        ends = []
        if self.chance(0.5):
            ends.append(self.bio())
        if self.chance(0.25):
            ends.append(self.newsletter())
        if self.chance(0.55):
            ends.append(self.related())
        if self.chance(0.15):
            ends.append(Section("pagination", Label.PAGINATION, self.some("pagination", 2, 3, "link")))
        self.rng.shuffle(ends)
        place = self.rng.choice(("main", "bottom"))
        yield from (one._replace(place=place) for one in ends)
        if self.chance(0.35):
            yield from self.comments()
        if self.chance(0.7):
            yield self.comment_form()._replace(place="bottom")
        if self.chance(0.8):
            lines = self.some("footer", 1, 3)
            yield Section("footer", Label.FOOTER, lines, "bottom")
        if self.chance(0.1):
            yield self.cookie("bottom")

    def bio(self) -> Section:
        bio = self.maker.book.pick(self.article.lang, "bio", self.rng, name=self.writer, site=self.site)
        head = self.some("bio-heading", 1, 1, self.rng.choice(("heading", "text"))) if self.chance(0.6) else ()
        name = (Line(self.writer, "link"),) if self.chance(0.3) else ()
        return Section("bio", Label.AUTHOR_BIO, (*head, *name, Line(bio)))

    def related(self) -> Section:
        head = self.some("related", 1, 1, "heading")
        titles = dict.fromkeys(self.other() for _ in range(self.rng.randint(3, 6)))
        return Section("related", Label.TEASER, (*head, *(Line(title, "link") for title in titles)))

    def comments(self) -> Iterator[Section]:
        """What readers wrote."""
        count = self.rng.randint(1, 3)
        yield Section("comments", Label.COMMENT, self.some("comments", 1, 1, "heading"), "bottom")
        for line in self.some("comment", count, count):
            who = Line(self.line("name")) if self.chance(0.7) else Line(f"{self.line('name')} · {self.line('date')}")
            yield Section("comment", Label.COMMENT, (who, line), "bottom")

    def comment_form(self) -> Section:
        lines = (*self.some("form", 1, 4), *self.some("field", 2, 3, "field"), *self.some("submit", 1, 1, "button"))
        first = lines[0]._replace(form=self.rng.choice(("heading", "text")))
        return Section("form", Label.COMMENT_PROMPT, (first, *lines[1:]), "bottom")


def synthesize(
    articles: Sequence[Article],
    seeds: Path,
    *,
    seed: int = 0,
    rounds: int = 1,
    forms: Sequence[str] = FORMS,
) -> Iterator[Synthetic]:
    """Documents for training: never of a host that is held out, with the phrases and layouts of the seeds alone.

    Args:
        articles: of `articles.articles_of` or `articles.read_articles`.
        seeds: the folder with ``phrases/``, ``lines/`` and ``layouts.toml``.
        seed: of the choices that are made.
        rounds: documents of each article in each form.
        forms: some of `FORMS`.
    """
    own = [one for one in articles if not held_out(one.host)]
    maker = Maker(own, read_seed_book(seeds), read_layouts(seeds / "layouts.toml"), TRAINING)
    for number in range(rounds):
        for article in maker.articles:
            for form in forms:
                yield maker.make(article, form, seed + number)
