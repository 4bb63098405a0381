"""The values that every room hands on: documents, blocks, labels, reasons, pages, and the errors.

A :class:`Document` is a table of blocks laid out in columns (one array a property, one entry a block), so that
features and rules can run over whole columns. :class:`Block` objects are made only when somebody asks for them.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from itertools import compress
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Self, TypeVar

from cleanbody.marks import NO_MARKS, Marks

T = TypeVar("T")


class CleanbodyError(Exception):
    """Base of every error that this library raises on purpose; its text is one line: what, where, the remedy."""


class InputError(CleanbodyError, TypeError):
    """The argument is of a type that cannot be cleaned (not text, bytes or a known tree)."""


class ConfigError(CleanbodyError, ValueError):
    """An option has a value that it cannot have, or a name that there is not."""


class DataError(CleanbodyError, ValueError):
    """A data file (lexicon, model, site rules) is missing, damaged or of another version."""


class ArchiveError(CleanbodyError, OSError):
    """An archive cannot be opened or written."""


class Label(StrEnum):
    """What a block is. The first two are content; the rest is boilerplate."""

    HEADLINE = "headline"
    BODY = "body"
    DUPLICATE = "duplicate"
    BREADCRUMB = "breadcrumb"
    NAVIGATION = "navigation"
    TEASER = "teaser"
    COMMENT_PROMPT = "comment-prompt"
    COMMENT = "comment"
    SHARE = "share"
    NEWSLETTER = "newsletter"
    PAYWALL = "paywall"
    COOKIE_NOTICE = "cookie-notice"
    ADVERT = "advert"
    BYLINE = "byline"
    AUTHOR_BIO = "author-bio"
    FOOTER = "footer"
    PAGINATION = "pagination"
    TEMPLATE = "template"
    OTHER = "other"


# Blocks that a document is cut into at most; what follows stays one block, so that a hostile page costs seconds.
MAX_BLOCKS = 25_000
CONTENT_LABELS = frozenset({Label.HEADLINE, Label.BODY})
LABELS: tuple[Label, ...] = tuple(Label)


class Kind(StrEnum):
    """The form of a block, whatever its label."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    CELL = "cell"
    TERM = "term"
    DEFINITION = "definition"
    QUOTE = "quote"
    CODE = "code"
    CAPTION = "caption"
    CONTROL = "control"


KINDS: tuple[Kind, ...] = tuple(Kind)


class PageType(StrEnum):
    """What the page is as a whole (the seven types of WCXB)."""

    ARTICLE = "article"
    FORUM = "forum"
    PRODUCT = "product"
    COLLECTION = "collection"
    LISTING = "listing"
    DOCUMENTATION = "documentation"
    SERVICE = "service"


class Status(StrEnum):
    """What happened to a page on its way. ``complete`` alone means that nothing was cut, rescued or given up."""

    COMPLETE = "complete"
    RESCUED_NOSCRIPT = "rescued:noscript"
    RESCUED_UNCLOSED = "rescued:unclosed"
    RESCUED_SHADOW = "rescued:shadow-root"
    RESCUED_JSON_LD = "rescued:json-ld"
    RESCUED_STATE = "rescued:state-json"
    RESCUED_DESCRIPTION = "rescued:description"
    REPLACED_BYTES = "replaced-bytes"
    TOO_MANY_ATTRIBUTES = "too-many-attributes"
    TOO_MANY_TAGS = "too-many-tags"
    TOO_MANY_BLOCKS = "too-many-blocks"
    TOO_DEEP = "too-deep"
    TOO_LARGE = "too-large"
    TRUNCATED = "truncated"
    TIMEOUT = "timeout"
    BINARY = "binary"
    EMPTY = "empty"
    NO_CONTENT = "no-content"
    FAILED = "failed"


_SEVERITY = {status: rank for rank, status in enumerate(Status)}


def worst(statuses: Sequence[Status]) -> Status:
    """The gravest of some statuses; ``complete`` where there is none.

    >>> worst([Status.TOO_DEEP, Status.RESCUED_NOSCRIPT]).value
    'too-deep'
    """
    return max(statuses, key=_SEVERITY.__getitem__, default=Status.COMPLETE)


class Reason(NamedTuple):
    """Why a block got its label: a stable code, the label it speaks for, and how strongly (log-odds of that label)."""

    code: str
    label: Label
    weight: float

    def __str__(self) -> str:
        return self.code


class Flag(IntEnum):
    """Facts of a block that are not its form: bits of one byte."""

    HIDDEN = 1  # hidden attribute, aria-hidden, or an inline style that hides it
    NOSCRIPT = 2  # stands inside <noscript>
    RESCUED = 4  # did not come from the parsed tree but from what the parse had left out
    AFTER_BREAK = 8  # parted from the block before it by <br> or a single line end, not by an element or a blank line


@dataclass(frozen=True, slots=True)
class Head:
    """Raw head data and the like, as found; `metadata` makes sense of it.

    meta: (name, property, itemprop or http-equiv, lower case; content) pairs in order.
    links: (rel, href) pairs in order.  props: in-body microdata, (itemprop, value) pairs in order.
    times: ``datetime`` values of ``<time>`` in order.  json_ld: the text of each JSON-LD script in order.
    """

    title: str = ""
    lang: str = ""
    base: str = ""
    meta: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    props: tuple[tuple[str, str], ...] = ()
    times: tuple[str, ...] = ()
    json_ld: tuple[str, ...] = ()


class once(Generic[T]):
    """A property that is read when first asked for and then kept: `functools.cached_property` without its lock, which
    Python 3.11 takes at a price above that of most of these. Threads may read one twice: it is the same.

    >>> class Page:
    ...     @once
    ...     def text(self) -> str:
    ...         return "Rain"
    >>> Page().text
    'Rain'
    """

    def __init__(self, read: Callable[[Any], T]) -> None:
        self._read, self._name, self.__doc__ = read, read.__name__, read.__doc__

    def __get__(self, value: Any, owner: Any = None) -> T:
        if value is None:
            return self  # type: ignore[return-value]
        found = value.__dict__[self._name] = self._read(value)
        return found


class Deferred:
    """Base of a frozen value whose fields may each be read when first asked for: a page has more than most users want.

    Nothing tells such a value from one made of its fields: it is equal to it, is shown alike, and is pickled as it.
    """

    __slots__ = ("_read",)
    _read: Callable[[str], Any] | None

    @classmethod
    def later(cls, read: Callable[[str], Any], **known: Any) -> Self:
        """A value of which `read` gives each field by its name, always the same, but for those that are `known`.

        >>> verdict = Decisions.later({"label": bytearray([1])}.get, keep=bytearray([1]))
        >>> verdict.keep[0], LABELS[verdict.label[0]].value
        (1, 'body')
        """
        value = object.__new__(cls)
        object.__setattr__(value, "_read", read)
        for name, content in known.items():
            object.__setattr__(value, name, content)
        return value

    if not TYPE_CHECKING:  # to mypy, a value has its own fields and no others

        def __getattr__(self, name: str) -> Any:
            """Reads a field that has not been asked for yet: only then is its slot empty. Threads may read it twice:
            it is the same."""
            fields = type(self).__dataclass_fields__
            if name not in fields:
                raise AttributeError(f"{type(self).__name__} has no {name!r}")
            read = self._read
            if read is not None:
                object.__setattr__(self, name, read(name))
                for one in reversed(fields):  # the last are asked for most rarely
                    if not _is_set(self, one):
                        break
                else:
                    object.__setattr__(self, "_read", None)  # and what it was read from is held on to no longer
            return object.__getattribute__(self, name)


def _is_set(value: object, name: str) -> bool:
    """Whether a slot has been filled; what stands in for an empty one is not asked."""
    try:
        object.__getattribute__(value, name)
    except AttributeError:
        return False
    return True


def _ints() -> array[int]:
    return array("l")


@dataclass(frozen=True, slots=True)
class Document:
    """A page or a text cut into blocks, in columns.

    Columns of n blocks, in reading order:
        start, end: the block's place in ``text``, characters.  kind: index into ``KINDS``.
        level: 1-6 for headings, nesting depth for list items and quotes, else 0.
        container: index of the innermost container.  flags: bits of ``Flag``.
    Columns of m containers (elements that hold blocks; parents stand before their children; 0 is the root):
        parent: index of the parent, -1 for the root.  tag: the element's name, lower case.
        names: class, id, role and itemprop as one string, as written ("" for most).
        first, last: the container holds the blocks ``first <= i < last``.
    A scraped text has one container (tag ""), and ``text`` is the input itself.
    marks: inline structure in order of start; may be given as any iterable of ``Mark``. ``<br>`` is a line end inside
        the block's text.
    """

    text: str
    markup: bool
    start: array[int] = field(default_factory=_ints)
    end: array[int] = field(default_factory=_ints)
    kind: bytearray = field(default_factory=bytearray)
    level: bytearray = field(default_factory=bytearray)
    flags: bytearray = field(default_factory=bytearray)
    container: array[int] = field(default_factory=_ints)
    parent: array[int] = field(default_factory=_ints)
    tag: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    first: array[int] = field(default_factory=_ints)
    last: array[int] = field(default_factory=_ints)
    marks: Marks = NO_MARKS
    head: Head = Head()
    statuses: tuple[Status, ...] = ()
    texts: tuple[str, ...] = ()  # the blocks' own texts where they differ from the span (joined lines); else empty

    def __post_init__(self) -> None:
        if type(self.marks) is not Marks:
            object.__setattr__(self, "marks", Marks(self.marks))

    def __len__(self) -> int:
        return len(self.start)

    def block_text(self, index: int) -> str:
        """The text of block `index`, its lines joined and its white space tidied."""
        return self.texts[index] if self.texts else self.text[self.start[index] : self.end[index]]


class Block(NamedTuple):
    """One block of a page with the decision about it. ``span`` is its place in ``Document.text``, characters."""

    text: str
    kind: Kind
    level: int
    label: Label
    score: float
    keep: bool
    reasons: tuple[Reason, ...]
    span: tuple[int, int]
    author: str | None = None


@dataclass(frozen=True, slots=True)
class Metadata(Deferred):
    """What the page says of itself. Dates are ISO 8601, languages BCP 47; ``None`` where nothing was found."""

    title: str | None = None
    author: str | None = None
    date: str | None = None
    language: str | None = None
    site_name: str | None = None
    canonical_url: str | None = None
    description: str | None = None


class _Verdict(Deferred):
    """What a verdict that is read later has beside its fields: the block that is the headline, or -1."""

    __slots__ = ("_headline",)
    _headline: int


@dataclass(frozen=True, slots=True)
class Decisions(_Verdict):
    """The verdict on each of n blocks, in columns: label (index into ``LABELS``), score, keep, reasons, author."""

    label: bytearray
    score: array[float]
    keep: bytearray
    reasons: tuple[tuple[Reason, ...], ...]
    author: Mapping[int, str] = field(default_factory=dict)

    def is_bare(self) -> bool:
        """Whether nothing stands in the output, or the headline alone."""
        try:
            headline = self._headline
        except AttributeError:  # made of all its fields
            return not self.body()
        return len(self.keep) - self.keep.count(0) == (headline >= 0 and self.keep[headline] != 0)

    def body(self) -> list[int]:
        """The blocks that stand in the output: kept, and not the headline, which is written by itself."""
        try:
            headline = self._headline
        except AttributeError:  # made of all its fields
            return [i for i, k in enumerate(self.label) if self.keep[i] and LABELS[k] is not Label.HEADLINE]
        kept = list(compress(range(len(self.keep)), self.keep))
        if headline >= 0 and self.keep[headline]:
            kept.remove(headline)
        return kept


@dataclass(frozen=True)
class CleanPage:
    """A cleaned page: its body, its headline once, and the verdict on every block."""

    document: Document
    decisions: Decisions
    metadata: Metadata = Metadata()
    page_type: PageType = PageType.ARTICLE
    statuses: tuple[Status, ...] = ()
    confidence: float = 0.0
    url: str | None = None

    @property
    def status(self) -> Status:
        """The gravest of ``statuses``; ``complete`` where there is none."""
        return worst(self.statuses)

    @property
    def title(self) -> str | None:
        """The headline, once: of the page's own text where it stands there, else of the head data."""
        return self.metadata.title

    @once
    def blocks(self) -> tuple[Block, ...]:
        """Every block of the page, kept or not, in reading order."""
        return tuple(self._iter_blocks())

    def _iter_blocks(self) -> Iterator[Block]:
        document, verdict = self.document, self.decisions
        for i in range(len(document)):
            yield Block(
                text=document.block_text(i),
                kind=KINDS[document.kind[i]],
                level=document.level[i],
                label=LABELS[verdict.label[i]],
                score=verdict.score[i],
                keep=bool(verdict.keep[i]),
                reasons=verdict.reasons[i],
                span=(document.start[i], document.end[i]),
                author=verdict.author.get(i),
            )

    @once
    def text(self) -> str:
        """The body as plain text, paragraphs parted by a blank line, without the headline."""
        return self.to_text()

    @once
    def comments(self) -> tuple[Block, ...]:
        """Reader comments and reviews, in reading order."""
        return tuple(block for block in self.blocks if block.label is Label.COMMENT)

    def to_text(self, headline: bool = False) -> str:
        """The body as plain text, paragraphs parted by a blank line; with the headline first if asked for."""
        from cleanbody import render

        return render.to_text(self, headline=headline)

    def to_markdown(self, headline: bool = True, links: bool = True, images: bool = False) -> str:
        """The body as CommonMark with tables: headings, lists, quotes, code; links and images as asked for."""
        from cleanbody import render

        return render.to_markdown(self, headline=headline, links=links, images=images)

    def to_html(self, headline: bool = True, links: bool = True, images: bool = False) -> str:
        """The body as clean HTML, without classes, scripts or styles."""
        from cleanbody import render

        return render.to_html(self, headline=headline, links=links, images=images)

    def to_dict(self, blocks: bool = False) -> dict[str, Any]:
        """Title, text, metadata and status as plain values that JSON can hold; every block too if asked for."""
        from cleanbody import render

        return render.to_dict(self, blocks=blocks)
