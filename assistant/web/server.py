"""The HTTP server under the page: bounds on connections, on their number and on the time that a request takes to come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from .guard import HEADERS

if TYPE_CHECKING:
    from starlette.types import ASGIApp

MOST_CONNECTIONS = 400
"""Below the number of open files that a process usually may have, 1,024."""
SECONDS_FOR_HEADERS = 10.0
SECONDS_IDLE = 5
MOST_HEADER_BYTES = 32_768

log = logging.getLogger(__name__)


class Protocol(H11Protocol):
    """uvicorn's HTTP/1.1, which by itself waits for ever for the end of a request's headers."""

    most_connections = MOST_CONNECTIONS
    seconds_for_headers = SECONDS_FOR_HEADERS
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.most_connections:
            log.warning("More than %d connections: a new one was closed.", self.most_connections)
            transport.abort()
            return
        self._wait_for_headers()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._wait_for_headers()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self._wait_for_headers()

    def send_400_response(self, msg: str) -> None:
        """As uvicorn, with the headers that every reply of ours has."""
        headers = [("content-type", "text/plain; charset=utf-8"), ("connection", "close"), *HEADERS.items()]
        events = (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=msg.encode("ascii")),
            h11.EndOfMessage(),
        )
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            for event in events:
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait_for_headers(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self.seconds_for_headers, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


def server_for(app: ASGIApp, proxies: Sequence[str] = (), **options: Any) -> uvicorn.Server:
    """A server for the page; it logs no request and speaks no WebSocket.

    Only what comes from `proxies`, addresses or networks, is believed where it says for whom it asks
    (X-Forwarded-For) and how (X-Forwarded-Proto).
    """
    config = uvicorn.Config(
        app, http=Protocol, ws="none", log_level="warning", access_log=False, proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies), server_header=False, timeout_keep_alive=SECONDS_IDLE, timeout_graceful_shutdown=1,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES, **options,
    )  # fmt: skip
    return uvicorn.Server(config)
