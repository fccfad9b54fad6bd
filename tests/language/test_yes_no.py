"""A yes or a no in any language."""

from __future__ import annotations

import pytest

from assistant.language.yes_no import means_yes, yes_and_no


def test_probabilities_of_first_tokens() -> None:
    yes, no = yes_and_no({" Oui": 0.5, "Sí": 0.2, "no": 0.1, "the": 0.2})
    assert yes == pytest.approx(0.7)
    assert no == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("word", "meant"), [("yes", True), ("non", False), ("sí", True), ("peut-être", None)]
)
def test_one_word(word: str, meant: bool | None) -> None:
    assert means_yes(word) is meant
