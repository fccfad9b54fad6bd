"""The one date grammar, for articles, questions and claims: "le 3 mai 2024", "XVIIIe siècle", "hier", "Q3 2024".

It reads every date of a text with its place, and refuses what only looks like one: "2024/1689", "2000 euros". What
a date counts for is for the reader of the article, the question or the claim to say.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache

from .calendars import FALLBACK
from .date_builders import Reading, steps_in
from .date_expressions import DateExpression, at, date_spans, is_range, place_of
from .date_rules import rules_in
from .folding import fold_keeping_length
from .lexicon import ANY, month_numbers, one_of, whole_months, words_in
from .pack import pack
from .spans import without

__all__ = ["ANY", "DateExpression", "at", "date_spans", "find_dates", "is_range", "place_of", "steps_in"]


@lru_cache(maxsize=8192)
def find_dates(text: str, language: str, as_of: date | None = None) -> tuple[DateExpression, ...]:
    """Dates of a text in order, relative ones resolved on `as_of`; offsets are those of `text`.

    With `ANY` for the language the words of all languages count. Several expressions at one place are the ends of a
    range, or readings of what is ambiguous ("05/03/2024", the day first).
    """
    folded = fold_keeping_length(text)
    visible = without(folded, _other_words(text, folded, language))
    found: list[DateExpression] = []
    reading = Reading(language, as_of)
    for pattern, builder in rules_in(language):
        read = [
            expression
            for match in pattern.finditer(visible)
            if _is_date(match, text, visible, language)
            for expression in builder(match, reading)
        ]
        if read:
            found += [replace(one, text=text[one.start : one.end]) for one in read]
            visible = without(visible, [(one.start, one.end) for one in read])
    return tuple(sorted(found, key=lambda one: one.start))


@cache
def _ambiguous(language: str) -> re.Pattern[str]:
    """Names of months and seasons that are other words too."""
    own = pack(language).dates
    words = [word for key in ("never_dates", "guarded_months", "capital_months") for word in own[key]]
    return re.compile(rf"(?<!\w){one_of(words)}(?!\w)")


def _other_words(text: str, folded: str, language: str) -> list[tuple[int, int]]:
    """Where "may", "march", "fall" or "sept" are no months or seasons."""
    if language == ANY:
        return []
    return [m.span() for m in _ambiguous(language).finditer(folded) if _is_other_word(m, text, language)]


def _is_other_word(match: re.Match[str], text: str, language: str) -> bool:
    word, own = match.group(), pack(language).dates
    if word in own["never_dates"]:
        return True
    if word in own["guarded_months"]:
        dotted = text[match.end() : match.end() + 1] == "."
        return not (dotted or text[: match.start()].rstrip()[-1:].isdigit())
    return text[match.start()].islower()


@cache
def _counted(language: str) -> re.Pattern[str]:
    """What follows a number that is no year."""
    return re.compile(rf"\s?(?:[%$€£°]|{one_of(words_in(language, 'dates', 'counted'))}\b)")


def _is_date(match: re.Match[str], text: str, folded: str, language: str) -> bool:
    """Four digits are no year beside a currency, a unit or a scale, nor a short word a month in another language."""
    groups = match.re.groupindex.keys()
    if "month" in groups and language == ANY:
        return _is_month(match, text)
    if groups - {"last", "bc"} != {"year"}:
        return True
    before = folded[max(0, match.start() - 2) : match.start()]
    return not _counted(language).match(folded, match.end()) and not re.search(r"[$€£]\s?$|\d[ .,]$", before)


def _is_month(match: re.Match[str], text: str) -> bool:
    """An abbreviation ("set", "gen", "out") needs a day and a year beside it; in English, a capital."""
    name, parts = match["month"], match.groupdict()
    if name in whole_months(ANY) or (parts.get("day") and (parts.get("year") or parts.get("short"))):
        return True
    return name in month_numbers(FALLBACK) and text[match.start("month")].isupper()
