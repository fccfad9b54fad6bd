"""The lists that an article has itself: list items, and headings beside each other, with what introduces them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..composition.evidence import marker_length
from ..proof.places import holds_injection
from ..types import Article, Span

FEWEST_ITEMS = 2
FEWEST_HEADINGS = 3
LONGEST_HEADING = 90
"""Characters of a line that stands alone and is a heading, where it has no end."""
INTRODUCING = 2
"""Last sentences of the paragraph before a list that introduce it: "We did this with three tools. They are:"."""
DEEPEST = 9
"""Level of a line that looks like a heading and is not marked as one."""
_NUMBER = re.compile(r"\s{0,40}(\d{1,2})[.)]")


@dataclass(frozen=True, slots=True)
class ArticleList:
    """A list as it stands in an article: the places of its items, each without its marker."""

    items: tuple[Span, ...]
    lead: str
    """The sentences before its first item; the item above it, for a list in a list."""
    heading: str
    """The heading above it."""
    of_headings: bool = False
    numbered: bool = False
    """Each of its items has a number."""
    marked: bool = True
    """As a list, or as headings; lines that only stand alone are not."""

    @property
    def are_sections(self) -> bool:
        """Whether its items are headings without numbers, which divide an article more often than they list something."""
        return self.of_headings and self.marked and not self.numbered


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of an article: its sentences, and the columns before it."""

    indent: int
    sentences: tuple[Span, ...]
    text: str
    level: int
    """Of the heading that it is, 1 the highest; 0 for none."""

    @property
    def marker(self) -> int:
        return 0 if self.level else marker_length(self.text)

    @property
    def number(self) -> int | None:
        match = _NUMBER.match(self.text)
        return int(match[1]) if match else None

    @property
    def item(self) -> Span:
        """Its first sentence without the marker."""
        first = self.sentences[0]
        return Span(first.start + marker_length(self.text), first.end)


@dataclass(slots=True)
class _Open:
    """A list whose end has not been read yet."""

    lead: str
    heading: str
    lines: list[_Line]
    interrupted: bool = False
    """Something else stands behind its last item."""

    def goes_on(self, line: _Line) -> bool:
        last = self.lines[-1]
        if line.indent != last.indent:
            return False
        return not self.interrupted or (last.number is not None and line.number == last.number + 1)


def lists_of(article: Article) -> list[ArticleList]:
    """All lists of an article: those of marked items, then those of headings."""
    lines = list(_lines(article))
    return [*_marked_lists(article, lines), *_heading_lists(article, lines)]


def _lines(article: Article) -> Iterator[_Line]:
    levels = {heading.start: heading.level for heading in article.headings}
    run: list[Span] = []
    for span in article.sentences:
        if run and "\n" in article.text[run[-1].end : span.start]:
            yield _line(article, run, levels)
            run = []
        run.append(span)
    if run:
        yield _line(article, run, levels)


def _line(article: Article, run: Sequence[Span], levels: dict[int, int]) -> _Line:
    start = run[0].start
    level = levels.get(start, DEEPEST if _stands_alone(article, run) else 0)
    indent = start - (article.text.rfind("\n", 0, start) + 1)
    return _Line(indent, tuple(run), article.text[start : run[0].end], level)


def _stands_alone(article: Article, run: Sequence[Span]) -> bool:
    """Whether a line looks like a heading: short, without an end, a blank line before and after it."""
    span = run[0]
    text = article.text[span.start : span.end]
    return (
        len(run) == 1
        and article.text[: span.start].rstrip(" ").endswith("\n\n")
        and article.text[span.end :].lstrip(" ").startswith("\n\n")
        and len(text) <= LONGEST_HEADING
        and text.rstrip()[-1:] not in ".!?…:"
        and marker_length(text) == 0
    )


def _marked_lists(article: Article, lines: Sequence[_Line]) -> Iterator[ArticleList]:
    heading = lead = ""
    opened: list[_Open] = []
    for line in lines:
        if line.marker:
            while opened and opened[-1].lines[-1].indent > line.indent:
                yield from _closed(article, opened.pop())
            if opened and opened[-1].goes_on(line):
                opened[-1].lines.append(line)
                opened[-1].interrupted = False
            else:
                while opened and opened[-1].lines[-1].indent == line.indent:
                    yield from _closed(article, opened.pop())
                above = opened[-1].lines[-1].text if opened else lead
                opened.append(_Open(above, heading, [line]))
        elif line.level:
            while opened:
                yield from _closed(article, opened.pop())
            heading, lead = line.text, ""
        else:
            for one in opened:
                one.interrupted = True
            lead = _end_of(article, line)
    while opened:
        yield from _closed(article, opened.pop())


def _closed(article: Article, found: _Open) -> Iterator[ArticleList]:
    items = _items(article, found.lines)
    if len(items) >= FEWEST_ITEMS:
        yield ArticleList(items, found.lead, found.heading, numbered=_are_numbered(found.lines))


def _items(article: Article, lines: Sequence[_Line]) -> tuple[Span, ...]:
    return tuple(
        line.item
        for line in lines
        if article.text[line.item.start : line.item.end].strip()
        and not holds_injection(line.item, article.flagged)
    )


def _are_numbered(lines: Sequence[_Line]) -> bool:
    return all(line.number is not None for line in lines)


def _end_of(article: Article, line: _Line) -> str:
    last = line.sentences[-INTRODUCING:]
    return article.text[last[0].start : last[-1].end]


def _heading_lists(article: Article, lines: Sequence[_Line]) -> Iterator[ArticleList]:
    """Headings of one level under the same heading."""
    path: list[_Line] = []
    found: dict[tuple[int, int], tuple[str, str, list[_Line]]] = {}
    lead = ""
    for line in lines:
        if not line.level:
            lead = _end_of(article, line)
            continue
        while path and path[-1].level >= line.level:
            path.pop()
        above = path[-1] if path else None
        place = (above.sentences[0].start if above else -1, line.level)
        found.setdefault(place, (lead, above.text if above else "", []))[2].append(line)
        path.append(line)
        lead = ""
    for lead, heading, siblings in found.values():
        items = _items(article, siblings)
        if len(items) >= FEWEST_HEADINGS:
            yield ArticleList(
                items,
                lead,
                heading,
                of_headings=True,
                numbered=_are_numbered(siblings),
                marked=siblings[0].level != DEEPEST,
            )
