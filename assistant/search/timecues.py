"""What a question says about time, resolved to dates of publication.

The dates are those of `language.dates`, in all languages together. Here is decided which of them is a *period* that is
asked for ("mars 2025", "last year", "der Sommer 2024"), with what stands before it ("avant", "since", "entre … et …").
Meteorological seasons; weeks start on Monday. A date that belongs to a name ("la loi du 7 octobre 2016", "Windows
2000", "the 2024 budget") is no cue, nor is one that is still to come: nothing was published then. Since an event
("depuis la loi") means the newer ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import groupby, pairwise
from typing import NamedTuple

from ..language.dates import ANY, DateExpression, find_dates, is_range, place_of, steps_in
from ..language.folding import fold_keeping_length
from ..language.lexicon import any_of, one_of, words_in
from ..language.number_words import counts_in
from ..types import TimeCue

FIRST_YEAR = 1900
"""Of publications; what is older is told of."""
DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}


class Period(NamedTuple):
    """Days from `first` to `last`, both included, and where the words that say so stand."""

    start: int
    end: int
    first: date
    last: date


class Patterns(NamedTuple):
    """What reads the words around the dates of a question."""

    near_month: re.Pattern[str]
    """What a month alone stands after ("may" and "mars" mean other things too)."""
    near_year: re.Pattern[str]
    """What a year alone stands after (else it is a name: "France 2030")."""
    first_of_two: re.Pattern[str]
    joining: re.Pattern[str]
    part: re.Pattern[str]
    week_of: re.Pattern[str]
    stretches: tuple[re.Pattern[str], ...]
    preposition: re.Pattern[str]
    since_accented: re.Pattern[str]
    """Apart, since "des" is the commonest of words."""
    between: re.Pattern[str]
    to: re.Pattern[str]
    until_now: re.Pattern[str]
    named_by_its_date: re.Pattern[str]
    """ "la loi du 7 octobre 2016", "the Act of March 2024": the date is part of the name."""
    latest: re.Pattern[str]
    """Newer than an event is newer than most, whenever the event was."""
    asks_when: re.Pattern[str]


def _words(*keys: str) -> str:
    """One of the expressions of some lists of the `[time]` of every language."""
    return any_of(word for key in keys for word in words_in(ANY, "time", key))


@cache
def _patterns() -> Patterns:
    article = rf"(?: {_words('articles')})?"
    now = rf" {_words('until')} {_words('now')}"
    published = rf"{_words('published')} {_words('law_of')}"
    since_event = rf"{_words('since_event')} (?:{_words('own')})?(?:\w+ )?{_words('events')}"
    law = rf"{_words('laws')}s?(?: \w+){{0,2}} {_words('law_of')}(?: {_words('articles', 'year')})? ?$"
    prepositions = (("before", "before"), ("until", "to"), ("after", "after"), ("since", "since"))
    preposition = "|".join(f"(?P<{name}>{_words(key)})" for name, key in prepositions)
    return Patterns(
        near_month=re.compile(rf"(?<![\w-]){_words('before_month')} $"),
        near_year=re.compile(
            rf"(?<![\w-])(?:{_words('before_month', 'before_year')}|{published}"
            rf"|{_words('between')}(?= \d{{4}}{now})) (?=\d)"
        ),
        first_of_two=re.compile(rf"(?<![\w-]){_words('from')} $"),
        joining=re.compile(rf" ?(?:{_words('joining')}|-|–) ?"),
        part=re.compile(
            rf"(?<![\w-])(?P<part>(?P<beginning>{_words('part_beginning')})|(?P<end>{_words('part_end')})"
            rf"|{_words('part_middle')})[ -]{_words('of')}*(?:{_words('year')} )?$"
        ),
        week_of=re.compile(rf"(?<!\w){_words('week_of')} $"),
        stretches=tuple(re.compile(rf"(?<![\w-]){pattern}") for pattern in _stretches_in_words()),
        preposition=re.compile(rf"(?<!\w)(?:{preposition}){article} ?$"),
        since_accented=re.compile(rf"(?<!\w)(?P<since>{_words('since_accented')}){article} ?$"),
        between=re.compile(rf"(?<!\w){_words('between')}{article} ?$"),
        to=re.compile(rf" ?(?:{_words('joining')}|-|–){article} ?"),
        until_now=re.compile(now),
        named_by_its_date=re.compile(rf"(?<!\w){law}"),
        latest=re.compile(rf"(?<!\w)(?:{_words('latest')}|{since_event})(?!\w)"),
        asks_when=re.compile(rf"(?<!\w){_words('asks_when')}(?!\w)"),
    )


def _stretches_in_words() -> Iterator[str]:
    """ "over the past year", "ces trois derniers mois", "depuis deux mois", "the last two weeks"."""
    unit = rf"(?P<unit>{one_of(steps_in(ANY))})s?(?!\w)"
    count = rf"(?P<count>\d{{1,3}}|{one_of(counts_in(ANY))})"
    yield rf"{_words('recent')} {unit}(?! {one_of(words_in(ANY, 'dates', 'of'))} )"
    yield rf"{count} {_words('many_after')} {unit}"
    yield rf"{_words('since_count', 'many_before')} {count} {unit}"


def read_time(text: str, today: date) -> TimeCue | None:
    """The time cue of a question asked on `today`; None where it has none."""
    folded = fold_keeping_length(text)
    periods = _periods(text, folded, today)
    if periods:
        cue = _filter(text, folded, periods)
        # "when … before 2025?" bounds the event asked for, not the day of who tells of it
        return None if None in (cue.after, cue.before) and _patterns().asks_when.search(folded) else cue
    latest = _patterns().latest.search(folded)
    if latest is None:
        return None
    return TimeCue("latest", text[latest.start() : latest.end()], before=today)


def _periods(text: str, folded: str, today: date) -> list[Period]:
    """The periods named in the text, in its order, without overlaps."""
    found = list(_stretches(folded, today))
    taken = [(one.start, one.end) for one in found]
    places = [
        list(readings)
        for (start, end), readings in groupby(find_dates(text, ANY, today), place_of)
        if not any(start < other_end and other_start < end for other_start, other_end in taken)
    ]
    near_year = {match.end() for match in _patterns().near_year.finditer(folded)}
    found += _pairs_of_years(places, folded)
    for readings in places:
        if not any(one.start <= readings[0].start < one.end for one in found):
            found += _period(readings, folded, today, near_year)
    return sorted(
        period
        for period in found
        if period.first <= today and _patterns().named_by_its_date.search(folded[: period.start]) is None
    )


def _stretches(folded: str, today: date) -> Iterator[Period]:
    """Lengths of time that end today."""
    for pattern in _patterns().stretches:
        for match in pattern.finditer(folded):
            written = match.groupdict().get("count") or "1"
            count = int(written) if written.isdigit() else counts_in(ANY)[written]
            first = today - timedelta(days=count * DAYS[steps_in(ANY)[match["unit"]]])
            yield Period(match.start(), match.end(), first, today)


def _pairs_of_years(places: Sequence[Sequence[DateExpression]], folded: str) -> Iterator[Period]:
    """ "de 2020 à 2022", "in 2023 or 2024", "from 2020-2022" as one period."""
    years = [readings for readings in places if _is_year(readings[0])]
    pairs = [(one, two) for one, two in pairwise(years) if _are_joined(one[-1], two[0], folded)]
    for one, two in [*pairs, *((readings, readings) for readings in years if len(readings) > 1)]:
        first, last = one[0].days, two[-1].days
        opened = _patterns().first_of_two.search(folded[: one[0].start]) is not None
        if opened and first and last and FIRST_YEAR <= first[0].year <= last[0].year:
            yield Period(one[0].start, two[-1].end, first[0], last[1])


def _are_joined(one: DateExpression, two: DateExpression, folded: str) -> bool:
    return _patterns().joining.fullmatch(folded[one.end : two.start]) is not None


def _is_year(one: DateExpression) -> bool:
    """Whether it is a year alone, in digits."""
    return one.years is not None and one.months is None and not one.relative and one.text[:4].isdigit()


def _period(
    readings: Sequence[DateExpression], folded: str, today: date, near_year: set[int]
) -> Iterator[Period]:
    """The days of an expression, if a question asks for them; those of the beginning, middle or end where it says so."""
    one = readings[0]
    # "en mars": what stands before the month is read here
    start = one.end - len(re.split(r"\W", one.text)[-1]) if _is_bare_month(one) else one.start
    before = folded[:start]
    part = _patterns().part.search(before)
    if one.weekday is not None and one.months is None:
        return
    if _is_year(one) and (len(readings) > 1 or not (part or one.start in near_year)):
        return
    if _is_bare_month(one) and not (part or _patterns().near_month.search(before)):
        return
    days = _days(readings, today)
    if days is None or days[0].year < FIRST_YEAR or (one.relative and one.day and days[0] >= today):
        return
    if one.day and _patterns().week_of.search(before):
        days = _week(days[0])
    if part and not one.day:
        yield Period(part.start(), one.end, *_part(part, *days))
    else:
        yield Period(start, one.end, *days)


def _is_bare_month(one: DateExpression) -> bool:
    """Whether it is a month alone."""
    return (
        one.years is None
        and one.day is None
        and one.months is not None
        and len(one.months) == 1
        and not one.relative
    )


def _days(readings: Sequence[DateExpression], today: date) -> tuple[date, date] | None:
    """First and last day; without a year the last time it was, and to come it is not yet."""
    one, last = readings[0], readings[-1] if is_range(readings) else readings[0]
    days, until = _last_time(one, today).days, _last_time(last, today).days
    if days is None or until is None or until[1] < days[0]:
        return None
    if one.years is not None and one.years[0] != one.years[1]:
        return None  # a decade or a century is told of
    return days[0], min(until[1], today) if one.relative and days[0] <= today else until[1]


def _last_time(one: DateExpression, today: date) -> DateExpression:
    """A day or a month without a year in the year in which it last began, a quarter in this one."""
    if one.years is not None or one.months is None:
        return one
    this_year = replace(one, years=(today.year, today.year))
    first = this_year.first_day
    if len(one.months) > 1 or (first is not None and first <= today):
        return this_year
    return replace(one, years=(today.year - 1, today.year - 1))


def _week(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def _part(part: re.Match[str], first: date, last: date) -> tuple[date, date]:
    """The beginning, middle or end (a third each) of a period."""
    third = (last - first) // 3
    if part["beginning"]:
        return first, first + third
    return (last - third, last) if part["end"] else (first + third, last - third)


def _filter(text: str, folded: str, periods: list[Period]) -> TimeCue:
    period = periods[0]
    if len(periods) > 1:
        both = _between(folded, periods[0], periods[1])
        if both is not None:
            return TimeCue("filter", text[both.start : both.end], both.first, both.last)
    now = _patterns().until_now.match(folded, period.end)
    if now is not None:
        return TimeCue("filter", text[period.start : now.end()], after=period.first)
    preposition = _patterns().preposition.search(folded[: period.start]) or _patterns().since_accented.search(
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
    opening = _patterns().between.search(folded[: one.start])
    if opening is None or _patterns().to.fullmatch(folded[one.end : two.start]) is None:
        return None
    first = one.first
    if re.search(r"\d{4}", folded[one.start : one.end]) is None and first.day <= 28:
        # "du 3 mars au 5 avril 2024": of the same year, or of the one before ("du 3 décembre au 5 mars 2025")
        first = first.replace(year=two.last.year)
        first = first if first <= two.last else first.replace(year=first.year - 1)
    return Period(opening.start(), two.end, first, two.last) if first <= two.last else None
