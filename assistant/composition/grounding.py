"""The prover of an answer: proves its sentences, and chooses the evidence that is shown before it."""

from __future__ import annotations

from collections.abc import Sequence

from ..proof.prover import Prover as SentenceProver
from ..types import Hit, Query, Quote
from .evidence import choose_evidence


class Prover(SentenceProver):
    """Chooses evidence and proves sentences against the hits of one question."""

    def evidence(self, query: Query, hits: Sequence[Hit], limit: int) -> list[Quote]:
        """The sentences that answer best, verbatim, best first, at most `limit`."""
        return choose_evidence(query, hits, limit)
