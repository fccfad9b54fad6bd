"""How a streaming reply is left: never while the server may be handing over a line."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from assistant.model import lines as lines_module
from assistant.model.lines import LineStream

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n"


class LineServer:
    """Answers one request, sends a line when told to, and says when the client has gone."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.gone = threading.Event()
        self._connected = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def send(self, data: bytes) -> None:
        assert self._connected.wait(5)
        with suppress(OSError):
            self._client.sendall(data)

    def close(self) -> None:
        self._listener.close()
        if self._connected.is_set():
            self._client.close()
        self._thread.join(5)

    def _serve(self) -> None:
        self._client, _ = self._listener.accept()
        self._client.recv(65536)
        self._connected.set()
        with suppress(OSError):
            while self._client.recv(65536):
                pass
        self.gone.set()


@pytest.fixture
def server() -> Iterator[LineServer]:
    made = LineServer()
    yield made
    made.close()


def refuse(response: httpx.Response) -> None:
    raise AssertionError(response.status_code)


def stream(server: LineServer) -> LineStream:
    return LineStream(httpx.Client(base_url=server.url, timeout=10), "/api/chat", {}, refuse)


def patience(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Wait so long for a next line: longer than a busy machine delays anything, or hardly."""
    monkeypatch.setattr(lines_module, "NEXT_LINE_SECONDS", seconds)


def test_a_reply_that_has_begun_is_left_right_after_its_next_line(
    server: LineServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience(monkeypatch, 60)
    with stream(server) as lines:
        server.send(HEAD + b"one\n")
        assert next(line for line in lines if line) == "one"
        threading.Timer(0.2, server.send, [b"two\n"]).start()
        assert not server.gone.is_set()
    assert server.gone.wait(20)
    assert list(lines) == ["two"]


def test_a_reply_that_falls_silent_is_left_all_the_same(
    server: LineServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience(monkeypatch, 0.1)
    with stream(server) as lines:
        server.send(HEAD + b"one\n")
        assert next(line for line in lines if line) == "one"
    assert server.gone.wait(20)


def test_a_reply_that_has_not_begun_is_left_at_once(
    server: LineServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience(monkeypatch, 60)
    with stream(server) as lines:
        assert next(iter(lines)) is None
    assert server.gone.wait(20)
