"""Numbers written in words: "vingt et un", "quatre-vingt-dix", "two hundred and five", "treinta y uno"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from .lexicon import packs_in
from .pack import pack

Tables = Mapping[str, Any]
"""The `[numbers]` of a language pack."""
_WORD = re.compile(r"[^\W\d_]+")


@cache
def small_numbers(language: str) -> Mapping[str, int]:
    """One to ten in words, folded: "un", "une", "deux" …"""
    return {word: value for word, value in pack(language).numbers["cardinals"].items() if 1 <= value <= 10}


@cache
def counts_in(language: str) -> Mapping[str, int]:
    """How many in words, in a text of this language: one to ten, and the article that stands for one."""
    counts: dict[str, int] = {}
    for one in reversed(packs_in(language)):
        counts |= dict.fromkeys(one.numbers["bare_articles"], 1) | dict(small_numbers(one.language))
    return counts


class NumberInWords(NamedTuple):
    """A number in words, at `folded_text[start:end]`; `alone`: a single small word such as "one" or "un"."""

    start: int
    end: int
    value: int
    ordinal: bool
    alone: bool


def spelled_numbers(folded_text: str, language: str) -> Iterator[NumberInWords]:
    """Numbers in words, in order; the text is in lower case without accents."""
    tables = pack(language).numbers
    words = list(_WORD.finditer(folded_text))
    position = 0
    while position < len(words):
        taken, value, ordinal = _longest(words, position, folded_text, tables)
        if taken:
            start, end = words[position].start(), words[position + taken - 1].end()
            yield NumberInWords(start, end, value, ordinal, taken == 1)
        position += max(taken, 1)


def _longest(words: list[re.Match[str]], first: int, text: str, tables: Tables) -> tuple[int, int, bool]:
    """How many words from `first` make one number, its value, and whether it is an ordinal."""
    ordinal = tables["ordinals"].get(words[first].group())
    if ordinal is not None:
        return 1, ordinal, True
    total = current = taken = 0
    position = first
    while position < len(words):
        joined = position == first or _joined(text, words[position - 1].end(), words[position].start())
        word = words[position].group()
        if not joined:
            break
        if taken and word == tables["and"] and position + 1 < len(words):
            if not _may_follow_and(words[position + 1].group(), current, tables):
                break
            position += 1
            continue
        step = _step(word, current, taken, tables)
        if step is None:
            return (*_closing(word, total + current, taken, tables, position - first + 1),)
        if step >= 1000:
            total, current = total + step, 0
        else:
            current = step
        position += 1
        taken = position - first
    return taken, total + current, False


def _joined(text: str, end: int, start: int) -> bool:
    return text[end:start] in (" ", "-", "\u00a0", "\u202f", "\u2011")


def _may_follow_and(word: str, current: int, tables: Tables) -> bool:
    """Whether "and" may stand between a number and the word: "vingt et un", "two hundred and five"."""
    return (
        current >= tables["and_from"] and current % tables["and_after"] == 0 and word in tables["and_before"]
    )


def _step(word: str, current: int, taken: int, tables: Tables) -> int | None:
    """The number so far with one more word, None where the word does not go on with it."""
    value: int | None = tables["cardinals"].get(word)
    if value is not None:
        if taken and current % 100 == 4 and word in tables["score"]:
            return current - 4 + 80
        return current + value if not taken or _fits(current, value) else None
    multiplier: int | None = tables["multipliers"].get(word)
    if multiplier is None or (multiplier == 100 and current >= 100):
        return None
    return max(current, 1) * multiplier if taken or tables["bare_multipliers"] else None


def _fits(current: int, value: int) -> bool:
    """A smaller number may follow tens, hundreds or thousands: 20 + 1, 60 + 14, 100 + 42."""
    if current % 100 == 0:
        return value < 100 or current == 0
    tens = current % 100
    return tens % 10 == 0 and (value < 10 or (tens in (60, 80) and value < 20))


def _closing(word: str, value: int, taken: int, tables: Tables, length: int) -> tuple[int, int, bool]:
    """An ordinal may end a number ("vingt et unième", "twenty-first")."""
    last = tables["ordinals"].get(word, tables["closing_ordinals"].get(word))
    if taken and last is not None and last < 20 and _fits(value, last):
        return length, value + last, True
    return taken, value, False
