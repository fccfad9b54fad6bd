"""Sets of questions kept up: gold that moved is found again; other formats and users' feedback are imported."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol

from ..answer_json import AnswerJson
from ..errors import EvaluationError
from ..types import Json
from .questions import GoldSpan, Question

# --------------------------------------------------------------------------- spans that moved


@dataclass(frozen=True, slots=True)
class Validated:
    """Questions with their spans where the quotes stand now."""

    questions: tuple[Question, ...]
    moved: tuple[Json, ...]
    """{"id", "article", "quote", "from", "to"}"""
    stale: tuple[Json, ...]
    """{"id", "article", "quote"} of spans whose quote stands nowhere, or whose article is gone."""


def validate(questions: Iterable[Question], text_of: Callable[[str], str | None]) -> Validated:
    """Find each span's quote again; the nearest place wins where it stands more than once."""
    kept: list[Question] = []
    moved: list[Json] = []
    stale: list[Json] = []
    for question in questions:
        spans: list[GoldSpan] = []
        for span in question.spans:
            found = _anchored(span, text_of(span.article))
            spans.append(found or span)
            named = {"id": question.id, "article": span.article, "quote": span.quote}
            if found is None:
                stale.append(named)
            elif found != span:
                moved.append({**named, "from": [span.start, span.end], "to": [found.start, found.end]})
        gone = [name for name in question.articles if text_of(name) is None]
        known = {span["article"] for span in stale if span["id"] == question.id}
        stale += [{"id": question.id, "article": n, "quote": None} for n in gone if n not in known]
        kept.append(replace(question, spans=tuple(spans)))
    return Validated(tuple(kept), tuple(moved), tuple(stale))


def _anchored(span: GoldSpan, text: str | None) -> GoldSpan | None:
    """The span at the place where its quote stands; white space may have changed. None where it does not."""
    if text is None or not span.quote.strip():
        return None
    if text[span.start : span.end] == span.quote:
        return span
    words = r"\s+".join(re.escape(word) for word in span.quote.split())
    # "27" does not stand in "1927"
    before, after = (
        r"\b" if edge.isalnum() else "" for edge in (span.quote.strip()[0], span.quote.strip()[-1])
    )
    matches = list(re.finditer(before + words + after, text))
    if not matches:
        return None
    best = min(matches, key=lambda match: abs(match.start() - span.start))
    return GoldSpan(span.article, best.start(), best.end(), best.group())


# --------------------------------------------------------------------------- other formats


@dataclass(frozen=True, slots=True)
class Imported:
    """Questions of another format, with the texts they were asked about by article name."""

    questions: tuple[Question, ...]
    articles: dict[str, str]


def _slug(text: str) -> str:
    return re.sub(r"[^\w-]+", "-", text.lower()).strip("-")[:60] or "untitled"


def import_squad(path: Path) -> Imported:
    """SQuAD, FQuAD, PIAF: one article a title, its paragraphs below each other. Raises `EvaluationError`."""
    articles: dict[str, str] = {}
    questions: list[Question] = []
    try:
        for number, entry in enumerate(json.loads(path.read_text("utf-8"))["data"]):
            name = f"{_slug(entry.get('title') or '')}-{number}.txt"
            offset = 0
            for paragraph in entry["paragraphs"]:
                questions += (_squad_question(name, offset, qa) for qa in paragraph["qas"])
                offset += len(paragraph["context"]) + 2
            articles[name] = "\n\n".join(paragraph["context"] for paragraph in entry["paragraphs"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unreadable(path, "SQuAD", error) from error
    return Imported(tuple(questions), articles)


def _squad_question(name: str, offset: int, qa: Json) -> Question:
    answers = qa.get("answers") or []
    spans = (
        GoldSpan(name, offset + a["answer_start"], offset + a["answer_start"] + len(a["text"]), a["text"])
        for a in answers
        if a["text"]
    )
    return Question(
        id=str(qa["id"]),
        question=qa["question"],
        answers=tuple(dict.fromkeys(a["text"] for a in answers)),
        articles=(name,) if answers else (),
        answerable=bool(answers) and not qa.get("is_impossible", False),
        spans=tuple(dict.fromkeys(spans)),
        kind="fact" if answers else "unanswerable",
    )


def import_beir(folder: Path) -> Imported:
    """BEIR: `corpus.jsonl`, `queries.jsonl` and `qrels/*.tsv` (test.tsv where there are several)."""
    try:
        documents = {d["_id"]: d for d in _jsonl(folder / "corpus.jsonl")}
        queries = {q["_id"]: q["text"] for q in _jsonl(folder / "queries.jsonl")}
        judged = _qrels(folder)
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise _unreadable(folder, "BEIR", error) from error
    names = {key: f"{_slug(key)}.txt" for key in documents}
    questions = tuple(
        Question(
            id=key,
            question=queries[key],
            articles=tuple(names[d] for d in found if d in names),
            answerable=True,
        )
        for key, found in judged.items()
        if key in queries
    )
    texts = {names[k]: f"{d.get('title') or ''}\n\n{d['text']}".strip() for k, d in documents.items()}
    return Imported(questions, texts)


def _jsonl(path: Path) -> Iterator[Json]:
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _qrels(folder: Path) -> dict[str, list[str]]:
    files = sorted((folder / "qrels").glob("*.tsv"))
    path = next((file for file in files if file.name == "test.tsv"), files[0])
    judged: dict[str, list[str]] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if int(row["score"]) > 0:
                judged.setdefault(row["query-id"], []).append(row["corpus-id"])
    return judged


def _unreadable(path: Path, form: str, error: Exception) -> EvaluationError:
    if isinstance(error, OSError):
        reason = f"{str(error.filename)!r} cannot be read: {error.strerror}"
    else:
        reason = f"{type(error).__name__}: {error}"
    return EvaluationError(f"{str(path)!r} is not in the form of {form} ({reason}). Check path and form.")


# --------------------------------------------------------------------------- feedback


class Feedback(Protocol):
    """An exchange that a user judged, as `Conversations.judged` gives it."""

    @property
    def id(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def answer(self) -> AnswerJson: ...
    @property
    def thumb(self) -> Literal["up", "down"] | None: ...
    @property
    def correction(self) -> str | None: ...
    @property
    def reasons(self) -> Sequence[str]: ...
    @property
    def passages(self) -> Sequence[Json]: ...


SHORT_ANSWER = 80
"""Characters up to which words that a reader marked are an answer, and not only the place of one."""


def from_feedback(exchanges: Iterable[Feedback]) -> list[Question]:
    """Judged exchanges become questions: what was praised is gold, what was corrected has the correction,
    and a passage that was marked is where the answer stands.

    A thumb down alone says only that the answer was bad: the question then waits for its gold.
    """
    return [_from_exchange(exchange) for exchange in exchanges]


def _from_exchange(exchange: Feedback) -> Question:
    answer = exchange.answer
    praised = exchange.thumb == "up"
    refused = praised and bool(answer.get("abstained"))
    # what a reader marked is the gold; else what a praised answer cites
    places = exchange.passages or ((answer.get("citations") or []) if praised else [])
    spans = tuple(GoldSpan(one["article"], one["start"], one["end"], one["quote"]) for one in places)
    short = [one["quote"] for one in exchange.passages if len(one["quote"]) <= SHORT_ANSWER]
    correction = (exchange.correction or "").strip()
    answers = (correction,) if correction else tuple(dict.fromkeys(short))
    return Question(
        id=f"feedback-{exchange.id}",
        question=exchange.question,
        language=answer.get("language"),
        answers=answers,
        articles=tuple(dict.fromkeys(span.article for span in spans)),
        answerable=False if refused else True if spans or correction else None,
        spans=spans,
        kind="unanswerable" if refused else "fact",
        tags=("feedback", *((f"thumb {exchange.thumb}",) if exchange.thumb else ()), *exchange.reasons),
    )
