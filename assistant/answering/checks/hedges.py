"""What a source restricts and a claim does not: plans, conditions, exceptions."""

from __future__ import annotations

import re

from assistant.answering.checks.reasons import Finding
from assistant.reading.words import content_stems

_PLANS = {
    "fr": re.compile(
        r"\b(?:(?:prévo|envisag|projet|souhait|esp[éè]r|promet|menac|propos|tent|essa[iy]|cherch)\w*|"
        r"veu(?:t|lent)|voulai\w+|compt(?:e|ent|ait)|pourrai\w+|devrai\w+|doi(?:t|vent)|v(?:a|ont))"
        r"\s(?:de\s|d['’]|à\s)?(?:être\s|ne\s)?(?P<verb>\w+)",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:(?:plan(?:s|ned|ning)?|intend\w*|want(?:s|ed)?|hop(?:es?|ed)|aim(?:s|ed)?|propos(?:es?|ed)|threaten\w*|"
        r"promis(?:es?|ed)|expected|tr(?:y|ies|ied|ying)|seeks?|sought|due|going|about)\sto|"
        r"could|may|might|should|will|would)\s(?:be\s)?(?P<verb>\w+)",
        re.IGNORECASE,
    ),
}
_DONE = {
    "fr": re.compile(
        r"(?<![\w'’])(?:a|ont|avait|avaient|est|sont|était|étaient|fut|furent|été|n['’]a|s['’]est|se sont)\s(?P<verb>\w+)",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?P<verb>\w+ed|(?<=has )\w+|(?<=have )\w+|(?<=had )\w+|(?<=was )\w+|(?<=were )\w+)\b",
        re.IGNORECASE,
    ),
}
_CONDITION = {
    "fr": re.compile(
        r"(?:^|[,;:]\s)(?:si|s['’]ils?|à condition|sous réserve|pourvu que|à moins)\b[^,;.]*|"
        r"\s(?:à condition d|à condition que|sous réserve|pourvu que|à moins d|à moins que|s['’]ils?|"
        r"si (?:le|la|les|l['’]|un|une|elle))\b[^,;.]*",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"(?<!even )(?<!as )\b(?:if|unless|provided that|on condition that|subject to)\b[^,;.]*",
        re.IGNORECASE,
    ),
}
_EXCEPTION = {
    "fr": re.compile(
        r"\b(?:sauf|hormis|excepté|à l['’]exception d\w+|en dehors d\w+)\s((?:[\w'’-]+\s?){1,5})",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(?:except(?: for)?|apart from|other than|excluding|with the exception of)\s(?:the ones? )?"
        r"((?:[\w'’-]+\s?){1,5})",
        re.IGNORECASE,
    ),
}
_ALL = {
    "fr": re.compile(r"\b(?:tou(?:s|te|tes|t)|chaque)\b", re.IGNORECASE),
    "en": re.compile(r"\b(?:all|every|each)\b", re.IGNORECASE),
}
_TOLD = 0.5
"""Share of a condition's words from which a claim repeats it."""


def unrestricted(claim: str, source: str, language: str) -> list[Finding]:
    """What `claim` says without the restriction that `source`, in the same language, has; at most one finding."""
    if language not in _PLANS:
        return []
    return (
        _planned(claim, source, language)
        or _excepted(claim, source, language)
        or _conditioned(claim, source, language)
    )


def _planned(claim: str, source: str, language: str) -> list[Finding]:
    """Told as done, where the source only has it planned or possible."""
    if _PLANS[language].search(claim):
        return []
    done = _verbs(_DONE[language], claim, language)
    only_planned = {
        verb: plan for verb, plan in _verbs(_PLANS[language], source, language).items() if verb in done
    }
    for verb in _verbs(_DONE[language], source, language):
        only_planned.pop(verb, None)
    return [Finding("planned", plan) for plan in list(only_planned.values())[:1]]


def _verbs(pattern: re.Pattern[str], text: str, language: str) -> dict[str, str]:
    """Stem of the verb of each match, with the words of the match."""
    return {
        stem: match[0] for match in pattern.finditer(text) for stem in content_stems(match["verb"], language)
    }


def _excepted(claim: str, source: str, language: str) -> list[Finding]:
    if _EXCEPTION[language].search(claim):
        return []
    stems = set(content_stems(claim, language))
    for match in _EXCEPTION[language].finditer(source):
        excepted = content_stems(match[1], language)[:2]
        if excepted and excepted[0] in stems:
            return [Finding("negation_lost", match[0].strip())]
        if _ALL[language].search(claim):
            return [Finding("exception", match[0].strip())]
    return []


def _conditioned(claim: str, source: str, language: str) -> list[Finding]:
    if _CONDITION[language].search(claim):
        return []
    stems = set(content_stems(claim, language))
    for match in _CONDITION[language].finditer(source):
        condition = set(content_stems(match[0], language))
        rest = set(content_stems(source[: match.start()] + " " + source[match.end() :], language))
        told = len(condition & stems) / len(condition) if condition else 1.0
        if told < _TOLD and len(stems & rest) >= 2:
            return [Finding("condition", match[0].strip(" ,;:"))]
    return []
