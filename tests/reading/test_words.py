"""The one text analysis of search and proofs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.folding import fold
from assistant.reading.words import content_stems, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [("L'Œuvre d’État", "l'oeuvre d'etat"), ("Straße", "strasse"), ("ÀÉÎÖÜç", "aeiouc"), ("GPT-2", "gpt-2")],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("fr", "l'Assemblée", "assemblée"),
        ("fr", "L’ASSEMBLEE", "assemblée"),
        ("fr", "les modèles ouverts", "modele ouvert"),
        ("fr", "aujourd’hui, les années", "annee"),
        ("fr", "qu'OpenAI", "openai"),
        ("en", "OpenAI's models", "openai model"),
        ("en", "The companies' licences", "company licence"),
        ("es", "los pesos abiertos", "peso abierto"),
        ("de", "die Gewichte", "gewicht"),
        ("it", "dell'intelligenza", "intelligenza"),
        ("fr", "1 234,5 grammes", "1234,50 gramme"),
        ("fr", "1\u202f234 personnes", "1234 personne"),
        ("en", "1,234.5 euros", "1234.50 euro"),
        ("fr", "2,0 %", "2"),
        ("fr", "16 Go", "16Go"),
        ("en", "405B", "405 B"),
        ("fr", "gpt-oss-120b", "GPT oss 120b"),
    ],
)
def test_same_stems(language: str, one: str, other: str) -> None:
    assert content_stems(one, language) == content_stems(other, language)


def test_a_number_has_one_form_across_languages() -> None:
    assert (
        content_stems("1 234,5", "fr")
        == content_stems("1,234.5", "en")
        == content_stems("1.234,5", "de")
        == ["1234.5"]
    )
    assert content_stems("1,234", "en") == ["1234"]
    assert content_stems("3,5", "en") == content_stems("3.5", "fr") == ["3.5"]
    assert content_stems("3.1.4", "en") == ["3.1.4"]
    assert content_stems("2024-05-03", "en") == ["2024", "5", "3"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "le la les de du des c'est qu'il n'a pas"),
        ("en", "the of it's don't was"),
        ("de", "der die das und"),
    ],
)
def test_stop_words(language: str, text: str) -> None:
    assert content_stems(text, language) == []


def test_an_unknown_language_is_not_stemmed() -> None:
    assert content_stems("Les Chevaux", "und") == ["les", "chevaux"]


@given(st.text(max_size=300), st.sampled_from(["fr", "en", "de", "und"]))
def test_words_stand_where_they_say(text: str, language: str) -> None:
    previous = 0
    for word in words(text, language):
        assert previous <= word.start < word.end
        assert text[word.start : word.end] == word.text
        previous = word.end
    assert content_stems(text, language) == [word.stem for word in words(text, language) if not word.is_stop]
