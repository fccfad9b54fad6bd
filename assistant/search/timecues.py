"""What a question says about time, resolved to dates of publication.

Six languages share one small grammar: a *period* ("mars 2025", "last year", "Q1 2025", "der Sommer 2024"),
and what stands before it ("avant", "since", "entre … et …"). Meteorological seasons; weeks start on Monday.
A date that belongs to a name ("la loi du 7 octobre 2016", "Windows 2000", "the 2024 budget") is no cue, nor is
one that is still to come: nothing was published then. Since an event ("depuis la loi") means the newer ones.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from ..language.folding import fold_keeping_length
from ..types import TimeCue
from .time_words import COUNTS, MONTHS, ORDINALS, SEASONS, UNITS


class Period(NamedTuple):
    """Days from `first` to `last`, both included, and where the words that say so stand."""

    start: int
    end: int
    first: date
    last: date


def _any(names: dict[str, int]) -> str:
    return "|".join(sorted(names, key=len, reverse=True))


_YEAR = r"(?P<year>(?:19|20)\d\d)"
_OF = r"(?:,? (?:de |del |of |di |do )?(?:l'annee )?)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_COUNT = rf"(?P<count>\d{{1,3}}|{_any(COUNTS)})"
_FRACTION = r"(?P<span>trimestre|quarter|semestre|half|quartal|halbjahr)"
_UNIT = rf"(?P<unit>{_any(UNITS)})"
_MONTH = rf"(?P<month>{_any(MONTHS)})"
_SEASON = rf"(?P<season>{_any(SEASONS)})"
# A month alone is a cue only after one of these ("may" and "mars" mean other things too) …
_NEAR = "en |in |im |em |since |depuis |seit |desde |avant |before |vor |apres |after |nach |until |by "
# … and a year alone only after one of those or these (else it is a name: "France 2030").
_NEAR_YEAR = _NEAR + (
    r"|dans l'annee |annee |year |im jahr |jahr |ano |anno |nel |del |dal |ab |des (?!\d+ \w+s\b)|from |jusqu'en |jusqu'a "
    "|bis |hasta |fino al |antes de |prima del |dopo il |despues de |depois de |durant |pendant |during |courant |vers |around "
    "|a partir de |a compter de |starting |prior to |earlier than |later than |up to |till "
)
_OTHER = r" ?(?:et|and|ou|or|a|to|au|until|y|und|bis|e|al?|hasta|-|–) ?"
_FROM = "en |in |im |entre |between |de |from |du |von |zwischen |tra "
_PUBLISHED = r"(?:articles?|annonces?|actualites?|nouvelles|billets?|communiques?|news|posts?|announcements?) (?:de |of |from )"
_NOW = (
    r" (?:a|et|jusqu'a|to|and|until|till) (?:aujourd'hui|nos jours|maintenant|ce jour|now|today|the present)"
)
_UNTIL_NOW = re.compile(_NOW)
_NO_YEAR = r"(?! +\d{3,4}\b)"  # "en septembre 1041"
_NO_AMOUNT = (
    r"(?![-/.,]\d)(?! ?(?:[%€$£]|euros?|dollars?|km|mots|words|pages|fois|times|personnes|people)(?!\w))"
)


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
    months = 6 if match["span"] in ("semestre", "half", "s", "h", "halbjahr") else 3
    if number * months > 12:
        return None
    return _month_span(int(match["year"] or today.year), (number - 1) * months + 1, months)


def _last_fraction(match: re.Match[str], today: date) -> tuple[date, date]:
    months = 6 if match["span"] in ("semestre", "half", "halbjahr") else 3
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
    day = today - timedelta(days=1)
    return day, day


Resolve = Callable[[re.Match[str], date], tuple[date, date] | None]
_SOME_PART = (
    r"(?P<part>debut|fin|mi|early|late|mid|(?:the )?beginning of|(?:the )?end of)[ -](?:de |d'|of |l')*"
)
_PART = rf"(?:{_SOME_PART}(?:annee )?)?"

# Where two overlap, the earlier line wins.
_PERIODS: tuple[tuple[re.Pattern[str], Resolve], ...] = tuple(
    (re.compile(rf"(?<![\w-])(?:{pattern})(?!\w)"), resolve)
    for pattern, resolve in (
        (r"(?P<year>\d{4})-(?P<m>\d\d)-(?P<day>\d\d)", _day),
        (r"(?P<day>\d{1,2})[/.](?P<m>\d{1,2})[/.](?P<year>\d{4})", _day),
        (rf"(?:semaine du|week of) {_DAY}(?:er)? {_MONTH}(?:{_OF}{_YEAR})?", _week),
        (rf"week of {_MONTH} {_DAY}(?:{_OF}{_YEAR})?", _week),
        (
            rf"{_DAY} (?:et|and|au|a|to|-|–) (?:le |the )?(?P<until>\d{{1,2}}) {_MONTH}(?:{_OF}{_YEAR})?",
            _first_days,
        ),
        (rf"{_DAY}(?:er|\.)? (?:de |of )?{_MONTH}(?:{_OF}{_YEAR}|{_NO_YEAR})", _day),
        (rf"{_MONTH} {_DAY}(?:{_OF}{_YEAR}|{_NO_YEAR})", _day),
        (rf"{_MONTH} (?:et|and|a|to|through|bis|-) (?P<until>{_any(MONTHS)}){_OF}{_YEAR}", _months),
        (rf"{_PART}{_MONTH}{_OF}{_YEAR}", _month),
        (r"(?P<year>(?:19|20)\d\d)-(?P<m>\d\d)", _month),
        (rf"{_MONTH} (?:dernier|passe)", _month_before),
        (rf"last {_MONTH}", _month_before),
        (rf"{_SEASON}{_OF}{_YEAR}", _season),
        (rf"{_SEASON} (?:dernier|passe)", _season_before),
        (rf"last {_SEASON}", _season_before),
        (rf"(?:this|cet) {_SEASON}", _season),
        (rf"(?P<span>[qtsh])(?P<number>[1-4])[ -]{_YEAR}", _fraction),
        (rf"(?P<number>{_any(ORDINALS)}) {_FRACTION}(?:{_OF}{_YEAR})?", _fraction),
        (rf"(?:dernier|last|final) {_FRACTION}{_OF}{_YEAR}", _last_fraction),
        (rf"(?:cette|ce|this) {_UNIT}(?:-ci)?", _this),
        (rf"(?:over|for|during|within|in) the (?:last|past) {_UNIT}", _recent),
        (rf"{_PART}(?:last|previous|past) {_UNIT}", _last),
        (rf"{_PART}{_UNIT} (?:derniere|dernier|passee|passe|precedente?)", _last),
        (rf"{_COUNT} (?:derniers|dernieres) {_UNIT}", _recent),
        (rf"depuis {_COUNT} {_UNIT}", _recent),
        (rf"(?:last|past) {_COUNT} {_UNIT}", _recent),
        (rf"il y a {_COUNT} {_UNIT}", _ago),
        (rf"{_COUNT} {_UNIT} ago", _ago),
        (r"hier|yesterday|ayer|gestern|ieri|ontem", _yesterday),
        (rf"{_SOME_PART}{_MONTH}{_NO_YEAR}", _month),
        (rf"(?:{_NEAR})(?P<bare>{_MONTH}){_NO_YEAR}", _month),
        (rf"(?:{_FROM})(?P<bare>{_YEAR}{_OTHER}(?P<until>(?:19|20)\d\d))", _years),
        (rf"{_PUBLISHED}(?P<bare>{_YEAR})", _year),
        (rf"(?:de |from |entre |between )(?P<bare>{_YEAR})(?={_NOW})", _year),
        (rf"{_SOME_PART}(?:annee )?{_YEAR}{_NO_AMOUNT}", _year),
        (rf"(?:{_NEAR_YEAR})(?P<bare>{_PART}{_YEAR}){_NO_AMOUNT}", _year),
    )
)
_ARTICLE = r"(?: l'| le| la| les| the| dem| der| el| il| o| en)?"
_PREPOSITION = re.compile(
    r"(?<!\w)(?:"
    r"(?P<before>avant|before|prior to|earlier than|antes de|antes del|vor|prima di|prima del)"
    r"|(?P<until>jusqu'en|jusqu'a|jusqu'au|until|till|up to|by|hasta|bis|fino a)"
    r"|(?P<after>apres|after|later than|following|despues de|despues del|nach|dopo|depois de)"
    r"|(?P<since>depuis|since|a partir de|a compter de|starting|desde|seit|dal|ab)"
    rf"){_ARTICLE} ?$"
)
_SINCE_ACCENTED = re.compile(rf"(?<!\w)(?P<since>dès){_ARTICLE} ?$")
"""Apart, since "des" is the commonest of words."""
_BETWEEN = re.compile(r"(?<!\w)(?:entre|between|de|from|du|zwischen|von|tra|desde)(?: le| l'| the)? ?$")
_TO = re.compile(r" ?(?:et|and|a|au|to|until|y|und|bis|e|al?|hasta|-|–)(?: le| l'| the)? ?")
# "la loi du 7 octobre 2016", "the Act of March 2024": the date is part of the name.
_NAMED_BY_ITS_DATE = re.compile(
    r"(?<!\w)(?:loi|decret|arrete|reglement|directive|ordonnance|accord|traite|arret|decision|jugement|constitution"
    r"|law|act|bill|decree|regulation|order|agreement|treaty|ruling|judgment)s?"
    r"(?: \w+){0,2} (?:de|du|d'|of|from)(?: the| l'annee)? ?$"
)
# Newer than an event is newer than most, whenever the event was.
_SINCE_AN_EVENT = (
    r"(?:depuis|since) (?:l[ea]s? |l'|cette |cet? |s[ao]n? |ses |leurs? |the |this |that |its |their |his |her )?"
    r"(?:\w+ )?(?:loi|decret|reglement|reforme|elections?|crise|pandemie|guerre|lancement|sortie|arrivee|demission"
    r"|rachat|annonce|accord|adoption|vote|entree en vigueur|fusion|law|act|reform|crisis|pandemic|war|launch|release"
    r"|arrival|resignation|acquisition|announcement|agreement|merger)"
)
_LATEST = re.compile(
    r"(?<!\w)(?:latest|newest|most recent|recently|recent|currently|current|nowadays|today|right now"
    r"|recente?s?|recemment|actuelle?s?|actuels?|actuellement|aujourd'hui|en ce moment|a ce jour"
    r"|a l'heure actuelle|derniere?s?|ultim[oa]s?|recientes?|hoy|heute|aktuell\w*|neueste\w*"
    r"|oggi|attual\w*|hoje|maintenant|de nos jours|ces jours-ci|now|these days|quoi de neuf|nouveautes?|what's new"
    r"|vien(?:t|nent)(?:-\w+)? (?:de |d')\w+(?:er|ir|oir|re)|(?:has|have)(?: \w+)? just"
    rf"|{_SINCE_AN_EVENT})(?!\w)"
)


_ASKS_WHEN = re.compile(
    r"(?<!\w)(?:(?<!depuis )quand|(?<!since )when|(?:what|which) (?:day|date|month|year)|"
    r"quelle (?:date|annee)|quel (?:jour|mois))(?!\w)"
)


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
