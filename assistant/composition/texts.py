"""What the program itself says in an answer: the `[answer]` and `[failures]` texts of the language packs."""

from __future__ import annotations

from collections.abc import Sequence
from string import Template

from ..errors import ModelMissing, ModelUnavailable, PromptTooLong
from ..language.pack import pack
from ..types import Hit
from .evidence import NEAREST_ARTICLES


def say(key: str, language: str, **values: object) -> str:
    """The text `key` in the user's language, its `$names` filled in."""
    return pack(language).say(key, "answer", **values)


def reason(error: ModelUnavailable | PromptTooLong, language: str) -> str:
    """Why the model did not answer, in the user's language; the server's own words stay as they are."""
    if isinstance(error, PromptTooLong):
        text, values = pack(language).failures["too_long"], {}
    elif isinstance(error, ModelMissing):
        text, values = pack(language).failures["missing"], {"model": error.model}
    else:
        text, values = pack(language).failures[error.kind], {"said": error.said}
    return Template(text).substitute(values) if text else str(error)


def refusal(
    search_text: str,
    hits: Sequence[Hit],
    language: str,
    opening: str = "not_answered",
    limit: int = NEAREST_ARTICLES,
    unknown: Sequence[str] = (),
) -> str:
    """Why, as the text `opening` says it, what was searched, the names that are nowhere, and the nearest articles."""
    searched = say("searched", language, what=" ".join(search_text.split()))
    if not hits:
        return f"{say('nothing_found', language)} {searched}"
    articles = {hit.passage.article: hit for hit in reversed(hits)}
    nearest = [articles[name] for name in dict.fromkeys(hit.passage.article for hit in hits)][:limit]
    titles = [
        f"- {hit.title} ({hit.published.isoformat() if hit.published else pack(language).day(None)})"
        for hit in nearest
    ]
    nowhere = [say("unknown_names", language, names=", ".join(unknown))] if unknown else []
    first = " ".join([say(opening, language), *nowhere, searched])  # the line that the page shows
    return "\n".join([first, say("nearest", language), *titles])
