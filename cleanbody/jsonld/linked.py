"""schema.org objects → what they say of the page itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cleanbody.jsonld.reading import MAX_DEPTH, MAX_SCRIPT, body, joined, local_name, plain, read_values

MAX_TOTAL = 4_000_000  # characters of all scripts together
MAX_NODES = 20_000  # objects and lists visited on one page
MAX_ITEMS = 3  # more main articles than this are the items of a list, not the page's own

_MAIN_KEYS = frozenset({"@graph", "mainentity", "mainentityofpage"})
_ARTICLE_ENDS = ("article", "posting", "report", "question", "recipe", "howto", "course", "event", "book", "dataset")
_PRODUCT_ENDS = ("product", "productgroup", "service", "application", "creativework", "movie")
_SITE_ENDS = ("website",)
_PUBLISHER_KEYS = ("publisher", "sourceorganization", "provider")
_ANSWER_KEYS = ("acceptedanswer", "suggestedanswer", "comment")

Node = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LinkedData:
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


@dataclass(frozen=True, slots=True)
class _Graph:
    """The objects of a page: all in order; those that speak of the page; those that have a name, by their ``@id``."""

    nodes: tuple[Node, ...]
    main: tuple[Node, ...]
    by_id: Mapping[str, Node]


def _graph(values: Sequence[Any]) -> _Graph:
    nodes: list[Node] = []
    main: list[Node] = []
    by_id: dict[str, Node] = {}
    stack: list[tuple[Any, bool, int]] = [(value, True, 0) for value in reversed(values)]
    visited = 0
    while stack and visited < MAX_NODES:
        value, is_main, depth = stack.pop()
        visited += 1
        if isinstance(value, list):
            children = [(child, is_main) for child in value if isinstance(child, dict | list)]
        else:
            node = _normal(value)
            nodes.append(node)
            if is_main:
                main.append(node)
            if isinstance(node.get("@id"), str) and "name" in node:
                by_id.setdefault(node["@id"], node)
            children = [(c, is_main and k in _MAIN_KEYS) for k, c in node.items() if isinstance(c, dict | list)]
        if depth < MAX_DEPTH:
            stack.extend((child, flag, depth + 1) for child, flag in reversed(children))
    return _Graph(tuple(nodes), tuple(main), by_id)


def _normal(node: Mapping[str, Any]) -> dict[str, Any]:
    """The object with bare lower-case names, its types as a tuple of such."""
    normal = {local_name(key): value for key, value in node.items()}
    types = normal.get("@type")
    if types is not None:
        normal["@type"] = tuple(local_name(name) for name in _listed(types) if isinstance(name, str))
    return normal


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is(node: Node, ends: tuple[str, ...]) -> bool:
    return any(name.endswith(ends) for name in node.get("@type", ()))


def _content(main: Sequence[Node]) -> list[Node]:
    """The main objects that are content, the most article-like first; the articles of a list do not count."""
    articles = [node for node in main if _is(node, _ARTICLE_ENDS)]
    if len({plain(node.get("headline") or node.get("name")) for node in articles}) > MAX_ITEMS:
        articles = []
    products = [node for node in main if _is(node, _PRODUCT_ENDS)]
    if len({plain(node.get("name")) for node in products}) > MAX_ITEMS:
        products = []
    return articles + products + [node for node in main if _is(node, ("page",))]


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
            party = _normal(item) if isinstance(item, dict) else {"name": item}
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


def _breadcrumbs(nodes: Sequence[Node]) -> tuple[str, ...]:
    trail = next((node for node in nodes if _is(node, ("breadcrumblist",))), {})
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


def read_jsonld(scripts: Sequence[str]) -> LinkedData:
    """Reads what a page's JSON-LD scripts say of the page itself.

    scripts: the text of each script, in order; damage, any depth and any size are borne. Never raises.
    Source: schema.org and the JSON-LD 1.1 syntax, as far as pages use them (no remote contexts).

    >>> linked = read_jsonld(['{"@type": "NewsArticle", "headline": "Rain", "author": {"name": "Ada Low"}}'])
    >>> linked.types, linked.headlines, linked.authors
    (('newsarticle',), ('Rain',), ('Ada Low',))
    """
    graph = _graph(_values(scripts))
    content = _content(graph.main)
    sites = [node for node in graph.nodes if _is(node, _SITE_ENDS)]
    groups = _parties(content, _PUBLISHER_KEYS, graph.by_id)
    authors = _parties(content, ("author", "creator"), graph.by_id)
    bodies = (joined(_posts(node)) for node in content if not _is(node, ("faqpage",)))
    products = (body(node.get("description")) for node in content if _is(node, _PRODUCT_ENDS))
    return LinkedData(
        types=tuple(dict.fromkeys(name for node in graph.nodes for name in node.get("@type", ()))),
        main_types=tuple(dict.fromkeys(name for node in graph.main for name in node.get("@type", ()))),
        headlines=_texts(content, "headline"),
        names=_texts(content, "name"),
        authors=tuple(dict.fromkeys(name for _, name in sorted(authors, key=lambda party: party[0]))),
        date_published=_first(content, "datepublished") or _first(content, "datecreated", "uploaddate"),
        date_modified=_first(content, "datemodified"),
        language=_language([*content, *sites]),
        publisher=_first(sites, "name") or (groups[0][1] if groups else ""),
        description=_first(content, "description"),
        article_body=next(filter(None, bodies), ""),
        product_description=next(filter(None, products), ""),
        breadcrumbs=_breadcrumbs(graph.nodes),
        url=_address(content),
        is_accessible_for_free=_free(content),
    )
