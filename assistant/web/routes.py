"""What the page fetches besides the stream of answers: health, state, articles, conversations, feedback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field

from ..errors import ArticleNotFound, AssistantError, ConversationsUnavailable
from ..types import Json, Span
from .events import LONGEST
from .reader import reader_html
from .templates import render
from .texts import Texts, texts_for

if TYPE_CHECKING:
    from .desk import Desk, Part

AcceptLanguage = Annotated[str | None, Header()]
Places = Annotated[str, Query(max_length=4000, pattern=r"\A(\d{1,9}-\d{1,9}(,\d{1,9}-\d{1,9})*)?\z")]
PRIVATE = {"Cache-Control": "no-store"}


class Feedback(BaseModel):
    """What a user thinks of an answer."""

    model_config = ConfigDict(extra="forbid")

    answer: str = Field(max_length=100)
    thumb: Literal["up", "down"] | None = None
    correction: str | None = Field(None, max_length=4000)


def routes(desk: Desk, language_default: str) -> APIRouter:
    """The page's own addresses."""
    router = APIRouter(default_response_class=JSONResponse)

    @router.get("/health")
    def health() -> Json:
        reasons = [_reason(part) for part in desk.state() if part.state != "ready" or _slow(part)]
        return {"status": "degraded" if reasons else "ok", "reasons": reasons}

    @router.get("/state")
    def state(accept_language: AcceptLanguage = None) -> Json:
        texts = texts_for(accept_language, language_default)
        parts = list(desk.state())
        return {
            "ready": all(part.state == "ready" for part in parts),
            "settled": all(part.state != "loading" for part in parts),
            "status": _status(parts, texts),
            "welcome": render("welcome.html", examples=desk.examples(texts.language), texts=texts),
            "limits": LONGEST,
            "texts": {name: getattr(texts, name) for name in SHELL_TEXTS},
        }

    @router.get("/reader")
    def reader(
        article: str, start: int = 0, end: int = 0, others: Places = "", digest: str = "",
        accept_language: AcceptLanguage = None,
    ) -> HTMLResponse:  # fmt: skip
        texts = texts_for(accept_language, language_default)
        try:
            read = desk.article(article)
            page = reader_html(read, Span(start, end), texts, _spans(others), digest)
            return HTMLResponse(page, headers=PRIVATE)
        except AssistantError as error:
            status = 404 if isinstance(error, ArticleNotFound) else 503
            return HTMLResponse(Markup('<p class="error">{}</p>').format(error), status, PRIVATE)

    @router.get("/text")
    def text(article: str) -> PlainTextResponse:
        """The article's own text, as the program read it: no file is opened by its path."""
        try:
            words = desk.article(article).text.encode("utf-8", "replace")
            return PlainTextResponse(words, headers=PRIVATE)
        except AssistantError as error:
            status = 404 if isinstance(error, ArticleNotFound) else 503
            return PlainTextResponse(str(error), status, PRIVATE)

    @router.get("/conversations")
    def conversations(accept_language: AcceptLanguage = None) -> HTMLResponse:
        texts = texts_for(accept_language, language_default)
        try:
            listed = desk.conversations.list()
        except ConversationsUnavailable as error:
            return HTMLResponse(Markup('<p class="error">{}</p>').format(error), 503, PRIVATE)
        return HTMLResponse(render("conversations.html", conversations=listed, texts=texts), headers=PRIVATE)

    @router.post("/feedback")
    def feedback(given: Feedback) -> JSONResponse:
        return _keep(desk, given)

    return router


def _spans(places: str) -> list[Span]:
    """The places that are named `10-20,30-40`."""
    pairs = (place.split("-") for place in places.split(",") if place)
    return [Span(int(start), int(end)) for start, end in pairs]


def _keep(desk: Desk, given: Feedback) -> JSONResponse:
    """Keep what is given of an answer that exists; what is not given stays as it was."""
    opinion = given.model_dump(include=given.model_fields_set - {"answer"})
    if not opinion:
        return JSONResponse({"kept": False, "detail": "Give a thumb or a correction."}, 422)
    try:
        known = desk.conversations.feedback(given.answer, opinion)
    except ConversationsUnavailable as error:
        return JSONResponse({"kept": False, "detail": str(error)}, 503)
    if not known:
        return JSONResponse({"kept": False, "detail": "No such answer was kept."}, 404)
    return JSONResponse({"kept": True})


async def nothing_echoed(_: Request, __: Exception) -> JSONResponse:
    """Say that a request is not valid without repeating it, as FastAPI would."""
    return JSONResponse({"detail": "The request is not valid."}, 422)


SHELL_TEXTS = (
    "language",
    "tagline",
    "sources",
    "sources_empty",
    "close_reader",
    "previous_citation",
    "next_citation",
    "citation_of",
    "reader_failed",
    "new_conversation",
    "past_conversations",
    "check_more",
    "too_long",
    "not_taken",
    "not_taken_busy",
    "not_reached",
    "not_kept",
)


def _reason(part: Part) -> str:
    return f"{part.name}: {part.state}" + (f" ({part.detail})" if part.detail else "")


def _slow(part: Part) -> bool:
    """Whether the index answers without what makes it fast."""
    return part.name == "index" and bool(part.detail)


def _status(parts: Sequence[Part], texts: Texts) -> str:
    ready = all(part.state == "ready" for part in parts)
    model = next((part.detail for part in parts if part.name == "model"), "")
    slow = any(map(_slow, parts))
    return render("status.html", parts=parts, ready=ready, model=model, slow=slow, texts=texts)
