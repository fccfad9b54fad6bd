"""One page for all tests of its doors: on a socket of its own, so that what is tested is what a browser meets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from .fakes import FakeBackend

SECONDS_UNREAD = 2.0


@dataclass
class Page:
    """The page of a desk on a port of this machine."""

    backend: FakeBackend
    port: int
    client: httpx.Client

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def send(self, request: bytes, seconds: float = 20.0) -> bytes:
        """Send bytes as they are; return the reply up to the end of the connection."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            connection.sendall(request)
            reply = b""
            while part := connection.recv(65_536):
                reply += part
            return reply


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    from assistant.web.app import create_app
    from assistant.web.server import Protocol, server_for

    class Impatient(Protocol):
        seconds_for_headers = 0.5
        most_connections = 40

    backend = FakeBackend(tmp_path_factory.mktemp("page"))
    server = server_for(create_app(backend, seconds_unread=SECONDS_UNREAD))
    server.config.http = Impatient
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    port = listening.getsockname()[1]
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as client:
        yield Page(backend, port, client)
    server.should_exit = True
    thread.join(10)
    listening.close()
