"""Chroma's side: LlamaIndex opens it, and whatever happens to it is noticed and mended without the embedder."""

from __future__ import annotations

import contextlib
import json
import math
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import chromadb
import pytest
from fakes import FakeEmbedder

from assistant.errors import AssistantError
from assistant.store import care, vectors
from assistant.store.index import Store, sync
from assistant.store.writer import Writer

ALIKE_IN = {
    "embeddings": "id, embedding_id, seq_id",
    "embeddings_queue": "seq_id, operation, id, vector, encoding",
    "max_seq_id": "seq_id",
    "collections": "name, dimension, config_json_str",
    "segments": "type, scope",
}
"""Columns without a name that Chroma draws, a time or what it keeps of an entry until it has taken it up."""


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


SPOIL: list[Callable[[Path], None]] = [
    _delete,
    _delete_vectors,
    _garbage_vectors,
    _truncate_vectors,
    _garbage_database,
    _empty_database,
    _a_file_instead,
]


@pytest.mark.parametrize("spoil", SPOIL)
def test_a_spoiled_chroma_is_answered_around_reported_and_mended(
    damaged: Path, embedder: FakeEmbedder, sample_store: Store, spoil: Callable[[Path], None]
) -> None:
    question = embedder.embed_query("wild horses")
    expected = sample_store.dense(question, 4)
    spoil(damaged / "chroma")
    with Store.open(damaged) as store:
        answered = store.dense(question, 4)
        assert [name for name, _ in answered] == [name for name, _ in expected]
    verified = care.verify(damaged)
    assert not verified["ok"]
    assert "assistant rebuild" in verified["problems"][0]
    before = len(embedder.embedded)
    assert care.rebuild(damaged)["passages"] == 4
    assert care.verify(damaged) == {"ok": True, "problems": [], "articles": 4, "passages": 4}
    with Store.open(damaged) as store:
        assert [name for name, _ in store.dense(question, 4)] == [name for name, _ in expected]
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
    assert care.verify(damaged) == {"ok": True, "problems": [], "articles": 5, "passages": 5}


@pytest.mark.parametrize("spoil", [_delete, _truncate_vectors, _empty_database])
def test_index_mends_what_a_stat_can_see(
    damaged: Path, sample_corpus: Path, embedder: FakeEmbedder, spoil: Callable[[Path], None]
) -> None:
    spoil(damaged / "chroma")
    report = sync(sample_corpus, damaged, embedder, min_tokens=20, max_tokens=40)
    assert report.embedded == 0
    assert care.verify(damaged)["ok"]


def test_a_reader_notices_the_mending_of_another(damaged: Path, embedder: FakeEmbedder) -> None:
    question = embedder.embed_query("wild horses")
    _delete(damaged / "chroma")
    with Store.open(damaged) as store:
        answer = store.dense(question, 4)
        assert "missing" in store.status()["vectors"]
        care.rebuild(damaged)
        assert [name for name, _ in store.dense(question, 4)] == [name for name, _ in answer]
        assert store.status()["vectors"] == "ready"


def test_llamaindex_opens_the_collection_and_retrieves_the_same_nodes(
    sample_store_folder: Path, sample_store: Store, embedder: FakeEmbedder
) -> None:
    from llama_index.core.vector_stores.types import MetadataFilter, MetadataFilters, VectorStoreQuery
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = chromadb.PersistentClient(
        str(sample_store_folder / "chroma"), settings=chromadb.config.Settings(anonymized_telemetry=False)
    )
    try:
        opened = ChromaVectorStore(
            chroma_collection=client.get_collection("passages", embedding_function=None)
        )
        vector = embedder.embed_query("the mayor wants a fence")
        found = opened.query(VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=4))
        ours = dict(sample_store.dense(vector, 4))
        assert set(found.ids or []) == set(ours)  # two passages are alike: their order is open
        assert found.similarities == pytest.approx([math.exp(score - 1) for score in ours.values()], abs=1e-5)
        stored = sample_store.passages(found.ids or [])
        for node in found.nodes or []:
            ours_too = stored[node.node_id]
            assert node.get_content() == ours_too.text
            assert node.ref_doc_id == ours_too.passage.article
            assert (node.start_char_idx, node.end_char_idx) == (ours_too.passage.start, ours_too.passage.end)
            assert node.metadata == {
                "title": ours_too.title,
                "article": ours_too.passage.article,
                "start": ours_too.passage.start,
                "end": ours_too.passage.end,
                "published": ours_too.published.isoformat() if ours_too.published else "",
                "language": ours_too.language,
            }
        french = MetadataFilters(filters=[MetadataFilter(key="language", value="fr")])
        found = opened.query(
            VectorStoreQuery(query_embedding=vector.tolist(), similarity_top_k=3, filters=french)
        )
        assert {node.metadata["language"] for node in found.nodes or []} == {"fr"}
    finally:
        client.close()


def test_a_collection_filled_at_once_has_every_index_that_chroma_gives_its_own(
    sample_corpus: Path, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    sync(sample_corpus, tmp_path / "store", embedder, min_tokens=20, max_tokens=40)
    vectors.VectorIndex(tmp_path / "plain").close()
    schemas = []
    for folder in (tmp_path / "plain", tmp_path / "store" / "chroma"):
        with contextlib.closing(sqlite3.connect(folder / vectors.DATABASE)) as connection:
            schemas.append(set(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")))
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert schemas[0] == schemas[1]
    assert any(name == "embedding_metadata_string_value" for _, name, *_ in schemas[0])


def test_a_collection_filled_at_once_holds_what_chroma_would_have_written(
    sample_store_folder: Path, tmp_path: Path
) -> None:
    """Every table is the same but for the names that Chroma draws and the time."""
    with contextlib.closing(Writer(sample_store_folder / "passages.db")) as writer:
        names = sorted(name for (name,) in writer.connection.execute("SELECT name FROM passages"))
        known, embedded = writer.metadata_of(names), writer.vectors_of(names)
    with contextlib.closing(vectors.VectorIndex(tmp_path / "plain")) as index:
        index.upsert(embedded, known)
    first = known.pop(names[0])
    with vectors.filling(tmp_path / "filled", [known]) as index:
        index.upsert(embedded, {names[0]: first})
    assert _kept(tmp_path / "filled") == _kept(tmp_path / "plain")
    assert len(_kept(tmp_path / "plain")["embedding_metadata"]) == 9 * len(names)


def _kept(folder: Path) -> dict[str, Any]:
    with contextlib.closing(sqlite3.connect(folder / vectors.DATABASE)) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        tables = {
            name: sorted(connection.execute(f'SELECT {ALIKE_IN.get(name, "*")} FROM "{name}"'), key=repr)
            for (name,) in names
        }
        ((schema,),) = connection.execute("SELECT schema_str FROM collections")
    return {**tables, "schema": json.loads(schema)}


def test_a_store_without_chroma_or_database_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "chroma").mkdir()
    with pytest.raises(AssistantError, match="assistant index"):
        care.verify(tmp_path)
