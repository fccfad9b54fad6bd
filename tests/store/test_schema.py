"""`passages.db` as a file: versions, damage, a full disk, a folder that cannot be written."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import write_corpus
from fakes import FakeEmbedder

from assistant.errors import StoreDamaged, StoreError, StoreMismatch
from assistant.store import maintenance, schema
from assistant.store.sync import Store, sync

from .snapshots import snapshot

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def copied(sample_store_folder: Path, tmp_path: Path) -> Path:
    """A copy of the sample store, to be spoiled."""
    return Path(shutil.copytree(sample_store_folder, tmp_path / "store"))


def index(corpus: Path, store: Path, **options: Any) -> int:
    return sync(corpus, store, FakeEmbedder(), min_tokens=20, max_tokens=40, **options).embedded


def set_version(store: Path, version: int) -> None:
    with closing(sqlite3.connect(store / schema.FILE)) as database:
        database.execute(f"PRAGMA user_version = {version}")


def test_a_store_of_a_newer_program_is_refused_with_the_remedy(copied: Path, sample_corpus: Path) -> None:
    set_version(copied, schema.FORMAT + 1)
    for use in (lambda: Store.open(copied), lambda: index(sample_corpus, copied)):
        with pytest.raises(StoreMismatch, match=r"newer version .* Update the program, or .*--rebuild"):
            use()
    assert index(sample_corpus, copied, rebuild=True) > 0
    assert maintenance.verify(copied)["ok"]


def test_an_older_store_is_carried_over_without_embedding(
    copied: Path, sample_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path that the next format will take: a step for each version, in order, all or nothing."""
    before = snapshot(copied)
    steps: list[int] = []

    def step(connection: sqlite3.Connection) -> None:
        steps.append(connection.execute("PRAGMA user_version").fetchone()[0])
        connection.execute("ALTER TABLE articles ADD COLUMN added TEXT")

    monkeypatch.setitem(schema.MIGRATIONS, schema.FORMAT, step)
    monkeypatch.setattr(schema, "FORMAT", schema.FORMAT + 1)
    with pytest.raises(StoreMismatch, match="assistant index"):
        Store.open(copied)
    assert index(sample_corpus, copied) == 0
    assert steps == [schema.FORMAT - 1]  # the version that it comes from, once
    assert snapshot(copied) == before


FIRST_FORMAT = """
DROP TABLE pending;
CREATE TABLE pending (name TEXT PRIMARY KEY) WITHOUT ROWID;
ALTER TABLE articles DROP COLUMN seal;
CREATE TABLE first_vectors (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, vector BLOB NOT NULL);
INSERT INTO first_vectors SELECT id, digest, vector FROM vectors;
DROP TABLE vectors;
ALTER TABLE first_vectors RENAME TO vectors;
DROP TABLE bands;
DROP INDEX articles_by_front;
DROP TABLE statistics;
CREATE TABLE statistics (language TEXT PRIMARY KEY, n INTEGER NOT NULL, mean BLOB NOT NULL, covariance BLOB NOT NULL);
PRAGMA user_version = 1;
"""


def test_a_store_of_the_first_format_is_taken_over_without_embedding(
    copied: Path, sample_corpus: Path
) -> None:
    before = snapshot(copied)
    with closing(sqlite3.connect(copied / schema.FILE)) as database:
        database.executescript(FIRST_FORMAT)
    with pytest.raises(StoreMismatch, match="assistant index"):
        Store.open(copied)
    with pytest.raises(KeyboardInterrupt):  # stopped while Chroma is filled again
        sync(sample_corpus, copied, FakeEmbedder(), min_tokens=20, max_tokens=40, interrupted=lambda: True)
    with Store.open(copied) as store:
        assert store.size == 4
    assert index(sample_corpus, copied) == 0
    assert snapshot(copied) == before
    assert maintenance.verify(copied)["ok"]


def test_a_migration_that_fails_changes_nothing(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM passages")
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setitem(schema.MIGRATIONS, schema.FORMAT, fail)
    with monkeypatch.context() as newer:
        newer.setattr(schema, "FORMAT", schema.FORMAT + 1)
        with pytest.raises(sqlite3.OperationalError):
            schema.open_to_write(copied / schema.FILE)
    assert maintenance.verify(copied)["ok"]


def _garbage(path: Path) -> None:
    path.write_bytes(b"\xa5" * path.stat().st_size)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _holes(path: Path) -> None:
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 8192, 3):
        content[page * 8192 : (page + 1) * 8192] = b"\x5a" * 8192
    path.write_bytes(content)


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE somebody (elses TEXT)")


@pytest.mark.parametrize("spoil", [_garbage, _cut, _holes, _foreign])
def test_a_damaged_database_is_detected_explained_and_made_anew(
    copied: Path, sample_corpus: Path, spoil: object
) -> None:
    for suffix in ("-wal", "-shm"):
        Path(f"{copied / schema.FILE}{suffix}").unlink(missing_ok=True)
    spoil(copied / schema.FILE)  # type: ignore[operator]
    verified = maintenance.verify(copied)
    assert not verified["ok"]
    assert re.search(r"--rebuild|--store", verified["problems"][0])
    assert index(sample_corpus, copied, rebuild=True) > 0
    assert maintenance.verify(copied) == {"ok": True, "problems": [], "articles": 4, "passages": 4}


def test_a_database_that_cannot_be_opened_names_the_remedy(copied: Path, sample_corpus: Path) -> None:
    _garbage(copied / schema.FILE)
    for use in (lambda: Store.open(copied), lambda: index(sample_corpus, copied)):
        with pytest.raises(StoreDamaged, match="assistant restore"):
            use()


FULL = """
import resource, sys
from pathlib import Path
from fakes import FakeEmbedder
from assistant.errors import StoreError
from assistant.store.sync import sync
sys.dont_write_bytecode = True  # a compiled module cut at the limit would break every later run
limit = int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))  # as on a full disk: a write that grows a file fails
try:
    sync(Path(sys.argv[1]), Path(sys.argv[2]), FakeEmbedder(), min_tokens=20, max_tokens=40)
except StoreError as error:
    print(error)
"""


# Words that begin differently: of dozens of equal vectors a graph of neighbours may lose some.
MANY = {
    f"{n}.md": f"---\nlanguage: en\n---\nArticle {n}. " + " ".join(f"{m:03}x{n}." for m in range(900))
    for n in range(40)
}


def index_on_a_full_disk(corpus: Path, store: Path, limit: int) -> str:
    """What `index` says where no file may grow beyond `limit` bytes."""
    command = [sys.executable, "-c", FULL, str(corpus), str(store), str(limit)]
    environment = {"PYTHONPATH": f"{PROJECT}:{PROJECT}/tests"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert re.search("disk", done.stdout), done.stderr
    assert str(store) in done.stdout
    said: str = done.stdout
    return said


def test_a_disk_that_is_full_once_chroma_is_written_is_explained(tmp_path: Path) -> None:
    corpus, store = write_corpus(tmp_path / "corpus", MANY), tmp_path / "store"
    assert "run `assistant index` again" in index_on_a_full_disk(corpus, store, 6_000_000)
    assert (store / "chroma").exists()
    with Store.open(store) as opened:  # all but Chroma is there, and answers
        assert len(opened.articles()) == 40
        assert len(opened.dense(FakeEmbedder().embed_query("012x7"), 4, "en")) == 4
    assert index(corpus, store) == 0
    assert maintenance.verify(store)["ok"]


def test_a_full_disk_is_explained_and_loses_nothing_that_was_stored(tmp_path: Path) -> None:
    corpus, store = tmp_path / "corpus", tmp_path / "store"
    write_corpus(corpus, {"first.md": "The first article is short. It is about the moon and the tides."})
    index(corpus, store)
    before = snapshot(store)
    write_corpus(corpus, MANY)
    index_on_a_full_disk(corpus, store, 300_000)
    with Store.open(store) as opened:
        assert opened.article("first.md") == before["articles"]["first.md"]
        assert opened.dense(FakeEmbedder().embed_query("moon tides"), 1, "en")
    index(corpus, store)
    assert maintenance.verify(store)["ok"]
    with Store.open(store) as opened:
        assert len(opened.articles()) == 41


def test_a_store_folder_that_cannot_be_made_is_explained(tmp_path: Path, sample_corpus: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"cannot be written .*--store"):
        index(sample_corpus, tmp_path / "file" / "store")


def test_a_read_only_database_is_searched_and_not_written(copied: Path, sample_corpus: Path) -> None:
    with closing(schema.open_to_read(copied / schema.FILE)) as connection:
        with pytest.raises(StoreError, match="cannot be written"), schema.explained(copied):
            connection.execute("DELETE FROM passages")
        assert connection.execute("SELECT count(*) FROM passages").fetchone() == (4,)


def test_articles_that_only_looked_alike_are_parted(tmp_path: Path) -> None:
    """Until format 5 the sheets of one template stood for each other."""
    corpus, store = tmp_path / "corpus", tmp_path / "store"
    told = " ".join(f"Le numéro {n} du registre parle du port et de ses bateaux." for n in range(30))
    names = {"vesper.md": "la montre Vesper", "aurore.md": "la montre Aurore", "copie.md": "la montre Aurore"}
    write_corpus(corpus, {name: f"{told} C'est le cas de {watch}." for name, watch in names.items()})
    assert index(corpus, store) > 0
    with closing(sqlite3.connect(store / schema.FILE)) as database:
        database.execute("UPDATE articles SET front = 'aurore.md'")
        database.execute("PRAGMA user_version = 5")
        database.commit()
    report = sync(corpus, store, FakeEmbedder(), min_tokens=20, max_tokens=40)
    assert (report.duplicates, report.embedded) == ({"copie.md": "aurore.md"}, 0)
