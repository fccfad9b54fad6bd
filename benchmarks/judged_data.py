"""Public question sets as corpora on disk, with an embedder that remembers its vectors between runs."""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.types import Embedder


@dataclass(frozen=True)
class Judged:
    """A question, the document that answers it, and the words of the answer."""

    id: str
    text: str
    language: str
    document: str
    answers: tuple[str, ...]


class RememberingEmbedder:
    """An `Embedder` that keeps every vector in a file, so that a benchmark embeds a text once."""

    def __init__(self, embedder: Embedder, file: Path) -> None:
        self.embedder = embedder
        self.name, self.fingerprint = embedder.name, embedder.fingerprint
        self.dimension, self.max_tokens = embedder.dimension, embedder.max_tokens
        self.tokenize = embedder.tokenize
        self._kept = sqlite3.connect(file, check_same_thread=False)
        self._kept.execute(
            "CREATE TABLE IF NOT EXISTS v (kind TEXT, digest BLOB, vector BLOB, PRIMARY KEY (kind, digest))"
        )

    def embed_passages(self, texts: Sequence[str]) -> Any:
        return self._all("d", texts, self.embedder.embed_passages)

    def embed_query(self, text: str) -> Any:
        return self._all(
            "q", [text], lambda missing: np.stack([self.embedder.embed_query(one) for one in missing])
        )[0]

    def _all(self, kind: str, texts: Sequence[str], embed: Any) -> Any:
        known = {text: self._read(kind, text) for text in texts}
        missing = [text for text, vector in known.items() if vector is None]
        if missing:
            for text, vector in zip(missing, embed(missing), strict=True):
                known[text] = vector
                self._kept.execute(
                    "INSERT OR REPLACE INTO v VALUES (?, ?, ?)",
                    (kind, _digest(text), vector.astype(np.float16).tobytes()),
                )
            self._kept.commit()
        if not texts:
            return embed([])
        vectors = np.stack([known[text] for text in texts]).astype(np.float32)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)

    def _read(self, kind: str, text: str) -> Any:
        row = self._kept.execute(
            "SELECT vector FROM v WHERE kind = ? AND digest = ?", (kind, _digest(text))
        ).fetchone()
        return None if row is None else np.frombuffer(row[0], np.float16).astype(np.float32)


def _digest(text: str) -> bytes:
    return hashlib.sha1(text.encode()).digest()


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def write_corpus(documents: Path, folder: Path, languages: Sequence[str]) -> int:
    """One Markdown article a document of these languages; gives their number. Names are `ID.md`."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for document in lines_of(documents):
        if document["lang"] in languages:
            head = {
                "title": document.get("title", ""),
                "language": document["lang"],
                "published": document.get("date"),
            }
            front = "\n".join(
                f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items() if value
            )
            (folder / f"{document['id']}.md").write_text(
                f"---\n{front}\n---\n\n{document['text']}\n", "utf-8"
            )
            count += 1
    return count


def judged(questions: Path, language: str, count: int, seed: int = 0) -> list[Judged]:
    """A seeded draw of the questions of one language."""
    found = sorted((q for q in lines_of(questions) if q["lang"] == language), key=lambda q: str(q["id"]))
    random.Random(seed).shuffle(found)
    return [
        Judged(q["id"], q["question"], language, f"{q['doc_ids'][0]}.md", tuple(q["answers"]))
        for q in found[:count]
    ]
