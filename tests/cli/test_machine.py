from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from fakes_ollama import FakeOllama


@pytest.fixture
def bare(tmp_path: Path) -> dict[str, str]:
    """Variables of a machine on which nothing is set up and nothing can be reached."""
    (tmp_path / "corpus").mkdir()
    return {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("ASSISTANT_", "OLLAMA_"))
        },
        "PATH": "/usr/bin:/bin",
        "ASSISTANT_PATHS__RUNTIME": str(tmp_path / "runtime"),
        "OLLAMA_HOST": "127.0.0.1:9",
    }


def run(folder: Path, environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assistant", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def have_everything(runtime: Path) -> None:
    embedder = runtime / "embedders" / "multilingual-e5-small"
    embedder.mkdir(parents=True)
    (embedder / "modules.json").write_text("[]")


def test_setup_reports_as_json(tmp_path: Path, bare: dict[str, str]) -> None:
    have_everything(tmp_path / "runtime")
    with FakeOllama({"m:1": {}}) as server:
        done = run(
            tmp_path, bare | {"OLLAMA_HOST": server.host}, "setup", "--model", "m:1", "--json", "--quiet"
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["model"] == "m:1"
    assert done.stderr == ""


def test_setup_that_cannot_finish_says_why_and_exits_with_1(tmp_path: Path, bare: dict[str, str]) -> None:
    have_everything(tmp_path / "runtime")
    done = run(tmp_path, bare, "setup", "--offline")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "✓ Embedder" in done.stderr
    assert "✗ Language model" in done.stderr


SLOW_GO = """#!/bin/sh
[ "$1" = version ] && echo "go version go1.26.0 linux/amd64" && exit
echo $$ > {note}
exec sleep 600
"""


def test_interrupting_the_setup_exits_with_130_and_leaves_nothing_running(
    tmp_path: Path, bare: dict[str, str]
) -> None:
    have_everything(tmp_path / "runtime")
    tools, note = tmp_path / "tools", tmp_path / "number"
    tools.mkdir()
    for name, text in (("go", SLOW_GO.format(note=note)), ("g++", "#!/bin/sh\n")):
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "setup"],
        cwd=tmp_path,
        env=bare | {"PATH": f"{tools}:/usr/bin:/bin"},
        stderr=subprocess.PIPE,
        text=True,
    )
    _wait_for(note)
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=30)
    assert process.returncode == 130, words
    assert "built from source: about 4 minutes" in words
    assert words.endswith("Interrupted. Run `assistant setup` again: it goes on from here.\n")
    assert _ended(int(note.read_text()))
    assert not (tmp_path / "runtime" / "ollama" / "bin").exists()


def _wait_for(note: Path) -> None:
    until = time.monotonic() + 30
    while not (note.exists() and note.read_text().strip()) and time.monotonic() < until:
        time.sleep(0.05)


def _ended(number: int) -> bool:
    """Whether a process ends within seconds; where its parent ended first, the system takes a moment."""
    until = time.monotonic() + 10
    while psutil.pid_exists(number) and time.monotonic() < until:
        time.sleep(0.05)
    return not psutil.pid_exists(number)


def test_doctor_on_a_bare_machine(tmp_path: Path, bare: dict[str, str]) -> None:
    done = run(tmp_path, bare, "doctor", "--json")
    assert done.returncode == 1
    states = {check["what"]: check["state"] for check in json.loads(done.stdout)}
    assert states["Corpus"] == states["Index"] == states["Ollama"] == states["Embedder"] == "missing"
    assert states["Python"] == "ok"


def test_ollama_says_that_one_runs(tmp_path: Path, bare: dict[str, str]) -> None:
    with FakeOllama(version="1.2.3") as server:
        done = run(tmp_path, bare | {"OLLAMA_HOST": server.host}, "ollama")
    assert done.returncode == 0
    assert "Ollama 1.2.3 answers already" in done.stderr


def test_ollama_that_is_not_installed(tmp_path: Path, bare: dict[str, str]) -> None:
    done = run(tmp_path, bare, "ollama")
    assert done.returncode == 1
    assert (
        done.stderr.strip()
        == "assistant: No Ollama is installed on this machine. Run `assistant setup` first."
    )


def test_interrupting_the_server_exits_with_130_and_ends_it(tmp_path: Path, bare: dict[str, str]) -> None:
    program = tmp_path / "runtime" / "ollama" / "bin" / "ollama"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho $$ > $OLLAMA_MODELS/number\nexec sleep 600\n")
    program.chmod(0o755)
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", "ollama"],
        cwd=tmp_path,
        env=bare,
        stderr=subprocess.PIPE,
        text=True,
    )
    note = tmp_path / "runtime" / "ollama" / "models" / "number"
    _wait_for(note)
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=30)
    assert process.returncode == 130, words
    assert not psutil.pid_exists(int(note.read_text()))
