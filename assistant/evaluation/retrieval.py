"""Measures of the hits: what the search found, before any answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from ..answer_json import HitJson
from .questions import GoldSpan, Question
from .records import RecordJson

Share = tuple[float, float]
"""A question's (numerator, denominator) of a metric."""
DEPTH = 10
"""Hits that the retrieval metrics look at."""
SAME_WORDS = 0.8


def hit_names(question: Question, record: RecordJson) -> list[str]:
    """Articles of the hits, best first. A hit stands for a gold article that it shows as its near-duplicate;
    further hits of one article get names of their own, so that they hold their rank and count once."""
    names: list[str] = []
    for rank, hit in enumerate(record["hits"][:DEPTH], start=1):
        group = [hit["article"], *hit.get("also_in", [])]
        name = next((member for member in group if member in question.articles), hit["article"])
        names.append(name if name not in names else f"{name}#{rank}")
    return names


def ranked(
    pairs: Sequence[tuple[Question, RecordJson]], measures: Mapping[str, str]
) -> dict[str, dict[str, float]]:
    """Values of ir-measures by metric name, then question id; judged are articles, all equally relevant.

    `measures` maps metric names to ir-measures names. Questions without gold articles, or with no answer
    in the articles, are not measured.
    """
    import ir_measures

    judged = [(q, r) for q, r in pairs if q.articles and q.answerable is not False and "hits" in r]
    if not judged:
        return {}
    qrels = [ir_measures.Qrel(q.id, name, 1) for q, _ in judged for name in q.articles]
    run = [
        ir_measures.ScoredDoc(q.id, name, float(-rank))
        for q, record in judged
        for rank, name in enumerate(hit_names(q, record))
    ]
    parsed = {ir_measures.parse_measure(measure): name for name, measure in measures.items()}
    values: dict[str, dict[str, float]] = {name: {} for name in measures}
    for found in ir_measures.iter_calc(list(parsed), qrels, run):
        values[parsed[found.measure]][found.query_id] = float(found.value)
    return values


def overlap(start: int, end: int, other_start: int, other_end: int) -> int:
    return max(0, min(end, other_end) - max(start, other_start))


def _covered(span: GoldSpan, pieces: Iterable[HitJson]) -> int:
    """Characters of the span that lie in at least one of the pieces."""
    covered: set[int] = set()
    for piece in pieces:
        covered.update(range(max(span.start, piece["start"]), min(span.end, piece["end"])))
    return len(covered)


def span_recall(question: Question, record: RecordJson) -> Share | None:
    """Share of the gold spans' characters that lie in a hit: Σ |span ∩ hits| / Σ |span|; mean."""
    if not question.spans or "hits" not in record:
        return None
    hits = record["hits"][:DEPTH]
    covered = sum(_covered(s, (h for h in hits if h["article"] == s.article)) for s in question.spans)
    return covered / sum(span.end - span.start for span in question.spans), 1


def duplicate_share(question: Question, record: RecordJson) -> Share | None:
    """Share of hits that repeat an earlier one: |A ∩ B| / |A ∪ B| ≥ 0.8 of their words."""
    hits = record.get("hits", [])[:DEPTH]
    if not hits:
        return None
    words = [frozenset(hit["text"].lower().split()) for hit in hits]
    repeats = sum(any(_alike(words[i], words[j]) for j in range(i)) for i in range(1, len(words)))
    return repeats / len(hits), 1


def _alike(first: frozenset[str], second: frozenset[str]) -> bool:
    return len(first & second) >= SAME_WORDS * max(1, len(first | second))


def _arm(question: Question, record: RecordJson, arm: Literal["dense_rank", "lexical_rank"]) -> Share | None:
    if not question.articles or question.answerable is False or "hits" not in record:
        return None
    gold = [
        h for h in record["hits"][:DEPTH] if {h["article"], *h.get("also_in", [])} & set(question.articles)
    ]
    ranks = [rank for hit in gold if (rank := hit[arm]) is not None]
    return (1 / min(ranks) if ranks else 0.0), 1


def dense_mrr(question: Question, record: RecordJson) -> Share | None:
    """What the search by meaning gives on its own: 1 / its best rank of a gold hit, 0 where it found none."""
    return _arm(question, record, "dense_rank")


def lexical_mrr(question: Question, record: RecordJson) -> Share | None:
    """What the search by words gives on its own: 1 / its best rank of a gold hit, 0 where it found none."""
    return _arm(question, record, "lexical_rank")
