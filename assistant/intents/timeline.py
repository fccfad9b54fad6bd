"""The dated sentences of the relevant articles, in the order of the events; no model is needed."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..composition.evidence import ENDS, alike, is_prose, marker_length, quote_of
from ..language.dates import DateExpression, find_dates
from ..proof.places import SourceSentence, all_sentences, matching_stems, stems_of
from ..types import Event, Hit, TimeCue
from .extract import extract
from .overview import articles_about, articles_found
from .reply import Reply
from .scope import article_hits, scope_of
from .subject import wanted_count

ARTICLES, PASSAGES = 6, 12
EVENTS = 12
FEWEST = 4
"""Sentences that have the whole subject themselves, from which those that only their title has are left out."""
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Dated:
    """A sentence and when what it tells of happened: (year, month, day), 0 for what is left open."""

    when: tuple[int, int, int]
    sentence: SourceSentence
    weight: float


def timeline(reply: Reply) -> Iterator[Event]:
    """Tell events in their order, each in the words of a source."""
    scope = scope_of(reply)
    period = scope.period
    if period is not None and scope.subject:  # of the events: what was published later may tell of them too
        scope = replace(scope, period=replace(period, before=None))
    within = [article for article in reply.library.articles() if scope.keeps(article)]
    if scope.subject:
        found = [*articles_about(reply, scope, within), *articles_found(reply, scope)]
        names = list(dict.fromkeys(found))
    else:
        newest = sorted(within, key=lambda one: one.published or date.min, reverse=True)
        names = [one.name for one in newest]
    hits = article_hits(reply.library, names[:ARTICLES], PASSAGES)
    yield reply.found(hits)
    language = reply.query.language
    events = [
        one for one in _events(hits, scope.subject, language) if period is None or _lies_in(one.when, period)
    ]
    naming = [one for one in events if one.weight >= 1]
    events = naming if len(naming) >= FEWEST else events
    chosen = sorted(events, key=lambda one: -one.weight)[
        : wanted_count(reply.query.text, reply.query.language, EVENTS, most=20)
    ]
    chosen.sort(key=lambda one: one.when)
    quotes = [quote_of(one.sentence) for one in chosen]
    yield reply.shown(quotes)
    if chosen:
        yield reply.tell(reply.pack.say("nearest_words"))
    for one, quote in zip(chosen, quotes, strict=True):
        yield reply.tell(f"{_when(reply, one)}{reply.pack.words['colon']}", before="\n- ")
        yield reply.quote(quote)
    if not chosen:
        key = "no_dates" if hits else "nothing_on"
        yield reply.tell(reply.pack.say(key, subject=scope.subject or reply.query.text))
    yield reply.finish("evidence", abstained=not chosen)


def _when(reply: Reply, one: Dated) -> str:
    year, month, day = one.when
    if month and day:
        return reply.pack.day(date(year, month, day))
    if month:
        return reply.pack.month(year, month)
    return str(year)


def _events(hits: Sequence[Hit], subject: str, language: str) -> list[Dated]:
    """Dated sentences of the hits; of an article that dates nothing, its first sentence at its own date."""
    found: list[Dated] = []
    for one in all_sentences(hits):
        if not _tells(one) or not _speaks_of(one, subject, language):
            continue
        dates = find_dates(one.text, one.language, one.published)
        times = [when for told in dates if (when := _time(told, one.published)) is not None]
        if times and not any(alike(one, other.sentence) for other in found):
            found.append(Dated(min(times), one, _weight(one, subject)))
    told = {one.sentence.article for one in found}
    by_end = {(one.article, one.end): one for one in all_sentences(hits)}
    for name in dict.fromkeys(hit.passage.article for hit in hits):
        for quote in extract(hits, name, subject, 1) if name not in told else ():
            sentence = by_end[quote.article, quote.end]
            day = sentence.published
            if day is not None:
                found.append(Dated((day.year, day.month, day.day), sentence, _weight(sentence, subject)))
    return found


def _tells(one: SourceSentence) -> bool:
    """Whether a sentence, or an item of a list, tells something; other lines without an end point elsewhere."""
    ended = one.text.rstrip()[-1:] in ENDS or marker_length(one.text) > 0
    return ended and is_prose(one) and len(one.text) <= LONGEST


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


def _speaks_of(one: SourceSentence, subject: str, language: str) -> bool:
    """Whether a sentence or its title has a word of the subject; one in another language may have other words."""
    asked = stems_of(subject, one.language)
    return (
        not asked
        or one.language != language
        or bool(matching_stems(asked, one.stems | stems_of(one.title, one.language)))
    )


def _weight(one: SourceSentence, subject: str) -> float:
    """How much of the subject a sentence has; earlier hits first among equals."""
    asked = stems_of(subject, one.language)
    share = len(matching_stems(asked, one.stems)) / len(asked) if asked else 0.0
    return share + 1 / (2 + one.hit)
