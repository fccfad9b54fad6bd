"""Whose: the owner of a request's conversations, and sessions of Gradio that belong to one account each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ..conversations.conversations import LOCAL, Conversations
from .bodies import query_value

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.types import Scope

    from ..accounts.accounts import Account
    from .backend import Backend

HEARTBEAT = "/gradio_api/heartbeat/"
SESSION = "session_hash"


def belong(scope: Scope, account: Account | None) -> None:
    """Note in a request whose it is; None: the local user's."""
    scope["assistant.owner"] = account.id if account else LOCAL
    scope["assistant.name"] = account.name if account else ""
    scope["assistant.curates"] = account is None or account.curator


def owner_of(request: HTTPConnection) -> str | None:
    """The owner of what a request asks for; None for somebody unknown."""
    owner: str | None = request.scope.get("assistant.owner")
    return owner


def may_curate(request: HTTPConnection) -> bool:
    """Whether whoever asks may change the collection and fetch models: a curator, or the local user."""
    return bool(request.scope.get("assistant.curates"))


def mine(backend: Backend, owner: str | None) -> Conversations:
    """The conversations of whoever asks. Raises `PermissionError` for somebody unknown, whom the guard lets nowhere."""
    if owner is None:
        raise PermissionError
    return backend.conversations.of(owner)


def keep_apart(scope: Scope, given: Any) -> None:
    """Put the account into the names of Gradio's sessions, so that nobody can name another's.

    `given` is the body of the request; with an account, its session is renamed, as in the path and the query.
    """
    owner = scope.get("assistant.owner")
    if not owner:
        return
    if isinstance(given, dict) and SESSION in given:
        given[SESSION] = f"{owner}x{given[SESSION]}"
    path: str = scope["path"]
    if path.startswith(HEARTBEAT):
        scope["path"] = f"{HEARTBEAT}{owner}x{path.removeprefix(HEARTBEAT)}"
        scope["raw_path"] = scope["path"].encode()
    if path == "/gradio_api/queue/data":
        scope["query_string"] = urlencode({SESSION: f"{owner}x{query_value(scope, SESSION)}"}).encode()
