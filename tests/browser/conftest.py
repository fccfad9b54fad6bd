"""A real browser on the real page; behind it a desk that plays scripted answers."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from real_parts import running_browser
from web.fakes import FakeBackend


@dataclass
class Served:
    """The page of a desk at an address."""

    backend: FakeBackend
    address: str


@contextmanager
def serving(backend: Any, port: int = 0) -> Iterator[str]:
    """The page of a desk, at the address that it gives; `port` 0 is any free one."""
    from assistant.web.app import create_app
    from assistant.web.server import server_for

    listening = socket.create_server(("127.0.0.1", port))
    server = server_for(create_app(backend))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.05)
    assert httpx.get(f"{address}health", trust_env=False).status_code == 200
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()


@pytest.fixture(scope="package")
def browser() -> Iterator[Any]:
    """One Chromium for all of these tests."""
    yield from running_browser()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    backend = FakeBackend(tmp_path_factory.mktemp("desk"), pace=0.01)
    with serving(backend) as address:
        yield Served(backend, address)


@dataclass
class Visit:
    """One opened page and everything it asked for."""

    page: Any
    backend: FakeBackend
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """What the page tried and the browser's policy stopped, or what left it in another way."""

    def ask(self, question: str) -> None:
        self.page.fill("#question textarea", question)
        self.page.click("#send")

    def ask_to_the_end(self, question: str) -> None:
        done = self.page.locator('#conversation .turn[data-state="done"]')
        before = done.count()
        self.ask(question)
        done.nth(before).wait_for()


class Contexts:
    """Contexts of one browser, by their options: in one that is used again the page is loaded from its cache."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser
        self.known: dict[str, Any] = {}

    def page(self, **options: Any) -> Any:
        """A page in a context with these options."""
        key = repr(sorted(options.items()))
        if key not in self.known:
            self.known[key] = self.browser.new_context(**options)
        return self.known[key].new_page()

    def close_pages(self) -> None:
        """Close what a test has opened; what it kept in the browser is gone too."""
        for context in self.known.values():
            for page in context.pages:
                page.close()
            context.set_offline(False)


@pytest.fixture(scope="package")
def contexts(browser: Any) -> Iterator[Contexts]:
    contexts = Contexts(browser)
    yield contexts
    for context in contexts.known.values():
        context.close()


@pytest.fixture
def visit(contexts: Contexts, served: Served) -> Iterator[Any]:
    """A function that opens the page as somebody new does, e.g. `visit(locale="fr-FR", width=400)`."""

    def open_page(
        locale: str = "fr-FR",
        width: int = 1400,
        height: int = 900,
        color_scheme: str = "light",
        **options: Any,
    ) -> Visit:
        page = contexts.page(locale=locale, **options)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=color_scheme)
        page.set_default_timeout(20_000)
        page.goto(f"{served.address}health")
        page.evaluate("localStorage.clear()")
        visit = Visit(page, served.backend)
        page.on("request", lambda request: visit.requests.append(request.url))
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.on("websocket", lambda socket: visit.requests.append(socket.url.replace("ws://", "http://")))
        page.on("popup", lambda popup: visit.refused.append(f"window {popup.url}"))
        page.on("download", lambda download: visit.refused.append(f"download {download.url}"))
        page.expose_function("refused", lambda what: visit.refused.append(what))
        page.add_init_script(
            "addEventListener('securitypolicyviolation',"
            " e => window.refused(`${e.effectiveDirective} ${e.blockedURI}`), true)"
        )

        def dismiss(dialog: Any) -> None:
            visit.complaints.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", dismiss)
        page.goto(served.address)
        page.locator("#status .light").first.wait_for()
        page.locator("#send").wait_for()
        return visit

    yield open_page
    contexts.close_pages()
