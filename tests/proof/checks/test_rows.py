"""A value that a sentence gives to one thing of a row is not another one's."""

from __future__ import annotations

import pytest
from builders import make_hit

from assistant.composition.grounding import Prover

LICENCES = (
    "DeepSeek-R1 has been available under the MIT licence since January, Mistral Small 3 under Apache 2.0 since "
    "March, and Llama 4 since 5 April 2025."
)
TOWNS = "Lyon compte 520 000 habitants, Lille 236 000 habitants et Nantes 325 000 habitants depuis 2019."
FOUNDED = "In Gironde, Lormont opened its library in 1998, Cenon in 2004, and Floirac in 2011."
SIGNED = "Ondine, Cobalt, Quartz and Basalte announced Meridian on 21 January 2025."
ROLES = "Anne Marchand dirige la bibliothèque depuis 2019, Paul Girard le musée et Marie Lenoir le théâtre."


@pytest.mark.parametrize(
    ("language", "source", "claim", "reason"),
    [
        ("en", LICENCES, "Llama 4 is available under Apache 2.0.", "Apache"),
        ("en", LICENCES, "DeepSeek-R1 has been available under Apache 2.0 since January.", "Apache"),
        ("fr", TOWNS, "La ville de Lille compte 520 000 habitants.", "520 000"),
        ("fr", TOWNS, "Nantes compte 236 000 habitants.", "236 000"),
        ("en", FOUNDED, "The library of Cenon opened in 1998.", "1998"),
    ],
)
def test_a_value_of_another_thing_of_the_row_is_wrong(
    language: str, source: str, claim: str, reason: str
) -> None:
    proof = Prover().prove(claim, [make_hit(source, language=language)], language)
    assert proof.verdict != "supported"
    assert any(reason in told for told in proof.reasons)


@pytest.mark.parametrize(
    ("language", "source", "claim"),
    [
        ("en", LICENCES, "Mistral Small 3 is available under Apache 2.0."),
        ("en", LICENCES, "DeepSeek-R1 has been available under the MIT licence since January."),
        ("fr", TOWNS, "La ville de Lille compte 236 000 habitants."),
        ("fr", TOWNS, "Lyon compte 520 000 habitants depuis 2019."),
        ("fr", TOWNS, "Lyon compte 520 000 habitants et Lille 236 000 habitants."),
        ("en", FOUNDED, "The library of Cenon opened in 2004."),
        ("fr", "Anne Marchand ouvre le musée en 2019, bien que son frère, Paul Girard, dirige Floirac.",
         "Anne Marchand ouvre le musée en 2019, bien que son frère dirige Floirac."),
        ("fr", ROLES, "Anne Marchand dirige la bibliothèque depuis 2019."),
        ("en", SIGNED, "Quartz announced Meridian on 21 January 2025."),
    ],
)  # fmt: skip
def test_a_value_of_its_own_is_right(language: str, source: str, claim: str) -> None:
    assert Prover().prove(claim, [make_hit(source, language=language)], language).verdict == "supported"
