"""The language model, served by Ollama.

The Python client has no parameter for `truncate`, without which the server cuts an over-long prompt silently; nor
does it bound or check what comes back. So the three calls of a question are plain HTTP, here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Literal

import httpx

from ..addresses import shown
from ..errors import AssistantError, ModelMissing, ModelTooLarge, ModelUnavailable, PromptTooLong
from ..types import Chunk, Message, ModelInfo
from .client import client_for, read_reply, reported
from .lines import LineStream
from .wire import Described, Listed, Said, Unreadable, error_in, read_description, read_line, read_list

SILENCE_SECONDS = 300.0
"""A processor may load a model and read a long prompt for minutes before the first word."""
DESCRIPTION_SECONDS = 90.0
"""A server that is loading another model may take as long to say what it has."""
LIST_SECONDS = 10.0

OVERRUN = 2
"""Times the limit of tokens at which a reply is broken off that goes on regardless."""
LETTERS_A_TOKEN = 16
"""Characters that are granted for each token; a line of the stream counts as one token at least."""

Thinking = Literal["auto", "off", "low", "medium", "high"]


class OllamaModel:
    """A ChatModel served by Ollama at `host` (an URL).

    The same options go with every call: other ones would make the server load the model again.
    """

    def __init__(
        self,
        name: str,
        host: str,
        *,
        context_length: int = 4096,
        max_tokens: int = 400,
        temperature: float = 0.1,
        keep_alive: str = "30m",
        thinking: Thinking = "auto",
        seed: int | None = None,
        silence_seconds: float = SILENCE_SECONDS,
    ) -> None:
        self.name = name
        self.host = host
        self.context_length = context_length
        self.max_tokens = max_tokens
        self.temperature = temperature
        self.keep_alive = keep_alive
        self.thinking = thinking
        self.seed = seed
        self.silence_seconds = silence_seconds
        self._info: ModelInfo | None = None
        self._think: bool | str | None = None

    @property
    def info(self) -> ModelInfo:
        """What the server says of the model; asked once.

        Raises `ModelUnavailable` where no server answers, `ModelMissing` where it lacks the model.
        """
        if self._info is None:
            self._info = self._ask_info()
        return self._info

    def stream(
        self, messages: Sequence[Message], *, max_tokens: int | None = None, likeliest: int = 0
    ) -> Iterator[Chunk]:
        """Stream the reply; closing the iterator closes the connection, which stops the server's work.

        While the server is silent (it reads the prompt) an empty chunk comes every quarter of a second.

        Raises `ModelUnavailable`, `ModelMissing` or `PromptTooLong`; a server that dies midway raises
        `ModelUnavailable` after the chunks it sent.
        """
        body = self._body(messages, max_tokens, likeliest)
        left = OVERRUN * LETTERS_A_TOKEN * int(body["options"]["num_predict"])
        with reported(self.host), LineStream(self._client(), "/api/chat", body, self._refuse) as lines:
            for line in lines:
                if line is None:
                    yield Chunk()
                    continue
                chunk = self._read_line(line)
                left -= max(LETTERS_A_TOKEN, len(chunk.text) + len(chunk.thinking))
                if left < 0 and not chunk.done:  # the server does not keep to the limit that it was given
                    yield Chunk(
                        text=chunk.text[: max(0, left + len(chunk.text))], done=True, done_reason="length"
                    )
                    return
                yield chunk
                if chunk.done:
                    return
            raise ModelUnavailable(
                f"The Ollama server at {shown(self.host)!r} stopped in the middle of an answer. Ask again.",
                kind="stopped",
            )

    def _body(self, messages: Sequence[Message], max_tokens: int | None, likeliest: int) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "stream": True,
            "truncate": False,
            "shift": False,  # else a long answer drops the head of the prompt once the window is full
            "keep_alive": self.keep_alive,
            "options": self._options(self.info, max_tokens),
        }
        if self._think is not None:
            body["think"] = self._think
        if likeliest:
            body |= {"logprobs": True, "top_logprobs": likeliest}
        return body

    def preload(self) -> None:
        """Make the server load the model now, so that the first question does not wait for it."""
        info = self.info
        body = {
            "model": self.name,
            "messages": [],
            "keep_alive": self.keep_alive,
            "options": self._options(info, None),
        }
        with reported(self.host), self._client() as client:
            response = read_reply(client, "POST", "/api/chat", body)
            if response.status_code != httpx.codes.OK:
                self._refuse(response)

    def _options(self, info: ModelInfo, max_tokens: int | None) -> dict[str, Any]:
        options: dict[str, Any] = {
            "num_ctx": info.context_length,
            "num_predict": max_tokens or self.max_tokens,
            "temperature": self.temperature,
        }
        if self.seed is not None:
            options["seed"] = self.seed
        return options

    def _client(self) -> httpx.Client:
        return client_for(self.host, self.silence_seconds)

    def _ask_info(self) -> ModelInfo:
        described = describe(self.host, self.name)
        digest = self._digest()
        self._think = self._thinking_option(described.capabilities)
        return ModelInfo(
            name=self.name,
            digest=digest,
            context_length=min(self.context_length, described.window or self.context_length),
            parameters=described.parameters,
        )

    def _digest(self) -> str | None:
        """The digest of the model's file; None where the server lists no models, which takes nothing from an answer."""
        try:
            digests = {model.name: model.digest for model in listed(self.host)}
        except ModelUnavailable:
            return None
        digest = digests.get(self.name) or digests.get(f"{self.name}:latest")
        return None if digest is None else f"sha256:{digest.removeprefix('sha256:')}"

    def _thinking_option(self, capabilities: Collection[str]) -> bool | str | None:
        """gpt-oss cannot be stopped from thinking, only slowed; the others take a boolean."""
        if "thinking" not in capabilities:
            return None
        if "gpt-oss" in self.name:
            return "low" if self.thinking in ("auto", "off") else self.thinking
        return self.thinking not in ("auto", "off")

    def _refuse(self, response: httpx.Response) -> None:
        raise refusal(self.host, self.name, self.context_length, response)

    def _read_line(self, line: str) -> Chunk:
        try:
            read = read_line(line) if line.strip() else Chunk()
        except Unreadable as error:
            raise ModelUnavailable(
                f"The Ollama server at {shown(self.host)!r} sent something that is not a reply of Ollama ({error}). "
                "Ask again.",
                kind="odd",
            ) from error
        if isinstance(read, Said):
            if _lacks_memory(read.error):
                raise _too_large(self.host, self.name, read.error)
            raise ModelUnavailable(
                f"The Ollama server at {shown(self.host)!r} stopped: {read.error}. Ask again.",
                read.error,
                kind="stopped",
            )
        return read


def refusal(host: str, model: str, context_length: int, response: httpx.Response) -> AssistantError:
    """The error that a reply with another status than 200 stands for."""
    said = error_in(response.text)
    status = response.status_code
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return ModelUnavailable(
            f"The Ollama server at {shown(host)!r} refuses us ({status}). "
            "Write name and password into the address, as in OLLAMA_HOST=http://name:password@host:port.",
            kind="refused",
        )
    if status == httpx.codes.NOT_FOUND and "model" in said and "not found" in said:
        return ModelMissing(
            f"The Ollama server at {shown(host)!r} has no model {model!r}. "
            f"Run `assistant setup --model {model}` or choose another with --model.",
            model,
        )
    if "context length" in said or "longer than the context" in said:
        return PromptTooLong(
            f"The prompt does not fit the {context_length} tokens of {model!r}. "
            "Ask a shorter question or raise `[model] context_length`."
        )
    if _lacks_memory(said):
        return _too_large(host, model, said)
    if said and status != httpx.codes.NOT_FOUND:
        return ModelUnavailable(
            f"The Ollama server at {shown(host)!r} answers {status}: {said}. Run `assistant doctor`.", said
        )
    return ModelUnavailable(
        f"What answers at {shown(host)!r} (status {status}) is no Ollama server. "
        "Check the address in OLLAMA_HOST, its path too.",
        kind="odd",
    )


def _lacks_memory(said: str) -> bool:
    return "system memory" in said or "out of memory" in said


def _too_large(host: str, model: str, said: str) -> ModelTooLarge:
    """The error that stands for what the server says of its memory."""
    return ModelTooLarge(
        f"The Ollama server at {shown(host)!r} cannot hold {model!r}: {said}. "
        "Choose a smaller model with --model, or close other programs.",
        said,
    )


def describe(host: str, name: str) -> Described:
    """What the server at `host` says of a model. Raises `ModelUnavailable` or `ModelMissing`."""
    with reported(host), client_for(host, DESCRIPTION_SECONDS) as client:
        response = read_reply(client, "POST", "/api/show", {"model": name})
        if response.status_code != httpx.codes.OK:
            raise refusal(host, name, 0, response)
        return read_description(response.content)


def listed(host: str, *, in_memory: bool = False, seconds: float = LIST_SECONDS) -> list[Listed]:
    """The models that the server at `host` has, newest first, or has in memory. Raises `ModelUnavailable`."""
    with reported(host), client_for(host, seconds) as client:
        response = read_reply(client, "GET", "/api/ps" if in_memory else "/api/tags")
        if response.status_code != httpx.codes.OK:
            raise refusal(host, "", 0, response)
        return read_list(response.content)


def models_of(host: str) -> list[str]:
    """Names of the models that the server at `host` has, newest first. Raises `ModelUnavailable`."""
    return [model.name for model in listed(host)]
