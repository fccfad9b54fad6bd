"""Headers, footers and page numbers: the outermost rows of pages, where they repeat as such do.

A row counts as a whole: a label that every page has beside a value of its own is no header.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from .page_layout import Line, Page, body_size, by_height

MOST_ROWS = 4
"""Rows at the top and at the bottom of a page that may be running ones."""
SHARE = 0.6
"""Of the pages; a row that stands on fewer of them is text."""
_NUMBER = re.compile(r"\d{1,5}")
_YEARS = range(1500, 2200)
_WITH_DIGITS = re.compile(r"[^\W_]")


class _Row(NamedTuple):
    """A row of a page: its words, its numbers, its lines."""

    words: str
    numbers: tuple[int, ...]
    lines: Sequence[Line]

    @property
    def height(self) -> float:
        return self.lines[0].middle


_Kind = tuple[str, int]
"""Words of a row (each number as "#") and its height on the page in steps of 8 points."""


def without_running_lines(pages: Sequence[Page]) -> tuple[list[list[Line]], list[str]]:
    """The pages without their running lines, and what these said, each text once."""
    body = body_size(pages)
    rows = [[_row(lines) for lines in by_height(page)] for page in pages]
    found = [set[int]() for _ in pages]
    for edge in (rows, [page[::-1] for page in rows]):
        for number, row in _running(edge, body):
            found[number].add(id(row.lines))
    kept: list[list[Line]] = []
    said: Counter[str] = Counter()
    for page, running in zip(rows, found, strict=True):
        # Pages that are alike as a whole have no headers, they are copies.
        left_out = [row for row in page if id(row.lines) in running and 2 * len(running) <= len(page)]
        said.update(row.words for row in left_out)
        kept.append([line for row in page if row not in left_out for line in row.lines])
    return kept, [text for text, _ in said.most_common() if _WITH_DIGITS.search(text)]


def _row(lines: Sequence[Line]) -> _Row:
    text = " ".join(line.text.strip() for line in lines)
    return _Row(_NUMBER.sub("#", text), tuple(map(int, _NUMBER.findall(text))), lines)


def _running(pages: Sequence[Sequence[_Row]], body: float) -> Iterator[tuple[int, _Row]]:
    """Page and row of those that run, from the edge of each page inwards up to the first that does not."""
    standing: dict[_Kind, dict[int, _Row]] = defaultdict(dict)
    for number, page in enumerate(pages):
        for row in page[:MOST_ROWS]:
            for step in (0, 4):  # a row near the end of a step counts in both
                standing[(row.words, round((row.height + step) / 8) * 2 + step // 4)].setdefault(number, row)
    needed = max(2.0, SHARE * len(pages))
    running = {
        id(row)
        for found in standing.values()
        if len(found) >= needed and _runs(found, body)
        for row in found.values()
    }
    for number, page in enumerate(pages):
        for row in page[:MOST_ROWS]:
            if id(row) not in running:
                break
            yield number, row


def _runs(found: Mapping[int, _Row], body: float) -> bool:
    """Whether rows with the same words on several pages are equal, or count the pages."""
    if any(line.size > 1.12 * body for row in found.values() for line in row.lines):
        return False  # as large as a heading
    columns = list(zip(*((number, *row.numbers) for number, row in found.items()), strict=True))
    changing = [values for values in columns[1:] if len(set(values)) > 1]
    return all(_counts_pages(values, columns[0]) for values in changing)


def _counts_pages(values: Sequence[int], pages: Sequence[int]) -> bool:
    offsets = {value - page for value, page in zip(values, pages, strict=True)}
    return len(offsets) == 1 and not all(value in _YEARS for value in values)
