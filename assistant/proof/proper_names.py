"""Proper names of a text: runs of words with a capital, without the small words at their ends."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.language.folding import fold
from assistant.language.lexicon import month_numbers, weekday_numbers, words_in
from assistant.language.numbers import identifiers
from assistant.language.pack import pack
from assistant.reading.words import STOP_WORDS, Word

_OPENS = re.compile(r"(?:^|[.!?…:;]|[«“\"(\[•*–—#>|-]|\n)[\s«“\"'‘(\[*_#>¿¡-]{0,40}$")
_LINK = re.compile(r"[ \u00a0\u202f]?[-‑'’.&]?[ \u00a0\u202f]?$|^$")
LONGEST_OPENING = 42
"""Characters before a word that `_OPENS` may take, and one more: only these are searched."""


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words; `opening`: its first word has a capital anyway, as the first of a sentence."""

    start: int
    end: int
    text: str
    tokens: tuple[str, ...]
    """The words that carry it, in lower case without accents."""
    opening: bool
    identifier: bool = False
    """A name with digits in it: "GPT-4", "gpt-oss-120b"."""

    @property
    def acronym(self) -> bool:
        return len(self.tokens) == 1 and bool(re.fullmatch(r"(?:[^\W\d_a-z]\.?){2,7}s?", self.text))


def compact(text: str) -> str:
    """A name with digits as it is compared: "GPT-4" is "gpt4"."""
    return re.sub(r"[\s\-‑.]", "", fold(text))


def token_of(folded: str) -> str:
    """A folded word of a name, without the mark of a possessive."""
    return re.sub(r"['’]s?$", "", folded)


@cache
def particles_in(language: str) -> frozenset[str]:
    """Small words that stand inside a name: "de", "of", "von"."""
    return frozenset(words_in(language, "names", "particles"))


def find_names(
    text: str, words: Sequence[Word], dates: Iterable[tuple[int, int]], language: str
) -> tuple[Name, ...]:
    """Names of a text in order, given its words and the spans of its dates, which are no names."""
    return _finder(language).find(text, words, dates)


@cache
def _finder(language: str) -> _Finder:
    return _Finder(language)


class _Finder:
    """Finds names with the words of one language."""

    def __init__(self, language: str) -> None:
        self.particles = particles_in(language)
        listed = (words_in(language, "names", key) for key in ("before", "honorifics", "not_names"))
        months = {name for name in month_numbers(language) if len(name) > 3}
        no_names = (word for words in listed for word in words)
        stops = STOP_WORDS.get(language, frozenset())
        self.small = frozenset({*no_names, *months, *weekday_numbers(language), *stops, *self.particles})
        """Words that have a capital beside a name or in place of one, and are none."""
        self.verb_endings = tuple(pack(language).names["verb_endings"])

    def find(self, text: str, words: Sequence[Word], dates: Iterable[tuple[int, int]]) -> tuple[Name, ...]:
        coded = identifiers(text)
        hidden = [*coded, *dates]
        found = [_identifier(text, start, end) for start, end in coded]
        run: list[Word] = []
        for word in words:
            inside = any(start < word.end and word.start < end for start, end in hidden)
            if run and (inside or not self._continues(text, run, word)):
                found += self._closed(text, run)
                run = []
            if not inside and (_capital(word) or (run and fold(word.text) in self.particles)):
                run.append(word)
        found += self._closed(text, run)
        return tuple(sorted(found, key=lambda name: name.start))

    def _continues(self, text: str, run: Sequence[Word], word: Word) -> bool:
        between = text[run[-1].end : word.start]
        if not _LINK.match(between) or len(between) > 3 or ("." in between and len(run[-1].text) > 1):
            return False
        return _capital(word) or fold(word.text) in self.particles

    def _closed(self, text: str, run: Sequence[Word]) -> list[Name]:
        """The run as one name, without the particles and small words at its ends."""
        if not run:
            return []
        kept = list(run)
        first = kept[0].start
        opening = bool(_OPENS.search(text, max(0, first - LONGEST_OPENING), first))
        if opening and len(kept) == 1 and self.verb_endings and kept[0].text.endswith(self.verb_endings):
            return []
        while kept and self._is_small(kept[0]):
            # "The White House": the article had the capital of the sentence, the name has its own
            opening = False
            kept.pop(0)
        while kept and (self._is_small(kept[-1]) or not _capital(kept[-1])):
            kept.pop()
        tokens = tuple(
            token_of(fold(word.text)) for word in kept if _capital(word) and not self._is_small(word)
        )
        if not tokens:
            return []
        start, end = kept[0].start, kept[-1].end
        return [Name(start, end, text[start:end], tokens, opening and not _many_capitals(kept[0]))]

    def _is_small(self, word: Word) -> bool:
        folded = fold(word.text)
        if folded not in self.small:
            return False
        acronym = len(word.text) > 1 and word.text.isupper() and word.text.isalpha()
        return not acronym or folded in self.particles


def _identifier(text: str, start: int, end: int) -> Name:
    return Name(start, end, text[start:end], (compact(text[start:end]),), opening=False, identifier=True)


def _capital(word: Word) -> bool:
    return word.text[0].isupper()


def _many_capitals(word: Word) -> bool:
    return sum(letter.isupper() for letter in word.text) >= 2
