"""What the page does to the collection, made from the settings; and the process that indexes for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from .. import wiring
from ..errors import AssistantError, EmbedderError

if TYPE_CHECKING:
    from ..answering.loading import Desk
    from ..curation.curator import Curator
    from ..curation.indexing import Names
    from ..settings import Settings
    from ..store.report import SyncProgress
    from ..types import Json


def make_curator(settings: Settings, desk: Desk) -> Curator:
    """What adds, removes, corrects and indexes; the desk loads what was missing once a run has ended."""
    from ..curation.curator import Curator
    from ..curation.indexing import Indexing

    def ended() -> None:
        outcome = curator.state().outcome
        if outcome is not None and outcome.report is not None:
            curator.learn_pace(outcome.report["text_bytes"], outcome.report["seconds"])
        desk.retry()

    curator = Curator(
        settings.paths.corpus,
        settings.added,
        settings.paths.store,
        Indexing(partial(work, settings.model_dump()), ended),
        largest=settings.web.upload_megabytes * 1_000_000,
        pace=settings.paths.runtime / "pace.json",
        missing=lambda: _missing(settings),
    )
    return curator


def _missing(settings: Settings) -> AssistantError | None:
    """What keeps this machine from indexing."""
    try:
        wiring.embedder_folder(settings)
    except EmbedderError as error:
        return error
    return None


def work(values: dict[str, Any], connection: Connection, names: Names) -> None:
    """Index in a process of its own: the whole corpus, or the files `names`."""
    from ..curation.indexing import serve
    from ..settings import Settings

    wiring.be_private()
    serve(connection, partial(_index, Settings(**values), names))


def _index(
    settings: Settings,
    names: Names,
    progress: Callable[[SyncProgress], None],
    interrupted: Callable[[], bool],
) -> Json:
    from ..curation.curator import text_bytes
    from ..store.index import sync
    from ..store.sources import find_files

    report = sync(
        settings.paths.corpus,
        settings.paths.store,
        wiring.make_embedder(settings),
        min_tokens=settings.splitter.min_tokens,
        max_tokens=settings.splitter.max_tokens,
        added=settings.added,
        only=names,
        progress=progress,
        interrupted=interrupted,
    )
    read = {*report.added, *report.changed} if report.embedded else set()
    files = find_files(settings.paths.corpus, settings.added) if read else []
    return {**report.as_json(), "text_bytes": sum(text_bytes(file) for file in files if file.name in read)}
