"""What is found of a subject: in another language, beside a period in which nothing was published, in folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import FakeEmbedder

from assistant.answering.progress import answer_of
from assistant.search.followup import carried
from assistant.store.sync import Store
from assistant.types import Turn

from .test_kinds import DAY, assistant_over, tell_of, turns

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


def test_names_tell_what_a_text_of_another_language_is_about(tmp_path: Path) -> None:
    files = {
        "book.md": UNDATED.format("A book on Blake and Corvane", "en")
        + "Blake told Corvane in November 2003 that he would resign. Votes were counted in May 1992.\n",
        "mairie.md": UNDATED.format("La mairie", "fr") + "La mairie de la commune a un nouveau toit.\n",
    }
    answer = tell_of(
        tmp_path, files, "timeline", "Retrace la brouille entre Blake et Corvane sur la succession"
    )
    assert "novembre 2003" in answer.text


def test_and_elsewhere_after_an_answer_is_no_wish_for_a_translation(
    sample_store: Store, embedder: FakeEmbedder
) -> None:
    message = "et pour les écoles ?"
    assistant = assistant_over(sample_store, embedder, {message: "previous.translate"})
    before = answer_of(assistant.ask("Que promet le maire ?", (), DAY))
    assert answer_of(assistant.ask(message, turns("Que promet le maire ?", before), DAY)).kind == "answer"
    named = "et en anglais pour les écoles ?"
    assistant = assistant_over(sample_store, embedder, {named: "previous.translate"})
    assert answer_of(assistant.ask(named, turns("Que promet le maire ?", before), DAY)).kind == "previous"


def test_a_year_alone_is_no_name_that_a_pronoun_takes() -> None:
    history = [Turn("user", "c'est quoi le smic mensuel après la hausse de juillet 2012 ?")]
    assert "smic" in " ".join(carried("et les syndicats, ils étaient contents ?", history, "fr"))
