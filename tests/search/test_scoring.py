"""Features and their sum."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import FakeEmbedder

from assistant.library import LanguageStatistics
from assistant.search.candidates import content_words, spreads_of
from assistant.search.fusion import reciprocal_rank_fusion
from assistant.search.scoring import FEATURES, Candidate, ReciprocalRanks, Scorer, scorer_for
from assistant.types import Passage


def candidate(name: str, language: str = "fr", lexical: int | None = None, **features: float) -> Candidate:
    values = {**dict.fromkeys(FEATURES, 0.0), **features}
    return Candidate(Passage(name, "a.md", 0, 1), language, 0.8, lexical_rank=lexical, features=values)


def test_reciprocal_rank_fusion() -> None:
    scores = reciprocal_rank_fusion([["a", "b"], ["b"]])
    assert scores == {"a": 1 / 61, "b": 1 / 62 + 1 / 61}


def test_the_language_gate_drops_words_of_another_language() -> None:
    found = [candidate("en", "en", standing=3.0), candidate("fr", "fr", lexical=1, standing=2.0, words=0.9)]
    assert ReciprocalRanks().scores(found, "fr") == {"en": 1 / 61, "fr": 1 / 62}
    assert ReciprocalRanks().scores(found, "en")["fr"] == 1 / 62 + 1 / 61
    assert ReciprocalRanks().scores([], "fr") == {}


def test_a_score_is_the_weighted_sum_of_the_features() -> None:
    scorer = Scorer({"standing": 1.0, "words": 2.0}, title_floor=0.8, question_offsets={})
    found = [candidate("a", standing=3.0, words=0.5, title=9.0)]
    assert scorer.scores(found, "fr") == {"a": 4.0}


def test_the_fitted_weights_are_for_the_embedder_they_were_fitted_on() -> None:
    embedder = FakeEmbedder()
    assert isinstance(scorer_for(embedder), ReciprocalRanks)
    embedder.name = "intfloat/multilingual-e5-small"  # full precision
    scorer = scorer_for(embedder)
    assert isinstance(scorer, Scorer)
    assert set(scorer.weights) == set(FEATURES)
    assert all(offset.shape == (384,) for offset in scorer.question_offsets.values())


def test_a_question_is_moved_into_another_language() -> None:
    offsets = {"en": np.zeros(2, np.float32), "fr": np.array([0.6, 0.0], np.float32)}
    scorer = Scorer({}, 0.8, offsets)
    question = np.array([0.6, 0.8], np.float32)
    assert scorer.translated(question, "fr", "en") == pytest.approx([0.0, 1.0])
    assert scorer.translated(question, "fr", "fr") is question
    assert scorer.translated(question, "it", "en") is question
    assert scorer.translated(question, "fr", "it") is question


def test_standings_are_those_of_the_cosines_themselves() -> None:
    vectors = np.random.default_rng(0).standard_normal((4000, 8)).astype(np.float32)
    question = np.ones(8, np.float32)
    statistics = LanguageStatistics(
        len(vectors), vectors.mean(axis=0), np.cov(vectors.T, bias=True).astype(np.float32)
    )
    spread = spreads_of({"fr": question}, {"fr": statistics})["fr"]
    cosines = vectors @ question
    assert spread.mean == pytest.approx(cosines.mean(), abs=1e-3)
    assert spread.deviation == pytest.approx(cosines.std(), rel=1e-2)


def test_the_only_passage_of_a_language_is_compared_with_the_others() -> None:
    zero = np.zeros((2, 2), np.float32)
    statistics = {
        "fr": LanguageStatistics(1000, np.array([0.5, 0.0], np.float32), np.eye(2, dtype=np.float32) * 0.01),
        "en": LanguageStatistics(1, np.array([0.9, 0.0], np.float32), zero),
    }
    question = np.array([1.0, 0.0], np.float32)
    spread = spreads_of({"fr": question, "en": question}, statistics)["en"]
    assert spread.standing(0.9) > 2


def test_content_words() -> None:
    assert content_words("Qui est le patron de l'Assemblée ?", "fr") == "patron Assemblée"
    assert content_words("de la", "fr") == ""
    assert len(content_words(" ".join(f"mot{n}" for n in range(5000)), "fr").split()) <= 60
