"""What a reader of a page does not see: hidden, struck out, or a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .drafts import counted

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST = 0.6
"""Of the page's words; a rule that hides more is one that a script or another rule takes back."""
STRUCK = "struck-out"
_HIDING = re.compile(
    r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}(?:hidden|collapse)"
    r"|opacity\s{0,9}:\s{0,9}0{0,9}(?:\.0{1,9})?\s{0,9}(?:;|!|$)"
    r"|font-size\s{0,9}:\s{0,9}(?:0{1,9}(?:\.0{1,9}\d?)?(?:px|pt|em|rem|%)?|0{0,9}\.\d{1,9}(?:px|pt))\s{0,9}(?:;|!|$)"
    r"|text-indent\s{0,9}:\s{0,9}-\d{3}|(?:left|top|right)\s{0,9}:\s{0,9}-\d{4}|clip\s{0,9}:\s{0,9}rect\(\s{0,9}0",
    re.IGNORECASE,
)
_SHOWING = re.compile(
    r"(?<![-\w])(?:display\s{0,9}:\s{0,9}(?!none)[a-z]|visibility\s{0,9}:\s{0,9}visible|opacity\s{0,9}:\s{0,9}(?:1|0?\.[1-9]))",
    re.IGNORECASE,
)
_STRUCK = re.compile(r"text-decoration(?:-line)?\s{0,9}:[^;]{0,40}line-through", re.IGNORECASE)
_COLOR = re.compile(r"(?<![-\w])color\s{0,9}:\s{0,9}([^;!]+)", re.IGNORECASE)
_BACKGROUND = re.compile(r"background(?:-color)?\s{0,9}:\s{0,9}([^;!]+)", re.IGNORECASE)
_WHITE = re.compile(
    r"white|#f[0-9a-f]{2}$|#(?:f[a-f0-9]){3}$|rgba?\(\s{0,9}25[0-5]\s{0,9},\s{0,9}25[0-5]\s{0,9},\s{0,9}25[0-5]|transparent",
    re.IGNORECASE,
)
_SIMPLE = re.compile(r"^[.#][\w-]+$")
_NAMES = re.compile(r"[.#][\w-]+")
_NESTING = frozenset(("media", "layer", "supports"))
_ON_EVERY_SCREEN = re.compile(r"^\s{0,9}(?:(?:only\s{1,9})?screen|all)?\s{0,9}$", re.IGNORECASE)


def drop_hidden(tree: HtmlElement) -> list[str]:
    """Remove what a reader of the page does not see; return a warning where that held words."""
    from lxml import etree

    etree.strip_tags(tree, etree.ProcessingInstruction)
    names = _hidden_names(tree)
    most = MOST * _words(tree)
    counts = {"hidden": 0, "struck-out": 0}
    hidden_by: dict[str, list[HtmlElement]] = {}
    for element in list(tree.iter(etree.Element)):
        if rule := _why_unseen(element, names):
            hidden_by.setdefault(rule, []).append(element)
    for rule, elements in hidden_by.items():
        inside = set(elements)
        outer = [e for e in elements if e.getparent() is not None and inside.isdisjoint(e.iterancestors())]
        words = sum(map(_words, outer))
        if words <= max(most, 20):
            counts["struck-out" if rule == STRUCK else "hidden"] += words
            for element in outer:
                if element.getparent() is not None:
                    element.drop_tree()
    for comment in list(tree.iter(etree.Comment)):
        if comment.getparent() is not None:
            comment.drop_tree()
    return [f"{what} text removed ({counted(words, 'word')})" for what, words in counts.items() if words]


def _words(element: HtmlElement) -> int:
    from .markup import SKIPPED

    return sum(
        len((part.text or "").split()) * (part.tag not in SKIPPED)
        + len((part.tail or "").split()) * (part is not element)
        for part in element.iter()
        if isinstance(part.tag, str)
    )


def _hidden_names(tree: HtmlElement) -> set[str]:
    """Classes (".name") and ids ("#name") that the page's own style sheets hide on every screen."""
    hidden: set[str] = set()
    shown: set[str] = set()
    for style in tree.iter("style"):
        if not _ON_EVERY_SCREEN.match(style.get("media") or ""):
            continue
        for selectors, rule in _rules((style.text or "")[:300_000]):
            for selector in map(str.strip, selectors.split(",")):
                subject = selector.split()[-1] if selector.split() else ""
                if _hides(rule) and _SIMPLE.match(selector):
                    hidden.add(selector)
                    shown.discard(selector)
                elif _SHOWING.search(rule):
                    shown.update(_NAMES.findall(subject))
    return hidden - shown


def _rules(source: str) -> list[tuple[str, str]]:
    """(selectors, declarations) of a style sheet, those for every screen."""
    try:
        return list(_rules_in(source))
    except RecursionError:  # brackets inside of brackets, as no sheet has them
        return []


def _rules_in(source: str) -> Iterator[tuple[str, str]]:
    import tinycss2

    sheets = [tinycss2.parse_stylesheet(source, skip_comments=True, skip_whitespace=True)]
    while sheets:
        for rule in sheets.pop():
            if rule.type == "qualified-rule":
                yield tinycss2.serialize(rule.prelude), tinycss2.serialize(rule.content)
            elif rule.type == "at-rule" and rule.content is not None and rule.lower_at_keyword in _NESTING:
                media = rule.lower_at_keyword == "media"
                if not media or _ON_EVERY_SCREEN.match(tinycss2.serialize(rule.prelude)):
                    sheets.append(
                        tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                    )


def _why_unseen(element: HtmlElement, names: set[str]) -> str | None:
    """The rule by which the element is not seen: a class or id, a style, `STRUCK`; None where it is seen."""
    if element.tag in ("html", "body", "head"):
        return None
    style = element.get("style") or ""
    if element.tag in ("del", "s", "strike") or _STRUCK.search(style):
        return STRUCK
    if element.get("hidden") is not None and element.get("hidden") != "until-found":
        return "hidden"
    own = {f".{name}" for name in (element.get("class") or "").split()} | {f"#{element.get('id')}"}
    if not names.isdisjoint(own) and not _SHOWING.search(style):
        return min(names & own)
    return style if style and (_hides(style) or _white_on_white(element, style)) else None


def _hides(style: str) -> bool:
    if _HIDING.search(style):
        return True
    color, background = _COLOR.search(style), _BACKGROUND.search(style)
    return bool(color and background and color[1].strip().lower() == background[1].strip().lower())


def _white_on_white(element: HtmlElement, style: str) -> bool:
    color = _COLOR.search(style)
    if not color or not _WHITE.match(color[1].strip()):
        return False
    for place in (element, *element.iterancestors()):
        background = _BACKGROUND.search(place.get("style") or "")
        if background:
            return bool(_WHITE.match(background[1].strip()))
    return True
