"""What a check found, as a sentence in the user's language."""

from __future__ import annotations

from typing import Literal, NamedTuple

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


_TEXTS = {
    "fr": {
        "number": "« {} » ne figure dans aucune source",
        "number_elsewhere": "« {} » figure dans les sources, mais pas à ce sujet",
        "date": "la date « {} » ne figure dans aucune source",
        "date_elsewhere": "la date « {} » figure dans les sources, mais pas à ce sujet",
        "name": "« {} » ne figure dans aucune source",
        "name_elsewhere": "« {} » figure dans les sources, mais pas à ce sujet",
        "speaker": "la source ne fait pas dire cela à « {} »",
        "roles": "la source dit l'inverse : {} y sont à la place l'un de l'autre",
        "negation": "« {} » contredit la source",
        "negation_lost": "la source dit le contraire : « {} »",
        "quotation": "la citation « {} » ne figure pas mot pour mot dans les sources",
        "nothing": "aucune source ne dit cela",
        "little": "pas confirmée mot pour mot",
        "unchecked": "pas vérifiée dans cette langue",
        "long": "la phrase est trop longue pour être vérifiée",
        "translated": "la source est dans une autre langue et ne suffit pas à le prouver",
    },
    "en": {
        "number": "“{}” is in no source",
        "number_elsewhere": "“{}” is in the sources, but not about this",
        "date": "the date “{}” is in no source",
        "date_elsewhere": "the date “{}” is in the sources, but not about this",
        "name": "“{}” is in no source",
        "name_elsewhere": "“{}” is in the sources, but not about this",
        "speaker": "the source does not have “{}” say this",
        "roles": "the source says it the other way round: {} stand in each other's place there",
        "negation": "“{}” contradicts the source",
        "negation_lost": "the source says the contrary: “{}”",
        "quotation": "the quotation “{}” is not in the sources word for word",
        "nothing": "no source says this",
        "little": "not confirmed word for word",
        "unchecked": "not checked in this language",
        "long": "the sentence is too long to be checked",
        "translated": "the source is in another language and does not suffice to prove it",
    },
}


def reason(finding: Finding, language: str) -> str:
    """One finding in French for "fr", in English for every other language."""
    texts = _TEXTS["fr" if language == "fr" else "en"]
    key = f"{finding.kind}_elsewhere" if finding.elsewhere else finding.kind
    return texts.get(key, texts[finding.kind]).format(finding.text.strip())
