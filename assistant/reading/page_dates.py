"""When a page was published: what it states for machines, held against what it shows beside its heading.

A date that stands beside the heading is the article's, whatever its class is called: measured on the pages of
htmldate's evaluation, 95 of 100 such dates are, and one in five of those that stand elsewhere. Where the
statements contradict each other and nothing beside the heading settles it, the page has no date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ..language.folding import fold
from ..language.reading_pack import beginnings
from .dates import dates_in, is_byline, is_other_event
from .drafts import Fact

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_OF_OTHERS = re.compile(
    r"(?:^|[-_ ])(?:comments?|commentlist|related|recommend\w{0,10}|ticker|teasers?|latest|popular|trending|breaking)(?:$|[-_ ])",
    re.IGNORECASE,
)
"""Classes of what tells of other articles, or is told by readers."""
_NOT_ITS_OWN = re.compile(
    rf"{_OF_OTHERS.pattern}|(?:^|[-_ ])(?:sidebar|widget|today|now|clock|weather|calendar|agenda|events?|footer|nav|menu"
    r"|copyright|updated|modified)(?:$|[-_ ])",
    re.IGNORECASE,
)
"""Classes within which a date far from the heading is not the article's, either."""
_BYLINE_CLASS = re.compile(
    r"(?:^|[-_ ])(?:byline|dateline|date|pub(?:lished|lication|date)?|posted|(?:post|entry|article)-?date|timestamp|meta|infos?)"
    r"(?:$|[-_ ])",
    re.IGNORECASE,
)
_RENEWED = re.compile(r"(?:^|[-_ ])(?:updated|modified)(?:$|[-_ ])", re.IGNORECASE)
_PUBLISHED = re.compile(beginnings("published"), re.IGNORECASE)
_UPDATED = re.compile(beginnings("updated"), re.IGNORECASE)
_RIGHTS = re.compile(r"©|\bcopyright\b", re.IGNORECASE)
_ZONE = re.compile(r"\d[T ]?(\d\d):?\d\d(?::?\d\d)?(?:\.\d{1,9})?\s?(Z|[+-]\d\d:?\d\d|GMT|UTC)?")
LONGEST_LINE = 160
"""Characters of a line that says when the page was published."""
SHORT = 40
"""Characters of a line that is a date and little else, whatever it is called."""
BEFORE, AFTER = 15, 40
"""Elements before and after its heading within which a date is the article's own."""
NEAR = 70
"""Elements after its heading within which the only date that a page shows counts for more than a single statement."""
BESIDE, ELSEWHERE, ADDRESS, GUESSED = 0.9, 0.65, 0.6, 0.5
"""Confidence of a date beside the heading, of one elsewhere, of one in the address, and of what htmldate finds."""
FIRST_PAGES = 1991
"""Year of the first web pages: a line with an earlier date tells of something else."""
_LINES = frozenset(("p", "div", "span", "small", "strong", "em", "i", "b", "dd", "h5", "h6", "cite"))
_SKIPPED = frozenset(
    ("html", "head", "body", "script", "style", "title", "option", "a", "nav", "footer", "meta", "link")
)


class _Shown(NamedTuple):
    """A date that the page shows."""

    rank: int
    """0: a line that says "published"; 1: a time tag; 2: a class that says date; 3: a short line."""
    distance: int
    """Elements from the heading; negative: before it."""
    day: date
    fact: Fact
    its_own: bool
    """In no part of the page that is called by what is not the article."""
    of_others: bool
    """In a part that tells of other articles."""

    @property
    def beside(self) -> bool:
        return -BEFORE <= self.distance <= AFTER and not self.of_others


def is_of_others(element: HtmlElement) -> bool:
    """Whether an element stands in a part of the page that tells of other articles."""
    return _is_within(element, _OF_OTHERS, set())


def settled_date(tree: HtmlElement, stated: Sequence[Fact], language: str) -> list[Fact]:
    """The one fact on the publication that the page's statements and what it shows agree on; none where they do not."""
    shown = sorted(
        _shown_dates(tree, language), key=lambda one: (one.distance < 0, one.rank, abs(one.distance))
    )
    beside = [one for one in shown if one.beside]
    known = list(_days(stated, language))
    address = next((one for one in known if one[1].origin == "address"), None)
    machine = [one for one in known if one[1].origin != "address"]
    near = {one.day for one in shown if -2 * BEFORE <= one.distance <= NEAR and not one.of_others}
    for day, fact in machine:
        if day in near:
            return [fact]
    if machine:
        return _between(machine, beside, address, shown)
    if beside:
        return [next((one for one in beside if one.its_own), beside[0]).fact]
    return _elsewhere(shown, address)


def _between(
    machine: Sequence[tuple[date, Fact]],
    beside: Sequence[_Shown],
    address: tuple[date, Fact] | None,
    shown: Sequence[_Shown],
) -> list[Fact]:
    """What counts of a statement and another date beside the heading; the latter, unless it may be today's."""
    first = machine[0]
    for one in beside:
        if (one.distance >= 0 and one.its_own and (one.rank < 3 or one.distance <= 12)) or _is_local_day(
            first, one.day
        ):
            return [one.fact]
    days = {one.day for one in shown}
    if len(machine) == 1 and first[0] in days:
        return [first[1]]
    if contrary := _shown_against(machine, beside, address, shown):
        return [contrary]
    others = [*machine[1:], *([address] if address else [])]
    if others and all(_is_local_day(first, day) for day, _ in others):
        return [others[0][1]]
    return [first[1]] if all(abs(day - first[0]) <= timedelta(1) for day, _ in others) else []


def _shown_against(
    machine: Sequence[tuple[date, Fact]],
    beside: Sequence[_Shown],
    address: tuple[date, Fact] | None,
    shown: Sequence[_Shown],
) -> Fact | None:
    """The date that the page shows and no statement has, where another place of it confirms it or nothing the statement."""
    if any(one.day == day for day, _ in machine for one in shown):
        return None
    if address and any(one.day == address[0] for one in shown):
        return address[1]
    own = [one for one in shown if not one.of_others]
    if beside and sum(one.day == beside[0].day for one in own) > 1:
        return beside[0].fact
    near = {one.day: one.fact for one in own if one.its_own and 0 <= one.distance <= NEAR}
    return next(iter(near.values())) if len(machine) == 1 and address is None and len(near) == 1 else None


def _is_local_day(stated: tuple[date, Fact], day: date) -> bool:
    """Whether the stated moment, in UTC, fell on `day` where the page was written."""
    found = _ZONE.search(stated[1].value)
    if found is None or not found[2] or not re.fullmatch(r"Z|GMT|UTC|[+-]00:?00", found[2]):
        return False
    hour, distance = int(found[1]), (day - stated[0]).days
    return (distance == -1 and hour < 11) or (distance == 1 and hour >= 10)


def _elsewhere(shown: Sequence[_Shown], address: tuple[date, Fact] | None) -> list[Fact]:
    """The date far from the heading that is the only one of its rank; else that of the address."""
    for rank in range(3):
        days = {one.day for one in shown if one.rank == rank and one.its_own}
        if len(days) > 1:
            break
        if days:
            (day,) = days
            if address and abs(day - address[0]) > timedelta(1):
                break
            return [next(one.fact for one in shown if one.day == day)._replace(confidence=ELSEWHERE)]
    return [address[1]] if address else []


def _days(facts: Sequence[Fact], language: str) -> Iterator[tuple[date, Fact]]:
    """The first date of each origin."""
    origins = set()
    for fact in facts:
        written = next(dates_in(fact.value, language), None)
        if fact.field == "published" and fact.origin not in origins and written:
            origins.add(fact.origin)
            yield written.day, fact


# --------------------------------------------------------------------------- what the page shows


def _shown_dates(tree: HtmlElement, language: str) -> Iterator[_Shown]:
    elements = list(tree.iter())
    heading = _heading(tree)
    place = next((n for n, element in enumerate(elements) if element is heading), None)
    own = set(heading.iterancestors("article")) if heading is not None else set()
    others = set(tree.iter("article")) - own if own else set(tree.xpath("//aside//article"))
    for number, element in enumerate(elements):
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            continue
        found = _dated(element)
        written = next(dates_in(found[1], language), None) if found else None
        if found is None or written is None or written.precision == "month" or is_other_event(found[1]):
            continue
        rank, value = found
        if rank == 3 and not is_byline(value[: written.start], value[written.end :]):
            continue
        if rank > 1 and written.day.year < FIRST_PAGES:
            continue
        distance = number - place if place is not None else 10_000
        origin = ("published line", "time tag", "byline", "byline")[rank]
        # A date whose day and month may be swapped keeps its form, so that the article's language can tell.
        said = (
            value[written.start : written.end] if written.precision == "swapped" else written.day.isoformat()
        )
        fact = Fact("published", said, origin, BESIDE)
        its_own = not _is_within(element, _NOT_ITS_OWN, others)
        yield _Shown(rank, distance, written.day, fact, its_own, _is_within(element, _OF_OTHERS, others))


def _heading(tree: HtmlElement) -> HtmlElement | None:
    """The heading that the page's title repeats; without one the last h1."""
    titles = [fold(_text(one)) for one in tree.iter("title")]
    titles += [fold(value) for value in tree.xpath("//meta[@property='og:title']/@content")]
    for element in tree.iter("h1", "h2", "h3"):
        said = fold(_text(element))
        if len(said) > 8 and any(said in title or (len(title) > 8 and title in said) for title in titles):
            return element
    return next(iter(reversed(list(tree.iter("h1")))), None)


def _dated(element: HtmlElement) -> tuple[int, str] | None:
    """How the element shows a date, and the words that hold it."""
    text = _text(element)
    if len(text) > LONGEST_LINE or _RIGHTS.search(text):
        return None
    said = _UPDATED.split(text)[0]
    published = _PUBLISHED.search(said)
    if published and re.search(r"\d", said):
        return 0, said[published.start() :]
    if len(said) < len(text):
        if not re.search(r"\d{4}", said):
            return None
        text = said
    if element.tag == "time":
        return _time_tag(element, text)
    if element.tag == "abbr" and element.get("title"):
        return 1, element.get("title")
    if not text or element.find(".//time") is not None:
        return None
    if _BYLINE_CLASS.search(_names(element)) and _says_little(text):
        return 2, text
    plain = element.tag in _LINES and not len(element) and len(text) < SHORT
    return (3, text) if plain and _says_little(text) else None


def _time_tag(element: HtmlElement, text: str) -> tuple[int, str] | None:
    renewed = _RENEWED.search(_names(element)) and not _BYLINE_CLASS.search(_names(element))
    if renewed or _tells_of_another_day(element, text):
        return None
    return 1, _attribute_or_text(element.get("datetime") or "", text)


def _tells_of_another_day(element: HtmlElement, text: str) -> bool:
    """Whether the line around a time tag says that it is the day of an update or event, or is a sentence."""
    line = element.getparent()
    said = _text(line) if line is not None and line.tag in _LINES else text
    if len(said) > LONGEST_LINE and (line is None or line.tag != "p"):
        return False  # it holds more than a line
    before = said.partition(text)[0] if text else ""
    if _UPDATED.search(before) and not _PUBLISHED.search(before):
        return True
    return not _PUBLISHED.search(before) and (is_other_event(before) or (before != "" and _is_sentence(said)))


def _is_sentence(line: str) -> bool:
    words = re.findall(r"[^\W\d_]+", line)
    return sum(word[0].islower() for word in words) > 6 and line.endswith((".", "!", "?"))


def _attribute_or_text(stated: str, shown: str) -> str:
    """What counts of a time tag's attribute and its text: the text where the attribute is no date, or in UTC."""
    if not re.match(r"\d{4}-?\d\d-?\d\d(?!\d)", stated):
        return shown if re.search(r"\d{4}", shown) else stated
    day = next(dates_in(shown, ""), None)
    machine = next(dates_in(stated, ""), None)
    if (
        day
        and machine
        and day.precision == "day"
        and _is_local_day((machine.day, Fact("", stated, "")), day.day)
    ):
        return shown
    return stated


def _says_little(text: str) -> bool:
    """Whether a line is a date, names and a time of day rather than a sentence that has a date in it."""
    words = re.findall(r"[^\W\d_]+", text)
    return (
        len(words) <= 12
        and sum(word[0].islower() for word in words) <= 6
        and not text.endswith((".", "!", "?"))
    )


def _text(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split()) if element.tag != "body" else ""


def _is_within(element: HtmlElement, named: re.Pattern[str], others: set[HtmlElement]) -> bool:
    """Whether it stands in another article, or in a part of the page that is called so."""
    for place in (element, *element.iterancestors()):
        if place.tag in ("nav", "footer", "head") or place in others:
            return True
        if place.tag not in ("html", "body", "article", "main") and named.search(_names(place)):
            return True
    return False


def _names(element: HtmlElement) -> str:
    return f"{element.get('class') or ''} {element.get('id') or ''}"


def guessed_date(tree: HtmlElement, language: str) -> list[Fact]:
    """What htmldate finds, for a page that states no date; nothing where the page shows only others."""
    from copy import deepcopy

    from htmldate import find_date

    rest = deepcopy(tree)
    for element in list(rest.iter("title", "h1", "h2", "h3", "figure", "figcaption", "script", "style")):
        if element.getparent() is not None:
            element.drop_tree()  # the day of what it tells of, or of a program
    for element in [
        *rest.xpath("//aside//article"),
        *(one for one in rest.iter("time") if _dated(one) is None),
    ]:
        if element.getparent() is not None:
            element.drop_tree()
    for element in list(rest.iter("div", "ul", "ol", "aside", "section", "nav")):
        if element.getparent() is not None and _NOT_ITS_OWN.search(_names(element)):
            element.drop_tree()
    for element in [one for one in rest.iter("p", "div", "span", "li") if len(one) < 3]:
        if (
            element.getparent() is not None
            and len(_text(element)) < LONGEST_LINE
            and _UPDATED.search(_text(element))
        ):
            element.drop_tree()
    found = find_date(rest, original_date=True, extensive_search=False)
    shown = {one.day.isoformat() for one in _shown_dates(tree, language)}
    return [Fact("published", found, "htmldate", GUESSED)] if found and (not shown or found in shown) else []
