"""The Chroma side of the store. It is made from `passages.db` and can be made again from it at any time."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from ..errors import StoreDamaged
from ..types import Passage

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

    from ..types import Vector

FOLDER = "chroma"
COLLECTION = "passages"
DATABASE = "chroma.sqlite3"
CONFIGURATION = {"hnsw": {"space": "cosine", "ef_construction": 40, "ef_search": 200}}
"""Searching widely makes up for a graph made in haste (recall of the ten nearest among 100,000: .996)."""
PAGE = 16384
"""Bytes of a page of Chroma's SQLite file. It indexes whole nodes, which spill out of SQLite's usual 4,096: a page each."""
METADATA_INDICES = (
    "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'embedding_metadata' AND sql LIKE 'CREATE INDEX %'"
)
_opened = count()
BATCH = 2000  # Chroma refuses more than 5,461


Metadata = Mapping[str, str | int]
"""What Chroma keeps of a passage beside its vector."""


class VectorIndex:
    """The collection "passages": cosine, our vectors; LlamaIndex's ChromaVectorStore opens it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with _explained(self.folder):
            _prepare(folder / DATABASE)
            self._client = _client(folder)
            try:
                self._collection: Collection = self._client.get_or_create_collection(
                    COLLECTION,
                    embedding_function=None,
                    configuration=CONFIGURATION,  # type: ignore[arg-type]
                )
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()  # type: ignore[attr-defined]  # the class has it, its declared interface not

    def count(self) -> int:
        with _explained(self.folder):
            return self._collection.count()

    def ids(self) -> set[str]:
        with _explained(self.folder):
            return set(self._collection.get(include=[])["ids"])

    def query(self, vector: Vector, k: int) -> list[tuple[str, float]]:
        """Ids and cosines of the k nearest, best first."""
        with _explained(self.folder):
            found = self._collection.query(query_embeddings=[vector], n_results=k, include=["distances"])  # type: ignore[arg-type]
        distances = (found["distances"] or [[]])[0]
        return [(name, 1.0 - distance) for name, distance in zip(found["ids"][0], distances, strict=True)]

    def upsert(self, vectors: Mapping[str, Vector], known: Mapping[str, Metadata]) -> None:
        """At most `BATCH` vectors by the id of their passage, and what is known of them (or comes by `filling`)."""
        with _explained(self.folder):
            self._collection.upsert(
                ids=list(vectors),
                embeddings=np.stack(list(vectors.values())),
                metadatas=[known.get(name) for name in vectors],  # type: ignore[misc]
            )

    def delete(self, ids: Sequence[str]) -> None:
        with _explained(self.folder):
            for part in batches(ids):
                self._collection.delete(ids=list(part))

    def records(self, ids: Sequence[str]) -> dict[str, Metadata]:
        """What is kept beside the vectors."""
        with _explained(self.folder):
            found = self._collection.get(ids=list(ids), include=["metadatas"])
        return dict(zip(found["ids"], found["metadatas"] or (), strict=True))  # type: ignore[arg-type]

    def vectors(self, ids: Sequence[str]) -> dict[str, Vector]:
        with _explained(self.folder):
            found = self._collection.get(ids=list(ids), include=["embeddings"])
        return dict(zip(found["ids"], found["embeddings"], strict=True))  # type: ignore[arg-type]


def metadata(passage: Passage, text: str, title: str, published: str | None, language: str) -> Metadata:
    """What LlamaIndex's own `node_to_metadata_dict` writes for the same node, without loading LlamaIndex.

    The text is in the node: as a Chroma document it would get a trigram index, five times its size.
    """
    flat: dict[str, str | int] = {
        "title": title,
        "article": passage.article,
        "start": passage.start,
        "end": passage.end,
        "published": published or "",
        "language": language,
    }
    source = {"node_id": passage.article, "node_type": "4", "metadata": {}, "class_name": "RelatedNodeInfo"}
    node = {
        "id_": passage.id,
        "metadata": flat,
        "excluded_llm_metadata_keys": ["start", "end", "language"],
        "relationships": {"1": source},
        "text": text,
        "start_char_idx": passage.start,
        "end_char_idx": passage.end,
        "class_name": "TextNode",
    }
    content = json.dumps(node, ensure_ascii=False, separators=(",", ":"))
    return {**flat, "_node_content": content, "_node_type": "TextNode", "document_id": passage.article}


@contextlib.contextmanager
def filling(folder: Path, known: Iterable[Mapping[str, Metadata]]) -> Iterator[VectorIndex]:
    """An index to be filled from nothing with vectors; their metadata, batch by batch in `known`, follow at the end.

    Chroma hands each entry of the metadata to a thread of its own and sorts it into three indices: that takes longer
    than its graph. We write the same rows into its SQLite file at once, and have the indices made after.
    Our SQLite library is not Chroma's: while both have a file open, one undoes the locks of the other.
    """
    with contextlib.closing(VectorIndex(folder)) as index:
        yield index
    with _explained(folder), contextlib.closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
        indices = connection.execute(METADATA_INDICES).fetchall()
        for name, _ in indices:
            connection.execute(f'DROP INDEX "{name}"')
        connection.executemany(
            "INSERT INTO embedding_metadata (id, key, string_value, int_value) VALUES (?, ?, ?, ?)",
            _rows(dict(connection.execute("SELECT embedding_id, id FROM embeddings")), known),
        )
        for _, statement in indices:
            connection.execute(statement)


def _rows(
    numbers: Mapping[str, int], known: Iterable[Mapping[str, Metadata]]
) -> Iterator[tuple[int, str, str | None, int | None]]:
    """The metadata as Chroma's table has them: number of the passage, key, and the value where its type belongs."""
    for part in known:
        for name, entries in part.items():
            for key, value in entries.items():
                if isinstance(value, str):
                    yield numbers[name], key, value, None
                else:
                    yield numbers[name], key, None, value


def seal(folder: Path) -> str:
    """Sizes of Chroma's files and checksums of its graph, to be compared by `is_sealed`."""
    return json.dumps([_sizes(folder), _checksums(folder)])


def is_sealed(folder: Path, seal: str, contents: bool = True) -> bool:
    """Whether the files are those that were sealed; without `contents` by a stat each.

    Chroma reads its graph without checking it: one damaged byte can end the process. So nothing is opened unsealed.
    """
    if not seal or not folder.is_dir():
        return False
    try:
        sizes, checksums = json.loads(seal)
    except (TypeError, ValueError):  # the manifest is damaged
        return False
    return bool(_sizes(folder) == sizes and (not contents or _checksums(folder) == checksums))


@contextlib.contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Chroma raises its own errors, those of its Rust core and, for a broken folder, almost any other."""
    from chromadb.errors import ChromaError

    known = (
        ChromaError,
        sqlite3.Error,
        OSError,
        ValueError,
        RuntimeError,
        TypeError,
        KeyError,
        AttributeError,
    )
    try:
        yield
    except known as error:
        raise StoreDamaged(f"The vectors in {str(folder)!r} {_remedy(folder, error)}") from error


def _remedy(folder: Path, error: Exception) -> str:
    """What is wrong and what to do."""
    if folder.exists() and not os.access(folder, os.W_OK):
        return (
            "cannot be opened where nothing may be written: searches count in full, slower and as right. "
            "Give yourself the right to write there."
        )
    if re.search("disk I/O|disk is full|no space|too large", str(error), re.IGNORECASE):
        return (
            f"could not be read or written ({error}): is the disk full? "
            "Free some space and run `assistant index` again; the articles are stored."
        )
    return f"cannot be used ({error}). Run `assistant rebuild`: it makes them anew without the embedder."


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def _sizes(folder: Path) -> dict[str, int]:
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in _files(folder)}


def _checksums(folder: Path) -> dict[str, int]:
    """CRC-32 of the graph's files; the SQLite file beside them finds its own damage.

    Below a thousand vectors Chroma writes no graph (no pickle): it fills the files with whatever at each opening.
    """
    graphs = {path.parent for path in folder.glob("*/index_metadata.pickle")}
    graph = [path for path in _files(folder) if path.parent in graphs]
    return {path.relative_to(folder).as_posix(): _checksum(path) for path in graph}


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum = crc32(block, checksum)
    return checksum


def remove(folder: Path) -> None:
    """Remove a Chroma folder, or whatever lies in its place."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)


def _prepare(database: Path) -> None:
    """Make the file that Chroma will fill, where there is none, with pages of `PAGE` bytes."""
    if database.exists():
        return
    database.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE}")
        connection.execute("VACUUM")


def _client(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    # Chroma shares one client among all who spell a path alike, stale or not. Each of ours spells it in
    # its own way: the bits of a number, written as /./ and //.
    spelling = f"{next(_opened) % 2**20:b}".translate({ord("0"): "//", ord("1"): "/./"})
    settings = Settings(anonymized_telemetry=False, is_persistent=True)
    return chromadb.PersistentClient(f"{folder.absolute()}{spelling}", settings=settings)


def batches(values: Sequence[str]) -> Iterable[Sequence[str]]:
    """As many at a time as Chroma takes."""
    return (values[first : first + BATCH] for first in range(0, len(values), BATCH))
