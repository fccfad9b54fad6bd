"""Care of the store: `verify` checks it, `rebuild` mends Chroma, `backup` and `restore` copy it there and back."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..errors import NoIndex, StoreDamaged, StoreError
from ..types import Json
from . import chroma_side, lexical, lock, schema, vectors
from .database import Database
from .index import NEXT
from .writer import Writer, replace_database

SLICE = 1000
ANEW = "Restore a backup, or run `assistant index --rebuild`."
MEND = "Run `assistant rebuild`."
NEAR = 1e-4
"""Largest difference of a number that went through Chroma."""


def verify(store: Path) -> Json:
    """Check every part of the store against the others: {"ok", "problems", "articles", "passages"}.

    Raises `NoIndex` where there is nothing to check.
    """
    found: Json = {"ok": False, "problems": [], "articles": 0, "passages": 0}
    try:
        with contextlib.closing(Database.open(store)) as database, schema.explained(store):
            found["articles"], found["passages"] = len(database.summaries()), database.size()
            found["problems"] = [
                f"passages.db: {problem}. {ANEW}" for problem in _database_problems(database)
            ]
            found["problems"] += _chroma_problems(database, store)
    except NoIndex:
        raise
    except StoreError as error:
        found["problems"] = [str(error)]
    found["ok"] = not found["problems"]
    return found


def rebuild(store: Path) -> Json:
    """Make Chroma anew from `passages.db`; the embedder is not needed."""
    started = time.monotonic()
    with contextlib.closing(Database.open(store)):
        pass  # NoIndex and damage are told before anything is touched
    with (
        lock.writing(store),
        schema.explained(store),
        contextlib.closing(Writer(store / schema.FILE)) as writer,
    ):
        chroma_side.take_up(writer, anew=True)
        return {
            "store": str(store),
            "passages": writer.size(),
            "seconds": round(time.monotonic() - started, 3),
        }


def backup(store: Path, target: Path) -> Json:
    """Copy the store to the folder `target`, as it is at one moment; a sync may go on meanwhile.

    Only `passages.db` is copied: Chroma is made from it again by `restore`.
    """
    started = time.monotonic()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise StoreError(f"{str(target)!r} is not an empty folder. Name a new one for the backup.")
    with contextlib.closing(Database.open(store)) as database, schema.explained(store):
        try:
            target.mkdir(parents=True, exist_ok=True)
            _copy(database.connection, target / schema.FILE)
        except OSError as error:
            raise StoreError(
                f"The backup {str(target)!r} could not be written ({error.strerror}). Name a folder with room and rights."
            ) from error
    with contextlib.closing(Database.open(target)) as copy, schema.explained(target):
        problems = list(_database_problems(copy))
        if problems:
            raise StoreDamaged(
                f"The backup {str(target)!r} is not whole ({problems[0]}). Run `assistant verify` on the store."
            )
        passages = copy.size()
    size = (target / schema.FILE).stat().st_size
    return {
        "backup": str(target),
        "passages": passages,
        "bytes": size,
        "seconds": round(time.monotonic() - started, 3),
    }


def restore(source: Path, store: Path) -> Json:
    """Put the backup in `source` in the store's place, after checking it; a bad backup changes nothing."""
    started = time.monotonic()
    if not (source / schema.FILE).is_file():
        raise NoIndex(f"No backup in {str(source)!r}. Name a folder that `assistant backup` wrote.")
    with contextlib.closing(Database.open(source)) as database, schema.explained(source):
        problems = list(_database_problems(database))
        if problems:
            raise StoreDamaged(
                f"The backup {str(source)!r} is damaged ({problems[0]}). The store was left as it is; try another backup."
            )
        with lock.writing(store), schema.explained(store):
            shutil.rmtree(store / NEXT, ignore_errors=True)
            (store / NEXT).mkdir()
            _copy(database.connection, store / NEXT / schema.FILE)
            with contextlib.closing(Writer(store / NEXT / schema.FILE)) as fresh:
                replace_database(fresh, store)
            with contextlib.closing(Writer(store / schema.FILE)) as writer:
                chroma_side.take_up(writer)
                passages = writer.size()
            shutil.rmtree(store / NEXT, ignore_errors=True)
    return {"store": str(store), "passages": passages, "seconds": round(time.monotonic() - started, 3)}


def _copy(connection: sqlite3.Connection, path: Path) -> None:
    """One file, no write-ahead log beside it; whole or not there."""
    partial = path.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    try:
        with contextlib.closing(sqlite3.connect(partial)) as copy:
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


# --------------------------------------------------------------------------- what can be wrong


def _database_problems(database: Database) -> Iterator[str]:
    """What does not hold inside `passages.db`."""
    for (line,) in database.connection.execute("PRAGMA integrity_check(5)"):
        if line != "ok":
            yield line.splitlines()[-1].rstrip(".")
            return
    for table, *_ in database.connection.execute("PRAGMA foreign_key_check"):
        yield f"a row of {table!r} points nowhere"
        return
    yield from _passage_problems(database)
    yield from _word_problems(database)


def _passage_problems(database: Database) -> Iterator[str]:
    dimension = 0
    rows = [row for row, _ in database.rows()]
    for first in range(0, len(rows), SLICE):
        for _, name, packed in database.names_and_vectors(rows[first : first + SLICE]):
            vector = np.frombuffer(packed[: len(packed) // 4 * 4], np.float32)
            dimension = dimension or len(vector)
            if len(vector) != dimension or not abs(float(vector @ vector) - 1) < NEAR * 10:
                yield f"the vector of passage {name!r} is wrong"
                return
    for article in database.summaries():
        stored = database.article(article.name)
        length = len(stored.article.text) if stored else 0
        if any(not 0 <= p.start < p.end <= length for p in database.passages_of(article.name)):
            yield f"passages of {article.name!r} lie outside its text"
            return


def _word_problems(database: Database) -> Iterator[str]:
    for language, count in database.languages().items():
        if lexical.count(database.connection, language) != count:
            yield f"the words of language {language!r} are incomplete"


def _chroma_problems(database: Database, store: Path) -> Iterator[str]:
    """Where Chroma and `passages.db` disagree."""
    manifest, folder = database.manifest(), store / vectors.FOLDER
    if manifest.get("chroma") != "ready" or database.pending(1):
        yield "chroma: behind passages.db (an `index` runs, or was stopped). Run `assistant index`."
        return
    if not vectors.is_sealed(folder, manifest.get("chroma_seal", "")):
        yield f"chroma: files are missing or damaged. {MEND}"
        return
    try:
        with contextlib.closing(vectors.VectorIndex(folder)) as index:
            yield from _compare(database, index)
    except StoreDamaged as error:
        yield str(error)


def _compare(database: Database, index: vectors.VectorIndex) -> Iterator[str]:
    wanted, held = database.all_ids(), index.ids()
    if wanted != held:
        yield f"chroma: lacks {len(wanted - held)} passages and holds {len(held - wanted)} too many. {MEND}"
        return
    ids = sorted(wanted)
    for first in range(0, len(ids), SLICE):
        part = ids[first : first + SLICE]
        kept = index.vectors(part)
        for name, packed in database.vectors(part).items():
            if name not in kept or not np.allclose(kept[name], np.frombuffer(packed, np.float32), atol=NEAR):
                yield f"chroma: the vector of passage {name!r} differs. {MEND}"
                return
    for name, packed in database.vectors(ids[:: max(1, len(ids) // 20)]).items():
        found = index.query(np.frombuffer(packed, np.float32), 1)
        if not found or found[0][1] < 1 - NEAR * 10:
            yield f"chroma: a search does not find passage {name!r}. {MEND}"
            return
