"""A summary of an article, of a subject or of a period: sentences of each article, then a word on the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from ..composition.prompts import Prompt, Source, chosen_sentences
from ..language.folding import fold
from ..proof.places import matching_stems, stems_of
from ..reading.words import content_stems, words
from ..types import Event, Hit, Quote
from .answer import answer
from .extract import extract
from .prompts import request_prompt
from .reply import Listed, Reply
from .scope import (
    SAME_TITLE,
    Scope,
    article_hits,
    by_title,
    is_in_collection,
    scope_of,
    searched,
    speaks_of,
    written_period,
)
from .subject import wanted_count

SENTENCES = 6
"""Of one article, where no number is asked for."""
OF_EACH = 3
LINES = 10
"""Sentences of each of several articles, and of all of them about as many."""
SOURCES = 8
"""Sentences that the model is given of one article."""
ARTICLES = 8
"""Articles that are summed up; the others are counted."""
BY_SUBJECT = 6
SEARCHED = 40
"""Passages looked at for a subject."""
NEAR = 0.7
"""Of the best hit's score, what a hit has whose article is about the subject, and does not only touch on it."""
PASSAGES = 12
"""Of one article that are read for its summary."""
ON_THE_WHOLE = 2
OF_ANOTHER_LANGUAGE = 2
"""Best hits that count where no hit of the message's own language speaks of the subject."""


def overview(reply: Reply) -> Iterator[Event]:
    """Sum up what the message asks for."""
    scope = scope_of(reply)
    names, left_out = _chosen(reply, scope)
    if not names and scope.subject and scope.bounded:
        # articles without a date, or of other years that tell of it
        scope = Scope(scope.subject)
        names, left_out = _chosen(reply, scope)
    if not names and is_in_collection(reply.library, scope.subject, reply.query.language):
        reply.query = replace(reply.query, time=None)
        yield from answer(reply)
        return
    if not names:
        yield reply.found(())
        yield reply.tell(_nothing(reply, scope))
        yield reply.finish("evidence", abstained=True)
        return
    yield from summed_up(reply, names, scope, left_out)


def summed_up(reply: Reply, names: Sequence[str], scope: Scope, left_out: int = 0) -> Iterator[Event]:
    """Sum up the articles of these names."""
    if len(names) == 1:
        yield from _of_one(reply, names[0], scope)
    else:
        yield from _of_several(reply, names, scope)
    if left_out:
        yield reply.tell(reply.pack.say("left_out", count=left_out), before="\n\n")
    yield reply.finish()


def _nothing(reply: Reply, scope: Scope) -> str:
    if scope.subject:
        return reply.pack.say("nothing_on", subject=scope.subject)
    if scope.period is not None:
        return reply.pack.say("nothing_in_period", period=written_period(reply, scope.period))
    return reply.pack.say("no_articles")


def _chosen(reply: Reply, scope: Scope) -> tuple[list[str], int]:
    """Names of the articles to sum up, and how many more there are."""
    everything = reply.library.articles()
    within = [article for article in everything if scope.keeps(article)]
    if scope.subject:
        names = articles_titled(reply, scope, within)
        if len(names) < BY_SUBJECT and not _is_titled(reply, scope.subject, names):
            names = list(dict.fromkeys([*names, *articles_found(reply, scope)]))
        dated = {one.name: (one.published or date.max, one.title) for one in everything}
        return sorted(names[:BY_SUBJECT], key=dated.__getitem__), max(0, len(names) - BY_SUBJECT)
    newest = sorted(within, key=lambda one: (one.published or date.min, one.name), reverse=True)
    return [one.name for one in newest[:ARTICLES]], max(0, len(newest) - ARTICLES)


def _is_titled(reply: Reply, subject: str, names: Sequence[str]) -> bool:
    """Whether a message names one article by most words of its title, and no subject that others may be about."""
    if len(names) != 1:
        return False
    article = reply.library.article(names[0])
    title = stems_of(article.title, article.language)
    return len(matching_stems(title, stems_of(subject, article.language))) >= SAME_TITLE * len(title)


def articles_about(reply: Reply, scope: Scope, within: Sequence[Listed]) -> list[str]:
    """Articles whose title names the subject; else those of the best hits that speak of it."""
    return articles_titled(reply, scope, within) or articles_found(reply, scope)


def articles_titled(reply: Reply, scope: Scope, within: Sequence[Listed]) -> list[str]:
    """Articles whose title names the subject, or the subject and the period, in the message's own language if there are any."""
    language = reply.query.language
    titled = by_title(scope.subject, language, within)
    if not titled and scope.period is not None:  # "the 2021 annual report" is of 2022
        dated = f"{scope.subject} {scope.period.words}"
        titled = by_title(dated, language, reply.library.articles())
    own = [article.name for article in titled if article.language == language]
    return own or [article.name for article in titled]


def articles_found(reply: Reply, scope: Scope, hits: Sequence[Hit] | None = None) -> list[str]:
    """Articles of the best hits that speak of the subject, in the message's own language where there are any.

    `hits` are those of the subject, where they have been searched already.
    """
    language = scope.language or reply.query.language
    if hits is None:
        hits = searched(reply, scope.subject, SEARCHED, scope)
    best = max((hit.score for hit in hits), default=0.0)
    if best > 0:  # a reranker may count otherwise
        hits = [hit for hit in hits if hit.score >= NEAR * best]
    own = [hit for hit in hits if hit.language == language and speaks_of(hit, scope.subject, language)]
    named = naming_it(reply, scope.subject, hits)
    written = any(word[0].isupper() for word in scope.subject.split())
    if named and (written or not own or named[0].score >= own[0].score):
        own = named
    gates, known = reply.tools.gates, is_in_collection(reply.library, scope.subject, language)
    if not own or not known:  # by meaning alone
        at_home = language in reply.library.languages
        unlikely = not known if gates.fitted is None else gates.doubt(reply.query, hits, at_home)
        others = [hit for hit in hits[:OF_ANOTHER_LANGUAGE] if hit.language != language]
        own = [] if unlikely else own or others
    names = list(dict.fromkeys(hit.passage.article for hit in own))
    return names[:BY_SUBJECT]


def naming_it(reply: Reply, subject: str, hits: Sequence[Hit]) -> list[Hit]:
    """Hits in other languages than the message's with all words of a subject that are the same in any: its names.

    Such a word is one that articles of that language have and those of the message's own language have not; where a
    message has capitals, one with a capital.
    """
    library, language = reply.library, reply.query.language
    at_home = library.document_frequency(content_stems(subject, language), language)
    native = {
        fold(word.text)
        for word in words(subject, language)
        if any(at_home.get(stem) for stem in content_stems(word.text, language))
    }
    names: dict[str, frozenset[str]] = {}
    for other in {hit.language for hit in hits} - {language}:
        stems = [
            stem
            for word in words(subject, language)
            if not word.is_stop and fold(word.text) not in native
            if word.text[0].isupper() or not any(letter.isupper() for letter in subject)
            for stem in content_stems(word.text, other)
        ]
        names[other] = frozenset(stem for stem, n in library.document_frequency(stems, other).items() if n)
    return [
        hit
        for hit in hits
        if names.get(hit.language)
        and names[hit.language] <= stems_of(f"{hit.title} {hit.context_text or hit.text}", hit.language)
    ]


def _of_one(reply: Reply, name: str, scope: Scope) -> Iterator[Event]:
    hits = article_hits(reply.library, [name], PASSAGES)
    count = wanted_count(reply.query.text, reply.query.language, SENTENCES)
    yield reply.found(hits)
    quotes = extract(hits, name, scope.subject, count)
    yield reply.shown(quotes)
    day = reply.pack.day(hits[0].published)
    yield reply.tell(reply.pack.say("article_line", title=hits[0].title, day=day), before="\n\n")
    # a small model says less than the article's own sentences, but it says it in the reader's language
    if reply.sums_up() or hits[0].language != reply.language:
        yield from _in_words(reply, extract(hits, name, scope.subject, max(SOURCES, count)), count)
    if not reply.composition.has_support:
        for quote in quotes:
            yield reply.quote(quote, before="\n- ")


def _of_several(reply: Reply, names: Sequence[str], scope: Scope) -> Iterator[Event]:
    """A line an article: its date and what says most of it; then, where a model is able, a word on the whole."""
    hits = article_hits(reply.library, names, PASSAGES)
    yield reply.found(hits)
    each = min(OF_EACH, max(1, LINES // len(names)))
    best = [quote for name in names for quote in extract(hits, name, scope.subject, each)]
    yield reply.shown(best)
    yield reply.tell(reply.pack.say("nearest_words"))
    for _, (first, *others) in groupby(best, key=lambda quote: quote.article):
        yield from reply.line(hits[first.hit], first)
        for quote in others:
            yield reply.quote(quote)
    if reply.sums_up():
        yield reply.tell(reply.pack.say("on_the_whole"), before="\n\n")
        yield from _in_words(reply, best, ON_THE_WHOLE)


def _in_words(reply: Reply, quotes: Sequence[Quote], count: int) -> Iterator[Event]:
    """The model's own words on sentences of the articles."""

    def asks_for(sources: Sequence[Source], mark: str) -> Prompt:
        task = reply.pack.prompt("overview", count=count)
        return request_prompt(reply.pack, reply.query.text, task, sources, mark)

    yield from reply.worded(_sources(quotes, reply.hits), asks_for)


def _sources(quotes: Sequence[Quote], hits: Sequence[Hit]) -> list[Source]:
    return chosen_sentences(quotes, hits)
