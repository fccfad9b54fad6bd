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


@cache
def packs_in(language: str) -> tuple[Pack, ...]:
    """The pack of a language, then those of the languages beside it."""
    own = pack(language)
    return (own, *(pack(other) for other in own.words["beside"]))


@cache
def words_in(language: str, section: str, key: str) -> tuple[str, ...]:
    """A list of words of a language, then those of the languages beside it."""
    return tuple(dict.fromkeys(word for one in packs_in(language) for word in getattr(one, section)[key]))


@cache
def table_in(language: str, section: str, key: str) -> Mapping[str, Any]:
    """A table of a language, with the entries of the languages beside it that it lacks."""
    table: dict[str, Any] = {}
    for one in packs_in(language):
        table = dict(getattr(one, section)[key]) | table
    return table


@cache
def words_anywhere(section: str, key: str) -> tuple[str, ...]:
    """A list of words of every language, each once."""
    return tuple(
        dict.fromkeys(word for language in languages() for word in getattr(pack(language), section)[key])
    )


@cache
def month_numbers(language: str) -> Mapping[str, int]:
    """Names and abbreviations of the months in a text of this language, folded, to their number."""
    numbers = dict(table_in(language, "dates", "short_months"))
    for one in reversed(packs_in(language)):
        numbers |= {fold(name): n for n, name in enumerate(month_names(one.language), 1)}
    return numbers


@cache
def weekday_numbers(language: str) -> Mapping[str, int]:
    """Names of the days of the week, folded, to their number from Monday, 0."""
    return {fold(name): n for one in packs_in(language) for n, name in enumerate(weekday_names(one.language))}


def one_of(words: Iterable[str]) -> str:
    """An expression that matches one of these words, the longest first; nothing where there is none."""
    ordered = sorted(words, key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, ordered))})" if ordered else "(?!)"
