"""The expressions by which a language asks: for a date, a number, a name, a reason, a second thing."""

from __future__ import annotations

import re
from functools import cache

from .lexicon import words_in

OPEN_ENDED = ("count_of", "why")
"""Expressions that end with what is asked about, or in the middle of a word."""


@cache
def asking(language: str, key: str) -> re.Pattern[str]:
    """What finds the expressions `asked.KEY` of a language in folded text."""
    return re.compile(
        rf"\b(?:{'|'.join(words_in(language, 'asked', key))})" + (r"\b" if key not in OPEN_ENDED else "")
    )
