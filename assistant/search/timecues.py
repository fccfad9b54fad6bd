"""What a question says about time, resolved to dates of publication.

Six languages share one small grammar: a *period* ("mars 2025", "last year", "Q1 2025", "der Sommer 2024"),
and what stands before it ("avant", "since", "entre … et …"). Meteorological seasons; weeks start on Monday.
Events ("depuis la loi") are not dates and give no cue.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from ..types import TimeCue


class Period(NamedTuple):
    """Days from `first` to `last`, both included, and where the words that say so stand."""

    start: int
    end: int
    first: date
    last: date


# fr, en, es, de, it, pt; accents folded
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january jan enero januar gennaio janeiro",
            "fevrier february feb febrero februar febbraio fevereiro",
            "mars march marzo maerz marz marco",
            "avril april apr abril aprile",
            "mai may mayo maggio maio",
            "juin june jun junio juni giugno junho",
            "juillet july jul julio juli luglio julho",
            "aout august aug agosto",
            "septembre september sept septiembre settembre setembro",
            "octobre october oct octubre oktober ottobre outubro",
            "novembre november nov noviembre novembro",
            "decembre december dec diciembre dezember dicembre dezembro",
        ),
        start=1,
    )
    for name in names.split()
}
_SEASONS = {
    name: month
    for month, names in (
        (3, "printemps spring primavera fruhling"),
        (6, "ete summer verano sommer estate verao"),
        (9, "automne autumn fall otono herbst autunno outono"),
        (12, "hiver winter invierno inverno"),
    )
    for name in names.split()
}
_ORDINALS = {
    name: number
    for number, names in (
        (1, "1er 1 premier first 1st primer primo primeiro erste ersten"),
        (2, "2e 2 2eme 2nd deuxieme second seconde segundo secondo zweite zweiten"),
        (3, "3e 3 3eme 3rd troisieme third tercer terzo terceiro dritte dritten"),
        (4, "4e 4 4eme 4th quatrieme fourth cuarto quarto vierte vierten"),
    )
    for name in names.split()
}
_COUNTS = {
    name: number
    for number, names in enumerate(
        (
            "un une one a",
            "deux two",
            "trois three",
            "quatre four",
            "cinq five",
            "six",
            "sept seven",
            "huit eight",
            "neuf nine",
            "dix ten",
        ),
        start=1,
    )
    for name in names.split()
}
_UNITS = {
    name: days
    for days, names in (
        (1, "jour jours day days"),
        (7, "semaine semaines week weeks"),
        (30, "mois month months"),
        (91, "trimestre trimestres quarter quarters"),
        (365, "an ans annee annees year years"),
    )
    for name in names.split()
}


def _any(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_YEAR = r"(?P<year>(?:19|20)\d\d)"
_OF = r"(?:,? (?:de |del |of |di |do )?(?:l'annee )?)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_COUNT = rf"(?P<count>\d{{1,3}}|{_any(_COUNTS)})"
_FRACTION = r"(?P<span>trimestre|quarter|semestre|half|quartal|halbjahr)"
_UNIT = rf"(?P<unit>{_any(_UNITS)})"
_MONTH = rf"(?P<month>{_any(_MONTHS)})"
_SEASON = rf"(?P<season>{_any(_SEASONS)})"
# A month alone is a cue only after one of these ("may" and "mars" mean other things too).
_NEAR = "en |in |im |since |depuis |seit |desde |avant |before |vor |apres |after |nach |until |by "


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
    month = _MONTHS[groups["month"]] if groups.get("month") else int(groups["m"])
    return int(groups.get("year") or _last_time(month, today)), month


def _day(match: re.Match[str], today: date) -> tuple[date, date] | None:
    try:
        day = date(*_named_month(match, today), int(match["day"]))
    except ValueError:
        return None
    return day, day


def _month(match: re.Match[str], today: date) -> tuple[date, date] | None:
    year, month = _named_month(match, today)
    if not 1 <= month <= 12:
        return None
    return _part(match.groupdict().get("part"), *_month_span(year, month))


def _months(match: re.Match[str], today: date) -> tuple[date, date] | None:
    year, first = _named_month(match, today)
    months = _MONTHS[match["until"]] - first + 1
    return _month_span(year, first, months) if months > 0 else None


def _month_before(match: re.Match[str], today: date) -> tuple[date, date]:
    return _ended(_MONTHS[match["month"]], 1, today)


def _season_before(match: re.Match[str], today: date) -> tuple[date, date]:
    return _ended(_SEASONS[match["season"]], 3, today)


def _ended(month: int, months: int, today: date) -> tuple[date, date]:
    """The last time that these months ended before `today`."""
    span = _month_span(today.year, month, months)
    return span if span[1] < today else _month_span(today.year - 1, month, months)


def _season(match: re.Match[str], today: date) -> tuple[date, date]:
    month = _SEASONS[match["season"]]
    return _month_span(int(match.groupdict().get("year") or _last_time(month, today)), month, 3)


def _fraction(match: re.Match[str], today: date) -> tuple[date, date] | None:
    number = _ORDINALS.get(match["number"]) or int(match["number"])
    months = 6 if match["span"] in ("semestre", "half", "s", "h", "halbjahr") else 3
    if number * months > 12:
        return None
    return _month_span(int(match["year"] or today.year), (number - 1) * months + 1, months)


def _year(match: re.Match[str], today: date) -> tuple[date, date]:
    year = int(match["year"])
    return _part(match["part"], date(year, 1, 1), date(year, 12, 31))


def _part(part: str | None, first: date, last: date) -> tuple[date, date]:
    """The beginning, middle or end (a third each) of a period."""
    if part is None:
        return first, last
    part = part.removeprefix("the ")
    third = (last - first) // 3
    if part.startswith(("debut", "early", "beginning")):
        return first, first + third
    if part.startswith(("fin", "late", "end")):
        return last - third, last
    return first + third, last - third


def _this(match: re.Match[str], today: date) -> tuple[date, date]:
    return _calendar(match["unit"], today)[0], today


def _last(match: re.Match[str], today: date) -> tuple[date, date]:
    first, _ = _calendar(match["unit"], today)
    return _calendar(match["unit"], first - timedelta(days=1))


def _calendar(unit: str, day: date) -> tuple[date, date]:
    """The calendar week, month, quarter or year in which `day` falls."""
    days = _UNITS[unit]
    if days == 365:
        return date(day.year, 1, 1), date(day.year, 12, 31)
    if days == 91:
        return _month_span(day.year, (day.month - 1) // 3 * 3 + 1, 3)
    if days == 30:
        return _month_span(day.year, day.month)
    monday = day - timedelta(days=day.weekday())
    return (day, day) if days == 1 else (monday, monday + timedelta(days=6))


def _number(words: str) -> int:
    return int(words) if words.isdigit() else _COUNTS[words]


def _recent(match: re.Match[str], today: date) -> tuple[date, date]:
    return today - timedelta(days=_number(match["count"]) * _UNITS[match["unit"]]), today


def _ago(match: re.Match[str], today: date) -> tuple[date, date]:
    return _calendar(match["unit"], today - timedelta(days=_number(match["count"]) * _UNITS[match["unit"]]))


def _yesterday(match: re.Match[str], today: date) -> tuple[date, date]:
    day = today - timedelta(days=1)
    return day, day


Resolve = Callable[[re.Match[str], date], tuple[date, date] | None]
_PART = r"(?:(?P<part>debut|fin|mi|early|late|mid|the beginning of|the end of|end of)[ -](?:de |d'|of )?)?"

# Where two overlap, the earlier line wins.
_PERIODS: tuple[tuple[re.Pattern[str], Resolve], ...] = tuple(
    (re.compile(rf"(?<![\w-])(?:{pattern})(?!\w)"), resolve)
    for pattern, resolve in (
        (r"(?P<year>\d{4})-(?P<m>\d\d)-(?P<day>\d\d)", _day),
        (r"(?P<day>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<year>\d{4})", _day),
        (rf"{_DAY}(?:er|\.)? (?:de |of )?{_MONTH}(?:{_OF}{_YEAR})?", _day),
        (rf"{_MONTH} {_DAY}(?:{_OF}{_YEAR})?", _day),
        (rf"{_MONTH} (?:et|and|a|to|through|bis|-) (?P<until>{_any(_MONTHS)}){_OF}{_YEAR}", _months),
        (rf"{_PART}{_MONTH}{_OF}{_YEAR}", _month),
        (r"(?P<year>(?:19|20)\d\d)-(?P<m>\d\d)", _month),
        (rf"{_MONTH} (?:dernier|passe)", _month_before),
        (rf"last {_MONTH}", _month_before),
        (rf"{_SEASON}{_OF}{_YEAR}", _season),
        (rf"{_SEASON} (?:dernier|passe)", _season_before),
        (rf"last {_SEASON}", _season_before),
        (rf"(?:this|cet) {_SEASON}", _season),
        (rf"(?P<span>[qtsh])(?P<number>[1-4])[ -]{_YEAR}", _fraction),
        (rf"(?P<number>{_any(_ORDINALS)}) {_FRACTION}(?:{_OF}{_YEAR})?", _fraction),
        (rf"(?:cette|ce|this) {_UNIT}(?:-ci)?", _this),
        (rf"(?:last|previous|past) {_UNIT}", _last),
        (rf"{_UNIT} (?:derniere|dernier|passee|passe|precedente?)", _last),
        (rf"{_COUNT} (?:derniers|dernieres) {_UNIT}", _recent),
        (rf"(?:last|past) {_COUNT} {_UNIT}", _recent),
        (rf"il y a {_COUNT} {_UNIT}", _ago),
        (rf"{_COUNT} {_UNIT} ago", _ago),
        (r"hier|yesterday|ayer|gestern|ieri|ontem", _yesterday),
        (rf"(?:{_NEAR}){_MONTH}", _month),
        (rf"{_PART}{_YEAR}", _year),
    )
)
_MONTH_ALONE = _PERIODS[-2][0]
_ARTICLE = r"(?: l'| le| la| les| the| dem| der| el| il| o| en)?"
_PREPOSITION = re.compile(
    r"(?<!\w)(?:"
    r"(?P<before>avant|before|prior to|earlier than|antes de|antes del|vor|prima di|prima del)"
    r"|(?P<until>jusqu'en|jusqu'a|jusqu'au|until|till|up to|hasta|bis|fino a)"
    r"|(?P<after>apres|after|later than|following|despues de|despues del|nach|dopo|depois de)"
    r"|(?P<since>depuis|since|a partir de|a compter de|starting|desde|seit|dal|ab)"
    rf"){_ARTICLE} ?$"
)
_SINCE_ACCENTED = re.compile(rf"(?<!\w)(?P<since>dès){_ARTICLE} ?$")
"""Apart, since "des" is the commonest of words."""
_BETWEEN = re.compile(r"(?<!\w)(?:entre|between|de|from|du|zwischen|von|tra|desde)(?: le| l'| the)? ?$")
_TO = re.compile(r" ?(?:et|and|a|au|to|until|y|und|bis|e|al?|hasta|-|–)(?: le| l'| the)? ?")
_LATEST = re.compile(
    r"(?<!\w)(?:latest|newest|most recent|recently|recent|currently|current|nowadays|today|right now"
    r"|recente?s?|recemment|actuelle?s?|actuels?|actuellement|aujourd'hui|en ce moment|a ce jour"
    r"|a l'heure actuelle|derniere?s?|ultim[oa]s?|recientes?|hoy|heute|aktuell\w*|neueste\w*"
    r"|oggi|attual\w*|hoje)(?!\w)"
)


def read_time(text: str, today: date) -> TimeCue | None:
    """The time cue of a question asked on `today`; None where it has none."""
    folded = flattened(text)
    periods = _periods(folded, today)
    if periods:
        return _filter(text, folded, periods)
    latest = _LATEST.search(folded)
    if latest is None:
        return None
    return TimeCue("latest", text[latest.start() : latest.end()], before=today)


def flattened(text: str) -> str:
    """Lower case, no accents, straight apostrophes: one character for each, so that offsets stay."""
    plain = (unicodedata.normalize("NFD", character.lower())[0] for character in text)
    return "".join(_SAME.get(character, character) for character in plain)


_SAME = {"’": "'", "\u00a0": " ", "\u202f": " ", "\n": " ", "\t": " ", "‑": "-"}


def _periods(folded: str, today: date) -> list[Period]:
    """The periods named in the text, in its order, without overlaps."""
    found: list[Period] = []
    for pattern, resolve in _PERIODS:
        for match in pattern.finditer(folded):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            days = resolve(match, today)
            if days is not None:
                # the preposition before a month alone is read by `_filter`
                start = match.start("month") if pattern is _MONTH_ALONE else match.start()
                found.append(Period(start, match.end(), *days))
    return sorted(found)


def _filter(text: str, folded: str, periods: list[Period]) -> TimeCue:
    period = periods[0]
    if len(periods) > 1:
        span = _between(folded, periods[0], periods[1])
        if span is not None:
            return TimeCue("filter", text[span : periods[1].end], periods[0].first, periods[1].last)
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


def _between(folded: str, one: Period, two: Period) -> int | None:
    """Where "entre A et B" begins; None where the two periods are not joined so."""
    opening = _BETWEEN.search(folded[: one.start])
    if opening is None or _TO.fullmatch(folded[one.end : two.start]) is None or two.last < one.first:
        return None
    return opening.start()
