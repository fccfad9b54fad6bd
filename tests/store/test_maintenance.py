"""`verify`, `rebuild`, `backup`, `restore`."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from conftest import write_corpus
from fakes import FakeEmbedder

from assistant.errors import NoIndex, StoreDamaged, StoreError, StoreMismatch
from assistant.store import maintenance, schema
from assistant.store.sync import Store, sync

from .snapshots import snapshot


@pytest.fixture
def copied(sample_store_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_store_folder, tmp_path / "store"))


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM articles WHERE id = 1", "points nowhere"),
        (
            "DELETE FROM words_en_docsize WHERE id = (SELECT max(id) FROM words_en_docsize)",
            "words of language 'en'",
        ),
        ("INSERT INTO pending VALUES ('passages', 'x')", "behind"),
    ],
)
def test_verify_finds_what_does_not_agree(copied: Path, statement: str, problem: str) -> None:
    with closing(sqlite3.connect(copied / schema.FILE)) as database:
        database.execute(statement)
        database.commit()
    found = maintenance.verify(copied)
    assert not found["ok"]
    assert any(problem in line for line in found["problems"]), found


def test_a_backup_comes_back_as_it_was(copied: Path, sample_corpus: Path, tmp_path: Path) -> None:
    before = snapshot(copied)
    made = maintenance.backup(copied, tmp_path / "backup")
    assert (made["passages"], [path.name for path in (tmp_path / "backup").iterdir()]) == (4, ["passages.db"])
    corpus = Path(shutil.copytree(sample_corpus, tmp_path / "corpus"))
    (corpus / "horses.md").unlink()
    sync(corpus, copied, FakeEmbedder(), min_tokens=20, max_tokens=40)
    with Store.open(copied) as reader:
        assert reader.size == 3
        assert maintenance.restore(tmp_path / "backup", copied)["passages"] == 4
        assert reader.size == 4  # a running page follows
    assert snapshot(copied) == before
    shutil.rmtree(copied)
    maintenance.restore(tmp_path / "backup", copied)
    assert snapshot(copied) == before
    assert maintenance.verify(copied)["ok"]
    assert sync(sample_corpus, copied, FakeEmbedder(), min_tokens=20, max_tokens=40).unchanged == 4


def test_restore_replaces_a_store_that_is_damaged(copied: Path, tmp_path: Path) -> None:
    before = snapshot(copied)
    maintenance.backup(copied, tmp_path / "backup")
    (copied / schema.FILE).write_bytes(b"garbage" * 5000)
    maintenance.restore(tmp_path / "backup", copied)
    assert snapshot(copied) == before


def test_a_bad_backup_changes_nothing(copied: Path, tmp_path: Path) -> None:
    before = snapshot(copied)
    backup = tmp_path / "backup"
    with pytest.raises(NoIndex):
        maintenance.restore(backup, copied)
    maintenance.backup(copied, backup)
    whole = (backup / schema.FILE).read_bytes()
    with closing(sqlite3.connect(backup / schema.FILE)) as database:
        database.execute("UPDATE vectors SET vector = zeroblob(256)")
        database.commit()
    with pytest.raises(StoreDamaged, match="left as it is"):
        maintenance.restore(backup, copied)
    (backup / schema.FILE).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreDamaged):
        maintenance.restore(backup, copied)
    with closing(sqlite3.connect(backup / schema.FILE)) as _:
        (backup / schema.FILE).write_bytes(whole)
    with closing(sqlite3.connect(backup / schema.FILE)) as database:
        database.execute(f"PRAGMA user_version = {schema.FORMAT + 1}")
    with pytest.raises(StoreMismatch):
        maintenance.restore(backup, copied)
    assert snapshot(copied) == before


def test_a_backup_never_overwrites(copied: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(StoreError, match="not an empty folder"):
        maintenance.backup(copied, tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]


def test_backups_made_while_indexing_are_consistent(tmp_path: Path) -> None:
    corpus, store = tmp_path / "corpus", tmp_path / "store"
    write_corpus(
        corpus, {"first.md": "The first article, about the harbour, is there from the start of the day."}
    )
    sync(corpus, store, FakeEmbedder(), min_tokens=20, max_tokens=40)
    texts = {
        f"{n}.md": f"Report {n} on the harbour. {n + 2} masons built it in {n + 1900} with stones."
        for n in range(300)
    }
    write_corpus(corpus, texts)
    done = threading.Event()

    def run() -> None:
        sync(corpus, store, FakeEmbedder(), min_tokens=20, max_tokens=40)
        done.set()

    thread = threading.Thread(target=run)
    thread.start()
    made = 0
    while not done.is_set() and made < 6:
        made += 1
        maintenance.backup(store, tmp_path / f"backup{made}")
        done.wait(0.1)
    thread.join()
    for number in {1, made}:
        maintenance.restore(tmp_path / f"backup{number}", tmp_path / f"restored{number}")
        assert maintenance.verify(tmp_path / f"restored{number}")["ok"]
        sync(corpus, tmp_path / f"restored{number}", FakeEmbedder(), min_tokens=20, max_tokens=40)
    assert snapshot(tmp_path / "restored1") == snapshot(store)


def test_rebuild_needs_no_embedder_and_an_index(copied: Path, tmp_path: Path) -> None:
    shutil.rmtree(copied / "chroma")
    assert maintenance.rebuild(copied)["passages"] == 4
    assert maintenance.verify(copied)["ok"]
    with pytest.raises(NoIndex):
        maintenance.rebuild(tmp_path / "nowhere")
