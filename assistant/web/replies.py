"""What the page's own addresses share: the language that is asked for, strict bodies, and replies that say what failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Header
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict

from ..errors import ArticleNotFound, AssistantError
from .templates import commands

if TYPE_CHECKING:
    from .texts import Texts

AcceptLanguage = Annotated[str | None, Header()]
PRIVATE = {"Cache-Control": "no-store"}


class Strict(BaseModel):
    """A body of which every key is known and every value of its type."""

    model_config = ConfigDict(extra="forbid", strict=True)


def status_of(error: AssistantError) -> int:
    """The status of the reply to a request that ended so."""
    return 404 if isinstance(error, ArticleNotFound) else 503


def error_reply(error: AssistantError, texts: Texts) -> HTMLResponse:
    """The reply in the place of a part of the page that failed: the error in words."""
    said = Markup('<p class="error">{}</p>').format(commands(texts.problem(error)))
    return HTMLResponse(said, status_of(error), PRIVATE)
