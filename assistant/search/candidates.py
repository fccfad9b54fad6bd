"""The passages that the ranking chooses from: the best of each language by meaning, by words and by title."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ..reading.words import content_stems, words
from ..types import Query
from .question import LONGEST
from .scoring import Candidate, ReciprocalRanks, Scorer

if TYPE_CHECKING:
    from ..library import LanguageStatistics, Library
    from ..types import Filters, Vector

MOST_WORDS = 60
BY_TITLE = 5
"""Articles of each language that enter by their title alone, with their first passage."""
DEEPER = 10
"""The lexical search goes this much deeper than it proposes: it scores the other candidates too."""
PRIOR = 5
"""Passages' worth of belief that the cosines of a language lie as those of the whole store."""


class Spread(NamedTuple):
    """Mean and standard deviation of the cosines between a question and the passages of one language."""

    mean: float
    deviation: float

    def standing(self, similarity: float) -> float:
        return (similarity - self.mean) / self.deviation


def content_words(text: str, language: str) -> str:
    """The question without its stop words: in another language they would count as rare words."""
    kept = [word.text for word in words(text[:LONGEST], language) if not word.is_stop]
    return " ".join(list(dict.fromkeys(kept))[:MOST_WORDS])


def find_candidates(
    store: Library, query: Query, vector: Vector, scorer: Scorer | ReciprocalRanks, count: int
) -> list[Candidate]:
    """Up to `count` by meaning and `count` by words of each language of the store, with their features."""
    sizes = store.languages
    vectors = {language: scorer.translated(vector, query.language, language) for language in sizes}
    spreads = spreads_of(vectors, store.language_statistics)
    text = content_words(query.search_text, query.language)
    found: list[Candidate] = []
    for language, question in vectors.items():
        reach = _reach(store, text, language, sizes[language])
        candidates = _of_language(store, question, text, language, count, query.filters)
        for candidate in candidates:
            features = candidate.features
            features["standing"] = (candidate.similarity - spreads[language].mean) / spreads[
                language
            ].deviation
            features["words"] = features["words"] / reach
            features["title"] = max(0.0, (features["title"] - scorer.title_floor) / (1 - scorer.title_floor))
            features["same_language"] = float(language == query.language)
        found += candidates
    return found


def _of_language(
    store: Library, question: Vector, text: str, language: str, count: int, filters: Filters
) -> list[Candidate]:
    """Candidates with the raw values of their features."""
    dense = dict(store.dense(question, count, language, filters))
    deep = dict(store.lexical(text, count * DEEPER, language, filters)) if text else {}
    nearest = [name for name, _ in store.nearest_titles(question, BY_TITLE, language, filters)]
    dense_ranks = {name: rank for rank, name in enumerate(dense, start=1)}
    lexical_ranks = {name: rank for rank, name in enumerate(islice(deep, count), start=1)}
    places = store.places(list(dict.fromkeys([*dense_ranks, *lexical_ranks, *store.openings(nearest)])))
    titles = store.title_similarities(question, list({place.passage.article for place in places.values()}))
    others = [name for name in places if name not in dense]
    dense.update(zip(others, (store.vectors(others) @ question).tolist(), strict=True))
    return [
        Candidate(
            place=place.passage,
            published=place.published,
            language=language,
            similarity=dense[name],
            dense_rank=dense_ranks.get(name),
            lexical_rank=lexical_ranks.get(name),
            features={"words": deep.get(name, 0.0), "title": titles.get(place.passage.article, 0.0)},
        )
        for name, place in places.items()
    ]


def _reach(store: Library, text: str, language: str, passages: int) -> float:
    """Sum of the inverse document frequencies of the question's words: what BM25 grows with at best."""
    frequencies = store.document_frequency(list(dict.fromkeys(content_stems(text, language))), language)
    return math.fsum(math.log(1 + (passages - n + 0.5) / (n + 0.5)) for n in frequencies.values()) or 1.0


def spreads_of(
    questions: Mapping[str, Vector], statistics: Mapping[str, LanguageStatistics]
) -> dict[str, Spread]:
    """Spread of the cosines in each language, in closed form: mean q.m, variance q'Cq.

    A language of few passages is drawn towards the whole store, else its only passage would be average.
    """
    moments = {
        language: (
            statistics[language].n,
            float(question @ statistics[language].mean),
            float(question @ statistics[language].covariance @ question),
        )
        for language, question in questions.items()
    }
    total = sum(n for n, _, _ in moments.values())
    mean = sum(n * m for n, m, _ in moments.values()) / max(1, total)
    variance = sum(n * v for n, _, v in moments.values()) / max(1, total)
    return {
        language: Spread(
            (n * m + PRIOR * mean) / (n + PRIOR),
            math.sqrt(max((n * v + PRIOR * variance) / (n + PRIOR), 1e-8)),
        )
        for language, (n, m, v) in moments.items()
    }
