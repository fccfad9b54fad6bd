"""Sources that contradict each other: another number, another date or a negation for the same thing.

Agreeing paraphrases, other notations and coarser dates are no contradiction. Neither are two pieces of news, each of
the day of its own article, a plan that a newer article shows carried out or moved, nor a count that has grown:
those are matters of time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from assistant.answering.asked import Asked, asked_for
from assistant.answering.checks.examine import Values, values_of
from assistant.answering.disagreement import Difference, aligned, answers, is_time
from assistant.answering.statements import (
    ANSWERS,
    Statement,
    Subject,
    is_asked_for,
    plain_text,
    same_subject,
    says_the_same_thing,
    statements,
)
from assistant.answering.translation import Comparison
from assistant.answering.windows import all_sentences
from assistant.types import Hit, Query, Quote

if TYPE_CHECKING:
    from assistant.types import Vector

TRANSLATED_FROM = 0.075
"""By how much a sentence must be nearer in meaning to one in another language than the other sentences are."""
MOST_COMPARED = 6
"""Pairs in two languages that are compared by meaning for one subject; each may cost an embedding or two."""
BACKGROUND = 8
"""Sentences of the hits that tell what is usual."""


@dataclass(frozen=True, slots=True)
class FoundConflict:
    """Sources that disagree, with the words of each side; the newest article's last, an undated one first."""

    about: str
    sides: tuple[tuple[str, Quote], ...]

    def dated(self, hits: Sequence[Hit]) -> Iterator[tuple[str, Quote, bool]]:
        """The sides, each with whether its source is newer than every other one's."""
        days = [hits[quote.hit].published for _, quote in self.sides]
        latest = max((day for day in days if day is not None), default=None)
        for (value, quote), day in zip(self.sides, days, strict=True):
            yield value, quote, day is not None and day == latest and len(set(days)) > 1


class ConflictFinder:
    """Finds what sources disagree on; with an embedder's `similarity` also across languages."""

    def __init__(self, similarity: Callable[[Sequence[str]], Vector] | None = None) -> None:
        self._comparison = Comparison(similarity) if similarity is not None else None

    def __call__(self, query: Query, hits: Sequence[Hit], language: str) -> list[FoundConflict]:
        """What the hits of a question contradict each other on, as far as it was asked; at most one."""
        known = values_of(query.search_text, query.language, query.as_of)
        asked = asked_for(query.search_text, query.language)
        return self._found(Subject(query.search_text, query.language, asked, known), hits)

    def of_sentence(self, sentence: str, language: str, hits: Sequence[Hit]) -> list[FoundConflict]:
        """What the hits contradict each other on, of what a sentence of somebody's text says."""
        return self._found(Subject(sentence, language, Asked(None), Values((), (), ()), True), hits)

    def _found(self, subject: Subject, hits: Sequence[Hit]) -> list[FoundConflict]:
        pairs = sorted(
            combinations(statements(subject, hits), 2),
            key=lambda pair: -pair[0].relevance - pair[1].relevance,
        )
        unsure = []
        for left, right in pairs:
            found = _difference(left, right, subject)
            if found is None:
                continue
            if left.language == right.language:
                return [_conflict(subject, left, right, found)]
            if is_asked_for(left, right, subject):
                unsure.append((left, right, found))
        for left, right, found in unsure[:MOST_COMPARED]:
            if self._means_the_same(left, right, hits):
                return [_conflict(subject, left, right, found)]
        return []

    def _means_the_same(self, left: Statement, right: Statement, hits: Sequence[Hit]) -> bool:
        """Whether sentences in two languages say the same, but for their values."""
        if self._comparison is None:
            return False
        usual = {
            side.language: [
                plain_text(s.text, s.language)
                for s in all_sentences(hits)
                if s.language == side.language and s.text != side.text and not s.text.startswith("#")
            ]
            for side in (left, right)
        }
        # the side whose language has more sentences to compare with
        claim, other = (
            (left, right) if len(usual[right.language]) >= len(usual[left.language]) else (right, left)
        )
        texts = usual[other.language]
        chosen = texts[:: max(1, len(texts) // BACKGROUND)][:BACKGROUND]
        return self._comparison.margin(claim.plain, [other.plain, *chosen]) >= TRANSLATED_FROM


def _difference(left: Statement, right: Statement, subject: Subject) -> Difference | None:
    if left.sentence.article == right.sentence.article or not same_subject(left, right, subject):
        return None
    found = None
    if says_the_same_thing(left, right):
        found = aligned(left, right, subject.asked)
    elif left.language != right.language or _answer_wholly(left, right, subject):
        found = answers(left, right, subject)
    return None if found is None or is_time(found, left, right) else found


def _answer_wholly(left: Statement, right: Statement, subject: Subject) -> bool:
    """Whether both have every word of the question: the nearness of other words (asked, replied) tells nothing."""
    return left.language == subject.language and all(
        side.relevance >= ANSWERS and not side.lacking for side in (left, right)
    )


def _conflict(subject: Subject, left: Statement, right: Statement, found: Difference) -> FoundConflict:
    sides = sorted(
        ((found.left, left), (found.right, right)), key=lambda side: side[1].sentence.published or date.min
    )
    return FoundConflict(subject.text, tuple((value, _quote(statement)) for value, statement in sides))


def _quote(statement: Statement) -> Quote:
    s = statement.sentence
    return Quote(s.article, s.start, s.end, s.text, s.hit, round(statement.relevance, 4))
