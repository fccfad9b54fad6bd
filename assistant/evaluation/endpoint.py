"""Any OpenAI-style server asked the same questions: the plain model, or another assistant."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import httpx

from ..addresses import shown, without_credentials
from ..errors import ModelUnavailable
from ..language.lexicon import words_anywhere
from ..model.client import client_for, read_reply
from ..model.wire import one_line, read_object
from ..reading.language import detect_language
from ..types import Json
from .other_assistants import contexts_of, message_of
from .questions import Question
from .records import RecordJson

SILENCE_SECONDS = 600.0
MAX_TOKENS = 400

REFUSAL = re.compile(rf"\b(?:{'|'.join(words_anywhere('talk', 'refusals'))})\b", re.IGNORECASE)
"""How another assistant says in its own words that it does not know."""
REFUSAL_WORDS = 60
"""A longer text answers, whatever it says it does not know."""


def refuses(text: str) -> bool:
    """Whether a text says, and says little else, that there is no answer."""
    return not text.strip() or (
        len(text.split()) <= REFUSAL_WORDS and REFUSAL.search(text.replace("’", "'")) is not None
    )


@dataclass(frozen=True, slots=True)
class EndpointAsker:
    """Asks `{url}/chat/completions`, streaming. Knows an answer's words and times, no citations.

    `url` may end in /v1 or in the whole path. Raises `ModelUnavailable` where nothing answers.
    """

    url: str
    model: str

    def __call__(self, question: Question) -> RecordJson:
        started = time.monotonic()
        pieces: list[str] = []
        first: float | None = None
        usage: Json = {}
        contexts: list[Json] = []
        for data in self._stream(question):
            contexts += contexts_of(data)
            told = data.get("usage")
            usage = told if isinstance(told, dict) else usage
            text = _text(data)
            if text and first is None:
                first = time.monotonic() - started
            pieces.append(text)
        total = time.monotonic() - started
        answer = "".join(pieces).strip()
        record = {
            **_unknown(question),
            "answer": answer,
            "abstained": refuses(answer),
            "model": self.model,
            "prompt_tokens": usage.get("prompt_tokens"),
            "completion_tokens": usage.get("completion_tokens"),
            "timings": {"search_s": None, "first_evidence_s": None, "first_token_s": first, "total_s": total},
            "evaluation": {
                "answer_language": detect_language(answer) if answer else None,
                "contexts": contexts,
            },
        }
        return cast("RecordJson", record)  # what an endpoint does not tell is null

    def _stream(self, question: Question) -> Iterator[Json]:
        messages = [{"role": t.role, "content": t.content} for t in question.history]
        body = {
            "model": self.model,
            "messages": [*messages, {"role": "user", "content": question.question}],
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": MAX_TOKENS,
            "temperature": 0,
            "seed": 0,
        }
        address, _ = without_credentials(chat_url(self.url))
        try:
            with (
                client_for(self.url, SILENCE_SECONDS) as client,
                client.stream("POST", address, json=body) as response,
            ):
                if response.is_error:
                    text = one_line(response.read().decode("utf-8", "replace"))
                    raise ModelUnavailable(
                        f"The endpoint {shown(self.url)!r} answers {response.status_code}: {text}. "
                        "Check --endpoint and --model."
                    )
                yield from _events(response.iter_lines())
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ImportError, ValueError) as error:
            raise ModelUnavailable(
                f"Nothing answers at the endpoint {shown(self.url)!r} ({type(error).__name__}). Check --endpoint."
            ) from error


def models_of(url: str) -> list[str]:
    """Names of the models that a server offers. Raises `ModelUnavailable`."""
    address = without_credentials(chat_url(url))[0].removesuffix("chat/completions") + "models"
    try:
        with client_for(url, 30.0) as client:
            listed = read_object(read_reply(client, "GET", address).raise_for_status().content)
        return [str(model["id"]) for model in listed["data"]]
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        OSError,
        ImportError,
        ValueError,
        KeyError,
        TypeError,
    ) as error:
        raise ModelUnavailable(
            f"The endpoint {shown(url)!r} does not name its models ({type(error).__name__}). Name one with --model."
        ) from error


def chat_url(url: str) -> str:
    """The chat path of a server given by its address, its /v1 or the whole path."""
    url = url.rstrip("/")
    if url.endswith("/chat/completions"):
        return url
    return f"{url if re.search(r'/v[0-9]+$', url) else url + '/v1'}/chat/completions"


def _events(lines: Iterator[str]) -> Iterator[Json]:
    """JSON of the server-sent events, or of a whole reply where the server does not stream."""
    for line in lines:
        text = line.removeprefix("data:").strip()
        if not text or text == "[DONE]" or line.startswith((":", "event:", "id:", "retry:")):
            continue
        data = dict(read_object(text))
        if "error" in data:
            raise ModelUnavailable(f"The endpoint stopped: {one_line(str(data['error']))}. Ask again.")
        yield data


def _text(data: Json) -> str:
    content = message_of(data).get("content")
    return content if isinstance(content, str) else ""


def _unknown(question: Question) -> Json:
    """The keys of ANSWER about which an endpoint tells nothing."""
    return {
        "question": question.question,
        "language": question.language,
        "mode": "model",
        "sentences": None,
        "citations": None,
        "evidence": None,
        "conflicts": None,
        "hits": None,
        "warnings": [],
        "model_digest": None,
        "embedder": None,
        "context_length": None,
        "invalid_citations": None,
    }
