"""The kind of a message, whatever it is about."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.intents.classifier import Classifier
from assistant.intents.exchanged import SubjectExchanged, about_others, other_subjects


@pytest.mark.parametrize(
    ("language", "message", "frame"),
    [
        ("fr", "Quels articles parlent de covoiturage ?", "Quels articles parlent de {} ?"),
        ("en", "Which posts talk about Android?", "Which posts talk about {}?"),
        ("es", "¿Qué artículos hablan de la vivienda?", "¿Qué artículos hablan de la {}?"),
    ],
)
def test_the_subject_of_a_message_is_exchanged(language: str, message: str, frame: str) -> None:
    assert about_others(message, language) == [frame.format(other) for other in other_subjects(language)]


@pytest.mark.parametrize("message", ["Combien d'articles y a-t-il ?", "Android", "Bonjour", ""])
def test_what_is_about_nothing_or_says_nothing_else_stays_alone(message: str) -> None:
    assert about_others(message, "fr") == []


def test_a_language_without_examples_has_no_other_subjects() -> None:
    assert other_subjects("de") == ()


def test_the_same_message_about_other_things_weighs_as_much() -> None:
    """Two labels; a message about cars looks like a question, the others like one about the collection."""

    def embed(message: str) -> np.ndarray:
        return np.array([1.0, 0.0] if "voitures" in message else [0.0, 2.0], np.float32)

    classifier = Classifier(
        embed, ("answer", "collection.which"), (), np.eye(2, dtype=np.float32), *(np.zeros(2, np.float32),),
        np.zeros(2, np.float32), np.ones(2, np.float32), np.zeros(4, np.float32),
    )  # fmt: skip
    message = "Quels articles parlent de voitures ?"
    alone, whole = classifier(message), SubjectExchanged(classifier)(message)
    assert (alone.kind, whole.kind, whole.aspect) == ("answer", "collection", "which")
    assert alone.probability > whole.probability > 0.5
