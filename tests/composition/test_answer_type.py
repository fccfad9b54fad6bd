"""What a question asks for, and how many questions a sentence joins."""

from __future__ import annotations

import pytest

from assistant.composition.answer_type import questions_in


@pytest.mark.parametrize(
    ("language", "joined", "questions"),
    [
        ("fr", "Qui dirige le tram de Cenon et quand a-t-il ouvert ?",
         ("Qui dirige le tram de Cenon ?", "quand a-t-il ouvert ?")),
        ("fr", "Combien coûte le pont, et puis à quelle date ouvre-t-il ?",
         ("Combien coûte le pont ?", "à quelle date ouvre-t-il ?")),
        ("en", "Who leads the works, and how much do they cost?",
         ("Who leads the works?", "how much do they cost?")),
        ("es", "¿Cuántos pasajeros tiene el tranvía y quién lo dirige?",
         ("¿Cuántos pasajeros tiene el tranvía?", "quién lo dirige?")),
        ("de", "Wer leitet die Bahn und wann fährt sie?", ("Wer leitet die Bahn und wann fährt sie?",)),
    ],
)  # fmt: skip
def test_a_sentence_may_join_questions(language: str, joined: str, questions: tuple[str, ...]) -> None:
    assert questions_in(joined, language) == questions


@pytest.mark.parametrize(
    "one",
    [
        "When and where did the tram of Cenon open?",
        "Which teams use the tram and what for?",
        "Comment et pourquoi le pont a-t-il ouvert ?",
        "Le pont et le tram, et qui les dirige",
        "Le pont, et qui le dirige ?",
    ],
)
def test_a_question_that_asks_two_things_of_one_stays_whole(one: str) -> None:
    assert questions_in(one, "en" if one.startswith("W") else "fr") == (one,)
