"""No regular expression takes time that grows faster than the text: a hostile article must cost its share alone."""

from __future__ import annotations

import re

import pytest
from pattern_times import compiled_patterns, slow_on

KNOWN = frozenset(
    """
    proof.checks.names._OPENS
    proof.checks.names.codes:0
    proof.checks.numbers._IDENTIFIER
    proof.checks.numbers._NEXT_WORD
    proof.checks.numbers._HALF_AFTER
    proof.checks.numbers._RANGE
    proof.checks.quotations._QUOTED
    proof.checks.quotations._GAP
    """.split()
)
"""Patterns that still grow too fast, to be mended. The list may only shrink: one that is mended or gone must leave it."""


@pytest.mark.slow
def test_time_of_every_pattern_grows_with_the_text_alone() -> None:
    slow = {name: text for name, pattern in compiled_patterns().items() if (text := slow_on(pattern))}
    new = {name: text for name, text in slow.items() if name not in KNOWN}
    assert not new, "bound their repetitions, or let a look-behind keep a match from starting inside of a run"
    assert KNOWN - slow.keys() == set(), "mended or gone: take them from KNOWN"


@pytest.mark.parametrize("text", [r"\s+$", r"(?:a+)+b", r"\w+@", r"\[[^\]]*\]", r"\d+\s*\d+x", r"(?:x|xx)+y"])
def test_slow_patterns_are_found(text: str) -> None:
    assert slow_on(re.compile(text))


@pytest.mark.parametrize(
    "text", [r"(?<!\s)\s+$", r"\b\w+@", r"\[[^\]\[]*\]", r"\d{1,9}\s?\d{1,9}x", r"[a-z]+", r"(?:fr|en)\b"]
)
def test_linear_patterns_pass(text: str) -> None:
    assert slow_on(re.compile(text)) is None
