"""Stand-ins for the parts that are slow or outside: real classes with the same behaviour, never mocks."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from assistant.types import ModelInfo

if TYPE_CHECKING:
    from assistant.types import Vector


class NamedModel:
    """What every ChatModel of the tests has besides its words."""

    def __init__(self, name: str, *, digest: str | None = None, parameters: float | None = None) -> None:
        self.name = name
        self._info = ModelInfo(name, digest, 4096, parameters)

    @property
    def info(self) -> ModelInfo:
        return self._info

    def preload(self) -> None:
        """There is nothing to load."""


class FakeEmbedder:
    """Embeds a text as the bag of its word stems, so that texts that share words rank first.

    A stem is the first five letters of a folded word. `embedded` lists every passage text it was given.
    """

    def __init__(self, dimension: int = 64, seed: int = 0, max_tokens: int = 512) -> None:
        self.name = f"fake-{dimension}-{seed}"
        self.fingerprint = f"fingerprint of {self.name}"
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.seed = seed
        self.embedded: list[str] = []

    def tokenize(self, text: str) -> list[int]:
        """One token a word or sign."""
        return [zlib.crc32(piece.encode()) for piece in re.findall(r"\w+|[^\w\s]", text)]

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        self.embedded.extend(texts)
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return np.stack([self._embed(text) for text in texts])

    def embed_query(self, text: str) -> Vector:
        return self._embed(text)

    def _embed(self, text: str) -> Vector:
        folded = unicodedata.normalize("NFKD", text.lower())
        vector = np.zeros(self.dimension, np.float32)
        for word in re.findall(r"[a-z0-9]+", folded.encode("ascii", "ignore").decode()):
            vector += self._stem(word[:5])
        norm = float(np.linalg.norm(vector))
        return vector / norm if norm else self._stem("")

    def _stem(self, stem: str) -> Vector:
        random = np.random.default_rng(zlib.crc32(f"{self.seed} {stem}".encode()))
        vector = random.standard_normal(self.dimension).astype(np.float32)
        return vector / np.float32(np.linalg.norm(vector))
