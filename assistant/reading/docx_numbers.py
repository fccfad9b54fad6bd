"""The numbers of Word's lists as it shows them, where they are more than 1, 2, 3: "5.", "Article 3", "2.1"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from .docx_parts import WORD

if TYPE_CHECKING:
    from lxml.etree import _Element

_PLAIN = re.compile(r"%\d[.)]?")
"""A number and its full stop, as a list has it anyway."""


class _Level(NamedTuple):
    """One level of a list: its first number and what is written for it, "%1" standing for the number."""

    start: int
    text: str


def write_numbers(document: _Element, numbering: _Element) -> None:
    """Put the number before each paragraph of a list that does not simply count from 1; it is no list item then."""
    lists = _lists(numbering)
    counts: dict[str, dict[int, int]] = defaultdict(dict)
    for paragraph in document.iter(f"{WORD}p"):
        place = paragraph.find(f"{WORD}pPr/{WORD}numPr")
        if place is None:
            continue
        number, depth = _value(place.find(f"{WORD}numId")), int(_value(place.find(f"{WORD}ilvl")) or 0)
        levels = lists.get(number, {})
        if depth not in levels or all(_is_plain(level) for level in levels.values()):
            continue
        counted = counts[number]
        counted[depth] = counted.get(depth, levels[depth].start - 1) + 1
        for deeper in [level for level in counted if level > depth]:
            del counted[deeper]
        run = paragraph.makeelement(f"{WORD}r")
        text = run.makeelement(f"{WORD}t")
        text.text = f"{_written(levels[depth].text, counted, levels)} "
        run.append(text)
        paragraph.insert(1, run)
        place.getparent().remove(place)


def _written(text: str, counted: Mapping[int, int], levels: Mapping[int, _Level]) -> str:
    """A level's text with the present number of each level that it names."""

    def number(match: re.Match[str]) -> str:
        depth = int(match[1]) - 1
        return str(counted.get(depth, levels[depth].start if depth in levels else 1))

    return re.sub(r"%(\d)", number, text)


def _is_plain(level: _Level) -> bool:
    return level.start == 1 and _PLAIN.fullmatch(level.text) is not None


def _lists(numbering: _Element) -> dict[str, dict[int, _Level]]:
    """For each list its used levels that count in figures; a list with another kind of number has none."""
    abstract = {
        each.get(f"{WORD}abstractNumId"): {
            int(level.get(f"{WORD}ilvl") or 0): _Level(
                int(_value(level.find(f"{WORD}start")) or 1), _value(level.find(f"{WORD}lvlText"))
            )
            for level in each.iter(f"{WORD}lvl")
            if _value(level.find(f"{WORD}numFmt")) == "decimal"
        }
        for each in numbering.iter(f"{WORD}abstractNum")
    }
    lists = {}
    for each in numbering.iter(f"{WORD}num"):
        levels = dict(abstract.get(_value(each.find(f"{WORD}abstractNumId")), {}))
        for override in each.iter(f"{WORD}lvlOverride"):
            depth, start = (
                int(override.get(f"{WORD}ilvl") or 0),
                _value(override.find(f"{WORD}startOverride")),
            )
            if start and depth in levels:
                levels[depth] = levels[depth]._replace(start=int(start))
        lists[each.get(f"{WORD}numId")] = levels
    return lists


def _value(element: _Element | None) -> str:
    return "" if element is None else element.get(f"{WORD}val") or ""
