"""One evaluation from the questions to the numbers: search, answers, proofs, measures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from ..types import Json, Retriever
from .evaluation import Evaluation, measure
from .evaluation_json import Tier
from .journal import Journal
from .questions import Problem, QuestionSet
from .runner import (
    Ask,
    Found,
    Outcome,
    Proves,
    Reads,
    answer_all,
    as_asked,
    check_proofs,
    failures_of,
    retrieve_all,
)

T = TypeVar("T")


class Watch(Protocol):
    """Passes things on as they come, and shows how many of `total` came."""

    def __call__(self, things: Iterable[T], total: int, what: str) -> Iterator[T]: ...


def unwatched(things: Iterable[T], total: int, what: str) -> Iterator[T]:
    """The same things, shown to nobody."""
    return iter(things)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured. Parts that are None are left out: an endpoint has no retriever."""

    tier: Tier
    retriever: Retriever | None = None
    ask: Ask | None = None
    journal: Journal | None = None
    prover: Proves | None = None
    article_languages: Mapping[str, str] = field(default_factory=dict)
    settings: Json = field(default_factory=dict)
    fingerprints: dict[str, str | None] = field(default_factory=dict)
    prove_answer: Callable[[Outcome], Outcome] | None = None
    """For answers that come without a proof."""
    read: Reads = as_asked
    """How a question is understood before its search."""


@dataclass(frozen=True, slots=True)
class Run:
    """An evaluation with the hits and answers it rests on."""

    evaluation: Evaluation
    found: tuple[Found, ...]
    outcomes: tuple[Outcome, ...]


def evaluate(
    subject: Subject,
    chosen: QuestionSet,
    problems: Iterable[Problem] = (),
    *,
    repeat: int = 1,
    seed: int = 0,
    watch: Watch = unwatched,
) -> Run:
    """Ask every question and measure. Raises `ModelUnavailable` where the model stays away."""
    questions, n = chosen.questions, len(chosen.questions)
    found: tuple[Found, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    if subject.retriever is not None:
        found = tuple(watch(retrieve_all(questions, subject.retriever, read=subject.read), n, "Searching"))
    lost = bool(found) and all(one.failure is not None for one in found)
    if subject.ask is not None and subject.journal is not None and not lost:
        asked = answer_all(questions, subject.ask, subject.journal, repeat)
        outcomes = tuple(watch(asked, n * repeat, "Answering"))
    if subject.prove_answer is not None:
        outcomes = tuple(map(subject.prove_answer, watch(outcomes, len(outcomes), "Proving")))
    proofs = () if subject.prover is None else tuple(check_proofs(watch(found, n, "Proving"), subject.prover))
    evaluation = Evaluation(
        tier=subject.tier,
        measured=measure(
            questions,
            [one.as_json() for one in found if one.failure is None],
            [*(one.record for one in outcomes if one.failure is None), *proofs],
            subject.article_languages,
        ),
        failures=failures_of((*found, *outcomes)),
        problems=tuple(sorted((*chosen.problems, *problems), key=lambda problem: problem.line)),
        settings=subject.settings,
        fingerprints={**subject.fingerprints, "questions": chosen.fingerprint},
        seed=seed,
    )
    return Run(evaluation, found, outcomes)
