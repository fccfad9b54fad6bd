"""The page: a Gradio interface mounted on FastAPI.

Gradio carries the conversation (events, streaming, stop, sessions); what is shown in it is our own HTML,
because its chat window would fetch remote images and cannot mark a sentence.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from . import gradio_stubs
from .texts import translations

if TYPE_CHECKING:
    import gradio
    from fastapi import FastAPI

    from .backend import Backend
    from .guard import Guard
    from .login import Authentication

SECONDS_TO_ANSWER = 0.2
SECONDS_UNREAD = 10.0
LEFT_OUT: dict[str, Any] = {
    "footer_links": [],
    "run_history": False,
    "enable_monitoring": False,
    "show_error": False,
    "ssr_mode": False,
    "max_file_size": 1,
}
"""What Gradio would add to the page, and files that it would take."""


def create_app(
    backend: Backend,
    *,
    language_default: str = "en",
    started: Callable[[], None] | None = None,
    seconds_unread: float = SECONDS_UNREAD,
    authentication: Authentication | None = None,
    names: Sequence[str] = (),
) -> Guard:
    """Return the page as an ASGI application, behind its guard.

    `authentication` tells who asks, and `names` are the host names that the page is served under beyond this machine.

    `started` is called once the page answers; by default the backend begins to load then. A question that its
    page does not read is dropped after `seconds_unread`.
    """
    # before the import: Gradio reads them then
    os.environ.update(GRADIO_ANALYTICS_ENABLED="False", GRADIO_RUN_HISTORY="False", GRADIO_SHARE="False")
    gradio_stubs.write_none()
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.exceptions import RequestValidationError

    from .allowlist import allowlist_of
    from .fonts import font_routes
    from .guard import Guard
    from .interface import Page
    from .models import model_routes
    from .routes import nothing_echoed, routes
    from .sessions import Readers

    app = FastAPI(title="assistant", openapi_url=None, lifespan=_starting(started or backend.start))
    app.include_router(routes(backend, language_default))
    app.include_router(font_routes())
    app.include_router(model_routes(backend, language_default))
    app.add_exception_handler(RequestValidationError, nothing_echoed)
    i18n = gr.I18n(**translations())
    blocks = Page(backend, language_default).blocks(i18n)
    _mount(app, blocks, i18n)
    return Guard(
        Readers(app, blocks._queue, seconds_unread),
        allowlist_of(blocks, backend.curator),
        authentication,
        names,
    )


def _mount(app: FastAPI, blocks: gradio.Blocks, i18n: gradio.I18n) -> None:
    """Put the interface into the application; Gradio itself lets nobody in whom the guard did not."""
    import gradio as gr

    from .assets import ICON, static
    from .fonts import PRELOAD
    from .ownership import owner_of

    gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        app_kwargs={"openapi_url": None, "docs_url": None, "redoc_url": None},
        auth_dependency=owner_of,
        i18n=i18n,
        theme=_theme(),
        # in the head as it is: given as `css`, Gradio would rewrite its selectors
        head=f'<link rel="icon" href="{ICON}">{PRELOAD}<style>{static("page.css")}{static("curating.css")}</style>',
        **LEFT_OUT,
    )


def _starting(started: Callable[[], None]) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        # the page answers first: loading competes for the same processor
        asyncio.get_running_loop().call_later(SECONDS_TO_ANSWER, started)
        yield

    return lifespan


def _theme() -> gradio.Theme:
    """Gradio's plainest theme with the fonts of the machine: none is fetched."""
    import gradio as gr

    sans = ["ui-sans-serif", "system-ui", "sans-serif"]
    return gr.themes.Base(
        font=sans, font_mono=["ui-monospace", "monospace"], primary_hue="orange", neutral_hue="stone"
    )
