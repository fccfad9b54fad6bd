"""What can be exchanged: the Protocols of embedder, search and language model, and what they are given and give.

`types` has these names too; import them from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from .types import Hit, Query, Vector


class Embedder(Protocol):
    """Texts become vectors. Questions and passages apart: e5- and bge-style models prefix them differently."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str:
        """Hash of the weights: vectors of different fingerprints never share an index."""
        ...

    @property
    def dimension(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """Longest input it reads, in its own tokens, prefixes and special tokens included."""
        ...

    def tokenize(self, text: str) -> list[int]:
        """Token ids of `text` without special tokens; loads no weights."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        """float32[n, dimension], L2-normalised; shape (0, dimension) for no text."""
        ...

    def embed_query(self, text: str) -> Vector:
        """float32[dimension], L2-normalised."""
        ...


class Retriever(Protocol):
    """Ranked hits for a query. A reranker is a Retriever around a Retriever."""

    def retrieve(self, query: Query, top_k: int) -> list[Hit]: ...


class Message(NamedTuple):
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a model's reply. The last one carries the counts."""

    text: str = ""
    thinking: str = ""
    done: bool = False
    done_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_seconds: float | None = None
    """Time the server spent reading the prompt."""
    completion_seconds: float | None = None
    likeliest: Mapping[str, float] = field(default_factory=dict)
    """Probabilities of the likeliest tokens in the place of the first one, where they were asked for."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """The language model that answers: what the server says of it."""

    name: str
    digest: str | None
    context_length: int
    """Window sent with each request (`num_ctx`), in tokens."""
    parameters: float | None = None
    """Number of weights, where the server tells it."""


class ChatModel(Protocol):
    """A language model that streams. Closing the iterator stops it; an empty chunk means that it is still silent."""

    @property
    def name(self) -> str: ...

    @property
    def info(self) -> ModelInfo: ...

    def preload(self) -> None: ...

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int | None = None, likeliest: int = 0
    ) -> Iterator[Chunk]:
        """`likeliest`: how many first tokens to tell the probabilities of.

        Raise `ModelUnavailable` where no server or model answers, `PromptTooLong` where it does not fit.
        """
        ...
