"""What a question says about time."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.language.folding import fold_keeping_length
from assistant.search.timecues import read_time

TODAY = date(2025, 7, 10)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("question", "after", "before"),
    [
        ("Que s'est-il passé en mars 2025 ?", "2025-03-01", "2025-03-31"),
        ("en 2024", "2024-01-01", "2024-12-31"),
        ("Qui dirigeait OpenAI avant l’été 2024 ?", None, "2024-05-31"),
        ("avant mars 2025", None, "2025-02-28"),
        ("prior to the summer of 2024", None, "2024-05-31"),
        ("jusqu'en 2022", None, "2022-12-31"),
        ("après le 3 mai 2024", "2024-05-04", None),
        ("depuis 2023", "2023-01-01", None),
        ("dès 2021", "2021-01-01", None),
        ("since March", "2025-03-01", None),
        ("What happened last year?", "2024-01-01", "2024-12-31"),
        ("l'an dernier", "2024-01-01", "2024-12-31"),
        ("l'année dernière", "2024-01-01", "2024-12-31"),
        ("le mois dernier", "2025-06-01", "2025-06-30"),
        ("last week", "2025-06-30", "2025-07-06"),
        ("cette année", "2025-01-01", "2025-07-10"),
        ("l'été dernier", "2024-06-01", "2024-08-31"),
        ("in the autumn of 2023", "2023-09-01", "2023-11-30"),
        ("last March", "2025-03-01", "2025-03-31"),
        ("au premier trimestre 2025", "2025-01-01", "2025-03-31"),
        ("Q3 2024 results", "2024-07-01", "2024-09-30"),
        ("au second semestre 2024", "2024-07-01", "2024-12-31"),
        ("début mars 2025", "2025-03-01", "2025-03-11"),
        ("fin 2024", "2024-09-01", "2024-12-31"),
        ("entre 2020 et 2022", "2020-01-01", "2022-12-31"),
        ("between March 2024 and June 2024", "2024-03-01", "2024-06-30"),
        ("entre janvier et mars 2024", "2024-01-01", "2024-03-31"),
        ("de 2020 à 2022", "2020-01-01", "2022-12-31"),
        ("le 3 mai 2024", "2024-05-03", "2024-05-03"),
        ("le 1er mai", "2025-05-01", "2025-05-01"),
        ("May 3rd, 2024", "2024-05-03", "2024-05-03"),
        ("2024-05-03", "2024-05-03", "2024-05-03"),
        ("03/05/2024", "2024-05-03", "2024-05-03"),
        ("il y a deux ans", "2023-01-01", "2023-12-31"),
        ("3 days ago", "2025-07-07", "2025-07-07"),
        ("ces 3 derniers mois", "2025-04-11", "2025-07-10"),
        ("in the last two weeks", "2025-06-26", "2025-07-10"),
        ("hier", "2025-07-09", "2025-07-09"),
        ("im März 2025", "2025-03-01", "2025-03-31"),
        ("desde 2023", "2023-01-01", None),
        ("vor 2024", None, "2023-12-31"),
        ("EN MARS\n2025", "2025-03-01", "2025-03-31"),
        ("Que s'est-il passé en mars ?", "2025-03-01", "2025-03-31"),
        ("en novembre", "2024-11-01", "2024-11-30"),
        ("What was published between March and June 2025?", "2025-03-01", "2025-06-30"),
        ("du 3 mars au 5 avril 2024", "2024-03-03", "2024-04-05"),
        ("entre le 3 et le 5 avril 2024", "2024-04-03", "2024-04-05"),
        ("du 3 décembre au 5 mars 2025", "2024-12-03", "2025-03-05"),
        ("in 2023 or 2024", "2023-01-01", "2024-12-31"),
        ("during 2024", "2024-01-01", "2024-12-31"),
        ("dans l'année 2024", "2024-01-01", "2024-12-31"),
        ("de 2020 à aujourd'hui", "2020-01-01", None),
        ("from March 2024 until now", "2024-03-01", None),
        ("depuis deux mois", "2025-05-11", "2025-07-10"),
        ("over the past year", "2024-07-10", "2025-07-10"),
        ("à la fin de l'année dernière", "2024-09-01", "2024-12-31"),
        ("au début de l'année 2023", "2023-01-01", "2023-05-02"),
        ("at the end of March", "2025-03-21", "2025-03-31"),
        ("au dernier trimestre 2024", "2024-10-01", "2024-12-31"),
        ("dans la semaine du 3 mars 2025", "2025-03-03", "2025-03-09"),
        ("le 14 juillet", "2024-07-14", "2024-07-14"),
        ("les annonces de 2024", "2024-01-01", "2024-12-31"),
        ("the article from March 18, 2025", "2025-03-18", "2025-03-18"),
        ("el año pasado", "2024-01-01", "2024-12-31"),
        ("hace tres meses", "2025-04-01", "2025-04-30"),
        ("los últimos dos meses", "2025-05-11", "2025-07-10"),
        ("a principios de 2023", "2023-01-01", "2023-05-02"),
        ("antes del verano de 2024", None, "2024-05-31"),
        ("avant-hier", "2025-07-08", "2025-07-08"),
        ("the last week of February 2024", "2024-02-01", "2024-02-29"),
        ("le 25 mars  2024", "2024-03-25", "2024-03-25"),
        ("in 2022-23", "2022-01-01", "2023-12-31"),
        ("14-15 June 2024", "2024-06-14", "2024-06-15"),
        ("le 3/05/24", "2024-05-03", "2024-05-03"),
        ("hasta el año 2000", None, "2000-12-31"),
        ("ce mois-ci", "2025-07-01", "2025-07-10"),
    ],
)
def test_periods(question: str, after: str | None, before: str | None) -> None:
    cue = read_time(question, TODAY)
    assert cue is not None
    assert (cue.kind, cue.after, cue.before) == ("filter", day(after), day(before))
    assert cue.words in question


@pytest.mark.parametrize(
    "question",
    [
        "Quelles sont les dernières annonces de Mistral ?",
        "What is the latest version?",
        "Que sait-on aujourd'hui ?",
        "le dernier modèle de Meta",
        "What is the current licence?",
        "Qu'a-t-on appris récemment ?",
        "Quels modèles ouverts OpenAI vient-elle de publier ?",
        "What has Meta just announced?",
        "Qu'est-ce qui a changé depuis la loi ?",
        "What has changed since the European law?",
        "¿Qué se sabe actualmente?",
        "¿Qué ha cambiado desde la reforma?",
    ],
)
def test_latest(question: str) -> None:
    cue = read_time(question, TODAY)
    assert cue is not None
    assert (cue.kind, cue.after, cue.before) == ("latest", None, TODAY)


@pytest.mark.parametrize(
    "question",
    [
        "Comment le télécharger depuis le site ?",
        "D'où vient le nom de Mistral ?",
        "Quels sont les objectifs de France 2030 ?",
        "Qui a écrit 1984 ?",
        "What is Windows 2000?",
        "What does the 2024 budget say?",
        "Les Jeux de Paris 2024 ont-ils coûté cher ?",
        "Que contient la loi du 7 octobre 2016 ?",
        "What did the AI Act of March 2024 change?",
        "Le règlement (UE) 2024/1689",
        "le plan 2021-2027",
        "Combien coûte le voyage en 2000 euros ?",
        "le salaire des 2000 employés",
        "dans les années 1990",
        "What will happen in 2027?",
        "Que prévoit-on en avril 2026 ?",
        "l'année prochaine",
        "What may I do?",
        "Combien de mars y a-t-il ?",
        "Qui a fondé OpenAI ?",
        "des modèles ouverts",
        "31.02.1850",
        "on October 31, 1517",
        "en septembre 1041",
        "Who was the first quarterback?",
        "Que prévoit le décret 2024-417 ?",
        "art. 12345",
        "La población era de 2000 personas.",
        "",
    ],
)
def test_no_cue(question: str) -> None:
    assert read_time(question, TODAY) is None


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    assert len(fold_keeping_length(text)) == len(text)
    cue = read_time(text, TODAY)
    assert cue is None or cue.words in text


@given(st.text(alphabet="0123456789-/. marsmaienété'", max_size=60))
def test_numbers_that_look_like_dates(text: str) -> None:
    cue = read_time(text, TODAY)
    if cue is not None and cue.after is not None and cue.before is not None:
        assert cue.after <= cue.before


@pytest.mark.parametrize(
    "question",
    [
        "When was GPT-2, the last open model before 2025, released?",
        "De quand date GPT-2, le dernier modèle ouvert avant 2025 ?",
        "En quelle année le traité a-t-il été signé, après 1998 ?",
    ],
)
def test_a_bound_of_the_event_asked_for_is_no_period_of_articles(question: str) -> None:
    assert read_time(question, TODAY) is None
    assert read_time("Qui dirigeait l'agence avant 2025 ?", TODAY) is not None
    assert read_time("When, in June 2025, was the model postponed?", TODAY) is not None
