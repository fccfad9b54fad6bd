"""Two names that stand in each other's place: "OpenAI invested in Microsoft" where the source has the reverse.

Every word of the claim is in the source, and it is wrong all the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from typing import NamedTuple

from assistant.language.lexicon import one_of, words_anywhere, words_in
from assistant.language.pack import languages
from assistant.proof.analysed import Analysed, kept
from assistant.proof.proper_names import Name
from assistant.reading.words import content_stems


@cache
def _listed(language: str, key: str) -> frozenset[str]:
    return frozenset(words_in(language, "roles", key))


class Beside(NamedTuple):
    """Stems of the words before and after a name, "" at the ends."""

    before: str
    after: str


def exchanged_names(claim: Analysed, source: Analysed) -> tuple[Name, Name] | None:
    """Two names of the claim that its source has in each other's place: the words beside them say so.

    Not where only names and small words stand between them: the order of a list says nothing.
    """
    language = claim.language
    places = {name.tokens: name for name in reversed(source.names)}
    for first, second in combinations(claim.names, 2):
        one, other = places.get(first.tokens), places.get(second.tokens)
        if other is None or not _said_between(claim, first, second):
            continue
        here = [_beside(name, claim) for name in (first, second)]
        there = [_beside(name, source) if name else Beside("", "") for name in (other, one)]
        if here[1][0] in words_anywhere("roles", "together"):
            continue
        if _does(here, there, language) or (
            one is not None and other.start < one.start and _exchanged(here, there)
        ):
            return first, second
    return None


_CLAUSE = re.compile(r"[,;:.!?—()«»“”\"]")
_REACH = 8
"""Words after a verb within which "by" makes it passive."""


def exchanged_sides(claim: Analysed, source: Analysed) -> tuple[str, str] | None:
    """A subject and an object that the source has in each other's place: "the strike caused the rise" for the reverse.

    Every word that both texts have before a verb of the claim stands after it in the source, and the reverse; both
    verbs are active, or both passive, and nothing but a subject can stand before them.
    """
    if claim.language not in languages() or _mutual(claim.language) & claim.stems:
        return None
    around = _around_pivot(claim, source)
    if around is not None:
        return around
    shared = claim.stems & source.stems
    for stem in shared:
        here, there = _sides(claim, stem, shared), _sides(source, stem, shared)
        if here is None or there is None or here.passive != there.passive:
            continue
        if here.before and here.after and here.before == there.after and here.after == there.before:
            return here.subject, here.object
    return None


_NEAR = 4
"""Words on either side of such a preposition that may be its two things."""


def _around_pivot(claim: Analysed, source: Analysed) -> tuple[str, str] | None:
    """The two things of "A's complaint against B" where the source has B's against A."""
    for pivot in _listed(claim.language, "pivots").intersection(claim.folded_words):
        sides = []
        for text in (claim, source):
            found = text.words
            places = [index for index, folded in enumerate(text.folded_words) if folded == pivot]
            if len(places) != 1:
                break
            near = found[max(0, places[0] - _NEAR) : places[0]], found[places[0] + 1 : places[0] + 1 + _NEAR]
            sides.append([{word.stem: word.text for word in side if not word.is_stop} for side in near])
        if len(sides) == 2:
            (left, right), (given_left, given_right) = sides
            first, second = left.keys() & given_right.keys(), right.keys() & given_left.keys()
            if first and second and not right.keys() & given_right.keys():
                return " ".join(left[stem] for stem in left if stem in first), " ".join(
                    right[stem] for stem in right if stem in second
                )
    return None


class Sides(NamedTuple):
    """The words around a verb that the other text has too."""

    before: frozenset[str]
    after: frozenset[str]
    passive: bool
    subject: str
    object: str


class _Clause(NamedTuple):
    """What stands in a clause before and after a verb, as places of words, and whether the verb is passive."""

    before: range
    after: range
    passive: bool


@kept
def _clauses(text: Analysed) -> dict[str, _Clause]:
    """For each stem the clause around it; not for one that stands twice, or that can be no verb after a subject."""
    counts = Counter(word.stem for word in text.content)
    marks = [match.start() for match in _CLAUSE.finditer(text.text)]
    once = [
        place
        for place, word in enumerate(text.words)
        if place and not word.is_stop and counts[word.stem] == 1
    ]
    clauses = ((text.words[place].stem, _clause(text, place, marks)) for place in once)
    return {stem: clause for stem, clause in clauses if clause is not None}


def _clause(text: Analysed, place: int, marks: Sequence[int]) -> _Clause | None:
    words, folded, language = text.words, text.folded_words, text.language
    begin = max((mark for mark in marks if mark < words[place].start), default=-1)
    end = min((mark for mark in marks if mark >= words[place].end), default=len(text.text))
    first = next(index for index in range(place + 1) if words[index].start > begin)
    behind = next((index for index in range(place + 1, len(words)) if words[index].end > end), len(words))
    nouns = _listed(language, "before_noun") - _listed(language, "before_verb")
    if first == place or folded[first] in _listed(language, "no_subject") or folded[place - 1] in nouns:
        return None
    following = folded[place + 1 : min(behind, place + 1 + _REACH)]
    passive = folded[place - 1] in _listed(language, "being")
    passive = passive or not _listed(language, "agent").isdisjoint(following)
    return _Clause(range(first, place), range(place + 1, behind), passive)


def _sides(text: Analysed, verb: str, shared: frozenset[str]) -> Sides | None:
    """The sides of the one word of that stem, None where it has no clause or nothing shared on a side."""
    clause = _clauses(text).get(verb)
    if clause is None:
        return None
    left, right = (
        [word for word in map(text.words.__getitem__, side) if word.stem in shared and not word.is_stop]
        for side in (clause.before, clause.after)
    )
    if not left or not right:
        return None
    return Sides(
        frozenset(word.stem for word in left),
        frozenset(word.stem for word in right),
        clause.passive,
        " ".join(word.text for word in left),
        " ".join(word.text for word in right),
    )


def in_another_order(claim: Analysed, source: Analysed) -> bool:
    """Whether two names of a claim stand the other way round in a source of another language, in the same voice."""
    places = {name.tokens: name for name in reversed(source.names)}
    shared = list({name.tokens: name for name in claim.names if name.tokens in places}.values())[:2]
    if len(shared) < 2:
        return False
    one, other = (places[name.tokens] for name in shared)
    return other.start < one.start and _is_agent(claim.text, shared[1]) == _is_agent(source.text, one)


def _is_agent(text: str, name: Name) -> bool:
    """Whether "by" stands before a name, with nothing but small words between."""
    return bool(_agent_before().search(text[: name.start]))


@cache
def _agent_before() -> re.Pattern[str]:
    agents = one_of(words_anywhere("roles", "agent"))
    return re.compile(rf"\b{agents}\s(?:\w{{1,4}}\s|l['’])?$")


def _does(here: Sequence[Beside], there: Sequence[Beside], language: str) -> bool:
    """Whether the first name has the verb that the second one has in the source, where it is not done by the first."""
    verb = here[0].after
    if there[1].before in _listed(language, "agent"):  # "OpenAI, founded by …"
        return False
    return verb == there[0].after != there[1].after and verb in content_stems(verb, language)


def _exchanged(here: Sequence[Beside], there: Sequence[Beside]) -> bool:
    """Whether each name has beside it what the other one has in the source, rather than what it has there itself."""
    exchanged = [_equal(*pair) for pair in zip(here, there, strict=True)]
    kept = [_equal(*pair) for pair in zip(here, reversed(there), strict=True)]
    return all(exchanged) and sum(exchanged) > max(1, sum(kept))


def _equal(ours: Beside, theirs: Beside) -> int:
    """On how many sides the same word stands."""
    return sum(bool(one) and one == other for one, other in zip(ours, theirs, strict=True))


def _beside(name: Name, text: Analysed) -> Beside:
    """Of "has invested" the second word."""
    perfect = _listed(text.language, "perfect")
    before = [word.stem for word in text.words if word.end <= name.start][-1:]
    after = [
        word.stem if word.text.lower() not in perfect else word.text.lower()
        for word in text.words
        if word.start >= name.end
    ][:3]
    if len(after) > 1 and after[0] in perfect and after[1] not in _listed(text.language, "passive"):
        after = after[1:]
    return Beside("".join(before), "".join(after[:1]))


def _said_between(claim: Analysed, first: Name, second: Name) -> bool:
    """Whether words that say something stand between two names, and none that says the same both ways."""
    said = {
        word.stem
        for word in claim.content
        if first.end <= word.start and word.end <= second.start
        if not any(name.start < word.end and word.start < name.end for name in claim.names)
    }
    return bool(said) and not said & _mutual(claim.language)


@cache
def _mutual(language: str) -> frozenset[str]:
    return frozenset(content_stems(" ".join(words_in(language, "roles", "mutual")), language))
