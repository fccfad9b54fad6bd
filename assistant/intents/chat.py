"""Greetings, thanks, "who are you": what can be asked, with examples from the user's own articles. Nothing is searched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from ..language.pack import Pack
from ..types import Event
from .reply import Listed, Reply

LONGEST_TITLE = 70


class Shelves(Protocol):
    """Where suggestions come from."""

    def articles(self) -> Sequence[Listed]: ...


def chat(reply: Reply) -> Iterator[Event]:
    """Two sentences and some examples."""
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
    for message in suggested(reply.library, reply.pack):
        yield reply.tell(message, before="\n- ")


def suggested(library: Shelves, pack: Pack) -> list[str]:
    """Messages to begin with: about titles of the newest articles, and about the collection; headings say too little."""
    newest = _titled(library.articles(), pack.language)
    keys = ("example_overview", "example_question")
    found = [pack.say(key, title=article.title) for key, article in zip(keys, newest, strict=False)]
    return list(dict.fromkeys([*found, pack.say("example_collection")])) if newest else []


def _titled(articles: Sequence[Listed], language: str) -> list[Listed]:
    """The newest articles in that language whose titles are short enough, else of any language."""
    short = [article for article in articles if article.title and len(article.title) <= LONGEST_TITLE]
    own = [article for article in short if article.language == language] or short
    return sorted(own, key=lambda one: one.published or date.min, reverse=True)
