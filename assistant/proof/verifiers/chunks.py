"""A premise cut to what a model reads at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...reading.sentences import sentence_spans
from ...types import Span

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def chunks(premise: str, room: int, tokenizer: PreTrainedTokenizerBase | Any) -> Iterator[Span]:
    """Runs of whole sentences of at most `room` tokens; the last sentence of one opens the next where both fit.

    A single longer sentence stands alone, and the model cuts it. At least one chunk, be it empty.
    """
    spans = sentence_spans(premise, "en")
    sizes = [len(tokenizer.tokenize(premise[span.start : span.end])) for span in spans]
    first = 0
    while first < len(spans):
        last, total = first, sizes[first]
        while last + 1 < len(spans) and total + sizes[last + 1] <= room:
            last += 1
            total += sizes[last]
        yield Span(spans[first].start, spans[last].end)
        if last + 1 == len(spans):
            return
        overlaps = last > first and sizes[last] + sizes[last + 1] <= room
        first = last if overlaps else last + 1
    if not spans:
        yield Span(0, len(premise))
