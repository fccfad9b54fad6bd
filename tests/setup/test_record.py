from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SetupError
from assistant.setup.record import Choice, chosen_embedder, chosen_model, installation, read_choice, record


def embedder(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "modules.json").write_text("[]")
    return folder


def test_nothing_is_chosen_before_the_first_set_up(tmp_path: Path) -> None:
    assert read_choice(tmp_path) == Choice()
    assert chosen_model(tmp_path) is None
    assert chosen_embedder(tmp_path) is None


def test_the_parts_are_remembered_one_by_one(tmp_path: Path) -> None:
    record(tmp_path, model="a:1")
    record(tmp_path, embedder=embedder(tmp_path / "embedders" / "e"))
    assert chosen_model(tmp_path) == "a:1"
    assert read_choice(tmp_path).embedder == "embedders/e"
    assert [file.name for file in tmp_path.glob("setup.json*")] == ["setup.json"]


def test_the_runtime_folder_can_be_moved(tmp_path: Path) -> None:
    record(tmp_path / "old", embedder=embedder(tmp_path / "old" / "embedders" / "e"))
    (tmp_path / "old").rename(tmp_path / "new")
    assert chosen_embedder(tmp_path / "new") == tmp_path / "new" / "embedders" / "e"


def test_an_embedder_elsewhere_is_remembered_by_its_whole_path(tmp_path: Path) -> None:
    record(tmp_path / "runtime", embedder=embedder(tmp_path / "mine"))
    assert chosen_embedder(tmp_path / "runtime") == tmp_path / "mine"


def test_an_embedder_that_is_gone_is_not_chosen(tmp_path: Path) -> None:
    folder = embedder(tmp_path / "embedders" / "e")
    record(tmp_path, embedder=folder)
    (folder / "modules.json").unlink()
    assert chosen_embedder(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"model": 1}'])
def test_a_damaged_file_says_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / "setup.json").write_text(content)
    with pytest.raises(SetupError, match="Delete it and run `assistant setup`"):
        chosen_model(tmp_path)


def test_an_installed_ollama_comes_before_the_built_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    assert installation(tmp_path) is None
    for place in (tmp_path / "ollama" / "bin", tmp_path / "path"):
        place.mkdir(parents=True)
        (place / "ollama").write_text("#!/bin/sh\n")
        (place / "ollama").chmod(0o755)
        found = installation(tmp_path)
        assert found is not None
        assert found.binary == place / "ollama"
        assert found.built == (place != tmp_path / "path")
        assert (found.models is None) == (place == tmp_path / "path")
