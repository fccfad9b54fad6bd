"""The language model, served by Ollama.

The Python client has no parameter for `truncate`, without which the server cuts an over-long prompt
silently; so the chat call is a plain POST, here and nowhere else. Everything else goes through the client.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import httpx

from ..errors import ModelMissing, ModelUnavailable, PromptTooLong
from ..types import Chunk, Message, ModelInfo
from .lines import LineStream

CONNECT_SECONDS = 3.0
SILENCE_SECONDS = 600.0
"""A CPU may read a long prompt for minutes before the first word."""

OVERRUN = 2
"""Times the limit of tokens at which a reply is broken off that goes on regardless."""

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
    ) -> None:
        self.name = name
        self.host = host
        self.context_length = context_length
        self.max_tokens = max_tokens
        self.temperature = temperature
        self.keep_alive = keep_alive
        self.thinking = thinking
        self.seed = seed
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
        info = self.info
        body: dict[str, Any] = {
            "model": self.name,
            "messages": [{"role": message.role, "content": message.content} for message in messages],
            "stream": True,
            "truncate": False,
            "keep_alive": self.keep_alive,
            "options": self._options(info, max_tokens),
        }
        if self._think is not None:
            body["think"] = self._think
        if likeliest:
            body |= {"logprobs": True, "top_logprobs": likeliest}
        with (
            self._reported(),
            LineStream(f"{self.host}/api/chat", body, _patience(SILENCE_SECONDS), self._refuse) as lines,
        ):
            finished, most = False, OVERRUN * body["options"]["num_predict"]
            for line in lines:
                chunk = self._read_line(line) if line and line.strip() else Chunk()
                finished = finished or chunk.done
                yield chunk
                most -= bool(chunk.text or chunk.thinking)
                if most < 0 and not finished:  # the server does not keep to the limit that it was given
                    yield Chunk(done=True, done_reason="length")
                    return
            if not finished:
                raise ModelUnavailable(
                    f"The Ollama server at {self.host!r} stopped in the middle of an answer. Ask again."
                )

    def preload(self) -> None:
        """Make the server load the model now, so that the first question does not wait for it."""
        info = self.info
        body = {
            "model": self.name,
            "messages": [],
            "keep_alive": self.keep_alive,
            "options": self._options(info, None),
        }
        with self._reported(), self._client() as client:
            response = client.post("/api/chat", json=body)
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
        return httpx.Client(base_url=self.host, timeout=_patience(SILENCE_SECONDS))

    def _ask_info(self) -> ModelInfo:
        import ollama

        with self._reported(), ollama.Client(host=self.host, timeout=_patience(30.0)) as client:
            try:
                shown = client.show(self.name)
            except ollama.ResponseError as error:
                if error.status_code == httpx.codes.NOT_FOUND:
                    raise self._missing() from error
                raise ModelUnavailable(
                    f"The Ollama server at {self.host!r} reports: {error.error}.", error.error
                ) from error
            digests = {model.model: model.digest for model in client.list().models}
        details: Mapping[str, Any] = shown.modelinfo or {}
        trained = next(
            (int(value) for key, value in details.items() if key.endswith(".context_length")), None
        )
        parameters = details.get("general.parameter_count")
        self._think = self._thinking_option(shown.capabilities or [])
        digest = digests.get(self.name) or digests.get(f"{self.name}:latest")
        return ModelInfo(
            name=self.name,
            digest=None if digest is None else f"sha256:{digest.removeprefix('sha256:')}",
            context_length=min(self.context_length, trained or self.context_length),
            parameters=float(parameters) if parameters else None,
        )

    def _thinking_option(self, capabilities: Sequence[str]) -> bool | str | None:
        """gpt-oss cannot be stopped from thinking, only slowed; the others take a boolean."""
        if "thinking" not in capabilities:
            return None
        if "gpt-oss" in self.name:
            return "low" if self.thinking in ("auto", "off") else self.thinking
        return self.thinking not in ("auto", "off")

    @contextmanager
    def _reported(self) -> Iterator[None]:
        """Turn connection failures into one clear error."""
        try:
            yield
        except (httpx.TransportError, ConnectionError) as error:
            raise ModelUnavailable(
                f"No Ollama server answers at {self.host!r} ({type(error).__name__}). "
                "Start it with `assistant ollama` or `ollama serve`."
            ) from error

    def _refuse(self, response: httpx.Response) -> None:
        text = response.read().decode("utf-8", "replace")
        try:
            message = str(json.loads(text).get("error", text))
        except (ValueError, AttributeError):
            message = text
        if response.status_code == httpx.codes.NOT_FOUND:
            raise self._missing()
        if "context length" in message or "longer than the context" in message:
            raise PromptTooLong(
                f"The prompt does not fit the {self.context_length} tokens of {self.name!r}. "
                "Ask a shorter question or raise `[model] context_length`."
            )
        raise ModelUnavailable(
            f"The Ollama server at {self.host!r} answers {response.status_code}: {message[:300]}.",
            message[:300],
        )

    def _missing(self) -> ModelMissing:
        return ModelMissing(
            f"The Ollama server at {self.host!r} has no model {self.name!r}. "
            f"Run `assistant setup --model {self.name}` or choose another with --model.",
            self.name,
        )

    def _read_line(self, line: str) -> Chunk:
        try:
            data = json.loads(line)
        except ValueError as error:
            raise ModelUnavailable(
                f"The Ollama server at {self.host!r} sent something that is not JSON. Ask again."
            ) from error
        if "error" in data:
            said = str(data["error"])
            raise ModelUnavailable(f"The Ollama server at {self.host!r} stopped: {said}. Ask again.", said)
        message = data.get("message") or {}
        return Chunk(
            text=_readable(message.get("content")),
            thinking=_readable(message.get("thinking")),
            done=bool(data.get("done")),
            done_reason=data.get("done_reason"),
            prompt_tokens=data.get("prompt_eval_count"),
            completion_tokens=data.get("eval_count"),
            prompt_seconds=_seconds(data.get("prompt_eval_duration")),
            completion_seconds=_seconds(data.get("eval_duration")),
            likeliest=_likeliest(data.get("logprobs")),
        )


def _patience(seconds: float) -> httpx.Timeout:
    return httpx.Timeout(seconds, connect=CONNECT_SECONDS)


def _readable(text: object) -> str:
    """Text without halves of characters, which nothing could store: a sign that says so stands for each."""
    if not isinstance(text, str):
        return ""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _likeliest(tokens: Any) -> dict[str, float]:
    """Probability of each token that might have been the first, from Ollama's `logprobs`; empty where not told."""
    first = tokens[0].get("top_logprobs") if tokens else None
    return {one["token"]: math.exp(one["logprob"]) for one in first or ()}


def _seconds(nanoseconds: int | None) -> float | None:
    return None if nanoseconds is None else nanoseconds / 1e9


def models_of(host: str) -> list[str]:
    """Names of the models an Ollama server has, newest first. Raises `ModelUnavailable`."""
    import ollama

    try:
        with ollama.Client(host=host, timeout=_patience(10.0)) as client:
            listed = client.list()
    except (httpx.TransportError, ConnectionError, ollama.ResponseError) as error:
        raise ModelUnavailable(
            f"No Ollama server answers at {host!r}. Start it with `assistant ollama` or `ollama serve`."
        ) from error
    return [model.model for model in listed.models if model.model]
