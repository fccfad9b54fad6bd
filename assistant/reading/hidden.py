"""What a reader of a page does not see: hidden, struck out, or a comment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..language.remarks import Remark
from .drafts import words_removed
from .formulae import write_formulae
from .styles import HINT, Styles, name_what_is_styled, pixels

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST = 0.6
"""Of the page's words; a rule that hides more is one that a script or another rule takes back."""
STRUCK = "struck-out"
FAR = 999.0
"""Pixels beyond the edge of the screen."""
ALIKE = 0.05
"""Of full brightness: letters that differ less from what is behind them are not seen."""
_NUMBER = re.compile(r"(\d{0,9}\.?\d{1,9})%?$")
_NO_SIZE = re.compile(r"scale(?:x|y|3d)?\(\s{0,9}0(?:\.0{1,9})?\s{0,9}[,)]")
_MOVED = re.compile(r"translate(?:x|y|3d)?\(([^()]{1,99})\)")
_CLIPPED = re.compile(
    r"rect\(\s{0,9}[01](?:px)?[\s,]|inset\(\s{0,9}(?:[5-9]\d|100)%|circle\(\s{0,9}0|polygon\((?:[\s,]{0,9}0(?:px|%)?){4,}\)"
)
_SIZES = ("height", "max-height", "width", "max-width")
_EDGES = ("left", "top", "right", "bottom")
_STYLED = frozenset(("style", "hidden", "bgcolor"))
_STRUCK_OUT = frozenset(("del", "s", "strike"))
_TAGS = _STRUCK_OUT | {"dialog", "font"}


def as_shown(tree: HtmlElement) -> list[Remark]:
    """Remove what a reader of the page does not see, name what only styles tell; return a warning of what is gone."""
    from lxml import etree

    etree.strip_tags(tree, etree.ProcessingInstruction)
    etree.strip_elements(tree, "template", with_tail=False)
    write_formulae(tree)
    styles = Styles(tree)
    name_what_is_styled(tree, styles)
    most = max(20.0, MOST * _words(tree))
    counts = {"hidden": 0, STRUCK: 0}
    hidden_by: dict[tuple[str, str], list[HtmlElement]] = {}
    for element in _suspects(tree, styles):
        if why := _why_unseen(element, styles):
            hidden_by.setdefault(why, []).append(element)
    for (name, _), elements in hidden_by.items():
        inside = set(elements)
        outer = [e for e in elements if e.getparent() is not None and inside.isdisjoint(e.iterancestors())]
        words = sum(map(_words, outer))
        if words <= most:
            for element in outer:
                words -= _drop(element, styles, keep_shown=name == "visibility")
            counts[STRUCK if name == "text-decoration" else "hidden"] += words
    for comment in list(tree.iter(etree.Comment)):
        if comment.getparent() is not None:
            comment.drop_tree()
    return words_removed(counts["hidden"], counts[STRUCK])


def _suspects(tree: HtmlElement, styles: Styles) -> list[HtmlElement]:
    """Elements that a style or an attribute may hide, in document order."""
    from lxml import etree

    named = {
        element
        for rule in styles.rules
        if rule.sure
        and (hiding(rule.declared) or strikes(rule.declared) or {"color", "background"} <= set(rule.declared))
        for element in styles.elements(rule)
    }
    return [
        element
        for element in tree.iter(etree.Element)
        if element.tag not in ("html", "body", "head")
        and (element in named or element.tag in _TAGS or not _STYLED.isdisjoint(element.attrib))
    ]


def _drop(element: HtmlElement, styles: Styles, *, keep_shown: bool) -> int:
    """Remove the element, but for what in it is made visible again; return how many words of it stay."""
    shown = [part for part in element.iterdescendants() if keep_shown and _is_made_visible(part, styles)]
    if element.getparent() is None:
        return 0
    if not shown:
        element.drop_tree()
        return 0
    element.text = None
    stay = 0
    for child in list(element):
        child.tail = None
        if child in shown:
            stay += _words(child)
        else:
            stay += _drop(child, styles, keep_shown=True)
    return stay


def _is_made_visible(element: HtmlElement, styles: Styles) -> bool:
    return isinstance(element.tag, str) and styles.of(element).get("visibility", ("", ""))[0] == "visible"


def _words(element: HtmlElement) -> int:
    from .markup import SKIPPED

    return sum(
        len((part.text or "").split()) * (part.tag not in SKIPPED)
        + len((part.tail or "").split()) * (part is not element)
        for part in element.iter()
        if isinstance(part.tag, str)
    )


def _why_unseen(element: HtmlElement, styles: Styles) -> tuple[str, str] | None:
    """The property by which the element is not seen, and the rule that sets it; None where it is seen."""
    found = styles.of(element)
    style = {name: value for name, (value, _) in found.items()}
    if element.tag in _STRUCK_OUT or strikes(style):
        return "text-decoration", STRUCK
    name = hiding(style)
    if name:
        rule = found[name][1]
        by_sheet = not _says_itself(element, rule)
        # A rule for another state of it: a script may show it.
        revealed = by_sheet and any(
            not hiding({**style, name: other}) for other in styles.other_values(element, name)
        )
        return None if revealed else (name, rule)
    return ("color", found["color"][1]) if "color" in found and _is_like_its_ground(element, styles) else None


def _says_itself(element: HtmlElement, rule: str) -> bool:
    """Whether the element's own attributes give the style, no sheet."""
    return rule in (element.get("style") or "", HINT)


def strikes(style: Mapping[str, str]) -> bool:
    """Whether the style strikes text out."""
    return "line-through" in style.get("text-decoration", "")


def hiding(style: Mapping[str, str]) -> str | None:
    """The property by which a style hides; None where it does not."""
    if style.get("display") == "none":
        return "display"
    if style.get("visibility") in ("hidden", "collapse"):
        return "visibility"
    if style.get("content-visibility") == "hidden":
        return "content-visibility"
    moving = "transition" in style or "animation" in style or "animation-name" in style
    opaque = _NUMBER.match(style.get("opacity", "1"))
    if not moving and opaque and float(opaque[1]) < ALIKE:
        return "opacity"
    if re.search(r"opacity\(\s{0,9}0(?:\.0{1,9})?%?\s{0,9}\)", style.get("filter", "")):
        return "filter"
    return _too_small(style) or _elsewhere(style)


def _too_small(style: Mapping[str, str]) -> str | None:
    shorthand = re.search(r"(?:^|\s)([\d.]+[a-z%]*)\s{0,3}(?:/|\s)", style.get("font", ""))
    for name, written in (
        ("font-size", style.get("font-size")),
        ("font", shorthand[1] if shorthand else None),
    ):
        if written is None:
            continue
        size = pixels(written) if not written.endswith("%") else float(written[:-1] or 1) / 100 * 16
        if size is not None and size <= 1.0:
            return name
    for name in ("scale", "zoom"):
        if re.fullmatch(r"0(?:\.0{1,9})?%?(?: 0)?", style.get(name, "")):
            return name
    spacing = pixels(style.get("letter-spacing", "0"))
    if spacing is not None and spacing <= -8:
        return "letter-spacing"
    if style.get("overflow", "").startswith(("hidden", "clip")) and not any(
        (pixels(style[name]) or 0) > 0 for name in ("padding-top", "padding-bottom") if name in style
    ):
        for name in _SIZES:
            size = pixels(style[name]) if name in style else None
            if size is not None and size <= 1.0:
                return name
    return None


def _elsewhere(style: Mapping[str, str]) -> str | None:
    """The property that puts the text where it is not seen."""
    transform = style.get("transform", "")
    moved = [pixels(part) or 0.0 for found in _MOVED.findall(transform) for part in found.split(",")]
    if _NO_SIZE.search(transform) or any(abs(one) >= FAR for one in moved):
        return "transform"
    placed = style.get("position") in ("absolute", "fixed", "relative")
    for name in ("clip", "clip-path"):
        if _CLIPPED.search(style.get(name, "")) and (
            placed or name == "clip-path" or "rect(0" in style[name]
        ):
            return name
    for name in ("text-indent", "margin-left", "margin-top", *_EDGES):
        shift = pixels(style[name]) if name in style else None
        if shift is not None and shift <= (-100 if name == "text-indent" else -FAR):
            return name
    return None


def _is_like_its_ground(element: HtmlElement, styles: Styles) -> bool:
    """Whether the letters have the colour of what is behind them, or none."""
    value, rule = styles.of(element)["color"]
    letters = _colour(value)
    if letters is None:
        return False
    if letters[3] < ALIKE:
        return True
    own = _says_itself(element, rule)
    for place in (element, *element.iterancestors()):
        ground = _ground(place, styles) if isinstance(place.tag, str) else None
        if ground is not None:
            colour, sure = ground
            # What a sheet says of one of two elements, another sheet, which is not here, may say otherwise.
            known = colour is not None and (place is element or (own and sure))
            return known and max(abs(a - b) for a, b in zip(letters[:3], colour or (), strict=False)) < ALIKE
    return own and min(letters[:3]) > 1 - ALIKE


def _ground(element: HtmlElement, styles: Styles) -> tuple[tuple[float, ...] | None, bool] | None:
    """The colour behind the element's letters, None for a picture, and whether the element itself says so."""
    found = styles.of(element)
    if "background-image" in found and found["background-image"][0] != "none":
        return None, False
    written, rule = found.get("background", ("", ""))
    if not written:
        return None
    if "url(" in written or "gradient" in written:
        return None, False
    colour = next(filter(None, map(_colour, re.findall(r"[^\s(]{1,60}(?:\([^()]{0,200}\))?", written))), None)
    own = _says_itself(element, rule)
    return (colour, own) if colour and colour[3] > ALIKE else None


def _colour(written: str) -> tuple[float, float, float, float] | None:
    """Red, green, blue and how opaque, 0 to 1."""
    from tinycss2 import color4

    try:
        found: Any = color4.parse_color(f"#{written}" if re.fullmatch(r"[0-9a-f]{6}", written) else written)
    except (ValueError, ZeroDivisionError):
        return None
    if isinstance(found, str) or found is None:
        return None
    red, green, blue = found.to("srgb").coordinates
    return float(red or 0), float(green or 0), float(blue or 0), float(found.alpha)
