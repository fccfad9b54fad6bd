"""The nouns of the program: what travels from room to room. They hold no behaviour but their JSON form.

All offsets are counted in Unicode code points of the article's normalised text (what
`assistant show ARTICLE --text` prints).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from .articles import Article as Article
from .articles import Heading as Heading
from .articles import Passage as Passage
from .articles import Span as Span
from .articles import Stated as Stated
from .citations import Citation as Citation
from .citations import Conflict as Conflict
from .citations import ConflictSide as ConflictSide
from .citations import Difference as Difference
from .citations import Proof as Proof
from .citations import Quote as Quote
from .citations import Verdict as Verdict
from .citations import located as located
from .citations import rounded as rounded
from .queries import Filters as Filters
from .queries import Given as Given
from .queries import Query as Query
from .queries import TimeCue as TimeCue
from .seams import ChatModel as ChatModel
from .seams import Chunk as Chunk
from .seams import Embedder as Embedder
from .seams import Message as Message
from .seams import ModelInfo as ModelInfo
from .seams import Retriever as Retriever

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .answer_json import AnswerJson, HitJson, SentenceJson, TimingsJson

    Vector = NDArray[np.float32]

Json = dict[str, Any]
Kind = Literal["answer", "overview", "list", "compare", "timeline", "collection", "previous", "check", "chat"]


# --------------------------------------------------------------------------- what is found


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with what is needed to show it, prompt with it and prove with it."""

    rank: int
    passage: Passage
    text: str
    """The passage's own words, `article.text[passage.start:passage.end]`."""
    title: str
    language: str
    published: date | None = None
    published_origin: str | None = None
    publisher: str | None = None
    url: str | None = None
    digest: str | None = None
    """Of the article's text: `Article.text_digest`; None where there is no article."""
    score: float = 0.0
    similarity: float | None = None
    """Cosine between question and passage; None where it was not computed."""
    dense_rank: int | None = None
    lexical_rank: int | None = None
    context: Span | None = None
    """The paragraph(s) around the passage that may be handed to the model; None: the passage itself."""
    context_text: str | None = None
    sentences: tuple[Span, ...] = ()
    """Sentence spans inside the context (article offsets)."""
    also_in: tuple[str, ...] = ()
    """Names of near-duplicate articles that are not shown on their own."""
    flagged: tuple[Span, ...] = ()
    """Places of the context that give orders to an assistant."""
    in_period: bool | None = None
    """With a time filter: True inside, None undated (shown after, marked). Without one: None."""

    def as_json(self) -> HitJson:
        """HIT of the contracts."""
        return {
            "rank": self.rank,
            "article": self.passage.article,
            "title": self.title,
            "published": self.published.isoformat() if self.published else None,
            "language": self.language,
            "start": self.passage.start,
            "end": self.passage.end,
            "text": self.text,
            "score": round(self.score, 6),
            "dense_rank": self.dense_rank,
            "lexical_rank": self.lexical_rank,
            "passage": self.passage.id,
            "section": self.passage.section,
            "page": self.passage.page,
            "publisher": self.publisher,
            "url": self.url,
            "digest": self.digest,
            "also_in": list(self.also_in),
            "flagged": bool(self.flagged),
            "orders": [{"start": span.start, "end": span.end} for span in self.flagged],
        }


# --------------------------------------------------------------------------- answering


# The events of one answer, in this order: Retrieved, Evidence, then any number of
# Notice / Waiting / Thought / Token / Sentence / Reviewed, and last Finished. Closing the iterator stops the model.


@dataclass(frozen=True, slots=True)
class Retrieved:
    query: Query
    hits: tuple[Hit, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Verbatim sentences that answer best, before the model has said a word."""

    quotes: tuple[Quote, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know now, in the user's language."""

    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Others ask the same model: so many questions must end before this one has its turn."""

    before: int


@dataclass(frozen=True, slots=True)
class Thought:
    """A piece of the model's reasoning: shown folded, never part of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text as the model writes it; not proved yet. Append it to the draft.

    An empty one comes now and then while the model is silent, so that whoever reads may stop.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A proved sentence. It replaces the first `draft_length` characters of the draft."""

    text: str
    """As it stands in the answer, citation markers included."""
    start: int
    end: int
    """`answer[start:end] == text`."""
    draft_length: int
    verdict: Verdict
    citations: tuple[Citation, ...] = ()
    reasons: tuple[str, ...] = ()
    nearest: tuple[Quote, ...] = ()
    before: str = ""
    """White space that separates it from the sentence before, e.g. a space or a line break with a list marker."""
    probability: float | None = None
    """That the sources support it; None where it makes no claim."""
    differences: tuple[Difference, ...] = ()

    def as_json(self) -> SentenceJson:
        return {
            "start": self.start,
            "end": self.end,
            "citations": [c.n for c in self.citations],
            "verdict": self.verdict,
            "probability": rounded(self.probability),
            "differences": located(self.differences, self.text, self.start),
            "reasons": list(self.reasons),
            "nearest": [q.as_json() for q in self.nearest],
        }


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A sentence of the answer after a second opinion: its words and citations are the same, its proof is not."""

    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds since the question was asked; None for what did not happen."""

    search_s: float | None = None
    first_evidence_s: float | None = None
    first_token_s: float | None = None
    total_s: float | None = None
    writing_s: float | None = None
    """The model's own time for its words, without the prompt."""

    def as_json(self) -> TimingsJson:
        return {
            "search_s": self.search_s,
            "first_evidence_s": self.first_evidence_s,
            "first_token_s": self.first_token_s,
            "total_s": self.total_s,
            "writing_s": self.writing_s,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """ANSWER of the contracts."""

    question: str
    language: str
    text: str
    abstained: bool
    mode: Literal["model", "evidence"]
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    evidence: tuple[Quote, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    hits: tuple[Hit, ...] = ()
    warnings: tuple[str, ...] = ()
    model: str | None = None
    model_digest: str | None = None
    embedder: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    context_length: int | None = None
    timings: Timings = Timings()
    search_text: str | None = None
    """The stand-alone rewriting of a follow-up; None where the question was searched as it is."""
    invalid_citations: int = 0
    """Citation ids written by the model that were never offered; they were removed."""
    model_finished: bool = True
    kind: Kind = "answer"
    articles: tuple[str, ...] = ()
    """Names of articles, for answers about the collection."""
    given: Given | None = None
    """None for answers that no search was made for."""
    runs_on: str | None = None
    """Where the model was in memory: gpu, processor or both; None where the server does not say."""

    @property
    def lacks_model(self) -> bool:
        """Whether a language model should have worded it, and did not: a question, or what warns that it failed.

        Other kinds may need none: a timeline, what the collection holds, a table.
        """
        verbatim = self.mode == "evidence" and not self.abstained
        return not self.model_finished or (verbatim and (self.kind == "answer" or bool(self.warnings)))

    def as_json(self) -> AnswerJson:
        return {
            "question": self.question,
            "language": self.language,
            "answer": self.text,
            "abstained": self.abstained,
            "mode": self.mode,
            "sentences": [s.as_json() for s in self.sentences],
            "citations": [c.as_json() for c in self.citations],
            "evidence": [q.as_json() for q in self.evidence],
            "conflicts": [c.as_json() for c in self.conflicts],
            "hits": [h.as_json() for h in self.hits],
            "warnings": list(self.warnings),
            "model": self.model,
            "model_digest": self.model_digest,
            "embedder": self.embedder,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "context_length": self.context_length,
            "timings": self.timings.as_json(),
            "search_text": self.search_text,
            "invalid_citations": self.invalid_citations,
            "kind": self.kind,
            "articles": list(self.articles),
            "given": self.given.as_json() if self.given else None,
            "runs_on": self.runs_on,
        }


@dataclass(frozen=True, slots=True)
class Finished:
    answer: Answer


Event = Retrieved | Evidence | Notice | Waiting | Thought | Token | Sentence | Reviewed | Finished


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier message of a conversation."""

    role: Literal["user", "assistant"]
    content: str
    answer: AnswerJson | None = None
    """The whole ANSWER of the contracts, for a turn of the assistant that has it."""
