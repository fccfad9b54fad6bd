"""The use case: a question becomes a stream of events that ends with a proved answer."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, Protocol

from ..errors import ModelUnavailable, PromptTooLong, QuestionError
from ..reading.language import detect_language
from ..search.question import LONGEST, read_question
from ..types import (
    Answer,
    ChatModel,
    Chunk,
    Conflict,
    ConflictSide,
    Event,
    Evidence,
    Filters,
    Finished,
    Hit,
    ModelInfo,
    Notice,
    Proof,
    Query,
    Quote,
    Retrieved,
    Retriever,
    Sentence,
    Thought,
    Timings,
    Token,
    Turn,
)
from .abstention import Gates, unknown_names
from .budget import PromptBudget
from .composition import Composition
from .conflicts import FoundConflict
from .dating import dated_side, dated_sources
from .evidence import one_an_article
from .grounding import Prover
from .prompting import Prompt, Source, answer_prompt, chosen_sentences, new_mark, whole_passages
from .rewriting import closing_stream, rewrite
from .stream import Piece, Retracted, StreamFilter, Text, Thinking
from .sufficiency import ask_sufficiency, sufficiency_prompt
from .windows import unheard
from .wording import reason, refusal, say

SMALL_MODEL = 4e9
"""Weights below which a model is given chosen sentences instead of whole passages (measured: benchmarks)."""
FACTS = 8
"""Sentences a small model is given."""
RANKED = 30
"""Sentences ranked as evidence; what is shown, and what a small model is given, are the first of them."""
FEWEST_SOURCES = 2
BROKEN = "\ufffd"
"""Stands for what could not be read as text."""
WIDE_SIGN = 2
"""A Chinese, Japanese or Korean sign says about as much as so many more letters."""
LETTERS_TO_TELL_A_LANGUAGE = 40

Style = Literal["auto", "free", "facts"]


class FindsConflicts(Protocol):
    def __call__(self, query: Query, hits: Sequence[Hit], language: str) -> list[FoundConflict]: ...


class Assistant:
    """Answers questions over what `retriever` finds, proved by `prover`, worded by `model` where there is one."""

    def __init__(
        self,
        retriever: Retriever,
        prover: Prover,
        model: ChatModel | None,
        *,
        embedder: str | None = None,
        top_k: int = 6,
        evidence_sentences: int = 3,
        style: Style = "auto",
        language: str = "auto",
        budget: PromptBudget | None = None,
        gates: Gates | None = None,
        find_conflicts: FindsConflicts | None = None,
        max_tokens: int = 400,
    ) -> None:
        self.retriever = retriever
        self.prover = prover
        self.model = model
        self.embedder = embedder
        self.top_k = top_k
        self.evidence_sentences = evidence_sentences
        self.style: Style = style
        self.language = language
        self.budget = budget or PromptBudget(first_token_seconds=15)
        self.gates = gates or Gates()
        self.find_conflicts = find_conflicts
        self.max_tokens = max_tokens

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        as_of: date | None = None,
        filters: Filters = Filters(),  # noqa: B008  # frozen
    ) -> Iterator[Event]:
        """Answer `question`; the last event is `Finished`. Closing the iterator stops the model.

        Raises `QuestionError` for an empty or over-long question. A model that cannot be reached is no
        error: the answer is then made of verbatim evidence, with a warning.
        """
        started = time.monotonic()
        question = question.strip()
        if not question:
            raise QuestionError("The question is empty. Write one.")
        if len(question) > LONGEST:
            raise QuestionError(
                f"The question has {len(question):,} characters; at most {LONGEST:,} are read. Shorten it."
            )
        return self._events(question, history, as_of, filters, started)

    def _events(
        self, question: str, history: Sequence[Turn], as_of: date | None, filters: Filters, started: float
    ) -> Iterator[Event]:
        query = read_question(question, history, as_of, None if self.model is None else self._rewrite)
        query = replace(query, filters=filters)
        hits = self.retriever.retrieve(query, self.top_k)
        language = query.language if self.language == "auto" else self.language
        yield from _Asking(self, query, hits, started, language).events()

    def _rewrite(self, question: str, history: Sequence[Turn]) -> str | None:
        assert self.model is not None
        return rewrite(self.model, question, history)


@dataclass
class _Asking:
    """One question being answered."""

    desk: Assistant
    query: Query
    hits: list[Hit]
    started: float
    language: str
    ranked: list[Quote] = field(default_factory=list)
    """Sentences of the hits, the one that answers best first."""
    quotes: tuple[Quote, ...] = ()
    """Those that are shown: the first ones, or for a refusal the nearest ones."""
    warnings: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    info: ModelInfo | None = None
    search_s: float | None = None
    first_evidence_s: float | None = None
    first_token_s: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    invalid: int = 0
    refused: bool = False
    wrote: bool = False
    thought: bool = False
    finished: bool = True
    """The model was heard to its end."""

    def __post_init__(self) -> None:
        self.search_s = self._elapsed()
        self.mark = new_mark()
        same = self.query.language == self.language
        unknown = unheard(self.query, self.hits) if same else frozenset()
        self.composition = Composition(self.desk.prover, self.hits, self.language, unheard=unknown)

    def _elapsed(self) -> float:
        return time.monotonic() - self.started

    def events(self) -> Iterator[Event]:
        yield Retrieved(self.query, tuple(self.hits), self.search_s or 0.0)
        if self.query.rewritten:
            yield Notice(say("rewritten", self.language, what=self.query.search_text))
        self.ranked = self.desk.prover.evidence(self.query, self.hits, limit=RANKED)
        self.quotes = tuple(self.ranked[: self.desk.evidence_sentences])
        self.first_evidence_s = self._elapsed()
        yield Evidence(self.quotes, self.first_evidence_s)
        if self.query.language not in ("fr", "en"):
            yield self._warn(say("other_language", self.query.language))
        if self.desk.gates.before(self.query, self.hits, self.quotes):
            yield from self._refuse()
            return
        yield from self._answer()

    def _answer(self) -> Iterator[Event]:
        if self.desk.model is None:
            yield from self._evidence_answer(self._no_model(""))
            return
        try:
            self.info = self.desk.model.info
            sources = self._sources()
            if (yield from self._doubts(self.desk.model, self.info, sources)):
                yield from self._refuse()
                return
            yield from self._generate_fitting(self.desk.model, sources)
        except (ModelUnavailable, PromptTooLong) as error:
            if not self.wrote:
                self.info = None
                yield from self._evidence_answer(self._no_model(reason(error, self.language)))
                return
            yield self._warn(say("model_stopped", self.language, why=reason(error, self.language)))
            self.finished, self.composition.cut = False, True
            yield from self.composition.proved(final=True)
        yield from self._conclude()

    def _no_model(self, why: str) -> Notice:
        return self._warn(say("no_model", self.language, why=why).strip())

    def _warn(self, text: str) -> Notice:
        self.warnings.append(text)
        return Notice(text)

    # ------------------------------------------------------------------ with a model

    def _sources(self) -> list[Source]:
        assert self.info is not None
        style = self.desk.style
        if style == "auto":
            style = "free" if (self.info.parameters or SMALL_MODEL) >= SMALL_MODEL else "facts"
        if style == "free":
            return whole_passages(self.hits)
        return chosen_sentences(self.ranked[:FACTS], self.hits)

    def _doubts(
        self, model: ChatModel, info: ModelInfo, sources: list[Source]
    ) -> Generator[Event, None, bool]:
        """Whether the model's own word, where it is known what it is worth, is that the sources do not answer."""
        if not self.desk.gates.knows(info.name):
            return False
        messages = sufficiency_prompt(self._fitting(sources), self.language)
        try:
            odds = yield from ask_sufficiency(model, messages)
        except PromptTooLong:
            return False  # the answer itself is then asked for with fewer sources
        return odds is not None and self.desk.gates.during(info.name, odds)

    def _fitting(self, sources: list[Source]) -> Prompt:
        """The prompt with as many sources as are read in time and fit the window; at least two."""
        assert self.info is not None
        limit = self.desk.budget.limit(self.info.context_length, self.desk.max_tokens)
        kept = list(sources)
        prompt = answer_prompt(self.query.search_text, kept, self.language, self.mark)
        while len(kept) > FEWEST_SOURCES and self.desk.budget.prompt_tokens(prompt.messages) > limit:
            kept.pop()
            prompt = answer_prompt(self.query.search_text, kept, self.language, self.mark)
        return prompt

    def _generate_fitting(self, model: ChatModel, sources: list[Source]) -> Iterator[Event]:
        """Generate; where the estimate of the prompt's length was wrong, again with half the sources."""
        while True:
            try:
                yield from self._generate(model, sources)
                return
            except PromptTooLong:
                if len(sources) <= 1:
                    raise
                sources = sources[: len(sources) // 2]

    def _generate(self, model: ChatModel, sources: list[Source]) -> Iterator[Event]:
        prompt = self._fitting(sources)
        self.composition.offered = prompt.hits
        stream = StreamFilter(len(prompt.hits))
        with closing_stream(model.stream(prompt.messages)) as chunks:
            for chunk in chunks:
                if chunk.thinking:
                    self.thought = True
                    yield Thought(chunk.thinking)
                elif not chunk.text and not chunk.done:
                    yield Token("")  # the model is silent: let whoever reads stop it
                yield from self._take(stream.feed(chunk.text))
                if chunk.done:
                    self._count(chunk, prompt)
                    if chunk.done_reason == "length":
                        self.composition.cut = True
                        yield self._warn(say("cut_by_length", self.language))
                if self.composition.loops:
                    yield self._warn(say("model_loops", self.language))
                    break
        yield from self._take(stream.close())
        self.invalid, self.refused = stream.invalid, stream.refused
        yield from self.composition.proved(final=True)

    def _take(self, pieces: Sequence[Piece]) -> Iterator[Event]:
        for piece in pieces:
            if isinstance(piece, Thinking | Retracted):
                self.thought = True
                yield Thought(piece.text if isinstance(piece, Thinking) else self.composition.draft)
            if isinstance(piece, Thinking):
                continue
            self.composition.add(piece)
            if isinstance(piece, Text):
                if self.first_token_s is None:
                    self.first_token_s = self._elapsed()
                self.wrote = True
                yield Token(piece.text)
        yield from self.composition.proved()

    def _count(self, chunk: Chunk, prompt: Prompt) -> None:
        self.prompt_tokens, self.completion_tokens = chunk.prompt_tokens, chunk.completion_tokens
        expected = self.desk.budget.prompt_tokens(prompt.messages)
        cached = len(prompt.messages[0].content)
        self.desk.budget.learn(prompt.characters, cached, chunk.prompt_tokens, chunk.prompt_seconds)
        if chunk.prompt_tokens is not None and chunk.prompt_tokens < expected / 3:
            self._warn(say("prompt_cut", self.language, read=chunk.prompt_tokens, sent=expected))

    def _conclude(self) -> Iterator[Event]:
        sentences = self.composition.sentences
        # what is written in another language says nothing about the sources
        foreign = not self.refused and self._is_in_another_language()
        if BROKEN in self.composition.text:
            yield self._warn(say("broken_text", self.language))
        if foreign:
            yield self._warn(say("wrong_language", self.language))
        if self.desk.gates.after(self.refused, () if foreign else sentences, self.query, self.hits):
            yield from self._refuse(kept=() if self.refused else sentences)
            return
        if not self.composition.has_support and self.quotes:
            if not any(sentence.text.strip() for sentence in sentences):
                self.finished = False
                yield self._warn(say("thought_only" if self.thought else "empty_answer", self.language))
            yield self.composition.append(say("own_words", self.language), Proof("no_claim"), before="\n\n")
            yield from self._quoted()
        yield from self._close()
        yield self._finish("model")

    def _is_in_another_language(self) -> bool:
        text = " ".join(sentence.text for sentence in self.composition.sentences)
        letters = sum(map(str.isalpha, text)) + WIDE_SIGN * sum("\u3040" <= sign <= "\ud7a3" for sign in text)
        return letters >= LETTERS_TO_TELL_A_LANGUAGE and detect_language(text) not in (self.language, "und")

    # ------------------------------------------------------------------ without a model

    def _evidence_answer(self, notice: Notice) -> Iterator[Event]:
        yield notice
        yield from self._quoted()
        yield from self._close()
        yield self._finish("evidence")

    def _quoted(self) -> Iterator[Sentence]:
        for quote in self.quotes:
            yield self.composition.quote(quote, before="\n")

    def _refuse(self, kept: Sequence[Sentence] = ()) -> Iterator[Event]:
        """Abstain: the refusal is the program's own. What the model claimed stands before it, struck through."""
        if not kept:
            self.composition = Composition(self.desk.prover, self.hits, self.language)
        self.quotes = one_an_article(self.ranked, self.hits)
        opening = "not_proved" if kept else "not_answered"
        unknown = unknown_names(self.query, self.hits)
        text = refusal(self.query.search_text, self.hits, self.language, opening, unknown=unknown)
        yield self.composition.append(text, Proof("no_claim"), before="\n\n")
        yield self._finish("model" if self.info else "evidence", abstained=True)

    def _close(self) -> Iterator[Sentence]:
        """What the sources disagree on; else, where it matters, which of them is from when."""
        cited = {
            citation.n: citation
            for sentence in self.composition.sentences
            if sentence.verdict in ("supported", "partial")
            for citation in sentence.citations
        }
        yield from self._name_conflicts()
        dates = None if self.conflicts else dated_sources(cited.values(), self.language, self.hits)
        if dates is not None:
            yield self.composition.note(dates, list(cited.values()))

    def _name_conflicts(self) -> Iterator[Sentence]:
        if self.desk.find_conflicts is None:
            return
        for found in self.desk.find_conflicts(self.query, self.hits, self.language):
            yield self.composition.append(say("conflict", self.language), Proof("no_claim"), before="\n\n")
            sides = []
            for value, quote, newest in found.dated(self.hits):
                published = self.hits[quote.hit].published
                lead = dated_side(published, newest, self.language, found.superseded(quote, self.hits))
                yield self.composition.append(lead, Proof("no_claim"), before="\n")
                sentence = self.composition.quote(quote)
                sides.append(ConflictSide(value, sentence.citations[0].n, published, newest))
                yield sentence
            self.conflicts.append(Conflict(found.about, tuple(sides)))

    def _finish(self, mode: Literal["model", "evidence"], abstained: bool = False) -> Finished:
        total = self._elapsed()
        return Finished(
            Answer(
                question=self.query.text,
                language=self.language,
                text=self.composition.text,
                abstained=abstained,
                mode=mode,
                sentences=tuple(self.composition.sentences),
                citations=tuple(self.composition.citations.values()),
                evidence=self.quotes,
                conflicts=tuple(self.conflicts),
                hits=tuple(self.hits),
                warnings=tuple(self.warnings),
                model=self.info.name if self.info else None,
                model_digest=self.info.digest if self.info else None,
                embedder=self.desk.embedder,
                prompt_tokens=self.prompt_tokens,
                completion_tokens=self.completion_tokens,
                context_length=self.info.context_length if self.info else None,
                timings=Timings(self.search_s, self.first_evidence_s, self.first_token_s, total),
                search_text=self.query.search_text if self.query.rewritten else None,
                invalid_citations=self.invalid,
                model_finished=self.finished,
            )
        )
