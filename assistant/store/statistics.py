"""How the passage vectors of each language lie in space: count, sum and sum of products, kept up as they change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..library import LanguageStatistics

if TYPE_CHECKING:
    from ..types import Vector

    Sums = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


class Moments:
    """Count, sum and sum of outer products of some vectors: what mean and covariance are made of."""

    def __init__(self, n: int, total: Sums, products: Sums) -> None:
        self.n, self.total, self.products = n, total, products

    @classmethod
    def none(cls, dimension: int) -> Moments:
        return cls(0, np.zeros(dimension), np.zeros((dimension, dimension)))

    @classmethod
    def unpacked(cls, n: int, total: bytes, products: bytes) -> Moments:
        sums = np.frombuffer(total).copy()
        return cls(n, sums, np.frombuffer(products).reshape(len(sums), len(sums)).copy())

    def shift(self, packed: Sequence[bytes], sign: int) -> None:
        """Count these vectors (`sign` 1), or count them no more (-1)."""
        vectors: Vector = np.frombuffer(b"".join(packed), np.float32).reshape(len(packed), -1)
        # float32 products, float64 sums: as fast as the machine multiplies
        self.n += sign * len(packed)
        self.total += sign * vectors.sum(axis=0, dtype=np.float64)
        self.products += sign * (vectors.T @ vectors)

    def described(self) -> LanguageStatistics:
        mean = self.total / self.n
        covariance = self.products / self.n - np.outer(mean, mean)
        return LanguageStatistics(self.n, mean.astype(np.float32), covariance.astype(np.float32))


def counted_anew(vectors: Iterable[tuple[str, bytes]], size: int = 4096) -> Moments | None:
    """Moments of (name, vector), slice by slice; None of no vector."""
    found: Moments | None = None
    part: list[bytes] = []
    for _, packed in vectors:
        found = found or Moments.none(len(packed) // 4)
        part.append(packed)
        if len(part) == size:
            found.shift(part, 1)
            part = []
    if found is not None and part:
        found.shift(part, 1)
    return found
