"""Dates that a page shows: its time tags, its "published on" line, and what htmldate finds where it says nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .drafts import Fact

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NOT_ITS_OWN = re.compile(
    r"(?:^|[-_ ])(?:comments?|commentlist|related|recommend\w{0,10}|ticker|sidebar|widget|teasers?|latest|popular|trending"
    r"|breaking|today|now|clock|weather|calendar|agenda|events?|footer|nav|menu|copyright|updated|modified)(?:$|[-_ ])",
    re.IGNORECASE,
)
_BYLINE_CLASS = re.compile(
    r"(?:^|[-_ ])(?:byline|dateline|date|pub(?:lished|lication|date)?|posted|(?:post|entry|article)-?date|timestamp|meta|infos?)"
    r"(?:$|[-_ ])",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"\b(?:publi[ée]e?|paru|mis en ligne|post[ée]e?|published|posted|publicado|veröffentlicht|erschienen|pubblicato)\b",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\b(?:mis(?:e)? à jour|modifi|updated|aktualisiert|actualizado|aggiornato)", re.IGNORECASE
)
LONGEST_LINE = 160
"""Characters of a line that says when the page was published."""
GUESSED = 0.5
"""Confidence of what htmldate finds."""


def time_facts(tree: HtmlElement) -> Iterator[Fact]:
    """Dates in time tags and lines of the article, those nearest to its heading first."""
    elements = list(tree.iter())
    places = {id(element): number for number, element in enumerate(elements)}
    headings = [places[id(element)] for element in tree.iter("h1")]
    heading = headings[-1] if headings else 0
    own = {place for each in tree.iter("h1") for place in each.iterancestors("article")}
    others = set(tree.iter("article")) - own if own else set()
    found: list[tuple[bool, int, Fact]] = []
    for element in elements:
        if not isinstance(element.tag, str) or _is_foreign(element, others):
            continue
        named = _names(element)
        text = " ".join("".join(element.itertext()).split()) if element.tag != "body" else ""
        distance = places[id(element)] - heading
        if element.tag == "time":
            yes = element.get("pubdate") is not None or bool(_BYLINE_CLASS.search(named))
            found.append(
                (not yes, distance, Fact("published", element.get("datetime") or text, "time tag", 0.8))
            )
        elif text and len(text) <= LONGEST_LINE and not len(element.xpath(".//time")):
            if _PUBLISHED.search(text) and element.tag not in ("a", "script", "style", "title", "option"):
                said = _UPDATED.split(text)[0]
                found.append((False, distance, Fact("published", said, "published line", 0.8)))
            elif _BYLINE_CLASS.search(named) and not _UPDATED.search(text):
                found.append((True, distance, Fact("published", text, "byline", 0.7)))
    # The first below the heading, then the last above it.
    yield from (fact for *_, fact in sorted(found, key=lambda one: (one[0], one[1] < 0, abs(one[1])))[:4])


def _is_foreign(element: HtmlElement, others: set[HtmlElement]) -> bool:
    """Whether it stands in a part of the page that is not about the article."""
    inside = False
    for place in (element, *element.iterancestors()):
        if place.tag in ("article", "main"):
            inside = True
        if place.tag in ("nav", "footer", "head", "script", "style") or (
            place.tag in ("header", "aside") and not inside and _is_site(place)
        ):
            return True
        if place.tag not in ("html", "body", "article", "main") and _NOT_ITS_OWN.search(_names(place)):
            return True
        if place in others:
            return True
    return False


def _names(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def _is_site(element: HtmlElement) -> bool:
    """Whether a header or aside is that of the site, not of the article."""
    return not element.xpath(".//h1")


def guessed_date(tree: HtmlElement, facts: Sequence[Fact]) -> list[Fact]:
    """What htmldate finds, where the page itself states no date that can be read."""
    from copy import deepcopy

    from htmldate import find_date

    if any(fact.field == "published" and re.search(r"\d{2}", fact.value) for fact in facts):
        return []
    rest = deepcopy(tree)
    for element in list(rest.iter("div", "ul", "ol", "aside", "section", "nav")):
        if element.getparent() is not None and _NOT_ITS_OWN.search(_names(element)):
            element.drop_tree()
    found = find_date(rest, original_date=True, extensive_search=False)
    return [Fact("published", found, "htmldate", GUESSED)] if found else []
