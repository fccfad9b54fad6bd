"""A list of what the articles name: one item a line, each with its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..composition.prompts import Prompt, Source, chosen_sentences
from ..types import Event, Quote
from .enumeration import MOST, enumerated, listed_by_title
from .prompts import request_prompt
from .reply import Reply
from .scope import is_in_collection, scope_of, searched
from .subject import lighter, wanted_count

SEARCHED = 10
ITEMS = 6
GIVEN = 10
"""Sentences that the model is given."""
NEAR = 0.05
"""Odds of answering, beside the best sentence's, that an item has at least."""


def listing(reply: Reply) -> Iterator[Event]:
    """List the members of what is asked for."""
    scope = scope_of(reply)
    subject = scope.subject or reply.query.search_text
    hits = searched(reply, lighter(reply.query), SEARCHED, scope)
    ranked = reply.tools.prover.evidence(reply.query, hits, limit=3 * GIVEN)
    unknown = not is_in_collection(reply.library, subject, reply.query.language)
    if not ranked or (
        unknown
        and reply.tools.gates.doubt(reply.query, hits, reply.query.language in reply.library.languages)
    ):
        yield reply.found(hits)
        yield reply.tell(reply.pack.say("nothing_on", subject=subject))
        yield reply.finish("evidence", abstained=True)
        return
    yield reply.found(hits)
    count = wanted_count(reply.query.text, reply.query.language, ITEMS)
    most = wanted_count(reply.query.text, reply.query.language, MOST)
    items = enumerated(reply.library, hits, subject, most)
    items = items or listed_by_title(reply.library, hits, subject, most)
    listed = bool(items)
    items = items or [quote for quote in ranked if quote.score >= NEAR * ranked[0].score][:count]
    yield reply.shown(items)
    if not listed or reply.sums_up():  # a small model does not better what an article lists itself
        yield from _in_words(reply, ranked[:GIVEN], count)
    if not reply.composition.has_support:
        yield reply.tell(reply.pack.say("nearest_words"), before="\n\n")
        for quote in items:
            yield reply.quote(quote, before="\n- ")
    yield reply.finish()


def _in_words(reply: Reply, quotes: Sequence[Quote], count: int) -> Iterator[Event]:
    def asks_for(sources: Sequence[Source], mark: str) -> Prompt:
        task = reply.pack.prompt("listing", count=count)
        return request_prompt(reply.pack, reply.query.text, task, sources, mark)

    yield from reply.worded(chosen_sentences(quotes, reply.hits), asks_for)
