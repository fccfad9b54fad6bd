"""Dense and lexical search in each language of the store, scored into one list of hits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..reading.near_duplicates import holds
from ..types import Embedder, Hit, Query, Span
from .candidates import find_candidates
from .period import Dated, in_time
from .question import LONGEST
from .scoring import Candidate, ReciprocalRanks, Scorer, scorer_for

if TYPE_CHECKING:
    from ..library import Library, StoredPassage
    from ..types import Vector

WIDER = 4
"""With a period in the question this many times the candidates: most lie outside it."""
SLICE = 8
"""Ranked passages read at once, until there are enough hits."""


class HybridRetriever:
    """Finds passages by meaning, by words and by title, in every language of the store."""

    def __init__(
        self,
        store: Library,
        embedder: Embedder,
        *,
        candidates: int = 50,
        per_article: int = 3,
        context_characters: int = 1500,
        scorer: Scorer | ReciprocalRanks | None = None,
    ) -> None:
        self.store = store
        self.embedder = embedder
        self.candidates = candidates
        self.per_article = per_article
        self.context_characters = context_characters
        self.scorer = scorer or scorer_for(embedder)

    def retrieve(self, query: Query, top_k: int) -> list[Hit]:
        """At most `top_k` hits, best first: few of one article, one of near-duplicates that tell the same."""
        vector = self.embedder.embed_query(query.search_text[:LONGEST])
        found = {candidate.place.id: candidate for candidate in self.find(query, vector)}
        ranked = self._ranked(list(found.values()), query)
        kept = self._kept(ranked, found, top_k, timeless=query.time is None)
        return self._hits(kept, found, vector)

    def find(self, query: Query, vector: Vector) -> list[Candidate]:
        """The candidates for a question that was embedded as `vector`, with their features, in no order."""
        wider = WIDER if query.time is not None and query.time.kind == "filter" else 1
        return find_candidates(self.store, query, vector, self.scorer, self.candidates * wider)

    def _ranked(self, found: Sequence[Candidate], query: Query) -> list[Dated]:
        scores = self.scorer.scores(found, query.language)
        ranked = [
            Dated(candidate.place.id, scores[candidate.place.id], candidate.published) for candidate in found
        ]
        ranked.sort(key=lambda item: (-item.score, item.passage))
        return in_time(ranked, query.time, self.scorer.tolerance)

    def _kept(
        self, ranked: Sequence[Dated], found: Mapping[str, Candidate], top_k: int, timeless: bool
    ) -> list[tuple[Dated, StoredPassage]]:
        kept: list[tuple[Dated, StoredPassage]] = []
        best = {found[item.passage].place.article: item for item in reversed(ranked)} if timeless else {}
        for first in range(0, len(ranked), SLICE):
            part = ranked[first : first + SLICE]
            stored = self.store.passages([item.passage for item in part])
            for item in part:
                if len(kept) >= top_k:
                    return kept
                passage = stored.get(item.passage)
                if passage is None:
                    continue
                chosen = self._earliest(item, passage, best)
                if self._may_join(chosen[1], [one for _, one in kept]):
                    kept.append(chosen)
        return kept

    def _earliest(
        self, item: Dated, passage: StoredPassage, best: Mapping[str, Dated]
    ) -> tuple[Dated, StoredPassage]:
        """The best passage of the earliest near-duplicate instead, where it was found too and tells the same."""
        front = best.get(passage.group) if passage.group not in (None, passage.passage.article) else None
        earliest = self.store.passages([front.passage]).get(front.passage) if front else None
        if front is None or earliest is None or not holds(earliest.text, passage.text, passage.language):
            return item, passage
        return front._replace(score=item.score), earliest

    def _may_join(self, passage: StoredPassage, kept: Sequence[StoredPassage]) -> bool:
        """Not a near-duplicate of, nor overlapping, one that is kept, nor one too many of its article."""
        place = passage.passage
        same = [one.passage for one in kept if one.passage.article == place.article]
        others = [one for one in kept if one.passage.article != place.article]
        return (
            len(same) < self.per_article
            and not any(place.span.overlaps(one.span) for one in same)
            and not self._told_by(passage, others)
        )

    def _told_by(self, passage: StoredPassage, kept: Sequence[StoredPassage]) -> bool:
        """Whether a near-duplicate is kept that has every sentence of the passage; without one it tells more."""
        twins = {one.passage.article for one in kept if passage.group and one.group == passage.group}
        return any(holds(self.store.article(name).text, passage.text, passage.language) for name in twins)

    # ---------------------------------------------------------------- hits

    def _hits(
        self, kept: Sequence[tuple[Dated, StoredPassage]], found: Mapping[str, Candidate], vector: Vector
    ) -> list[Hit]:
        similarities = self.store.vectors([item.passage for item, _ in kept]) @ vector if kept else ()
        taken: dict[str, list[Span]] = {}
        for _, stored in kept:
            place = stored.passage
            taken.setdefault(place.article, []).append(Span(place.start, place.end))
        hits = []
        for rank, ((item, stored), similarity) in enumerate(zip(kept, similarities, strict=True), start=1):
            span, text, sentences = self._context(stored, taken[stored.passage.article])
            article = self.store.article(stored.passage.article)
            hits.append(
                Hit(
                    rank=rank,
                    passage=stored.passage,
                    text=stored.text,
                    title=stored.title,
                    language=stored.language,
                    published=stored.published,
                    published_origin=stored.published_origin,
                    publisher=stored.publisher,
                    url=stored.url,
                    digest=article.text_digest,
                    score=item.score,
                    similarity=float(similarity),
                    dense_rank=found[item.passage].dense_rank,
                    lexical_rank=found[item.passage].lexical_rank,
                    context=span,
                    context_text=text,
                    sentences=sentences,
                    also_in=stored.also_in,
                    flagged=span.clip(article.flagged),
                    in_period=item.in_period,
                )
            )
        return hits

    def _context(self, stored: StoredPassage, taken: list[Span]) -> tuple[Span, str, tuple[Span, ...]]:
        """The paragraphs around a passage, as far as no other hit's words reach; then they are taken."""
        own = stored.passage.span
        span, text, sentences = self.store.context(stored.passage.id, self.context_characters)
        others = [other for other in taken if other != own]
        start = max((other.end for other in others if other.end <= own.start), default=span.start)
        end = min((other.start for other in others if other.start >= own.end), default=span.end)
        kept = Span(max(span.start, start), min(span.end, end))
        taken.append(kept)
        return kept, text[kept.start - span.start : kept.end - span.start], kept.clip(sentences)
