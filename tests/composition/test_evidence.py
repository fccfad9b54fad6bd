"""The verbatim sentences that answer a question before any model has said a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from builders import make_hit
from fakes import FakeEmbedder

from assistant.composition.answer_type import asks_why
from assistant.composition.evidence import COMPARED, choose_evidence, signals_of, with_next_sentence
from assistant.composition.grounding import Prover
from assistant.types import Hit, Query, Quote, Span, TimeCue

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


def test_a_day_alone_is_no_evidence() -> None:
    dated = make_hit("29 octobre 2012. Le pont de Lormont a brûlé pendant la nuit.", title="Le pont")
    texts = [quote.text for quote in evidence("Quand le pont de Lormont a-t-il brûlé ?", dated, limit=9)]
    assert texts == ["Le pont de Lormont a brûlé pendant la nuit."]


def test_the_language_of_the_best_hit_is_the_one_that_counts() -> None:
    """Words of the question that only stand in its own language say little where the search found better in another."""
    found = make_hit("The Lormont deal creates 2,500 jobs.", title="Lormont deal", language="en")
    other = make_hit("Combien de postes : la commande de postes crée 40 postes.", article="b.md", rank=2)
    question = "La commande de Lormont crée combien de postes ?"
    foreign_first = [replace(found, score=9.0), replace(other, score=3.0)]
    own_first = [replace(other, score=9.0, rank=1), replace(found, score=3.0, rank=2)]
    assert evidence(question, *foreign_first)[0].article == "a.md"
    assert evidence(question, *own_first)[0].article == "b.md"


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


def test_of_the_same_words_the_newest_are_shown_unless_a_date_is_asked_for() -> None:
    old, new = (
        make_hit(text, rank=rank, article=f"{year}.md", published=date(year, 5, 1))
        for rank, (text, year) in enumerate(
            [
                ("Le bac de Lormont part du quai nord le matin.", 2021),
                ("Le bac de Lormont part du quai nord, le matin.", 2024),
            ],
            1,
        )
    )
    assert [quote.article for quote in evidence("D'où part le bac de Lormont ?", old, new)] == ["2024.md"]
    question = "D'où partait le bac de Lormont en 2021 ?"
    asked = Query(
        question, question, "fr", TimeCue("filter", "en 2021", date(2021, 1, 1), date(2021, 12, 31))
    )
    assert [quote.article for quote in Prover().evidence(asked, [old, new], 3)] == ["2021.md"]


@pytest.mark.parametrize(
    ("scores", "passage"), [((9.0, 8.0), 8 / 9), ((0.4, 8.0), 2**-0.5), ((-1.0, -2.0), 2**-0.5)]
)
def test_a_passage_counts_by_its_score_where_all_are_of_one_measure(
    scores: tuple[float, float], passage: float
) -> None:
    other = make_hit("Le bac part à midi.", article="b.md", rank=2, score=scores[1])
    question = "Quand part le bac ?"
    hits = [make_hit("Le bac part le matin.", score=scores[0]), other]
    assert signals_of(Query(question, question, "fr"), hits)[-1].passage == pytest.approx(passage)


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


def test_the_embedder_has_a_say_on_what_is_best() -> None:
    """With the words alone it is the first of three, which has one more of them."""
    text = "Le péage du pont est discuté au conseil. Un passage coûte deux euros aux voitures. Le pont est long et gris."
    question = "Combien faut-il payer au péage du pont ?"
    query, hits = Query(question, question, "fr"), [make_hit(text, title="Lormont")]

    def nearness(asked: str, texts: Sequence[str]) -> list[float]:
        assert asked == question
        assert texts[0].startswith("Lormont. ")
        return [0.95 if "deux euros" in one else 0.8 for one in texts]

    by_words = choose_evidence(query, hits, 3)
    by_meaning = choose_evidence(query, hits, 3, nearness=nearness)
    assert by_words[0].text == "Le péage du pont est discuté au conseil."
    assert by_meaning[0].text == "Un passage coûte deux euros aux voitures."
    for ranked in (by_words, by_meaning):
        assert ranked[0].score == 1.0
        assert [quote.score for quote in ranked] == sorted((quote.score for quote in ranked), reverse=True)
    assert {quote.text for quote in by_words} == {quote.text for quote in by_meaning}


def test_what_is_not_compared_by_meaning_stays_behind() -> None:
    text = " ".join(f"Le pont de Lormont a {number} piles en bois." for number in range(2, COMPARED + 12))
    question = "Combien de piles a le pont de Lormont ?"
    asked: list[str] = []

    def nearness(_: str, texts: Sequence[str]) -> list[float]:
        asked.extend(texts)
        return [0.8] * len(texts)

    signals = signals_of(Query(question, question, "fr"), [make_hit(text)])
    assert len(signals) == COMPARED + 10
    choose_evidence(Query(question, question, "fr"), [make_hit(text)], 99, nearness=nearness)
    assert len(asked) == COMPARED


def test_the_prover_compares_with_the_embedder_that_it_is_given() -> None:
    embedder = FakeEmbedder()
    prover = Prover(similarity=embedder.embed_passages, embed_question=embedder.embed_query)
    question = "Quand le pont de Lormont a-t-il été ouvert ?"
    quotes = prover.evidence(Query(question, question, "fr"), [HIT], 3)
    assert quotes[0].text == "Le pont de Lormont a été ouvert le 3 mai 1998."
