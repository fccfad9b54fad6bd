"""What a question wants explained, and the sentence that explains it."""

from __future__ import annotations

import pytest
from builders import make_hit

from assistant.composition.definitions import defined_term, defines
from assistant.composition.evidence import telling
from assistant.composition.grounding import Prover
from assistant.types import Query, Quote


@pytest.mark.parametrize(
    ("question", "language", "term"),
    [
        ("C'est quoi le Vélobac ?", "fr", "le Vélobac"),
        ("c'est quoi, Vélobac", "fr", "Vélobac"),
        ("Qu'est-ce que le Vélobac ?", "fr", "le Vélobac"),
        ("Qu’est-ce qu’un pont tournant ?", "fr", "pont tournant"),
        ("qui est Ada Reed", "fr", "Ada Reed"),
        ("Que signifie DIPA ?", "fr", "DIPA"),
        ("What is the Ferrybank?", "en", "the Ferrybank"),
        ("Who was Ada Reed?", "en", "Ada Reed"),
        ("¿Qué es el Velobús?", "es", "el Velobús"),
        ("¿Quién es Ada Reed?", "es", "Ada Reed"),
        # a value, an office, something done
        ("Quel est le prix du Vélobac ?", "fr", None),
        ("Qui est le maire de Lormont ?", "fr", None),
        ("Qu'est-ce qui a retardé le Vélobac ?", "fr", None),
        ("What is the price of the Ferrybank?", "en", None),
        ("Who is the mayor of Lormont?", "en", None),
        ("Where is the Ferrybank?", "en", None),
        ("¿Cuál es el precio del Velobús?", "es", None),
    ],
)
def test_what_a_question_wants_explained(question: str, language: str, term: str | None) -> None:
    assert defined_term(question, language) == term


@pytest.mark.parametrize(
    ("text", "language", "says"),
    [
        ("Le Vélobac est un bateau à pédales.", "fr", 1.0),
        ("Le Vélobac, c'est un bateau à pédales.", "fr", 1.0),
        ("Le Vélobac (bateau à pédales) permet de passer le fleuve.", "fr", 1.0),
        ("Le Vélobac, bateau à pédales, part à midi.", "fr", 0.5),
        ("Depuis mars, le Vélobac est un bateau électrique.", "fr", 0.5),
        ("Le Vélobac est fermé le lundi.", "fr", 0.0),
        ("Le retard du Vélobac est de deux heures.", "fr", 0.0),
        ("Un bateau à pédales part à midi.", "fr", 0.0),
        ("Vélobac is a boat with pedals.", "en", 1.0),
        ("Vélobac helps people to cross the river.", "en", 1.0),
        ("Vélobac es un barco de pedales.", "es", 1.0),
    ],
)
def test_a_sentence_that_says_what_a_thing_is(text: str, language: str, says: float) -> None:
    assert defines(text, language, "Vélobac") == says


@pytest.mark.parametrize(
    ("text", "language", "term", "says"),
    [
        ("L'appel du Fonds d'aide aux bateaux (FAB) ouvre en mai.", "fr", "le FAB", 0.7),
        ("Le Fonds d'aide aux bateaux (FAB) a pour objectif de payer les pédales.", "fr", "FAB", 1.0),
        ("Certificate Transparency (CT) logs are public.", "en", "CT", 0.7),
        ("The River Authority (CT) logs are public.", "en", "CT", 0.0),
        ("The boat (CT) is closed.", "en", "CT", 0.0),
        ("Le bateau (Vélobac) est fermé.", "fr", "Vélobac", 0.0),
    ],
)
def test_an_abbreviation_behind_what_it_is_short_for(
    text: str, language: str, term: str, says: float
) -> None:
    assert defines(text, language, term) == says


def test_what_says_what_a_thing_is_comes_before_what_tells_of_it() -> None:
    text = (
        "Le Vélobac part du quai nord à midi. Chaque jour le Vélobac attire du monde. "
        "Le Vélobac est un bateau à pédales. Le Vélobac a fermé en hiver."
    )
    question = "C'est quoi le Vélobac ?"
    quotes = Prover().evidence(Query(question, question, "fr"), [make_hit(text, title="Au port")], 3)
    assert quotes[0].text == "Le Vélobac est un bateau à pédales."


def test_what_hardly_shares_a_word_with_the_question_is_not_shown_beside_what_answers_it() -> None:
    ranked = [Quote("a.md", 0, 9, "Réponse.", 0, score) for score in (1.0, 0.1, 0.01)]
    assert [quote.score for quote in telling(ranked)] == [1.0, 0.1]
    assert telling([]) == []
