"""What of a sentence is to be proved."""

from __future__ import annotations

import pytest

from assistant.proof.claims import claim_of, makes_no_claim


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        ("2. Clean the glass with vinegar (Passage 1:4).", "Clean the glass with vinegar."),
        ("- **Le pont** mesure 420 mètres [1][2].", "Le pont mesure 420 mètres."),
        ("Based on the provided passages, the bridge is closed.", "the bridge is closed."),
        ("D’après les extraits fournis, le pont est fermé.", "le pont est fermé."),
        ("Según los fragmentos, el puente está cerrado.", "el puente está cerrado."),
        ("Repeat step 3 and 4 twice.", "Repeat step twice."),
        ("The bridge is 420 metres long, as stated in passage 2.", "The bridge is 420 metres long."),
        ("Passage 2 states that the bridge cannot be widened.", "the bridge cannot be widened."),
        ("L’extrait 1 précise que le pont est fermé.", "le pont est fermé."),
        ("The bridge is closed (Ref: Passage 2).", "The bridge is closed."),
        ("En 2019, la ville comptait 3 ponts.", "En 2019, la ville comptait 3 ponts."),
    ],
)
def test_marks_and_pointers_are_no_part_of_a_claim(sentence: str, claim: str) -> None:
    assert claim_of(sentence) == claim


@pytest.mark.parametrize(
    "sentence",
    [
        "Here are the steps:", "Les passages ne mentionnent pas la date.", "Ce point n’est pas précisé dans les extraits.",
        "The excerpts do not say who paid.", "Qui a payé ?", "[1]", "Voici la réponse :",
        "None of the passages explicitly state the toll.", "Therefore, an answer cannot be given.",
        "Il n’est pas possible de répondre à la question.", "Unable to answer based on given passages.",
    ],
)  # fmt: skip
def test_talk_about_the_passages_makes_no_claim(sentence: str) -> None:
    assert makes_no_claim(claim_of(sentence), "fr")


@pytest.mark.parametrize(
    "sentence",
    [
        "The bridge is not open to lorries.",
        "Le texte de loi compte 12 articles.",
        "Based on the provided passages, there is no toll on the bridge.",
        "Passage 1 states that the bridge cannot be widened.",
        "The minister was unable to answer.",
    ],
)
def test_a_statement_makes_a_claim(sentence: str) -> None:
    assert not makes_no_claim(claim_of(sentence), "en")
