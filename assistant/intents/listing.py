"""A list of what the articles name: as an article lists it itself, else as any question is answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..composition.evidence import telling
from ..composition.prompts import Prompt, Source, chosen_sentences
from ..types import Event, Hit, Query, Quote
from .answer import answer
from .enumeration import enumerated
from .previous import read_before
from .prompts import request_prompt
from .reply import Reply
from .scope import Scope, article_hits, scope_of, searched
from .subject import lighter

SEARCHED = 10
BEFORE = 3
"""Articles of the answer before that are looked at."""
GIVEN = 10
"""Items that the model is given."""
WIDELY, NEAR, NEARLY, ARTICLES, LINES, FEWEST = 30, 0.7, 0.6, 8, 8, 2
"""Where no article has the list itself: passages that are looked at, the share of the best one's score from which one
counts, and from which one does whose article has one of the best sentences; articles, about as many sentences, and
the least number of articles."""
LIKELY = -2.2
"""Log odds from which a list of an article is taken for the one asked for."""


def listing(reply: Reply) -> Iterator[Event]:
    """Give the items of the list that is asked for; answer as a question is answered where no article has it."""
    scope = scope_of(reply)
    query = reply.query = replace(reply.query, search_text=reply.query.text)  # with what it carries on
    found = searched(reply, lighter(query), SEARCHED, scope)
    hits = _with_articles_before(reply, found)
    items = enumerated(reply.library, hits, query, reply.tools.embedder, LIKELY)
    if not items and scope.bounded and not found and not scope.subject:
        yield reply.found(())
        yield reply.tell(reply.pack.say("nothing_on", subject=query.text))
        yield reply.finish("evidence", abstained=True)
        return
    if not items:
        filters = replace(query.filters, language=scope.language or query.filters.language)
        # a period in which nothing was published is left out
        kept = replace(query, time=scope.period or query.time, filters=filters)
        reply.query = kept if found else replace(query, time=None)
        yield from _from_several(reply, scope)
        return
    yield reply.found(hits)
    yield reply.shown(items)
    if reply.sums_up():  # a small model does not better what an article lists itself
        yield from _in_words(reply, items)
    if not reply.composition.has_support:
        yield from reply.listed(items)
    yield reply.finish()


def _from_several(reply: Reply, scope: Scope) -> Iterator[Event]:
    """What each of several articles says of it, a line an article; as a question is answered where it is only one."""
    query = reply.query
    asked = replace(query, search_text=scope.subject or lighter(query))
    hits, best = _telling_hits(reply, asked, scope)
    names = list(dict.fromkeys(hit.passage.article for hit in hits))[:ARTICLES]
    refused = reply.tools.gates.before(query, hits[: reply.tools.top_k], best)
    if len(names) < FEWEST or reply.sums_up() or refused:
        yield from answer(reply)
        return
    yield reply.found(hits)
    lines = [_best_of(reply, asked, name, max(1, LINES // len(names))) for name in names]
    yield reply.shown([quote for line in lines for quote in line])
    yield reply.tell(reply.pack.say("nearest_words"), before="\n\n")
    for first, *others in filter(None, lines):
        yield from reply.line(reply.hits[first.hit], first)
        for quote in others:
            yield reply.quote(quote)
    yield reply.finish()


def _telling_hits(reply: Reply, asked: Query, scope: Scope) -> tuple[list[Hit], list[Quote]]:
    """The passages near what is asked, or nearly so with one of the best sentences; and those sentences."""
    hits = searched(reply, asked.search_text, WIDELY, scope)
    highest = max((hit.score for hit in hits), default=0.0)
    hits = [hit for hit in hits if hit.score >= NEARLY * highest > 0]
    best = telling(reply.tools.prover.evidence(asked, hits, limit=WIDELY))
    told = {quote.article for quote in best}
    return [hit for hit in hits if hit.score >= NEAR * highest or hit.passage.article in told], best


def _best_of(reply: Reply, asked: Query, name: str, most: int) -> list[Quote]:
    """The sentences of one article that answer best."""
    places = [place for place, hit in enumerate(reply.hits) if hit.passage.article == name]
    found = reply.tools.prover.evidence(asked, [reply.hits[place] for place in places], limit=most)
    return [replace(quote, hit=places[quote.hit]) for quote in telling(found)]


def _with_articles_before(reply: Reply, hits: Sequence[Hit]) -> list[Hit]:
    """The hits, after the best one the articles of the answer before: "give me the eight rules as a list"."""
    before = read_before(reply.history)
    known = {article.name for article in reply.library.articles()}
    cited = dict.fromkeys(quote.article for quote in before.quotes) if before else {}
    names = [name for name in cited if name in known][:BEFORE]
    joined = [*hits[:1], *article_hits(reply.library, names, 1), *hits[1:]]
    return [replace(hit, rank=rank) for rank, hit in enumerate(joined, start=1)]


def _in_words(reply: Reply, quotes: Sequence[Quote]) -> Iterator[Event]:
    def asks_for(sources: Sequence[Source], mark: str) -> Prompt:
        task = reply.pack.prompt("listing", count=len(quotes))
        return request_prompt(reply.pack, reply.query.text, task, sources, mark)

    yield from reply.worded(chosen_sentences(quotes[:GIVEN], reply.hits), asks_for)
