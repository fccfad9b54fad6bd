"""The nouns of reading: an article as the program understood it, its passages and their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import NamedTuple


class Span(NamedTuple):
    """A half-open range of code points, `text[start:end]`."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether they have a character in common."""
        return self.start < other.end and other.start < self.end

    def clip(self, parts: Iterable[Span]) -> tuple[Span, ...]:
        """The parts that overlap this span, cut at its borders."""
        return tuple(
            Span(max(part.start, self.start), min(part.end, self.end))
            for part in parts
            if self.overlaps(part)
        )


class Heading(NamedTuple):
    """A section heading: its span in the text and its level (1 is the highest)."""

    start: int
    end: int
    level: int


class Stated(NamedTuple):
    """What a file says of a fact that a user corrected."""

    value: str | None
    origin: str | None = None
    """Where the file says it."""
    confidence: float | None = None
    """How sure the date is, 0 to 1."""
    warnings: tuple[str, ...] = ()
    """What the reader doubted of the date."""


@dataclass(frozen=True, slots=True)
class Article:
    """One article as the program understood it. Its name is its path relative to the corpus, with `/`."""

    name: str
    text: str
    title: str
    language: str
    """ISO 639-1, "und" where it could not be told."""
    digest: str
    """SHA-256 of the file's bytes."""
    published: date | None = None
    publisher: str | None = None
    author: str | None = None
    url: str | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each of title, published, language, publisher, author, url was found, e.g. {"published": "json-ld"}."""
    published_confidence: float | None = None
    """How sure the date is, 0 to 1; None for an undated article."""
    sentences: tuple[Span, ...] = ()
    headings: tuple[Heading, ...] = ()
    pages: tuple[Span, ...] = ()
    """Span of each page, for formats that have pages."""
    flagged: tuple[Span, ...] = ()
    """Places that give orders to an assistant: shown with a warning, never followed."""
    warnings: tuple[str, ...] = ()
    stated: Mapping[str, Stated] = field(default_factory=dict)
    """For each fact that a user corrected (its origin is "corrected"), what the file says."""

    @property
    def text_digest(self) -> str:
        """`sha256:` and the digest of `text`, which says of a quote which text it was taken from."""
        return f"sha256:{sha256(self.text.encode('utf-8', 'surrogatepass')).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one article, small enough for the embedder."""

    id: str
    """Stable: the same article name and passage text give the same id in every run."""
    article: str
    start: int
    end: int
    section: str = ""
    """Path of the headings above it, outermost first, joined with " › "."""
    page: int | None = None

    @property
    def span(self) -> Span:
        """Its place in the article's text."""
        return Span(self.start, self.end)
