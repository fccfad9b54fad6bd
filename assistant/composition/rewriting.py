"""A follow-up becomes a question that stands alone, in the words of the model."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from typing import cast

from ..errors import ModelUnavailable, PromptTooLong
from ..reading.language import detect_language
from ..types import ChatModel, Chunk, Token, Turn
from .prompts import rewrite_prompt
from .stream import Piece, Retracted, StreamFilter, Text

REWRITE_TOKENS = 80


def rewriting(model: ChatModel, question: str, history: Sequence[Turn]) -> Generator[Token, None, str | None]:
    """Return a stand-alone version of a follow-up, None where the model cannot give one.

    Yields an empty token for each chunk, so that whoever reads can stop it.
    """
    messages = rewrite_prompt(question, history, detect_language(question))
    stream = StreamFilter(0)
    pieces: list[Piece] = []
    try:
        with closing_stream(model.stream(messages, max_tokens=REWRITE_TOKENS)) as chunks:
            for chunk in chunks:
                pieces += stream.feed(chunk.text)
                yield Token("")
        pieces += stream.close()
    except (ModelUnavailable, PromptTooLong):
        return None
    retracted = [n for n, piece in enumerate(pieces) if isinstance(piece, Retracted)]
    kept = pieces[retracted[-1] :] if retracted else pieces
    text = " ".join("".join(piece.text for piece in kept if isinstance(piece, Text)).split()).strip('"«» ')
    return text if 0 < len(text) <= 3 * len(question) + 200 else None


def rewrite(model: ChatModel, question: str, history: Sequence[Turn]) -> str | None:
    """As `rewriting`, in one go."""
    stream = rewriting(model, question, history)
    while True:
        try:
            next(stream)
        except StopIteration as end:
            given: str | None = end.value
            return given


def closing_stream(chunks: Iterator[Chunk]) -> closing[Generator[Chunk]]:
    """`with` for a stream of chunks: leaving it closes the connection."""
    return closing(cast("Generator[Chunk]", chunks))
