"""What an Ollama server sends, read once into typed objects. Nothing behind this file sees its JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..types import Chunk

MOST = 10**9
"""A count of tokens or a number of weights in thousands beyond which it is none."""
LONGEST_SAID = 300
LONGEST_NAME = 200


class Unreadable(ValueError):
    """Not what an Ollama server sends."""


@dataclass(frozen=True, slots=True)
class Described:
    """What /api/show says of a model, None where it does not."""

    capabilities: frozenset[str]
    window: int | None
    """Tokens that it was trained to read at once."""
    parameters: float | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A model that the server has, or has in memory: its digest, its bytes, and those of them on a GPU."""

    name: str
    digest: str | None
    bytes: int
    on_gpu: int


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a stream that says why it ends."""

    error: str


def read_object(text: str | bytes) -> Mapping[str, Any]:
    """A JSON object. Raises `Unreadable` for anything else, however deep or long its numbers are."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise Unreadable("not JSON") from error
    except RecursionError as error:
        raise Unreadable("JSON nested too deeply") from error
    if not isinstance(data, dict):
        raise Unreadable(f"a JSON {type(data).__name__}")
    return data


def read_description(text: bytes) -> Described:
    """The reply to /api/show. Raises `Unreadable`."""
    data = read_object(text)
    details = data.get("model_info")
    if not isinstance(details, dict):
        details = {}
    capabilities = data.get("capabilities")
    named = capabilities if isinstance(capabilities, list) else []
    windows = [value for key, value in details.items() if key.endswith(".context_length")]
    return Described(
        frozenset(one for one in named if isinstance(one, str)),
        next((size for size in map(_count, windows) if size), None),
        _number(details.get("general.parameter_count"), 1e15) or None,
    )


def read_list(text: bytes) -> list[Listed]:
    """The reply to /api/tags or /api/ps. Raises `Unreadable`."""
    models = read_object(text).get("models")
    if models is None:
        models = []
    if not isinstance(models, list):
        raise Unreadable("models that are no list")
    return [
        Listed(
            name,
            digest if isinstance(digest := row.get("digest"), str) else None,
            _bytes(row.get("size")),
            _bytes(row.get("size_vram")),
        )
        for row in models
        if isinstance(row, dict)
        and isinstance(name := row.get("model") or row.get("name"), str)
        and 0 < len(name) <= LONGEST_NAME
    ]


@dataclass(frozen=True, slots=True)
class Pulled:
    """A line of /api/pull: bytes of one of the model's files, the end, or what went wrong."""

    digest: str = ""
    done: int = 0
    total: int = 0
    finished: bool = False
    error: str = ""


def read_pulled(text: str) -> Pulled:
    """A line of the stream of /api/pull. Raises `Unreadable`."""
    data = read_object(text)
    if "error" in data:
        return Pulled(error=one_line(data["error"]) or "?")
    digest = data.get("digest")
    return Pulled(
        digest if isinstance(digest, str) else "",
        _bytes(data.get("completed")),
        _bytes(data.get("total")),
        data.get("status") == "success",
    )


class PullProgress:
    """How far a pull is, in bytes of all the files that the server has named until now."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[int, int]] = {}

    def take(self, digest: str, done: int, total: int) -> tuple[int, int]:
        """Note how far one file is; return the bytes that are there and those of the whole."""
        self._files[digest] = min(done, total), total
        there, whole = zip(*self._files.values(), strict=True)
        return sum(there), sum(whole)


def _bytes(value: object) -> int:
    """A number of bytes; 0 for anything that is none."""
    number = _number(value, 1e15)
    return int(number) if number else 0


def read_line(text: str) -> Chunk | Said:
    """A line of the stream of /api/chat. Raises `Unreadable`."""
    data = read_object(text)
    if "error" in data:
        return Said(one_line(data["error"]))
    message = data.get("message")
    if message is not None and not isinstance(message, dict):
        raise Unreadable("a message that is no object")
    message = message or {}
    reason = data.get("done_reason")
    return Chunk(
        text=_readable(message.get("content")),
        thinking=_readable(message.get("thinking")),
        done=data.get("done") is True,
        done_reason=reason if isinstance(reason, str) else None,
        prompt_tokens=_count(data.get("prompt_eval_count")),
        completion_tokens=_count(data.get("eval_count")),
        prompt_seconds=_seconds(data.get("prompt_eval_duration")),
        completion_seconds=_seconds(data.get("eval_duration")),
        likeliest=_likeliest(data.get("logprobs")),
    )


def error_in(text: str) -> str:
    """What the body of a refusal says: the error of its JSON, nothing of a page of HTML."""
    try:
        return one_line(read_object(text).get("error", ""))
    except Unreadable:
        return "" if text.lstrip().startswith("<") else one_line(text)


def one_line(said: object) -> str:
    """Foreign words for a message: one line, no control or direction characters, not long."""
    text = said if isinstance(said, str) else ""
    plain = "".join(sign if sign.isprintable() else " " for sign in text[: 4 * LONGEST_SAID])
    return " ".join(plain.split())[:LONGEST_SAID].rstrip(".")


def _readable(text: object) -> str:
    """Text without halves of characters, which nothing could store: a sign that says so stands for each."""
    if not isinstance(text, str):
        return ""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _number(value: object, most: float) -> float | None:
    """A number from 0 to `most`; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        return None
    return float(value)


def _count(value: object) -> int | None:
    number = _number(value, MOST)
    return None if number is None else int(number)


def _seconds(nanoseconds: object) -> float | None:
    number = _number(nanoseconds, 1e15)
    return None if number is None else number / 1e9


def _likeliest(tokens: object) -> dict[str, float]:
    """Probability of each token that might have been the first, from Ollama's `logprobs`; empty where not told."""
    first = tokens[0] if isinstance(tokens, list) and tokens else None
    several = first.get("top_logprobs") if isinstance(first, dict) else None
    found = {}
    for one in several if isinstance(several, list) else ():
        if isinstance(one, dict) and isinstance(token := one.get("token"), str):
            chance = one.get("logprob")
            if isinstance(chance, int | float) and chance <= 0:
                found[token] = math.exp(max(float(chance), -100.0))
    return found
