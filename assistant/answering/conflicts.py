"""Sources that contradict each other on what is asked: another number, another date or a negation for the same thing.

Agreeing paraphrases, other notations and coarser dates are no contradiction; neither is a plan that a newer article
shows carried out or moved, nor a count that has grown: those are matters of time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal

from assistant.answering.asked import Asked, asked_for
from assistant.answering.checks.dates import Moment, covers, missing_dates
from assistant.answering.checks.examine import Values, values_of
from assistant.answering.checks.names import find_names, missing_tokens, source_names
from assistant.answering.checks.numbers import Quantity, confirms, same_kind
from assistant.answering.checks.polarity import reversals
from assistant.answering.checks.substitution import replacements
from assistant.answering.windows import SourceSentence, all_sentences, context_of, stems_of
from assistant.reading.words import fold, words
from assistant.types import Hit, Query, Quote

ABOUT_THE_QUESTION = 0.34
"""Share of the question's words that a sentence, with its title, must have, to be looked at."""
ANSWERS_THE_QUESTION = 0.6
"""The same for a sentence that is compared with another in different words."""
SAME_STATEMENT = 0.6
"""Share of the words of the shorter of two sentences that both have where they say the same thing."""
SAME_WORDS = 0.5
"""Share of all words of two sentences that both have where a difference counts wherever it stands."""
FEWEST_SHARED = 3
MOST_STATEMENTS = 40

_CHANGES = tuple(
    "telecharg download utilis user abon subscrib membre member salari employ habit popul inhabit "
    "valoris valu prix price cours vu view visit follow".split()
)
"""Beginnings of words for what grows or moves with time: two numbers of different days do not contradict."""


@dataclass(frozen=True, slots=True)
class FoundConflict:
    """Sources that disagree, with the words of each side; the newest article's last."""

    about: str
    sides: tuple[tuple[str, Quote], ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that speaks of what is asked, with its dates and numbers."""

    sentence: SourceSentence
    values: Values
    stems: frozenset[str]
    relevance: float
    named: bool
    """Every name of the question stands in it or just before it."""

    @property
    def text(self) -> str:
        return self.sentence.text


@dataclass(frozen=True, slots=True)
class Difference:
    """What two statements say differently: the words of each side."""

    kind: Literal["date", "number", "polarity"]
    left: str
    right: str


def find_conflicts(query: Query, hits: Sequence[Hit], language: str) -> list[FoundConflict]:
    """What the hits of one question contradict each other on, as far as it was asked; at most one."""
    asked = asked_for(query.search_text, query.language)
    statements = _statements(query, hits)
    pairs = []
    for left, right in combinations(statements, 2):
        if left.sentence.article != right.sentence.article and (
            found := _difference(left, right, asked, query)
        ):
            pairs.append((left.relevance + right.relevance, left, right, found))
    if not pairs:
        return []
    _, left, right, found = max(pairs, key=lambda pair: pair[0])
    sides = sorted(
        ((found.left, left), (found.right, right)), key=lambda side: side[1].sentence.published or date.min
    )
    return [FoundConflict(query.search_text, tuple((value, _quote(statement)) for value, statement in sides))]


def _quote(statement: Statement) -> Quote:
    sentence = statement.sentence
    return Quote(
        sentence.article,
        sentence.start,
        sentence.end,
        sentence.text,
        sentence.hit,
        round(statement.relevance, 4),
    )


# --------------------------------------------------------------------------- which sentences speak of it


def _statements(query: Query, hits: Sequence[Hit]) -> list[Statement]:
    found = []
    for sentence in all_sentences(hits):
        relevance = _relevance(query, sentence)
        if relevance >= ABOUT_THE_QUESTION and _is_prose(sentence):
            values = values_of(sentence.text, sentence.language, sentence.published)
            named = _has_names(query, sentence, hits[sentence.hit])
            found.append(Statement(sentence, values, sentence.stems, relevance, named))
    found.sort(key=lambda statement: -statement.relevance)
    return found[:MOST_STATEMENTS]


def _is_prose(sentence: SourceSentence) -> bool:
    """No heading, no title, no cell of a table."""
    text = sentence.text.strip()
    return not text.startswith("#") and text[-1:] in '.!;…»”")' and len(sentence.stems) >= FEWEST_SHARED


def _relevance(query: Query, sentence: SourceSentence) -> float:
    """How much of the question a sentence has, with its title; across languages, what looks alike."""
    if sentence.language != query.language:
        own = source_names(sentence.text, sentence.language)
        content = [w for w in words(query.search_text, query.language) if not w.is_stop]
        alike = sum(own.has(fold(word.text), query.language, cognates=True) for word in content)
        return alike / len(content) if content else 0.0
    asked = stems_of(query.search_text, query.language)
    offered = sentence.stems | stems_of(sentence.title, sentence.language)
    return len(asked & offered) / len(asked) if asked else 0.0


def _has_names(query: Query, sentence: SourceSentence, hit: Hit) -> bool:
    """Whether every name of the question is in the sentence; in its own language also in the words before it."""
    cross = sentence.language != query.language
    text = sentence.text if cross else f"{sentence.title}\n{_up_to(sentence, hit)}"
    around = [source_names(text, sentence.language)]
    names = [name for name in find_names(query.search_text, query.language) if not name.opening]
    if cross and not names:
        return False
    return not any(missing_tokens(name, query.search_text, query.language, around, cross) for name in names)


def _up_to(sentence: SourceSentence, hit: Hit, characters: int = 300) -> str:
    """The sentence and the words before it."""
    offset, text = context_of(hit)
    return text[max(0, sentence.start - offset - characters) : sentence.end - offset]


# --------------------------------------------------------------------------- what two of them say differently


def _difference(left: Statement, right: Statement, asked: Asked, query: Query) -> Difference | None:
    found = None
    if (left.named or right.named) and _says_the_same_thing(left, right):
        found = _aligned(left, right, asked)
    elif left.named and right.named and min(left.relevance, right.relevance) >= ANSWERS_THE_QUESTION:
        found = _answers(left, right, asked, query)
    return None if found is None or _is_time(found, left, right) else found


def _says_the_same_thing(left: Statement, right: Statement) -> bool:
    if left.sentence.language != right.sentence.language:
        return False
    shared = left.stems & right.stems
    return len(shared) >= FEWEST_SHARED and len(shared) >= SAME_STATEMENT * min(
        len(left.stems), len(right.stems)
    )


def _aligned(left: Statement, right: Statement, asked: Asked) -> Difference | None:
    """One value in the place of another, or a negation on one side only, in sentences that otherwise agree."""
    language = left.sentence.language
    for part in replacements(left.text, right.text, language):
        ours = _inside(left.values, part.start, part.end)
        theirs = _inside(right.values, part.source_start, part.source_end)
        found = _unlike(ours, theirs, left.values, right.values, asked)
        if found:
            return found
    if len(left.stems & right.stems) < SAME_WORDS * len(left.stems | right.stems):
        return None
    whole = _unlike(left.values, right.values, left.values, right.values, asked)
    if whole or not reversals(left.text, right.text, language):
        return whole
    return Difference("polarity", left.text, right.text)


def _unlike(
    ours: Values, theirs: Values, all_ours: Values, all_theirs: Values, asked: Asked
) -> Difference | None:
    if asked.kind != "number":
        dates = _first_dates(ours.dates, theirs.dates, all_ours.dates, all_theirs.dates)
        if dates:
            return Difference("date", dates[0].text, dates[1].text)
    if asked.kind != "date":
        for mine in _unconfirmed(ours.quantities, all_theirs.quantities):
            for other in _unconfirmed(theirs.quantities, all_ours.quantities):
                if same_kind(mine, other) and mine.ordinal == other.ordinal:
                    return Difference("number", mine.text, other.text)
    return None


def _first_dates(
    ours: Sequence[Moment], theirs: Sequence[Moment], all_ours: Sequence[Moment], all_theirs: Sequence[Moment]
) -> tuple[Moment, Moment] | None:
    mine = [m for m in _certain(ours) if not _compatible(m, _certain(all_theirs))]
    others = [m for m in _certain(theirs) if not _compatible(m, _certain(all_ours))]
    return (mine[0], others[0]) if mine and others else None


def _certain(moments: Sequence[Moment]) -> list[Moment]:
    """Dates that were written out: with a year, or a month."""
    return [moment for moment in moments if not moment.relative and (moment.years or moment.months)]


def _compatible(moment: Moment, others: Sequence[Moment]) -> bool:
    """The same time, a finer or a coarser one, or one that leaves open what the other says."""
    return any(covers(moment, other) or covers(other, moment) or _open(moment, other) for other in others)


def _open(a: Moment, b: Moment) -> bool:
    """Nothing that both say differs: "le 3 mai" beside "mai 2024"."""
    return all(
        mine is None or theirs is None or mine == theirs
        for mine, theirs in ((a.years, b.years), (a.months, b.months), (a.day, b.day))
    )


def _unconfirmed(mine: Sequence[Quantity], others: Sequence[Quantity]) -> list[Quantity]:
    return [
        quantity
        for quantity in mine
        if not quantity.loose
        and not any(confirms(o, quantity, others) or confirms(quantity, o, mine) for o in others)
    ]


def _inside(values: Values, start: int, end: int) -> Values:
    return Values(
        tuple(m for m in values.dates if m.start < end and start < m.end),
        tuple(q for q in values.quantities if q.start < end and start < q.end),
        (),
    )


def _answers(left: Statement, right: Statement, asked: Asked, query: Query) -> Difference | None:
    """Sentences in different words, or languages, that give the value asked for, and not the same."""
    question = values_of(query.search_text, query.language, query.as_of)
    if asked.kind == "date":
        ours, theirs = (
            [m for m in _certain(s.values.dates) if not _repeats(m, question) and _belongs(m, s, query)]
            for s in (left, right)
        )
        if (
            ours
            and theirs
            and not any(_compatible(m, theirs) for m in ours)
            and _same_event(ours[0], left, theirs[0], right, query)
        ):
            return Difference("date", ours[0].text, theirs[0].text)
    if asked.kind == "number":
        counts, others = (_counts(s, asked, query) for s in (left, right))
        if counts and others and len(_unconfirmed(counts, others)) == len(counts):
            pair = next(((a, b) for a in counts for b in others if same_kind(a, b)), None)
            return Difference("number", pair[0].text, pair[1].text) if pair else None
    return None


def _belongs(value: Moment | Quantity, statement: Statement, query: Query) -> bool:
    """Whether the last name before a value, where there is one, is a name of the question."""
    before = [n for n in statement.values.names if n.end <= value.start]
    if not before:
        return True
    own = [source_names(query.search_text, query.language)]
    cross = statement.sentence.language != query.language
    return not missing_tokens(before[-1], statement.text, statement.sentence.language, own, cross)


def _same_event(mine: Moment, left: Statement, other: Moment, right: Statement, query: Query) -> bool:
    """Whether the word that governs each date is the question's or common to both; not told across languages."""
    if left.sentence.language != right.sentence.language:
        return True
    asked = (
        stems_of(query.search_text, query.language)
        if left.sentence.language == query.language
        else frozenset()
    )
    ours, theirs = _governing(mine, left), _governing(other, right)
    return ours is None or theirs is None or ours == theirs or (ours in asked and theirs in asked)


def _governing(value: Moment, statement: Statement) -> str | None:
    """Stem of the last word of content before a date that is no part of a name."""
    names = [(n.start, n.end) for n in statement.values.names]
    before = [
        word
        for word in words(statement.text, statement.sentence.language)
        if word.end <= value.start and not word.is_stop and not any(a <= word.start < b for a, b in names)
    ]
    return before[-1].stem if before else None


def _repeats(moment: Moment, question: Values) -> bool:
    return not missing_dates([moment], question.dates, None)


_NOUN = re.compile(r"[\s\u00a0\u202f]*(?:(?:de|of|des)\s+|d['’])?(?P<word>[^\W\d_]+)")


def _counts(statement: Statement, asked: Asked, query: Query) -> list[Quantity]:
    """The numbers of a statement that count what is asked for, where the question says what."""
    if asked.counted is None:
        return [
            q for q in statement.values.quantities
            if q.unit and not q.loose and not q.ordinal and not _in_range(q, statement) and _belongs(q, statement, query)
        ]  # fmt: skip
    found = []
    for quantity in statement.values.quantities:
        noun = _NOUN.match(statement.text, quantity.end)
        if (
            noun
            and not quantity.loose
            and _is_counted(noun["word"], statement.sentence.language, asked.counted)
        ):
            found.append(quantity)
    return found


_TO = re.compile(r"\s*(?:à|to|et|and|-|–|—)\s*", re.IGNORECASE)


def _in_range(quantity: Quantity, statement: Statement) -> bool:
    """One end of "1.5 to 70 billion": a range of things is no count of one."""
    return any(
        _TO.fullmatch(statement.text, min(quantity.end, other.end), max(quantity.start, other.start))
        for other in statement.values.quantities
        if other is not quantity
    )


def _is_counted(noun: str, language: str, counted: str) -> bool:
    return any(counted[:5] == word.stem[:5] for word in words(noun, language))


# --------------------------------------------------------------------------- what is time, not contradiction


def _is_time(found: Difference, left: Statement, right: Statement) -> bool:
    """A plan and what came of it, or a count on two days."""
    older, newer = sorted((left, right), key=lambda s: s.sentence.published or date.min)
    if older.sentence.published == newer.sentence.published:
        return False
    if found.kind == "date":
        return any(_is_ahead(m, older.sentence.published) for m in _certain(older.values.dates))
    if found.kind == "number":
        apart = _first_dates(older.values.dates, newer.values.dates, older.values.dates, newer.values.dates)
        return apart is not None or any(stem.startswith(_CHANGES) for stem in older.stems & newer.stems)
    return False


def _is_ahead(moment: Moment, published: date | None) -> bool:
    """Whether a time lies after the day of the article that gives it."""
    if published is None or moment.years is None:
        return False
    first = date(max(1, moment.years[0]), min(moment.months or {1}), 1)
    return first > published or (
        moment.day is not None
        and bool(moment.months)
        and (moment.years[0], min(moment.months or {1}), moment.day)
        > (published.year, published.month, published.day)
    )
