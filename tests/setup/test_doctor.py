from __future__ import annotations

import json
import socket
from contextlib import closing
from pathlib import Path

import pytest
from fakes_ollama import FakeOllama

from assistant.setup.doctor import (
    check_disk,
    check_embedder,
    check_memory,
    check_model,
    check_port,
    check_python,
    check_server,
    examine,
)
from assistant.setup.machine import GB, Machine
from assistant.setup.ollama_server import ServerState, find_server
from assistant.setup.record import record

from .tiny import ollama_program

NOWHERE = "http://127.0.0.1:9"
ABSENT = ServerState(NOWHERE, "absent")


@pytest.fixture(autouse=True)
def no_installed_ollama(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


def test_the_machine() -> None:
    assert check_python((3, 10)).state == "missing"
    assert check_python((3, 11)).state == "ok"
    small = Machine(cores=1, memory=2 * GB, free_disk=GB, gpu=None)
    assert (check_disk(small).state, check_memory(small).state) == ("warning", "warning")
    large = Machine(cores=1, memory=20 * GB, free_disk=50 * GB, gpu=None)
    assert (check_disk(large).state, check_memory(large).state) == ("ok", "ok")


def test_the_embedder(tmp_path: Path) -> None:
    assert check_embedder(tmp_path, None).todo == "Run `assistant setup`."
    assert check_embedder(tmp_path, "BAAI/bge-m3").todo == "Run `assistant setup --embedder BAAI/bge-m3`."
    folder = tmp_path / "embedders" / "bge-m3"
    folder.mkdir(parents=True)
    (folder / "modules.json").write_text("[]")
    assert check_embedder(tmp_path, "BAAI/bge-m3").state == "ok"
    record(tmp_path, embedder=folder)
    assert check_embedder(tmp_path, None).detail == str(folder)


def test_the_server(tmp_path: Path) -> None:
    assert check_server(tmp_path, ABSENT).state == "missing"
    assert "not running now" not in check_server(tmp_path, ABSENT).detail
    ollama_program(tmp_path / "ollama" / "bin")
    at_rest = check_server(tmp_path, ABSENT)
    assert at_rest.state == "ok"
    assert "`assistant ollama`" in at_rest.todo
    foreign = check_server(tmp_path, ServerState(NOWHERE, "foreign"))
    assert foreign.state == "missing"
    assert "OLLAMA_HOST" in foreign.todo


def test_the_model_on_a_running_server(tmp_path: Path) -> None:
    with FakeOllama() as server:
        server.play("m:1", [], window=2048)
        state = find_server(server.host)
        assert check_model(tmp_path, state, None, 4096).detail == "none is set up"
        assert check_model(tmp_path, state, "gone:1", 4096).todo == "Run `assistant setup --model gone:1`."
        narrow = check_model(tmp_path, state, "m:1", 4096)
        assert narrow.state == "warning"
        assert "2048" in narrow.todo
        record(tmp_path, model="m:1")
        assert check_model(tmp_path, state, None, 2048).state == "ok"


def test_the_model_at_rest(tmp_path: Path) -> None:
    ollama_program(tmp_path / "ollama" / "bin")
    assert check_model(tmp_path, ABSENT, "m:1", 4096).state == "missing"
    manifest = tmp_path / "ollama" / "models" / "manifests" / "a" / "library" / "m" / "1"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"layers": []}))
    assert check_model(tmp_path, ABSENT, "m:1", 4096).state == "ok"


def test_the_port_of_the_page() -> None:
    assert check_port("127.0.0.1", 0).state == "ok"
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert check_port("127.0.0.1", port).state == "warning"
    assert check_port("127.0.0.1", port).state == "ok"


def test_a_bare_machine_is_told_everything_at_once(tmp_path: Path) -> None:
    checks = examine(tmp_path, NOWHERE, model=None, embedder=None, context_length=4096, page=("127.0.0.1", 0))
    states = {check.what: check.state for check in checks}
    assert list(states) == ["Python", "Disk", "Memory", "GPU", "Embedder", "Ollama", "Language model", "Page"]
    assert [what for what, state in states.items() if state == "missing"] == [
        "Embedder",
        "Ollama",
        "Language model",
    ]
    assert all(check.todo for check in checks if check.state != "ok")
    assert set(checks[0].as_json()) == {"what", "state", "detail", "todo"}
