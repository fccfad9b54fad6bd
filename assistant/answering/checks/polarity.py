"""Negations and opposites that stand on one side only."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from assistant.answering.checks import listed
from assistant.reading.words import Word, fold, words

_FRENCH_SECOND = frozenset(
    ["pas", "plus", "jamais", "rien", "aucun", "aucune", "personne", "guere", "nullement", "point", "ni"]
)
_FRENCH_ALONE = frozenset(["pas", "jamais", "aucun", "aucune", "sans", "non", "ni"])
_ENGLISH = frozenset(
    listed("""
        not never no none nor neither cannot without nobody nothing hardly barely cant dont
    """)
)
_MERELY = frozenset(["seulement", "uniquement", "only", "just", "merely", "simply", "solely"])
_FILLERS = frozenset(["doubt", "matter", "wonder", "longer", "one", "doute", "moins"])
_REACH = 6
"""Words between "ne" and its second half."""
_BORDER = re.compile(r"[.;:!?…«»“”()]|,\s")


@dataclass(frozen=True, slots=True)
class Negation:
    """A negation and the words it bears on, nearest first."""

    start: int
    end: int
    scope: tuple[str, ...]


@lru_cache(maxsize=8192)
def find_negations(text: str, language: str) -> tuple[Negation, ...]:
    """Negations of a text, in order."""
    found = words(text, language)
    folded = [fold(word.text) for word in found]
    return tuple(_french(text, found, folded) if language == "fr" else _english(text, found, folded))


def _french(text: str, found: Sequence[Word], folded: Sequence[str]) -> list[Negation]:
    negations, taken = [], set()
    for index, word in enumerate(folded):
        if word in ("ne", "n"):
            second = _second_half(folded, index)
            if second is None:
                continue
            taken.add(second)
            verb = tuple(found[i].stem for i in range(index + 1, second) if _content(found[i]))
            if not _merely(folded, second):
                scope = (*verb, *_after(text, found, second, 2))
                negations.append(Negation(found[index].start, found[second].end, scope))
        elif word in _FRENCH_ALONE and index not in taken and not _merely(folded, index):
            scope = _after(text, found, index, 2)
            # "non-alignement", "mais non," deny nothing that the sentence says
            if word != "non" or (scope and text[found[index].end] not in "-‑"):
                negations.append(Negation(found[index].start, found[index].end, scope))
    return negations


def _second_half(folded: Sequence[str], index: int) -> int | None:
    for position in range(index + 1, min(index + 1 + _REACH, len(folded))):
        if folded[position] in _FRENCH_SECOND:
            return position
    return None


def _english(text: str, found: Sequence[Word], folded: Sequence[str]) -> list[Negation]:
    negations = []
    for index, word in enumerate(folded):
        negative = word in _ENGLISH or word.endswith(("n't", "n’t"))
        numbered = word == "no" and text[found[index].end : found[index].end + 1] == "."
        if not negative or numbered or _merely(folded, index):
            continue
        negations.append(Negation(found[index].start, found[index].end, _after(text, found, index, 2)))
    return negations


def _merely(folded: Sequence[str], index: int) -> bool:
    """ "not only", "pas seulement", "no doubt": no negation of what follows."""
    return index + 1 < len(folded) and folded[index + 1] in _MERELY | {"doubt", "doute"}


def _content(word: Word) -> bool:
    return not word.is_stop and word.text[0].isalnum()


def _after(text: str, found: Sequence[Word], index: int, count: int) -> tuple[str, ...]:
    """Stems of the next words that carry meaning, up to a border of the clause."""
    scope: list[str] = []
    for position in range(index + 1, min(index + 7, len(found))):
        if _BORDER.search(text[found[position - 1].end : found[position].start]):
            break
        if _content(found[position]):
            scope.append(found[position].stem)
        if len(scope) == count:
            break
    return tuple(scope)


@dataclass(frozen=True, slots=True)
class Reversal:
    """A negation or an opposite on one side only; `word` is what it bears on or its text."""

    word: str
    added: bool
    """In the claim and not in the source; False: in the source and not in the claim."""


def reversals(claim: str, source: str, language: str) -> list[Reversal]:
    """Where a claim says the contrary of one sentence of a source, both in `language`."""
    claimed, given = find_negations(claim, language), find_negations(source, language)
    if len(claimed) == len(given):
        claimed = given = ()
    claim_stems = {word.stem for word in words(claim, language)}
    source_stems = {word.stem for word in words(source, language)}
    found = [
        Reversal(claim[n.start : n.end], added=True)
        for n in _unmatched(claimed, given)
        if _bears_on(n, source_stems)
    ]
    found += [
        Reversal(source[n.start : n.end], added=False)
        for n in _unmatched(given, claimed)
        if _bears_on(n, claim_stems)
    ]
    contrary = opposites(claim, source, language)
    if found and contrary and not any(word.lower() in found[0].word.lower() for word in contrary):
        return []  # "did not accept" for "refused"
    return found + [Reversal(word, added=True) for word in contrary]


def _unmatched(negations: Sequence[Negation], others: Sequence[Negation]) -> list[Negation]:
    """Those that have no counterpart on the other side; each counterpart serves one."""
    free = list(others)
    alone = []
    for negation in negations:
        scope = set(negation.scope)
        match = next((o for o in free if not scope or not o.scope or scope & set(o.scope)), None)
        if match is None:
            alone.append(negation)
        else:
            free.remove(match)
    return alone


def _bears_on(negation: Negation, stems: set[str]) -> bool:
    """Whether the other side speaks of what is negated here."""
    return not negation.scope or any(stem in stems for stem in negation.scope[:2])


@cache
def _opposite_stems(language: str) -> dict[str, frozenset[str]]:
    table = json.loads(resources.files(__package__).joinpath("antonyms.json").read_text("utf-8"))
    opposites: dict[str, set[str]] = {}
    for left, right in table.get(language, ()):
        sides = [{word.stem for word in words(side, language)} for side in (left, right)]
        for side, other in (sides, sides[::-1]):
            for stem in side:
                opposites.setdefault(stem, set()).update(other)
    return {stem: frozenset(others) for stem, others in opposites.items()}


def opposites(claim: str, source: str, language: str) -> list[str]:
    """Words of the claim for which the source has the opposite and not the word."""
    claimed = {word.stem: word.text for word in words(claim, language)}
    given = {word.stem for word in words(source, language)}
    table = _opposite_stems(language)
    return [
        text
        for stem, text in claimed.items()
        if stem not in given
        and (others := table.get(stem, frozenset()) & given)
        and not others & claimed.keys()
    ]
