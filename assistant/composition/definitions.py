"""Questions that ask what something is, or who, and the sentences that say it: "X est un …", "X, a maker of …"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from assistant.composition.answer_type import answer_type_of
from assistant.language.folding import fold_keeping_length
from assistant.language.lexicon import any_of, words_in
from assistant.proof.places import stems_of
from assistant.reading.words import Word, words

LONGEST_TERM = 6
"""Words of what is asked about, those that carry no meaning apart."""
INSIDE, APPOSED, EXPANDED = 0.5, 0.5, 0.7
"""What a definition counts that other words precede, one without a verb ("X, a maker of …"), and the words that an
abbreviation stands for ("Certificate Transparency (CT)")."""
OTHER_WORDS = 5
"""Words of what an abbreviation is short for that give it no letter."""
_ASIDE = r"(?:\s?\([^()]{1,80}\))?"
_APPOSED = re.compile(_ASIDE + r"\s?[,:–—]\s")


@cache
def _asking(language: str) -> re.Pattern[str]:
    return re.compile(rf"\b{any_of(words_in(language, 'asked', 'what_is'))}")


@cache
def _defining(language: str) -> re.Pattern[str]:
    return re.compile(rf"{_ASIDE}[,\s]{{1,2}}{any_of(words_in(language, 'asked', 'defining'))}")


@lru_cache(maxsize=1024)
def defined_term(question: str, language: str) -> str | None:
    """What a question asks to be told the nature of; None where it asks for anything else."""
    folded = fold_keeping_length(question)
    asks = _asking(language).search(folded)
    if asks is None or answer_type_of(question, language).kind in ("date", "number"):
        return None
    before = [word for word in words(question[: asks.start()], language) if not word.is_stop]
    term = question[asks.end() :].strip(" ?.!\u00a0\u202f")
    carrying = [word for word in words(term, language) if not word.is_stop]
    return term if carrying and not before and len(carrying) <= LONGEST_TERM else None


def defines(text: str, language: str, term: str) -> float:
    """How far a sentence says what `term` is: 1 where it begins with the term and "is a" follows, 0 where it does not say it."""
    asked = stems_of(term, language)
    found = words(text, language)
    folded = fold_keeping_length(text)
    best = 0.0
    for place, word in enumerate(found):
        end = _end_of_term(found[place:], asked) if word.stem in asked else None
        if end is not None and _expands(folded, word.start, end):
            best = max(best, 1.0 if _said(folded[end + 1 :], language) == 1.0 else EXPANDED)
        elif end is not None:
            opens = all(one.is_stop for one in found[:place])
            best = max(best, _said(folded[end:], language) * (1.0 if opens else INSIDE))
    return best


def _end_of_term(found: Sequence[Word], asked: frozenset[str]) -> int | None:
    """Where a run of words that has the whole term, and nothing else that carries meaning, ends."""
    missing = set(asked)
    for word in found:
        if word.stem in missing:
            missing.remove(word.stem)
            if not missing:
                return word.end
        elif not word.is_stop:
            return None
    return None


def _expands(folded: str, start: int, end: int) -> bool:
    """Whether an abbreviation stands in brackets behind the words that it is short for.

    As Schwartz and Hearst find them (2003): its letters come in order, the first one begins a word.
    """
    if folded[start - 1 : start] != "(" or folded[end : end + 1] != ")":
        return False
    first, *others = [re.escape(sign) for sign in folded[start:end] if sign.isalnum()]
    before = " ".join(folded[: start - 1].split()[-(len(others) + 1 + OTHER_WORDS) :])
    return bool(others) and re.search(rf"\b{first}[^.()]*?" + "[^.()]*?".join(others), before) is not None


def _said(rest: str, language: str) -> float:
    if _defining(language).match(rest):
        return 1.0
    return APPOSED if _APPOSED.match(rest) else 0.0
