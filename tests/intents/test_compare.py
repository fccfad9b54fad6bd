"""A comparison: which sentences stand in which cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.intents.sides import compared, sets_beside

from .test_kinds import tell_of

HEAD = "---\ntitle: {}\npublished: {}\nlanguage: {}\n---\n\n"


def rows(tmp_path: Path, files: dict[str, str], message: str) -> list[list[str]]:
    text = tell_of(tmp_path, files, "compare", message).text
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in text.strip().splitlines()]


def test_a_heading_is_no_cell_and_no_sentence_stands_in_two(tmp_path: Path) -> None:
    files = {
        "a.md": HEAD.format("Boats of the bay", "2021-05-04", "en")
        + "## When to take a zorgboat or a miraboat\n\nA zorgboat carries two people on calm water.\n\n"
        + "A miraboat carries forty people over the open sea.\n"
    }
    told = rows(tmp_path, files, "zorgboat or miraboat: what is the difference?")
    assert told[0] == ["zorgboat", "miraboat"]
    assert "two people" in told[2][0]
    assert "forty people" in told[2][1]
    assert len(told) == 3


def test_what_names_the_other_side_too_comes_last(tmp_path: Path) -> None:
    files = {
        "a.md": HEAD.format("Miraboat", "2021-05-04", "en")
        + "The miraboat builds upon older boats such as the zorgboat and the tram.\n",
        "b.md": HEAD.format("News", "2021-05-04", "en") + "The zorgboat sails without any wind at night.\n",
    }
    told = rows(tmp_path, files, "Compare the zorgboat and the miraboat")
    assert "without any wind" in told[2][0]
    assert "builds upon" in told[2][1]


def test_a_side_that_another_language_names_is_found(tmp_path: Path) -> None:
    files = {
        "a.md": HEAD.format("Notification ZQ", "2021-05-04", "fr")
        + "Notification ZQ est un outil gratuit pour envoyer des courriels.\n",
        "b.md": HEAD.format("Mira.org", "2021-05-04", "en") + "Mira.org is a tool that sends letters.\n",
    }
    told = rows(tmp_path, files, "What is the difference between ZQ Notify and Mira.org?")
    assert "outil gratuit" in told[2][0]
    assert "sends letters" in told[2][1]


def test_one_thing_at_two_times_is_looked_up_at_each(tmp_path: Path) -> None:
    files = {
        "a.md": HEAD.format("The harbour", "2019-05-04", "en")
        + "The town says that the harbour is too small.\n",
        "b.md": HEAD.format("The harbour again", "2021-05-04", "en")
        + "The town says that the harbour is large enough. In 2019 the town had said another thing of the harbour.\n",
    }
    told = rows(tmp_path, files, "Compare what the town said of the harbour in 2019 and what it says in 2021")
    assert told[0] == ["2019", "2021"]
    assert "too small" in told[2][0]
    assert "large enough" in told[2][1]


def test_a_number_beside_a_name_is_of_that_name(tmp_path: Path) -> None:
    files = {
        "a.md": HEAD.format("Ferry 3.4 released", "2019-05-04", "en")
        + "Ferry 3.4 carries bicycles for free.\n",
        "b.md": HEAD.format("Ferry 4.1 released", "2021-05-04", "en") + "Ferry 4.1 carries cars for money.\n",
        "c.md": HEAD.format("Tram 4.1 released", "2021-05-04", "en") + "Tram 4.1 has seats of red wood.\n",
    }
    told = rows(tmp_path, files, "Compare Ferry 3.4 and 4.1")
    assert told[0] == ["Ferry 3.4", "4.1"]
    assert "bicycles" in told[2][0]
    assert "cars" in told[2][1]


def test_what_a_pronoun_stands_for_is_no_third_side() -> None:
    for message, language, names in (
        ("compare l'accord de Corvane avec Mirabel et celui avec Zorg", "fr", ["Mirabel", "Zorg"]),
        ("Quelle différence entre le contrat avec Mirabel et celui de Zorg ?", "fr", ["Mirabel", "Zorg"]),
        ("compare Corvane's deal with Mirabel and the one with Zorg", "en", ["Mirabel", "Zorg"]),
        ("compara el acuerdo de Corvane con Mirabel y el con Zorg", "es", ["Mirabel", "Zorg"]),
        ("compare le marché de Corvane et celui de Mirabel", "fr", ["Corvane", "Mirabel"]),
        ("compare le marché de Rio de Corvane et celui de Zorg", "fr", ["Rio de Corvane", "Zorg"]),
        ("l'essai de salaire de base en corvane et celui de mirabel", "fr", ["corvane", "mirabel"]),
    ):
        sides, aspects = compared(message, language, None)
        assert ([side.name for side in sides], aspects) == (names, [])


def test_what_or_joins_are_the_sides() -> None:
    sides, aspects = compared("bac mini ou bac normal, c'est quoi la différence, prix et durée", "fr", None)
    assert ([side.name for side in sides], aspects) == (["bac mini", "bac normal"], ["prix", "durée"])


@pytest.mark.parametrize(
    ("message", "language", "names", "aspects"),
    [
        ("c'est quoi la différence entre mill.gov et data.gov", "fr", ["mill.gov", "data.gov"], []),
        ("plain language vs accessibility", "en", ["plain language", "accessibility"], []),
        (
            "Quelle différence entre le marché couvert et le marché de plein air ?",
            "fr",
            ["marché couvert", "marché de plein air"],
            [],
        ),
        ("En quoi le diesel diffère-t-il de l'essence ?", "fr", ["diesel", "essence"], []),
        ("Avantages de l'éolien par rapport au solaire", "fr", ["éolien", "solaire"], []),
        ("Qu'est-ce qui distingue le bac du pont ?", "fr", ["bac", "pont"], []),
        (
            "Différences entre Corvane et Mirabel, transports et superficie ?",
            "fr",
            ["Corvane", "Mirabel"],
            ["transports", "superficie"],
        ),
        ("durée et prix du bac et de la piscine", "fr", ["bac", "piscine"], ["durée", "prix"]),
        ("Corvane ou Mirabel, laquelle est la plus peuplée ?", "fr", ["Corvane", "Mirabel"], ["peuplée"]),
        ("Corvane est-elle plus peuplée que Mirabel ?", "fr", ["Corvane", "Mirabel"], ["peuplée"]),
        ("What did Corvane and Mirabel each announce?", "en", ["Corvane", "Mirabel"], ["announce"]),
        ("compare the Bank of Corvane and the Mirabel Trust", "en", ["Bank of Corvane", "Mirabel Trust"], []),
        ("compare les ventes de Corvane et Mirabel en 2004", "fr", ["Corvane", "Mirabel"], ["ventes"]),
        ("compare mill bridge", "en", ["mill", "bridge"], []),
    ],
)
def test_sides_and_aspects_of_a_message(
    message: str, language: str, names: list[str], aspects: list[str]
) -> None:
    sides, asked = compared(message, language, None)
    assert ([side.name for side in sides], asked) == (names, aspects)


def test_a_period_named_by_its_ends_sets_nothing_beside() -> None:
    assert not sets_beside("la liste des lois votées entre le 22 et le 31 janvier 2022", "fr")
    assert sets_beside("le bac en 2019 et en 2021", "fr")
    assert not sets_beside("Avec quelle ville compare-t-on la ville ?", "fr")


def test_one_thing_in_several_words_has_no_sides() -> None:
    sides, _ = compared("compare les deux planètes trouvées en octobre 2012", "fr", None)
    assert len(sides) < 2


def test_a_side_without_a_cell_is_told_of_all_the_same(tmp_path: Path) -> None:
    files = {
        "a.md": HEAD.format("Zorgboat", "2021-05-04", "en")
        + "The zorgboat made 19 million at the box office in three days.\n",
        "b.md": HEAD.format("Miraboat", "2021-05-04", "en") + "The miraboat earned 22 million dollars.\n",
    }
    told = rows(tmp_path, files, "Zorgboat or miraboat: box office")
    assert told[2][0] == "box office"
    assert "19 million" in told[2][1]
    assert "22 million" in told[3][-1]


def test_one_name_at_two_times_is_one_thing(tmp_path: Path) -> None:
    files = {
        "a.md": HEAD.format("Boatfair 2019", "2019-05-04", "en") + "Boatfair 2019 had forty boats to see.\n",
        "b.md": HEAD.format("Boatfair 2021", "2021-05-04", "en") + "Boatfair 2021 had sixty boats to see.\n",
    }
    told = rows(tmp_path, files, "Compare Boatfair 2019 and Boatfair 2021")
    assert told[0] == ["2019", "2021"]
    assert "forty" in told[2][0]
    assert "sixty" in told[2][1]


def test_a_period_without_articles_is_left_out_of_a_comparison(tmp_path: Path) -> None:
    files = {
        "a.md": HEAD.format("Zorgboat", "2021-05-04", "en") + "The zorgboat carries two people.\n",
        "b.md": HEAD.format("Miraboat", "2021-05-04", "en") + "The miraboat carries forty people.\n",
    }
    told = rows(tmp_path, files, "Compare the zorgboat and the miraboat in 1999")
    assert "two people" in told[2][0]
    assert "forty people" in told[2][1]


def test_a_year_that_no_article_of_the_sides_is_of_is_left_out(tmp_path: Path) -> None:
    head = "---\ntitle: {}\nlanguage: en\n---\n\n"
    files = {
        "a.md": head.format("Manifesto of the Greys") + "The Greys want to halve the toll of the bridge.\n",
        "b.md": head.format("Manifesto of the Browns")
        + "The Browns want to double the toll of the bridge.\n",
        "c.md": HEAD.format("Rain", "2024-05-04", "en") + "It rained.\n",
    }
    told = rows(tmp_path, files, "Compare the Greys and the Browns in 2024: toll")
    assert "halve" in told[2][1]
    assert "double" in told[2][2]
