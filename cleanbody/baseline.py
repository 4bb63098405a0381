"""A score of each block from density and context alone: the log-odds that it is content.

After boilerpipe (Kohlschütter et al., 2010: words, link density, neighbours) and readability (the region). It stands
in for the learned model and is not tuned beyond being usable.
"""

from __future__ import annotations

from array import array
from typing import Final

from cleanbody.features import Table

BIAS: Final = -3.6
WEIGHTS: Final = (
    ("in_best", 1.4),
    ("best_ratio", 1.0),
    ("in_80", 0.6),
    ("in_stretch", 1.8),
    ("log_words", 0.75),
    ("link_share", -3.2),
    ("ends_sentence", 0.7),
    ("prose_near", 1.0),
    ("heading", 0.15),
    ("in_nav", -2.0),
    ("in_footer", -1.5),
    ("in_aside", -1.5),
    ("in_header", -0.8),
    ("in_form", -0.8),
    ("hidden", -1.0),
    ("outer_link_share", -1.2),
    ("class_body", 0.6),
    ("class_sidebar", -1.0),
)


def score(table: Table) -> array[float]:
    """The log-odds of each block to be content; unknown columns add nothing."""
    out = array("d", [BIAS]) * table.rows
    for name, weight in WEIGHTS:
        column = table[name]
        for i, value in enumerate(column):
            if value == value:
                out[i] += weight * value
    return out
