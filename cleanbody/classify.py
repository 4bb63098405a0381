"""Columns and rules in, a decision and its reasons for every block out."""

from __future__ import annotations

import math
from array import array
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from cleanbody import baseline
from cleanbody.features import Table
from cleanbody.features.second import second_columns
from cleanbody.features.tokens import word_count
from cleanbody.model import Model
from cleanbody.naming import label_of, name_kinds
from cleanbody.page import LABELS, Block, Decisions, Document, Label, PageType, Reason
from cleanbody.rules import VETO, Rule, evaluate

LABEL_INDEX: Final = {label: i for i, label in enumerate(LABELS)}
# What the neighbours' scores may add (log-odds): a short block between two kept ones is likelier to be body.
NEIGHBOUR_WEIGHT: Final = 1.6
NEIGHBOUR_REACH: Final = 2
# Beside the learned model, which sees the same columns, a rule that is no veto counts for this share of its weight.
RULE_SHARE: Final = 0.5
# A scraped text of which less than 1 / CLEAN_SLOPE would go at this cut is partly clean already.
CLEAN_LOGIT: Final = -0.32
CLEAN_SLOPE: Final = 7.0
FEW_WORDS: Final = 200.0
# How far a page's own cut may lie below and above the threshold, at a threshold of a half; less towards 0 and 1.
CUT_REACH: Final = (0.17, 0.03)
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
) -> Decisions:
    """Decide on every block of a document.

    Args:
        document: n blocks.
        table: its feature columns.
        page_type: what the page is; on a forum the posts are body.
        threshold: a block whose probability to be content reaches the page's cut is kept; the cut lies near this
            (see `page_cut`), 0 to 1.
        keep: labels that are kept although they are not content.
        model: the learned block model; None for density and context alone.
    """
    base, code = _base(document, table, model)
    share = 1.0 if code == "density" else RULE_SHARE
    held = evaluate(table, document.markup)
    if page_type is PageType.FORUM:
        held = [[rule for rule in rules if rule.label not in _POSTS] for rules in held]
    logits = array("d", (b + sum(_pull(rule, share) for rule in rules) for b, rules in zip(base, held, strict=True)))
    context = _context(logits) if code == "density" else [0.0] * table.rows
    prior = _priors(document, table, held, logits)
    count = table.rows
    label, kept, scores = bytearray(count), bytearray(count), array("d", bytes(8 * count))
    reasons: list[tuple[Reason, ...]] = []
    for i in range(count):
        scores[i] = sigmoid(logits[i] + context[i] + prior[i])
    sizes = array("d", table["words"])
    if table.headline_index >= 0:
        sizes[table.headline_index] = 0.0  # it is kept whatever the cut
    cut = threshold if code == "density" else page_cut(scores, sizes, threshold)
    kinds = name_kinds(table, document.markup, held, [score < cut for score in scores], model)
    for i in range(count):
        rules, kind = held[i], kinds.get(i)
        verdict = _label(i == table.headline_index, scores[i] >= cut, rules, kind)
        scores[i] = max(scores[i], threshold) if verdict is Label.HEADLINE else scores[i]
        label[i] = LABEL_INDEX[verdict]
        kept[i] = verdict in (Label.HEADLINE, Label.BODY) or verdict in keep
        named = (kind,) if kind and verdict is kind.label else ()
        evidence = _evidence(code, base[i], context[i], prior[i], verdict)
        reasons.append((*(rule.reason for rule in rules), *named, *evidence))
    return Decisions(label=label, score=scores, keep=kept, reasons=tuple(reasons))


def sigmoid(x: float) -> float:
    """The probability of log-odds `x`.

    >>> sigmoid(0.0), sigmoid(-800.0)
    (0.5, 0.0)
    """
    return 1.0 / (1.0 + math.exp(-x)) if x > -700.0 else 0.0


def page_cut(scores: Sequence[float], words: Sequence[float], threshold: float) -> float:
    """The cut with the greatest word F1 that the scores let expect, within reach of a threshold.

    Args:
        scores, words: probability to be content, and words, of each of the n blocks.
        threshold: what the cut stays near, 0 to 1.

    >>> page_cut([0.9, 0.4, 0.1], [100.0, 80.0, 300.0], 0.42), page_cut([0.9, 0.2], [100.0, 80.0], 0.0)
    (0.4, 0.0)
    """
    total = sum(w * s for w, s in zip(words, scores, strict=True))
    right = kept = best = 0.0
    cut = threshold
    for i in sorted(range(len(scores)), key=scores.__getitem__, reverse=True):
        right += words[i] * scores[i]
        kept += words[i]
        expected = right / (kept + total) if kept else 0.0
        if expected > best:
            best, cut = expected, scores[i]
    below, above = (reach * 4.0 * threshold * (1.0 - threshold) for reach in CUT_REACH)
    return min(max(cut, threshold - below), threshold + above)


def recut(blocks: Sequence[Block | Mapping[str, Any]], threshold: float) -> list[bool]:
    """Which blocks another threshold would keep, from their stored scores: the page itself is not needed.

    Args:
        blocks: all blocks of one page, as `CleanPage.blocks` or `CleanPage.to_dict` gives them; labels that a `Config`
            keeps beside the content are not known here, nor pages cleaned without the model, which have no cut of
            their own.
        threshold: as in `Config`, 0 to 1.

    >>> from cleanbody import clean_text
    >>> page = clean_text("It rained all day, and in the evening it rained still.\\n\\nLeave a Reply")
    >>> recut(page.blocks, 0.42), recut(page.to_dict(blocks=True)["blocks"], 0.0)
    ([True, False], [True, True])
    """
    rows = [block._asdict() if isinstance(block, Block) else block for block in blocks]
    titles = [row["label"] == Label.HEADLINE for row in rows]
    words = [0.0 if title else word_count(row["text"]) for title, row in zip(titles, rows, strict=True)]
    scores = [row["score"] for row in rows]
    cut = page_cut(scores, words, threshold)
    return [title or score >= cut for title, score in zip(titles, scores, strict=True)]


def _base(document: Document, table: Table, model: Model | None) -> tuple[Sequence[float], str]:
    """The log-odds of each block before any rule, and the code of the reason that they are."""
    name = "page" if document.markup else "text"
    if model is None or not table.rows or f"{name}-first" not in model.ensembles:
        return baseline.score(table), "density"
    return model.ensembles[f"{name}-second"].score(_both(document, table, model, name)), "model"


def _both(document: Document, table: Table, model: Model, name: str) -> tuple[array[float], ...]:
    """The columns of the second stage: all of the first, and what its scores say."""
    first = model.ensembles[f"{name}-first"].score(table.columns)
    return (*table.columns, *second_columns(document, table["words"], first))


def contributions(document: Document, table: Table, model: Model) -> list[dict[str, float]]:
    """What each feature adds to the model's log-odds of each block; see `Ensemble.contributions`."""
    name = "page" if document.markup else "text"
    ensemble = model.ensembles[f"{name}-second"]
    columns = _both(document, table, model, name)
    return [ensemble.contributions(columns, i) for i in range(table.rows)]


def _priors(
    document: Document, table: Table, held: Sequence[Sequence[Rule]], logits: Sequence[float]
) -> Sequence[float]:
    """What is added to the log-odds of each block for the sake of the document as a whole.

    Extractors' output and prose hold little to find, so that every line taken from a scraped text is likelier a mistake
    the less of it would go. And a short document of which nothing would be left keeps what no rule speaks against.
    """
    words = table["words"]
    total = sum(words)
    kept = sum(w for w, x in zip(words, logits, strict=True) if x >= CLEAN_LOGIT)
    trust = 0.0
    if not document.markup and kept:
        trust = -math.log(min(1.0, max(0.01, CLEAN_SLOPE * (1.0 - kept / (total or 1.0)))))
    free = [not any(rule.label is not Label.BODY for rule in rules) for rules in held]
    lift = 0.0
    if not kept and total <= FEW_WORDS:
        lift = -max((x for x, is_free in zip(logits, free, strict=True) if is_free), default=0.0)
    return [trust + lift if is_free else trust for is_free in free]


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
        mean = sum(around) / len(around) if around else 0.5
        out.append(NEIGHBOUR_WEIGHT * (2.0 * mean - 1.0))
    return out


def _label(is_headline: bool, content: bool, rules: Sequence[Rule], kind: Reason | None) -> Label:
    if is_headline:
        return Label.HEADLINE
    if content:
        return Label.BODY
    return label_of(rules, kind)


def _evidence(code: str, base: float, context: float, prior: float, verdict: Label) -> tuple[Reason, ...]:
    """The reasons that every block has: what it is like, what stands around it, and the headline's own."""
    found: tuple[Reason, ...] = (Reason(code, Label.BODY if base >= 0 else Label.OTHER, abs(base)),)
    if prior:
        found += (Reason("document", Label.BODY, prior),)
    if context:
        found += (Reason("neighbours", Label.BODY if context >= 0 else Label.OTHER, abs(context)),)
    return (Reason("headline", Label.HEADLINE, 0.0), *found) if verdict is Label.HEADLINE else found


def confidence(words: Sequence[float], decisions: Decisions) -> float:
    """The word F1 that the scores themselves let expect of the cut, 0 to 1.

    Args:
        words: words of each of the n blocks.
        decisions: the verdicts.
    """
    expected = sum(w * s for w, s in zip(words, decisions.score, strict=True))
    kept = sum(w for w, k in zip(words, decisions.keep, strict=True) if k)
    right = sum(w * s for w, s, k in zip(words, decisions.score, decisions.keep, strict=True) if k)
    return 2.0 * right / (expected + kept) if expected + kept else 0.0
