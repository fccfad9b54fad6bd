"""What a message sets beside each other, and in what respects: names, or one thing at several times."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..language.dates import DateExpression, find_dates, is_range, place_of
from ..language.folding import fold
from ..language.number_words import small_numbers
from ..language.pack import pack
from ..reading.words import Word, content_stems, words
from ..types import TimeCue
from .subject import Part, parts_of, stems_around

MOST_SIDES, MOST_ASPECTS = 4, 4
_SET_APART = re.compile(r"[,;:/()\n]")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things that are compared."""

    name: str
    """As the message has it."""
    sought: str
    """What is searched for."""
    period: TimeCue | None = None
    """The time that tells it from the others, which are searched for in the same words."""


def compared(message: str, language: str, as_of: date | None) -> tuple[list[Side], list[str]]:
    """The sides of a message, and the aspects that are told of each."""
    at_times = _times_of_one_thing(message, language, as_of)
    if at_times is not None:
        return at_times
    of_one_kind = _with_a_stand_in(message, language)
    if of_one_kind:
        return of_one_kind, []
    names, aspects = read_sides(message, language)
    head = " ".join(word for word in names[0].split() if not any(map(str.isdigit, word))) if names else ""
    return [Side(name, f"{head} {name}".strip() if _is_number(name) else name) for name in names], aspects


def _with_a_stand_in(message: str, language: str) -> list[Side]:
    """The sides of "OpenAI's deal with Nvidia and the one with AMD": both are sought with what comes before; else none."""
    known = pack(language).words
    behind = {fold(word) for key in ("join", "genitive") for word in known[key]}
    for word, following in itertools.pairwise(words(message, language)):
        if fold(word.text) in known["stand_in"] and fold(following.text) in behind:
            parts = _parts(message, language)
            *head, one = [part.text for part in parts if part.start < word.start] or [""]
            after = [part for part in parts if part.start > word.start and not part.aspect]
            other = message[after[0].start : after[-1].end] if after else ""
            if head and other:
                return [Side(name, " ".join((*head, name))) for name in (one, other)]
    return []


def _is_number(name: str) -> bool:
    """Whether a side is but a number: "4.1" beside "Modeler 3.4"."""
    return bool(name) and not any(map(str.isalpha, name))


def _times_of_one_thing(
    message: str, language: str, as_of: date | None
) -> tuple[list[Side], list[str]] | None:
    """The sides of "the harbour in 2019 and in 2021"; None where it names several things, or a single time."""
    places = [
        list(readings) for _, readings in itertools.groupby(find_dates(message, language, as_of), place_of)
    ]
    dated = {days: readings[0] for readings in places if (days := readings[0].days) is not None}
    if len(dated) < 2 or any(is_range(readings) for readings in places):
        return None
    parts = parts_of(message, language, [one.text for one in dated.values()])
    if not parts or any(part.joined and not part.aspect and _is_named(part) for part in parts):
        return None
    colon = message.find(":") if ":" in message else len(message)
    topic = " ".join(part.text for part in parts if part.start < colon)
    aspects = [part.text for part in parts if part.start >= colon]
    sides = [Side(one.text, topic, _cue(one, days)) for days, one in sorted(dated.items())]
    return sides[:MOST_SIDES], aspects[:MOST_ASPECTS]


def _cue(told: DateExpression, days: tuple[date, date]) -> TimeCue:
    return TimeCue("filter", told.text, *days)


def _is_named(part: Part) -> bool:
    return any(map(str.isdigit, part.text)) or any(word[0].isupper() for word in part.text.split())


def read_sides(message: str, language: str) -> tuple[list[str], list[str]]:
    """What is compared, and in what respects: the last things that "and", "or" or "vs" joins, and the other ones."""
    parts = _parts(message, language)
    last = [index for index, part in enumerate(parts) if part.joined and not part.aspect]
    last = [index for index in last if _is_either(parts[index - 1 : index + 1], message, language)] or last
    if not last:
        plain = [part for part in parts if not part.aspect]
        if len(plain) > 1 and not _SET_APART.search(message[plain[0].end : plain[1].start]):
            plain = plain[:1]  # "the two planets found in October" is one thing
        return [part.text for part in plain[:2]], [part.text for part in parts if part.aspect]
    end = last[-1]
    start = end - 1
    while start > 0 and (parts[start].joined or _same_kind(parts[start - 1 : start + 1], message)):
        start -= 1
    sides = list(parts[start : end + 1])
    others = (*parts[:start], *parts[end + 1 :])
    aspects = [part.text for part in others if not _only_asks(part, language)]
    head, first = _shared_head(sides, message, language)
    texts = [first, *(part.text for part in sides[1:])]
    return texts[:MOST_SIDES], ([head] if head else [])[:1] + aspects[:MOST_ASPECTS]


def _is_either(pair: Sequence[Part], message: str, language: str) -> bool:
    """Whether "or" stands between two parts: what it joins are the sides, whatever else "and" joins."""
    between = words(message[pair[0].end : pair[1].start], language)
    return any(fold(word.text) in pack(language).words["either"] for word in between)


def _only_asks(part: Part, language: str) -> bool:
    """Whether what stands behind a colon only says what is wanted: "the difference"."""
    return stems_around("compare", language).issuperset(content_stems(part.text, language))


def _parts(message: str, language: str) -> list[Part]:
    """The parts of a message; of two that begin alike ("programme Alpha", "programme Gamma") none is cut."""
    parts = parts_of(message, language)
    openings = Counter(fold(part.text.split()[0]) for part in parts)
    return [
        piece
        for part in parts
        for piece in (_at_names(part, language) if openings[fold(part.text.split()[0])] == 1 else [part])
    ]


def _at_names(part: Part, language: str) -> list[Part]:
    """ "taille de DeepSeek-R1" is an aspect and a side: cut where a name follows other words."""
    if part.joined:
        return [part]
    found = [word for word in words(part.text, language) if not word.is_stop]
    for before, after in itertools.pairwise(found):
        if (
            before.text[0].islower()
            and after.text[0].isupper()
            and " " in part.text[before.end : after.start]
        ):
            start = part.start
            return [
                replace(part, end=start + before.end, text=part.text[: before.end]),
                Part(start + after.start, part.end, part.text[after.start :], part.aspect),
            ]
    return [part]


def _same_kind(pair: Sequence[Part], message: str) -> bool:
    """Whether two parts with a comma between them are two names."""
    one, other = pair
    between = message[one.end : other.start]
    named = all(part.text[0].isupper() or any(map(str.isdigit, part.text)) for part in pair)
    return "," in between and named and not one.aspect


def _shared_head(sides: Sequence[Part], message: str, language: str) -> tuple[str, str]:
    """ "prix du bac" beside "de la piscine": the head is what is compared. Empty where there is none."""
    genitive = {fold(word) for word in pack(language).words["genitive"]}
    first, second = sides[0], sides[1]

    def has(found: Sequence[Word]) -> bool:
        return any(fold(word.text) in genitive for word in found)

    inside = words(first.text, language)
    before = words(message[: second.start], language)[-1:]
    counted = any(small_numbers(language).get(fold(word.text)) == 1 for word in before)
    if not has(inside) or has(words(second.text, language)) or counted:  # "et un lac" is a thing of its own
        return "", first.text
    index = max(place for place, word in enumerate(inside) if fold(word.text) in genitive)
    content = next((word for word in inside[index + 1 :] if not word.is_stop), None)
    head = [word for word in inside[:index] if not word.is_stop]
    if content is None or not head:
        return "", first.text
    return first.text[head[0].start : head[-1].end], first.text[content.start :]
