"""Names: capitals, initials, acronyms, names with digits, and the other language's names."""

from __future__ import annotations

import pytest

from assistant.proof.analysed import analysed
from assistant.proof.checks.exonyms import groups_in
from assistant.proof.checks.names import missing_tokens, source_names


def missing(claim: str, language: str, source: str, source_language: str) -> list[str]:
    offered = [source_names(analysed(source, source_language))]
    cross = language != source_language
    return [
        name.text
        for name in analysed(claim, language).names
        if missing_tokens(name, analysed(claim, language), offered, cross)
    ]


PRESENT = [
    ("Il a vu Sam Altman.", "fr", "Sam Altman était là.", "fr"),
    ("Il a vu S. Altman.", "fr", "Sam Altman était là.", "fr"),
    ("Il a vu Böhme.", "fr", "Jakob Bohme", "fr"),
    ("Il a cité l'ONU.", "fr", "the United Nations said", "en"),
    ("It is in the United States.", "en", "aux États-Unis", "fr"),
    ("Il vit à Londres.", "fr", "He lives in London.", "en"),
    ("Il est au CNRS.", "fr", "le Centre national de la recherche scientifique", "fr"),
    ("le Centre National Universitaire", "fr", "au CNU", "fr"),
    ("avec GPT 4", "fr", "with GPT-4 today", "en"),
    ("le modèle gpt-oss-120b", "fr", "gpt-oss-120b runs", "en"),
    ("the French company", "en", "l'entreprise française", "fr"),
    ("selon l'OMS", "fr", "according to the WHO", "en"),
    ("He met the Canadian Digital Service.", "en", "le Service numérique canadien", "fr"),
    ("de Google's cloud", "en", "Google", "en"),
]
ABSENT = [
    ("Il a vu Elon Musk.", "fr", "Sam Altman était là.", "fr"),
    ("Il a vu E. Altman.", "fr", "Sam Altman était là.", "fr"),
    ("Il a cité l'OTAN.", "fr", "the United Nations said", "en"),
    ("Il vit à Paris.", "fr", "He lives in London.", "en"),
    ("avec GPT-5", "fr", "with GPT-4 today", "en"),
    ("avec GPT-4", "fr", "with GPT-41 today", "en"),
    ("selon l'OMS", "fr", "who said that?", "en"),
    ("the Spanish company", "en", "l'entreprise française", "fr"),
]


@pytest.mark.parametrize(("claim", "language", "source", "source_language"), PRESENT)
def test_a_name_is_found_in_another_form(
    claim: str, language: str, source: str, source_language: str
) -> None:
    assert analysed(claim, language).names
    assert missing(claim, language, source, source_language) == []


@pytest.mark.parametrize(("claim", "language", "source", "source_language"), ABSENT)
def test_another_name_is_missed(claim: str, language: str, source: str, source_language: str) -> None:
    assert missing(claim, language, source, source_language) != []


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("Cependant, Abraham von Frankenberg écrit.", "fr", ["Abraham von Frankenberg"]),
        ("The White House said on Monday in May that it will.", "en", ["White House"]),
        ("En mars, M. Dupont a vu l'Assemblée nationale.", "fr", ["Dupont", "Assemblée"]),
        ("Llama 3.1 and o3-mini", "en", ["Llama", "o3-mini"]),
        ("rien ici", "fr", []),
    ],
)
def test_names_of_a_sentence(text: str, language: str, names: list[str]) -> None:
    found = [name for name in analysed(text, language).names if not (name.opening and len(name.tokens) == 1)]
    assert [name.text for name in found if name.text != "Llama"] == [
        name for name in names if name != "Llama"
    ]
    assert all(text[name.start : name.end] == name.text for name in found)


def test_short_names_of_organisations_need_their_capitals() -> None:
    assert groups_in("WHO and EU")
    assert not groups_in("who is un homme")
