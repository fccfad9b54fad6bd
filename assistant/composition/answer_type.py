"""What kind of value a question asks for: a date, a number (of what), a name, or none that can be told."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from assistant.language.asking import asking
from assistant.language.folding import fold, fold_keeping_length
from assistant.language.lexicon import words_in
from assistant.reading.words import words

Kind = Literal["date", "number", "name"]

KINDS: dict[Kind, str] = {"date": "when", "number": "how_many", "name": "who"}
"""The list of the language pack whose expressions ask for a value of each kind."""


@dataclass(frozen=True, slots=True)
class AnswerType:
    """The kind of value asked for (None: cannot be told), and the stem of what is counted."""

    kind: Kind | None
    counted: str | None = None


@lru_cache(maxsize=1024)
def asks_why(question: str, language: str) -> bool:
    """Whether `question` asks for a reason or a way, which take more than one sentence."""
    return bool(asking(language, "why").search(fold(question)))


@lru_cache(maxsize=1024)
def answer_type_of(question: str, language: str) -> AnswerType:
    """What `question` asks for, by its interrogative words."""
    folded = fold(question)
    first = [
        (match.start(), kind)
        for kind, key in KINDS.items()
        if (match := asking(language, key).search(folded))
    ]
    asks = asking(language, "asking").search(folded)
    # "What happened when …", "qu'est-ce qui …" ask for something else
    if not first or (asks is not None and asks.end() <= min(first)[0]):
        return AnswerType(None)
    _, kind = min(first)
    return AnswerType(kind, _counted(question, language) if kind == "number" else None)


@cache
def _joint(language: str) -> re.Pattern[str]:
    joins, asking = ("|".join(words_in(language, "asked", key)) for key in ("and_asks", "asking"))
    return re.compile(rf"(?:{joins})(?=(?:{asking}))")


@lru_cache(maxsize=1024)
def questions_in(question: str, language: str) -> tuple[str, ...]:
    """The questions that one sentence joins: "Who leads X, and when was it founded?"; itself where it is one.

    Each must have a word of its own: "When and where was it founded?" is one question.
    """
    folded = fold_keeping_length(question)
    if not folded.rstrip(' »"”').endswith("?"):
        return (question,)
    parts, begun = [], 0
    for joint in _joint(language).finditer(folded):
        head, tail = question[begun : joint.start()], question[joint.end() :]
        if _asks_by_itself(head, language) and _asks_by_itself(tail, language):
            parts.append(f"{head.strip()} ?" if " ?" in question else f"{head.strip()}?")
            begun = joint.end()
    return (*parts, question[begun:].strip())


def _asks_by_itself(part: str, language: str) -> bool:
    told = any(not word.is_stop for word in words(part, language))
    return told and bool(asking(language, "asking").search(fold(part)))


def _counted(question: str, language: str) -> str | None:
    """The first content word after "combien de" or "how many"."""
    match = asking(language, "count_of").search(fold(question))
    if match is None or len(fold(question)) != len(question):
        return None
    return next((w.stem for w in words(question[match.end() :], language) if not w.is_stop), None)
