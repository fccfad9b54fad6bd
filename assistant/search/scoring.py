"""One score from a few features: a linear scorer, its weights fitted once by `benchmarks/fit_search.py`.

The features of a candidate passage:

- standing: how many standard deviations its cosine lies above the mean cosine of its language. Embedders
  rank every passage in the question's language before any other; standings compare across languages.
- words: BM25 over the sum of the inverse document frequencies of the question's words: comparable too.
- title: how close the question is to the article's title, above a floor; 1 is the same meaning.
- same_language: 1 where the passage is in the question's language. Shared words come for free there,
  hence its weight is negative.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np

from .fusion import reciprocal_rank_fusion

if TYPE_CHECKING:
    from ..types import Embedder, Passage, Vector

FEATURES = ("standing", "words", "title", "same_language")


@dataclass(slots=True)
class Candidate:
    """A passage that one of the searches found, before it is ranked."""

    place: Passage
    language: str
    similarity: float
    """Cosine with the question as it was asked in the passage's language."""
    dense_rank: int | None = None
    """Rank by cosine within its language, from 1."""
    lexical_rank: int | None = None
    features: dict[str, float] = field(default_factory=dict)
    published: date | None = None


@dataclass(frozen=True)
class Scorer:
    """Weights of the features, and what they were fitted on."""

    weights: Mapping[str, float]
    title_floor: float
    """Cosine between a question and a title below which a title says nothing."""
    question_offsets: Mapping[str, Vector]
    """Mean difference between a question in that language and the same one in English."""
    tolerance: float = 4.0
    """A passage whose score is this far below the best one is hardly relevant beside it."""

    def score(self, candidate: Candidate) -> float:
        return sum(weight * candidate.features[name] for name, weight in self.weights.items())

    def scores(self, candidates: Sequence[Candidate], language: str) -> dict[str, float]:
        """Score of each passage, by id."""
        return {candidate.place.id: self.score(candidate) for candidate in candidates}

    def translated(self, question: Vector, language: str, into: str) -> Vector:
        """The vector that the question would have, on average, if it were asked in another language."""
        if language == into or language not in self.question_offsets or into not in self.question_offsets:
            return question
        moved = question - self.question_offsets[language] + self.question_offsets[into]
        return moved / np.linalg.norm(moved)


class ReciprocalRanks:
    """The order for embedders that no weights were fitted on: reciprocal rank fusion with a language gate.

    Where the best passage by meaning is in another language than the question, shared words are mostly
    accidents and the lexical order is left out.
    """

    title_floor = 0.0
    tolerance = 0.004

    def scores(self, candidates: Sequence[Candidate], language: str) -> dict[str, float]:
        """Score of each passage, by id."""
        dense = sorted(candidates, key=lambda candidate: -candidate.features["standing"])
        rankings = [[candidate.place.id for candidate in dense]]
        if dense and language in (dense[0].language, "und"):
            found = [candidate for candidate in candidates if candidate.lexical_rank is not None]
            found.sort(key=lambda candidate: -candidate.features["words"])
            rankings.append([candidate.place.id for candidate in found])
        return reciprocal_rank_fusion(rankings)

    def translated(self, question: Vector, language: str, into: str) -> Vector:
        return question


def scorer_for(embedder: Embedder) -> Scorer | ReciprocalRanks:
    """The fitted scorer where it was fitted on this embedder, in this precision or another."""
    fitted = _fitted()
    known = fitted["embedder"]
    if embedder.fingerprint != known["fingerprint"] and _last_part(embedder.name) != known["name"]:
        return ReciprocalRanks()
    offsets = {name: np.array(offset, np.float32) for name, offset in fitted["question_offsets"].items()}
    return Scorer(fitted["weights"], fitted["title_floor"], offsets)


def _last_part(name: str) -> str:
    return name.replace("\\", "/").rstrip("/").rpartition("/")[2]


@cache
def _fitted() -> dict[str, Any]:
    file = resources.files(__package__).joinpath("weights.json")
    data: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return data
