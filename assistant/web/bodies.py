"""Bodies of requests: read up to a limit and a time, strictly parsed, and handed on as what was checked."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from starlette.types import Message, Receive

MOST_BYTES = 1_000_000
"""The longest text to check, with every character escaped, and room for what stands around it."""
SECONDS_TO_SEND = 10.0
"""For a body, or for the next piece of a file."""
SECONDS_TO_UPLOAD = 900.0
"""For a whole file."""


class Refused(Exception):
    """A request that is answered with `status` and a sentence; the sentence repeats nothing of the request."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


async def read_json(headers: Sequence[tuple[bytes, bytes]], receive: Receive) -> Any:
    """Read a JSON body. Raises `Refused` for another type, too much, too slow, and what is not strictly JSON."""
    types = [value for name, value in headers if name == b"content-type"]
    if [value.split(b";")[0].strip().lower() for value in types] != [b"application/json"]:
        raise Refused(415, "Only JSON is read here.")
    try:
        async with asyncio.timeout(SECONDS_TO_SEND):
            body = await _read(headers, receive)
    except TimeoutError as error:
        raise Refused(408, "The request came too slowly.") from error
    return parsed(body)


def bounded(headers: Sequence[tuple[bytes, bytes]], receive: Receive, most: int) -> Receive:
    """A `receive` for the bytes of a file, at most `most`. It raises `Refused` for too much, too slow and cut off.

    Raises `Refused` at once for another type, and for a length that is too much.
    """
    types = [value for name, value in headers if name == b"content-type"]
    if [value.strip().lower() for value in types] != [b"application/octet-stream"]:
        raise Refused(415, "Only the bytes of a file are taken here.")
    _check_length(headers, most)
    left, until = most, time.monotonic() + SECONDS_TO_UPLOAD

    async def receive_bounded() -> Message:
        nonlocal left
        try:
            async with asyncio.timeout(min(SECONDS_TO_SEND, until - time.monotonic())):
                message = await receive()
        except TimeoutError as error:
            raise Refused(408, "The request came too slowly.") from error
        if message["type"] != "http.request":
            raise Refused(400, "The request was not sent to its end.")
        left -= len(message.get("body", b""))
        if left < 0:
            raise Refused(413, _too_long(most))
        return message

    return receive_bounded


def _check_length(headers: Sequence[tuple[bytes, bytes]], most: int) -> None:
    for name, value in headers:
        if name == b"content-length" and (not value.isdigit() or len(value) > 12 or int(value) > most):
            raise Refused(413, _too_long(most))


def _too_long(most: int) -> str:
    return f"The request is too long: at most {most:,} bytes are read."


async def _read(headers: Sequence[tuple[bytes, bytes]], receive: Receive) -> bytes:
    _check_length(headers, MOST_BYTES)
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Refused(400, "The request was not sent to its end.")
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise Refused(413, _too_long(MOST_BYTES))
        if not message.get("more_body", False):
            return bytes(body)


def parsed(body: bytes) -> Any:
    """Parse JSON as the standard has it: no NaN, no lone surrogates, no nesting beyond what can be read."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Refused(400, "The request is not valid JSON.") from error
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def replayed(value: Any, receive: Receive) -> tuple[bytes, Receive]:
    """Return the bytes of `value` and a `receive` that gives them, then what the connection says."""
    body = json.dumps(value).encode("ascii")
    sent = False

    async def receive_again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return body, receive_again
