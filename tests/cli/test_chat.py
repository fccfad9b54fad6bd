"""`assistant chat` as a process: address, taken port, Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest
from conftest import Command

from assistant.accounts.accounts import Accounts
from assistant.cli.chat import listen
from assistant.errors import AssistantError, UsageError


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "ASSISTANT_PATHS__RUNTIME": str(folder / "runtime"),
        "ASSISTANT_PATHS__STORE": str(folder / "store"),
        "OLLAMA_HOST": "127.0.0.1:9",
    }
    command = [sys.executable, "-m", "assistant", "chat", "--no-browser", *arguments]
    return subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True)


def test_a_taken_port_names_the_next_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            AssistantError, match=rf"Port {port} of '127.0.0.1' is taken. .*--port (\d+)"
        ) as caught:
            listen("127.0.0.1", port)
    (free,) = map(int, re.findall(r"--port (\d+)", str(caught.value)))
    with listen("127.0.0.1", free) as listening:
        assert listening.getsockname()[1] == free


@pytest.mark.parametrize("host", ["192.0.2.7", "no such host"])
def test_an_address_of_another_machine(host: str) -> None:
    with pytest.raises(UsageError, match="not one of this machine"):
        listen(host, 0)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "name.example", "", "127.0.0.1.name.example"])
def test_only_this_machine_is_served(command: Command, host: str) -> None:
    """Without accounts; also under another name, which a proxy would serve to others."""
    done = command("chat", "--no-browser", "--host", host)
    assert done.code == 2
    assert "nobody has an account" in done.err
    assert "`assistant users add NAME`" in done.err
    assert "under the name 'team.example'" in command("chat", "--no-browser", "--name", "team.example").err


@pytest.mark.parametrize(
    "words", [("--name", "a/b"), ("--name", "a b"), ("--name", ""), ("--behind-proxy", "*"), ("--behind-proxy", "proxy.example")]
)  # fmt: skip
def test_names_and_proxies_that_are_none(command: Command, words: tuple[str, str]) -> None:
    done = command("chat", "--no-browser", *words)
    assert done.code == 2
    assert "is not valid" in done.err


@pytest.mark.slow
def test_with_an_account_other_machines_are_served_and_must_log_in(tmp_path: Path) -> None:
    Accounts(tmp_path / "runtime" / "accounts.db").add("anna", "un long mot de passe")
    process = start(tmp_path, "--host", "0.0.0.0", "--port", "0", "--name", "team.example")
    assert process.stderr is not None
    said = ""
    while "Ctrl-C" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    try:
        assert "unencrypted" in said
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)[0]  # type: ignore[index]
        for host in (None, "team.example"):
            headers = {"Host": host} if host else {}
            with httpx.Client(base_url=address, trust_env=False, headers=headers, timeout=30) as client:
                assert client.get("/state").status_code == 401
                assert client.get("/").headers["location"] == "/login"
                given = {"name": "anna", "password": "un long mot de passe"}
                assert client.post("/login", data=given).status_code == 303
                assert client.get("/state").json()["user"] == "anna"
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)


def test_a_taken_port_ends_the_command_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start(tmp_path, "--port", str(taken.getsockname()[1]))
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "is taken" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_the_page_answers_without_index_or_model_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    process = start(tmp_path, "--port", "0")
    assert process.stderr is not None
    said = ""
    while "Ctrl-C" not in said:
        line = process.stderr.readline()
        assert line, said
        said += line
    address = re.findall(r"http://127\.0\.0\.1:\d+/", said)[0]
    health = httpx.get(f"{address}health", trust_env=False).json()
    assert health["status"] == "degraded"
    assert httpx.get(address, trust_env=False).status_code == 200
    until = time.monotonic() + 30
    while "index: missing" not in str(health) and time.monotonic() < until:
        time.sleep(0.2)
        health = httpx.get(f"{address}health", trust_env=False).json()
    assert any(reason.startswith("index: missing (No index in") for reason in health["reasons"])

    children = psutil.Process(process.pid).children(recursive=True)
    start_of_end = time.monotonic()
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=20)[1]
    assert process.returncode == 130
    assert time.monotonic() - start_of_end < 10
    assert "Traceback" not in said + rest
    assert not [child for child in children if child.is_running()]
