"""What search and answering ask of a store, and the nouns of its answers.

`store.Store` is the library of one machine; `store.MemoryLibrary` holds a few articles for as long as a process runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, Protocol

from .types import Article, Filters, Passage, Span

if TYPE_CHECKING:
    from .types import Vector

ALL = Filters()


class ArticleSummary(NamedTuple):
    """One line of a list of articles."""

    name: str
    title: str
    published: date | None
    language: str
    passages: int


class CatalogueEntry(NamedTuple):
    """One line of the list of files: an article, or a file that was rejected."""

    name: str
    title: str
    published: date | None = None
    language: str = ""
    publisher: str | None = None
    passages: int = 0
    warnings: tuple[str, ...] = ()
    flagged: bool = False
    """It gives orders to an assistant."""
    duplicate_of: str | None = None
    reason: str | None = None
    """Why it was rejected; None: it is an article."""
    stated: Mapping[str, str | None] = {}
    """For each fact that a user corrected, what the file says."""


class Behind(NamedTuple):
    """What has changed on disk since the store was made: names of files."""

    new: list[str]
    changed: list[str]
    gone: list[str]


class LanguageStatistics(NamedTuple):
    """How the passage vectors of one language lie: needed to compare scores across languages."""

    n: int
    mean: Vector
    """float32[dimension]"""
    covariance: Vector
    """float32[dimension, dimension], divided by n."""


class Place(NamedTuple):
    """Where a passage stands, and when its article was published."""

    passage: Passage
    published: date | None


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its words and what is known of its article."""

    passage: Passage
    text: str
    title: str
    language: str
    position: int
    """Place among the passages of its article, from 0."""
    published: date | None
    published_origin: str | None
    publisher: str | None
    url: str | None
    sentences: tuple[Span, ...]
    """Sentence spans inside the passage (article offsets)."""
    flagged: tuple[Span, ...]
    """Places of the passage that give orders to an assistant."""
    group: str | None
    """Name of the article that stands for its near-duplicates; None: it has none."""
    also_in: tuple[str, ...]
    """The other articles of its group."""


class Library(Protocol):
    """Articles with their passages, searched by meaning, by words and by title.

    Everything is found that `filters` admit, language by language; scores are cosines and BM25, the best first.
    """

    @property
    def languages(self) -> Mapping[str, int]:
        """Passages of each language, the most frequent first."""
        ...

    @property
    def language_statistics(self) -> Mapping[str, LanguageStatistics]: ...

    def dense(self, vector: Vector, k: int, language: str, filters: Filters = ALL) -> list[tuple[str, float]]:
        """Ids and cosines of the k passages nearest to `vector` (float32[d], L2-normalised)."""
        ...

    def lexical(self, text: str, k: int, language: str, filters: Filters = ALL) -> list[tuple[str, float]]:
        """Ids and BM25 (> 0) of the k best passages that share a word with `text`."""
        ...

    def nearest_titles(
        self, vector: Vector, k: int, language: str, filters: Filters = ALL
    ) -> list[tuple[str, float]]:
        """Names and cosines of the k articles whose titles are nearest to `vector`."""
        ...

    def title_similarities(self, vector: Vector, names: Sequence[str]) -> dict[str, float]:
        """Cosine between `vector` and the titles of these articles."""
        ...

    def places(self, ids: Sequence[str]) -> dict[str, Place]:
        """Where these passages stand; cheaper than `passages`. Unknown ids are left out."""
        ...

    def openings(self, names: Sequence[str]) -> list[str]:
        """Ids of the first passages of these articles."""
        ...

    def document_frequency(self, stems: Sequence[str], language: str) -> dict[str, int]:
        """For each stem the number of passages of that language that contain it."""
        ...

    def vectors(self, ids: Sequence[str]) -> Vector:
        """float32[n, d] in the order of `ids`; zeros for an unknown id."""
        ...

    def passages(self, ids: Sequence[str]) -> dict[str, StoredPassage]:
        """What is known of these passages, in the order of `ids`. Unknown ids are left out."""
        ...

    def context(self, passage_id: str, max_characters: int) -> tuple[Span, str, tuple[Span, ...]]:
        """The whole paragraphs around a passage, within `max_characters`: span, text, sentence spans.

        At least the passage itself. Raises KeyError for an unknown id.
        """
        ...

    def article(self, name: str) -> Article:
        """The article of that name; raises `ArticleNotFound`."""
        ...

    def articles(self) -> Sequence[ArticleSummary]:
        """Every article, by name."""
        ...
