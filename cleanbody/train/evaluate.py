"""Word F1 of a cleaner on labelled pages, by set, page type and language."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import NamedTuple

from cleanbody.cleaner import Cleaner
from cleanbody.train.gold import Labelled
from cleanbody.train.matrix import measured_words


class Score(NamedTuple):
    """One page's word precision, recall and F1, and the groups that it counts in."""

    set: str
    page_type: str
    lang: str
    precision: float
    recall: float
    f1: float


def word_f1(text: str, gold: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of two texts as bags of words; 1 where both are empty, 0 where one is.

    >>> word_f1("rain all day", "rain all night")
    (0.6666666666666666, 0.6666666666666666, 0.6666666666666666)
    """
    found, wanted = Counter(measured_words(text)), Counter(measured_words(gold))
    if not found or not wanted:
        return (1.0, 1.0, 1.0) if not found and not wanted else (0.0, 0.0, 0.0)
    same = (found & wanted).total()
    precision, recall = same / found.total(), same / wanted.total()
    return precision, recall, 2 * precision * recall / (precision + recall) if same else 0.0


def score_page(page: Labelled, cleaner: Cleaner, headline: bool) -> Score:
    """Clean one labelled page and compare; `headline` says whether the gold of its set begins with the headline."""
    text = cleaner.clean(page.html, page.url).to_text(headline=headline)
    return Score(page.set, page.page_type, page.lang, *word_f1(text, page.gold))


def score_pages(
    pages: Iterable[Labelled], cleaner: Cleaner, headline: bool = False, processes: int = 2
) -> Iterator[Score]:
    """Scores of many pages, in order."""
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(partial(score_page, cleaner=cleaner, headline=headline), pages, chunksize=8)


def table(scores: Iterable[Score]) -> str:
    """The means as a Markdown table: a row a set, then a row for each of its page types and languages.

    >>> print(table([Score("s", "article", "", 1.0, 0.5, 0.6666)]).splitlines()[-1])
    | s: article | 1 | 0.6666 | 1.0000 | 0.5000 |
    """
    groups: dict[tuple[str, str], list[Score]] = defaultdict(list)
    for score in scores:
        for group in {"", score.page_type, score.lang}:
            groups[score.set, group].append(score)
    lines = ["| set | pages | F1 | precision | recall |", "|---|---|---|---|---|"]
    for (name, group), members in sorted(groups.items()):
        columns = zip(*((member.f1, member.precision, member.recall) for member in members), strict=True)
        means = [sum(values) / len(members) for values in columns]
        label = f"{name}: {group}" if group else name
        lines.append(f"| {label} | {len(members)} | " + " | ".join(f"{mean:.4f}" for mean in means) + " |")
    return "\n".join(lines)
