"""Events of articles: when each happened, and the sentence that tells it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING

from ..composition.evidence import alike, is_prose, marker_length
from ..language.dates import DateExpression, find_dates
from ..proof.places import SourceSentence, all_sentences
from ..types import Embedder, Hit, TimeCue
from .extract import LONGEST_WHOLE, is_whole, points_back, ranked
from .naming import Naming
from .reply import Reply
from .scope import scope_of
from .subject import wanted_count

if TYPE_CHECKING:
    from ..types import Vector

EVENTS = 12
FEWEST = 4
"""Lines that name the subject themselves, from which those that only stand in an article about it are left out."""
OPENING, OFTEN = 3, 3
"""An article that names the subject in one of so many first sentences, or in so many, is about it."""
CENTRAL, CHOICES = 8, 3
"""Sentences of an article of which the first that calls upon nobody is told at its date."""
TELLS, CALLS = "It was launched in May.", "We invite you to register and try it."
"""What a sentence is compared with by meaning; the embedder reads all languages as one."""
CALL = 0.02
"""How much nearer to a call upon the reader than to an event a sentence is that calls."""
SAME_TIME, SAME = 0.5, 2.5
"""Standard deviations above the usual likeness from which two lines of one time, or one in the time of the other (a
day of that year), tell of one event."""

When = tuple[int, int, int]
"""Year, month and day; 0 for what is left open."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence, and when what it tells of happened."""

    when: When
    sentence: SourceSentence
    names: bool
    """It names the subject itself."""
    rank: int = 0
    """Lines of a lower one are told first."""
    choices: tuple[SourceSentence, ...] = ()
    """Sentences that may stand for an article at its own date, whose title says what happened."""

    @property
    def headed(self) -> bool:
        return bool(self.choices)


class Lines:
    """The lines that the sentences of articles make."""

    def __init__(
        self, reply: Reply, hits: Sequence[Hit], subject: str, naming: Naming, *, by_meaning: bool = False
    ) -> None:
        self.hits, self.subject, self.naming = hits, subject, naming
        self.period = scope_of(reply).period
        self.embedder = reply.tools.embedder
        self.count = wanted_count(reply.query.text, reply.query.language, EVENTS, most=20)
        self.articles: dict[str, list[SourceSentence]] = {}
        for one in all_sentences(hits):
            self.articles.setdefault(one.article, []).append(one)
        self.by_meaning = by_meaning or not any(
            naming(f"{hit.title} {hit.text}", hit.language) for hit in hits
        )
        """The articles that were found by meaning are about the subject, of which none may have the words."""

    def chosen(self) -> list[Line]:
        """As many as are wanted, in the order of the events: the most telling of each article before any second one."""
        rounds = zip_longest(*(self._of_article(sentences) for sentences in self.articles.values()))
        lines = [line for one in rounds for line in one if line is not None and self._in_period(line)]
        lines.sort(key=lambda line: line.rank)
        naming = [line for line in lines if line.names]
        lines = (naming if len(naming) >= FEWEST else lines)[: 2 * self.count]
        meaning = Meaning(
            self.embedder, [one.text for line in lines for one in (line.sentence, *line.choices)]
        )
        kept = _each_once([told for line in lines if (told := _without_call(line, meaning))], meaning)
        return sorted(kept[: self.count], key=lambda line: line.when)

    def _of_article(self, sentences: Sequence[SourceSentence]) -> list[Line]:
        """The lines of one article, the most telling first: what it is about at its own date, then what it dates."""
        first = sentences[0]
        titled = self.by_meaning or self.naming(first.title, first.language)
        named = [place for place, one in enumerate(sentences) if self.naming(one.text, one.language)]
        about = titled or len(named) >= OFTEN or any(place < OPENING for place in named)
        dated = [line for one in sentences for line in self._dated(one, about)]
        dated.sort(key=lambda line: not line.names)
        day = first.published
        if day is None or not about:
            return _by_rank(dated)
        own = (day.year, day.month, day.day)
        elsewhere = [line for line in dated if not _overlap(line.when, own)]
        now = [
            line.sentence
            for line in dated
            if line not in elsewhere and (line.names or line.when[1]) and not points_back(line.sentence)
        ]
        away = {line.sentence for line in elsewhere}
        offered = sentences if titled else [sentences[place] for place in named]
        subject = "" if titled else self.subject
        choices = (now or _central([one for one in offered if one not in away], subject))[:CHOICES]
        at_own = [Line(own, choices[0], True, 0 if titled else 1, tuple(choices))] if choices else []
        return [*at_own, *_by_rank(elsewhere)]

    def _dated(self, one: SourceSentence, about: bool) -> Iterator[Line]:
        names = self.naming(one.text, one.language)
        if not _tells(one) or not (names or about) or (names and self.subject and points_back(one)):
            return
        times = [
            when
            for told in find_dates(one.text, one.language, one.published)
            # "today" dates a sentence of its subject only
            if (names or not told.relative) and (when := _time(told, one.published)) is not None
        ]
        if times:
            yield Line(min(times), one, names)

    def _in_period(self, line: Line) -> bool:
        return self.period is None or _lies_in(line.when, self.period)


class Meaning:
    """What sentences mean, beside each other: nothing is known where there is no embedder, or where they are few."""

    def __init__(self, embedder: Embedder | None, texts: Sequence[str]) -> None:
        self._places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        self._likeness: Vector | None = None
        if embedder is None or len(self._places) < FEWEST:
            return
        import numpy as np

        vectors = embedder.embed_passages(list(self._places))
        cosines = vectors @ vectors.T
        different = cosines[~np.eye(len(vectors), dtype=bool)]
        self._likeness = (cosines - different.mean()) / (different.std() or 1.0)
        self._calls = vectors @ embedder.embed_query(CALLS) - vectors @ embedder.embed_query(TELLS) > CALL

    def calls(self, text: str) -> bool:
        """Whether it calls upon the reader rather than tells what happened."""
        return self._likeness is not None and bool(self._calls[self._places[text]])

    def likeness(self, one: str, other: str) -> float:
        """How many standard deviations above the usual the two are alike."""
        if self._likeness is None:
            return 0.0
        return float(self._likeness[self._places[one], self._places[other]])


def _without_call(line: Line, meaning: Meaning) -> Line | None:
    """A line that calls upon nobody, told by another sentence of its article where it may be; None where it has none."""
    told = [one for one in line.choices or (line.sentence,) if not meaning.calls(one.text)]
    if told or line.headed:
        return replace(line, sentence=(*told, line.sentence)[0])
    return None


def _each_once(lines: Sequence[Line], meaning: Meaning) -> list[Line]:
    """Of lines that tell the same the one that tells most exactly when."""
    kept: list[int] = []
    for place in sorted(range(len(lines)), key=lambda place: (-_exactness(lines[place].when), place)):
        if not any(_same(lines[place], lines[other], meaning) for other in kept):
            kept.append(place)
    return [lines[place] for place in sorted(kept)]


def _same(one: Line, other: Line, meaning: Meaning) -> bool:
    """Whether two lines tell of one event: of one time in a like sense, of a day and its year in nearly the same."""
    if not _overlap(one.when, other.when):
        return alike(one.sentence, other.sentence) and not (one.headed and other.headed)
    least = SAME_TIME if one.when == other.when else SAME
    return meaning.likeness(one.sentence.text, other.sentence.text) > least or alike(
        one.sentence, other.sentence
    )


def _by_rank(dated: Sequence[Line]) -> list[Line]:
    """Dated lines of one article: the first that names the subject, the others that do, those that do not."""
    return [
        replace(line, rank=(0 if place == 0 else 1) if line.names else 2) for place, line in enumerate(dated)
    ]


def _central(sentences: Sequence[SourceSentence], subject: str) -> list[SourceSentence]:
    """Sentences that say most of what an article is about, those first that give a figure; only whole ones if there are."""
    whole = [one for one in sentences if _tells(one) and not points_back(one)]
    plain = [one for one in whole if marker_length(one.text) == 0]
    first = ranked(plain or whole or sentences, subject)[:CENTRAL]
    return sorted(first, key=lambda one: all(value.loose for value in one.analysed.values().quantities))


def _exactness(when: When) -> int:
    return sum(part > 0 for part in when)


def _overlap(one: When, other: When) -> bool:
    """Whether two times may be the same: 2024 and May 2024."""
    return all(a == b or 0 in (a, b) for a, b in zip(one, other, strict=True))


def _tells(one: SourceSentence) -> bool:
    """Whether it is a whole sentence, or an item of a list."""
    item = marker_length(one.text) > 0 and is_prose(one) and len(one.text) <= LONGEST_WHOLE
    return item or is_whole(one)


def _lies_in(when: tuple[int, int, int], period: TimeCue) -> bool:
    """Whether a time, which may leave month and day open, lies in a period, or may."""
    year, month, day = when
    last = month or 12
    first_day, last_day = date(year, month or 1, day or 1), date(year, last, day or monthrange(year, last)[1])
    return (period.after is None or last_day >= period.after) and (
        period.before is None or first_day <= period.before
    )


def _time(told: DateExpression, published: date | None) -> tuple[int, int, int] | None:
    """When a date lies; a day without a year is of the article's own time."""
    months = told.months
    month = min(months) if months and len(months) == 1 else 0
    day = told.day or 0 if month else 0
    if told.years is not None:
        year = told.years[0]
        if told.years[1] - year > 10 or not 1 <= year <= 9999:
            return None
    elif month and published is not None:
        year = published.year
    else:
        return None
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return None
    return year, month, day
