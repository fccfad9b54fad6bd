"""Passages with what stands around them: their words, their sentences, the paragraphs before and after."""

from __future__ import annotations

import re

from ..library import StoredPassage
from ..types import Article, Passage, Span


def described(
    article: Article, passage: Passage, position: int, group: str | None, also_in: tuple[str, ...]
) -> StoredPassage:
    """A passage with its words and what is known of its article."""
    span = passage.span
    return StoredPassage(
        passage=passage,
        text=article.text[span.start : span.end],
        title=article.title,
        language=article.language,
        position=position,
        published=article.published,
        published_origin=article.origins.get("published"),
        publisher=article.publisher,
        url=article.url,
        sentences=span.clip(article.sentences),
        flagged=tuple(filter(span.overlaps, article.flagged)),
        group=group,
        also_in=also_in,
    )


def widen(text: str, span: Span, max_characters: int) -> Span:
    """Take in whole paragraphs before and after `span`, in turn, while the whole has at most `max_characters`."""
    start, end = span
    grown = True
    while grown:
        grown = False
        before = _paragraph_before(text, start)
        if before < start and end - before <= max_characters:
            start, grown = before, True
        after = _paragraph_after(text, end)
        if after > end and after - start <= max_characters:
            end, grown = after, True
    return Span(start, end)


def _paragraph_before(text: str, position: int) -> int:
    """Start of the paragraph that ends before, or holds, `position`."""
    head = text[:position].rstrip()
    found = head.rfind("\n")
    start = found + 1
    return start + len(head[start:]) - len(head[start:].lstrip()) if head else position


def _paragraph_after(text: str, position: int) -> int:
    """End of the paragraph that starts after, or holds, `position`."""
    match = re.compile(r"\s*[^\n]*").match(text, position)
    end = match.end() if match else position
    return position + len(text[position:end].rstrip())
