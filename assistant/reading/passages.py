"""An Article becomes Passages: whole sentences, filled up to what the embedder reads, never more.

LlamaIndex's `SentenceSplitter` does the splitting with our sentences and the embedder's own tokens; a remainder
that is too small is joined to, or balanced with, its neighbour.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import accumulate, pairwise
from typing import NamedTuple

from ..types import Article, Passage, Span
from .sentences import sentence_spans

Tokenize = Callable[[str], list[int]]


class _Unit(NamedTuple):
    """What is never parted: a sentence (or a piece of a very long one), a heading with what follows it."""

    start: int
    end: int
    tokens: int
    is_heading: bool


Range = tuple[int, int]
"""First unit and the one after the last."""


def split_passages(article: Article, tokenize: Tokenize, min_tokens: int, max_tokens: int) -> list[Passage]:
    """Passages of `article` in order, not overlapping: sentences of `min_tokens` to `max_tokens` tokens.

    A passage is below the minimum only where its neighbours leave no choice. A sentence above the maximum is
    cut between words, a word above it between characters. A new section begins a passage where the minimum
    allows. `tokenize` gives the embedder's tokens without special ones.
    """
    headings = {heading.start for heading in article.headings}
    spans = article.sentences or sentence_spans(article.text, article.language)
    pieces = (piece for span in spans for piece in _cut(article.text, span, tokenize, max_tokens, headings))
    units = list(_with_what_follows(pieces, max_tokens))
    if not units:
        return []
    total = [0, *accumulate(unit.tokens for unit in units)]
    ranges = [
        found
        for stretch in _stretches(units, total, min_tokens)
        for found in _greedy(article.text, units, stretch, max_tokens)
    ]
    passages = [
        Span(units[first].start, units[last - 1].end)
        for balanced in _balanced(ranges, total, min_tokens, max_tokens)
        for first, last in _fitting(balanced, article.text, units, total, tokenize, max_tokens)
    ]
    return list(_passages(article, passages))


def _cut(text: str, span: Span, tokenize: Tokenize, most: int, headings: Container[int]) -> Iterator[_Unit]:
    """Halve a span, at a space where there is one, until each part fits."""
    start, end = span
    tokens = len(tokenize(text[start:end]))
    if end - start <= 1 or tokens <= most:
        yield _Unit(start, end, tokens, start in headings)
        return
    middle = (start + end) // 2
    space = text.find(" ", middle, end)
    if space < 0:
        space = text.rfind(" ", start + 1, middle)
    left, right = (space, space + 1) if space > 0 else (middle, middle)
    for part_start, part_end in ((start, left), (right, end)):
        part = text[part_start:part_end]
        if part.strip():
            part_start += len(part) - len(part.lstrip())
            yield from _cut(text, Span(part_start, part_start + len(part.strip())), tokenize, most, headings)


def _with_what_follows(pieces: Iterable[_Unit], max_tokens: int) -> Iterator[_Unit]:
    """Units; a heading is one with the sentence below it where both fit."""
    heading: _Unit | None = None
    for piece in pieces:
        unit = piece
        if heading and heading.tokens + piece.tokens + 2 <= max_tokens:
            unit = _Unit(heading.start, piece.end, heading.tokens + piece.tokens, True)
        elif heading:
            yield heading
        heading = unit if piece.is_heading else None
        if not piece.is_heading:
            yield unit
    if heading:
        yield heading


def _stretches(units: Sequence[_Unit], total: Sequence[int], min_tokens: int) -> Iterator[Range]:
    """Runs of units: a heading begins one as soon as the run before it holds the minimum."""
    first = 0
    for place, unit in enumerate(units):
        if unit.is_heading and total[place] - total[first] >= min_tokens:
            yield first, place
            first = place
    yield first, len(units)


def _greedy(text: str, units: Sequence[_Unit], stretch: Range, max_tokens: int) -> Iterator[Range]:
    """Ranges of units that LlamaIndex's splitter puts together within a stretch."""
    from llama_index.core.node_parser import SentenceSplitter

    first, last = stretch
    starts = [unit.start for unit in units[first:last]]
    pieces = [text[start:end] for start, end in pairwise([*starts, units[last - 1].end])]
    tokens = dict(zip(pieces, (unit.tokens for unit in units[first:last]), strict=True))
    whole = text[units[first].start : units[last - 1].end]
    tokens[whole] = sum(unit.tokens for unit in units[first:last])
    splitter = SentenceSplitter(
        chunk_size=max_tokens,
        chunk_overlap=0,
        paragraph_separator="\x00",  # never in a clean text: our sentences respect paragraphs already
        chunking_tokenizer_fn=lambda _: pieces,
        tokenizer=lambda piece: range(tokens.get(piece, 0)),  # only its length is asked for
    )
    cursor = units[first].start
    for chunk in splitter.split_text(whole):
        cursor = text.index(chunk, cursor) + len(chunk)
        after = stretch[0] + bisect_left(starts, cursor)
        yield first, after
        first = after


def _balanced(ranges: Sequence[Range], total: Sequence[int], min_tokens: int, max_tokens: int) -> list[Range]:
    """Join a range that is too small to its neighbour, or share the units of both evenly."""
    balanced: list[Range] = []
    for first, last in ranges:
        before = balanced[-1] if balanced else None
        small = total[last] - total[first] < min_tokens
        if before and (small or total[before[1]] - total[before[0]] < min_tokens):
            balanced[-1:] = _shared(before[0], last, total, max_tokens)
        else:
            balanced.append((first, last))
    return balanced


def _shared(first: int, last: int, total: Sequence[int], max_tokens: int) -> list[Range]:
    """One range of units where they fit, else two of nearly the same size."""
    if total[last] - total[first] <= max_tokens:
        return [(first, last)]
    cuts = [
        cut
        for cut in range(first + 1, last)
        if total[cut] - total[first] <= max_tokens and total[last] - total[cut] <= max_tokens
    ]
    cut = min(cuts, key=lambda place: abs(2 * total[place] - total[first] - total[last]))
    return [(first, cut), (cut, last)]


def _fitting(
    found: Range, text: str, units: Sequence[_Unit], total: Sequence[int], tokenize: Tokenize, max_tokens: int
) -> Iterator[Range]:
    """The range, halved where its text has more tokens than its units have together."""
    first, last = found
    # Two more for each joint is more than any tokenizer adds; only the rest is worth counting again.
    near = total[last] - total[first] + 2 * (last - first) > max_tokens
    if (
        last - first < 2
        or not near
        or len(tokenize(text[units[first].start : units[last - 1].end])) <= max_tokens
    ):
        yield found
        return
    middle = (first + last) // 2
    for half in ((first, middle), (middle, last)):
        yield from _fitting(half, text, units, total, tokenize, max_tokens)


def _passages(article: Article, spans: Sequence[Span]) -> Iterator[Passage]:
    seen: Counter[str] = Counter()
    for start, end in spans:
        text = article.text[start:end]
        identity = f"{article.name}\0{text}\0{seen[text]}".encode()
        seen[text] += 1
        yield Passage(
            id=blake2b(identity, digest_size=16).hexdigest(),
            article=article.name,
            start=start,
            end=end,
            section=_section(article, start),
            page=_page(article, start),
        )


def _section(article: Article, position: int) -> str:
    path: list[tuple[int, str]] = []
    for start, end, level in article.headings:
        if start > position:
            break
        path = [heading for heading in path if heading[0] < level]
        path.append((level, article.text[start:end]))
    return " › ".join(title for _, title in path)


def _page(article: Article, position: int) -> int | None:
    if not article.pages:
        return None
    return max(1, bisect_right([page.start for page in article.pages], position))
