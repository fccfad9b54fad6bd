"""How rare each word is in the whole collection, language by language."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..library import Library


class Idf:
    """ln(1 + (N + 1) / (n + 1)) of a stem that n of the N passages of a language have: never 0, ln(2 + N) at most.

    Smoothed, because in a small collection a verb that happens to be in no article says little.
    """

    def __init__(self, store: Library) -> None:
        self.store = store

    def __call__(self, stems: Sequence[str], language: str) -> Mapping[str, float]:
        passages = self.store.languages.get(language, 0)
        counts = self.store.document_frequency(list(stems), language)
        return {stem: math.log(1 + (passages + 1) / (count + 1)) for stem, count in counts.items()}
