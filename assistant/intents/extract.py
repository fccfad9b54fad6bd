"""The sentences that stand for an article: its leading ones, and those that say most of what it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..composition.evidence import alike, is_prose, quote_of
from ..proof.places import SourceSentence, all_sentences, matching_stems, stems_of
from ..types import Hit, Quote

LEAD_WEIGHT, CENTRAL_WEIGHT, TITLE_WEIGHT, SUBJECT_WEIGHT = 0.5, 0.6, 0.4, 0.8
"""Of a sentence's score: its place (halved at the second sentence), the share of its words that the article repeats,
the share of the title's and of the subject's words that it has."""
SHORTEST, LONGEST = 40, 380
"""Characters of a sentence that neither lacks what it speaks of nor fills the page."""
LONGEST_WHOLE = 500
_STOPS, _CLOSING = ".!…", '»”")'
_ENDS = '.!?…»”")'


def extract(hits: Sequence[Hit], article: str, subject: str, limit: int) -> list[Quote]:
    """At most `limit` sentences of one article among the hits, in the order of the article.

    Headings, links and fragments only where too few sentences can stand by themselves.
    """
    everything = [one for one in all_sentences(hits) if one.article == article]
    chosen: list[SourceSentence] = []
    for one in ranked([one for one in everything if is_prose(one)] or everything, subject):
        if len(chosen) < limit and not any(alike(one, other) for other in chosen):
            chosen.append(one)
    chosen.sort(key=lambda one: one.start)
    return [quote_of(one) for one in chosen]


def ranked(sentences: Sequence[SourceSentence], subject: str) -> list[SourceSentence]:
    """Sentences of one article, those first that say most of what it is about and can stand alone."""
    placed = sorted(sentences, key=lambda one: (not can_stand_alone(one.text), one.start))
    repeated = Counter(stem for one in placed for stem in one.stems)
    scored = [(_score(one, place, repeated, subject), one) for place, one in enumerate(placed)]
    scored.sort(key=lambda item: (not can_stand_alone(item[1].text), -item[0]))
    return [one for _, one in scored]


def _score(one: SourceSentence, place: int, repeated: Counter[str], subject: str) -> float:
    title, asked = stems_of(one.title, one.language), stems_of(subject, one.language)
    central = sum(repeated[stem] > 1 for stem in one.stems) / max(4, len(one.stems))
    return (
        LEAD_WEIGHT / (1 + place)
        + CENTRAL_WEIGHT * central
        + TITLE_WEIGHT * _share(title, one)
        + SUBJECT_WEIGHT * _share(asked, one)
    )


def can_stand_alone(text: str) -> bool:
    """Whether a sentence is no heading, no fragment and not too long to be shown by itself."""
    return SHORTEST <= len(text.strip()) <= LONGEST and text.strip()[-1] in _ENDS


def is_whole(one: SourceSentence) -> bool:
    """Whether it is a sentence of prose from its capital to its stop: no heading, link, tag or rest of a line."""
    text = one.text.strip()
    ended = text.rstrip(_CLOSING)[-1:] in _STOPS
    return (
        ended
        and is_prose(one)
        and len(text) <= LONGEST_WHOLE
        and not text[0].islower()
        and text[0] not in "<["
    )


def _share(asked: frozenset[str], one: SourceSentence) -> float:
    return len(matching_stems(asked, one.stems)) / len(asked) if asked else 0.0
