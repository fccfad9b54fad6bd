"""What the page does to the collection, made from the settings; and the process that indexes for it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from .. import wiring
from ..errors import AssistantError, EmbedderError

if TYPE_CHECKING:
    from ..curation.curator import Curator
    from ..curation.indexing import Names, Run
    from ..settings import Settings
    from ..store.report import SyncProgress, SyncReport
    from ..types import Embedder, Json
    from ..web.loading import LoadingBackend

QUICK = 60_000
"""Bytes of text that are indexed within the page's process, where its embedder is loaded: a few seconds."""


def indexed(settings: Settings, embedder: Embedder, **how: Any) -> SyncReport:
    """Make the store of the settings equal to their corpus; `how` goes to `store.sync`."""
    from ..store.sync import sync

    return sync(
        settings.paths.corpus,
        settings.paths.store,
        embedder,
        min_tokens=settings.splitter.min_tokens,
        max_tokens=settings.splitter.max_tokens,
        added=settings.added,
        **how,
    )


def make_curator(settings: Settings, backend: LoadingBackend) -> Curator:
    """What adds, removes, corrects and indexes; the backend loads what was missing once a run has ended."""
    from ..curation.curator import Curator
    from ..curation.indexing import Indexing

    def ended() -> None:
        outcome = curator.state().outcome
        if outcome is not None and outcome.report is not None:
            curator.learn_pace(outcome.report["text_bytes"], outcome.report["seconds"])
        backend.retry()

    def quick(names: Names) -> Run | None:
        """A correction, a removal and a few short articles need no process: the page has an embedder loaded."""
        embedder = backend.embedder
        if embedder is None or names is None or _text(settings, names) > QUICK:
            return None
        return partial(_index, settings, lambda: embedder, names)

    curator = Curator(
        settings.paths.corpus,
        settings.added,
        settings.paths.store,
        Indexing(partial(work, settings.model_dump()), ended, quick=quick),
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
    settings = Settings(**values)
    serve(connection, partial(_index, settings, lambda: wiring.make_embedder(settings), names))


def _text(settings: Settings, names: Collection[str]) -> float:
    """About how many bytes of text are in these files."""
    from ..curation.curator import text_bytes
    from ..store.sources import find_files

    files = find_files(settings.paths.corpus, settings.added) if names else []
    return sum(text_bytes(file) for file in files if file.name in names)


def _index(
    settings: Settings,
    embedder: Callable[[], Embedder],
    names: Names,
    progress: Callable[[SyncProgress], None],
    interrupted: Callable[[], bool],
) -> Json:
    report = indexed(settings, embedder(), only=names, progress=progress, interrupted=interrupted)
    read = {*report.added, *report.changed} if report.embedded else set()
    return {**report.as_json(), "text_bytes": _text(settings, read)}
