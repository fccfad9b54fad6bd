"""The list of what was read, and how far the store is behind the files."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from conftest import write_corpus
from fakes import FakeEmbedder

from assistant.language.remarks import said
from assistant.reading.articles import find_articles
from assistant.store.checksums import write_checksum
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


def test_what_is_said_of_files_is_kept_for_every_language(corpus: Path, tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    (corpus / "un.md").write_text("---\npublished: 2025-03\n---\nUn article %%caché%% sur un sujet.")
    report = sync(corpus, tmp_path / "store", embedder, min_tokens=20, max_tokens=40)
    assert report.as_json()["rejected"] == [
        {"article": "vide.md", "reason": "it has no text. Write some, or remove the file."}
    ]
    with Store.open(tmp_path / "store") as store:
        entries = {entry.name: entry for entry in store.catalogue()}
        warnings = store.article("un.md").warnings
    for kept in (warnings, entries["un.md"].warnings):
        assert [said(each, "fr") for each in kept] == [
            "commentaires retirés (1 mot)",
            "la date de publication n’a pas de jour : le premier du mois est retenu",
        ]
    assert said(entries["vide.md"].reason or "", "es").startswith("el archivo no contiene texto")


def test_what_an_earlier_version_said_stays_until_its_file_is_read_again(
    corpus: Path, tmp_path: Path
) -> None:
    embedder = FakeEmbedder()
    (corpus / "un.md").write_text("Un article %%caché%% sur un sujet.")
    sync(corpus, tmp_path / "store", embedder, min_tokens=20, max_tokens=40)
    with closing(sqlite3.connect(tmp_path / "store" / "passages.db")) as connection, connection:
        connection.execute("UPDATE left_out SET reason = 'it has no words'")
        row, details = connection.execute("SELECT id, details FROM articles WHERE name = 'un.md'").fetchone()
        known = {**json.loads(details), "warnings": ["comments removed (1 word)"]}
        connection.execute("UPDATE articles SET details = ? WHERE id = ?", [json.dumps(known), row])
        write_checksum(connection, row)
    with Store.open(tmp_path / "store") as store:
        entries = {entry.name: entry for entry in store.catalogue()}
    assert said(entries["vide.md"].reason or "", "fr") == "it has no words"
    assert [said(each, "fr") for each in entries["un.md"].warnings] == ["comments removed (1 word)"]
    with closing(sqlite3.connect(tmp_path / "store" / "passages.db")) as connection, connection:
        connection.execute("UPDATE manifest SET value = 'older' WHERE key = 'reading'")
    sync(corpus, tmp_path / "store", embedder, min_tokens=20, max_tokens=40)
    with Store.open(tmp_path / "store") as store:
        entries = {entry.name: entry for entry in store.catalogue()}
    assert [said(each, "fr") for each in entries["un.md"].warnings] == ["commentaires retirés (1 mot)"]
    assert said(entries["vide.md"].reason or "", "fr").startswith("le fichier ne contient pas de texte")
