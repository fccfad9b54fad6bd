"""The cells of a comparison: the sentences that tell of one side, each in one cell only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..composition.answer_type import answer_type_of
from ..composition.definitions import defines
from ..composition.evidence import ENDS, alike, is_prose, marker_length, quote_of
from ..proof.places import SourceSentence, all_sentences, stems_of
from ..types import Hit, Quote
from .extract import is_whole, share
from .naming import Naming
from .reply import Listed, Reply
from .scope import by_title, is_in_collection, lies_in, scope_of, searched
from .sides import Side

if TYPE_CHECKING:
    from ..types import Vector

ROWS = 3
"""Sentences of each side where no aspect is named."""
SEARCHED, OFFERED = 8, 24
"""Passages that are searched for a cell, and sentences of them that are compared."""
OF_THIS_SIDE, OF_THIS_PLACE, OF_ANOTHER_SIDE = 2.0, 1.0, 6.0
"""What a sentence gains that names this side alone, or stands under a title or heading that does, and loses that names
another one alone."""
DEFINES, ASKED = 2.0, 4.0
"""What one gains that says what the side is, and one with all words of the aspect."""
NEARER, MOST_NEARER = 0.02, 2.0
"""Cosine by which a sentence lies nearer to this side than to any other that counts as much as 1 point; most points."""
ALONE, LEAST = 1.5, 2.5
"""The weight of a sentence's nearness to the aspect alone beside that to the aspect of this side, both in standard
deviations above the sentences of the side; and the least sum with which one without a word of the aspect tells of it."""
FIGURE = 1.0
"""What one gains that gives a figure, where no aspect is named."""
FEWEST = 3
"""Sentences of which one can lie apart."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may tell of a side, and how well it does, in log odds."""

    sentence: SourceSentence
    score: float


class Cells:
    """Fills the cells of one comparison; `hits` are those that the cells cite."""

    def __init__(self, reply: Reply, sides: Sequence[Side]) -> None:
        self.reply, self.sides = reply, sides
        self.hits: list[Hit] = []
        self._naming = [Naming(reply.library, side.named, reply.query.language) for side in sides]
        self._told: list[SourceSentence] = []
        self._cited: set[tuple[str, int]] = set()
        self._vectors: dict[str, Vector] = {}
        self._scope = scope_of(reply)
        self._searched: dict[tuple[Side, str], list[Hit]] = {}
        if not any(map(self.is_named, sides)):
            self._leave_out_period()

    def _leave_out_period(self) -> None:
        """Where no article of the period names a side, but others do: "the 2024 manifestos" without a date."""
        within, searched_within = self._scope, self._searched
        self._scope, self._searched = replace(within, period=None), {}
        if within.period is None or not any(map(self.is_named, self.sides)):
            self._scope, self._searched = within, searched_within

    def rows(self, aspects: Sequence[str]) -> list[list[Quote | None]]:
        """A row an aspect, or a few of what is told most of each side; a row that none tells of is left out."""
        if aspects:
            return [self._row(aspect) for aspect in aspects]
        columns = [self._about(place) for place in range(len(self.sides))]
        filled = [len(column) for column in columns if column]
        return [
            [column[row] if row < len(column) else None for column in columns]
            for row in range(min(filled, default=0) if len(filled) == len(columns) else 1 if filled else 0)
        ]

    def _row(self, aspect: str) -> list[Quote | None]:
        """What is told of an aspect; empty where one side alone tells of it, and in none of its words."""
        row = [self._cell(place, aspect) for place in range(len(self.sides))]
        complete = all(one or not self.is_known(side) for one, side in zip(row, self.sides, strict=True))
        if complete or any(one and _share(aspect, one) for one in row):
            return [quote_of(one) if one else None for one in row]
        for one in filter(None, row):
            self._told.remove(one)
            self._cited.remove((one.article, one.start))
        return [None] * len(row)

    def is_known(self, side: Side) -> bool:
        """Whether any article has a word of a side."""
        return side.period is not None or is_in_collection(
            self.reply.library, side.name, self.reply.query.language
        )

    def _cell(self, place: int, aspect: str) -> SourceSentence | None:
        """The sentence that tells of an aspect: by its words, else by standing out in nearness to it."""
        offered = self._offered(place, aspect)
        if _asks_for_a_number(aspect):
            offered = [one for one in offered if any(map(str.isdigit, one.sentence.text))]
        if not offered:
            return None
        shared = [_share(aspect, one.sentence) for one in offered]
        near = [self._apart(asked, offered) for asked in (aspect, f"{aspect} {self.sides[place].sought}")]
        apart = [ALONE * alone + beside for alone, beside in zip(*near, strict=True)]
        total = [one.score + ASKED * own + far for one, own, far in zip(offered, shared, apart, strict=True)]
        tell = [place for place, own in enumerate(shared) if own or apart[place] >= LEAST]
        return self._taken(offered[max(tell, key=total.__getitem__)].sentence) if tell else None

    def _about(self, place: int) -> list[Quote]:
        """What is told of a side where nothing is asked of it."""
        offered = self._offered(place, "")
        offered.sort(key=lambda one: -one.score - FIGURE * _gives_a_figure(one.sentence))
        chosen: list[Quote] = []
        for one in offered:
            if len(chosen) < ROWS and not any(alike(one.sentence, told) for told in self._told):
                chosen.append(quote_of(self._taken(one.sentence)))
        return chosen

    def _taken(self, sentence: SourceSentence) -> SourceSentence:
        """The sentence, which stands in a cell from now on."""
        self._told.append(sentence)
        self._cited.add((sentence.article, sentence.start))
        return sentence

    # ------------------------------------------------------------------ what is offered

    def _offered(self, place: int, aspect: str) -> list[Candidate]:
        """Sentences that may stand in a cell of a side, of passages that speak of it; none stands in two cells."""
        side = self.sides[place]
        if not self.is_known(side):
            return []
        asked = f"{aspect} {side.sought}".strip()
        found = self._found(side, asked)
        by_words = [hit for hit in found if self._speaks_of(hit, place)]
        by_meaning = not by_words
        if by_meaning:
            found = self._by_meaning(place, found)
        first = len(self.hits)
        self.hits += [replace(hit, rank=first + rank) for rank, hit in enumerate(by_words or found, start=1)]
        query = replace(self.reply.query, text=asked, search_text=asked, time=None)
        ranked = self.reply.tools.prover.evidence(query, self.hits[first:], limit=OFFERED)
        odds = {(quote.article, quote.end): quote.score for quote in ranked}
        candidates = [
            Candidate(replace(one, hit=one.hit + first), math.log(odds[one.article, one.end] + 1e-3))
            for one in all_sentences(self.hits[first:])
            if (one.article, one.end) in odds
            and (one.article, one.start) not in self._cited
            and (is_whole(one) or (aspect and _has_a_figure(one)))
        ]
        return self._scored(place, candidates, by_meaning)

    def _scored(self, place: int, candidates: Sequence[Candidate], by_meaning: bool) -> list[Candidate]:
        """The candidates that are about a side: those that name it, or stand under what does, where there are any."""
        scored: list[tuple[float, Candidate]] = []
        for one, near in zip(candidates, self._nearer(place, candidates), strict=True):
            belongs = self._belongs(one.sentence, place)
            if belongs > -OF_ANOTHER_SIDE and not (by_meaning and near <= 0):
                said = DEFINES * defines(one.sentence.text, one.sentence.language, self.sides[place].name)
                scored.append((belongs, replace(one, score=one.score + belongs + near + said)))
        return [one for belongs, one in scored if belongs > 0] or [one for _, one in scored]

    def _found(self, side: Side, asked: str) -> list[Hit]:
        """The hits of what is asked of a side; each is searched once for the whole table."""
        if (side, asked) not in self._searched:
            self._searched[side, asked] = self._search(side, asked)
        return self._searched[side, asked]

    def _search(self, side: Side, asked: str) -> list[Hit]:
        scope = replace(self._scope, subject=side.sought)
        if side.period is not None:
            # "the 2022 report" is published in 2023
            names = {one.name for one in self._titled(side)}
            hits = searched(self.reply, asked, 2 * SEARCHED) if names else []
            if hits := [hit for hit in hits if hit.passage.article in names]:
                return hits[:SEARCHED]
            scope = replace(scope, period=side.period)
        return searched(self.reply, asked, SEARCHED, scope)

    def _titled(self, side: Side) -> list[Listed]:
        """Articles whose title has the time of a side, and what is compared."""
        named = f"{side.sought} {side.name}"
        return by_title(named, self.reply.query.language, self.reply.library.articles())

    def is_named(self, side: Side) -> bool:
        """Whether a passage that is found for a side has its words."""
        place = self.sides.index(side)
        return any(self._speaks_of(hit, place) for hit in self._found(side, side.sought))

    def _by_meaning(self, place: int, found: list[Hit]) -> list[Hit]:
        """What speaks of a side without its words: where no side has any, the article nearest to all of them together."""
        side, gates, prover = self.sides[place], self.reply.tools.gates, self.reply.tools.prover
        query = replace(self.reply.query, text=side.name, search_text=side.name, time=None)
        if self.reply.tools.embedder is None or gates.before(
            query, found, prover.evidence(query, found, limit=1)
        ):
            return []
        if any(map(self.is_named, self.sides)):
            return [] if gates.doubt(query, found, at_home=True) else found
        found = self._found(side, " ".join(side.sought for side in self.sides))
        return [hit for hit in found if hit.passage.article == found[0].passage.article]

    def _speaks_of(self, hit: Hit, place: int) -> bool:
        if self.sides[place].period is not None:
            return True
        return self._naming[place](f"{hit.title} {hit.context_text or hit.text}", hit.language)

    # ------------------------------------------------------------------ which side a sentence is about

    def _belongs(self, one: SourceSentence, place: int) -> float:
        """More where a sentence, or what it stands under, names this side alone, less where it names another one alone."""
        if self.sides[place].period is not None:
            return -OF_ANOTHER_SIDE if self._is_of_another_time(one, place) else 0.0
        for text, weight in (
            (one.text, OF_THIS_SIDE),
            (self._heading(one), OF_THIS_PLACE),
            (one.title, OF_THIS_PLACE),
        ):
            named = [naming(text, one.language) for naming in self._naming]
            if named[place] and sum(named) == 1:
                return weight
            if any(named) and not named[place]:
                return -OF_ANOTHER_SIDE
            if named[place]:
                return 0.0
        return 0.0

    def _is_of_another_time(self, one: SourceSentence, place: int) -> bool:
        """Whether a sentence dates what it tells in the period of another side alone."""
        told = [days for date in one.values.dates if (days := date.days) is not None]
        within = [
            side.period is not None
            and any(lies_in(first, side.period) and lies_in(last, side.period) for first, last in told)
            for side in self.sides
        ]
        return any(within) and not within[place]

    def _heading(self, one: SourceSentence) -> str:
        """The heading under which a sentence stands; empty where there is none."""
        article = self.reply.library.article(one.article)
        before = [heading for heading in article.headings if heading.end <= one.start]
        return article.text[before[-1].start : before[-1].end] if before else ""

    def _nearer(self, place: int, candidates: Sequence[Candidate]) -> list[float]:
        """How much nearer each sentence lies to this side than to any other."""
        embedder = self.reply.tools.embedder
        if embedder is None or not candidates or self.sides[place].period is not None:
            return [0.0] * len(candidates)
        vectors = self._embedded(candidates)
        near = [vectors @ embedder.embed_query(side.name) for side in self.sides]
        others = [one for number, one in enumerate(near) if number != place]
        return [
            max(-MOST_NEARER, min(MOST_NEARER, float(own - max(rest)) / NEARER))
            for own, *rest in zip(near[place], *others, strict=True)
        ]

    def _apart(self, asked: str, candidates: Sequence[Candidate]) -> list[float]:
        """How many standard deviations nearer than the mean each sentence lies to what is asked."""
        embedder = self.reply.tools.embedder
        if embedder is None or len(candidates) < FEWEST:
            return [0.0] * len(candidates)
        cosines = self._embedded(candidates) @ embedder.embed_query(asked)
        spread = float(cosines.std()) or 1.0
        return [float(value) for value in (cosines - cosines.mean()) / spread]

    def _embedded(self, candidates: Sequence[Candidate]) -> Vector:
        """Vectors of the sentences; each is embedded once for the whole table."""
        import numpy as np

        assert self.reply.tools.embedder is not None
        texts = [one.sentence.text for one in candidates]
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        self._vectors.update(zip(new, self.reply.tools.embedder.embed_passages(new), strict=True))
        return np.stack([self._vectors[text] for text in texts])


def _gives_a_figure(one: SourceSentence) -> bool:
    """Whether it has a quantity that is exact."""
    return any(not value.loose and not value.ordinal for value in one.values.quantities)


def _has_a_figure(one: SourceSentence) -> bool:
    """Whether it is an item of a list or a row with a figure: a heading is no cell, what stands under it is."""
    ended = one.text.rstrip()[-1:] in ENDS or marker_length(one.text) > 0
    return is_prose(one) and (ended or any(map(str.isdigit, one.text)))


def _share(aspect: str, one: SourceSentence) -> float:
    return share(stems_of(aspect, one.language), one)


def _asks_for_a_number(aspect: str) -> bool:
    return any(
        answer_type_of(f"{opening} {aspect}", "").kind == "number"
        for opening in ("quel est le", "what is the")
    )
