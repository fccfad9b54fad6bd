"""The opened article: its words with the cited places marked, its lists and tables drawn as such."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from markupsafe import Markup

from ..types import Article, Span
from .markup import Layer, marked
from .templates import render
from .texts import Texts

SHOWN_CHARACTERS = 120_000
"""A longer article is shown around the cited words only: a browser is slow with megabytes of text."""
_BULLET = re.compile(r"[ \t]{0,20}[-*•‣][ \t]{1,20}(?=\S)")
_NUMBER = re.compile(r"[ \t]{0,20}\d{1,3}[.)][ \t]{1,20}(?=\S)")
_BAR = re.compile(r" \| ")
_ITEM = {"ul": _BULLET, "ol": _NUMBER}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list or table: `rows` are its lines, each a sequence of cells."""

    tag: str
    rows: tuple[tuple[Markup, ...], ...]
    page: int | None = None
    """The page that begins with it."""


def reader_html(
    article: Article,
    shown: Span,
    texts: Texts,
    others: Sequence[Span] = (),
    digest: str = "",
    has_file: bool = False,
) -> Markup:
    """An article with the words of `shown` in `mark.cited` and those of the other places in `mark.also`.

    `digest` is of the text that was quoted: where the article has another by now, it says so and marks nothing.
    `has_file`: its file can be had.
    """
    changed = bool(digest) and digest != article.text_digest
    if changed:
        shown, others = Span(0, 0), ()
    first, last = _window(article.text, *shown)
    layers: list[Layer] = [
        (*shown, "cited"),
        *((*other, "also") for other in others if other != shown),
        *((*span, "planted") for span in article.flagged),
    ]
    headline = _headline(article) if first == 0 else 0
    return render(
        "reader.html",
        article=article,
        title=marked(article.text, 0, headline, layers) if headline else article.title,
        blocks=_blocks(article, first, last, headline, layers),
        page=_page(article, shown.start) if shown.end > shown.start else None,
        changed=changed,
        has_file=has_file,
        part=last - first < len(article.text),
        texts=texts,
    )


def _page(article: Article, position: int) -> int | None:
    """The page that holds a position; None for formats without pages."""
    return next((n for n, page in enumerate(article.pages, 1) if page.start <= position < page.end), None)


def _window(text: str, start: int, end: int) -> tuple[int, int]:
    """What is shown of a text: all of it, or what surrounds the cited words."""
    if len(text) <= SHOWN_CHARACTERS:
        return 0, len(text)
    margin = SHOWN_CHARACTERS // 2
    first, last = max(0, min(start, len(text)) - margin), min(len(text), start + margin)
    return text.rfind("\n", max(0, first - 2000), first) + 1 or first, max(last, min(end, last + margin))


def _headline(article: Article) -> int:
    """Where the first line ends if it is the title, which stands over the text; else 0."""
    line = article.text.partition("\n")[0]
    return len(line) if line.strip().casefold() == article.title.strip().casefold() else 0


def _blocks(
    article: Article, first: int, last: int, headline: int, layers: Sequence[Layer]
) -> Iterator[Block]:
    """Paragraphs, headings, lists and tables: together every word of `text[first:last]` after the headline."""
    text = article.text
    levels = {(heading.start, heading.end): min(heading.level + 2, 6) for heading in article.headings}
    pages = [(page.start, n) for n, page in enumerate(article.pages, 1) if page.start >= first]
    for start, end in pairwise(_edges(article, max(first, headline), last)):
        if not text[start:end].strip():
            continue
        begun = None
        while pages and pages[0][0] <= start:
            begun = pages.pop(0)[1]
        if (start, end) in levels:
            yield Block(f"h{levels[start, end]}", ((marked(text, start, end, layers),),), begun)
            continue
        for tag, lines in _runs(text, start, end):
            if tag == "p":
                yield Block(tag, ((marked(text, lines[0][0], lines[-1][1], layers),),), begun)
            else:
                rows = (tuple(_cells(text, tag, *line, layers)) for line in lines)
                yield Block(tag, tuple(rows), begun)
            begun = None


def _runs(text: str, start: int, end: int) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Runs of lines that belong to one paragraph, list or table; a single line with bars is no table."""
    for tag, group in groupby(_lines(text, start, end), lambda line: _kind(text, *line)):
        lines = list(group)
        yield ("p" if tag == "table" and len(lines) == 1 else tag), lines


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of the lines of `text[start:end]` that have words, without their line ends."""
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        if text[start:stop].strip():
            yield start, stop
        start = stop + 1


def _kind(text: str, start: int, end: int) -> str:
    """The tag that a line belongs to."""
    for tag, marker in _ITEM.items():
        if marker.match(text, start, end):
            return tag
    return "table" if _BAR.search(text, start, end) else "p"


def _cells(text: str, tag: str, start: int, end: int, layers: Sequence[Layer]) -> Iterator[Markup]:
    """The cells of a line. What the drawing stands for (a bullet, a bar) is there to be copied, but not seen."""

    def unseen(first: int, last: int) -> Markup:
        return Markup('<span class="sr">{}</span>').format(marked(text, first, last, layers))

    bullet = _BULLET.match(text, start, end) if tag == "ul" else None
    before = unseen(start, bullet.end()) if bullet else Markup()
    start = bullet.end() if bullet else start
    for bar in _BAR.finditer(text, start, end) if tag == "table" else ():
        yield before + marked(text, start, bar.start(), layers)
        before, start = unseen(*bar.span()), bar.end()
    yield before + marked(text, start, end, layers)


def _edges(article: Article, first: int, last: int) -> list[int]:
    edges = {first, last}
    for heading in article.headings:
        edges |= {heading.start, heading.end}
    position = article.text.find("\n\n", first, last)
    while position >= 0:
        edges |= {position, position + 2}
        position = article.text.find("\n\n", position + 2, last)
    return sorted(edge for edge in edges if first <= edge <= last)
