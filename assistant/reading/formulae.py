"""MathML on a page becomes a line of text in which powers, indices and fractions keep their parts apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SIMPLE = re.compile(r"[\w.,]{0,200}|\([^()]{0,200}\)")
_TWICE = "contains(concat(' ', normalize-space(@class), ' '), ' katex-html ')"
"""What KaTeX shows beside the MathML that says the same."""


def write_formulae(tree: HtmlElement) -> None:
    """Replace each formula by its text; drop what shows it a second time, and the readings of characters."""
    for element in tree.xpath(f"//*[{_TWICE}]|//rt|//rp"):
        if element.getparent() is not None:
            element.drop_tree()
    for formula in list(tree.iter("math")):
        text = _line(formula)
        for child in list(formula):
            formula.remove(child)
        formula.tag = "span"
        formula.text = f" {text} " if formula.get("display") == "block" else text


def _line(element: HtmlElement) -> str:
    if not isinstance(element.tag, str) or element.tag in ("annotation", "annotation-xml"):
        return ""
    parts = [_line(child) for child in element if isinstance(child.tag, str)]
    match element.tag, parts:
        case "msup" | "mover", [base, above]:
            return f"{_grouped(base)}^{_grouped(above)}"
        case "msub" | "munder", [base, below]:
            return f"{base}_{_grouped(below)}"
        case "msubsup" | "munderover", [base, below, above]:
            return f"{base}_{_grouped(below)}^{_grouped(above)}"
        case "mfrac", [above, below]:
            return f"{_grouped(above)}/{_grouped(below)}"
        case "msqrt", _:
            return f"√{_grouped(''.join(parts))}"
        case "mroot", [base, degree]:
            return f"{degree}√{_grouped(base)}"
        case "mtr", _:
            return ", ".join(parts)
        case "mtable", _:
            return "; ".join(parts)
    return (element.text or "").strip() + "".join(parts)


def _grouped(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"
