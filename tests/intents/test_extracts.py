"""Which sentences and items of an article are shown: nothing that only points elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import make_hit

from assistant.intents.extract import extract

from .test_kinds import tell_of

PORT = (
    "---\ntitle: Port of Lormont\npublished: 2024-05-02\n---\n\n# Port of Lormont\n\n"
    "https://example.org/port-of-lormont/plans-of-the-port.pdf\n\n"
    "All about the port of Lormont on this page\n\n"
    "The harbour board rebuilt its quay after the flood. The cranes were moved to the north bank.\n"
)
CREW = (
    "---\ntitle: The new crew of the ferry\npublished: 2024-05-02\n---\n\n# The new crew of the ferry\n\n"
    "The board voted on Monday.\n\nPlease welcome the crew of the ferry!\n\n"
    "Ada Reed (captain)\n\nShe has steered boats since 1998.\n\nTom Marsh\n\nHe repairs the engine.\n\n"
    "Lea Stone\n\nShe sells the tickets.\n"
)
STOPS = (
    "---\ntitle: Stops of the night bus\npublished: 2024-05-02\n---\n\n# Stops of the night bus\n\n"
    "From May on it runs every hour.\n\n- Mill Lane\n- Old Market\n- Quay\n\nIt is free of charge.\n"
)


def test_a_summary_is_made_of_sentences_and_not_of_links_and_headings() -> None:
    text = PORT.rpartition("---\n\n")[2]
    hit = make_hit(text, title="Port of Lormont", language="en")
    assert [quote.text for quote in extract([hit], "a.md", "port Lormont", 2)] == [
        "The harbour board rebuilt its quay after the flood.",
        "The cranes were moved to the north bank.",
    ]


def test_an_article_is_found_by_the_year_in_its_title_whenever_it_was_published(tmp_path: Path) -> None:
    report = PORT.replace("Port of Lormont", "The 2021 annual report of the port")
    answer = tell_of(tmp_path, {"report.md": report}, "overview", "Summarise the 2021 annual report")
    assert not answer.abstained
    assert {citation.quote.article for citation in answer.citations} == {"report.md"}


@pytest.mark.parametrize("line", ["Click here for the plans of 3 May 2019", "Published: 3 May 2019"])
def test_a_line_without_an_end_is_no_event(tmp_path: Path, line: str) -> None:
    article = PORT.replace("All about the port of Lormont on this page", line).replace(
        "its quay", "the quay of the port in June 2023"
    )
    answer = tell_of(tmp_path, {"port.md": article}, "timeline", "Timeline of the port of Lormont")
    assert "June 2023" in answer.text
    assert "2019" not in answer.text


@pytest.mark.parametrize(
    ("message", "items"),
    [
        ("List the crew of the new ferry", ["Ada Reed (captain)", "Tom Marsh", "Lea Stone"]),
        ("List the stops of the night bus", ["Mill Lane", "Old Market", "Quay"]),
    ],
)
def test_items_that_are_headings_or_that_only_the_title_introduces(
    tmp_path: Path, message: str, items: list[str]
) -> None:
    files = {"crew.md": CREW, "stops.md": STOPS, "port.md": PORT}
    answer = tell_of(tmp_path, files, "list", message)
    assert [citation.quote.text for citation in answer.citations] == items


def test_words_of_the_articles_alone_are_a_question_in_any_case(tmp_path: Path) -> None:
    assert tell_of(tmp_path, {"port.md": PORT}, "chat.thanks", "cranes").kind == "answer"


def test_several_articles_are_not_called_the_most_recent_one(tmp_path: Path) -> None:
    files = {"crew.md": CREW, "port.md": PORT}
    answer = tell_of(tmp_path, files, "collection.newest", "Which are the latest articles?")
    assert answer.text.startswith("The most recent ones:")
