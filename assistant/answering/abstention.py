"""When not to answer: three gates, before, during and after the model has written."""

from __future__ import annotations

from collections.abc import Sequence

from ..types import Hit, Query, Quote, Sentence


class Gates:
    """Decide whether the sources answer a question at all."""

    def before(self, query: Query, hits: Sequence[Hit], quotes: Sequence[Quote]) -> bool:
        """True where nothing that was found can answer."""
        return not hits or not quotes

    def after(self, refused: bool, sentences: Sequence[Sentence]) -> bool:
        """True where the model itself said that the sources do not answer, and proved nothing else."""
        return refused and not any(sentence.verdict in ("supported", "partial") for sentence in sentences)
