"""The prover of an answer: proves its sentences, and chooses the evidence that is shown before it."""

from __future__ import annotations

from collections.abc import Sequence

from ..proof.prover import Prover as SentenceProver
from ..proof.second_opinion import SecondOpinion
from ..proof.verifiers import Verifier
from ..types import Hit, Proof, Query, Quote
from .evidence import choose_evidence


class Prover(SentenceProver):
    """Chooses evidence and proves sentences against the hits of one question."""

    def evidence(self, query: Query, hits: Sequence[Hit], limit: int) -> list[Quote]:
        """The sentences that answer best, verbatim, best first, at most `limit`."""
        return choose_evidence(query, hits, limit)


class VerifiedProver(Prover):
    """The prover of an answer that asks a verifier about the sentences which it cannot decide itself."""

    def __init__(self, own: Prover, verifier: Verifier) -> None:
        super().__init__()
        self._opinion = SecondOpinion(own, verifier)

    def prove(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int] = (), question: str = ""
    ) -> Proof:
        return self._opinion.prove(sentence, hits, language, named, question)
