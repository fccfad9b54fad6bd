"""The routes of the page: a list of what is let in. Gradio has some sixty more, which nobody reaches.

A feature that needs another route adds a line here and to the table in `tests/web/test_allowlist.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .bodies import Refused
from .events import Events

if TYPE_CHECKING:
    import gradio

    from ..curation.curator import Curator

FILE = r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*"
"""A relative path without hidden or parent folders."""
SESSION = r"[A-Za-z0-9]{1,64}"


@dataclass(frozen=True, slots=True)
class AllowedRoute:
    """A route that is let in: method, path, and for a body what checks it and returns what may pass."""

    method: str
    path: re.Pattern[str]
    reads: Callable[[Any], Any] | None = None
    takes: int = 0
    """Bytes of a file that is its body; 0: none is."""
    changes: bool = False
    """Whether it changes the collection or the models, which only curators do."""


class Allowlist:
    """All routes that are let in."""

    def __init__(self, routes: Sequence[AllowedRoute]) -> None:
        self.routes = tuple(routes)

    def find(self, method: str, path: str) -> AllowedRoute:
        """The route of a request. Raises `Refused`: 404 for an unknown path, 405 for another method."""
        fitting = [route for route in self.routes if route.path.fullmatch(path)]
        if not fitting:
            raise Refused(404, "There is nothing here.")
        for route in fitting:
            if route.method == method:
                return route
        raise Refused(405, f"Only {fitting[0].method} is answered here.")


def _allowed(method: str, path: str, reads: Callable[[Any], Any] | None = None) -> AllowedRoute:
    return AllowedRoute(method, re.compile(path), reads)


def _changing(path: str, reads: Callable[[Any], Any] | None = None, takes: int = 0) -> AllowedRoute:
    return AllowedRoute("POST", re.compile(path), reads, takes, changes=True)


def allowlist_of(blocks: gradio.Blocks, curator: Curator | None) -> Allowlist:
    """The routes of the page and of its interface's events; where there is a curator, one takes files."""
    largest_file = curator.largest if curator is not None else 0
    events = Events(blocks)
    return Allowlist(
        (
            _allowed("GET", "/"),
            _allowed("GET", f"/assets/{FILE}"),
            _allowed("GET", f"/static/{FILE}"),
            _allowed("GET", "/theme.css"),
            _allowed("GET", r"/fonts/source-serif-4(?:-italic|-ext)?\.woff2"),
            _allowed("GET", "/health"),
            _allowed("GET", "/state"),
            _allowed("GET", "/reader"),
            _allowed("GET", "/text"),
            _allowed("GET", "/file"),
            _allowed("GET", "/filters"),
            _allowed("GET", "/articles"),
            _allowed("GET", "/correction"),
            _allowed("GET", "/indexing"),
            _changing("/add", takes=largest_file),
            _changing("/remove", _object),
            _changing("/correct", _object),
            _changing("/index", _object),
            _allowed("GET", "/conversations"),
            _allowed("GET", "/export"),
            _allowed("GET", "/take"),
            _allowed("GET", "/models"),
            _changing("/models", _object),
            _allowed("POST", "/rename", _object),
            _allowed("POST", "/retry", _object),
            _allowed("POST", "/delete", _object),
            _allowed("POST", "/feedback", _object),
            _allowed("GET", f"/gradio_api/heartbeat/{SESSION}"),
            _allowed("GET", "/gradio_api/queue/data"),
            _allowed("POST", "/gradio_api/queue/join", events.queued),
            _allowed("POST", "/gradio_api/run/predict", events.quick),
            _allowed("POST", "/gradio_api/cancel", events.cancel),
        )
    )


def _object(given: Any) -> Any:
    if not isinstance(given, dict):
        raise Refused(422, "An object is expected.")
    return given
