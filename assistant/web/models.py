"""The models of the server: choosing one, and downloading another with its progress."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import Field

from ..errors import AssistantError
from .events import MODEL_NAME
from .ownership import may_curate
from .replies import PRIVATE, AcceptLanguage, Strict
from .templates import render
from .texts import Texts, texts_for

if TYPE_CHECKING:
    from .backend import Backend


class Wish(Strict):
    """A model to be downloaded, or the end of a download."""

    action: Literal["download", "cancel"]
    model: str = Field("", pattern=rf"\A({MODEL_NAME})?\z")


def model_routes(backend: Backend, language_default: str) -> APIRouter:
    """What the choice of a model asks for."""
    router = APIRouter(default_response_class=JSONResponse)

    @router.get("/models")
    def models(request: Request, accept_language: AcceptLanguage = None) -> HTMLResponse:
        texts = texts_for(accept_language, language_default)
        return HTMLResponse(models_html(backend, texts, may_curate(request)), headers=PRIVATE)

    @router.post("/models")
    def wish(given: Wish) -> JSONResponse:
        if backend.models is None:
            return JSONResponse({"done": False}, 404)
        if given.action == "cancel":
            backend.models.cancel_download()
            return JSONResponse({"done": True})
        started = bool(given.model) and backend.models.start_download(given.model)
        return JSONResponse({"done": started}, 200 if started else 409)

    return router


def models_html(backend: Backend, texts: Texts, curates: bool = True) -> str:
    """The models to choose from, and how far a download is; only a curator begins and ends one."""
    usual = next(
        (part.detail for part in backend.state() if part.name == "model" and part.state == "ready"), ""
    )
    if backend.models is None:
        nothing: dict[str, Any] = {"offers": [], "download": None, "problem": "", "curates": False}
        return render("models.html", texts=texts, usual=usual, **nothing)
    try:
        offers, problem = list(backend.models.offers()), ""
    except AssistantError as error:
        offers, problem = [], texts.problem(error)
    return render(
        "models.html",
        texts=texts,
        offers=offers,
        download=backend.models.download,
        usual=usual,
        problem=problem,
        curates=curates,
    )
