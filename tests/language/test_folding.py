"""The fold of letters, with and without keeping the length."""

from __future__ import annotations

import pytest

from assistant.evaluation.normalisation import answer_words
from assistant.language.folding import CAPITAL, fold, fold_keeping_length


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L’Œuvre d’État", "l'œuvre d'etat"),
        ("12\u202f000\u00a0€\nen été", "12 000 € en ete"),
        ("porte\u2011clés", "porte-cles"),
        ("İstanbul", "istanbul"),
        ("Straße 5", "straße 5"),
        ("ASCII\tonly", "ascii only"),
    ],
)
def test_every_character_stays_at_its_place(text: str, folded: str) -> None:
    assert fold_keeping_length(text) == folded
    assert len(fold_keeping_length(text)) == len(text)


def test_answers_are_compared_with_the_same_fold() -> None:
    assert answer_words("Le cœur") == answer_words("coeur")
    assert fold("Œuvre") == "oeuvre"


def test_the_class_of_capitals_has_letters_alone() -> None:
    import re

    capital = re.compile(f"[{CAPITAL}]")
    assert all(map(capital.fullmatch, "AZÉÑÖØÞ"))
    assert not any(map(capital.fullmatch, "aé×ß"))
