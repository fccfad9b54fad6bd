"""The SQLite file of the conversations: its tables, brought up to date, and set aside where it is damaged."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from ..errors import ConversationsUnavailable

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY, conversation TEXT NOT NULL, position INTEGER NOT NULL, asked_at TEXT NOT NULL,
    question TEXT NOT NULL, answer TEXT NOT NULL, json TEXT NOT NULL, thumb TEXT, correction TEXT,
    owner TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS messages_of ON messages (conversation, position);
CREATE TABLE IF NOT EXISTS about (conversation TEXT PRIMARY KEY, title TEXT, filters TEXT);
-- asked again or edited since: shown, but no part of the conversation that goes on
CREATE TABLE IF NOT EXISTS replaced (message TEXT PRIMARY KEY);
-- everything that was ever said of an answer; `messages` has the last thumb and correction
CREATE TABLE IF NOT EXISTS opinions (message TEXT NOT NULL, given_at TEXT NOT NULL, json TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS opinions_of ON opinions (message);
"""
COLUMNS = (
    "id", "conversation", "position", "asked_at", "question", "answer", "json", "thumb", "correction", "owner",
)  # fmt: skip
SECONDS_TO_WAIT = 10

log = logging.getLogger(__name__)
T = TypeVar("T")


class ConversationFile:
    """Runs transactions on the file, also from several threads.

    A file that is damaged, or no file at all, is set aside and a new one begun.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` in a transaction of its own. Raises `ConversationsUnavailable`."""
        with self._lock:
            try:
                return self._once(work)
            except (sqlite3.DatabaseError, OSError) as error:
                if not self._is_bad(error):
                    raise self._unavailable(error) from error
            try:
                self._set_aside()
                return self._once(work)
            except (sqlite3.DatabaseError, OSError) as error:
                raise self._unavailable(error) from error

    def _once(self, work: Callable[[sqlite3.Connection], T]) -> T:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.path, timeout=SECONDS_TO_WAIT)) as connection, connection:
            # each time: the file may have gone since
            connection.executescript(SCHEMA)
            bring_up_to_date(connection)
            return work(connection)

    def _is_bad(self, error: Exception) -> bool:
        """Tell whether the file is not a database of ours; a full disk or a lock says nothing of the file."""
        if isinstance(error, sqlite3.OperationalError):
            return self.path.is_dir()
        return isinstance(error, sqlite3.DatabaseError)

    def _set_aside(self) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        aside = self.path.with_name(f"{self.path.name}.damaged-{stamp}")
        self.path.rename(aside)
        for end in ("-journal", "-wal", "-shm"):  # they belong to the old file, and would harm the new one
            rest = self.path.with_name(self.path.name + end)
            if rest.exists():
                rest.rename(aside.with_name(aside.name + end))
        log.warning("%r was damaged and is now %r; a new one is begun.", str(self.path), aside.name)

    def _unavailable(self, error: Exception) -> ConversationsUnavailable:
        return ConversationsUnavailable(
            f"Conversations cannot be kept in {str(self.path)!r} ({error}). Make room there, or make it writable."
        )


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Give the messages of an earlier version their owner, the local user. Raises `DatabaseError` for other tables."""
    if _columns(connection) == COLUMNS[:-1]:
        connection.execute("BEGIN IMMEDIATE")  # another process may be doing the same
        if _columns(connection) == COLUMNS[:-1]:
            connection.execute("ALTER TABLE messages ADD COLUMN owner TEXT NOT NULL DEFAULT ''")
    if _columns(connection) != COLUMNS:
        raise sqlite3.DatabaseError("the file holds other tables")


def _columns(connection: sqlite3.Connection) -> tuple[str, ...]:
    return tuple(name for _, name, *_ in connection.execute("PRAGMA table_info(messages)"))
