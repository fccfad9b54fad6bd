"""Asking the questions: hits, answers and proofs come one by one, and one that fails stops nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, cast

from ..errors import AssistantError, EvaluationError, ModelUnavailable
from ..reading.language import detect_language
from ..search.followup import Leans
from ..search.question import Frame, Vocabulary, read_question
from ..types import Answer, Event, Finished, Hit, Proof, Query, Retriever, Turn
from .evaluation_json import FailureJson
from .journal import Journal
from .questions import GoldSpan, Question
from .records import NotesJson, RecordJson
from .retrieval import DEPTH

# A defect that one question brings to light must not cost the answers to the others: it is counted instead.
QUESTION_FAILURES = (
    AssistantError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
SILENT_MODEL = 3
"""Failures in a row, for want of a model, after which the run stops: the others would fail too."""


class Asks(Protocol):
    """What an evaluation needs of `Assistant`."""

    def ask(
        self, question: str, history: Sequence[Turn] = (), as_of: date | None = None
    ) -> Iterator[Event]: ...


class Proves(Protocol):
    """What an evaluation needs of `Prover`."""

    def prove(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int] = ()
    ) -> Proof: ...


Ask = Callable[[Question], RecordJson]
"""A question becomes ANSWER of the contracts; an endpoint's answer has null where it knows nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """A question's hits, or why there are none."""

    question: Question
    language: str = "und"
    hits: tuple[Hit, ...] = ()
    failure: str | None = None

    def as_json(self) -> RecordJson:
        return {
            "id": self.question.id,
            "question": self.question.question,
            "language": self.language,
            "hits": [hit.as_json() for hit in self.hits],
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question's answer, or why there is none."""

    question: Question
    record: RecordJson = field(default_factory=lambda: RecordJson())
    failure: str | None = None


def failures_of(outcomes: Iterable[Found | Outcome]) -> tuple[FailureJson, ...]:
    """`failures` of the contracts, each question once."""
    reasons = {o.question.id: o.failure for o in outcomes if o.failure is not None}
    return tuple(FailureJson(id=name, reason=reason) for name, reason in reasons.items())


def reason_of(error: Exception) -> str:
    """A program's own errors speak for themselves; others need their type."""
    return str(error) if isinstance(error, AssistantError) else f"{type(error).__name__}: {error}"


Reads = Callable[[Question], Query]


def as_asked(question: Question) -> Query:
    """The query of a question, read without knowing the collection and without its history."""
    return read_question(question.question, (), question.as_of)


def as_in_a_conversation(vocabulary: Vocabulary, frame: Frame, leans: Leans) -> Reads:
    """What understands a question as `assistant ask` does: with its history and the words of the collection."""
    return lambda asked: read_question(
        asked.question, asked.history, asked.as_of, None, vocabulary, frame, leans
    )


def retrieve_all(
    questions: Iterable[Question],
    retriever: Retriever,
    top_k: int = DEPTH,
    read: Reads = as_asked,
) -> Iterator[Found]:
    """The hits of each question, as `read` understands it, without a language model."""
    for question in questions:
        try:
            query = read(question)
            yield Found(question, query.language, tuple(retriever.retrieve(query, top_k)))
        except QUESTION_FAILURES as error:
            yield Found(question, failure=reason_of(error))


def answer_all(
    questions: Sequence[Question], ask: Ask, journal: Journal, repeat: int = 1
) -> Iterator[Outcome]:
    """The answer to each question, from the journal where it is there; `repeat` times the whole set.

    Raises `ModelUnavailable` once three questions in a row, or all there are, found no model; what was answered is kept.
    """
    silent, most = 0, min(SILENT_MODEL, len(questions))
    for turn in range(repeat):
        for question in questions:
            kept = journal.find(question, turn)
            outcome = Outcome(question, kept) if kept is not None else None
            if outcome is None:
                try:
                    outcome = Outcome(question, journal.append(question, turn, ask(question)))
                    silent = 0
                except EvaluationError:
                    raise
                except ModelUnavailable as error:
                    silent += 1
                    if silent == most:
                        raise
                    outcome = Outcome(question, failure=reason_of(error))
                except QUESTION_FAILURES as error:
                    outcome = Outcome(question, failure=reason_of(error))
            yield outcome


class AssistantAsker:
    """Asks our own assistant, and notes what can only be seen while the articles are at hand.

    `text_of` gives an article's text. With `require_model`, an answer
    that fell back to evidence because no model was there is a failure.
    """

    def __init__(
        self,
        assistant: Asks,
        text_of: Callable[[str], str | None],
        require_model: bool,
    ) -> None:
        self.assistant = assistant
        self.text_of = text_of
        self.require_model = require_model

    def __call__(self, question: Question) -> RecordJson:
        answer = self._finished(question)
        if self.require_model and answer.mode == "evidence" and answer.lacks_model:
            why = answer.warnings[-1] if answer.warnings else "no reason was given"
            raise ModelUnavailable(f"The language model did not answer {question.id!r}: {why}")
        exact = sum(
            self._stands(c.quote.article, c.quote.start, c.quote.end, c.quote.text) for c in answer.citations
        )
        notes: NotesJson = {"answer_language": detect_language(own_words(answer)), "exact_quotes": exact}
        return cast("RecordJson", {**answer.as_json(), "evaluation": notes})

    def _finished(self, question: Question) -> Answer:
        for event in self.assistant.ask(question.question, question.history, question.as_of):
            if isinstance(event, Finished):
                return event.answer
        raise RuntimeError("the answer never finished")

    def _stands(self, article: str, start: int, end: int, quote: str) -> bool:
        text = self.text_of(article)
        return text is not None and text[start:end] == quote


def own_words(answer: Answer) -> str:
    """What an answer says itself: verbatim quotes and the titles of a refusal keep the language of their article."""
    said = (s.text for s in answer.sentences if s.draft_length or s.verdict != "supported")
    lines = (line for text in said for line in text.split("\n") if not line.startswith("- "))
    return "\n".join(lines)


# --------------------------------------------------------------------------- the proof on its own

_NUMBER = re.compile(r"\d+")


def check_proofs(found: Iterable[Found], prover: Proves) -> Iterator[RecordJson]:
    """Whether the proof accepts the gold sentence of each question and rejects it with a number changed.

    Only questions whose gold sentence was found, and holds a number, can tell.
    """
    for one in found:
        gold = next(filter(None, (_sentence(span, one.hits) for span in one.question.spans)), None)
        altered = None if gold is None else alter(*gold)
        if gold is None or altered is None:
            continue
        notes: NotesJson = {
            "gold_accepted": prover.prove(gold[0], one.hits, one.language).verdict == "supported",
            "altered_flagged": prover.prove(altered, one.hits, one.language).verdict
            in ("partial", "unsupported"),
            "altered": altered,
        }
        yield {"id": one.question.id, "evaluation": notes}


def _sentence(span: GoldSpan, hits: Sequence[Hit]) -> tuple[str, int] | None:
    """The sentence of the hits in which the span begins, and where in it."""
    for hit in hits:
        if hit.passage.article != span.article or hit.context is None or hit.context_text is None:
            continue
        for sentence in hit.sentences:
            if sentence.start <= span.start < sentence.end and sentence.end <= hit.context.end:
                start = sentence.start - hit.context.start
                return hit.context_text[start : sentence.end - hit.context.start], span.start - sentence.start
    return None


def alter(sentence: str, after: int = 0) -> str | None:
    """The sentence with one number made wrong, if possible the first from `after` on: 1987 becomes 1988."""
    match = _NUMBER.search(sentence, after) or _NUMBER.search(sentence)
    if match is None:
        return None
    # only the last digit moves, so that a year stays a year and a day of the month stays likely
    digits = match.group()
    last = digits[-1]
    changed = digits[:-1] + str(int(last) + 1 if last != "9" else 7)
    return sentence[: match.start()] + changed + sentence[match.end() :]
