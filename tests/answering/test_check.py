"""The proof of a text that someone else wrote, on the real proof and a few fixed passages."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date

import pytest
from builders import make_hit

from assistant.answer_json import CheckedJson
from assistant.answering.check import check_text
from assistant.composition.grounding import Prover
from assistant.conflicts.finder import ConflictFinder
from assistant.proof.claims import claim_of
from assistant.types import Hit

HITS = [
    make_hit(
        "La bibliothèque de Lormont compte 12 000 livres. Elle a été ouverte par Anne Marchand le 3 mai 1998. "
        "La salle de lecture n'est pas ouverte le dimanche.",
        title="La bibliothèque de Lormont",
    ),
    make_hit(
        "La bibliothèque de Lormont compte 15 000 livres.",
        rank=2, article="b.md", title="Lormont", published=date(2025, 6, 1),
    ),
]  # fmt: skip
DRAFT = """# La bibliothèque de Lormont

La bibliothèque de Lormont compte 12 000 livres [1].

- Elle a été ouverte par Anne Marchand le 3 mai 1998.
- Elle a été ouverte par Paul Girard le 3 mai 1998.
> La salle de lecture est ouverte le dimanche.

Qui peut y entrer ?
"""


def check(text: str, hits: Sequence[Hit] = HITS, **options: object) -> CheckedJson:
    return check_text(text, lambda sentence, language: hits, Prover(), ConflictFinder(), **options)  # type: ignore[arg-type]


def verdicts(result: CheckedJson) -> list[tuple[str, str]]:
    return [
        (result["text"][s["start"] : s["end"]].strip("->#\n "), s["verdict"]) for s in result["sentences"]
    ]


def test_each_sentence_has_its_verdict_and_the_contracts_hold() -> None:
    result = check(DRAFT)
    assert [verdict for _, verdict in verdicts(result)] == [
        "no_claim", "supported", "supported", "unsupported", "partial", "no_claim",
    ]  # fmt: skip
    assert set(result) == {"text", "language", "sentences", "citations", "conflicts"}
    assert [citation["n"] for citation in result["citations"]] == list(range(1, len(result["citations"]) + 1))
    texts = {hit.passage.article: hit.text for hit in HITS}
    for citation in result["citations"]:
        assert texts[citation["article"]][citation["start"] : citation["end"]] == citation["quote"]
    used = {n for s in result["sentences"] for n in s["citations"]}
    used |= {side["citation"] for conflict in result["conflicts"] for side in conflict["sides"]}
    assert used == {citation["n"] for citation in result["citations"]}


def test_sources_that_disagree_on_a_sentence_are_told_once() -> None:
    result = check(DRAFT + "\nLa bibliothèque de Lormont compte 12 000 livres.\n")
    (conflict,) = result["conflicts"]
    assert conflict["about"] == "La bibliothèque de Lormont compte 12 000 livres."
    assert [(side["value"], side["newest"]) for side in conflict["sides"]] == [
        ("12 000", False),
        ("15 000", True),
    ]


def test_a_heading_with_a_number_is_a_claim() -> None:
    result = check("# La bibliothèque de Lormont compte 13 000 livres\n\nElle est ouverte.")
    assert result["sentences"][0]["verdict"] == "unsupported"


def test_a_text_in_another_language_is_checked_by_numbers_and_names() -> None:
    text = (
        "La biblioteca de Lormont tiene 14 000 libros y está abierta para todos los habitantes de la ciudad."
    )
    result = check(text)
    assert result["language"] == "es"
    assert result["sentences"][0]["verdict"] != "supported"
    assert result["sentences"][0]["reasons"]


def test_a_sentence_that_names_nothing_is_searched_with_the_one_before() -> None:
    asked: list[str] = []

    def retrieve(sentence: str, language: str) -> list[Hit]:
        asked.append(sentence)
        return HITS

    check_text("Le livre de la ville de Lormont est ancien. Il a été imprimé en 1912.", retrieve, Prover())
    assert asked[1] == "Le livre de la ville de Lormont est ancien. Il a été imprimé en 1912."


def test_a_long_text_is_told_about_and_bounded_in_time() -> None:
    text = "\n".join(f"La bibliothèque de Lormont compte {n} livres." for n in range(3, 1400))
    told: list[tuple[int, int]] = []
    started = time.monotonic()
    result = check(text, progress=lambda done, total: told.append((done, total)), seconds=0.5)
    assert time.monotonic() - started < 5
    assert told[-1] == (1397, 1397)
    assert len(result["sentences"]) == 1397
    assert result["sentences"][-1]["verdict"] == "partial"
    assert result["sentences"][-1]["reasons"] == ["non vérifiée : le temps prévu était écoulé"]


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        ("- **Elle** a ouvert [1, 2].", "Elle a ouvert."),
        ("> 1. Elle a ouvert 【1†L3】.", "Elle a ouvert."),
        ("## Titre", "Titre"),
        ("3 mai 1998 : ouverture.", "3 mai 1998 : ouverture."),
    ],
)
def test_marks_are_no_part_of_a_claim(sentence: str, claim: str) -> None:
    assert claim_of(sentence) == claim


@pytest.mark.parametrize(
    "opinion",
    [
        "À mon avis, la bibliothèque de Lormont mérite mieux.",
        "Je trouve que la salle de lecture est trop sombre.",
        "J’ai l’impression que Paul Girard s’en occupe bien.",
        "In my humble opinion the library of Lormont deserves better.",
        "I don't think the reading room is bright enough.",
        "En mi opinión, la biblioteca de Lormont merece algo mejor.",
    ],
)
def test_what_its_writer_only_thinks_is_no_claim(opinion: str) -> None:
    assert [verdict for _, verdict in verdicts(check(opinion))] == ["no_claim"]


@pytest.mark.parametrize(
    "claim",
    [
        "Je crois que la bibliothèque de Lormont compte 19 000 livres.",
        "À mon avis, elle a été ouverte par Anne Marchand le 4 mai 1997.",
        "Anne Marchand pense ouvrir la salle de lecture le dimanche.",
    ],
)
def test_an_opinion_that_can_be_checked_is(claim: str) -> None:
    assert [verdict for _, verdict in verdicts(check(claim))] != ["no_claim"]
