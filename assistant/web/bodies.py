"""Bodies of requests: read up to a limit and a time, strictly parsed, and handed on as what was checked."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope

MOST_BYTES = 1_000_000
"""The longest text to check, with every character escaped, and room for what stands around it."""
MOST_FORM_BYTES = 8_000
SECONDS_TO_SEND = 10.0
"""For a body, or for the next piece of a file."""
SECONDS_TO_UPLOAD = 900.0
"""For a whole file."""


class Refused(Exception):
    """A request that is answered with `status` and a sentence; the sentence repeats nothing of the request."""

    def __init__(self, status: int, words: str, key: str = "") -> None:
        """`key` names the page's text that says the same to people, whose browser shows it by itself."""
        super().__init__(words)
        self.status = status
        self.key = key


async def read_json(headers: Sequence[tuple[bytes, bytes]], receive: Receive) -> Any:
    """Read a JSON body. Raises `Refused` for another type, too much, too slow, and what is not strictly JSON."""
    if _media_type(headers) != b"application/json":
        raise Refused(415, "Only JSON is read here.")
    return parsed(await _whole(headers, receive, MOST_BYTES))


async def read_form(headers: Sequence[tuple[bytes, bytes]], receive: Receive) -> dict[str, str]:
    """Read the fields of a short form, each once. Raises `Refused`, as `read_json`."""
    if _media_type(headers) != b"application/x-www-form-urlencoded":
        raise Refused(415, "Only a form is read here.")
    body = await _whole(headers, receive, MOST_FORM_BYTES)
    try:
        given = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=10)
    except ValueError as error:
        raise Refused(400, "The request is not a valid form.") from error
    return {name: values[0] for name, values in given.items() if len(values) == 1}


def _media_type(headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    """The type that a request says its body has; empty where it says none or several."""
    types = [value.split(b";")[0].strip().lower() for name, value in headers if name == b"content-type"]
    return types[0] if len(types) == 1 else b""


async def _whole(headers: Sequence[tuple[bytes, bytes]], receive: Receive, most: int) -> bytes:
    """A short body, read to its end. Raises `Refused`."""
    receive, body, more = _limited(headers, receive, most, SECONDS_TO_SEND), bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


def bounded(headers: Sequence[tuple[bytes, bytes]], receive: Receive, most: int) -> Receive:
    """A `receive` for the bytes of a file, at most `most`. It raises `Refused` for too much, too slow and cut off.

    Raises `Refused` at once for another type, and for a length that is too much.
    """
    types = [value for name, value in headers if name == b"content-type"]
    if [value.strip().lower() for value in types] != [b"application/octet-stream"]:
        raise Refused(415, "Only the bytes of a file are taken here.")
    return _limited(headers, receive, most, SECONDS_TO_UPLOAD)


def _limited(headers: Sequence[tuple[bytes, bytes]], receive: Receive, most: int, seconds: float) -> Receive:
    """A `receive` for at most `most` bytes that come within `seconds`. It raises `Refused`."""
    for name, value in headers:
        if name == b"content-length" and (not value.isdigit() or len(value) > 12 or int(value) > most):
            raise Refused(413, _too_long(most))
    left, until = most, time.monotonic() + seconds

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


def _too_long(most: int) -> str:
    return f"The request is too long: at most {most:,} bytes are read."


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


def query_value(scope: Scope, name: str) -> str:
    """A value of the query, empty where it is missing or stands twice."""
    values = parse_qs(scope["query_string"].decode("latin-1")).get(name, [])
    return values[0] if len(values) == 1 else ""
