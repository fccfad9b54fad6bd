"""Negations and opposites that stand on one side only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.language.folding import fold
from assistant.language.lexicon import words_in
from assistant.language.pack import languages, pack
from assistant.proof.analysed import Analysed, analysed, kept
from assistant.reading.words import Word, words

_REACH = 6
"""Words between "ne" and its second half."""
_BORDER = re.compile(r"[.;:!?…«»“”()]|,\s")


@dataclass(frozen=True, slots=True)
class Negation:
    """A negation and the words it bears on, nearest first."""

    start: int
    end: int
    scope: tuple[str, ...]


@kept
def find_negations(text: Analysed) -> tuple[Negation, ...]:
    """Negations of a text, in order."""
    return tuple(_negations(text))


def _negations(analysis: Analysed) -> Iterator[Negation]:
    text, found, folded = analysis.text, analysis.words, analysis.folded_words
    language = analysis.language
    own, taken = pack(language).negation, set()
    endings = tuple(own["endings"])
    for index, word in enumerate(folded):
        second = _second_half(folded, index, own["closes"]) if word in own["opens"] else None
        if second is not None:
            taken.add(second)
            verb = tuple(found[i].stem for i in range(index + 1, second) if _content(found[i]))
            if not _merely(folded, second, language):
                scope = (*verb, *_after(text, found, second, 2))
                yield Negation(found[index].start, found[second].end, scope)
        elif index not in taken and (word in own["alone"] or (endings and word.endswith(endings))):
            follows = text[found[index].end : found[index].end + 1]
            if _merely(folded, index, language) or (word in own["numbered"] and follows == "."):
                continue
            scope = _after(text, found, index, 2)
            # "non-alignement", "mais non," deny nothing that the sentence says
            if word not in own["prefixes"] or (scope and follows not in "-‑"):
                yield Negation(found[index].start, found[index].end, scope)


def _second_half(folded: Sequence[str], index: int, closes: Sequence[str]) -> int | None:
    for position in range(index + 1, min(index + 1 + _REACH, len(folded))):
        if folded[position] in closes:
            return position
    return None


def _merely(folded: Sequence[str], index: int, language: str) -> bool:
    """ "not only", "pas seulement", "no doubt": no negation of what follows."""
    return index + 1 < len(folded) and folded[index + 1] in words_in(language, "negation", "merely")


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


def reversals(claim: Analysed, source: Analysed) -> list[Reversal]:
    """Where a claim says the contrary of one sentence of a source, both in one language."""
    claimed, given = find_negations(claim), find_negations(source)
    if len(claimed) == len(given):
        claimed = given = ()
    found = [
        Reversal(claim.text[n.start : n.end], added=True)
        for n in _unmatched(claimed, (*given, *denials(source)))
        if _bears_on(n, source.all_stems)
    ]
    found += [
        Reversal(source.text[n.start : n.end], added=False)
        for n in _unmatched(given, (*claimed, *denials(claim)))
        if _bears_on(n, claim.all_stems)
    ]
    found += withheld(claim, source)
    contrary = opposites(claim, source)
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


def _bears_on(negation: Negation, stems: frozenset[str]) -> bool:
    """Whether the other side speaks of what is negated here."""
    return not negation.scope or any(stem in stems for stem in negation.scope[:2])


@cache
def _opposite_stems(language: str) -> dict[str, frozenset[str]]:
    opposites: dict[str, set[str]] = {}
    antonyms = pack(language).negation["antonyms"] if language in languages() else ()
    for left, right in antonyms:
        sides = [{word.stem for word in words(" ".join(side), language)} for side in (left, right)]
        for side, other in (sides, sides[::-1]):
            for stem in side:
                opposites.setdefault(stem, set()).update(other)
    return {stem: frozenset(others) for stem, others in opposites.items()}


@cache
def _denying(language: str) -> re.Pattern[str]:
    """Verbs that deny the verb after them: "refused to sign"."""
    return re.compile(pack(language).negation["denying"] if language in languages() else "(?!)")


@kept
def denials(text: Analysed) -> tuple[Negation, ...]:
    """Verbs by which someone refused, failed or was forbidden to do something, and what that is."""
    found = text.words
    starts = {word.start: index for index, word in enumerate(found)}
    return tuple(
        Negation(match.start(), match.end(), _after(text.text, found, starts[match.start()], 2))
        for match in _denying(text.language).finditer(text.folded)
        if match.start() in starts
    )


def withheld(claim: Analysed, source: Analysed) -> list[Reversal]:
    """What only one side says that someone refused, failed or was forbidden to do."""
    return [
        *(Reversal(word, added=True) for word in _denied(claim, source)),
        *(Reversal(word, added=False) for word in _denied(source, claim)),
    ]


def _denied(text: Analysed, other: Analysed) -> list[str]:
    """The denying verbs of a text whose verb and object the other text has with no denial at all."""
    if not denials(text) or find_negations(other) or denials(other):
        return []
    written = {denial: text.text[denial.start : denial.end] for denial in denials(text)}
    return [
        verb
        for denial, verb in written.items()
        if denial.scope
        and other.stems.issuperset(denial.scope)
        and not any(stem.startswith(fold(verb)[:5]) for stem in other.stems)
    ]


@cache
def _phrases(language: str, key: str) -> re.Pattern[str]:
    """A list of phrases, with either apostrophe."""
    written = "|".join(re.escape(words).replace("'", "['’]") for words in words_in(language, "negation", key))
    return re.compile(rf"\b(?:{written})\b", re.IGNORECASE)


@kept
def _with_opposites(text: Analysed) -> dict[str, str]:
    """The words of a text by their stems; of "at least" no word is the opposite of anything, numbers are checked apart."""
    bare = _phrases(text.language, "no_opposite").sub(" ", text.text)
    return {word.stem: word.text for word in analysed(bare, text.language).words}


def opposites(claim: Analysed, source: Analysed) -> list[str]:
    """Words of the claim for which the source has the opposite and not the word."""
    claimed, given = _with_opposites(claim), _with_opposites(source).keys()
    table = _opposite_stems(claim.language)
    return [
        text
        for stem, text in claimed.items()
        if stem not in given
        and (others := table.get(stem, frozenset()) & given)
        and not others & claimed.keys()
    ]


def generalised(claim: Analysed, source: Analysed) -> str | None:
    """The "all" of a claim where its source says "some" of the same thing."""
    language = claim.language
    every, some = (_phrases(language, key) for key in ("every", "some"))
    if language not in languages() or every.search(source.text):
        return None
    for ours in every.finditer(claim.text):
        thing = _thing_after(ours, claim)
        if any(thing == _thing_after(theirs, source) for theirs in some.finditer(source.text)):
            return ours[0]
    return None


def _thing_after(match: re.Match[str], text: Analysed) -> str | None:
    """The stem of the next word that carries meaning."""
    return next((word.stem for word in text.content if word.start >= match.end()), None)
