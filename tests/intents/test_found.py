"""What is found of a subject: in another language, beside a period in which nothing was published, in folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from .test_kinds import tell_of

UNDATED = "---\ntitle: {}\nlanguage: {}\n---\n\n"
FILES = {
    "news/yukra.md": UNDATED.format("Court hears Yukra owner", "en")
    + "The owner of Yukra was arrested in October 2003. He denied every charge before the court.\n",
    "news/mill.md": UNDATED.format("The old mill", "en") + "The old mill closed its doors in May 1950.\n",
    "presse/affaire.md": UNDATED.format("Une affaire de moulin", "fr")
    + "L'affaire du moulin a occupé la commune. Le maire en parle encore.\n",
}


@pytest.mark.parametrize("kind", ["overview", "timeline"])
def test_a_name_is_found_in_articles_of_another_language(tmp_path: Path, kind: str) -> None:
    answer = tell_of(tmp_path, FILES, kind, "Raconte l'affaire Yukra")
    assert not answer.abstained
    assert {citation.quote.article for citation in answer.citations} == {"news/yukra.md"}


@pytest.mark.parametrize("kind", ["overview", "timeline", "list"])
def test_a_subject_is_found_though_nothing_was_published_in_its_year(tmp_path: Path, kind: str) -> None:
    answer = tell_of(tmp_path, FILES, kind, "The arrest of the Yukra owner in 2003")
    assert not answer.abstained
    assert "news/yukra.md" in {citation.quote.article for citation in answer.citations}


def test_what_is_in_no_passage_is_said_to_be_nowhere(tmp_path: Path) -> None:
    answer = tell_of(tmp_path, FILES, "overview", "Summarise the Gorlanth treaty")
    assert answer.abstained
    assert "Gorlanth" in answer.text


def test_the_folders_of_a_collection_are_counted(tmp_path: Path) -> None:
    answer = tell_of(tmp_path, FILES, "collection.count", "How many articles are there?")
    assert "Folders: news (2), presse (1)." in answer.text


def test_newest_of_no_subject_are_those_of_the_collection(tmp_path: Path) -> None:
    answer = tell_of(tmp_path, FILES, "collection.newest", "What is the freshest stuff?")
    assert len(answer.articles) == 3
