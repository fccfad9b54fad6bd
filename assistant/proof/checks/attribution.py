"""Who says it: a claim that names another speaker than its source."""

from __future__ import annotations

import re
from functools import cache, lru_cache, partial
from typing import NamedTuple

from assistant.language.folding import fold_keeping_length
from assistant.language.lexicon import one_of, words_in
from assistant.proof.checks.names import Name, find_names, missing_tokens, source_names


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


@lru_cache(maxsize=8192)
def speakers(text: str, language: str) -> tuple[Name, ...]:
    """Names that stand beside a word of saying: "selon X", "X affirme", "said X"."""
    folded, saying = fold_keeping_length(text), saying_in(language)
    return tuple(
        name
        for name in find_names(text, language)
        if saying.before.search(folded[: name.start]) or saying.after.match(folded[name.end :])
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
