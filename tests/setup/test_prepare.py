from __future__ import annotations

from pathlib import Path

import pytest
from fakes_ollama import FakeOllama
from filelock import FileLock

from assistant.errors import SetupError
from assistant.setup.machine import GB, Gpu, Machine
from assistant.setup.prepare import advice, prepare

from .tiny import Heard, ollama_program

NOWHERE = "http://127.0.0.1:9"


def test_a_bare_machine_offline_is_told_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    heard = Heard()
    kept = tmp_path / "runtime" / "downloads" / "part.whl"
    kept.parent.mkdir(parents=True)
    kept.touch()
    embedder = tmp_path / "mine"
    embedder.mkdir()
    (embedder / "modules.json").write_text("[]")
    report = prepare(
        tmp_path / "runtime", NOWHERE, model=None, embedder=str(embedder), offline=True, narrator=heard
    )
    assert [(step.step, step.state) for step in heard.told] == [
        ("Embedder", "present"),
        ("Ollama", "missing"),
        ("Language model", "failed"),
    ]
    assert not report.complete
    assert kept.exists(), "an unfinished set-up goes on from what was fetched"
    assert report.embedder == str(embedder)
    assert set(report.as_json()) == {
        "complete",
        "machine",
        "steps",
        "model",
        "embedder",
        "verifier",
        "advice",
    }


def test_a_machine_that_has_everything(tmp_path: Path) -> None:
    embedder = tmp_path / "embedders" / "multilingual-e5-small"
    embedder.mkdir(parents=True)
    (embedder / "modules.json").write_text("[]")
    (tmp_path / "downloads" / "partial-tiny").mkdir(parents=True)
    (tmp_path / "downloads" / "tiny.whl").write_bytes(b"left by a set-up that was killed")
    with FakeOllama({"m:1": {}}) as server:
        report = prepare(tmp_path, server.host, model="m:1", embedder=None, offline=True, narrator=Heard())
        assert report.complete
        assert (report.model, report.embedder) == ("m:1", str(embedder))
        assert not server.asked("/api/chat"), "a second set-up must not load the model"
    assert not (tmp_path / "downloads").exists()


def test_two_set_ups_at_once(tmp_path: Path) -> None:
    with FileLock(tmp_path / "setup.lock"), pytest.raises(SetupError, match="Another set-up is at work"):
        prepare(tmp_path, NOWHERE, model=None, embedder=None, offline=True, narrator=Heard())


def test_a_gpu_that_our_build_does_not_use_is_pointed_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    machine = Machine(8, 32 * GB, 100 * GB, Gpu("RTX 4090", 24 * GB))
    assert advice(tmp_path, machine) == []
    ollama_program(tmp_path / "ollama" / "bin")
    (line,) = advice(tmp_path, machine)
    assert "RTX 4090" in line
    assert "https://ollama.com/download" in line
    assert "--model gpt-oss:20b" in line
