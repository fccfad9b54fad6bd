"""The Chroma side of the store. It is made from `passages.db` and can be made again from it at any time."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from ..errors import StoreDamaged
from ..types import Passage
from .engine_files import checksum, files_below, out_of_room

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

    from ..types import Vector

FOLDER = "chroma"
PASSAGES, TITLES = KINDS = ("passages", "titles")
GROUPS = "groups"
CONFIGURATION = {"hnsw": {"space": "cosine", "ef_construction": 100, "ef_search": 200}}
_SETTINGS = crc32(json.dumps(CONFIGURATION, sort_keys=True).encode())
_opened = count()
BATCH = 2000  # Chroma refuses more than 5,461
LAYOUT = 1
"""Version of what is kept beside a vector."""


Metadata = Mapping[str, str | int]
"""What Chroma keeps of a passage beside its vector."""


class Chroma:
    """The collections of a store, `passages-L` and `titles-L` for each language L: cosine, and our vectors.

    LlamaIndex's ChromaVectorStore opens those of passages.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with _explained(self.folder):
            self._client = _client(folder)
            try:
                self._collections = {one.name: one for one in self._client.list_collections()}
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """Let go of the files."""
        self._client.close()  # type: ignore[attr-defined]  # the class has it, its declared interface not

    def names(self) -> list[str]:
        """Names of the collections that are there."""
        return sorted(self._collections)

    def count(self, collection: str) -> int:
        with _explained(self.folder):
            return self._collections[collection].count() if collection in self._collections else 0

    def ids(self, collection: str) -> set[str]:
        with _explained(self.folder):
            return set(self._collections[collection].get(include=[])["ids"])

    def query(self, collection: str, vector: Vector, k: int) -> list[tuple[str, float]]:
        """Ids and cosines of the k nearest, best first."""
        if collection not in self._collections:
            return []
        with _explained(self.folder):
            found = self._collections[collection].query(
                query_embeddings=[vector],  # type: ignore[arg-type]
                n_results=k,
                include=["distances"],
            )
        distances = (found["distances"] or [[]])[0]
        return [(name, 1.0 - distance) for name, distance in zip(found["ids"][0], distances, strict=True)]

    def upsert(self, collection: str, vectors: Mapping[str, Vector], known: Mapping[str, Metadata]) -> None:
        """At most `BATCH` vectors by id, and what is known of them."""
        with _explained(self.folder):
            if collection not in self._collections:
                self._collections[collection] = self._client.create_collection(
                    collection,
                    embedding_function=None,
                    configuration=CONFIGURATION,  # type: ignore[arg-type]
                )
            self._collections[collection].upsert(
                ids=list(vectors),
                embeddings=np.stack(list(vectors.values())),
                metadatas=[known.get(name) for name in vectors] if known else None,  # type: ignore[misc]
            )

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        """Of `ids` those that are there."""
        with _explained(self.folder):
            for part in batches(ids):
                there = self._collections[collection].get(ids=list(part), include=[])["ids"]
                if there:
                    self._collections[collection].delete(ids=there)

    def records(self, collection: str, ids: Sequence[str]) -> dict[str, tuple[Vector, Metadata]]:
        """Vector, and what is kept beside it, of `ids`."""
        with _explained(self.folder):
            found = self._collections[collection].get(ids=list(ids), include=["embeddings", "metadatas"])
        return {
            name: (vector, known or {})  # type: ignore[misc]
            for name, vector, known in zip(found["ids"], found["embeddings"], found["metadatas"], strict=True)  # type: ignore[arg-type]
        }


def collection(kind: str, language: str) -> str:
    """Name of the collection of that kind and language; anything but a plain code shares the one of the unknown."""
    return f"{kind}-{language if re.fullmatch(r'[a-z]{2,3}', language) else 'und'}"


def metadata(passage: Passage, text: str, title: str, published: str | None, language: str) -> Metadata:
    """What LlamaIndex's own `node_to_metadata_dict` writes for the same node, without loading LlamaIndex.

    The text is in the node: as a Chroma document it would get a trigram index, five times its size.
    """
    flat: dict[str, str | int] = {
        "title": title,
        "article": passage.article,
        "folder": passage.article.rpartition("/")[0],
        "start": passage.start,
        "end": passage.end,
        "language": language,
    }
    if published:  # the day as a number, 20250318: Chroma compares numbers alone
        flat["published"] = int(published.replace("-", ""))
    source = {"node_id": passage.article, "node_type": "4", "metadata": {}, "class_name": "RelatedNodeInfo"}
    node = {
        "id_": passage.id,
        "metadata": flat,
        "excluded_llm_metadata_keys": ["folder", "start", "end", "language"],
        "relationships": {"1": source},
        "text": text,
        "start_char_idx": passage.start,
        "end_char_idx": passage.end,
        "class_name": "TextNode",
    }
    content = json.dumps(node, ensure_ascii=False, separators=(",", ":"))
    return {**flat, "_node_content": content, "_node_type": "TextNode", "document_id": passage.article}


def made_with() -> str:
    """Version of Chroma, of its settings and of our records: collections of another one are made anew.

    Chroma changes a folder of an older version when it opens it, and refuses that of a newer one.
    """
    return f"{version('chromadb')}/{LAYOUT}/{_SETTINGS:08x}"


def file_checksums(folder: Path) -> str:
    """Sizes of Chroma's files and checksums of its graph, to be compared by `is_intact`."""
    return json.dumps([_sizes(folder), _checksums(folder)])


def is_intact(folder: Path, recorded: str, contents: bool = True) -> bool:
    """Whether the files are those that were sealed; without `contents` by a stat each.

    Chroma reads its graph without checking it: one damaged byte can end the process. So nothing is opened unsealed.
    """
    if not recorded or not folder.is_dir():
        return False
    try:
        sizes, checksums = json.loads(recorded)
    except (TypeError, ValueError):  # the manifest is damaged
        return False
    return bool(_sizes(folder) == sizes and (not contents or _checksums(folder) == checksums))


@contextlib.contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Chroma raises its own errors, those of its Rust core and, for a broken folder, almost any other."""
    from chromadb.errors import ChromaError

    known = (
        ChromaError,
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
    if out_of_room(error):
        return (
            f"could not be read or written ({error}): is the disk full? "
            "Free some space and run `assistant index` again; the articles are stored."
        )
    return f"cannot be used ({error}). Run `assistant rebuild`: it makes them anew without the embedder."


def _sizes(folder: Path) -> dict[str, int]:
    return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files_below(folder)}


def _checksums(folder: Path) -> dict[str, int]:
    """CRC-32 of the graph's files; the SQLite file beside them finds its own damage.

    Below a thousand vectors Chroma writes no graph (no pickle): it fills the files with whatever at each opening.
    """
    graphs = {path.parent for path in folder.glob("*/index_metadata.pickle")}
    graph = [path for path in files_below(folder) if path.parent in graphs]
    return {path.relative_to(folder).as_posix(): checksum(path) for path in graph}


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
