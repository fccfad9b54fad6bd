"""Choosing among the models of a server, and letting it download another."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from answering.scripted import ScriptedModel
from fakes_ollama import FakeOllama

from assistant.errors import ModelUnavailable
from assistant.model.choice import Download, ServerModels

GB = 1_000_000_000
LAYERS: list[dict[str, object]] = [
    {"status": "pulling manifest"},
    *({"status": "pulling", "digest": "sha256:a", "total": 100, "completed": done} for done in (0, 40, 100)),  # type: ignore[list-item]
    {"status": "pulling", "digest": "sha256:b", "total": 20},
]


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama({"small:1b": {"size": GB}, "large:70b": {"size": 40 * GB}}) as server:
        yield server


def models(server: FakeOllama, host: str | None = None) -> ServerModels:
    return ServerModels(host or server.host, lambda name: ScriptedModel(name), 8 * GB, {"other:4b": 2 * GB})


def ended(chosen: ServerModels) -> Download:
    until = time.monotonic() + 10
    while (download := chosen.download) is None or download.state == "running":
        assert time.monotonic() < until
        time.sleep(0.01)
    return download


def test_what_there_is_what_fits_and_where_it_runs(server: FakeOllama) -> None:
    server.running = [{"model": "small:1b", "size": 100, "size_vram": 100}]
    offers = models(server).offers()
    assert [(one.name, one.installed, one.fits, one.place) for one in offers] == [
        ("small:1b", True, True, "gpu"),
        ("large:70b", True, False, None),
        ("other:4b", False, True, None),
    ]


@pytest.mark.parametrize(
    ("on_gpu", "place"), [(0, "processor"), (60, "both"), (100, "gpu"), ("x", "processor")]
)
def test_where_a_model_runs(server: FakeOllama, on_gpu: object, place: str) -> None:
    server.running = [{"model": "small:1b", "size": 100, "size_vram": on_gpu}]
    assert models(server).place("small:1b") == place
    assert models(server).place("large:70b") is None


def test_only_a_model_of_the_server_is_chosen(server: FakeOllama) -> None:
    chosen = models(server)
    assert chosen.of("small:1b") is chosen.of("small:1b")
    assert chosen.of("other:4b") is None


def test_a_server_that_is_not_there_or_says_nonsense() -> None:
    with FakeOllama() as server:
        gone, host = models(server), server.host
        server.answer("/api/tags", b"<html>")
        with pytest.raises(ModelUnavailable):
            gone.offers()
    assert gone.place("small:1b") is None
    away = gone.of("small:1b")
    assert away is not None
    assert away.name == "small:1b"
    for ask in (lambda: away.info, away.preload, lambda: away.stream([])):
        with pytest.raises(ModelUnavailable):
            ask()
    assert gone.start_download("other:4b")
    assert ended(gone).state == "failed"
    assert host in ended(gone).error


def test_a_download_tells_its_progress_and_ends_in_a_model(server: FakeOllama) -> None:
    server.pulls["other:4b"] = [*LAYERS, {"status": "success"}]
    chosen = models(server)
    assert chosen.start_download("other:4b")
    assert ended(chosen) == Download("other:4b", 100, 120, "finished")
    assert "other:4b" in [one.name for one in chosen.offers() if one.installed]


@pytest.mark.parametrize("events", [None, [*LAYERS, {"error": "pull model manifest: no such host"}], LAYERS])
def test_a_download_that_fails_says_what_the_server_said(
    server: FakeOllama, events: list[object] | None
) -> None:
    if events is not None:
        server.pulls["other:4b"] = events  # type: ignore[assignment]
    chosen = models(server)
    chosen.start_download("other:4b")
    download = ended(chosen)
    assert download.state == "failed"
    assert download.error
    if events and events is not LAYERS:
        assert "no such host" in download.error
    assert chosen.start_download("other:4b")  # and it may be tried again


def test_a_download_is_cancelled_and_there_is_one_at_a_time(server: FakeOllama) -> None:
    server.delay = 0.05
    server.pulls["other:4b"] = [*LAYERS, *[LAYERS[2]] * 1000, {"status": "success"}]
    chosen = models(server)
    assert chosen.start_download("other:4b")
    assert not chosen.start_download("another:4b")
    chosen.cancel_download()
    assert ended(chosen).state == "cancelled"
    assert server.closed_early.wait(3)
