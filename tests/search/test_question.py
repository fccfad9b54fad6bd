"""A question as typed becomes a query."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

import pytest

from assistant.errors import QuestionError
from assistant.language.folding import fold
from assistant.search.followup import is_faithful
from assistant.search.question import language_of, read_question
from assistant.types import Turn


def talk(*messages: str) -> list[Turn]:
    """Question, answer, question, answer…"""
    return [Turn("user" if place % 2 == 0 else "assistant", text) for place, text in enumerate(messages)]


def leans(message: str) -> bool:
    """What the classifier says of the follow-ups of this file; what is long stands alone."""
    return len(message.split()) < 6 and not message.startswith(("Qui ", "Who ", "Qu'est-ce"))


def test_a_question_that_stands_alone_is_never_touched() -> None:
    def rewrite(text: str, history: Sequence[Turn]) -> str:
        raise AssertionError("asked to rewrite")

    question = "Quand OpenAI a-t-il publié GPT-2 ?"
    history = talk("Qui a fondé Mistral ?", "Trois chercheurs.")
    query = read_question(question, history, rewrite=rewrite, leans=leans)
    assert query.search_text == query.text == question
    assert not query.rewritten


def test_without_a_history_nothing_is_a_follow_up() -> None:
    assert read_question("Et Mistral ?", leans=leans).search_text == "Et Mistral ?"


@pytest.mark.parametrize(
    ("history", "question", "searched"),
    [
        (
            talk("Quand OpenAI a-t-il publié GPT-2 ?", "En 2019."),
            "Et Mistral ?",
            "Et Mistral ? (OpenAI, publié GPT-2)",
        ),
        (talk("Who runs OpenAI?", "Sam Altman."), "How old is he?", "How old is he? (runs OpenAI)"),
        (
            talk("Qu'est-ce que Mistral 7B ?", "Un modèle."),
            "Quelle est sa licence ?",
            "Quelle est sa licence ? (Mistral 7B)",
        ),
        (
            talk("Qu'est-ce que Mistral 7B ?", "Un modèle.", "Quelle est sa licence ?", "Apache 2.0."),
            "Depuis quand ?",
            "Depuis quand ? (licence, Mistral 7B)",
        ),
    ],
)
def test_without_a_model_names_are_carried_over(history: list[Turn], question: str, searched: str) -> None:
    query = read_question(question, history, leans=leans)
    assert query.search_text == searched
    assert query.text == question
    assert query.rewritten


def test_the_model_is_asked_once_to_rewrite() -> None:
    asked: list[str] = []

    def rewrite(text: str, history: Sequence[Turn]) -> str:
        asked.append(text)
        return ' "Quand Mistral a-t-il publié\nun modèle ?" '

    query = read_question(
        "Et Mistral ?", talk("Quand OpenAI a-t-il publié GPT-2 ?", "En 2019."), rewrite=rewrite, leans=leans
    )
    assert query.search_text == "Quand Mistral a-t-il publié un modèle ?"
    assert asked == ["Et Mistral ?"]


@pytest.mark.parametrize("reply", [None, "", "  \n", "x" * 1000])
def test_a_useless_rewriting_falls_back_to_the_names(reply: str | None) -> None:
    query = read_question(
        "Et Mistral ?", talk("Qui dirige OpenAI ?", "Sam Altman."), rewrite=lambda *_: reply, leans=leans
    )
    assert query.search_text == "Et Mistral ? (dirige OpenAI)"


LICENCE = talk("Sous quelle licence Meta publie-t-elle Llama 3.1 ?", "Sous la Llama Licence [1].")


@pytest.mark.parametrize(
    ("question", "rewritten", "faithful"),
    [
        ("Et Mistral ?", "Sous quelle licence Mistral publie-t-elle ses modèles ?", True),
        ("Depuis quand ?", "Depuis quand Llama 3.1 est-il sous cette licence ?", True),
        ("Et Mistral ?", "Sous quelle licence Meta publie-t-elle Llama 3.1 ?", False),  # the name is lost
        ("Et en 2024 ?", "Sous quelle licence Llama était-il publié ?", False),  # the number is lost
        ("Depuis quand ?", "Depuis quand Gemini 2.5 est-il sous cette licence ?", False),  # nobody named it
        ("Et Mistral ?", "Mistral publie ses modèles sous la licence Apache.", False),  # an answer
        ("Et Mistral ?", "Quelle licence ? Mistral publie sous une licence.", False),
        ("Depuis quand ?", "Depuis quand ?", False),  # nothing gained
        (
            "Combien coûte son entraînement ?",
            "Sous quelle licence est Llama 3.1 ?",
            False,
        ),  # another question
    ],
)
def test_a_rewriting_that_asks_something_else_is_refused(
    question: str, rewritten: str, faithful: bool
) -> None:
    assert is_faithful(rewritten, question, LICENCE, "fr") is faithful
    query = read_question(question, LICENCE, rewrite=lambda *_: rewritten, leans=leans)
    assert (query.search_text == rewritten) is faithful or rewritten == question
    assert question in query.search_text or faithful


@pytest.mark.parametrize(
    ("asked", "question", "rewritten"),
    [  # written by qwen2.5-coder:1.5b
        (
            "Quand DeepSeek-R1 a-t-il été publié ?",
            "Et sous quelle licence ?",
            "Quelle est l'licence sous laquelle DeepSeek-R1 a été publié ?",
        ),
        (
            "Combien de paramètres compte gpt-oss-20b ?",
            "Combien d'entre eux sont actifs ?",
            "Combien d'entre eux sont actifs dans le modèle gpt-oss-20b ?",
        ),
        (
            "Quand Elon Musk a-t-il déposé sa première plainte contre OpenAI ?",
            "Quand l'a-t-il retirée ?",
            "Quand Elon Musk a-t-il retiré sa première plainte contre OpenAI ?",
        ),
    ],
)
def test_what_a_small_model_rewrites_well_is_taken(asked: str, question: str, rewritten: str) -> None:
    assert is_faithful(rewritten, question, talk(asked, "…"), "fr")


def test_a_short_follow_up_speaks_the_language_of_the_conversation() -> None:
    history = talk("Quand OpenAI a-t-il publié GPT-2 ?", "En 2019.")
    assert read_question("Et Mistral ?", history, leans=leans).language == "fr"
    assert read_question("GPT-4?", talk("Who runs OpenAI?", "Sam Altman."), leans=leans).text == "GPT-4?"


def test_a_follow_up_keeps_the_period() -> None:
    history = talk("What happened in March 2025 at Meta?", "A lot.")
    time = read_question("And Mistral?", history, as_of=date(2025, 7, 10), leans=leans).time
    assert time is not None
    assert (time.after, time.before) == (date(2025, 3, 1), date(2025, 3, 31))


def test_the_day_of_the_question_resolves_what_is_relative() -> None:
    query = read_question("What happened last year?", as_of=date(2020, 2, 1))
    assert query.as_of == date(2020, 2, 1)
    assert query.time is not None
    assert query.time.after == date(2019, 1, 1)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b", "\ufeff "])
def test_an_empty_question(text: str) -> None:
    with pytest.raises(QuestionError, match="Type a question"):
        read_question(text)


class Words:
    """A collection of English and French articles that have these words."""

    languages: ClassVar = {"en": 5, "fr": 9}

    def __init__(self, *known: str) -> None:
        self.known = {fold(word) for word in known}

    def document_frequency(self, stems: Sequence[str], language: str) -> dict[str, int]:
        return {stem: 1 for stem in stems if stem in self.known}


@pytest.mark.parametrize(
    "message",
    [
        "Compara GC Forms y GC Notify",
        "¿Cuántos artículos tienes?",
        "¿Cuántas notificaciones envía GC Notify?",
    ],
)
def test_a_short_message_keeps_a_language_that_no_article_is_in(message: str) -> None:
    """Its names stand in the articles, whatever their language."""
    assert language_of(message, Words("gc", "form", "notify", "notifi", "forms")) == "es"


@pytest.mark.parametrize("message", ["Chronologie de la digue", "chronologie de la marée"])
def test_words_of_a_request_tell_the_language_of_a_short_message(message: str) -> None:
    """ "de la" is French and Spanish, and so is what the letters look like."""
    frames = {"fr": frozenset({"chronolog"}), "en": frozenset({"timelin"}), "es": frozenset({"cronolog"})}
    read = read_question(
        message, vocabulary=Words(), frame=lambda language: frames.get(language, frozenset())
    )
    assert read.language == "fr"


def test_english_that_french_articles_quote_makes_no_message_french() -> None:
    """Their index then has "what", "the" and "of" as words like any other."""
    known = Words("what", "the", "of", "popul", "lormont")
    assert language_of("what is the population of lormont", known) == "en"


class FrenchWords(Words):
    """The same, but only the French articles have them."""

    def document_frequency(self, stems: Sequence[str], language: str) -> dict[str, int]:
        return super().document_frequency(stems, language) if language == "fr" else {}


def test_names_that_only_french_articles_have_make_no_question_french() -> None:
    """ "born" stands in them by chance."""
    assert language_of("When was Jakob Böhme born?", FrenchWords("jakob", "böhm", "born")) == "en"


def test_a_common_word_of_the_articles_is_no_name_in_another_language() -> None:
    assert language_of("La digue de la mairie", Words("digu", "mairi")) == "fr"


@pytest.mark.parametrize(
    ("message", "language"),
    [("¿Qué es gpt-oss?", "es"), ("¡Explica gpt-oss!", "es"), ("Llama", "fr")],
)
def test_signs_tell_a_language_and_a_bare_name_takes_that_of_most_articles(
    message: str, language: str
) -> None:
    assert language_of(message, Words("gpt", "oss", "que", "llam", "llama", "zorg")) == language
