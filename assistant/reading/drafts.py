"""What a reader hands over: blocks of text in reading order, and the facts it met, each with its origin."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..language.remarks import Remark
from ..types import Heading, Span
from .hygiene import clean


class Block(NamedTuple):
    """A paragraph, heading, list or table."""

    text: str
    level: int = 0
    """Of a heading, 1 the highest; 0: not a heading."""
    page: int = 0
    """Page it begins on, from 1; 0 where the format has no pages."""
    continues: bool = False
    """Goes on with the paragraph before, cut by the end of a page."""


FIRST_YEAR = "2000"
"""Of a document that a program made; one that is older was given the day from which the program counts."""


class Fact(NamedTuple):
    """Something a file says about itself."""

    field: str
    """title, published, language, publisher, author or url."""
    value: str
    origin: str
    confidence: float = 1.0


@dataclass(slots=True)
class Draft:
    """An article as a reader found it. Of several facts about one field the first that makes sense counts."""

    blocks: list[Block]
    facts: list[Fact] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)


class Composed(NamedTuple):
    """The article's text, to which all offsets refer."""

    text: str
    headings: tuple[Heading, ...]
    pages: tuple[Span, ...]
    warnings: list[Remark]


def compose(blocks: Iterable[Block]) -> Composed:
    """Clean the blocks and join them: a blank line between two, a space where one continues the other."""
    cleaned, warnings = clean_blocks(blocks)
    parts: list[str] = []
    headings: list[Heading] = []
    page_starts: list[int] = []
    length = 0
    for block in cleaned:
        separator = "" if not parts else " " if block.continues else "\n\n"
        start = length + len(separator)
        parts += separator, block.text
        length = start + len(block.text)
        if block.level:
            headings.append(Heading(start, length, block.level))
        page_starts += [start] * (block.page - len(page_starts))
    bounds = [*page_starts, length]
    pages = tuple(Span(start, end) for start, end in itertools.pairwise(bounds))
    return Composed("".join(parts), tuple(headings), pages, warnings)


def clean_blocks(blocks: Iterable[Block]) -> tuple[list[Block], list[Remark]]:
    """Clean every block, drop the empty ones, count what was removed over all of them."""
    kept, removed = [], dict[str, int]()
    for block in blocks:
        text, counts = clean(block.text)
        for what, count in counts.items():
            removed[what] = removed.get(what, 0) + count
        if text:
            kept.append(block._replace(text=text if not block.level else " ".join(text.split())))
    return kept, removal_warnings(removed)


_CHARACTERS = {
    "invisible": "invisible_characters",
    "bidirectional control": "direction_characters",
    "control": "control_characters",
}


def removal_warnings(removed: dict[str, int]) -> list[Remark]:
    return [Remark(_CHARACTERS[what], count=count) for what, count in removed.items()]


def words_removed(hidden: int = 0, struck: int = 0) -> list[Remark]:
    """What is said of words that a reader does not see."""
    counts = {"hidden_words": hidden, "struck_words": struck}
    return [Remark(what, count=words) for what, words in counts.items() if words]


def first(facts: Sequence[Fact], name: str) -> Fact | None:
    """The first fact about a field that says something."""
    return next((fact for fact in facts if fact.field == name and fact.value.strip()), None)
