"""The index of words: it finds what `passages.db` finds, and whatever happens to it is noticed and mended."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tantivy
from conftest import Command, write_corpus
from fakes import FakeEmbedder

from assistant.reading.words import content_stems
from assistant.store import maintenance, schema, word_index, word_side
from assistant.store.database import Database
from assistant.store.sync import Store, sync
from assistant.store.word_index import WordIndex
from assistant.types import Filters

from .snapshots import snapshot

PROJECT = Path(__file__).parents[2]
QUESTION = "wild horses near the river"
CORPUS = {
    f"{folder}{n}.md": f"---\npublished: 2024-0{n % 9 + 1}-11\n---\nReport {n} tells of harbour {n % 7}, built by {n + 2} masons."
    for n, folder in enumerate([""] * 6 + ["north/"] * 6 + ["north/east/"] * 6 + ["northern/"] * 6)
}
CORPUS["undated.md"] = "A report without a day tells of a harbour, too, and of its masons."


def index(corpus: Path, store: Path, **options: Any) -> int:
    return sync(corpus, store, FakeEmbedder(), min_tokens=20, max_tokens=40, **options).embedded


@pytest.fixture
def spoilt(sample_store_folder: Path, tmp_path: Path) -> Path:
    """A store to be spoiled."""
    return Path(shutil.copytree(sample_store_folder, tmp_path / "store"))


# --------------------------------------------------------------------------- what it finds


@pytest.mark.parametrize(
    "filters",
    [
        Filters(),
        Filters(since=date(2024, 3, 11)),
        Filters(until=date(2024, 3, 11)),
        Filters(since=date(2024, 2, 1), until=date(2024, 5, 30)),
        Filters(folder="north"),
        Filters(folder="north/east/"),
        Filters(articles=("0.md", "north/7.md", "nowhere.md")),
        Filters(folder="north", since=date(2024, 6, 1)),
        Filters(language="en"),
        Filters(language="fr"),
    ],
)
def test_it_finds_what_the_database_finds(tmp_path: Path, filters: Filters) -> None:
    corpus = write_corpus(tmp_path / "corpus", CORPUS)
    index(corpus, tmp_path / "store")
    with Store.open(tmp_path / "store") as store, closing(Database.open(tmp_path / "store")) as database:
        assert store.status()["words"] == "ready"
        stems = content_stems("reports of harbour 3 and its masons", "en")
        expected = dict(database.lexical(stems, 100, "en", filters)) if filters.language != "fr" else {}
        found = store.lexical("reports of harbour 3 and its masons", 100, "en", filters)
        assert dict(found).keys() == expected.keys()
        assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
        assert store.document_frequency(stems, "en") == database.document_frequency(stems, "en")


def test_what_was_deleted_counts_no_more(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", CORPUS)
    index(corpus, tmp_path / "store")
    with Store.open(tmp_path / "store") as store:
        assert store.document_frequency(["harbour"], "en") == {"harbour": len(CORPUS)}
        (corpus / "0.md").unlink()
        write_corpus(corpus, {"1.md": "This one tells of bridges now, and no more of what it told before."})
        index(corpus, tmp_path / "store")
        assert store.document_frequency(["harbour", "bridg"], "en") == {
            "harbour": len(CORPUS) - 2,
            "bridg": 1,
        }
        assert len(store.lexical("bridges", 5, "en")) == 1


def test_a_large_index_is_made_anew_once_a_fifth_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_side, "SMALL", 0)
    corpus = write_corpus(tmp_path / "corpus", CORPUS)
    index(corpus, tmp_path / "store")
    counted = []
    with Store.open(tmp_path / "store") as store:
        for n in range(6):
            (corpus / f"{n}.md").unlink()
            index(corpus, tmp_path / "store")
            assert len(store.lexical("harbour", 100, "en")) == len(CORPUS) - n - 1
            counted.append(store.document_frequency(["harbour"], "en")["harbour"])
    assert counted[:4] == [len(CORPUS)] * 4
    assert counted[-1] < len(CORPUS)
    assert maintenance.verify(tmp_path / "store")["ok"]


def test_a_command_asks_the_index_of_each_language(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: set[str] = set()

    class Recording(WordIndex):
        def search(self, stems, k, filters):  # type: ignore[no-untyped-def]
            asked.add(self.path.name)
            return super().search(stems, k, filters)

    monkeypatch.setattr("assistant.store.word_search.WordIndex", Recording)
    assert command("search", QUESTION).code == 0
    assert asked == {"en", "fr"}


# --------------------------------------------------------------------------- what can happen to it


def _delete(words: Path) -> None:
    shutil.rmtree(words)


def _delete_one_language(words: Path) -> None:
    shutil.rmtree(words / "fr")


def _a_file_instead(words: Path) -> None:
    shutil.rmtree(words)
    words.write_text("not a folder")


def _half_copied(words: Path) -> None:
    files = sorted(path for path in words.rglob("*") if path.is_file())
    for path in files[len(files) // 2 :]:
        path.unlink()


def _garbage(words: Path) -> None:
    for path in words.glob("*/*"):
        path.write_bytes(b"\xa5" * path.stat().st_size)


def _truncate(words: Path) -> None:
    for path in words.glob("*/*.idx"):
        path.write_bytes(path.read_bytes()[:-20])


def _one_bit(words: Path) -> None:
    path = next(words.glob("en/*.term"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _another_index(words: Path) -> None:
    """A sound one, of other passages."""
    shutil.rmtree(words / "en")
    other = WordIndex(words, "en", writing=True)
    other.add([word_index.IndexedPassage(1, "en", "a.md", None, ["wild", "hors"])])
    other.commit()


SPOIL: list[Callable[[Path], None]] = [
    _delete,
    _delete_one_language,
    _a_file_instead,
    _half_copied,
    _garbage,
    _truncate,
    _one_bit,
    _another_index,
]


@pytest.mark.parametrize("mend", ["rebuild", "index"])
@pytest.mark.parametrize("spoil", SPOIL)
def test_a_spoiled_index_is_answered_around_reported_and_mended(
    spoilt: Path,
    sample_corpus: Path,
    embedder: FakeEmbedder,
    sample_store: Store,
    spoil: Callable[[Path], None],
    mend: str,
) -> None:
    expected = sample_store.lexical(QUESTION, 4, "en")
    spoil(spoilt / "words")
    with Store.open(spoilt) as store:
        assert [name for name, _ in store.lexical(QUESTION, 4, "en")] == [name for name, _ in expected]
        assert store.document_frequency(["hors"], "en") == sample_store.document_frequency(["hors"], "en")
        assert "assistant rebuild" in store.status()["words"]
        verified = maintenance.verify(spoilt)
        assert not verified["ok"]
        assert "assistant rebuild" in verified["problems"][0]
        before = len(embedder.embedded)
        if mend == "rebuild":
            maintenance.rebuild(spoilt)
        else:
            assert index(sample_corpus, spoilt) == 0
        assert maintenance.verify(spoilt) == {"ok": True, "problems": [], "articles": 4, "passages": 4}
        assert store.lexical(QUESTION, 4, "en") == expected
        assert store.status()["words"] == "ready"
        assert len(embedder.embedded) == before


def test_a_spoiled_index_is_never_added_to(spoilt: Path, sample_corpus: Path, tmp_path: Path) -> None:
    corpus = Path(shutil.copytree(sample_corpus, tmp_path / "corpus"))
    (corpus / "more.md").write_text("One more article about the wild horses of the river and their keeper.")
    _one_bit(spoilt / "words")
    index(corpus, spoilt)
    assert maintenance.verify(spoilt)["ok"]


def test_an_index_of_another_version_is_made_anew(spoilt: Path, sample_corpus: Path) -> None:
    with closing(sqlite3.connect(spoilt / schema.FILE)) as database, database:
        database.execute("UPDATE manifest SET value = '0.1/0' WHERE key = 'words_made_with'")
    index(sample_corpus, spoilt)
    with closing(Database.open(spoilt)) as opened:
        assert opened.manifest()["words_made_with"] == word_index.made_with()
    assert maintenance.verify(spoilt)["ok"]


def test_a_store_from_before_there_was_an_index_of_words_is_taken_over(
    spoilt: Path, sample_corpus: Path
) -> None:
    shutil.rmtree(spoilt / "words")
    with closing(sqlite3.connect(spoilt / schema.FILE)) as database, database:
        database.execute("DELETE FROM manifest WHERE key LIKE 'words_%'")
    with Store.open(spoilt) as store:
        assert store.lexical(QUESTION, 4, "en")
        assert index(sample_corpus, spoilt) == 0
        assert store.status()["words"] == "ready"
    assert maintenance.verify(spoilt)["ok"]


READER = """
import sys
from pathlib import Path
from assistant.store.sync import Store
with Store.open(Path(sys.argv[1])) as store:
    for line in sys.stdin:
        print(store.status()["words"], sorted(store.lexical(line.strip(), 9, "en")), flush=True)
"""


def test_another_process_follows_what_is_taken_up(tmp_path: Path) -> None:
    corpus, store = write_corpus(tmp_path / "corpus", CORPUS), tmp_path / "store"
    index(corpus, store)
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, store],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": f"{PROJECT}"},
    )  # fmt: skip
    assert reader.stdin is not None
    assert reader.stdout is not None
    with reader, Store.open(store) as ours:
        for day in range(4):
            write_corpus(corpus, {f"whale{day}.md": f"Whale {day} was seen in the estuary by the fishermen."})
            index(corpus, store)
            reader.stdin.write("whale\n")
            reader.stdin.flush()
            found = sorted(ours.lexical("whale", 9, "en"))
            assert len(found) == day + 1
            assert reader.stdout.readline() == f"ready {found}\n"
        reader.stdin.close()
    assert reader.returncode == 0


FULL = """
import resource, sys
from pathlib import Path
from assistant.errors import StoreError
from assistant.store import maintenance
from assistant.store.word_index import WordIndex
def commit(self, commit=WordIndex.commit):
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, most[1]))  # as on a full disk: a write that grows a file fails
    try:
        commit(self)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
WordIndex.commit = commit
try:
    maintenance.rebuild(Path(sys.argv[1]))
except StoreError as error:
    print(error)
"""


def test_a_disk_that_is_full_once_words_are_written_is_explained(tmp_path: Path) -> None:
    words = " ".join(f"{m:03}x." for m in range(900))
    many = {f"{n}.md": f"---\nlanguage: en\n---\n{words.replace('x', f'x{n}')}" for n in range(9)}
    corpus, store = write_corpus(tmp_path / "corpus", many), tmp_path / "store"
    index(corpus, store)
    expected = snapshot(store)
    done = subprocess.run(
        [sys.executable, "-c", FULL, store],
        capture_output=True, text=True, env={"PYTHONPATH": str(PROJECT)}, check=False,
    )  # fmt: skip
    assert "The index of words" in done.stdout, done
    assert "is the disk full?" in done.stdout
    with Store.open(store) as opened:
        assert opened.lexical("012x7", 4, "en")
        assert "assistant index" in opened.status()["words"]
    assert index(corpus, store) == 0
    assert snapshot(store) == expected
    assert maintenance.verify(store)["ok"]


def test_the_index_holds_no_text(sample_store_folder: Path) -> None:
    """Words and numbers alone: what a passage says stands once, in `passages.db`."""
    opened = tantivy.Index.open(str(sample_store_folder / "words" / "en"))
    searcher = opened.searcher()
    ((_, address), *_) = searcher.search(tantivy.Query.all_query(), 1).hits
    assert searcher.doc(address).to_dict() == {}
    assert json.loads((sample_store_folder / "words/en/meta.json").read_text())["segments"]
