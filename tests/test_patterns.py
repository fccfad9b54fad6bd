"""No regular expression takes time that grows faster than the text: a hostile article must cost its share alone."""

from __future__ import annotations

import re

import pytest
from pattern_times import compiled_patterns, slow_on


@pytest.mark.slow
def test_time_of_every_pattern_grows_with_the_text_alone() -> None:
    slow = {name: text for name, pattern in compiled_patterns().items() if (text := slow_on(pattern))}
    assert not slow, (
        "bound their repetitions, or let a look-behind keep a match from starting inside of a run"
    )


@pytest.mark.parametrize("text", [r"\s+$", r"(?:a+)+b", r"\w+@", r"\[[^\]]*\]", r"\d+\s*\d+x", r"(?:x|xx)+y"])
def test_slow_patterns_are_found(text: str) -> None:
    assert slow_on(re.compile(text))


@pytest.mark.parametrize(
    "text", [r"(?<!\s)\s+$", r"\b\w+@", r"\[[^\]\[]*\]", r"\d{1,9}\s?\d{1,9}x", r"[a-z]+", r"(?:fr|en)\b"]
)
def test_linear_patterns_pass(text: str) -> None:
    assert slow_on(re.compile(text)) is None
