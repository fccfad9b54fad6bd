"""Who reads a session, in the order in which messages may meet; the page's own tests read real streams."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from assistant.web.sessions import Readers

DATA = {"type": "http", "path": "/gradio_api/queue/data", "query_string": b"session_hash=one"}


class Queue:
    """What `Readers` reads and does of Gradio's queue."""

    def __init__(self) -> None:
        self.pending_event_ids_session: dict[str, set[str]] = {"one": {"first"}}
        self.pending_messages_per_session: dict[str, list[str]] = {"one": []}
        self.cleaned: list[str] = []

    async def clean_events(self, *, session_hash: str) -> None:
        self.cleaned.append(session_hash)


async def nothing() -> dict[str, Any]:
    return {"type": "http.disconnect"}


async def ignored(message: Any) -> None:
    await asyncio.sleep(0)


@pytest.mark.parametrize("ends", [True, False])
def test_a_question_asked_while_a_reply_is_closed_is_kept(ends: bool) -> None:
    """Gradio tells the end, the page asks at once, and only then the old reply is closed."""
    queue = Queue()
    readers: list[Readers] = []
    said: list[int] = []

    async def gradio(scope: Any, receive: Any, send: Any) -> None:
        pending = queue.pending_event_ids_session["one"]
        await send({"type": "http.response.start", "status": 200})
        if "second" in pending:
            pending.discard("second")
            await send({"type": "http.response.body", "body": b"closed", "more_body": True})
            return
        if ends:
            pending.discard("first")
        await send({"type": "http.response.body", "body": b"closed", "more_body": True})
        pending.add("second")
        if ends:
            await readers[0](dict(DATA), nothing, answered)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def answered(message: Any) -> None:
        if message["type"] == "http.response.start":
            said.append(message["status"])

    async def visit() -> None:
        readers.append(Readers(gradio, queue, 5))
        await readers[0](dict(DATA), nothing, ignored)
        await asyncio.sleep(0.05)

    asyncio.run(visit())
    if ends:
        assert (said, queue.cleaned) == ([200], [])
    else:
        assert queue.cleaned == ["one"], "it left before the end"
