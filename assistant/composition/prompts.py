"""What the model is asked. The stable part comes first, so that the server's prefix cache serves it.

Article text stands between two lines that carry a mark drawn for this request, which an article
cannot know; the instructions before and after it are in the answer's language.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from ..language.pack import pack
from ..model.role_tokens import disarmed
from ..proof.places import without_orders
from ..types import Hit, Message, Quote, Turn
from .prompt_injection import is_injection

HISTORY_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class Source:
    """What stands under one number in the prompt, and the hit it comes from (index from 0)."""

    hit: int
    head: str
    text: str


@dataclass(frozen=True, slots=True)
class Prompt:
    messages: tuple[Message, ...]
    hits: tuple[int, ...]
    """For each number offered, from 1: the index of its hit."""

    @property
    def characters(self) -> int:
        return sum(len(message.content) for message in self.messages)


def language_asked(language: str) -> str:
    """The name by which the English prompts ask for a language that has no pack of its own."""
    names = pack("en").words["languages"]
    return str(names[language][0]) if language in names else "the language of the question"


def head(hit: Hit) -> str:
    """`title · publisher · date` of a source; a title that gives orders is left out."""
    title = None if is_injection(hit.title) else hit.title
    parts = (title, hit.publisher, hit.published.isoformat() if hit.published else None)
    return " · ".join(" ".join(part.split()) for part in parts if part)


def whole_passages(hits: Sequence[Hit]) -> list[Source]:
    """One source a hit: the paragraph around it, or the passage itself, without orders to an assistant."""
    return [Source(index, head(hit), without_orders(hit)) for index, hit in enumerate(hits)]


def chosen_sentences(quotes: Sequence[Quote], hits: Sequence[Hit]) -> list[Source]:
    """One source a hit: only its best sentences, in the order of the article."""
    by_hit: dict[int, list[Quote]] = {}
    for quote in quotes:
        by_hit.setdefault(quote.hit, []).append(quote)
    return [
        Source(
            index,
            head(hits[index]),
            " ".join(quote.text for quote in sorted(chosen, key=lambda quote: quote.start)),
        )
        for index, chosen in by_hit.items()
    ]


def with_passage(whole: int, quotes: Sequence[Quote], hits: Sequence[Hit]) -> list[Source]:
    """The passage of the hit numbered `whole` first and in full, then the best sentences of the others."""
    others = [quote for quote in quotes if quote.hit != whole]
    return [Source(whole, head(hits[whole]), without_orders(hits[whole])), *chosen_sentences(others, hits)]


def new_mark() -> str:
    """A line that no article can know, to stand before and after what is quoted from articles."""
    return f"=== {secrets.token_hex(4)} ==="


def answer_prompt(question: str, sources: Sequence[Source], language: str, mark: str | None = None) -> Prompt:
    """The messages that ask `question` over `sources`, numbered from 1."""
    spoken, name = pack(language), language_asked(language)
    mark = mark or new_mark()
    blocks = [
        disarmed(f"[{number}] {source.head}\n{source.text}") for number, source in enumerate(sources, start=1)
    ]
    user = spoken.prompt(
        "answer_question",
        mark=mark,
        sources="\n\n".join(blocks),
        question=disarmed(question),
        language=name,
    )
    messages = (Message("system", spoken.prompt("answer_system", language=name)), Message("user", user))
    return Prompt(messages, tuple(source.hit for source in sources))


def rewrite_prompt(question: str, history: Sequence[Turn], language: str) -> tuple[Message, ...]:
    """The messages that ask for a stand-alone version of a follow-up."""
    lines = [
        f"{'Question' if turn.role == 'user' else 'Answer'}: {disarmed(turn.content[:HISTORY_CHARACTERS])}"
        for turn in history[-4:]
    ]
    user = pack(language).prompt(
        "rewrite", history="\n".join(lines), question=disarmed(question), language=language_asked(language)
    )
    return (Message("user", user),)
