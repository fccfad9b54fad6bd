"""Dates of any granularity in both languages; relative ones on the article's date."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.language.dates import find_dates
from assistant.proof.checks.dates import missing_dates

PUBLISHED = date(2024, 5, 15)  # a Wednesday


def missing(claim: str, language: str, source: str, source_language: str) -> list[str]:
    found = missing_dates(
        find_dates(claim, language, PUBLISHED), find_dates(source, source_language, PUBLISHED), PUBLISHED
    )
    return [expression.text for expression in found]


SAME = [
    ("le 3 mai 2024", "fr", "on May 3, 2024", "en"),
    ("2024-05-03", "fr", "le 3 mai 2024", "fr"),
    ("03/05/2024", "fr", "May 3rd, 2024", "en"),
    ("en mai 2024", "fr", "le 3 mai 2024", "fr"),
    ("en 2024", "fr", "le 3 mai 2024", "fr"),
    ("in the 1990s", "en", "en 1994", "fr"),
    ("au XVIIIe siècle", "fr", "in 1750", "en"),
    ("le 1er janvier 2020", "fr", "January 1, 2020", "en"),
    ("à l'été 2025", "fr", "in July 2025", "en"),
    ("au troisième trimestre 2024", "fr", "Q3 2024", "en"),
    ("le 14 mai 2024", "fr", "hier", "fr"),
    ("le 14 mai", "fr", "yesterday", "en"),
    ("l'an dernier", "fr", "in 2023", "en"),
    ("en avril 2024", "fr", "last month", "en"),
    ("il y a trois ans", "fr", "en 2021", "fr"),
    ("le mardi 14 mai", "fr", "mardi", "fr"),
    ("le 29 mars 2024", "fr", "On March 29th", "en"),
    ("vendredi 3 mai 2024", "fr", "2024-05-03", "en"),
    ("de 2019 à 2021", "fr", "2019-2021", "en"),
    ("en 52 av. J.-C.", "fr", "in 52 BC", "en"),
]
DIFFERENT = [
    ("le 4 mai 2024", "fr", "le 3 mai 2024", "fr"),
    ("le 3 juin 2024", "fr", "May 3, 2024", "en"),
    ("le 3 mai 2023", "fr", "May 3, 2024", "en"),
    ("le 3 mai 2024", "fr", "en mai 2024", "fr"),
    ("in 1985", "en", "in the 1990s", "en"),
    ("au XIXe siècle", "fr", "en 1750", "fr"),
    ("le 13 mai 2024", "fr", "hier", "fr"),
    ("samedi 3 mai 2024", "fr", "le 3 mai 2024", "fr"),
    ("le 29 mars 2021", "fr", "On March 29th", "en"),
    ("Q2 2024", "en", "Q3 2024", "en"),
    ("2019-2022", "en", "2019-2021", "en"),
]


@pytest.mark.parametrize(("claim", "language", "source", "source_language"), SAME)
def test_the_same_or_a_coarser_time_is_confirmed(
    claim: str, language: str, source: str, source_language: str
) -> None:
    assert find_dates(claim, language, PUBLISHED)
    assert missing(claim, language, source, source_language) == []


@pytest.mark.parametrize(("claim", "language", "source", "source_language"), DIFFERENT)
def test_another_or_a_finer_time_is_missed(
    claim: str, language: str, source: str, source_language: str
) -> None:
    assert missing(claim, language, source, source_language) != []


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("1500 euros", "fr"),
        ("$2000", "en"),
        ("it may march on", "en"),
        ("durant trois siècles", "fr"),
        ("durant 3 siècles", "fr"),
        ("au cours des sept derniers mois", "fr"),
        ("a spring and a fall", "en"),
    ],
)
def test_what_only_looks_like_a_date(text: str, language: str) -> None:
    assert [
        expression for expression in find_dates(text, language) if expression.years or expression.day
    ] == []
    assert not any(expression.months for expression in find_dates(text, language))


def test_a_relative_time_without_the_article_s_date_needs_the_same_words() -> None:
    claimed = find_dates("Il est parti hier.", "fr")
    assert missing_dates(claimed, find_dates("Parti hier, il reviendra.", "fr"), None) == []
    assert missing_dates(claimed, find_dates("Il est parti le 3 mai 2024.", "fr"), None) != []


def test_offsets_are_those_of_the_text() -> None:
    text = "Élu le 3 mai 2024, il a été réélu à l’été 2025."
    for expression in find_dates(text, "fr"):
        assert text[expression.start : expression.end] == expression.text


@pytest.mark.parametrize(
    ("claim", "source", "language"),
    [
        ("entre mai et juillet 1994", "entre avril et juillet 1994", "fr"),
        ("From September to November 1992", "From October to November 1992", "en"),
        ("de enero a junio de 2026", "de marzo a junio de 2026", "es"),
    ],
)
def test_both_months_of_a_range_are_compared(claim: str, source: str, language: str) -> None:
    assert missing(claim, language, source, language)
    assert missing(source, language, source, language) == []
