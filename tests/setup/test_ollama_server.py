from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import psutil
import pytest
from fakes_ollama import FakeOllama

from assistant.errors import SetupError
from assistant.setup import find_server, installation, running_server
from assistant.setup.ollama_server import is_on_this_machine, server_environment

from .tiny import ollama_program

RUNTIME = Path(__file__).resolve().parents[2] / ".runtime"


def free_host() -> str:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


@pytest.fixture
def web_server() -> Iterator[str]:
    """Something that answers and is not Ollama."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"hi")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def silent() -> Iterator[str]:
    """A port that takes connections and never says anything."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(5)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_finds_a_server() -> None:
    with FakeOllama(version="1.2.3") as server:
        state = find_server(server.host)
    assert state.running
    assert state.version == "1.2.3"


def test_a_free_port_is_no_server() -> None:
    assert find_server(free_host()).state == "absent"


def test_another_program_on_the_port_is_foreign(web_server: str) -> None:
    assert find_server(web_server).state == "foreign"


def test_a_silent_port_is_foreign_and_takes_no_time(silent: str) -> None:
    start = time.monotonic()
    assert find_server(silent, seconds=0.3).state == "foreign"
    assert time.monotonic() - start < 3


def test_starts_a_server_and_stops_it_with_everything(tmp_path: Path) -> None:
    host, models, log = free_host(), tmp_path / "models", tmp_path / "logs" / "ollama.log"
    with running_server(ollama_program(tmp_path), host, models, log) as state:
        assert state.running
        assert find_server(host).version == "9.9.9"
        number = int((models / "pids").read_text())
        assert psutil.pid_exists(number)
    assert not psutil.pid_exists(number)
    assert find_server(host).state == "absent"
    assert log.exists()


def test_stops_the_server_when_we_fail(tmp_path: Path) -> None:
    host = free_host()
    with (
        pytest.raises(ZeroDivisionError),
        running_server(ollama_program(tmp_path), host, tmp_path / "models", tmp_path / "log"),
    ):
        _ = 1 / 0
    assert find_server(host).state == "absent"


def test_a_server_that_was_found_is_left_alone(tmp_path: Path) -> None:
    with FakeOllama(version="1.2.3") as server:
        with running_server(tmp_path / "none", server.host, None, tmp_path / "log") as state:
            assert state.version == "1.2.3"
        assert find_server(server.host).running


def test_a_taken_port_is_a_clear_error(tmp_path: Path, web_server: str) -> None:
    with (
        pytest.raises(SetupError, match=r"not Ollama.*set OLLAMA_HOST"),
        running_server(ollama_program(tmp_path), web_server, tmp_path / "models", tmp_path / "log"),
    ):
        pass


def test_a_server_that_ends_at_once_says_why(tmp_path: Path) -> None:
    program = ollama_program(
        tmp_path, "#!/bin/sh\necho starting\necho Error: illegal instruction >&2\nexit 1\n"
    )
    with (
        pytest.raises(SetupError, match="illegal instruction"),
        running_server(program, free_host(), tmp_path / "models", tmp_path / "log"),
    ):
        pass


def test_a_server_that_never_answers_is_stopped(tmp_path: Path) -> None:
    program = ollama_program(tmp_path, "#!/bin/sh\necho $$ > $OLLAMA_MODELS/pids\nexec sleep 600\n")
    with (
        pytest.raises(SetupError, match="did not answer within"),
        running_server(program, free_host(), tmp_path / "models", tmp_path / "log", wait_seconds=0.5),
    ):
        pass
    assert not psutil.pid_exists(int((tmp_path / "models" / "pids").read_text()))


def test_without_a_program_it_says_what_to_do(tmp_path: Path) -> None:
    with (
        pytest.raises(SetupError, match="Run `assistant setup`"),
        running_server(None, free_host(), None, tmp_path / "log"),
    ):
        pass


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("http://127.0.0.1:11434", True),
        ("http://localhost:1", True),
        ("http://[::1]:1", True),
        ("http://192.168.1.5:11434", False),
        ("https://ollama.example.org", False),
    ],
)
def test_only_loopback_is_this_machine(host: str, expected: bool) -> None:
    assert is_on_this_machine(host) is expected


def test_our_server_keeps_to_the_project_and_to_this_machine(tmp_path: Path) -> None:
    ours = server_environment("http://127.0.0.1:1", tmp_path / "ollama" / "models")
    assert ours["OLLAMA_NO_CLOUD"] == "1"
    assert ours["OLLAMA_NUM_PARALLEL"] == "1"
    assert ours["HOME"] == str(tmp_path / "ollama")
    assert "HOME" not in server_environment("http://127.0.0.1:1", None)


@pytest.mark.models
def test_the_real_server_starts_answers_and_leaves_no_process(tmp_path: Path) -> None:
    own = installation(RUNTIME)
    assert own is not None
    before = {process.pid for process in psutil.process_iter()}
    host = free_host()
    with running_server(own.binary, host, tmp_path / "models", tmp_path / "log") as state:
        assert state.version
        assert {process.pid for process in psutil.process_iter()} - before
    assert find_server(host).state == "absent"
    left = [
        process.info["name"]
        for process in psutil.process_iter(["name", "cmdline"])
        if process.pid not in before and str(own.binary) in (process.info["cmdline"] or [])
    ]
    assert left == []
