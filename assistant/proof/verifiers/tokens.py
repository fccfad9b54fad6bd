"""A token classifier that marks the words of an answer which its sources do not support."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from ...errors import VerifierError
from . import Word
from .chunks import chunks
from .cross_encoder import not_there, unloadable

LONGEST = 4096
"""Tokens of a pair at most: what LettuceDetect's models were trained on."""
LEAST_ROOM = 32
INPUT = "Summarize the following text:\n{premise}\noutput:"
"""The first text of a pair, in the words with which these models were trained for answers without a question."""
BETWEEN = " "


class TokenVerifier:
    """A `Verifier` whose model, a folder on this machine, gives each word of an answer a probability of being unsupported.

    All claims are read as one answer. A claim is as probable as its least supported token; of a premise that is
    longer than the model reads, the chunk that supports a token best counts for it. Raises `VerifierError` at the
    first question where the model cannot be loaded.
    """

    def __init__(self, folder: Path | str, *, device: str = "auto", longest: int = LONGEST) -> None:
        self.folder = Path(folder)
        self.name = self.folder.name
        self.device = device
        self.longest = longest
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any, int] | None = None

    def words(self, premise: str, claims: Sequence[str]) -> Iterator[Word | None]:
        for number, probability in enumerate(self.entailed(premise, claims)):
            yield Word(number, probability)

    def entailed(self, premise: str, claims: Sequence[str]) -> list[float | None]:
        """1 - the highest probability among a claim's tokens; None for a claim without any, or beyond the model's length."""
        with self._lock:
            self._loaded = self._loaded or self._load()
            answer = BETWEEN.join(claims)
            support = self._support(premise, answer)
        starts = accumulate((len(claim) + len(BETWEEN) for claim in claims[:-1]), initial=0)
        found: list[float | None] = []
        for start, claim in zip(starts, claims, strict=False):
            inside = [value for place, value in support.items() if start <= place < start + len(claim)]
            found.append(min(inside, default=None))
        return found

    def _support(self, premise: str, answer: str) -> dict[int, float]:
        """For each place of the answer at which a token begins: 1 - its probability of being unsupported."""
        import torch

        assert self._loaded is not None
        tokenizer, model, unsupported = self._loaded
        frame = len(tokenizer.tokenize(INPUT)) + tokenizer.num_special_tokens_to_add(pair=True)
        room = self._read(model) - frame - len(tokenizer.tokenize(answer))
        best: dict[int, float] = {}
        if not answer.strip() or room < min(LEAST_ROOM, self._read(model) // 4):
            return best
        for start, end in chunks(premise, room, tokenizer):
            encoded = tokenizer(
                INPUT.format(premise=premise[start:end]),
                answer,
                truncation="only_first",
                max_length=self._read(model),
                return_offsets_mapping=True,
                return_tensors="pt",
            )
            places = encoded.pop("offset_mapping")[0].tolist()
            with torch.inference_mode():
                logits = model(**encoded.to(model.device)).logits[0]
            marked = torch.softmax(logits.float(), dim=-1)[:, unsupported].tolist()
            for of, (begin, stop), probability in zip(encoded.sequence_ids(0), places, marked, strict=True):
                if of == 1 and begin < stop:
                    best[begin] = max(best.get(begin, 0.0), 1 - probability)
        return best

    def _read(self, model: Any) -> int:
        """Tokens that the model reads at once."""
        return min(self.longest, getattr(model.config, "max_position_embeddings", self.longest))

    def _load(self) -> tuple[Any, Any, int]:
        import torch
        from transformers import AutoModelForTokenClassification, AutoTokenizer

        if not self.folder.is_dir():
            raise VerifierError(not_there(self.folder))
        try:
            tokenizer = AutoTokenizer.from_pretrained(str(self.folder), local_files_only=True)
            model = AutoModelForTokenClassification.from_pretrained(str(self.folder), local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise VerifierError(unloadable(self.folder, error)) from error
        device = self.device
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        return tokenizer, model.to(device).eval(), _unsupported(model.config.id2label, self.folder)


def _unsupported(labels: dict[int, str], folder: Path) -> int:
    """The label of an unsupported token: named so, or the second of two."""
    for index, label in labels.items():
        if label.lower().startswith(("hallucinat", "unsupported")):
            return int(index)
    if len(labels) == 2:
        return 1
    raise VerifierError(
        f"The verifier {str(folder)!r} marks tokens with {len(labels)} labels, of which none means unsupported. "
        "Name a model such as lettucedect in the setting proof.verifier."
    )
