"""The language of questions and texts, also short, shouted or without accents."""

from __future__ import annotations

import pytest

from assistant.reading.language import detect_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("LES MODELES OUVERTS EN FRANCE", "fr"),
        ("Quel droit Microsoft garde-t-il sur la puissance de calcul d'OpenAI ?", "fr"),
        ("quand est sorti gpt-oss", "fr"),
        ("combien ?", "fr"),
        ("pourquoi", "fr"),
        ("When was gpt-oss released?", "en"),
        ("why", "en"),
        ("WHO OWNS OPENAI", "en"),
        ("¿Cuándo se publicó gpt-oss?", "es"),
        ("cuando se publico el modelo", "es"),
        ("Wann wurde gpt-oss veröffentlicht?", "de"),
        ("Quando è stato pubblicato il modello?", "it"),
        ("Quando foi publicado o modelo aberto?", "pt"),
        ("Wanneer is het model uitgebracht?", "nl"),
        ("Când a fost publicat modelul?", "ro"),
        ("Где находится библиотека?", "ru"),
        ("2024", "und"),
        ("12,5 % — 3/4", "und"),
        ("", "und"),
        ("?!", "und"),
    ],
)
def test_language(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_a_long_text_in_bounded_time() -> None:
    assert detect_language("Une phrase de cinq mots. " * 200_000) == "fr"
