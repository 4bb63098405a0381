"""Pages whose gold nobody knows, with what a model keeps of them in its place.

Markup betrays most boilerplate. From the text of such a page alone, the model for scraped texts learns what it cannot
see itself, and both models hear of languages that no labelled set holds (distillation: Hinton et al., 2015;
self-training: Scudder, 1965).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cleanbody.config import Config
from cleanbody.cut import keeps, sigmoid
from cleanbody.features import COLUMNS
from cleanbody.features.context import block_texts
from cleanbody.html import read_html
from cleanbody.model import Ensemble
from cleanbody.train.fit import check_enough, fit_stage, predict, stage_features, weights
from cleanbody.train.gold import Labelled
from cleanbody.train.matrix import MOST_BLOCKS, PageRows, page_rows, stack

LEAST_TAUGHT = 200  # characters that are kept of a page, to learn from it


def teacher(rows: Sequence[PageRows], of_sets: Mapping[str, float] | None = None) -> Ensemble:
    """A first stage for pages. A second one keeps the same, so that it would teach the same.

    Raises:
        DataError: there are too few pages.
    """
    check_enough(rows)
    return fit_stage(stage_features(rows), stack(rows, "target"), weights(rows, of_sets), COLUMNS)


def taught(pages: Iterable[Labelled], ensemble: Ensemble) -> Iterator[Labelled]:
    """The pages with a gold text of the teacher's; without those of which it keeps little.

    Args:
        pages: HTML without gold.
    """
    for page in pages:
        rows = page_rows(page)
        scores = [sigmoid(x) for x in predict(ensemble, rows.features)]
        kept = keeps(scores, rows.sizes, rows.kinds, Config().threshold)
        texts = block_texts(read_html(page.html))[:MOST_BLOCKS]
        gold = "\n".join(text for text, size, keep in zip(texts, rows.sizes, kept, strict=True) if size and keep)
        if len(gold) >= LEAST_TAUGHT:
            yield page._replace(gold=gold)
