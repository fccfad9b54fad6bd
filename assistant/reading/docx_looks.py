"""What the named styles of a DOCX document say of its runs: struck out, raised, hidden."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING

from .docx_parts import WORD

if TYPE_CHECKING:
    from lxml.etree import _Element

_TOLD = ("strike", "dstrike", "vertAlign", "vanish")
RAISED = 4
"""Half points above the line from which a sign is a superscript."""
MOST_BASES = 20


def write_looks(document: _Element, styles: _Element | None) -> None:
    """Give each run what its styles, or its place above the line, say of it; its own word counts first."""
    named = _named(styles) if styles is not None else {}
    for run in document.iter(f"{WORD}r"):
        paragraph = next(run.iterancestors(f"{WORD}p"), None)
        places = [run.find(f"{WORD}rPr/{WORD}rStyle")]
        places += [paragraph.find(f"{WORD}pPr/{WORD}pStyle")] if paragraph is not None else []
        looks: dict[str, _Element] = {}
        for place in places:
            if place is not None:
                looks = {**named.get(place.get(f"{WORD}val") or "", {}), **looks}
        _add(run, looks)
        _raise(run)


def _add(run: _Element, looks: Mapping[str, _Element]) -> None:
    if not looks:
        return
    own = run.find(f"{WORD}rPr")
    if own is None:
        own = run.makeelement(f"{WORD}rPr")
        run.insert(0, own)
    for name, look in looks.items():
        if own.find(f"{WORD}{name}") is None:
            own.append(deepcopy(look))


def _raise(run: _Element) -> None:
    place = run.find(f"{WORD}rPr/{WORD}position")
    if place is None or run.find(f"{WORD}rPr/{WORD}vertAlign") is not None:
        return
    height = place.get(f"{WORD}val") or ""
    if height.isdigit() and int(height) >= RAISED:
        raised = run.makeelement(f"{WORD}vertAlign")
        raised.set(f"{WORD}val", "superscript")
        place.getparent().append(raised)


def _named(styles: _Element) -> dict[str, dict[str, _Element]]:
    """For each style its looks, those of the styles that it is based on included."""
    by_name = {style.get(f"{WORD}styleId") or "": style for style in styles.iter(f"{WORD}style")}
    found: dict[str, dict[str, _Element]] = {}
    for name in by_name:
        looks: dict[str, _Element] = {}
        base: str | None = name
        for _ in range(MOST_BASES):
            style = by_name.get(base or "")
            if style is None:
                break
            for kind in _TOLD:
                look = style.find(f"{WORD}rPr/{WORD}{kind}")
                if look is not None:
                    looks.setdefault(kind, look)
            based = style.find(f"{WORD}basedOn")
            base = based.get(f"{WORD}val") if based is not None else None
        if looks:
            found[name] = looks
    return found
