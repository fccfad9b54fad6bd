"""A sentence-transformers folder becomes a model that takes no more memory than it needs."""

from __future__ import annotations

import json
import os
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from types import ModuleType

    from sentence_transformers import SentenceTransformer

NOWHERE = cast("ModuleType", None)
"""In `sys.modules`: not to be imported. Triton compiles for GPUs; PyTorch would load it unasked (70 MB)."""


def load_model(folder: Path, device: str) -> SentenceTransformer:
    """The model on `device` ("auto": a GPU where there is one). Raises what sentence-transformers raises."""
    # a thread that spins while it waits for the others starves beside a language model that has every core
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import torch

    if not torch.cuda.is_available():
        sys.modules.setdefault("triton", NOWHERE)
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.util import get_device_name

    device = get_device_name() if device == "auto" else device
    widened = device == "cpu" and is_widened(folder)
    options = {"dtype": torch.float16} if widened else {}
    model = SentenceTransformer(str(folder), device=device, local_files_only=True, model_kwargs=options)
    if widened:
        _compute_in_32_bits(model)
    return model


def is_widened(folder: Path) -> bool:
    """Whether the weights lie in 16 bits on disk and are computed with in 32."""
    settings, weights = folder / "config.json", folder / "model.safetensors"
    if not (settings.is_file() and weights.is_file()):
        return False
    network = json.loads(settings.read_text("utf-8"))
    return network.get("dtype", network.get("torch_dtype")) == "float32" and _kinds(weights) == {"F16"}


def _kinds(weights: Path) -> set[str]:
    """The number formats of a safetensors file, as its header names them."""
    with weights.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header: dict[str, Any] = json.loads(file.read(length))
    return {entry["dtype"] for name, entry in header.items() if name != "__metadata__"}


def _compute_in_32_bits(model: SentenceTransformer) -> None:
    """Widen every weight but the table of words: its rows, 4/5 of a multilingual model, are widened as they are used.

    The table stays a mapped file, of which the memory holds the rows that were used; the vectors are the same.
    """
    network: Any = model[0].auto_model
    words = network.get_input_embeddings()
    for module in network.modules():
        if module is not words:
            for parameter in module.parameters(recurse=False):
                parameter.data = parameter.data.float()
    words.register_forward_hook(lambda module, given, rows: rows.float())
