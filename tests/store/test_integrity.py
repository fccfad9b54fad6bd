"""Quotes are exact or not shown: damage of any file of the store is named, and mended by the next `index`."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from conftest import Command, FullDisk, write_corpus
from fakes import FakeEmbedder

from assistant.errors import ArticleNotFound, AssistantError, CorpusError, StoreDamaged, StoreError
from assistant.search.hybrid import HybridRetriever
from assistant.search.question import read_question
from assistant.store import maintenance, schema
from assistant.store.sync import Store, SyncReport, sync

from .snapshots import snapshot

FLIPS = 60
"""Bits that are flipped, each in a copy of its own."""


@pytest.fixture
def copied(sample_store_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_store_folder, tmp_path / "store"))


def index(corpus: Path, store: Path, **options: Any) -> SyncReport:
    return sync(corpus, store, FakeEmbedder(), min_tokens=20, max_tokens=40, **options)


def change(store: Path, statement: str) -> None:
    with closing(sqlite3.connect(store / schema.FILE)) as database:
        database.execute(statement)
        database.commit()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "UPDATE articles SET text = replace(text, '1 234,5', '1 734,5') WHERE name = 'budget.md'",
            "budget.md",
        ),
        ("UPDATE articles SET title = 'Horses in the lake' WHERE name = 'horses.md'", "horses.md"),
        ("UPDATE articles SET published = '2024-06-12' WHERE name = 'horses.md'", "horses.md"),
        ("UPDATE articles SET published = 'the day after' WHERE name = 'horses.md'", "horses.md"),
        ("UPDATE articles SET details = '{broken' WHERE name = 'horses.md'", "horses.md"),
        ("UPDATE articles SET sentences = x'010203' WHERE name = 'tides.txt'", "tides.txt"),
        ("UPDATE articles SET text = x'c3c3c328' WHERE name = 'tides.txt'", "tides.txt"),
        ("UPDATE articles SET text = CAST(x'61ff62' AS TEXT) WHERE name = 'tides.txt'", "tides.txt"),
        ("UPDATE articles SET size = 'large' WHERE name = 'tides.txt'", None),
        ('UPDATE passages SET start = start + 7, "end" = "end" + 7', "budget.md"),
        ("UPDATE passages SET page = 'one' WHERE id = 1", "budget.md"),
        ("UPDATE vectors SET vector = zeroblob(256) WHERE id = 1", ""),
        ("UPDATE vectors SET vector = 'a text' WHERE id = 1", ""),
        ("UPDATE articles SET signature = 'a text' WHERE name = 'budget.md'", "budget.md"),
        ("UPDATE statistics SET total = x'00'", "language"),
    ],
)
def test_a_row_that_changed_is_named_and_the_next_index_mends_it(
    copied: Path, sample_corpus: Path, statement: str, named: str | None
) -> None:
    whole = snapshot(copied)
    change(copied, statement)
    found = maintenance.verify(copied)
    if named is not None:
        assert any(named in line and "assistant index" in line for line in found["problems"]), found
        with Store.open(copied) as store:
            never_wrong(store, whole)
    report = index(sample_corpus, copied)
    assert report.unchanged + len(report.changed) == 4
    assert report.embedded <= 2
    assert snapshot(copied) == whole
    assert maintenance.verify(copied)["ok"]


def never_wrong(store: Store, whole: dict) -> None:  # type: ignore[type-arg]
    """Every article, passage and hit is as it was, or refused with an error of the tree."""
    retriever = HybridRetriever(store, FakeEmbedder())
    for name, article in whole["articles"].items():
        with refused():
            assert store.article(name) == article
    for passage in whole["passages"]:
        with refused():
            for found, stored in store.passages([passage]).items():
                expected = whole["passages"][found]
                assert (stored.text, stored.title, stored.published) == (
                    expected.text,
                    expected.title,
                    expected.published,
                )
    for question in ("wild horses", "le budget de la ville", "the tide in spring"):
        with refused():
            for hit in retriever.retrieve(read_question(question), 4):
                article = whole["articles"][hit.passage.article]
                assert hit.text == article.text[hit.passage.start : hit.passage.end]
                assert hit.text == whole["passages"][hit.passage.id].text
                assert (hit.title, hit.published) == (article.title, article.published)
                assert hit.context is not None
                assert hit.context_text == article.text[hit.context.start : hit.context.end]
    with refused():
        store.status()


class refused:  # noqa: N801
    """What a damaged store may do instead of an answer."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type | None, error: object, trace: object) -> bool:
        return isinstance(error, StoreError | ArticleNotFound)


def test_flipped_bits_of_any_file_never_give_a_wrong_quote(
    sample_store_folder: Path, sample_corpus: Path, tmp_path: Path
) -> None:
    whole = snapshot(sample_store_folder)
    draw = random.Random(20261129)
    files = [
        path for path in sorted(sample_store_folder.rglob("*")) if path.is_file() and path.stat().st_size
    ]
    for number in range(FLIPS):
        # half of them in the truth, the others anywhere
        file = sample_store_folder / schema.FILE if number % 2 else draw.choice(files)
        store = Path(shutil.copytree(sample_store_folder, tmp_path / "store"))
        spoiled = store / file.relative_to(sample_store_folder)
        content = bytearray(spoiled.read_bytes())
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        spoiled.write_bytes(content)
        with refused(), Store.open(store) as opened:
            never_wrong(opened, whole)
        maintenance.verify(store)
        try:
            index(sample_corpus, store)
        except StoreError as error:
            assert re.search(r"assistant (rebuild|restore|index)|--store", str(error)), error
            index(sample_corpus, store, rebuild=True)
        with Store.open(store) as opened:
            assert {name: opened.article(name) for name in whole["articles"]} == whole["articles"]
        shutil.rmtree(store)


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("generation", "many"),
        ("dimension", "x"),
        ("updated", ""),
        ("chroma_seal", "{"),
        ("chroma_count", "?"),
    ],
)
def test_a_manifest_that_changed_ends_no_command_in_a_traceback(
    copied: Path, sample_corpus: Path, command: Command, what: str, value: str
) -> None:
    change(copied, f"UPDATE manifest SET value = '{value}' WHERE key = '{what}'")
    for words in (("verify",), ("status",), ("search", "wild horses"), ("show", "horses.md")):
        done = command(*words, "--store", copied)
        assert done.code in (0, 1)
        assert done.code == 0 or "assistant" in done.out + done.err
    if command("index", "--store", copied, "--corpus", sample_corpus, "--quiet").code:
        assert (
            command("index", "--rebuild", "--store", copied, "--corpus", sample_corpus, "--quiet").code == 0
        )
    assert maintenance.verify(copied)["ok"]


def test_a_folder_where_the_database_should_be(tmp_path: Path, sample_corpus: Path, command: Command) -> None:
    (tmp_path / "store" / schema.FILE).mkdir(parents=True)
    for words in (("index",), ("index", "--rebuild"), ("status",), ("search", "horses"), ("verify",)):
        done = command(*words, "--store", tmp_path / "store", "--corpus", sample_corpus)
        assert done.code == 1
        assert "is a folder" in done.out + done.err


# --------------------------------------------------------------------------- a corpus that is not there


@pytest.fixture
def twelve(tmp_path: Path) -> Path:
    texts = {
        f"{n:02}.md": f"Report {n} tells how harbour {n} was built by {n + 2} masons." for n in range(12)
    }
    corpus = write_corpus(tmp_path / "corpus", texts)
    index(corpus, tmp_path / "store")
    return corpus


def _unmounted(corpus: Path) -> None:
    for path in corpus.iterdir():
        path.unlink()
    (corpus / "stray.md").write_text("A stray file that was left on the mount point of the disk.")


def _mistyped(corpus: Path) -> None:
    _unmounted(corpus)
    write_corpus(
        corpus, {f"other{n}.md": f"Another article, number {n}, of another folder." for n in range(20)}
    )


@pytest.mark.parametrize("lose", [_unmounted, _mistyped])
@pytest.mark.parametrize("rebuild", [False, True])
def test_a_corpus_that_lost_most_of_its_articles_costs_no_index(
    twelve: Path, tmp_path: Path, lose: Callable[[Path], None], rebuild: bool
) -> None:
    lose(twelve)
    before = snapshot(tmp_path / "store")
    with pytest.raises(CorpusError, match=r"12 of the 12 articles .*'00\.md'.* --replace"):
        index(twelve, tmp_path / "store", rebuild=rebuild)
    assert snapshot(tmp_path / "store") == before
    assert len(index(twelve, tmp_path / "store", rebuild=rebuild, replace=True).added) == len(
        list(twelve.iterdir())
    )


def test_articles_that_moved_are_not_lost(twelve: Path, tmp_path: Path) -> None:
    (twelve / "2025").mkdir()
    for path in sorted(twelve.glob("*.md")):
        path.rename(twelve / "2025" / path.name)
    assert len(index(twelve, tmp_path / "store").renamed) == 12


def test_half_may_go(twelve: Path, tmp_path: Path) -> None:
    for n in range(6):
        (twelve / f"{n:02}.md").unlink()
    assert len(index(twelve, tmp_path / "store").removed) == 6


# --------------------------------------------------------------------------- backups and disks


def test_a_backup_that_was_killed_is_begun_again(copied: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "passages.partial").write_bytes(b"half")
    assert maintenance.backup(copied, tmp_path / "kept")["passages"] == 4
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [schema.FILE]


def test_a_full_disk_of_the_backup_is_blamed_by_its_name(
    copied: Path, tmp_path: Path, full_disk: FullDisk
) -> None:
    with full_disk(20_000), pytest.raises(StoreError, match=r"backup '.*kept' could not be written"):
        maintenance.backup(copied, tmp_path / "kept")
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_change_that_keeps_size_and_time_is_seen(tmp_path: Path) -> None:
    import os

    corpus = write_corpus(tmp_path / "corpus", {"a.md": "The bridge was built by 12 masons of the town."})
    os.utime(corpus / "a.md", ns=(10**18, 10**18))
    index(corpus, tmp_path / "store")
    (corpus / "a.md").write_text("The bridge was built by 17 masons of the town.")
    os.utime(corpus / "a.md", ns=(10**18, 10**18))
    assert index(corpus, tmp_path / "store").changed == ["a.md"]
    with Store.open(tmp_path / "store") as store:
        assert "17 masons" in store.article("a.md").text


def test_an_error_names_what_is_damaged(copied: Path) -> None:
    change(copied, "UPDATE articles SET text = replace(text, 'Twelve', 'Eleven')")
    with Store.open(copied) as store:
        with pytest.raises(StoreDamaged, match=r"'horses\.md' is damaged in .* Run `assistant index`"):
            store.article("horses.md")
        assert store.article("tides.txt").text
    assert issubclass(StoreDamaged, AssistantError)
