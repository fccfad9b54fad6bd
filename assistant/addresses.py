"""Addresses of the model's server, and the proxies between it and us.

Libraries (httpx, Gradio, Hugging Face) act on variables of proxies and certificates as soon as they are imported,
each in its own way. `hide_proxies` takes the variables from them; `proxy_for` reads them where one is wanted.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

from .loopback import is_loopback

_PROXIES = frozenset("http_proxy https_proxy all_proxy ftp_proxy ws_proxy wss_proxy no_proxy".split())
_CERTIFICATES = frozenset("ssl_cert_file ssl_cert_dir sslkeylogfile".split())
_NONE = "localhost,127.0.0.1,::1,*"
"""Asks for no proxy anywhere, not even for those that the system itself is set to."""

_hidden: dict[str, str] = {}


def hide_proxies() -> None:
    """Take the variables of proxies and certificates, in any spelling, out of this process's environment."""
    for name in [*os.environ]:
        if name.lower() in _PROXIES | _CERTIFICATES and os.environ[name] != _NONE:
            _hidden[name] = os.environ.pop(name)
    os.environ.update(NO_PROXY=_NONE, no_proxy=_NONE)


def variables() -> Mapping[str, str]:
    """The user's variables of proxies and certificates by lower-case name; the lower-case spelling wins, as in urllib."""
    given = _hidden | {name: value for name, value in os.environ.items() if value != _NONE}
    known = {name: given[name] for name in given if name.lower() in _PROXIES | _CERTIFICATES}
    return {name.lower(): known[name] for name in sorted(known, key=str.islower)}


def proxy_for(url: str) -> str | None:
    """The proxy that the user's variables name for `url`; None for every address of this machine."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    set_to = variables()
    if is_loopback(host) or proxy_bypass_environment(host, {"no": set_to.get("no_proxy", "")}):
        return None
    proxy = set_to.get(f"{parts.scheme}_proxy") or set_to.get("all_proxy") or None
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"


def without_credentials(url: str) -> tuple[str, tuple[str, str] | None]:
    """An URL without user and password, and these two."""
    scheme, separator, rest = url.rpartition("://")
    place, slash, path = rest.partition("/")
    if "@" not in place:
        return url, None
    credentials, _, server = place.rpartition("@")
    user, _, password = credentials.partition(":")
    return f"{scheme}{separator}{server}{slash}{path}", (unquote(user), unquote(password))


def with_credentials(place: str, credentials: tuple[str, str] | None) -> str:
    """The inverse of `without_credentials` for an address without its scheme."""
    return (
        place if credentials is None else f"{':'.join(quote(part, safe='') for part in credentials)}@{place}"
    )


def shown(url: str) -> str:
    """An URL as it may be printed: credentials and path, where secrets stand, are left out; need not be valid."""
    scheme, separator, rest = url.strip().rpartition("://")
    place = rest.rpartition("@")[2]
    return f"{scheme}{separator}{place.partition('/')[0].partition('?')[0]}"
