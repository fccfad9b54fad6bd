"""The verbatim sentences that answer a question before any model has said a word."""

from __future__ import annotations

import pytest
from builders import make_hit

from assistant.composition.answer_type import asks_why
from assistant.composition.evidence import with_next_sentence
from assistant.composition.grounding import Prover
from assistant.types import Hit, Query, Quote, Span

TEXT = (
    "# Le pont de Lormont\n\nLe pont de Lormont a été ouvert le 3 mai 1998. Il mesure 420 mètres. "
    "Le péage du pont coûte deux euros par passage. Qui le paie encore ?"
)
HIT = make_hit(TEXT, title="Le pont de Lormont", start=40)


def evidence(question: str, *hits: Hit, limit: int = 3) -> list[Quote]:
    return Prover().evidence(Query(question, question, "fr"), hits, limit)


def test_the_sentence_that_answers_comes_first_and_is_exact() -> None:
    quotes = evidence("Quand le pont de Lormont a-t-il été ouvert ?", HIT)
    assert quotes[0].text == "Le pont de Lormont a été ouvert le 3 mai 1998."
    assert all(TEXT[q.start - 40 : q.end - 40] == q.text and q.article == "a.md" for q in quotes)


def test_headings_and_questions_are_no_evidence() -> None:
    texts = [quote.text for quote in evidence("Qui paie le péage du pont de Lormont ?", HIT, limit=9)]
    assert not any(text.startswith("#") or text.endswith("?") for text in texts)


def test_what_only_leads_to_other_words_comes_after_what_says_something() -> None:
    text = (
        "Les gardiens du pont de Lormont :\n\n- Anne Reed, gardienne du pont\n\nLes gardiens surveillent le pont chaque nuit.\n\n"
        "- Paroles de gardiennes : Anne Reed\n"
    )
    other = make_hit("Rien.", article="b.md", title="Paroles de gardiennes : Anne Reed", rank=2)
    quotes = evidence("Qui sont les gardiens du pont ?", make_hit(text), other, limit=9)
    texts = [quote.text for quote in quotes]
    assert texts.index("Les gardiens du pont de Lormont :") > texts.index(
        "Les gardiens surveillent le pont chaque nuit."
    )
    assert "Anne Reed, gardienne du pont" in texts
    assert not any("Paroles" in one for one in texts)
    assert all(text[quote.start : quote.end] == quote.text for quote in quotes if quote.article == "a.md")


def test_the_same_words_of_two_articles_are_shown_once() -> None:
    copy = make_hit(TEXT, rank=2, article="copy.md", title="Le pont de Lormont")
    quotes = evidence("Quand le pont de Lormont a-t-il été ouvert ?", HIT, copy, limit=9)
    assert len({quote.text for quote in quotes}) == len(quotes)


def test_orders_to_an_assistant_are_no_evidence() -> None:
    start = TEXT.index("Le péage") + 40
    flagged = make_hit(TEXT, start=40, flagged=(Span(start, start + 20),))
    quotes = evidence("Que coûte le péage du pont ?", flagged, limit=9)
    assert quotes
    assert not any("péage" in quote.text for quote in quotes)


def test_at_most_as_many_as_asked_and_none_without_text() -> None:
    assert len(evidence("Le pont de Lormont ?", HIT, limit=1)) == 1
    assert evidence("Le pont de Lormont ?") == []
    assert evidence("Le pont de Lormont ?", make_hit("  \n ")) == []


def test_a_reason_stands_in_the_sentence_after_the_best_one() -> None:
    quotes = evidence("Pourquoi le pont de Lormont a-t-il été ouvert ?", HIT, limit=9)
    shown = with_next_sentence(quotes, [HIT])
    assert [one.text for one in shown[:2]] == [
        "Le pont de Lormont a été ouvert le 3 mai 1998.",
        "Il mesure 420 mètres.",
    ]
    assert sorted(one.start for one in shown) == sorted({one.start for one in shown})


def test_no_question_and_no_order_follows_the_best_sentence() -> None:
    last = [one for one in evidence("Que coûte le péage ?", HIT, limit=9) if "péage" in one.text]
    assert with_next_sentence(last, [HIT]) == last
    start = TEXT.index("Il mesure") + 40
    flagged = make_hit(TEXT, start=40, flagged=(Span(start, start + 20),))
    first = evidence("Quand le pont de Lormont a-t-il été ouvert ?", flagged, limit=1)
    assert with_next_sentence(first, [flagged]) == first
    assert with_next_sentence([], [HIT]) == []


@pytest.mark.parametrize(
    ("question", "language", "why"),
    [
        ("Pourquoi le pont est-il fermé ?", "fr", True),
        ("Quelle est la raison de la fermeture ?", "fr", True),
        ("Comment le pont a-t-il été bâti ?", "fr", True),
        ("Comment s’appelle le pont ?", "fr", False),
        ("Why is the bridge closed?", "en", True),
        ("How was it built?", "en", True),
        ("How many bridges are there?", "en", False),
        ("Show me the bridges", "en", False),
        ("¿Por qué está cerrado?", "es", True),
        ("¿Cómo se llama el puente?", "es", False),
    ],
)
def test_why_and_how_are_told_from_other_questions(question: str, language: str, why: bool) -> None:
    assert asks_why(question, language) is why
