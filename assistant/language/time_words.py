"""Words of time in questions, of all languages together: a question may be in any of them.

The packs have theirs in `[dates]` and `[time]`; languages without a pack have a file in `packs/time`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from ..errors import LanguagePackIncomplete
from .calendars import month_names
from .folding import fold
from .pack import FALLBACK, languages, missing_keys, pack

DATES = ("seasons", "ordinals", "of", "quarters", "halves", "day_shifts")
"""What a file in `packs/time` has of the section `[dates]`."""


@cache
def _sections() -> Sequence[Mapping[str, Mapping[str, Any]]]:
    spoken = [{"dates": pack(language).dates, "time": pack(language).time} for language in languages()]
    return [*spoken, *_read().values()]


@cache
def _read() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    folder = resources.files(__package__).joinpath("packs/time")
    found = {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8"))
        for file in sorted(folder.iterdir(), key=lambda one: one.name)
        if file.name.endswith(".toml")
    }
    reference = {"dates": dict.fromkeys(DATES), "time": pack(FALLBACK).time}
    for language, data in found.items():
        if missing := missing_keys(data, reference):
            raise LanguagePackIncomplete(
                f"The words of time of {language!r} lack {', '.join(missing)}. Add these keys."
            )
    return found


@cache
def words_of_time(key: str, section: str = "time") -> tuple[str, ...]:
    """The words or expressions `key` of every language, the longest first."""
    found = dict.fromkeys(word for data in _sections() for word in data[section].get(key, ()))
    return tuple(sorted(found, key=len, reverse=True))


@cache
def table_of_time(key: str) -> Mapping[str, Any]:
    """The table `key` of the `[dates]` of every language."""
    return {word: value for data in _sections() for word, value in data["dates"].get(key, {}).items()}


@cache
def month_words() -> Mapping[str, int]:
    """Names of the months in every language, and their English abbreviations, folded, to their number."""
    whole = {
        fold(name): number
        for language in (*languages(), *_read())
        for number, name in enumerate(month_names(language), 1)
    }
    return whole | {name: n for name, n in pack(FALLBACK).dates["short_months"].items() if name != "mar"}


def any_of(*keys: str, section: str = "time") -> str:
    """An expression that matches one of the expressions of some lists, the longest first; nothing where all are empty."""
    found = [word for key in keys for word in words_of_time(key, section)]
    return f"(?:{'|'.join(sorted(found, key=len, reverse=True))})" if found else "(?!)"
