"""A model hub on this machine with one model: what `huggingface_hub` asks of it, and no more."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

COMMIT = "0" * 40


class FakeHub:
    """Serves `files` of the model `name`; use it in `with`."""

    def __init__(self, name: str, files: Mapping[str, bytes]) -> None:
        self.name = name
        self.files = files
        self.asked: list[str] = []
        hub = self

        class Handler(_Handler):
            state = hub

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: FakeHub

    def log_message(self, *_: Any) -> None:
        pass

    def do_HEAD(self) -> None:
        self._serve(with_body=False)

    def do_GET(self) -> None:
        self._serve(with_body=True)

    def _serve(self, *, with_body: bool) -> None:
        state = self.state
        path = self.path.partition("?")[0]
        state.asked.append(path)
        if path == "/":
            return self._send(b"a hub", with_body)
        if path.startswith(f"/api/models/{state.name}/tree/"):
            entries = [
                {"type": "file", "path": name, "size": len(data), "oid": COMMIT}
                for name, data in state.files.items()
            ]
            return self._send(json.dumps(entries).encode(), with_body)
        if path.startswith(f"/api/models/{state.name}"):
            siblings = [{"rfilename": name, "size": len(data)} for name, data in state.files.items()]
            told = {"id": state.name, "modelId": state.name, "sha": COMMIT, "siblings": siblings}
            return self._send(json.dumps(told).encode(), with_body)
        data = (
            state.files.get(path.rpartition("/")[2]) if path.startswith(f"/{state.name}/resolve/") else None
        )
        return self._send(data, with_body)

    def _send(self, data: bytes | None, with_body: bool) -> None:
        self.send_response(404 if data is None else 200)
        if data is not None:
            self.send_header("ETag", f'"{hashlib.sha1(data).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        if with_body and data:
            self.wfile.write(data)
