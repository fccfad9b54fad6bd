"""Two names that stand in each other's place: "OpenAI invested in Microsoft" where the source has the reverse.

Every word of the claim is in the source, and it is wrong all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import combinations
from typing import NamedTuple

from assistant.answering.checks import listed
from assistant.answering.checks.names import Name
from assistant.answering.checks.numbers import without
from assistant.reading.words import Word, content_stems, words

_MUTUAL = listed("""
    rencontrer rencontre ressembler fusionner fusion collaborer collaboration coopérer coopération discuter dialoguer
    négocier négociation rivaliser concurrent partenaire partenariat voisin épouser mariage allier alliance accord contrat
    pacte traité conclure frontière duel match comparer comparable égal associer lien
    meet met meeting resemble merge merger collaborate collaboration cooperate cooperation discuss negotiate negotiation
    talks rival compete partner partnership neighbour neighbor married marry marriage ally alliance agreement deal
    contract pact treaty border duel match compare equal join link
""")
"""Words that say the same both ways."""


_PERFECT = frozenset(listed("a ont avait avaient aura auront has have had"))
_PASSIVE = frozenset(listed("été be been"))
_TOGETHER = frozenset(("avec", "with"))
_AGENT = frozenset(("par", "by"))


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
        if here[1][0] in _TOGETHER:
            continue
        if _does(here, there, language) or (
            one is not None and other.start < one.start and _exchanged(here, there)
        ):
            return first, second
    return None


def _does(here: Sequence[Beside], there: Sequence[Beside], language: str) -> bool:
    """Whether the first name has the verb that the second one has in the source, where it is not done by the first."""
    verb = here[0].after
    if there[1].before in _AGENT:  # "OpenAI, founded by …"
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
    before = [word.stem for word in _words(text[: name.start], language)][-1:]
    after = [
        word.stem if word.text.lower() not in _PERFECT else word.text.lower()
        for word in _words(text[name.end :], language)[:3]
    ]
    if len(after) > 1 and after[0] in _PERFECT and after[1] not in _PASSIVE:
        after = after[1:]
    return Beside("".join(before), "".join(after[:1]))


def _said_between(claim: str, first: Name, second: Name, names: Sequence[Name], language: str) -> bool:
    """Whether words that say something stand between two names, and none that says the same both ways."""
    bare = without(claim, [(name.start, name.end) for name in names]).replace("\x00", " ")
    said = set(content_stems(bare[first.end : second.start], language))
    return bool(said) and not said & _mutual(language)


@lru_cache(maxsize=4096)
def _words(text: str, language: str) -> tuple[Word, ...]:
    return tuple(words(text, language))


@cache
def _mutual(language: str) -> frozenset[str]:
    return frozenset(content_stems(" ".join(_MUTUAL), language))
