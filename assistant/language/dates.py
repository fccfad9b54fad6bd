"""Dates of a text at any granularity: "le 3 mai 2024", "May 2024", "XVIIIe siècle", "hier", "Q3 2024"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache, partial
from typing import Any

from .folding import fold_keeping_length
from .lexicon import month_numbers, one_of, table_in, weekday_numbers, words_in
from .number_words import counts_in
from .pack import pack
from .spans import without

_YEAR = r"(?P<year>1\d{3}|20\d{2})(?![\d%])"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"


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


def at(moment: DateExpression, day: date, precision: str) -> DateExpression:
    """The same words, meaning that day, or its "month" or "year" as `precision` says."""
    years = (day.year, day.year)
    if precision == "year":
        return replace(moment, years=years)
    months = frozenset({day.month})
    return replace(moment, years=years, months=months, day=day.day if precision == "day" else None)


def date_spans(moments: Sequence[DateExpression]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted({(moment.start, moment.end) for moment in moments}))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a match is read with: the language of the text, and the day that "yesterday" is counted from."""

    language: str
    as_of: date | None

    def table(self, key: str) -> Mapping[str, Any]:
        """A table of the `[dates]` of the language and of those beside it."""
        return table_in(self.language, "dates", key)


Builder = Callable[[re.Match[str], Reading], Sequence[DateExpression]]


def _moment(match: re.Match[str], **fields: object) -> DateExpression:
    return DateExpression(match.start(), match.end(), match.group(), **fields)  # type: ignore[arg-type]


def _group(match: re.Match[str], name: str) -> str | None:
    return match[name] if name in match.re.groupindex else None


def _full(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    """Day, month and year, any of which may be absent; "3-5 May" is both days."""
    year, month, weekday = _group(match, "year"), _group(match, "month"), _group(match, "weekday")
    fields: dict[str, object] = {
        "years": (int(year), int(year)) if year else None,
        "months": frozenset({month_numbers(reading.language)[month]}) if month else None,
        "weekday": weekday_numbers(reading.language)[weekday] if weekday else None,
    }
    days = [int(day) for name in ("day", "day2") if (day := _group(match, name))]
    return [_moment(match, day=day, **fields) for day in days] or [_moment(match, **fields)]


def _numeric(match: re.Match[str], _: Reading) -> list[DateExpression]:
    year, first, second = int(match["year"]), int(match["a"]), int(match["b"])
    readings = {(first, second), (second, first)}
    return [
        _moment(match, years=(year, year), months=frozenset({month}), day=day)
        for day, month in sorted(readings)
        if 1 <= month <= 12 and 1 <= day <= 31
    ]


def _iso(match: re.Match[str], _: Reading) -> list[DateExpression]:
    year, month, day = int(match["year"]), int(match["m"]), int(match["d"])
    return [_moment(match, years=(year, year), months=frozenset({month}), day=day)]


def _season(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    year = int(match["year"])
    return [_moment(match, years=(year, year), months=frozenset(reading.table("seasons")[match["season"]]))]


def _part_of_year(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    """A quarter (T3, Q3, third quarter) or a half of a year."""
    size = 6 if match["part"] in words_in(reading.language, "dates", "halves") else 3
    number = int(match["n"]) if match["n"] else reading.table("ordinals")[match["ordinal"]]
    if number * size > 12:
        return []
    year = _group(match, "year")
    months = frozenset(range((number - 1) * size + 1, number * size + 1))
    return [_moment(match, years=(int(year), int(year)) if year else None, months=months)]


def _decade(match: re.Match[str], _: Reading) -> list[DateExpression]:
    first = int(match["decade"])
    first += 1900 if first < 100 else 0
    return [_moment(match, years=(first, first + 9))]


def _century(match: re.Match[str], _: Reading) -> list[DateExpression]:
    """A century; "siglos III y II" gives two."""
    written = [part for name in ("n", "n2") if (part := _group(match, name))]
    numbers = [int(part) if part.isdigit() else _roman(part) for part in written]
    return [
        _moment(match, years=years) for number in numbers if (years := _century_years(number, match["bc"]))
    ]


def _century_years(number: int, before_christ: str | None) -> tuple[int, int] | None:
    if not 1 <= number <= 30:
        return None
    return (-number * 100, -number * 100 + 99) if before_christ else (number * 100 - 100, number * 100)


ROMAN = dict(zip("ivxlcdm", (1, 5, 10, 50, 100, 500, 1000), strict=True))


def _roman(written: str) -> int:
    values = [ROMAN[letter] for letter in written]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))


def _years(match: re.Match[str], _: Reading) -> list[DateExpression]:
    """A year alone; "2019-2021" gives two, "2023-24" too."""
    year = int(match["year"])
    sign = -1 if _group(match, "bc") else 1
    found = [_moment(match, years=(sign * year, sign * year))]
    last = _group(match, "last")
    if last:
        second = int(last) if len(last) == 4 else year - year % 100 + int(last)
        found.append(_moment(match, years=(second, second)))
    return found


def _weekday(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    weekday = weekday_numbers(reading.language)[match["weekday"]]
    return [_moment(match, weekday=weekday, relative=True)]


def _day_word(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    shift = timedelta(days=reading.table("day_shifts")[match.group()])
    return _shifted(match, reading.as_of, shift, "day")


def _shifted(
    match: re.Match[str], as_of: date | None, shift: timedelta, precision: str
) -> list[DateExpression]:
    plain = _moment(match, relative=True)
    if as_of is None:
        return [plain]
    return [at(plain, as_of + shift, precision)]


def _neighbour(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    """ "la semaine dernière", "next month", "cette année"."""
    side, listed = match["side"], partial(words_in, reading.language, "dates")
    count = -1 if side in listed("past") else 1 if side in listed("coming") else 0
    return _stepped(match, reading.as_of, count, reading.table("steps")[match["step"]])


def _ago(match: re.Match[str], reading: Reading) -> list[DateExpression]:
    """ "il y a trois jours", "two weeks ago"."""
    written = match["count"]
    count = int(written) if written.isdigit() else counts_in(reading.language)[written]
    return _stepped(match, reading.as_of, -count, reading.table("steps")[match["step"]])


def _stepped(match: re.Match[str], as_of: date | None, count: int, step: str) -> list[DateExpression]:
    if as_of is None or abs(count) > 3000:
        return [_moment(match, relative=True)]
    if step == "day":
        return _shifted(match, as_of, timedelta(days=count), "day")
    if step == "week":
        monday = as_of + timedelta(days=7 * count - as_of.weekday())
        return [
            at(_moment(match, relative=True), day, "month") for day in (monday, monday + timedelta(days=6))
        ]
    months = as_of.year * 12 + as_of.month - 1 + count * (12 if step == "year" else 1)
    if not 12 <= months < 12 * 9999:
        return [_moment(match, relative=True)]
    return [at(_moment(match, relative=True), date(months // 12, months % 12 + 1, 1), step)]


@dataclass(frozen=True, slots=True)
class Parts:
    """Expressions for the parts of a date in one language and those beside it, made of their `[dates]`."""

    language: str

    def any(self, *keys: str) -> str:
        """One of the words of some lists."""
        return one_of(word for key in keys for word in words_in(self.language, "dates", key))

    def maybe(self, *keys: str) -> str:
        """The same with a space after it, or nothing."""
        return rf"(?:{self.any(*keys)}\s+)?"

    def named(self, group: str, words: Iterable[str]) -> str:
        """One of these words as a group."""
        return f"(?P<{group}>{one_of(words)})"

    def table(self, group: str, key: str) -> str:
        """One of the words of a table as a group."""
        return self.named(group, table_in(self.language, "dates", key))

    @property
    def month(self) -> str:
        return self.named("month", month_numbers(self.language)) + r"(?!\w)"

    @property
    def weekday(self) -> str:
        return self.named("weekday", weekday_numbers(self.language)) + "s?"

    @property
    def before_christ(self) -> str:
        written = "|".join(words_in(self.language, "dates", "before_christ"))
        return rf"(?P<bc>\s*(?:{written})(?!\w))"


def _calendar_rules(parts: Parts) -> Sequence[tuple[str, Builder]]:
    """Days, months, seasons and parts of a year, the longest first."""
    month, endings, of = parts.month, f"{parts.any('day_endings')}?", parts.maybe("of")
    weekday = rf"(?:{parts.weekday},?\s+{parts.maybe('weekday_article')})?"
    day_of, ordinal = parts.maybe("day_of"), parts.table("ordinal", "ordinals")
    span = parts.named(
        "part", [w for key in ("quarters", "halves") for w in words_in(parts.language, "dates", key)]
    )
    return (
        (r"(?P<year>[12]\d{3})-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])(?!\d)", _iso),
        (r"(?P<a>\d{1,2})([/.-])(?P<b>\d{1,2})\2(?P<year>[12]\d{3})(?!\d)", _numeric),
        (
            rf"{weekday}{_DAY}{endings}\s*(?:-|–|{parts.any('to')})\s*"
            rf"(?P<day2>3[01]|[12]\d|[1-9]){endings}\s+{day_of}{month}\.?(?:,?\s+{of}{_YEAR})?",
            _full,
        ),
        (rf"{weekday}{_DAY}{endings}\s+{day_of}{month}\.?(?:,?\s+{of}{_YEAR})?", _full),
        (
            rf"(?:{parts.weekday},?\s+)?{month}\.?\s+{_DAY}(?!\d|[.,]\d){endings}"
            rf"(?:\s*[-–]\s*(?P<day2>3[01]|[12]\d|[1-9])(?!\d))?(?:,?\s+{_YEAR})?",
            _full,
        ),
        (rf"{month}\.?,?\s+{of}{_YEAR}", _full),
        (rf"{parts.table('season', 'seasons')}\s+{of}{_YEAR}", _season),
        (rf"(?P<part>[tq])(?P<n>[1-4])(?P<ordinal>)[\s-]+{_YEAR}", _part_of_year),
        (rf"{ordinal}(?P<n>)\s+{span}(?:\s+{of}{_YEAR})?", _part_of_year),
    )


def _longer_rules(parts: Parts) -> Sequence[tuple[str, Builder]]:
    """Decades and centuries."""
    articles, bc = parts.maybe("decade_articles"), parts.before_christ
    endings = parts.any("century_endings")
    return (
        (rf"{articles}{parts.any('decades')}\s+(?P<decade>(?:1\d|20)?\d0)(?!\d)", _decade),
        (rf"{articles}(?P<decade>(?:1\d|20)\d0)'?s(?!\w)", _decade),
        (
            rf"(?P<n>[ivxl]+(?={endings}?[\s-])|\d{{1,2}}(?={endings}|i)){endings}?[\s-]+{parts.any('centuries')}(?!\w){bc}?",
            _century,
        ),
        (
            rf"{parts.any('century_before')}\s+(?P<n>[ivxl]+|\d{{1,2}})(?!\w)"
            rf"(?:\s*(?:-|–|{parts.any('to')})\s*(?P<n2>[ivxl]+|\d{{1,2}})(?!\w))?{bc}?",
            _century,
        ),
    )


def _relative_rules(parts: Parts) -> Sequence[tuple[str, Builder]]:
    """Times counted from the day of the text."""
    step = parts.table("step", "steps") + "s?"
    count = rf"(?P<count>\d{{1,3}}|{one_of(counts_in(parts.language))})"
    sides = parts.named(
        "side", (*words_in(parts.language, "dates", "past"), *words_in(parts.language, "dates", "coming"))
    )
    side_before = parts.named("side", words_in(parts.language, "dates", "side_before"))
    this = parts.named("side", words_in(parts.language, "dates", "this"))
    return (
        (rf"{parts.any('ago_before')}\s+{count}\s+{step}(?!\w)", _ago),
        (rf"{count}\s+{step}\s+{parts.any('ago_after')}(?!\w)", _ago),
        (rf"{side_before}\s+{step}(?!\w)", _neighbour),
        (rf"{parts.any('step_articles')}?{step}\s+{sides}(?!\w)", _neighbour),
        (rf"{this}\s+{step}(?!\w)(?!-la)", _neighbour),
        (rf"{one_of(table_in(parts.language, 'dates', 'day_shifts'))}(?!\w)", _day_word),
    )


def _year_rules(parts: Parts) -> Sequence[tuple[str, Builder]]:
    """Years, and what is left of months and days of the week."""
    introductions = "|".join(words_in(parts.language, "dates", "introductions"))
    bc = parts.before_christ
    return (
        (rf"{parts.any('years')}\s+(?P<year>\d{{2,4}})(?!\d){bc}?", _years),
        (rf"(?P<year>\d{{1,4}}){bc}", _years),
        (rf"{_YEAR}(?:\s?[-–/]\s?(?P<last>(?:1\d|20)\d{{2}}|\d{{2}})(?!\d))?(?![.,]\d)", _years),
        (rf"(?:{introductions})[\s-]?\s*{parts.month}", _full),
        (parts.weekday + r"(?!\w)", _weekday),
    )


@cache
def _rules(language: str) -> Sequence[tuple[re.Pattern[str], Builder]]:
    """Patterns of dates in a text of this language, in the order in which they are looked for."""
    parts = Parts(language)
    rules = (*_calendar_rules(parts), *_longer_rules(parts), *_relative_rules(parts), *_year_rules(parts))
    return [(re.compile(r"(?<![\w\x00])" + pattern), builder) for pattern, builder in rules]


@cache
def _ambiguous(language: str) -> re.Pattern[str]:
    """Names of months and seasons that are other words too."""
    own = pack(language).dates
    words = [word for key in ("never_months", "guarded_months", "capital_months") for word in own[key]]
    return re.compile(rf"(?<!\w){one_of(words)}(?!\w)")


@lru_cache(maxsize=8192)
def find_dates(text: str, language: str, as_of: date | None = None) -> tuple[DateExpression, ...]:
    """Times of a text in order, relative ones resolved on `as_of`; offsets are those of `text`."""
    folded = fold_keeping_length(text)
    visible = without(
        folded, [m.span() for m in _ambiguous(language).finditer(folded) if _is_other_word(m, text, language)]
    )
    found: list[DateExpression] = []
    reading = Reading(language, as_of)
    for pattern, builder in _rules(language):
        moments = [
            m
            for match in pattern.finditer(visible)
            if _is_date(match, visible, language)
            for m in builder(match, reading)
        ]
        found += [replace(moment, text=text[moment.start : moment.end]) for moment in moments]
        visible = without(visible, [(moment.start, moment.end) for moment in moments])
    return tuple(sorted(found, key=lambda moment: moment.start))


def _is_other_word(match: re.Match[str], text: str, language: str) -> bool:
    """ "may", "march", "fall", "sept" are months or seasons only in their place."""
    word, own = match.group(), pack(language).dates
    if word in own["never_months"]:
        return True
    if word in own["guarded_months"]:
        dotted = text[match.end() : match.end() + 1] == "."
        return not (dotted or text[: match.start()].rstrip()[-1:].isdigit())
    return text[match.start()].islower()


@cache
def _counted(language: str) -> re.Pattern[str]:
    """What follows a number that is no year."""
    return re.compile(rf"\s?(?:[%$€£°]|{one_of(words_in(language, 'dates', 'counted'))}\b)")


def _is_date(match: re.Match[str], folded: str, language: str) -> bool:
    """Four digits are no year beside a currency, a unit or a scale."""
    if match.re.groupindex.keys() - {"last", "bc"} != {"year"}:
        return True
    before = folded[max(0, match.start() - 2) : match.start()]
    return not _counted(language).match(folded, match.end()) and not re.search(r"[$€£]\s?$|\d[ .,]$", before)
