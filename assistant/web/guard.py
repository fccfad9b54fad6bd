"""What every reply carries and every request must satisfy, so that no other page can use or read this one.

The guard stands outermost, around the framework's own error handling: whatever goes wrong inside, the reply
has the headers. What it does not know it refuses; Gradio sees only requests of the page itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..loopback import is_loopback
from .bodies import Refused, bounded, read_json, replayed
from .login import OPEN, OWN, Headers
from .ownership import belong, keep_apart
from .texts import texts_for

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .allowlist import Allowlist
    from .login import Authentication

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
"""Request headers that the program may see: none of a proxy, no cookie and no token."""


class Guard:
    """Let through what the page itself asks for; refuse the rest with 4xx, and put the headers on every reply.

    `names` are host names, with or without a port, that the page is served under beyond this machine. `authentication`
    tells who asks; without one everybody is the local user.
    """

    def __init__(
        self,
        app: ASGIApp,
        allowlist: Allowlist,
        authentication: Authentication | None = None,
        names: Sequence[str] = (),
    ) -> None:
        self.app = app
        self.allowlist = allowlist
        self.authentication = authentication
        self.names = tuple(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _guarded(message.get("headers", ()))
            await send(message)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *RAW_HEADERS]
            await send(message)

        try:
            headers: list[tuple[bytes, bytes]] = [(name.lower(), value) for name, value in scope["headers"]]
            _check_sender(headers, scope, self.names)
            if await self._met(scope, receive, send_with_cookie, headers):
                return
            receive = await self._let_in(scope, receive, headers)
        except Refused as refused:
            await answer(send_guarded, refused, headers)
            return
        await self.app(scope, receive, send_guarded)

    async def _met(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> bool:
        """Note whose the request is; True where the authentication has answered it. Raises `Refused`."""
        belong(scope, None)
        if self.authentication is None or not await self.authentication.closed():
            _check_site(headers)
            return False
        if _follows_a_link(scope, headers):
            await self.authentication.arrive(scope, send)
            return True
        _check_site(headers)
        if scope["path"] in OWN:
            await self.authentication(scope, receive, send, headers)
            return True
        account = await self.authentication.account_of(scope, headers)
        if account is not None:
            belong(scope, account)
        elif scope["path"] == OPEN:
            del scope["assistant.owner"]
        else:
            await self.authentication.turn_away(scope, send)
            return True
        return False

    async def _let_in(self, scope: Scope, receive: Receive, headers: Headers) -> Receive:
        """Check a request and rebuild it from what was checked. Raises `Refused`."""
        route = self.allowlist.find(scope["method"], scope["path"])
        if route.changes and not scope["assistant.curates"]:
            raise Refused(403, "Only curators change the articles and fetch models.", "refused_role")
        given = None if route.reads is None else route.reads(await read_json(headers, receive))
        keep_apart(scope, given)
        if route.reads is not None:
            scope["assistant.given"] = given
            body, receive = replayed(given, receive)
            headers = [*headers, (b"content-length", str(len(body)).encode())]
        elif route.takes:
            receive = bounded(headers, receive, route.takes)
        has_body = route.reads is not None or route.takes
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


def _check_sender(headers: Headers, scope: Scope, names: Sequence[str]) -> None:
    """Refuse another host name (a rebound domain) and what says that it comes from another origin."""
    hosts = [value.lower() for name, value in headers if name == b"host"]
    if len(hosts) != 1 or hosts[0] not in _addresses(scope.get("server"), names):
        raise Refused(403, "The page is not served under this name.", "refused_name")
    origins = {value.lower() for name, value in headers if name == b"origin"}
    here = scope.get("scheme", "http").encode() + b"://" + hosts[0]
    if here.startswith(b"http:") and origins == {b"https" + here[4:]}:
        raise Refused(
            403, "A proxy speaks https for this page: start it with --behind-proxy ADDRESS.", "refused_proxy"
        )
    if origins - {here}:
        raise Refused(403, "Requests of other pages are not accepted.")


def _check_site(headers: Headers) -> None:
    """Refuse whatever another page sends, of any method."""
    if _fetch(headers, b"site") - {b"same-origin", b"none"}:
        raise Refused(403, "Requests of other pages are not accepted.")


def _follows_a_link(scope: Scope, headers: Headers) -> bool:
    """Tell whether somebody comes from another page to this one, in a window of its own."""
    return (
        (scope["method"], scope["path"]) == ("GET", "/")
        and not any(name == b"origin" for name, _ in headers)
        and _fetch(headers, b"site") in ({b"cross-site"}, {b"same-site"})
        and _fetch(headers, b"mode") == {b"navigate"}
        and _fetch(headers, b"dest") == {b"document"}
    )


def _fetch(headers: Headers, name: bytes) -> set[bytes]:
    """What the browser says of where a request comes from."""
    return {value for key, value in headers if key == b"sec-fetch-" + name}


def _addresses(server: tuple[str, int | None] | None, names: Sequence[str]) -> set[bytes]:
    """The values of `Host` under which the socket that took the connection may be asked.

    On this machine its own names, from elsewhere the address that was connected to, and `names` anywhere.
    """
    host, port = server or ("", None)
    own = f"[{host}]" if ":" in host else host
    hosts = {own} if host and not is_loopback(host) else {*NAMES, own} if host else set(NAMES)
    given = {f"{name}:{port}" for name in (*hosts, *names)} | set(names)
    return {name.encode() for name in (given | hosts if port == 80 else given)}


async def answer(send: Send, refused: Refused, request: Headers = ()) -> None:
    """Send a refusal: a plain sentence that repeats nothing of the request, in its reader's language."""
    wanted = next((value.decode("latin-1") for name, value in request if name == b"accept-language"), None)
    body = (getattr(texts_for(wanted), refused.key) if refused.key else str(refused)).encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),  # what is left of the request is not read
    ]
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
