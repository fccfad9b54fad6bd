"""Sets of judged questions: QUESTIONS.jsonl read line by line, with every problem named by its line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import EvaluationError
from ..types import Json, Turn
from .evaluation_json import ProblemJson

STRINGS = ("answers", "articles", "must_include", "must_not", "tags")
KNOWN = frozenset(
    {
        "id",
        "question",
        "language",
        "lang",
        "answerable",
        "spans",
        "history",
        "as_of",
        "kind",
        "synthetic",
        *STRINGS,
    }
)


class GoldSpan(NamedTuple):
    """Where the gold answer stands: `article.text[start:end] == quote`."""

    article: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Question:
    """One judged question. Only `id` and `question` are sure to be there."""

    id: str
    question: str
    line: int = 0
    language: str | None = None
    answers: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    """Names of the gold articles, those of the spans included."""
    answerable: bool | None = None
    """None: nothing says so, and no gold hints at it; the question then counts in no gold metric."""
    spans: tuple[GoldSpan, ...] = ()
    history: tuple[Turn, ...] = ()
    as_of: date | None = None
    kind: str = "fact"
    must_include: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    synthetic: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Unknown keys, kept as they were."""

    @property
    def cluster(self) -> str:
        """What makes questions depend on each other: the article they are about."""
        return self.articles[0] if self.articles else f"question {self.id}"

    @property
    def fingerprint(self) -> str:
        """Changes with what is asked, not with how it is judged."""
        asked = [self.question, [list(t) for t in _turns_json(self.history)], str(self.as_of)]
        return hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()[:16]

    def as_json(self) -> Json:
        """A line of QUESTIONS.jsonl; keys without a value are left out."""
        values: Json = {
            "id": self.id,
            "question": self.question,
            "language": self.language,
            "answers": list(self.answers),
            "articles": list(self.articles),
            "answerable": self.answerable,
            "spans": [span._asdict() for span in self.spans],
            "history": [{"role": role, "content": content} for role, content in _turns_json(self.history)],
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "kind": self.kind,
            "must_include": list(self.must_include),
            "must_not": list(self.must_not),
            "tags": list(self.tags),
            "synthetic": self.synthetic or None,
        }
        kept = {key: value for key, value in values.items() if value not in (None, [])}
        return {**kept, **self.extra}


class Problem(NamedTuple):
    """Something wrong with a set of questions: the line (from 1), the question's id where known, and what."""

    line: int
    id: str | None
    text: str

    def __str__(self) -> str:
        name = f" ({self.id!r})" if self.id is not None else ""
        return f"line {self.line}{name}: {self.text}"

    def as_json(self) -> ProblemJson:
        return {"line": self.line, "id": self.id, "reason": self.text}


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """What a file of questions holds: the good lines, and the problems of the others."""

    questions: tuple[Question, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Hash of every question with its judgements, whatever their order."""
        lines = sorted(json.dumps(q.as_json(), ensure_ascii=False, sort_keys=True) for q in self.questions)
        return "sha256:" + hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def chosen(self, kinds: Sequence[str] = (), limit: int | None = None, seed: int = 0) -> QuestionSet:
        """Of the given kinds, at most `limit`: kinds take turns, and each draws its own by `seed`."""
        kept = [q for q in self.questions if not kinds or q.kind in kinds]
        if kinds and not kept:
            known = ", ".join(sorted({q.kind for q in self.questions}))
            raise EvaluationError(
                f"No question is of kind {', '.join(kinds)!r}. The kinds there are: {known}."
            )
        if limit is not None and limit < len(kept):
            names = set(_taking_turns(kept, limit, seed))
            kept = [q for q in kept if q.id in names]
        return replace(self, questions=tuple(kept))


def _taking_turns(questions: Iterable[Question], limit: int, seed: int) -> list[str]:
    """Adding a question to the file hardly changes the draw: each has its own place in the order."""

    def draw(question: Question) -> str:
        return hashlib.sha256(f"{seed} {question.id}".encode()).hexdigest()

    by_kind: dict[str, list[str]] = {}
    for question in sorted(questions, key=draw):
        by_kind.setdefault(question.kind, []).append(question.id)
    turns = [
        (place, kind, name) for kind, names in sorted(by_kind.items()) for place, name in enumerate(names)
    ]
    return [name for _, _, name in sorted(turns)[:limit]]


def read_questions(path: Path) -> QuestionSet:
    """Read a set of questions; bad lines become problems.

    Raises `EvaluationError` for a file that is not there, cannot be read, or holds no good question.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EvaluationError(
            f"The questions {str(path)!r} cannot be read: {error.strerror}. Check the path."
        ) from error
    found = parse_questions(data.decode("utf-8-sig", "replace").split("\n"))
    if not found.questions:
        first = f" The first problem is on {found.problems[0]}." if found.problems else ""
        raise EvaluationError(
            f"The file {str(path)!r} holds no question.{first} "
            'Write one JSON object a line, with "id" and "question".'
        )
    return found


def parse_questions(lines: Iterable[str]) -> QuestionSet:
    """Good questions and problems of the lines of a QUESTIONS.jsonl."""
    questions: dict[str, Question] = {}
    problems: list[Problem] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            question = _question(number, json.loads(line))
        except json.JSONDecodeError as error:
            problems.append(Problem(number, None, f"not JSON ({error.msg}, column {error.colno})"))
        except BadLineError as error:
            problems.append(Problem(number, error.id, str(error)))
        else:
            if question.id in questions:
                first = questions[question.id].line
                problems.append(
                    Problem(number, question.id, f"the id was used on line {first}; this line is left out")
                )
            else:
                questions[question.id] = question
    return QuestionSet(tuple(questions.values()), tuple(problems))


class BadLineError(ValueError):
    """A line that is JSON but no question."""

    def __init__(self, text: str, name: str | None = None) -> None:
        super().__init__(text)
        self.id = name


def _question(line: int, data: object) -> Question:
    if not isinstance(data, dict):
        raise BadLineError("not a JSON object")
    name = data.get("id")
    if isinstance(name, int) and not isinstance(name, bool):
        name = str(name)
    if not isinstance(name, str) or not name:
        raise BadLineError('no "id"')
    try:
        return _from_fields(name, line, data)
    except BadLineError as error:
        raise BadLineError(str(error), name) from error


def _from_fields(name: str, line: int, data: Json) -> Question:
    text = data.get("question")
    if not isinstance(text, str) or not text.strip():
        raise BadLineError('no "question"')
    spans = tuple(_span(value) for value in _list(data, "spans"))
    named = {key: _strings(data, key) for key in STRINGS}
    articles = tuple(dict.fromkeys([*named.pop("articles"), *(span.article for span in spans)]))
    kind = _text(data, "kind") or "fact"
    return Question(
        id=name,
        question=text,
        line=line,
        language=_text(data, "language") or _text(data, "lang"),
        articles=articles,
        answerable=_answerable(data, kind, bool(articles or named["answers"])),
        spans=spans,
        history=tuple(_turn(value) for value in _list(data, "history")),
        as_of=_date(data.get("as_of")),
        kind=kind,
        synthetic=bool(data.get("synthetic", False)),
        extra={key: value for key, value in data.items() if key not in KNOWN},
        **named,
    )


def _answerable(data: Json, kind: str, has_gold: bool) -> bool | None:
    value = data.get("answerable")
    if isinstance(value, bool):
        return value
    if value is not None:
        raise BadLineError(f'"answerable" is {value!r}, not true or false')
    if kind == "unanswerable":
        return False
    return True if has_gold else None


def _list(data: Json, key: str) -> list[Any]:
    value = data.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise BadLineError(f'"{key}" is not a list')
    return value


def _strings(data: Json, key: str) -> tuple[str, ...]:
    values = _list(data, key)
    if not all(isinstance(value, str) for value in values):
        raise BadLineError(f'"{key}" holds something that is not a string')
    return tuple(values)


def _text(data: Json, key: str) -> str | None:
    value = data.get(key)
    if value is not None and not isinstance(value, str):
        raise BadLineError(f'"{key}" is {value!r}, not a string')
    return value or None


def _span(value: object) -> GoldSpan:
    if not isinstance(value, dict):
        raise BadLineError("a span is not an object")
    article, start, end = value.get("article"), value.get("start"), value.get("end")
    quote = value.get("quote", "")
    if not (
        isinstance(article, str)
        and isinstance(start, int)
        and isinstance(end, int)
        and isinstance(quote, str)
    ):
        raise BadLineError('a span lacks "article", "start", "end" or "quote"')
    if not 0 <= start < end:
        raise BadLineError(f"a span runs from {start} to {end}")
    return GoldSpan(article, start, end, quote)


def _turn(value: object) -> Turn:
    if isinstance(value, dict) and isinstance(value.get("content"), str):
        if value.get("role") == "user":
            return Turn("user", value["content"])
        if value.get("role") == "assistant":
            return Turn("assistant", value["content"])
    raise BadLineError('a turn of "history" needs a "role" (user or assistant) and a "content"')


def _date(value: object) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise BadLineError(f'"as_of" is {value!r}, not a date like 2025-07-10') from error


def _turns_json(turns: Iterable[Turn]) -> Iterator[tuple[str, str]]:
    return ((turn.role, turn.content) for turn in turns)


def check_gold(questions: Iterable[Question], text_of: Callable[[str], str | None]) -> list[Problem]:
    """Questions without gold, and gold that the articles contradict: unknown articles, spans outside the
    text, quotes that are not there.

    `text_of` gives an article's text, None where there is no such article.
    """
    texts: dict[str, str | None] = {}
    problems: list[Problem] = []
    for question in questions:
        problems += without_gold([question])
        for name in question.articles:
            if name not in texts:
                texts[name] = text_of(name)
        problems += [Problem(question.line, question.id, text) for text in _gold_problems(question, texts)]
    return problems


def without_gold(questions: Iterable[Question]) -> list[Problem]:
    """Questions of which nothing says what a right answer is: they count in no measure of quality."""
    text = 'no gold: say what is right with "answers", "articles", "spans" or "answerable"'
    return [
        Problem(q.line, q.id, text)
        for q in questions
        if q.answerable is None and not (q.answers or q.articles or q.spans or q.must_include or q.must_not)
    ]


def _gold_problems(question: Question, texts: Mapping[str, str | None]) -> Iterator[str]:
    for name in question.articles:
        if texts[name] is None:
            yield f"there is no article {name!r}"
    for span in question.spans:
        text = texts[span.article]
        if text is None:
            continue
        if span.end > len(text):
            yield f"the span {span.start}-{span.end} lies outside {span.article!r} ({len(text)} characters)"
        elif span.quote and text[span.start : span.end] != span.quote:
            yield f"the words at {span.start}-{span.end} of {span.article!r} are not the span's quote"


def write_questions(questions: Iterable[Question]) -> str:
    """The lines of a QUESTIONS.jsonl."""
    return "".join(json.dumps(q.as_json(), ensure_ascii=False) + "\n" for q in questions)
