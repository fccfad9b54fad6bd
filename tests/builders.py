"""Small articles, hits and answers for the tests: what a test does not name has a plain value."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from assistant.reading.sentences import sentence_spans
from assistant.types import Answer, Article, Hit, Passage, Span


def make_article(
    text: str, name: str = "a.md", *, title: str = "Titre", language: str = "fr", **facts: Any
) -> Article:
    """An article whose sentences are found as reading finds them."""
    spans = tuple(sentence_spans(text, language))
    return Article(name, text, title, language, "0", sentences=spans, **facts)


def make_hit(
    text: str,
    *,
    rank: int = 1,
    article: str = "a.md",
    title: str = "Titre",
    language: str = "fr",
    published: date | None = date(2025, 1, 21),
    start: int = 0,
    **facts: Any,
) -> Hit:
    """A hit whose passage is `text`, found in `article` at `start`, by meaning and by words."""
    spans = tuple(Span(start + a, start + b) for a, b in sentence_spans(text, language))
    found = {"score": 1 / rank, "similarity": 0.9, "dense_rank": rank, "lexical_rank": rank}
    passage = Passage(f"{article}-{start}", article, start, start + len(text))
    return Hit(rank, passage, text, title, language, published, **{**found, "sentences": spans, **facts})


def make_hits(texts: Iterable[str], **facts: Any) -> list[Hit]:
    """English hits in this order, each in an article of its own: `1.md` and "Title 1" for the first."""
    return [
        make_hit(text, rank=rank, article=f"{rank}.md", title=f"Title {rank}", language="en", **facts)
        for rank, text in enumerate(texts, start=1)
    ]


def make_answer(question: str, text: str = "Oui.", *, language: str = "fr", **facts: Any) -> Answer:
    """An answer by verbatim evidence."""
    return Answer(question, language, text, **{"abstained": False, "mode": "evidence", **facts})
