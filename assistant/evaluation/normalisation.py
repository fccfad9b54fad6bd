"""Words of an answer as judges compare them: without case, accents, punctuation, articles and elisions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..language.folding import fold
from ..language.reading_pack import reading_packs, words_of

ARTICLES = words_of("answer_articles")
"""Of all languages, since answers and sources mix them: SQuAD drops a, an and the; FQuAD the French articles."""
ELIDED = re.compile(rf"\b(?:{'|'.join(reading_packs()['fr']['elided'])})['’ʼ](?=\w)", re.IGNORECASE)
MARKER = re.compile(r"(?:(?<!\s)\s+)?\[\d{1,9}\]")
GROUPED = re.compile(r"(?<=\d)[ \u00a0\u202f\u2009'](?=\d{3}(?!\d))")
TOKEN = re.compile(r"\d+(?:[.,]\d+)*|\w+")
THOUSANDS = re.compile(r"[.,](?=\d{3}(?!\d))")


def without_markers(text: str) -> str:
    """The answer without its citation markers `[n]`."""
    return MARKER.sub("", text)


def answer_words(text: str) -> list[str]:
    """Comparable words: "L'été à 1 234,50 €" gives ["ete", "1234.5"]."""
    text = ELIDED.sub(" ", GROUPED.sub("", without_markers(text)))
    # "à" is the French preposition, and after folding also the English article: both carry no answer
    return [_canonical(word) for word in TOKEN.findall(fold(text)) if word not in ARTICLES]


def _canonical(word: str) -> str:
    """ "14,20" and "14.2" are one number, and so are "1,234" and "1234"."""
    if not word[0].isdigit():
        return word
    number = THOUSANDS.sub("", word).replace(",", ".")
    if number.count(".") != 1:
        return number
    return number.rstrip("0").rstrip(".")


def contains(words: Sequence[str], part: Sequence[str]) -> bool:
    """Whether `part` stands in `words`, whole and in order; nothing contains no words."""
    width = len(part)
    return width > 0 and any(list(words[i : i + width]) == list(part) for i in range(len(words) - width + 1))
