"""One line of `--answers`: ANSWER of the contracts with its question's id and what an evaluation noted of it."""

from __future__ import annotations

from typing import Any, TypedDict

from ..answer_json import AnswerJson


class NotesJson(TypedDict, total=False):
    """What can only be seen while the articles are at hand, and where the answer belongs."""

    run: str
    question: str
    """Fingerprint of the question."""
    repeat: int
    answer_language: str | None
    exact_quotes: int
    contexts: list[dict[str, Any]]
    """Passages that another system says it answered from."""
    gold_accepted: bool | None
    altered_flagged: bool | None
    altered: str
    """The gold sentence with a number changed."""


class RecordJson(AnswerJson, total=False):
    id: str
    evaluation: NotesJson


def notes_of(record: RecordJson) -> NotesJson:
    """What was noted; nothing of an answer that was not evaluated."""
    return record.get("evaluation") or NotesJson()
