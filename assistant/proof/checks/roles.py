"""Two names that stand in each other's place: "OpenAI invested in Microsoft" where the source has the reverse.

Every word of the claim is in the source, and it is wrong all the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import combinations
from typing import NamedTuple

from assistant.language.folding import fold
from assistant.language.lexicon import one_of, words_anywhere, words_in
from assistant.language.pack import languages
from assistant.language.spans import without
from assistant.proof.checks.names import Name
from assistant.proof.checks.substitution import analysed
from assistant.reading.words import Word, content_stems


@cache
def _listed(language: str, key: str) -> frozenset[str]:
    return frozenset(words_in(language, "roles", key))


class Beside(NamedTuple):
    """Stems of the words before and after a name, "" at the ends."""

    before: str
    after: str


def exchanged_names(
    claim: str, source: str, ours: Sequence[Name], theirs: Sequence[Name], language: str
) -> tuple[Name, Name] | None:
    """Two names of the claim that its source has in each other's place: the words beside them say so.

    Not where only names and small words stand between them: the order of a list says nothing.
    """
    places = {name.tokens: name for name in reversed(theirs)}
    for first, second in combinations(ours, 2):
        one, other = places.get(first.tokens), places.get(second.tokens)
        if other is None or not _said_between(claim, first, second, ours, language):
            continue
        here = [_beside(name, claim, language) for name in (first, second)]
        there = [_beside(name, source, language) if name else Beside("", "") for name in (other, one)]
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


def exchanged_sides(claim: str, source: str, language: str) -> tuple[str, str] | None:
    """A subject and an object that the source has in each other's place: "the strike caused the rise" for the reverse.

    Every word that both texts have before a verb of the claim stands after it in the source, and the reverse; both
    verbs are active, or both passive, and nothing but a subject can stand before them.
    """
    if language not in languages() or _mutual(language) & set(content_stems(claim, language)):
        return None
    ours, theirs = analysed(claim, language), analysed(source, language)
    around = _around_pivot(ours, theirs, language)
    if around is not None:
        return around
    shared = {word.stem for word in ours if not word.is_stop} & {
        word.stem for word in theirs if not word.is_stop
    }
    for stem in shared:
        here = _sides(claim, ours, stem, shared, language)
        there = _sides(source, theirs, stem, shared, language)
        if here is None or there is None or here.passive != there.passive:
            continue
        if here.before and here.after and here.before == there.after and here.after == there.before:
            return here.subject, here.object
    return None


_NEAR = 4
"""Words on either side of such a preposition that may be its two things."""


def _around_pivot(ours: Sequence[Word], theirs: Sequence[Word], language: str) -> tuple[str, str] | None:
    """The two things of "A's complaint against B" where the source has B's against A."""
    for pivot in {fold(word.text) for word in ours} & _listed(language, "pivots"):
        sides = []
        for found in (ours, theirs):
            places = [index for index, word in enumerate(found) if fold(word.text) == pivot]
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


def _sides(text: str, found: Sequence[Word], verb: str, shared: set[str], language: str) -> Sides | None:
    """The sides of the one word of that stem, None where it stands twice or can be no verb after a subject."""
    places = [index for index, word in enumerate(found) if word.stem == verb and not word.is_stop]
    if len(places) != 1 or not places[0]:
        return None
    place = places[0]
    marks = [match.start() for match in _CLAUSE.finditer(text)]
    begin = max((mark for mark in marks if mark < found[place].start), default=-1)
    end = min((mark for mark in marks if mark >= found[place].end), default=len(text))
    before = [word for word in found[:place] if word.start > begin]
    after = [word for word in found[place + 1 :] if word.end <= end]
    nouns = _listed(language, "before_noun") - _listed(language, "before_verb")
    if (
        not before
        or fold(before[0].text) in _listed(language, "no_subject")
        or fold(before[-1].text) in nouns
    ):
        return None
    following = {fold(word.text) for word in after[:_REACH]}
    passive = fold(before[-1].text) in _listed(language, "being") or bool(
        following & _listed(language, "agent")
    )
    left, right = (
        [word for word in side if word.stem in shared and not word.is_stop] for side in (before, after)
    )
    if not left or not right:
        return None
    return Sides(
        frozenset(word.stem for word in left),
        frozenset(word.stem for word in right),
        passive,
        " ".join(word.text for word in left),
        " ".join(word.text for word in right),
    )


def in_another_order(claim: str, ours: Sequence[Name], source: str, theirs: Sequence[Name]) -> bool:
    """Whether two names of a claim stand the other way round in a source of another language, in the same voice."""
    places = {name.tokens: name for name in reversed(theirs)}
    shared = list({name.tokens: name for name in ours if name.tokens in places}.values())[:2]
    if len(shared) < 2:
        return False
    one, other = (places[name.tokens] for name in shared)
    return other.start < one.start and _is_agent(claim, shared[1]) == _is_agent(source, one)


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


def _beside(name: Name, text: str, language: str) -> Beside:
    """Of "has invested" the second word."""
    perfect = _listed(language, "perfect")
    before = [word.stem for word in analysed(text[: name.start], language)][-1:]
    after = [
        word.stem if word.text.lower() not in perfect else word.text.lower()
        for word in analysed(text[name.end :], language)[:3]
    ]
    if len(after) > 1 and after[0] in perfect and after[1] not in _listed(language, "passive"):
        after = after[1:]
    return Beside("".join(before), "".join(after[:1]))


def _said_between(claim: str, first: Name, second: Name, names: Sequence[Name], language: str) -> bool:
    """Whether words that say something stand between two names, and none that says the same both ways."""
    bare = without(claim, [(name.start, name.end) for name in names]).replace("\x00", " ")
    said = set(content_stems(bare[first.end : second.start], language))
    return bool(said) and not said & _mutual(language)


@cache
def _mutual(language: str) -> frozenset[str]:
    return frozenset(content_stems(" ".join(words_in(language, "roles", "mutual")), language))
