"""Small real parts for the answering tests: a model that plays a script and a retriever over a few texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fakes import NamedModel

from assistant.errors import ModelUnavailable
from assistant.types import Chunk, Hit, Message, ModelInfo, Query


class ScriptedModel(NamedModel):
    """A ChatModel that says what it is told, in small pieces, and remembers what it was asked."""

    def __init__(
        self,
        *replies: str,
        thinking: str = "",
        dies_after: int | None = None,
        parameters: float = 1.5e9,
        prompt_tokens: int = 300,
        done_reason: str = "stop",
        word: Mapping[str, float] | None = None,
    ) -> None:
        super().__init__("scripted:1b", digest="sha256:00", parameters=parameters)
        self.replies = list(replies)
        self.word = word
        """Probabilities of its first word, where it is asked for them."""
        self.thinking = thinking
        self.dies_after = dies_after
        self.asked: list[Sequence[Message]] = []
        self.closed = 0
        self.prompt_tokens = prompt_tokens
        self.done_reason = done_reason

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int | None = None, likeliest: int = 0
    ) -> Iterator[Chunk]:
        self.asked.append(messages)
        if likeliest:
            yield Chunk()
            yield Chunk(text="?", likeliest=self.word or {})
            yield Chunk(done=True)
            return
        reply = self.replies.pop(0)
        try:
            if self.thinking:
                yield Chunk(thinking=self.thinking)
            for number in range(0, len(reply), 5):
                if self.dies_after is not None and number >= self.dies_after:
                    raise ModelUnavailable("The Ollama server stopped in the middle of an answer. Ask again.")
                yield Chunk(text=reply[number : number + 5])
            yield Chunk(
                done=True,
                done_reason=self.done_reason,
                prompt_tokens=self.prompt_tokens,
                completion_tokens=9,
                prompt_seconds=3.0,
                completion_seconds=0.5,
            )
        finally:
            self.closed += 1


class DeadModel(NamedModel):
    """A ChatModel whose server is not there."""

    def __init__(self) -> None:
        super().__init__("dead:1b")

    @property
    def info(self) -> ModelInfo:
        raise ModelUnavailable("No Ollama server answers. Start it with `assistant ollama`.")

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int | None = None, likeliest: int = 0
    ) -> Iterator[Chunk]:
        raise AssertionError("a model that is not there is not asked")


class FixedRetriever:
    """A Retriever that always finds the same hits and remembers the queries."""

    def __init__(self, *hits: Hit) -> None:
        self.hits = list(hits)
        self.queries: list[Query] = []

    def retrieve(self, query: Query, top_k: int) -> list[Hit]:
        self.queries.append(query)
        return self.hits[:top_k]
