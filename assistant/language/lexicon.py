"""The words by which a language's numbers, dates, names and negations are read.

A text quotes other languages: the words of those that a pack names as `beside` count too, after its own. All
words are folded (lower case, no accents) unless their pack says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from .calendars import month_names, weekday_names
from .folding import fold
from .pack import Pack, languages, pack
from .reading_pack import reading_packs

ANY = "*"
"""In place of a language: all that are read, together, those without a pack of their own too."""


@cache
def packs_in(language: str) -> tuple[Pack, ...]:
    """The pack of a language, then those of the languages beside it; all for `ANY`."""
    if language == ANY:
        return tuple(pack(one) for one in languages())
    own = pack(language)
    return (own, *(pack(other) for other in own.words["beside"]))


@cache
def _languages_in(language: str) -> tuple[str, ...]:
    return (
        tuple(reading_packs())
        if language == ANY
        else tuple(dict.fromkeys(one.language for one in packs_in(language)))
    )


def _section(language: str, section: str) -> Mapping[str, Any]:
    if language in languages():
        return getattr(pack(language), section)  # type: ignore[no-any-return]
    return reading_packs()[language].get(section, {})  # type: ignore[no-any-return]


@cache
def words_in(language: str, section: str, key: str) -> tuple[str, ...]:
    """A list of words of a language, then those of the languages beside it."""
    return tuple(
        dict.fromkeys(word for one in _languages_in(language) for word in _section(one, section).get(key, ()))
    )


@cache
def table_in(language: str, section: str, key: str) -> Mapping[str, Any]:
    """A table of a language, with the entries of the languages beside it that it lacks."""
    table: dict[str, Any] = {}
    for one in _languages_in(language):
        table = dict(_section(one, section).get(key, {})) | table
    return table


@cache
def words_anywhere(section: str, key: str) -> tuple[str, ...]:
    """A list of words of every language that has a pack, each once."""
    return tuple(
        dict.fromkeys(word for language in languages() for word in getattr(pack(language), section)[key])
    )


@cache
def whole_months(language: str) -> Mapping[str, int]:
    """Names of the months in a text of this language, folded, to their number."""
    return {
        fold(name): number
        for one in reversed(_languages_in(language))
        for number, name in enumerate(month_names(one), 1)
    }


@cache
def month_numbers(language: str) -> Mapping[str, int]:
    """Names and abbreviations of the months in a text of this language, folded, to their number."""
    short = {
        fold(name): number
        for one in reversed(_languages_in(language))
        for number, names in enumerate(reading_packs()[one]["short_months"], 1)
        for name in names
    }
    return short | dict(whole_months(language))


@cache
def weekday_numbers(language: str) -> Mapping[str, int]:
    """Names of the days of the week, folded, to their number from Monday, 0."""
    return {fold(name): n for one in _languages_in(language) for n, name in enumerate(weekday_names(one))}


def one_of(words: Iterable[str]) -> str:
    """An expression that matches one of these words, the longest first; nothing where there is none."""
    return any_of(map(re.escape, words))


def any_of(expressions: Iterable[str]) -> str:
    """An expression that matches one of these expressions, the longest first; nothing where there is none."""
    ordered = sorted(set(expressions), key=len, reverse=True)
    return f"(?:{'|'.join(ordered)})" if ordered else "(?!)"
