"""The use case: a message becomes a stream of events that ends with a proved answer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, cast

from ..composition.abstention import Gates
from ..composition.answer_type import answer_type_of, asks_why
from ..composition.budget import PromptBudget
from ..composition.grounding import Prover
from ..composition.rewriting import rewrite, rewriting
from ..errors import QuestionError
from ..intents.check import pasted
from ..intents.classifier import Prediction
from ..intents.previous import spoken, topical
from ..intents.registry import INTENTS
from ..intents.reply import Ranks, Reply, Style, Tools
from ..intents.scope import is_in_collection, languages_named
from ..intents.several import QUESTION, one_after_the_other, split_message
from ..intents.sides import sets_beside
from ..intents.subject import frame_stems, lighter, subject_of
from ..intents.titled import Titled
from ..language.folding import fold
from ..language.pack import pack
from ..reading.words import words
from ..search.followup import carried
from ..search.question import LONGEST, language_of, normalised, read_question
from ..search.timecues import read_time
from ..types import ChatModel, Embedder, Event, Evidence, Filters, Query, Retrieved, Retriever, Turn

if TYPE_CHECKING:
    from collections.abc import Generator

    from ..intents.classifier import MessageClassifier
    from ..intents.reply import FindsConflicts, Library
    from ..proof.second_opinion import SecondOpinion

SURE = 0.6
"""Probability from which a message that names a subject is still about the answer before."""
CERTAIN = 0.9
"""Probability from which a message that joins no two things and asks nothing is a comparison."""
CARRIED_ON = ("overview", "timeline")
"""Kinds that a message which only names another subject asks for again."""
LONGEST_ELLIPSIS = 7
"""Words of such a message."""
NEED_A_SUBJECT = ("overview", "list", "compare", "timeline")


@dataclass(frozen=True, slots=True)
class Options:
    """How one message is answered, where that is not as for all others."""

    width: int = 1
    """Times the passages that are sought and the sentences that the model is given."""
    model: ChatModel | None = None
    """Who words the answer, where it is not the assistant's own model."""
    budget: PromptBudget | None = None
    """What is known of that model's speed."""
    early: bool = False
    """Show what is found for a follow-up as it stands before the model has been asked what it means."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a message was asked with."""

    history: Sequence[Turn]
    as_of: date | None
    filters: Filters
    options: Options
    started: float
    joined: bool = False
    """It is not the first question of its message."""


class Assistant:
    """Answers messages over what `retriever` finds, proved by `prover`, worded by `model` where there is one.

    `classify` gives the kind of a message, `library` the articles that kinds other than a question need; without
    them every message is a question. `vectors` embeds what the cells of a comparison are chosen by.
    """

    def __init__(
        self,
        retriever: Retriever,
        prover: Prover,
        model: ChatModel | None,
        *,
        embedder: str | None = None,
        top_k: int = 6,
        evidence_sentences: int = 4,
        style: Style = "auto",
        language: str = "auto",
        budget: PromptBudget | None = None,
        gates: Gates | None = None,
        find_conflicts: FindsConflicts | None = None,
        max_tokens: int = 400,
        library: Library | None = None,
        classify: MessageClassifier | None = None,
        vectors: Embedder | None = None,
        rank: Ranks | None = None,
        opinion: SecondOpinion | None = None,
    ) -> None:
        self.retriever, self.prover, self.model, self.opinion = retriever, prover, model, opinion
        self.embedder, self.top_k, self.evidence_sentences = embedder, top_k, evidence_sentences
        self.style: Style = style
        self.language = language
        self.budget = budget or PromptBudget(first_token_seconds=15)
        self.gates = gates or Gates()
        self.find_conflicts = find_conflicts
        self.max_tokens = max_tokens
        self.library, self.vectors, self.rank = library, vectors, rank
        self.classify = (
            Titled(classify, library.articles) if classify is not None and library is not None else None
        )
        self._leans = classify.leans if classify is not None else _stands_alone

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        as_of: date | None = None,
        filters: Filters = Filters(),  # noqa: B008  # frozen
        options: Options = Options(),  # frozen
    ) -> Iterator[Event]:
        """Answer `question`; the last event is `Finished`. Closing the iterator stops the model.

        Raises `QuestionError` for an empty or over-long question. A model that cannot be reached is no
        error: the answer is then made of verbatim evidence, with a warning.
        """
        started = time.monotonic()
        question = normalised(question)
        if not question:
            raise QuestionError("The question is empty. Write one.")
        if len(question) > LONGEST:
            raise QuestionError(
                f"The question has {len(question):,} characters; at most {LONGEST:,} are read. Shorten it."
            )
        return self._events(question, _Asked(history, as_of, filters, options, started))

    def _events(self, question: str, asked: _Asked) -> Iterator[Event]:
        if self.classify is None:
            yield from self._answered(question, QUESTION, asked)
            return
        parts = split_message(question, language_of(question, self.library, frame_stems), self.classify)
        if len(parts) == 1:
            yield from self._answered(*parts[0], asked)
            return
        answers: list[Iterator[Event]] = []
        said = list(asked.history)
        for text, told in parts:
            part = replace(asked, history=tuple(said), joined=bool(answers))
            answers.append(self._answered(text, told, part))
            said.append(Turn("user", text))
        events = one_after_the_other(question, answers)
        with closing(cast("Generator[Event]", events)) as joined:
            yield from joined

    def _answered(self, text: str, told: Prediction, asked: _Asked) -> Iterator[Event]:
        history = asked.history
        told = self._in_context(text, told, asked)
        searches = told.kind == "answer" or told.aspect == "why"
        query = yield from self._understood(text, topical(history) if searches else (), asked)
        if told.kind == "answer" and self.classify is not None:
            query = replace(query, search_text=lighter(query))
            if asked.joined and not query.rewritten:
                query = replace(query, beside=f"{topical(history)[-1].content} {query.text}")
        elif told.kind in NEED_A_SUBJECT:
            query = self._with_subject(query, history)
        if told.kind == "previous" and not searches:
            query = replace(query, language=spoken(history) or query.language)
        language = query.language if self.language == "auto" else self.language
        reply = Reply(
            self._tools(asked.options), query, asked.started, language, told.kind, told.aspect, history
        )
        yield from INTENTS[told.kind](reply)

    def _understood(self, text: str, said: Sequence[Turn], asked: _Asked) -> Generator[Event, None, Query]:
        """The question as it is searched; a model words a follow-up so that it stands alone."""
        model = asked.options.model or self.model
        given: str | None = None
        if model is not None and any(turn.role == "user" for turn in said) and self._leans(text):
            if asked.options.early:
                yield from self._early(self._read(text, said, asked), asked)
                given = yield from rewriting(model, text, said)
            else:
                given = rewrite(model, text, said)
        return self._read(text, said, asked, given)

    def _read(self, text: str, said: Sequence[Turn], asked: _Asked, given: str | None = None) -> Query:
        query = read_question(
            text,
            said,
            asked.as_of,
            lambda *_: given,
            self.library,
            frame_stems,
            self._leans,
            joined=asked.joined,
        )
        return replace(query, filters=asked.filters)

    def _early(self, query: Query, asked: _Asked) -> Iterator[Event]:
        """What is found for a follow-up with the names that it takes from the questions before it."""
        hits = self.retriever.retrieve(query, self.top_k)
        yield Retrieved(query, tuple(hits), time.monotonic() - asked.started)
        quotes = self.prover.evidence(query, hits, limit=self.evidence_sentences)
        yield Evidence(tuple(quotes), time.monotonic() - asked.started)

    def _in_context(self, text: str, told: Prediction, asked: _Asked) -> Prediction:
        """A message about the answer before is one only where there may be one, and where it names nothing else.

        A question that names nothing but a period ("What happened in 2024?") asks for an overview of it.
        """
        library, history = self.library, asked.history
        if library is None:
            return QUESTION
        language = language_of(text, library, frame_stems)
        if _is_a_question(text, language, told) or _is_a_bare_subject(text, language, library):
            return QUESTION
        told = _carried_on(text, language, told, history)
        if told.kind not in ("answer", "previous"):
            return told
        if told.kind == "answer":
            time = read_time(text, asked.as_of or date.today())
            bare = time is not None and time.kind == "filter" and not subject_of(text, language, [time.words])
            return Prediction("overview", "", told.probability) if bare else told
        answered = any(turn.role == "assistant" for turn in history)
        sure = told.probability >= SURE
        if told.aspect == "translate" and not languages_named(text, language, anywhere=True):
            sure = False  # "and worldwide? and in Europe?"
        return QUESTION if subject_of(text, language) and not (answered and sure) else told

    def _with_subject(self, query: Query, history: Sequence[Turn]) -> Query:
        """ "Make a timeline" after a question: of what that one was about."""
        if not history or query.time is not None or subject_of(query.text, query.language):
            return query
        frame = frame_stems(query.language)
        names = carried(query.text, topical(history), query.language, frame, self._leans)
        return replace(query, text=f"{query.text} {', '.join(names)}") if names else query

    def _tools(self, options: Options) -> Tools:
        model = options.model or self.model
        return Tools(
            self.retriever,
            self.prover,
            model,
            self.gates,
            options.budget or self.budget,
            self.embedder,
            self.top_k * options.width,
            self.evidence_sentences * options.width,
            self.style,
            self.find_conflicts,
            self.max_tokens,
            self.library,
            self.vectors,
            self.rank,
            options.width,
            self.opinion.of(model) if self.opinion is not None and model is not None else None,
        )


def _stands_alone(message: str) -> bool:
    """Without a classifier every message is taken as it is."""
    return False


def _is_a_question(text: str, language: str, told: Prediction) -> bool:
    """A check states something, a comparison joins two things; what is counted of a collection are its articles."""
    if told.kind in NEED_A_SUBJECT:
        joined = told.kind == "compare" and sets_beside(text, language)
        value = answer_type_of(text, language).kind in ("date", "number")
        if not text.rstrip().endswith("?"):
            counts = told.kind == "list" and value
            return counts or (told.kind == "compare" and not joined and told.probability < CERTAIN)
        if told.kind == "list" and asks_why(text, language):
            return True
        return not joined and (value or told.kind == "compare")
    if told.kind == "check":
        return pasted(text, language).rstrip("? ") == text.rstrip("? ") and text.endswith("?")
    if told.aspect != "count":
        return False
    asked = answer_type_of(text, language)
    if asked.kind != "number":
        return told.probability < SURE
    return asked.counted is not None and asked.counted not in frame_stems(language)


def _is_a_bare_subject(text: str, language: str, library: Library) -> bool:
    """Whether a message is words of the articles and nothing else: "Llama", "water supply"."""
    bare = text.strip(" .?!")
    return subject_of(text, language) == bare and is_in_collection(library, bare, language)


def _carried_on(text: str, language: str, told: Prediction, history: Sequence[Turn]) -> Prediction:
    """ "And the one on Stargate?" after a summary asks for another summary."""
    before = next((turn.answer for turn in reversed(history) if turn.role == "assistant"), None)
    kind = (before or {}).get("kind")
    if told.kind != "answer" or kind not in CARRIED_ON or len(text.split()) > LONGEST_ELLIPSIS:
        return told
    first = next(iter(words(text, language)), None)
    joins = first is not None and fold(first.text) in pack(language).words["join"]
    asks = answer_type_of(text, language).kind is not None or asks_why(text, language)
    return (
        Prediction(kind, "", told.probability) if joins and not asks and subject_of(text, language) else told
    )
