"""Names of months, days and languages, and the signs of numbers, in any language: from Babel (Unicode's CLDR)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

FALLBACK = "en"
"""The language that stands for one without a calendar in Babel, or without a pack."""


@cache
def _locale(language: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale(language)
    except (UnknownLocaleError, ValueError):
        return Locale(FALLBACK)


@cache
def month_names(language: str) -> tuple[str, ...]:
    """The twelve names of the months as a text writes them: "janvier", "January"."""
    names = _locale(language).months["format"]["wide"]
    return tuple(str(names[number]) for number in range(1, 13))


@cache
def weekday_names(language: str) -> tuple[str, ...]:
    """The seven names of the days, from Monday."""
    names = _locale(language).days["format"]["wide"]
    return tuple(str(names[number]) for number in range(7))


@cache
def language_name(code: str, language: str) -> str:
    """What a language is called in another: "suédois"; its code where that is not known."""
    return str(_locale(language).languages.get(code, code))


@cache
def decimal_sign(language: str) -> str:
    """What stands before the decimals of a number."""
    symbols = _locale(language).number_symbols
    return str(symbols.get("latn", symbols)["decimal"])
