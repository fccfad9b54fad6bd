"""The real parts: what `make setup` put in place (an Ollama server with a model, the embedder), and a browser.

A test that needs what the set-up brings fails with the remedy where it is missing: skipping would prove nothing.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.answering.generation import OllamaModel, models_of
from assistant.settings import PROJECT
from assistant.setup import chosen_embedder, chosen_model, find_server, installation, running_server
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
    from playwright.sync_api import sync_playwright

    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield running
        running.close()
