"""Questions wait for the language model in the order in which they came, and are told their place.

A server that writes one answer at a time would make them wait too, without a word. A question keeps its turn to its
end: whatever else it asks of the model then is asked at once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, cast

from ..types import ChatModel, Chunk, Message, ModelInfo

if TYPE_CHECKING:
    from collections.abc import Generator

SECONDS_BETWEEN_LOOKS = 0.25


class ModelQueue:
    """The questions that want the model, first come first; `at_once` of them have it. Safe to use from threads."""

    def __init__(self, at_once: int = 1) -> None:
        self.at_once = at_once
        self._waiting: list[QueuedModel] = []
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._waiting)

    def join(self, question: QueuedModel) -> None:
        """Take the last place, unless the question has one."""
        with self._changed:
            if question not in self._waiting:
                self._waiting.append(question)

    def leave(self, question: QueuedModel) -> None:
        with self._changed:
            if question in self._waiting:
                self._waiting.remove(question)
                self._changed.notify_all()

    def before(self, question: QueuedModel) -> int:
        """Questions that must end before this one has its turn; 0 where it has it, or is not in the queue."""
        with self._changed:
            place = self._waiting.index(question) if question in self._waiting else 0
            return max(0, place - self.at_once + 1)

    def wait(self, question: QueuedModel, seconds: float) -> bool:
        """Whether it is the question's turn, at the latest after `seconds`."""
        if not self.before(question):
            return True
        with self._changed:
            self._changed.wait(seconds)
        return not self.before(question)


class QueuedModel:
    """A ChatModel for one question: it waits for its turn before it asks `model`. Close it when the question has ended."""

    def __init__(self, model: ChatModel, queue: ModelQueue) -> None:
        self._model = model
        self._queue = queue

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def info(self) -> ModelInfo:
        return self._model.info

    @property
    def before(self) -> int:
        """Questions that must end before this one has its turn."""
        return self._queue.before(self)

    def preload(self) -> None:
        self._model.preload()

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int | None = None, likeliest: int = 0
    ) -> Iterator[Chunk]:
        """As the model's own; empty chunks come while the question waits for its turn."""
        self._queue.join(self)
        while not self._queue.wait(self, SECONDS_BETWEEN_LOOKS):
            yield Chunk()
        streaming = self._model.stream(messages, max_tokens=max_tokens, likeliest=likeliest)
        with closing(cast("Generator[Chunk]", streaming)) as chunks:
            yield from chunks

    def close(self) -> None:
        """Give the turn, or the place in the queue, to the next."""
        self._queue.leave(self)
