"""Whether a question leans on the ones before it, told cheaply; and what it takes from them without a model.

A question that stands alone is never touched: something listed here must be found in it first.
French and English; questions in other languages are taken as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..reading.words import Word, fold, words
from ..types import Turn
from .timecues import flattened

MOST_CARRIED = 8
SHORT = 8
"""Words of an elliptic question at most ("Et pour les modèles ouverts ?")."""

_OPENING = re.compile(
    r"(?:et|mais|alors|sinon|and|but|or|so|same)\b[ ,]*"
    r"|what about|how about|qu'en est-il|quid|pareil|meme (?:chose|question)"
)
_QUESTION = re.compile(
    r"(?:qui|que|qu'|quoi|quel(?:le)?s?|quand|comment|combien|pourquoi|ou|est-ce|lequel|laquelle"
    r"|who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|can|could|will)\b"
)
# Words that ask for more of the same.
_MORE_WORDS = """
autre autres continue continuer detail details developpe developper dire dis donne donner donnez encore
exemple exemples explique expliquer info infos peux plus pourrais pouvez precise preciser precisions raison
raisons repete resume resumer savoir source sources suite
again another clarify detail elaborate else example examples expand explain more other others reason reasons
repeat summarise summarize tell
"""
_MORE = frozenset(_MORE_WORDS.split())
# Said of nothing: "Que faut-il…", "Is it true that…", "this year".
_IMPERSONAL = re.compile(
    r"\b(?:faut-il|fallait-il|s'agit-il|existe-t-il|reste-t-il|y a-t-il|y avait-il|se \w+-t-il"
    r"|s'est-il (?:passe|produit)|est-il (?:possible|vrai|legal|permis|interdit|necessaire|obligatoire)"
    r"|il (?:y a|y avait|faut|existe|s'agit|est (?:possible|vrai|interdit|legal|question))"
    r"|qu'est-ce qu\w*|est-ce qu\w*|c'est|cette (?:annee|semaine|nuit)|ces (?:jours|mois|annees|dernier\w*)"
    r"|cet? (?:mois|jour|soir|matin|trimestre|ete|automne|hiver|printemps)"
    r"|is it (?:true|possible|legal|safe|necessary|hard|easy)|it is (?:true|possible)"
    r"|how (?:long|much) does it take"
    r"|th(?:is|ese|at) (?:years?|months?|weeks?|days|quarter|morning|summer|winter|spring|autumn))\b"
)
_PRONOUN = re.compile(
    r"\b(?:(?P<plain>ils?|elles?|lui|eux|(?:ceux|celles?|celui)(?! (?:de|du|des|d'|qu))|cela|ca|ceci"
    r"|sa|son|ses|leurs?|it|its|he|him|his|she|her|hers|they|them|their|theirs"
    r"|(?:this|that|these|those)(?= (?:is|was|are|were|means?|works?|happen\w*)\b|\W*$))"
    r"|(?P<noun>(?:cet?|cette|ces|this|that|these|those) (?!qui|que|qu'|dont)\w+))\b"
)
_DETERMINER = r"(?:\b(?:le|la|les|un|une|des|du|the|an?|au|aux)\s+|\bl')"
_ASKING = frozenset({"combien", "comment", "pourquoi", "quand"})
_STRONG = re.compile(r"\b(?:of|about|for|with|de|d'|sur|pour|avec|dans|in|chez)\s*$")


def is_follow_up(question: str, language: str) -> bool:
    """Whether `question` cannot be understood without what was said before it."""
    if language not in ("fr", "en", "und"):
        return False
    content = [word for word in words(question, language) if not word.is_stop]
    if all(fold(word.text) in _MORE for word in content):
        return True  # "Pourquoi ?", "Tell me more"
    flat = flattened(question)
    return _is_elliptic(flat.strip(), content) or _leans_on_a_pronoun(question, flat, language)


def _is_elliptic(flat: str, content: Sequence[Word]) -> bool:
    """Said of "Et en 2024 ?" and "What about Mistral?": an opening, then no question of its own."""
    opening = _OPENING.match(flat)
    if opening is None or len(content) > SHORT // 2 or len(flat.split()) > SHORT:
        return False
    return _QUESTION.match(flat[opening.end() :].lstrip()) is None


def _leans_on_a_pronoun(question: str, flat: str, language: str) -> bool:
    """Whether there is a pronoun, and nothing before it that it could stand for."""
    cleared = _IMPERSONAL.sub(lambda match: " " * len(match[0]), flat)
    pronoun = _PRONOUN.search(cleared)
    if pronoun is None:
        return False
    before = cleared[: pronoun.start()]
    if _has_name(question[: pronoun.start()], language):
        return False
    at_the_end = not cleared[pronoun.end() :].strip(" ?!.…")
    if at_the_end and (pronoun["noun"] or _STRONG.search(before)):
        return True  # "Quelle est la licence de ce modèle ?", "What is the licence of it?"
    if pronoun["noun"] and language == "en":
        return False  # "that" joins sentences more often than it points
    return not _has_noun(before, language)


def _has_name(text: str, language: str) -> bool:
    return any(True for _ in names_in(text, language))


def _has_noun(flat: str, language: str) -> bool:
    """A determiner before a content word, or more content than a lone verb."""
    content = [word for word in words(flat, language) if not word.is_stop and word.text not in _ASKING]
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


def carried(question: str, history: Sequence[Turn], language: str) -> list[str]:
    """What a follow-up needs of the questions before it, back to the last one that stands alone.

    A pronoun takes their names; an ellipsis ("Et en 2024 ?"), or where there is no name, all they speak of.
    """
    known = {fold(word.text) for word in words(question, language)}
    points = _PRONOUN.search(flattened(question)) is not None
    kept: list[str] = []
    for turn in reversed(history):
        if turn.role != "user" or turn.content == question:
            continue
        names = list(names_in(turn.content, language))
        content = [word for word in words(turn.content, language) if not word.is_stop]
        chosen = names if names and points else list(_runs(turn.content, content))
        kept += [each for each in chosen if fold(each) not in known and each not in kept]
        if not is_follow_up(turn.content, language):
            break
    return kept[:MOST_CARRIED]
