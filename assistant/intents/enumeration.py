"""A list that an article has itself: the line that introduces it, and its items."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..composition.evidence import ENDS, marker_length
from ..language.folding import fold
from ..proof.places import SourceSentence, all_sentences, matching_stems, stems_of
from ..types import Article, Hit, Quote
from .reply import Library

_NUMBERED = re.compile(r"([^\W\d_]{2,40}) (\d{1,4})(?!\w)")
"""A name with its number: "EIG 3"."""
FEWEST = 2
"""Items of a list."""
MOST = 12
FEWEST_STEMS = 2
"""Words that tell which list is meant."""


def enumerated(library: Library, hits: Sequence[Hit], asked: str, most: int = MOST) -> list[Quote]:
    """The items of the list whose introduction has every word of `asked`; empty where there is none."""
    for lead in all_sentences(hits):
        if _introduces(lead, asked):
            items = list(_items(library.article(lead.article), lead.end, lead.hit))[:most]
            if len(items) >= FEWEST:
                return items
    return []


def _introduces(lead: SourceSentence, asked: str) -> bool:
    """Whether a line without an end ("The winners of 2021:") has most words of `asked`, and its title the others."""
    if lead.text.rstrip()[-1:] in ENDS or marker_length(lead.text):
        return False
    stems = stems_of(asked, lead.language)
    own = matching_stems(stems, lead.stems)
    title = matching_stems(stems, stems_of(lead.title, lead.language))
    has_all = len(stems) >= FEWEST_STEMS and 2 * len(own) > len(stems) and stems == own | title
    return has_all and all(
        re.search(rf"(?<!\w){re.escape(name)}\W{{1,3}}{number}(?!\d)", fold(f"{lead.text} {lead.title}"))
        for name, number in _NUMBERED.findall(fold(asked))
    )


def _items(article: Article, start: int, hit: int) -> Iterator[Quote]:
    """The items that follow a place of an article, each its first sentence, as far as the list goes."""
    end = start
    begun = False
    for span in article.sentences:
        if span.start < start:
            continue
        text = article.text[span.start : span.end]
        marker = marker_length(text)
        if not marker and (not begun or "\n" in article.text[end : span.start]):
            return
        begun, end = True, span.end
        ordered = any(one.start < span.end and span.start < one.end for one in article.flagged)
        if marker and not ordered and text[marker:].strip():
            yield Quote(article.name, span.start + marker, span.end, text[marker:], hit)
