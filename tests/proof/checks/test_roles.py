"""Who does what to whom: names in each other's place, and names of which something else is told."""

from __future__ import annotations

import pytest
from builders import make_hit

from assistant.composition.grounding import Prover

MONEY = {
    "fr": "La banque Ondine a investi 13 millions d'euros dans Cobalt. Jeanne Roux dirige Cobalt depuis 2019.",
    "en": "Ondine invested 13 million euros in Cobalt. Jeanne Roux has led Cobalt since 2019.",
}
BATTLE = "Jeanne Roux a battu Marie Lenoir à Floirac, puis à Cenon."
MEETING = "Jeanne Roux a rencontré Marie Lenoir à Floirac."
TEAMS = "Pour les travaux, Jeanne Roux, Marie Lenoir et Paul Girard ont voté la hausse du budget."


@pytest.mark.parametrize(
    ("language", "source", "claim"),
    [
        ("fr", MONEY["fr"], "La banque Cobalt a investi 13 millions d'euros dans Ondine."),
        ("en", MONEY["en"], "Cobalt invested 13 million euros in Ondine."),
        ("en", MONEY["en"], "Cobalt has invested 13 million euros in Ondine."),
        (
            "fr",
            "L'an dernier, Ondine a investi 1 million d'euros.",
            "Cobalt a investi 1 million d'euros dans Ondine.",
        ),
        ("fr", BATTLE, "Marie Lenoir a battu Jeanne Roux à Floirac."),
    ],
)
def test_names_in_each_others_place_are_wrong(language: str, source: str, claim: str) -> None:
    proof = Prover().prove(claim, [make_hit(source, language=language)], language)
    assert proof.verdict != "supported"
    assert any("l'autre" in told or "other way round" in told for told in proof.reasons)


@pytest.mark.parametrize(
    ("language", "source", "claim"),
    [
        ("fr", MONEY["fr"], "La banque Ondine a investi 13 millions d'euros dans Cobalt."),
        ("fr", MONEY["fr"], "Cobalt est dirigée par Jeanne Roux."),
        ("en", MONEY["en"], "Cobalt has been led by Jeanne Roux since 2019."),
        ("en", "Ondine, founded in 1998 by Jeanne Roux, sells maps.", "Jeanne Roux founded Ondine in 1998."),
        ("fr", MEETING, "Marie Lenoir a rencontré Jeanne Roux à Floirac."),
        ("fr", "Ondine a signé un accord avec Cobalt.", "Cobalt a signé un accord avec Ondine."),
        ("fr", TEAMS, "Marie Lenoir, Paul Girard et Jeanne Roux ont voté la hausse du budget."),
    ],
)
def test_another_order_that_says_the_same_is_right(language: str, source: str, claim: str) -> None:
    assert Prover().prove(claim, [make_hit(source, language=language)], language).verdict == "supported"


@pytest.mark.parametrize(
    ("language", "claim"),
    [
        ("fr", "Jeanne Roux a quitté Cobalt en 2019."),
        ("en", "Jeanne Roux left Cobalt in 2019."),
    ],
)
def test_the_names_alone_prove_nothing_that_is_said_of_them(language: str, claim: str) -> None:
    proof = Prover().prove(claim, [make_hit(MONEY[language], language=language)], language)
    assert proof.verdict == "partial"


def test_who_announced_it_is_told_by_that_sentence_alone() -> None:
    source = make_hit(
        "It was a long year for Ondine. Cobalt, Quartz and Basalte announced Meridian on 21 January 2025.",
        title="Meridian ends the exclusivity of Ondine",
        language="en",
    )
    assert Prover().prove("Cobalt and Quartz announced Meridian.", [source], "en").verdict == "supported"
    assert Prover().prove("Ondine and Cobalt announced Meridian.", [source], "en").verdict != "supported"


def test_a_word_of_the_same_family_says_the_same() -> None:
    source = "Marie Lenoir est la successeure de Jeanne Roux à la bibliothèque."
    proof = Prover().prove("Marie Lenoir succède à Jeanne Roux.", [make_hit(source)], "fr")
    assert proof.verdict == "supported"
