"""Every word of the claim is in the source, or nearly, and it says something else."""

from __future__ import annotations

import pytest
from builders import make_hit

from assistant.composition.grounding import Prover

TOLD = {
    "fr": "Les syndicats ont refusé de signer l'accord. Le taux de chômage est passé de 8 % à 7,2 % en un an. "
    "Certains élus demandent un référendum. La loi interdit aux hôpitaux de vendre des données de santé. "
    "Le maire de Floirac a critiqué le préfet. L'usine emploie au moins 300 personnes. "
    "La hausse des prix a provoqué la grève. La tour se dresse au centre. "
    "La mairie prévoit de fermer la piscine en 2030. Anne Roux a terminé deuxième de la course. "
    "Le tribunal a rejeté la plainte de Marc Petit contre la mairie. L'entreprise a démenti avoir vendu les cartes. "
    "Si le budget est voté, le musée rouvrira en mai. Tous les lycées sauf celui de Cenon resteront ouverts.",
    "en": "The unions refused to sign the agreement. Unemployment fell from 8% to 7.2% in a year. "
    "Some councillors are asking for a referendum. The law forbids hospitals to sell health data. "
    "The mayor of Floirac criticised the prefect. The plant employs at least 300 people. "
    "The rise in prices caused the strike. The city plans to close the pool in 2030. Anne Roux finished second in "
    "the race. The court dismissed Marc Petit's complaint against the city. The company denied having sold the maps. "
    "If the budget is passed, the museum will reopen in May. All schools except the one in Cenon will stay open. "
    "The costs have doubled.",
}


@pytest.mark.parametrize(
    ("language", "claim", "reason"),
    [
        ("fr", "Les syndicats ont accepté de signer l'accord.", "accepté"),
        ("fr", "Les syndicats ont signé l'accord.", "refusé"),
        ("fr", "Tous les élus demandent un référendum.", "Tous"),
        ("fr", "La loi autorise les hôpitaux à vendre des données de santé.", "autorise"),
        ("fr", "La loi oblige les hôpitaux à vendre des données de santé.", "oblige"),
        ("fr", "Le préfet a critiqué le maire de Floirac.", "l'inverse"),
        ("fr", "La grève a provoqué la hausse des prix.", "l'inverse"),
        ("fr", "L'usine emploie moins de 300 personnes.", "300"),
        ("fr", "Anne Roux a terminé première de la course.", "première"),
        ("fr", "Le tribunal a rejeté la plainte de la mairie contre Marc Petit.", "l'inverse"),
        ("fr", "L'entreprise a vendu les cartes.", "démenti"),
        ("fr", "L'entreprise a reconnu avoir vendu les cartes.", "démenti"),
        ("en", "Anne Roux finished first in the race.", "first"),
        ("en", "The court dismissed the city's complaint against Marc Petit.", "other way round"),
        ("en", "The court upheld Marc Petit's complaint against the city.", "upheld"),
        ("en", "The company sold the maps.", "denied"),
        ("en", "The costs have halved.", "halved"),
        ("en", "The unions agreed to sign the agreement.", "agreed"),
        ("en", "The unions signed the agreement.", "refused"),
        ("en", "All councillors are asking for a referendum.", "All"),
        ("en", "The law requires hospitals to sell health data.", "requires"),
        ("en", "The prefect criticised the mayor of Floirac.", "other way round"),
        ("en", "The strike caused the rise in prices.", "other way round"),
    ],
)
def test_the_contrary_is_no_proof(language: str, claim: str, reason: str) -> None:
    proof = Prover().prove(claim, [make_hit(TOLD[language], language=language)], language)
    assert proof.verdict != "supported"
    assert reason in " ".join(proof.reasons)


@pytest.mark.parametrize(
    ("language", "claim"),
    [
        ("fr", "Si le budget est voté, le musée rouvrira en mai."),
        ("fr", "Tous les lycées resteront ouverts, sauf celui de Cenon."),
        ("fr", "L'entreprise dément avoir vendu les cartes."),
        ("en", "The museum will reopen in May if the budget is passed."),
        ("en", "The company denied having sold the maps."),
        ("fr", "Les syndicats n'ont pas signé l'accord."),
        ("fr", "En un an, le taux de chômage est passé de 8 % à 7,2 %."),
        ("fr", "Des élus demandent un référendum."),
        ("fr", "Le préfet a été critiqué par le maire de Floirac."),
        ("fr", "La grève a été provoquée par la hausse des prix."),
        ("fr", "L'usine emploie plus de 300 personnes."),
        ("fr", "Au centre se dresse la tour."),
        ("en", "The unions did not sign the agreement."),
        ("en", "The prefect was criticised by the mayor of Floirac."),
        ("en", "The strike was caused by the rise in prices."),
        ("en", "The plant employs 300 people or more."),
    ],
)
def test_the_same_in_another_order_or_voice_is_proved(language: str, claim: str) -> None:
    proof = Prover().prove(claim, [make_hit(TOLD[language], language=language)], language)
    assert proof.verdict == "supported", proof.reasons


def test_a_plan_told_as_a_duty_is_neither_confirmed_nor_set_aside() -> None:
    proof = Prover().prove("La piscine doit fermer en 2030.", [make_hit(TOLD["fr"])], "fr")
    assert proof.verdict == "partial"
