"""What every test gets: no way out of this machine, and a small store to search in."""

from __future__ import annotations

import json
import re
import resource
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fakes import FakeEmbedder

from assistant import wiring
from assistant.cli import main
from assistant.store.sync import Store, sync
from assistant.wiring import be_private

be_private()
# a shell that runs in the background ignores Ctrl-C, and so would every program that a test starts and interrupts
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["real_parts"]

OF_THE_MODEL = re.compile(r"mark\.models|\b(?:ollama_host|killable_server|real_model|real_embedder)\b")
"""What a file of tests has that starts the server or loads weights."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where several processes run the tests, files stay together, and one process takes all that need the real model."""
    from xdist.scheduler import LoadFileScheduling

    class OneForTheModel(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return "the real model" if needs_the_model(config.rootpath / file) else file

    config.option.loadscopereorder = False  # the real model comes early and takes longest
    return OneForTheModel(config, log)


@cache
def needs_the_model(file: Path) -> bool:
    return OF_THE_MODEL.search(file.read_text("utf-8")) is not None


LOOPBACK = {"127.0.0.1", "localhost", "::1", "0.0.0.0", "", None}

SAMPLE = {
    "budget.md": (
        "---\ntitle: Le budget de la ville\npublished: 2025-03-18\nlanguage: fr\n---\n"
        "L'Assemblée a voté le budget de 1 234,5 millions d'euros. Les députés ont longuement applaudi.\n\n"
        "Le maire promet deux nouvelles écoles avant 2027. Les travaux commenceront en septembre."
    ),
    "horses.md": (
        "---\ntitle: Horses in the field\npublished: 2024-06-02\nlanguage: en\n---\n"
        "Twelve wild horses crossed the river near the town. Nobody was hurt, the police said.\n\n"
        "The mayor wants a fence. The farmers would rather have a bridge for the animals."
    ),
    "tides.txt": (
        "Tide tables and how to read them\n\nThe tide rises twice a day because of the moon. "
        "Sailors read the tables before they leave the harbour.\n\nIn spring the tides are higher than in winter."
    ),
    "copy/budget.md": (
        "---\ntitle: Le budget de la ville (reprise)\npublished: 2025-03-20\nlanguage: fr\n---\n"
        "L'Assemblée a voté le budget de 1 234,5 millions d'euros. Les députés ont longuement applaudi.\n\n"
        "Le maire promet deux nouvelles écoles avant 2027. Les travaux commenceront en septembre."
    ),
}
"""Articles of `sample_corpus`: two languages, one undated, one near-duplicate."""


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Any connection that leaves this machine fails, and fails the test even where a thread swallows that."""
    hits: list[str] = []
    resolve, connect = socket.getaddrinfo, socket.socket.connect

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        if (host.decode() if isinstance(host, bytes) else host) not in LOOPBACK:
            hits.append(f"lookup of {host!r}")
            raise AssertionError(f"network: lookup of {host!r}")
        return resolve(host, *args, **kwargs)

    def guarded_connect(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            hits.append(f"connection to {address!r}")
            raise AssertionError(f"network: connection to {address!r}")
        return connect(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)
    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    yield hits
    assert hits == [], f"the program tried to leave this machine: {hits}"


def write_corpus(folder: Path, articles: dict[str, str]) -> Path:
    """Put articles (name -> text) on disk."""
    for name, text in articles.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="session")
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture(scope="session")
def sample_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(tmp_path_factory.mktemp("sample") / "corpus", SAMPLE)


@pytest.fixture(scope="session")
def sample_store_folder(
    tmp_path_factory: pytest.TempPathFactory, sample_corpus: Path, embedder: FakeEmbedder
) -> Path:
    """Folder of a store made from `sample_corpus`; not to be written."""
    folder = tmp_path_factory.mktemp("sample-store") / "vectorstore"
    sync(sample_corpus, folder, embedder, min_tokens=20, max_tokens=40)
    return folder


@pytest.fixture
def sample_store(sample_store_folder: Path, embedder: FakeEmbedder) -> Iterator[Store]:
    """An open store of four short articles, French and English, embedded by `embedder`."""
    with Store.open(sample_store_folder, embedder_fingerprint=embedder.fingerprint) as store:
        yield store


FullDisk = Callable[[int], AbstractContextManager[None]]


@pytest.fixture
def full_disk() -> FullDisk:
    """`with full_disk(200):` no file may grow beyond so many bytes, as on a disk with no more room."""

    @contextmanager
    def full(limit: int) -> Iterator[None]:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return full


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Done]


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    embedder: FakeEmbedder,
    sample_store_folder: Path,
) -> Command:
    """Runs a command line in this process: over the sample store, with the tests' embedder, and no Ollama."""
    monkeypatch.setattr(wiring, "make_embedder", lambda settings: embedder)
    # the tests' embedder knows no meaning: every message is a question
    monkeypatch.setattr(wiring, "make_classifier", lambda settings, embedder, store: None)
    monkeypatch.setattr(wiring, "make_leans", lambda settings, embedder: lambda message: False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSISTANT_PATHS__STORE", str(sample_store_folder))
    monkeypatch.setenv("ASSISTANT_PATHS__RUNTIME", str(tmp_path / "runtime"))
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")

    def run(*words: object) -> Done:
        with pytest.raises(SystemExit) as left:
            main([str(word) for word in words])
        caught = capsys.readouterr()
        return Done(int(left.value.code or 0), caught.out, caught.err)

    return run
