"""Sentence boundaries by rule, in one pass over the text.

A blank line always ends a sentence, so do list items, table rows and headings. The abbreviations of all reading
packs count. It does not parse: a capital after an unlisted abbreviation ends a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from ..language.calendars import month_names
from ..language.reading_pack import words_of
from ..types import Span

LONGEST = 1500
"""Characters; a longer sentence (a line without punctuation) is cut at a space where there is one."""

_BEFORE_NAME = words_of("before_names")
"""Never the last word of a sentence: a name or an explanation follows."""
_BEFORE_NUMBER = words_of("before_numbers")
"""Followed by its number: "art. 5", "p. 12", "No. 5", "vol. II", "art. L. 123-4"."""
_MAY_END = words_of("may_end")
"""May end a sentence; does when the next word is one that opens sentences."""
_OPENERS = words_of("openers")

_BLOCK_END = re.compile(r"\n[^\S\n]*\n\s*")
_LIST_ITEM = re.compile(
    r"[^\S\n]{0,100}+(?:(?:[-*+•–—‣▪◦·]|\(?\d{1,3}[.)]|\(?[a-z][.)])[^\S\n]{1,100}+|(?:#{1,6}[^\S\n]|>|```|\||\[\^?\d{1,4}\]))"
)
_LINE = re.compile(r"[^\n]+")
_CELL = re.compile(r"[^\s|][^\S\n]\|[^\S\n]")
_END = re.compile(
    r"""(?:(?<![.!?…‽])[.!?…‽]++(?:\[\d{1,3}\]|[^\S\n]?[»”’](?![^\W_])|["'’”)\]*_]+(?=\s))*+(?=[\s«“"(\[]|$)|[。！？]+[」』”’）]*)\s*""",
    re.VERBOSE,
)
_WORD_BEFORE = re.compile(r"[^\s(\[«“\"'’/]{0,24}$")
_AFTER = re.compile(r"[\s«“\"'‘(\[¿¡*_-]*(\w[\w'’.-]{0,20})?")
_CODED = re.compile(r"(?=[^\W_]{0,20}[a-z][\w.-]{0,20}\d)[a-z]{1,20}-[\w.-]|[a-z]{1,2}[A-Z][a-z]|[a-z]\d\b")
"""Names that begin with a small letter, and may begin a sentence: "gpt-oss-120b", "iPhone", "o3"."""
_ROMAN = re.compile(r"[IVXLCDM]+\b|[A-Z]\.")
_INITIALS = re.compile(r"(?:[^\W\d_]\.){0,12}-?[^\W\d_]$")


def sentence_spans(text: str, language: str) -> list[Span]:
    """Spans of the sentences of `text`, in order, trimmed; every character but white space is in exactly one."""
    spans: list[Span] = []
    for start, end in _blocks(text):
        for line_start, line_end in _lines(text, start, end):
            spans += _split(text, line_start, line_end, language)
    return spans


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Ranges between blank lines."""
    start = 0
    for gap in _BLOCK_END.finditer(text):
        yield start, gap.start()
        start = gap.end()
    yield start, len(text)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Ranges of a block between the line ends that end a sentence; the others only wrap a paragraph."""
    if text.find("\n", start, end) < 0:
        yield start, end
        return
    lines = [match.span() for match in _LINE.finditer(text, start, end)]
    if not lines:
        return
    longest = max(stop - begin for begin, stop in lines)
    first = lines[0][0]
    for line, following in pairwise(lines):
        if _ends_line(text, line, following, longest):
            yield first, line[1]
            first = following[0]
    yield first, end


def _ends_line(text: str, line: tuple[int, int], following: tuple[int, int], longest: int) -> bool:
    """Whether the line `text[line[0]:line[1]]` ends a sentence though it may have no full stop."""
    begin, stop = line
    if _LIST_ITEM.match(text, following[0]) or _CELL.search(text, *line) or _CELL.search(text, *following):
        return True
    word = _AFTER.match(text, following[0])
    if word and (word[1] or "")[:1].islower():
        return False
    # Lines of wrapped text have about one length; a much shorter line, or very long ones, stand for themselves.
    return longest > 120 or stop - begin < 0.6 * longest or text[stop - 1] == ":"


def _split(text: str, start: int, end: int, language: str) -> Iterator[Span]:
    marker = _LIST_ITEM.match(text, start, end)
    begin = start
    for match in _END.finditer(text, marker.end() if marker else start, end):
        if match.end() < end and _is_boundary(text, match.start(), match.end(), end, language):
            yield from _trimmed(text, begin, match.end())
            begin = match.end()
    yield from _trimmed(text, begin, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """The range without white space around it, cut where it is longer than `LONGEST`."""
    while end > start and text[end - 1].isspace():
        end -= 1
    start = _skip_space(text, start, end)
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = cut if cut > 0 else start + LONGEST
        yield Span(start, start + len(text[start:cut].rstrip()))
        start = _skip_space(text, cut, end)
    if end > start:
        yield Span(start, end)


def _skip_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _is_boundary(text: str, mark: int, after: int, end: int, language: str) -> bool:
    """Whether the punctuation at `mark` ends a sentence, the next one beginning at `after`."""
    following = _AFTER.match(text, after, min(end, after + 40))
    word = (following[1] or "") if following else ""
    if text[mark] in "。！？":
        return True
    if word[:1].islower() and not _CODED.match(word):
        return False
    if text[mark] != "." or text.startswith("..", mark):
        return True
    before = _WORD_BEFORE.search(text[max(0, mark - 24) : mark])
    return _ends_after(before[0] if before else "", word, language)


def _ends_after(word: str, following: str, language: str) -> bool:
    """Whether a full stop after `word` ends a sentence when `following` comes next."""
    lower = word.lower()
    opener = following.split("'")[0].split("’")[0].lower() in _OPENERS
    if lower in _BEFORE_NAME:
        return False
    if lower in _BEFORE_NUMBER and (following[:1].isdigit() or _ROMAN.match(following)):
        return False
    if lower in _MAY_END or _INITIALS.match(word):
        return opener
    if language == "de" and word.isdigit() and len(word) < 3:
        return not following.lower().startswith(_german_months())
    return True


@cache
def _german_months() -> tuple[str, ...]:
    """How the names of the months begin: "am 3. Mai" goes on."""
    return tuple(name[:3].lower() for name in month_names("de"))
