"""The proof of a sentence: its verdict, the exact words that support it, and what the model's own citation is worth."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from builders import make_hit
from hypothesis import given
from hypothesis import strategies as st

from assistant.composition.grounding import Prover
from assistant.proof.claims import makes_no_claim
from assistant.types import Hit, Proof

if TYPE_CHECKING:
    from assistant.types import Vector

BRIDGE = make_hit(
    "Le pont de Lormont a été ouvert le 3 mai 1998 par Anne Marchand. Il mesure 420 mètres. "
    "Selon la mairie, le péage serait supprimé avant 2030. Le pont n'est pas ouvert aux camions.",
    title="Le pont de Lormont",
    start=120,
)
LIBRARY = make_hit(
    "La bibliothèque de Lormont compte 12 000 livres anciens. Elle prête aussi des partitions et des cartes.",
    rank=2,
    article="b.md",
    title="La bibliothèque",
)
ENGLISH = make_hit(
    "Anne Marchand opened the Lormont bridge on 3 May 1998. The toll will be dropped. Boats pass under it every day. "
    "The market is held on Saturdays. Two schools are being built near the river.",
    article="en.md",
    title="The bridge",
    language="en",
)
HITS = (BRIDGE, LIBRARY)


def prove(
    sentence: str, hits: Sequence[Hit] = HITS, language: str = "fr", named: Sequence[int] = ()
) -> Proof:
    return Prover().prove(sentence, hits, language, named)


@pytest.mark.parametrize(
    ("sentence", "verdict", "reason"),
    [
        ("Le pont de Lormont a été ouvert le 3 mai 1998.", "supported", ""),
        ("Le pont de Lormont mesure 420 mètres.", "supported", ""),
        ("Le pont de Lormont a été ouvert le 1998-05-03 par A. Marchand.", "supported", ""),
        ("Le pont de Lormont mesure 430 mètres.", "unsupported", "430"),
        ("Le pont de Lormont a été ouvert le 3 juin 1998.", "unsupported", "3 juin 1998"),
        ("Le pont de Lormont a été ouvert par Paul Girard le 3 mai 1998.", "unsupported", "Paul Girard"),
        ("Paul Girard a ouvert le pont de Lormont le 3 mai 1998.", "unsupported", "Paul Girard"),
        ("Le pont de Lormont est ouvert aux camions.", "partial", "contraire"),
        ("Les vendanges commencent souvent trop tard dans la vallée.", "unsupported", "aucune source"),
        ("Voici ce que disent les articles :", "no_claim", ""),
        ("Qui a ouvert le pont ?", "no_claim", ""),
    ],
)
def test_verdicts(sentence: str, verdict: str, reason: str) -> None:
    proof = prove(sentence)
    assert proof.verdict == verdict
    assert reason in " ".join(proof.reasons)
    assert bool(proof.reasons) == (verdict in ("partial", "unsupported"))


def test_a_failing_sentence_shows_the_closest_words_and_cites_nothing() -> None:
    proof = prove("Le pont de Lormont mesure 430 mètres.")
    assert proof.quotes == ()
    assert "420 mètres" in proof.nearest[0].text


def test_a_number_of_another_place_is_told_apart() -> None:
    assert "mais pas à ce sujet" in prove("Le pont de Lormont mesure 12 000 mètres.").reasons[0]


def test_a_forgotten_citation_is_added_and_a_wrong_one_replaced() -> None:
    sentence = "La bibliothèque de Lormont compte 12 000 livres anciens."
    for named in ((), (0,), (1,)):
        (quote,) = prove(sentence, named=named).quotes
        assert (quote.article, quote.hit) == ("b.md", 1)


def test_a_citation_without_support_is_taken_away() -> None:
    assert prove("Les vendanges commencent souvent trop tard dans la vallée.", named=(0,)).quotes == ()


def test_between_equal_places_the_one_that_was_named_is_cited() -> None:
    copy = make_hit(LIBRARY.text, rank=3, article="c.md", title="La bibliothèque")
    sentence = "La bibliothèque de Lormont compte 12 000 livres anciens."
    assert prove(sentence, (LIBRARY, copy)).quotes[0].article == "b.md"
    assert prove(sentence, (LIBRARY, copy), named=(1,)).quotes[0].article == "c.md"


def test_two_sentences_that_follow_each_other_may_support_one() -> None:
    proof = prove("Le pont de Lormont, ouvert le 3 mai 1998 par Anne Marchand, mesure 420 mètres.")
    assert proof.verdict == "supported"
    assert proof.quotes[0].text.endswith("Il mesure 420 mètres.")


WORDS = "pont Lormont ouvert mai 1998 Anne Marchand 420 mètres péage bibliothèque livres 12 000 camions pas".split()


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), st.integers(0, 5000))
def test_every_quote_is_the_articles_own_text(claim: list[str], start: int) -> None:
    hit = make_hit(BRIDGE.text, title=BRIDGE.title, start=start)
    proof = prove(" ".join(claim) + ".", (hit, LIBRARY))
    for quote in (*proof.quotes, *proof.nearest):
        source = (hit, LIBRARY)[quote.hit]
        offset = source.passage.start
        assert source.passage.article == quote.article
        assert source.text[quote.start - offset : quote.end - offset] == quote.text


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Selon un article de presse de juin 2025, le pont de Lormont mesure 420 mètres.", "partial"),
        ("Selon un communiqué publié en juin 2025, le pont de Lormont mesure 420 mètres.", "partial"),
        ("Selon un communiqué publié en mai 2025, le pont de Lormont mesure 420 mètres.", "unsupported"),
        ("Le pont de Lormont mesure 420 mètres depuis juin 2025.", "unsupported"),
        ("La mairie de Lormont a publié Passerelle en juin 2025.", "unsupported"),
    ],
)
def test_the_month_of_an_article_may_be_named_as_such(sentence: str, verdict: str) -> None:
    hit = make_hit(
        "Le pont de Lormont mesure 420 mètres. La mairie de Lormont a publié Passerelle.",
        published=date(2025, 6, 10),
    )
    assert prove(sentence, (hit,)).verdict == verdict


@pytest.mark.parametrize(
    ("told", "sentence", "verdict"),
    [
        ("Anne Marchand a ouvert le pont.", "Anne Marchand a ouvert le pont.", "supported"),
        (
            "Anne Marchand a ouvert le pont.",
            "Anne Marchand, adjointe de Paul Girard, a ouvert le pont.",
            "supported",
        ),
        (
            "Anne Marchand et lui ont ouvert le pont.",
            "Anne Marchand et Paul Girard ont ouvert le pont.",
            "supported",
        ),
        (
            "Avec Anne Marchand, il a ouvert le pont.",
            "Paul Girard et Anne Marchand ont ouvert le pont.",
            "supported",
        ),
    ],
)
def test_a_name_coupled_with_one_that_stands_alone_in_the_source(
    told: str, sentence: str, verdict: str
) -> None:
    hit = make_hit(f"Paul Girard est maire depuis dix ans. {told}", title="Le maire Paul Girard")
    assert prove(sentence, (hit,)).verdict == verdict


# --------------------------------------------------------------------------- sources in another language


def near_to(first: str, *others: str, cosine: float = 1.0) -> Prover:
    """A prover for which texts with one of the others have that cosine with those that have `first`; any other text has 0."""

    def similarity(texts: Sequence[str]) -> Vector:
        vectors = np.zeros((len(texts), 64), np.float32)
        for row, text in enumerate(texts):
            near = 1.0 if first in text else cosine * any(part in text for part in others)
            vectors[row, 0], vectors[row, 1 + sum(text.encode()) % 63] = near, np.sqrt(1 - near**2)
        return vectors

    return Prover(similarity)


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Le pont de Lormont a été ouvert le 3 mai 1998 par Anne Marchand.", "supported"),
        ("Le pont de Lormont a été ouvert le 3 juin 1998 par Anne Marchand.", "unsupported"),
        ("Le pont de Lormont a été ouvert le 3 mai 1998 par Paul Girard.", "unsupported"),
    ],
)
def test_across_languages_meaning_numbers_and_names_decide(sentence: str, verdict: str) -> None:
    proof = near_to("Le pont de Lormont a été ouvert", "opened the Lormont bridge").prove(
        sentence, [ENGLISH], "fr"
    )
    assert proof.verdict == verdict
    if verdict == "supported":
        assert proof.quotes[0].text == "Anne Marchand opened the Lormont bridge on 3 May 1998."


def test_what_one_language_contradicts_another_may_prove() -> None:
    near = make_hit(
        "Le pont de Cadaujac a été ouvert le 4 juin 2001 par Anne Marchand, maire de la ville.",
        article="c.md",
    )
    prover = near_to("Le pont de Lormont a été ouvert", "opened the Lormont bridge")
    claim = "Le pont de Lormont a été ouvert le 3 mai 1998 par Anne Marchand."
    assert prover.prove(claim, [near], "fr").verdict == "unsupported"
    assert prover.prove(claim, [near, ENGLISH], "fr").verdict == "supported"
    assert prover.prove(claim.replace("3 mai", "5 mai"), [near, ENGLISH], "fr").verdict == "unsupported"


def test_words_that_are_quoted_in_translation_are_not_confirmed_and_not_set_aside() -> None:
    prover = near_to("Anne Marchand", "opened the Lormont bridge")
    claim = "Anne Marchand a dit : « nous ouvrons le pont de Lormont »."
    proof = prover.prove(claim, [LIBRARY, ENGLISH], "fr")
    assert proof.verdict == "partial"
    assert "mot pour mot" in proof.reasons[0]
    assert near_to("nobody", "nothing").prove(claim, HITS, "fr").verdict == "unsupported"


def test_a_negation_in_one_language_is_not_proved_away_by_another() -> None:
    prover = near_to("est ouvert aux camions", "Anne Marchand opened")
    claim = "Le pont de Lormont est ouvert aux camions."
    assert prover.prove(claim, [BRIDGE, ENGLISH], "fr").verdict == "partial"


def test_across_languages_nothing_is_green_without_a_measure_of_meaning() -> None:
    proof = prove("Le pont de Lormont a été ouvert le 3 mai 1998 par Anne Marchand.", [ENGLISH])
    assert proof.verdict == "partial"
    assert "autre langue" in proof.reasons[0]


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("A competitor in June.", "partial"),
        ("The corps was diffuse in June.", "partial"),
    ],
)
def test_across_languages_a_little_nearness_needs_something_in_common(source: str, verdict: str) -> None:
    hit = make_hit(
        f"{source} The toll was cut in half. Lorries pay more. Boats pass below.",
        article="d.md",
        language="en",
    )
    claim = "Le ciel est bleu parce que le corps de l'air diffuse sa couleur."
    proof = near_to(claim, source, cosine=0.065).prove(claim, [hit], "fr")
    assert proof.verdict == verdict
    assert not proof.nearest


def test_what_is_not_even_near_is_not_shown_beside_what_no_source_says() -> None:
    far, near = "Le perdant quitte la zone grise du plateau.", "Le pont de Cadaujac relie deux autres rives."
    assert not prove(far).nearest
    assert prove(near).verdict == "unsupported"
    assert [quote.article for quote in prove(near).nearest] == [BRIDGE.passage.article]


# --------------------------------------------------------------------------- bad input


def test_without_hits_nothing_is_proved() -> None:
    assert prove("Le pont mesure 420 mètres.", ()).verdict == "unsupported"


def test_a_hit_without_a_sentence_is_no_source() -> None:
    assert prove("Le pont mesure 420 mètres.", (make_hit(" \n "),)).verdict == "unsupported"


def test_reasons_are_in_the_language_of_the_answer() -> None:
    (reason,) = prove("The bridge is 430 metres long.", [ENGLISH], "en").reasons
    assert reason in ("“430 metres” is in no source", "no source says this")


def test_an_article_of_one_long_line_is_proved_in_time() -> None:
    words = "Le pont relie deux rives et le péage reste cher pour tous les riverains de la ville "
    line = (words * 2500)[:200_000]
    hit = make_hit(line, published=date(2025, 1, 1))
    started = time.monotonic()
    proof = prove("Le pont relie deux rives de la ville.", (hit,))
    assert time.monotonic() - started < 10
    assert all(line[q.start : q.end] == q.text for q in (*proof.quotes, *proof.nearest))


@pytest.mark.parametrize("sentence", ["", "   ", "***", "…", "Bonjour !"])
def test_what_says_nothing_makes_no_claim(sentence: str) -> None:
    assert makes_no_claim(sentence, "fr")


def test_a_place_with_all_values_is_found_behind_one_with_more_of_the_words() -> None:
    """ "Sorti" stands beside another model, and the title makes up for its name: only its values tell."""
    model = make_hit(
        "L'entreprise a publié Lormont Petit 3 le 30 janvier 2025. Le modèle est diffusé sous licence libre. "
        "Lormont 7B, sorti le 27 septembre 2023, portait déjà la licence libre.",
        title="Lormont Petit 3, un modèle",
    )
    proof = prove("Lormont Petit 3 est sorti le 30 janvier 2025 sous licence libre.", (model,))
    assert proof.verdict != "unsupported"
    assert "30 janvier 2025" in proof.quotes[0].text
    assert (
        prove("Lormont Petit 3 est sorti le 30 janvier 2024 sous licence libre.", (model,)).verdict
        == "unsupported"
    )


def test_an_ordinal_in_the_place_of_a_day_is_no_other_number() -> None:
    suit = make_hit("Cette première plainte n'a pas été jugée : son auteur l'a retirée le 11 juin 2024.")
    assert prove("Il a retiré sa première plainte en juin 2024.", (suit,)).verdict == "supported"


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Meta est dirigée par Anne Marchand.", "partial"),
        ("Orsys est dirigée par Anne Marchand.", "supported"),
        ("Elle est dirigée par Anne Marchand.", "supported"),
    ],
)
def test_a_name_at_the_head_of_a_claim_is_told_from_its_capital_elsewhere(
    sentence: str, verdict: str
) -> None:
    company = make_hit(
        "Orsys est dirigée par Anne Marchand. Elle compte douze salariés.", title="Une société"
    )
    other = make_hit("Le mois dernier, Meta a publié un modèle.", rank=2, article="b.md", title="Un modèle")
    assert prove(sentence, (company, other)).verdict == verdict


DEAL = make_hit(
    "Ondine invested in Cobalt in 2019. Boats pass every day. The market is held on Saturdays. Rain fell. It was cold.",
    article="deal.md",
    title="A deal",
    language="en",
)


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Ondine a investi dans Cobalt en 2019.", "supported"),
        ("Cobalt a investi dans Ondine en 2019.", "partial"),
        ("Ondine n'a pas investi dans Cobalt en 2019.", "partial"),
        ("Ondine a refusé d'investir dans Cobalt en 2019.", "partial"),
    ],
)
def test_nearness_in_meaning_alone_hides_no_contrary(sentence: str, verdict: str) -> None:
    assert near_to("investi", "invested").prove(sentence, (DEAL,), "fr").verdict == verdict


ROW = make_hit(
    "Ondine 1 has been free since January, Cobalt 2 under a free licence since that month, and Quartz 4 since "
    "5 April 2025. Boats pass every day. The market is held on Saturdays. Two schools are built. Rain fell.",
    article="row.md",
    title="Free models",
    language="en",
)
OWN = make_hit("Quartz 4 n'est pas cité ici. Ondine est sortie en mars.", title="Un modèle")


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Quartz 4 est disponible depuis le 5 avril 2025.", "partial"),
        ("Cobalt 2 est disponible depuis le 5 avril 2025.", "partial"),
        ("Quartz 4 est disponible depuis le 6 avril 2025.", "unsupported"),
    ],
)
def test_a_place_in_another_language_with_its_name_and_exact_date_is_shown(
    sentence: str, verdict: str
) -> None:
    proof = near_to("Quartz 4 est", "Boats pass").prove(sentence, (OWN, ROW), "fr")
    assert proof.verdict == verdict
    assert bool(proof.quotes) == (verdict == "partial")


def test_a_name_before_the_place_is_no_proof_of_something_else() -> None:
    text = (
        "Elon Musk a retiré sa plainte en juin. Les mots eux-mêmes ont été précisés. "
        "L'Initiative Ouverte a une définition depuis octobre, et les poids n'y suffisent pas."
    )
    proof = prove("L'Initiative Ouverte est présidée par Elon Musk.", (make_hit(text, title="Dix ans"),))
    assert proof.verdict != "supported"
    told = "Anne Marchand dirige la mairie. Elle a ouvert le pont de Lormont le 3 mai 1998."
    assert prove("Anne Marchand a ouvert le pont de Lormont.", (make_hit(told),)).verdict == "supported"


def test_what_the_title_alone_says_is_shown_by_another_place() -> None:
    """The title names the licence: the sentence on the day does not, and is not cited alone."""
    robot = make_hit(
        "Vellac a publié le 4 juin 2021 les plans de Robo-7. La machine pèse neuf kilos. "
        "Elle est diffusée sous la licence OSL, l'une des plus permissives qui soient.",
        title="Robo-7 : un robot de jardin sous licence OSL",
    )
    proof = prove("Robo-7 est publié sous licence OSL.", [robot])
    assert proof.verdict == "supported"
    assert "la licence OSL" in " ".join(quote.text for quote in proof.quotes)
    told = prove("La machine Robo-7 pèse neuf kilos.", [robot])
    assert [quote.text for quote in told.quotes] == ["La machine pèse neuf kilos."], "a title may say of whom"


def test_each_part_of_a_sentence_has_its_own_place() -> None:
    """What one place does not show another does, of the same article first; a title shows nothing."""
    robot = make_hit(
        "Vellac a publié le 4 juin 2021 les plans de Robo-7. La machine pèse neuf kilos. Elle est verte. "
        "Sa licence OSL permet de la copier. Elle a coûté 12 000 euros à la ville.",
        title="Robo-7, robot sous licence OSL",
    )
    other = make_hit(
        "Sarcleur-2 pèse 14 kilos et se conduit à la main.", rank=2, article="b.md", title="Sarcleur-2"
    )
    proof = prove("La machine a une licence OSL et a coûté 12 000 euros.", [robot, other])
    shown = " ".join(quote.text for quote in proof.quotes)
    assert "licence OSL" in shown
    assert "12 000 euros" in shown
    assert "neuf kilos" not in shown
    proof = prove("Robo-7, publié le 4 juin 2021, a coûté 12 000 euros à la ville.", [robot, other])
    shown = " ".join(quote.text for quote in proof.quotes)
    assert "4 juin 2021" in shown
    assert "12 000 euros" in shown
    proof = prove("Robo-7 pèse neuf kilos, tandis que Sarcleur-2 pèse 14 kilos.", [robot, other])
    assert {quote.article for quote in proof.quotes} == {robot.passage.article, "b.md"}
