"""chat: the page, with the language-model server it needs."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import AssistantError, UsageError
from ..files import make_private
from ..loopback import is_loopback
from . import global_options
from .curating import make_curator
from .terminal import echo

if TYPE_CHECKING:
    from ..settings import Settings
    from ..web.loading import LoadingBackend
    from ..web.login import Authentication

PORTS_TRIED = 100
SECONDS_TO_END = 5


@click.command()
@click.option("--host", metavar="H", help="Address to listen on (default: 127.0.0.1).")
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="P", help="Port (default: 7860; 0: any free one)."
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="NAME",
    help="Host name to be served under, beside this machine's.",
)
@click.option(
    "--behind-proxy", "proxies", multiple=True, metavar="ADDRESS",
    help="Proxy that is believed for whom and how it asks (X-Forwarded-For, -Proto).",
)  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Do not open the browser.")
@global_options
@click.pass_context
def chat(
    ctx: click.Context,
    host: str | None,
    port: int | None,
    names: tuple[str, ...],
    proxies: tuple[str, ...],
    no_browser: bool,
) -> None:
    """Open the page: ask questions in the browser, until Ctrl-C."""
    from .. import wiring

    wiring.be_private()
    given = {"host": host, "port": port, "names": names or None, "proxies": proxies or None}
    settings = wiring.settings_from(ctx, web=given)
    host = settings.web.host
    authentication = _authentication(settings)
    listening = listen(host, settings.web.port)
    signal.signal(signal.SIGTERM, _interrupt)
    address = f"http://{_shown(host)}:{listening.getsockname()[1]}/"
    backend = wiring.make_backend(settings)
    backend.curator = make_curator(settings, backend)
    with (
        _opening(settings, backend, address, settings.web.open_browser and not no_browser) as opened,
        _empty_folder(settings.paths.runtime / "gradio"),
    ):
        _serve(settings, backend, authentication, listening, opened)


def _authentication(settings: Settings) -> Authentication:
    """Who lets people in. Raises `UsageError` where others could come and nobody has an account."""
    from .. import wiring
    from ..web.login import Authentication

    host, names = settings.web.host, settings.web.names
    accounts = wiring.make_accounts(settings)
    beyond = not is_loopback(host) or bool(names)
    if beyond and not accounts.exist():
        where = repr(host) if not is_loopback(host) else f"this machine under the name {names[0]!r}"
        raise UsageError(
            f"The page is not served on {where}: nobody has an account, so it would ask for no password. "
            "Add one with `assistant users add NAME`, or use 127.0.0.1 and come through an SSH tunnel."
        )
    if not is_loopback(host) and not settings.web.proxies:
        echo(
            f"On {host!r} passwords, questions and answers go over the network unencrypted. "
            "Put a proxy that speaks https before the page (SECURITY.md).",
            err=True,
        )
    return Authentication(accounts, required=beyond)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


@contextmanager
def _empty_folder(cache: Path) -> Iterator[None]:
    """Gradio's cache: of this process alone, empty at the start, gone at the end. The page puts nothing into it."""
    shutil.rmtree(cache, ignore_errors=True)  # what a process left that was killed
    own = cache / str(os.getpid())
    make_private(cache)
    make_private(own)
    os.environ["GRADIO_TEMP_DIR"] = str(own)
    try:
        yield
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _serve(
    settings: Settings,
    backend: LoadingBackend,
    authentication: Authentication,
    listening: socket.socket,
    opened: threading.Event,
) -> None:
    """Serve the page until a signal; `opened` is set once it answers."""
    from ..web.app import create_app
    from ..web.server import server_for

    app = create_app(backend, started=opened.set, authentication=authentication, names=settings.web.names)
    server_for(app, [str(proxy) for proxy in settings.web.proxies]).run(sockets=[listening])


@contextmanager
def _opening(
    settings: Settings, backend: LoadingBackend, address: str, browser: bool
) -> Iterator[threading.Event]:
    """Once the page answers: say where it is, start the model's server, load. At the end stop that server."""
    opened, ended, stack = threading.Event(), threading.Event(), ExitStack()

    def prepare() -> None:
        opened.wait()
        if ended.is_set():
            return
        echo(f"The page is at {address} - Ctrl-C ends it.", err=True)
        if browser:
            webbrowser.open(address)
        _start_server(settings, stack)
        backend.start()

    thread = threading.Thread(target=prepare, name="opening", daemon=True)
    thread.start()
    try:
        yield opened
    finally:
        ended.set()
        opened.set()
        thread.join(SECONDS_TO_END)
        stack.close()
        _leave()


def _leave() -> None:
    """End now: a library that still reads its weights in a thread would keep the process for seconds."""
    if sys.exc_info()[0] is KeyboardInterrupt:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(130)


def _start_server(settings: Settings, stack: ExitStack) -> None:
    """Start Ollama where none runs; the page works without, with evidence alone."""
    from ..setup import installation, running_server, server_log

    own = installation(settings.paths.runtime)
    binary, models = (own.binary, own.models) if own is not None else (None, None)
    try:
        stack.enter_context(
            running_server(binary, settings.ollama_host, models, server_log(settings.paths.runtime))
        )
    except AssistantError as error:
        echo(f"assistant: {error} Until then answers are made of exact sentences.", err=True)


# --------------------------------------------------------------------------- address and port


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `host`. Raises `UsageError` that names the next free port."""
    try:
        return _bind(host, port)
    except socket.gaierror as error:
        raise UsageError(f"The address {host!r} is not one of this machine. Use 127.0.0.1.") from error
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise UsageError(f"The address {host!r} is not one of this machine. Use 127.0.0.1.") from error
        free = _next_free(host, port)
        advice = f"Use another: `assistant chat --port {free}`." if free else "Use another with --port."
        why = "may not be used by you" if error.errno == errno.EACCES else "is taken"
        raise AssistantError(f"Port {port} of {host!r} {why}. {advice}") from error


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


def _next_free(host: str, port: int) -> int | None:
    for candidate in range(max(port + 1, 1024), min(max(port, 1024) + PORTS_TRIED, 65536)):
        try:
            _bind(host, candidate).close()
        except OSError:
            continue
        return candidate
    return None


def _shown(host: str) -> str:
    """The host as it stands in an address to open: this machine's own where it listens everywhere."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"[{host}]" if ":" in host else host
