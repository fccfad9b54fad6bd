"""Prompts of the kinds other than a question: a task over numbered excerpts, in the words of the language pack."""

from __future__ import annotations

from collections.abc import Sequence

from ..composition.prompts import Prompt, Source, language_asked
from ..language.pack import Pack
from ..model.role_tokens import disarmed
from ..types import Message


def request_prompt(pack: Pack, request: str, task: str, sources: Sequence[Source], mark: str) -> Prompt:
    """The messages that set `task` over `sources`, numbered from 1; article text stands between two marks."""
    blocks = [
        disarmed(f"[{number}] {source.head}\n{source.text}") for number, source in enumerate(sources, start=1)
    ]
    user = pack.prompt(
        "request", mark=mark, sources="\n\n".join(blocks), task=disarmed(task), request=disarmed(request)
    )
    system = pack.prompt("system", language=language_asked(pack.language))
    return Prompt((Message("system", system), Message("user", user)), tuple(source.hit for source in sources))
