"""What changes the collection from the page: a file added or removed, a fact corrected, the index made again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from pydantic import Field

from ..curation.indexing import IndexingState
from ..errors import AssistantError, CorrectionRefused, FileRefused
from ..language.pack import pack
from ..types import Article, Json
from .bodies import Refused
from .catalogue import MOST_SHOWN, SHOWN, CatalogueFilter, Only, Sort, catalogue_html, nothing_added
from .indexing import by_name, indexing_html, state_json
from .ownership import may_curate
from .replies import PRIVATE, AcceptLanguage, Strict, error_reply, status_of
from .templates import render
from .texts import Texts, texts_for

if TYPE_CHECKING:
    from ..curation.curator import Curator
    from ..library import CatalogueEntry
    from .backend import Backend

Name = Annotated[str, Query(min_length=1, max_length=1000)]
UPLOADS_AT_ONCE = 4
RARE = (".markdown", ".mdx", ".htm", ".xhtml", ".mht")
"""Other spellings of kinds that are named."""
STATUS = {"size": 413, "type": 415, "content": 415, "empty": 422, "not_added": 404}
"""Of the reply to a file that is refused; of what the disk refuses 507."""
CURATING_TEXTS = (
    "only_added", "only_corrected", "only_label", "every_language", "filter_language", "sort_label",
    "sort_newest", "sort_oldest", "sort_title", "sort_name", "add_files", "drop_here", "percent", "upload_done",
    "upload_already", "upload_failed", "not_added_type_short", "not_added_size_short", "remove_file_sure",
    "search_articles", "only_all", "only_warned", "only_rejected",
)  # fmt: skip
"""What the script of the view of the articles says."""
FACT = Field(None, max_length=2000)


class Facts(Strict):
    """Facts to be set; null takes a correction back, what is not given stays."""

    title: str | None = FACT
    published: str | None = FACT
    language: str | None = FACT
    publisher: str | None = FACT


class Corrected(Strict):
    """A correction of an article."""

    article: str = Field(min_length=1, max_length=1000)
    facts: Facts


class Removed(Strict):
    """An added article that is to go."""

    article: str = Field(min_length=1, max_length=1000)


class Index(Strict):
    """The index made again, or no further."""

    do: Literal["all", "stop"]


def curating(backend: Backend, language_default: str) -> APIRouter:
    """The addresses of the view of the articles."""
    router = APIRouter(default_response_class=JSONResponse)

    def texts_in(accept_language: str | None) -> Texts:
        return texts_for(accept_language, language_default)

    @router.get("/articles")
    def articles(
        request: Request,
        search: Annotated[str, Query(max_length=200)] = "",
        only: Only = "all",
        language: Annotated[str, Query(pattern=r"\A[a-z]{0,3}\z")] = "",
        sort: Sort = "newest",
        shown: Annotated[int, Query(ge=1, le=MOST_SHOWN)] = SHOWN,
        accept_language: AcceptLanguage = None,
    ) -> HTMLResponse:
        wanted = CatalogueFilter(search.strip(), only, language, sort, shown)
        curates = may_curate(request)
        return _shown(lambda texts: _list(backend, wanted, texts, curates), texts_in(accept_language))

    @router.get("/correction")
    def correction(article: Name, accept_language: AcceptLanguage = None) -> HTMLResponse:
        return _shown(lambda texts: _form(backend, article, texts), texts_in(accept_language))

    @router.get("/indexing")
    def indexing(request: Request, accept_language: AcceptLanguage = None) -> JSONResponse:
        if backend.curator is None:
            return _gone(texts_in(accept_language))
        state = backend.curator.state()
        entries = by_name(_known(backend)) if state.outcome is not None else {}
        html = indexing_html(state, entries, texts_in(accept_language), may_curate(request))
        return JSONResponse(state_json(state, backend.curator, html), headers=PRIVATE)

    _giving(router, backend, texts_in)
    _changing(router, backend, texts_in)
    return router


def _giving(router: APIRouter, backend: Backend, texts_in: Callable[[str | None], Texts]) -> None:
    """What hands out a file."""

    @router.get("/file")
    def file(article: Name, accept_language: AcceptLanguage = None) -> Response:
        """The file of an article, to be kept and not shown: what it holds runs nowhere in the page."""
        if backend.curator is None:
            return _gone(texts_in(accept_language))
        try:
            path = backend.curator.file_of(article)
        except AssistantError as error:
            words = texts_in(accept_language).problem(error)
            return PlainTextResponse(words, status_of(error), PRIVATE)
        return FileResponse(path, 200, PRIVATE, "application/octet-stream", filename=path.name)


def _changing(router: APIRouter, backend: Backend, texts_in: Callable[[str | None], Texts]) -> None:
    """What writes."""
    uploads = asyncio.Semaphore(UPLOADS_AT_ONCE)

    @router.post("/add")
    async def add(request: Request, name: Name, accept_language: AcceptLanguage = None) -> JSONResponse:
        texts = texts_in(accept_language)
        if backend.curator is None:
            return _gone(texts)
        try:
            async with uploads:
                return JSONResponse(await _received(backend.curator, request, name))
        except Refused as refused:
            return _not_added(texts.not_added("failed"), refused.status)
        except FileRefused as error:
            return _not_added(_why(error, backend.curator, texts), STATUS.get(error.kind, 507))

    @router.post("/remove")
    def remove(given: Removed, accept_language: AcceptLanguage = None) -> JSONResponse:
        texts = texts_in(accept_language)
        return _done(backend, lambda curator: curator.remove(given.article), texts)

    @router.post("/correct")
    def correct(given: Corrected, accept_language: AcceptLanguage = None) -> JSONResponse:
        def corrected(curator: Curator) -> None:
            backend.article(given.article)  # there is one
            curator.correct(given.article, given.facts.model_dump(include=given.facts.model_fields_set))

        return _done(backend, corrected, texts_in(accept_language))

    @router.post("/index")
    def index(given: Index, accept_language: AcceptLanguage = None) -> JSONResponse:
        def started(curator: Curator) -> None:
            curator.stop() if given.do == "stop" else curator.index()

        return _done(backend, started, texts_in(accept_language))


async def _received(curator: Curator, request: Request, name: str) -> Json:
    """Take a file in while it comes. Raises `FileRefused`, `Refused`."""
    length = request.headers.get("content-length", "")
    receiving = await asyncio.to_thread(curator.receive, name, int(length) if length.isdigit() else None)
    with receiving:
        async for part in request.stream():
            await asyncio.to_thread(receiving.write, part)
        added = await asyncio.to_thread(curator.keep, receiving)
    return {"added": added.name, "already": added.already}


def _done(backend: Backend, work: Callable[[Curator], None], texts: Texts) -> JSONResponse:
    """Do something to the collection and say whether it was done, else why not."""
    if backend.curator is None:
        return _gone(texts)
    try:
        work(backend.curator)
    except CorrectionRefused as error:
        why = texts.cannot_be(error.field)
        return JSONResponse({"done": False, "field": error.field, "why": why}, 422)
    except FileRefused as error:
        return JSONResponse({"done": False, "why": texts.not_added(error.kind)}, STATUS.get(error.kind, 507))
    except AssistantError as error:
        return JSONResponse({"done": False, "why": texts.problem(error)}, status_of(error))
    return JSONResponse({"done": True})


def _not_added(why: str, status: int) -> JSONResponse:
    """Say why a file is not added; what is left of it is not read."""
    return JSONResponse({"added": None, "why": why}, status, {"Connection": "close"})


def _why(error: FileRefused, curator: Curator, texts: Texts) -> str:
    kinds = " ".join(suffix for suffix in curator.suffixes if suffix not in RARE)
    return texts.not_added(error.kind, curator.largest // 1_000_000, kinds)


def _gone(texts: Texts) -> JSONResponse:
    return JSONResponse({"done": False, "why": texts.not_done}, 404)


def _shown(page: Callable[[Texts], str], texts: Texts) -> HTMLResponse:
    try:
        return HTMLResponse(page(texts), headers=PRIVATE)
    except AssistantError as error:
        return error_reply(error, texts)


def _known(backend: Backend) -> list[CatalogueEntry]:
    """The list, or nothing while it cannot be read."""
    with suppress(AssistantError):
        return list(backend.catalogue())
    return []


def _list(backend: Backend, wanted: CatalogueFilter, texts: Texts, curates: bool) -> str:
    curator = backend.curator
    is_added = curator.added_test() if curator is not None else nothing_added
    state = curator.state() if curator is not None else IndexingState()  # before the list, which may be newer
    return catalogue_html(
        backend.catalogue(), backend.behind(), wanted, texts, is_added, state.running, state.runs, curates
    )


def _form(backend: Backend, name: str, texts: Texts) -> str:
    """What can be corrected of an article, with what its file says."""
    article: Article = backend.article(name)
    names = pack(texts.language)
    codes = (
        {entry.language for entry in backend.articles()} | set(names.words["languages"]) | {article.language}
    )
    return render(
        "correction.html",
        article=article,
        published=article.published.isoformat() if article.published else "",
        languages=sorted(((code, names.language_name(code)) for code in codes), key=lambda pair: pair[1]),
        texts=texts,
    )
