"""Care of the store: `verify` checks it, `rebuild` mends Chroma, `backup` and `restore` copy it there and back."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from ..errors import NoIndex, StoreDamaged, StoreError
from ..files import write_whole
from . import checksums, corrections, full_text, lock, schema, vectors, word_index
from .database import Database
from .derived import take_up
from .report import BackupJson, MadeJson, VerifiedJson
from .sync import NEXT
from .vectors import KINDS
from .writer import Writer, replace_database

SLICE = 1000
PARTIAL = Path("passages.partial")
"""A copy under way; one that a kill left behind is overwritten."""
BEGUN = (f"{PARTIAL.stem}.", corrections.FILE)
"""Beginnings of the names of what a backup writes; one that was killed is begun again."""
ANEW = "Restore a backup, or run `assistant index --rebuild`."
MEND = "Run `assistant rebuild`."
AGAIN = "Run `assistant index`: it reads that again."
NEAR = 1e-4
"""Largest difference of a number that went through Chroma."""


def verify(store: Path) -> VerifiedJson:
    """Check every part of the store against the others: {"ok", "problems", "articles", "passages"}.

    Raises `NoIndex` where there is nothing to check.
    """
    found: VerifiedJson = {"ok": False, "problems": [], "articles": 0, "passages": 0}
    try:
        with contextlib.closing(Database.open(store)) as database, schema.explained(store):
            found["articles"], found["passages"] = len(database.summaries()), database.size()
            problems = [f"passages.db: {problem}. {ANEW}" for problem in _database_problems(database)]
            problems = problems or [*_rows_that_changed(database), *_correction_problems(store)]
            # what is derived is held against a truth that is sound
            found["problems"] = problems or [
                *_index_problems(database, store),
                *_chroma_problems(database, store),
            ]
    except NoIndex:
        raise
    except StoreError as error:
        found["problems"] = [str(error)]
    found["ok"] = not found["problems"]
    return found


def rebuild(store: Path) -> MadeJson:
    """Make Chroma and the index of words anew from `passages.db`; the embedder is not needed."""
    started = time.monotonic()
    with contextlib.closing(Database.open(store)):
        pass  # NoIndex and damage are told before anything is touched
    with (
        lock.writing(store),
        schema.explained(store),
        contextlib.closing(Writer(store / schema.FILE)) as writer,
    ):
        take_up(writer, anew=True)
        return {
            "store": str(store),
            "passages": writer.size(),
            "seconds": round(time.monotonic() - started, 3),
        }


def backup(store: Path, target: Path) -> BackupJson:
    """Copy the store to the folder `target`, as it is at one moment; a sync may go on meanwhile.

    `passages.db` and the corrections are copied: Chroma is made anew by `restore`.
    """
    started = time.monotonic()
    if target.exists() and (
        not target.is_dir() or any(not path.name.lstrip(".").startswith(BEGUN) for path in target.iterdir())
    ):
        raise StoreError(f"{str(target)!r} is not an empty folder. Name a new one for the backup.")
    with contextlib.closing(Database.open(store)) as database, schema.explained(store):
        try:
            target.mkdir(parents=True, exist_ok=True)
            _copy(database.connection, target / schema.FILE)
            _copy_corrections(store, target)
        except OSError as error:
            raise _not_written(target, error.strerror or "") from error
    with contextlib.closing(Database.open(target)) as copy, schema.explained(target):
        problems = [*_database_problems(copy), *_rows_that_changed(copy)]
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


def restore(source: Path, store: Path) -> MadeJson:
    """Put the backup in `source` in the store's place, after checking it; a bad backup changes nothing."""
    started = time.monotonic()
    if not (source / schema.FILE).is_file():
        raise NoIndex(f"No backup in {str(source)!r}. Name a folder that `assistant backup` wrote.")
    with contextlib.closing(Database.open(source)) as database, schema.explained(source):
        problems = [*_database_problems(database), *_rows_that_changed(database)]
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
            _copy_corrections(source, store)
            with contextlib.closing(Writer(store / schema.FILE)) as writer:
                take_up(writer)
                passages = writer.size()
            shutil.rmtree(store / NEXT, ignore_errors=True)
    return {"store": str(store), "passages": passages, "seconds": round(time.monotonic() - started, 3)}


def _copy(connection: sqlite3.Connection, path: Path) -> None:
    """One file, no write-ahead log beside it; whole or not there."""
    partial = path.with_name(PARTIAL.name)
    partial.unlink(missing_ok=True)
    try:
        with contextlib.closing(sqlite3.connect(partial)) as copy:
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        partial.replace(path)
    except sqlite3.OperationalError as error:
        partial.unlink(missing_ok=True)
        raise _not_written(path.parent, str(error)) from error
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _copy_corrections(source: Path, target: Path) -> None:
    """What users corrected; where `source` has none, those of `target` stay."""
    if (source / corrections.FILE).is_file():
        write_whole(target / corrections.FILE, (source / corrections.FILE).read_text("utf-8"))


def _not_written(folder: Path, why: str) -> StoreError:
    return StoreError(
        f"The backup {str(folder)!r} could not be written ({why}). Name a folder with room and rights."
    )


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
    yield from _word_problems(database)


def _rows_that_changed(database: Database) -> Iterator[str]:
    """What `index` mends: rows that are not as they were written."""
    for _, name in checksums.damaged_articles(database.connection):
        yield f"passages.db: what is stored of the article {name!r} is damaged. {AGAIN}"
    for language in checksums.damaged_statistics(database.connection):
        yield f"passages.db: the statistics of language {language!r} are damaged. {AGAIN}"


def _correction_problems(store: Path) -> Iterator[str]:
    try:
        corrections.Corrections(store).all()
    except StoreDamaged as error:
        yield str(error)


def _word_problems(database: Database) -> Iterator[str]:
    for language, count in database.languages().items():
        if full_text.count(database.connection, language) != count:
            yield f"the words of language {language!r} are incomplete"


def _index_problems(database: Database, store: Path) -> Iterator[str]:
    """Where the index of words and `passages.db` disagree."""
    manifest, folder = database.manifest(), store / word_index.FOLDER
    if manifest.get("words_index") != "ready" or database.pending_count(word_index.WORDS):
        yield "words: behind passages.db (an `index` runs, or was stopped). Run `assistant index`."
        return
    if not word_index.is_intact(folder, manifest.get("words_seal", "")):
        yield f"words: files are missing or damaged. {MEND}"
        return
    wanted: dict[str, set[int]] = {}
    for row, language in database.connection.execute("SELECT id, language FROM passages"):
        wanted.setdefault(word_index.index_name(language), set()).add(row)
    try:
        for name in sorted({*word_index.indexes(folder), *wanted}):
            if word_index.WordIndex(folder, name).rows() != wanted.get(name, set()):
                yield f"words: the index of {name!r} holds other passages than passages.db. {MEND}"
    except StoreDamaged as error:
        yield str(error)


def _chroma_problems(database: Database, store: Path) -> Iterator[str]:
    """Where Chroma and `passages.db` disagree."""
    manifest, folder = database.manifest(), store / vectors.FOLDER
    if manifest.get("chroma") != "ready" or any(map(database.pending_count, KINDS)):
        yield "chroma: behind passages.db (an `index` runs, or was stopped). Run `assistant index`."
        return
    if not vectors.is_intact(folder, manifest.get("chroma_seal", "")):
        yield f"chroma: files are missing or damaged. {MEND}"
        return
    try:
        with _writable(folder) as there, contextlib.closing(vectors.Chroma(there)) as chroma:
            for kind in KINDS:
                yield from _compare(database, chroma, kind)
    except StoreDamaged as error:
        yield str(error)


@contextlib.contextmanager
def _writable(folder: Path) -> Iterator[Path]:
    """The folder, or a copy of it: Chroma opens nothing where it may not write."""
    if os.access(folder, os.W_OK):
        yield folder
        return
    with tempfile.TemporaryDirectory() as temporary:
        copied = shutil.copytree(folder, Path(temporary, folder.name))
        for path in (copied, *copied.rglob("*")):
            path.chmod(0o700)
        yield copied


def _compare(database: Database, chroma: vectors.Chroma, kind: str) -> Iterator[str]:
    """Each collection against what `passages.db` holds of that kind and language."""
    wanted: dict[str, dict[str, bytes]] = {name: {} for name in chroma.names() if name.startswith(kind)}
    for language in database.languages():
        packed = dict(database.packed(kind, language))
        if packed:
            wanted.setdefault(vectors.collection(kind, language), {}).update(packed)
    for name, packed in wanted.items():
        held = chroma.ids(name) if name in chroma.names() else set()
        if packed.keys() != held:
            yield (
                f"chroma: {name} lacks {len(packed.keys() - held)} entries and holds {len(held - packed.keys())} "
                f"too many. {MEND}"
            )
            return
        yield from _compare_records(database, chroma, name, packed)


def _compare_records(
    database: Database, chroma: vectors.Chroma, name: str, packed: Mapping[str, bytes]
) -> Iterator[str]:
    ids = sorted(packed)
    for first in range(0, len(ids), SLICE):
        part = ids[first : first + SLICE]
        held = chroma.records(name, part)
        known = database.metadata_of(part) if name.startswith(vectors.PASSAGES) else {}
        for one in part:
            vector, record = held[one]
            if not np.allclose(vector, np.frombuffer(packed[one], np.float32), atol=NEAR):
                yield f"chroma: the vector of {one!r} differs. {MEND}"
                return
            if record != known.get(one, {}):
                yield f"chroma: what is kept of {one!r} differs. {MEND}"
                return
    for one in ids[:: max(1, len(ids) // 20)]:
        found = chroma.query(name, np.frombuffer(packed[one], np.float32), 1)
        if not found or found[0][1] < 1 - NEAR * 10:
            yield f"chroma: a search does not find {one!r}. {MEND}"
            return
