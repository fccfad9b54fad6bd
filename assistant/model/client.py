"""The one HTTP client of a model's server, and what its failures are called.

An address of this machine is never asked through a proxy; elsewhere the user's proxies are honoured.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from ..addresses import proxy_for, shown, variables, without_credentials
from ..errors import ModelUnavailable
from ..loopback import is_loopback
from .wire import Unreadable

CONNECT_SECONDS = 3.0
LONGEST_REPLY = 32 * 2**20
"""Bytes of a reply that is no stream: a description with a long licence has some 100 kB."""
LONGEST_SAID = 300
"""Characters that are kept of what a server says of its failure."""


def client_options(url: str) -> dict[str, Any]:
    """Arguments of `httpx.Client` for the server at `url`: proxy, certificates, credentials, no redirects."""
    address, credentials = without_credentials(url)
    proxy = proxy_for(address)
    return {
        "auth": credentials,
        "follow_redirects": False,
        "proxy": proxy,
        "trust_env": False,
        # reading the certificates would be most of the time that a plain http address takes
        "verify": _certificates() if "https:" in f"{address} {proxy}" else False,
    }


def _certificates() -> ssl.SSLContext:
    given = variables()
    if "ssl_cert_file" in given or "ssl_cert_dir" in given:
        return ssl.create_default_context(cafile=given.get("ssl_cert_file"), capath=given.get("ssl_cert_dir"))
    return httpx.create_ssl_context(trust_env=False)


def client_for(url: str, seconds: float) -> httpx.Client:
    """A client whose paths start at `url` and that waits `seconds` for each piece of a reply. Use it in `reported`."""
    address, _ = without_credentials(url)
    return httpx.Client(
        base_url=address, timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS), **client_options(url)
    )


@contextmanager
def reported(url: str) -> Iterator[None]:
    """Turn every way in which asking `url` can fail into `ModelUnavailable` with its remedy."""
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ImportError, ValueError) as error:
        raise explained(url, error) from error


def explained(url: str, error: Exception) -> ModelUnavailable:
    """What is the case where asking the server at `url` raised `error`, and what to do."""
    server = f"the Ollama server at {shown(url)!r}"
    if "WRONG_VERSION_NUMBER" in str(error):
        return ModelUnavailable(
            f"What answers at {shown(url)!r} speaks plain http. Write http:// instead of https:// in OLLAMA_HOST.",
            kind="plain",
        )
    if _is_certificate(error):
        return ModelUnavailable(
            f"The certificate of {server} is not trusted ({_short(error)}). "
            "Set SSL_CERT_FILE to the file of the authority that signed it.",
            kind="certificate",
        )
    if isinstance(error, httpx.ReadTimeout | httpx.WriteTimeout | httpx.PoolTimeout):
        return ModelUnavailable(
            f"The Ollama server at {shown(url)!r} accepted the question and stayed silent. "
            "Wait until it has loaded its model, or start it again.",
            kind="slow",
        )
    if isinstance(error, httpx.ProxyError) or (not is_here(url) and isinstance(error, _NO_CLIENT)):
        return ModelUnavailable(
            f"The way to {server} fails ({type(error).__name__}): its address, a variable of proxies or one of "
            "certificates cannot be used. Correct OLLAMA_HOST, HTTP_PROXY, ALL_PROXY, NO_PROXY or SSL_CERT_FILE.",
            kind="proxy",
        )
    odd = isinstance(error, httpx.RemoteProtocolError | httpx.DecodingError | httpx.InvalidURL | ValueError)
    if odd and not _is_hung_up(error):
        how = str(error) if isinstance(error, Unreadable) else type(error).__name__
        return ModelUnavailable(
            f"The server at {shown(url)!r} sent something that is no answer of Ollama ({how}). "
            "Check the address in OLLAMA_HOST, or start the server again.",
            kind="odd",
        )
    return ModelUnavailable(
        f"No Ollama server answers at {shown(url)!r} ({type(error).__name__}). "
        "Start it with `assistant ollama` or `ollama serve`."
    )


def _is_hung_up(error: Exception) -> bool:
    """Whether a server ended in the middle of a reply: httpx tells it from other odd replies by its words alone."""
    return isinstance(error, httpx.RemoteProtocolError) and bool(
        re.search(r"peer closed connection|server disconnected", str(error), re.IGNORECASE)
    )


_NO_CLIENT = (httpx.InvalidURL, httpx.UnsupportedProtocol, ImportError, ValueError, FileNotFoundError)


def is_here(url: str) -> bool:
    """Whether `url` is an address of this machine."""
    try:
        return is_loopback(httpx.URL(without_credentials(url)[0]).host)
    except httpx.InvalidURL:
        return False


def read_reply(
    client: httpx.Client, method: str, path: str, body: dict[str, Any] | None = None
) -> httpx.Response:
    """A whole reply. Raises `httpx.DecodingError` where it has more than LONGEST_REPLY bytes."""
    with client.stream(method, path, json=body, headers={"Accept-Encoding": "identity"}) as response:
        kept = bytearray()
        for piece in response.iter_bytes():
            kept += piece
            if len(kept) > LONGEST_REPLY:
                raise httpx.DecodingError("a reply without end", request=response.request)
        return httpx.Response(response.status_code, content=bytes(kept), request=response.request)


def _is_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:LONGEST_SAID]
