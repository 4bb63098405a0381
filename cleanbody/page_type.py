"""What kind of page it is: what its head declares, else what the model makes of the page as a whole."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import Final

from cleanbody.compiled import core
from cleanbody.features import COLUMNS, INDEX, Table
from cleanbody.features.structure import zeros
from cleanbody.features.sums import add_up
from cleanbody.model import Model
from cleanbody.page import PageType

# Columns of the blocks of which the page as a whole has the mean, and those of which it has the greatest value.
_MEANS_OF: Final = [
    "words",
    "link_share",
    "sentences",
    "commas",
    "digits",
    "money",
    "dates",
    "addresses",
    "heading",
    "item",
    "cell",
    "quote",
    "code",
    "caption",
    "control",
    "shape_repeats",
    "card_count",
    "card_words",
    "card_share",
    "title_overlap",
    "prose_wide",
    "ends_sentence",
    "capitals",
    "since_comment",
]
_GREATEST_OF: Final = [
    "log_words",
    "card_count",
    "copies",
    "page_words",
    "page_blocks",
    "stretch_share",
    "best_share",
    "has_headline",
]
MEANS: Final = tuple(x for x in COLUMNS if x in _MEANS_OF or x.startswith(("phrase_", "in_")))
GREATEST: Final = tuple(x for x in COLUMNS if x in _GREATEST_OF or x.startswith(("declares_", "class_")))
LEAST: Final = 0.4  # probability from which a guess is given out; else it is an article, as most pages are
PAGE_COLUMNS: Final = (*(f"mean_{x}" for x in MEANS), *(f"max_{x}" for x in GREATEST))
_MEANS: Final = array("l", (INDEX[x] for x in MEANS))
_GREATEST: Final = array("l", (INDEX[x] for x in GREATEST))


def page_row(columns: Sequence[array[float]]) -> array[float]:
    """The values of `PAGE_COLUMNS` for a page as a whole.

    Args:
        columns: n values, n > 0, for each of `features.COLUMNS`, none of them NaN; of a page, as texts have no type.
    """
    row = zeros(len(PAGE_COLUMNS))
    if core is not None:
        core.page_columns(tuple(columns), _MEANS, _GREATEST, row)
        return row
    means = [add_up(columns[k]) / len(columns[k]) for k in _MEANS]
    return array("d", (*means, *(max(columns[k]) for k in _GREATEST)))


def ensemble_name(page_type: PageType) -> str:
    """What the ensemble of a page type is called in a model.

    >>> ensemble_name(PageType.FORUM)
    'type-forum'
    """
    return f"type-{page_type}"


_NAMES: Final = {kind: ensemble_name(kind) for kind in PageType}


def probabilities(table: Table, model: Model) -> Mapping[PageType, float]:
    """The probability of each page type that the model knows; empty for one that knows none and for an empty page."""
    known = [kind for kind in PageType if _NAMES[kind] in model.ensembles]
    if not known or not table.rows:
        return {}
    forest = model.forest(tuple(_NAMES[kind] for kind in known))
    parts = (forest.read_flat(page_row(table.columns), 1),)
    scores = [forest.score(number, parts, 1)[0] for number in range(len(known))]
    top = max(scores)
    odds = [math.exp(score - top) for score in scores]
    total = add_up(odds)
    return {kind: x / total for kind, x in zip(known, odds, strict=True)}


def page_type_of(table: Table, model: Model | None) -> PageType:
    """The type of a page that declares none."""
    found = probabilities(table, model) if model else {}
    best = max(found, key=lambda kind: found[kind], default=PageType.ARTICLE)
    return best if found and found[best] >= LEAST else PageType.ARTICLE
