"""The one way into the store: `sync` makes it equal to the corpus, whatever happened before.

Order of writing, so that a process killed anywhere leaves a store that the next sync completes:
vectors are committed as they are made, then the articles whose vectors are all there, then what is gone goes,
then groups and statistics, and last Chroma takes up the passages that `pending` lists. The index of words takes them
up after each group of articles.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import CorpusError, StoreError
from ..library import ArticleSummary, LanguageStatistics, StoredPassage
from ..reading.articles import READERS, ArticleFile
from . import lock, schema
from .corrections import Corrections
from .database import Database
from .derived import take_up
from .report import SyncProgress, SyncReport
from .sources import find_files
from .store import Store
from .sync_run import EMBEDDED_TEXT, Sync, differences, file_digest
from .writer import Writer, replace_database

if TYPE_CHECKING:
    from ..types import Embedder

__all__ = [
    "ArticleSummary",
    "LanguageStatistics",
    "Store",
    "StoredPassage",
    "SyncProgress",
    "SyncReport",
    "sync",
]

NEXT = ".next"
FEW = 10


def sync(
    corpus: Path,
    store: Path,
    embedder: Embedder,
    *,
    min_tokens: int,
    max_tokens: int,
    rebuild: bool = False,
    replace: bool = False,
    added: Path | None = None,
    only: Collection[str] | None = None,
    progress: Callable[[SyncProgress], None] | None = None,
    interrupted: Callable[[], bool] = lambda: False,
) -> SyncReport:
    """Make the store equal to the corpus, with the corrections that were made to its articles.

    `added` is a folder of articles besides those of `corpus`. `only` names files: the others stay as they are stored.

    `rebuild` makes it anew, beside the old one, which answers until the new one is whole. `replace` lets more than
    half of its articles go, which is refused else where it holds `FEW` or more. `interrupted` is asked after each
    batch: where it says True, what is done is committed and KeyboardInterrupt raised.
    Raises `CorpusError`, `StoreLocked`, `StoreMismatch`, `StoreDamaged`, `EmbedderError`.
    """
    files = find_files(corpus, added) if only is None or only else []
    settings = {
        "embedder": embedder.name,
        "embedder_fingerprint": embedder.fingerprint,
        "min_tokens": min_tokens,
        "max_tokens": max_tokens,
        "embedded_text": EMBEDDED_TEXT,
    }
    with lock.writing(store), schema.explained(store):
        schema.refuse_folder(store / schema.FILE)
        if only is None:
            _refuse_loss(corpus, files, store, rebuild=rebuild, replace=replace)
        if rebuild and (store / schema.FILE).exists():
            return _beside(corpus, files, store, embedder, settings, progress, interrupted)
        with contextlib.closing(Writer(store / schema.FILE)) as writer:
            run = Sync(writer, embedder, settings, progress, interrupted, corrections=Corrections(store))
            report = run.run(corpus, files, only)
        _remove_next(store)
    return report


def _refuse_loss(
    corpus: Path, files: Sequence[ArticleFile], store: Path, *, rebuild: bool, replace: bool
) -> None:
    """A folder that is not mounted, or was mistyped, must not cost an index."""
    known = {} if replace else _stored(store / schema.FILE)
    if not files:
        if known and not rebuild:
            raise CorpusError(
                f"The corpus {str(corpus)!r} holds no article, and the store {str(store)!r} was left as it is. "
                f"Check the folder; to be rid of the index, delete {str(store)!r}."
            )
        raise CorpusError(
            f"The corpus {str(corpus)!r} holds no article ({' '.join(READERS)}). "
            "Put some there, or name another folder with --corpus."
        )
    gone = known.keys() - {file.name for file in files}
    if len(known) < FEW or 2 * len(gone) <= len(known):
        return
    moved = {file_digest(file) for file in files if file.name not in known}
    gone = {name for name in gone if known[name] not in moved}
    if 2 * len(gone) > len(known):
        raise CorpusError(
            f"{len(gone)} of the {len(known)} articles in the store {str(store)!r} would go: they are not in the corpus "
            f"{str(corpus)!r} ({', '.join(map(repr, sorted(gone)[:3]))} …). Nothing was changed. Check that folder; "
            "if they are to go, run `assistant index --replace`."
        )


def _stored(path: Path) -> dict[str, str]:
    """Name and digest of every article of a store of any version; of none where it cannot be read."""
    try:
        with contextlib.closing(schema.read_only(path)) as connection:
            return dict(connection.execute("SELECT name, digest FROM articles"))
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return {}


def _beside(
    corpus: Path,
    files: Sequence[ArticleFile],
    store: Path,
    embedder: Embedder,
    settings: Mapping[str, object],
    progress: Callable[[SyncProgress], None] | None,
    interrupted: Callable[[], bool],
) -> SyncReport:
    """Make a new index in `.next`, then put it in the old one's place. A killed run is taken up where it was."""
    folder = store / NEXT
    if not _resumable(folder, settings):
        _remove_next(store)
    with contextlib.closing(Writer(folder / schema.FILE)) as writer:
        run = Sync(
            writer, embedder, settings, progress, interrupted, derive=False, corrections=Corrections(store)
        )
        report = run.run(corpus, files)
        replace_database(writer, store)
    with contextlib.closing(Writer(store / schema.FILE)) as writer:
        take_up(writer, progress, interrupted)
    _remove_next(store)
    return report


def _resumable(folder: Path, settings: Mapping[str, object]) -> bool:
    try:
        with contextlib.closing(Database.open(folder)) as begun:
            return differences(begun.manifest(), settings) == []
    except StoreError:
        return False


def _remove_next(store: Path) -> None:
    shutil.rmtree(store / NEXT, ignore_errors=True)
