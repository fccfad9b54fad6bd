"""Bodies of requests: read up to a limit and a time, strictly parsed, and handed on as what was checked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from starlette.types import Message, Receive

MOST_BYTES = 1_000_000
"""The longest text to check, with every character escaped, and room for what stands around it."""
SECONDS_TO_SEND = 10.0


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


async def _read(headers: Sequence[tuple[bytes, bytes]], receive: Receive) -> bytes:
    for name, value in headers:
        if name == b"content-length" and (not value.isdigit() or len(value) > 12 or int(value) > MOST_BYTES):
            raise Refused(413, f"The request is too long: at most {MOST_BYTES:,} bytes are read.")
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Refused(400, "The request was not sent to its end.")
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            raise Refused(413, f"The request is too long: at most {MOST_BYTES:,} bytes are read.")
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
