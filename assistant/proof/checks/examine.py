"""Dates, numbers and names of a text, read together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from assistant.language.dates import DateExpression, date_spans, find_dates
from assistant.language.lexicon import words_in
from assistant.language.numbers import Quantity, find_quantities
from assistant.proof.checks.names import Name, find_names


@dataclass(frozen=True, slots=True)
class Values:
    """Dates, numbers and names of a text."""

    dates: tuple[DateExpression, ...]
    quantities: tuple[Quantity, ...]
    names: tuple[Name, ...]

    @property
    def empty(self) -> bool:
        return not (self.dates or self.names or any(not quantity.loose for quantity in self.quantities))


@lru_cache(maxsize=8192)
def values_of(text: str, language: str, published: date | None = None) -> Values:
    dates = find_dates(text, language, published)
    return Values(dates, find_quantities(text, language, date_spans(dates)), find_names(text, language))


def is_translatable(name: Name, missing: Sequence[str], language: str) -> bool:
    """A title, an office or an institution, which another language calls by other words."""
    parts = name.text.split()
    return (
        len(missing) < len(name.tokens)
        or any(token in words_in(language, "names", "generic") for token in name.tokens)
        or any(part.islower() for part in parts)
        or (name.acronym and not name.identifier)
    )
