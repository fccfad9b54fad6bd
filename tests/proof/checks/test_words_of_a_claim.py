"""Polarity, quotations, attribution and substitution, in both languages."""

from __future__ import annotations

import pytest

from assistant.proof.analysed import analysed
from assistant.proof.checks.attribution import swapped_speaker
from assistant.proof.checks.polarity import reversals
from assistant.proof.checks.quotations import missing_quotations
from assistant.proof.checks.substitution import replacements

CONTRARY = [
    ("Le modèle n'est pas ouvert.", "Le modèle est ouvert.", "fr"),
    ("Le modèle est ouvert.", "Le modèle n'est pas ouvert.", "fr"),
    ("Il a été adopté sans débat.", "Il a été adopté après un débat.", "fr"),
    ("Les ventes ont diminué.", "Les ventes ont augmenté.", "fr"),
    ("C'est impossible.", "C'est possible.", "fr"),
    ("Aucun élève n'a réussi.", "Un élève a réussi.", "fr"),
    ("The model is not open.", "The model is open.", "en"),
    ("The model will be released.", "The model won't be released.", "en"),
    ("Sales decreased.", "Sales increased.", "en"),
    ("They worked without partners.", "They worked with partners.", "en"),
    ("The court never ruled on it.", "The court ruled on it.", "en"),
]
AGREEING = [
    ("Le modèle n'est pas ouvert.", "Ce modèle n'est toujours pas ouvert.", "fr"),
    ("Il n'a pas seulement écrit le livre.", "Il a écrit le livre.", "fr"),
    ("Il a écrit le livre.", "Il a écrit le livre, sans le publier.", "fr"),
    ("Il ne cite que ce livre.", "Il cite ce livre.", "fr"),
    ("Les non-alignés ont signé.", "Les pays ont signé.", "fr"),
    ("The model is not open.", "The model isn't open.", "en"),
    ("He wrote not only books.", "He wrote books.", "en"),
    ("It has no doubt grown.", "It has grown.", "en"),
    ("The board did not accept the offer.", "The board refused the offer.", "en"),
]


@pytest.mark.parametrize(("claim", "source", "language"), CONTRARY)
def test_a_contrary_is_found(claim: str, source: str, language: str) -> None:
    assert reversals(analysed(claim, language), analysed(source, language))


@pytest.mark.parametrize(("claim", "source", "language"), AGREEING)
def test_agreement_is_no_contrary(claim: str, source: str, language: str) -> None:
    assert reversals(analysed(claim, language), analysed(source, language)) == []


@pytest.mark.parametrize(
    ("claim", "source", "count"),
    [
        ("Il dit « nous avons eu tort hier ».", "« Nous avons eu tort hier », dit-il.", 0),
        ("Il dit « nous avons eu raison hier ».", "« Nous avons eu tort hier », dit-il.", 1),
        ("Il dit “on the wrong side of history”.", 'He said "on the wrong side of history".', 0),
        ("Il dit « nous avons […] tort hier ».", "Nous avons eu tort hier.", 0),
        ("Le « tort » est grand.", "Rien.", 0),
        ("They said ‘no’ and “we will never sell it”.", "We will sell it.", 1),
    ],
)
def test_quotations_are_literal(claim: str, source: str, count: int) -> None:
    assert len(missing_quotations(analysed(claim, "fr"), [analysed(source, "fr")])) == count


@pytest.mark.parametrize(
    ("claim", "source", "language", "speaker"),
    [
        ("Selon Elon Musk, ce sera en juin.", "Selon Sam Altman, ce sera en juin.", "fr", "Elon Musk"),
        ("Elon Musk affirme que non.", "Sam Altman affirme que non.", "fr", "Elon Musk"),
        ("Sam Altman affirme que non.", "D'après Sam Altman, non.", "fr", None),
        ("Elon Musk said it failed.", "Sam Altman said it failed.", "en", "Elon Musk"),
        ("According to Sam Altman, it failed.", "It failed, said Altman.", "en", None),
        ("According to Sam Altman, it failed.", "He said it failed.", "en", None),
    ],
)
def test_another_speaker(claim: str, source: str, language: str, speaker: str | None) -> None:
    found = swapped_speaker(analysed(claim, language), analysed(source, language))
    assert (found.text if found else None) == speaker


def test_a_replacement_is_found_between_words_that_agree() -> None:
    claim = "Ils ont dépensé 12 milliards en 2003."
    source = "Ils ont dépensé 14 milliards en 2003, contre 12 avant."
    found = [
        (claim[r.start : r.end], source[r.source_start : r.source_end])
        for r in replacements(analysed(claim, "fr"), analysed(source, "fr"))
    ]
    assert found == [("12", "14")]


def test_a_claim_may_begin_in_the_midst_of_the_source() -> None:
    claim = "Google's exclusivity became a right of first refusal."
    source = (
        "It can do so now because Microsoft's exclusivity became a right of first refusal: it is asked first."
    )
    ours, theirs = next(
        (claim[r.start : r.end], source[r.source_start : r.source_end])
        for r in replacements(analysed(claim, "en"), analysed(source, "en"))
    )
    assert "Google" in ours
    assert "Microsoft" in theirs


def test_a_free_paraphrase_gives_no_replacement() -> None:
    claim = "Le nouveau texte impose des règles aux fournisseurs."
    source = "Pour les entreprises qui vendent ces outils, des obligations arrivent avec la loi récente."
    assert list(replacements(analysed(claim, "fr"), analysed(source, "fr"))) == []
