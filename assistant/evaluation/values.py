"""Gold answers that are a date or a quantity, found in an answer in whatever notation it has them."""

from __future__ import annotations

import math
from functools import lru_cache

from ..language.dates import date_spans
from ..language.numbers import Quantity
from ..language.pack import languages
from ..language.spans import without
from ..proof.analysed import Values, analysed
from ..proof.checks.dates import covers
from .normalisation import answer_words, without_markers


def gives_value(answer: str, gold: str, language: str) -> bool:
    """Whether `gold` is dates or quantities and nothing else, and `answer` gives each: "5 août 2024" as "August 5, 2024".

    The notation of the gold answer may be that of any language with a pack.
    """
    given = analysed(without_markers(answer), language).values()
    return any(_given(target, given) for other in languages() if (target := _values_alone(gold, other)))


@lru_cache(maxsize=4096)
def _values_alone(gold: str, language: str) -> Values | None:
    """The values of a gold answer; None where it has none, or anything beside them."""
    values = analysed(gold, language).values()
    exact = tuple(quantity for quantity in values.quantities if not quantity.loose)
    spans = [*date_spans(values.dates), *((quantity.start, quantity.end) for quantity in exact)]
    if not spans or answer_words(without(gold, spans).replace("\x00", " ")):
        return None
    return Values(values.dates, exact, ())


def _given(target: Values, given: Values) -> bool:
    dated = {(one.start, one.end) for one in target.dates}
    return all(
        any(
            covers(one, other)
            for one in target.dates
            if (one.start, one.end) == span
            for other in given.dates
        )
        for span in dated
    ) and all(any(_equal(one, other) for other in given.quantities) for one in target.quantities)


def _equal(gold: Quantity, given: Quantity) -> bool:
    same = any(math.isclose(a, b, rel_tol=1e-9) for a in gold.values for b in given.values)
    return same and gold.unit == given.unit and given.direction == gold.direction and not given.ordinal
