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
from .subject import Part, parts_of, quoted, stems_around

MOST_SIDES, MOST_ASPECTS = 4, 5
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

    @property
    def named(self) -> str:
        """What a text has that speaks of it: its name, which a number alone is not."""
        return self.name if any(map(str.isalpha, self.name)) and self.period is None else self.sought


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


def sets_beside(message: str, language: str) -> bool:
    """Whether a message joins or names at least two things, or one at two times; "which town is compared with it" does not."""
    if _times_of_one_thing(message, language, None) is not None:
        return True
    parts = [part for part in _parts(message, language) if not part.aspect]
    beside = any(part.joined or part.contrasted for part in parts) or sum(map(_is_named, parts)) > 1
    return beside and len({fold(part.text) for part in parts}) > 1


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
            if not head:  # "the crash of Corvane and that of Mirabel"
                before, one = _at_its_last_stop_word(one, language)
                head = [before] if before else []
            if head and one and other:
                return [Side(name, " ".join((*head, name))) for name in (one, other)]
    return []


def _at_its_last_stop_word(text: str, language: str) -> tuple[str, str]:
    """What stands before the last stop word of a text, and behind it; those inside a name ("Rio de Janeiro") count not."""
    found = words(text, language)
    for place in range(len(found) - 2, 0, -1):
        word = found[place]
        named = _has_a_capital(found[place - 1].text[:1]) and _has_a_capital(found[place + 1].text[:1])
        if word.is_stop and not named:
            return text[: word.start].strip(), text[word.end :].strip("'’ ")
    return "", text


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
    parts = parts_of(message, language, [one.text for one in dated.values()], kind="compare")
    one_name = len({fold(part.text) for part in parts}) == 1  # "Interrupt 2025 and Interrupt 2026"
    if not parts or (
        not one_name and any(part.joined and not part.aspect and _is_named(part) for part in parts)
    ):
        return None
    colon = message.find(":") if ":" in message else len(message)
    topic = " ".join(dict.fromkeys(part.text for part in parts if part.start < colon))
    aspects = [part.text for part in parts if part.start >= colon]
    sides = [Side(one.text, topic, _cue(one, days)) for days, one in sorted(dated.items())]
    return sides[:MOST_SIDES], aspects[:MOST_ASPECTS]


def _cue(told: DateExpression, days: tuple[date, date]) -> TimeCue:
    return TimeCue("filter", told.text, *days)


def _is_named(part: Part) -> bool:
    return any(map(str.isdigit, part.text)) or any(word[0].isupper() for word in part.text.split())


def read_sides(message: str, language: str) -> tuple[list[str], list[str]]:
    """What is compared, and in what respects: the things that "and", "or", "vs" or "differs from" joins, and the others."""
    parts = _parts(message, language)
    start, end = _chosen_run(parts, message, language)
    if end - start < 2:
        return _without_a_joint(parts, message, language)
    head, before, sides = _shared_head(parts[start:end], message, language)
    others = [part for part in (*parts[:start], *parts[end:]) if not _only_asks(part, language)]
    asked = [part.text for part in others if not _is_a_time(part.text, language)]
    aspects = [*before, *([head] if head else []), *asked]
    return sides[:MOST_SIDES], aspects[: MOST_ASPECTS + bool(head)]


def _chosen_run(parts: Sequence[Part], message: str, language: str) -> tuple[int, int]:
    """Where the sides stand among the parts: those that "or" joins, else names, else the first before a comma, else the last."""
    runs: list[tuple[int, int]] = []
    for index, part in enumerate(parts):
        if part.joined and not part.aspect:
            start = runs.pop()[0] if runs and runs[-1][1] == index else index - 1
            while start > 0 and _same_kind(parts[start - 1 : start + 1], message):
                start -= 1
            runs.append((start, index + 1))
    if not runs:
        return 0, 0
    either = [run for run in runs if _is_either(parts[run[1] - 2 : run[1]], message, language)]
    named = [run for run in runs if all(map(_is_named, parts[slice(*run)]))]
    if either or (named and len(named) < len(runs)):
        return (either or named)[-1]
    return (
        runs[0]
        if _SET_APART.search(message[parts[runs[0][1] - 1].end : parts[runs[-1][0]].start])
        else runs[-1]
    )


def _without_a_joint(parts: Sequence[Part], message: str, language: str) -> tuple[list[str], list[str]]:
    """Names beside each other ("is A larger than B"), one thing "of" another, or two words alone; else what is asked of."""
    aspects = [part.text for part in parts if part.aspect]
    plain = [part for part in parts if not part.aspect]
    beside = next((place for place, part in enumerate(plain) if part.contrasted), 0)
    if beside:
        pair = plain[beside - 1 : beside + 1]
        return [part.text for part in pair], [part.text for part in plain if part not in pair] + aspects
    named = [part for part in plain if _is_named(part)]
    if len(named) > 1:
        return [part.text for part in named[:2]], [part.text for part in plain if part not in named] + aspects
    if len(plain) == 1 and quoted(message) is None:
        found = [word for word in words(plain[0].text, language) if not word.is_stop]
        genitive = _genitives(language)
        inside = [word for word in words(plain[0].text, language) if fold(word.text) in genitive]
        if inside or len(found) == len(words(message, language)) - 1 == 2:
            before = [word for word in found if word.end <= (inside or found[1:])[0].start]
            after = [word for word in found if word not in before]
            if before and after:
                text = plain[0].text
                return [text[before[0].start : before[-1].end], text[after[0].start :]], aspects
    if len(plain) > 1 and not _SET_APART.search(message[plain[0].end : plain[1].start]):
        plain = plain[:1]  # "the two planets found in October" is one thing
    return [part.text for part in plain[:2]], aspects


def _is_either(pair: Sequence[Part], message: str, language: str) -> bool:
    """Whether "or" stands between two parts: what it joins are the sides, whatever else "and" joins."""
    between = words(message[pair[0].end : pair[1].start], language)
    return any(fold(word.text) in pack(language).words["either"] for word in between)


def _is_a_time(text: str, language: str) -> bool:
    """Whether a part is but the period that the comparison keeps to."""
    return any(date.text == text for date in find_dates(text, language))


def _only_asks(part: Part, language: str) -> bool:
    """Whether what stands behind a colon only says what is wanted: "the difference"."""
    return stems_around("compare", language).issuperset(content_stems(part.text, language))


def _parts(message: str, language: str) -> list[Part]:
    """The parts of a message; of two that begin alike ("programme Alpha", "programme Gamma") none is cut."""
    parts = parts_of(message, language, _ranges(message, language), kind="compare")
    openings = Counter(fold(part.text.split()[0]) for part in parts)
    return [
        piece
        for part in parts
        for own in (_at_names(part, language) if openings[fold(part.text.split()[0])] == 1 else [part])
        for piece in _behind_a_name(own, language)
    ]


def _ranges(message: str, language: str) -> list[str]:
    """The periods that a message names by their ends: "between 22 and 31 January" sets no two things beside each other."""
    places = [list(found) for _, found in itertools.groupby(find_dates(message, language, None), place_of)]
    return [readings[0].text for readings in places if is_range(readings)]


def _behind_a_name(part: Part, language: str) -> list[Part]:
    """ "Llama, which is faster", "Lyon est-elle plus grande": what is asked of a name is cut off from it."""
    found = words(part.text, language)
    content = [place for place, word in enumerate(found) if not word.is_stop]
    for before, after in itertools.pairwise(content):
        between = {fold(word.text) for word in found[before + 1 : after]}
        if between and between.isdisjoint(_genitives(language)):
            break
    else:
        return [part]
    if part.aspect or not _has_a_capital(found[content[0]].text[:1]) or _has_a_capital(found[after].text):
        return [part]
    end, start = part.start + found[before].end, part.start + found[after].start
    return [
        replace(part, end=end, text=part.text[: end - part.start]),
        Part(start, part.end, part.text[found[after].start :], aspect=True),
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


def _shared_head(run: Sequence[Part], message: str, language: str) -> tuple[str, list[str], list[str]]:
    """What is compared of the sides, other aspects before it, and the sides: "prix", "durée" of "bac", "piscine".

    "Durée et prix du bac et de la piscine" has it before the first side; most messages have none.
    """
    genitive = _genitives(language)

    def of(text: str) -> list[Word]:
        return [word for word in words(text, language) if fold(word.text) in genitive]

    for place in range(len(run) - 2, -1, -1):
        part, following = run[place], run[place + 1]
        inside = of(part.text)
        before = words(message[: following.start], language)[-1:]
        counted = any(small_numbers(language).get(fold(word.text)) == 1 for word in before)
        if not inside or of(following.text) or counted:  # "et un lac" is a thing of its own
            continue
        content = [word for word in words(part.text, language) if not word.is_stop]
        head = [word for word in content if word.end <= inside[-1].start]
        own = [word for word in content if word.start >= inside[-1].end]
        if head and own and not _has_a_capital(part.text[head[0].start : head[-1].end]):
            sides = [part.text[own[0].start :], *(one.text for one in run[place + 1 :])]
            return part.text[head[0].start : head[-1].end], [one.text for one in run[:place]], sides
    return "", [], [part.text for part in run]


def _genitives(language: str) -> frozenset[str]:
    return frozenset(fold(word) for word in pack(language).words["genitive"])


def _has_a_capital(text: str) -> bool:
    return any(letter.isupper() for letter in text)
