"""The tables of `passages.db`: how it is opened, made, and carried over from an older version."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from ..errors import NoIndex, StoreDamaged, StoreError, StoreMismatch
from ..reading.near_duplicates import bands
from .checksums import add_checksums, checksum
from .statistics import Moments, counted_anew

FILE = "passages.db"
APPLICATION = 0x41535354  # "ASST": tells our file from any other SQLite database
FORMAT = 6
"""Version of the tables, kept in SQLite's user_version. Raise it together with an entry in MIGRATIONS."""

TABLES = """
CREATE TABLE manifest (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    checked_ns INTEGER NOT NULL,    -- when the bytes were last read: a file as young as that is read again
    digest TEXT NOT NULL,           -- SHA-256 of the file
    title TEXT NOT NULL,
    language TEXT NOT NULL,
    published TEXT,
    details TEXT NOT NULL,          -- the other fields of Article, as JSON
    text TEXT NOT NULL,
    sentences BLOB NOT NULL,        -- int32 pairs: start, end
    title_vector INTEGER REFERENCES vectors (id),
    signature BLOB NOT NULL,        -- of reading.near_duplicates
    front TEXT,                     -- name of the article that stands for its near-duplicates; NULL: alone
    seal BLOB                       -- of checksums.py: of what is quoted, and of its passages
);
CREATE INDEX articles_by_digest ON articles (digest);
CREATE INDEX articles_by_front ON articles (front);
-- of the signatures: articles that share one may be near-duplicates
CREATE TABLE bands (band INTEGER NOT NULL, article INTEGER NOT NULL, PRIMARY KEY (band, article)) WITHOUT ROWID;
CREATE INDEX bands_by_article ON bands (article);
CREATE TABLE left_out (
    name TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    checked_ns INTEGER NOT NULL,
    digest TEXT NOT NULL,
    reason TEXT                     -- why it was rejected; NULL: its front matter asks to be left out
);
CREATE TABLE vectors (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,    -- of the embedded text: a rename or a second copy embeds nothing
    vector BLOB NOT NULL,           -- float32[dimension], L2-normalised
    seal BLOB
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,      -- the passage's id everywhere else
    article INTEGER NOT NULL REFERENCES articles (id),
    position INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    section TEXT NOT NULL,
    page INTEGER,
    language TEXT NOT NULL,
    vector INTEGER NOT NULL REFERENCES vectors (id)
);
CREATE INDEX passages_by_article ON passages (article, position);
CREATE INDEX passages_by_vector ON passages (vector);
CREATE INDEX passages_by_language ON passages (language);
-- passages and titles that Chroma must still take up or lose; articles whose near-duplicates are to be sought ('groups')
CREATE TABLE pending (kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID;
-- of the passage vectors of each language: float64[d] and float64[d, d]
CREATE TABLE statistics (
    language TEXT PRIMARY KEY, n INTEGER NOT NULL, total BLOB NOT NULL, products BLOB NOT NULL, seal BLOB
);
"""


INDEXES = (
    # a title's vector without the text of its article, which stands before it in the row
    "CREATE INDEX IF NOT EXISTS articles_by_title_vector ON articles (name, title_vector)",
    # how many passages a filter admits, without reading texts or passages
    "CREATE INDEX IF NOT EXISTS articles_by_day ON articles (published)",
    "CREATE INDEX IF NOT EXISTS articles_by_language ON articles (language)",
    "CREATE INDEX IF NOT EXISTS passages_by_language_and_article ON passages (language, article)",
)
"""They make reading faster and change nothing else: stores of this format may lack them until they are written."""


def mark_all_pending(connection: sqlite3.Connection) -> None:
    """Chroma is empty: it must take up everything."""
    connection.execute("DELETE FROM pending WHERE kind IN ('passages', 'titles')")
    connection.execute("INSERT INTO pending SELECT 'passages', name FROM passages")
    connection.execute("INSERT INTO pending SELECT 'titles', name FROM articles")


def _collections_by_language(connection: sqlite3.Connection) -> None:
    """Chroma held one collection; each language gets its own, and its titles another."""
    _make_anew(connection, "pending")
    mark_all_pending(connection)
    connection.execute("INSERT OR REPLACE INTO manifest VALUES ('chroma', 'stale')")


def _sums_for_statistics(connection: sqlite3.Connection) -> None:
    """Mean and covariance were counted again at each change; their sums follow it."""
    _make_anew(connection, "statistics")
    count_moments(connection)


def _bands_in_a_table(connection: sqlite3.Connection) -> None:
    """All signatures were compared in memory; bands in a table tell which may be alike."""
    for statement in TABLES.split(";\n"):
        if "bands" in statement or "articles_by_front" in statement:
            connection.execute(statement)
    for row, signature in connection.execute("SELECT id, signature FROM articles").fetchall():
        add_bands(connection, row, signature)


def _facts_of_near_duplicates(connection: sqlite3.Connection) -> None:
    """Articles that were alike stood for each other whatever they named; they are looked at again."""
    connection.execute("UPDATE articles SET front = NULL")
    connection.execute("INSERT OR IGNORE INTO pending SELECT 'groups', name FROM articles")
    connection.execute("INSERT OR REPLACE INTO manifest VALUES ('unfinished', '1')")


def add_bands(connection: sqlite3.Connection, article: int, signature: bytes) -> None:
    rows = [(band, article) for band in bands(signature)]
    connection.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", rows)


def _make_anew(connection: sqlite3.Connection, table: str) -> None:
    connection.execute(f"DROP TABLE {table}")
    connection.execute(next(part for part in TABLES.split(";\n") if f"CREATE TABLE {table} (" in part))


def count_moments(connection: sqlite3.Connection) -> None:
    """Count the statistics of every language anew."""
    connection.execute("DELETE FROM statistics")
    query = "SELECT p.name, v.vector FROM passages p JOIN vectors v ON v.id = p.vector WHERE p.language = ?"
    for (language,) in connection.execute("SELECT DISTINCT language FROM passages").fetchall():
        moments = counted_anew(connection.execute(query, (language,)))
        if moments is not None:
            keep_moments(connection, language, moments)


def keep_moments(connection: sqlite3.Connection, language: str, moments: Moments) -> None:
    connection.execute("DELETE FROM statistics WHERE language = ?", (language,))
    if moments.n:
        row = (language, moments.n, moments.total.tobytes(), moments.products.tobytes())
        connection.execute("INSERT INTO statistics VALUES (?, ?, ?, ?, ?)", (*row, checksum(*row)))


# From each older version to the next one; every step runs inside one transaction.
MIGRATIONS: dict[int, Callable[[sqlite3.Connection], None]] = {
    1: add_checksums,
    2: _collections_by_language,
    3: _sums_for_statistics,
    4: _bands_in_a_table,
    5: _facts_of_near_duplicates,
}


def create(path: Path) -> sqlite3.Connection:
    """A new, empty database, ready to be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = _connect(f"{path.absolute().as_uri()}?mode=rwc")
    connection.execute(
        "PRAGMA page_size = 8192"
    )  # five vectors of 384 numbers fill it; 4096 would waste a quarter
    connection.execute("PRAGMA journal_mode = WAL")
    with transaction(connection):
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        for statement in TABLES.split(";\n"):
            connection.execute(statement)
        for statement in INDEXES:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {FORMAT}")
    return _for_writing(connection)


def open_to_write(path: Path) -> sqlite3.Connection:
    """The database at `path`, migrated to this version of the program, made where there is none."""
    refuse_folder(path)
    if not path.exists() or path.stat().st_size == 0:
        return create(path)
    connection = _connect(f"{path.absolute().as_uri()}?mode=rw")
    _refuse_foreign(connection, path)
    _migrate(connection)
    for statement in INDEXES:
        connection.execute(statement)
    return _for_writing(connection)


def open_to_read(path: Path) -> sqlite3.Connection:
    """The database at `path`; raises `NoIndex`, `StoreMismatch` or `StoreDamaged`."""
    if not path.exists():
        raise NoIndex(f"No index in {str(path.parent)!r}. Run `assistant index` first.")
    refuse_folder(path)
    connection = read_only(path)
    try:
        version = _refuse_foreign(connection, path)
    except BaseException:
        connection.close()
        raise
    if version < FORMAT:
        connection.close()
        raise StoreMismatch(
            f"The store {str(path.parent)!r} was made by an older version of the program. "
            "Run `assistant index`: it carries the store over, nothing is embedded again."
        )
    return connection


def refuse_folder(path: Path) -> None:
    """Raise `StoreDamaged` where a folder lies in the place of the database."""
    if path.is_dir():
        raise StoreDamaged(
            f"{str(path)!r} is a folder where a file was expected. Move it away, or name another store with --store."
        )


def _connect(uri: str) -> sqlite3.Connection:
    # Transactions are opened by hand (isolation_level None); a lock of the handle's own guards the threads.
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=30)
    # A damaged text must be read to be told as damaged.
    connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
    return connection


def read_only(path: Path) -> sqlite3.Connection:
    """The database as it is, of any version."""
    uri = path.absolute().as_uri()
    connection = _connect(f"{uri}?mode=ro")
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # Write-ahead logging needs a file beside the database, which a read-only folder cannot take.
        connection.close()
        connection = _connect(f"{uri}?immutable=1")
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        pass  # explained by the caller
    return connection


def _for_writing(connection: sqlite3.Connection) -> sqlite3.Connection:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(
        "PRAGMA synchronous = NORMAL"
    )  # WAL: safe against kill -9; a power cut loses the last commits only
    connection.execute("PRAGMA wal_autocheckpoint = 2000")
    return connection


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> int:
    with explained(path.parent):
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    if application != APPLICATION:
        raise StoreDamaged(
            f"{str(path)!r} is not a store of this program. Move it away, or name another folder with --store."
        )
    if version > FORMAT:
        raise StoreMismatch(
            f"The store {str(path.parent)!r} was written by a newer version of the program (format {version}, "
            f"this one reads {FORMAT}). Update the program, or make the store anew with `assistant index --rebuild`."
        )
    return version


def _migrate(connection: sqlite3.Connection) -> None:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    while version < FORMAT:
        with transaction(connection):
            MIGRATIONS[version](connection)
            version += 1
            connection.execute(f"PRAGMA user_version = {version}")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, whatever ends it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        # A full disk rolls back by itself; a second rollback would hide that error.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn SQLite's errors into the program's own, with what to do."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        raise explain(error, folder) from error
    except UnicodeDecodeError as error:  # of a damaged name that SQLite quotes
        raise damaged(folder, "it names its tables in no text") from error


def explain(error: sqlite3.DatabaseError, folder: Path) -> StoreError:
    """The error of the program's tree that says what to do about `error`."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    store = repr(str(folder))
    if code == sqlite3.SQLITE_FULL:
        return StoreError(
            f"The disk that holds the store {store} is full. Free some space and run `assistant index` again."
        )
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreError(
            f"The store {store} cannot be written. Check the rights of that folder, or name another with --store."
        )
    if code == sqlite3.SQLITE_IOERR:
        return StoreError(
            f"The store {store} could not be read or written (input/output error: disk full or failing?). "
            "Check the disk and run `assistant index` again: what was finished is kept."
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreError(
            f"The store {store} is held by another process. Wait until it has finished and try again."
        )
    return damaged(folder, str(error))


def damaged(folder: Path, what: str) -> StoreDamaged:
    """The error that says that something in the store is not as it was written."""
    return StoreDamaged(
        f"The store {str(folder)!r} is damaged ({what}). Put a backup in its place with `assistant restore`, "
        "or make it anew with `assistant index --rebuild`."
    )
