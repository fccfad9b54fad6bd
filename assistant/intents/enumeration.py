"""A list that an article has itself: the line that introduces it, and its items or headings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from ..composition.evidence import ENDS, marker_length
from ..language.folding import fold
from ..proof.places import SourceSentence, all_sentences, holds_injection, matching_stems, stems_of
from ..types import Article, Hit, Quote, Span
from .reply import Library

_NUMBERED = re.compile(r"([^\W\d_]{2,40}) (\d{1,4})(?!\w)")
"""A name with its number: "EIG 3"."""
FEWEST = 2
"""Items of a list."""
FEWEST_IN_ARTICLE = 3
"""Headings that are the items of a list, and items of a list that nothing introduces."""
OF_THE_LINE = 3
"""A line with an end introduces a list where one in so many of its words, or more, is asked for."""
MOST = 12
FEWEST_STEMS = 2
"""Words that tell which list is meant."""
LONGEST_HEADING = 90
"""Characters of a line that is a heading, where it has no end."""
SHARE = 0.75
"""Of the words asked for, of which an introduction and its title have all numbers."""


def enumerated(library: Library, hits: Sequence[Hit], asked: str, most: int = MOST) -> list[Quote]:
    """The items of the list whose introduction has the words of `asked`; empty where there is none."""
    for lead in all_sentences(hits):
        if _introduces(lead, asked):
            items = _following(library.article(lead.article), lead)
            if len(items) >= FEWEST:
                return items[:most]
    return []


def listed_by_title(library: Library, hits: Sequence[Hit], asked: str, most: int = MOST) -> list[Quote]:
    """The only list of the article whose title has the words of `asked`; empty where there is none, or several."""
    for place, hit in enumerate(hits):
        if _has(asked, stems_of(hit.title, hit.language), hit.language):
            article = library.article(hit.passage.article)
            begin = [
                before.end
                for before, span in pairwise(article.sentences)
                if _marked(article, span) and not _marked(article, before)
            ]
            items = list(_items(article, begin[0], place)) if len(begin) == 1 else []
            if len(items) >= FEWEST_IN_ARTICLE:
                return items[:most]
    return []


def _introduces(lead: SourceSentence, asked: str) -> bool:
    """Whether a line ("The winners of 2021:") has most words of `asked`, and its title the others."""
    stems = stems_of(asked, lead.language)
    own = matching_stems(stems, lead.stems)
    if marker_length(lead.text) or (_is_ended(lead) and OF_THE_LINE * len(own) < len(lead.stems)):
        return False
    title = stems_of(lead.title, lead.language)
    return (
        2 * len(own) > len(stems)
        and _has(asked, lead.stems | title, lead.language)
        and all(
            re.search(rf"(?<!\w){re.escape(name)}\W{{1,3}}{number}(?!\d)", fold(f"{lead.text} {lead.title}"))
            for name, number in _NUMBERED.findall(fold(asked))
        )
    )


def _has(asked: str, offered: frozenset[str], language: str) -> bool:
    """Whether what is offered has nearly all words of `asked`, and all its numbers."""
    stems = stems_of(asked, language)
    missing = stems - matching_stems(stems, offered)
    return (
        len(stems) >= FEWEST_STEMS
        and len(missing) <= (1 - SHARE) * len(stems)
        and not any(map(str.isdigit, chain.from_iterable(missing)))
    )


def _is_ended(lead: SourceSentence) -> bool:
    return lead.text.rstrip()[-1:] in f"{ENDS}:"


def _following(article: Article, lead: SourceSentence) -> list[Quote]:
    """The items that follow a line; the headings from there on, where a line with an end is followed by one."""
    items = list(_items(article, lead.end, lead.hit))
    after = next((span for span in article.sentences if span.start >= lead.end), None)
    if items or after is None or not _is_ended(lead) or not _is_heading(article, after):
        return items
    headings = _headings(article, lead.end, lead.hit)
    return headings if len(headings) >= FEWEST_IN_ARTICLE else []


def _headings(article: Article, start: int, hit: int) -> list[Quote]:
    """The lines from a place on that stand alone and have no end."""
    return [
        Quote(article.name, span.start, span.end, article.text[span.start : span.end], hit)
        for span in article.sentences
        if span.start >= start and _is_heading(article, span) and not holds_injection(span, article.flagged)
    ]


def _is_heading(article: Article, span: Span) -> bool:
    text = article.text[span.start : span.end]
    before, after = article.text[: span.start].rstrip(" "), article.text[span.end :].lstrip(" ")
    return (
        before.endswith("\n\n")
        and after.startswith("\n\n")
        and len(text) <= LONGEST_HEADING
        and text.rstrip()[-1:] not in ".!?…:"
        and marker_length(text) == 0
    )


def _marked(article: Article, span: Span) -> bool:
    return marker_length(article.text[span.start : span.end]) > 0


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
        if marker and not holds_injection(span, article.flagged) and text[marker:].strip():
            yield Quote(article.name, span.start + marker, span.end, text[marker:], hit)
