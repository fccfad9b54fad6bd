"""What reading knows of languages: months, words of the lines that hold a date, Tesseract's name of the language.

A page mixes languages (a French article on an English site), so the words of all packs count together.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from ..errors import LanguagePackIncomplete

KEYS = frozenset(
    "tesseract months published labels updated events byline fields asides credits paywall".split()
)


@cache
def reading_packs() -> Mapping[str, Mapping[str, Any]]:
    """The data of each language that has some. Raises `LanguagePackIncomplete` where keys are missing."""
    folder = resources.files(__package__).joinpath("packs/reading")
    packs = {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8"))
        for file in sorted(folder.iterdir(), key=lambda one: one.name)
        if file.name.endswith(".toml")
    }
    for language, data in packs.items():
        if missing := KEYS - set(data):
            raise LanguagePackIncomplete(
                f"The reading pack {language!r} lacks {', '.join(sorted(missing))}. Add these keys."
            )
    return packs


@cache
def month_numbers() -> Mapping[str, int]:
    """Names and abbreviations of the months in every language, as they are written, to their number."""
    return {
        name: number
        for pack in reading_packs().values()
        for number, names in enumerate(pack["months"], 1)
        for name in names
    }


@cache
def beginnings(key: str) -> str:
    """An expression that matches where one of the words `key` of any language begins."""
    words = sorted({word for pack in reading_packs().values() for word in pack[key]}, key=len, reverse=True)
    return rf"\b(?:{'|'.join(map(re.escape, words))})"


@cache
def whole_words(key: str) -> str:
    """An expression that matches one of the words `key` of any language; one that ends in "*" with any ending."""
    words = sorted({word for pack in reading_packs().values() for word in pack[key]}, key=len, reverse=True)
    endings = (re.escape(word[:-1]) if word.endswith("*") else rf"{re.escape(word)}\b" for word in words)
    return rf"\b(?:{'|'.join(endings)})"


@cache
def line_beginnings(key: str) -> str:
    """An expression for how a line begins; a word alone is the whole line, "*" stands for up to 40 characters."""
    lines = sorted({line for pack in reading_packs().values() for line in pack[key]}, key=len, reverse=True)
    return rf"(?:{'|'.join(map(_line_beginning, lines))})"


def _line_beginning(line: str) -> str:
    written = re.escape(line).replace(r"\*", ".{0,40}?").replace("'", "['’]").replace(r"\ ", r"\s")
    return rf"{written}(?=\W*$)" if re.fullmatch(r"\w+", line) else written


@cache
def words_of(key: str) -> frozenset[str]:
    """The words `key` of every language."""
    return frozenset(word for pack in reading_packs().values() for word in pack[key])
