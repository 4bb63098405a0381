"""A :class:`~cleanbody.page.Document` in, named columns out: one row a block, the same for HTML and text.

Each module here makes one group of columns; `compute` puts them side by side. A column that only markup could fill is
NaN for a text.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cleanbody.features import context, headline, region, structure
from cleanbody.features.block_words import BlockWords
from cleanbody.features.context import block_texts, is_prose
from cleanbody.features.runs import RUN_COLUMNS, Facts, run_columns
from cleanbody.features.telling import SPEAKS_COLUMNS, TELLING_COLUMNS, telling_columns
from cleanbody.features.text import COLUMNS as TEXT_COLUMNS
from cleanbody.features.text import as_dialogue, text_columns
from cleanbody.features.tree import number_tree, shapes_of
from cleanbody.lexicon import Lexicon
from cleanbody.markdown import heading_column, seen_texts
from cleanbody.page import Document, PageType

# What the page says of its own type (schema.org, Open Graph, URL): evidence for each, 0 for none.
_TYPES: Final = {kind: k for k, kind in enumerate(PageType)}
DECLARED_COLUMNS: Final = tuple(f"declares_{kind}" for kind in _TYPES)

GROUPS: Final = (
    TEXT_COLUMNS,
    structure.FORM_COLUMNS,
    structure.PLACE_COLUMNS,
    region.REGION_COLUMNS,
    context.PLACE_IN_TEXT_COLUMNS,
    context.NEIGHBOUR_COLUMNS,
    context.SECTION_COLUMNS,
    context.COHERENCE_COLUMNS,
    context.PHRASE_COLUMNS,
    headline.HEADLINE_COLUMNS,
    DECLARED_COLUMNS,
    TELLING_COLUMNS,
    RUN_COLUMNS,
)
COLUMNS: Final = tuple(name for group in GROUPS for name in group)
# What tells the kinds of blocks that go, not what goes: counted in our own phrases, it was trusted too much for that.
KIND_ONLY: Final = SPEAKS_COLUMNS
TEXT_WORDS: Final = TEXT_COLUMNS.index("words")
TEXT_COMMAS: Final = TEXT_COLUMNS.index("commas")
TEXT_ENDS: Final = TEXT_COLUMNS.index("ends_sentence")
FORM_HEADING: Final = structure.FORM_COLUMNS.index("heading")
FORM_ITEM: Final = structure.FORM_COLUMNS.index("item")
DEPTH: Final = structure.PLACE_COLUMNS.index("depth")
TITLE_OVERLAP: Final = context.COHERENCE_COLUMNS.index("title_overlap")
BODY_OVERLAP: Final = context.COHERENCE_COLUMNS.index("body_overlap")
STEMS: Final = context.COHERENCE_COLUMNS.index("stems")
INDEX: Final = {name: i for i, name in enumerate(COLUMNS)}


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a document's n blocks, in the order of `COLUMNS`, the headline that was found, and which blocks of
    a page are of one shape (see `tree.shapes_of`)."""

    columns: tuple[array[float], ...]
    rows: int
    headline_index: int = -1
    headline: str = ""
    shapes: array[int] | None = None

    def __getitem__(self, name: str) -> array[float]:
        """The column called `name`."""
        return self.columns[INDEX[name]]


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a page beside its blocks: strings that may be its headline, the most trusted first; what its
    head says it is about; evidence for each page type; whether it may have a headline."""

    headlines: Sequence[str] = ()
    description: str = ""
    types: Mapping[PageType, float] = field(default_factory=dict)
    headed: bool = True


def declared_columns(types: Mapping[PageType, float], rows: int) -> list[array[float]]:
    """One column for each of `DECLARED_COLUMNS`, the same in all rows."""
    columns = structure.blank(rows, len(DECLARED_COLUMNS))
    for kind, value in types.items():
        if value:
            columns[_TYPES[kind]] = array("d", [value]) * rows
    return columns


def texts_of(document: Document) -> list[str]:
    """The texts of all blocks as a reader sees them."""
    return _seen(document, block_texts(document))


def _seen(document: Document, written: list[str]) -> list[str]:
    return written if document.markup else seen_texts(document.text, written)


def compute(document: Document, lexicon: Lexicon, hints: Hints | None = None) -> Table:
    """Compute every column of a document.

    Args:
        document: of `html.read_html` or `plaintext.read_text`.
        lexicon: phrases and class tokens.
        hints: what is known beside the blocks.

    >>> from cleanbody.plaintext import read_text
    >>> table = compute(read_text("Rain\\n\\nIt rained all day."), Lexicon.load())
    >>> list(table["words"])
    [1.0, 4.0]
    """
    hints = hints or Hints()
    written = block_texts(document)
    texts = _seen(document, written)
    of_text = text_columns(texts)
    if not document.markup:
        as_dialogue(texts, of_text)
    words, commas = of_text[TEXT_WORDS], of_text[TEXT_COMMAS]
    tree = number_tree(document)
    shapes = shapes_of(document, tree) if document.markup else None
    form = structure.form_columns(document, tree, structure.count_links(document), words)
    headings = form[FORM_HEADING]
    if texts is not written:  # Markdown: rules know its headings, but sections of texts are not made by headings
        form[FORM_HEADING] = heading_column(written)
    link_share = form[0] if document.markup else structure.zeros(len(texts))
    totals = structure.container_totals(document, words, link_share)
    prose = is_prose(words, link_share)
    blocks = BlockWords(texts)
    phrases = context.phrase_columns(texts, words, lexicon)
    named = document.markup or bool(hints.headlines)
    of_titles = words if named else context.words_without_prompts(words, phrases)
    found = (
        headline.find_headline(document, blocks, of_titles, link_share, prose, hints.headlines)
        if hints.headed
        else headline.no_headline(len(document))
    )
    coherence = context.coherence_columns(blocks, words, link_share, found.text, hints.description)
    overlap = coherence[TITLE_OVERLAP]
    place = structure.place_columns(document, tree, totals, shapes, words, link_share, lexicon)
    facts = Facts(
        words, of_text[TEXT_ENDS], form[FORM_ITEM], coherence[STEMS], coherence[BODY_OVERLAP], overlap, place[DEPTH]
    )
    columns = (
        *of_text,
        *form,
        *place,
        *region.region_columns(document, tree, totals, words, link_share, commas),
        *context.text_place_columns(words, link_share),
        *context.neighbour_columns(words, link_share, prose),
        *context.section_columns(blocks, words, link_share, headings, found.text, overlap),
        *coherence,
        *phrases,
        *found.columns,
        *declared_columns(hints.types, len(texts)),
        *telling_columns(blocks, lexicon),
        *run_columns(facts, prose, document.container, document.parent, document.markup),
    )
    return Table(columns, len(texts), found.block, found.text, shapes)
