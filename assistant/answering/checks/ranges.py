"""A change from one number to another: its order, and whether it is called a rise or a fall."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from assistant.answering.checks import listed
from assistant.answering.checks.numbers import Quantity, missing_quantities
from assistant.reading.words import words

_FROM = re.compile(r"(?:\bde|\bd['’]|\bfrom)\s*$", re.IGNORECASE)
_TO = re.compile(r"^\s*\S{0,12}\s*(?:à|a|to|→)\s+$", re.IGNORECASE)
_RISE = listed("""
    augmenter augmentation hausse hausser croître croissance progresser progression grimper bondir monter
    increase rise rose grow grew climb jump gain
""")
_FALL = listed("""
    diminuer diminution baisse baisser décroître reculer recul réduire chuter chute tomber
    decrease fall fell decline drop shrink shrank reduce
""")


def changes(text: str, quantities: Sequence[Quantity]) -> Iterator[tuple[Quantity, Quantity]]:
    """Pairs of numbers that a text has as "from 8 % to 7.2 %"."""
    for first, second in pairwise(quantities):
        if _FROM.search(text[: first.start]) and _TO.match(text[first.end : second.start]):
            yield first, second


def turned_round(
    claim: str, ours: Sequence[Quantity], source: str, theirs: Sequence[Quantity]
) -> Iterator[str]:
    """The words of changes that the source has in the other direction."""
    given = list(changes(source, theirs))
    for first, second in changes(claim, ours):
        if missing_quantities([first], [second]) and any(
            not missing_quantities([first], [end]) and not missing_quantities([second], [start])
            for start, end in given
        ):
            yield claim[first.start : second.end]


def misnamed(claim: str, ours: Sequence[Quantity], language: str) -> Iterator[str]:
    """A fall that the claim calls a rise, or the reverse."""
    found = words(claim, language)
    for first, second in changes(claim, ours):
        wrong = _stems(language, second.values[0] < first.values[0])
        right = _stems(language, second.values[0] > first.values[0])
        if first.values[0] != second.values[0] and not any(word.stem in right for word in found):
            yield from (word.text for word in found if word.stem in wrong)


@cache
def _stems(language: str, rise: bool) -> frozenset[str]:
    return frozenset(word.stem for word in words(" ".join(_RISE if rise else _FALL), language))
