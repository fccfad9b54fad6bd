"""What happened when: dated sentences and dated articles, in the order of the events; no model is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ..composition.evidence import quote_of
from ..language.folding import fold
from ..language.lexicon import words_in
from ..language.pack import languages, pack
from ..reading.words import words
from ..types import Event
from .events import Line, Lines
from .naming import Naming
from .overview import SEARCHED, articles_found, articles_titled, overview
from .reply import Reply
from .scope import Scope, article_hits, scope_of, searched
from .subject import quoted

ARTICLES, NEAREST, PASSAGES = 20, 3, 12
MOST = 12
"""Passages that an answer without a line names."""


def timeline(reply: Reply) -> Iterator[Event]:
    """Tell events in their order, each in the words of a source."""
    scope = _scope(reply)
    naming = Naming(reply.library, scope.subject, reply.query.language)
    names = _articles(reply, scope, naming)
    if not names and scope.subject and scope.bounded:
        names = _articles(reply, Scope(scope.subject), naming)
    read = article_hits(reply.library, names[:ARTICLES], PASSAGES)
    lines = Lines(reply, read, scope.subject, naming).chosen()
    if not lines and scope.subject:
        read = article_hits(reply.library, articles_found(reply, scope)[:NEAREST], PASSAGES)
        lines = Lines(reply, read, scope.subject, naming, by_meaning=True).chosen()
    if not lines and scope.subject:
        yield from overview(reply)  # what there is of it, though it has no dates
        return
    used = sorted({one.sentence.hit for one in lines})
    hits = [replace(read[place], rank=rank) for rank, place in enumerate(used, start=1)]
    yield reply.found(hits or read[:MOST])
    quotes = [replace(quote_of(one.sentence), hit=used.index(one.sentence.hit)) for one in lines]
    yield reply.shown(quotes)
    if lines:
        yield reply.tell(reply.pack.say("nearest_words"))
    for one, quote in zip(lines, quotes, strict=True):
        yield reply.tell(f"{_head(reply, one)}{reply.pack.words['colon']}", before="\n- ")
        yield reply.quote(quote)
    if not lines:
        key = "no_dates" if read else "nothing_on"
        yield reply.tell(reply.pack.say(key, subject=scope.subject or reply.query.text))
    yield reply.finish("evidence", abstained=not lines)


def _scope(reply: Reply) -> Scope:
    """The scope of the message: a period is one of the events, since what was published later may tell of them too."""
    scope, language = scope_of(reply), reply.query.language
    if (
        scope.subject and quoted(reply.query.text) is None
    ):  # "since its launch" is no part of what was launched
        found = words(scope.subject, language)
        since = words_in(language, "time", "since") if language in languages() else ()
        cut = next((word.start for word in found[1:] if fold(word.text) in since), len(scope.subject))
        scope = replace(scope, subject=_without_steps(scope.subject[:cut].strip(), language))
    if scope.period is not None and scope.subject:
        return replace(scope, period=replace(scope.period, before=None))
    return scope


def _without_steps(subject: str, language: str) -> str:
    """ "The first days of the strike" are of the strike."""
    if language not in languages():
        return subject
    own = pack(language)
    steps = {*own.dates["steps"], *own.numbers["ordinals"]}
    told = [word for word in words(subject, language) if not word.is_stop]
    named = [not steps & {fold(word.text), fold(word.text).removesuffix("s")} for word in told]
    behind = next((place for place in range(len(told), 0, -1) if not named[place - 1]), 0)
    return subject[told[behind].start :] if behind < len(told) else subject


def _head(reply: Reply, one: Line) -> str:
    year, month, day = one.when
    when = reply.pack.month(year, month) if month else str(year)
    if day:
        when = reply.pack.day(date(year, month, day))
    return f"{when} — {one.sentence.title}" if one.headed else when


# --------------------------------------------------------------------------- articles


def _articles(reply: Reply, scope: Scope, naming: Naming) -> list[str]:
    """Names of the articles to read, in whatever language they are: those that name the subject, else by meaning."""
    within = [article for article in reply.library.articles() if scope.keeps(article)]
    if not scope.subject:
        newest = sorted(within, key=lambda one: one.published or date.min, reverse=True)
        return [one.name for one in newest]
    hits = searched(reply, scope.subject, SEARCHED, scope)
    titled = {article.name for article in within if naming(article.title, article.language)}
    found = [hit.passage.article for hit in hits]
    telling = [hit.passage.article for hit in hits if naming(f"{hit.title} {hit.text}", hit.language)]
    ranked = [*(name for name in found if name in titled), *sorted(titled), *telling]
    about = [*articles_titled(reply, scope, within), *articles_found(reply, scope, hits)]
    return list(dict.fromkeys([*ranked, *about]))
