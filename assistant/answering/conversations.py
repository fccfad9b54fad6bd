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
from ..reading.words import fold
from ..types import Answer, Json, Turn

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY, conversation TEXT NOT NULL, position INTEGER NOT NULL, asked_at TEXT NOT NULL,
    question TEXT NOT NULL, answer TEXT NOT NULL, json TEXT NOT NULL, thumb TEXT, correction TEXT);
CREATE INDEX IF NOT EXISTS messages_of ON messages (conversation, position);
CREATE TABLE IF NOT EXISTS about (conversation TEXT PRIMARY KEY, title TEXT, filters TEXT);
-- asked again or edited since: shown, but no part of the conversation that goes on
CREATE TABLE IF NOT EXISTS replaced (message TEXT PRIMARY KEY);
-- everything that was ever said of an answer; `messages` has the last thumb and correction
CREATE TABLE IF NOT EXISTS opinions (message TEXT NOT NULL, given_at TEXT NOT NULL, json TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS opinions_of ON opinions (message);
"""
COLUMNS = (
    "id", "conversation", "position", "asked_at", "question", "answer", "json", "thumb", "correction",
)  # fmt: skip
REASONS = (
    "(SELECT json FROM opinions o WHERE o.message = messages.id AND json_type(o.json, '$.reasons') = 'array'"
    " ORDER BY rowid DESC LIMIT 1)"
)
"""The last opinion that has reasons."""
TITLE_CHARACTERS = 80
SECONDS_TO_WAIT = 10
SHOWN = {"answer", "citations", "evidence", "hits", "language", "sentences", "warnings"}
"""Keys that a kept answer must have to be shown."""

log = logging.getLogger(__name__)
T = TypeVar("T")


UNANSWERED: Json = {
    "answer": "", "abstained": False, "citations": [], "evidence": [], "hits": [], "language": "und", "mode": "model",
    "sentences": [], "warnings": [], "interrupted": True,
}  # fmt: skip
"""What is kept of a question whose answer has not come to its end."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation in a list: its id, its title and when it was last used (ISO 8601, UTC).

    The title is the one that the user gave, else the first question.
    """

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
    replaced: bool = False
    """It was asked again or edited since."""
    reasons: tuple[str, ...] = ()
    """What the user ticked last, such as "incomplete"."""


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

    def begin(self, conversation: str, question: str, filters: Json | None = None) -> str:
        """Add a question that is not answered yet; return its id. `filters` are what the search is limited to."""
        message = uuid.uuid4().hex
        told = UNANSWERED | {"question": question, "filters": filters}

        def add(connection: sqlite3.Connection) -> None:
            _insert(connection, message, conversation, question, "", told)
            connection.execute(
                "INSERT INTO about VALUES (?, NULL, ?) ON CONFLICT DO UPDATE SET filters = excluded.filters",
                (conversation, json.dumps(filters, ensure_ascii=False)),
            )

        self._run(add)
        return message

    def keep(
        self, conversation: str, answer: Answer, message: str | None = None, filters: Json | None = None
    ) -> str:
        """Keep an answered question, the one that was begun as `message`; return the id for feedback."""
        identifier = message or uuid.uuid4().hex
        told = answer.as_json() | {"filters": filters}

        def put(connection: sqlite3.Connection) -> None:
            if not _update(connection, identifier, answer.text, told):
                _insert(connection, identifier, conversation, answer.question, answer.text, told)

        self._run(put)
        return identifier

    def interrupt(self, message: str, told: Json) -> None:
        """Keep what was there of an answer that was stopped; nothing where its conversation was deleted."""
        self._run(lambda connection: _update(connection, message, told["answer"], told))

    def replace_from(self, conversation: str, message: str) -> None:
        """Set a question and all that follow it in the conversation aside: it is asked again, or in other words."""
        self._rows(
            "INSERT OR IGNORE INTO replaced SELECT m.id FROM messages m, messages first"
            " WHERE first.id = ? AND first.conversation = ? AND m.conversation = first.conversation"
            " AND m.position >= first.position",
            message,
            conversation,
        )

    def _rows(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        return self._run(lambda connection: connection.execute(query, given).fetchall())

    def history(self, conversation: str, limit: int = 4) -> list[Turn]:
        """The last `limit` exchanges as turns, oldest first: those that were answered and not asked again."""
        rows = self._rows(
            "SELECT question, answer, json FROM messages WHERE conversation = ? AND answer <> ''"
            " AND id NOT IN (SELECT message FROM replaced) ORDER BY position DESC LIMIT ?",
            conversation,
            limit,
        )
        return [
            turn
            for question, answer, told in reversed(rows)
            if isinstance(question, str) and isinstance(answer, str)
            for turn in (Turn("user", question), Turn("assistant", answer, _object(told)))
        ]

    def filters(self, conversation: str) -> Json | None:
        """What the last question of a conversation was limited to."""
        rows = self._rows("SELECT filters FROM about WHERE conversation = ?", conversation)
        return _object(rows[0][0]) if rows else None

    def list(self, limit: int = 200, search: str = "") -> list[Summary]:
        """The conversations, last used first; with `search`, those where one message or the title has all its words."""
        holds = has_words(search)
        found = ""
        if search.strip():
            found = " HAVING max(holds(m.question || ' ' || m.answer || ' ' || ifnull(a.title, '')))"
        query = (
            "SELECT m.conversation, ifnull(a.title, (SELECT question FROM messages f WHERE f.conversation = m.conversation"
            " ORDER BY position LIMIT 1)), max(asked_at) AS last FROM messages m LEFT JOIN about a"
            f" ON a.conversation = m.conversation GROUP BY m.conversation{found} ORDER BY last DESC, max(m.rowid) DESC LIMIT ?"
        )

        def rows(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
            connection.create_function("holds", 1, holds)
            return connection.execute(query, (limit,)).fetchall()

        return [
            Summary(identifier, str(title or "")[:TITLE_CHARACTERS], str(last))
            for identifier, title, last in self._run(rows)
        ]

    def title(self, conversation: str) -> str:
        """The title that the user gave, else the first question; empty for an unknown conversation."""
        rows = self._rows(
            "SELECT ifnull((SELECT title FROM about WHERE conversation = ?1), (SELECT question FROM messages"
            " WHERE conversation = ?1 ORDER BY position LIMIT 1))",
            conversation,
        )
        return str(rows[0][0] or "")

    def rename(self, conversation: str, title: str) -> bool:
        """Give a conversation a title, an empty one takes it away; False where there is no such conversation."""
        given = (conversation, title.strip()[:TITLE_CHARACTERS] or None)
        rename = (
            "INSERT INTO about SELECT ?1, ?2, NULL WHERE EXISTS (SELECT 1 FROM messages WHERE conversation = ?1)"
            " ON CONFLICT DO UPDATE SET title = excluded.title"
        )
        return self._run(lambda connection: connection.execute(rename, given).rowcount == 1)

    def load(self, conversation: str) -> Sequence[Exchange]:
        """The exchanges of a conversation, oldest first; empty where it is not known."""
        return _exchanges(
            self._rows(
                f"SELECT id, question, json, thumb, correction, id IN (SELECT message FROM replaced), {REASONS}"
                " FROM messages WHERE conversation = ? ORDER BY position",
                conversation,
            )
        )

    def delete(self, conversation: str) -> None:
        """Delete a conversation for good: what stood in the file is overwritten."""

        def forget(connection: sqlite3.Connection) -> None:
            connection.execute("PRAGMA secure_delete = ON")
            mine = "message IN (SELECT id FROM messages WHERE conversation = ?)"
            for table in ("replaced", "opinions"):
                connection.execute(f"DELETE FROM {table} WHERE {mine}", (conversation,))
            for table in ("messages", "about"):
                connection.execute(f"DELETE FROM {table} WHERE conversation = ?", (conversation,))

        self._run(forget)

    def exchange(self, message: str) -> Exchange | None:
        """One answered question by its id."""
        found = _exchanges(
            self._rows(
                f"SELECT id, question, json, thumb, correction, 0, {REASONS} FROM messages WHERE id = ?",
                message,
            )
        )
        return found[0] if found else None

    def feedback(self, answer: str, opinion: Mapping[str, Any]) -> bool:
        """Keep an opinion of the answer with this id; False if unknown. What was said before stays in `opinions`.

        `thumb` and `correction`, where given, are what holds from now on; `reasons` are words of the page.
        """
        columns = [name for name in ("thumb", "correction") if name in opinion]
        changes = ", ".join(f"{name} = ?" for name in columns) or "id = id"
        given = (*(opinion[name] for name in columns), answer)
        told = json.dumps(dict(opinion), ensure_ascii=False)
        now = datetime.now(UTC).isoformat(timespec="seconds")

        def put(connection: sqlite3.Connection) -> bool:
            if connection.execute(f"UPDATE messages SET {changes} WHERE id = ?", given).rowcount != 1:
                return False
            connection.execute("INSERT INTO opinions VALUES (?, ?, ?)", (answer, now, told))
            return True

        return self._run(put)

    def opinions(self, answer: str) -> Sequence[Json]:
        """Everything that was said of an answer, oldest first."""
        rows = self._rows("SELECT json FROM opinions WHERE message = ? ORDER BY rowid", answer)
        return [told for (text,) in rows if (told := _object(text)) is not None]

    def judged(self) -> Sequence[Exchange]:
        """All exchanges with feedback, oldest first: they become questions of an evaluation."""
        return _exchanges(
            self._rows(
                f"SELECT id, question, json, thumb, correction, 0, {REASONS} FROM messages"
                " WHERE thumb IS NOT NULL OR correction IS NOT NULL ORDER BY asked_at"
            )
        )


def has_words(search: str) -> Callable[[str], bool]:
    """A test whether a text has all words of `search`, whatever their accents and case."""
    words = fold(search).split()
    return lambda text: all(word in fold(str(text)) for word in words)


def _insert(
    connection: sqlite3.Connection, message: str, conversation: str, question: str, answer: str, told: Json
) -> None:
    """Add a message at the end of its conversation."""
    (position,) = connection.execute(
        "SELECT ifnull(max(position) + 1, 0) FROM messages WHERE conversation = ?", (conversation,)
    ).fetchone()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    kept = json.dumps(told, ensure_ascii=False)
    connection.execute(
        "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL)",
        (message, conversation, position, now, question, answer, kept),
    )


def _update(connection: sqlite3.Connection, message: str, answer: str, told: Json) -> bool:
    """Replace what is kept of an answer; False where there is no such message."""
    given = (answer, json.dumps(told, ensure_ascii=False), message)
    return connection.execute("UPDATE messages SET answer = ?, json = ? WHERE id = ?", given).rowcount == 1


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
    for identifier, question, text, thumb, correction, replaced, opinion in rows:
        try:
            answer = json.loads(text)
        except (TypeError, ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not answer.keys() >= SHOWN or not isinstance(question, str):
            log.warning("The kept answer %r cannot be read and is left out.", identifier)
            continue
        reasons = tuple(str(reason) for reason in (_object(opinion) or {}).get("reasons") or ())
        exchanges.append(Exchange(identifier, question, answer, thumb, correction, bool(replaced), reasons))
    return exchanges
