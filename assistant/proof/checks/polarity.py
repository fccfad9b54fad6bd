"""Negations and opposites that stand on one side only."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from assistant.proof.checks import listed
from assistant.proof.checks.numbers import fold_keeping_length
from assistant.reading.words import Word, content_stems, fold, words

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
        for n in _unmatched(claimed, (*given, *denials(source, language)))
        if _bears_on(n, source_stems)
    ]
    found += [
        Reversal(source[n.start : n.end], added=False)
        for n in _unmatched(given, (*claimed, *denials(claim, language)))
        if _bears_on(n, claim_stems)
    ]
    found += withheld(claim, source, language)
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


_DENYING = {
    "fr": re.compile(
        r"\b(?:refus|renonc|echou|interdi[st]|empech|evit|cess|neglig|omis|omet)\w*\b"
        r"(?=(?:\s[\w'-]+){0,4}?\s(?:de\s|d'|a\s))|\b(?:dement|ni[ae])\w*\b(?=\s(?:avoir|etre)\s)"
    ),
    "en": re.compile(
        r"\b(?:refus|declin|fail|forbid|forbad|prohibit|prevent|avoid|ceas|neglect|omit|den[iy])\w*\b"
        r"(?=(?:\s[\w'-]+){0,4}?\s(?:to|from)\s|\s\w+ing\b)"
    ),
}
"""Verbs that deny the verb after them: "refused to sign"."""


@lru_cache(maxsize=8192)
def denials(text: str, language: str) -> tuple[Negation, ...]:
    """Verbs by which someone refused, failed or was forbidden to do something, and what that is."""
    if language not in _DENYING:
        return ()
    found = words(text, language)
    starts = {word.start: index for index, word in enumerate(found)}
    return tuple(
        Negation(match.start(), match.end(), _after(text, found, starts[match.start()], 2))
        for match in _DENYING[language].finditer(fold_keeping_length(text))
        if match.start() in starts
    )


def withheld(claim: str, source: str, language: str) -> list[Reversal]:
    """What only one side says that someone refused, failed or was forbidden to do."""
    return [
        *(Reversal(word, added=True) for word in _denied(claim, source, language)),
        *(Reversal(word, added=False) for word in _denied(source, claim, language)),
    ]


def _denied(text: str, other: str, language: str) -> list[str]:
    """The denying verbs of a text whose verb and object the other text has with no denial at all."""
    if find_negations(other, language) or denials(other, language):
        return []
    stems = set(content_stems(other, language))
    return [
        text[denial.start : denial.end]
        for denial in denials(text, language)
        if denial.scope
        and stems.issuperset(denial.scope)
        and not any(stem.startswith(fold(text[denial.start : denial.end])[:5]) for stem in stems)
    ]


_NO_OPPOSITE = re.compile(
    r"\b(?:au moins|du moins|au plus|plus ou moins|at least|at most|more or less)\b", re.IGNORECASE
)
"""Phrases whose words are no opposites of what the other side says: numbers have a check of their own."""


def opposites(claim: str, source: str, language: str) -> list[str]:
    """Words of the claim for which the source has the opposite and not the word."""
    claimed = {word.stem: word.text for word in words(_NO_OPPOSITE.sub(" ", claim), language)}
    given = {word.stem for word in words(_NO_OPPOSITE.sub(" ", source), language)}
    table = _opposite_stems(language)
    return [
        text
        for stem, text in claimed.items()
        if stem not in given
        and (others := table.get(stem, frozenset()) & given)
        and not others & claimed.keys()
    ]


_ALL = {
    "fr": re.compile(r"\b(?:tous|toutes|chaque|l['’]ensemble)\b", re.IGNORECASE),
    "en": re.compile(r"\b(?:all|every|each)\b", re.IGNORECASE),
}
_SOME = {
    "fr": re.compile(
        r"\b(?:certaine?s|quelques|plusieurs|la plupart|une partie|la moitié|une minorité|une majorité)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(r"\b(?:some|several|most|many|few|half|part|a minority|a majority)\b", re.IGNORECASE),
}


def generalised(claim: str, source: str, language: str) -> str | None:
    """The "all" of a claim where its source says "some" of the same thing."""
    if language not in _ALL or _ALL[language].search(source):
        return None
    for ours in _ALL[language].finditer(claim):
        thing = content_stems(claim[ours.end() :], language)[:1]
        if any(
            thing == content_stems(source[theirs.end() :], language)[:1]
            for theirs in _SOME[language].finditer(source)
        ):
            return ours[0]
    return None
