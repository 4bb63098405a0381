"""Columns of a block's neighbours and of what it shares with the title, the body and other blocks."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from cleanbody.compiled import core
from cleanbody.features.block_words import BlockWords
from cleanbody.features.region import signed_log
from cleanbody.features.structure import blank
from cleanbody.features.sums import add_up
from cleanbody.features.tokens import content_stems, find_words, function_word_table
from cleanbody.lexicon import PHRASE_KINDS, Lexicon
from cleanbody.page import Document

PLACE_IN_TEXT_COLUMNS: Final = (
    "index_share",  # 0 for the first block, 1 for the last
    "words_before",  # share of the page's unlinked words that stand before the block
    "page_words",  # log
    "page_blocks",  # log
    "page_link_share",
)
NEIGHBOUR_COLUMNS: Final = (
    "words_1_before",  # log
    "words_2_before",
    "words_1_after",
    "words_2_after",
    "links_1_before",
    "links_1_after",
    "prose_near",  # share of prose among the four blocks around
    "prose_wide",  # among the sixteen around
    "since_prose",  # blocks since the last prose, log
    "until_prose",
)
SECTION_COLUMNS: Final = (
    "section_level",  # of the heading before the block, as in `heading`; 0 before the first
    "section_words",  # words between that heading and the next, log
    "section_link_share",
    "section_blocks",  # log
    "section_place",  # blocks since the heading, log
    "section_title_overlap",  # share of the heading's content stems that stand in the title
)
COHERENCE_COLUMNS: Final = (
    "title_overlap",  # share of the block's content stems that stand in the title
    "body_overlap",  # ... in other prose blocks
    "before_overlap",  # ... in the prose block before it
    "after_overlap",  # ... in the prose block after it
    "before_wide",  # ... in one of the last three prose blocks before it
    "after_wide",  # ... in one of the next three after it
    "description_overlap",  # ... in the description that the head of the page gives
    "title_in_block",  # share of the title's content stems that stand in the block
    "stems",  # content stems of the block
    "copies",  # blocks of the page with the same words (log2)
    "copy_number",  # which of them this one is, from 0
)
PHRASE_COLUMNS: Final = (
    *(f"phrase_{kind}" for kind in PHRASE_KINDS),  # share of the block's words that phrases of the kind cover
    *(f"starts_{kind}" for kind in ("teaser", "byline", "comment-prompt", "newsletter", "paywall", "footer")),
    *(f"since_{kind}" for kind in ("comment", "teaser", "author-bio", "newsletter")),
)
WIDE: Final = 3  # stretches of prose to each side that a section takes up its heading in
PROSE_WORDS: Final = 18.0  # a block of at least so many unlinked words is prose
_STARTS: Final = tuple(name.removeprefix("starts_") for name in PHRASE_COLUMNS if name.startswith("starts_"))
_SINCE: Final = tuple(name.removeprefix("since_") for name in PHRASE_COLUMNS if name.startswith("since_"))
# Which kinds of phrase, filling most of a short block, open a section of the kind.
_OPENS: Final = {
    "comment-prompt": "comment",
    "comment": "comment",
    "teaser": "teaser",
    "author-bio": "author-bio",
    "newsletter": "newsletter",
}


def _by_kind(columns: Mapping[str, str]) -> array[int]:
    """For the compiled core: by kind of phrase the number of its column, or -1."""
    return array("i", (PHRASE_COLUMNS.index(columns[kind]) if kind in columns else -1 for kind in PHRASE_KINDS))


_STARTS_OF: Final = _by_kind({kind: f"starts_{kind}" for kind in _STARTS})
_OPENS_OF: Final = _by_kind({kind: f"since_{name}" for kind, name in _OPENS.items()})
_PROMPTS: Final = tuple(
    PHRASE_COLUMNS.index(f"phrase_{kind}")
    for kind in ("comment-prompt", "share", "newsletter", "paywall", "cookie-notice", "advert", "teaser")
)
_PROMPT_SHARE: Final = 0.6  # of a block's words
_SECTION_SHARE: Final = 0.6
_SECTION_WORDS: Final = 12.0
_STEMS_OF_HEADING: Final = 400
_WORDS_OF_KEY: Final = 60  # blocks with the same so many first words are copies


def is_prose(words: array[float], link_share: array[float]) -> bytearray:
    """Which blocks are stretches of unlinked words long enough to be prose."""
    if core is not None:
        prose = bytearray(len(words))
        core.is_prose(words, link_share, PROSE_WORDS, prose)
        return prose
    return bytearray(w * (1.0 - s) >= PROSE_WORDS for w, s in zip(words, link_share, strict=True))


def text_place_columns(words: array[float], link_share: array[float]) -> list[array[float]]:
    """One column for each of `PLACE_IN_TEXT_COLUMNS`."""
    n = len(words)
    columns = blank(n, len(PLACE_IN_TEXT_COLUMNS))
    if core is not None:
        core.text_place_columns(words, link_share, columns)
        return columns
    free = [w * (1.0 - s) for w, s in zip(words, link_share, strict=True)]
    total, running = add_up(free) or 1.0, 0.0
    linked = 1.0 - add_up(free) / (add_up(words) or 1.0)
    for i in range(n):
        values = (i / max(n - 1, 1), running / total, signed_log(total), signed_log(n), linked)
        for column, value in zip(columns, values, strict=True):
            column[i] = value
        running += free[i]
    return columns


def neighbour_columns(words: array[float], link_share: array[float], prose: bytearray) -> list[array[float]]:
    """One column for each of `NEIGHBOUR_COLUMNS`."""
    n = len(words)
    columns = blank(n, len(NEIGHBOUR_COLUMNS))
    if core is not None:
        core.neighbour_columns(words, link_share, prose, columns)
        return columns
    logs = [signed_log(w) for w in words]
    running = [0]
    for flag in prose:
        running.append(running[-1] + flag)
    since, until = distances_since(prose), distances_since(prose[::-1])[::-1]

    def near(i: int, reach: int) -> float:
        low, high = max(i - reach, 0), min(i + reach + 1, n)
        return (running[high] - running[low] - prose[i]) / max(high - low - 1, 1)

    for i in range(n):
        values = (
            logs[i - 1] if i >= 1 else -1.0,
            logs[i - 2] if i >= 2 else -1.0,
            logs[i + 1] if i + 1 < n else -1.0,
            logs[i + 2] if i + 2 < n else -1.0,
            link_share[i - 1] if i >= 1 else -1.0,
            link_share[i + 1] if i + 1 < n else -1.0,
            near(i, 2),
            near(i, 8),
            signed_log(since[i]),
            signed_log(until[i]),
        )
        for column, value in zip(columns, values, strict=True):
            column[i] = value
    return columns


def distances_since(flags: Sequence[int]) -> list[int]:
    """Steps since the last true flag before each one; the number of flags where there was none.

    >>> distances_since([False, True, False, False])
    [4, 4, 1, 2]
    """
    distance, out = len(flags), []
    for flag in flags:
        distance = min(distance + 1, len(flags))
        out.append(distance)
        if flag:
            distance = 0
    return out


def section_columns(
    blocks: BlockWords,
    words: array[float],
    link_share: array[float],
    headings: array[float],
    title: str,
    title_overlap: array[float],
) -> list[array[float]]:
    """One column for each of `SECTION_COLUMNS`.

    Args:
        blocks: the n blocks' texts and words.
        headings: column of the blocks, above 0 for a heading.
        title: the headline, "" where unknown.
        title_overlap: column of `coherence_columns`, which has seen most headings already.
    """
    columns = blank(len(words), len(SECTION_COLUMNS))
    if core is not None:
        table = function_word_table()
        core.section_columns(blocks.compiled, words, link_share, headings, title, title_overlap, table, columns)
    else:
        fill_sections(blocks.texts, words, link_share, headings, title, columns)
    return columns


def fill_sections(
    texts: Sequence[str],
    words: Sequence[float],
    link_share: Sequence[float],
    headings: Sequence[float],
    title: str,
    columns: Sequence[array[float]],
) -> None:
    """Fill the columns of :func:`section_columns` where nothing is compiled: its specification."""
    n = len(words)
    heads = [i for i in range(n) if headings[i] > 0.0]
    title_stems = _stems(find_words(title))
    for begin, end in zip([0, *heads], [*heads, n], strict=True):
        size = add_up(words[begin:end])
        linked = add_up(w * s for w, s in zip(words[begin:end], link_share[begin:end], strict=True)) / (size or 1.0)
        level = headings[begin] if begin < n and headings[begin] > 0.0 else 0.0
        stems = _stems(find_words(texts[begin][:_STEMS_OF_HEADING])) if level else frozenset()
        overlap = len(stems & title_stems) / max(len(stems), 1)
        facts = (level, signed_log(size), linked, signed_log(end - begin))
        for i in range(begin, end):
            for column, value in zip(columns, (*facts, signed_log(i - begin), overlap), strict=True):
                column[i] = value


def _stems(words: list[str]) -> frozenset[str]:
    return frozenset(content_stems(words))


def _doubles(values: Sequence[float]) -> array[float]:
    return values if isinstance(values, array) and values.typecode == "d" else array("d", values)


def coherence_columns(
    blocks: BlockWords, words: array[float], link_share: array[float], title: str, description: str
) -> list[array[float]]:
    """One column for each of `COHERENCE_COLUMNS`.

    Args:
        blocks: the n blocks' texts and words.
        title, description: the headline and what the head of the page says of it, "" where unknown.
    """
    columns = blank(len(words), len(COHERENCE_COLUMNS))
    if core is not None:
        table = function_word_table()
        core.coherence_columns(blocks.compiled, words, link_share, title, description, table, columns)
    else:
        fill_coherence(blocks, words, link_share, title, description, columns)
    return columns


def fill_coherence(
    blocks: BlockWords,
    words: Sequence[float],
    link_share: Sequence[float],
    title: str,
    description: str,
    columns: Sequence[array[float]],
) -> None:
    """Fill the columns of :func:`coherence_columns` where nothing is compiled: its specification."""
    stems = [_stems(block) for block in blocks.words]
    prose = is_prose(_doubles(words), _doubles(link_share))
    of_body: Counter[str] = Counter()
    for flag, own in zip(prose, stems, strict=True):
        if flag:
            of_body.update(own)
    title_stems, description_stems = _stems(find_words(title)), _stems(find_words(description))
    before, after = nearest_true(prose)
    numbers: dict[tuple[str, ...], int] = {}
    keys = [tuple(block[:_WORDS_OF_KEY]) for block in blocks.words]
    repeats = Counter(keys)
    nothing: frozenset[str] = frozenset()
    before_wide = _wide_overlaps(stems, prose)
    after_wide = _wide_overlaps(stems[::-1], prose[::-1])[::-1]
    for i, own in enumerate(stems):
        size = max(len(own), 1)
        mine = 1 if prose[i] else 0
        seen = numbers.get(keys[i], 0)
        numbers[keys[i]] = seen + 1
        values = (
            len(own & title_stems) / size,
            sum(of_body[stem] > mine for stem in own) / size,
            len(own & (stems[before[i]] if before[i] >= 0 else nothing)) / size,
            len(own & (stems[after[i]] if after[i] >= 0 else nothing)) / size,
            before_wide[i],
            after_wide[i],
            len(own & description_stems) / size,
            len(own & title_stems) / max(len(title_stems), 1),
            float(len(own)),
            signed_log(repeats[keys[i]] - 1),
            float(seen),
        )
        for column, value in zip(columns, values, strict=True):
            column[i] = value


def _wide_overlaps(stems: Sequence[frozenset[str]], prose: Sequence[int]) -> list[float]:
    """The share of each block's stems that stand in one of the last `WIDE` prose blocks before it."""
    out, met, last = [], 0, dict[str, int]()
    for own, flag in zip(stems, prose, strict=True):
        out.append(sum(met - last[stem] < WIDE for stem in own if stem in last) / max(len(own), 1))
        met += flag
        last.update(dict.fromkeys(own, met) if flag else {})
    return out


def nearest_true(flags: Sequence[int]) -> tuple[list[int], list[int]]:
    """For each flag the index of the nearest true one before it and after it; -1 where there is none.

    >>> nearest_true([True, False, True])
    ([-1, 0, 0], [2, 2, -1])
    """
    n = len(flags)
    before, after, at = [-1] * n, [-1] * n, -1
    for i in range(n):
        before[i] = at
        at = i if flags[i] else at
    at = -1
    for i in range(n - 1, -1, -1):
        after[i] = at
        at = i if flags[i] else at
    return before, after


def phrase_columns(texts: Sequence[str], words: Sequence[float], lexicon: Lexicon) -> list[array[float]]:
    """One column for each of `PHRASE_COLUMNS`."""
    columns = blank(len(texts), len(PHRASE_COLUMNS))
    if core is None or type(lexicon).match is not Lexicon.match:
        return fill_phrase_columns(columns, texts, words, lexicon)
    core.phrase_columns(
        lexicon.compiled_phrases(), list(texts), _doubles(words), tuple(columns), _STARTS_OF, _OPENS_OF,
        _SECTION_WORDS, _SECTION_SHARE,
    )  # fmt: skip
    return columns


def words_without_prompts(words: array[float], phrases: Sequence[array[float]]) -> array[float]:
    """The column of words with none for the blocks that are mostly a prompt: where nobody says what the headline is,
    they are what else stands alone and is short.

    Args:
        phrases: of `phrase_columns`.
    """
    out = words[:]
    for i, shares in enumerate(zip(*(phrases[k] for k in _PROMPTS), strict=True)):
        if any(shares) and add_up(shares) >= _PROMPT_SHARE:
            out[i] = 0.0
    return out


def fill_phrase_columns(
    columns: list[array[float]], texts: Sequence[str], words: Sequence[float], lexicon: Lexicon
) -> list[array[float]]:
    """Fill columns of zeros for `PHRASE_COLUMNS`: the specification of the compiled loop."""
    by_name = dict(zip(PHRASE_COLUMNS, columns, strict=True))
    last = dict.fromkeys(_SINCE, -1)
    for i, text in enumerate(texts):
        match = lexicon.match(text)
        for name in _SINCE:
            by_name[f"since_{name}"][i] = 1.0 / (i - last[name]) if last[name] >= 0 else 0.0
        for hit in match.hits:
            kind = PHRASE_KINDS[hit.kind]
            by_name[f"phrase_{kind}"][i] += hit.length / max(match.tokens, 1)
            if hit.start == 0 and kind in _STARTS:
                by_name[f"starts_{kind}"][i] = 1.0
        if match.hits and words[i] <= _SECTION_WORDS:
            for kind, name in _OPENS.items():
                if by_name[f"phrase_{kind}"][i] >= _SECTION_SHARE:
                    last[name] = i
    return columns


def block_texts(document: Document) -> list[str]:
    """The texts of all blocks."""
    if core is not None and not document.texts:
        return core.block_texts(document.text, document.start, document.end)
    return [document.block_text(i) for i in range(len(document))]
