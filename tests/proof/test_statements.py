"""Answers as people and models write them: yes and no, two statements in one sentence, values that are worked out."""

from __future__ import annotations

import pytest
from builders import make_hit

from assistant.composition.grounding import Prover
from assistant.proof.claims import claim_of, makes_no_claim, parts_of
from assistant.proof.fit import fitted
from assistant.types import Hit, Proof

RIVER = "The river Orne reached 79 °F in July. It was measured on 20 January 2025 and again on 5 August 2025."
FERRY = make_hit(
    "The ferry of Orne was built under the Harbour Act. Its timetable changes in spring. It carries 60 cars.",
    title="The Orne ferry", language="en", article="ferry.md",
)  # fmt: skip
TRAM = make_hit(
    "The tram of Orne was built under the Railway Act. It carries 220 people.",
    title="The Orne tram", language="en", article="tram.md", rank=2,
)  # fmt: skip
HITS = (make_hit(RIVER, title="The Orne", language="en", article="river.md", rank=3), FERRY, TRAM)
PONT = make_hit("Le pont est ouvert aux vélos depuis mai 2021.", title="Le pont de Lormont")
PUENTE = make_hit("El puente está abierto a las bicicletas.", title="El puente de Lormont", language="es")


def prove(sentence: str, hits: tuple[Hit, ...] = HITS, language: str = "en", question: str = "") -> Proof:
    return Prover().prove(sentence, hits, language, (), question)


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        ("Yes, the ferry carries 60 cars.", "the ferry carries 60 cars."),
        ("No: the ferry carries no lorries.", "the ferry carries no lorries."),
        ("No ferry carries lorries.", "No ferry carries lorries."),
        ("The answer is Yes.", "Yes."),
        ("The correct answer is 60 cars.", "60 cars."),
        ("Oui, le pont est ouvert.", "le pont est ouvert."),
        ("La réponse est oui.", "oui."),
        ("Sí, el puente está abierto.", "el puente está abierto."),
        ("Si el puente está abierto, pase.", "Si el puente está abierto, pase."),
    ],
)
def test_yes_and_no_before_a_sentence_are_no_part_of_its_claim(sentence: str, claim: str) -> None:
    assert claim_of(sentence) == claim


@pytest.mark.parametrize(
    ("answer", "hits", "language", "question"),
    [
        ("Oui.", (PONT,), "fr", "Le pont est-il ouvert aux vélos ?"),
        ("La réponse est oui.", (PONT,), "fr", "Le pont est-il ouvert aux vélos ?"),
        ("Sí.", (PUENTE,), "es", "¿El puente está abierto a las bicicletas?"),
        ("Yes", HITS, "en", "Does the ferry of Orne carry 60 cars?"),
    ],
)
def test_a_yes_is_proved_as_what_was_asked(
    answer: str, hits: tuple[Hit, ...], language: str, question: str
) -> None:
    proof = prove(answer, hits, language, question)
    assert proof.verdict == "supported"
    assert proof.quotes


def test_a_yes_to_a_question_with_a_number_that_no_source_has_is_set_aside() -> None:
    assert prove("Yes.", question="Does the ferry of Orne carry 75 cars?").verdict == "unsupported"


@pytest.mark.parametrize("question", ["Does the ferry of Orne carry 60 cars?", ""])
def test_a_no_is_neither_confirmed_nor_set_aside(question: str) -> None:
    assert prove("No.", question=question).verdict == "partial"


@pytest.mark.parametrize(
    ("claim", "parts"),
    [
        ("A ship sails today, while two trams wait here.", 2),
        ("Le pont ouvre en mai ; le tunnel ferme en juin.", 2),
        ("El puente abre en mayo, mientras que el túnel cierra en junio.", 2),
        ("The mayor of Paris and the mayor of London met.", 2),
        ("Paris and London", 1),
    ],
)
def test_a_sentence_is_split_where_two_statements_meet(claim: str, parts: int) -> None:
    language = "fr" if " ; " in claim else "es" if "mientras" in claim else "en"
    assert len(parts_of(claim, language)) == parts


def test_each_statement_of_a_sentence_has_its_own_place() -> None:
    proof = prove(
        "The ferry was built under the Harbour Act, while the tram was built under the Railway Act."
    )
    assert proof.verdict == "supported"
    assert {"ferry.md", "tram.md"} <= {quote.article for quote in proof.quotes}


def test_statements_whose_values_are_exchanged_are_not_proved() -> None:
    proof = prove(
        "The ferry was built under the Railway Act, while the tram was built under the Harbour Act."
    )
    assert proof.verdict != "supported"


@pytest.mark.parametrize(
    "sentence",
    [
        "The Orne was measured again about seven months later.",
        "The Orne was measured again 197 days later.",
        "The Orne reached 79 °F (26 °C) in July.",
        "The answer to “When was the Orne measured?” is 20 January 2025.",
    ],
)
def test_what_is_worked_out_or_asked_is_not_set_aside(sentence: str) -> None:
    assert prove(sentence, question="When was the Orne measured?").verdict != "unsupported"


@pytest.mark.parametrize(
    "sentence",
    [
        "The Orne was measured again nine months later.",
        "The Orne reached 83 °F in July.",
        "The Orne has 26 °C.",
    ],
)
def test_a_number_that_no_dates_and_no_conversion_explain_is_set_aside(sentence: str) -> None:
    assert prove(sentence).verdict == "unsupported"


@pytest.mark.parametrize(
    "sentence",
    [
        "If you have any further questions, please let me know.", "Good luck!", "Bonne chance !",
        "Please provide additional information or clarify the question.", "¡Buena suerte!",
        "N’hésitez pas à me demander autre chose.", "None mentioned in the given passages.",
    ],
)  # fmt: skip
def test_courtesy_makes_no_claim(sentence: str) -> None:
    assert makes_no_claim(claim_of(sentence), "fr")


def test_a_language_can_have_a_bar_of_its_own() -> None:
    fit, prover = fitted(), Prover()
    between = (fit.bar("en") + fit.bar("fr")) / 2
    assert fit.bar("en") < fit.bar("fr")
    assert (prover.band(between, "en"), prover.band(between, "fr")) == ("supported", "partial")


def test_days_that_are_on_no_calendar_are_passed_over() -> None:
    told = make_hit(
        "Le pont a ouvert le 30 février 2024 et a fermé le 31 juin 2023. Il a rouvert en mai 2024."
    )
    assert prove("Le pont a rouvert trois mois plus tard.", (told,), "fr").verdict != "supported"
