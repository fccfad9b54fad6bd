"""Which kind of verifier a folder holds."""

from __future__ import annotations

import json
from pathlib import Path

from ...errors import VerifierError
from . import Verifier
from .cross_encoder import CrossEncoderVerifier, not_there, unloadable
from .tokens import TokenVerifier


def open_verifier(folder: Path, *, device: str = "auto") -> Verifier:
    """The verifier in `folder`, by the architecture that its configuration names; its weights are loaded when asked.

    Raises `VerifierError` where there is none.
    """
    if not folder.is_dir():
        raise VerifierError(not_there(folder))
    try:
        names = json.loads((folder / "config.json").read_text("utf-8"))["architectures"]
        architecture = str(names[0])
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise VerifierError(unloadable(folder, error)) from error
    if architecture.endswith("ForTokenClassification"):
        return TokenVerifier(folder, device=device)
    if architecture.endswith("ForSequenceClassification"):
        return CrossEncoderVerifier(folder, device=device)
    raise VerifierError(
        f"The verifier {str(folder)!r} is a {architecture}, which neither classifies pairs of texts nor marks tokens. "
        "Name another in the setting proof.verifier, or set it to 'none'."
    )
