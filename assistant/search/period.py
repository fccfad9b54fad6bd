"""What a time cue does to a ranking: a period filters or leads, "latest" raises the newer ones.

A date in a question may name when something was *written* or when it *happened* ("Who won in 1998?").
So a period filters only where it holds something about as near to the question as the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from ..types import TimeCue


class Dated(NamedTuple):
    """A ranked passage with its article's date, and where that lies: True inside the period, None undated."""

    passage: str
    score: float
    published: date | None
    in_period: bool | None = None


def in_time(ranked: Sequence[Dated], cue: TimeCue | None, tolerance: float) -> list[Dated]:
    """`ranked` (best first) as the cue wants it; relevant means within `tolerance` of the best score."""
    if cue is None or not ranked:
        return list(ranked)
    if cue.kind == "latest":
        return _newest_first(ranked, cue, tolerance / 2)
    return _in_period(ranked, cue, tolerance)


def _in_period(ranked: Sequence[Dated], cue: TimeCue, tolerance: float) -> list[Dated]:
    """Relevant ones inside, relevant ones without a date, then the others of both; none outside.

    Where nothing inside is relevant all stay, in their order, those outside marked False.
    """
    marked = [item._replace(in_period=_inside(item.published, cue)) for item in ranked]
    floor = ranked[0].score - tolerance
    inside = [item for item in marked if item.in_period]
    if not inside or inside[0].score < floor:
        return marked
    kept = [item for item in marked if item.in_period is not False]
    return sorted(kept, key=lambda item: (item.score < floor, item.in_period is None))


def _inside(published: date | None, cue: TimeCue) -> bool | None:
    if published is None:
        return None
    return (cue.after is None or published >= cue.after) and (cue.before is None or published <= cue.before)


def _newest_first(ranked: Sequence[Dated], cue: TimeCue, tolerance: float) -> list[Dated]:
    """Among the relevant, the newest gains as much as separates the relevant from the others."""
    relevant = [item for item in ranked if item.score >= ranked[0].score - tolerance]
    bonus = _bonuses({item.published for item in relevant if item.published and _inside(item.published, cue)})
    relevant.sort(key=lambda item: -(item.score + tolerance * bonus.get(item.published, 0.0)))
    return relevant + list(ranked[len(relevant) :])


def _bonuses(days: set[date]) -> Mapping[date | None, float]:
    """From 0 for the oldest to 1 for the newest, evenly."""
    ordered = sorted(days)
    return {day: (place + 1) / len(ordered) for place, day in enumerate(ordered)}
