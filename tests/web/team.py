"""A page that asks everybody to log in, on a socket of its own, and people who do."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from assistant.accounts.accounts import Accounts
from assistant.accounts.throttle import Throttle

from .fakes import FakeBackend

PASSWORD = "un long mot de passe"
JOIN, PREDICT, DATA = "/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/queue/data"


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


class Team:
    """The page, its accounts and their clock."""

    def __init__(self, folder: Path, *, required: bool = False, names: Sequence[str] = ()) -> None:
        from assistant.web.app import create_app
        from assistant.web.login import Authentication

        self.backend = FakeBackend(folder)
        self.clock = Clock()
        self.file = folder / "accounts.db"
        self.accounts = Accounts(self.file, self.clock, seconds_idle=100, seconds_longest=1000)
        self.authentication = Authentication(self.accounts, required=required, throttle=Throttle(self.clock))
        self.app = create_app(self.backend, authentication=self.authentication, names=names)
        self.address = ""

    @contextmanager
    def served(self, proxies: Sequence[str] = ()) -> Iterator[Team]:
        from assistant.web.server import server_for

        server = server_for(self.app, proxies)
        listening = socket.create_server(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + 30
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        try:
            yield self
        finally:
            server.should_exit = True
            thread.join(10)
            listening.close()

    def client(self, **options: Any) -> httpx.Client:
        """A browser of its own."""
        return httpx.Client(base_url=self.address, trust_env=False, timeout=30, **options)

    def log_in(
        self, client: httpx.Client, name: str, password: str = PASSWORD, **more: str
    ) -> httpx.Response:
        # a new connection each time, as from another browser; what a refusal leaves open is closed
        return client.post("/login", data={"name": name, "password": password, **more})

    def event(self, name: str) -> int:
        """The number of an event of the interface."""
        inner: Any = self.app.app
        blocks = inner.app.routes[-1].app.get_blocks()
        numbers: dict[str, int] = {function.name: number for number, function in blocks.fns.items()}
        return numbers[name]

    def ask(self, client: httpx.Client, question: str, session: str) -> str:
        """Ask a question as the page does; return what came of it, as it was sent."""
        body = {"fn_index": self.event("answer"), "session_hash": session, "data": [None], "trigger_id": 1}
        reply = client.post(JOIN, json={**body, "event_data": {"question": question}})
        assert reply.status_code == 200, reply.text
        told = ""
        with client.stream("GET", DATA, params={"session_hash": session}) as stream:
            for line in stream.iter_lines():
                told += line
                if line and json.loads(line.removeprefix("data: "))["msg"] == "close_stream":
                    break
        return told

    def restored(self, client: httpx.Client, conversation: str, session: str) -> Any:
        """What the page is told of a conversation that is opened."""
        body = {"fn_index": self.event("restore"), "session_hash": session, "data": [None], "trigger_id": 1}
        reply = client.post(PREDICT, json={**body, "event_data": {"conversation": conversation}})
        return reply.json()["data"][0]
