"""When an article was published: what the file states, else what its first lines say.

Never the time of the file. A date without day or month counts from its first day, with less confidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from ..language.dates import ANY, DateExpression, find_dates, place_of
from ..language.folding import CAPITAL
from ..language.reading_pack import beginnings, whole_words, words_of
from ..language.remarks import Remark
from .drafts import Fact


class FoundDate(NamedTuple):
    """A publication date, where it was found, how sure it is (0 to 1); a warning where it is not exact."""

    published: date
    origin: str
    confidence: float
    warning: Remark | None = None


EARLIEST, LATEST = 1450, 2100
"""Years; others are taken for something else."""
OLD = 1900
"""A title that is a day before it tells of that day."""
_TOP, _HEAD, _TAIL = 600, 1500, 300
"""Characters at the beginning (of a date without "published", of one with it) and end that may hold a byline."""

_DIGIT = re.compile(r"\d")
_YEAR_ALONE = re.compile(r"(?P<year>\d{4})")
_SURE = {"day": 1.0, "swapped": 0.5, "month": 0.6, "year": 0.4}
_WARNINGS = {
    "swapped": Remark("swapped_date"),
    "month": Remark("date_without_day"),
    "year": Remark("date_of_year"),
}


class Written(NamedTuple):
    """A date in a text: where it stands and how exact it is ("day", "swapped", "month" or "year")."""

    start: int
    end: int
    day: date
    precision: str


def dates_in(text: str, language: str) -> Iterator[Written]:
    """Dates with a month and a year in `text`, whole days first; a language tells only which of two numbers is the day."""
    if not _DIGIT.search(text):
        return
    places = groupby(find_dates(text, ANY), place_of)
    written = [one for place, readings in places if (one := _written(place, list(readings), text, language))]
    yield from sorted(written, key=lambda one: one.precision == "month")


def _written(
    place: tuple[int, int], readings: list[DateExpression], text: str, language: str
) -> Written | None:
    """The date that stands at a place, if it may be one of a publication."""
    known = [(one, day) for one in readings if (day := _day_of(one))]
    if not known:
        return None
    (one, day), *others = known
    if (
        language == "en"
        and others
        and one.day in (others[0][0].months or ())
        and "." not in text[slice(*place)]
    ):
        return Written(*place, others[0][1], "swapped")
    return Written(*place, day, "day" if one.day else "month")


def _day_of(one: DateExpression) -> date | None:
    """Its first day, where it has a month and a year in which articles were published."""
    day = one.first_day
    exact = one.months is not None and len(one.months) == 1 and not one.relative
    return day if day and exact and EARLIEST <= day.year <= LATEST else None


def find_date(facts: Iterable[Fact], text: str, language: str) -> FoundDate | None:
    """The surest of the dates that the file states and that its byline tells; None where there is none."""
    found = [*_stated_dates(facts, language), *_byline_dates(text, language)]
    return max(found, key=lambda one: one.confidence, default=None)


def unreadable_date(facts: Iterable[Fact], language: str) -> Remark | None:
    """A warning about a date in the front matter that is none."""
    wrong = [fact for fact in facts if fact.field == "published" and fact.origin == "front matter"]
    if not wrong or any(_stated_dates(wrong, language)):
        return None
    return Remark("no_date", value=repr(wrong[0].value[:40]))


def _stated_dates(facts: Iterable[Fact], language: str) -> Iterator[FoundDate]:
    for fact in facts:
        if fact.field != "published":
            continue
        written = next(dates_in(fact.value, language), None)
        alone = _YEAR_ALONE.fullmatch(fact.value.strip())
        if not written and alone and EARLIEST <= int(alone["year"]) <= LATEST:
            written = Written(0, 4, date(int(alone["year"]), 1, 1), "year")
        if written:
            yield _found(written, fact.origin, fact.confidence)


def _found(written: Written, origin: str, confidence: float) -> FoundDate:
    sure = round(confidence * _SURE[written.precision], 2)
    return FoundDate(written.day, origin, sure, _WARNINGS.get(written.precision))


_PUBLISHED = re.compile(
    rf"(?:{beginnings('published')}|(?:^|[|·•,;/–—-]\s{{0,3}}){beginnings('labels')})"
    r"(?:\s{1,3}\w{1,5}(?:\s{1,3}[\w.'’-]{1,20}){1,4}?,?(?=\s{1,3}(?:le|on|el|am|il|em|in)\s))?"
    r"(?:\s{1,3}(?:le|on|el|am|il|em|in)|\s{1,3}\w{1,20}\s{1,3}le)?\s{0,3}:?\s{0,3}(?:\w{1,20},?\s{1,3})?$",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    rf"{beginnings('updated')}\w{{0,12}}\W{{1,5}}(?:\w{{1,20}}\W{{1,5}}){{0,3}}$", re.IGNORECASE
)
_PLACE = re.compile(rf"[{CAPITAL}][\w .'’(),-]{{1,40}}[,(]\s{{0,3}}(?:le\s{{1,3}})?$")
_ITEM = re.compile(r"\s{0,20}(?:[-*•–]|\d{1,4}[.)])\s")
_AFTER_DATELINE = re.compile(r"\)?(?:\s{1,3}\([^()\n]{2,40}\))?\.?\s{0,3}[—–-]")
_AFTER_DAY = re.compile(
    rf"(?:,\s[{CAPITAL}][\w .'’-]{{1,30}}?)?{_AFTER_DATELINE.pattern}\s{{1,3}}[{CAPITAL}«“\"\d].{{40}}"
)
"""Behind a day that opens a line: maybe a place, then what a report goes on with."""
BETWEEN_TWO = 8
"""Characters between the two ends of a range."""


_WHOLE_YEAR = re.compile(r"\d{4}")
_SMALL_WORDS = words_of("byline")
"""Words of a byline besides names, which begin with a capital."""
_OTHER_EVENT = re.compile(whole_words("events"), re.IGNORECASE)
_OTHER_LABEL = re.compile(r":\s{0,3}$|^\W*\w+\s{1,3}(?:le|el|am|il|em)\s{1,3}$|^\s{0,3}[†✝*]")
"""Before the date: a label ("Delivery:"), a verb alone ("Inaugurated on"), the sign of a death."""


def is_other_event(text: str) -> bool:
    """Whether a line tells of a birth, a law, a deadline or the like."""
    return bool(_OTHER_EVENT.search(text))


def is_byline(before: str, after: str, *, is_title: bool = False) -> bool:
    """Whether a line says little but its date, a place and names, and nothing of another event."""
    rest = f"{before} {after}"
    words = re.findall(r"[^\W\d_]+", rest)
    is_title = is_title and any(word.lower() not in _SMALL_WORDS for word in words)
    if _OTHER_LABEL.search(before) and not _PUBLISHED.search(before):
        return False
    if (is_title and not before.lower().startswith(("by ", "par ", "von ", "por "))) or is_other_event(rest):
        return False
    return len(words) <= 7 and all(word[0].isupper() or word.lower() in _SMALL_WORDS for word in words)


def _byline_dates(text: str, language: str) -> Iterator[FoundDate]:
    """Dates of a byline: after "published", in a dateline, or on a short line of their own near the top."""
    for offset, part in ((0, text[:_HEAD]), (_HEAD, text[max(_HEAD, len(text) - _TAIL) :])):
        found = list(dates_in(part, language))
        for written in found:
            near_top = offset + written.start < _TOP
            confidence = _byline_confidence(part, written, near_top=near_top)
            if near_top and _opens_a_report(part, written, found):
                confidence = max(confidence, 0.7)
            if confidence:
                yield _found(written, "byline", confidence)


def _opens_a_report(part: str, written: Written, found: Sequence[Written]) -> bool:
    """Whether a report begins with a day ("3 mai 2024. - La mairie …"): several such lines are a chronology."""
    opening = [one for one in found if one.start == 0 or part[one.start - 1] == "\n"]
    is_range = any(0 < one.start - written.end < BETWEEN_TWO for one in found)
    return opening == [written] and not is_range and bool(_AFTER_DAY.match(part, written.end))


def _byline_confidence(part: str, written: Written, *, near_top: bool) -> float:
    line_start = part.rfind("\n", 0, written.start) + 1
    line_end = part.find("\n", written.end)
    before = part[line_start : written.start]
    after = part[written.end : line_end if line_end >= 0 else len(part)]
    if _UPDATED.search(before):
        return 0.0
    if _PUBLISHED.search(before[-60:].lstrip()) and written.precision != "month":
        return 0.85
    if near_top and _PLACE.fullmatch(before) and _AFTER_DATELINE.match(after):
        return 0.7
    if not _WHOLE_YEAR.search(part, written.start, written.end):
        return 0.0  # two digits may be anything
    is_title = line_start == 0 and near_top
    if not is_byline(before, after, is_title=is_title) or (is_title and written.day.year < OLD):
        return 0.0
    short = (
        len(before) + len(after) <= 40
        and not after.rstrip().endswith((".", "!", "?", ":", ";"))
        and not _ITEM.match(before)
    )
    return 0.7 if near_top and short else 0.0
