"""A folder becomes the verifier that its configuration names; the settings choose among all kinds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant import wiring
from assistant.errors import VerifierError
from assistant.proof.verifiers.cross_encoder import CrossEncoderVerifier
from assistant.proof.verifiers.loading import open_verifier
from assistant.proof.verifiers.model_word import ModelWord
from assistant.proof.verifiers.tokens import TokenVerifier
from assistant.settings import Settings, load
from assistant.setup.record import record


def model(folder: Path, architecture: str = "BertForSequenceClassification") -> Path:
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"architectures": [architecture]}))
    return folder


@pytest.mark.parametrize(
    ("architecture", "kind"),
    [
        ("DebertaV2ForSequenceClassification", CrossEncoderVerifier),
        ("ModernBertForTokenClassification", TokenVerifier),
    ],
)
def test_the_kind_is_that_of_the_architecture(tmp_path: Path, architecture: str, kind: type) -> None:
    found = open_verifier(model(tmp_path / "m", architecture))
    assert isinstance(found, kind)
    assert found.name == "m"


@pytest.mark.parametrize(
    "config", ["{}", "[]", "{", '{"architectures": []}', '{"architectures": ["BertModel"]}']
)
def test_another_folder_is_refused(tmp_path: Path, config: str) -> None:
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(VerifierError, match=r"proof\.verifier"):
        open_verifier(tmp_path)


def settings(tmp_path: Path, verifier: str = "auto") -> Settings:
    return load(paths={"runtime": tmp_path}, proof={"verifier": verifier}, model={"name": "m:1"})


def test_what_the_settings_choose(tmp_path: Path) -> None:
    assert wiring.make_verifier(settings(tmp_path, "none")) is None
    assert isinstance(wiring.make_verifier(settings(tmp_path)), ModelWord)
    record(tmp_path, verifier=model(tmp_path / "verifiers" / "nli"))
    assert isinstance(wiring.make_verifier(settings(tmp_path)), CrossEncoderVerifier)
    assert isinstance(wiring.make_verifier(settings(tmp_path, "model")), ModelWord)
    assert isinstance(wiring.make_verifier(settings(tmp_path, "somebody/nli")), CrossEncoderVerifier)
    own = model(tmp_path / "mine", "ModernBertForTokenClassification")
    assert isinstance(wiring.make_verifier(settings(tmp_path, str(own))), TokenVerifier)
    with pytest.raises(VerifierError, match="assistant setup --verifier"):
        wiring.make_verifier(settings(tmp_path, "somebody/else"))
