"""Dense search: Chroma for the whole store, exact counting for one language and wherever Chroma cannot answer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import StoreDamaged
from . import lock
from .database import Database
from .vectors import FOLDER, VectorIndex, is_sealed

if TYPE_CHECKING:
    from ..types import Vector

logger = logging.getLogger(__name__)
SPARE = 20  # asked of Chroma beyond k, for ids that were removed since


class DenseSearch:
    """The nearest passages as `passages.db` knows them now, whatever state Chroma is in."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database
        self.failure: str | None = None
        self._index: VectorIndex | None = None
        self._generation = ""
        self._matrices: dict[str | None, Matrix] = {}
        self._titles: dict[str, Titles] = {}
        self._seen = -1
        self._pending: list[str] = []

    def close(self) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None

    def search(
        self, vector: Vector, k: int, language: str | None, manifest: Mapping[str, str]
    ) -> list[tuple[str, float]]:
        """Ids and cosines of the k nearest, best first; ties by id."""
        vector = np.asarray(vector, dtype=np.float32)
        if language is None:
            index = self._chroma(manifest)
            if index is not None:
                try:
                    return self._approximate(index, vector, k)
                except StoreDamaged as error:
                    self._failed(str(error))
        return self._exact(vector, k, language)

    def titles(self, vector: Vector, language: str) -> dict[str, float]:
        """Cosine between `vector` and the title of each article of a language, by article name."""
        return self._titles.setdefault(language, Titles()).similarities(self.database, language, vector)

    def state(self, manifest: Mapping[str, str]) -> str:
        """ "ready", or why searches are counted in full: slower, as right."""
        return self.failure or manifest.get("chroma", "missing")

    # ---------------------------------------------------------------- Chroma

    def _chroma(self, manifest: Mapping[str, str]) -> VectorIndex | None:
        """The open index where it can be trusted, else None."""
        generation = manifest.get("chroma_generation", "")
        if generation != self._generation:
            self.close()
            self.failure = None
            if manifest.get("chroma") == "ready":
                with lock.opening(self.folder):
                    self._open(self.database.manifest())
        return self._index

    def _open(self, manifest: Mapping[str, str]) -> None:
        if manifest.get("chroma") != "ready":
            return  # being written: the files are not to be loaded now
        self._generation = manifest.get("chroma_generation", "")
        folder = self.folder / FOLDER
        if not is_sealed(folder, manifest.get("chroma_seal", "")):
            self._failed(f"{str(folder)!r} is missing or damaged; `assistant rebuild` mends it")
            return
        try:
            self._index = VectorIndex(folder)
            self._probe(self._index, int(manifest.get("chroma_count", 0)))
        except StoreDamaged as error:
            self._failed(str(error))

    def _probe(self, index: VectorIndex, count: int) -> None:
        """Chroma counts from one file and searches in another: ask both."""
        if index.count() != count:
            raise StoreDamaged(
                f"Chroma holds {index.count()} passages instead of {count}. Run `assistant rebuild`."
            )
        rows = self.database.rows()
        for row in {rows[0], rows[-1]} if rows else ():
            for _, name, packed in self.database.names_and_vectors([row[0]]):
                found = index.query(np.frombuffer(packed, np.float32), 1)
                if name not in self.pending() and (not found or found[0][1] < 0.999):
                    raise StoreDamaged(
                        "Chroma does not find a passage that it holds. Run `assistant rebuild`."
                    )

    def _failed(self, reason: str) -> None:
        self.failure = reason
        logger.warning("searching without Chroma: %s", reason)
        self.close()

    def _approximate(self, index: VectorIndex, vector: Vector, k: int) -> list[tuple[str, float]]:
        """What Chroma finds, without what was removed, with what it has not taken up yet."""
        pending = set(self.pending())
        found = dict(index.query(vector, k + SPARE + min(len(pending), k)))
        alive = self.database.present([name for name in found if name not in pending])
        scores = {name: found[name] for name in alive}
        for name, packed in self.database.vectors(list(pending)).items():
            scores[name] = float(np.frombuffer(packed, np.float32) @ vector)
        return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:k]

    def pending(self) -> list[str]:
        return self.database.pending()

    # ---------------------------------------------------------------- exact

    def _exact(self, vector: Vector, k: int, language: str | None) -> list[tuple[str, float]]:
        matrix = self._matrices.setdefault(language, Matrix())
        matrix.follow(self.database, language)
        return matrix.nearest(vector, k)


class Titles:
    """The vectors of the titles of one language, in memory."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.vectors: Vector = np.zeros((0, 0), np.float32)
        self._version = -1

    def similarities(self, database: Database, language: str, vector: Vector) -> dict[str, float]:
        version = database.data_version()
        if version != self._version:
            rows = database.titles(language)
            self.names = [name for name, _ in rows]
            self.vectors = np.frombuffer(b"".join(packed for _, packed in rows), np.float32)
            self.vectors = self.vectors.reshape(len(rows), -1) if rows else self.vectors
            self._version = version
        if not self.names:
            return {}
        return dict(zip(self.names, (self.vectors @ vector).tolist(), strict=True))


class Matrix:
    """The vectors of a language, or of the whole store, in memory; follows the database row by row."""

    def __init__(self) -> None:
        self.rows = np.zeros(0, np.int64)
        self.names: list[str] = []
        self.vectors: Vector = np.zeros((0, 0), np.float32)
        self._version = -1
        self._known: list[tuple[int, int]] = []

    def follow(self, database: Database, language: str | None) -> None:
        version = database.data_version()
        if version == self._version:
            return
        # A passage whose vector changes gets a new row, so rows alone tell what is new.
        wanted = [row for row, _ in database.rows(language)]
        have = {int(row): place for place, row in enumerate(self.rows)}
        fresh = list(database.names_and_vectors([row for row in wanted if row not in have]))
        kept = [have[row] for row in wanted if row in have]
        dimension = len(fresh[0][2]) // 4 if fresh else self.vectors.shape[1]
        parts = [self.vectors[kept]] if kept else []
        if fresh:
            parts.append(
                np.frombuffer(b"".join(packed for *_, packed in fresh), np.float32).reshape(-1, dimension)
            )
        self.vectors = np.concatenate(parts) if parts else np.zeros((0, dimension), np.float32)
        self.names = [self.names[place] for place in kept] + [name for _, name, _ in fresh]
        self.rows = np.array([int(self.rows[place]) for place in kept] + [row for row, *_ in fresh], np.int64)
        self._version = version

    def nearest(self, vector: Vector, k: int) -> list[tuple[str, float]]:
        if not self.names:
            return []
        scores = self.vectors @ vector
        best = (
            np.argpartition(-scores, min(k, len(scores)) - 1)[:k]
            if k < len(scores)
            else np.arange(len(scores))
        )
        return sorted(
            ((self.names[place], float(scores[place])) for place in best),
            key=lambda item: (-item[1], item[0]),
        )
