"""What a time cue does to a ranking."""

from __future__ import annotations

from datetime import date

from assistant.search.period import Dated, in_time
from assistant.types import TimeCue

MARCH = TimeCue("filter", "mars 2025", date(2025, 3, 1), date(2025, 3, 31))
LATEST = TimeCue("latest", "latest", before=date(2025, 7, 10))
OLD, INSIDE, NEW = date(2024, 1, 1), date(2025, 3, 18), date(2025, 6, 1)


def order(ranked: list[Dated], cue: TimeCue | None) -> list[tuple[str, bool | None]]:
    return [(item.passage, item.in_period) for item in in_time(ranked, cue, tolerance=4)]


def test_without_a_cue_nothing_moves() -> None:
    ranked = [Dated("old", 9, OLD), Dated("new", 8.9, NEW)]
    assert order(ranked, None) == [("old", None), ("new", None)]


def test_a_period_filters_and_undated_articles_follow() -> None:
    ranked = [Dated("old", 9, OLD), Dated("undated", 8, None), Dated("inside", 7, INSIDE)]
    assert order(ranked, MARCH) == [("inside", True), ("undated", None)]


def test_undated_articles_come_before_what_is_inside_by_chance() -> None:
    ranked = [Dated("inside", 9, INSIDE), Dated("undated", 8, None), Dated("stray", 1, INSIDE)]
    assert order(ranked, MARCH) == [("inside", True), ("undated", None), ("stray", True)]


def test_a_date_of_what_happened_does_not_filter() -> None:
    ranked = [Dated("old", 9, OLD), Dated("undated", 8, None), Dated("stray", 1, INSIDE)]
    assert order(ranked, MARCH) == [("old", False), ("undated", None), ("stray", True)]


def test_nothing_inside_keeps_everything_marked() -> None:
    assert order([Dated("old", 9, OLD), Dated("undated", 8, None)], MARCH) == [
        ("old", False),
        ("undated", None),
    ]


def test_latest_prefers_the_newest_among_the_relevant() -> None:
    ranked = [
        Dated("old", 9, OLD),
        Dated("inside", 8.5, INSIDE),
        Dated("new", 8.4, NEW),
        Dated("far", 2, NEW),
    ]
    assert [name for name, _ in order(ranked, LATEST)] == ["new", "inside", "old", "far"]


def test_latest_ignores_what_was_not_yet_written() -> None:
    ranked = [Dated("inside", 9, INSIDE), Dated("future", 8.9, date(2026, 1, 1)), Dated("undated", 8.8, None)]
    assert [name for name, _ in order(ranked, LATEST)] == ["inside", "future", "undated"]


def test_borders_belong_to_the_period() -> None:
    ranked = [
        Dated("first", 9, date(2025, 3, 1)),
        Dated("last", 8, date(2025, 3, 31)),
        Dated("out", 7, date(2025, 4, 1)),
    ]
    assert order(ranked, MARCH) == [("first", True), ("last", True)]
