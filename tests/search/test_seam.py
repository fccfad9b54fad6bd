"""A question of the product queries Chroma's collections of the languages of the store."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import Command
from fakes import FakeEmbedder

from assistant import wiring
from assistant.answering.assistant import Assistant
from assistant.answering.progress import answer_of
from assistant.conversations.conversations import Conversations
from assistant.settings import load as load_settings
from assistant.store import vectors
from assistant.store.sync import Store
from assistant.web.loading import LoadingBackend


class RecordingChroma(vectors.Chroma):
    """Chroma as it is; notes which collections are queried."""

    asked: list[str] = []  # noqa: RUF012

    def query(self, collection, vector, k):  # type: ignore[no-untyped-def]
        if k > 1:  # not the probe of a single passage when a store is opened
            self.asked.append(collection)
        return super().query(collection, vector, k)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr("assistant.store.vector_search.Chroma", RecordingChroma)
    RecordingChroma.asked.clear()
    return RecordingChroma.asked


EVERY = {"passages-en", "passages-fr", "titles-en", "titles-fr"}


@pytest.mark.parametrize("words", [("search", "wild horses"), ("ask", "Who saw the wild horses?")])
def test_a_command_asks_chroma(command: Command, asked: list[str], words: tuple[str, ...]) -> None:
    assert command(*words).code == 0
    assert set(asked) == EVERY


def test_a_filter_on_the_language_asks_only_its_collections(command: Command, asked: list[str]) -> None:
    assert command("search", "chevaux", "--language", "en").code == 0
    assert set(asked) == {"passages-en", "titles-en"}


def backend_of(store: Path, folder: Path) -> LoadingBackend:
    embedder = FakeEmbedder()

    def load(shelf: object) -> Assistant:
        settings = load_settings(None, paths={"runtime": folder})
        return wiring.make_assistant(settings, shelf, embedder, with_model=False)  # type: ignore[arg-type]

    return LoadingBackend(lambda: Store.open(store), load, lambda: "m", Conversations(folder / "c.db"))


def test_the_page_asks_chroma(sample_store_folder: Path, tmp_path: Path, asked: list[str]) -> None:
    backend = backend_of(sample_store_folder, tmp_path)
    assert answer_of(backend.ask("Who saw the wild horses?")).hits
    assert set(asked) == EVERY
    assert backend.state()[0].detail == ""


def test_the_page_says_that_it_counts_in_full(sample_store_folder: Path, tmp_path: Path) -> None:
    store = Path(shutil.copytree(sample_store_folder, tmp_path / "store"))
    shutil.rmtree(store / vectors.FOLDER)
    backend = backend_of(store, tmp_path)
    assert answer_of(backend.ask("Who saw the wild horses?")).hits[0].passage.article == "horses.md"
    assert "assistant rebuild" in backend.state()[0].detail
