"""A tree of HTML (or trafilatura's, whose names are TEI's) becomes blocks; words at tag boundaries never stick."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .drafts import Block

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SKIPPED = _set(
    """
    script style template noscript title iframe object svg select button graphic img video audio canvas
    """
)
_LISTS = frozenset(("ul", "ol", "list", "dl"))
_ITEMS = frozenset(("li", "item", "dt", "dd"))
_BREAKS = frozenset(("br", "lb"))
_PARAGRAPHS = _set(
    """
    p div section article main header footer aside nav blockquote quote figure figcaption address body
    html form fieldset details summary hr center hgroup dialog search table caption pre ab fw
    """
)


def blocks_of(tree: HtmlElement) -> Iterator[Block]:
    """Blocks of a tree in document order: headings with their level, lists and tables as one block each."""
    writer = _Writer()
    writer.walk(tree)
    writer.flush()
    return iter(writer.blocks)


class _Writer:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.pieces: list[str] = []

    def flush(self, level: int = 0) -> None:
        text = _spaced("".join(self.pieces))
        self.pieces = []
        if text:
            self.blocks.append(Block(text, level))

    def walk(self, element: HtmlElement) -> None:
        tag = element.tag
        if isinstance(tag, str) and tag not in _SKIPPED:
            self._element(element, tag)
        elif isinstance(tag, str):
            self.pieces.append(" ")
        self.pieces.append(_flat(element.tail))

    def _element(self, element: HtmlElement, tag: str) -> None:
        if tag in _HEADINGS or tag == "head":
            self.flush()
            self._inside(element)
            self.flush(_HEADINGS.get(tag) or _HEADINGS.get(str(element.get("rend")), 2))
        elif tag in _LISTS:
            self.flush()
            self._block("\n".join(_list_lines(element)))
        elif tag == "table":
            self.flush()
            self._table(element)
        elif tag in ("pre", "code") and "\n" in "".join(element.itertext()):
            self.flush()
            self._block("".join(element.itertext()))
        elif tag in _PARAGRAPHS:
            self.flush()
            self._inside(element)
            self.flush()
        else:
            self.pieces.append("\n" if tag in _BREAKS else "")
            self._inside(element)

    def _inside(self, element: HtmlElement) -> None:
        self.pieces.append(_flat(element.text))
        for child in element:
            self.walk(child)

    def _block(self, text: str) -> None:
        if text.strip():
            self.blocks.append(Block(text.strip("\n")))

    def _table(self, element: HtmlElement) -> None:
        rows = list(element.iter("tr", "row"))
        cells = [[_cell(cell) for cell in row if cell.tag in ("td", "th", "cell")] for row in rows]
        for caption in element.iter("caption"):
            self._block(_cell(caption))
        if max(map(len, cells), default=0) == 1 or any(len(cell) > 1000 for row in cells for cell in row):
            for row in cells:  # a table that only lays out the page
                for cell in row:
                    self._block(cell)
        else:
            self._block("\n".join(" | ".join(row) for row in cells if any(row)))


def _flat(text: str | None) -> str:
    return text.replace("\n", " ").replace("\r", " ") if text else ""


def _spaced(text: str) -> str:
    return re.sub(r" ?\n ?", "\n", re.sub(r"[ \t]+", " ", text)).strip()


def _cell(element: HtmlElement) -> str:
    """Text of a table cell on one line."""
    return " ".join(" ".join(block.text for block in blocks_of(_detached(element))).split())


def _list_lines(element: HtmlElement, depth: int = 0) -> Iterator[str]:
    """Lines of a list, its items marked, nested ones indented."""
    number = 0
    for item in element:
        if item.tag in _LISTS:
            yield from _list_lines(item, depth + 1)
        if item.tag not in _ITEMS:
            continue
        number += 1
        ordered = element.tag == "ol" or element.get("rend") == "ol"
        marker = "" if element.tag == "dl" else f"{number}. " if ordered else "- "
        writer = _Writer()
        writer.pieces.append(_flat(item.text))
        nested: list[str] = []
        for child in item:
            if child.tag in _LISTS:
                nested += _list_lines(child, depth + 1)
                writer.pieces.append(" " + _flat(child.tail))
            else:
                writer.walk(child)
        writer.flush()
        text = " ".join(" ".join(block.text for block in writer.blocks).split())
        if text:
            yield "  " * depth + marker + text
        yield from nested


def _detached(element: HtmlElement) -> HtmlElement:
    """The element without what follows it."""
    from copy import copy

    single = copy(element)
    single.tail = None
    single.tag = "div"
    return single
