"""ANSWER of the contracts and its parts, as `as_json` gives them: what the page, exports, metrics and scripts read.

Offsets are as in `types`. Keys of an ANSWER that is growing, was kept by an earlier version or comes from
another system may be absent; `Answer.as_json` gives them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypedDict

if TYPE_CHECKING:
    from .citations import Verdict
    from .types import Kind


class SpanJson(TypedDict):
    start: int
    end: int


class HitJson(SpanJson):
    rank: int
    article: str
    title: str
    published: str | None
    """ISO 8601, as every date here."""
    language: str
    text: str
    score: float
    dense_rank: int | None
    lexical_rank: int | None
    passage: str
    section: str
    page: int | None
    publisher: str | None
    url: str | None
    digest: str | None
    also_in: list[str]
    flagged: bool
    orders: list[SpanJson]


class QuoteJson(SpanJson):
    """An item of `evidence`, or of a sentence's `nearest`."""

    article: str
    quote: str
    score: float


class CitationJson(SpanJson):
    n: int
    article: str
    title: str
    published: str | None
    quote: str
    url: str | None
    publisher: str | None
    digest: str | None
    since: NotRequired[Literal["changed", "gone"]]
    """In a conversation that is opened again: what became of the article."""


class DifferenceJson(SpanJson):
    source: str
    """What the source says instead."""


class SentenceJson(SpanJson):
    citations: list[int]
    verdict: Verdict
    probability: float | None
    differences: list[DifferenceJson]
    reasons: list[str]
    nearest: list[QuoteJson]


class SideJson(TypedDict):
    value: str
    citation: int
    published: str | None
    newest: bool


class ConflictJson(TypedDict):
    about: str
    sides: list[SideJson]


class TimingsJson(TypedDict):
    search_s: float | None
    first_evidence_s: float | None
    first_token_s: float | None
    total_s: float | None
    writing_s: float | None


class GivenJson(TypedDict):
    width: int
    sought: int
    passages: int | None
    left_out: int


class PlaceJson(SpanJson):
    """What is known of an article that is quoted without being cited."""

    article: str
    title: str
    language: str
    published: str | None
    publisher: str | None


class FiltersJson(TypedDict, total=False):
    """`types.Filters`."""

    since: str | None
    until: str | None
    language: str | None
    folder: str | None
    articles: list[str]


class AnswerJson(TypedDict, total=False):
    question: str
    language: str
    answer: str
    abstained: bool
    mode: Literal["model", "evidence"]
    sentences: list[SentenceJson]
    citations: list[CitationJson]
    evidence: list[QuoteJson]
    conflicts: list[ConflictJson]
    hits: list[HitJson]
    warnings: list[str]
    model: str | None
    model_digest: str | None
    embedder: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    context_length: int | None
    timings: TimingsJson
    search_text: str | None
    invalid_citations: int
    kind: Kind
    articles: list[str]
    given: GivenJson | None
    runs_on: str | None
    interrupted: bool
    """Of an answer that is kept, as what follows: it has not come to its end."""
    draft: str
    """What the model had written and nothing had proved."""
    filters: FiltersJson | None
    places: list[PlaceJson]
    """What is known of articles that are quoted without being cited."""


class CheckedJson(TypedDict):
    """What `assistant check` prints: offsets of sentences are places in `text`."""

    text: str
    language: str
    sentences: list[SentenceJson]
    citations: list[CitationJson]
    conflicts: list[ConflictJson]


class PlacedJson(CheckedJson):
    """The same for the page."""

    places: list[PlaceJson]
