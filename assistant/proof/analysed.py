"""A text with its language: each analysis of it is made once and handed on with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache, wraps
from typing import Any, TypeVar, cast

from assistant.language.dates import DateExpression, date_spans, find_dates
from assistant.language.folding import fold, fold_keeping_length
from assistant.language.numbers import Quantity, find_quantities
from assistant.proof.proper_names import Name, find_names
from assistant.reading.words import Word, content_stems, words

MOST_KEPT = 4096
"""Texts kept with what was read in them: the sentences and passages of about 25 questions."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Values:
    """Dates, numbers and names of a text."""

    dates: tuple[DateExpression, ...]
    quantities: tuple[Quantity, ...]
    names: tuple[Name, ...]

    @property
    def exact(self) -> bool:
        """Whether there is a date or a number, which stands in a source or does not."""
        return bool(self.dates) or any(not quantity.loose for quantity in self.quantities)

    @property
    def empty(self) -> bool:
        return not (self.exact or self.names)


class Analysed:
    """A text in a language (ISO 639-1); get one from `analysed`, which keeps it."""

    def __init__(self, text: str, language: str) -> None:
        self.text = text
        self.language = language
        self._values: dict[date | None, Values] = {}
        self._read: dict[object, Any] = {}

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words in order."""
        return tuple(words(self.text, self.language))

    @cached_property
    def folded_words(self) -> tuple[str, ...]:
        """The words in lower case without accents."""
        return tuple(fold(word.text) for word in self.words)

    @cached_property
    def content(self) -> tuple[Word, ...]:
        """The words that carry meaning, in order."""
        return tuple(word for word in self.words if not word.is_stop)

    @cached_property
    def content_stems(self) -> tuple[str, ...]:
        """Stems of the words that carry meaning, in order, repeated where they are."""
        return tuple(content_stems(self.text, self.language))  # a long text needs no words for it

    @cached_property
    def stems(self) -> frozenset[str]:
        """Stems of the words that carry meaning."""
        return frozenset(self.content_stems)

    @cached_property
    def all_stems(self) -> frozenset[str]:
        """Stems of all words."""
        return frozenset(word.stem for word in self.words)

    @cached_property
    def folded(self) -> str:
        """The text in lower case without accents, every character at its place."""
        return fold_keeping_length(self.text)

    @cached_property
    def names(self) -> tuple[Name, ...]:
        """Proper names in order."""
        return self.values().names

    def values(self, published: date | None = None) -> Values:
        """Dates, numbers and names; relative dates are resolved on the day the text was `published`."""
        found = self._values.get(published)
        if found is None:
            found = self._values[published] = self._values_on(published)
        return found

    def _values_on(self, published: date | None) -> Values:
        if published is None:
            dates = find_dates(self.text, self.language)
            names = find_names(self.text, self.words, date_spans(dates), self.language)
        else:
            plain = self.values()
            if not any(expression.relative for expression in plain.dates):
                return plain
            dates, names = find_dates(self.text, self.language, published), plain.names
        return Values(dates, find_quantities(self.text, self.language, date_spans(dates)), names)

    def read_with(self, read: Callable[[Analysed], T]) -> T:
        """What `read` makes of this text, made once."""
        if read not in self._read:
            self._read[read] = read(self)
        return cast("T", self._read[read])


@lru_cache(maxsize=MOST_KEPT)
def analysed(text: str, language: str) -> Analysed:
    """The one analysis of a text in a language."""
    return Analysed(text, language)


def kept(read: Callable[[Analysed], T]) -> Callable[[Analysed], T]:
    """Keep what a function reads in a text with that text, for all who ask again."""

    @wraps(read)
    def reader(text: Analysed) -> T:
        return text.read_with(read)

    return reader
