"""Dates of a text at any granularity: "le 3 mai 2024", "May 2024", "XVIIIe siècle", "hier", "Q3 2024"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from assistant.proof.checks import listed
from assistant.proof.checks.moments import Moment, at, covers, date_spans, missing_dates
from assistant.proof.checks.numbers import fold_keeping_length, without

__all__ = ["MONTH_NUMBERS", "Moment", "covers", "date_spans", "find_dates", "missing_dates"]

_MONTHS = {
    "fr": listed("""
        janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
    """),
    "en": listed("""
        january february march april may june july august september october november december
    """),
}
_SHORT_MONTHS = {
    "janv": 1, "jan": 1, "fevr": 2, "fev": 2, "feb": 2, "mar": 3, "avr": 4, "apr": 4, "jun": 6, "juil": 7, "jul": 7,
    "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
MONTH_NUMBERS: dict[str, int] = _SHORT_MONTHS | {
    name: number for names in _MONTHS.values() for number, name in enumerate(names, 1)
}
_WEEKDAYS = {
    "lundi": 0, "mardi": 1, "mercredi": 2, "jeudi": 3, "vendredi": 4, "samedi": 5, "dimanche": 6,
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
}  # fmt: skip
_SEASONS = {
    "printemps": (3, 4, 5, 6), "spring": (3, 4, 5, 6), "ete": (6, 7, 8, 9), "summer": (6, 7, 8, 9),
    "automne": (9, 10, 11, 12), "autumn": (9, 10, 11, 12), "fall": (9, 10, 11, 12),
    "hiver": (12, 1, 2, 3), "winter": (12, 1, 2, 3),
}  # fmt: skip
_ORDINAL_WORDS = {
    "premier": 1, "first": 1, "1er": 1, "1st": 1, "second": 2, "deuxieme": 2, "2e": 2, "2nd": 2, "2eme": 2,
    "troisieme": 3, "third": 3, "3e": 3, "3rd": 3, "3eme": 3, "quatrieme": 4, "fourth": 4, "4e": 4, "4th": 4, "4eme": 4,
}  # fmt: skip

_MONTH = "(?P<month>" + "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True)) + r")(?!\w)"
_WEEKDAY = "(?P<weekday>" + "|".join(_WEEKDAYS) + ")s?"
_SEASON = "(?P<season>" + "|".join(_SEASONS) + ")"
_ORDINAL = "(?P<ordinal>" + "|".join(sorted(_ORDINAL_WORDS, key=len, reverse=True)) + ")"
_YEAR = r"(?P<year>1\d{3}|20\d{2})(?![\d%])"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_BEFORE_CHRIST = (
    r"(?P<bc>\s*(?:av\.?\s*j\.?-?c\.?|avant\s+j(?:esus|\.)-?\s?c(?:hrist|\.)|b\.?c\.?(?:e\.?)?)(?!\w))"
)


Builder = Callable[[re.Match[str], date | None], Sequence[Moment]]


def _moment(match: re.Match[str], **fields: object) -> Moment:
    return Moment(match.start(), match.end(), match.group(), **fields)  # type: ignore[arg-type]


def _group(match: re.Match[str], name: str) -> str | None:
    return match[name] if name in match.re.groupindex else None


def _full(match: re.Match[str], _: date | None) -> list[Moment]:
    """Day, month and year, any of which may be absent; "3-5 May" is both days."""
    year, month, weekday = _group(match, "year"), _group(match, "month"), _group(match, "weekday")
    fields: dict[str, object] = {
        "years": (int(year), int(year)) if year else None,
        "months": frozenset({MONTH_NUMBERS[month]}) if month else None,
        "weekday": _WEEKDAYS[weekday] if weekday else None,
    }
    days = [int(day) for name in ("day", "day2") if (day := _group(match, name))]
    return [_moment(match, day=day, **fields) for day in days] or [_moment(match, **fields)]


def _numeric(match: re.Match[str], _: date | None) -> list[Moment]:
    year, first, second = int(match["year"]), int(match["a"]), int(match["b"])
    readings = {(first, second), (second, first)}
    return [
        _moment(match, years=(year, year), months=frozenset({month}), day=day)
        for day, month in sorted(readings)
        if 1 <= month <= 12 and 1 <= day <= 31
    ]


def _iso(match: re.Match[str], _: date | None) -> list[Moment]:
    year, month, day = int(match["year"]), int(match["m"]), int(match["d"])
    return [_moment(match, years=(year, year), months=frozenset({month}), day=day)]


def _season(match: re.Match[str], _: date | None) -> list[Moment]:
    year = int(match["year"])
    return [_moment(match, years=(year, year), months=frozenset(_SEASONS[match["season"]]))]


def _part_of_year(match: re.Match[str], _: date | None) -> list[Moment]:
    """A quarter (T3, Q3, third quarter) or a half of a year."""
    size = 6 if "sem" in match["part"] or "half" in match["part"] else 3
    number = int(match["n"]) if match["n"] else _ORDINAL_WORDS[match["ordinal"]]
    if number * size > 12:
        return []
    year = _group(match, "year")
    months = frozenset(range((number - 1) * size + 1, number * size + 1))
    return [_moment(match, years=(int(year), int(year)) if year else None, months=months)]


def _decade(match: re.Match[str], _: date | None) -> list[Moment]:
    first = int(match["decade"])
    first += 1900 if first < 100 else 0
    return [_moment(match, years=(first, first + 9))]


def _century(match: re.Match[str], _: date | None) -> list[Moment]:
    written = match["n"]
    number = int(written) if written.isdigit() else _roman(written)
    if not 1 <= number <= 30:
        return []
    if match["bc"]:
        return [_moment(match, years=(-number * 100, -number * 100 + 99))]
    return [_moment(match, years=(number * 100 - 100, number * 100))]


def _roman(written: str) -> int:
    values = [dict(zip("ivxlcdm", (1, 5, 10, 50, 100, 500, 1000), strict=True))[letter] for letter in written]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))


def _years(match: re.Match[str], _: date | None) -> list[Moment]:
    """A year alone; "2019-2021" gives two, "2023-24" too."""
    year = int(match["year"])
    sign = -1 if _group(match, "bc") else 1
    found = [_moment(match, years=(sign * year, sign * year))]
    last = _group(match, "last")
    if last:
        second = int(last) if len(last) == 4 else year - year % 100 + int(last)
        found.append(_moment(match, years=(second, second)))
    return found


def _weekday(match: re.Match[str], as_of: date | None) -> list[Moment]:
    weekday = _WEEKDAYS[match["weekday"]]
    plain = _moment(match, weekday=weekday, relative=True)
    return [plain]


_DAY_SHIFTS = {
    "avant-hier": -2, "hier": -1, "yesterday": -1, "aujourd'hui": 0, "today": 0, "demain": 1, "tomorrow": 1,
}  # fmt: skip


def _day_word(match: re.Match[str], as_of: date | None) -> list[Moment]:
    return _shifted(match, as_of, timedelta(days=_DAY_SHIFTS[match.group()]), "day")


def _shifted(match: re.Match[str], as_of: date | None, shift: timedelta, precision: str) -> list[Moment]:
    plain = _moment(match, relative=True)
    if as_of is None:
        return [plain]
    return [at(plain, as_of + shift, precision)]


_STEPS = {
    "jour": "day", "day": "day", "semaine": "week", "week": "week", "mois": "month", "month": "month",
    "an": "year", "annee": "year", "year": "year",
}  # fmt: skip
_PAST = ("dernier", "derniere", "passe", "passee", "last", "past", "precedent", "precedente", "previous")
_COMING = ("prochain", "prochaine", "next", "coming")


def _neighbour(match: re.Match[str], as_of: date | None) -> list[Moment]:
    """ "la semaine dernière", "next month", "cette année"."""
    side = match["side"]
    count = -1 if side in _PAST else 1 if side in _COMING else 0
    return _stepped(match, as_of, count, _STEPS[match["step"]])


def _ago(match: re.Match[str], as_of: date | None) -> list[Moment]:
    """ "il y a trois jours", "two weeks ago"."""
    written = match["count"]
    small = ["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix"]
    english = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    known = {word: i for i, word in enumerate(small, 1)} | {word: i for i, word in enumerate(english, 1)}
    known |= {"une": 1, "a": 1, "an": 1}
    count = int(written) if written.isdigit() else known[written]
    return _stepped(match, as_of, -count, _STEPS[match["step"]])


def _stepped(match: re.Match[str], as_of: date | None, count: int, step: str) -> list[Moment]:
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


_COUNT = r"(?P<count>\d{1,3}|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|an?|one|two|three|four|five|seven|eight|nine|ten)"
_STEP = r"(?P<step>jour|day|semaine|week|mois|month|annee|an|year)s?"
_RULES: tuple[tuple[re.Pattern[str], Builder], ...] = tuple(
    (re.compile(r"(?<![\w\x00])" + pattern), builder)
    for pattern, builder in (
        (r"(?P<year>[12]\d{3})-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])(?!\d)", _iso),
        (r"(?P<a>\d{1,2})([/.-])(?P<b>\d{1,2})\2(?P<year>[12]\d{3})(?!\d)", _numeric),
        (
            rf"(?:{_WEEKDAY},?\s+(?:le\s+|the\s+)?)?{_DAY}(?:er|st|nd|rd|th)?\s*(?:au|et|-|–|to|and)\s*"
            rf"(?P<day2>3[01]|[12]\d|[1-9])(?:er|st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\.?(?:,?\s+{_YEAR})?",
            _full,
        ),
        (
            rf"(?:{_WEEKDAY},?\s+(?:le\s+|the\s+)?)?{_DAY}(?:er|st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\.?"
            rf"(?:,?\s+(?:de\s+)?{_YEAR})?",
            _full,
        ),
        (
            rf"(?:{_WEEKDAY},?\s+)?{_MONTH}\.?\s+{_DAY}(?!\d|[.,]\d)(?:st|nd|rd|th)?"
            rf"(?:\s*[-–]\s*(?P<day2>3[01]|[12]\d|[1-9])(?!\d))?(?:,?\s+{_YEAR})?",
            _full,
        ),
        (rf"{_MONTH}\.?,?\s+(?:of\s+|de\s+)?{_YEAR}", _full),
        (rf"{_SEASON}\s+(?:of\s+|de\s+)?{_YEAR}", _season),
        (rf"(?P<part>[tq])(?P<n>[1-4])(?P<ordinal>)[\s-]+{_YEAR}", _part_of_year),
        (
            rf"{_ORDINAL}(?P<n>)\s+(?P<part>trimestre|quarter|semestre|half)(?:\s+(?:of\s+|de\s+)?{_YEAR})?",
            _part_of_year,
        ),
        (r"(?:les\s+|des\s+)?annees?\s+(?P<decade>(?:1\d|20)?\d0)(?!\d)", _decade),
        (r"(?:the\s+)?(?P<decade>(?:1\d|20)\d0)'?s(?!\w)", _decade),
        (
            rf"(?P<n>[ivxl]+(?=(?:e|eme|er|ieme)?[\s-])|\d{{1,2}}(?=e|th|st|nd|rd|i))(?:e|eme|er|ieme|th|st|nd|rd)?[\s-]+(?:siecles?|centur(?:y|ies))(?!\w){_BEFORE_CHRIST}?",
            _century,
        ),
        (rf"il\s+y\s+a\s+{_COUNT}\s+{_STEP}(?!\w)", _ago),
        (rf"{_COUNT}\s+{_STEP}\s+ago(?!\w)", _ago),
        (rf"(?P<side>last|past|next|this|previous|coming)\s+{_STEP}(?!\w)", _neighbour),
        (rf"(?:la\s+|le\s+|l')?{_STEP}\s+(?P<side>{'|'.join((*_PAST, *_COMING))})(?!\w)", _neighbour),
        (rf"(?P<side>ce|cet|cette)\s+{_STEP}(?!\w)(?!-la)", _neighbour),
        (r"(?:avant-hier|hier|aujourd'hui|demain|yesterday|today|tomorrow)(?!\w)", _day_word),
        (r"(?:l'an|an)\s+(?P<year>\d{2,4})(?!\d)" + _BEFORE_CHRIST + "?", _years),
        (r"(?P<year>\d{1,4})" + _BEFORE_CHRIST, _years),
        (rf"{_YEAR}(?:\s?[-–/]\s?(?P<last>(?:1\d|20)\d{{2}}|\d{{2}})(?!\d))?(?![.,]\d)", _years),
        (
            rf"(?:en|de|du|depuis|in|of|since|by|until|during|early|late|mid|debut|fin|mi|des|mois\s+de|d'|last|this|next)[\s-]?\s*"
            rf"{_MONTH}",
            _full,
        ),
        (_WEEKDAY + r"(?!\w)", _weekday),
    )
)
_AMBIGUOUS = re.compile(r"(?<!\w)(?:may|march|mar|sept|fall|spring|jan|dec)(?!\w)")


@lru_cache(maxsize=8192)
def find_dates(text: str, language: str, as_of: date | None = None) -> tuple[Moment, ...]:
    """Times of a text in order, relative ones resolved on `as_of`; offsets are those of `text`."""
    folded = fold_keeping_length(text)
    visible = without(
        folded, [m.span() for m in _AMBIGUOUS.finditer(folded) if _is_other_word(m, text, language)]
    )
    found: list[Moment] = []
    for pattern, builder in _RULES:
        moments = [
            m
            for match in pattern.finditer(visible)
            if _is_date(match, visible)
            for m in builder(match, as_of)
        ]
        found += [replace(moment, text=text[moment.start : moment.end]) for moment in moments]
        visible = without(visible, [(moment.start, moment.end) for moment in moments])
    return tuple(sorted(found, key=lambda moment: moment.start))


def _is_other_word(match: re.Match[str], text: str, language: str) -> bool:
    """ "may", "march", "fall", "sept" are months or seasons only in their place."""
    word = match.group()
    if language == "fr":
        dotted = text[match.end() : match.end() + 1] == "."
        return word in ("may", "march", "fall", "spring") or not (
            dotted or text[: match.start()].rstrip()[-1:].isdigit()
        )
    return text[match.start()].islower() and word not in ("fall", "spring")


_COUNTED = re.compile(
    r"\s?(?:[%$€£°]|(?:millions?|milliards?|billions?|euros?|dollars?|km|kg|ans|years|jours|days|fois|times)\b)"
)


def _is_date(match: re.Match[str], folded: str) -> bool:
    """Four digits are no year beside a currency, a unit or a scale."""
    if match.re.groupindex.keys() - {"last", "bc"} != {"year"}:
        return True
    before = folded[max(0, match.start() - 2) : match.start()]
    return not _COUNTED.match(folded, match.end()) and not re.search(r"[$€£]\s?$|\d[ .,]$", before)
