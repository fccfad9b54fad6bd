"""People at the page without a browser: each asks over HTTP as the page does and reads its stream."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
from builders import make_hit
from fakes_ollama import FakeOllama

from assistant.answering.assistant import Assistant
from assistant.composition.budget import PromptBudget
from assistant.composition.grounding import Prover
from assistant.conversations.conversations import Conversations
from assistant.errors import ArticleNotFound
from assistant.library import Behind
from assistant.model.ollama import OllamaModel
from assistant.types import Article, Hit, Query
from assistant.web.loading import LoadingBackend, StoreView

Json = dict[str, Any]


@dataclass
class Visitor:
    """One opened page at `address`; `asks` is the number of the event that takes questions."""

    address: str
    session: str
    asks: int
    seen: list[tuple[float, Json]] = field(default_factory=list)
    """What came of the question asked last: seconds since then, and the patch."""
    last: Json = field(default_factory=dict)
    """What the page's server said last."""

    def ask(self, question: str) -> None:
        for _ in self.asking(question):
            pass

    def asking(self, question: str) -> Iterator[Json]:
        """Ask, and read the stream patch by patch; closing it closes the page."""
        self.seen = []
        begun = time.perf_counter()
        with httpx.Client(base_url=self.address, trust_env=False, timeout=120) as client:
            body = {"fn_index": self.asks, "session_hash": self.session, "data": [None], "trigger_id": 1}
            joined = client.post("gradio_api/queue/join", json={**body, "event_data": {"question": question}})
            assert joined.status_code == 200, joined.text
            with client.stream(
                "GET", "gradio_api/queue/data", params={"session_hash": self.session}
            ) as stream:
                whole: Json = {}
                for message in _messages(stream):
                    self.last = message
                    whole = _patched(whole, message)
                    if whole.get("turn"):
                        self.seen.append((time.perf_counter() - begun, dict(whole)))
                        yield whole
                    if message["msg"] == "process_completed":
                        return

    @property
    def html(self) -> str:
        return str(self.seen[-1][1]["html"])

    def first(self, words: str) -> float:
        """Seconds until the page showed `words`; infinity where it never did."""
        return next((seconds for seconds, change in self.seen if words in change["html"]), float("inf"))


def _messages(stream: httpx.Response) -> Iterator[Json]:
    for line in stream.iter_lines():
        if line.startswith("data:"):
            yield json.loads(line[5:])


def _patched(whole: Json, message: Json) -> Json:
    """What the page shows: Gradio sends the first output whole, then what has changed."""
    data = (message.get("output") or {}).get("data") or []
    if message["msg"] not in ("process_generating", "process_completed") or not data:
        return whole
    if isinstance(data[0], dict):
        return whole if data[0].get("__type__") == "update" else data[0]
    for action, path, value in data[0]:
        whole = _changed(whole, action, path, value)
    return whole


def _changed(value: Any, action: str, path: list[Any], change: Any) -> Any:
    if not path:
        return value + change if action == "append" else change
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _changed(
        copy.get(path[0]) if isinstance(copy, dict) else copy[path[0]], action, path[1:], change
    )
    return copy


class Bridges:
    """A Retriever that finds for "pont numéro 7" the passage on that bridge."""

    def retrieve(self, query: Query, top_k: int) -> list[Hit]:
        number = number_in(query.text)
        return [make_hit(f"Le pont numéro {number} coûte {number} millions d'euros.", title=f"Pont {number}")]


def number_in(text: str) -> int:
    return int(re.findall(r"pont numéro (\d+)", text)[-1])


def replies(body: Json) -> list[Json | bytes]:
    """What the model says of the bridge that it is asked about, a word a chunk."""
    number = number_in(body["messages"][-1]["content"])
    words = f"Le pont numéro {number} coûte {number} millions d'euros [1].".split(" ")
    return [{"message": {"content": word + " "}} for word in words]


@contextmanager
def crowded(folder: Path, ollama: FakeOllama, at_once: int = 1) -> Iterator[tuple[str, int]]:
    """The page over the bridges, worded by a scripted server; gives its address and the event that takes questions."""
    from assistant.web.app import create_app
    from assistant.web.server import server_for

    ollama.replies = replies
    ollama.play("crowd:1b", [])

    def load_assistant(_: StoreView) -> Assistant:
        model = OllamaModel("crowd:1b", ollama.host)
        return Assistant(Bridges(), Prover(), model, budget=PromptBudget(60))

    backend = LoadingBackend(
        Nothing, load_assistant, lambda: "crowd:1b", Conversations(folder / "c.db"), at_once=at_once
    )
    app = create_app(backend)
    blocks = app.app.app.routes[-1].app.get_blocks()  # type: ignore[attr-defined]
    (asks,) = [number for number, one in blocks.fns.items() if one.name == "answer"]
    listening = socket.create_server(("127.0.0.1", 0))
    server = server_for(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/", asks
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


class Nothing:
    """A store that the page asks nothing of."""

    dense_failure: str | None = None
    languages = MappingProxyType({"en": 1})

    def article(self, name: str) -> Article:
        raise ArticleNotFound(name)

    def articles(self) -> list[Any]:
        return []

    def catalogue(self) -> list[Any]:
        return []

    def behind(self, files: Sequence[Any]) -> Behind:
        return Behind([], [], [])
