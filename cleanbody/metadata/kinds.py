"""What type of page the head data and the address speak for: one table of evidence, added up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from cleanbody.jsonld import LinkedData
from cleanbody.metadata.dates import url_date
from cleanbody.metadata.fields import canonical_url
from cleanbody.metadata.source import Address, Source, split_url
from cleanbody.page import Head, PageType
from cleanbody.patterns import pattern

ENOUGH = 1.0  # evidence that a declared type must have
LEAD = 0.35  # by which it must be ahead of the next
SLUG_WORDS = 4  # words joined by hyphens in the last step of a path: a headline's slug
MAX_STEPS = 12
MAX_QUERY = 2_000  # characters

_ARTICLE, _FORUM, _PRODUCT = PageType.ARTICLE, PageType.FORUM, PageType.PRODUCT
_COLLECTION, _LISTING = PageType.COLLECTION, PageType.LISTING
_DOCS, _SERVICE = PageType.DOCUMENTATION, PageType.SERVICE


_GENERATOR_END = pattern(r"[\s\d/,.:-]")


class Evidence(NamedTuple):
    """A row: where a token stands, the type that it speaks for, how strongly, and the tokens."""

    source: str
    page_type: PageType
    weight: float
    tokens: str


# Sources: main, schema.org types of the page's own objects; any, of all objects; og, og:type (Open Graph, Shopify,
# eBay); generator, the first word of it; host, labels of the host; path, steps of the path, without a file's ending
# too; query, names of parameters; shape, see `_shapes`. Steps and parameters are those of public software: WordPress
# and WooCommerce with their translations, Shopify, phpBB, vBulletin, XenForo, Discourse, Stack Exchange, MediaWiki …
TABLE: tuple[Evidence, ...] = (
    Evidence(
        "main", _ARTICLE, 2.5, "newsarticle blogposting reportagenewsarticle analysisnewsarticle opinionnewsarticle"
    ),
    Evidence(
        "main", _ARTICLE, 2.0, "article report scholarlyarticle medicalscholarlyarticle liveblogposting recipe review"
    ),
    Evidence("main", _ARTICLE, 0.8, "howto person claimreview"),
    Evidence("main", _FORUM, 3.5, "discussionforumposting qapage socialmediaposting"),
    Evidence("main", _PRODUCT, 2.5, "product individualproduct productmodel car vehicle"),
    Evidence("main", _PRODUCT, 1.5, "productgroup"),
    Evidence("main", _PRODUCT, 0.8, "itempage"),
    Evidence("main", _COLLECTION, 1.5, "collectionpage offercatalog"),
    Evidence("main", _COLLECTION, 0.8, "itemlist"),
    Evidence("main", _LISTING, 0.8, "collectionpage itemlist"),
    Evidence("main", _LISTING, 1.5, "searchresultspage blog profilepage"),
    Evidence("main", _DOCS, 3.0, "techarticle apireference"),
    Evidence("main", _SERVICE, 1.5, "service financialproduct softwareapplication webapplication mobileapplication"),
    Evidence("main", _SERVICE, 0.5, "localbusiness professionalservice faqpage contactpage aboutpage"),
    Evidence("any", _PRODUCT, 0.6, "offer merchantreturnpolicy offershippingdetails"),
    Evidence("any", _FORUM, 0.5, "question interactioncounter"),
    Evidence("og", _ARTICLE, 1.2, "article blog news"),
    Evidence("og", _PRODUCT, 2.5, "product product.item og:product"),
    Evidence("og", _COLLECTION, 3.0, "product.group product:group"),
    Evidence("og", _SERVICE, 0.3, "website company"),
    Evidence("og", _LISTING, 0.2, "website"),
    Evidence(
        "generator", _FORUM, 4.0, "phpbb discourse vbulletin xenforo mybb smf flarum nodebb vanilla invision lithium"
    ),
    Evidence(
        "generator", _DOCS, 3.0, "docusaurus sphinx mkdocs docutils rustdoc javadoc gitbook doxygen vuepress vitepress"
    ),
    Evidence("generator", _DOCS, 2.0, "mediawiki dokuwiki antora nextra mdbook starlight confluence"),
    Evidence("host", _FORUM, 3.0, "forum forums community bbs discuss discourse foro foros discussions stackexchange"),
    Evidence("host", _DOCS, 3.0, "docs doc developer developers devdocs readthedocs wiki api man"),
    Evidence("host", _DOCS, 1.2, "help learn kb support"),
    Evidence("host", _ARTICLE, 1.0, "blog blogs substack medium"),
    Evidence("host", _PRODUCT, 0.5, "shop store"),
    Evidence("host", _COLLECTION, 0.4, "shop store"),
    Evidence("path", _FORUM, 3.0, "viewtopic threads thread showthread showtopic questions viewthread forumdisplay"),
    Evidence("path", _FORUM, 2.5, "forum forums t foro foros discussion discussions board boards bbs comments r"),
    Evidence("path", _FORUM, 1.5, "topic community question"),
    Evidence("path", _PRODUCT, 2.5, "product products itm dp item produkt produkte produit producto gp"),
    Evidence("path", _PRODUCT, 1.0, "p app buy sku"),
    Evidence(
        "path", _COLLECTION, 3.0, "collections product-category produkt-kategorie categorie-produit categoria-producto"
    ),
    Evidence("path", _COLLECTION, 2.5, "c cat catalog catalogue"),
    Evidence("path", _COLLECTION, 1.2, "category categories shop store browse b"),
    Evidence("path", _LISTING, 1.6, "category categories tag tags archives search author list"),
    Evidence("path", _LISTING, 0.6, "browse news page jobs topics"),
    Evidence("path", _DOCS, 2.5, "docs doc documentation reference api manual wiki handbook apidocs javadoc man"),
    Evidence("path", _DOCS, 1.2, "latest stable tutorial tutorials guides concepts quickstart"),
    Evidence("path", _SERVICE, 2.5, "services service solutions solution pricing"),
    Evidence("path", _SERVICE, 0.8, "features platform about contact careers company"),
    Evidence("path", _ARTICLE, 2.5, "blog blogs article articles post posts story stories insights"),
    Evidence("path", _ARTICLE, 1.2, "news resources reviews features guides"),
    Evidence("query", _FORUM, 2.0, "topic thread showtopic threadid tid"),
    Evidence("query", _FORUM, 1.0, "t f"),
    Evidence("query", _LISTING, 1.5, "s q query search keyword keywords"),
    Evidence("query", _PRODUCT, 1.0, "sku variant product_id pid"),
    Evidence("shape", _ARTICLE, 0.8, "slug"),
    Evidence("shape", _ARTICLE, 2.0, "dated"),
    Evidence("shape", _SERVICE, 0.9, "root"),
    Evidence("shape", _LISTING, 0.6, "root"),
)


def _index(table: tuple[Evidence, ...]) -> Mapping[str, Mapping[str, tuple[tuple[PageType, float], ...]]]:
    """The rows by source and token."""
    index: dict[str, dict[str, tuple[tuple[PageType, float], ...]]] = {}
    for row in table:
        of_source = index.setdefault(row.source, {})
        for token in row.tokens.split():
            of_source[token] = (*of_source.get(token, ()), (row.page_type, row.weight))
    return MappingProxyType(index)


_INDEX = _index(TABLE)
_NOTHING = dict.fromkeys(PageType, 0.0)


def _tokens(source: Source, address: Address) -> list[tuple[str, Iterable[str]]]:
    """Everything that may be evidence, source by source."""
    linked, meta = source.linked, source.meta
    found: list[tuple[str, Iterable[str]]] = [("main", linked.main_types), ("any", linked.types)]
    if "og:type" in meta:
        found.append(("og", [content.lower() for content in source.texts("og:type")]))
    if "generator" in meta:
        names = source.texts("generator")
        found.append(("generator", [_GENERATOR_END.split(content.lower(), maxsplit=1)[0] for content in names]))
    if not address.hostname:
        return found
    found.append(("host", address.hostname.split(".")[:-1]))
    steps = [step for step in address.path.lower().split("/") if step][:MAX_STEPS]
    found.append(("path", [x for step in steps for x in ((step, step.partition(".")[0]) if "." in step else (step,))]))
    if address.query:
        found.append(("query", [pair.partition("=")[0].lower() for pair in address.query[:MAX_QUERY].split("&")]))
    found.append(("shape", _shapes(address, steps)))
    return found


def _shapes(address: Address, steps: Sequence[str]) -> list[str]:
    """Shapes of an address: the front page, a day in it, a headline's slug at its end."""
    found = ["root"] if address.is_root else ["dated"] if url_date(address) else []
    if steps and sum(map(str.isalpha, steps[-1].replace("_", "-").split("-"))) >= SLUG_WORDS:
        found.append("slug")
    return found


def type_evidence(head: Head, linked: LinkedData, url: str | None = None) -> Mapping[PageType, float]:
    """How strongly head data and address speak for each page type (0 where nothing does); a sum of `TABLE`'s weights.

    >>> evidence = type_evidence(Head(), LinkedData(), "https://x.org/forum/viewtopic.php?t=5")
    >>> max(evidence, key=evidence.get).value
    'forum'
    """
    source = Source.of(head, linked, url)
    return evidence_of(source, source.address if url else split_url(canonical_url(source)))


def evidence_of(source: Source, address: Address) -> Mapping[PageType, float]:
    """As `type_evidence`, of head data that has been indexed. address: the page's, or what it gives as its own."""
    evidence = _NOTHING.copy()
    for kind, tokens in _tokens(source, address):
        known = _INDEX[kind]
        for token in filter(known.__contains__, dict.fromkeys(tokens)):
            for page_type, weight in known[token]:
                evidence[page_type] += weight
    return evidence


def declared_type(head: Head, linked: LinkedData, url: str | None = None) -> PageType | None:
    """The page type that head data and address declare, or None where they tell too little or contradict each other.

    head: as the page has it.  linked: of `read_jsonld`.  url: the page's address, if known.

    >>> declared_type(Head(meta=(("og:type", "product"),)), LinkedData()).value
    'product'
    >>> declared_type(Head(), LinkedData()) is None
    True
    """
    return told_type(type_evidence(head, linked, url))


def told_type(evidence: Mapping[PageType, float]) -> PageType | None:
    """The page type that evidence for each speaks for, or None where it is too little or contradicts itself."""
    best, second = sorted(evidence, key=evidence.__getitem__, reverse=True)[:2]
    if evidence[best] < ENOUGH or evidence[best] - evidence[second] < LEAD:
        return None
    return best
