"""Which date of a source confirms which date of a claim: "May 2024" is confirmed by "3 May 2024"."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from assistant.language.dates import DateExpression, at, is_range, place_of
from assistant.language.folding import fold_keeping_length


def missing_dates(
    claimed: Sequence[DateExpression], given: Sequence[DateExpression], published: date | None
) -> list[DateExpression]:
    """Dates of a claim that no date of a source confirms; several readings of one place count once."""
    known = [*given, *_completed(given, published)]
    missing = []
    for _, place in groupby(claimed, place_of):
        readings = list(place)
        enough = all if is_range(readings) else any
        if not enough(_is_known(reading, known) for reading in readings):
            missing.append(readings[0])
    return missing


def _is_known(claimed: DateExpression, known: Sequence[DateExpression]) -> bool:
    if claimed.relative and any(
        fold_keeping_length(claimed.text) in fold_keeping_length(one.text) for one in known
    ):
        return True
    if claimed.empty:
        return False
    return any(covers(claimed, expression) for expression in known)


def _completed(given: Sequence[DateExpression], published: date | None) -> Iterator[DateExpression]:
    """Dates without a year, with the year of the article or of another date of the source."""
    years = {
        expression.years
        for expression in given
        if expression.years and expression.years[0] == expression.years[1]
    }
    for expression in given:
        if expression.years is None and expression.months and len(expression.months) == 1:
            for year in {*years, *_near_years(expression, published)}:
                yield replace(expression, years=year)
        if expression.weekday is not None and expression.months is None and published is not None:
            yield from _days_near(expression, published)


def _near_years(expression: DateExpression, published: date | None) -> Iterator[tuple[int, int]]:
    if published is None or not expression.months:
        return
    yield published.year, published.year
    month = min(expression.months)
    if month > published.month:
        yield published.year - 1, published.year - 1
    if month < published.month:
        yield published.year + 1, published.year + 1


def _days_near(expression: DateExpression, published: date) -> Iterator[DateExpression]:
    """A bare weekday is the one within a week of the article's date."""
    for shift in range(-7, 8):
        day = published + timedelta(days=shift)
        if day.weekday() == expression.weekday:
            yield replace(at(expression, day, "day"), weekday=None)


def covers(claimed: DateExpression, given: DateExpression) -> bool:
    """Whether the given date says what is claimed: the same, or a finer one."""
    if claimed.years and not (
        given.years and claimed.years[0] <= given.years[0] and given.years[1] <= claimed.years[1]
    ):
        return False
    if claimed.months and not (given.months and given.months <= claimed.months):
        return False
    if claimed.day and claimed.day != given.day:
        return False
    return claimed.weekday is None or _weekday_of(given) in (claimed.weekday, None if claimed.day else -1)


def _weekday_of(expression: DateExpression) -> int | None:
    if expression.weekday is not None:
        return expression.weekday
    if (
        expression.years
        and expression.years[0] == expression.years[1]
        and expression.months
        and expression.day
        and len(expression.months) == 1
    ):
        year, month = expression.years[0], min(expression.months)
        if 1 <= year <= 9999 and expression.day <= monthrange(year, month)[1]:
            return date(year, month, expression.day).weekday()
    return None
