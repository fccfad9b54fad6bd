"""Who says it: a source that reports, an answer that states; or an answer that names another speaker."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.proof.checks.names import Name, find_names, missing_tokens, source_names
from assistant.proof.checks.numbers import fold_keeping_length
from assistant.proof.checks.quotations import find_quotations
from assistant.reading.words import words

_CUES = {
    "fr": re.compile(
        r"\b(?:selon|d'apres|a en croire|aux dires de|"
        r"(?:affirm|estim|assur|declar|soutien|pretend|accus|soupconn|alleg|expliqu|indiqu|precis|ajout|annonc|"
        r"soulign|rappel|racont|rapport|consider|jug|reconn|confi|suppos|cro[iy]|pens)\w*|"
        r"dit|disent|disait|dira|ecrit|ecrivait|"
        r"aurai(?:t|ent)|serai(?:t|ent)|presumee?s?|pretendue?s?|supposee?s?)\b"
    ),
    "en": re.compile(
        r"\b(?:according to|in the words of|reported(?:ly)?|reports?|alleged(?:ly)?|supposed(?:ly)?|apparently|"
        r"sa(?:id|ys?)|claim(?:s|ed)?|accus(?:es?|ed)|argu(?:es?|ed)|believ(?:es?|ed)|tells?|told|stat(?:es|ed)|"
        r"estimat(?:es?|ed)|suggest(?:s|ed)?|announc(?:es|ed)|explain(?:s|ed)|not(?:es|ed)|add(?:s|ed)|warn(?:s|ed)|"
        r"think(?:s)?|thought|wrote|writes|contend(?:s|ed)?|insist(?:s|ed)?|admit(?:s|ted)?|"
        r"may have|might have|would have|could have|is said to|are said to|was said to)\b"
    ),
}
_STRONG = {
    "fr": re.compile(
        r"\b(?:selon|d'apres|a en croire|aux dires de|(?:affirm|estim|assur|soutien|pretend|accus|soupconn|alleg)\w*|"
        r"dit que|disent que|ecrit que|aurai(?:t|ent)|serai(?:t|ent)|presumee?s?)\b(?! que si)"
    ),
    "en": re.compile(
        r"\b(?:according to|reportedly|alleged(?:ly)?|supposedly|apparently|said(?: that)?|says(?: that)?|"
        r"claim(?:s|ed)(?: that)?|accus(?:es|ed)|argu(?:es|ed) that|believ(?:es|ed)(?: that)?|"
        r"estimat(?:es|ed) that|suggest(?:s|ed) that|warn(?:s|ed) that|"
        r"may have|might have|would have|is said to|are said to|was said to)\b"
    ),
}
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


def _cues(language: str, strong: bool) -> re.Pattern[str]:
    table = _STRONG if strong else _CUES
    return table.get(language, table["en"])


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


def lost_attribution(claim: str, language: str, source: str, source_language: str) -> str | None:
    """The words with which a source reports what the claim states as fact; None where nothing is lost."""
    folded_claim, folded = fold_keeping_length(claim), fold_keeping_length(source)
    if _keeps_attribution(folded_claim, folded, language) or find_quotations(claim):
        return None
    claimed = {word.stem for word in words(claim, language) if not word.is_stop}
    for cue in _cues(source_language, strong=True).finditer(folded):
        if _governs(cue.span(), source, source_language, claimed):
            return source[cue.start() : cue.end()]
    return None


def _keeps_attribution(claim: str, source: str, language: str) -> bool:
    """A word of saying that reports, or one of the claim's own; "un nom déclaré" of the source is none."""
    if _cues(language, strong=True).search(claim):
        return True
    return any(match.group() not in source for match in _cues(language, strong=False).finditer(claim))


def _governs(cue: tuple[int, int], source: str, language: str, claimed: set[str]) -> bool:
    """Whether most of what the claim takes from the source stands under the word of saying."""
    shared = [word for word in words(source, language) if word.stem in claimed]
    if not shared:
        return False
    closing = cue[0] > 0.6 * len(source) and re.search(r"[,»”\"]\s*[^,]{0,30}$", source[: cue[0]])
    under = [word for word in shared if word.start >= cue[1] or (closing and word.end <= cue[0])]
    return len(under) >= 0.6 * len(shared)
