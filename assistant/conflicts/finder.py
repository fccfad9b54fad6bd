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

from assistant.composition.answer_type import AnswerType, answer_type_of
from assistant.conflicts.article_versions import latest_version
from assistant.conflicts.disagreement import Difference, aligned, answers, is_time, other_value
from assistant.conflicts.statements import (
    ANSWERS,
    Statement,
    Subject,
    is_prose,
    may_translate,
    other_edition,
    plain_text,
    same_subject,
    says_the_same_thing,
    speaks_of_its_article,
    statement_of,
    statements,
)
from assistant.proof.across import Comparison, compared, likely_sentences
from assistant.proof.analysed import Values, analysed
from assistant.proof.places import SourceSentence
from assistant.types import Hit, Query, Quote

if TYPE_CHECKING:
    from assistant.types import Vector

TRANSLATED_FROM = 0.065
"""By how much the nearest sentence in another language must be nearer in meaning than the others are. Measured with
multilingual-e5-small on translated sentences, values left out: 95 % of them have so much, and are the nearest."""
MOST_COMPARED = 3
"""Statements whose translation is looked for; each costs some twenty embeddings the first time."""


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

    def superseded(self, quote: Quote, hits: Sequence[Hit]) -> date | None:
        """The day of the later version that replaces the source of a side; None where there is none."""
        newer = latest_version(quote.hit, hits, disagreeing=[other.hit for _, other in self.sides])
        return None if newer is None else hits[newer].published


class ConflictFinder:
    """Finds what sources disagree on; with an embedder's `similarity` also across languages."""

    def __init__(self, similarity: Callable[[Sequence[str]], Vector] | None = None) -> None:
        self._comparison = Comparison(similarity) if similarity is not None else None

    def __call__(self, query: Query, hits: Sequence[Hit], language: str) -> list[FoundConflict]:
        """What the hits of a question contradict each other on, as far as it was asked; at most one."""
        known = analysed(query.search_text, query.language).values(query.as_of)
        asked = answer_type_of(query.search_text, query.language)
        return self._found(Subject(query.search_text, query.language, asked, known), hits)

    def of_sentence(self, sentence: str, language: str, hits: Sequence[Hit]) -> list[FoundConflict]:
        """What the hits contradict each other on, of what a sentence of somebody's text says."""
        return self._found(Subject(sentence, language, AnswerType(None), Values((), (), ()), True), hits)

    def _found(self, subject: Subject, hits: Sequence[Hit]) -> list[FoundConflict]:
        found = statements(subject, hits)
        pairs = [pair for pair in combinations(found, 2) if pair[0].language == pair[1].language]
        for left, right in sorted(pairs, key=lambda pair: -pair[0].relevance - pair[1].relevance):
            if difference := _difference(left, right, subject):
                return [_conflict(subject, left, right, difference)]
        if subject.states or subject.asked.kind in ("date", "number"):
            for statement in [s for s in found if _tells(s, subject)][:MOST_COMPARED]:
                if conflict := self._translated(statement, subject, hits):
                    return [conflict]
        return []

    def _translated(
        self, statement: Statement, subject: Subject, hits: Sequence[Hit]
    ) -> FoundConflict | None:
        """The sentence in another language that says what a statement says, where it says it otherwise."""
        likely = [
            (likeness, sentence)
            for likeness, sentence in likely_sentences(statement.analysed, hits)
            if sentence.article != statement.sentence.article and is_prose(sentence)
        ]
        differing = (_other_value(statement, statement_of(sentence), subject) for _, sentence in likely)
        first = next(filter(None, differing), None)
        if first is None:
            return None  # no need to compare meanings
        told = next((part for part in statement.text.split(";") if first.left in part), statement.text)
        plain = plain_text(told, statement.language)
        margin, nearest = compared(plain, likely, self._comparison, _plain)[0]
        other = statement_of(nearest)
        found = _other_value(statement, other, subject)
        if found is None or margin is None or margin < TRANSLATED_FROM:
            return None
        return _conflict(subject, statement, other, found)


def _difference(left: Statement, right: Statement, subject: Subject) -> Difference | None:
    """What two statements in one language say differently of one thing."""
    if left.sentence.article == right.sentence.article or not same_subject(left, right, subject):
        return None
    if other_edition(left, right) or (speaks_of_its_article(left) and speaks_of_its_article(right)):
        return None
    found = None
    if says_the_same_thing(left, right):
        found = aligned(left, right, subject.asked)
    elif _answer_wholly(left, right, subject):
        found = answers(left, right, subject)
    return None if found is None or is_time(found, left, right) else found


def _answer_wholly(left: Statement, right: Statement, subject: Subject) -> bool:
    """Whether both have every word of the question: the nearness of other words (asked, replied) tells nothing."""
    return left.language == subject.language and all(
        side.relevance >= ANSWERS and not side.lacking for side in (left, right)
    )


def _tells(statement: Statement, subject: Subject) -> bool:
    """Whether it has most of the subject, in its language, and a value that another could contradict."""
    return (
        statement.language == subject.language
        and statement.relevance >= ANSWERS
        and (statement.named or not subject.names)
        and statement.values.exact
    )


def _other_value(left: Statement, right: Statement, subject: Subject) -> Difference | None:
    """What two statements differ in, if they translate each other."""
    if other_edition(left, right) or not may_translate(left, right, subject):
        return None
    found = other_value(left, right, subject.asked)
    return None if found is None or is_time(found, left, right) else found


def _plain(sentence: SourceSentence) -> str:
    return plain_text(sentence.text, sentence.language)


def _conflict(subject: Subject, left: Statement, right: Statement, found: Difference) -> FoundConflict:
    sides = sorted(
        ((found.left, left), (found.right, right)), key=lambda side: side[1].sentence.published or date.min
    )
    return FoundConflict(subject.text, tuple((value, _quote(statement)) for value, statement in sides))


def _quote(statement: Statement) -> Quote:
    s = statement.sentence
    return Quote(s.article, s.start, s.end, s.text, s.hit, round(statement.relevance, 4))
