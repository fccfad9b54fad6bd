"""A follow-up becomes a question that stands alone, in the words of the model."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import cast

from ..errors import ModelUnavailable, PromptTooLong
from ..reading.language import detect_language
from ..types import ChatModel, Chunk, Turn
from .prompting import rewrite_prompt
from .stream import Retracted, StreamFilter, Text

REWRITE_TOKENS = 80


def rewrite(model: ChatModel, question: str, history: Sequence[Turn]) -> str | None:
    """A stand-alone version of a follow-up; None where the model cannot give one."""
    messages = rewrite_prompt(question, history, detect_language(question))
    try:
        with closing_stream(model.stream(messages, max_tokens=REWRITE_TOKENS)) as chunks:
            stream = StreamFilter(0)
            pieces = [piece for chunk in chunks for piece in stream.feed(chunk.text)] + stream.close()
    except (ModelUnavailable, PromptTooLong):
        return None
    retracted = [n for n, piece in enumerate(pieces) if isinstance(piece, Retracted)]
    kept = pieces[retracted[-1] :] if retracted else pieces
    text = " ".join("".join(piece.text for piece in kept if isinstance(piece, Text)).split()).strip('"«» ')
    return text if 0 < len(text) <= 3 * len(question) + 200 else None


def closing_stream(chunks: Iterator[Chunk]) -> closing[Generator[Chunk]]:
    """`with` for a stream of chunks: leaving it closes the connection."""
    return closing(cast("Generator[Chunk]", chunks))
