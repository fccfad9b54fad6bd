"""What each form of a date means: a match of its pattern becomes date expressions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial
from typing import Any

from .date_expressions import DateExpression, at, month_span
from .lexicon import month_numbers, table_in, weekday_numbers, words_in
from .number_words import counts_in

TURN = 70
"""Years of two digits from which they count from 1900."""
LONGEST_RANGE = 50
"""Years; "2016-13" and "2024/1689" are references, no ranges."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a match is read with: the language of the text, and the day that "yesterday" is counted from."""

    language: str
    as_of: date | None

    def table(self, key: str) -> Mapping[str, Any]:
        """A table of the `[dates]` of the language and of those beside it."""
        return table_in(self.language, "dates", key)


Builder = Callable[[re.Match[str], Reading], Sequence[DateExpression]]


def _expression(match: re.Match[str], group: str | int = 0, **fields: object) -> DateExpression:
    return DateExpression(match.start(group), match.end(group), match[group], **fields)  # type: ignore[arg-type]


def _group(match: re.Match[str], name: str) -> str | None:
    return match[name] if name in match.re.groupindex else None


def _year_of(match: re.Match[str]) -> int | None:
    if short := _group(match, "short"):
        return int(short) + (2000 if int(short) < TURN else 1900)
    year = _group(match, "year")
    return int(year) if year else None


def read_full(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    """Day, month and year, any of which may be absent; "3-5 May" is both days, "March to May 2024" both months."""
    year, weekday = _year_of(match), _group(match, "weekday")
    numbers = month_numbers(reading.language)
    months = [numbers[name] for group in ("month", "month2") if (name := _group(match, group))]
    plain = _expression(match, weekday=weekday_numbers(reading.language)[weekday] if weekday else None)
    if year is not None:
        plain = replace(plain, years=(year, year))
    if days := [int(day) for name in ("day", "day2") if (day := _group(match, name))]:
        return [replace(plain, day=day, months=frozenset(months)) for day in days]
    found = [replace(plain, months=frozenset({month})) for month in months]
    if len(months) > 1 and months[0] > months[1] and year is not None:
        found[0] = replace(found[0], years=(year - 1, year - 1))
    return found


def read_numeric(match: re.Match[str], _: Reading) -> list[DateExpression]:
    """Both readings of "05/03/2024", that with the day first before the other."""
    year, first, second = _year_of(match) or 0, int(match["a"]), int(match["b"])
    return [
        _expression(match, years=(year, year), months=frozenset({month}), day=day)
        for day, month in dict.fromkeys(((first, second), (second, first)))
        if 1 <= month <= 12 and 1 <= day <= 31
    ]


def read_iso(match: re.Match[str], _: Reading) -> list[DateExpression]:
    """A year and a month in digits, with a day or without."""
    year, day = int(match["year"]), _group(match, "d")
    months = frozenset({int(match["m"])})
    return [_expression(match, years=(year, year), months=months, day=int(day) if day else None)]


def read_year_and_month(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    """ "2024-05"; "2008-09" may be two years as well."""
    year = int(match["year"])
    last = _last_year(year, match["m"])
    years = [_expression(match, years=(one, one)) for one in (year, last) if one] if last else []
    return [*read_iso(match, reading), *years]


def read_season(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    """A season of a year, or the last one, or this one; three months from its first."""
    months = reading.table("seasons")[match["season"]]
    written = _group(match, "year")
    plain = _expression(match, months=frozenset(months), relative=not written)
    if written:
        year = int(written)
    elif reading.as_of is None:
        return [plain]
    else:
        year = _last_time(months[0], 3, reading.as_of, begun=_group(match, "this") is not None)
    return [replace(plain, years=(year, year), span=month_span(year, months[0], 3))]


def read_last_month(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    """ "mars dernier", "last March"."""
    month = month_numbers(reading.language)[match["month"]]
    plain = _expression(match, months=frozenset({month}), relative=True)
    if reading.as_of is None:
        return [plain]
    year = _last_time(month, 1, reading.as_of, begun=False)
    return [replace(plain, years=(year, year))]


def _last_time(month: int, months: int, as_of: date, begun: bool) -> int:
    """The year in which some months last began, or last began and ended, before a day."""
    first, last = month_span(as_of.year, month, months)
    return as_of.year if (first <= as_of if begun else last < as_of) else as_of.year - 1


def read_part_of_year(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    """A quarter (T3, Q3, third quarter) or a half of a year; the last one is that which ends it."""
    size = 6 if match["part"] in ("s", "h", *words_in(reading.language, "dates", "halves")) else 3
    if number := _group(match, "n"):
        number_of = int(number)
    elif ordinal := _group(match, "ordinal"):
        number_of = reading.table("ordinals")[ordinal]
    else:
        number_of = 12 // size
    if number_of * size > 12:
        return []
    year = _group(match, "year")
    months = frozenset(range((number_of - 1) * size + 1, number_of * size + 1))
    return [_expression(match, years=(int(year), int(year)) if year else None, months=months)]


def read_decade(match: re.Match[str], _: Reading) -> list[DateExpression]:
    first = int(match["decade"])
    first += 1900 if first < 100 else 0
    return [_expression(match, years=(first, first + 9))]


def read_century(match: re.Match[str], _: Reading) -> list[DateExpression]:
    """A century; "siglos III y II" gives two."""
    written = [part for name in ("n", "n2") if (part := _group(match, name))]
    numbers = [int(part) if part.isdigit() else _roman(part) for part in written]
    return [
        _expression(match, years=years)
        for number in numbers
        if (years := _century_years(number, match["bc"]))
    ]


def _century_years(number: int, before_christ: str | None) -> tuple[int, int] | None:
    if not 1 <= number <= 30:
        return None
    return (-number * 100, -number * 100 + 99) if before_christ else (number * 100 - 100, number * 100)


ROMAN = dict(zip("ivxlcdm", (1, 5, 10, 50, 100, 500, 1000), strict=True))


def _roman(written: str) -> int:
    values = [ROMAN[letter] for letter in written]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))


def read_years(match: re.Match[str], _: Reading) -> list[DateExpression]:
    """A year alone; "2019-2021" gives two, "2023-24" too; "2024/1689" is a reference and none."""
    year = int(match["year"])
    sign = -1 if _group(match, "bc") else 1
    last = _group(match, "last")
    if not last:
        return [_expression(match, years=(sign * year, sign * year))]
    if second := _last_year(year, last):
        return [_expression(match, years=(one, one)) for one in (year, second)]
    apart = " " in match.group()
    return [_expression(match, "year", years=(year, year))] if apart else []


def _last_year(year: int, written: str) -> int | None:
    """The second year of a range, in two digits or four; None where the two are no range."""
    last = int(written) if len(written) == 4 else year + (int(written) - year) % 100
    return last if 0 < last - year < (LONGEST_RANGE if len(written) == 2 else 1000) else None


def read_weekday(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    weekday = weekday_numbers(reading.language)[match["weekday"]]
    return [_expression(match, weekday=weekday, relative=True)]


def read_day_word(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    shift = timedelta(days=reading.table("day_shifts")[match.group()])
    return _shifted(match, reading.as_of, shift)


def _shifted(match: re.Match[str], as_of: date | None, shift: timedelta) -> list[DateExpression]:
    plain = _expression(match, relative=True)
    return [plain if as_of is None else at(plain, as_of + shift, "day")]


def read_neighbour(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    """ "la semaine dernière", "next month", "cette année"."""
    side, listed = match["side"], partial(words_in, reading.language, "dates")
    count = -1 if side in listed("past") else 1 if side in listed("coming") else 0
    return _stepped(match, reading.as_of, count, steps_in(reading.language)[match["step"]])


def read_ago(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    """ "il y a trois jours", "two weeks ago"."""
    written = match["count"]
    count = int(written) if written.isdigit() else counts_in(reading.language)[written]
    return _stepped(match, reading.as_of, -count, steps_in(reading.language)[match["step"]])


def _stepped(match: re.Match[str], as_of: date | None, count: int, step: str) -> list[DateExpression]:
    plain = _expression(match, relative=True)
    if as_of is None or abs(count) > 3000:
        return [plain]
    if step == "day":
        return _shifted(match, as_of, timedelta(days=count))
    if step == "week":
        monday = as_of + timedelta(days=7 * count - as_of.weekday())
        week = monday, monday + timedelta(days=6)
        return [replace(at(plain, day, "month"), span=week) for day in week]
    months = as_of.year * 12 + as_of.month - 1 + count * {"year": 12, "quarter": 3}.get(step, 1)
    if not 12 <= months < 12 * 9999:
        return [plain]
    return [at(plain, date(months // 12, months % 12 + 1, 1), step)]


@cache
def steps_in(language: str) -> Mapping[str, str]:
    """Units of the calendar in a text of this language: "day", "week", "month", "quarter" or "year"."""
    quarters = dict.fromkeys(words_in(language, "dates", "quarters"), "quarter")
    return {**table_in(language, "dates", "steps"), **quarters}
