"""A second opinion for the proof: from a folder, or from a hub that this machine plays."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.setup.record import chosen_verifier, read_choice, record
from assistant.setup.steps import take
from assistant.setup.verifiers import VerifierStep, verifier_folder

from .fake_hub import FakeHub
from .tiny import Heard

NAME = "somebody/tiny-nli"
NOWHERE = "http://127.0.0.1:9"
FILES = {
    "config.json": b'{"architectures": ["DebertaV2ForSequenceClassification"]}',
    "model.safetensors": b"weights" * 1000,
    "pytorch_model.bin": b"the same weights again",
    "tokenizer.json": b"{}",
    "README.md": b"# A model",
}


def test_a_model_of_the_hub(tmp_path: Path) -> None:
    heard = Heard()
    with FakeHub(NAME, FILES) as hub:
        report = take(VerifierStep(tmp_path, NAME, hub.address), tmp_path, heard, offline=False)
    assert report.state == "done", report.detail
    folder = tmp_path / "verifiers" / "tiny-nli"
    assert chosen_verifier(tmp_path) == verifier_folder(tmp_path, NAME) == folder
    assert (folder / "model.safetensors").read_bytes() == FILES["model.safetensors"]
    assert not (folder / "pytorch_model.bin").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["tiny-nli"]
    wanted = sum(len(data) for name, data in FILES.items() if name != "pytorch_model.bin")
    assert heard.said == [f"Verifier: {NAME} is fetched from the model hub: {wanted / 1000:.0f} kB."]
    again = take(VerifierStep(tmp_path, NAME, NOWHERE), tmp_path, heard, offline=True)
    assert (again.state, again.detail) == ("present", str(folder))


def test_an_interrupted_fetch_leaves_no_verifier_and_goes_on(tmp_path: Path) -> None:
    with FakeHub(NAME, FILES) as hub:
        step = VerifierStep(tmp_path, NAME, hub.address)
        with pytest.raises(KeyboardInterrupt):
            take(step, tmp_path, Heard(KeyboardInterrupt(), after=0), offline=False)
        assert verifier_folder(tmp_path, NAME) is None
        assert take(step, tmp_path, Heard(), offline=False).state == "done"


def test_a_model_without_a_configuration_is_refused(tmp_path: Path) -> None:
    files = {name: data for name, data in FILES.items() if name != "config.json"}
    with FakeHub(NAME, files) as hub:
        report = take(VerifierStep(tmp_path, NAME, hub.address), tmp_path, Heard(), offline=False)
    assert report.state == "failed"
    assert "could not be fetched from the hub" in report.detail


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (NAME, "cannot be reached"),
        ("nli", "is no folder of a model"),
        ("./nli", "is no folder of a model"),
        ("/nowhere/nli", "is no folder of a model"),
    ],
)
def test_without_a_hub_it_says_what_to_do(tmp_path: Path, wish: str, said: str) -> None:
    report = take(VerifierStep(tmp_path, wish, NOWHERE), tmp_path, Heard(), offline=False)
    assert report.state == "failed"
    assert said in report.detail
    assert take(VerifierStep(tmp_path, wish, NOWHERE), tmp_path, Heard(), offline=True).state == "missing"


def test_an_unknown_name(tmp_path: Path) -> None:
    with FakeHub(NAME, FILES) as hub:
        step = VerifierStep(tmp_path, "somebody/else", hub.address)
        report = take(step, tmp_path, Heard(), offline=False)
    assert "does not know 'somebody/else'. Check the name." in report.detail


def test_a_folder_of_the_users_own(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "config.json").write_bytes(FILES["config.json"])
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    assert take(VerifierStep(runtime, str(mine)), runtime, Heard(), offline=True).state == "present"
    assert chosen_verifier(runtime) == mine
    (mine / "config.json").unlink()
    assert chosen_verifier(runtime) is None


def test_what_an_older_set_up_recorded_has_no_verifier(tmp_path: Path) -> None:
    (tmp_path / "setup.json").write_text('{"model": "a:1", "embedder": null}')
    assert read_choice(tmp_path).verifier is None
    record(tmp_path, embedder=tmp_path / "e")
    assert read_choice(tmp_path).model == "a:1"
