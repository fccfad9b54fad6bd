"""The sentences that stand for an article: its leading ones, and those that say most of what it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from ..composition.evidence import alike, is_prose, quote_of
from ..language.folding import fold
from ..language.pack import languages, pack
from ..proof.places import SourceSentence, all_sentences, matching_stems, stems_of
from ..types import Hit, Quote

LEAD_WEIGHT, CENTRAL_WEIGHT, TITLE_WEIGHT, SUBJECT_WEIGHT = 0.5, 0.6, 0.4, 0.8
"""Of a sentence's score: its place (halved at the second sentence), the share of its words that the article repeats,
the share of the title's and of the subject's words that it has."""
REPEATED_WEIGHT, MOST_REPEATED, FEWEST_WORDS = 0.25, 4.0, 6
"""Of how often the article has each of its words again, on average (over as many words at least)."""
LENGTH_WEIGHT, USUAL_LENGTH = 0.2, 200
"""Of its characters over the usual ones: what is longer says more."""
SAME_STRETCH = 0.2
"""What a sentence loses of whose part of the article, as many parts as sentences are wanted, one is chosen already."""
POINTS_BACK = 0.3
"""What a sentence loses that begins with "these", "she": it speaks of what was said before."""
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
    scores = _scores([one for one in everything if is_prose(one)] or everything, subject)
    part = 1 + max((one.end for one in everything), default=0) // limit
    chosen: list[SourceSentence] = []
    while len(chosen) < limit:
        parts = {one.start // part for one in chosen}
        left = [one for one in scores if not any(alike(one, other) for other in chosen)]
        if not left:
            break
        chosen.append(
            max(
                left,
                key=lambda one: (
                    can_stand_alone(one.text),
                    scores[one] - SAME_STRETCH * (one.start // part in parts),
                ),
            )
        )
    chosen.sort(key=lambda one: one.start)
    return [quote_of(one) for one in chosen]


def ranked(sentences: Sequence[SourceSentence], subject: str) -> list[SourceSentence]:
    """Sentences of one article, those first that say most of what it is about and can stand alone."""
    scores = _scores(sentences, subject)
    return sorted(scores, key=lambda one: (not can_stand_alone(one.text), -scores[one]))


def _scores(sentences: Sequence[SourceSentence], subject: str) -> dict[SourceSentence, float]:
    placed = sorted(sentences, key=lambda one: (not can_stand_alone(one.text), one.start))
    repeated = Counter(stem for one in placed for stem in one.stems)
    return {one: _score(one, place, repeated, subject) for place, one in enumerate(placed)}


def _score(one: SourceSentence, place: int, repeated: Counter[str], subject: str) -> float:
    title, asked = stems_of(one.title, one.language), stems_of(subject, one.language)
    central = sum(repeated[stem] > 1 for stem in one.stems) / max(4, len(one.stems))
    again = sum(repeated[stem] - 1 for stem in one.stems) / max(FEWEST_WORDS, len(one.stems))
    return (
        LEAD_WEIGHT / (1 + place)
        + CENTRAL_WEIGHT * central
        + REPEATED_WEIGHT * min(MOST_REPEATED, again)
        + LENGTH_WEIGHT * min(LONGEST, len(one.text)) / USUAL_LENGTH
        + TITLE_WEIGHT * share(title, one)
        + SUBJECT_WEIGHT * share(asked, one)
        - POINTS_BACK * points_back(one)
    )


def points_back(one: SourceSentence) -> bool:
    """Whether it opens with a word for something said before ("Then she saw …", "At the port, she saw …")."""
    if one.language not in languages():
        return False
    opening, dates = True, one.values.dates
    for before, word in pairwise((None, *one.analysed.words)):
        assert word is not None
        if any(date.start <= word.start < date.end for date in dates):
            continue
        comma = before is not None and "," in one.text[before.end : word.start]
        if (opening or comma) and fold(word.text) in _pointing(one.language):
            return True
        opening = opening and word.is_stop
        if comma:
            return False
    return False


@cache
def _pointing(language: str) -> frozenset[str]:
    """Words that point to what was said before, without those that are articles and prepositions too ("los", "en")."""
    known = pack(language)
    others = {article.strip("'") for article in known.time["articles"]} | {*known.dates["introductions"]}
    return frozenset(known.asked["pointing"]) - others


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


def share(asked: frozenset[str], one: SourceSentence) -> float:
    """How many of the stems asked for a sentence has, 0 to 1."""
    return len(matching_stems(asked, one.stems)) / len(asked) if asked else 0.0
