"""A small server that speaks Ollama's protocol: holds models, plays recorded streams, keeps what is asked.

with FakeOllama() as server:
    server.play("gpt-oss:20b", [{"message": {"thinking": "Hm"}}, {"message": {"content": "Bonjour"}}])
    ollama.Client(server.host).chat(...)
"""

from __future__ import annotations

import hashlib
import json
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

Json = dict[str, Any]
DIGEST = "0" * 64


class FakeOllama:
    """Listens on a free port of this machine between `__enter__` and `__exit__`.

    `requests` holds every request as (path, body). `delay` is waited before each line of a stream.
    """

    def __init__(
        self,
        models: Mapping[str, Json] | None = None,
        *,
        version: str = "0.24.0",
        delay: float = 0.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.models: dict[str, Json] = {name: dict(shown) for name, shown in (models or {}).items()}
        self.version = version
        self.delay = delay
        self.streams: dict[str, list[Json | bytes]] = {}
        self.replies: Callable[[Json], list[Json | bytes]] | None = None
        """Makes the chunks of /api/chat from what is asked, whatever the model."""
        self.running: list[Json] = []
        """What /api/ps tells of the models in memory."""
        self.writing: list[Json] = []
        """Requests to /api/chat that are being answered."""
        self.pulls: dict[str, list[Json]] = {}
        self.blobs: dict[str, bytes] = {}
        self.requests: list[tuple[str, Json]] = []
        self.odd: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        """Path -> status, body and headers that are sent whatever is asked there."""
        self.authorizations: list[str] = []
        self.closed_early = Event()
        """Set once a client goes away in the middle of a stream."""
        self._scheme = "https" if tls else "http"
        fake = self

        class Handler(_Handler):
            server_state = fake

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def host(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}"

    def play(
        self,
        model: str,
        chunks: Sequence[Json | bytes],
        *,
        capabilities: Sequence[str] = ("completion",),
        window: int = 32768,
    ) -> None:
        """Answer /api/chat for `model` with these chunks.

        A chunk lacks only what every chunk of Ollama has; the last one is marked done. Bytes are sent as they
        are; an {"error": …} ends the stream, as Ollama does.
        """
        self.models.setdefault(model, {})
        self.models[model].setdefault("capabilities", list(capabilities))
        self.models[model].setdefault(
            "model_info", {"general.architecture": "fake", "fake.context_length": window}
        )
        self.streams[model] = list(chunks)

    def answer(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        """Reply to every request for `path` with exactly this."""
        self.odd[path] = (status, body, headers)

    def asked(self, path: str) -> list[Json]:
        """Bodies of the requests for `path`, in order."""
        return [body for asked, body in self.requests if asked == path]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_state: FakeOllama

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        state = self.server_state
        state.requests.append((self.path, {}))
        state.authorizations.append(self.headers.get("Authorization", ""))
        if self.path in state.odd:
            self._odd()
        elif self.path == "/api/version":
            self._json({"version": state.version})
        elif self.path == "/api/tags":
            self._json(
                {
                    "models": [
                        {
                            "name": name,
                            "model": name,
                            "digest": DIGEST,
                            "size": state.models[name].get("size", 1),
                        }
                        for name in state.models
                    ]
                }
            )
        elif self.path == "/api/ps":
            self._json({"models": state.running})
        else:
            self._no_page()

    def do_HEAD(self) -> None:
        digest = self.path.removeprefix("/api/blobs/")
        self._empty(200 if self.path == "/" or digest in self.server_state.blobs else 404)

    def do_POST(self) -> None:
        state = self.server_state
        data = self._body()
        if self.path.startswith("/api/blobs/"):
            return self._take_blob(self.path.removeprefix("/api/blobs/"), data)
        body: Json = json.loads(data or b"{}")
        state.requests.append((self.path, body))
        state.authorizations.append(self.headers.get("Authorization", ""))
        if self.path in state.odd:
            return self._odd()
        handle = {
            "/api/show": self._show,
            "/api/create": self._create,
            "/api/pull": self._pull,
            "/api/chat": self._chat,
        }.get(self.path)
        if handle is None:
            return self._no_page()
        return handle(body)

    def _no_page(self) -> None:
        self._plain(b"404 page not found", 404, "text/plain")

    def _show(self, body: Json) -> None:
        shown = self.server_state.models.get(body["model"])
        if shown is None:
            return self._missing(body["model"])
        return self._json(
            {"template": "{{ .Prompt }}", "capabilities": ["completion"], "model_info": {}, "details": {}}
            | shown
        )

    def _create(self, body: Json) -> None:
        state = self.server_state
        missing = [digest for digest in body.get("files", {}).values() if digest not in state.blobs]
        if missing:
            return self._json({"error": f"no such blob {missing[0]}"}, 400)
        stops = body.get("parameters", {}).get("stop", [])
        parameters = "\n".join(f'stop    "{word}"' for word in stops)
        state.models[body["model"]] = {
            "template": body.get("template", "{{ .Prompt }}"),
            "parameters": parameters,
        }
        return self._reply_or_stream(body, [{"status": "success"}])

    def _pull(self, body: Json) -> None:
        state = self.server_state
        events = state.pulls.get(body["model"])
        if events is None:
            return self._json({"error": "pull model manifest: file does not exist"}, 500)
        if not any("error" in event for event in events):
            state.models[body["model"]] = {}
        return self._reply_or_stream(body, events)

    def _chat(self, body: Json) -> None:
        state = self.server_state
        model = body["model"]
        if model not in state.models:
            return self._missing(model)
        chunks = state.streams.get(model, [{"message": {"content": "Bonjour."}}])
        if state.replies is not None and body.get("messages"):
            chunks = state.replies(body)
        state.writing.append(body)
        try:
            self._reply_or_stream(body, [_whole(chunk, model, last=chunk is chunks[-1]) for chunk in chunks])
        finally:
            state.writing.remove(body)
        return None

    def _missing(self, model: str) -> None:
        self._json({"error": f"model '{model}' not found"}, 404)

    def _take_blob(self, digest: str, data: bytes) -> None:
        if digest != f"sha256:{hashlib.sha256(data).hexdigest()}":
            return self._json({"error": "digest mismatch"}, 400)
        self.server_state.blobs[digest] = data
        return self._empty(201)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while length := int(self.rfile.readline().strip() or b"0", 16):
            parts.append(self.rfile.read(length))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _reply_or_stream(self, body: Json, events: Sequence[Json | bytes]) -> None:
        if body.get("stream", True):
            return self._stream(events)
        whole = [event for event in events if isinstance(event, dict)]
        if whole and "message" in whole[-1]:
            texts = [event["message"].get("content", "") for event in whole]
            whole[-1]["message"]["content"] = "".join(texts)
        return self._json(whole[-1] if whole else {})

    def _stream(self, events: Sequence[Json | bytes]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for event in events:
            time.sleep(self.server_state.delay)
            try:
                # a content that is a function is made when it is sent
                line = (
                    event if isinstance(event, bytes) else json.dumps(event, default=_made).encode() + b"\n"
                )
                self.wfile.write(line)
                self.wfile.flush()
            except (BrokenPipeError, ConnectionResetError):
                self.server_state.closed_early.set()
                return

    def _odd(self) -> None:
        status, body, headers = self.server_state.odd[self.path]
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _json(self, value: Json, status: int = 200) -> None:
        self._plain(json.dumps(value).encode(), status, "application/json")

    def _plain(self, data: bytes, status: int, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _empty(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


def _made(content: Any) -> Any:
    return content()


def _whole(chunk: Json | bytes, model: str, *, last: bool) -> Json | bytes:
    """A chunk of /api/chat with everything that Ollama sends."""
    if isinstance(chunk, bytes) or "error" in chunk:
        return chunk
    message = {"role": "assistant", "content": ""} | chunk.get("message", {})
    ending = (
        {"done": True, "done_reason": "stop", "prompt_eval_count": 10, "eval_count": 5}
        if last
        else {"done": False}
    )
    timings = (
        {"total_duration": 1, "load_duration": 1, "prompt_eval_duration": 1, "eval_duration": 1}
        if last
        else {}
    )
    return (
        {"model": model, "created_at": "2026-01-01T00:00:00Z"}
        | ending
        | timings
        | chunk
        | {"message": message}
    )
