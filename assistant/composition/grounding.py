"""The prover of an answer: proves its sentences, and chooses the evidence that is shown before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..proof.prover import Prover as SentenceProver
from ..types import Hit, Query, Quote
from .evidence import Nearness, choose_evidence

if TYPE_CHECKING:
    from ..proof.fit import Fit
    from ..types import Vector


class Prover(SentenceProver):
    """Chooses evidence and proves sentences against the hits of one question.

    With an embedder, sentences are compared by meaning too, and across languages.
    """

    def __init__(
        self,
        similarity: Callable[[Sequence[str]], Vector] | None = None,
        fit: Fit | None = None,
        embed_question: Callable[[str], Vector] | None = None,
    ) -> None:
        super().__init__(similarity, fit)
        self._nearness: Nearness | None = None
        if embed_question is not None and (comparison := self._comparison) is not None:
            self._nearness = lambda question, texts: comparison.cosines(embed_question(question), texts)

    def evidence(self, query: Query, hits: Sequence[Hit], limit: int) -> list[Quote]:
        """The sentences that answer best, verbatim, best first, at most `limit`."""
        return choose_evidence(query, hits, limit, nearness=self._nearness)
