"""What reading knows of languages: months, lines that hold a date, abbreviations, orders to an assistant.

A page mixes languages (a French article on an English site), so the words of all packs count together. A language
without a pack of its own has here, too, what questions and dates need: the sections `[dates]` and `[time]`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from ..errors import LanguagePackIncomplete
from .calendars import FALLBACK
from .pack import languages, missing_keys, pack


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
        time = {} if language in languages() else {"dates": dict.fromkeys(DATES), "time": pack(FALLBACK).time}
        if missing := missing_reading_keys(data, {**packs[FALLBACK], **time}):
            raise LanguagePackIncomplete(
                f"The reading pack {language!r} lacks {', '.join(missing)}. Add these keys."
            )
    return packs


def missing_reading_keys(data: Mapping[str, Any], reference: Mapping[str, Any]) -> list[str]:
    """Keys of `reference` that `data` lacks, those of its sections too ("orders.task"); fields are free."""
    sections = {
        key: value
        for key, value in reference.items()
        if isinstance(value, dict) and key not in FREE and key in data
    }
    return [key for key in reference if key not in data] + missing_keys(data, sections)


FREE = frozenset({"fields"})
"""Tables in which a language names what it has."""
DATES = ("seasons", "ordinals", "of", "quarters", "halves", "day_shifts")
"""What a language without a pack has of the section `[dates]`."""


@cache
def beginnings(key: str) -> str:
    """An expression that matches where one of the words `key` of any language begins."""
    words = sorted({word for data in reading_packs().values() for word in data[key]}, key=len, reverse=True)
    return rf"\b(?:{'|'.join(map(re.escape, words))})"


@cache
def whole_words(key: str) -> str:
    """An expression that matches one of the words `key` of any language; one that ends in "*" with any ending."""
    words = sorted({word for data in reading_packs().values() for word in data[key]}, key=len, reverse=True)
    endings = (re.escape(word[:-1]) if word.endswith("*") else rf"{re.escape(word)}\b" for word in words)
    return rf"\b(?:{'|'.join(endings)})"


@cache
def line_beginnings(key: str) -> str:
    """An expression for how a line begins; a word alone is the whole line, "*" stands for up to 40 characters."""
    lines = sorted({line for data in reading_packs().values() for line in data[key]}, key=len, reverse=True)
    return rf"(?:{'|'.join(map(_line_beginning, lines))})"


def _line_beginning(line: str) -> str:
    written = re.escape(line).replace(r"\*", ".{0,40}?").replace("'", "['’]").replace(r"\ ", r"\s")
    return rf"{written}(?=\W*$)" if re.fullmatch(r"\w+", line) else written


@cache
def words_of(key: str) -> frozenset[str]:
    """The words `key` of every language."""
    return frozenset(word for data in reading_packs().values() for word in data[key])


@cache
def section_words(section: str, key: str) -> tuple[str, ...]:
    """The words or expressions `key` in a section of every language, each once."""
    return tuple(dict.fromkeys(word for data in reading_packs().values() for word in data[section][key]))


@cache
def number_words() -> str:
    """An expression that matches a number below a hundred in words, accents folded, in every language."""
    words = {word for language in languages() for word in pack(language).numbers["cardinals"]}
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


def stemmers() -> dict[str, str]:
    """Name of the Snowball algorithm of each language that has one."""
    return tomllib.loads(_words_file("stemmers.toml"))


def stop_words() -> dict[str, frozenset[str]]:
    """For each language the words that carry no content, folded."""
    lines = (line for line in _words_file("stop_words.txt").splitlines() if line and not line.startswith("#"))
    return {code: frozenset(listed.split()) for code, _, listed in (line.partition(":") for line in lines)}


def _words_file(name: str) -> str:
    return resources.files(__package__).joinpath("packs/words", name).read_text("utf-8")
