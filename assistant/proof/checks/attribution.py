"""Who says it: a claim that names another speaker than its source."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.proof.checks.names import Name, find_names, missing_tokens, source_names
from assistant.proof.checks.numbers import fold_keeping_length

_BEFORE_NAME = re.compile(
    r"(?:\b(?:selon|d'apres|a en croire|aux dires de|according to|in the words of)"
    r"|\b(?:said|says|told|wrote|affirme|declare|explique|estime|assure|ajoute|dit|precise|indique|souligne))"
    r"\s+(?:l'|le |la |les |the |m\. |mme |mr\.? |ms\.? |dr\.? )?$"
)
_AFTER_NAME = re.compile(
    r"^(?:,[^,.;]{1,60},)?\s+(?:a |ont |has |have |had |also |lui |l'|y )?"
    r"(?:affirm|estim|assur|declar|soutien|pretend|accus|alleg|expliqu|indiqu|precis|ajout|annonc|soulign|rappel|dit\b|"
    r"ecrit\b|juge|consider|sa(?:id|ys)\b|claim|argue|believ|told\b|tells\b|state[sd]|suggest|announc|explain|note[sd]|"
    r"add(?:s|ed)\b|warn|wrote\b|writes\b|contend|insist|think)"
)


@lru_cache(maxsize=8192)
def speakers(text: str, language: str) -> tuple[Name, ...]:
    """Names that stand beside a word of saying: "selon X", "X affirme", "said X"."""
    folded = fold_keeping_length(text)
    return tuple(
        name
        for name in find_names(text, language)
        if _BEFORE_NAME.search(folded[: name.start]) or _AFTER_NAME.match(folded[name.end :])
    )


def swapped_speaker(claim: str, language: str, source: str, source_language: str) -> Name | None:
    """The speaker a claim names where the source names only other ones."""
    given = speakers(source, source_language)
    if not given:
        return None
    names = " ; ".join(name.text for name in given)
    offered = [source_names(names, source_language)]
    for speaker in speakers(claim, language):
        missing = missing_tokens(speaker, claim, language, offered, cognates=language != source_language)
        if len(missing) == len(speaker.tokens):
            return speaker
    return None
