"""How a yes or a no begins, in any language: a model does not always answer in that of the question."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from .lexicon import words_anywhere


@cache
def _said(key: str) -> frozenset[str]:
    return frozenset(words_anywhere("words", key))


def yes_and_no(likely: Mapping[str, float]) -> tuple[float, float]:
    """Probabilities of yes and of no, from those of first tokens."""
    yes, no = (
        sum(probability for token, probability in likely.items() if token.strip().lower() in _said(key))
        for key in ("yes", "no")
    )
    return yes, no


def means_yes(word: str) -> bool | None:
    """Whether a word is a yes or a no; None where it is neither."""
    return True if word in _said("yes") else False if word in _said("no") else None
