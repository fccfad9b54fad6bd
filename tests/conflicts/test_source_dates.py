"""When the answer says which source is from when."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from answering.scripted import FixedRetriever, ScriptedModel
from answering.test_assistant import check_always
from builders import make_hit

from assistant.answering.assistant import Assistant
from assistant.answering.progress import answer_of
from assistant.composition.grounding import Prover
from assistant.conflicts.finder import ConflictFinder
from assistant.conflicts.source_dates import dated_sources, written_day
from assistant.types import Answer, Citation, Hit, Quote


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
    assert written_day(date(2025, 3, 1), "es") == "1 de marzo de 2025"
    assert written_day(date(2025, 3, 1), "de") == "1 March 2025"


FIRST = make_hit("Le modèle ouvert était promis pour le mois de juillet.", published=date(2025, 6, 10))
SECOND = make_hit(
    "La société repousse le modèle ouvert sans donner de date.",
    rank=2,
    score=0.9,
    article="b.md",
    published=date(2025, 7, 12),
)
QUESTION = "Quand le modèle ouvert sort-il ?"


def ask(hits: list[Hit], *replies: str) -> Answer:
    model = ScriptedModel(*replies) if replies else None
    backend = Assistant(FixedRetriever(*hits), Prover(), model, find_conflicts=ConflictFinder())
    return answer_of(backend.ask(QUESTION))


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


TEXT_FR = (
    "Le dépôt de garantie est d'un mois de loyer sans les charges. Le préavis du locataire est de trois mois."
)
TEXT_EN = "The deposit is one month of rent without charges. The tenant must give notice three months before."


@pytest.mark.parametrize(
    ("language", "text", "title", "later", "told"),
    [
        ("fr", TEXT_FR, "Le guide du locataire", "Le guide du locataire (mis à jour)",
         "La source [1] du 1er mars 2024 a été remplacée par la version du 3 février 2025 [2]."),
        ("fr", TEXT_FR, "Le guide du locataire, version 2", "Le guide du locataire, version 10",
         "La source [1] du 1er mars 2024 a été remplacée par la version du 3 février 2025 [2]."),
        ("fr", TEXT_FR, "Le guide du locataire 2024", "Le guide du locataire 2025",
         "La source [1] du 1er mars 2024 a été remplacée par la version du 3 février 2025 [2]."),
        ("en", TEXT_EN, "The tenant's guide", "The tenant's guide: second edition",
         "Source [1] of 1 March 2024 has been superseded by the version of 3 February 2025 [2]."),
        ("en", TEXT_EN, "The tenant's guide", "The tenant's guide",
         "Source [1] of 1 March 2024 has been superseded by the version of 3 February 2025 [2]."),
        # an older article is not a former version, nor is a later one with another title, or the second of a first
        ("fr", TEXT_FR, "Le guide du locataire", "Les droits du locataire", None),
        ("fr", TEXT_FR, "Le guide du locataire, version 3", "Le guide du locataire, version 2", None),
        ("en", TEXT_EN, "The tenant's guide (updated)", "The tenant's guide", None),
        ("en", TEXT_EN, "Update", "Updated", None),
    ],
)  # fmt: skip
def test_a_former_version_is_named_as_such(
    language: str, text: str, title: str, later: str, told: str | None
) -> None:
    hits = [
        make_hit(text, title=title, language=language, published=date(2024, 3, 1)),
        make_hit(
            text + " ", rank=2, article="b.md", title=later, language=language, published=date(2025, 2, 3)
        ),
    ]
    said = dated_sources(citing(hits), language, hits)
    assert said is not None
    assert said.partition(". ")[2] == (told or "")


def citing(hits: list[Hit]) -> list[Citation]:
    return [
        Citation(n, Quote(hit.passage.article, 0, 9, hit.text[:9], n - 1), hit.title, hit.published)
        for n, hit in enumerate(hits, 1)
    ]


def pair(title: str, older: str, newer: str, language: str, publishers: tuple[str, str]) -> list[Hit]:
    first = make_hit(older, title=title, language=language, published=date(2024, 3, 1))
    second = make_hit(
        newer, rank=2, article="b.md", title=title, language=language, published=date(2025, 2, 3)
    )
    return [replace(first, publisher=publishers[0]), replace(second, publisher=publishers[1])]


@pytest.mark.parametrize(
    "hits",
    [
        # the same title every week, over another text
        pair("La semaine à Lormont", TEXT_FR, "Le marché aux fleurs ouvre samedi sur la place.", "fr", ("V", "V")),
        pair("The week in Lormont", TEXT_EN, "The flower market opens on Saturday.", "en", ("V", "V")),
        # another paper prints the same later
        pair("Le guide du locataire", TEXT_FR, TEXT_FR, "fr", ("La Ville", "Le Journal")),
        pair("The tenant's guide", TEXT_EN, TEXT_EN, "en", ("The Town", "The Paper")),
    ],
)  # fmt: skip
def test_nothing_is_superseded_merely_because_it_is_older(hits: list[Hit]) -> None:
    said = dated_sources(citing(hits), hits[0].language, hits)
    assert said is not None
    assert said.count(".") == 1


def test_a_former_version_is_named_even_where_the_later_one_is_not_cited() -> None:
    hits = [
        make_hit(TEXT_EN, title="The tenant's guide", language="en", published=date(2025, 2, 1)),
        make_hit(
            TEXT_EN, rank=2, article="b.md", title="The tenant's guide, v2", language="en",
            published=date(2025, 2, 3),
        ),
    ]  # fmt: skip
    assert dated_sources(citing(hits)[:1], "en", hits) == (
        "Source [1] of 1 February 2025 has been superseded by the version of 3 February 2025."
    )


@pytest.mark.parametrize(
    ("language", "question", "older", "newer", "told"),
    [
        ("fr", "Quel est le budget du festival ?", "Le budget du festival est de 12 000 euros.",
         "Le budget du festival est de 15 000 euros.",
         "Source du 1er mars 2024 (remplacée par la version du 3 février 2025) : Le budget"),
        ("en", "What is the budget of the festival?", "The budget of the festival is 12,000 euros.",
         "The budget of the festival is 15,000 euros.",
         "Source of 1 March 2024 (superseded by the version of 3 February 2025): The budget"),
    ],
)  # fmt: skip
def test_the_corrected_side_of_a_conflict_is_named_as_superseded(
    language: str, question: str, older: str, newer: str, told: str
) -> None:
    def answered(later: str) -> str:
        hits = pair("The budget of Lormont", older, newer, language, ("V", "V"))
        hits[1] = replace(hits[1], title=later)
        backend = Assistant(FixedRetriever(*hits), Prover(), None, find_conflicts=ConflictFinder())
        return " ".join(answer_of(backend.ask(question)).text.split())

    assert told in answered("The budget of Lormont")
    superseding = told[told.index("(") : told.index(")")]
    other = answered("The festival of Lormont")
    assert superseding not in other
    assert other.count("12 000") + other.count("12,000") >= 1
