"""Accounts, their sessions and tokens, in an SQLite file that only its owner can read.

A password, the secret of a session and a token are each kept as a hash alone. A file that cannot be read lets
nobody in: unlike conversations, it is never set aside and begun anew.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import sqlite3
import time
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from ..errors import AccountError, AccountsUnavailable, UsageError
from ..types import Json
from .passwords import account_name, check_password, hashed, is_outdated, matches

SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, password TEXT NOT NULL, added_at TEXT NOT NULL, token TEXT,
    curator INTEGER NOT NULL DEFAULT 1);
CREATE INDEX IF NOT EXISTS tokens ON accounts (token);
CREATE TABLE IF NOT EXISTS sessions (
    secret TEXT PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    begun REAL NOT NULL, used REAL NOT NULL);
"""
SECONDS_TO_WAIT = 10
SECONDS_IDLE, SECONDS_LONGEST = 8 * 3600.0, 7 * 24 * 3600.0
SECONDS_BETWEEN_NOTES = 60.0
"""The use of a session is written down at most so often."""
MOST_SESSIONS = 20
"""So many of one account at once; a new one ends the oldest."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may use the page; `id` owns conversations and is never given twice, as a name may be."""

    id: str
    name: str
    curator: bool = False
    """Whether it may change the collection and fetch models, which everybody else only uses."""

    @classmethod
    def of(cls, identifier: str, name: str, curator: int) -> Account:
        """An account from its row."""
        return cls(identifier, name, bool(curator))


class Accounts:
    """The accounts of one file; safe to use from several threads and processes.

    A session ends `seconds_idle` after its last use and `seconds_longest` after its beginning, both by `now`, in
    seconds. Every method raises `AccountsUnavailable` where the file cannot be read or written.
    """

    def __init__(
        self,
        file: Path,
        now: Callable[[], float] = time.time,
        seconds_idle: float = SECONDS_IDLE,
        seconds_longest: float = SECONDS_LONGEST,
    ) -> None:
        self._file = file
        self._now = now
        self._seconds_idle = seconds_idle
        self._seconds_longest = seconds_longest

    def _run(self, work: Callable[[sqlite3.Connection], T], otherwise: T) -> T:
        """Do `work` in a transaction of its own; `otherwise` where there is no file."""
        try:
            if not self._file.exists():
                return otherwise
            address = f"{self._file.absolute().as_uri()}?mode=rw"
            with closing(sqlite3.connect(address, SECONDS_TO_WAIT, uri=True)) as connection, connection:
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA secure_delete = ON")
                _brought_up_to_date(connection)
                return work(connection)
        except (sqlite3.DatabaseError, OSError) as error:
            raise AccountsUnavailable(
                f"The accounts in {str(self._file)!r} cannot be read or written ({error}). "
                "Make room or the file readable; if it is damaged, put a copy in its place."
            ) from error

    def _rows(self, query: str, *given: object) -> list[tuple[Any, ...]]:
        return self._run(lambda connection: connection.execute(query, given).fetchall(), [])

    # ------------------------------------------------------------------ accounts

    def exist(self) -> bool:
        """Tell whether anybody has an account: then nobody is served without one."""
        return bool(self._rows("SELECT 1 FROM accounts LIMIT 1"))

    def add(self, name: str, password: str, *, curator: bool = False) -> Account:
        """Add an account; the first of all is a curator's.

        Raises `UsageError` for the name, `AccountError` for the password and a known name.
        """
        name = account_name(name)
        check_password(password, name)
        identifier, added_at = uuid.uuid4().hex, datetime.now(UTC).isoformat(timespec="seconds")
        given = (identifier, name, hashed(password), added_at, curator)

        def put(connection: sqlite3.Connection) -> bool:
            connection.executescript(SCHEMA)
            added = connection.execute(
                "INSERT OR IGNORE INTO accounts (id, name, password, added_at, curator)"
                " VALUES (?, ?, ?, ?, ? OR NOT EXISTS (SELECT 1 FROM accounts))",
                given,
            )
            return added.rowcount == 1

        self._make_file()
        if not self._run(put, False):
            raise AccountError(
                f"There is an account {name!r}. Change its password with `assistant users password {name}`."
            )
        return self.find(name)

    def _make_file(self) -> None:
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self._file, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise AccountsUnavailable(
                f"The accounts cannot be kept in {str(self._file)!r} ({error}). Make it writable."
            ) from error

    def find(self, name: str) -> Account:
        """The account of this name. Raises `AccountError` where there is none."""
        for row in self._rows("SELECT id, name, curator FROM accounts WHERE name = ?", account_name(name)):
            return Account.of(*row)
        raise AccountError(f"There is no account {name!r}. `assistant users list` names them.")

    def change_password(self, name: str, password: str) -> None:
        """Give an account another password and end its sessions; its token stays."""
        account = self.find(name)
        check_password(password, account.name)
        kept = hashed(password)

        def change(connection: sqlite3.Connection) -> None:
            connection.execute("UPDATE accounts SET password = ? WHERE id = ?", (kept, account.id))
            connection.execute("DELETE FROM sessions WHERE account = ?", (account.id,))

        self._run(change, None)

    def let_curate(self, name: str, allowed: bool = True) -> None:
        """Let an account change the collection, or not any more."""
        self._rows("UPDATE accounts SET curator = ? WHERE id = ?", allowed, self.find(name).id)

    def remove(self, name: str) -> None:
        """Remove an account, its sessions and its token."""
        self._rows("DELETE FROM accounts WHERE id = ?", self.find(name).id)

    def all(self) -> Sequence[Account]:
        """The accounts, by name."""
        return [
            Account.of(*row) for row in self._rows("SELECT id, name, curator FROM accounts ORDER BY name")
        ]

    def about(self, account: Account) -> Json:
        """What `assistant users list` tells of an account."""
        ((added_at, token),) = self._rows("SELECT added_at, token FROM accounts WHERE id = ?", account.id)
        alive = "account = ? AND used > ? AND begun > ?"
        ((sessions,),) = self._rows(
            f"SELECT count(*) FROM sessions WHERE {alive}", account.id, *self._ended()
        )
        return {
            "name": account.name,
            "added_at": added_at,
            "token": token is not None,
            "sessions": sessions,
            "curator": account.curator,
        }

    def check(self, name: str, password: str) -> Account | None:
        """The account that a name and a password belong to; an unknown name takes as long as a wrong password."""
        try:
            known = account_name(name)
        except UsageError:
            known = ""
        rows = self._rows("SELECT id, name, curator, password FROM accounts WHERE name = ?", known)
        *row, kept = rows[0] if rows else ("", "", 0, None)
        if not matches(password, kept):
            return None
        if kept is not None and is_outdated(kept):
            again = (hashed(password), row[0], kept)
            self._rows("UPDATE accounts SET password = ? WHERE id = ? AND password = ?", *again)
        return Account.of(*row)

    # ------------------------------------------------------------------ tokens

    def make_token(self, name: str) -> str:
        """A new token of an account, for programs; it takes the place of the one before and is told only now."""
        account, token = self.find(name), secrets.token_urlsafe(32)
        self._rows("UPDATE accounts SET token = ? WHERE id = ?", _digest(token), account.id)
        return token

    def revoke_token(self, name: str) -> None:
        """Let an account have no token."""
        self._rows("UPDATE accounts SET token = NULL WHERE id = ?", self.find(name).id)

    def of_token(self, token: str) -> Account | None:
        """The account that a token was made for."""
        rows = self._rows("SELECT id, name, curator FROM accounts WHERE token = ?", _digest(token))
        return Account.of(*rows[0]) if rows else None

    # ------------------------------------------------------------------ sessions

    def begin_session(self, account: Account) -> str:
        """Begin a session; return its secret, which the browser keeps."""
        secret, now = secrets.token_urlsafe(32), self._now()
        oldest = "SELECT secret FROM sessions WHERE account = ? ORDER BY used DESC LIMIT -1 OFFSET ?"

        def begin(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM sessions WHERE used <= ? OR begun <= ?", self._ended())
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?)", (_digest(secret), account.id, now, now)
            )
            connection.execute(
                f"DELETE FROM sessions WHERE secret IN ({oldest})", (account.id, MOST_SESSIONS)
            )

        self._run(begin, None)
        return secret

    def of_session(self, secret: str, *, counts: bool = True) -> Account | None:
        """The account whose session this is; None where it has ended. `counts`: this is a use of it."""
        rows = self._rows(
            "SELECT a.id, a.name, a.curator, s.used FROM sessions s JOIN accounts a ON a.id = s.account"
            " WHERE s.secret = ? AND s.used > ? AND s.begun > ?",
            _digest(secret),
            *self._ended(),
        )
        if not rows:
            return None
        *row, used = rows[0]
        if counts and self._now() - float(used) > SECONDS_BETWEEN_NOTES:
            self._rows("UPDATE sessions SET used = ? WHERE secret = ?", self._now(), _digest(secret))
        return Account.of(*row)

    def end_session(self, secret: str) -> None:
        """End one session."""
        self._rows("DELETE FROM sessions WHERE secret = ?", _digest(secret))

    def _ended(self) -> tuple[float, float]:
        """A session that was used no later than the first, or begun no later than the second, has ended."""
        now = self._now()
        return now - self._seconds_idle, now - self._seconds_longest


def _brought_up_to_date(connection: sqlite3.Connection) -> None:
    """In a file of the time before there were curators everybody stays one."""
    columns = {column[1] for column in connection.execute("PRAGMA table_info(accounts)")}
    if columns and "curator" not in columns:
        connection.execute("ALTER TABLE accounts ADD COLUMN curator INTEGER NOT NULL DEFAULT 1")


def _digest(secret: str) -> str:
    """How a secret of 256 bits is kept: nobody guesses it, so no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
