"""A cross-encoder trained on natural language inference as a verifier."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import VerifierError
from . import Word
from .chunks import chunks

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

LONGEST = 512
"""Tokens of a pair: what these models were trained on, whatever their configuration allows."""
LEAST_ROOM = 32
"""A claim that leaves less room than this for the premise is not judged."""


class CrossEncoderVerifier:
    """A `Verifier` whose model, a folder on this machine, has a label for entailment.

    A premise longer than the model reads is cut into chunks, and the best one counts. `device` "auto" takes a GPU
    where there is one. Raises `VerifierError` at the first question where the model cannot be loaded.
    """

    def __init__(self, folder: Path | str, *, device: str = "auto", batch_size: int = 16) -> None:
        self.folder = Path(folder)
        self.name = self.folder.name
        self.device = device
        self.batch_size = batch_size
        self._lock = threading.Lock()
        self._loaded: tuple[CrossEncoder, int] | None = None

    def words(self, premise: str, claims: Sequence[str]) -> Iterator[Word | None]:
        for number, claim in enumerate(claims):
            yield Word(number, *self.entailed(premise, [claim]))

    def entailed(self, premise: str, claims: Sequence[str]) -> list[float | None]:
        """The probability of entailment by the best chunk; None for a claim that is empty or too long."""
        with self._lock:
            self._loaded = self._loaded or self._load()
            model, entailment = self._loaded
            pairs = [
                (number, chunk, claim)
                for number, claim in enumerate(claims)
                for chunk in self._chunks(model, premise, claim)
            ]
            found: list[float | None] = [None] * len(claims)
            if pairs:
                scores = model.predict(
                    [(chunk, claim) for _, chunk, claim in pairs],
                    apply_softmax=True,
                    batch_size=self.batch_size,
                    show_progress_bar=False,
                )
                for (number, _, _), row in zip(pairs, scores, strict=True):
                    found[number] = max(found[number] or 0.0, float(row[entailment]))
            return found

    def _chunks(self, model: CrossEncoder, premise: str, claim: str) -> list[str]:
        tokenizer = model.tokenizer
        special = tokenizer.num_special_tokens_to_add(pair=True)
        read = min(model.max_seq_length or LONGEST, LONGEST)
        room = read - special - len(tokenizer.tokenize(claim))
        if not claim.strip() or room < min(LEAST_ROOM, read // 2):
            return []
        return [premise[start:end] for start, end in chunks(premise, room, tokenizer)]

    def _load(self) -> tuple[CrossEncoder, int]:
        from sentence_transformers import CrossEncoder

        if not self.folder.is_dir():
            raise VerifierError(not_there(self.folder))
        try:
            model: CrossEncoder = CrossEncoder(
                str(self.folder),
                device=None if self.device == "auto" else self.device,
                trust_remote_code=False,
                local_files_only=True,
            )
        except (OSError, ValueError, KeyError) as error:
            raise VerifierError(unloadable(self.folder, error)) from error
        return model, self._entailment(getattr(model.config, "id2label", {}))

    def _entailment(self, labels: dict[int, str]) -> int:
        for index, label in labels.items():
            if label.lower().startswith(("entail", "support")):
                return int(index)
        raise VerifierError(
            f"The verifier {str(self.folder)!r} has no label for entailment, only {sorted(labels.values())}. "
            "Name a model for natural language inference in the setting proof.verifier."
        )


def not_there(folder: Path) -> str:
    return (
        f"The verifier {str(folder)!r} is no folder on this machine. Run `assistant setup --verifier NAME`, "
        "or name the folder of a model in the setting proof.verifier."
    )


def unloadable(folder: Path, error: Exception) -> str:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return (
        f"The verifier {str(folder)!r} could not be loaded ({reason}). "
        "Name the folder of another model in the setting proof.verifier, or set it to 'none'."
    )
