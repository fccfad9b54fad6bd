"""What every reply carries and every request must satisfy, so that no other page can use or read this one.

The guard stands outermost, around the framework's own error handling: whatever goes wrong inside, the reply
has the headers. What it does not know it refuses; Gradio sees only requests of the page itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from ..loopback import is_loopback
from .bodies import Refused, bounded, read_json, replayed

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .doors import Doors

NAMES = ("127.0.0.1", "localhost", "[::1]")
POLICY = (
    "default-src 'self'",
    "img-src 'self' data: blob:",
    "style-src 'self' 'unsafe-inline'",
    "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
    "connect-src 'self'",
    "font-src 'self' data:",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'self'",
    "form-action 'self'",
)
HEADERS = {
    # Gradio's own code needs 'unsafe-inline' and 'unsafe-eval'; what matters here is that nothing is fetched
    # from or sent to another host, whatever an article or a model writes
    "content-security-policy": "; ".join(POLICY),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
RAW_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
PASSED_ON = {
    b"accept", b"accept-encoding", b"accept-language", b"connection", b"content-type", b"host",
    b"if-modified-since", b"if-none-match", b"user-agent",
}  # fmt: skip
"""Request headers that the program may see. No proxy is expected in front of it, so none is believed."""


class Guard:
    """Let through what the page itself asks for; refuse the rest with 4xx, and put the headers on every reply."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self.app = app
        self.doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _guarded(message.get("headers", ()))
            await send(message)

        try:
            receive = await self._let_in(scope, receive)
        except Refused as refused:
            await answer(send_with_headers, refused)
            return
        await self.app(scope, receive, send_with_headers)

    async def _let_in(self, scope: Scope, receive: Receive) -> Receive:
        """Check a request and rebuild it from what was checked. Raises `Refused`."""
        headers: list[tuple[bytes, bytes]] = [(name.lower(), value) for name, value in scope["headers"]]
        _check_sender(headers, scope.get("server"))
        door = self.doors.find(scope["method"], scope["path"])
        if door.reads is not None:
            given = door.reads(await read_json(headers, receive))
            scope["assistant.given"] = given
            body, receive = replayed(given, receive)
            length = (b"content-length", str(len(body)).encode())
            headers = [*headers, length]
        elif door.takes:
            receive = bounded(headers, receive, door.takes)
        has_body = door.reads is not None or door.takes
        allowed = PASSED_ON | ({b"content-length"} if has_body else set())
        scope["headers"] = [(name, value) for name, value in headers if name in allowed]
        return receive


def _guarded(headers: object) -> list[tuple[bytes, bytes]]:
    """The headers of a reply: ours replace others, and no other origin is ever allowed."""
    kept = [
        (name, value)
        for name, value in headers  # type: ignore[attr-defined]
        if name.decode("latin-1").lower() not in HEADERS
        and not name.lower().startswith((b"access-control-", b"set-cookie"))
    ]
    return kept + RAW_HEADERS


def _check_sender(headers: list[tuple[bytes, bytes]], server: tuple[str, int | None] | None) -> None:
    """Refuse another host name (a rebound domain) and whatever another page sends, of any method."""
    hosts = [value for name, value in headers if name == b"host"]
    expected = _addresses(server)
    if len(hosts) != 1 or hosts[0].lower() not in expected:
        raise Refused(403, "The page is not served under this name.")
    origins = [value.lower() for name, value in headers if name == b"origin"]
    if any(origin != b"http://" + hosts[0].lower() for origin in origins):
        raise Refused(403, "Requests of other pages are not accepted.")
    sites = [value for name, value in headers if name == b"sec-fetch-site"]
    if any(site not in (b"same-origin", b"none") for site in sites):
        raise Refused(403, "Requests of other pages are not accepted.")


def _addresses(server: tuple[str, int | None] | None) -> set[bytes]:
    """The values of `Host` under which the socket that took the connection may be asked."""
    host, port = server or ("", None)
    names = {*NAMES, f"[{host}]" if ":" in host else host} if is_loopback(host) else set(NAMES)
    return {f"{name}:{port}".encode() for name in names} | (
        {name.encode() for name in names} if port == 80 else set()
    )


async def answer(send: Send, refused: Refused) -> None:
    """Send a refusal: a plain sentence that repeats nothing of the request."""
    body = str(refused).encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),  # what is left of the request is not read
    ]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def query_value(scope: Scope, name: str) -> str:
    """A value of the query, empty where it is missing or stands twice."""
    values = parse_qs(scope["query_string"].decode("latin-1")).get(name, [])
    return values[0] if len(values) == 1 else ""
