"""Conversations and what users thought of the answers, each with an owner, kept in one SQLite file."""

from __future__ import annotations

import json
import logging
import sqlite3
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast

from ..answer_json import AnswerJson, FiltersJson
from ..errors import ConversationsUnavailable
from ..language.folding import fold
from ..types import Answer, Json, Turn
from .database import ConversationFile

LOCAL = ""
"""The owner of what is asked where nobody has an account."""
REASONS = (
    "(SELECT json FROM opinions o WHERE o.message = messages.id AND json_type(o.json, '$.reasons') = 'array'"
    " ORDER BY rowid DESC LIMIT 1)"
)
"""The last opinion that has reasons."""
PASSAGES = (
    "(SELECT json_group_array(json_extract(json, '$.passage')) FROM opinions o WHERE o.message = messages.id"
    " AND json_type(o.json, '$.passage') = 'object')"
)
"""All passages that were marked as what answers."""
MINE = "EXISTS (SELECT 1 FROM messages WHERE conversation = ?1 AND owner = ?2)"
TITLE_CHARACTERS = 80
SHOWN = {"answer", "citations", "evidence", "hits", "language", "sentences", "warnings"}
"""Keys that a kept answer must have to be shown."""

log = logging.getLogger(__name__)


UNANSWERED: AnswerJson = {
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
    answer: AnswerJson
    thumb: Literal["up", "down"] | None
    correction: str | None
    replaced: bool = False
    """It was asked again or edited since."""
    reasons: tuple[str, ...] = ()
    """What the user ticked last, such as "incomplete"."""
    passages: tuple[Json, ...] = ()
    """Places that were marked as what answers: article, start, end, quote."""


class Conversations:
    """The conversations of one owner in a file that may hold those of others; safe to use from several threads.

    What belongs to another owner is not there: it is neither listed nor found, changed or added to. Every method
    raises `ConversationsUnavailable` while nothing can be kept or read, and works again once it can.
    """

    def __init__(self, file: Path | ConversationFile, owner: str = LOCAL) -> None:
        self._file = file if isinstance(file, ConversationFile) else ConversationFile(file)
        self._run = self._file.run
        self.owner = owner

    def of(self, owner: str) -> Conversations:
        """The conversations of another owner in the same file: the id of an account, or `LOCAL`."""
        return Conversations(self._file, owner)

    def start(self) -> str:
        """The id of a new conversation; it is kept from its first answer on."""
        return uuid.uuid4().hex

    def begin(self, conversation: str, question: str, filters: FiltersJson | None = None) -> str:
        """Add a question that is not answered yet; return its id. `filters` are what the search is limited to."""
        message = uuid.uuid4().hex
        told: AnswerJson = {**UNANSWERED, "question": question, "filters": filters}

        def add(connection: sqlite3.Connection) -> None:
            self._insert(connection, message, conversation, question, "", told)
            connection.execute(
                "INSERT INTO about VALUES (?, NULL, ?) ON CONFLICT DO UPDATE SET filters = excluded.filters",
                (conversation, json.dumps(filters, ensure_ascii=False)),
            )

        self._run(add)
        return message

    def keep(
        self,
        conversation: str,
        answer: Answer,
        message: str | None = None,
        filters: FiltersJson | None = None,
    ) -> str:
        """Keep an answered question, the one that was begun as `message`; return the id for feedback."""
        identifier = message or uuid.uuid4().hex
        told: AnswerJson = {**answer.as_json(), "filters": filters}

        def put(connection: sqlite3.Connection) -> None:
            if not self._update(connection, identifier, answer.text, told):
                self._insert(connection, identifier, conversation, answer.question, answer.text, told)

        self._run(put)
        return identifier

    def interrupt(self, message: str, told: AnswerJson) -> None:
        """Keep what was there of an answer that was stopped; nothing where its conversation was deleted."""
        self._run(lambda connection: self._update(connection, message, told["answer"], told))

    def replace_from(self, conversation: str, message: str) -> None:
        """Set a question and all that follow it in the conversation aside: it is asked again, or in other words."""
        self._rows(
            "INSERT OR IGNORE INTO replaced SELECT m.id FROM messages m, messages first"
            " WHERE first.id = ? AND first.conversation = ? AND first.owner = ?"
            " AND m.conversation = first.conversation AND m.position >= first.position",
            message,
            conversation,
            self.owner,
        )

    def _rows(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        return self._run(lambda connection: connection.execute(query, given).fetchall())

    def history(self, conversation: str, limit: int = 4) -> list[Turn]:
        """The last `limit` exchanges as turns, oldest first: those that were answered and not asked again."""
        rows = self._rows(
            "SELECT question, answer, json FROM messages WHERE conversation = ? AND owner = ? AND answer <> ''"
            " AND id NOT IN (SELECT message FROM replaced) ORDER BY position DESC LIMIT ?",
            conversation,
            self.owner,
            limit,
        )
        return [
            turn
            for question, answer, told in reversed(rows)
            if isinstance(question, str) and isinstance(answer, str)
            for turn in (
                Turn("user", question),
                Turn("assistant", answer, cast("AnswerJson | None", _object(told))),
            )
        ]

    def filters(self, conversation: str) -> FiltersJson | None:
        """What the last question of a conversation was limited to."""
        rows = self._rows(
            f"SELECT filters FROM about WHERE conversation = ?1 AND {MINE}", conversation, self.owner
        )
        return cast("FiltersJson | None", _object(rows[0][0])) if rows else None

    def list(self, limit: int = 200, search: str = "") -> list[Summary]:
        """The conversations, last used first; with `search`, those where one message or the title has all its words."""
        holds = has_words(search)
        found = ""
        if search.strip():
            found = " HAVING max(holds(m.question || ' ' || m.answer || ' ' || ifnull(a.title, '')))"
        query = (
            "SELECT m.conversation, ifnull(a.title, (SELECT question FROM messages f WHERE f.conversation = m.conversation"
            " ORDER BY position LIMIT 1)), max(asked_at) AS last FROM messages m LEFT JOIN about a"
            f" ON a.conversation = m.conversation WHERE m.owner = ? GROUP BY m.conversation{found}"
            " ORDER BY last DESC, max(m.rowid) DESC LIMIT ?"
        )

        def rows(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
            connection.create_function("holds", 1, holds)
            return connection.execute(query, (self.owner, limit)).fetchall()

        return [
            Summary(identifier, str(title or "")[:TITLE_CHARACTERS], str(last))
            for identifier, title, last in self._run(rows)
        ]

    def title(self, conversation: str) -> str:
        """The title that the user gave, else the first question; empty for an unknown conversation."""
        rows = self._rows(
            "SELECT ifnull((SELECT title FROM about WHERE conversation = ?1), question) FROM messages"
            " WHERE conversation = ?1 AND owner = ?2 ORDER BY position LIMIT 1",
            conversation,
            self.owner,
        )
        return str(rows[0][0] or "") if rows else ""

    def rename(self, conversation: str, title: str) -> bool:
        """Give a conversation a title, an empty one takes it away; False where there is no such conversation."""
        given = (conversation, self.owner, title.strip()[:TITLE_CHARACTERS] or None)
        rename = (
            f"INSERT INTO about SELECT ?1, ?3, NULL WHERE {MINE}"
            " ON CONFLICT DO UPDATE SET title = excluded.title"
        )
        return self._run(lambda connection: connection.execute(rename, given).rowcount == 1)

    def load(self, conversation: str) -> Sequence[Exchange]:
        """The exchanges of a conversation, oldest first; empty where it is not known."""
        return _exchanges(
            self._rows(
                f"SELECT id, question, json, thumb, correction, id IN (SELECT message FROM replaced), {REASONS}, {PASSAGES}"
                " FROM messages WHERE conversation = ? AND owner = ? ORDER BY position",
                conversation,
                self.owner,
            )
        )

    def delete(self, conversation: str) -> bool:
        """Delete a conversation for good: what stood in the file is overwritten. False where there is none."""

        def forget(connection: sqlite3.Connection) -> bool:
            connection.execute("PRAGMA secure_delete = ON")
            mine = (conversation, self.owner)
            messages = "message IN (SELECT id FROM messages WHERE conversation = ? AND owner = ?)"
            for table in ("replaced", "opinions"):
                connection.execute(f"DELETE FROM {table} WHERE {messages}", mine)
            connection.execute(f"DELETE FROM about WHERE conversation = ?1 AND {MINE}", mine)
            deleted = connection.execute("DELETE FROM messages WHERE conversation = ? AND owner = ?", mine)
            return deleted.rowcount > 0

        return self._run(forget)

    def exchange(self, message: str) -> Exchange | None:
        """One answered question by its id."""
        found = _exchanges(
            self._rows(
                f"SELECT id, question, json, thumb, correction, 0, {REASONS}, {PASSAGES} FROM messages"
                " WHERE id = ? AND owner = ?",
                message,
                self.owner,
            )
        )
        return found[0] if found else None

    def feedback(self, answer: str, opinion: Mapping[str, Any]) -> bool:
        """Keep an opinion of the answer with this id; False if unknown. What was said before stays in `opinions`.

        `thumb` and `correction`, where given, are what holds from now on; `reasons` are words of the page.
        """
        columns = [name for name in ("thumb", "correction") if name in opinion]
        changes = ", ".join(f"{name} = ?" for name in columns) or "id = id"
        given = (*(opinion[name] for name in columns), answer, self.owner)
        told = json.dumps(dict(opinion), ensure_ascii=False)
        now = datetime.now(UTC).isoformat(timespec="seconds")

        def put(connection: sqlite3.Connection) -> bool:
            changed = connection.execute(f"UPDATE messages SET {changes} WHERE id = ? AND owner = ?", given)
            if changed.rowcount != 1:
                return False
            connection.execute("INSERT INTO opinions VALUES (?, ?, ?)", (answer, now, told))
            return True

        return self._run(put)

    def judged(self) -> Sequence[Exchange]:
        """The exchanges with feedback of every owner, oldest first: they become questions of an evaluation."""
        return _exchanges(
            self._rows(
                f"SELECT id, question, json, thumb, correction, 0, {REASONS}, {PASSAGES} FROM messages"
                f" WHERE thumb IS NOT NULL OR correction IS NOT NULL OR {PASSAGES} <> '[]' ORDER BY asked_at"
            )
        )

    def _insert(
        self,
        connection: sqlite3.Connection,
        message: str,
        conversation: str,
        question: str,
        answer: str,
        told: AnswerJson,
    ) -> None:
        """Add a message at the end of its conversation."""
        owners = "SELECT ifnull(max(position) + 1, 0), count(nullif(owner, ?)) FROM messages WHERE conversation = ?"
        position, others = connection.execute(owners, (self.owner, conversation)).fetchone()
        if others:
            raise ConversationsUnavailable(f"There is no conversation {conversation!r}. Begin a new one.")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        kept = json.dumps(told, ensure_ascii=False)
        connection.execute(
            "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?)",
            (message, conversation, position, now, question, answer, kept, self.owner),
        )

    def _update(self, connection: sqlite3.Connection, message: str, answer: str, told: AnswerJson) -> bool:
        """Replace what is kept of an answer; False where there is no such message."""
        given = (answer, json.dumps(told, ensure_ascii=False), message, self.owner)
        update = "UPDATE messages SET answer = ?, json = ? WHERE id = ? AND owner = ?"
        return connection.execute(update, given).rowcount == 1

    def count(self) -> int:
        """How many conversations there are."""
        ((found,),) = self._rows(
            "SELECT count(DISTINCT conversation) FROM messages WHERE owner = ?", self.owner
        )
        return int(found)

    def give(self, owner: str) -> int:
        """Make all conversations another owner's; return how many."""
        given = self.count()
        self._rows("UPDATE messages SET owner = ? WHERE owner = ?", owner, self.owner)
        return given

    def delete_all(self) -> int:
        """Delete all conversations for good; return how many."""
        everything = [
            identifier
            for (identifier,) in self._rows(
                "SELECT DISTINCT conversation FROM messages WHERE owner = ?", self.owner
            )
        ]
        return sum(map(self.delete, everything))


def has_words(search: str) -> Callable[[str], bool]:
    """A test whether a text has all words of `search`, whatever their accents and case."""
    words = fold(search).split()
    return lambda text: all(word in fold(str(text)) for word in words)


def _parsed(text: object) -> object:
    """What was kept as JSON; None where it cannot be read."""
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None


def _object(text: object) -> Json | None:
    """The ANSWER that was kept; None where what stands there is none."""
    told = _parsed(text)
    return told if isinstance(told, dict) else None


def _objects(text: object) -> list[Json]:
    """The objects of a JSON array, each as it is or as JSON in a string."""
    told = _parsed(text)
    each = (
        one if isinstance(one, dict) else _object(one) for one in (told if isinstance(told, list) else ())
    )
    return [one for one in each if one is not None]


def _exchanges(rows: Sequence[tuple[Any, ...]]) -> Sequence[Exchange]:
    """The rows that can be read; a row that cannot costs none of the others."""
    exchanges = []
    for identifier, question, text, thumb, correction, replaced, opinion, marked in rows:
        answer = _object(text)
        if answer is None or not answer.keys() >= SHOWN or not isinstance(question, str):
            log.warning("The kept answer %r cannot be read and is left out.", identifier)
            continue
        reasons = tuple(str(reason) for reason in (_object(opinion) or {}).get("reasons") or ())
        passages = tuple(_objects(marked))
        told = cast("AnswerJson", answer)
        exchanges.append(
            Exchange(identifier, question, told, thumb, correction, bool(replaced), reasons, passages)
        )
    return exchanges
