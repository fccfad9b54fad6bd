"""What the generator of a site makes of Markdown: shortcodes, values, names of headings, footnotes, HTML with Markdown in it."""

from __future__ import annotations

import re
from textwrap import dedent

_SHORTCODE = re.compile(
    r"\{\{<(?:(?!>\}\})[^{}]){0,3000}>\}\}|\{\{%(?:(?!%\}\})[^{}]){0,3000}%\}\}"
    r"|\{%(?!-?\s{0,9}(?:end)?comment)(?:(?!%\}|\{%).){0,3000}?%\}|^[ ]{0,3}:{3,}[^\n]{0,300}$",
    re.MULTILINE | re.DOTALL,
)
"""Instructions to a site's generator."""
_CAPTION = re.compile(r"\bcaption\s{0,9}[:=]\s{0,9}(?:\"([^\"]{1,999})\"|'([^']{1,999})')")
_EXPRESSION = re.compile(r"\{\{-?[ ][^{}\n]{1,300}\}\}|(?<=\]\()\{\{[^{}\n]{1,300}\}\}")
"""Values that a site's generator fills in, most often the addresses of its pages."""
_ATTRIBUTE = r"(?:[.#][\w:-]{1,80}|[\w:-]{1,80}=(?:\"[^\"\n]{0,200}\"|'[^'\n]{0,200}'|[\w:./-]{1,200}))"
_ATTRIBUTES = re.compile(
    rf"[ \t]{{0,9}}\{{(?::[ ]?toc|(?:(?=[.#])|:[ ]?){_ATTRIBUTE}(?:[ ]{{1,9}}{_ATTRIBUTE}){{0,9}})[ ]?\}}"
    r"(?=[ \t]*$|(?<=[)\]*`]\}))",
    re.MULTILINE,
)
"""Names and looks of what stands before them: "## Title {#name}", "{: .note}"."""
_NOTE = re.compile(r"(?<!\\)(?:^([ ]{0,3})(?=\[\^[^\]]{1,80}\]:))?\[\^([^\]\s^]{1,80})\]", re.MULTILINE)
_MARKED_DOWN = re.compile(
    r"<(\w{1,20})\b[^<>]{0,300}\bmarkdown=[\"']?(?:1|block|span)\b[^<>]{0,300}>((?:(?!<\1\b).){0,20000}?)</\1>",
    re.DOTALL,
)
"""An element of HTML that kramdown looks into for Markdown."""
_DEEPEST = 5
_HEADING_BELOW_HTML = re.compile(r"(</\w{1,20}>[ \t]{0,9}\n)(?=#{1,6}[ ])")


def without_instructions(part: str) -> str:
    """Markdown without what is addressed to the generator; the captions of its pictures stay."""
    part = _SHORTCODE.sub(_caption, part)
    part = _ATTRIBUTES.sub("", _EXPRESSION.sub("", part))
    return _HEADING_BELOW_HTML.sub(r"\1\n", part)


def _caption(shortcode: re.Match[str]) -> str:
    """What a reader sees of a shortcode: the caption of a picture."""
    found = _CAPTION.search(shortcode[0])
    return (found[1] or found[2]) if found else ""


def laid_open(body: str) -> str:
    """Markdown without the elements of HTML that only frame more Markdown."""
    for _ in range(_DEEPEST if "markdown=" in body else 0):
        body = _MARKED_DOWN.sub(lambda inside: f"\n\n{dedent(inside[2]).strip()}\n\n", body)
    return body


class Footnotes:
    """The footnotes of a text, numbered in the order in which it names them, as a site shows them."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def numbered(self, part: str) -> str:
        """Markdown in which each footnote's sign and beginning is its number in brackets."""
        return _NOTE.sub(self._number, part)

    def _number(self, found: re.Match[str]) -> str:
        number = self.numbers.setdefault(found[2], len(self.numbers) + 1)
        before = "\n" if found[1] is not None else ""
        if not before and found.start() and not found.string[found.start() - 1].isspace():
            before = " "
        return f"{before}&#91;{number}&#93;"  # brackets that begin no link
