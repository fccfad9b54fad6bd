"""What the page fetches besides the stream of answers: health, state, articles, conversations, feedback."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from pydantic import Field

from ..errors import AssistantError, ConversationsUnavailable, NoIndex
from ..types import Json, Span
from . import exports
from .answers import REASONS, Reason
from .asking import filters_form
from .curating import CURATING_TEXTS, curating
from .events import LONGEST
from .indexing import OutOfDateNotice, start_html
from .marking import place_of
from .ownership import may_curate, mine, owner_of
from .reader import reader_html
from .replies import PRIVATE, AcceptLanguage, Strict, error_reply, status_of
from .templates import render
from .texts import Texts, texts_for

if TYPE_CHECKING:
    from ..conversations.conversations import Conversations
    from .backend import Backend, Part

Places = Annotated[str, Query(max_length=4000, pattern=r"\A(\d{1,9}-\d{1,9}(,\d{1,9}-\d{1,9})*)?\z")]
IDENTIFIER = r"\A[0-9a-f]{32}\z"
Identifier = Annotated[str, Query(pattern=IDENTIFIER)]
Search = Annotated[str, Query(max_length=200)]
Form = Literal["markdown", "json"]


class Again(Strict):
    """A wish to try again what is missing."""

    again: Literal[True]


class Renamed(Strict):
    """A new title for a conversation; an empty one brings the first question back."""

    conversation: str = Field(pattern=IDENTIFIER)
    title: str = Field(max_length=1000)


class Deleted(Strict):
    """A conversation to be deleted."""

    conversation: str = Field(pattern=IDENTIFIER)


class Marked(Strict):
    """Words that were selected in an opened article, near a place of its text."""

    article: str = Field(max_length=1000)
    words: str = Field(min_length=1, max_length=4000)
    near: int = Field(0, ge=0, le=1_000_000_000)


class Feedback(Strict):
    """What a user thinks of an answer."""

    answer: str = Field(max_length=100)
    thumb: Literal["up", "down"] | None = None
    correction: str | None = Field(None, max_length=4000)
    reasons: list[Reason] = Field([], max_length=len(REASONS))
    passage: Marked | None = None
    """What answers the question."""


def routes(backend: Backend, language_default: str) -> APIRouter:
    """The page's own addresses."""
    router = APIRouter(default_response_class=JSONResponse)
    out_of_date = OutOfDateNotice(backend)
    program = uuid.uuid4().hex  # another one: the program was started anew

    @router.get("/health")
    def health(request: Request) -> Json:
        told = owner_of(request) is not None
        reasons = [_reason(part, told) for part in backend.state() if part.state != "ready" or _slow(part)]
        return {"status": "degraded" if reasons else "ok", "reasons": reasons}

    @router.get("/state")
    def state(request: Request, accept_language: AcceptLanguage = None) -> Json:
        texts = texts_for(accept_language, language_default)
        parts, curates = list(backend.state()), may_curate(request)
        return {
            "ready": all(part.state == "ready" for part in parts),
            "settled": all(part.state != "loading" for part in parts),
            "status": _status(parts, texts, out_of_date.words(texts), curates),
            "welcome": _welcome(backend, texts, curates),
            "curates": curates,
            "limits": LONGEST,
            "program": program,
            "user": request.scope["assistant.name"],
            "texts": {name: getattr(texts, name) for name in SHELL_TEXTS},
        }

    @router.post("/retry")
    def retry(_: Again) -> JSONResponse:
        backend.retry()
        return JSONResponse({"done": True})

    router.include_router(curating(backend, language_default))
    _reading(router, backend, language_default)
    _keeping(router, backend, language_default)
    return router


def _reading(router: APIRouter, backend: Backend, language_default: str) -> None:
    """The articles: one opened, its text, what a search can be limited to."""

    @router.get("/reader")
    def reader(
        article: str, start: int = 0, end: int = 0, others: Places = "", digest: str = "",
        accept_language: AcceptLanguage = None,
    ) -> HTMLResponse:  # fmt: skip
        texts = texts_for(accept_language, language_default)
        try:
            read = backend.article(article)
            has_file = backend.curator is not None
            page = reader_html(read, Span(start, end), texts, _spans(others), digest, has_file)
            return HTMLResponse(page, headers=PRIVATE)
        except AssistantError as error:
            return error_reply(error, texts)

    @router.get("/text")
    def text(article: str, accept_language: AcceptLanguage = None) -> PlainTextResponse:
        """The article's own text, as the program read it: no file is opened by its path."""
        try:
            words = backend.article(article).text.encode("utf-8", "replace")
            return PlainTextResponse(words, headers=PRIVATE)
        except AssistantError as error:
            texts = texts_for(accept_language, language_default)
            return PlainTextResponse(texts.problem(error), status_of(error), PRIVATE)

    @router.get("/filters")
    def filters(accept_language: AcceptLanguage = None) -> HTMLResponse:
        texts = texts_for(accept_language, language_default)
        return HTMLResponse(filters_form(backend.articles(), texts), headers=PRIVATE)


def _keeping(router: APIRouter, backend: Backend, language_default: str) -> None:
    """What is kept: conversations, and what users think of the answers."""

    @router.get("/conversations")
    def conversations(
        request: Request, search: Search = "", accept_language: AcceptLanguage = None
    ) -> HTMLResponse:
        texts = texts_for(accept_language, language_default)
        try:
            listed = mine(backend, owner_of(request)).list(search=search)
        except ConversationsUnavailable as error:
            return error_reply(error, texts)
        page = render("conversations.html", conversations=listed, searched=search.strip(), texts=texts)
        return HTMLResponse(page, headers=PRIVATE)

    @router.post("/rename")
    def rename(request: Request, given: Renamed) -> JSONResponse:
        return _done(lambda: mine(backend, owner_of(request)).rename(given.conversation, given.title))

    @router.post("/delete")
    def delete(request: Request, given: Deleted) -> JSONResponse:
        return _done(lambda: mine(backend, owner_of(request)).delete(given.conversation))

    @router.get("/export")
    def export(
        request: Request, conversation: Identifier, form: Form, accept_language: AcceptLanguage = None
    ) -> Response:
        texts = texts_for(accept_language, language_default)
        return _told(lambda: _exported(mine(backend, owner_of(request)), conversation, form, texts), texts)

    @router.get("/take")
    def take(
        request: Request, answer: Identifier, form: exports.Form, accept_language: AcceptLanguage = None
    ) -> Response:
        texts = texts_for(accept_language, language_default)
        return _told(lambda: _taken(mine(backend, owner_of(request)), answer, form, texts), texts)

    @router.post("/feedback")
    def feedback(request: Request, given: Feedback) -> JSONResponse:
        return _keep(backend, mine(backend, owner_of(request)), given)


def _done(work: Callable[[], bool]) -> JSONResponse:
    """Say whether something was done to a conversation."""
    try:
        done = work()
    except ConversationsUnavailable as error:
        return JSONResponse({"done": False, "detail": str(error)}, 503)
    return JSONResponse({"done": done}, 200 if done else 404)


def _told(work: Callable[[], tuple[str, str, str] | None], texts: Texts) -> Response:
    """Send a file: its text, media type and name; 404 where there is none."""
    try:
        made = work()
    except ConversationsUnavailable as error:
        return PlainTextResponse(texts.problem(error), 503, PRIVATE)
    if made is None:
        return PlainTextResponse(texts.not_kept_here, 404, PRIVATE)
    text, media_type, name = made
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode("utf-8", "replace"), headers=PRIVATE | disposition, media_type=media_type)


def _exported(kept: Conversations, conversation: str, form: str, texts: Texts) -> tuple[str, str, str] | None:
    """A conversation as a file."""
    exchanges = kept.load(conversation)
    if not exchanges:
        return None
    title = kept.title(conversation)
    if form == "json":
        return (
            exports.conversation_json(conversation, title, exchanges),
            "application/json",
            "conversation.json",
        )
    made = exports.conversation_markdown(title, exchanges, texts)
    return made, "text/markdown; charset=utf-8", "conversation.md"


FILES = {
    "markdown": ("text/markdown; charset=utf-8", "answer.md"),
    "text": ("text/plain; charset=utf-8", "answer.txt"),
    "bibtex": ("application/x-bibtex; charset=utf-8", "sources.bib"),
    "csl": ("application/vnd.citationstyles.csl+json", "sources.json"),
}


def _taken(kept: Conversations, answer: str, form: exports.Form, texts: Texts) -> tuple[str, str, str] | None:
    """One answer, or the articles that it cites, as a file."""
    exchange = kept.exchange(answer)
    return None if exchange is None else (exports.answer_as(exchange.answer, form, texts), *FILES[form])


def _spans(places: str) -> list[Span]:
    """The places that are named `10-20,30-40`."""
    pairs = (place.split("-") for place in places.split(",") if place)
    return [Span(int(start), int(end)) for start, end in pairs]


def _keep(backend: Backend, kept: Conversations, given: Feedback) -> JSONResponse:
    """Keep what is given of an answer that exists; what is not given stays as it was."""
    opinion = given.model_dump(include=given.model_fields_set - {"answer"})
    if not opinion:
        return JSONResponse({"kept": False, "detail": "Give a thumb or a correction."}, 422)
    if given.passage is not None:
        opinion["passage"] = _passage(backend, given.passage)
        if opinion["passage"] is None:
            return JSONResponse({"kept": False, "detail": "These words are not in the article."}, 404)
    try:
        known = kept.feedback(given.answer, opinion)
    except ConversationsUnavailable as error:
        return JSONResponse({"kept": False, "detail": str(error)}, 503)
    if not known:
        return JSONResponse({"kept": False, "detail": "No such answer was kept."}, 404)
    return JSONResponse({"kept": True})


def _passage(backend: Backend, marked: Marked) -> Json | None:
    """The exact words of an article that a reader marked."""
    try:
        text = backend.article(marked.article).text
    except AssistantError:
        return None
    place = place_of(text, marked.words, marked.near)
    if place is None:
        return None
    quote = text[place.start : place.end]
    return {"article": marked.article, "start": place.start, "end": place.end, "quote": quote}


async def nothing_echoed(_: Request, __: Exception) -> JSONResponse:
    """Say that a request is not valid without repeating it, as FastAPI would."""
    return JSONResponse({"detail": "The request is not valid."}, 422)


SHELL_TEXTS = (
    *CURATING_TEXTS,
    "language",
    "tagline",
    "sources",
    "sources_empty",
    "article_empty",
    "close_reader",
    "previous_citation",
    "next_citation",
    "citation_of",
    "reader_failed",
    "new_conversation",
    "check_more",
    "too_long",
    "not_taken",
    "not_taken_busy",
    "not_reached",
    "not_kept",
    "empty_question",
    "characters_left",
    "asked_next",
    "take_back",
    "edited",
    "cancel",
    "filter",
    "replaced",
    "filter_since",
    "filter_until",
    "filter_folder",
    "remove",
    "conversations",
    "close",
    "search_conversations",
    "delete_sure",
    "not_done",
    "lost",
    "scheme_system",
    "scheme_light",
    "scheme_dark",
    "interrupted",
    "retry",
    "log_out",
    "earlier",
    "mark_passage",
    "marked_passage",
    "model_gone",
    "more_tabs",
    "dates_as_in",
    "first_of_month",
)


def _welcome(backend: Backend, texts: Texts, curates: bool) -> str:
    """What an empty page says: the first steps where nothing is indexed, else questions to begin with."""
    return start_html(backend, texts, curates) or render(
        "welcome.html", examples=backend.examples(texts.language), texts=texts
    )


def _reason(part: Part, told: bool) -> str:
    """What is not ready; `told`: with the detail, which may name files of the machine."""
    return f"{part.name}: {part.state}" + (f" ({part.detail})" if part.detail and told else "")


def _slow(part: Part) -> bool:
    """Whether the index answers without what makes it fast."""
    return part.name == "index" and bool(part.detail)


def _todo(part: Part, texts: Texts, curates: bool) -> str:
    """What to do about a part that is not there."""
    if isinstance(part.error, NoIndex) and not curates:
        return texts.no_articles
    return texts.problem(part.error) if part.error else texts.problem_assistant_error


def _status(parts: Sequence[Part], texts: Texts, behind: str, curates: bool) -> str:
    ready = all(part.state == "ready" for part in parts)
    model = next((part.detail for part in parts if part.name == "model"), "")
    slow = any(map(_slow, parts))
    stuck = any(part.state in ("missing", "failed") for part in parts)
    return render(
        "status.html",
        stuck=stuck,
        parts=parts,
        ready=ready,
        model=model,
        slow=slow,
        behind=behind,
        todo=lambda part: _todo(part, texts, curates),
        texts=texts,
    )
