"""Who asks: the account of a session or a token, the form to log in with, and logging out.

Stands before everything else of the page, once somebody has an account.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from markupsafe import Markup

from ..accounts.passwords import account_name
from ..accounts.throttle import Throttle
from ..errors import AccountsUnavailable, UsageError
from .assets import ICON, static
from .bodies import Refused, read_form
from .templates import render
from .texts import texts_for

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from ..accounts.accounts import Account, Accounts
    from .texts import Texts

Headers = Sequence[tuple[bytes, bytes]]
T = TypeVar("T")
OWN = ("/login", "/logout")
OPEN = "/health"
"""The one path that is answered to everybody."""
UNWATCHED = re.compile(
    r"/state|/indexing|/models|/theme\.css|/(?:assets|static|fonts|gradio_api/heartbeat)/.*"
)
"""What a page gets by itself, also where nobody looks at it: no use of a session."""
AFTER = re.compile(r"/(?:\?[\w.~%=&+-]{0,2000})?")
"""Where a login may lead: to the page itself."""
AT_ONCE, MOST_WAITING = 2, 20
"""Passwords that are checked at the same time, 32 MiB each, and all that are being checked or wait for it."""
HTML, TEXT, JSON = b"text/html; charset=utf-8", b"text/plain; charset=utf-8", b"application/json"


class Authentication:
    """Tell who a request comes from, and let people log in and out.

    `required`: everybody needs an account, even while there is none yet.
    """

    def __init__(
        self,
        accounts: Accounts,
        language_default: str = "en",
        *,
        required: bool = False,
        throttle: Throttle | None = None,
    ) -> None:
        self.accounts = accounts
        self.language_default = language_default
        self.throttle = Throttle() if throttle is None else throttle
        self._closed = required
        self._free = asyncio.Semaphore(AT_ONCE)
        self._checking = 0

    async def closed(self) -> bool:
        """Tell whether one must log in; where it is so once, it stays so until the program ends. Raises `Refused`."""
        if not self._closed:
            self._closed = await _asked(self.accounts.exist)
        return self._closed

    async def account_of(self, scope: Scope, headers: Headers) -> Account | None:
        """The account that a request comes from. Raises `Refused` where the accounts cannot be read."""
        scheme, _, token = _value(headers, b"authorization").partition(" ")
        if scheme.lower() == "bearer":
            return await _asked(lambda: self.accounts.of_token(token.strip()))
        secret = _secret(scope, headers)
        counts = scope["method"] != "GET" or not UNWATCHED.fullmatch(scope["path"])
        return await _asked(lambda: self.accounts.of_session(secret, counts=counts)) if secret else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        """Answer at `/login` and `/logout`. Raises `Refused`."""
        texts = texts_for(_value(headers, b"accept-language"), self.language_default)
        match scope["method"], scope["path"]:
            case "GET", "/login":
                if await self.account_of(scope, headers) is not None:
                    await _reply(send, 303, [(b"location", b"/")])
                else:
                    await _form(send, 200, texts, _after(f"/?{_query(scope)}"))
            case "POST", "/login":
                await self._log_in(scope, receive, send, headers, texts)
            case "POST", "/logout":
                await self._end(scope, headers)
                gone = [_cookie(scope, ""), (b"clear-site-data", b'"cache"')]
                await _reply(send, 200, gone, b'{"done": true}', JSON)
            case _:
                raise Refused(405, "This method is not answered here.")

    async def arrive(self, scope: Scope, send: Send) -> None:
        """Answer who follows a link of another page with a way to the page itself.

        The browser keeps the cookie to itself on the way from elsewhere, and sends it from here.
        """
        page = render("arrival.html", after=_after(f"/?{_query(scope)}"))
        await _reply(send, 200, body=page.encode(), media_type=HTML)

    async def turn_away(self, scope: Scope, send: Send) -> None:
        """Answer somebody unknown: the page leads to the form, everything else is 401."""
        if scope["method"] == "GET" and scope["path"] == "/":
            query = _after(f"/?{_query(scope)}").removeprefix("/")
            await _reply(send, 303, [(b"location", f"/login{query}".encode())])
            return
        # what is left of the request is not read
        more = [(b"www-authenticate", b"Bearer"), (b"connection", b"close")]
        await _reply(send, 401, more, b"Log in first, or send Authorization: Bearer TOKEN.")

    async def _log_in(
        self, scope: Scope, receive: Receive, send: Send, headers: Headers, texts: Texts
    ) -> None:
        given = await read_form(headers, receive)
        name, password = given.get("name", ""), given.get("password", "")
        after, (address, *_) = _after(given.get("after", "")), scope.get("client") or ("",)
        if wait := math.ceil(self.throttle.attempt(name, address)):
            retry = [(b"retry-after", str(wait).encode())]
            await _form(send, 429, texts, after, texts.login_wait.format(n=wait), retry, name)
            return
        account = await self._checked(name, password)
        if account is None:
            await _form(send, 401, texts, after, texts.login_failed, name=name)
            return
        self.throttle.succeeded(name, address)
        await self._end(scope, headers)  # what was open in this browser
        secret = await _asked(lambda: self.accounts.begin_session(account))
        await _reply(send, 303, [(b"location", after.encode()), _cookie(scope, secret)])

    async def _checked(self, name: str, password: str) -> Account | None:
        """Check a password, a few at a time. Raises `Refused` where too many wait."""
        if self._checking >= MOST_WAITING:
            raise Refused(
                503, "Too many people log in at the same time. Try again in a moment.", "refused_crowd"
            )
        self._checking += 1
        try:
            async with self._free:
                return await _asked(lambda: self.accounts.check(name, password))
        finally:
            self._checking -= 1

    async def _end(self, scope: Scope, headers: Headers) -> None:
        if secret := _secret(scope, headers):
            await _asked(lambda: self.accounts.end_session(secret))


async def _asked(work: Callable[[], T]) -> T:
    """Ask the accounts in a thread: their file may be locked. Raises `Refused` where it cannot be read."""
    try:
        return await asyncio.to_thread(work)
    except AccountsUnavailable as error:
        raise Refused(
            503,
            "The accounts cannot be read: nobody is let in. `assistant users list` says why.",
            "refused_accounts",
        ) from error


# --------------------------------------------------------------------------- requests


def _value(headers: Headers, name: bytes) -> str:
    """The value of a header, empty where it is missing or stands twice."""
    values = [value for key, value in headers if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else ""


def _query(scope: Scope) -> str:
    return str(scope["query_string"].decode("latin-1"))


def _after(address: str) -> str:
    """Where a login leads: the address if it is one of the page, else the page."""
    return address if AFTER.fullmatch(address) and address != "/?" else "/"


def _cookie_name(scope: Scope) -> str:
    """One name a port: browsers send a cookie to every port of a host. By https a name that only https can set."""
    _, port = scope.get("server") or ("", 0)
    return f"{'__Host-' if scope['scheme'] == 'https' else ''}assistant-{port}"


def _secret(scope: Scope, headers: Headers) -> str:
    """The secret of the session, as the browser sends it; empty where it sends none."""
    from starlette.requests import cookie_parser

    return str(cookie_parser(_value(headers, b"cookie")).get(_cookie_name(scope), ""))


# --------------------------------------------------------------------------- replies


def _cookie(scope: Scope, secret: str) -> tuple[bytes, bytes]:
    """The header that keeps the secret of a session until the browser is closed; an empty one forgets it."""
    kept = "" if secret else "; Max-Age=0"
    secure = "; Secure" if scope["scheme"] == "https" else ""
    return (
        b"set-cookie",
        f"{_cookie_name(scope)}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}{kept}".encode(),
    )


async def _form(
    send: Send, status: int, texts: Texts, after: str, said: str = "", more: Headers = (), name: str = ""
) -> None:
    """Send the form; a `name` that was typed stands in it again, where it can be one."""
    style = Markup(static("login.css"))
    page = render(
        "login.html", texts=texts, after=after, said=said, name=_possible(name), icon=ICON, style=style
    )
    await _reply(send, status, more, page.encode(), HTML)


def _possible(name: str) -> str:
    """The name if an account could have it, else an empty one."""
    try:
        return account_name(name)
    except UsageError:
        return ""


async def _reply(
    send: Send, status: int, more: Headers = (), body: bytes = b"", media_type: bytes = TEXT
) -> None:
    length = (b"content-length", str(len(body)).encode())
    headers = [(b"content-type", media_type), length, (b"cache-control", b"no-store"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
