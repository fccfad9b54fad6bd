"""The model's own word on whether the sources answer, before it answers: one token, and how likely yes and no are.

The question stands at the end of the very prompt of the answer, so that the server reads the excerpts once for both.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence

from ..language.pack import pack
from ..language.yes_no import yes_and_no
from ..types import ChatModel, Event, Message, Token
from .prompts import Prompt
from .rewriting import closing_stream

LIKELIEST = 12
"""First tokens whose probabilities are asked for."""
LEAST = 1e-4
"""Probability of an answer that is not among them."""


def sufficiency_prompt(prompt: Prompt, language: str) -> tuple[Message, ...]:
    """The prompt of an answer, with the question for one word in the place of its last line."""
    system, user = prompt.messages
    head, _, _ = user.content.rpartition("\n")
    return (system, Message("user", f"{head}\n{pack(language).prompt('sufficient')}"))


def ask_sufficiency(model: ChatModel, messages: Sequence[Message]) -> Generator[Event, None, float | None]:
    """ln(P(yes) / P(no)) of the model's first word; None where the server tells neither.

    Yields an empty token while the model is silent, so that whoever reads can stop it.
    """
    likely: Mapping[str, float] = {}
    with closing_stream(model.stream(messages, max_tokens=1, likeliest=LIKELIEST)) as chunks:
        for chunk in chunks:
            likely = likely or chunk.likeliest
            if not chunk.text and not chunk.done:
                yield Token("")
    return odds(likely)


def odds(likely: Mapping[str, float]) -> float | None:
    """ln(P(yes) / P(no)) from the probabilities of first tokens; None where neither is among them."""
    yes, no = yes_and_no(likely)
    return math.log((yes + LEAST) / (no + LEAST)) if yes or no else None
