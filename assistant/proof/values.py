"""The values of a claim (numbers, dates, names), and where its sources have them."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations

from assistant.language.dates import DateExpression
from assistant.language.numbers import Quantity
from assistant.language.units import NAMED_UNITS
from assistant.proof.analysed import Analysed, Values, kept
from assistant.proof.checks.dates import missing_dates
from assistant.proof.checks.names import is_translatable, missing_tokens, source_names
from assistant.proof.checks.numbers import missing_quantities
from assistant.proof.checks.reasons import Finding, Kind
from assistant.proof.proper_names import Name
from assistant.proof.sources import Place, Sources
from assistant.reading.words import content_stems
from assistant.types import Difference, Hit

SMALL = 12
"""A count up to this, written as a word, may be the writer's own: "two kinds: …"."""
DAYS = {"day": 1.0, "week": 7.0, "month": 30.44, "year": 365.25}
"""Mean lengths of the units of time that a writer counts between two dates."""
BESIDE, SHARED = 25, 2
"""Characters on either side of a value that tell what it is of; words there that two values of one thing share."""
ALIKE = 0.8
FEWEST_LETTERS = 5
_IN_BRACKETS = re.compile(r"\s?[^\W\d]{0,12}\s?\(")
_LABEL = re.compile(r"[^.:!?]{0,40}:\s")


@dataclass(frozen=True)
class ClaimedNumber:
    """A number of a claim."""

    quantity: Quantity
    restated: bool = False
    """In brackets after a number with a unit, which it says again in another: "79 °F (26 °C)"."""
    kind: Kind = "number"

    @property
    def span(self) -> tuple[int, int]:
        return self.quantity.start, self.quantity.end

    @property
    def text(self) -> str:
        return self.quantity.text

    @property
    def certain(self) -> bool:
        """A small count in words may be the writer's own ("two kinds: …"), a conversion too."""
        if self.restated:
            return False
        spelled = not any(map(str.isdigit, self.quantity.text))
        return not (spelled and self.quantity.unit is None and abs(self.quantity.values[0]) <= SMALL)

    def in_values(self, values: Values) -> bool:
        years = {float(expression.years[0]) for expression in values.dates if expression.years}
        if self.quantity.unit is None and self.quantity.values[0] in years:
            return True
        return not missing_quantities([self.quantity], values.quantities)

    def anywhere(self, sources: Sources) -> bool:
        """Whether some source has the number, whatever its unit, or two dates that are so far from each other."""
        return (
            any(
                any(math.isclose(ours, theirs) for ours in self.quantity.values) for theirs in sources.numbers
            )
            or any(self.in_values(values) for values in sources.values)
            or self._lies_between(sources.days)
        )

    def _lies_between(self, days: Sequence[date]) -> bool:
        """Whether it is the time between two days, to half a unit (to one, "about"): "seven months later"."""
        length = DAYS.get(self.quantity.unit or "")
        if length is None:
            return False
        wanted = self.quantity.values[0] * length
        margin = length if self.quantity.direction == "about" else length / 2
        return any(abs((b - a).days - wanted) <= margin for a, b in combinations(days, 2))

    def stands_in(self, place: Place, sources: Sources) -> bool:
        return self.in_values(place.window.values)

    is_shown_by = stands_in


@dataclass(frozen=True)
class ClaimedDate:
    """A date of a claim."""

    readings: tuple[DateExpression, ...]
    """More than one where the notation can be read in two ways ("3/5/2024")."""
    kind: Kind = "date"

    @property
    def expression(self) -> DateExpression:
        return self.readings[0]

    @property
    def certain(self) -> bool:
        """A month alone may be meant of any year."""
        return bool(self.expression.years) or bool(self.expression.day and self.expression.months)

    @property
    def span(self) -> tuple[int, int]:
        return self.expression.start, self.expression.end

    @property
    def text(self) -> str:
        return self.expression.text

    def in_values(self, values: Values, hit: Hit) -> bool:
        """Whether a text has the date, in this or a finer form."""
        if self.text.isdigit() and any(float(self.text) in q.values for q in values.quantities):
            return True
        missing = missing_dates(self.readings, values.dates, hit.published)
        return len(missing) < len(self.readings)

    def _is_published(self, hit: Hit) -> bool:
        """Whether it is the date of the article itself, which an answer may name."""
        day, expression = hit.published, self.expression
        if (
            day is None
            or not expression.years
            or (expression.years[0], expression.years[-1]) != (day.year, day.year)
        ):
            return False
        return (not expression.months or day.month in expression.months) and expression.day in (None, day.day)

    def anywhere(self, sources: Sources) -> bool:
        """Whether some source has it, or was published then, which an answer may say."""
        return any(
            self.in_values(values, hit) or self._is_published(hit)
            for values, hit in zip(sources.values, sources.hits, strict=True)
        )

    def stands_in(self, place: Place, sources: Sources) -> bool:
        return self.in_values(place.window.values, sources.all_hits[place.window.hit])

    is_shown_by = stands_in


@dataclass(frozen=True)
class ClaimedName:
    """A name of a claim."""

    name: Name
    claim: Analysed
    kind: Kind = "name"

    @property
    def certain(self) -> bool:
        """The first word of a sentence, and of a label before a colon, has its capital anyway."""
        return not (self.name.opening and len(self.name.tokens) == 1 and not self.name.acronym) and not (
            _LABEL.match(self.claim.text, self.name.end)
        )

    @property
    def span(self) -> tuple[int, int]:
        return self.name.start, self.name.end

    @property
    def text(self) -> str:
        return self.name.text

    def anywhere(self, sources: Sources) -> bool:
        """Whether some source has it, in this spelling or one a letter or two away; in its own form abroad."""
        cross = sources.language != self.claim.language
        missing = missing_tokens(self.name, self.claim, sources.names, cross)
        if cross and missing and is_translatable(self.name, missing, self.claim.language):
            return True
        return all(any(_has_alike(token, source.tokens) for source in sources.names) for token in missing)

    def stands_in(self, place: Place, sources: Sources) -> bool:
        """Whether the passage around the place has it: "he" and "the company" have their name before."""
        index = sources.index[place.window.hit]
        return not missing_tokens(self.name, self.claim, [sources.names[index]])

    def is_shown_by(self, place: Place, sources: Sources) -> bool:
        """Whether the words of the place themselves have it."""
        return not missing_tokens(self.name, self.claim, [source_names(place.window.analysed)])


ClaimedValue = ClaimedNumber | ClaimedDate | ClaimedName


@kept
def claimed_values(claim: Analysed) -> tuple[ClaimedValue, ...]:
    """Values of a claim in order."""
    values = claim.values()
    readings: dict[tuple[int, int], list[DateExpression]] = defaultdict(list)
    for expression in values.dates:
        if not expression.relative:
            readings[expression.start, expression.end].append(expression)
    found: list[ClaimedValue] = [ClaimedDate(tuple(expressions)) for expressions in readings.values()]
    years = [float(expression.years[0]) for expression in values.dates if expression.years]
    lapses = {abs(a - b) for a in years for b in years if a != b}
    found += [
        ClaimedNumber(quantity, restated=_is_restated(claim.text, quantity, values.quantities))
        for quantity in values.quantities
        if not (quantity.loose or quantity.ordinal or lapses & set(quantity.values))
    ]
    found += [
        ClaimedName(name, claim)
        for name in values.names
        if not (len(name.tokens) == 1 and name.tokens[0] in NAMED_UNITS)
    ]
    return tuple(sorted(found, key=lambda value: value.span))


def _is_restated(claim: str, quantity: Quantity, quantities: Sequence[Quantity]) -> bool:
    return quantity.unit is not None and any(
        other.unit is not None and _IN_BRACKETS.fullmatch(claim, other.end, quantity.start)
        for other in quantities
    )


@lru_cache(maxsize=8192)
def _alike(a: str, b: str) -> bool:
    return (
        min(len(a), len(b)) >= FEWEST_LETTERS
        and abs(len(a) - len(b)) <= 2
        and SequenceMatcher(None, a, b).ratio() >= ALIKE
    )


def _has_alike(token: str, tokens: frozenset[str]) -> bool:
    return len(token) >= FEWEST_LETTERS and any(_alike(token, other) for other in tokens)


def differences(claim: Analysed, place: Place, findings: Sequence[Finding]) -> tuple[Difference, ...]:
    """The words of a claim that a place contradicts, each with what the place says instead where that is clear."""
    text = place.window.analysed
    ours, theirs = claimed_values(claim), claimed_values(text)
    said = {value.text for value in ours}
    others = [value for value in theirs if value.text not in said]
    found = []
    for finding in findings:
        if finding.kind in ("number", "date", "name"):
            near = frozenset().union(*(_near(claim, one) for one in ours if one.text == finding.text))
            shared: dict[str, int] = defaultdict(int)
            for other in others:
                if other.kind == finding.kind:
                    shared[other.text] = max(shared[other.text], len(near & _near(text, other)))
            found.append(Difference(finding.text, _outstanding(shared)))
    return tuple(found)


def _near(text: Analysed, value: ClaimedValue) -> frozenset[str]:
    """The words in and beside a value, which tell what it is of."""
    start, end = value.span
    return frozenset(content_stems(text.text[max(0, start - BESIDE) : end + BESIDE], text.language))


def _outstanding(scores: Mapping[str, int]) -> str:
    """The only one, or the one that shares most words; empty where another shares as many, or they are few."""
    best = max(scores.values(), default=0)
    first = [text for text, score in scores.items() if score == best]
    return first[0] if len(scores) == 1 or (len(first) == 1 and best >= SHARED) else ""
