"""Conversations and what users thought of the answers, kept in one SQLite file."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from ..errors import ConversationsUnavailable
from ..types import Answer, Json, Turn

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY, conversation TEXT NOT NULL, position INTEGER NOT NULL, asked_at TEXT NOT NULL,
    question TEXT NOT NULL, answer TEXT NOT NULL, json TEXT NOT NULL, thumb TEXT, correction TEXT);
CREATE INDEX IF NOT EXISTS messages_of ON messages (conversation, position);
"""
COLUMNS = (
    "id", "conversation", "position", "asked_at", "question", "answer", "json", "thumb", "correction",
)  # fmt: skip
TITLE_CHARACTERS = 80
SECONDS_TO_WAIT = 10
SHOWN = {"answer", "citations", "evidence", "hits", "language", "sentences", "warnings"}
"""Keys that a kept answer must have to be shown."""

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in a list: its id, its first question and when it was last used (ISO 8601, UTC)."""

    id: str
    title: str
    last_used: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question, its answer (ANSWER of the contracts) and what the user thought of it."""

    id: str
    question: str
    answer: Json
    thumb: Literal["up", "down"] | None
    correction: str | None


class Conversations:
    """All conversations of one file; safe to use from several threads.

    A file that is damaged, or no file at all, is set aside and a new one begun. Every method raises
    `ConversationsUnavailable` while nothing can be kept or read, and works again once it can.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` in a transaction of its own."""
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
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file, timeout=SECONDS_TO_WAIT)) as connection, connection:
            # each time: the file may have gone since
            connection.executescript(SCHEMA)
            if tuple(name for _, name, *_ in connection.execute("PRAGMA table_info(messages)")) != COLUMNS:
                raise sqlite3.DatabaseError("the file holds other tables")
            return work(connection)

    def _is_bad(self, error: Exception) -> bool:
        """Tell whether the file is not a database of ours; a full disk or a lock says nothing of the file."""
        if isinstance(error, sqlite3.OperationalError):
            return self._file.is_dir()
        return isinstance(error, sqlite3.DatabaseError)

    def _set_aside(self) -> None:
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        aside = self._file.with_name(f"{self._file.name}.damaged-{stamp}")
        self._file.rename(aside)
        for end in ("-journal", "-wal", "-shm"):  # they belong to the old file, and would harm the new one
            rest = self._file.with_name(self._file.name + end)
            if rest.exists():
                rest.rename(aside.with_name(aside.name + end))
        log.warning("%r was damaged and is now %r; a new one is begun.", str(self._file), aside.name)

    def _unavailable(self, error: Exception) -> ConversationsUnavailable:
        return ConversationsUnavailable(
            f"Conversations cannot be kept in {str(self._file)!r} ({error}). Make room there, or make it writable."
        )

    def start(self) -> str:
        """The id of a new conversation; it is kept from its first answer on."""
        return uuid.uuid4().hex

    def keep(self, conversation: str, answer: Answer) -> str:
        """Add an answered question; return the id under which feedback is given."""
        identifier = uuid.uuid4().hex
        now = datetime.now(UTC).isoformat(timespec="seconds")
        kept = json.dumps(answer.as_json(), ensure_ascii=False)

        def add(connection: sqlite3.Connection) -> None:
            (position,) = connection.execute(
                "SELECT count(*) FROM messages WHERE conversation = ?", (conversation,)
            ).fetchone()
            connection.execute(
                "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                (identifier, conversation, position, now, answer.question, answer.text, kept),
            )

        self._run(add)
        return identifier

    def _rows(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        return self._run(lambda connection: connection.execute(query, given).fetchall())

    def history(self, conversation: str, limit: int = 4) -> list[Turn]:
        """The last `limit` exchanges as turns, oldest first."""
        rows = self._rows(
            "SELECT question, answer, json FROM messages WHERE conversation = ? ORDER BY position DESC LIMIT ?",
            conversation,
            limit,
        )
        return [
            turn
            for question, answer, told in reversed(rows)
            if isinstance(question, str) and isinstance(answer, str)
            for turn in (Turn("user", question), Turn("assistant", answer, _object(told)))
        ]

    def list(self, limit: int = 50) -> list[Summary]:
        """The conversations, last used first."""
        rows = self._rows(
            "SELECT conversation, (SELECT question FROM messages f WHERE f.conversation = m.conversation AND f.position = 0),"
            " max(asked_at) AS last FROM messages m GROUP BY conversation ORDER BY last DESC LIMIT ?",
            limit,
        )
        return [
            Summary(identifier, str(title or "")[:TITLE_CHARACTERS], str(last))
            for identifier, title, last in rows
        ]

    def load(self, conversation: str) -> Sequence[Exchange]:
        """The exchanges of a conversation, oldest first; empty where it is not known."""
        return _exchanges(
            self._rows(
                "SELECT id, question, json, thumb, correction FROM messages WHERE conversation = ? ORDER BY position",
                conversation,
            )
        )

    def delete(self, conversation: str) -> None:
        self._rows("DELETE FROM messages WHERE conversation = ?", conversation)

    def feedback(self, answer: str, opinion: Mapping[str, str | None]) -> bool:
        """Keep the `thumb` or the `correction`, whichever is given, of the answer with this id; False if unknown."""
        columns = [name for name in ("thumb", "correction") if name in opinion]
        changes = ", ".join(f"{name} = ?" for name in columns)
        given = (*(opinion[name] for name in columns), answer)
        update = f"UPDATE messages SET {changes} WHERE id = ?"
        return self._run(lambda connection: connection.execute(update, given).rowcount == 1)

    def judged(self) -> Sequence[Exchange]:
        """All exchanges with feedback, oldest first: they become questions of an evaluation."""
        return _exchanges(
            self._rows(
                "SELECT id, question, json, thumb, correction FROM messages"
                " WHERE thumb IS NOT NULL OR correction IS NOT NULL ORDER BY asked_at"
            )
        )


def _object(text: object) -> Json | None:
    """The ANSWER that was kept; None where what stands there is none."""
    try:
        told = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _exchanges(rows: Sequence[tuple[Any, ...]]) -> Sequence[Exchange]:
    """The rows that can be read; a row that cannot costs none of the others."""
    exchanges = []
    for identifier, question, text, thumb, correction in rows:
        try:
            answer = json.loads(text)
        except (TypeError, ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not answer.keys() >= SHOWN or not isinstance(question, str):
            log.warning("The kept answer %r cannot be read and is left out.", identifier)
            continue
        exchanges.append(Exchange(identifier, question, answer, thumb, correction))
    return exchanges
