"""Which number of a source says what a number of a claim says: "près de 12" for 11,8, "12 %" for no "12"."""

from __future__ import annotations

import math
from collections.abc import Sequence

from assistant.language.numbers import Quantity
from assistant.language.units import CURRENCIES

SCALES = (1e3, 1e6, 1e9, 1e12)
REACH = 60
"""Characters behind a number with its scale in which another one may go without."""
JOINED = 6
"""Characters between two numbers that share the scale of the second one: "2 or 3 billion"."""


def missing_quantities(claimed: Sequence[Quantity], given: Sequence[Quantity]) -> list[Quantity]:
    """Numbers of a claim that no number of a source confirms."""
    return [
        quantity
        for quantity in claimed
        if not quantity.loose and not any(confirms(other, quantity, given) for other in given)
    ]


def confirms(given: Quantity, claimed: Quantity, all_given: Sequence[Quantity] = ()) -> bool:
    """Whether a number of a source says what a number of a claim says."""
    if claimed.ordinal != given.ordinal or not _units_agree(claimed.unit, given.unit):
        return False
    if {claimed.direction, given.direction} == {"more", "less"}:
        return False
    if any(_same(a, b) for a in claimed.values for b in given.values):
        return True
    if claimed.scaled and not given.scaled and _implied_scale(claimed, given, all_given):
        return True
    return any(_bounded(claimed, given, value) for value in given.values)


def _units_agree(claimed: str | None, given: str | None) -> bool:
    if claimed is None or given is None:
        return "clock" not in (claimed, given)
    if {claimed, given} == {"clock", "hour"} or {claimed, given} == {"USD", "CAD"}:
        return True
    return claimed == given


def _same(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def _implied_scale(claimed: Quantity, given: Quantity, all_given: Sequence[Quantity]) -> bool:
    """In "3,7 milliards aux vêtements, 2 aux biens durables" the second number is in milliards too."""
    scales = {
        _scale(other)
        for other in all_given
        if other.scaled and (0 < given.start - other.end <= REACH or 0 < other.start - given.end <= JOINED)
    }
    return any(_same(given.values[0] * scale, claimed.values[0]) for scale in scales)


def _scale(quantity: Quantity) -> float:
    """1e9 of "3,7 milliards", 1e6 of "650 million"."""
    return float(max((scale for scale in SCALES if abs(quantity.values[0]) >= scale), default=1.0))


def _bounded(claimed: Quantity, given: Quantity, value: float) -> bool:
    """ "près de 12" for 11,8; "plus de 50" for 52; "moins de 10" for 9,5: as exact as the claim is written."""
    if claimed.direction is None or given.direction == claimed.direction:
        return False
    target = claimed.values[0]
    if claimed.direction == "about":
        return _same(_rounded(value, target), target)
    step = 10.0 ** (math.floor(math.log10(abs(target))) + 1 - _significant_digits(target)) if target else 0.0
    return 0 < (value - target if claimed.direction == "more" else target - value) < step


def _rounded(value: float, target: float) -> float:
    """`value` to as many significant digits as `target` has."""
    if value == 0 or target == 0:
        return value
    return float(f"{value:.{_significant_digits(target)}g}")


def _significant_digits(value: float) -> int:
    return len(f"{abs(value):.15g}".replace(".", "").strip("0")) or 1


def same_kind(a: Quantity, b: Quantity) -> bool:
    """Whether one number could stand for the other: both money, both percent, both bare."""
    return a.unit == b.unit or (a.unit in CURRENCIES and b.unit in CURRENCIES)
