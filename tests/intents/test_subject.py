"""What a message is about, and what is compared in it."""

from __future__ import annotations

import pytest

from assistant.intents.check import pasted
from assistant.intents.sides import read_sides
from assistant.intents.subject import lighter, subject_of, unwrapped, wanted_count
from assistant.types import Query


@pytest.mark.parametrize(
    ("message", "language", "subject"),
    [
        ("Résume l'article sur la girafe", "fr", "girafe"),
        ("Quels articles parlent de la girafe ?", "fr", "girafe"),
        ("Parle-moi du girafon", "fr", "girafon"),
        ("Make a timeline of the giraffe", "en", "giraffe"),
        ("Combien d'articles y a-t-il ?", "fr", ""),
        ("Résume « La girafe et le lion »", "fr", "La girafe et le lion"),
        ("Quels sont les 3 articles les plus récents sur la girafe ?", "fr", "girafe"),
        ("Résume l'article sur la girafe en 2 phrases", "fr", "girafe"),
        ("Résume la promotion Girafe 3", "fr", "promotion Girafe 3"),
        ("résume le pass girafe", "fr", "pass girafe"),
        ("bjr je cherche des infos sur la girafe", "fr", "girafe"),
        ("Summarise what you've got on the giraffe", "en", "giraffe"),
        ("ya combien d'articles en tout ?", "fr", ""),
        ("Résume l'expérience du salaire de base", "fr", "expérience du salaire de base"),
    ],
)
def test_words_that_only_say_what_is_wanted_are_no_subject(message: str, language: str, subject: str) -> None:
    assert subject_of(message, language) == subject


@pytest.mark.parametrize(
    ("message", "language", "question"),
    [
        ("Bonjour, peux-tu me dire ce qu'est la girafe ?", "fr", "ce qu'est la girafe ?"),
        ("c koi une girafe", "fr", "une girafe"),
        ("Où dort la girafe s'il vous plaît ?", "fr", "Où dort la girafe ?"),
        ("Hi! Can you tell me when the giraffe sleeps?", "en", "when the giraffe sleeps?"),
        ("Is it true that the giraffe sleeps?", "en", "the giraffe sleeps?"),
        ("¿Puedes decirme dónde duerme la jirafa?", "es", "dónde duerme la jirafa?"),
        ("Que dit la girafe au lion ?", "fr", "Que dit la girafe au lion ?"),
        ("Bonjour", "fr", "Bonjour"),
    ],
)
def test_a_question_is_searched_without_the_words_that_only_ask_it(
    message: str, language: str, question: str
) -> None:
    assert unwrapped(message, language) == question


@pytest.mark.parametrize(
    ("message", "language", "sides", "aspects"),
    [
        ("Compare Zorg-9 et Mira-2 : poids, prix", "fr", ["Zorg-9", "Mira-2"], ["poids", "prix"]),
        ("Compare the weight of Zorg and Mira", "en", ["Zorg", "Mira"], ["weight"]),
        ("Compare le poids de la girafe et de l'hippopotame", "fr", ["girafe", "hippopotame"], ["poids"]),
        ("Zorg, Mira ou Tolo : lequel choisir ?", "fr", ["Zorg", "Mira", "Tolo"], ["choisir"]),
        ("girafe vs hippopotame", "fr", ["girafe", "hippopotame"], []),
        ("Zorg ou Mira : quelle différence ?", "fr", ["Zorg", "Mira"], []),
        ("Compare un poids de girafe et un lac", "fr", ["poids de girafe", "lac"], []),
        ("Quelle différence entre open source et source libre ?", "fr", ["open source", "libre"], []),
        ("Open source vs open weights", "en", ["Open source", "open weights"], []),
        ("What is the difference between Zorg.org and Mira.org?", "en", ["Zorg.org", "Mira.org"], []),
        ("Compare la girafe Zorg et la girafe Mira", "fr", ["girafe Zorg", "girafe Mira"], []),
        ("Compare Zorg 3D et Zorg XL", "fr", ["Zorg 3D", "Zorg XL"], []),
        ("Compare « Le lion, roi ou reine ? » et « Girafes »", "fr", ["lion, roi ou reine", "Girafes"], []),
        ("Résume « La girafe, portrait en trois points »", "fr", ["girafe, portrait en trois points"], []),
    ],
)
def test_sides_and_aspects(message: str, language: str, sides: list[str], aspects: list[str]) -> None:
    assert read_sides(message, language) == (sides, aspects)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("Vérifie : la girafe dort debout", "la girafe dort debout"),
        (
            "La girafe dort debout. Elle a deux cornes. c'est vrai ?",
            "La girafe dort debout. Elle a deux cornes.",
        ),
        ("Est-ce exact ? La girafe dort debout.", "La girafe dort debout."),
        ("Il a écrit « la girafe dort toujours debout ». C'est juste ?", "la girafe dort toujours debout"),
        ("La girafe dort. Elle rêve.", "La girafe dort. Elle rêve."),
    ],
)
def test_the_text_to_be_proved(message: str, text: str) -> None:
    assert pasted(message, "fr") == text


def test_a_number_of_points_is_read_in_digits_and_words() -> None:
    assert wanted_count("en trois points", "fr", 5) == 3
    assert wanted_count("in 4 bullets", "en", 5) == 4
    assert wanted_count("résume en 2023", "fr", 5) == 5
    assert wanted_count("résume en une phrase", "fr", 5) == 1
    assert wanted_count("cut it down to one line", "en", 5) == 1
    assert wanted_count("fais une liste", "fr", 5) == 5
    assert wanted_count("résume la revue du 4 juin 2021 en 3 points", "fr", 5) == 3
    assert wanted_count("summarise the review of June 4, 2021", "en", 5) == 5


@pytest.mark.parametrize(
    ("question", "language", "searched"),
    [
        ("What's the ferry?", "en", "what is the ferry?"),
        ("c koi le bac", "fr", "c'est quoi le bac"),
        ("xq cierra el puente", "es", "por qué cierra el puente"),
        ("the whatsit", "en", "the whatsit"),
        ("which boats sailed on May 1st?", "en", "which boats sailed on May 1?"),
        ("le bac du 1er mai", "fr", "le bac du 1 mai"),
    ],
)
def test_what_is_written_short_is_searched_in_full(question: str, language: str, searched: str) -> None:
    assert lighter(Query(question, question, language)) == searched


def test_the_sign_that_opens_a_spanish_question_makes_no_name() -> None:
    assert subject_of("¿Cuántos artículos hay?", "es") == ""
    assert subject_of("¿Cuántos artículos hablan de Lormont?", "es") == "Lormont"
