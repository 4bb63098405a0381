"""Columns and rules in, a decision and its reasons for every block out."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import compress
from typing import Final, NamedTuple

from cleanbody import baseline
from cleanbody.compiled import core
from cleanbody.cut import LINE_WORDS, LINES, PROSE_SHARE, keeps, reach, sigmoid
from cleanbody.features import Table
from cleanbody.features.second import second_columns
from cleanbody.features.sums import add_up
from cleanbody.model import Model
from cleanbody.naming import (
    CONTENT,
    DOUBTFUL,
    NAMED,
    Doubtful,
    Kinds,
    Ruled,
    kind_reason,
    kinds_of,
    name_kinds,
    names,
)
from cleanbody.page import KINDS, LABELS, Decisions, Document, Label, PageType, Reason, once
from cleanbody.rules import RULES, VETO, Book, Rule, hold

LABEL_INDEX: Final = {label: i for i, label in enumerate(LABELS)}
# What the neighbours' scores may add (log-odds): a short block between two kept ones is likelier to be body.
NEIGHBOUR_WEIGHT: Final = 1.6
NEIGHBOUR_REACH: Final = 2
# Beside the learned model, which sees the same columns, a rule that is no veto counts for this share of its weight.
RULE_SHARE: Final = 0.5
# A scraped text of which less than 1 / CLEAN_SLOPE would go at this cut is partly clean already.
CLEAN_LOGIT: Final = -0.32
CLEAN_SLOPE: Final = 4.0
FEW_WORDS: Final = 200.0
FEW_LOGIT: Final = 1.0  # what the least likely block reaches of a short text of which nothing would be left
# Rules of lines that are a phrase and little else by which a site speaks to its readers: never of a text's own.
_ASKING: Final = frozenset({"comment-prompt", "share-phrase", "newsletter-phrase", "paywall-line", "advert-label"})
# From a scraped text of which less than this share of the words would go at the usual threshold only lines go that tell
# by their words what they are: these, and copies of the headline and notices. A date, or a line that fits badly, stays.
CLEAN_GONE: Final = 0.03
CLEAN_CUT: Final = 0.42
_TELLING: Final = _ASKING | {
    *("title-copy", "title-near-copy", "title-behind-trail", "title-behind-words", "title-line", "trail-of-words"),
    *("comment-prompt-opens", "newsletter-opens", "paywall-phrase", "paywall-opens", "cookie-phrase", "copyright-line"),
}
# A scraped text of which so many lines are told so, and would go, is not clean, however little of it they are.
TOLD: Final = 3
# Of a text of which about so little is not body, a line below so many words of body is no headline.
AMID_GONE: Final = 0.15
AMID_WORDS: Final = 12.0
# Labels whose rules don't speak on a page of posts, where what readers write is the body.
_POSTS: Final = frozenset({Label.COMMENT})


def classify(
    document: Document,
    table: Table,
    *,
    page_type: PageType = PageType.ARTICLE,
    threshold: float = 0.42,
    keep: Collection[Label] = (),
    model: Model | None = None,
    sign: Callable[[bytearray], Mapping[int, str]] = lambda labels: {},
) -> Decisions:
    """Decide on every block of a document. Labels and reasons are found out when they are first asked for.

    Args:
        document: n blocks.
        table: its feature columns.
        page_type: what the page is; on a forum the posts are body.
        threshold: a block whose probability to be content reaches the page's cut is kept; the cut lies near this
            (see `cut.page_cut`, and `cut.line_cut` for lines), 0 to 1.
        keep: labels that are kept although they are not content.
        model: the learned block model; None for density and context alone.
        sign: who wrote which block, when told the labels; asked with them.
    """
    base, code = _base(document, table, model)
    speak = _OF_POSTS if page_type is PageType.FORUM else _OF_PAGES
    held = hold(speak.book, table, document.markup)
    page = Page(table["words"], document.kind, table.headline_index, document.markup, float(threshold))
    context = _context(_logits(speak, held, base, 1.0)) if code == "density" else None
    verdict = _settle(speak, held, base, page, context)
    doubtful = Doubtful.of(table, verdict.fate if kinds_of(model, page.form) else bytearray())
    told = _Told(_Later(speak, held, code, base, context, page, verdict, doubtful, model), sign)
    if not keep:
        return Decisions.later(partial(getattr, told), score=verdict.score, keep=verdict.keep, _headline=page.headline)
    kept = bytearray(k or LABELS[i] in keep for k, i in zip(verdict.keep, told.label, strict=True))
    return Decisions(told.label, verdict.score, kept, told.reasons, told.author)


class Speakers:
    """The rules that speak on a page, and what each does."""

    __slots__ = ("against", "asks", "book", "pulls", "sure", "tells")

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.book = Book(rules)
        self.pulls = {share: array("d", [_pull(rule, share) for rule in rules]) for share in (1.0, RULE_SHARE)}
        self.against = self.book.mask(lambda rule: rule.label is not Label.BODY)
        self.asks = self.book.mask(_asks)
        self.tells = self.book.mask(_tells)
        self.sure = self.book.mask(names)


class Page(NamedTuple):
    """What the verdict needs to know of a page: words and kind of each block, index of the headline or -1, its form."""

    words: array[float]
    kind: bytearray
    headline: int
    markup: bool
    threshold: float

    @property
    def form(self) -> str:
        """What the model calls such a document."""
        return "page" if self.markup else "text"


class Verdict(NamedTuple):
    """Scores, and what comes of them.

    keep: whether a block is kept: the headline, and what scores enough.  fate: `CONTENT`, `DOUBTFUL` or `NAMED`.
    trust, lift: the log-odds that every block got for the document's sake, and those that a block got that no rule
    speaks against.  floor: the score to which blocks were raised as so little would go, 0 where they were not.
    """

    score: array[float]
    keep: bytearray
    fate: bytearray
    trust: float
    lift: float
    floor: float


class _Drawn(NamedTuple):
    """What the rules that hold for a block come to.

    free: none speaks against it.  asks: one is sure that it asks the reader for something.  pull: what they add to its
    log-odds beside the model.
    """

    free: bool
    asks: bool
    pull: float

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> _Drawn:
        """Of all rules that hold for a block."""
        free = all(rule.label is Label.BODY for rule in rules)
        return cls(free, any(map(_asks, rules)), add_up(_pull(rule, RULE_SHARE) for rule in rules))


class _Later(NamedTuple):
    """Labels and reasons, not yet found out; holds no column but those that kinds are told by."""

    speak: Speakers
    held: array[int]
    code: str
    base: array[float]
    context: Sequence[float] | None
    page: Page
    verdict: Verdict
    doubtful: Doubtful
    model: Model | None

    def labels(self, ruled: Ruled, kinds: Kinds) -> bytearray:
        """The label of each block, as an index into `LABELS`."""
        labels = bytearray([LABEL_INDEX[Label.BODY]]) * len(ruled.sets)
        for i in compress(range(len(labels)), self.verdict.fate):
            kind = kinds[i][0] if i in kinds else None
            labels[i] = LABEL_INDEX[ruled.said[ruled.sets[i]].label(kind)]
        if self.page.headline >= 0:
            labels[self.page.headline] = LABEL_INDEX[Label.HEADLINE]
        return labels

    def reasons(self, labels: bytearray, ruled: Ruled, kinds: Kinds) -> tuple[tuple[Reason, ...], ...]:
        """The reasons of each block: rules, its kind where that named it, and what it is like."""
        known: dict[int, tuple[tuple[Reason, ...], _Drawn]] = {}
        reasons: list[tuple[Reason, ...]] = []
        for i, bits in enumerate(ruled.sets):
            if bits not in known:
                rules = self.speak.book.named(bits)
                known[bits] = tuple(rule.reason for rule in rules), _Drawn.of(rules)
            of_rules, drawn = known[bits]
            label = LABELS[labels[i]]
            if i in kinds and kinds[i][0] is label:
                of_rules += (kind_reason(*kinds[i]),)
            reasons.append(of_rules + self._evidence(i, drawn, label))
        return tuple(reasons)

    def named(self) -> tuple[Ruled, Kinds]:
        """The rules that hold for each block, and the kinds of those that no rule names for sure."""
        page, fate = self.page, self.verdict.fate
        ruled = Ruled.of(self.speak.book, self.speak.book.sets(self.held))
        return ruled, name_kinds(self.doubtful, ruled, fate, page.words, page.form, self.model)

    def _evidence(self, row: int, drawn: _Drawn, label: Label) -> tuple[Reason, ...]:
        """The reasons that every block has: what it is like, what stands around it, and the headline's own."""
        base, verdict = self.base[row], self.verdict
        found: tuple[Reason, ...] = (Reason(self.code, Label.BODY if base >= 0 else Label.OTHER, abs(base)),)
        prior = verdict.trust + verdict.lift if drawn.free else 0.0 if drawn.asks else verdict.trust
        if verdict.floor and verdict.score[row] == verdict.floor:
            prior = math.log(verdict.floor / (1.0 - verdict.floor)) - base - drawn.pull
        if prior:
            found += (Reason("document", Label.BODY, prior),)
        context = self.context[row] if self.context else 0.0
        if context:
            found += (Reason("neighbours", Label.BODY if context >= 0 else Label.OTHER, abs(context)),)
        return (Reason("headline", Label.HEADLINE, 0.0), *found) if label is Label.HEADLINE else found


class _Told:
    """The fields of `Decisions` that are found out when they are asked for; `Decisions` keeps what it has read."""

    def __init__(self, later: _Later, sign: Callable[[bytearray], Mapping[int, str]]) -> None:
        self.later = later
        self._sign = sign

    @once
    def _named(self) -> tuple[Ruled, Kinds]:
        return self.later.named()

    @once
    def label(self) -> bytearray:
        """The others are told by it."""
        return self.later.labels(*self._named)

    @property
    def reasons(self) -> tuple[tuple[Reason, ...], ...]:
        return self.later.reasons(self.label, *self._named)

    @property
    def author(self) -> Mapping[int, str]:
        return self._sign(self.label)


def _base(document: Document, table: Table, model: Model | None) -> tuple[array[float], str]:
    """The log-odds of each block before any rule, and the code of the reason that they are."""
    name = "page" if document.markup else "text"
    if model is None or not table.rows or f"{name}-first" not in model.ensembles:
        return baseline.score(table), "density"
    forest = model.forest((f"{name}-first", f"{name}-second"))
    columns = forest.read(table.columns, table.rows)
    second = second_columns(document, table["words"], forest.score(0, (columns,), table.rows), table.shapes)
    more = forest.read(second, table.rows, len(table.columns))
    return forest.score(1, (columns, more), table.rows), "model"


def contributions(document: Document, table: Table, model: Model) -> list[dict[str, float]]:
    """What each feature adds to the model's log-odds of each block; see `Ensemble.contributions`."""
    name = "page" if document.markup else "text"
    ensemble = model.ensembles[f"{name}-second"]
    first = model.ensembles[f"{name}-first"].score(table.columns)
    columns = (*table.columns, *second_columns(document, table["words"], first))
    return [ensemble.contributions(columns, i) for i in range(table.rows)]


def _settle(
    speak: Speakers, held: array[int], base: array[float], page: Page, context: Sequence[float] | None
) -> Verdict:
    """Scores, and what scores enough.

    Args:
        held: the rules that hold for each of n blocks, as `rules.hold` gives them.
        base: log-odds of each, before any rule.
        context: what neighbours add, where the model does not see them; None with the model.
    """
    if core is None or context is not None:
        return _settle_rows(speak, held, base, page, context)
    score, keep, fate = array("d", [0.0]) * len(base), bytearray(len(base)), bytearray(len(base))
    trust, lift, floor = core.settle(
        (speak.pulls[RULE_SHARE], speak.against, speak.asks, speak.tells, speak.sure, held),
        base,
        page.words,
        (page.headline, page.markup, page.threshold, page.kind, LINES),
        (CLEAN_LOGIT, CLEAN_SLOPE, CLEAN_GONE, TOLD, FEW_WORDS, FEW_LOGIT, PROSE_SHARE, LINE_WORDS),
        (*reach(page.threshold), CLEAN_CUT, *reach(CLEAN_CUT)),
        (score, keep, fate),
    )
    return Verdict(score, keep, fate, trust, lift, floor)


def _settle_rows(
    speak: Speakers, held: array[int], base: array[float], page: Page, context: Sequence[float] | None
) -> Verdict:
    """The same in Python: the specification of the compiled one."""
    logits = _logits(speak, held, base, RULE_SHARE if context is None else 1.0)
    rules = [speak.book.named(bits) for bits in speak.book.sets(held)]
    free = [all(rule.label is Label.BODY for rule in some) for some in rules]
    told = sum(x < 0.0 and any(map(_tells, some)) for x, some in zip(logits, rules, strict=True))
    clean = not page.markup and told < TOLD
    trust, lift = _priors(page, logits, free, clean)
    score, keep, fate = array("d", [0.0]) * len(base), bytearray(len(base)), bytearray(len(base))
    for i, x in enumerate(logits):
        prior = trust + lift if free[i] else 0.0 if any(map(_asks, rules[i])) else trust
        score[i] = sigmoid(x + (context[i] if context else 0.0) + prior)
    sizes = array("d", page.words)
    if page.headline >= 0:
        sizes[page.headline] = 0.0  # it is kept whatever the cut
    floor = 0.0
    if context is None:
        kinds = [KINDS[kind] for kind in page.kind[: len(score)]]
        usual = keeps(score, sizes, kinds, CLEAN_CUT)
        gone = add_up(size for size, good in zip(sizes, usual, strict=True) if not good)
        if clean and gone < CLEAN_GONE * add_up(sizes):
            floor = CLEAN_CUT + reach(CLEAN_CUT)[2]
            for i, good in enumerate(usual):
                if not good and i != page.headline and not any(map(_tells, rules[i])):
                    score[i] = floor
        enough = keeps(score, sizes, kinds, page.threshold)
    else:
        enough = [x >= page.threshold for x in score]
    for i, good in enumerate(enough):
        keep[i] = good or i == page.headline
        fate[i] = CONTENT if good else NAMED if any(map(names, rules[i])) else DOUBTFUL
    if page.headline >= 0:
        score[page.headline] = max(score[page.headline], page.threshold)
    return Verdict(score, keep, fate, trust, lift, floor)


def _logits(speak: Speakers, held: array[int], base: array[float], share: float) -> list[float]:
    """The log-odds of each block with all rules that hold for it, added in their order."""
    out = []
    for x, bits in zip(base, speak.book.sets(held), strict=True):
        pull = 0.0
        for rule in speak.book.named(bits):
            pull += _pull(rule, share)
        out.append(x + pull)
    return out


def _priors(page: Page, logits: Sequence[float], free: Sequence[bool], clean: bool) -> tuple[float, float]:
    """What is added to the log-odds of each block for the sake of the document as a whole, and what more to those that
    no rule speaks against.

    Extractors' output and prose hold little to find, so that every line taken from a scraped text is likelier a mistake
    the less of it would go, unless it asks the reader for something in so many words; but only where it may be `clean`:
    a long article may stand amid all of a site's own lines. And a short document of which
    nothing would be left keeps what no rule speaks against: a text all of it, a page what comes near the best of it.
    """
    total = kept = trust = lift = 0.0
    for w, x in zip(page.words, logits, strict=True):
        total += w
        if x >= CLEAN_LOGIT:
            kept += w
    if clean and kept:
        trust = -math.log(min(1.0, max(0.01, CLEAN_SLOPE * (1.0 - kept / (total or 1.0)))))
    if not kept and total <= FEW_WORDS:
        found = [x for x, is_free in zip(logits, free, strict=True) if is_free]
        if found:
            lift = -max(found) if page.markup else FEW_LOGIT - min(found)
    return trust, lift


def _asks(rule: Rule) -> bool:
    """Whether a rule is one of lines that ask the reader for something."""
    return rule.name in _ASKING


def _tells(rule: Rule) -> bool:
    """Whether a rule is one of lines whose words tell what they are, in the cleanest text."""
    return rule.name in _TELLING


def _pull(rule: Rule, share: float) -> float:
    """What a rule that holds adds to the log-odds; a veto always counts in full."""
    weight = rule.weight if rule.weight >= VETO else rule.weight * share
    return weight if rule.label is Label.BODY else -weight


def _context(logits: Sequence[float]) -> list[float]:
    """What each block's neighbours add to its log-odds."""
    scores = [sigmoid(x) for x in logits]
    n = len(scores)
    out = []
    for i in range(n):
        around = [scores[j] for j in range(max(i - NEIGHBOUR_REACH, 0), min(i + NEIGHBOUR_REACH + 1, n)) if j != i]
        mean = add_up(around) / len(around) if around else 0.5
        out.append(NEIGHBOUR_WEIGHT * (2.0 * mean - 1.0))
    return out


def is_amid_body(words: Sequence[float], scores: Sequence[float], line: int) -> bool:
    """Whether a line stands between parts of the body of a text that is clean but for a little.

    Args:
        words, scores: of each of the n blocks.
        line: which one is looked at.

    >>> is_amid_body([90.0, 6.0, 90.0], [0.9, 0.7, 0.9], 1), is_amid_body([90.0, 6.0, 90.0], [0.1, 0.7, 0.9], 1)
    (True, False)
    """
    if add_up(words[:line]) < AMID_WORDS:
        return False
    expected = [w * s for w, s in zip(words, scores, strict=True)]
    others = add_up(words) - words[line]
    return add_up(expected[:line]) >= AMID_WORDS and add_up(expected) - expected[line] >= (1.0 - AMID_GONE) * others


def confidence(words: Sequence[float], decisions: Decisions) -> float:
    """The word F1 that the scores themselves let expect of the cut, 0 to 1.

    Args:
        words: words of each of the n blocks.
        decisions: the verdicts.
    """
    if core is not None and isinstance(words, array):
        return core.confidence(words, decisions.score, decisions.keep)
    expected = kept = right = 0.0
    for w, s, k in zip(words, decisions.score, decisions.keep, strict=True):
        expected += w * s
        if k:
            kept += w
            right += w * s
    return 2.0 * right / (expected + kept) if expected + kept else 0.0


_OF_PAGES: Final = Speakers(RULES)
_OF_POSTS: Final = Speakers([rule for rule in RULES if rule.label not in _POSTS])
