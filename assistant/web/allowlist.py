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
class Door:
    """One way in: method, path, and for a body what checks it and returns what may pass."""

    method: str
    path: re.Pattern[str]
    reads: Callable[[Any], Any] | None = None
    takes: int = 0
    """Bytes of a file that is its body; 0: none is."""
    changes: bool = False
    """Whether it changes the collection or the models, which only curators do."""


class Doors:
    """All ways in."""

    def __init__(self, doors: Sequence[Door]) -> None:
        self.doors = tuple(doors)

    def find(self, method: str, path: str) -> Door:
        """The door for a request. Raises `Refused`: 404 for an unknown path, 405 for another method."""
        fitting = [door for door in self.doors if door.path.fullmatch(path)]
        if not fitting:
            raise Refused(404, "There is nothing here.")
        for door in fitting:
            if door.method == method:
                return door
        raise Refused(405, f"Only {fitting[0].method} is answered here.")


def _door(method: str, path: str, reads: Callable[[Any], Any] | None = None) -> Door:
    return Door(method, re.compile(path), reads)


def _changing(path: str, reads: Callable[[Any], Any] | None = None, takes: int = 0) -> Door:
    return Door("POST", re.compile(path), reads, takes, changes=True)


def doors_of(blocks: gradio.Blocks, curator: Curator | None) -> Doors:
    """The ways in to the page and to the events of its interface; where there is a curator, one takes its files."""
    largest_file = curator.largest if curator is not None else 0
    events = Events(blocks)
    return Doors(
        (
            _door("GET", "/"),
            _door("GET", f"/assets/{FILE}"),
            _door("GET", f"/static/{FILE}"),
            _door("GET", "/theme.css"),
            _door("GET", r"/fonts/source-serif-4(?:-italic|-ext)?\.woff2"),
            _door("GET", "/health"),
            _door("GET", "/state"),
            _door("GET", "/reader"),
            _door("GET", "/text"),
            _door("GET", "/file"),
            _door("GET", "/filters"),
            _door("GET", "/articles"),
            _door("GET", "/correction"),
            _door("GET", "/indexing"),
            _changing("/add", takes=largest_file),
            _changing("/remove", _object),
            _changing("/correct", _object),
            _changing("/index", _object),
            _door("GET", "/conversations"),
            _door("GET", "/export"),
            _door("GET", "/take"),
            _door("GET", "/models"),
            _changing("/models", _object),
            _door("POST", "/rename", _object),
            _door("POST", "/retry", _object),
            _door("POST", "/delete", _object),
            _door("POST", "/feedback", _object),
            _door("GET", f"/gradio_api/heartbeat/{SESSION}"),
            _door("GET", "/gradio_api/queue/data"),
            _door("POST", "/gradio_api/queue/join", events.queued),
            _door("POST", "/gradio_api/run/predict", events.quick),
            _door("POST", "/gradio_api/cancel", events.cancel),
        )
    )


def _object(given: Any) -> Any:
    if not isinstance(given, dict):
        raise Refused(422, "An object is expected.")
    return given
