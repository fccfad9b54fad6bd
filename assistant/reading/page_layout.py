"""Lines of text with their places on a page become blocks in reading order: columns, paragraphs, headings.

Coordinates are points, the origin is the page's lower left corner.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from statistics import median
from typing import NamedTuple

from ..language.reading_pack import number_words, words_of
from .drafts import Block

HYPHEN = "\ufffe"
"""Stands at the end of a line for a hyphen that may only be there because the line ends."""
WIDE_GAP = 1.8
"""Times the size of the letters: a wider gap parts columns or the cells of a table."""
OVERLAP = 0.3
"""Times the size of the letters: pieces that overlap more are no parts of one word."""
SHORTEST_COLUMN = 18
"""Letters in the line of a column in which its median letter stands; cells of a table are shorter."""

MOST_EDGES = 4
"""Left edges of lines, the most frequent ones, that may be that of a column; indents and lists of references are others."""


class Line(NamedTuple):
    """A run of letters on one line."""

    text: str
    left: float
    bottom: float
    right: float
    top: float
    turned: bool = False
    """Whether it is written in another direction than most of its page, as what stands at a margin."""

    @property
    def size(self) -> float:
        return self.top - self.bottom

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


Page = Sequence[Line]


def page_blocks(pages: Sequence[Page]) -> list[Block]:
    """Blocks of all pages in reading order."""
    body = body_size(pages)
    larger = sorted(
        {round(line.size) for page in pages for line in page if _larger(line, body)}, reverse=True
    )
    blocks: list[Block] = []
    for number, page in enumerate(pages, start=1):
        for region in regions(page):
            for lines in paragraphs(rows(region)):
                level = (
                    1 + sum(size > lines[0].size + 0.5 for size in larger) if _is_heading(lines, body) else 0
                )
                text = joined(line.text for line in lines)
                blocks.append(Block(text, min(level, 6), number, _continues(blocks, text, level)))
    return with_hyphens(blocks)


def body_size(pages: Sequence[Page]) -> float:
    """Size of most letters."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _larger(line: Line, body: float) -> bool:
    return line.size > 1.12 * body and round(line.size) > round(body)


def _is_heading(lines: Sequence[Line], body: float) -> bool:
    return (
        all(_larger(line, body) and not line.turned for line in lines)
        and len(lines) <= 4
        and any(map(str.isalpha, lines[0].text))
    )


def _continues(blocks: Sequence[Block], text: str, level: int) -> bool:
    """Whether a paragraph goes on with the one before it, which a column or page cut."""
    if not blocks or level or blocks[-1].level:
        return False
    before = blocks[-1].text.rstrip()
    return before.endswith(HYPHEN) or (text[:1].islower() and before[-1:] not in ".!?…:;")


# --------------------------------------------------------------------------- columns


def regions(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Parts of a page to be read one after the other: columns, and what spans them."""
    ordered = sorted(_table_rows(lines), key=lambda line: (-line.middle, line.left))
    gutter = _gutter(ordered)
    if gutter is None:
        if ordered:
            yield ordered
        return
    band: list[Line] = []
    spanning: list[Line] = []
    for line in ordered:
        if line.left < gutter - 1 < line.right - 2:
            yield from _columns(band, gutter)
            band = []
            spanning.append(line)
        else:
            if spanning:
                yield spanning
                spanning = []
            band.append(line)
    yield from _columns(band, gutter)
    if spanning:
        yield spanning


def _columns(band: Sequence[Line], gutter: float) -> Iterator[list[Line]]:
    for column in (
        [line for line in band if line.left < gutter - 1],
        [line for line in band if line.left >= gutter - 1],
    ):
        if column:
            yield from regions(column)


def _gutter(lines: Sequence[Line]) -> float | None:
    """Left edge of a right-hand column of prose; None where the page has one column."""
    if len(lines) < 8:
        return None
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    width = right - left
    starts = Counter(round(line.left) for line in lines if 0.2 * width < line.left - left < 0.8 * width)
    likely = [start for start, count in starts.most_common(MOST_EDGES) if count >= 4]
    across = {start: _across(lines, start - 1.0, width) for start in likely}
    found = [(number, start) for start, number in across.items() if number is not None]
    return float(min(found)[1]) if found else None


def _across(lines: Sequence[Line], x: float, width: float) -> int | None:
    """How many lines cross `x`, where it parts two columns of running text: of some height, with wide lines; else None."""
    before = [line for line in lines if line.right <= x]
    after = [line for line in lines if line.left >= x]
    across = len(lines) - len(before) - len(after)
    if min(len(before), len(after)) < 4 or across > 0.4 * len(lines):
        return None
    space = x - _usual(before, lambda line: line.right)
    letters = min(_usual(side, lambda line: len(line.text)) for side in (before, after))
    return across if letters >= SHORTEST_COLUMN and space < 0.3 * width else None


def _usual(lines: Sequence[Line], measure: Callable[[Line], float]) -> float:
    """The median of a measure over the letters of lines: the labels of a drawing do not outweigh the prose below it."""
    ordered = sorted(lines, key=measure)
    reached = accumulate(len(line.text) for line in ordered)
    half = sum(len(line.text) for line in lines) / 2
    return measure(next(line for line, letters in zip(ordered, reached, strict=True) if letters >= half))


# --------------------------------------------------------------------------- rows and paragraphs


def rows(region: Iterable[Line]) -> list[Line]:
    """Lines of a region from top to bottom, those on one height joined, table cells parted by " | "."""
    return [_row(row) for row in by_height(region)]


def _table_rows(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, those of a table's row joined: three or more short ones on one height."""
    for row in by_height(lines):
        is_table = len(row) > 2 and median(len(piece.text) for piece in row) < SHORTEST_COLUMN
        yield from [_row(row)] if is_table else row


def by_height(region: Iterable[Line]) -> list[list[Line]]:
    """Lines on one height together, from left to right, the highest first."""
    joined_rows: list[list[Line]] = []
    for line in sorted(region, key=lambda line: -line.middle):
        if joined_rows and abs(joined_rows[-1][0].middle - line.middle) < 0.4 * min(
            line.size, joined_rows[-1][0].size
        ):
            joined_rows[-1].append(line)
        else:
            joined_rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in joined_rows]


def _row(pieces: Sequence[Line]) -> Line:
    text = pieces[0].text
    for before, piece in pairwise(pieces):
        gap = piece.left - before.right
        apart = gap > 0.1 * piece.size or gap < -OVERLAP * piece.size
        text += (" | " if gap > WIDE_GAP * piece.size else " " if apart else "") + piece.text
    longest = max(pieces, key=lambda piece: len(piece.text))
    return longest._replace(text=text, left=pieces[0].left, right=max(piece.right for piece in pieces))


_BULLET = re.compile(r"\s{0,20}(?:[-•–—▪◦●*]|\d{1,2}[.)])\s")


def paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Runs of lines that make a paragraph, by gaps, indents, short last lines and sizes."""
    if not lines:
        return
    pitch = median([above.middle - below.middle for above, below in pairwise(lines)] or [0.0])
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    paragraph = [lines[0]]
    for above, line in pairwise(lines):
        if _begins(above, line, pitch, left, right):
            yield paragraph
            paragraph = []
        paragraph.append(line)
    yield paragraph


def _begins(above: Line, line: Line, pitch: float, left: float, right: float) -> bool:
    """Whether `line` begins a paragraph below `above`."""
    gap = above.middle - line.middle
    if gap > 1.3 * max(pitch, 1.1 * line.size) or abs(above.size - line.size) > 0.12 * line.size:
        return True
    if _BULLET.match(line.text) or (" | " in line.text) != (" | " in above.text):
        return True
    indented = line.left - left > 0.7 * line.size and above.left - left < 0.4 * line.size
    if " | " in line.text:
        return False
    ended = above.text.rstrip()[-1:] in '.!?…:»”"' and above.right < right - 0.12 * (right - left)
    return ended or (indented and above.text.rstrip()[-1:] in '.!?…:»”"')


def joined(texts: Iterable[str]) -> str:
    """Lines of a paragraph as one; a hyphen at a line's end keeps its place for `_with_hyphens`."""
    text = ""
    for line in texts:
        separator = "" if not text or text.endswith(HYPHEN) else "\n" if " | " in line else " "
        text += separator + line.strip()
    return text


_BROKEN = re.compile(rf"(?<![^\W\d_])([^\W\d_]+){HYPHEN}([^\W\d_]+)")
_COMPOUND = re.compile(
    rf"{number_words()}-{number_words()}|{'|'.join(sorted(words_of('hyphenated')))}", re.IGNORECASE
)
"""Words that are written with a hyphen wherever a line ends."""


def with_hyphens(blocks: Sequence[Block]) -> list[Block]:
    """Join words that a line end cut; the hyphen stays where the document writes the word with one elsewhere."""
    merged: list[Block] = []
    for block in blocks:
        if merged and merged[-1].text.endswith(HYPHEN) and block.continues:
            word, _, rest = block.text.partition(" ")
            merged[-1] = merged[-1]._replace(text=merged[-1].text + word)
            block = block._replace(text=rest)
        merged.append(block)
    hyphenated = {
        word.lower()
        for block in merged
        for word in re.findall(r"(?<![^\W\d_])[^\W\d_]+-[^\W\d_]+", block.text)
    }

    def whole(match: re.Match[str]) -> str:
        with_hyphen = f"{match[1]}-{match[2]}"
        keeps = (
            with_hyphen.lower() in hyphenated
            or match[2][0].isupper()
            or bool(_COMPOUND.fullmatch(with_hyphen))
        )
        return with_hyphen if keeps else match[1] + match[2]

    return [block._replace(text=_BROKEN.sub(whole, block.text).replace(HYPHEN, "-")) for block in merged]
