"""Numbers written in words, French and English: "vingt et un", "quatre-vingt-dix", "two hundred and five"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from assistant.proof.checks import listed

_FRENCH_UNITS = listed("""
    zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize
""")
_ENGLISH_UNITS = listed("""
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen
""")
CARDINALS: dict[str, dict[str, int]] = {
    "fr": {word: value for value, word in enumerate(_FRENCH_UNITS)}
    | {"une": 1, "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
    | {"septante": 70, "huitante": 80, "octante": 80, "nonante": 90},
    "en": {word: value for value, word in enumerate(_ENGLISH_UNITS)}
    | {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70}
    | {"eighty": 80, "ninety": 90},
}
MULTIPLIERS: dict[str, dict[str, int]] = {
    "fr": {"cent": 100, "cents": 100, "mille": 1000},
    "en": {"hundred": 100, "thousand": 1000},
}
COLLECTIVES: dict[str, dict[str, int]] = {
    "fr": {"dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30}
    | {"quarantaine": 40, "cinquantaine": 50, "soixantaine": 60, "centaine": 100},
    "en": {"dozen": 12},
}
ORDINALS: dict[str, dict[str, int]] = {
    "fr": {"premier": 1, "premiere": 1, "premiers": 1, "premieres": 1, "second": 2, "seconde": 2}
    | {word + "ieme": value for value, word in enumerate(_FRENCH_UNITS) if value > 1 and word[-1] not in "ef"}
    | {"quatrieme": 4, "cinquieme": 5, "neuvieme": 9, "onzieme": 11, "douzieme": 12, "treizieme": 13}
    | {"quatorzieme": 14, "quinzieme": 15, "seizieme": 16, "vingtieme": 20, "trentieme": 30, "centieme": 100},
    "en": {
        "first": 1,
        "second": 2,
        "third": 3,
        "fourth": 4,
        "fifth": 5,
        "sixth": 6,
        "seventh": 7,
        "eighth": 8,
    }
    | {"ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14}
    | {"fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19}
    | {"twentieth": 20, "thirtieth": 30, "hundredth": 100},
}
_WORD = re.compile(r"[^\W\d_]+")


class Spelled(NamedTuple):
    """A number in words, at `folded_text[start:end]`; `alone`: a single small word such as "one" or "un"."""

    start: int
    end: int
    value: int
    ordinal: bool
    alone: bool


def spelled_numbers(folded_text: str, language: str) -> Iterator[Spelled]:
    """Numbers in words, in order; the text is in lower case without accents."""
    tables = language if language in CARDINALS else "en"
    words = list(_WORD.finditer(folded_text))
    position = 0
    while position < len(words):
        taken, value, ordinal = _longest(words, position, folded_text, tables)
        if taken:
            start, end = words[position].start(), words[position + taken - 1].end()
            yield Spelled(start, end, value, ordinal, taken == 1)
        position += max(taken, 1)


def _longest(words: list[re.Match[str]], first: int, text: str, language: str) -> tuple[int, int, bool]:
    """How many words from `first` make one number, its value, and whether it is an ordinal."""
    ordinal = ORDINALS[language].get(words[first].group())
    if ordinal is not None:
        return 1, ordinal, True
    total = current = taken = 0
    position = first
    while position < len(words):
        joined = position == first or _joined(text, words[position - 1].end(), words[position].start())
        word = words[position].group()
        if not joined:
            break
        if taken and word in ("et", "and") and position + 1 < len(words):
            if not _may_follow_and(words[position + 1].group(), current, language):
                break
            position += 1
            continue
        step = _step(word, current, taken, language)
        if step is None:
            return (*_closing(word, total + current, taken, language, position - first + 1),)
        if step >= 1000:
            total, current = total + step, 0
        else:
            current = step
        position += 1
        taken = position - first
    return taken, total + current, False


def _joined(text: str, end: int, start: int) -> bool:
    return text[end:start] in (" ", "-", "\u00a0", "\u202f", "\u2011")


def _may_follow_and(word: str, current: int, language: str) -> bool:
    if language == "fr":
        return current >= 20 and current % 10 == 0 and word in ("un", "une", "onze")
    return current >= 100 and current % 100 == 0 and word in CARDINALS["en"]


def _step(word: str, current: int, taken: int, language: str) -> int | None:
    """The number so far with one more word, None where the word does not go on with it."""
    value = CARDINALS[language].get(word)
    if value is not None:
        if taken and current % 100 == 4 and word in ("vingt", "vingts"):
            return current - 4 + 80
        return current + value if not taken or _fits(current, value) else None
    multiplier = MULTIPLIERS[language].get(word)
    if multiplier is None or (multiplier == 100 and current >= 100):
        return None
    return max(current, 1) * multiplier if taken or language == "fr" else None


def _fits(current: int, value: int) -> bool:
    """A smaller number may follow tens, hundreds or thousands: 20 + 1, 60 + 14, 100 + 42."""
    if current == 0 or current % 100 == 0:
        return value < 100
    tens = current % 100
    return tens % 10 == 0 and (value < 10 or (tens in (60, 80) and value < 20))


def _closing(word: str, value: int, taken: int, language: str, length: int) -> tuple[int, int, bool]:
    """An ordinal may end a number ("vingt et unième", "twenty-first")."""
    last = ORDINALS[language].get(word)
    if last is None and word == "unieme":
        last = 1
    if taken and last is not None and last < 20 and _fits(value, last):
        return length, value + last, True
    return taken, value, False
