"""Who reads the answers: one reader a session, and a question that nobody reads is dropped."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from .bodies import Refused, query_value
from .guard import answer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_AT_ONCE = 4
"""Events of one page that wait or run: a question, a text to check, and what is being cancelled."""


class Readers:
    """Stands before Gradio's queue and holds sessions to it; `queue` is the interface's.

    A question waits `seconds_unread` for its page to begin reading.
    """

    def __init__(self, app: ASGIApp, queue: Any, seconds_unread: float) -> None:
        self.app = app
        self.queue = queue
        self.seconds_unread = seconds_unread
        self.reading: dict[str, object] = {}
        self._dropping: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            match scope.get("path", ""):
                case "/gradio_api/queue/data":
                    await self._read(scope, receive, send)
                case "/gradio_api/queue/join":
                    await self._join(scope, receive, send)
                case "/gradio_api/cancel":
                    self._check_cancel(scope["assistant.given"])
                    await self.app(scope, receive, send)
                case _:
                    await self.app(scope, receive, send)
        except Refused as refused:
            await answer(send, refused)

    def _pending(self, session: str) -> set[str]:
        waiting: set[str] = self.queue.pending_event_ids_session.get(session) or set()
        return waiting

    async def _read(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = query_value(scope, "session_hash")
        if not self._pending(session) or session not in self.queue.pending_messages_per_session:
            raise Refused(404, "Nothing is being answered in this session.")
        if session in self.reading:
            raise Refused(409, "This session is being read already.")
        waited = set(self._pending(session))
        self.reading[session] = reader = object()

        async def watched(message: Message) -> None:
            nonlocal waited
            if message.get("more_body"):
                waited = set(self._pending(session))
            if not waited:  # the end is being told: what the page asks from here on has another reader
                self._left(session, reader)
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            self._left(session, reader)
            if waited & self._pending(session):  # it left before the end
                self._drop_soon(session, waited, 0)

    def _left(self, session: str, reader: object) -> None:
        if self.reading.get(session) is reader:
            del self.reading[session]

    async def _join(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = scope["assistant.given"]["session_hash"]
        if len(self._pending(session)) >= MOST_AT_ONCE:
            raise Refused(429, "This page has asked several things already; wait for an answer.")

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                self._drop_soon(session, set(self._pending(session)), self.seconds_unread)
            await send(message)

        await self.app(scope, receive, watched)

    def _check_cancel(self, given: dict[str, Any]) -> None:
        event = self.queue.event_ids_to_events.get(given["event_id"])
        if (
            event is None
            or event.session_hash != given["session_hash"]
            or event.fn._id != given["fn_index"]
            or given["event_id"] not in self._pending(given["session_hash"])
        ):
            raise Refused(404, "No such event is being answered.")

    def _drop_soon(self, session: str, events: set[str], seconds: float) -> None:
        task = asyncio.get_running_loop().create_task(self._drop_unread(session, events, seconds))
        self._dropping.add(task)
        task.add_done_callback(self._dropping.discard)

    async def _drop_unread(self, session: str, events: set[str], seconds: float) -> None:
        """End what a session waits for, unless it is read or none of these events is left.

        A running answer notices at its next word.
        """
        await asyncio.sleep(seconds)
        if session in self.reading or not events & self._pending(session):
            return
        # first, so that a reader who comes meanwhile is told that nothing is there
        self.queue.pending_messages_per_session.pop(session, None)
        self.queue.pending_event_ids_session.pop(session, None)
        await self.queue.clean_events(session_hash=session)
