"""Records become an evaluation: every metric over all questions and by kind, language and language pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..types import Json
from .evaluation_json import EstimateJson, EvaluationJson, FailureJson, JudgeJson, MeasuredJson, Tier
from .metrics import METRICS, Metric
from .questions import Problem, Question
from .records import RecordJson
from .retrieval import Share, ranked
from .statistics import (
    NOTHING,
    Estimate,
    cluster_bootstrap,
    percentile,
    ratio_bootstrap,
    rounded,
    wilson,
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One question with its shares of the metrics, averaged over its repeats."""

    question: Question
    language: str
    pairs: tuple[str, ...]
    """Question's language and each gold article's, like "fr>en"."""
    shares: Mapping[str, Share]

    def as_json(self) -> MeasuredJson:
        scores = {
            name: value
            for name, share in self.shares.items()
            if METRICS[name].paired and share[1] and (value := rounded(share[0] / share[1])) is not None
        }
        return {
            "id": self.question.id,
            "question": self.question.question,
            "fingerprint": self.question.fingerprint,
            "kind": self.question.kind,
            "language": self.language,
            "pairs": list(self.pairs),
            "cluster": self.question.cluster,
            "synthetic": self.question.synthetic,
            "scores": scores,
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a run measured. `as_json` is what `evaluate --json` prints."""

    tier: Tier
    measured: tuple[Measured, ...]
    failures: tuple[FailureJson, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Lines of the questions that could not be used, and gold that the articles contradict."""
    settings: Json = field(default_factory=dict)
    fingerprints: dict[str, str | None] = field(default_factory=dict)
    seed: int = 0
    judge: JudgeJson | None = None

    def as_json(self) -> EvaluationJson:
        return {
            "tier": self.tier,
            "n": len(self.measured),
            "metrics": estimates(self.measured, self.seed),
            "by": {
                name: {key: estimates(group, self.seed) for key, group in groups.items()}
                for name, groups in _groups(self.measured).items()
            },
            "failures": list(self.failures),
            "problems": [problem.as_json() for problem in self.problems],
            "settings": self.settings,
            "fingerprints": self.fingerprints,
            "synthetic": sum(m.question.synthetic for m in self.measured),
            "judge": self.judge,
            "questions": [m.as_json() for m in self.measured],
        }


def measure(
    questions: Sequence[Question],
    retrieved: Iterable[RecordJson],
    answered: Iterable[RecordJson] = (),
    article_languages: Mapping[str, str] | None = None,
) -> tuple[Measured, ...]:
    """Shares of every metric for each question that has a record; a question's repeats are averaged."""
    by_id = {question.id: question for question in questions}
    hits = [(by_id[r["id"]], r) for r in retrieved if r["id"] in by_id]
    answers = [(by_id[r["id"]], r) for r in answered if r["id"] in by_id]
    shares: dict[str, dict[str, list[Share]]] = {q.id: {} for q, _ in (*hits, *answers)}
    computed = {metric.name: metric.measure for metric in METRICS.values() if metric.measure}
    for name, values in ranked(hits, computed).items():
        for question_id, value in values.items():
            shares[question_id].setdefault(name, []).append((value, 1))
    for tier, pairs in (("retrieval", hits), ("answers", answers)):
        for metric in METRICS.values():
            if metric.tier == tier and metric.function is not None:
                for question, record in pairs:
                    share = metric.function(question, record)
                    if share is not None:
                        shares[question.id].setdefault(metric.name, []).append(share)
    languages = {q.id: q.language or str(r.get("language") or "und") for q, r in (*answers, *hits)}
    known = article_languages or {}
    return tuple(
        Measured(q, languages[q.id], _pairs(q, languages[q.id], known), _averaged(shares[q.id]))
        for q in questions
        if q.id in shares
    )


def _averaged(shares: Mapping[str, Sequence[Share]]) -> dict[str, Share]:
    return {
        name: (sum(s[0] for s in repeats) / len(repeats), sum(s[1] for s in repeats) / len(repeats))
        for name, repeats in shares.items()
    }


def _pairs(question: Question, language: str, known: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(sorted({f"{language}>{known[name]}" for name in question.articles if name in known}))


def _groups(measured: Iterable[Measured]) -> dict[str, dict[str, list[Measured]]]:
    groups: dict[str, dict[str, list[Measured]]] = {"kind": {}, "language": {}, "pair": {}}
    for one in measured:
        groups["kind"].setdefault(one.question.kind, []).append(one)
        groups["language"].setdefault(one.language, []).append(one)
        for pair in one.pairs:
            groups["pair"].setdefault(pair, []).append(one)
    return {name: dict(sorted(found.items())) for name, found in groups.items()}


def estimates(measured: Sequence[Measured], seed: int = 0) -> dict[str, EstimateJson]:
    """Every metric of `METRICS`, null where nothing could be measured."""
    return {name: _estimate(metric, measured, seed) for name, metric in METRICS.items()}


def _estimate(metric: Metric, measured: Sequence[Measured], seed: int) -> EstimateJson:
    found = [(m.shares[metric.name], m.question.cluster) for m in measured if metric.name in m.shares]
    shares = [share for share, _ in found]
    clusters = [cluster for _, cluster in found]
    if metric.form == "ratio":
        return _ratio(shares, clusters, seed).as_json()
    values = [share[0] for share in shares]
    estimate = wilson(values) if metric.form == "rate" else cluster_bootstrap(values, clusters, seed)
    if metric.form != "seconds":
        return estimate.as_json()
    return estimate.as_json() | {
        "p50": rounded(percentile(values, 50)),
        "p95": rounded(percentile(values, 95)),
    }


def _ratio(shares: Sequence[Share], clusters: Sequence[str], seed: int) -> Estimate:
    below = sum(share[1] for share in shares)
    if not below:
        return Estimate(NOTHING.value, None, None, len(shares))
    columns = ([share[0] for share in shares], [share[1] for share in shares])
    interval = ratio_bootstrap(columns, clusters, lambda sums: sums[..., 0] / sums[..., 1], seed)
    low, high = interval or (None, None)
    return Estimate(sum(columns[0]) / below, low, high, len(shares))
