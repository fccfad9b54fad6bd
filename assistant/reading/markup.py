"""A tree of HTML (or trafilatura's, whose names are TEI's) becomes blocks; words at tag boundaries never stick."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .drafts import Block
from .superscripts import raised_signs, set_apart

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


HEADINGS = {f"h{level}": level for level in range(1, 7)}
SKIPPED = _set(
    """
    script style template noscript title iframe object svg select button graphic img video audio canvas
    """
)
LISTS = frozenset(("ul", "ol", "menu", "list", "dl"))
_ITEMS = frozenset(("li", "item", "dt", "dd"))
_CELLS = frozenset(("td", "th", "cell"))
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
        if isinstance(tag, str) and tag not in SKIPPED:
            self._element(element, tag)
        elif isinstance(tag, str):
            self.pieces.append(" ")
        self.pieces.append(_flat(element.tail))

    def _element(self, element: HtmlElement, tag: str) -> None:
        if tag in HEADINGS or tag == "head":
            self.flush()
            self._inside(element)
            self.flush(HEADINGS.get(tag) or HEADINGS.get(str(element.get("rend")), 2))
        elif tag in LISTS:
            self.flush()
            self._block("\n".join(_list_lines(element)))
        elif tag == "table":
            self.flush()
            self._table(element)
        elif tag in ("pre", "code") and "\n" in "".join(element.itertext()):
            self.flush()
            self._block("".join(element.itertext()))
        elif tag == "sup" or (tag == "hi" and element.get("rend") in ("superscript", "#sup")):
            self._raised(element)
        elif tag == "sub" or (tag == "hi" and element.get("rend") in ("subscript", "#sub")):
            self.pieces.append("_" if _begins_with_digit(element) and self._before()[-1:].isdigit() else "")
            self._inside(element)
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
        for caption in element.iter("caption"):
            self._block(_cell(caption))
        rows = [row for row in element.iter("tr", "row") if _table_of(row) is element]
        if _only_lays_out(rows):
            for row in rows:
                for cell in row:
                    self._inside(cell)
                    self.flush()
        else:
            self._block("\n".join(" | ".join(cells) for cells in _filled(rows) if any(cells)))

    def _before(self) -> str:
        return "".join(self.pieces[-3:]).rstrip()

    def _raised(self, element: HtmlElement) -> None:
        text = "".join(element.itertext()).strip()
        before = self._before()
        if text.isdigit() and _is_numerator(element):
            self.pieces.append(f" {text}" if before[-1:].isdigit() else text)  # 1 3/4
        elif re.fullmatch(r"[-−+]\d{1,3}|\d{1,3}[ ,;–-]{1,2}\d{1,3}|[*†‡]", text) and before[-1:].isdigit():
            self.pieces.append(
                f"^{text}" if text[0] in "-−+" else f" [{text}]"
            )  # 10^-3, 2019 [1, 2], 412 [*]
        elif text.isdigit() and len(text) < 4:
            linked = element.find(".//a") is not None or (
                element.getparent() is not None and element.getparent().tag == "a"
            )
            self.pieces.append(f" [{text}]" if linked and before else set_apart(before, text))
        elif before[-1:].isdigit() and (written := raised_signs(before, text)):
            self.pieces.append(written)
        else:
            self._inside(element)


def _is_numerator(element: HtmlElement) -> bool:
    below = element.getnext()
    return (
        below is not None
        and below.tag == "sub"
        and bool(re.fullmatch(r"\s{0,3}[/\u2044]\s{0,3}", element.tail or ""))
    )


def _begins_with_digit(element: HtmlElement) -> bool:
    return "".join(element.itertext()).strip()[:1].isdigit()


def _table_of(row: HtmlElement) -> HtmlElement | None:
    return next(row.iterancestors("table"), None)


def _only_lays_out(rows: list[HtmlElement]) -> bool:
    """Whether a table frames the page: one column, or cells that hold tables, headings or long text."""
    cells = [cell for row in rows for cell in row if cell.tag in _CELLS]
    if len(cells) <= len(rows):
        return True
    return any(
        len("".join(cell.itertext())) > 1000
        or cell.find(".//h1") is not None
        or cell.find(".//h2") is not None
        for cell in cells
    )


MOST_COLUMNS = 200


def _filled(rows: list[HtmlElement]) -> Iterator[list[str]]:
    """Texts of the cells of each row; what spans several rows is said in each, so that every row stands alone."""
    grid: dict[tuple[int, int], str | None] = {}
    for line, row in enumerate(rows):
        column = 0
        for cell in row:
            if cell.tag not in _CELLS or column > MOST_COLUMNS:
                continue
            while (line, column) in grid:
                column += 1
            text = _cell(cell)
            down, across = (max(1, _integer(cell.get(name), 1)) for name in ("rowspan", "colspan"))
            down = len(rows) if (cell.get("rowspan") or "").strip() == "0" else down  # down to the end
            for below in range(line, min(line + down, len(rows))):
                grid.update({(below, column + place): None for place in range(1, min(across, MOST_COLUMNS))})
                grid[below, column] = text
            column += min(across, MOST_COLUMNS)
        width = max((place for at, place in grid if at == line), default=-1) + 1
        found = (grid.get((line, place)) for place in range(width))
        yield [text for text in found if text is not None]


def _flat(text: str | None) -> str:
    return text.replace("\n", " ").replace("\r", " ") if text else ""


def _spaced(text: str) -> str:
    return re.sub(r" ?\n ?", "\n", re.sub(r"[ \t]+", " ", text)).strip()


def _cell(element: HtmlElement) -> str:
    """Text of a table cell on one line."""
    line_end = "; " if element.find(".//table") is not None else " "
    text = " ".join(block.text.replace("\n", line_end) for block in blocks_of(detached(element)))
    return " ".join(text.split())


def _list_lines(element: HtmlElement, depth: int = 0) -> Iterator[str]:
    """Lines of a list, its items marked, nested ones indented."""
    items = [item for item in element if item.tag in _ITEMS]
    step = -1 if element.get("reversed") is not None else 1
    number = _integer(element.get("start"), len(items) if step < 0 else 1)
    ordered = element.tag == "ol" or element.get("rend") == "ol"
    kind = element.get("type") or "1"
    for item in element:
        if item.tag in LISTS:
            yield from _list_lines(item, depth + 1)
        if item.tag not in _ITEMS:
            continue
        number = _integer(item.get("value"), number)
        marker = "" if element.tag == "dl" else f"{_counted(number, kind)}. " if ordered else "- "
        number += step
        text, nested = _item(item, depth)
        if text:
            yield "  " * depth + marker + text
        yield from nested


def _item(item: HtmlElement, depth: int) -> tuple[str, list[str]]:
    """Text of a list item on one line, and the lines of the lists in it."""
    writer = _Writer()
    writer.pieces.append(_flat(item.text))
    nested: list[str] = []
    for child in item:
        if child.tag in LISTS:
            nested += _list_lines(child, depth + 1)
            writer.pieces.append(" " + _flat(child.tail))
        else:
            writer.walk(child)
    writer.flush()
    return " ".join(" ".join(block.text for block in writer.blocks).split()), nested


_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def _counted(number: int, kind: str) -> str:
    """A number of a list of HTML's type "1", "a", "A", "i" or "I" as it is shown."""
    written = str(number)
    if kind in ("a", "A") and number > 0:
        written, rest = "", number
        while rest:
            rest, letter = divmod(rest - 1, 26)
            written = chr(ord("a") + letter) + written
    elif kind in ("i", "I") and 0 < number < 4000:
        written, rest = "", number
        for value, sign in _ROMAN:
            written += sign * (rest // value)
            rest %= value
    return written.upper() if kind in ("A", "I") else written


def _integer(written: str | None, otherwise: int) -> int:
    return int(written) if written and re.fullmatch(r"-?[0-9]{1,9}", written.strip()) else otherwise


def detached(element: HtmlElement, tag: str = "div", tail: str | None = None) -> HtmlElement:
    """A copy of the element without what follows it."""
    from copy import deepcopy

    single = deepcopy(element)
    single.tail = tail
    single.tag = tag
    return single
