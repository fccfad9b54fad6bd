"""The real parts: what `make setup` put in place (an Ollama server with a model, the embedder), and a browser.

A test that needs what the set-up brings fails with the remedy where it is missing: skipping would prove nothing.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from assistant.model.ollama import OllamaModel, models_of
from assistant.settings import PROJECT
from assistant.setup import chosen_embedder, chosen_model, find_server, installation, running_server
from assistant.setup.ollama_server import server_environment
from assistant.store.embedding import SentenceTransformerEmbedder

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
RUNTIME = Path(os.environ.get("ASSISTANT_PATHS__RUNTIME", PROJECT / ".runtime"))


@pytest.fixture(scope="session")
def ollama_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real Ollama server that has the model: the user's where it runs, else one started for the tests."""
    default = os.environ.get("OLLAMA_HOST", "127.0.0.1:11434")
    default = default if "://" in default else f"http://{default}"
    name = chosen_model(RUNTIME)
    assert name is not None, "No language model is set up. Run `make setup` first."
    if find_server(default).running and name in models_of(default):
        yield default
        return
    found = installation(RUNTIME)
    assert found is not None, "No Ollama is set up. Run `make setup` first."
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"http://127.0.0.1:{free.getsockname()[1]}"
    with running_server(found.binary, host, found.models, tmp_path_factory.mktemp("ollama") / "server.log"):
        yield host


class KillableServer:
    """A real Ollama server of the test's own, to be killed and started again at the same address."""

    def __init__(self, log: Path) -> None:
        found = installation(RUNTIME)
        assert found is not None, "No Ollama is set up. Run `make setup` first."
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.host = f"http://127.0.0.1:{free.getsockname()[1]}"
        self._command = [str(found.binary), "serve"]
        self._environment = {**os.environ, **server_environment(self.host, found.models)}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + 20
        while not find_server(self.host).running:
            assert time.monotonic() < until, self._log.read_text()
            time.sleep(0.1)

    def kill(self) -> None:
        """The server and the program that runs its model, without a word."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def runs_a_model(self) -> bool:
        """Whether a question has reached it: it has begun to load the model."""
        return self._process is not None and bool(psutil.Process(self._process.pid).children())


@pytest.fixture
def killable_server(tmp_path: Path) -> Iterator[KillableServer]:
    server = KillableServer(tmp_path / "ollama.log")
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def real_model(ollama_host: str) -> OllamaModel:
    """The real language model; the same word for the same question."""
    name = chosen_model(RUNTIME)
    assert name is not None
    return OllamaModel(name, ollama_host, temperature=0.0, seed=1, max_tokens=200)


@pytest.fixture(scope="session")
def real_embedder() -> SentenceTransformerEmbedder:
    folder = chosen_embedder(RUNTIME)
    assert folder is not None, "No embedder is set up. Run `make setup` first."
    return SentenceTransformerEmbedder(folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium. It ends with its module: playwright's event loop would stand in the way of others'."""
    yield from running_browser()


def running_browser() -> Iterator[Any]:
    """A headless Chromium until the iterator is closed. Skips the test where there is none."""
    from playwright.sync_api import sync_playwright

    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield running
        running.close()
