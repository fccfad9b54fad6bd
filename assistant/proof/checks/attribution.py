"""Who says it: a claim that names another speaker than its source."""

from __future__ import annotations

import re
from functools import cache, partial
from typing import NamedTuple

from assistant.language.lexicon import one_of, words_in
from assistant.proof.analysed import Analysed, analysed, kept
from assistant.proof.checks.names import missing_tokens, source_names
from assistant.proof.proper_names import Name


class Saying(NamedTuple):
    """What stands before and after the name of a speaker in one language's texts, folded."""

    before: re.Pattern[str]
    after: re.Pattern[str]


@cache
def saying_in(language: str) -> Saying:
    """The patterns made of the `[speech]` of a language and of those beside it."""
    words = partial(words_in, language, "speech")
    stems = "|".join(map(re.escape, words("after_stems")))
    return Saying(
        re.compile(
            rf"\b(?:{one_of(words('before'))}|{one_of(words('before_verbs'))})\s+{one_of(words('titles'))}?$"
        ),
        re.compile(
            rf"^(?:,[^,.;]{{1,60}},)?\s+{one_of(words('auxiliaries'))}?(?:{one_of(words('after'))}\b|(?:{stems}))"
        ),
    )


@kept
def speakers(text: Analysed) -> tuple[Name, ...]:
    """Names that stand beside a word of saying: "selon X", "X affirme", "said X"."""
    folded, saying = text.folded, saying_in(text.language)
    return tuple(
        name
        for name in text.names
        if saying.before.search(folded[: name.start]) or saying.after.match(folded[name.end :])
    )


def swapped_speaker(claim: Analysed, source: Analysed) -> Name | None:
    """The speaker a claim names where the source names only other ones."""
    given = speakers(source)
    if not given:
        return None
    names = " ; ".join(name.text for name in given)
    offered = [source_names(analysed(names, source.language))]
    for speaker in speakers(claim):
        missing = missing_tokens(speaker, claim, offered, cognates=claim.language != source.language)
        if len(missing) == len(speaker.tokens):
            return speaker
    return None
