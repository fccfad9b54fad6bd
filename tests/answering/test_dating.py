"""When the answer says which source is from when."""

from __future__ import annotations

import re
from datetime import date

import pytest

from assistant.answering.assistant import Assistant
from assistant.answering.conflicts import ConflictFinder
from assistant.answering.dating import dated_sources, written_day
from assistant.answering.grounding import Prover
from assistant.answering.progress import answer_of
from assistant.types import Answer, Citation, Hit, Quote

from .scripted import FixedRetriever, ScriptedModel, make_hit
from .test_assistant import check_always


def cited(*days: date | None) -> list[Citation]:
    return [Citation(n, Quote("a.md", n, n + 1, "x", 0), "T", day) for n, day in enumerate(days, 1)]


@pytest.mark.parametrize(
    ("days", "language", "said"),
    [
        ([date(2025, 6, 10), date(2025, 7, 12)], "fr",
         "Sources de dates différentes : [1] 10 juin 2025, [2] 12 juillet 2025 (la plus récente)."),
        ([date(2025, 7, 1), date(2025, 6, 10), date(2025, 7, 1)], "en",
         "Sources of different dates: [2] 10 June 2025, [1][3] 1 July 2025 (the most recent)."),
        ([date(2025, 6, 10), date(2025, 6, 17)], "fr", None),
        ([date(2024, 6, 10), None, date(2025, 6, 17)], "fr", None),
        ([date(2025, 6, 10)], "en", None),
        ([], "en", None),
    ],
)  # fmt: skip
def test_dates_are_told_where_they_help(days: list[date | None], language: str, said: str | None) -> None:
    assert dated_sources(cited(*days), language) == said


def test_days_are_written_as_people_write_them() -> None:
    assert written_day(date(2025, 3, 1), "fr") == "1er mars 2025"
    assert written_day(date(2025, 3, 1), "en") == "1 March 2025"
    assert written_day(date(2025, 3, 1), "es") == "1 March 2025"


FIRST = make_hit("Le modèle ouvert était promis pour le mois de juillet.", published=date(2025, 6, 10))
SECOND = make_hit(
    "La société repousse le modèle ouvert sans donner de date.",
    rank=2,
    article="b.md",
    published=date(2025, 7, 12),
)
QUESTION = "Quand le modèle ouvert sort-il ?"


def ask(hits: list[Hit], *replies: str) -> Answer:
    model = ScriptedModel(*replies) if replies else None
    desk = Assistant(FixedRetriever(*hits), Prover(), model, find_conflicts=ConflictFinder())
    return answer_of(desk.ask(QUESTION))


def test_an_answer_of_two_dates_says_so_and_its_numbers_hold() -> None:
    answer = ask(
        [FIRST, SECOND],
        "Le modèle ouvert était promis pour le mois de juillet [1]. La société repousse le modèle ouvert sans donner de date [2].",
    )
    assert answer.sentences[-1].verdict == "no_claim"
    assert answer.sentences[-1].text == (
        "Sources de dates différentes : [1] 10 juin 2025, [2] 12 juillet 2025 (la plus récente)."
    )
    check_always(answer, [FIRST, SECOND])


def test_evidence_of_two_dates_says_so_too() -> None:
    answer = ask([FIRST, SECOND])
    assert answer.mode == "evidence"
    assert "12 juillet 2025 (la plus récente)" in answer.text
    check_always(answer, [FIRST, SECOND])


def test_a_sentence_that_nothing_supports_dates_nothing() -> None:
    answer = ask(
        [FIRST, SECOND], "Le modèle ouvert était promis pour le mois de juillet [1]. Il pleut à Lyon [2]."
    )
    assert "différentes" not in answer.text


def test_a_conflict_names_the_dates_of_its_sides_and_the_newest() -> None:
    hits = [
        make_hit("Le modèle ouvert est sorti le 3 mai 2019.", published=date(2025, 6, 10)),
        make_hit(
            "Le modèle ouvert est sorti le 5 mai 2019.", rank=2, article="b.md", published=date(2025, 7, 12)
        ),
    ]
    answer = ask(hits)
    (conflict,) = answer.as_json()["conflicts"]
    assert [(side["value"], side["published"], side["newest"]) for side in conflict["sides"]] == [
        ("3 mai 2019", "2025-06-10", False),
        ("5 mai 2019", "2025-07-12", True),
    ]
    told = answer.text[answer.text.index("Les sources divergent") :]
    assert re.search(
        r"Source du 10 juin 2025 : Le modèle .*\n.*12 juillet 2025 \(la plus récente\) : Le", told
    )
    assert "Sources de dates" not in answer.text
    check_always(answer, hits)
