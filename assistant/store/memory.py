"""A few articles, searched as a store is, for as long as the process runs. Nothing is written."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ArticleNotFound
from ..library import ALL, ArticleSummary, LanguageStatistics, Place, StoredPassage
from ..reading import near_duplicates
from ..reading.passages import split_passages
from ..reading.words import content_stems
from ..types import Article, Filters, Passage, Span
from .context import described, widen
from .sync_run import embedded_text
from .vector_search import counted

if TYPE_CHECKING:
    from ..types import Embedder, Vector

SATURATION, LENGTH = 1.2, 0.75
"""k1 and b of BM25, as in SQLite's full-text index and in tantivy."""


@dataclass(frozen=True, slots=True)
class _Held:
    article: Article
    passage: Passage
    position: int
    vector: Vector
    stems: Counter[str]


class MemoryLibrary:
    """The Library of `articles`, embedded at once; every search counts in full."""

    def __init__(
        self, articles: Iterable[Article], embedder: Embedder, *, min_tokens: int, max_tokens: int
    ) -> None:
        self._articles = {article.name: article for article in articles}
        self._passages: dict[str, _Held] = {}
        self._dimension = embedder.dimension
        titles = [article.title for article in self._articles.values()]
        self._titles = dict(zip(self._articles, embedder.embed_passages(titles), strict=True))
        for article in self._articles.values():
            passages = split_passages(article, embedder.tokenize, min_tokens, max_tokens)
            vectors = embedder.embed_passages([embedded_text(article, passage) for passage in passages])
            for position, (passage, vector) in enumerate(zip(passages, vectors, strict=True)):
                found_by = f"{article.title}\n{passage.section}\n{article.text[passage.start : passage.end]}"
                stems = Counter(content_stems(found_by, article.language))
                self._passages[passage.id] = _Held(article, passage, position, vector, stems)
        self._fronts = fronts(list(self._articles.values()))

    # ---------------------------------------------------------------- the whole

    @property
    def languages(self) -> Mapping[str, int]:
        counts = Counter(held.article.language for held in self._passages.values())
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    @property
    def language_statistics(self) -> Mapping[str, LanguageStatistics]:
        return {language: self._statistics(language) for language in self.languages}

    def _statistics(self, language: str) -> LanguageStatistics:
        vectors = np.stack([held.vector for held in self._of(language, ALL)])
        covariance = np.atleast_2d(np.cov(vectors.T, bias=True)).astype(np.float32)
        return LanguageStatistics(len(vectors), vectors.mean(axis=0), covariance)

    def _of(self, language: str, filters: Filters) -> list[_Held]:
        return [
            held
            for held in self._passages.values()
            if held.article.language == language and admitted(held.article, filters)
        ]

    # ---------------------------------------------------------------- searching

    def dense(self, vector: Vector, k: int, language: str, filters: Filters = ALL) -> list[tuple[str, float]]:
        held = self._of(language, filters)
        return counted(((each.passage.id, each.vector.tobytes()) for each in held), vector, k)

    def lexical(self, text: str, k: int, language: str, filters: Filters = ALL) -> list[tuple[str, float]]:
        stems = list(dict.fromkeys(content_stems(text, language)))
        whole = self._of(language, ALL)
        mean = sum(held.stems.total() for held in whole) / max(1, len(whole))
        weights = {
            stem: max(math.log((len(whole) - n + 0.5) / (n + 0.5)), 1e-6)
            for stem, n in self.document_frequency(stems, language).items()
        }
        scores = {
            held.passage.id: sum(weights[stem] * _saturated(held.stems, stem, mean) for stem in stems)
            for held in self._of(language, filters)
        }
        best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))
        return [(name, score) for name, score in best if score > 0][:k]

    def nearest_titles(
        self, vector: Vector, k: int, language: str, filters: Filters = ALL
    ) -> list[tuple[str, float]]:
        chosen = [a for a in self._articles.values() if a.language == language and admitted(a, filters)]
        return counted(((each.name, self._titles[each.name].tobytes()) for each in chosen), vector, k)

    def title_similarities(self, vector: Vector, names: Sequence[str]) -> dict[str, float]:
        return {name: float(self._titles[name] @ vector) for name in names if name in self._titles}

    def document_frequency(self, stems: Sequence[str], language: str) -> dict[str, int]:
        held = self._of(language, ALL)
        return {stem: sum(stem in each.stems for each in held) for stem in stems}

    # ---------------------------------------------------------------- passages and articles

    def places(self, ids: Sequence[str]) -> dict[str, Place]:
        held = {name: self._passages[name] for name in ids if name in self._passages}
        return {name: Place(each.passage, each.article.published) for name, each in held.items()}

    def openings(self, names: Sequence[str]) -> list[str]:
        wanted = set(names)
        return [
            name
            for name, held in self._passages.items()
            if held.position == 0 and held.article.name in wanted
        ]

    def vectors(self, ids: Sequence[str]) -> Vector:
        found = np.zeros((len(ids), self._dimension), np.float32)
        for place, name in enumerate(ids):
            if name in self._passages:
                found[place] = self._passages[name].vector
        return found

    def passages(self, ids: Sequence[str]) -> dict[str, StoredPassage]:
        return {name: self._described(self._passages[name]) for name in ids if name in self._passages}

    def _described(self, held: _Held) -> StoredPassage:
        name = held.article.name
        front = self._fronts.get(name)
        group = [other for other, its in self._fronts.items() if front is not None and its == front]
        group.sort(key=lambda other: (other != front, self._age(other), other))
        others = tuple(other for other in group if other != name)
        return described(held.article, held.passage, held.position, front, others)

    def _age(self, name: str) -> tuple[bool, str]:
        published = self._articles[name].published
        return published is None, str(published)

    def context(self, passage_id: str, max_characters: int) -> tuple[Span, str, tuple[Span, ...]]:
        held = self._passages[passage_id]
        text = held.article.text
        span = widen(text, held.passage.span, max_characters)
        return span, text[span.start : span.end], span.clip(held.article.sentences)

    def article(self, name: str) -> Article:
        if name not in self._articles:
            there = ", ".join(map(repr, sorted(self._articles)[:5]))
            raise ArticleNotFound(f"No article {name!r} is held. There is {there}.")
        return self._articles[name]

    def articles(self) -> list[ArticleSummary]:
        counts = Counter(held.article.name for held in self._passages.values())
        return [
            ArticleSummary(name, each.title, each.published, each.language, counts[name])
            for name, each in sorted(self._articles.items())
        ]


def fronts(articles: Sequence[Article]) -> dict[str, str]:
    """For each article that has near-duplicates, the name of the one that stands for them: the earliest."""
    known = {article.name: article for article in articles}
    found = {}

    def same(one: str, other: str) -> bool:
        told = [
            near_duplicates.titled(a.title, a.origins.get("title"), a.text)
            for a in (known[one], known[other])
        ]
        return near_duplicates.same_facts(*told)

    def age(name: str) -> tuple[bool, str, str]:
        published = known[name].published
        return published is None, str(published), name

    signatures = {name: near_duplicates.signature(article.text) for name, article in known.items()}
    for group in near_duplicates.groups(signatures, same):
        found.update(dict.fromkeys(group, min(group, key=age)))
    return found


def admitted(article: Article, filters: Filters) -> bool:
    """Whether an article meets all that is given."""
    day = article.published
    if (filters.since or filters.until) and day is None:
        return False
    return (
        (filters.language in (None, article.language))
        and (not filters.articles or article.name in filters.articles)
        and (not filters.folder or article.name.startswith(f"{filters.folder.strip('/')}/"))
        and (filters.since is None or (day is not None and day >= filters.since))
        and (filters.until is None or (day is not None and day <= filters.until))
    )


def _saturated(stems: Counter[str], stem: str, mean: float) -> float:
    """How much a passage says a word: its count, less and less, in proportion to the passage's length."""
    count = stems[stem]
    return count * (SATURATION + 1) / (count + SATURATION * (1 - LENGTH + LENGTH * stems.total() / mean))
