"""What `evaluate --json` and `compare --json` print: an evaluation, a comparison, and their parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NotRequired, TypedDict

from ..types import Json

Tier = Literal["retrieval", "evidence", "answers"]


class EstimateJson(TypedDict):
    """A value with its 95 % interval; null where it could not be measured."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    p50: NotRequired[float | None]
    """Of times, as `p95`."""
    p95: NotRequired[float | None]


class FailureJson(TypedDict):
    """A question that could not be answered."""

    id: str
    reason: str


class ProblemJson(TypedDict):
    """A line of the questions that could not be used, or gold that an article contradicts."""

    line: int
    id: str | None
    reason: str


class MeasuredJson(TypedDict):
    """One question with its value of each metric."""

    id: str
    question: str
    fingerprint: str
    kind: str
    language: str
    pairs: list[str]
    cluster: str
    synthetic: bool
    scores: dict[str, float]


class JudgeJson(TypedDict):
    """A local model's opinion of the answers, and how often people share it."""

    model: str
    n: int
    rate: EstimateJson
    agreement: EstimateJson
    kappa: float | None
    verdicts: dict[str, bool]


Metrics = Mapping[str, EstimateJson]
"""By the names of `METRICS`."""


class EvaluationJson(TypedDict):
    tier: Tier
    n: int
    metrics: dict[str, EstimateJson]
    by: dict[str, dict[str, dict[str, EstimateJson]]]
    """Kind, language and language pair, each of its values with all metrics."""
    failures: list[FailureJson]
    problems: list[ProblemJson]
    settings: Json
    """Sections of `settings` on which hits and answers depend."""
    fingerprints: dict[str, str | None]
    synthetic: int
    judge: JudgeJson | None
    questions: list[MeasuredJson]


class PairedJson(TypedDict):
    """One metric of two evaluations; `wins` and `losses` are ids, from the second one's side."""

    a: float | None
    b: float | None
    difference: float | None
    low: float | None
    high: float | None
    better: Literal["higher", "lower"]
    form: str
    test: Literal["mcnemar", "bootstrap"]
    p: float
    p_holm: NotRequired[float]
    """Adjusted for the number of metrics."""
    n: int
    needed_n: int | None
    wins: list[str]
    losses: list[str]
    ties: int
    values: dict[str, list[float | None]]
    """Of what is won or lost: the first one's value and the second one's."""


class ComparisonJson(TypedDict):
    n: int
    only_a: list[str]
    only_b: list[str]
    metrics: dict[str, PairedJson]
    different: dict[str, list[object]]
    """Settings and fingerprints that are not the same: both values."""
