"""HTML: hidden things go first, trafilatura finds the article, its metadata come from where the page states them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..errors import ArticleRejected
from ..language.folding import fold
from ..language.remarks import Remark
from .asides import without_asides
from .drafts import Block, Draft, Fact
from .encodings import decode
from .hidden import as_shown
from .main_content import article_blocks
from .markup import blocks_of
from .page_dates import ADDRESS, guessed_date, is_of_others, settled_date

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CHARSET = re.compile(rb"""<meta[^>]{1,300}?charset\s{0,9}=\s{0,9}["']?\s{0,9}([\w:.-]+)""", re.IGNORECASE)
# Characters that lxml reads where a reference names them, but refuses to write.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"&#(?:x([0-9a-f]+)|([0-9]+));?", re.IGNORECASE)


def read_html(data: bytes, name: str, charset: str | None = None) -> Draft:
    """An HTML page: the article without the page's furniture. Raises `ArticleRejected`.

    `charset` is what the page came with, where that is known.
    """
    declared = _CHARSET.search(data[:4096])
    source, warnings = decode(data, name, declared[1].decode("ascii", "replace") if declared else charset)
    tree = _parse(source)
    if tree is None:
        raise ArticleRejected(name, Remark("no_html"))
    facts = _with_heading(list(_facts(tree)))
    stated = [fact for fact in facts if fact.field == "published"]
    language = _date_order(tree.get("lang") or tree.get("xml:lang") or "")
    settled = settled_date(tree, stated, language)
    warnings += as_shown(tree)
    facts = [fact for fact in facts if fact.field != "published"]
    facts += settled or ([] if stated else guessed_date(tree, language))
    blocks, stops = without_asides(article_blocks(tree))
    return Draft(blocks, facts, warnings + stops)


def _with_heading(facts: list[Fact]) -> list[Fact]:
    """The facts, a title that is the page's heading in capitals, or with the site's name, as the heading has it."""
    headings = [fact.value for fact in facts if fact.origin == "h1" and fact.value]

    def heading_of(title: str) -> str:
        for heading in headings:
            rest = title[len(heading) :] if fold(title).startswith(fold(heading)) else None
            if rest is not None and (not rest.strip() or re.match(r"\s[|–—-]\s", rest)):
                return heading
        return title

    return [fact._replace(value=heading_of(fact.value)) if fact.field == "title" else fact for fact in facts]


def fragment_blocks(source: str) -> tuple[list[Block], list[Remark]]:
    """Blocks of a piece of HTML, all of it, and warnings about hidden parts that were dropped."""
    tree = _parse(f"<div>{source}</div>")
    if tree is None:
        return [], []
    warnings = as_shown(tree)
    return list(blocks_of(tree)), warnings


def _date_order(language: str) -> str:
    """The language in which numeric dates are read: British English and the like have the day first."""
    return (
        "" if re.match(r"en[-_](?:gb|uk|au|nz|ie|in|za)", language, re.IGNORECASE) else language[:2].lower()
    )


def _parse(source: str) -> HtmlElement | None:
    from lxml import etree, html

    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", source)
    source = _REFERENCE.sub(_referred, _NOT_XML.sub("", source))
    try:
        tree: HtmlElement = html.document_fromstring(source, ensure_head_body=False)
    except (etree.ParserError, ValueError):
        return None
    return tree


def _referred(reference: re.Match[str]) -> str:
    """A numeric reference as it stands; nothing where it names no character of XML."""
    digits = reference[1] or reference[2]
    code = int(digits, 16 if reference[1] else 10) if len(digits) < 10 else 0x110000
    return "" if code > 0x10FFFF or _NOT_XML.match(chr(code)) else reference[0]


# --------------------------------------------------------------------------- metadata

_META = {
    "title": ("og:title", "twitter:title", "dc.title", "citation_title"),
    "published": (
        "article:published_time", "og:article:published_time", "datepublished", "dc.date.issued", "dc.date",
        "dcterms.created", "dcterms.date", "citation_publication_date", "parsely-pub-date", "pubdate", "publish-date",
        "publication_date", "date", "sailthru.date",
    ),
    "language": ("og:locale", "content-language", "dc.language", "language"),
    "publisher": ("og:site_name", "dc.publisher", "citation_journal_title", "application-name"),
    "author": ("author", "article:author", "dc.creator", "citation_author", "parsely-author"),
    "url": ("og:url",),
}  # fmt: skip
_WRAPPED = re.compile(r"^\s{0,99}(?://\s{0,9})?<!(?:--|\[CDATA\[)|(?://\s{0,9})?(?:-->|\]\]>)\s{0,99}$")
"""Around a script that old browsers should not read."""
_ARTICLE = re.compile(r"(?:Article|Posting|Report|WebPage|Recipe|HowTo)$")


def _facts(tree: HtmlElement) -> Iterator[Fact]:
    """What the page says of itself, the most deliberate statements first."""
    yield from _json_ld_facts(tree)
    yield from _meta_facts(tree)
    for element in tree.xpath("//*[@itemprop='datePublished']"):
        if is_of_others(element):
            continue
        yield Fact(
            "published", element.get("content") or element.get("datetime") or _text(element), "microdata", 0.9
        )
    for element in tree.xpath("//link[@rel='canonical' and @href]"):
        yield Fact("url", element.get("href"), "canonical link")
    for address in tree.xpath("//link[@rel='canonical']/@href|//meta[@property='og:url']/@content"):
        for day in re.findall(r"/((?:19|20)\d\d[/-]\d\d[/-]\d\d)(?:/|-|$)", address):
            yield Fact("published", day.replace("/", "-"), "address", ADDRESS)
    for element in tree.xpath("//h1"):
        yield Fact("title", _text(element), "h1")
    for element in tree.xpath("//head/title|//title"):
        yield Fact("title", re.split(r"\s[|–—-]\s(?=[^|–—]*$)", _text(element))[0], "title tag")
    yield Fact(
        "language",
        tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "",
        "lang attribute",
    )


def _text(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())[:500]


def _meta_facts(tree: HtmlElement) -> Iterator[Fact]:
    values: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("http-equiv") or meta.get("itemprop")
        if name and meta.get("content") and not (meta.get("itemprop") and is_of_others(meta)):
            values.setdefault(name.lower(), meta.get("content").strip())
    for field, names in _META.items():
        for name in names:
            if name in values:
                yield Fact(field, values[name], f"meta {name}", 0.9)


def _json_ld_facts(tree: HtmlElement) -> Iterator[Fact]:
    items: list[dict[str, Any]] = []
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            values = json.loads(_WRAPPED.sub("", script.text or "").strip(), strict=False)
        except (ValueError, RecursionError):
            values = _salvaged(script.text or "")
        items += _items(values)
    headings = _headings(tree)
    for item in _own_items(items, tree, headings):
        yield from _item_facts(item, headings)


def _headings(tree: HtmlElement) -> set[str]:
    """What the page is called on it and in its head, folded."""
    named = {fold(_text(element)) for element in tree.xpath("//h1|//head/title")}
    return named | {fold(value) for value in tree.xpath("//meta[@property='og:title']/@content")}


def _salvaged(source: str) -> dict[str, str]:
    """What a statement that is no valid JSON says, where it says it once: many have a comma too many."""
    said = {
        key: set(re.findall(rf'"{key}"\s{{0,9}}:\s{{0,9}}"([^"\\]{{1,300}})"', source))
        for key in ("headline", "datePublished", "url")
    }
    return {"@type": "Article"} | {key: values.pop() for key, values in said.items() if len(values) == 1}


def _own_items(items: list[dict[str, Any]], tree: HtmlElement, headings: set[str]) -> list[dict[str, Any]]:
    """The items that speak of this page: by its address or heading; all where none names either."""
    addresses = {
        _address(href)
        for href in tree.xpath("//link[@rel='canonical']/@href|//meta[@property='og:url']/@content")
    }

    def is_own(item: dict[str, Any]) -> bool | None:
        address = _address(_json_text(item.get("url") or item.get("mainEntityOfPage") or item.get("@id")))
        headline = fold(_json_text(item.get("headline") or item.get("name")))
        if address and address in addresses:
            return True
        if headline and any(
            headline in heading or (len(heading) > 12 and heading in headline) for heading in headings
        ):
            return True
        return None if not headline or not headings else False

    judged = [(item, is_own(item)) for item in items]
    if any(own for _, own in judged):
        return [item for item, own in judged if own]
    if len(judged) == 1 and not addresses and _shares_a_word(items[0], headings):
        return items
    return [item for item, own in judged if own is None]


def _shares_a_word(item: dict[str, Any], headings: set[str]) -> bool:
    """Whether an item's heading may be that of the page in other words."""
    said = set(re.findall(r"\w{4,}", fold(_json_text(item.get("headline") or item.get("name")))))
    return not said or not headings or any(said & set(re.findall(r"\w{4,}", heading)) for heading in headings)


def _address(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url.strip().lower()).split("#")[0].split("?")[0].rstrip("/")


def _items(values: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    if isinstance(values, list) and depth < 5:
        for value in values:
            yield from _items(value, depth + 1)
    if isinstance(values, dict):
        kinds = values.get("@type")
        if any(
            _ARTICLE.search(kind)
            for kind in (kinds if isinstance(kinds, list) else [kinds])
            if isinstance(kind, str)
        ):
            yield values
        for name in ("@graph", "mainEntity"):
            yield from _items(values.get(name), depth + 1)


def _item_facts(item: dict[str, Any], headings: set[str]) -> Iterator[Fact]:
    # An encyclopedia's headline describes the thing, its name is what the page is called.
    by_name = fold(_json_text(item.get("name"))) in headings
    titles = ("name", "headline") if by_name else ("headline", "name")
    names = {
        "title": titles, "published": ("datePublished",), "language": ("inLanguage",),
        "publisher": ("publisher",), "author": ("author", "creator"), "url": ("url", "mainEntityOfPage"),
    }  # fmt: skip
    for field, keys in names.items():
        for key in keys:
            if value := _json_text(item.get(key)):
                yield Fact(field, value, "json-ld", 0.95)


def _json_text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_json_text, value[:10])))
    if isinstance(value, dict):
        return _json_text(value.get("name") or value.get("@id"))
    return " ".join(value.split()) if isinstance(value, str) else ""
