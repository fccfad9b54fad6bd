"""Work for `Indexing`, done in a process of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakes import FakeEmbedder

from assistant import wiring
from assistant.cli import curating
from assistant.curation.indexing import Names, serve
from assistant.errors import StoreLocked
from assistant.store.report import SyncProgress
from assistant.types import Json

if TYPE_CHECKING:
    from assistant.types import Vector


def with_fake_embedder(values: dict[str, Any], connection: Connection, names: Names) -> None:
    """The program's own work with the embedder of the tests."""
    wiring.make_embedder = lambda settings: FakeEmbedder()
    curating.work(values, connection, names)


class SlowEmbedder(FakeEmbedder):
    """Takes its time, so that a run can be stopped in the middle."""

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        time.sleep(0.3)
        return super().embed_passages(texts)


def with_slow_embedder(values: dict[str, Any], connection: Connection, names: Names) -> None:
    """The program's own work with a slow embedder."""
    wiring.make_embedder = lambda settings: SlowEmbedder()
    curating.work(values, connection, names)


def steady(connection: Connection, names: Names) -> None:
    """Go on until it is stopped."""

    def run(progress: Callable[[SyncProgress], None], interrupted: Callable[[], bool]) -> Json:
        for done in range(1000):
            progress(SyncProgress("reading", done, 1000, "a.md", done, float(done)))
            time.sleep(0.02)
            if interrupted():
                raise KeyboardInterrupt
        return {}

    serve(connection, run)


def deaf(folder: Path, connection: Connection, names: Names) -> None:
    """Go on whatever is said, after writing down its number."""

    def run(progress: Callable[[SyncProgress], None], interrupted: Callable[[], bool]) -> Json:
        (folder / "pid").write_text(str(os.getpid()))
        time.sleep(600)
        return {}

    serve(connection, run)


def noted(folder: Path, connection: Connection, names: Names) -> None:
    """Write down what was wanted."""

    def run(progress: Callable[[SyncProgress], None], interrupted: Callable[[], bool]) -> Json:
        wanted = "all" if names is None else ",".join(sorted(names))
        (folder / f"{time.time_ns()}").write_text(wanted)
        time.sleep(0.3)
        return {"wanted": wanted}

    serve(connection, run)


def locked(connection: Connection, names: Names) -> None:
    serve(connection, partial(_fail, StoreLocked("held by another process")))


def broken(connection: Connection, names: Names) -> None:
    serve(connection, partial(_fail, ZeroDivisionError("a bug")))


def killed(connection: Connection, names: Names) -> None:
    os._exit(9)


def _fail(error: Exception, *_: object) -> Json:
    raise error
