"""The list of what was read, and how far the store is behind the files."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import write_corpus
from fakes import FakeEmbedder

from assistant.reading.articles import find_articles
from assistant.store.sync import Store, sync

TEXT = "---\ntitle: {0}\npublished: 2025-03-18\npublisher: Le Journal\n---\nUn article sur {0}, long de deux phrases. La fin."


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    made = write_corpus(
        tmp_path / "corpus", {f"{name}.md": TEXT.format(name) for name in ("un", "deux", "trois")}
    )
    (made / "vide.md").write_text("")
    return made


def test_articles_and_rejected_files_are_listed_with_what_is_known(corpus: Path, tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    sync(corpus, tmp_path / "store", embedder, min_tokens=20, max_tokens=40)
    with Store.open(tmp_path / "store") as store:
        entries = {entry.name: entry for entry in store.catalogue()}
    assert list(entries) == ["deux.md", "trois.md", "un.md", "vide.md"]
    assert (entries["un.md"].title, entries["un.md"].publisher) == ("un", "Le Journal")
    assert entries["un.md"].passages > 0
    assert entries["un.md"].reason is None
    assert entries["vide.md"].reason


def test_what_has_changed_on_disk_is_told_without_opening_a_file(corpus: Path, tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    sync(corpus, tmp_path / "store", embedder, min_tokens=20, max_tokens=40)
    with Store.open(tmp_path / "store") as store:
        assert store.behind(find_articles(corpus)) == ([], [], [])
        (corpus / "quatre.md").write_text(TEXT.format("quatre"))
        (corpus / "un.md").write_text(TEXT.format("un seul"))
        (corpus / "deux.md").unlink()
        assert store.behind(find_articles(corpus)) == (["quatre.md"], ["un.md"], ["deux.md"])
        sync(corpus, tmp_path / "store", embedder, min_tokens=20, max_tokens=40)
        assert store.behind(find_articles(corpus)) == ([], [], [])
