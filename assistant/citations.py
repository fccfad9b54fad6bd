"""What an answer rests on: exact words of articles, the proof of a sentence, citations, sources that disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from .answer_json import CitationJson, ConflictJson, DifferenceJson, QuoteJson, SideJson
    from .types import Hit

Verdict = Literal["supported", "partial", "unsupported", "no_claim"]


@dataclass(frozen=True, slots=True)
class Quote:
    """Exact words of an article: `text == article.text[start:end]`."""

    article: str
    start: int
    end: int
    text: str
    hit: int
    """Index (from 0) of the hit it was taken from."""
    score: float = 0.0

    def as_json(self) -> QuoteJson:
        """An item of ANSWER's `evidence`."""
        return {
            "article": self.article,
            "start": self.start,
            "end": self.end,
            "quote": self.text,
            "score": round(self.score, 6),
        }


class Difference(NamedTuple):
    """Words of a sentence that its nearest source contradicts."""

    text: str
    source: str
    """What the source says instead; empty where that is not clear."""


def located(differences: Sequence[Difference], text: str, offset: int) -> list[DifferenceJson]:
    """Each difference with where it stands: `text` begins at `offset` of what the reader sees."""
    found = [(text.find(one.text), one) for one in differences]
    return [
        {"start": offset + place, "end": offset + place + len(one.text), "source": one.source}
        for place, one in found
        if place >= 0 and one.text
    ]


def rounded(probability: float | None) -> float | None:
    """A probability as it is written into JSON."""
    return None if probability is None else round(probability, 4)


@dataclass(frozen=True, slots=True)
class Proof:
    """What the sources say about one sentence of an answer."""

    verdict: Verdict
    quotes: tuple[Quote, ...] = ()
    """The words that support it, best first; empty where nothing does."""
    reasons: tuple[str, ...] = ()
    """Why it is not (wholly) supported, in the user's language."""
    nearest: tuple[Quote, ...] = ()
    """For a sentence that fails: the closest evidence, to be shown beside it."""
    probability: float | None = None
    """That the sources support it; None where it makes no claim or nothing estimates it."""
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered citation of an answer."""

    n: int
    quote: Quote
    title: str
    published: date | None
    url: str | None = None
    publisher: str | None = None
    digest: str | None = None
    """Of the text of the article that was quoted."""

    @classmethod
    def of(cls, n: int, quote: Quote, hit: Hit) -> Citation:
        """The citation with number `n` of words that stand in `hit`."""
        return cls(n, quote, hit.title, hit.published, hit.url, hit.publisher, hit.digest)

    def as_json(self) -> CitationJson:
        return {
            "n": self.n,
            "article": self.quote.article,
            "title": self.title,
            "published": self.published.isoformat() if self.published else None,
            "start": self.quote.start,
            "end": self.quote.end,
            "quote": self.quote.text,
            "url": self.url,
            "publisher": self.publisher,
            "digest": self.digest,
        }


@dataclass(frozen=True, slots=True)
class ConflictSide:
    value: str
    citation: int
    published: date | None = None
    newest: bool = False
    """Its source is newer than every other side's."""

    def as_json(self) -> SideJson:
        return {
            "value": self.value,
            "citation": self.citation,
            "published": self.published.isoformat() if self.published else None,
            "newest": self.newest,
        }


@dataclass(frozen=True, slots=True)
class Conflict:
    """Sources that disagree about one thing."""

    about: str
    sides: tuple[ConflictSide, ...]

    def as_json(self) -> ConflictJson:
        return {"about": self.about, "sides": [side.as_json() for side in self.sides]}
