"""What every reply carries and every request must satisfy, so that no other page can use or read this one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")
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
    "Content-Security-Policy": "; ".join(POLICY),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Guard:
    """Adds the headers; refuses other host names (a rebound domain) and requests that another page sends.

    `hosts` are the names under which the page may be reached; empty accepts any.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str] = LOOPBACK) -> None:
        self.app = app
        self.hosts = tuple(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower(): value for name, value in HEADERS.items()}
                kept = [
                    (name, value)
                    for name, value in message["headers"]
                    if name.decode("latin-1").lower() not in given
                ]
                message["headers"] = kept + [(name.encode(), value.encode()) for name, value in given.items()]
            await send(message)

        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        refused = self._refused(scope["method"], headers)
        if refused:
            await send_with_headers(
                {"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]}
            )
            await send({"type": "http.response.body", "body": refused.encode()})
            return
        await self.app(scope, receive, send_with_headers)

    def _refused(self, method: str, headers: dict[str, str]) -> str | None:
        host = headers.get("host", "")
        if self.hosts and (urlsplit(f"//{host}").hostname or "") not in self.hosts:
            return f"This page is not served under the name {host!r}."
        origin = headers.get("origin")
        if (
            method not in ("GET", "HEAD", "OPTIONS")
            and origin
            and urlsplit(origin).netloc.lower() != host.lower()
        ):
            return f"Requests from {origin!r} are not accepted."
        return None
