"""The fitted judgement: signals become a probability that the sources support a claim, and that becomes a band.

The numbers of `fit.json` are made by `benchmarks/fit_proof.py` on sentences that people judged; nothing here
is set by hand.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class WordFit:
    """What a verifier's word is worth beside the rest: both as log odds, each with its weight."""

    own: float
    word: float
    bias: float
    supported_from: float
    """Of the bad sentences that were undecided, so few reach this probability as `benchmarks/fit_proof.py` says."""


@dataclass(frozen=True)
class Fit:
    """Weights and bands, with what they were fitted on."""

    weights: Mapping[str, float]
    """Of the signals that say how much of a claim its sources have (logistic regression)."""
    bias: float
    penalties: Mapping[str, float]
    """Of the signals of a contradiction: each takes exp(-penalty * signal) from the probability."""
    supported_from: float
    """Bad sentences reach this probability in at most a tenth of the cases (RAGTruth)."""
    unsupported_below: float
    words: Mapping[str, Mapping[str, WordFit]]
    """By verifier, then by language."""
    fitted_on: str
    own_bars: Mapping[str, float] = field(default_factory=dict)
    """`supported_from` of languages in which bad sentences come nearer to their sources (French: RTE3)."""

    def bar(self, language: str) -> float:
        """The probability from which a sentence in this language is supported."""
        return self.own_bars.get(language, self.supported_from)

    def probability(self, signals: Mapping[str, float]) -> float:
        """Probability that the sources support the claim, 0 to 1."""
        odds = self.bias + sum(weight * signals.get(name, 0.0) for name, weight in self.weights.items())
        doubt = sum(penalty * signals.get(name, 0.0) for name, penalty in self.penalties.items())
        return math.exp(-doubt) / (1.0 + math.exp(-odds))

    def with_word(
        self, probability: float, word: float, verifier: str, language: str
    ) -> tuple[float, WordFit] | None:
        """The probability with a verifier's word; None where its worth is not known for this language."""
        fit = self.words.get(verifier, {}).get(language)
        if fit is None:
            return None
        return logistic(fit.bias + fit.own * log_odds(probability) + fit.word * log_odds(word)), fit


def log_odds(probability: float) -> float:
    bounded = min(max(probability, 1e-4), 1 - 1e-4)
    return math.log(bounded / (1 - bounded))


def logistic(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-odds))


@cache
def fitted() -> Fit:
    """The fit that comes with the program."""
    data = json.loads(resources.files(__package__).joinpath("fit.json").read_text("utf-8"))
    words = {
        verifier: {language: WordFit(**values) for language, values in by_language.items()}
        for verifier, by_language in data.pop("words").items()
    }
    return Fit(words=words, **data)
