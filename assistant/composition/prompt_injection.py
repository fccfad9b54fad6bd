"""Orders planted in articles: they prove nothing, and no model reads them."""

from __future__ import annotations

from collections.abc import Sequence

from ..proof.places import context_of, stems_of
from ..reading.hygiene import planted_orders
from ..types import Hit, Quote

ECHO = 0.6
"""Share of a sentence's words in a planted order from which the sentence repeats it."""
FEWEST_SHARED = 2


def is_injection(text: str) -> bool:
    """Whether a title or the like gives orders to an assistant."""
    return bool(planted_orders(text))


def repeated_injection(sentence: str, hits: Sequence[Hit], language: str) -> Quote | None:
    """The planted order that a sentence repeats, if any."""
    stems = stems_of(sentence, language)
    for index, hit in enumerate(hits):
        for quote in _orders(index, hit):
            shared = stems & stems_of(quote.text, hit.language)
            if len(shared) >= max(FEWEST_SHARED, ECHO * len(stems)):
                return quote
    return None


def _orders(index: int, hit: Hit) -> list[Quote]:
    offset, text = context_of(hit)
    return [
        Quote(
            hit.passage.article,
            span.start,
            span.end,
            text[span.start - offset : span.end - offset],
            index,
            0.0,
        )
        for span in hit.flagged
        if offset <= span.start < span.end <= offset + len(text)
    ]
