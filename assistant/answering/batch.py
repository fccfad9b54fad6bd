"""The proof of anybody's answers against the passages given with them, one JSON line after another."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..answer_json import SentenceJson
from ..composition.composer import Proves
from ..errors import UsageError
from ..reading.language import detect_language
from ..reading.sentences import sentence_spans
from ..types import Json, Span
from .check import Checking
from .given import GivenPassage, GivenPassages

BETWEEN = "\n\n"
"""Stands between sentences that were given one by one."""
_HALVES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Task:
    """One line: an answer, the passages it was written from, and where its sentences are."""

    id: object
    language: str
    question: str | None
    passages: tuple[GivenPassage, ...]
    text: str
    sentences: tuple[Span, ...]
    whole: bool
    """Whether the answer was given as a whole, so that sentence spans mean something to who gave it."""


class BadLine(NamedTuple):
    """A line that is no task: its number from 1, and what is wrong with it."""

    number: int
    reason: str


def read_tasks(lines: Iterable[bytes]) -> Iterator[Task | BadLine]:
    """The tasks of JSON lines in UTF-8, in order; empty lines are passed over."""
    for number, line in enumerate(lines, start=1):
        try:
            text = line.decode("utf-8-sig").strip()
            if text:
                yield task_of(json.loads(text))
        except UnicodeDecodeError as error:
            yield BadLine(number, f"it is not UTF-8 text ({error.reason})")
        except (ValueError, RecursionError) as error:
            yield BadLine(number, f"it is not JSON ({error})")
        except UsageError as error:
            yield BadLine(number, str(error))


def task_of(data: object) -> Task:
    """A task from its JSON (contracts of `check --batch`). Raises `UsageError` with what is wrong."""
    if not isinstance(data, dict):
        raise UsageError("it is not a JSON object")
    if ("answer" in data) == ("sentences" in data):
        raise UsageError("it needs either 'answer' or 'sentences'")
    question = data.get("question")
    passages = tuple(_passage(one) for one in _list(data, "passages"))
    whole = "answer" in data
    parts = [_text(data, "answer")] if whole else [_text(one, "text") for one in _list(data, "sentences")]
    text = BETWEEN.join(parts)
    language = data.get("language") or detect_language(text)
    if not isinstance(language, str):
        raise UsageError("its 'language' is not a text")
    return Task(
        id=data.get("id"),
        language=language,
        question=question if isinstance(question, str) else None,
        passages=passages,
        text=text,
        sentences=tuple(sentence_spans(text, language) if whole else _joined(parts)),
        whole=whole,
    )


def check_task(task: Task, prover: Proves) -> Json:
    """The proof of one answer: the JSON of a line of `check --batch`; `passage` of a citation counts from 0."""
    given = GivenPassages(task.passages, task.language)
    checking = Checking(
        task.text,
        task.language,
        given.for_sentence,
        prover,
        None,
        headings=task.whole,
        question=task.question or "",
    )
    sentences = [_sentence(task, span, checking.sentence(span)) for span in task.sentences]
    citations = [
        {
            "n": citation.n,
            "passage": int(citation.quote.article),
            "start": citation.quote.start,
            "end": citation.quote.end,
            "quote": citation.quote.text,
        }
        for citation in checking.citations.values()
    ]
    return {"id": task.id, "sentences": sentences, "citations": citations}


def _sentence(task: Task, span: Span, told: SentenceJson) -> Json:
    return {
        "text": task.text[span.start : span.end],
        "start": span.start if task.whole else None,
        "end": span.end if task.whole else None,
        "verdict": told["verdict"],
        "probability": told["probability"],
        "reasons": told["reasons"],
        "citations": told["citations"],
    }


def _joined(parts: Sequence[str]) -> Iterator[Span]:
    """Where each part is, once they stand with `BETWEEN` between them."""
    start = 0
    for part in parts:
        yield Span(start, start + len(part))
        start += len(part) + len(BETWEEN)


def _list(data: Json, key: str) -> Sequence[object]:
    found = data.get(key)
    if not isinstance(found, list):
        raise UsageError(f"its {key!r} is not a list")
    return found


def _passage(data: object) -> GivenPassage:
    """A passage, with or without a title; a bare text is one too."""
    if isinstance(data, str):
        return GivenPassage("", readable(data))
    title = data.get("title") if isinstance(data, dict) else None
    return GivenPassage(readable(title) if isinstance(title, str) else "", _text(data, "text"))


def _text(data: object, key: str) -> str:
    found = data.get(key) if isinstance(data, dict) else data if key == "text" else None
    if not isinstance(found, str):
        raise UsageError(f"a {key!r} is missing or is not a text")
    return readable(found)


def readable(text: str) -> str:
    """Text without halves of characters, which nothing could print; offsets stay."""
    return _HALVES.sub("\ufffd", text)
