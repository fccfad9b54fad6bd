"""Intervals for what was measured, and paired tests for what is compared. Everything random is seeded."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from .evaluation_json import EstimateJson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CONFIDENCE = 0.95
POWER = 0.8
RESAMPLES = 2000
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measured value with its 95 % interval and the number of questions it rests on; None: not measured."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    def as_json(self) -> EstimateJson:
        return {
            "value": rounded(self.value),
            "low": rounded(self.low),
            "high": rounded(self.high),
            "n": self.n,
        }


NOTHING = Estimate(None, None, None, 0)


def rounded(value: float | None) -> float | None:
    """Six decimals, None for what is no finite number: JSON has no NaN."""
    return round(float(value), DIGITS) if value is not None and math.isfinite(value) else None


def percentile(values: Sequence[float], percent: float) -> float | None:
    """Linear between the nearest ranks; None of no values."""
    return float(np.percentile(values, percent)) if len(values) else None


def _z(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


def wilson(values: Sequence[float]) -> Estimate:
    """A rate with Wilson's score interval (1927).

    (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n), with z = 1.96 and p the mean of `values` in [0, 1].
    """
    n = len(values)
    if n == 0:
        return NOTHING
    z = _z((1 + CONFIDENCE) / 2)
    p = math.fsum(values) / n
    middle = p + z * z / (2 * n)
    spread = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return Estimate(p, max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale), n)


@lru_cache(maxsize=64)
def _draws(clusters: int, seed: int) -> Floats:
    """How often each cluster is drawn in each resample: float64[RESAMPLES, clusters]."""
    generator = np.random.default_rng(seed)
    counts = generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=RESAMPLES)
    return counts.astype(np.float64)


def _cluster_sums(columns: Sequence[Sequence[float]], clusters: Sequence[str]) -> Floats:
    """float64[clusters, columns]: the sum of each column within each cluster."""
    place = {name: index for index, name in enumerate(dict.fromkeys(clusters))}
    sums = np.zeros((len(place), len(columns)))
    np.add.at(sums, [place[name] for name in clusters], np.asarray(columns, dtype=np.float64).T)
    return sums


def _percentiles(resampled: Floats) -> tuple[float, float] | None:
    finite = resampled[np.isfinite(resampled)]
    if finite.size == 0:
        return None
    low, high = np.quantile(finite, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def ratio_bootstrap(
    columns: Sequence[Sequence[float]],
    clusters: Sequence[str],
    statistic: Callable[[Floats], Floats],
    seed: int = 0,
) -> tuple[float, float] | None:
    """Percentile interval of `statistic` (of column sums, float64[…, columns]) over resampled clusters."""
    sums = _cluster_sums(columns, clusters)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _percentiles(statistic(_draws(len(sums), seed) @ sums))


def cluster_bootstrap(values: Sequence[float], clusters: Sequence[str], seed: int = 0) -> Estimate:
    """A mean with the percentile interval of 2,000 resamples of clusters (questions on one article)."""
    n = len(values)
    if n == 0:
        return NOTHING
    interval = ratio_bootstrap([values, [1.0] * n], clusters, lambda sums: sums[..., 0] / sums[..., 1], seed)
    low, high = interval or (None, None)
    return Estimate(math.fsum(values) / n, low, high, n)


def mcnemar(wins: int, losses: int) -> float:
    """Exact p-value of McNemar's test (1947): min(1, 2 P(X ≤ min(wins, losses))), X ~ Binomial(n, 1/2)."""
    n = wins + losses
    if n == 0:
        return 1.0
    tail: int = sum(math.comb(n, k) for k in range(min(wins, losses) + 1))
    return min(1.0, float(2 * tail / 2**n))


def paired_bootstrap(
    differences: Sequence[float], clusters: Sequence[str], seed: int = 0
) -> tuple[Estimate, float]:
    """The mean difference with its interval, and a two-sided p-value: resampled means shifted to zero
    that are at least as far from zero as the observed one (Efron and Tibshirani, 1993, ch. 16)."""
    estimate = cluster_bootstrap(differences, clusters, seed)
    if estimate.value is None or not any(differences):
        return estimate, 1.0
    sums = _cluster_sums([differences, [1.0] * len(differences)], clusters)
    drawn = _draws(len(sums), seed) @ sums
    shifted = drawn[:, 0] / drawn[:, 1] - estimate.value
    extreme = int(np.sum(np.abs(shifted) >= abs(estimate.value) - 1e-12))
    return estimate, (extreme + 1) / (RESAMPLES + 1)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Holm's adjustment (1979): the i-th smallest of m is multiplied by m - i + 1, never decreasing."""
    adjusted: dict[str, float] = {}
    floor = 0.0
    ordered = sorted(p_values.items(), key=lambda item: (item[1], item[0]))
    for index, (name, p) in enumerate(ordered):
        floor = max(floor, min(1.0, p * (len(ordered) - index)))
        adjusted[name] = floor
    return adjusted


def questions_needed(differences: Sequence[float]) -> int | None:
    """Questions needed to see the mean difference with 80 % power at 5 %, two-sided.

    n = ((z(.975) + z(.8)) · s / d)², s and d the standard deviation and mean of the paired differences.
    None where there is no difference to see.
    """
    n = len(differences)
    mean = math.fsum(differences) / n if n else 0.0
    if n < 2 or mean == 0:
        return None
    variance = math.fsum((value - mean) ** 2 for value in differences) / (n - 1)
    z = _z((1 + CONFIDENCE) / 2) + _z(POWER)
    return max(2, math.ceil(z * z * variance / (mean * mean)))
