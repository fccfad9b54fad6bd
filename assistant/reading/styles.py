"""What a page's own style sheets and attributes say of an element: the cascade, on a screen of usual size."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cssselect import Selector
    from lxml.html import HtmlElement
    from tinycss2.ast import Node

WIDTH, HEIGHT, LETTER = 1280.0, 800.0, 16.0
"""Of the screen on which a page is read, in pixels, and of a letter on it."""
HINT = "attribute"
"""Stands for the rule of what no style gives."""
LONGEST_SHEET, MOST_RULES, LONGEST_SELECTOR, MOST_STEPS = 300_000, 4000, 200, 6
"""Characters, rules, characters and combinators; more is passed over, as it takes long."""
_NESTING = frozenset(("media", "layer", "supports", "container"))
_SHORT = {
    "text-decoration-line": "text-decoration", "background-color": "background", "overflow-x": "overflow",
    "overflow-y": "overflow", "list-style-type": "list-style",
}  # fmt: skip
TOLD = frozenset(
    """
    display visibility content-visibility opacity filter transition animation animation-name font font-size scale zoom
    letter-spacing overflow padding-top padding-bottom height max-height width max-width transform clip clip-path
    position text-indent margin-left margin-top left top right bottom color background background-image text-decoration
    vertical-align list-style
    """.split()
)
"""Properties of which something follows here."""
_UNITS = {
    "px": 1.0, "pt": 4 / 3, "pc": 16.0, "em": LETTER, "rem": LETTER, "ch": LETTER / 2, "ex": LETTER / 2, "in": 96.0,
    "cm": 37.8, "mm": 3.78, "vw": WIDTH / 100, "vh": HEIGHT / 100, "%": WIDTH / 100, "": 1.0,
}  # fmt: skip
_LENGTH = re.compile(r"([-+]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))(px|pt|pc|r?em|ch|ex|in|cm|mm|vw|vh|%|)$")
_STATES = {
    "orientation:landscape": True, "orientation:portrait": False, "prefers-color-scheme:dark": False,
    "prefers-color-scheme:light": True, "prefers-reduced-motion:reduce": False, "prefers-contrast:more": False,
    "hover:hover": True, "hover:none": False, "hover": True, "pointer:fine": True, "pointer:coarse": False,
    "screen": True, "all": True, "print": False, "speech": False, "tty": False, "handheld": False,
    "prefers-reduced-motion:no-preference": True, "color": True,
}  # fmt: skip
_RANGE = re.compile(r"(?:([\d.]{1,12}\w{1,8})(<=?))?(width|height)(?:([<>]=?)([\d.]{1,12}\w{1,8}))?$")


class Rule(NamedTuple):
    """A selector of a style sheet with its declarations."""

    text: str
    """The selector as it is written."""
    declared: Mapping[str, str]
    important: frozenset[str]
    order: int
    sure: bool
    """Whether it counts on this screen; else that depends on what is not known."""
    names: frozenset[str]
    """The classes and ids of the element that it selects."""
    tag: str
    """Of the element; "*" for any."""


class Styles:
    """The styles of a page's elements."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree
        self._selectors: dict[int, Selector | None] = {}
        self._found: dict[int, frozenset[HtmlElement]] = {}
        self._values: dict[HtmlElement, dict[str, tuple[str, str]]] = {}

    @cached_property
    def rules(self) -> list[Rule]:
        """Rules of the page's own style sheets in their order, those that show elsewhere left out."""
        rules: list[Rule] = []
        for style in self._tree.iter("style"):
            sure = applies(style.get("media") or "all")
            if sure is not False:
                rules += _rules((style.text or "")[:LONGEST_SHEET], len(rules), bool(sure))
        return rules[:MOST_RULES]

    @cached_property
    def _by_key(self) -> dict[str, list[Rule]]:
        """The rules by one class or id of what they select, or by its tag."""
        found: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            found[min(rule.names) if rule.names else rule.tag].append(rule)
        return found

    def elements(self, rule: Rule) -> frozenset[HtmlElement]:
        """The elements that a rule selects."""
        if rule.order not in self._found:
            selector = self._selector(rule)
            self._found[rule.order] = frozenset(_selected(self._tree, selector) if selector else ())
        return self._found[rule.order]

    def _selector(self, rule: Rule) -> Selector | None:
        if rule.order not in self._selectors:
            self._selectors[rule.order] = _parsed(rule.text)
        return self._selectors[rule.order]

    def of(self, element: HtmlElement) -> dict[str, tuple[str, str]]:
        """For each property its value, and the rule that gives it: a selector, or the element's own attribute."""
        if element not in self._values:
            self._values[element] = self._resolved(element)
        return self._values[element]

    def _resolved(self, element: HtmlElement) -> dict[str, tuple[str, str]]:
        given: list[tuple[tuple[bool, bool, tuple[int, ...], int], str, str, str]] = []
        for key in (*own_names(element), str(element.tag), "*"):
            for rule in self._by_key.get(key, ()):
                if rule.sure and element in self.elements(rule) and (selector := self._selector(rule)):
                    for name, value in rule.declared.items():
                        weight = (name in rule.important, False, tuple(selector.specificity()), rule.order)
                        given.append((weight, name, value, rule.text))
        style = element.get("style") or ""
        declared, important = declarations(style) if style else ({}, frozenset[str]())
        for name, value in declared.items():
            given.append(((name in important, True, (), 0), name, value, style))
        found = {name: (value, HINT) for name, value in _hints(element).items()}
        for _, name, value, rule_text in sorted(given, key=lambda one: one[0]):
            found[name] = (value, rule_text)
        return found

    def other_values(self, element: HtmlElement, name: str) -> Iterator[str]:
        """Values that a property of the element takes in another state, by rules that name its class or id."""
        names = own_names(element)
        for rule in self.rules:
            if (
                name in rule.declared
                and rule.names & names
                and not (rule.sure and element in self.elements(rule))
            ):
                yield rule.declared[name]


def own_names(element: HtmlElement) -> set[str]:
    """The element's classes (".name") and id ("#name")."""
    names = {f".{name}" for name in (element.get("class") or "").split()}
    return names | {f"#{element.get('id')}"} if element.get("id") else names


def _hints(element: HtmlElement) -> dict[str, str]:
    """What the element's kind and attributes say before any style."""
    hints = {}
    if (element.get("hidden") is not None and element.get("hidden") != "until-found") or (
        element.tag == "dialog" and element.get("open") is None
    ):
        hints["display"] = "none"
    if element.get("bgcolor"):
        hints["background"] = element.get("bgcolor")
    if element.tag == "font" and element.get("color"):
        hints["color"] = element.get("color")
    return hints


def declarations(source: str | list[Node]) -> tuple[dict[str, str], frozenset[str]]:
    """Properties with their values, in lower case, and the names of those that are important."""
    import tinycss2

    found: dict[str, str] = {}
    important: set[str] = set()
    for part in tinycss2.parse_blocks_contents(source, skip_comments=True, skip_whitespace=True):
        if part.type == "declaration" and _SHORT.get(part.lower_name, part.lower_name) in TOLD:
            name = _SHORT.get(part.lower_name, part.lower_name)
            if part.important or name not in important:
                found[name] = tinycss2.serialize(part.value).strip().lower()
                important |= {name} if part.important else set()
    return found, frozenset(important)


def pixels(written: str) -> float | None:
    """A length in pixels; None where it is none, or is calculated."""
    found = _LENGTH.match(written.strip())
    return float(found[1]) * _UNITS[found[2]] if found else None


_LIST_TYPES = {
    "lower-alpha": "a", "lower-latin": "a", "upper-alpha": "A", "upper-latin": "A", "lower-roman": "i",
    "upper-roman": "I", "decimal": "1",
}  # fmt: skip
_LIST_STYLES = frozenset(_LIST_TYPES) - {"decimal"}
_RAISED = ("super", "text-top")


def name_what_is_styled(tree: HtmlElement, styles: Styles) -> None:
    """Give raised signs and the counters of lists, where only a style tells them, the elements of HTML for it."""
    by_rule = {
        element
        for rule in styles.rules
        if rule.sure
        and (
            rule.declared.get("vertical-align") in _RAISED
            or not _LIST_STYLES.isdisjoint(rule.declared.get("list-style", "").split())
        )
        for element in styles.elements(rule)
    }
    inline = tree.xpath(
        "//*[self::span or self::font or self::a or self::small][contains(@style, 'vertical-align')]"
    )
    for element in {*by_rule, *inline, *tree.xpath("//ol[@style]")}:
        style = styles.of(element)
        if element.tag in ("span", "font", "a", "small") and style.get("vertical-align", ("",))[0] in _RAISED:
            element.tag = "sup"
        if element.tag == "ol":
            for word in style.get("list-style", ("",))[0].split():
                if word in _LIST_TYPES:
                    element.set("type", _LIST_TYPES[word])


# --------------------------------------------------------------------------- style sheets


def _rules(source: str, order: int, sure: bool) -> Iterator[Rule]:
    try:
        for prelude, content, known in _rules_in(source, sure):
            declared, important = declarations(content)
            if TOLD.isdisjoint(declared):
                continue
            for text in (part.strip() for part in re.split(r",(?![^(\[]{0,500}[)\]])", prelude)):
                if len(text) > LONGEST_SELECTOR or len(re.findall(r"[\s>+~]+", text)) > MOST_STEPS:
                    continue
                order += 1
                last = re.sub(
                    r"::?[\w-]{1,60}(?:\([^)]{0,300}\))?",
                    "",
                    re.split(r"[\s>+~]{1,20}(?![^(]{0,500}\))", text)[-1],
                )
                names = frozenset(re.findall(r"[.#][\w-]+", last))
                tag = re.match(r"[a-z][a-z0-9]*", last.lower())
                # ".menu:not(.open)": a script opens it
                sure = known and ":not(" not in text
                yield Rule(text, declared, important, order, sure, names, tag[0] if tag else "*")
    except RecursionError:  # brackets inside of brackets, as no sheet has them
        return


def _parsed(text: str) -> Selector | None:
    """A selector; None for one that selects no element, or is not understood."""
    import cssselect

    try:
        (selector,) = cssselect.parse(text)
    except (cssselect.SelectorError, ValueError, RecursionError):
        return None
    return None if selector.pseudo_element else selector


def _rules_in(source: str, sure: bool) -> Iterator[tuple[str, list[Node], bool]]:
    """(selectors, declarations, whether they surely count) of a style sheet in their order."""
    import tinycss2

    waiting = [(part, sure) for part in reversed(tinycss2.parse_stylesheet(source, True, True))]
    while waiting:
        rule, known = waiting.pop()
        if rule.type == "qualified-rule":
            yield tinycss2.serialize(rule.prelude), rule.content, known
        elif rule.type == "at-rule" and rule.content is not None and rule.lower_at_keyword in _NESTING:
            counts = _counts(rule.lower_at_keyword, tinycss2.serialize(rule.prelude))
            if counts is not False:
                inner = tinycss2.parse_rule_list(rule.content, True, True)
                waiting += [(part, known and bool(counts)) for part in reversed(inner)]


def _counts(keyword: str, condition: str) -> bool | None:
    if keyword == "media":
        return applies(condition)
    if keyword == "supports":
        return not condition.strip().lower().startswith("not")
    return None if keyword == "container" else True


def _selected(tree: HtmlElement, selector: Selector) -> list[HtmlElement]:
    import cssselect
    from lxml import etree

    try:
        path = cssselect.HTMLTranslator().selector_to_xpath(selector)
        found = tree.xpath(path)
    except (cssselect.SelectorError, etree.XPathError, RecursionError):
        return []
    return list(found)


# --------------------------------------------------------------------------- media


def applies(media: str) -> bool | None:
    """Whether a list of media queries holds on this screen; None where that depends on what is not known."""
    answers = [_query(query) for query in media.lower().split(",")]
    return True if True in answers else None if None in answers else False


def _query(query: str) -> bool | None:
    query = query.strip()
    negated = query.startswith("not ")
    answer: bool | None = True
    for part in re.split(r"\band\b", re.sub(r"^(?:not|only)\s{1,9}", "", query)):
        holds = _feature("".join(part.split()).strip("()"))
        answer = False if holds is False or answer is False else None if holds is None else answer
    return answer if not negated or answer is None else not answer


def _feature(written: str) -> bool | None:
    if not written or written in _STATES:
        return _STATES.get(written, True)
    name, _, value = written.partition(":")
    bound, side = re.match(r"(min-|max-)?(?:device-)?(width|height)$", name), pixels(value)
    if bound and side is not None:
        size = WIDTH if bound[2] == "width" else HEIGHT
        return size >= side if bound[1] == "min-" else size <= side if bound[1] else size == side
    between = _RANGE.match(written)
    if between is None:
        return None
    size = WIDTH if between[3] == "width" else HEIGHT
    low, limit = pixels(between[1] or "0"), pixels(between[5] or "0")
    if low is None or limit is None:
        return None
    above = size >= low if between[1] else True
    return above and (size <= limit if (between[4] or "").startswith("<") else size >= limit)
