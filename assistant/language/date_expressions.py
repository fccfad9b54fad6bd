"""A date as a text gives it: a day, a month, a season, a year or a century, and what it leaves open."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class DateExpression:
    """A time as a text gives it; what it leaves open is None."""

    start: int
    end: int
    text: str
    years: tuple[int, int] | None = None
    """First and last year, both included."""
    months: frozenset[int] | None = None
    day: int | None = None
    weekday: int | None = None
    relative: bool = False
    """Resolved on the article's own date ("hier"), or not resolved for want of one."""
    span: tuple[date, date] | None = None
    """First and last day of what is not made of whole months: a week; of a season, as meteorology has it."""

    @property
    def empty(self) -> bool:
        return self.years is None and self.months is None and self.day is None and self.weekday is None

    @property
    def first_day(self) -> date | None:
        """The first day of it; None where it has no year, or is on no calendar ("30 February")."""
        if self.years is None or not 1 <= self.years[0] <= 9999:
            return None
        try:
            return date(self.years[0], min(self.months or {1}), self.day or 1)
        except ValueError:
            return None

    @property
    def days(self) -> tuple[date, date] | None:
        """Its first and its last day; None where it has no year, or is on no calendar."""
        if self.span is not None:
            return self.span
        first = self.first_day
        if first is None or self.years is None or self.years[1] > 9999:
            return None
        year, month = self.years[1], max(self.months or {12})
        return first, date(year, month, self.day or monthrange(year, month)[1])


def at(expression: DateExpression, day: date, precision: str) -> DateExpression:
    """The same words, meaning that day, or its "month", "quarter" or "year" as `precision` says."""
    years = (day.year, day.year)
    if precision == "year":
        return replace(expression, years=years)
    first = (day.month - 1) // 3 * 3 + 1
    months = frozenset(range(first, first + 3) if precision == "quarter" else {day.month})
    return replace(expression, years=years, months=months, day=day.day if precision == "day" else None)


def month_span(year: int, month: int, months: int = 1) -> tuple[date, date]:
    """First and last day of some months, which may end in the next year."""
    last = month - 1 + months - 1
    final_year, final_month = year + last // 12, last % 12 + 1
    return date(year, month, 1), date(final_year, final_month, monthrange(final_year, final_month)[1])


def date_spans(expressions: Sequence[DateExpression]) -> tuple[tuple[int, int], ...]:
    """Where the expressions stand, each place once."""
    return tuple(sorted({(one.start, one.end) for one in expressions}))


def place_of(expression: DateExpression) -> tuple[int, int]:
    """Where it stands; the readings of one place come together."""
    return expression.start, expression.end


def is_range(readings: Sequence[DateExpression]) -> bool:
    """Whether the readings of one place are the ends of a range ("3-5 May", "2019-2021"), not readings of one date."""
    days, months = {one.day for one in readings}, {one.months for one in readings}
    one_of_two = len(months) > 1 and (len(days) > 1 or None in months)
    return len(readings) > 1 and not one_of_two
