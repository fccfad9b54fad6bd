"""The language model's own word on a claim: one token, and how likely yes and no are.

The passages are the head of every prompt, so the server reads them once and a further claim costs its own tokens.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from typing import cast

from ...errors import ModelUnavailable, PromptTooLong
from ...language.pack import languages, pack
from ...language.yes_no import yes_and_no
from ...model.role_tokens import disarmed
from ...reading.language import detect_language
from ...types import ChatModel, Chunk, Message
from . import Word

LIKELIEST = 20
"""First tokens whose probabilities are asked for."""
LEAST = 1e-4
"""Probability of a word that is not among them."""
SECONDS = 120.0
"""Longest time for all claims of one call; what is left then has no word."""
OTHER_LANGUAGES = "en"


class ModelWord:
    """A `Verifier` that asks a language model.

    A lost server, a prompt that is too long and a model that says neither yes nor no give None. After a lost server
    or the time limit it asks no more, so that a text of many sentences does not wait for each.
    """

    def __init__(self, model: ChatModel, *, seconds: float = SECONDS) -> None:
        self.model = model
        self.seconds = seconds
        self._given_up = False
        self._read: tuple[str, str, tuple[Message, ...]] = ("", "", ())
        """The last premise, its language and its prompt: the same words again are served from the prefix cache."""

    @property
    def name(self) -> str:
        """Under which the fit keeps what the word of this model is worth."""
        return f"model:{self.model.name}"

    def of(self, model: ChatModel) -> ModelWord:
        """The same verifier, asking another model."""
        return ModelWord(model, seconds=self.seconds)

    def entailed(self, premise: str, claims: Sequence[str]) -> list[float | None]:
        return [word.probability for word in self.words(premise, claims) if word is not None]

    def words(self, premise: str, claims: Sequence[str]) -> Iterator[Word | None]:
        """A word a claim; None for each quarter of a second in which the model is silent."""
        until = time.monotonic() + self.seconds
        language = prompt_language(detect_language(" ".join(claims)))
        head = self._head(premise, language)
        for number, claim in enumerate(claims):
            probability = None
            if not self._given_up:
                try:
                    probability = yield from self._asked(_with_claim(head, claim, language), until)
                except PromptTooLong:
                    probability = None
                except ModelUnavailable:
                    self._given_up = True
            self._given_up |= time.monotonic() > until
            yield Word(number, probability)

    def _head(self, premise: str, language: str) -> tuple[Message, ...]:
        if self._read[:2] != (premise, language):
            self._read = (premise, language, _head(premise, language))
        return self._read[2]

    def _asked(self, messages: Sequence[Message], until: float) -> Generator[None, None, float | None]:
        stream = cast("Generator[Chunk]", self.model.stream(messages, max_tokens=1, likeliest=LIKELIEST))
        with closing(stream) as chunks:
            for chunk in chunks:
                if chunk.likeliest:
                    return share_of_yes(chunk.likeliest)
                if time.monotonic() > until:
                    return None
                if not chunk.done:
                    yield None
        return None


def share_of_yes(likely: Mapping[str, float]) -> float | None:
    """P(yes) / (P(yes) + P(no)) from the probabilities of first tokens; None where neither is among them."""
    yes, no = yes_and_no(likely)
    return (yes + LEAST) / (yes + no + 2 * LEAST) if yes or no else None


def prompt_language(language: str) -> str:
    """The language in which claims in `language` are asked about: their own, where there are words for it."""
    return language if language in languages() else OTHER_LANGUAGES


def _head(premise: str, language: str) -> tuple[Message, ...]:
    """The passages as a prompt, its last line to be replaced by the claim."""
    texts, mark = pack(language), f"=== {secrets.token_hex(4)} ==="
    user = texts.prompt("verify_premise", mark=mark, premise=disarmed(premise))
    return (Message("system", texts.prompt("verify_system")), Message("user", f"{user.strip()}\n\n"))


def _with_claim(head: Sequence[Message], claim: str, language: str) -> tuple[Message, ...]:
    """The prompt for one claim: everything before it is the same for all."""
    *before, last = head
    shared = last.content.rpartition("\n")[0]
    asked = pack(language).prompt("verify_claim", claim=disarmed(" ".join(claim.split())))
    return (*before, Message("user", f"{shared}\n{asked.strip()}"))
