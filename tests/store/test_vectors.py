"""Chroma's side: LlamaIndex opens it, and whatever happens to it is noticed and mended without the embedder."""

from __future__ import annotations

import json
import math
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import chromadb
import pytest
from fakes import FakeEmbedder

from assistant.errors import AssistantError
from assistant.store import maintenance, schema, vectors
from assistant.store.database import Database
from assistant.store.sync import Store, sync

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def damaged(
    sample_corpus: Path, embedder: FakeEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A store to be spoiled, whose Chroma writes its vectors to their files at once, not after a thousand."""
    monkeypatch.setitem(vectors.CONFIGURATION["hnsw"], "sync_threshold", 2)
    monkeypatch.setitem(vectors.CONFIGURATION["hnsw"], "batch_size", 2)
    sync(sample_corpus, tmp_path / "store", embedder, min_tokens=20, max_tokens=40)
    return tmp_path / "store"


def _delete(chroma: Path) -> None:
    shutil.rmtree(chroma)


def _truncate_vectors(chroma: Path) -> None:
    for path in chroma.glob("*/data_level0.bin"):
        path.write_bytes(path.read_bytes()[:1000])


def _delete_vectors(chroma: Path) -> None:
    for path in chroma.iterdir():
        if path.is_dir():
            shutil.rmtree(path)


def _garbage_vectors(chroma: Path) -> None:
    for path in chroma.glob("*/*"):
        path.write_bytes(b"\xa5" * path.stat().st_size)


def _garbage_database(chroma: Path) -> None:
    path = chroma / "chroma.sqlite3"
    path.write_bytes(b"\x5a" * path.stat().st_size)


def _empty_database(chroma: Path) -> None:
    (chroma / "chroma.sqlite3").write_bytes(b"")


def _a_file_instead(chroma: Path) -> None:
    shutil.rmtree(chroma)
    chroma.write_text("not a folder")


def _half_copied(chroma: Path) -> None:
    """As a copy that was stopped: the last files in the order of their names are not there."""
    files = sorted(path for path in chroma.rglob("*") if path.is_file())
    for path in files[len(files) // 2 :]:
        path.unlink()


def _changed(chroma: Path, change: Callable[[Any], object]) -> None:
    client: Any = chromadb.PersistentClient(
        str(chroma), settings=chromadb.config.Settings(anonymized_telemetry=False)
    )
    try:
        change(client)
    finally:
        client.close()


def _another_dimension(chroma: Path) -> None:
    def change(client: Any) -> None:
        client.delete_collection("passages-en")
        made = client.create_collection("passages-en", embedding_function=None)
        made.add(ids=["a", "b"], embeddings=[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])

    _changed(chroma, change)


def _llamaindex_adds(chroma: Path) -> None:
    from llama_index.core.schema import TextNode
    from llama_index.vector_stores.chroma import ChromaVectorStore

    node = TextNode(
        text="Somebody else's words on wild horses.",
        embedding=FakeEmbedder().embed_query("wild horses").tolist(),
    )
    _changed(chroma, lambda client: ChromaVectorStore(client.get_collection("passages-en")).add([node]))


def _llamaindex_deletes(chroma: Path) -> None:
    from llama_index.vector_stores.chroma import ChromaVectorStore

    _changed(
        chroma, lambda client: ChromaVectorStore(client.get_collection("passages-en")).delete("horses.md")
    )


SPOIL: list[Callable[[Path], None]] = [
    _delete,
    _delete_vectors,
    _garbage_vectors,
    _truncate_vectors,
    _garbage_database,
    _empty_database,
    _a_file_instead,
    _half_copied,
    _another_dimension,
    _llamaindex_adds,
    _llamaindex_deletes,
]


@pytest.mark.parametrize("spoil", SPOIL)
def test_a_spoiled_chroma_is_answered_around_reported_and_mended(
    damaged: Path, embedder: FakeEmbedder, sample_store: Store, spoil: Callable[[Path], None]
) -> None:
    question = embedder.embed_query("wild horses")
    expected = sample_store.dense(question, 4, "en")
    spoil(damaged / "chroma")
    with Store.open(damaged) as store:
        answered = store.dense(question, 4, "en")
        assert [name for name, _ in answered] == [name for name, _ in expected]
    verified = maintenance.verify(damaged)
    assert not verified["ok"]
    assert "assistant rebuild" in verified["problems"][0]
    before = len(embedder.embedded)
    assert maintenance.rebuild(damaged)["passages"] == 4
    assert maintenance.verify(damaged) == {"ok": True, "problems": [], "articles": 4, "passages": 4}
    with Store.open(damaged) as store:
        assert [name for name, _ in store.dense(question, 4, "en")] == [name for name, _ in expected]
        assert store.status()["vectors"] == "ready"
    assert len(embedder.embedded) == before


def test_a_spoiled_graph_is_never_loaded_to_be_added_to(
    damaged: Path, sample_corpus: Path, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    """Chroma would end the process; the sync that finds the damage makes it anew."""
    corpus = Path(shutil.copytree(sample_corpus, tmp_path / "corpus"))
    (corpus / "more.md").write_text("One more article about the wild horses of the river and their keeper.")
    _garbage_vectors(damaged / "chroma")
    sync(corpus, damaged, embedder, min_tokens=20, max_tokens=40)
    assert maintenance.verify(damaged) == {"ok": True, "problems": [], "articles": 5, "passages": 5}


@pytest.mark.parametrize("spoil", [_delete, _truncate_vectors, _empty_database])
def test_index_mends_what_a_stat_can_see(
    damaged: Path, sample_corpus: Path, embedder: FakeEmbedder, spoil: Callable[[Path], None]
) -> None:
    spoil(damaged / "chroma")
    report = sync(sample_corpus, damaged, embedder, min_tokens=20, max_tokens=40)
    assert report.embedded == 0
    assert maintenance.verify(damaged)["ok"]


def test_a_reader_notices_the_mending_of_another(damaged: Path, embedder: FakeEmbedder) -> None:
    question = embedder.embed_query("wild horses")
    _delete(damaged / "chroma")
    with Store.open(damaged) as store:
        answer = store.dense(question, 4, "en")
        assert "missing" in store.status()["vectors"]
        maintenance.rebuild(damaged)
        assert [name for name, _ in store.dense(question, 4, "en")] == [name for name, _ in answer]
        assert store.status()["vectors"] == "ready"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_llamaindex_opens_the_collection_and_retrieves_the_same_nodes(
    sample_store_folder: Path, sample_store: Store, embedder: FakeEmbedder, language: str
) -> None:
    from llama_index.core.schema import TextNode
    from llama_index.core.vector_stores.types import MetadataFilter, MetadataFilters, VectorStoreQuery
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client: Any = chromadb.PersistentClient(
        str(sample_store_folder / "chroma"), settings=chromadb.config.Settings(anonymized_telemetry=False)
    )
    try:
        opened = ChromaVectorStore(
            chroma_collection=client.get_collection(f"passages-{language}", embedding_function=None)
        )
        vector = embedder.embed_query("the mayor wants a fence")
        found = opened.query(VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=4))
        ours = dict(sample_store.dense(vector, 4, language))
        assert set(found.ids or []) == set(ours)
        assert found.similarities == pytest.approx([math.exp(score - 1) for score in ours.values()], abs=1e-5)
        stored = sample_store.passages(found.ids or [])
        for node in found.nodes or []:
            ours_too = stored[node.node_id]
            assert node.get_content() == ours_too.text
            assert node.ref_doc_id == ours_too.passage.article
            assert isinstance(node, TextNode)
            assert (node.start_char_idx, node.end_char_idx) == (ours_too.passage.start, ours_too.passage.end)
            assert node.metadata == {
                "title": ours_too.title,
                "article": ours_too.passage.article,
                "folder": ours_too.passage.article.rpartition("/")[0],
                "start": ours_too.passage.start,
                "end": ours_too.passage.end,
                "language": ours_too.language,
                **({"published": int(f"{ours_too.published:%Y%m%d}")} if ours_too.published else {}),
            }
        dated = MetadataFilters(filters=[MetadataFilter(key="published", value=20240101, operator=">=")])
        found = opened.query(
            VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=3, filters=dated)
        )
        expected = {name for name, each in stored.items() if each.published is not None}
        assert {node.node_id for node in found.nodes or []} == expected
    finally:
        client.close()


def test_collections_of_another_version_are_not_opened_and_made_anew(
    damaged: Path, sample_corpus: Path, embedder: FakeEmbedder, sample_store: Store
) -> None:
    with closing(sqlite3.connect(damaged / schema.FILE)) as database, database:
        database.execute("UPDATE manifest SET value = '0.4.0/1/0' WHERE key = 'chroma_made_with'")
    before = vectors.file_checksums(damaged / "chroma")
    question = embedder.embed_query("wild horses")
    expected = [name for name, _ in sample_store.dense(question, 4, "en")]
    with Store.open(damaged) as store:
        assert [name for name, _ in store.dense(question, 4, "en")] == expected
        assert "another version" in store.status()["vectors"]
        assert vectors.file_checksums(damaged / "chroma") == before
        assert sync(sample_corpus, damaged, embedder, min_tokens=20, max_tokens=40).embedded == 0
        assert [name for name, _ in store.dense(question, 4, "en")] == expected
        assert store.status()["vectors"] == "ready"
    with closing(Database.open(damaged)) as opened:
        assert opened.manifest()["chroma_made_with"] == vectors.made_with()


ASK = """
import json, sys
from pathlib import Path
from fakes import FakeEmbedder
from assistant.store.sync import Store
with Store.open(Path(sys.argv[1])) as store:
    found = [store.dense(FakeEmbedder().embed_query("wild horses"), 4, "en"), store.lexical("wild horses", 4, "en")]
    print(json.dumps([[name for name, _ in each] for each in found] + [store.status()["vectors"], store.status()["words"]]))
"""
UNPRIVILEGED = [] if os.geteuid() else ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]
"""Before a command: root, too, may write only what its rights say."""


@pytest.mark.skipif(
    bool(UNPRIVILEGED) and shutil.which("setpriv") is None,
    reason="root may write everywhere; there is no setpriv",
)
def test_a_folder_that_cannot_be_written_is_searched(
    damaged: Path, embedder: FakeEmbedder, sample_store: Store
) -> None:
    folders = [damaged, *(path for path in damaged.rglob("*") if path.is_dir())]
    for path in [*folders, *(path for path in damaged.rglob("*") if path.is_file())]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        done = subprocess.run(
            [*UNPRIVILEGED, sys.executable, "-c", ASK, damaged],
            capture_output=True, text=True, check=False, env={"PYTHONPATH": f"{PROJECT}:{PROJECT}/tests"},
        )  # fmt: skip
    finally:
        for path in folders:
            path.chmod(0o700)
    assert done.returncode == 0, done.stderr
    dense, lexical, chroma, words = json.loads(done.stdout)
    assert dense == [name for name, _ in sample_store.dense(embedder.embed_query("wild horses"), 4, "en")]
    assert lexical == [name for name, _ in sample_store.lexical("wild horses", 4, "en")]
    assert "may be written" in chroma
    assert "may be written" in words


FOREIGN = """
import sys
import chromadb
client = chromadb.PersistentClient(sys.argv[1], settings=chromadb.config.Settings(anonymized_telemetry=False))
collection = client.get_collection("passages-en", embedding_function=None)
for line in sys.stdin:
    vector = [float(number) for number in line.split()]
    print(len(collection.query(query_embeddings=[vector], n_results=2)["ids"][0]), flush=True)
"""


def test_another_program_may_have_the_collections_open(
    damaged: Path, sample_corpus: Path, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    corpus = Path(shutil.copytree(sample_corpus, tmp_path / "corpus"))
    question = embedder.embed_query("wild horses")
    foreign = subprocess.Popen(
        [sys.executable, "-c", FOREIGN, damaged / "chroma"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert foreign.stdin is not None
    assert foreign.stdout is not None

    def asked() -> str:
        foreign.stdin.write(" ".join(map(str, question.tolist())) + "\n")  # type: ignore[union-attr]
        foreign.stdin.flush()  # type: ignore[union-attr]
        return foreign.stdout.readline()  # type: ignore[union-attr]

    with foreign, Store.open(damaged) as store:
        assert asked() == "2\n"
        assert store.status()["vectors"] == "ready"
        for day in range(3):
            (corpus / f"more{day}.md").write_text(
                f"Article {day} tells of wild horses by the river {day} again."
            )
            (corpus / f"more{day - 1}.md").unlink(missing_ok=True)
            sync(corpus, damaged, embedder, min_tokens=20, max_tokens=40)
            assert len(store.dense(question, 9, "en")) == 3
            assert store.status()["vectors"] == "ready"
            assert asked() == "2\n"
        foreign.stdin.close()
    assert foreign.returncode == 0
    assert maintenance.verify(damaged) == {"ok": True, "problems": [], "articles": 5, "passages": 5}


def test_a_store_without_chroma_or_database_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "chroma").mkdir()
    with pytest.raises(AssistantError, match="assistant index"):
        maintenance.verify(tmp_path)
