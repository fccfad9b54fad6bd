"""The passages that match words: the index of words is asked; `passages.db` answers where it cannot."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import StoreDamaged
from . import word_index
from .database import Database
from .word_index import FOLDER, WORDS, WordIndex

if TYPE_CHECKING:
    from ..types import Filters

logger = logging.getLogger(__name__)


class LexicalSearch:
    """What matches as `passages.db` knows it now, whatever state the index of words is in."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database
        self.failure: str | None = None
        self._indexes: dict[str, WordIndex] = {}
        self._generation = ""

    def close(self) -> None:
        self._indexes.clear()

    def search(
        self, stems: Sequence[str], k: int, language: str, filters: Filters, manifest: Mapping[str, str]
    ) -> list[tuple[str, float]]:
        """Ids and BM25 of the k best passages of a language that have one of `stems`, best first; ties by id."""
        if filters.language not in (None, language):
            return []
        if self._open(manifest):
            try:
                rows = self._indexes[name].search(stems, k, filters) if (name := self._name(language)) else []
                names = self.database.names([row for row, _ in rows])
                found = [(names[row], score) for row, score in rows if row in names]
                return sorted(found, key=lambda item: (-item[1], item[0]))
            except StoreDamaged as error:
                self._failed(str(error))
        return self.database.lexical(stems, k, language, filters)

    def frequencies(self, stems: Sequence[str], language: str, manifest: Mapping[str, str]) -> dict[str, int]:
        """How many passages of a language have each stem."""
        if self._open(manifest):
            try:
                name = self._name(language)
                return self._indexes[name].frequencies(stems) if name else dict.fromkeys(stems, 0)
            except StoreDamaged as error:
                self._failed(str(error))
        return self.database.document_frequency(stems, language)

    def state(self, manifest: Mapping[str, str]) -> str:
        """ "ready", or why words are searched in `passages.db`: slower, as right."""
        return "ready" if self._open(manifest) else self.failure or "not ready"

    def _name(self, language: str) -> str | None:
        name = word_index.index_name(language)
        return name if name in self._indexes else None

    def _open(self, manifest: Mapping[str, str]) -> bool:
        """Whether the indexes hold what `passages.db` holds and can be trusted."""
        if manifest.get("words_index") != "ready" or self.database.pending_count(WORDS):
            self.failure = (
                "the index of words is being written, or `assistant index` was stopped: run it again"
            )
            return False
        if manifest["words_generation"] != self._generation:
            self._generation = manifest["words_generation"]
            self._load(manifest)
        return self.failure is None

    def _load(self, manifest: Mapping[str, str]) -> None:
        folder = self.folder / FOLDER
        self.close()
        self.failure = None
        if manifest.get("words_made_with") != word_index.made_with():
            self._failed(f"{str(folder)!r} was made with another version; `assistant index` makes it anew")
            return
        if not word_index.is_intact(folder, manifest.get("words_seal", "")):
            self._failed(f"{str(folder)!r} is missing or damaged; `assistant rebuild` mends it")
            return
        try:
            self._indexes = {name: WordIndex(folder, name) for name in word_index.indexes(folder)}
        except StoreDamaged as error:
            self._failed(str(error))

    def _failed(self, reason: str) -> None:
        self.failure = reason
        logger.warning("searching words without their index: %s", reason)
        self.close()
