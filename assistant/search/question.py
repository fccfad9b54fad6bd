"""A question as typed becomes a `Query`: its language, what it says about time, and what is searched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from ..errors import QuestionError
from ..reading.language import detect_language
from ..types import Query, Turn
from .followup import carried, is_faithful, is_follow_up
from .timecues import read_time

Rewrite = Callable[[str, Sequence[Turn]], str | None]

LONGEST = 2000
"""Characters of a question that are read and searched; a longer one is refused, or cut where only a search is asked."""
LONGEST_REWRITING = 400
SHORT = 4
"""Words below which a follow-up's language is the conversation's ("Et Mistral ?")."""


def read_question(
    text: str,
    history: Sequence[Turn] = (),
    as_of: date | None = None,
    rewrite: Rewrite | None = None,
) -> Query:
    """Understand a question asked on `as_of` (today); raise `QuestionError` where there is nothing in it.

    A follow-up is made to stand alone: by `rewrite` (asked once, None where it cannot) if it asks the same, else
    with the names that it takes from the questions before it. Any other question is searched as it is.
    """
    if not text.strip().strip("\ufeff\u200b\u200c\u200d\u2060"):
        raise QuestionError(f"The question {text[:40]!r} is empty. Type a question about the articles.")
    today = as_of or date.today()
    asked = [turn.content for turn in history if turn.role == "user" and turn.content.strip()]
    language = detect_language(text[:LONGEST])
    time = read_time(text[:LONGEST], today)
    if not asked or len(text) > LONGEST or not is_follow_up(text, language):
        return Query(text, text, language, time, today)
    if len(text.split()) < SHORT or language == "und":
        language = detect_language(asked[-1])
    search_text = _stand_alone(text, history, rewrite, language)
    # "And Mistral?" after "What happened in March 2025?" is about March 2025
    return Query(text, search_text, language, time or read_time(asked[-1], today), today)


def _stand_alone(text: str, history: Sequence[Turn], rewrite: Rewrite | None, language: str) -> str:
    rewritten = rewrite(text, history) if rewrite is not None else None
    if rewritten is not None:
        rewritten = " ".join(rewritten.split()).strip("\"'«» ")
        if 0 < len(rewritten) <= LONGEST_REWRITING and is_faithful(rewritten, text, history, language):
            return rewritten
    names = carried(text, history, language)
    return f"{text.strip()} ({', '.join(names)})" if names else text
