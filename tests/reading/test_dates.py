"""Publication dates: forms, origins, confidence; what is no publication date."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.reading.dates import find_date, unreadable_date
from assistant.reading.drafts import Fact

MAY_3 = date(2024, 5, 3)


def stated(value: str, language: str = "en") -> date | None:
    found = find_date([Fact("published", value, "meta")], "", language)
    return found.published if found else None


@pytest.mark.parametrize(
    ("value", "language"),
    [
        ("2024-05-03", "en"),
        ("2024-05-03T23:30:00-08:00", "fr"),
        ("20240503", "en"),
        ("2024/05/03", "en"),
        ("3 mai 2024", "fr"),
        ("vendredi 3 mai 2024 à 10 h", "fr"),
        ("May 3, 2024", "en"),
        ("May 3rd, 2024", "en"),
        ("3 May 2024", "en"),
        ("Fri, 03 May 2024 10:00:00 GMT", "en"),
        ("03/05/2024", "fr"),
        ("3.5.2024", "de"),
        ("3. Mai 2024", "de"),
        ("3 de mayo de 2024", "es"),
        ("3 maggio 2024", "it"),
        ("3 mag 2024", "it"),
        ("3 may. 2024", "es"),
        ("3-mai-2024", "fr"),
        ("2024-5-3", "en"),
        ("3 mai 24", "fr"),
    ],
)
def test_forms(value: str, language: str) -> None:
    assert stated(value, language) == MAY_3


@pytest.mark.parametrize(
    "value", ["soon", "2024-13-45", "0000-00-00", "31 février 2024", "1 234 567", "v2.0", "", "9999-01-01"]
)
def test_what_is_no_date(value: str) -> None:
    assert stated(value) is None


@pytest.mark.parametrize(
    ("value", "published", "confidence", "warning"),
    [
        ("2024-05-03", MAY_3, 1.0, None),
        ("May 2024", date(2024, 5, 1), 0.6, "no day"),
        ("2024-05", date(2024, 5, 1), 0.6, "no day"),
        ("2024", date(2024, 1, 1), 0.4, "year only"),
        ("05/03/2024", MAY_3, 0.5, "swapped"),
    ],
)
def test_less_exact_is_less_sure(value: str, published: date, confidence: float, warning: str | None) -> None:
    found = find_date([Fact("published", value, "front matter")], "", "en")
    assert found is not None
    assert (found.published, found.confidence) == (published, confidence)
    assert (warning is None and found.warning is None) or str(warning) in str(found.warning)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Un titre\n\nPublié le 3 mai 2024 par la rédaction\n\nLe 4 juin 2023, il est parti.", "fr"),
        ("Un titre\n\nMis en ligne le vendredi 3 mai 2024", "fr"),
        ("A title\n\nMay 3, 2024\n\nSome text.", "en"),
        ("A title\n\nPosted on 3 May 2024", "en"),
        ("A title\n\n2024-05-03\n\nSome text.", "en"),
        ("A title\n\n2024-05-03 10:00 | Odile Corvin\n\nSome text.", "en"),
        ("PARIS, May 3, 2024 — The model is out.", "en"),
        ("Paris, le 3 mai 2024 – Le modèle est publié.", "fr"),
        ("By the editors | May 3, 2024", "en"),
        ("Titel\n\nVeröffentlicht am 3. Mai 2024", "de"),
        ("Título\n\nPublicado el 3 de mayo de 2024", "es"),
        ("Un titre\n\nPublié par Odile Corvin le 3 mai 2024", "fr"),
        ("Un titre\n\n3 mai 2024. - La mairie a publié hier le règlement que le bac attendait.", "fr"),
        ("Un titre\n\n3 mai 2024, France. – 19 des 20 bacs sont partis du port de Lorme à midi.", "fr"),
        ("PARIS, May 3, 2024 (Reuters) - The model is out, its makers said.", "en"),
        ("Un titre\n\nPublié le 3 mai 24", "fr"),
        ("Un titre\n\nVen. 3 mai 2024", "fr"),
        ("Un titre\n\nDate de publication : 3 mai 2024", "fr"),
    ],
)
def test_bylines(text: str, language: str) -> None:
    found = find_date([], text, language)
    assert found is not None
    assert (found.published, found.origin) == (MAY_3, "byline")
    assert 0.5 < found.confidence < 1


@pytest.mark.parametrize(
    "text",
    [
        "On May 3, 2024 the company which trains the largest of these models said so.",
        "Last updated: May 3, 2024",
        "Mis à jour le 3 mai 2024",
        "Chronology\n\n- May 3, 2024: a model\n- June 4, 2024: another",
        "An article about 2024 and nothing else.",
        "3 May 2024 - 5 May 2024: the fair of the harbour, with boats, music and games for all",
        "3 May 2024 - The harbour was opened by the mayor of the town that day.\n4 June 2024 - It was closed again.",
        "Odile\n\nDelivery: May 3, 2024",
        "Odile\n\nEvent date: May 3, 2024",
        "Odile\n\nFounded 3 May 1924",
        "Odile\n\nInauguré le 3 mai 2024",
        "Odile\n\n† 3 mai 2024",
        "Odile\n\nFecha límite: 3 de mayo de 2024",
        "Odile\n\nEinsendeschluss: 3. Mai 2024",
        "Le 14 juillet 1789\n\nA text.",
    ],
)
def test_dates_in_prose_are_no_bylines(text: str) -> None:
    assert find_date([], text, "en") is None


def test_years_of_two_digits_are_of_the_last_hundred() -> None:
    assert stated("Publié le 12/07/99", "fr") == date(1999, 7, 12)


def test_the_surest_statement_counts() -> None:
    facts = [
        Fact("published", "2020-01-01", "PDF metadata", 0.5),
        Fact("published", "2024-05-03", "json-ld", 0.95),
        Fact("published", "2023-02-02", "time tag", 0.8),
    ]
    found = find_date(facts, "Published on June 1, 2022", "en")
    assert found is not None
    assert (found.published, found.origin) == (MAY_3, "json-ld")


def test_a_wrong_date_in_the_front_matter_is_told() -> None:
    assert "'soon'" in str(unreadable_date([Fact("published", "soon", "front matter")], "en"))
    assert unreadable_date([Fact("published", "2024", "front matter")], "en") is None
    assert unreadable_date([], "en") is None
