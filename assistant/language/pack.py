"""A language's pack: what the program says in it, what it asks of the model, and the few words it reads."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from string import Template
from typing import Any

from ..errors import LanguagePackIncomplete

FALLBACK = "en"
"""The pack of a language that has none; every other pack has its keys."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The data of one language."""

    language: str
    texts: Mapping[str, str]
    page: Mapping[str, str]
    prompts: Mapping[str, str]
    words: Mapping[str, Any]

    def say(self, key: str, **values: object) -> str:
        """The text `key`, its `$names` filled in."""
        return Template(self.texts[key]).substitute({k: str(v) for k, v in values.items()})

    def prompt(self, key: str, **values: object) -> str:
        """The prompt `key`, its `$names` filled in."""
        return Template(self.prompts[key]).substitute({k: str(v) for k, v in values.items()})

    def day(self, value: date | None) -> str:
        """A date as people write it; without one, the word for that."""
        if value is None:
            return self.texts["undated"]
        number = "1er" if self.language == "fr" and value.day == 1 else str(value.day)
        of = " de " if self.language == "es" else " "
        return f"{number}{of}{self.words['months'][value.month - 1]}{of}{value.year}"

    def language_name(self, code: str) -> str:
        """A language's name in this language; its code where the pack has none."""
        return str(self.words["languages"].get(code, [code])[0])


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
    return Pack(code, data["texts"], data["page"], data["prompts"], data["words"])


@cache
def _read(language: str) -> dict[str, Any]:
    file = resources.files(__package__).joinpath("packs", f"{language}.toml")
    return tomllib.loads(file.read_text("utf-8"))
