"""Places in a text: which overlap, and what of them lies in another."""

from __future__ import annotations

import pytest

from assistant.articles import Passage, Span


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        (Span(0, 10), False),
        (Span(0, 11), True),
        (Span(12, 15), True),
        (Span(19, 30), True),
        (Span(20, 30), False),
    ],
)
def test_spans_that_touch_do_not_overlap(other: Span, overlaps: bool) -> None:
    assert Span(10, 20).overlaps(other) is overlaps
    assert other.overlaps(Span(10, 20)) is overlaps


def test_what_reaches_over_a_border_is_cut_there() -> None:
    parts = [Span(0, 10), Span(8, 12), Span(12, 18), Span(18, 25), Span(25, 30)]
    assert Span(10, 20).clip(parts) == (Span(10, 12), Span(12, 18), Span(18, 20))
    assert Span(3, 12).clip([Span(0, 5), Span(6, 9), Span(10, 20)]) == (Span(3, 5), Span(6, 9), Span(10, 12))


def test_a_passage_has_its_place() -> None:
    assert Passage("id", "a.md", 10, 20).span == Span(10, 20)
