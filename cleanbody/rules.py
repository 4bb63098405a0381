"""The named rules: each a row of a label, a weight and conditions over feature columns.

A rule that holds is a reason, whatever comes of it. Weights are log-odds: a rule for a boilerplate label pulls a block
away from the content by its weight, a rule for ``body`` pulls it in. `VETO` and more decides alone; class names never
reach it, and stand in a rule only beside a condition on the block itself.
"""

from __future__ import annotations

import math
import operator
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cleanbody.compiled import core
from cleanbody.features import INDEX, Table
from cleanbody.page import Label, Reason

VETO: Final = 12.0
WORD: Final = 64  # bits of a word, each a rule
_OPERATORS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    "<=": lambda value, limit: not value > limit,
    ">": operator.gt,
    "<": lambda value, limit: not value >= limit,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a feature column with a number."""

    column: int
    compare: Callable[[float, float], bool]
    value: float

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Read a condition such as ``"words <= 12"``.

        Raises:
            KeyError: no such column or comparison.
        """
        name, sign, value = text.split()
        return cls(INDEX[name], _OPERATORS[sign], float(value))


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table. ``markup``: True for pages only, False for scraped text only, None for both."""

    name: str
    label: Label
    weight: float
    conditions: tuple[Condition, ...]
    markup: bool | None = None

    @property
    def reason(self) -> Reason:
        """What a block gets for which the rule holds."""
        return Reason(self.name, self.label, self.weight)

    def holds(self, table: Table) -> list[int]:
        """The blocks for which every condition is true. An unknown value (NaN) reaches no lower limit and breaks no
        upper one: what markup alone could tell is taken as absent."""
        rows: Sequence[int] = range(table.rows)
        for condition in self.conditions:
            column: array[float] = table.columns[condition.column]
            compare, value = condition.compare, condition.value
            rows = [i for i in rows if compare(column[i], value)]
            if not rows:
                break
        return list(rows)


def _rule(name: str, label: Label, weight: float, *conditions: str, markup: bool | None = None) -> Rule:
    return Rule(name, label, weight, tuple(map(Condition.parse, conditions)), markup)


# What shares no subject with the headline nor with the prose beside it.
_UNLIKE: Final = ("title_overlap <= 0", "before_overlap <= 0", "after_overlap <= 0")
_IN_PROSE: Final = (
    "has_headline >= 1",
    "prose_wide > .3",
    "words_before >= .1",
    "words >= 2",
    "words <= 12",
    "stems >= 1",
    "ends_sentence < 1",
    *("heading < 1", "bullet < 1", "item < 1", "starts_lower < 1"),
    *("money < 1", "digits <= 0"),
    *_UNLIKE,
    "body_overlap <= .2",
)
_IN_BOX: Final = ("since_prose <= 1.4", "until_prose <= 1.4")
_SHORT_BEFORE: Final = ("words_1_before >= 1", "words_1_before <= 2.6")
_SHORT_AFTER: Final = ("words_1_after >= 1", "words_1_after <= 2.6")

RULES: Final[tuple[Rule, ...]] = (
    # -- copies of the headline, and of anything long
    _rule("title-copy", Label.DUPLICATE, VETO, "title_copy >= 1", "is_headline < 1"),
    _rule(
        "title-near-copy",
        Label.DUPLICATE,
        VETO,
        "title_near >= .8",
        "is_headline < 1",
        "title_joined < 1",
        "words >= 5",
        "words <= 40",
    ),
    # light: of what real texts repeat, more than half is meant to stand twice (reviews, answers that quote, tables)
    _rule("block-copy", Label.DUPLICATE, 2, "copy_number >= 1", "words >= 15"),
    # -- breadcrumbs
    _rule(
        "title-behind-trail",
        Label.BREADCRUMB,
        VETO,
        "title_joined >= 1",
        "is_headline < 1",
        "title_copy < 1",
        "from_headline <= 0",
    ),
    _rule(
        "title-behind-words",  # below the headline it may also be a question that asks for it
        Label.BREADCRUMB,
        5,
        "title_joined >= 1",
        "is_headline < 1",
        "title_copy < 1",
        "from_headline > 0",
        "ends_sentence < 1",
    ),
    _rule("trail-marked-up", Label.BREADCRUMB, 6, "class_breadcrumb >= .4", "words <= 40"),
    _rule(
        "trail-of-links",
        Label.BREADCRUMB,
        5,
        "separators >= 2",
        "link_share >= .5",
        "words <= 30",
        "words_before <= .3",
    ),
    _rule(
        "trail-of-words",
        Label.BREADCRUMB,
        5,
        "separators >= 2",
        "words <= 25",
        "words_before <= .1",
        "ends_sentence < 1",
        "dates < 1",
        "bullet < 1",
        "marks <= .2",
        "from_headline <= 0",
    ),
    _rule(  # what a page's <title> becomes when its text is scraped
        "title-line",
        Label.BREADCRUMB,
        6,
        "index_share <= 0",
        "page_blocks >= 1",
        "separators >= 1",
        "words >= 3",
        "words <= 25",
        "ends_sentence <= 0",
        "bullet < 1",
        "is_headline < 1",
        markup=False,
    ),
    _rule("trail-phrase", Label.BREADCRUMB, 4, "phrase_breadcrumb >= .25", "words <= 20", "words_before <= .15"),
    # -- navigation
    _rule(
        "row-of-words",
        Label.NAVIGATION,
        3,
        "separators >= 2",
        "words <= 25",
        "words_before <= .1",
        "ends_sentence < 1",
        "dates < 1",
        "bullet < 1",
        "marks <= .2",
        "from_headline > 0",
    ),
    _rule("nav-element", Label.NAVIGATION, 3.5, "in_nav >= 1", "words <= 25"),
    _rule("nav-phrase", Label.NAVIGATION, 4, "phrase_navigation >= .6", "words <= 10", "heading < 1"),
    _rule("link-list", Label.NAVIGATION, 3, "item >= 1", "link_share >= .9", "shape_link_share >= .85", "words <= 8"),
    _rule("link-row", Label.NAVIGATION, 3, "links >= 3", "link_share >= .8", "words <= 40"),
    _rule("tag-list", Label.NAVIGATION, 4, "class_navigation >= .4", "link_share >= .6", "words <= 12"),
    # -- teasers of other pages
    _rule("teaser-phrase", Label.TEASER, 6, "starts_teaser >= 1", "words <= 40", "ends_sentence < 1"),
    _rule("teaser-heading", Label.TEASER, 6, "phrase_teaser >= .6", "words <= 12"),
    _rule("teaser-in-section", Label.TEASER, 3, "since_teaser >= .08", "link_share >= .6", "words <= 40"),
    _rule(
        "teaser-linked",
        Label.TEASER,
        5,
        "link_share >= .9",
        "words >= 4",
        "words <= 30",
        "ends_sentence < 1",
        "title_overlap <= .34",
        "before_overlap <= .34",
        "prose_wide > 0",
        "quote < 1",
        "item < 1",
        "heading < 1",
    ),
    _rule(
        "teaser-bare",
        Label.TEASER,
        VETO,
        "words >= 6",
        "words <= 25",
        "since_prose <= .7",
        "until_prose <= .7",
        "title_overlap <= 0",
        "before_overlap <= 0",
        "after_overlap <= 0",
        "body_overlap <= .5",
        "stems >= 3",
        "ends_sentence <= 0",
        "bullet < 1",
        "quoted < 1",
        "starts_lower < 1",
        "commas <= .15",
    ),
    _rule("teaser-marked-up", Label.TEASER, 3, "class_teaser >= .5", "link_share >= .5", "words <= 40"),
    # -- comments
    _rule(
        "comment-prompt",
        Label.COMMENT_PROMPT,
        8,
        "phrase_comment-prompt >= .5",
        "words >= 2",
        "words <= 40",
        "until_prose >= .7",
    ),
    _rule("comment-field", Label.COMMENT_PROMPT, 6, "phrase_comment-prompt >= .5", "words < 2", "since_comment >= .1"),
    _rule(
        "comment-prompt-opens",
        Label.COMMENT_PROMPT,
        6,
        "starts_comment-prompt >= 1",
        "phrase_comment-prompt >= .25",
        "words >= 2",
        "words <= 30",
    ),
    _rule("comment-button", Label.COMMENT_PROMPT, 4, "phrase_comment-prompt >= .5", "words < 2", "class_comment >= .3"),
    _rule("comment-form", Label.COMMENT_PROMPT, 3, "class_comment >= .3", "in_form >= 1", "words <= 20"),
    _rule("comment-marked-up", Label.COMMENT, 3, "class_comment >= .5", "words_before >= .2", "in_form < 1"),
    _rule("comment-line", Label.COMMENT, 4, "phrase_comment >= .5", "words <= 15", "words_before >= .3"),
    # -- calls to do something else
    _rule("share-phrase", Label.SHARE, 6, "phrase_share >= .5", "words <= 15", "heading < 1"),
    _rule("share-marked-up", Label.SHARE, 4, "class_share >= .5", "words <= 8"),
    _rule("newsletter-phrase", Label.NEWSLETTER, 6, "phrase_newsletter >= .4", "words >= 2", "words <= 40"),
    _rule("newsletter-opens", Label.NEWSLETTER, 5, "starts_newsletter >= 1", "words >= 4", "words <= 40"),
    _rule("newsletter-marked-up", Label.NEWSLETTER, 2, "class_newsletter >= .5", "words <= 60", "inner_ratio <= .3"),
    _rule("paywall-phrase", Label.PAYWALL, 6, "phrase_paywall >= .3", "words <= 60"),
    _rule(
        "paywall-opens",
        Label.PAYWALL,
        5,
        "starts_paywall >= 1",
        "words >= 4",
        "words <= 25",
        "ends_sentence < 1",
        "title_overlap <= 0",
    ),
    _rule("paywall-marked-up", Label.PAYWALL, 3, "class_paywall >= .6", "words <= 40"),
    _rule("cookie-phrase", Label.COOKIE_NOTICE, 6, "phrase_cookie-notice >= .3", "words >= 4", "words <= 90"),
    _rule("cookie-button", Label.COOKIE_NOTICE, 4, "phrase_cookie-notice >= .6", "words < 4", "prose_near <= 0"),
    _rule("cookie-marked-up", Label.COOKIE_NOTICE, 4, "class_cookie-notice >= .5", "words <= 200"),
    _rule("advert-label", Label.ADVERT, 6, "phrase_advert >= .6", "words <= 10"),
    _rule("advert-marked-up", Label.ADVERT, 4, "class_advert >= .6", "words <= 30"),
    # -- who and when
    _rule("byline-phrase", Label.BYLINE, 5, "phrase_byline >= .3", "words <= 16"),
    _rule("byline-opens", Label.BYLINE, 4, "starts_byline >= 1", "words <= 12", "ends_sentence < 1", "heading < 1"),
    _rule(
        "date-near-top",
        Label.BYLINE,
        3.5,
        "dates >= 1",
        "words_before <= .1",
        "words <= 14",
        "ends_sentence < 1",
        "bullet < 1",
    ),
    _rule("byline-marked-up", Label.BYLINE, 4, "class_byline >= .4", "words <= 16"),
    _rule("date-line", Label.BYLINE, 4, "dates >= 1", "words <= 8", "ends_sentence < 1", "prose_wide > 0"),
    _rule("bio-phrase", Label.AUTHOR_BIO, 5, "phrase_author-bio >= .4", "words <= 60"),
    _rule("bio-in-section", Label.AUTHOR_BIO, 5, "since_author-bio >= .3", "words_before >= .6"),
    _rule("bio-marked-up", Label.AUTHOR_BIO, 4, "class_author-bio >= .5", "words <= 120"),
    # -- the end of a page
    _rule("copyright-line", Label.FOOTER, 6, "copyright >= 1", "words <= 40"),
    _rule("footer-phrase", Label.FOOTER, 5, "phrase_footer >= .4", "words <= 40"),
    _rule("footer-phrase-at-end", Label.FOOTER, 5, "phrase_footer >= .15", "words <= 60", "words_before >= .9"),
    _rule("footer-element", Label.FOOTER, 4, "in_footer >= 1", "words_before >= .5", "in_article < 1"),
    _rule("footer-marked-up", Label.FOOTER, 3, "class_footer >= .5", "words_before >= .7"),
    _rule("page-numbers", Label.PAGINATION, 6, "phrase_pagination >= .5", "words <= 14"),
    _rule("pagination-marked-up", Label.PAGINATION, 5, "class_pagination >= .5", "words <= 20"),
    # -- by place alone, for what no phrase gives away: these lean on what a block is not like, and name no kind
    _rule(
        "above-headline",
        Label.OTHER,
        5,
        "from_headline < 0",
        "from_headline >= -2.5",
        "words_before <= .03",
        "words <= 12",
        "ends_sentence < 1",
        "title_overlap <= .5",
    ),
    _rule(  # notices and menus, which a scraped text writes as it writes prose
        "far-above-headline",
        Label.OTHER,
        5,
        "from_headline < 0",
        "words_before <= .03",
        "words <= 40",
        "title_overlap <= .5",
        markup=False,
    ),
    _rule(
        "below-headline",  # between the headline and the first prose, and about neither
        Label.OTHER,
        5,
        "from_headline > 0",
        "from_headline <= 2",
        "since_prose >= 2",
        "words_before <= .05",
        "words <= 9",
        "ends_sentence < 1",
        "heading < 1",
        *_UNLIKE,
        "body_overlap <= .2",
    ),
    _rule(  # who wrote it, when, and what to do with it
        "short-below-headline",
        Label.OTHER,
        5,
        "from_headline > 0",
        "from_headline <= 2.4",
        "since_prose >= 1.9",
        "until_prose <= 2.1",
        "words_before <= .25",
        "words <= 5",
        "ends_sentence < 1",
        *("heading < 1", "bullet < 1", "quoted < 1", "code < 1"),
        "title_overlap <= 0",
        "after_overlap <= 0",
        "body_overlap <= .5",
        markup=True,
    ),
    _rule(
        "below-prose",
        Label.OTHER,
        5,
        "words_before >= .9",
        "until_prose >= 3",
        "prose_wide > 0",
        "words <= 12",
        "ends_sentence <= 0",
        "bullet < 1",
    ),
    _rule(
        "far-below-prose",
        Label.OTHER,
        5,
        "words_before >= .97",
        "until_prose >= 3",
        "prose_wide <= 0",
        "words <= 12",
        "ends_sentence <= 0",
        "bullet < 1",
        markup=False,
    ),
    _rule(  # headlines of other stories
        "list-below-prose",
        Label.OTHER,
        5,
        "bullet >= 1",
        "has_headline >= 1",
        "words_before >= .6",
        "until_prose >= 3",
        "page_words <= 7.5",
        "words >= 5",
        "words <= 25",
        "stems >= 3",
        "ends_sentence <= 0",
        "digits <= .08",
        "title_overlap <= 0",
        "before_overlap <= 0",
        "body_overlap <= .34",
        markup=False,
    ),
    _rule(
        "sentence-below-prose",
        Label.OTHER,
        5,
        "words_before >= .9",
        "until_prose >= 2",
        "prose_wide > 0",
        "has_headline >= 1",
        "words <= 40",
        "stems >= 2",
        "capitals >= .15",
        "quoted < 1",
        *_UNLIKE,
        "body_overlap <= .25",
    ),
    # a lone short line in the prose is a subheading sooner than anything, and many are a list; two or three are a box
    _rule("short-behind-short", Label.OTHER, 5, *_IN_PROSE, *_IN_BOX, "since_prose >= 1", *_SHORT_BEFORE),
    _rule("short-before-short", Label.OTHER, 5, *_IN_PROSE, *_IN_BOX, "until_prose >= 1", *_SHORT_AFTER),
    _rule("line-behind-short", Label.TEASER, 3.5, *_IN_PROSE, "words >= 5", "since_prose >= 1", *_SHORT_BEFORE),
    _rule("line-before-short", Label.TEASER, 3.5, *_IN_PROSE, "words >= 5", "until_prose >= 1", *_SHORT_AFTER),
    # a subheading is bold at least where nothing else marks it, a line of the text is not alone
    _rule(
        "line-in-prose",
        Label.OTHER,
        5,
        "has_headline >= 1",
        "prose_wide > .1",
        "words_before >= .1",
        *_IN_BOX,
        "words >= 2",
        "words <= 12",
        "ends_sentence <= 0",
        *("heading < 1", "bullet < 1", "item < 1", "cell < 1", "quote < 1", "code < 1", "caption < 1"),
        *("strong_share <= .1", "starts_lower < 1", "quoted < 1", "addresses < 1"),
        "title_overlap <= 0",
        "before_overlap <= .25",
        "after_overlap <= .25",
        "body_overlap <= .34",
        markup=True,
    ),
    _rule(
        "heading-of-links",
        Label.TEASER,
        6,
        "has_headline >= 1",
        "heading >= 1",
        "links_1_after >= .9",
        "since_prose <= .7",
        "until_prose <= 1.7",
        "prose_wide > .1",
        "words <= 12",
        "ends_sentence < 1",
        "digits <= 0",
        *_UNLIKE,
    ),
    # -- what no reader sees as text
    _rule("no-script", Label.OTHER, VETO, "noscript >= 1"),
    _rule("control", Label.OTHER, 6, "control >= 1"),
    _rule("hidden", Label.OTHER, 1.5, "hidden >= 1"),
    # -- for the body
    _rule("heading-in-body", Label.BODY, 2.5, "heading >= 1", "in_stretch >= 1", "link_share <= .3", "prose_wide > 0"),
    _rule("prose-in-region", Label.BODY, 2, "words >= 25", "link_share <= .2", "in_best >= 1"),
    _rule("code-block", Label.BODY, 2, "code >= 1", "in_best >= 1"),
)


class Book:
    """Rules made ready to be asked of many tables.

    Args:
        rules: rows to evaluate.
    """

    __slots__ = ("programs", "rules", "words")

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        self.rules = tuple(rules)
        self.words = max(1, -(-len(self.rules) // WORD))
        self.programs = {markup: _program(self.rules, markup) for markup in (False, True)}

    def mask(self, wanted: Callable[[Rule], bool]) -> array[int]:
        """The words of bits of some of the rules."""
        out = array("Q", bytes(8 * self.words))
        for k, rule in enumerate(self.rules):
            if wanted(rule):
                out[k // WORD] |= 1 << k % WORD
        return out

    def sets(self, held: Sequence[int]) -> list[int]:
        """What `hold` gives as one number for each block, a bit a rule."""
        words = [held[k :: self.words] for k in range(self.words)]
        if len(words) == 1:
            return list(words[0])
        return [sum(word << WORD * k for k, word in enumerate(row)) for row in zip(*words, strict=True)]

    def named(self, bits: int) -> list[Rule]:
        """The rules of such a number, in their order."""
        found: list[Rule] = []
        while bits:
            found.append(self.rules[(bits & -bits).bit_length() - 1])
            bits &= bits - 1
        return found


# Conditions and rules in flat arrays: of each condition column, sign and limit; of each rule where its conditions end.
_Program = tuple["array[int]", "array[int]", "array[float]", "array[int]"]


def _program(rules: Sequence[Rule], markup: bool) -> _Program | None:
    """The rules as the compiled core reads them; None if one compares in a way of its own. One that is not for this
    form keeps its place, with a condition that nothing meets."""
    signs = {compare: number for number, compare in enumerate(_OPERATORS.values())}
    columns, codes, limits, ends = array("H"), array("B"), array("d"), array("H")
    for rule in rules:
        of_form = rule.markup is None or rule.markup is markup
        conditions = rule.conditions if of_form else (Condition(0, operator.gt, math.inf),)
        for one in conditions:
            if one.compare not in signs:
                return None
            columns.append(one.column)
            codes.append(signs[one.compare])
            limits.append(one.value)
        ends.append(len(columns))
    return columns, codes, limits, ends


def hold(book: Book, table: Table, markup: bool) -> array[int]:
    """Which rules hold for each of n blocks: rule k is bit k % 64 of word k // 64 of the block's ``book.words`` words.

    Args:
        table: columns of n blocks.
        markup: whether they come from a page rather than from a scraped text.
    """
    out = array("Q", bytes(8 * book.words)) * table.rows
    program = book.programs[markup]
    if core is not None and program is not None:
        core.hold(table.columns, table.rows, program, out)
        return out
    for k, rule in enumerate(book.rules):
        if rule.markup is None or rule.markup is markup:
            for i in rule.holds(table):
                out[i * book.words + k // WORD] |= 1 << k % WORD
    return out


def evaluate(table: Table, markup: bool, rules: Sequence[Rule] = RULES) -> list[list[Rule]]:
    """The rules that hold for each block.

    Args:
        table: columns of n blocks.
        markup: whether they come from a page rather than from a scraped text.
        rules: rows to evaluate.

    Returns:
        n lists, each in the order of `rules`.
    """
    book = Book(rules)
    return [book.named(bits) for bits in book.sets(hold(book, table, markup))]
