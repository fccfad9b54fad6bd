"""What a message that leans on the conversation takes from it, without a model: names, else all that was asked about."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from ..language.asking import asking
from ..language.folding import fold
from ..language.pack import pack
from ..reading.words import Word, words
from ..types import Turn

MOST_CARRIED = 8
_ONE_SENTENCE = re.compile(r"(?:[^.!?…]|[.](?! ))+[.!?… ]*")

Leans = Callable[[str], bool]
"""Whether a message cannot be understood without the one before it."""


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
    question: str,
    history: Sequence[Turn],
    language: str,
    frame: frozenset[str] = frozenset(),
    leans: Leans = lambda message: False,
    *,
    joined: bool = False,
) -> list[str]:
    """What a follow-up needs of the questions before it, back to the last one that stands alone.

    A pronoun takes their names; an ellipsis ("Et en 2024 ?"), or where there is no name, all they speak of. So does a
    pronoun after a question that asks for a name ("Who leads the mill? What did she do before?"): it means the answer.
    The second half of one message, which is `joined`, is about all that the first half is about.
    Words whose stems are in `frame` say what was wanted, not of what ("Parle-moi du train").
    """
    known = {fold(word.text) for word in words(question, language)}
    points = not known.isdisjoint(pack(language).asked["pointing"])
    asks_who = asking(language, "who")
    kept: list[str] = []
    for turn in reversed(history):
        if turn.role != "user" or turn.content == question:
            continue
        content = [word for word in words(turn.content, language) if not word.is_stop]
        content = [word for word in content if word.stem not in frame] or content
        names = [name for name in names_in(turn.content, language) if not _is_framed(name, language, frame)]
        told = any(map(str.isalpha, "".join(names)))  # a year alone is no name
        named = told and points and not joined and not asks_who.search(fold(turn.content))
        chosen = names if named else list(_runs(turn.content, content))
        kept += [each for each in chosen if fold(each) not in known and each not in kept]
        if not leans(turn.content):
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
    more = pack(language).asked["more"]
    known = {fold(word.text) for text in (question, *said) for word in words(text, language)}
    new = {word.stem for word in words(rewritten, language) if not word.is_stop}
    own = {
        word.stem for word in words(question, language) if not word.is_stop and fold(word.text) not in more
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
