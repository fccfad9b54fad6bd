"""Passages that come with an answer become hits: no store, no search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..proof.places import coverage, local_inverse_document_frequency, source_sentences, stems_of
from ..reading.hygiene import planted_orders
from ..reading.language import detect_language
from ..reading.sentences import sentence_spans
from ..types import Hit, Passage, Span

WINDOW_CHARACTERS = 3000
"""A longer passage becomes several hits, cut between sentences."""
MOST_HITS = 12
"""Where there are more, a sentence is proved on those with most of its words."""
TELLS_ITS_LANGUAGE = 200
"""Characters from which a passage may be in another language than the answer."""


class GivenPassage(NamedTuple):
    title: str
    text: str


class GivenPassages:
    """The passages given with one answer in `language`, as hits of articles that are named by their number, from 0."""

    def __init__(self, passages: Sequence[GivenPassage], language: str) -> None:
        self._hits = [
            hit for number, passage in enumerate(passages) for hit in _hits(number, passage, language)
        ]
        self._weights: dict[str, float] = {}
        if len(self._hits) > MOST_HITS:
            sentences = [one for n, hit in enumerate(self._hits) for one in source_sentences(n, hit)]
            self._weights = local_inverse_document_frequency(sentences)

    def for_sentence(self, sentence: str, language: str) -> list[Hit]:
        """All hits where they are few, else those that cover most of the sentence's words, best first."""
        if len(self._hits) <= MOST_HITS:
            return self._hits
        stems = stems_of(sentence, language)
        unseen = max(self._weights.values(), default=1.0)
        shares = [
            coverage(stems, stems_of(hit.text, hit.language), self._weights, unseen) for hit in self._hits
        ]
        best = sorted(range(len(self._hits)), key=lambda place: -shares[place])
        return [self._hits[place] for place in best[:MOST_HITS]]


def _hits(number: int, passage: GivenPassage, answer_language: str) -> Iterator[Hit]:
    language = answer_language
    if len(passage.text) >= TELLS_ITS_LANGUAGE:
        language = detect_language(passage.text)
    sentences = sentence_spans(passage.text, language)
    orders = tuple(planted_orders(passage.text, sentences))
    for rank, window in enumerate(_windows(sentences), start=1):
        span = Span(window[0].start, window[-1].end)
        yield Hit(
            rank=rank,
            passage=Passage(f"{number}:{span.start}", str(number), *span),
            text=passage.text[span.start : span.end],
            title=passage.title,
            language=language,
            sentences=tuple(window),
            flagged=tuple(filter(span.overlaps, orders)),
        )


def _windows(sentences: Sequence[Span]) -> Iterator[list[Span]]:
    """Runs of sentences of at most `WINDOW_CHARACTERS`; a single longer one stands alone."""
    window: list[Span] = []
    for sentence in sentences:
        if window and sentence.end - window[0].start > WINDOW_CHARACTERS:
            yield window
            window = []
        window.append(sentence)
    if window:
        yield window
