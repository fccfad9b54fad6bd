"""The one text analysis of the program: lexical search and proofs read words in the same way.

A word is lower-cased, stemmed in its language (Snowball), then its accents are folded. Elisions are split
(l'Assemblée -> l, assemblee) and a number is one word in one form ("1 234,5" and "1,234.5" -> 1234.5).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ..language.folding import fold
from ..language.reading_pack import stemmers, stop_words, words_of

if TYPE_CHECKING:
    from Stemmer import Stemmer

ALGORITHMS = stemmers()
"""Snowball algorithm for each language that has one here; words of other languages are not stemmed."""
STOP_WORDS = stop_words()
"""For each language the words that carry no content, folded."""

_WORD = re.compile(
    rf"""
      \d{{1,3}} (?:[ \u00a0\u202f\u2009]\d{{3}})+ (?!\d) (?:[.,]\d+)?    # 1 234 567,8
    | \d+ (?:[.,'’]\d+)*                                              # 1,234.5  3,5  2024  3.1.4
    | (?:{"|".join(sorted(words_of("elided"), key=len))}) (?=['’][^\W\d_]{{2}})   # elided, before an apostrophe
    | [^\W_]+ (?:['’](?:hui | s | t | re | ve | ll | d | m)\b)?
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Word(NamedTuple):
    """A word of a text: `text[start:end]`, with the stem under which it is found."""

    start: int
    end: int
    text: str
    stem: str
    is_stop: bool


def words(text: str, language: str) -> list[Word]:
    """Words of `text` in order, analysed in `language` (ISO 639-1; unknown: no stemming, no stop words)."""
    known = _known_words(language)
    found = []
    for match in _WORD.finditer(text):
        word = match[0]
        stem, is_stop = known[word]
        found.append(Word(match.start(), match.end(), word, stem, is_stop))
    return found


def content_stems(text: str, language: str) -> list[str]:
    """Stems of the words of `text` that carry content, in order, repeated where they are."""
    known = _known_words(language)
    return [stem for stem, is_stop in map(known.__getitem__, _WORD.findall(text)) if not is_stop]


class _KnownWords(dict[str, tuple[str, bool]]):
    """Stem of each word met in one language, and whether it is a stop word; a word is analysed once."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, word: str) -> tuple[str, bool]:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        analysed = _number(word, self.language) if word[0].isdecimal() else _stem(word, self.language)
        self[word] = analysed
        return analysed


_MOST_KNOWN = 300_000


@cache
def _known_words(language: str) -> _KnownWords:
    return _KnownWords(language)


@cache
def _stemmer(language: str) -> Stemmer | None:
    from Stemmer import Stemmer

    return Stemmer(ALGORITHMS[language]) if language in ALGORITHMS else None


def _stem(word: str, language: str) -> tuple[str, bool]:
    lower = word.lower().replace("’", "'")
    is_stop = fold(lower) in STOP_WORDS.get(language, ())
    stemmer = _stemmer(language)
    if lower.endswith("'s"):
        lower = lower[:-2]
    stem = fold(stemmer.stemWord(lower) if stemmer else lower)
    # Without its accents "assemblée" keeps an e that the stemmer takes from the accented form.
    return (stem.rstrip("e") if language == "fr" and len(stem) > 3 else stem), is_stop


_THOUSANDS = {
    ",": re.compile(r"\d{1,3}(?:,\d{3}){1,30}(?:\.\d{1,400})?$"),
    ".": re.compile(r"\d{1,3}(?:\.\d{3}){1,30}(?:,\d{1,400})?$"),
}


def _number(written: str, language: str) -> tuple[str, bool]:
    """Canonical form of a number: no thousands separator, a point before decimals, no useless zero."""
    number = re.sub(r"[\s'’]", "", written)
    thousands = "," if language == "en" or number.rfind(".") > number.rfind(",") > 0 else "."
    if _THOUSANDS[thousands].match(number):
        number = number.replace(thousands, "")
    number = number.replace(",", ".")
    whole, point, decimals = number.partition(".")
    if "." in decimals:  # 3.1.4: a version, not a number
        return number, False
    decimals = decimals.rstrip("0")
    return (whole.lstrip("0") or "0") + (point + decimals if decimals else ""), False
