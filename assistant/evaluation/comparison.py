"""Two evaluations of the same questions, compared question by question."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from ..errors import EvaluationError
from .evaluation_json import ComparisonJson, EvaluationJson, MeasuredJson, PairedJson
from .metrics import METRICS, Metric
from .statistics import DIGITS, holm, mcnemar, paired_bootstrap, questions_needed, rounded

SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Paired:
    """One metric over the questions that both evaluations measured."""

    metric: Metric
    first: tuple[float, ...]
    second: tuple[float, ...]
    ids: tuple[str, ...]
    clusters: tuple[str, ...]

    @property
    def differences(self) -> list[float]:
        return [b - a for a, b in zip(self.first, self.second, strict=True)]

    def outcomes(self) -> tuple[list[str], list[str]]:
        """Ids that the second evaluation wins and loses."""
        sign = 1 if self.metric.better == "higher" else -1
        gains = [(name, sign * d) for name, d in zip(self.ids, self.differences, strict=True)]
        return [n for n, g in gains if g > SAME], [n for n, g in gains if g < -SAME]

    @property
    def binary(self) -> bool:
        return self.metric.form == "rate" and all(v in (0.0, 1.0) for v in (*self.first, *self.second))

    def as_json(self, seed: int = 0) -> PairedJson:
        """Both means, their difference with its interval, and an exact or resampled p-value."""
        wins, losses = self.outcomes()
        changed = {*wins, *losses}
        estimate, p = paired_bootstrap(self.differences, self.clusters, seed)
        if self.binary:
            p = mcnemar(len(wins), len(losses))
        return {
            "a": rounded(sum(self.first) / len(self.first)),
            "b": rounded(sum(self.second) / len(self.second)),
            "difference": rounded(estimate.value),
            "low": rounded(estimate.low),
            "high": rounded(estimate.high),
            "better": self.metric.better,
            "form": self.metric.form,
            "test": "mcnemar" if self.binary else "bootstrap",
            "p": round(p, DIGITS),
            "n": len(self.ids),
            "needed_n": questions_needed(self.differences),
            "wins": wins,
            "losses": losses,
            "ties": len(self.ids) - len(wins) - len(losses),
            "values": {
                name: [rounded(a), rounded(b)]
                for name, a, b in zip(self.ids, self.first, self.second, strict=True)
                if name in changed
            },
        }


def read_evaluation(path: Path) -> EvaluationJson:
    """What `evaluate --json` printed. Raises `EvaluationError` for anything else."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise EvaluationError(
            f"The evaluation {str(path)!r} cannot be read: {error.strerror}. Check the path."
        ) from error
    except ValueError as error:
        raise EvaluationError(
            f"The file {str(path)!r} is not JSON: {error}. Give what `evaluate --json` printed."
        ) from error
    if not (isinstance(data, dict) and isinstance(data.get("questions"), list) and "metrics" in data):
        raise EvaluationError(
            f"The file {str(path)!r} is no evaluation. Give what `assistant evaluate --json` printed."
        )
    return cast("EvaluationJson", data)


def pair(first: EvaluationJson, second: EvaluationJson) -> dict[str, Paired]:
    """Every metric that both measured, over the questions they share.

    Raises `EvaluationError` where they share none: an evaluation of other questions is no baseline.
    """
    a, b = _by_id(first), _by_id(second)
    common = [name for name in a if name in b and a[name]["fingerprint"] == b[name]["fingerprint"]]
    if not common:
        raise EvaluationError(
            f"The two evaluations share no question ({len(a)} and {len(b)}). "
            "Compare runs over the same questions."
        )
    paired: dict[str, Paired] = {}
    for metric in METRICS.values():
        ids = [n for n in common if all(metric.name in side[n]["scores"] for side in (a, b))]
        if ids and metric.paired:
            paired[metric.name] = Paired(
                metric,
                tuple(a[n]["scores"][metric.name] for n in ids),
                tuple(b[n]["scores"][metric.name] for n in ids),
                tuple(ids),
                tuple(b[n]["cluster"] for n in ids),
            )
    return paired


def _by_id(evaluation: EvaluationJson) -> dict[str, MeasuredJson]:
    return {question["id"]: question for question in evaluation["questions"]}


def compare(first: EvaluationJson, second: EvaluationJson, seed: int = 0) -> ComparisonJson:
    """What `assistant compare A B` prints: B against A, with p-values adjusted after Holm."""
    compared = {name: one.as_json(seed) for name, one in pair(first, second).items()}
    adjusted = holm({name: one["p"] for name, one in compared.items()})
    for name, one in compared.items():
        one["p_holm"] = round(adjusted[name], DIGITS)
    shared = set(_by_id(first)) & set(_by_id(second))
    return {
        "n": len(shared),
        "only_a": sorted(set(_by_id(first)) - shared),
        "only_b": sorted(set(_by_id(second)) - shared),
        "metrics": compared,
        "different": _differences(first, second),
    }


def _differences(first: EvaluationJson, second: EvaluationJson) -> dict[str, list[object]]:
    """Settings and fingerprints in which the two runs differ: {"embedder": [a, b]}."""
    sides: list[Mapping[str, object]] = [
        {**e.get("settings", {}), **e.get("fingerprints", {})} for e in (first, second)
    ]
    names = dict.fromkeys([*sides[0], *sides[1]])
    return {n: [s.get(n) for s in sides] for n in names if sides[0].get(n) != sides[1].get(n)}
