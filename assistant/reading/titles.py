"""The title of an article: what the file states, unless a program wrote it, else what stands above the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from ..language.folding import fold
from ..language.reading_pack import words_of
from ..types import Heading, Span
from .drafts import Fact
from .hygiene import clean

_KEPT_BESIDE = frozenset(("PDF metadata", "DOCX properties", "ODT properties", "RTF information"))
"""Origins whose titles nobody sees: they are often those of a template, or of the document that was copied."""
_FILLED_IN = _KEPT_BESIDE | {"EPUB metadata", "title tag"}
"""Origins whose titles programs fill in, with nothing or with the name of a file."""
_BEGINNING = 5000
"""Characters of the text in which most words of a title that nobody sees must stand."""
_JUNK = re.compile("|".join(sorted(words_of("junk_titles"))), re.IGNORECASE)
_NAME_OF_A_FILE = re.compile(r"\.(?:docx?|indd|tex|pdf|odt|qxd|pptx?|xlsx?|dvi|ps|html?)$", re.IGNORECASE)
_FEWEST_WORDS, _SHORTEST_WORD = 2, 3
"""Words of the name of a file that says what it is about ("labour 2024 manifesto"), and their letters; a year is one."""
_DAY = re.compile(r"\d{4} ?\d\d ?\d\d ")
_LONGEST_LINE = 120
_LONGEST_HEADING = 300


def stated(fact: Fact) -> str:
    """The value of a fact on one line, without what nobody sees."""
    return " ".join(clean(fact.value)[0].split())[:500]


def is_by_a_program(fact: Fact) -> bool:
    """Whether a title or a name of an author was filled in by a program."""
    value = fact.value.strip()
    if fact.origin not in _FILLED_IN:
        return False
    # A page's title may end with the name of a file that the article is about.
    is_file = _NAME_OF_A_FILE.search(value) and (" " not in value or fact.origin != "title tag")
    return bool(_JUNK.match(value) or is_file)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", fold(text)))


def title_of(
    name: str, facts: Sequence[Fact], text: str, headings: Sequence[Heading], pages: Sequence[Span]
) -> Fact:
    """The title of the article `name`; of a document with pages a heading counts if it stands on the first."""
    titles = [
        fact._replace(value=stated(fact))
        for fact in facts
        if fact.field == "title" and not is_by_a_program(fact)
    ]
    titles = [fact for fact in titles if any(map(str.isalnum, fact.value))]
    beginning = _words(text[:_BEGINNING])
    for fact in titles:
        if fact.origin not in _KEPT_BESIDE or 2 * len(_words(fact.value) & beginning) > len(
            _words(fact.value)
        ):
            return fact
    first_page = [heading for heading in headings if not pages or heading.start < pages[0].end]
    named = Fact("title", _of_a_file(name), "file name")
    if first_page:
        top = min(first_page, key=lambda heading: (heading.level, heading.start))
        said = not pages and _says_what_it_is_about(named.value)
        if said and _is_a_section(top, text, headings):
            return named
        return Fact("title", text[top.start : top.end][:_LONGEST_HEADING], "heading")
    line, _, rest = text.partition("\n")
    ends = rest and len(line) <= _LONGEST_LINE and line[-1] not in ".,;:…"
    if ends and any(map(str.isalnum, line)):
        return Fact("title", line, "first line")
    if titles:
        return titles[0]
    return named


def _is_a_section(heading: Heading, text: str, headings: Sequence[Heading]) -> bool:
    """Whether a heading is one of several behind the beginning of a text: "Key findings" is no title."""
    beside = sum(other.level == heading.level for other in headings) > 1
    return beside and bool(text[: heading.start].strip())


def _says_what_it_is_about(name: str) -> bool:
    words = [word for word in name.split() if word.isalpha() or (len(word) == len("2024") and word.isdigit())]
    return sum(len(word) >= _SHORTEST_WORD for word in words) >= _FEWEST_WORDS


def _of_a_file(name: str) -> str:
    """The name of a file as words, without the day that it may begin with."""
    words = PurePosixPath(name).stem.replace("_", " ").replace("-", " ").strip()
    return _DAY.sub("", words) or words or name
