"""A question as typed becomes a `Query`: its language, what it says about time, and what is searched."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Protocol

from ..errors import QuestionError
from ..language.folding import fold
from ..language.pack import languages, pack
from ..reading.language import detect_language
from ..reading.words import STOP_WORDS, words
from ..types import Query, Turn
from .followup import Leans, carried, is_faithful
from .timecues import read_time

Rewrite = Callable[[str, Sequence[Turn]], str | None]

LONGEST = 2000
"""Characters of a question that are read and searched; a longer one is refused, or cut where only a search is asked."""
LONGEST_REWRITING = 400
LONGEST_KEYWORDS = 8
"""Words of a message whose language its words tell better than their letters do."""
STOP_WORD = 0.01
"""What a stop word counts more than one that the articles know: names stand in articles of any language."""
SHORT = 4
"""Words below which a follow-up's language is the conversation's ("Et Mistral ?")."""


QUOTED = re.compile(r"«([^»]{3,400})»|“([^”]{3,400})”|\"([^\"]{3,400})\"")
FEWEST_OUTSIDE = 2
"""Words outside of quotation marks that tell the language of a message."""
_SPACES = re.compile(r"(?<![^\S\n])[^\S\n]+")


class Vocabulary(Protocol):
    """What the store tells of the words of its languages."""

    @property
    def languages(self) -> Mapping[str, int]: ...
    def document_frequency(self, stems: Sequence[str], language: str) -> Mapping[str, int]: ...


def normalised(text: str) -> str:
    """Accents composed (NFC), one space for any run of them, line ends kept."""
    composed = unicodedata.normalize("NFC", text)
    return "\n".join(_SPACES.sub(" ", line).strip() for line in composed.splitlines()).strip()


Frame = Callable[[str], frozenset[str]]
"""Stems of the words of a language that only say what is wanted: "résume", "timeline"."""


def _no_frame(language: str) -> frozenset[str]:
    return frozenset()


def language_of(text: str, vocabulary: Vocabulary | None = None, frame: Frame = _no_frame) -> str:
    """The language of a message; of a short one, that language of the collection which explains more of its words.

    What is quoted may be in another language: the words around it tell.
    """
    outside = QUOTED.sub(" ", text)
    text = outside if len(outside.split()) >= FEWEST_OUTSIDE else text
    told = next((one for one in languages() if set(pack(one).words["signs"]) & set(text)), None)
    if told is not None:
        return told
    told = detect_language(text[:LONGEST])
    if vocabulary is None or not vocabulary.languages or len(text.split()) > LONGEST_KEYWORDS:
        return told
    known = {one: _known(text, one, vocabulary) for one in vocabulary.languages}
    explained = {one: _explained(text, one, known, frame(one)) for one in {told, *known}}
    most = max(explained.values())
    if explained[told] == most and (told in vocabulary.languages or _has_words_of(text, told, frame(told))):
        return told
    best = [language for language in vocabulary.languages if explained[language] == most] or [told]
    return max(best, key=lambda language: vocabulary.languages.get(language, 0))


def _explained(text: str, language: str, known: Mapping[str, list[bool]], frame: frozenset[str]) -> float:
    """Words of a text that the language has: stop words, words of requests, those of the collection's articles in it.

    `known` says for each language of the collection which words stand in its articles.
    """
    found = words(text, language)
    told = [known[language]] if language in known else []
    if language in languages():  # names are those of the articles, whatever their language
        named = [_is_written_as_name(word.text) for word in found]
        if not told and len(known) > 1:  # what articles in every language have is a name too: "gpt-oss"
            named = [a or all(b) for a, *b in itertools.zip_longest(named, *known.values(), fillvalue=False)]
        told += [[a and b for a, b in zip(named, one, strict=False)] for one in known.values()]
    own = [word.is_stop or word.stem in frame for word in found]
    explained = sum(any(one) for one in itertools.zip_longest(own, *told, fillvalue=False))
    return explained + STOP_WORD * sum(word.is_stop for word in found)


def _has_words_of(text: str, language: str, frame: frozenset[str]) -> bool:
    """Whether a text is more than names that could be of any language."""
    return any(
        word.is_stop or (word.stem in frame and not _is_written_as_name(word.text))
        for word in words(text, language)
    )


def _known(text: str, language: str, vocabulary: Vocabulary) -> list[bool]:
    """For each word whether it stands in the collection's articles in a language, and carries content.

    A stop word of any language carries none: English that French articles quote makes "the" no French word.
    """
    found = words(text, language)
    carrying = [not word.is_stop and not _is_stop_anywhere(word.text) for word in found]
    stems = [word.stem for word, carries in zip(found, carrying, strict=True) if carries]
    known = vocabulary.document_frequency(stems, language)
    return [carries and bool(known.get(word.stem)) for word, carries in zip(found, carrying, strict=True)]


def _is_stop_anywhere(word: str) -> bool:
    return any(fold(word) in STOP_WORDS.get(language, ()) for language in languages())


def _is_written_as_name(word: str) -> bool:
    return word[0].isupper() or any(map(str.isdigit, word))


def read_question(
    text: str,
    history: Sequence[Turn] = (),
    as_of: date | None = None,
    rewrite: Rewrite | None = None,
    vocabulary: Vocabulary | None = None,
    frame: Frame = _no_frame,
    leans: Leans = lambda message: False,
    *,
    joined: bool = False,
) -> Query:
    """Understand a question asked on `as_of` (today); raise `QuestionError` where there is nothing in it.

    A follow-up, which `leans` tells, is made to stand alone: by `rewrite` (asked once, None where it cannot) if it asks
    the same, else with the names that it takes from the questions before it. Any other question is searched as it is.
    `frame` gives the stems of words that only say what is wanted: they are never carried over. A question that is
    `joined` to the one before it, in one message, takes all that it speaks of.
    """
    text = normalised(text)
    if not text.strip().strip("\ufeff\u200b\u200c\u200d\u2060"):
        raise QuestionError(f"The question {text[:40]!r} is empty. Type a question about the articles.")
    today = as_of or date.today()
    asked = [turn.content for turn in history if turn.role == "user" and turn.content.strip()]
    language = language_of(text, vocabulary, frame)
    time = read_time(text[:LONGEST], today)
    if not asked or len(text) > LONGEST or not leans(text):
        return Query(text, text, language, time, today)
    if len(text.split()) < SHORT or language == "und":
        language = language_of(asked[-1], vocabulary, frame)
    names = carried(text, history, language, frame(language), leans, joined=joined)
    search_text = _stand_alone(text, history, rewrite, language, names)
    # "And Mistral?" after "What happened in March 2025?" is about March 2025
    time = time or read_time(asked[-1], today)
    return Query(text, search_text, language, time, today, rewritten=search_text != text)


def _stand_alone(
    text: str,
    history: Sequence[Turn],
    rewrite: Rewrite | None,
    language: str,
    names: Sequence[str],
) -> str:
    rewritten = rewrite(text, history) if rewrite is not None else None
    if rewritten is not None:
        rewritten = " ".join(rewritten.split()).strip("\"'«» ")
        if 0 < len(rewritten) <= LONGEST_REWRITING and is_faithful(rewritten, text, history, language):
            return rewritten
    return f"{text.strip()} ({', '.join(names)})" if names else text
