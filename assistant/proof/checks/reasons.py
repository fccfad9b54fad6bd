"""What a check found, as a sentence in the user's language."""

from __future__ import annotations

from typing import Literal, NamedTuple

from assistant.language.pack import pack

Kind = Literal[
    "number", "date", "name", "speaker", "roles", "negation", "negation_lost", "quotation",
    "nothing", "little", "translated", "unchecked", "long",
]  # fmt: skip


class Finding(NamedTuple):
    """Something in a sentence that its source does not bear out."""

    kind: Kind
    text: str
    elsewhere: bool = False
    """It is in another place of the sources, about something else."""


def reason(finding: Finding, language: str) -> str:
    """One finding in the words of the language's pack, in English for a language without one."""
    texts = pack(language).reasons
    key = f"{finding.kind}_elsewhere" if finding.elsewhere else finding.kind
    return texts.get(key, texts[finding.kind]).format(finding.text.strip())
