"""Text becomes HTML that does nothing: no address, image, script or style of an article or answer survives.

Answers may use a small Markdown (emphasis, lists, tables, code). Proved sentences and citations are drawn
inside it: private-use characters mark where they begin and end while Markdown is parsed, and every run of
text is then wrapped on its own, so the result is well-formed wherever the marks fall.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# A mark names what it marks, so that one that is lost (in a table's ruler, say) costs only itself.
_SENTENCE, _CITED, _CLOSE = 0xF0000, 0x100000, "\ue001"
_MARK = re.compile("[\ue001\U000f0000-\U0010fffd]")
_WITHOUT = ["link", "image", "autolink", "reference", "html_inline", "html_block"]
_CITATION = re.compile(r"[ \u00a0\u202f]?\[(\d{1,4})\]")
_LINE_OPENING = re.compile(r"\s*(?:(?:[-*+]|\d{1,3}[.)]|#{1,6}|>)[ \t]+|\|[ \t]*)*(?:```[^\n]{0,99}\n)?")
_RULER = r"\n[ \t]*\|(?:[ \t]*:?-{1,99}:?[ \t]*\|)+\s*$"
"""The line below the heads of a table, which is none with a mark in it."""
_LINE_CLOSING = re.compile(rf"(?:(?<!\s)[ \t]*\|[ \t]*)?{_RULER}|(?:(?<!\s)\s*\|\s*|(?<!\s)\s+)?$|\n```\s*$")
ALLOWED = {
    "p", "br", "em", "strong", "code", "pre", "blockquote", "ul", "ol", "li", "hr",
    "table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip


Layer = tuple[int, int, str]
"""Start, end and class of words to be marked."""


class Mark(NamedTuple):
    """What is put around the words of a sentence."""

    opening: Markup = Markup()
    """Before its first run of text, e.g. `<span class="supported">`."""
    reopening: Markup = Markup()
    """The same for its further runs, which stand after a citation or an emphasis."""
    closing: Markup = Markup()
    """After each run."""
    after: Markup = Markup()
    """Once after it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of an answer: a proved sentence, or the draft that is not proved yet."""

    text: str
    before: str
    mark: Mark
    citations: frozenset[int] = frozenset()
    """The numbers that become citation buttons where the text has `[n]`."""


def answer_html(pieces: Sequence[Piece], citation: Callable[[int], Markup]) -> Markup:
    """Draw an answer; `citation` gives the HTML of one numbered citation."""
    numbers: list[int] = []
    source = []
    for index, piece in enumerate(pieces):
        body = _cited(_MARK.sub("", piece.text), piece.citations, numbers)
        lead, tail = _LINE_OPENING.match(body), _LINE_CLOSING.search(body)
        first = lead.end() if lead else 0
        last = max(first, tail.start() if tail else len(body))
        opened = chr(_SENTENCE + index)
        before = _MARK.sub("", piece.before)
        source.append(f"{before}{body[:first]}{opened}{body[first:last]}{_CLOSE}{body[last:]}")
    return _Weaver(pieces, [citation(n) for n in numbers]).weave("".join(source))


def _cited(text: str, citations: frozenset[int], numbers: list[int]) -> str:
    """Put a mark for each `[n]` of a known citation; adds the numbers met to `numbers`."""

    def place(match: re.Match[str]) -> str:
        if int(match[1]) not in citations:
            return match[0]
        numbers.append(int(match[1]))
        return chr(_CITED + len(numbers) - 1)

    return _CITATION.sub(place, text)


class _Weaver:
    """Turns parsed Markdown whose text carries marks into HTML."""

    def __init__(self, pieces: Sequence[Piece], citations: Sequence[Markup]) -> None:
        self.pieces = pieces
        self.citations = citations
        self.current: Piece | None = None
        self.begun = False

    def weave(self, source: str) -> Markup:
        import nh3

        # Markdown is drawn and cleaned with the marks still in it; only our own HTML is added afterwards.
        clean = nh3.clean(_parser().render(source), tags=ALLOWED, attributes={}, link_rel=None)
        # nh3 writes every "<" and ">" of the text as an entity, so a tag is what stands between them
        parts = re.split(r"(<[^<>]*>)", clean)
        return Markup(
            self._kept("".join(part if part.startswith("<") else self._text(part) for part in parts))
        )

    def _kept(self, html: str) -> str:
        """Keep the sign that closes a sentence on the line of its citations: no joiner holds beside a button."""
        if not self.citations:
            return html
        cited = "|".join(re.escape(f"\u2060{one}\u2060") for one in sorted(set(self.citations)))
        closing = r"<span[^<>]*>[.,;:!?…]</span>|[.,;:!?…]"
        return re.sub(rf"((?:{cited})+(?:{closing}))", r'<span class="kept">\1</span>', html)

    def _text(self, text: str) -> str:
        return "".join(self._run(part) for part in re.split(f"({_MARK.pattern})", text) if part)

    def _run(self, part: str) -> str:
        if _MARK.fullmatch(part):
            return self._mark(part)
        if self.current is None or not part.strip():
            return part
        opening, self.begun = (self.current.mark.reopening if self.begun else self.current.mark.opening), True
        return f"{opening}{part}{self.current.mark.closing}"

    def _mark(self, mark: str) -> str:
        code = ord(mark)
        if code >= _CITED:
            return self._citation(code - _CITED)
        if code >= _SENTENCE:
            self.begun = False
            self.current = self.pieces[code - _SENTENCE] if code - _SENTENCE < len(self.pieces) else None
            return ""
        after, self.current = (self.current.mark.after if self.current else ""), None
        return after

    def _citation(self, index: int) -> str:
        # a word joiner keeps the number with its word where the browser heeds it
        return f"\u2060{self.citations[index]}\u2060" if index < len(self.citations) else ""


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True})
    return parser.enable("table").disable(_WITHOUT)


def marked(text: str, start: int, end: int, layers: Sequence[Layer]) -> Markup:
    """`text[start:end]` escaped, with a `<mark class=…>` around what a layer covers."""
    edges = {start, end}
    for first, last, _ in layers:
        edges |= {min(max(first, start), end), min(max(last, start), end)}
    parts = []
    for left, right in pairwise(sorted(edges)):
        classes = " ".join(sorted({name for first, last, name in layers if first <= left and right <= last}))
        run = escape(text[left:right])
        parts.append(Markup('<mark class="{}">{}</mark>').format(classes, run) if classes else run)
    return Markup().join(parts)
