"""The forms of dates: for each a pattern made of a language's words, and what reads its matches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from .date_builders import (
    Builder,
    read_ago,
    read_century,
    read_day_word,
    read_decade,
    read_full,
    read_iso,
    read_last_month,
    read_neighbour,
    read_numeric,
    read_part_of_year,
    read_season,
    read_weekday,
    read_year_and_month,
    read_years,
    steps_in,
)
from .lexicon import any_of, month_numbers, one_of, table_in, weekday_numbers, words_in
from .number_words import counts_in

_YEAR = r"(?P<year>1\d{3}|20\d{2})(?![\d%])"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_DAY_2 = r"(?P<day2>3[01]|[12]\d|[1-9])"


@dataclass(frozen=True, slots=True)
class Parts:
    """Expressions for the parts of a date in one language and those beside it, made of their `[dates]`."""

    language: str

    def words(self, *keys: str) -> list[str]:
        return [word for key in keys for word in words_in(self.language, "dates", key)]

    def any(self, *keys: str) -> str:
        """One of the words of some lists."""
        return one_of(self.words(*keys))

    def maybe(self, *keys: str) -> str:
        """The same with a space after it, or nothing."""
        return rf"(?:{self.any(*keys)}\s+)?"

    def named(self, group: str, words: Iterable[str]) -> str:
        """One of these words as a group."""
        return f"(?P<{group}>{one_of(words)})"

    def table(self, group: str, key: str) -> str:
        """One of the words of a table as a group."""
        return self.named(group, table_in(self.language, "dates", key))

    def month(self, group: str = "month") -> str:
        return self.named(group, month_numbers(self.language)) + r"(?!\w)"

    @property
    def weekday(self) -> str:
        return self.named("weekday", weekday_numbers(self.language)) + "s?"

    @property
    def step(self) -> str:
        return self.named("step", steps_in(self.language)) + "s?"

    @property
    def of_year(self) -> str:
        return rf",?\s+{self.maybe('of')}{_YEAR}"

    @property
    def gone_before(self) -> str:
        """What says "last" before a word."""
        return one_of(set(self.words("side_before")) & set(self.words("past")))

    @property
    def before_christ(self) -> str:
        return rf"(?P<bc>\s*{any_of(self.words('before_christ'))}(?!\w))"


Rules = Sequence[tuple[str, Builder]]


def _numeric_rules() -> Rules:
    """Dates in digits."""
    month, day = r"(?P<m>0[1-9]|1[0-2])", r"(?P<d>0[1-9]|[12]\d|3[01])"
    return (
        (rf"(?P<year>[12]\d{{3}})(?P<dash>[-/.]){month}(?P=dash){day}(?!\d)", read_iso),
        (rf"(?P<year>(?:19|20)\d\d){month}{day}(?!\d)", read_iso),
        (
            r"(?P<year>[12]\d{3})(?P<dash>[-/])(?P<m>1[0-2]|0?[1-9])(?P=dash)(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)",
            read_iso,
        ),
        (r"(?P<a>\d{1,2})(?P<dash>[/.-])(?P<b>\d{1,2})(?P=dash)(?P<year>[12]\d{3})(?!\d)", read_numeric),
        (
            r"(?<!\d[/.-])(?P<a>\d{1,2})(?P<dash>/|(?<=\d\d)[.-](?=\d\d))(?P<b>\d{1,2})(?P=dash)(?P<short>\d\d)"
            r"(?!\d|[/.-]\d)",
            read_numeric,
        ),
        (rf"(?<!\d[-/])(?P<year>(?:19|20)\d\d)-{month}(?!\w|[-.,]\d)", read_year_and_month),
        (rf"(?<!\d[-/]){month}/(?P<year>(?:19|20)\d\d)(?!\w|[/.,]\d)", read_iso),
    )


def _calendar_rules(parts: Parts) -> Rules:
    """Days, months, seasons and parts of a year, the longest first."""
    month, of_year = parts.month(), parts.of_year
    after = f"{parts.any('day_endings')}?"
    endings = rf"(?:{parts.any('day_endings')}|[.°])?"
    weekday = rf"(?:{parts.weekday},?\s+{parts.maybe('weekday_article')})?"
    day_of, ordinal = parts.maybe("day_of"), parts.table("ordinal", "ordinals")
    part = parts.named("part", parts.words("quarters", "halves"))
    joined = rf"\s*(?:-|–|{parts.any('to')})\s*"
    article = parts.maybe("weekday_article")
    return (
        (
            rf"{weekday}{_DAY}{endings}{joined}{article}{_DAY_2}{endings}\s+{day_of}{month}(?:\.?{of_year})?",
            read_full,
        ),
        (
            rf"{_DAY}{endings}[\s-]+{day_of}{month}\.?,?[\s-]+(?P<short>\d\d)(?!\s*[\w:%$€£]|[.,/-]\d)",
            read_full,
        ),
        (rf"{_DAY}-{month}\.?-{_YEAR}", read_full),
        (rf"{weekday}{_DAY}{endings}\s+{day_of}{month}(?:\.?{of_year})?", read_full),
        (
            rf"(?:{parts.weekday},?\s+)?{month}\.?\s+{_DAY}(?!\d|[.,]\d){after}"
            rf"(?:\s*[-–]\s*{_DAY_2}(?!\d))?(?:,?\s+{_YEAR})?",
            read_full,
        ),
        (rf"{month}{joined}{parts.month('month2')}{of_year}", read_full),
        (rf"{month}\.?{of_year}", read_full),
        (rf"{parts.table('season', 'seasons')}{of_year}", read_season),
        (rf"(?P<part>[tqsh])(?P<n>[1-4])[\s-]+{_YEAR}", read_part_of_year),
        (rf"{ordinal}\s+{part}(?!\w)(?:{of_year})?", read_part_of_year),
        (rf"{parts.any('final')}\s+{part}{of_year}", read_part_of_year),
    )


def _longer_rules(parts: Parts) -> Rules:
    """Decades and centuries."""
    articles, bc = parts.maybe("decade_articles"), parts.before_christ
    endings = parts.any("century_endings")
    return (
        (rf"{articles}{parts.any('decades')}\s+(?P<decade>(?:1\d|20)?\d0)(?!\d)", read_decade),
        (rf"{articles}(?P<decade>(?:1\d|20)\d0)'?s(?!\w)", read_decade),
        (
            rf"(?P<n>[ivxl]+(?={endings}?[\s-])|\d{{1,2}}(?={endings}|i)){endings}?[\s-]+{parts.any('centuries')}(?!\w){bc}?",
            read_century,
        ),
        (
            rf"{parts.any('century_before')}\s+(?P<n>[ivxl]+|\d{{1,2}})(?!\w)"
            rf"(?:\s*(?:-|–|{parts.any('to')})\s*(?P<n2>[ivxl]+|\d{{1,2}})(?!\w))?{bc}?",
            read_century,
        ),
    )


def _relative_rules(parts: Parts) -> Rules:
    """Times counted from the day of the text."""
    step, season = parts.step, parts.table("season", "seasons")
    count = rf"(?P<count>\d{{1,3}}|{one_of(counts_in(parts.language))})"
    sides = parts.named("side", parts.words("past", "coming"))
    side_before, this = (
        parts.named("side", parts.words("side_before")),
        parts.named("side", parts.words("this")),
    )
    this_season = one_of({*parts.words("this", "side_before")} - {*parts.words("past", "coming")})
    gone = rf"{parts.any('past')}(?!\w|\s+{parts.step})"
    return (
        (rf"{parts.any('ago_before')}\s+{count}\s+{step}(?!\w)", read_ago),
        (rf"{count}\s+{step}\s+{parts.any('ago_after')}(?!\w)", read_ago),
        (rf"{parts.month()}\s+{gone}", read_last_month),
        (rf"{parts.gone_before}\s+{parts.month()}", read_last_month),
        (rf"{season}\s+{gone}", read_season),
        (rf"{parts.gone_before}\s+{season}(?!\w)", read_season),
        (rf"(?P<this>{this_season})\s+{season}(?!\w)", read_season),
        (rf"{side_before}\s+{step}(?!\w|\s+{parts.any('of')}\s)", read_neighbour),
        (rf"{parts.any('step_articles')}?{step}\s+{sides}(?!\w)", read_neighbour),
        (rf"{this}\s+{step}(?:-ci)?(?!\w)(?!-la)", read_neighbour),
        (rf"{one_of(table_in(parts.language, 'dates', 'day_shifts'))}(?!\w)", read_day_word),
    )


def _year_rules(parts: Parts) -> Rules:
    """Years, and what is left of months and days of the week."""
    introductions = any_of((*parts.words("introductions"), *words_in(parts.language, "time", "before_month")))
    bc = parts.before_christ
    return (
        (rf"{parts.any('years')}\s+(?P<year>\d{{2,4}})(?!\d){bc}?", read_years),
        (rf"(?P<year>\d{{1,4}}){bc}", read_years),
        (
            rf"(?<!\d/){_YEAR}(?:\s?[-–/]\s?(?P<last>(?:1\d|20)\d{{2}}|\d{{2}})(?!\d))?(?![.,]\d|[-–/]\d\d)",
            read_years,
        ),
        (rf"{introductions}[\s-]?\s*{parts.month()}", read_full),
        (parts.weekday + r"(?!\w)", read_weekday),
    )


@cache
def rules_in(language: str) -> Sequence[tuple[re.Pattern[str], Builder]]:
    """Patterns of dates in a text of this language, in the order in which they are looked for."""
    parts = Parts(language)
    words = (*_calendar_rules(parts), *_longer_rules(parts), *_relative_rules(parts), *_year_rules(parts))
    return [
        *((re.compile(r"(?<![\d\x00])" + pattern), builder) for pattern, builder in _numeric_rules()),
        *((re.compile(r"(?<![\w\x00])" + pattern), builder) for pattern, builder in words),
    ]
