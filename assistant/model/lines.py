"""Lines of a streaming reply that can be abandoned at any moment.

A server sends nothing while it reads a long prompt, not even headers. Whoever waits for it in a plain call
cannot stop it; so the reply is read in a thread, the caller gets a beat while nothing comes, and closing
shuts the connection down, which ends the server's work.

A reply that has begun is left right after one of its lines. Ollama (0.24) hands each token to the one who writes to
the client; if that one is gone at that moment, it waits for ever, and so does every later question to the model.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import httpx

BEAT_SECONDS = 0.25
NEXT_LINE_SECONDS = 0.5
"""Longest that the next line is waited for when a reply that has begun is left."""
LONGEST_LINE = 2**18
"""Bytes: a token with its twenty likeliest has some 4,000."""
LONGEST_REFUSAL = 2**16


class LineStream:
    """The lines of the reply to a POST of JSON; use it in `with`.

    `refuse` is called with a reply whose status is not 200 and raises. Iterating gives each line, or None for
    every `BEAT_SECONDS` without one; it raises what the reading raised (httpx errors among them).
    """

    def __init__(
        self, client: httpx.Client, path: str, body: dict[str, Any], refuse: Callable[[httpx.Response], None]
    ) -> None:
        self._client = client
        self._request = (path, body)
        self._refuse = refuse
        self._arrived: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()
        self._socket: socket.socket | None = None
        self._begun = False
        self._left = False
        self._thread = threading.Thread(target=self._read, name="model", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left = True
        if self._begun:
            self._thread.join(NEXT_LINE_SECONDS)
        if self._socket is not None:
            with suppress(OSError):  # the reply is over and the connection gone already
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=5)

    def __iter__(self) -> Iterator[str | None]:
        while True:
            try:
                arrived = self._arrived.get(timeout=BEAT_SECONDS)
            except queue.Empty:
                yield None
                continue
            if arrived is None:
                return
            if isinstance(arrived, BaseException):
                raise arrived
            yield arrived

    def _read(self) -> None:
        path, body = self._request
        last: BaseException | None = None
        try:
            with (
                self._client as client,
                client.stream("POST", path, json=body, extensions={"trace": self._trace}) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    self._refuse(_beginning(response))
                for line in _lines(response.iter_bytes()):
                    self._begun = True
                    self._arrived.put(line)
                    if self._left:
                        break
        except BaseException as error:  # noqa: BLE001  a thread has no caller: the one who iterates raises it
            last = error
        self._arrived.put(last)

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            self._socket = info["return_value"].get_extra_info("socket")


def _beginning(response: httpx.Response) -> httpx.Response:
    """A refusal with no more of its text than is told."""
    kept = b""
    for piece in response.iter_bytes():
        kept += piece
        if len(kept) > LONGEST_REFUSAL:
            break
    return httpx.Response(response.status_code, content=kept[:LONGEST_REFUSAL])


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Lines of UTF-8, ended by a line feed alone: `iter_lines` of httpx also cuts at signs that stand inside of JSON.

    Raises `ValueError` at a line of more than LONGEST_LINE bytes.
    """
    rest = bytearray()
    for chunk in chunks:
        *whole, last = chunk.split(b"\n")
        for line in whole:
            yield _line(rest + line)
            rest = bytearray()
        rest += last
        if len(rest) > LONGEST_LINE:
            break
    if rest:
        yield _line(rest)


def _line(line: bytes | bytearray) -> str:
    if len(line) > LONGEST_LINE:
        raise ValueError(f"a line of more than {LONGEST_LINE} bytes")
    return line.decode("utf-8", "replace")
