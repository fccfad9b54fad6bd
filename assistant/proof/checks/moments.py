"""Times as texts give them, and which of them confirms which: "May 2024" is confirmed by "3 May 2024"."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from assistant.language.folding import fold_keeping_length


@dataclass(frozen=True, slots=True)
class Moment:
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

    @property
    def empty(self) -> bool:
        return self.years is None and self.months is None and self.day is None and self.weekday is None


def at(moment: Moment, day: date, precision: str) -> Moment:
    """The same words, meaning that day, or its "month" or "year" as `precision` says."""
    years = (day.year, day.year)
    if precision == "year":
        return replace(moment, years=years)
    months = frozenset({day.month})
    return replace(moment, years=years, months=months, day=day.day if precision == "day" else None)


def date_spans(moments: Sequence[Moment]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted({(moment.start, moment.end) for moment in moments}))


def missing_dates(claimed: Sequence[Moment], given: Sequence[Moment], published: date | None) -> list[Moment]:
    """Times of a claim that no time of a source confirms; several readings of one place count once."""
    places: dict[tuple[int, int], list[Moment]] = {}
    for moment in claimed:
        places.setdefault((moment.start, moment.end), []).append(moment)
    known = [*given, *_completed(given, published)]
    missing = []
    for readings in places.values():
        several = len(readings) > 1 and _is_range(readings)
        wanted = all if several else any
        if not wanted(_is_known(reading, known) for reading in readings):
            missing.append(readings[0])
    return missing


def _is_range(readings: Sequence[Moment]) -> bool:
    """ "3-5 May" and "2019-2021" claim both ends; "05/03/2024" has two readings of one day."""
    days = {reading.day for reading in readings}
    months = {reading.months for reading in readings}
    return len(months) == 1 or len(days) == 1


def _is_known(claimed: Moment, known: Sequence[Moment]) -> bool:
    if claimed.relative and any(
        fold_keeping_length(claimed.text) in fold_keeping_length(m.text) for m in known
    ):
        return True
    if claimed.empty:
        return False
    return any(covers(claimed, moment) for moment in known)


def _completed(given: Sequence[Moment], published: date | None) -> Iterator[Moment]:
    """Times without a year, with the year of the article or of another time of the source."""
    years = {moment.years for moment in given if moment.years and moment.years[0] == moment.years[1]}
    for moment in given:
        if moment.years is None and moment.months and len(moment.months) == 1:
            for year in {*years, *_near_years(moment, published)}:
                yield replace(moment, years=year)
        if moment.weekday is not None and moment.months is None and published is not None:
            yield from _days_near(moment, published)


def _near_years(moment: Moment, published: date | None) -> Iterator[tuple[int, int]]:
    if published is None or not moment.months:
        return
    yield published.year, published.year
    month = min(moment.months)
    if month > published.month:
        yield published.year - 1, published.year - 1
    if month < published.month:
        yield published.year + 1, published.year + 1


def _days_near(moment: Moment, published: date) -> Iterator[Moment]:
    """A bare weekday is the one within a week of the article's date."""
    for shift in range(-7, 8):
        day = published + timedelta(days=shift)
        if day.weekday() == moment.weekday:
            yield replace(at(moment, day, "day"), weekday=None)


def covers(claimed: Moment, given: Moment) -> bool:
    """Whether the time given says what is claimed: the same, or finer."""
    if claimed.years and not (
        given.years and claimed.years[0] <= given.years[0] and given.years[1] <= claimed.years[1]
    ):
        return False
    if claimed.months and not (given.months and given.months <= claimed.months):
        return False
    if claimed.day and claimed.day != given.day:
        return False
    return claimed.weekday is None or _weekday_of(given) in (claimed.weekday, None if claimed.day else -1)


def _weekday_of(moment: Moment) -> int | None:
    if moment.weekday is not None:
        return moment.weekday
    if (
        moment.years
        and moment.years[0] == moment.years[1]
        and moment.months
        and moment.day
        and len(moment.months) == 1
    ):
        year, month = moment.years[0], min(moment.months)
        if 1 <= year <= 9999 and moment.day <= monthrange(year, month)[1]:
            return date(year, month, moment.day).weekday()
    return None
