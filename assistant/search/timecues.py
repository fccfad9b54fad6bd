"""What a question says about time, resolved to dates of publication.

The languages share one small grammar, whose words stand in their packs: a *period* ("mars 2025", "last year",
"Q1 2025", "der Sommer 2024"), and what stands before it ("avant", "since", "entre … et …"). Meteorological
seasons; weeks start on Monday. A date that belongs to a name ("la loi du 7 octobre 2016", "Windows 2000", "the
2024 budget") is no cue, nor is one that is still to come: nothing was published then. Since an event ("depuis la
loi") means the newer ones.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from ..language.folding import fold_keeping_length
from ..language.lexicon import one_of
from ..language.number_words import counts_in
from ..language.pack import languages
from ..language.time_words import any_of, month_words, table_of_time, words_of_time
from ..types import TimeCue


class Period(NamedTuple):
    """Days from `first` to `last`, both included, and where the words that say so stand."""

    start: int
    end: int
    first: date
    last: date


MONTHS = month_words()
SEASONS = {name: months[0] for name, months in table_of_time("seasons").items()}
ORDINALS = {**table_of_time("ordinals"), **{str(number): number for number in range(1, 5)}}
COUNTS = {word: n for language in languages() for word, n in counts_in(language).items()}
DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
UNITS = {
    **{f"{name}{s}": DAYS[step] for name, step in table_of_time("steps").items() for s in ("", "s")},
    **{f"{name}{s}": DAYS["quarter"] for name in words_of_time("quarters", "dates") for s in ("", "s")},
}
"""Days of a unit, in one and in several."""
HALVES = frozenset((*words_of_time("halves", "dates"), "s", "h"))
SHIFTS = {name: days for name, days in table_of_time("day_shifts").items() if days < 0}

_PAST = words_of_time("past", "dates")
_BEFORE_UNIT = [word for word in words_of_time("side_before", "dates") if word in _PAST]
_THIS = [
    *words_of_time("this", "dates"),
    *(
        w
        for w in words_of_time("side_before", "dates")
        if w not in (*_PAST, *words_of_time("coming", "dates"))
    ),
]
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_OF = rf"(?:,? (?:{any_of('of', section='dates')} )?(?:{any_of('year')} )?)"
_DAY = rf"(?P<day>\d{{1,2}})(?:{any_of('day_endings', section='dates')})?"
_COUNT = rf"(?P<count>\d{{1,3}}|{one_of(COUNTS)})"
_FRACTION = rf"(?P<span>{any_of('quarters', 'halves', section='dates')})"
_UNIT = rf"(?P<unit>{one_of(UNITS)})"
_MONTH = rf"(?P<month>{one_of(MONTHS)})"
_SEASON = rf"(?P<season>{one_of(SEASONS)})"
# A month alone is a cue only after one of these ("may" and "mars" mean other things too) …
_NEAR = f"{any_of('before_month')} "
# … and a year alone only after one of those or these (else it is a name: "France 2030").
_NEAR_YEAR = f"{any_of('before_month', 'before_year')} "
_OTHER = rf" ?(?:{any_of('joining')}|-|–) ?"
_FROM = f"{any_of('from')} "
_PUBLISHED = rf"{any_of('published')} {any_of('law_of')} "
_NOW = rf" {any_of('until')} {any_of('now')}"
_UNTIL_NOW = re.compile(_NOW)
_NO_YEAR = r"(?! +\d{3,4}\b)"  # "en septembre 1041"
_NO_AMOUNT = rf"(?![-/.,]\d)(?! ?(?:[%€$£]|{any_of('amounts')})(?!\w))"


def _month_span(year: int, month: int, months: int = 1) -> tuple[date, date]:
    last = month - 1 + months - 1
    final_year, final_month = year + last // 12, last % 12 + 1
    return date(year, month, 1), date(final_year, final_month, monthrange(final_year, final_month)[1])


def _last_time(month: int, today: date) -> int:
    """Year in which `month` last began, seen from `today`."""
    return today.year if month <= today.month else today.year - 1


def _named_month(match: re.Match[str], today: date) -> tuple[int, int]:
    """Year and month of a match; the month that last began where no year is given."""
    groups = match.groupdict()
    month = MONTHS[groups["month"]] if groups.get("month") else int(groups["m"])
    return int(groups.get("year") or _last_time(month, today)), month


def _day(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _days(match, today, int(match["day"]))


def _first_days(match: re.Match[str], today: date) -> tuple[date, date] | None:
    return _days(match, today, int(match["until"]))


def _days(match: re.Match[str], today: date, last: int) -> tuple[date, date] | None:
    """From the day of a match to the day `last` of the same month; without a year the last time it was."""
    year, month = _named_month(match, today)
    try:
        days = date(year, month, int(match["day"])), date(year, month, last)
        if days[0] > today and not match.groupdict().get("year"):
            days = days[0].replace(year=year - 1), days[1].replace(year=year - 1)
    except ValueError:
        return None
    return days if days[0] <= days[1] else None


def _week(match: re.Match[str], today: date) -> tuple[date, date] | None:
    days = _day(match, today)
    return days and _calendar("week", days[0])


def _month(match: re.Match[str], today: date) -> tuple[date, date] | None:
    year, month = _named_month(match, today)
    if not 1 <= month <= 12:
        return None
    return _part(match.groupdict().get("part"), *_month_span(year, month))


def _months(match: re.Match[str], today: date) -> tuple[date, date] | None:
    year, first = _named_month(match, today)
    months = MONTHS[match["until"]] - first + 1
    return _month_span(year, first, months) if months > 0 else None


def _month_before(match: re.Match[str], today: date) -> tuple[date, date]:
    return _ended(MONTHS[match["month"]], 1, today)


def _season_before(match: re.Match[str], today: date) -> tuple[date, date]:
    return _ended(SEASONS[match["season"]], 3, today)


def _ended(month: int, months: int, today: date) -> tuple[date, date]:
    """The last time that these months ended before `today`."""
    span = _month_span(today.year, month, months)
    return span if span[1] < today else _month_span(today.year - 1, month, months)


def _season(match: re.Match[str], today: date) -> tuple[date, date]:
    month = SEASONS[match["season"]]
    return _month_span(int(match.groupdict().get("year") or _last_time(month, today)), month, 3)


def _fraction(match: re.Match[str], today: date) -> tuple[date, date] | None:
    number = ORDINALS.get(match["number"]) or int(match["number"])
    months = 6 if match["span"] in HALVES else 3
    if number * months > 12:
        return None
    return _month_span(int(match["year"] or today.year), (number - 1) * months + 1, months)


def _last_fraction(match: re.Match[str], today: date) -> tuple[date, date]:
    months = 6 if match["span"] in HALVES else 3
    return _month_span(int(match["year"]), 13 - months, months)


def _year(match: re.Match[str], today: date) -> tuple[date, date]:
    year = int(match["year"])
    return _part(match.groupdict().get("part"), date(year, 1, 1), date(year, 12, 31))


def _years(match: re.Match[str], today: date) -> tuple[date, date] | None:
    first, last = int(match["year"]), int(match["until"])
    return (date(first, 1, 1), date(last, 12, 31)) if first <= last else None


def _part(part: str | None, first: date, last: date) -> tuple[date, date]:
    """The beginning, middle or end (a third each) of a period."""
    if part is None:
        return first, last
    third = (last - first) // 3
    if re.fullmatch(any_of("part_beginning"), part):
        return first, first + third
    if re.fullmatch(any_of("part_end"), part):
        return last - third, last
    return first + third, last - third


def _this(match: re.Match[str], today: date) -> tuple[date, date]:
    return _calendar(match["unit"], today)[0], today


def _last(match: re.Match[str], today: date) -> tuple[date, date]:
    first, _ = _calendar(match["unit"], today)
    return _part(match.groupdict().get("part"), *_calendar(match["unit"], first - timedelta(days=1)))


def _calendar(unit: str, day: date) -> tuple[date, date]:
    """The calendar week, month, quarter or year in which `day` falls."""
    days = UNITS[unit]
    if days == 365:
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if days == 91:
        return _month_span(day.year, (day.month - 1) // 3 * 3 + 1, 3)
    if days == 30:
        return _month_span(day.year, day.month)
    monday = day - timedelta(days=day.weekday())
    return (day, day) if days == 1 else (monday, monday + timedelta(days=6))


def _number(words: str) -> int:
    return int(words) if words.isdigit() else COUNTS[words]


def _recent(match: re.Match[str], today: date) -> tuple[date, date]:
    count = _number(match.groupdict().get("count") or "one")
    return today - timedelta(days=count * UNITS[match["unit"]]), today


def _ago(match: re.Match[str], today: date) -> tuple[date, date]:
    return _calendar(match["unit"], today - timedelta(days=_number(match["count"]) * UNITS[match["unit"]]))


def _yesterday(match: re.Match[str], today: date) -> tuple[date, date]:
    day = today + timedelta(days=SHIFTS[match.group()])
    return day, day


Resolve = Callable[[re.Match[str], date], tuple[date, date] | None]
_SOME_PART = rf"(?P<part>{any_of('part_beginning', 'part_middle', 'part_end')})[ -]{any_of('of')}*"
_PART = rf"(?:{_SOME_PART}(?:{any_of('year')} )?)?"
_GONE = one_of(_PAST)
_NOT_OF = rf"(?! {any_of('of', section='dates')} )"  # "the last week of February 1974"
_DAY_OF = rf"(?:{any_of('of', section='dates')} )?"
_FIRST_OF_TWO = rf"(?:{any_of('to', section='dates')}|-|–) (?:{any_of('articles')} )?"

# Where two overlap, the earlier line wins.
_PERIODS: tuple[tuple[re.Pattern[str], Resolve], ...] = tuple(
    (re.compile(rf"(?<![\w-])(?:{pattern})(?!\w)"), resolve)
    for pattern, resolve in (
        (r"(?P<year>\d{4})-(?P<m>\d\d)-(?P<day>\d\d)", _day),
        (r"(?P<day>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<year>\d{4})", _day),
        (
            rf"{any_of('week_of')} {_DAY} (?:{any_of('day_of', section='dates')} )?{_MONTH}(?:{_OF}{_YEAR})?",
            _week,
        ),
        (rf"{any_of('week_of')} {_MONTH} {_DAY}(?:{_OF}{_YEAR})?", _week),
        (
            rf"{_DAY} {_FIRST_OF_TWO}(?P<until>\d{{1,2}}) {_DAY_OF}{_MONTH}(?:{_OF}{_YEAR})?",
            _first_days,
        ),
        (rf"{_DAY}\.? {_DAY_OF}{_MONTH}(?:{_OF}{_YEAR}|{_NO_YEAR})", _day),
        (rf"{_MONTH} {_DAY}(?:{_OF}{_YEAR}|{_NO_YEAR})", _day),
        (rf"{_MONTH} (?:{any_of('joining')}|through|-) (?P<until>{one_of(MONTHS)}){_OF}{_YEAR}", _months),
        (rf"{_PART}{_MONTH}{_OF}{_YEAR}", _month),
        (r"(?P<year>(?:19|20)\d\d)-(?P<m>\d\d)", _month),
        (rf"{_MONTH} {_GONE}", _month_before),
        (rf"{one_of(_BEFORE_UNIT)} {_MONTH}", _month_before),
        (rf"{_SEASON}{_OF}{_YEAR}", _season),
        (rf"{_SEASON} {_GONE}", _season_before),
        (rf"{one_of(_BEFORE_UNIT)} {_SEASON}", _season_before),
        (rf"{one_of(_THIS)} {_SEASON}", _season),
        (rf"(?P<span>[qtsh])(?P<number>[1-4])[ -]{_YEAR}", _fraction),
        (rf"(?P<number>{one_of(ORDINALS)}) {_FRACTION}(?:{_OF}{_YEAR})?", _fraction),
        (rf"{any_of('final')} {_FRACTION}{_OF}{_YEAR}", _last_fraction),
        (rf"{one_of(_THIS)} {_UNIT}(?:-ci)?", _this),
        (rf"{any_of('recent')} {_UNIT}{_NOT_OF}", _recent),
        (rf"{_PART}{one_of(_BEFORE_UNIT)} {_UNIT}{_NOT_OF}", _last),
        (rf"{_PART}{_UNIT} {_GONE}", _last),
        (rf"{_COUNT} {any_of('many_after')} {_UNIT}", _recent),
        (rf"{any_of('since_count')} {_COUNT} {_UNIT}", _recent),
        (rf"{any_of('many_before')} {_COUNT} {_UNIT}", _recent),
        (rf"{any_of('ago_before', section='dates')} {_COUNT} {_UNIT}", _ago),
        (rf"{_COUNT} {_UNIT} {any_of('ago_after', section='dates')}", _ago),
        (one_of(SHIFTS), _yesterday),
        (rf"{_SOME_PART}{_MONTH}{_NO_YEAR}", _month),
        (rf"{_NEAR}(?P<bare>{_MONTH}){_NO_YEAR}", _month),
        (rf"{_FROM}(?P<bare>{_YEAR}{_OTHER}(?P<until>(?:19|20)\d\d))", _years),
        (rf"{_PUBLISHED}(?P<bare>{_YEAR})", _year),
        (rf"{any_of('between')} (?P<bare>{_YEAR})(?={_NOW})", _year),
        (rf"{_SOME_PART}(?:{any_of('year')} )?{_YEAR}{_NO_AMOUNT}", _year),
        (rf"{_NEAR_YEAR}(?P<bare>{_PART}{_YEAR}){_NO_AMOUNT}", _year),
    )
)
_ARTICLE = rf"(?: {any_of('articles')})?"
_PREPOSITION = re.compile(
    rf"(?<!\w)(?:(?P<before>{any_of('before')})|(?P<until>{any_of('to')})|(?P<after>{any_of('after')})"
    rf"|(?P<since>{any_of('since')})){_ARTICLE} ?$"
)
_SINCE_ACCENTED = re.compile(rf"(?<!\w)(?P<since>{any_of('since_accented')}){_ARTICLE} ?$")
"""Apart, since "des" is the commonest of words."""
_BETWEEN = re.compile(rf"(?<!\w){any_of('between')}{_ARTICLE} ?$")
_TO = re.compile(rf" ?(?:{any_of('joining')}|-|–){_ARTICLE} ?")
# "la loi du 7 octobre 2016", "the Act of March 2024": the date is part of the name.
_NAMED_BY_ITS_DATE = re.compile(
    rf"(?<!\w){any_of('laws')}s?(?: \w+){{0,2}} {any_of('law_of')}(?: {any_of('articles', 'year')})? ?$"
)
# Newer than an event is newer than most, whenever the event was.
_SINCE_AN_EVENT = rf"{any_of('since_event')} (?:{any_of('own')})?(?:\w+ )?{any_of('events')}"
_LATEST = re.compile(rf"(?<!\w)(?:{any_of('latest')}|{_SINCE_AN_EVENT})(?!\w)")


_ASKS_WHEN = re.compile(rf"(?<!\w){any_of('asks_when')}(?!\w)")


def read_time(text: str, today: date) -> TimeCue | None:
    """The time cue of a question asked on `today`; None where it has none."""
    folded = fold_keeping_length(text)
    periods = _periods(folded, today)
    if periods:
        cue = _filter(text, folded, periods)
        # "when … before 2025?" bounds the event asked for, not the day of who tells of it
        return None if None in (cue.after, cue.before) and _ASKS_WHEN.search(folded) else cue
    latest = _LATEST.search(folded)
    if latest is None:
        return None
    return TimeCue("latest", text[latest.start() : latest.end()], before=today)


def _periods(folded: str, today: date) -> list[Period]:
    """The periods named in the text, in its order, without overlaps."""
    found: list[Period] = []
    for pattern, resolve in _PERIODS:
        for match in pattern.finditer(folded):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            days = resolve(match, today)
            if days is not None:
                # the preposition before a bare month or year is read by `_filter`
                start = match.start("bare") if "bare" in pattern.groupindex else match.start()
                found.append(Period(start, match.end(), *days))
    return sorted(
        period
        for period in found
        if period.first <= today and _NAMED_BY_ITS_DATE.search(folded[: period.start]) is None
    )


def _filter(text: str, folded: str, periods: list[Period]) -> TimeCue:
    period = periods[0]
    if len(periods) > 1:
        both = _between(folded, periods[0], periods[1])
        if both is not None:
            return TimeCue("filter", text[both.start : both.end], both.first, both.last)
    now = _UNTIL_NOW.match(folded, period.end)
    if now is not None:
        return TimeCue("filter", text[period.start : now.end()], after=period.first)
    preposition = _PREPOSITION.search(folded[: period.start]) or _SINCE_ACCENTED.search(
        text[: period.start].lower()
    )
    start = preposition.start() if preposition else period.start
    words = text[start : period.end]
    match preposition.lastgroup if preposition else None:
        case "before":
            return TimeCue("filter", words, before=period.first - timedelta(days=1))
        case "until":
            return TimeCue("filter", words, before=period.last)
        case "after":
            return TimeCue("filter", words, after=period.last + timedelta(days=1))
        case "since":
            return TimeCue("filter", words, after=period.first)
    return TimeCue("filter", words, period.first, period.last)


def _between(folded: str, one: Period, two: Period) -> Period | None:
    """ "entre A et B" as one period; None where the two are not joined so."""
    opening = _BETWEEN.search(folded[: one.start])
    if opening is None or _TO.fullmatch(folded[one.end : two.start]) is None:
        return None
    first = one.first
    if re.search(r"\d{4}", folded[one.start : one.end]) is None and first.day <= 28:
        # "du 3 mars au 5 avril 2024": of the same year, or of the one before ("du 3 décembre au 5 mars 2025")
        first = first.replace(year=two.last.year)
        first = first if first <= two.last else first.replace(year=first.year - 1)
    return Period(opening.start(), two.end, first, two.last) if first <= two.last else None
