"""Cards of sources, and the article they come from with the cited words marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from markupsafe import Markup

from ..types import Article, Json
from .markup import Layer, marked
from .templates import hit_of, render
from .texts import Texts

SHOWN_CHARACTERS = 120_000
"""A longer article is shown around the cited words only: a browser is slow with megabytes of text."""


def sources_html(citations: Sequence[Json], hits: Sequence[Json], texts: Texts) -> str:
    """The sources panel: a card `article.source[data-n]` for each citation, then the other passages found."""
    cited = [_source(citation, hit_of(citation, hits)) for citation in citations]
    quoted = {(source["article"], source.get("passage")) for source in cited}
    others = [
        {**hit, "text": without_planted(hit)}
        for hit in hits
        if (hit["article"], hit["passage"]) not in quoted
    ]
    return render("sources.html", cited=cited, others=others, texts=texts)


def _source(citation: Json, hit: Json) -> Json:
    return {**hit, **{key: value for key, value in citation.items() if value is not None}}


def without_planted(hit: Json) -> str:
    """The text of a hit without the orders planted in it: they are shown in the opened article alone, and marked."""
    text: str = hit["text"]
    for span in sorted(hit.get("orders") or (), key=lambda span: -span["start"]):
        start, end = max(span["start"] - hit["start"], 0), span["end"] - hit["start"]
        text = (
            f"{text[:start].rstrip()} […] {text[max(end, 0) :].lstrip()}"
            if end > 0 and start < len(text)
            else text
        )
    return text.strip()


def reader_html(article: Article, start: int, end: int, texts: Texts) -> str:
    """An article with `text[start:end]` in `mark.cited`."""
    first, last = _window(article.text, start, end)
    layers: list[Layer] = [
        (start, end, "cited"),
        *((span.start, span.end, "planted") for span in article.flagged),
    ]
    part = last - first < len(article.text)
    blocks = _blocks(article, first, last, layers)
    return render("reader.html", article=article, blocks=blocks, part=part, texts=texts)


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    """What is shown of a text: all of it, or what surrounds the cited words."""
    if len(text) <= SHOWN_CHARACTERS:
        return 0, len(text)
    margin = SHOWN_CHARACTERS // 2
    first, last = max(0, min(start, len(text)) - margin), min(len(text), start + margin)
    return text.rfind("\n", max(0, first - 2000), first) + 1 or first, max(last, min(end, last + margin))


def _blocks(article: Article, first: int, last: int, layers: Sequence[Layer]) -> Iterator[tuple[str, Markup]]:
    """Tags and contents of paragraphs and headings: together every word of `text[first:last]`."""
    levels = {(heading.start, heading.end): min(heading.level + 2, 6) for heading in article.headings}
    for start, end in pairwise(_edges(article, first, last)):
        if article.text[start:end].strip():
            tag = f"h{levels[start, end]}" if (start, end) in levels else "p"
            yield tag, marked(article.text, start, end, layers)


def _edges(article: Article, first: int, last: int) -> list[int]:
    edges = {first, last}
    for heading in article.headings:
        edges |= {heading.start, heading.end}
    position = article.text.find("\n\n", first, last)
    while position >= 0:
        edges |= {position, position + 2}
        position = article.text.find("\n\n", position + 2, last)
    return sorted(edge for edge in edges if first <= edge <= last)
