"""The hits of one question, analysed once for all sentences that are proved against them."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

from assistant.language.folding import fold
from assistant.language.spans import without
from assistant.proof.analysed import Analysed, Values, analysed, kept
from assistant.proof.checks.names import NameSource, source_names
from assistant.proof.places import (
    Window,
    all_sentences,
    context_of,
    local_inverse_document_frequency,
    windows,
)
from assistant.types import Hit

_LETTERS = re.compile(r"[^\W_]+")
ROOT = 5
"""Letters that words of one family share: "succède", "successeur"."""
MIDDLE = 15
MOST_DAYS = 60
MOST_CHARACTERS = 20_000
"""Of one hit; no passage but a single endless sentence is longer."""


def roots(stems: frozenset[str]) -> frozenset[str]:
    """First letters of the long words."""
    return frozenset(stem[:ROOT] for stem in stems if len(stem) >= ROOT)


@dataclass(frozen=True)
class Text:
    """A text of a source with its words, for coverage."""

    stems: frozenset[str]
    roots: frozenset[str]

    @classmethod
    def of(cls, stems: frozenset[str]) -> Text:
        return cls(stems, roots(stems))

    def has(self, stem: str) -> bool:
        return stem in self.stems or (len(stem) >= ROOT and stem[:ROOT] in self.roots)

    def coverage(self, stems: frozenset[str], weights: Mapping[str, float]) -> float:
        """Share of the stems' weight that this text has, 0 to 1; 1 for no stem."""
        total = math.fsum(weights[stem] for stem in stems)  # the same in any order of a set
        return math.fsum(weights[stem] for stem in stems if self.has(stem)) / total if total else 1.0


@dataclass(frozen=True)
class Place(Text):
    """A window of one or two sentences, with its title's words."""

    window: Window
    own: Text
    """The window alone: what a reader sees where it is cited."""
    share: float = 0.0
    """Of a claim's words that it has, by weight."""

    def main(self, stems: frozenset[str]) -> Analysed:
        """The one sentence that has most of these."""
        return max(self.window.sentences, key=lambda sentence: len(stems & sentence.stems)).analysed


class Weights(dict[str, float]):
    """Inverse document frequency of a stem over the sentences of the hits; the highest for one that none has."""

    def __init__(self, known: Mapping[str, float], unseen: float) -> None:
        super().__init__(known)
        self._unseen = unseen

    def __missing__(self, stem: str) -> float:
        return self._unseen


class Sources:
    """All that one language's hits offer to a proof."""

    def __init__(self, hits: Sequence[Hit], language: str) -> None:
        self.all_hits = hits
        self.language = language
        self.hits = [hit for hit in hits if hit.language == language]

    @cached_property
    def places(self) -> list[Place]:
        found = []
        titles = {hit.title: analysed(hit.title, self.language).stems for hit in self.hits}
        for window in windows(self.all_hits):
            if window.language == self.language:
                stems = window.stems | titles[window.sentences[0].title]
                found.append(Place(stems, roots(stems), window, Text.of(window.stems)))
        return found

    @cached_property
    def weights(self) -> Weights:
        sentences = all_sentences(self.all_hits)
        return Weights(local_inverse_document_frequency(sentences), math.log(2 + len(sentences)))

    @cached_property
    def texts(self) -> list[Analysed]:
        """Title and text of each hit, orders to an assistant blanked out."""
        written = (f"{hit.title}\n{_without_orders(hit)[:MOST_CHARACTERS]}" for hit in self.hits)
        return [analysed(text, self.language) for text in written]

    def has_words(self, claim: Analysed) -> bool:
        """Whether some hit has all words of the claim in this order, typography and case left aside."""
        wanted = _plain(claim)
        return bool(wanted.strip()) and any(wanted in _plain(text) for text in self.texts)

    @cached_property
    def passages(self) -> list[Text]:
        return [Text.of(text.stems) for text in self.texts]

    @cached_property
    def everything(self) -> Text:
        return Text.of(frozenset().union(*(passage.stems for passage in self.passages)))

    @cached_property
    def positions(self) -> list[dict[str, list[int]]]:
        """Where each stem stands among the content words of each passage."""
        found = []
        for text in self.texts:
            places: dict[str, list[int]] = defaultdict(list)
            for index, stem in enumerate(text.content_stems):
                places[stem].append(index)
            found.append(dict(places))
        return found

    @cached_property
    def names(self) -> list[NameSource]:
        return [*map(source_names, self.texts)]

    @cached_property
    def values(self) -> list[Values]:
        """Dates, numbers and names of each hit, its title among them."""
        return [text.values(hit.published) for text, hit in zip(self.texts, self.hits, strict=True)]

    @cached_property
    def numbers(self) -> frozenset[float]:
        """Every number that stands in a hit, years among them."""
        years = {
            float(expression.years[0]) for v in self.values for expression in v.dates if expression.years
        }
        return frozenset(years | {value for v in self.values for q in v.quantities for value in q.values})

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Days that stand in the hits, in order; the middle of a month that has no day; at most `MOST_DAYS`."""
        written = (expression for values in self.values for expression in values.dates if expression.months)
        days = (replace(expression, day=expression.day or MIDDLE).first_day for expression in written)
        return tuple(sorted({day for day in days if day is not None})[:MOST_DAYS])

    @cached_property
    def index(self) -> dict[int, int]:
        """Place in `hits` of each hit in this language, by its place among all hits."""
        own = [i for i, hit in enumerate(self.all_hits) if hit.language == self.language]
        return {i: place for place, i in enumerate(own)}


def _without_orders(hit: Hit) -> str:
    offset, text = context_of(hit)
    spans = [(max(span.start - offset, 0), min(span.end - offset, len(text))) for span in hit.flagged]
    return without(text, [span for span in spans if span[0] < span[1]]).replace("\x00", " ")


@kept
def _plain(text: Analysed) -> str:
    return " " + " ".join(_LETTERS.findall(fold(text.text))) + " "


@lru_cache(maxsize=16)
def sources_of(hits: tuple[Hit, ...], language: str) -> Sources:
    return Sources(hits, language)
