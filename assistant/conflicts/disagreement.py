"""What two statements about one thing say differently: another number, another date, a negation; and what is only time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assistant.composition.answer_type import AnswerType
from assistant.conflicts.statements import Statement, Subject, codes
from assistant.language.dates import DateExpression
from assistant.language.folding import fold_keeping_length
from assistant.language.numbers import Quantity, find_quantities, patterns_in
from assistant.proof.analysed import Values
from assistant.proof.checks.dates import covers, missing_dates
from assistant.proof.checks.numbers import confirms, same_kind
from assistant.proof.checks.polarity import find_negations, reversals
from assistant.proof.checks.substitution import replacements
from assistant.reading.words import words

OWN_NEWS_DAYS = 10
"""An event at most so long before the day of its article is that article's news."""
_COUNTERS = tuple("telecharg download utilis user abon subscrib vu view visit visitor follow".split())
"""Beginnings of words for what is counted again and again: the higher number of a later day contradicts nothing."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What two statements say differently: the words of each side."""

    kind: Literal["date", "number", "polarity"]
    left: str
    right: str


def aligned(left: Statement, right: Statement, asked: AnswerType) -> Difference | None:
    """Another value, or a negation on one side only, in sentences that otherwise agree."""
    if _first_dates(left, right) or any(_numbers_apart(left, right)):
        return other_value(left, right, asked)
    if found := _replaced(left, right, asked):
        return found
    if reversals(left.analysed, right.analysed) and _deny_what_is_said(left, right):
        return Difference("polarity", left.text, right.text)
    return None


def _deny_what_is_said(left: Statement, right: Statement) -> bool:
    """Whether what each side denies is said by the other one: "not everything is rosy at the forum" denies no forum."""
    return all(
        one.scope[0] in there.analysed.all_stems
        for here, there in ((left, right), (right, left))
        for one in find_negations(here.analysed)
        if one.scope
    )


def other_value(left: Statement, right: Statement, asked: AnswerType) -> Difference | None:
    """Another date or number in sentences that otherwise say the same, in one language or two."""
    dates = _first_dates(left, right)
    numbers = list(_numbers_apart(left, right))
    if dates and not numbers and asked.kind in ("date", None):
        return Difference("date", dates[0].text, dates[1].text)
    if len(numbers) == 1 and not dates and asked.kind in ("number", None):
        if asked.kind is None and numbers[0][0].unit == "clock" and _of_different_days(left, right):
            return None
        return Difference("number", numbers[0][0].text, numbers[0][1].text)
    return None  # nothing, or several values apart: two occasions


def _of_different_days(left: Statement, right: Statement) -> bool:
    """Two reports of two days: who leads at 7 p.m. of the one, and at 3 p.m. of the other."""
    return left.sentence.published != right.sentence.published


def _replaced(left: Statement, right: Statement, asked: AnswerType) -> Difference | None:
    """One number or year in the place of another, which each sentence may have elsewhere too."""
    for part in replacements(left.analysed, right.analysed):
        ours = _number_in(left.values, part.start, part.end)
        theirs = _number_in(right.values, part.source_start, part.source_end)
        if (
            ours
            and theirs
            and not (ours.values & theirs.values)
            and asked.kind in (None, ours.kind, theirs.kind)
        ):
            return Difference(ours.kind, ours.text, theirs.text)
    return None


@dataclass(frozen=True, slots=True)
class _Number:
    kind: Literal["date", "number"]
    text: str
    values: frozenset[float]


def _number_in(values: Values, start: int, end: int) -> _Number | None:
    """The one number or year alone that lies in [start, end); None for none or several."""
    numbers = [
        _Number("number", q.text, frozenset(q.values))
        for q in values.quantities
        if start <= q.start and q.end <= end and not q.loose and not q.ordinal
    ]
    years = [
        _Number("date", m.text, frozenset({float(m.years[0])}))
        for m in values.dates
        if start <= m.start and m.end <= end and m.years and not m.months
    ]
    found = numbers + years
    return found[0] if len(found) == 1 else None


def _first_dates(left: Statement, right: Statement) -> tuple[DateExpression, DateExpression] | None:
    ours, theirs = _certain(left.values.dates), _certain(right.values.dates)
    mine = [m for m in ours if not _compatible(m, theirs)]
    others = [m for m in theirs if not _compatible(m, ours)]
    return (mine[0], others[0]) if mine and others else None


def _certain(expressions: Sequence[DateExpression]) -> list[DateExpression]:
    """Dates that were written out: with a year, or a month."""
    return [
        expression
        for expression in expressions
        if not expression.relative and (expression.years or expression.months)
    ]


def _compatible(expression: DateExpression, others: Sequence[DateExpression]) -> bool:
    """The same time, a finer or a coarser one, or one that leaves open what the other says."""
    return any(
        covers(expression, other) or covers(other, expression) or _open(expression, other) for other in others
    )


def _open(a: DateExpression, b: DateExpression) -> bool:
    """Nothing that both say differs: "le 3 mai" beside "mai 2024"."""
    return all(
        mine is None or theirs is None or mine == theirs
        for mine, theirs in ((a.years, b.years), (a.months, b.months), (a.day, b.day))
    )


def _numbers_apart(left: Statement, right: Statement) -> Iterator[tuple[Quantity, Quantity]]:
    """Numbers of one kind of which neither side confirms the other's, in their order.

    Each number confirms one: "17 of 8" beside "8 of 8" is apart in the first.
    """
    mine, others = _unmatched(left.values.quantities, right.values.quantities)
    for own, other in zip(mine, others, strict=False):
        if same_kind(own, other) and own.ordinal == other.ordinal:
            yield own, other


def _unmatched(ours: Sequence[Quantity], theirs: Sequence[Quantity]) -> tuple[list[Quantity], list[Quantity]]:
    """The numbers of each side that are left over when those that confirm each other are taken away in pairs."""
    mine, others = [], [quantity for quantity in theirs if not quantity.loose]
    for own in ours:
        if own.loose:
            continue
        same = [o for o in others if confirms(o, own, theirs) or confirms(own, o, ours)]
        if same:
            others.remove(same[0])
        else:
            mine.append(own)
    return mine, others


def _unconfirmed(mine: Sequence[Quantity], others: Sequence[Quantity]) -> list[Quantity]:
    return [
        quantity
        for quantity in mine
        if not quantity.loose
        and not any(confirms(o, quantity, others) or confirms(quantity, o, mine) for o in others)
    ]


def answers(left: Statement, right: Statement, subject: Subject) -> Difference | None:
    """Sentences in different words that give the value asked for, and not the same."""
    if codes(left) != codes(right) or (subject.asked.kind is None and not subject.states):
        return None  # who asks for no value is told two things
    if subject.asked.kind in ("date", None):
        ours, theirs = (_dates_asked_for(s, subject) for s in (left, right))
        if len(ours) == len(theirs) == 1 and not _compatible(ours[0], theirs):
            return Difference("date", ours[0].text, theirs[0].text)
    if subject.asked.kind in ("number", None):
        counts, others = (_counts(s, subject) for s in (left, right))
        if (
            len(counts) == len(others) == 1
            and _unconfirmed(counts, right.values.quantities)
            and _unconfirmed(others, left.values.quantities)
            and same_kind(counts[0], others[0])
        ):
            return Difference("number", counts[0].text, others[0].text)
    return None


def _dates_asked_for(statement: Statement, subject: Subject) -> list[DateExpression]:
    return [
        m for m in statement.values.dates
        if m.years and not m.relative and missing_dates([m], subject.known.dates, None)
    ]  # fmt: skip


_NOUN = re.compile(r"[\s\u00a0\u202f]{0,9}(?:(?:de|of|des)\s{1,9}|d['’])?(?P<word>[^\W\d_]+)")


def _counts(statement: Statement, subject: Subject) -> list[Quantity]:
    """The numbers of a statement that count what is asked for, where the question says what."""
    counted = subject.asked.counted
    quantities = statement.values.quantities
    known = {value for quantity in subject.known.quantities for value in quantity.values}
    found = [
        q for q in quantities
        if not (q.loose or q.ordinal or known & set(q.values) or _in_range(q, statement))
    ]  # fmt: skip
    if counted is None or statement.language != subject.language:
        return found
    return [q for q in found if _is_counted(q, statement, counted)] or (found if len(found) == 1 else [])


def _in_range(quantity: Quantity, statement: Statement) -> bool:
    """One end of "1.5 to 70 billion": a range of things is no count of one."""
    folded, to = fold_keeping_length(statement.text), patterns_in(statement.language).range
    return any(
        to.fullmatch(folded, min(quantity.end, other.end), max(quantity.start, other.start))
        for other in statement.values.quantities
        if other is not quantity
    )


def _is_counted(quantity: Quantity, statement: Statement, counted: str) -> bool:
    noun = _NOUN.match(statement.text, quantity.end)
    return noun is not None and any(
        counted[:5] == word.stem[:5] for word in words(noun["word"], statement.language)
    )


# --------------------------------------------------------------------------- what is time, not contradiction


def is_time(found: Difference, left: Statement, right: Statement) -> bool:
    """Two events, a plan and what came of it, or a count on two days."""
    older, newer = sorted((left, right), key=lambda s: s.sentence.published or date.min)
    if older.sentence.published == newer.sentence.published:
        return False
    if found.kind == "date":
        planned = _looks_ahead(older) and not _tells_of_before(newer, older.sentence.published)
        return planned or (_is_own_news(older) and _is_own_news(newer))
    if found.kind == "number":
        return _first_dates(older, newer) is not None or _has_grown(found, older, newer, left is older)
    return False


def _has_grown(found: Difference, older: Statement, newer: Statement, in_order: bool) -> bool:
    """Whether a counter stands higher on the later day."""
    before, after = (found.left, found.right) if in_order else (found.right, found.left)
    first, second = find_quantities(before, older.language), find_quantities(after, newer.language)
    return (
        all(any(stem.startswith(_COUNTERS) for stem in side.stems) for side in (older, newer))
        and bool(first and second)
        and first[0].values[0] < second[0].values[0]
        and first[0].unit != "%"  # a share is no count
    )


def _looks_ahead(statement: Statement) -> bool:
    """Whether it gives a time after the day of its article."""
    published = statement.sentence.published
    return published is not None and any(
        (first := m.first_day) is not None and first > published for m in _certain(statement.values.dates)
    )


def _tells_of_before(statement: Statement, day: date | None) -> bool:
    """Whether all its times were over on a day: what was planned then cannot be what it tells."""
    times = [(max(m.years), max(m.months or {12})) for m in _certain(statement.values.dates) if m.years]
    return day is not None and bool(times) and max(times) < (day.year, day.month)


def _is_own_news(statement: Statement) -> bool:
    """Whether it tells of the days before its article."""
    published = statement.sentence.published
    return published is not None and any(
        (first := m.first_day) is not None and abs((published - first).days) <= OWN_NEWS_DAYS
        for m in _certain(statement.values.dates)
    )
