"""The article of a page: trafilatura says which paragraphs, the page's own tree says what belongs to them.

Subheadings, lists, tables, captions and definitions among kept paragraphs are kept in their own order and form.
Where trafilatura found little of what the page holds, the fullest run of paragraphs is the article.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from .drafts import Block
from .markup import HEADINGS, LISTS, SKIPPED, blocks_of, detached

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_WHOLE = frozenset(HEADINGS) | LISTS | {"p", "pre", "figcaption", "caption", "dl", "address"}
"""Elements that are one unit with all that is in them."""
_BELONGING = LISTS | {"table", "figcaption", "pre", "blockquote", "dl"}
_INLINE = frozenset(
    """
    a abbr acronym b bdi bdo big br button cite code data del dfn em font i img input ins kbd label mark q ruby rt rp s
    samp small span strike strong sub sup time tt u var wbr lb hi
    """.split()
)
_FURNITURE = frozenset(("nav", "footer"))
_FURNITURE_CLASS = re.compile(
    r"(?:^|[-_ ])(?:nav|menu|breadcrumbs?|share|sharing|social|related|recommend\w{0,10}|comments?|newsletter|promo|sidebar"
    r"|cookies?|tags?|teasers?|widget|banner|toolbar|pagination|pager|advert\w{0,10}|subscribe|signup|login|popup|modal"
    r"|skip|byline|meta|author|credits?|copyright|read-?more|trending|popular|latest)(?:$|[-_ ])",
    re.IGNORECASE,
)
_CONSENT = re.compile(r"cookie|consent|gdpr|rgpd|privacy-?(?:banner|notice)", re.IGNORECASE)
_SPACES = re.compile("[\u00a0\u202f\u2007\u2009]")
_LIST_NUMBER = re.compile(r"^\s{0,20}\d{1,4}\. ")
ENOUGH = 100
"""Letters; what trafilatura finds of less is taken for nothing."""
SHORT = 12
"""Letters; what is shorter stands in many a text by chance, so it must be a line of it."""
LONG = 60
"""Letters of a paragraph that surely is one."""
NEAR = 2
"""Pieces from the first or last longer one of the article, within which a short one belongs to it."""
MOST_BELOW_HEADING = 12
"""Pieces between the main heading and the first paragraph: byline, date, picture and what sums the article up."""
MUCH_MORE = 3
"""Times what trafilatura found: a run of paragraphs so much longer, of which it found nothing, is the article."""
MET_AGAIN = 0.97
"""Of the letters that trafilatura found; where fewer are met in the page's own pieces, its result stands."""


@dataclass(slots=True)
class _Unit:
    """A piece of the page that is kept or left as a whole."""

    node: HtmlElement
    parent: HtmlElement
    tag: str
    letters: str
    """Its letters and digits alone, in lower case."""
    kept: bool = False


def article_blocks(tree: HtmlElement) -> list[Block]:
    """Blocks of the article of a page from which hidden parts were removed."""
    found = _extracted(tree)
    text = _letters("".join(block.text for block in found))
    lines = {
        _letters(cell)
        for block in found
        for line in block.text.split("\n")
        for cell in (line, *_LIST_NUMBER.sub("", line).split(" | "))
    }
    units = [unit for unit in _units(tree) if unit.letters]
    for unit in units:
        unit.kept = _is_kept(unit, text, lines)
    _drop_chance_matches(units)
    found = _without_consent(found, units)
    another = _another_article(units, len(text))
    if another:
        chosen = {id(unit) for unit in another}
        for unit in units:
            unit.kept = id(unit) in chosen
    elif len(text) < ENOUGH:
        rest = [unit for unit in units if not _in_furniture(unit) and _linked(unit) < 0.6]
        if any(unit.tag not in HEADINGS for unit in rest):
            return [block for unit in rest for block in blocks_of(unit.node)]
        return _all_but_furniture(tree)
    _add_what_belongs(units)
    blocks = [block for unit in units if unit.kept for block in blocks_of(unit.node)]
    if not another and _share_in(found, _letters("".join(block.text for block in blocks))) < MET_AGAIN:
        return found  # the page is built so that its pieces are not met again
    # One kind of space, as trafilatura writes it: questions and quotes are typed with it.
    return [block._replace(text=_SPACES.sub(" ", block.text)) for block in blocks]


def _without_consent(found: list[Block], units: Sequence[_Unit]) -> list[Block]:
    """What trafilatura found without the page's request for consent, which is no longer kept, if there is more."""
    asking = [unit for unit in units if unit.kept and _asks_for_consent(unit)]
    others = sum(len(unit.letters) for unit in units if unit.kept) - sum(len(unit.letters) for unit in asking)
    if not asking or others < ENOUGH:
        return found
    for unit in asking:
        unit.kept = False
    asked = "".join(unit.letters for unit in asking)
    return [block for block in found if _letters(block.text) not in asked]


def _drop_chance_matches(units: Sequence[_Unit]) -> None:
    """Leave short pieces, which many a line repeats, where no longer one that is kept stands near."""
    long = [n for n, unit in enumerate(units) if unit.kept and len(unit.letters) >= SHORT]
    for number, unit in enumerate(units):
        if unit.kept and len(unit.letters) < SHORT and long:
            unit.kept = long[0] - NEAR <= number <= long[-1] + NEAR


def _another_article(units: Sequence[_Unit], extracted: int) -> list[_Unit]:
    """The fullest run of paragraphs, where trafilatura found next to nothing, or only a request for consent, or far less."""
    prose = [unit for unit in units if unit.tag in ("p", "text") and _is_prose(unit)]
    kept = [unit for unit in units if unit.kept]
    only_consent = bool(kept) and all(_asks_for_consent(unit) for unit in kept)
    fullest = _fullest([unit for unit in prose if not _in_furniture(unit)])
    if not fullest and (extracted < ENOUGH or only_consent):  # whatever its container is called
        fullest = _fullest([unit for unit in prose if not _asks_for_consent(unit)])
    size = sum(len(unit.letters) for unit in fullest)
    missed = size > MUCH_MORE * extracted and not any(unit.kept for unit in fullest)
    return fullest if size > ENOUGH and (extracted < ENOUGH or only_consent or missed) else []


def _share_in(blocks: Sequence[Block], letters: str) -> float:
    """Share of the lines of `blocks` that are in `letters`, by their length."""
    lines = [_letters(_LIST_NUMBER.sub("", line)) for block in blocks for line in block.text.split("\n")]
    return sum(len(line) for line in lines if line in letters) / max(1, sum(map(len, lines)))


def _extracted(tree: HtmlElement) -> list[Block]:
    from copy import deepcopy

    from trafilatura import bare_extraction

    found = bare_extraction(
        deepcopy(tree), include_comments=False, include_formatting=True, with_metadata=False
    )
    body = getattr(found, "body", None)
    return list(blocks_of(body)) if body is not None else []


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _units(element: HtmlElement) -> Iterator[_Unit]:
    """Units of the tree in document order; text that stands loose in a container is one of its own."""
    loose = _loose(element.text)
    for child in element:
        if not isinstance(child.tag, str) or child.tag in SKIPPED:
            loose = _with_tail(loose, child.tail)
        elif _is_inline(child):
            loose.append(detached(child, child.tag, child.tail))
        else:
            yield from _loose_unit(loose, element)
            loose = _loose(child.tail)
            if child.tag in _WHOLE or (child.tag in ("table", "blockquote") and not _lays_out(child)):
                yield _Unit(
                    detached(child, child.tag), element, child.tag, _letters("".join(child.itertext()))
                )
            else:
                yield from _units(child)
    yield from _loose_unit(loose, element)


def _loose(text: str | None) -> HtmlElement:
    from lxml import html

    made = html.Element("div")
    made.text = text
    return made


def _with_tail(loose: HtmlElement, text: str | None) -> HtmlElement:
    if text:
        if len(loose):
            loose[-1].tail = f"{loose[-1].tail or ''} {text}"
        else:
            loose.text = f"{loose.text or ''} {text}"
    return loose


def _loose_unit(loose: HtmlElement, parent: HtmlElement) -> Iterator[_Unit]:
    letters = _letters("".join(loose.itertext()))
    if letters:
        yield _Unit(loose, parent, "text", letters)


def _is_inline(element: HtmlElement) -> bool:
    return element.tag in _INLINE and all(
        below.tag in _INLINE or not isinstance(below.tag, str) for below in element.iterdescendants()
    )


def _lays_out(element: HtmlElement) -> bool:
    """Whether a table or quotation is a frame for paragraphs and headings, not one piece."""
    return len(element.xpath(".//p|.//h1|.//h2|.//h3")) > 2 or any(
        len("".join(cell.itertext())) > 1000 for cell in element.iter("td")
    )


def _is_kept(unit: _Unit, text: str, lines: set[str]) -> bool:
    """Whether trafilatura's result, `text`, has the unit; a short one must be a line of it, not part of a word."""
    if unit.tag in LISTS or unit.tag in ("table", "dl"):
        parts = [_letters("".join(part.itertext())) for part in unit.node.iter("li", "td", "th", "dt", "dd")]
        found = sum(len(part) for part in parts if part and part in (text if len(part) >= SHORT else lines))
        return found > 0.6 * sum(map(len, parts)) > 12
    return unit.letters in (text if len(unit.letters) >= SHORT else lines)


def _is_prose(unit: _Unit) -> bool:
    return len(unit.letters) > LONG and _linked(unit) < 0.4


def _linked(unit: _Unit) -> float:
    """Share of the unit's letters that are links."""
    links = sum(len(_letters("".join(link.itertext()))) for link in unit.node.iter("a"))
    return links / max(1, len(unit.letters))


def _in_furniture(unit: _Unit, holding: frozenset[HtmlElement] = frozenset()) -> bool:
    """Whether the unit is in a part of the page that its kind or name sets apart; one of `holding` is none."""
    return any(
        place.tag in _FURNITURE
        or place.get("role") in ("navigation", "dialog", "alert", "contentinfo", "banner", "search")
        or _FURNITURE_CLASS.search(f"{place.get('class') or ''} {place.get('id') or ''}")
        for place in (unit.node, unit.parent, *unit.parent.iterancestors())
        if place.tag not in ("body", "html", "article", "main") and place not in holding
    )


def _asks_for_consent(unit: _Unit) -> bool:
    return any(
        _CONSENT.search(f"{place.get('class') or ''} {place.get('id') or ''}")
        for place in (unit.node, unit.parent, *unit.parent.iterancestors())
        if place.tag not in ("body", "html")
    )


def _is_caption(unit: _Unit) -> bool:
    """Whether the unit is said of a picture."""
    return any(
        place.tag in ("figure", "figcaption") or "caption" in (place.get("class") or "").lower()
        for place in (unit.node, unit.parent, *unit.parent.iterancestors())
    )


def _fullest(paragraphs: Sequence[_Unit]) -> list[_Unit]:
    """The paragraphs of the container that holds most of them."""
    sizes: Counter[HtmlElement] = Counter()
    for unit in paragraphs:
        sizes[unit.parent] += len(unit.letters)
        above = unit.parent.getparent()
        if above is not None:
            sizes[above] += len(unit.letters) // 2
    if not sizes:
        return []
    best = sizes.most_common(1)[0][0]
    return [unit for unit in paragraphs if best in (unit.parent, *unit.parent.iterancestors())]


def _add_what_belongs(units: Sequence[_Unit]) -> None:
    """Keep what stands among kept paragraphs, and the page's main heading above them."""
    kept = [number for number, unit in enumerate(units) if unit.kept]
    if not kept:
        return
    first, last = kept[0], kept[-1]
    holding = _holding([units[number] for number in kept])
    _fill_gaps(units, kept, holding)
    homes = {units[number].parent for number in kept}
    beyond = [n for n in range(last + 1, min(len(units), last + 4)) if units[n].parent is units[last].parent]
    for number in (*range(first, last), *beyond):
        unit = units[number]
        if not unit.kept and _belongs(unit, units, number, homes, holding):
            unit.kept = True
    _keep_standfirst(units, kept, holding)
    following = anything = False
    for unit in reversed(units[first:]):
        if unit.tag in HEADINGS:
            unit.kept = (unit.kept and anything) or (
                following and _linked(unit) < 0.9 and not _in_furniture(unit, holding)
            )
        else:
            following = unit.kept
            anything = anything or following
    if not any(unit.kept and unit.tag == "h1" for unit in units):
        above = [unit for unit in units[:first] if unit.tag == "h1"]
        if above:
            above[-1].kept = True


def _keep_standfirst(units: Sequence[_Unit], kept: Sequence[int], holding: frozenset[HtmlElement]) -> None:
    """Keep the sentences that sum the article up, below its main heading."""
    begins = next((number for number in kept if len(units[number].letters) >= LONG), kept[0])
    above = [number for number in range(begins) if units[number].tag == "h1"]
    if not above or begins - above[-1] > MOST_BELOW_HEADING:
        return
    for unit in units[above[-1] + 1 : begins]:
        sums_up = len(unit.letters) >= LONG and _linked(unit) < 0.2 and not _is_caption(unit)
        unit.kept = unit.kept or (sums_up and not _in_furniture(unit, holding))


def _fill_gaps(units: Sequence[_Unit], kept: Sequence[int], holding: frozenset[HtmlElement]) -> None:
    """Keep whole what stands between two paragraphs of one container."""
    for before, after in pairwise(kept):
        gap = units[before + 1 : after]
        same = units[before].parent is units[after].parent
        if same and _goes_on(units[before], units[after], gap, holding):
            for unit in gap:
                unit.kept = True


def _holding(kept: Sequence[_Unit]) -> frozenset[HtmlElement]:
    """What holds all long paragraphs of the article: no furniture, whatever it is called."""
    long = [unit for unit in kept if len(unit.letters) >= LONG] or kept
    places = [{unit.parent, *unit.parent.iterancestors()} for unit in long]
    return frozenset(set.intersection(*places))


def _goes_on(before: _Unit, after: _Unit, gap: Sequence[_Unit], holding: frozenset[HtmlElement]) -> bool:
    """Whether what stands in the article's own container, between two of its paragraphs, is a piece of it."""
    if not gap or min(len(before.letters), len(after.letters)) < LONG:
        return False
    letters = sum(len(unit.letters) for unit in gap)
    linked = sum(_linked(unit) * len(unit.letters) for unit in gap)
    return linked < 0.2 * letters and not any(_in_furniture(unit, holding) for unit in gap)


def _belongs(
    unit: _Unit,
    units: Sequence[_Unit],
    number: int,
    homes: set[HtmlElement],
    holding: frozenset[HtmlElement],
) -> bool:
    beside = number > 0 and number + 1 < len(units) and units[number - 1].kept and units[number + 1].kept
    frame = unit.parent.getparent()
    near = unit.parent in homes or frame in homes
    near = near or (beside and frame is not None and units[number - 1].parent.getparent() is frame)
    if not near or _linked(unit) > 0.4 or _in_furniture(unit, holding):
        return False
    if unit.tag in _BELONGING:
        return True
    return unit.tag in ("p", "text") and beside and unit.parent in homes


def _all_but_furniture(tree: HtmlElement) -> list[Block]:
    """Everything of a short page but what surely is no text of it."""
    for element in tree.xpath(
        "//nav|//footer|//*[@role='navigation']|//form[not(.//p)]|//header[not(ancestor::article)][.//nav]"
    ):
        if element.getparent() is not None:
            element.drop_tree()
    return list(blocks_of(tree))
