"""schema.org objects → what they say of the page itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from cleanbody.compiled import core
from cleanbody.jsonld.reading import MAX_DEPTH, MAX_SCRIPT, body, joined, local_name, plain, read_values
from cleanbody.page import Deferred, once

MAX_TOTAL = 4_000_000  # characters of all scripts together
MAX_NODES = 20_000  # objects and lists visited on one page
MAX_ITEMS = 3  # more main articles than this are the items of a list, not the page's own

_MAIN_KEYS = frozenset({"@graph", "mainentity", "mainentityofpage"})
_ARTICLE_ENDS = ("article", "posting", "report", "question", "recipe", "howto", "course", "event", "book", "dataset")
_PRODUCT_ENDS = ("product", "productgroup", "service", "application", "creativework", "movie")
_SITE_ENDS = ("website",)
_PAGE_ENDS = ("page",)
_TRAIL_ENDS = ("breadcrumblist",)
_PUBLISHER_KEYS = ("publisher", "sourceorganization", "provider")
_ANSWER_KEYS = ("acceptedanswer", "suggestedanswer", "comment")

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LinkedData(Deferred):
    """What a page's JSON-LD says of the page itself; empty where it says nothing.

    types: every schema.org type seen, in order, once each, lower case, without prefix.
    main_types: those of the objects that speak of the page itself (top level, ``@graph``, ``mainEntity``).
    headlines, names: of the main objects, the most article-like first.  authors: names, persons before organisations.
    article_body, product_description: text or HTML (see `looks_like_markup`).  breadcrumbs: names in order.
    """

    types: tuple[str, ...] = ()
    main_types: tuple[str, ...] = ()
    headlines: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    date_published: str = ""
    date_modified: str = ""
    language: str = ""
    publisher: str = ""
    description: str = ""
    article_body: str = ""
    product_description: str = ""
    breadcrumbs: tuple[str, ...] = ()
    url: str = ""
    is_accessible_for_free: bool | None = None


_NOTHING = LinkedData()


class _Graph(NamedTuple):
    """The objects of a page: all in order; those that speak of the page; those that have a name, by their ``@id``; all
    and those that speak of the page by their types, in the order of these."""

    nodes: Sequence[Node]
    main: Sequence[Node]
    by_id: Mapping[str, Node]
    by_type: Mapping[str, Sequence[Node]]
    main_by_type: Mapping[str, Sequence[Node]]


def _graph(values: list[Any]) -> _Graph:
    if core is None:
        return graph_of(values)
    return _Graph(*core.linked_graph(values, _MAIN_KEYS, local_name, MAX_NODES, MAX_DEPTH))


def graph_of(values: list[Any]) -> _Graph:
    """The objects among JSON values, where nothing is compiled: the specification."""
    nodes: list[Node] = []
    main: list[Node] = []
    names: dict[str, str] = {}  # the keys of a page are few, and there are many objects
    by_id: dict[str, Node] = {}
    stack: list[tuple[Any, bool, int]] = [(value, True, 0) for value in reversed(values)]
    visited = 0
    while stack and visited < MAX_NODES:
        value, is_main, depth = stack.pop()
        visited += 1
        if isinstance(value, list):
            children = [(child, is_main) for child in value if isinstance(child, (dict, list))]
        else:
            node = _normal(value, names)
            nodes.append(node)
            if is_main:
                main.append(node)
            if "name" in node and isinstance(node.get("@id"), str):
                by_id.setdefault(node["@id"], node)
            children = [(c, is_main and k in _MAIN_KEYS) for k, c in node.items() if isinstance(c, (dict, list))]
        if depth < MAX_DEPTH:
            stack.extend((child, flag, depth + 1) for child, flag in reversed(children))
    return _Graph(nodes, main, by_id, _by_type(nodes), _by_type(main))


def _by_type(nodes: Sequence[Node]) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in nodes:
        for name in dict.fromkeys(node.get("@type", ())):
            found.setdefault(name, []).append(node)
    return found


def _normal(node: Mapping[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """The object with bare lower-case names, its types as a tuple of such; `names` are those known, and grow."""
    for key in node:
        if key not in names:
            names[key] = local_name(key)
    normal = {names[key]: value for key, value in node.items()}
    if "@type" in normal:
        normal["@type"] = tuple(local_name(name) for name in _listed(normal["@type"]) if isinstance(name, str))
    return normal


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is(node: Node, ends: tuple[str, ...]) -> bool:
    for name in node.get("@type", ()):  # noqa: SIM110 - asked of every object, most often in vain
        if name.endswith(ends):
            return True
    return False


def _of(nodes: Sequence[Node], by_type: Mapping[str, Sequence[Node]], ends: tuple[str, ...]) -> list[Node]:
    """The objects with such a type, in order. Types are few, and objects many."""
    found = {name for name in by_type if name.endswith(ends)}
    if len(found) < 2:
        return list(by_type[found.pop()]) if found else []
    return [node for node in nodes if not found.isdisjoint(node.get("@type", ()))]


def _content(main: Sequence[Node], by_type: Mapping[str, Sequence[Node]]) -> list[Node]:
    """The main objects that are content, the most article-like first; the articles of a list do not count."""
    articles = _of(main, by_type, _ARTICLE_ENDS)
    if (
        len(articles) > MAX_ITEMS
        and len({plain(node.get("headline") or node.get("name")) for node in articles}) > MAX_ITEMS
    ):
        articles = []
    products = _of(main, by_type, _PRODUCT_ENDS)
    if len(products) > MAX_ITEMS and len({plain(node.get("name")) for node in products}) > MAX_ITEMS:
        products = []
    return articles + products + _of(main, by_type, _PAGE_ENDS)


def _texts(nodes: Sequence[Node], *keys: str) -> tuple[str, ...]:
    found = (plain(item) for node in nodes for key in keys for item in _listed(node.get(key)))
    return tuple(dict.fromkeys(text for text in found if text))


def _first(nodes: Sequence[Node], *keys: str) -> str:
    return next(iter(_texts(nodes, *keys)), "")


def _parties(nodes: Sequence[Node], keys: tuple[str, ...], by_id: Mapping[str, Node]) -> list[tuple[bool, str]]:
    """(is an organisation, name) of the people and organisations that the first node with any of `keys` refers to."""
    for node in nodes:
        found: list[tuple[bool, str]] = []
        for item in (item for key in keys for item in _listed(node.get(key))):
            party = _normal(item, {}) if isinstance(item, dict) else {"name": item}
            if "name" not in party and isinstance(party.get("@id"), str):
                party = dict(by_id.get(party["@id"], party))
            is_group = not _is(party, ("person",)) and "@type" in party
            found.extend((is_group, name) for name in map(plain, _listed(party.get("name"))) if name)
        if found:
            return found
    return []


def _language(nodes: Sequence[Node]) -> str:
    for value in (item for node in nodes for item in _listed(node.get("inlanguage"))):
        if isinstance(value, dict):
            value = value.get("alternateName") or value.get("identifier") or value.get("name")
        if plain(value):
            return plain(value)
    return ""


def _breadcrumbs(graph: _Graph) -> tuple[str, ...]:
    trail = next(iter(_of(graph.nodes, graph.by_type, _TRAIL_ENDS)), None)
    if trail is None:
        return ()
    steps = [item for item in _listed(trail.get("itemlistelement")) if isinstance(item, dict)]
    if all(str(step.get("position")).isdecimal() for step in steps):
        steps.sort(key=lambda step: int(str(step["position"])[:9]))
    inner = [step["item"] if isinstance(step.get("item"), dict) else {} for step in steps]
    names = (plain(step.get("name")) or plain(item.get("name")) for step, item in zip(steps, inner, strict=True))
    return tuple(name for name in names if name)


def _posts(node: Node) -> Iterator[str]:
    """The whole text of a posting or question, then of its answers and comments."""
    own = body(node.get("articlebody")) or body(node.get("text")) or body(node.get("reviewbody"))
    yield own
    for answer in (item for key in _ANSWER_KEYS for item in _listed(node.get(key)) if isinstance(item, dict)):
        yield body(answer.get("text"))


def _address(nodes: Sequence[Node]) -> str:
    for node in nodes:
        for value in (node.get("mainentityofpage"), node.get("url"), node.get("@id")):
            address = value.get("@id") if isinstance(value, dict) else value
            if isinstance(address, str) and address.startswith(("http://", "https://")):
                return address.strip()
    return ""


def _free(nodes: Sequence[Node]) -> bool | None:
    values = [str(node["isaccessibleforfree"]).lower() for node in nodes if "isaccessibleforfree" in node]
    return None if not values else not values[0].endswith("false")


def _values(scripts: Sequence[str]) -> list[Any]:
    values: list[Any] = []
    left = MAX_TOTAL
    for script in scripts:
        if left <= 0:
            break
        values += (value for value in read_values(script, min(left, MAX_SCRIPT)) if isinstance(value, dict | list))
        left -= len(script)
    return values


class _Reading:
    """Each field of `LinkedData`, by its name."""

    def __init__(self, scripts: Sequence[str]) -> None:
        self._graph = graph = _graph(_values(scripts))
        self._content = _content(graph.main, graph.main_by_type)

    @once
    def _sites(self) -> list[Node]:
        return _of(self._graph.nodes, self._graph.by_type, _SITE_ENDS)

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(self._graph.by_type)

    @property
    def main_types(self) -> tuple[str, ...]:
        return tuple(self._graph.main_by_type)

    @property
    def headlines(self) -> tuple[str, ...]:
        return _texts(self._content, "headline")

    @property
    def names(self) -> tuple[str, ...]:
        return _texts(self._content, "name")

    @property
    def authors(self) -> tuple[str, ...]:
        found = _parties(self._content, ("author", "creator"), self._graph.by_id)
        return tuple(dict.fromkeys(name for _, name in sorted(found, key=lambda party: party[0])))

    @property
    def date_published(self) -> str:
        return _first(self._content, "datepublished") or _first(self._content, "datecreated", "uploaddate")

    @property
    def date_modified(self) -> str:
        return _first(self._content, "datemodified")

    @property
    def language(self) -> str:
        return _language([*self._content, *self._sites])

    @property
    def publisher(self) -> str:
        name = _first(self._sites, "name")
        groups = [] if name else _parties(self._content, _PUBLISHER_KEYS, self._graph.by_id)
        return groups[0][1] if groups else name

    @property
    def description(self) -> str:
        return _first(self._content, "description")

    @property
    def article_body(self) -> str:
        bodies = (joined(_posts(node)) for node in self._content if not _is(node, ("faqpage",)))
        return next(filter(None, bodies), "")

    @property
    def product_description(self) -> str:
        products = (body(node.get("description")) for node in self._content if _is(node, _PRODUCT_ENDS))
        return next(filter(None, products), "")

    @property
    def breadcrumbs(self) -> tuple[str, ...]:
        return _breadcrumbs(self._graph)

    @property
    def url(self) -> str:
        return _address(self._content)

    @property
    def is_accessible_for_free(self) -> bool | None:
        return _free(self._content)


def read_jsonld(scripts: Sequence[str]) -> LinkedData:
    """Reads what a page's JSON-LD scripts say of the page itself.

    scripts: the text of each script, in order; damage, any depth and any size are borne. Never raises.
    Source: schema.org and the JSON-LD 1.1 syntax, as far as pages use them (no remote contexts).

    >>> linked = read_jsonld(['{"@type": "NewsArticle", "headline": "Rain", "author": {"name": "Ada Low"}}'])
    >>> linked.types, linked.headlines, linked.authors
    (('newsarticle',), ('Rain',), ('Ada Low',))
    """
    return LinkedData.later(partial(getattr, _Reading(scripts))) if scripts else _NOTHING
