from __future__ import annotations

import math

import pytest

from assistant.evaluation.statistics import (
    Estimate,
    cluster_bootstrap,
    holm,
    mcnemar,
    paired_bootstrap,
    percentile,
    questions_needed,
    ratio_bootstrap,
    rounded,
    wilson,
)


@pytest.mark.parametrize(
    ("good", "n", "low", "high"),
    [
        # Newcombe (1998), table I: Wilson's score interval
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_against_published_intervals(good: int, n: int, low: float, high: float) -> None:
    estimate = wilson([1.0] * good + [0.0] * (n - good))
    assert estimate.value == good / n
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=5e-5)


def test_nothing_measured_is_null_never_nan() -> None:
    assert wilson([]).as_json() == {"value": None, "low": None, "high": None, "n": 0}
    assert cluster_bootstrap([], []).as_json() == {"value": None, "low": None, "high": None, "n": 0}
    assert rounded(math.nan) is None
    assert rounded(math.inf) is None
    assert percentile([], 50) is None


def width(estimate: Estimate) -> float:
    low, high = bounds(estimate)
    return high - low


def bounds(estimate: Estimate) -> tuple[float, float]:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.high


def test_clusters_widen_the_interval() -> None:
    values = [1.0] * 20 + [0.0] * 20
    alone = cluster_bootstrap(values, [str(i) for i in range(40)])
    together = cluster_bootstrap(values, [str(i // 10) for i in range(40)])
    assert alone.value == together.value == 0.5
    assert width(together) > 1.5 * width(alone)
    # the standard error of 40 fair coins is 0.079: ± 1.96 of it
    assert width(alone) == pytest.approx(2 * 1.96 * 0.079, abs=0.03)


def test_the_seed_makes_intervals_repeatable() -> None:
    values, clusters = [0.1, 0.5, 0.9, 0.3], ["a", "b", "c", "d"]
    assert cluster_bootstrap(values, clusters, 1) == cluster_bootstrap(values, clusters, 1)


def test_equal_values_have_no_spread() -> None:
    assert cluster_bootstrap([0.25] * 5, list("abcde")).as_json() == {
        "value": 0.25,
        "low": 0.25,
        "high": 0.25,
        "n": 5,
    }


def test_a_ratio_of_nothing_has_no_interval() -> None:
    assert ratio_bootstrap(([0.0], [0.0]), ["a"], lambda sums: sums[..., 0] / sums[..., 1]) is None


@pytest.mark.parametrize(
    ("wins", "losses", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (6, 0, 2 / 64), (8, 2, 2 * (1 + 10 + 45) / 1024), (1, 0, 1.0)],
)
def test_mcnemar_by_hand(wins: int, losses: int, p: float) -> None:
    assert mcnemar(wins, losses) == pytest.approx(p)
    assert mcnemar(losses, wins) == mcnemar(wins, losses)


def test_paired_bootstrap_sees_a_clear_difference_and_no_false_one() -> None:
    ids = [str(i) for i in range(50)]
    clear, p = paired_bootstrap([0.2 + 0.01 * (i % 5) for i in range(50)], ids)
    assert bounds(clear)[0] > 0.2
    assert p < 0.001
    none, p = paired_bootstrap([0.3, -0.3] * 25, ids)
    low, high = bounds(none)
    assert low < 0 < high
    assert p > 0.5
    same, p = paired_bootstrap([0.0] * 50, ids)
    assert (same.low, same.high, p) == (0.0, 0.0, 1.0)


def test_holm_by_hand() -> None:
    adjusted = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.5})
    assert adjusted == pytest.approx({"a": 0.04, "c": 0.09, "b": 0.09, "d": 0.5})


def test_questions_needed_by_hand() -> None:
    # mean 0.25, standard deviation 0.5: (2.8016 · 0.5 / 0.25)² = 31.4
    assert questions_needed([1.0, 0.0, 0.0, 0.0]) == 32
    assert questions_needed([0.0, 0.0]) is None
    assert questions_needed([]) is None


def test_percentile_between_ranks() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0], 50) == 2.5
