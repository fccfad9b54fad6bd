"""The windows of one or two sentences in which the proof of a sentence is looked for, and how much of it they cover."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import pairwise

from assistant.proof.analysed import Analysed, Values, analysed
from assistant.reading.sentences import sentence_spans
from assistant.types import Hit, Query, Quote, Span

MOST_WINDOWS = 400
"""Windows looked at for one sentence; those of the best hits come first."""
LEFT_OUT = " […] "
"""Stands where orders to an assistant were."""
LONGEST_PAIR = 1200
"""Two sentences longer than this together, in characters, are not offered as one citation."""

InverseDocumentFrequency = Callable[[Sequence[str], str], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """A sentence of a hit, with its place in the article."""

    hit: int
    article: str
    start: int
    end: int
    text: str
    language: str
    published: date | None
    title: str

    @property
    def span(self) -> Span:
        """Its place in the article's text."""
        return Span(self.start, self.end)

    @property
    def analysed(self) -> Analysed:
        return analysed(self.text, self.language)

    @property
    def stems(self) -> frozenset[str]:
        return self.analysed.stems

    @property
    def values(self) -> Values:
        """Its dates, numbers and names, relative dates resolved on the day of its article."""
        return self.analysed.values(self.published)

    @property
    def is_title(self) -> bool:
        """Whether it only says the title of its article again."""
        return self.text.strip().strip("# *").casefold() == self.title.strip().casefold()


@dataclass(frozen=True)
class Window:
    """One sentence, or two that follow each other, of one article."""

    sentences: tuple[SourceSentence, ...]
    text: str

    @property
    def hit(self) -> int:
        return self.sentences[0].hit

    @property
    def language(self) -> str:
        return self.sentences[0].language

    @cached_property
    def analysed(self) -> Analysed:
        return analysed(self.text, self.language)

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset().union(*(sentence.stems for sentence in self.sentences))

    @cached_property
    def values(self) -> Values:
        """Its dates, numbers and names, relative dates resolved on the day of its article."""
        return self.analysed.values(self.sentences[0].published)

    def quote(self, score: float) -> Quote:
        first, last = self.sentences[0], self.sentences[-1]
        return Quote(first.article, first.start, last.end, self.text, first.hit, score)


def stems_of(text: str, language: str) -> frozenset[str]:
    """Stems of the words that carry meaning."""
    return analysed(text, language).stems


def context_of(hit: Hit) -> tuple[int, str]:
    """Where the text around a hit starts in its article, and that text."""
    if hit.context is not None and hit.context_text is not None:
        return hit.context.start, hit.context_text
    return hit.passage.start, hit.text


_ASKED = re.compile(
    r"\b(?:quel(?:le)?s?|combien d[e'’]|which|what|how (?:many|much))\s*([^\W\d_]+)", re.IGNORECASE
)


def unknown_stems(query: Query, hits: Sequence[Hit]) -> frozenset[str]:
    """Stem of the thing asked for, where no hit in the question's language has any form of it: "Which fine …?"."""
    own = [hit for hit in hits if hit.language == query.language]
    asked = frozenset().union(*(stems_of(word, query.language) for word in _ASKED.findall(query.search_text)))
    if not own or not asked:
        return frozenset()
    told = frozenset().union(*(stems_of(f"{hit.title} {context_of(hit)[1]}", hit.language) for hit in own))
    return asked - matching_stems(asked, told)


def without_orders(hit: Hit) -> str:
    """The text around a hit, its planted orders left out."""
    text = hit.context_text or hit.text
    offset = hit.context.start if hit.context_text and hit.context else hit.passage.start
    for span in sorted(hit.flagged, reverse=True):
        start, end = max(span.start - offset, 0), min(span.end - offset, len(text))
        if start < end:
            text = text[:start].rstrip() + LEFT_OUT + text[end:].lstrip()
    return text.strip()


def source_sentences(index: int, hit: Hit) -> list[SourceSentence]:
    """The sentences of the hit numbered `index`, with exact spans; the whole text where it has none."""
    offset, text = context_of(hit)
    spans = [span for span in hit.sentences if offset <= span.start < span.end <= offset + len(text)]
    if not spans:
        spans = [Span(s.start + offset, s.end + offset) for s in sentence_spans(text, hit.language)]
    return [
        SourceSentence(
            hit=index,
            article=hit.passage.article,
            start=span.start,
            end=span.end,
            text=text[span.start - offset : span.end - offset],
            language=hit.language,
            published=hit.published,
            title=hit.title,
        )
        for span in spans
        if text[span.start - offset : span.end - offset].strip()
    ]


def all_sentences(hits: Sequence[Hit]) -> list[SourceSentence]:
    """Sentences of all hits, each place of an article once; orders to an assistant are proof of nothing."""
    seen: set[tuple[str, int, int]] = set()
    found = []
    for index, hit in enumerate(hits):
        for sentence in source_sentences(index, hit):
            place = (sentence.article, sentence.start, sentence.end)
            if place not in seen and not holds_injection(sentence.span, hit.flagged):
                seen.add(place)
                found.append(sentence)
    return found


def holds_injection(sentence: Span, flagged: Iterable[Span]) -> bool:
    """Whether a sentence lies in what was flagged as giving orders to an assistant."""
    return any(map(sentence.overlaps, flagged))


def windows(hits: Sequence[Hit]) -> list[Window]:
    """Every sentence of the hits, and every two that follow each other in one hit."""
    sentences = all_sentences(hits)
    singles = [Window((sentence,), sentence.text) for sentence in sentences]
    pairs = [
        Window((first, second), _between(hits[first.hit], first, second))
        for first, second in pairwise(sentences)
        if _adjacent(hits, first, second)
    ]
    return (singles + pairs)[:MOST_WINDOWS]


def _between(hit: Hit, first: SourceSentence, second: SourceSentence) -> str:
    offset, text = context_of(hit)
    return text[first.start - offset : second.end - offset]


def _adjacent(hits: Sequence[Hit], first: SourceSentence, second: SourceSentence) -> bool:
    if first.hit != second.hit or second.start < first.end or second.end - first.start > LONGEST_PAIR:
        return False
    offset, text = context_of(hits[first.hit])
    return not text[first.end - offset : second.start - offset].strip()


def local_inverse_document_frequency(sentences: Sequence[SourceSentence]) -> dict[str, float]:
    """ln(1 + (N + 1) / (n + 1)) of each stem over the sentences themselves, for want of the whole collection's."""
    counts = Counter(stem for sentence in sentences for stem in sentence.stems)
    return {stem: math.log(1 + (len(sentences) + 1) / (count + 1)) for stem, count in counts.items()}


def coverage(
    stems: frozenset[str], window: frozenset[str], weights: Mapping[str, float], unseen: float
) -> float:
    """Share of the stems' weight that the window contains, 0 to 1; 1 for no stem.

    `unseen` is the weight of a stem that has none.
    """
    total = math.fsum(weights.get(stem, unseen) for stem in stems)
    found = math.fsum(weights.get(stem, unseen) for stem in stems & window)
    return found / total if total else 1.0


def matching_stems(stems: frozenset[str], window: frozenset[str]) -> frozenset[str]:
    """Those of the stems that the window has, or of which it has a word of the same family: "succède", "successeur"."""
    roots = _roots(window)
    return frozenset(stem for stem in stems if stem in window or stem[:5] in roots)


@lru_cache(maxsize=8192)
def _roots(stems: frozenset[str]) -> frozenset[str]:
    """First five letters of the long words: French and English share many ("organis", "informat")."""
    return frozenset(stem[:5] for stem in stems if len(stem) >= 5)


def resemblance(claim: frozenset[str], window: frozenset[str]) -> float:
    """Share of the claim's long words that a text in another language seems to have, 0 to 1."""
    roots = _roots(claim)
    return len(roots & _roots(window)) / len(roots) if roots else 0.0
