"""Whether a question leans on the ones before it, told cheaply; and what it takes from them without a model.

A question that stands alone is never touched: something listed here must be found in it first.
French and English by their grammar, other languages by the words of their packs; those without one as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ..language.lexicon import words_in
from ..language.pack import languages
from ..reading.words import Word, fold, words
from ..types import Turn
from .time_words import MONTHS
from .timecues import flattened

GRAMMARS = frozenset(("fr", "en", "und"))
"""Languages whose pronouns and incomplete questions are told by the expressions below."""
MOST_CARRIED = 8
SHORT = 8
"""Words of an elliptic question at most ("Et pour les modèles ouverts ?")."""

# Questions that lack what they ask about: "Sous quelle licence ?", "Which one is newer?", "Qu'en pense Elon Musk ?",
# "C'est gratuit ?", "How much money may it cost?", "Quelle licence a-t-il ?" (whose noun is asked for, not asked about).
_LACKING = re.compile(
    r"\A(?:(?:\w+ )?(?:quel(?:le)?s?|what|which) \w+\W*$"
    r"|(?:\w+ )?(?:lequel|laquelle|lesquel(?:le)?s)\b(?! (?:de|des|du|d'|entre|parmi))"
    r"|(?:which|what) (?:ones?\b|of (?:them|these|those|the two)\b(?= \w+ |\W*$))"
    r"|.*(?:des deux|l'autre|(?:of|between) the two|the (?:first|second|third|last|other) ones?)\W*$"
    r"|(?:\w+ )?(?:combien de temps|how (?:long|often|far|big|large|old))\W*$"
    r"|(?:qui|que|combien|quand|quel(?:le)?s?) en (?:a|ont|est|sont|etait|etaient|sera|seront)\b"
    r"|(?:qui|quand|comment|pourquoi) (?:les |la |l')(?:a|ont|avait|avaient)\b"
    r"|(?:\w+ )?(?:do|does|did|is|are|was|were|can|could) (?:this|that|these|those) (?!an? |the |it |there )\w+\b"
    r"(?! (?:on|of|in|about|for|by|to)\b)"
    r"|qu'en (?:pens|di|fai|fer|ressor|conclu|retir)\w*"
    r"|(?:est-ce que |et |mais )?c'est (?!quoi)[\w-]+\W*$"
    r"|(?:\w+ )?(?:how (?:much|many)|what|which) \w+ (?:do|does|did|is|are|was|were|will|would|can|could|may|might|has|have|had) "
    r"(?:it|they|he|she)\b"
    r"|(?:\w+ )?(?:combien de|quel(?:le)?s?) (?!temps|heure)\w+ \w+(?:-t)?[- ](?:il|elle|(?:ils|elles)\W*$)\b)"
)
# "And how much was reported in January 2023?": what is asked about is missing, for all that it asks in full.
_BARE = re.compile(
    r"(?:et|mais|and|but|so)\b,? (?:combien|quand|ou|pourquoi|how (?:much|many)|when|where|why)\b(?! (?:de|d'))"
)
# Said of nothing: "Que faut-il…", "Is it true that…", "this year".
_IMPERSONAL = re.compile(
    r"\b(?:quel temps fait-il|quelle heure est-il"
    r"|faut-il|fallait-il|s'agit-il|existe-t-il|reste-t-il|y a[ -]t[-' ]{1,2}il|y avait-il|se \w+-t-il"
    r"|s'est-il (?:passe|produit)|est-il (?:possible|vrai|legal|permis|interdit|necessaire|obligatoire) (?:de|d'|que|qu')"
    r"|est-il (?:\w+ ){1,2}(?:de |d')\w+(?:er|ir|re)"
    r"|il (?:y a|y avait|faut|existe|s'agit|se \w+|est (?:possible|vrai|interdit|legal|question))"
    r"|qu'est-ce qu\w*|est-ce qu\w*|c'est|cette (?:annee|semaine|nuit|saison)|ces (?:jours|mois|annees|dernier\w*)"
    r"|cet? (?:mois|jour|soir|matin|trimestre|ete|automne|hiver|printemps)"
    r"|is it (?:true|possible|legal|safe|necessary|hard|easy) (?:to|that|for|if)|it is (?:true|possible)"
    r"|does it (?:take|mean (?:for|to|if|when))"
    r"|(?:is|was) it (?:called|determined|decided|said|common|known|thought|believed|like to)(?= |$)"
    r"|(?:is|was|does|did|would|will|can) (?:it|that) (?:\w+ ){0,3}?(?:(?:il)?legal|allowed|forbidden|hard|easy|difficult|safe"
    r"|idea|worth|better|best|important|useful|normal|common|expensive|cheap|cost|feel|take|sense) to [a-z]\w+"
    r"|(?:comment|pourquoi) ca \w+, (?:une?|les?|la|l'|des)|ca \w+ (?:\w+ )?(?:de |d')\w+er"
    r"|th(?:is|ese|at) (?:years?|months?|weeks?|days|quarter|season|morning|summer|winter|spring|autumn))\b"
)
_PRONOUN = re.compile(
    r"\b(?:(?P<plain>l'(?=(?:a|ont|avait|avaient|aurait)\b)"
    r"|ils?|elles?|lui|eux|(?:ceux|celles?|celui)(?! (?:de|du|des|d'|qu))|cela|ca|ceci"
    r"|sa|son|ses|leurs?|it|its|he|him|his|she|her|hers|they|them|their|theirs"
    r"|(?:this|that|these|those)(?= (?:is|was|are|were|means?|works?|happen\w*)\b|\W*$))"
    r"|(?P<noun>(?:cet?|cette|ces|this|that|these|those) (?!qui|que|qu'|dont)\w+))\b"
)
_DETERMINER = (
    r"(?:\b(?:le|la|les|un|une|des|du|the|an?|au|aux|which|what|quel(?:le)?s?|combien de|how many)\s+|\bl')"
)
_ASKING = frozenset({"combien", "comment", "pourquoi", "quand"})
_DURATION = re.compile(r"\bcombien de temps\b|\bquel(?:le)?s? (?:heure|annee|mois|jour|date|epoque)s?\b")
"""Asked for, and nothing that a pronoun stands for."""
_JOINED = re.compile(r"\b(?:et|ou|mais|and|or|but)\b|,")
_ONE_SENTENCE = re.compile(r"(?:[^.!?…]|[.](?! ))+[.!?… ]*")
_QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|\"[^\"]*\"")
_OPINION = re.compile(r"\b(?:think|say|know|do|mean) (?:of|about|for|with)\s*$")
_STRONG = re.compile(r"\b(?:of|about|for|with|de|d'|sur|pour|avec|dans|in|chez)\s*$")


@cache
def _said(language: str, key: str) -> re.Pattern[str]:
    """An expression that matches one of a list of the pack's `[asked]`."""
    return re.compile("|".join(words_in(language, "asked", key)) or "(?!)")


@cache
def _question_in(language: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{_said(language, 'question').pattern})\b")


@cache
def _more_in(language: str) -> frozenset[str]:
    """Words that ask for more of the same."""
    return frozenset(words_in(language, "asked", "more"))


def is_follow_up(question: str, language: str) -> bool:
    """Whether `question` cannot be understood without what was said before it."""
    if language != "und" and language not in languages():
        return False
    content = [word for word in words(question, language) if not word.is_stop]
    if all(fold(word.text) in _more_in(language) for word in content):
        return True  # "Pourquoi ?", "Tell me more"
    flat = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), flattened(question))
    said = flat.strip(" ¿¡")
    if _is_elliptic(said, content, language):
        return True
    if language not in GRAMMARS:
        return _points_back(question, flat, language)
    return (
        _LACKING.match(said) is not None
        or (_BARE.match(said) is not None and _says_nothing_else(content, question))
        or _leans_on_a_pronoun(question, flat, language)
    )


def _says_nothing_else(content: Sequence[Word], question: str) -> bool:
    """No name, and one word at most beside question words, months and numbers."""
    rest = [word for word in content if not word.text[0].isdigit() and fold(word.text) not in MONTHS]
    rest = [word for word in rest if fold(word.text) not in _ASKING]
    return len(rest) < 2 and not any(_is_name(question, word) for word in rest)


def _points_back(question: str, flat: str, language: str) -> bool:
    """Whether there is a pronoun, and no name and one word of content at most before it."""
    pronouns = words_in(language, "asked", "pronouns")
    pronoun = re.search(rf"\b(?:{'|'.join(pronouns)})\b", flat) if pronouns else None
    if pronoun is None:
        return False
    before = question[: pronoun.start()]
    content = [word for word in words(before, language) if not word.is_stop]
    content = [word for word in content if fold(word.text) not in _more_in(language)]
    return len(content) < 2 and not _has_name(before, language)


def _is_elliptic(flat: str, content: Sequence[Word], language: str) -> bool:
    """Said of "Et en 2024 ?" and "What about Mistral?": an opening, then no question of its own."""
    opening = _said(language, "opening").match(flat)
    if opening is None or len(content) > SHORT // 2 or len(flat.split()) > SHORT:
        return False
    return _question_in(language).match(flat[opening.end() :].lstrip(" ¿")) is None


def _leans_on_a_pronoun(question: str, flat: str, language: str) -> bool:
    """Whether there is a pronoun, and nothing before it that it could stand for."""
    cleared = _IMPERSONAL.sub(lambda match: " " * len(match[0]), flat)
    pronoun = _PRONOUN.search(cleared)
    if pronoun is None:
        return False
    before = cleared[: pronoun.start()]
    at_the_end = not cleared[pronoun.end() :].strip(" ?!.…")
    if _has_name(question[: pronoun.start()], language):
        # "What does Musk think of it?", yet "What is Stargate and what do people say of it?"
        return at_the_end and _OPINION.search(before) is not None and _JOINED.search(before) is None
    cataphora = _question_in(language).search(before) is None and "," in cleared[pronoun.end() :]
    if cataphora and len(before.split()) in (1, 2) and _has_name(question, language):
        return False  # "Besides its models, what does Meta publish?"
    if at_the_end and (pronoun["noun"] or _STRONG.search(before)):
        return True  # "Quelle est la licence de ce modèle ?", "What is the licence of it?"
    if pronoun["noun"] and not before.strip() and _has_name(question.partition(",")[0], language):
        return False  # "Cette loi sur l'IA, que dit-elle ?"
    if pronoun["noun"] and language == "en":
        return False  # "that" joins sentences more often than it points
    return not _has_noun(before, language)


def _has_name(text: str, language: str) -> bool:
    return any(True for _ in names_in(text, language))


def _has_noun(flat: str, language: str) -> bool:
    """A determiner before a content word, or more content than a lone verb."""
    flat = _DURATION.sub(lambda match: " " * len(match[0]), flat)
    content = [word for word in words(flat, language) if not word.is_stop and word.text not in _ASKING]
    content = [word for word in content if len(word.text) > 1]  # "sera-t-elle"
    return len(content) > 1 or any(re.search(_DETERMINER + "$", flat[: word.start]) for word in content)


def names_in(text: str, language: str) -> Iterator[str]:
    """What is written as a name or holds a digit: "Sam Altman", "GPT-2"; never for opening a sentence."""
    found = words(text, language)
    return _runs(text, [word for word in found if _is_name(text, word)])


def _is_name(text: str, word: Word) -> bool:
    if any(character.isdigit() for character in word.text):
        return True
    if len(word.text) > 1 and word.text.isupper():
        return True
    if word.is_stop or not word.text[0].isupper():
        return False
    before = text[: word.start].rstrip(" «\"'“(¿¡")
    opens = not before or before[-1] in ".?!:"
    return not opens or any(character.isupper() for character in word.text[1:])


def _runs(text: str, chosen: Sequence[Word]) -> Iterator[str]:
    """The chosen words, those beside each other together."""
    start = end = -1
    for word in chosen:
        if start >= 0 and word.start - end > 1:
            yield text[start:end]
            start = -1
        start, end = (word.start if start < 0 else start), word.end
    if start >= 0:
        yield text[start:end]


def carried(
    question: str, history: Sequence[Turn], language: str, frame: frozenset[str] = frozenset()
) -> list[str]:
    """What a follow-up needs of the questions before it, back to the last one that stands alone.

    A pronoun takes their names; an ellipsis ("Et en 2024 ?"), or where there is no name, all they speak of.
    Words whose stems are in `frame` say what was wanted, not of what ("Parle-moi du train").
    """
    known = {fold(word.text) for word in words(question, language)}
    points = _PRONOUN.search(flattened(question)) is not None
    kept: list[str] = []
    for turn in reversed(history):
        if turn.role != "user" or turn.content == question:
            continue
        content = [word for word in words(turn.content, language) if not word.is_stop]
        content = [word for word in content if word.stem not in frame] or content
        names = [name for name in names_in(turn.content, language) if not _is_framed(name, language, frame)]
        chosen = names if names and points else list(_runs(turn.content, content))
        kept += [each for each in chosen if fold(each) not in known and each not in kept]
        if not is_follow_up(turn.content, language):
            break
    return kept[:MOST_CARRIED]


def _is_framed(name: str, language: str, frame: frozenset[str]) -> bool:
    """Whether a name is made of words that only say what was wanted: "Parle" for opening a question."""
    return all(word.stem in frame for word in words(name, language))


def is_faithful(rewritten: str, question: str, history: Sequence[Turn], language: str) -> bool:
    """Whether `rewritten` asks what the follow-up asks: all that it names, nothing that nobody named, no answer.

    A small model drops numbers, answers, or repeats the question before; then names carried over serve better.
    """
    said = [turn.content for turn in history]
    known = {fold(word.text) for text in (question, *said) for word in words(text, language)}
    new = {word.stem for word in words(rewritten, language) if not word.is_stop}
    own = {
        word.stem
        for word in words(question, language)
        if not word.is_stop and fold(word.text) not in _more_in(language)
    }
    before = {word.stem for text in said for word in words(text, language) if not word.is_stop}
    asks = "?" in question
    return (
        all(fold(name) in fold(rewritten) for name in names_in(question, language))
        and all(
            fold(word.text) in known
            for name in names_in(rewritten, language)
            for word in words(name, language)
        )
        and 2 * len(own & new) >= len(own)
        and bool((new - own) & before)
        and _ONE_SENTENCE.fullmatch(rewritten) is not None
        and (not asks or rewritten.endswith("?"))
    )
