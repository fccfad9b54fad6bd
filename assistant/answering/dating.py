"""When the sources of an answer are from: said where their dates are clearly apart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ..types import Citation
from .prompting import template_language
from .wording import say

DAYS_APART = 7
"""Sources that all lie within so many days tell one story; their dates are no news."""
_MONTHS = {
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
    "en": "January February March April May June July August September October November December".split(),
}


def written_day(day: date, language: str) -> str:
    """A date as people write it: "1er mars 2025", "1 March 2025"."""
    key = template_language(language)
    number = "1er" if key == "fr" and day.day == 1 else str(day.day)
    return f"{number} {_MONTHS[key][day.month - 1]} {day.year}"


def dated_sources(citations: Iterable[Citation], language: str) -> str | None:
    """One sentence that says which citation is from when and which is the newest; None where it would not help.

    It helps where all are dated and at least two are more than `DAYS_APART` days apart.
    """
    by_day: dict[date, list[int]] = {}
    for citation in citations:
        if citation.published is None:
            return None
        by_day.setdefault(citation.published, []).append(citation.n)
    if not by_day or (max(by_day) - min(by_day)).days <= DAYS_APART:
        return None
    named = [
        "".join(f"[{n}]" for n in sorted(numbers)) + f" {written_day(day, language)}"
        for day, numbers in sorted(by_day.items())
    ]
    return say("dated_sources", language, sources=", ".join(named), newest=say("newest", language))


def dated_side(published: date | None, newest: bool, language: str) -> str:
    """What stands before one side of a conflict: "Le 9 juillet 2025 (la plus récente) :"."""
    if published is None:
        return say("undated_side", language)
    key = "newest_side" if newest else "dated_side"
    return say(key, language, day=written_day(published, language), newest=say("newest", language))
