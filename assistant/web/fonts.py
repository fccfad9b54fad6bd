"""The serif that the page is set in: Source Serif 4 (OFL), shipped with the program, since few machines have one."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response

Name = Literal["source-serif-4.woff2", "source-serif-4-italic.woff2", "source-serif-4-ext.woff2"]
PRELOAD = '<link rel="preload" href="fonts/source-serif-4.woff2" as="font" type="font/woff2" crossorigin>'
"""In the head of the page: the font that every page needs is asked for before the style is read."""
A_MONTH = 30 * 24 * 3600


def font_routes() -> APIRouter:
    """The fonts, each under its name."""
    router = APIRouter()

    @router.get("/fonts/{name}")
    def font(name: Name) -> Response:
        headers = {"Cache-Control": f"public, max-age={A_MONTH}"}
        return Response(_bytes(name), headers=headers, media_type="font/woff2")

    return router


@cache
def _bytes(name: Name) -> bytes:
    return (files(__package__) / "static" / "fonts" / name).read_bytes()
