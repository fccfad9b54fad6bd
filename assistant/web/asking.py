"""A question as the page sends it, with what the search is limited to; and its events, kept as they come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from ..answer_json import FiltersJson
from ..errors import ConversationsUnavailable
from ..language.pack import pack
from ..types import Event, Filters, Finished
from .answers import TurnView
from .templates import render, written_day
from .texts import Texts

if TYPE_CHECKING:
    from collections.abc import Generator

    from ..conversations.conversations import Conversations
    from ..library import ArticleSummary
    from .backend import Backend
    from .chat import Session

ARTICLES_OFFERED = 2_000
"""So many names of articles are offered in a list; a longer list is searched in the view of the articles."""


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """A question of the page; `again` is the turn that it takes the place of."""

    question: str
    filters: Filters
    again: str = ""
    width: int = 1
    """Times the passages that are usually sought."""
    model: str = ""
    """Who answers, where it is not the model of the settings."""

    @classmethod
    def of(cls, told: Any) -> PageQuestion:
        """What an event tells, already checked by `events.Chosen`."""
        question, again = (str(getattr(told, name) or "") for name in ("question", "again"))
        return cls(question.strip(), filters_of(told.filters), again, told.width or 1, told.model or "")


def filters_of(given: Mapping[str, Any] | None) -> Filters:
    """Filters from their JSON form; what cannot be read limits nothing."""
    given = given or {}

    def day(name: str) -> date | None:
        with suppress(TypeError, ValueError):
            return date.fromisoformat(given[name]) if given.get(name) else None
        return None

    return Filters(
        day("since"),
        day("until"),
        given.get("language") or None,
        given.get("folder") or None,
        tuple(given.get("articles") or ()),
    )


def filters_json(filters: Filters) -> FiltersJson | None:
    """The JSON form of filters; None where they limit nothing."""
    told: FiltersJson = {
        "since": filters.since.isoformat() if filters.since else None,
        "until": filters.until.isoformat() if filters.until else None,
        "language": filters.language,
        "folder": filters.folder,
        "articles": list(filters.articles),
    }
    return told if any(told.values()) else None


def limits_named(filters: FiltersJson | None, texts: Texts) -> list[str]:
    """What a search is limited to, in words."""
    if filters is None:
        return []
    named = [
        texts.filter_since.format(value=written_day(since, texts.language)) if (since := filters.get("since")) else "",
        texts.filter_until.format(value=written_day(until, texts.language)) if (until := filters.get("until")) else "",
        pack(texts.language).language_name(language) if (language := filters.get("language")) else "",
        texts.filter_folder.format(value=filters["folder"]) if filters.get("folder") else "",
        *(filters.get("articles") or ()),
    ]  # fmt: skip
    return [name for name in named if name]


def filters_form(articles: Sequence[ArticleSummary], texts: Texts) -> str:
    """The form that limits the search: only what would make a difference can be chosen."""
    names = pack(texts.language)
    languages = sorted({article.language for article in articles})
    folders = {
        "/".join(parts[:depth])
        for article in articles
        for parts in [article.name.split("/")[:-1]]
        for depth in range(1, len(parts) + 1)
    }
    dates = sorted(article.published for article in articles if article.published)
    return render(
        "filters.html",
        languages=[(code, names.language_name(code)) for code in languages] if len(languages) > 1 else [],
        folders=sorted(folders),
        articles=articles[:ARTICLES_OFFERED],
        first=dates[0].isoformat() if dates else "",
        last=dates[-1].isoformat() if dates else "",
        texts=texts,
    )


def kept_events(
    backend: Backend, conversations: Conversations, session: Session, view: TurnView, asked: PageQuestion
) -> Callable[[], Iterator[Event]]:
    """The events of a question, which is kept from the moment it is asked, whatever becomes of its answer."""

    def events() -> Iterator[Event]:
        history, finished = [], False
        with suppress(ConversationsUnavailable):  # a finished answer says that nothing can be kept
            if replaced := session.kept.get(asked.again):
                conversations.replace_from(session.conversation, replaced)
            history = conversations.history(session.conversation)
            session.kept[view.key] = conversations.begin(session.conversation, asked.question, view.filters)
        try:
            answering = backend.ask(
                asked.question, history, filters=asked.filters, width=asked.width, model=asked.model
            )
            with closing(cast("Generator[Event]", answering)) as events:
                for event in events:
                    finished = finished or isinstance(event, Finished)
                    yield event
        finally:
            if not finished and (begun := session.kept.get(view.key)):
                with suppress(ConversationsUnavailable):
                    conversations.interrupt(begun, view.as_interrupted())

    return events
