"""Greetings, thanks, "who are you": what can be asked, with examples from the user's own articles. Nothing is searched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from ..errors import AssistantError
from ..language.pack import Pack
from ..types import Article, Event
from .reply import Listed, Reply

LONGEST_TITLE = 70
LOOKED_AT = 5
"""Articles whose headings are looked at."""


class Shelves(Protocol):
    """Where suggestions come from."""

    def articles(self) -> Sequence[Listed]: ...
    def article(self, name: str) -> Article: ...


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
    """Messages to begin with: about titles and a heading of the newest articles, and about the collection."""
    newest = _titled(library.articles(), pack.language)
    keys = ("example_overview", "example_question")
    found = [pack.say(key, title=article.title) for key, article in zip(keys, newest, strict=False)]
    headings = (_heading(library, article) for article in newest[:LOOKED_AT])
    found += [pack.say("example_question", title=heading) for heading in headings if heading][:1]
    return list(dict.fromkeys([*found, pack.say("example_collection")])) if newest else []


def _titled(articles: Sequence[Listed], language: str) -> list[Listed]:
    """The newest articles in that language whose titles are short enough, else of any language."""
    short = [article for article in articles if article.title and len(article.title) <= LONGEST_TITLE]
    own = [article for article in short if article.language == language] or short
    return sorted(own, key=lambda one: one.published or date.min, reverse=True)


def _heading(library: Shelves, listed: Listed) -> str | None:
    """The first heading of an article that could stand for a subject: some words, not the title again."""
    try:
        article = library.article(listed.name)
    except AssistantError:  # gone meanwhile, or damaged: `verify` tells
        return None
    for start, end, _ in article.headings:
        heading = " ".join(article.text[start:end].split()).rstrip(":. ")
        is_title = heading.casefold() in article.title.casefold()
        if len(heading.split()) > 1 and len(heading) <= LONGEST_TITLE and not is_title:
            return heading
    return None
