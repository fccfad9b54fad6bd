"""One message being answered: what every kind of message needs, from the search to the finished answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

from ..composition.budget import PromptBudget
from ..composition.composer import Composition
from ..composition.prompts import Prompt, Source, new_mark
from ..composition.rewriting import closing_stream
from ..composition.stream import Piece, Retracted, StreamFilter, Text, Thinking
from ..composition.texts import reason, say
from ..errors import ModelUnavailable, PromptTooLong
from ..language.pack import Pack, pack
from ..proof.second_opinion import LONGEST_PREMISE
from ..types import (
    Answer,
    Article,
    ChatModel,
    Chunk,
    Conflict,
    Embedder,
    Event,
    Evidence,
    Finished,
    Given,
    Hit,
    Kind,
    ModelInfo,
    Notice,
    Passage,
    Proof,
    Query,
    Quote,
    Retrieved,
    Retriever,
    Reviewed,
    Sentence,
    Thought,
    Timings,
    Token,
    Turn,
)

if TYPE_CHECKING:
    from ..composition.abstention import Gates
    from ..composition.grounding import Prover
    from ..conflicts.finder import FoundConflict
    from ..proof.second_opinion import SecondOpinion
    from ..types import Vector

FEWEST_SOURCES = 2
SUMS_UP_FROM = 3e9
"""Weights from which a model is asked for a word on several sources as a whole. One of 1.5 billion told of sides what no
source says, and repeated titles and dates; larger ones were not measured."""
READING_SECONDS = 12.0
"""Longest that passages are read once more for a second opinion, as far as the speed of the server is known."""
Style = Literal["auto", "free", "facts"]


class FindsConflicts(Protocol):
    def __call__(self, query: Query, hits: Sequence[Hit], language: str) -> list[FoundConflict]: ...


class Listed(Protocol):
    """A line of the list of articles."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def published(self) -> date | None: ...
    @property
    def language(self) -> str: ...


class Library(Protocol):
    """What the kinds ask of the store."""

    @property
    def languages(self) -> Mapping[str, int]: ...
    def articles(self) -> Sequence[Listed]: ...
    def article(self, name: str) -> Article: ...
    def passages_of(self, name: str) -> Sequence[Passage]: ...
    def title_similarities(self, vector: Vector, language: str) -> Mapping[str, float]: ...
    def document_frequency(self, stems: Sequence[str], language: str) -> Mapping[str, int]: ...


Ranks = Callable[[str, Sequence[Quote]], list[Quote]]
"""Sentences in the order in which they answer a question: a reranker's second look."""


@dataclass
class Tools:
    """What answering needs; without a library every message is a question."""

    retriever: Retriever
    prover: Prover
    model: ChatModel | None
    gates: Gates
    budget: PromptBudget
    embedder_name: str | None = None
    top_k: int = 6
    evidence_sentences: int = 4
    style: Style = "auto"
    find_conflicts: FindsConflicts | None = None
    max_tokens: int = 400
    library: Library | None = None
    embedder: Embedder | None = None
    rank: Ranks | None = None
    width: int = 1
    """Times what is usual: more passages and sentences, and no haste."""
    opinion: SecondOpinion | None = None


AsksFor = Callable[[Sequence[Source], str], Prompt]
"""Sources and the mark around them become a prompt."""


@dataclass
class Reply:
    """The state of one answer and the steps that kinds share."""

    tools: Tools
    query: Query
    started: float
    language: str
    kind: Kind = "answer"
    aspect: str = ""
    history: Sequence[Turn] = ()
    hits: list[Hit] = field(default_factory=list)
    quotes: tuple[Quote, ...] = ()
    warnings: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    articles: tuple[str, ...] = ()
    info: ModelInfo | None = None
    search_s: float | None = None
    first_evidence_s: float | None = None
    first_token_s: float | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    writing_s: float | None = None
    invalid: int = 0
    refused: bool = False
    wrote: bool = False
    thought: bool = False
    finished: bool = True
    """The model was heard to its end."""
    given: Given | None = None

    def __post_init__(self) -> None:
        self.mark = new_mark()
        self.composition = Composition(self.tools.prover, self.hits, self.language)

    @property
    def pack(self) -> Pack:
        return pack(self.language)

    @property
    def library(self) -> Library:
        assert self.tools.library is not None, (
            "kinds other than a question are told only where there is a library"
        )
        return self.tools.library

    def elapsed(self) -> float:
        return time.monotonic() - self.started

    # ------------------------------------------------------------------ steps

    def found(self, hits: Sequence[Hit], unknown_stems: frozenset[str] = frozenset()) -> Retrieved:
        """Take the hits of the search; what is written from now on is proved with them."""
        self.hits[:] = hits
        self.given = Given(self.tools.width, self.tools.top_k)
        self.search_s = self.elapsed()
        self.composition = Composition(
            self.tools.prover,
            self.hits,
            self.language,
            unknown_stems=unknown_stems,
            question=self.query.search_text,
        )
        return Retrieved(self.query, tuple(self.hits), self.search_s)

    def shown(self, quotes: Sequence[Quote]) -> Evidence:
        """Take the sentences that are shown before the model speaks."""
        self.quotes = tuple(quotes)
        self.first_evidence_s = self.elapsed()
        return Evidence(self.quotes, self.first_evidence_s)

    def warn(self, text: str) -> Notice:
        self.warnings.append(text)
        return Notice(text)

    def tell(self, text: str, before: str = " ") -> Sentence:
        """A sentence of the program's own, which makes no claim."""
        return self.composition.append(text, Proof("no_claim"), before=before)

    def quote(self, quote: Quote, before: str = " ") -> Sentence:
        """A sentence of a source, word for word."""
        return self.composition.quote(quote, before=before)

    def line(self, hit: Hit, quote: Quote, before: str = "\n- ") -> Iterator[Sentence]:
        """A line of a list: title and date of the article, then its sentence."""
        yield self.tell(
            self.pack.say("article_line", title=hit.title, day=self.pack.day(hit.published)), before
        )
        yield self.quote(quote)

    def listed(self, quotes: Sequence[Quote]) -> Iterator[Sentence]:
        """The items of a list of a source, word for word."""
        yield self.tell(self.pack.say("nearest_words"), before="\n\n")
        for quote in quotes:
            yield self.quote(quote, before="\n- ")

    # ------------------------------------------------------------------ the model

    def sums_up(self) -> bool:
        """Whether a language model answers that is able to say something of several sources as a whole.

        Where one is wanted and none answers, that is a warning.
        """
        if self.tools.model is None:
            return False
        try:
            self.info = self.tools.model.info
        except ModelUnavailable as error:
            self.warn(say("no_model", self.language, why=reason(error, self.language)).strip())
            return False
        return self.info.parameters is None or self.info.parameters >= SUMS_UP_FROM

    def worded(self, sources: list[Source], asks_for: AsksFor) -> Iterator[Event]:
        """Let the model write from `sources`; `wrote` tells whether it did. A model that fails is a warning."""
        model = self.tools.model
        if model is None:
            return
        try:
            self.info = model.info
            yield from self.generate_fitting(model, sources, asks_for)
        except (ModelUnavailable, PromptTooLong) as error:
            why = reason(error, self.language)
            if not self.wrote:
                self.info = None
                yield self.warn(say("no_model", self.language, why=why).strip())
                return
            yield self.warn(say("model_stopped", self.language, why=why))
            self.finished, self.composition.cut = False, True
            yield from self.composition.proved(final=True)

    def fitting(self, sources: Sequence[Source], asks_for: AsksFor) -> Prompt:
        """The prompt with as many sources as are read in time and fit the window; at least two."""
        assert self.info is not None
        budget = self.tools.budget
        hurried = self.tools.width == 1
        limit = budget.limit(self.info.context_length, self.tools.max_tokens, hurried=hurried)
        kept = list(sources)
        prompt = asks_for(kept, self.mark)
        while len(kept) > FEWEST_SOURCES and budget.prompt_tokens(prompt.messages) > limit:
            kept.pop()
            prompt = asks_for(kept, self.mark)
        if self.given is not None:
            self.given = replace(self.given, passages=len(kept), left_out=len(sources) - len(kept))
        return prompt

    def generate_fitting(self, model: ChatModel, sources: list[Source], asks_for: AsksFor) -> Iterator[Event]:
        """Generate; where the estimate of the prompt's length was wrong, again with half the sources."""
        while True:
            try:
                yield from self._generate(model, self.fitting(sources, asks_for))
                return
            except PromptTooLong:
                if len(sources) <= 1:
                    raise
                sources = sources[: len(sources) // 2]

    def _generate(self, model: ChatModel, prompt: Prompt) -> Iterator[Event]:
        self.composition.offered = prompt.hits
        stream = StreamFilter(len(prompt.hits), self.mark)
        with closing_stream(model.stream(prompt.messages)) as chunks:
            for chunk in chunks:
                if chunk.thinking:
                    self.thought = True
                    yield Thought(chunk.thinking)
                elif not chunk.text and not chunk.done:
                    yield Token("")  # the model is silent: let whoever reads stop it
                yield from self._take(stream.feed(chunk.text))
                if chunk.done:
                    yield from self._count(chunk, prompt)
                if self.composition.loops:
                    self.composition.cut = True
                    yield self.warn(say("model_loops", self.language))
                    break
        yield from self._take(stream.close())
        self.invalid, self.refused = stream.invalid, stream.refused
        yield from self.composition.proved(final=True)
        yield from self._reviewed()

    def _reviewed(self) -> Iterator[Event]:
        """Ask for a second opinion on what is undecided, now that the answer stands."""
        if self.tools.opinion is None:
            return
        undecided = self.composition.undecided()
        claims = [(text, proof) for _, text, proof in undecided]
        most = min(LONGEST_PREMISE, self.tools.budget.characters(READING_SECONDS))
        for found in self.tools.opinion.review(claims, self.hits, self.language, most):
            if found is None:
                yield Token("")  # the model is silent: let whoever reads stop it
            else:
                yield Reviewed(self.composition.revise(undecided[found[0]][0], found[1]))

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
                    self.first_token_s = self.elapsed()
                self.wrote = True
                yield Token(piece.text)
        yield from self.composition.proved()

    def _count(self, chunk: Chunk, prompt: Prompt) -> Iterator[Event]:
        self.prompt_tokens, self.completion_tokens = chunk.prompt_tokens, chunk.completion_tokens
        self.writing_s = chunk.completion_seconds
        budget = self.tools.budget
        expected = budget.prompt_tokens(prompt.messages)
        cached = len(prompt.messages[0].content)
        budget.learn(prompt.characters, cached, chunk.prompt_tokens, chunk.prompt_seconds)
        if chunk.prompt_tokens is not None and chunk.prompt_tokens < expected / 3:
            self.warn(say("prompt_cut", self.language, read=chunk.prompt_tokens, sent=expected))
        if chunk.done_reason == "length":
            self.composition.cut = True
            yield self.warn(say("cut_by_length", self.language))

    # ------------------------------------------------------------------ the end

    def finish(self, mode: Literal["model", "evidence"] | None = None, abstained: bool = False) -> Finished:
        """The finished answer; its mode is the model's where it wrote anything, unless it is given."""
        total = self.elapsed()
        return Finished(
            Answer(
                question=self.query.text,
                language=self.language,
                text=self.composition.text,
                abstained=abstained,
                mode=mode or ("model" if self.wrote else "evidence"),
                sentences=tuple(self.composition.sentences),
                citations=tuple(self.composition.citations.values()),
                evidence=self.quotes,
                conflicts=tuple(self.conflicts),
                hits=tuple(self.hits),
                warnings=tuple(self.warnings),
                model=self.info.name if self.info else None,
                model_digest=self.info.digest if self.info else None,
                embedder=self.tools.embedder_name,
                prompt_tokens=self.prompt_tokens,
                completion_tokens=self.completion_tokens,
                context_length=self.info.context_length if self.info else None,
                timings=Timings(
                    self.search_s, self.first_evidence_s, self.first_token_s, total, self.writing_s
                ),
                search_text=self.query.search_text if self.query.rewritten else None,
                invalid_citations=self.invalid,
                kind=self.kind,
                articles=self.articles,
                model_finished=self.finished,
                given=self.given,
            )
        )


class Intent(Protocol):
    """How one kind of message is answered: events that end with `Finished`."""

    def __call__(self, reply: Reply) -> Iterator[Event]: ...
