"""A second look at the best hits by a cross-encoder, which reads question and passage together."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import EmbedderError
from ..types import Hit, Query, Quote, Retriever

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class RerankedRetriever:
    """A retriever whose first `depth` hits are put in the order of a cross-encoder.

    `model` is a folder or the hub name of a model that is on this machine, loaded at the first question;
    `device` "auto" takes a GPU where there is one. Raises `EmbedderError` where it cannot be loaded.
    """

    def __init__(
        self,
        retriever: Retriever,
        model: Path | str,
        *,
        depth: int = 20,
        device: str = "auto",
        batch_size: int = 16,
    ) -> None:
        self.retriever = retriever
        self.model = str(model)
        self.depth = depth
        self.device = device
        self.batch_size = batch_size
        self._lock = threading.Lock()
        self._loaded: CrossEncoder | None = None

    def retrieve(self, query: Query, top_k: int) -> list[Hit]:
        """At most `top_k` hits; `Hit.score` is the cross-encoder's."""
        hits = self.retriever.retrieve(query, max(top_k, self.depth))
        judged = hits[: self.depth]
        if not judged:
            return []
        scores = self._scores(query.search_text, [f"{hit.title}\n{hit.text}" for hit in judged])
        # what lies inside the asked period stays before what has no date
        order = sorted(range(len(judged)), key=lambda place: (_tier(judged[place]), -scores[place], place))
        ranked = [replace(judged[place], score=scores[place]) for place in order] + hits[self.depth :]
        return [replace(hit, rank=rank) for rank, hit in enumerate(ranked[:top_k], start=1)]

    def rank(self, question: str, quotes: Sequence[Quote]) -> list[Quote]:
        """Sentences in the order of the cross-encoder; those behind the first `depth` keep their places."""
        judged = quotes[: self.depth]
        if not judged:
            return []
        scores = self._scores(question, [quote.text for quote in judged])
        order = sorted(range(len(judged)), key=lambda place: (-scores[place], place))
        return [*(judged[place] for place in order), *quotes[self.depth :]]

    def _scores(self, question: str, texts: Sequence[str]) -> list[float]:
        pairs = [(question, text) for text in texts]
        with self._lock:
            self._loaded = self._loaded or self._load()
            found = self._loaded.predict(pairs, batch_size=self.batch_size, show_progress_bar=False)
        return [float(score) for score in found]

    def _load(self) -> CrossEncoder:
        from sentence_transformers import CrossEncoder

        device = None if self.device == "auto" else self.device
        try:
            loaded: CrossEncoder = CrossEncoder(
                self.model, device=device, trust_remote_code=False, local_files_only=True
            )
        except (OSError, ValueError) as error:
            raise EmbedderError(
                f"The reranker {self.model!r} could not be loaded ({str(error).splitlines()[0]}). "
                "Name the folder of a CrossEncoder in the setting search.reranker, or leave it out."
            ) from error
        return loaded


def _tier(hit: Hit) -> int:
    return {True: 0, None: 1, False: 2}[hit.in_period]
