"""Conversations and what users thought of the answers, kept in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ..types import Answer, Json, Turn

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY, conversation TEXT NOT NULL, position INTEGER NOT NULL, asked_at TEXT NOT NULL,
    question TEXT NOT NULL, answer TEXT NOT NULL, json TEXT NOT NULL, thumb TEXT, correction TEXT);
CREATE INDEX IF NOT EXISTS messages_of ON messages (conversation, position);
"""
TITLE_CHARACTERS = 80


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
    """All conversations of one file; safe to use from several threads."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._ready = False

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._file, timeout=10)
            try:
                if not self._ready:
                    connection.executescript(SCHEMA)
                    self._ready = True
                with connection:
                    yield connection
            finally:
                connection.close()

    def start(self) -> str:
        """The id of a new conversation; it is kept from its first answer on."""
        return uuid.uuid4().hex

    def keep(self, conversation: str, answer: Answer) -> str:
        """Add an answered question; returns the id under which feedback is given."""
        identifier = uuid.uuid4().hex
        with self._connection() as connection:
            (position,) = connection.execute(
                "SELECT count(*) FROM messages WHERE conversation = ?", (conversation,)
            ).fetchone()
            connection.execute(
                "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
                (
                    identifier,
                    conversation,
                    position,
                    datetime.now(UTC).isoformat(timespec="seconds"),
                    answer.question,
                    answer.text,
                    json.dumps(answer.as_json(), ensure_ascii=False),
                ),
            )
        return identifier

    def history(self, conversation: str, limit: int = 4) -> list[Turn]:
        """The last `limit` exchanges as turns, oldest first."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT question, answer FROM messages WHERE conversation = ? ORDER BY position DESC LIMIT ?",
                (conversation, limit),
            ).fetchall()
        return [
            turn
            for question, answer in reversed(rows)
            for turn in (Turn("user", question), Turn("assistant", answer))
        ]

    def list(self, limit: int = 50) -> list[Summary]:
        """The conversations, last used first."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT conversation, (SELECT question FROM messages f WHERE f.conversation = m.conversation AND f.position = 0),"
                " max(asked_at) AS last FROM messages m GROUP BY conversation ORDER BY last DESC LIMIT ?",
                (limit,),
            ).fetchall()
        return [
            Summary(identifier, (title or "")[:TITLE_CHARACTERS], last) for identifier, title, last in rows
        ]

    def load(self, conversation: str) -> Sequence[Exchange]:
        """The exchanges of a conversation, oldest first; empty where it is not known."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT id, question, json, thumb, correction FROM messages WHERE conversation = ? ORDER BY position",
                (conversation,),
            ).fetchall()
        return [
            Exchange(i, question, json.loads(answer), thumb, correction)
            for i, question, answer, thumb, correction in rows
        ]

    def delete(self, conversation: str) -> None:
        with self._connection() as connection:
            connection.execute("DELETE FROM messages WHERE conversation = ?", (conversation,))

    def feedback(
        self, answer: str, thumb: Literal["up", "down"] | None, correction: str | None = None
    ) -> None:
        """Keep what the user thought of the answer with this id."""
        with self._connection() as connection:
            connection.execute(
                "UPDATE messages SET thumb = ?, correction = ? WHERE id = ?", (thumb, correction, answer)
            )

    def judged(self) -> Sequence[Exchange]:
        """All exchanges with feedback, oldest first: they become questions of an evaluation."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT id, question, json, thumb, correction FROM messages"
                " WHERE thumb IS NOT NULL OR correction IS NOT NULL ORDER BY asked_at"
            ).fetchall()
        return [
            Exchange(i, question, json.loads(answer), thumb, correction)
            for i, question, answer, thumb, correction in rows
        ]
