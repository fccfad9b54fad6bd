"""The nearest passages and titles: Chroma is asked; counting in full answers where Chroma cannot."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from itertools import islice, product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..errors import StoreDamaged, StoreLocked
from ..library import ALL
from . import lock
from .database import Database
from .vectors import FOLDER, KINDS, Chroma, collection, is_intact, made_with

if TYPE_CHECKING:
    from ..types import Filters, Vector

logger = logging.getLogger(__name__)
SPARE = 20  # asked of Chroma beyond k, for ids that were removed since
SLICE = 4096
FEW = 20_000
BROAD = 4
"""Where a filter admits less than one in `BROAD`, and at most `FEW`, these are counted in full: no slower than Chroma,
which would have to be asked for many times as many."""


def counted(vectors: Iterable[tuple[str, bytes]], question: Vector, k: int) -> list[tuple[str, float]]:
    """Names and cosines of the k nearest of all `vectors`, slice by slice, best first; ties by name.

    The way out while Chroma cannot be asked, and the oracle of its recall.
    """
    best: list[tuple[str, float]] = []
    rows = iter(vectors)
    while part := list(islice(rows, SLICE)):
        matrix = np.frombuffer(b"".join(packed for _, packed in part), np.float32)
        scores = (matrix.reshape(len(part), -1) @ question).tolist()
        best += zip((name for name, _ in part), scores, strict=True)
        best = sorted(best, key=lambda item: (-item[1], item[0]))[:k]
    return best


class DenseSearch:
    """What is nearest as `passages.db` knows it now, whatever state Chroma is in."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database
        self.failure: str | None = None
        self._chroma: Chroma | None = None
        self._generation = ""

    def close(self) -> None:
        if self._chroma is not None:
            self._chroma.close()
            self._chroma = None

    def search(
        self, kind: str, language: str, vector: Vector, k: int, filters: Filters, manifest: Mapping[str, str]
    ) -> list[tuple[str, float]]:
        """Names and cosines of the k nearest passages or titles of a language, best first; ties by name."""
        if k < 1 or filters.language not in (None, language):
            return []
        vector = np.asarray(vector, dtype=np.float32)
        one_in, few = 1, False
        if filters != ALL:
            admitted = self.database.count(kind, language, filters)
            one_in = -(-self.database.count(kind, language) // max(1, admitted))
            few = admitted <= FEW and one_in > BROAD
        chroma = self._open(manifest)
        if chroma is not None and not few:
            try:
                return self._asked(chroma, kind, language, vector, k, filters, one_in)
            except StoreDamaged as error:
                self._failed(str(error))
        return counted(self.database.packed(kind, language, filters), vector, k)

    def _asked(
        self, chroma: Chroma, kind: str, language: str, vector: Vector, k: int, filters: Filters, one_in: int
    ) -> list[tuple[str, float]]:
        """What Chroma finds, without what was removed, with what it has not taken up yet.

        Filtered afterwards, of `one_in` times as many: where Chroma filters itself it looks at every record.
        """
        waiting = min(k, self.database.pending_count(kind))
        if not waiting and filters == ALL:  # Chroma holds what `passages.db` holds
            found = dict(chroma.query(collection(kind, language), vector, k))
            return sorted(found.items(), key=lambda item: (-item[1], item[0]))
        asked = (k + SPARE + waiting) * one_in
        while True:
            found = dict(chroma.query(collection(kind, language), vector, asked))
            settled = self.database.settled(kind, language, list(found), filters)
            if len(settled) >= k or len(found) < asked:
                break
            asked *= 4
        best = [(name, found[name]) for name in settled]
        if waiting:
            best += counted(self.database.packed(kind, language, filters, pending=True), vector, k)
        return sorted(best, key=lambda item: (-item[1], item[0]))[:k]

    def state(self, manifest: Mapping[str, str]) -> str:
        """ "ready", or why searches are counted in full: slower, as right."""
        self._open(manifest)
        return self.failure or "ready"

    def _open(self, manifest: Mapping[str, str]) -> Chroma | None:
        """The collections where they can be trusted, else None.

        Once open they stay as they were, whatever another process writes: a snapshot that lacks only what is pending.
        They are not to be opened while they are written.
        """
        if self._chroma is not None and manifest.get("chroma_generation") == self._generation:
            return self._chroma
        if manifest.get("chroma") != "ready":
            self.close()
            self._generation = ""
            self.failure = "Chroma is being written, or `assistant index` was stopped: run it again"
        elif manifest["chroma_generation"] != self._generation:
            self.close()
            self.failure = None
            try:
                with lock.opening(self.folder):
                    self._load(self.database.manifest())
            except StoreLocked as error:
                self._failed(str(error))
        return self._chroma

    def _load(self, manifest: Mapping[str, str]) -> None:
        if manifest.get("chroma") != "ready":
            return  # being written: the files are not to be loaded now
        self._generation = manifest["chroma_generation"]
        folder = self.folder / FOLDER
        if manifest.get("chroma_made_with") != made_with():
            self._failed(
                f"{str(folder)!r} was made with another version of Chroma; `assistant index` makes it anew"
            )
            return
        if not is_intact(folder, manifest.get("chroma_seal", "")):
            self._failed(f"{str(folder)!r} is missing or damaged; `assistant rebuild` mends it")
            return
        try:
            self._chroma = Chroma(folder)
            self._probe(self._chroma, int(manifest.get("chroma_count", 0)))
        except StoreDamaged as error:
            self._failed(str(error))

    def _probe(self, chroma: Chroma, count: int) -> None:
        """Chroma counts from one file and searches in another: ask both.

        Each collection is loaded by that, before another process may write it.
        """
        held = sum(map(chroma.count, chroma.names()))
        if held != count:
            raise StoreDamaged(f"Chroma holds {held} vectors instead of {count}. Run `assistant rebuild`.")
        for kind, language in product(KINDS, self.database.languages()):
            for name, packed in islice(self.database.packed(kind, language), 1):
                found = chroma.query(collection(kind, language), np.frombuffer(packed, np.float32), 1)
                if not self.database.pending_count(kind) and (not found or found[0][1] < 0.999):
                    raise StoreDamaged(
                        f"Chroma does not find {name!r}, which it holds. Run `assistant rebuild`."
                    )

    def _failed(self, reason: str) -> None:
        self.failure = reason
        logger.warning("searching without Chroma: %s", reason)
        self.close()
