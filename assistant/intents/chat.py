"""Greetings, thanks, "who are you": what can be asked, with examples from the user's own articles. Nothing is searched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from ..types import Event
from .reply import Listed, Reply

EXAMPLES = 2
"""Examples about articles; a third one is about the collection."""
LONGEST_TITLE = 70


def chat(reply: Reply) -> Iterator[Event]:
    """Two sentences and three examples."""
    yield reply.found(())
    yield from welcomed(reply, reply.aspect)
    yield reply.finish("evidence")


def welcomed(reply: Reply, aspect: str) -> Iterator[Event]:
    """What the assistant is, and what can be asked of it."""
    articles = reply.library.articles()
    say = reply.pack.say
    opening = {"hello": "hello", "thanks": "thanks", "who": "who"}.get(aspect)
    if opening:
        yield reply.tell(say(opening, count=len(articles)))
    if aspect != "thanks":
        yield reply.tell(say("help", count=len(articles)))
    yield reply.tell(say("try"), before="\n\n")
    for key, article in zip(("example_overview", "example_question"), _titled(reply, articles), strict=False):
        yield reply.tell(say(key, title=article.title), before="\n- ")
    yield reply.tell(say("example_collection"), before="\n- ")


def _titled(reply: Reply, articles: Sequence[Listed]) -> list[Listed]:
    """The newest articles in the language of the message whose titles are short enough, else of any language."""
    short = [article for article in articles if article.title and len(article.title) <= LONGEST_TITLE]
    own = [article for article in short if article.language == reply.language] or short
    return sorted(own, key=lambda one: one.published or date.min, reverse=True)[:EXAMPLES]
