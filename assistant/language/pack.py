"""A language's pack: what the program says in it, what it asks of the model, and the few words it reads."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from importlib import resources
from string import Template
from typing import Any

from ..errors import LanguagePackIncomplete
from .calendars import FALLBACK, language_name, month_names


@dataclass(frozen=True, slots=True)
class Pack:
    """The data of one language; each field but the first is a section of its file. Every pack has the keys of `FALLBACK`'s."""

    language: str
    words: Mapping[str, Any]
    numbers: Mapping[str, Any]
    dates: Mapping[str, Any]
    time: Mapping[str, Any]
    names: Mapping[str, Any]
    negation: Mapping[str, Any]
    speech: Mapping[str, Any]
    roles: Mapping[str, Any]
    asked: Mapping[str, Any]
    markers: Mapping[str, Any]
    talk: Mapping[str, Any]
    texts: Mapping[str, str]
    answer: Mapping[str, str]
    reasons: Mapping[str, str]
    remarks: Mapping[str, str]
    failures: Mapping[str, str]
    page: Mapping[str, str]
    prompts: Mapping[str, str]

    def say(self, key: str, section: str = "texts", **values: object) -> str:
        """The text `key` of a section, its `$names` filled in."""
        return Template(getattr(self, section)[key]).substitute({k: str(v) for k, v in values.items()})

    def prompt(self, key: str, **values: object) -> str:
        """The prompt `key`, its `$names` filled in."""
        return Template(self.prompts[key]).substitute({k: str(v) for k, v in values.items()})

    def day(self, value: date | None) -> str:
        """A date as people write it; without one, the word for that."""
        if value is None:
            return self.texts["undated"]
        day = self.words["first_day"] if value.day == 1 else value.day
        month = month_names(self.language)[value.month - 1]
        return Template(self.words["date"]).substitute(day=day, month=month, year=value.year)

    def month(self, year: int, month: int) -> str:
        """A month as people write it."""
        return Template(self.words["month"]).substitute(
            month=month_names(self.language)[month - 1], year=year
        )

    def language_name(self, code: str) -> str:
        """A language's name in this language."""
        known = self.words["languages"].get(code)
        return str(known[0]) if known else language_name(code, self.language)


SECTIONS = tuple(field.name for field in fields(Pack) if field.name != "language")


def missing_keys(data: Mapping[str, Any], reference: Mapping[str, Any]) -> list[str]:
    """Keys of `reference` that `data` lacks, as `section.key`."""
    return [
        f"{section}.{key}"
        for section, values in reference.items()
        for key in values
        if key not in data.get(section, {})
    ]


@cache
def languages() -> tuple[str, ...]:
    """Languages that have a pack."""
    folder = resources.files(__package__).joinpath("packs")
    names = (file.name for file in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def pack(language: str) -> Pack:
    """The pack of `language`, or the English one. Raises `LanguagePackIncomplete` where keys are missing."""
    code = language if language in languages() else FALLBACK
    data = _read(code)
    missing = missing_keys(data, _read(FALLBACK))
    if missing:
        raise LanguagePackIncomplete(
            f"The language pack {code!r} lacks {', '.join(missing)}. Add these keys."
        )
    return Pack(code, **{section: data[section] for section in SECTIONS})


@cache
def _read(language: str) -> dict[str, Any]:
    file = resources.files(__package__).joinpath("packs", f"{language}.toml")
    return tomllib.loads(file.read_text("utf-8"))
