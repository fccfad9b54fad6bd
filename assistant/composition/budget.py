"""How much the model may be given to read, so that its first word comes in time.

On a CPU every prompt token costs about 20 ms; on a GPU almost nothing. The speed is measured on the
last calls and kept in a small file, so the second run already knows its machine.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..files import write_whole
from ..types import Message

FIRST_GUESS_SPEED = 40.0
"""Prompt tokens a second, before anything was measured: two slow cores."""
FIRST_GUESS_RATIO = 3.0
"""Characters a token, on the safe side for French."""
KEPT = 7
SMALLEST_SAMPLE = 100
TEMPLATE_TOKENS = 40


class PromptBudget:
    """Learns prompt speed (tokens a second) and characters a token of one model from its replies."""

    def __init__(self, first_token_seconds: float, file: Path | None = None, model: str = "") -> None:
        self.first_token_seconds = first_token_seconds
        self.file = file
        self.model = model
        self._speeds: list[float] = []
        self._ratios: list[float] = []
        self._load()

    def of(self, model: str) -> PromptBudget:
        """What is known of another model, kept in the same file."""
        return PromptBudget(self.first_token_seconds, self.file, model)

    @property
    def speed(self) -> float:
        """Prompt tokens the server reads in a second."""
        return statistics.median(self._speeds) if self._speeds else FIRST_GUESS_SPEED

    def tokens(self, characters: int) -> int:
        """Estimate of the tokens in so many characters; never an under-estimate by much."""
        ratio = min(self._ratios) if self._ratios else FIRST_GUESS_RATIO
        return int(characters / ratio) + 1

    def characters(self, seconds: float) -> int:
        """Characters that the server reads in so many seconds."""
        ratio = min(self._ratios) if self._ratios else FIRST_GUESS_RATIO
        return int(self.speed * seconds * ratio)

    def prompt_tokens(self, messages: Sequence[Message]) -> int:
        return TEMPLATE_TOKENS + self.tokens(sum(len(message.content) for message in messages))

    def limit(self, context_length: int, max_tokens: int, *, hurried: bool = True) -> int:
        """Tokens a prompt may have: what fits the window and, if `hurried`, is read in time."""
        fitting = context_length - max_tokens
        return int(min(fitting, self.speed * self.first_token_seconds)) if hurried else fitting

    def learn(
        self, characters: int, cached_characters: int, tokens: int | None, seconds: float | None
    ) -> None:
        """Take a reply's counts. `cached_characters` head the prompt and were probably not read again."""
        if not tokens or tokens < SMALLEST_SAMPLE:
            return
        self._ratios = [*self._ratios, max(1.0, characters / tokens)][-KEPT:]
        read = tokens * (1 - cached_characters / max(characters, 1))
        # a prompt served wholly from the prefix cache says nothing about the speed
        if seconds and read > SMALLEST_SAMPLE and not (self._speeds and read / seconds > 8 * self.speed):
            self._speeds = [*self._speeds, read / seconds][-KEPT:]
        self._save()

    def _load(self) -> None:
        kept = self._read_file().get(self.model)
        if isinstance(kept, dict):
            self._speeds = [float(x) for x in kept.get("speeds", [])][-KEPT:]
            self._ratios = [float(x) for x in kept.get("ratios", [])][-KEPT:]

    def _read_file(self) -> dict[str, object]:
        if self.file is None:
            return {}
        try:
            data = json.loads(self.file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}  # measured again by the next calls
        return data if isinstance(data, dict) else {}

    def _save(self) -> None:
        if self.file is None:
            return
        data = {**self._read_file(), self.model: {"speeds": self._speeds, "ratios": self._ratios}}
        # a read-only folder costs the memory of the speed, no more
        with suppress(OSError):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self.file, json.dumps(data))
