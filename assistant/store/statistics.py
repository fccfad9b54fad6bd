"""How the passage vectors of each language lie in space: mean and covariance, counted slice by slice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..library import LanguageStatistics

if TYPE_CHECKING:
    from .database import Database

SLICE = 4096


def language_statistics(database: Database) -> dict[str, LanguageStatistics]:
    """Statistics of every language of the store; memory does not grow with it."""
    return {language: _of_one(database, language) for language in database.languages()}


def _of_one(database: Database, language: str) -> LanguageStatistics:
    rows = [row for row, _ in database.rows(language)]
    total = np.zeros(0)
    products = np.zeros((0, 0))
    for first in range(0, len(rows), SLICE):
        packed = [vector for *_, vector in database.names_and_vectors(rows[first : first + SLICE])]
        # float32 products, float64 sums: as fast as the machine multiplies, and the order of the slices does not show
        vectors = np.frombuffer(b"".join(packed), np.float32).reshape(len(packed), -1)
        if not total.size:
            total, products = np.zeros(vectors.shape[1]), np.zeros((vectors.shape[1], vectors.shape[1]))
        total += vectors.sum(axis=0, dtype=np.float64)
        products += vectors.T @ vectors
    mean = total / len(rows)
    covariance = products / len(rows) - np.outer(mean, mean)
    return LanguageStatistics(len(rows), mean.astype(np.float32), covariance.astype(np.float32))
