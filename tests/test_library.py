"""The contract of `Library`, held over its two users: the store on disk and the one in memory."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder

from assistant.errors import ArticleNotFound
from assistant.library import Library
from assistant.reading.articles import find_articles
from assistant.reading.isolated import read_article_safely
from assistant.search.hybrid import HybridRetriever
from assistant.search.question import read_question
from assistant.store.memory import MemoryLibrary
from assistant.store.sync import Store
from assistant.types import Filters

QUESTIONS = [
    "wild horses near the river",
    "le budget de la ville",
    "when does the tide rise",
    "l'Assemblée a voté",
]
FILTERS = [
    Filters(),
    Filters(language="en"),
    Filters(since=date(2025, 1, 1)),
    Filters(folder="copy"),
    Filters(articles=("tides.txt",)),
]


@pytest.fixture(scope="module")
def memory(sample_corpus: Path, embedder: FakeEmbedder) -> MemoryLibrary:
    read = [read_article_safely(file) for file in find_articles(sample_corpus)]
    return MemoryLibrary([one for one in read if one], embedder, min_tokens=20, max_tokens=40)


@pytest.fixture(params=["store", "memory"])
def library(
    request: pytest.FixtureRequest, memory: MemoryLibrary, sample_store_folder: Path
) -> Iterator[Library]:
    if request.param == "memory":
        yield memory
        return
    with closing(Store.open(sample_store_folder)) as store:
        yield store


def ids_of(library: Library) -> list[str]:
    vector = FakeEmbedder().embed_query("anything")
    return sorted(name for language in library.languages for name, _ in library.dense(vector, 100, language))


def test_what_is_found_is_there_and_best_first(library: Library, embedder: FakeEmbedder) -> None:
    for question in QUESTIONS:
        vector = embedder.embed_query(question)
        for language, size in library.languages.items():
            dense = library.dense(vector, 100, language)
            assert len(dense) == size
            similarities = library.vectors([name for name, _ in dense]) @ vector
            np.testing.assert_allclose(similarities, [score for _, score in dense], atol=1e-5)
            lexical = library.lexical(question, 100, language)
            assert all(score > 0 for _, score in lexical)
            titles = library.nearest_titles(vector, 100, language)
            assert library.title_similarities(vector, [n for n, _ in titles]) == pytest.approx(
                dict(titles), abs=1e-5
            )
            for found in (dense, lexical, titles):
                assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
            for search in (library.dense, library.nearest_titles):
                assert len(search(vector, 1, language)) == 1
                assert search(vector, 0, language) == []


def test_a_passage_is_the_words_of_its_article(library: Library) -> None:
    ids = ids_of(library)
    places = library.places([*ids, "unknown"])
    assert list(library.passages(["unknown", *ids])) == ids
    for name, stored in library.passages(ids).items():
        article = library.article(stored.passage.article)
        assert places[name] == (stored.passage, article.published)
        assert stored.text == article.text[stored.passage.start : stored.passage.end]
        span, text, sentences = library.context(name, 10_000)
        assert text == article.text[span.start : span.end]
        assert set(sentences) <= set(article.sentences)
    assert {places[name].passage.article for name in library.openings(["horses.md", "nowhere"])} == {
        "horses.md"
    }
    assert not library.vectors(["unknown"]).any()


def test_what_is_unknown_is_named(library: Library) -> None:
    with pytest.raises(ArticleNotFound, match="nowhere"):
        library.article("nowhere")
    with pytest.raises(KeyError):
        library.context("nowhere", 10)


@pytest.mark.parametrize("filters", FILTERS)
def test_filters_leave_out_the_rest(library: Library, embedder: FakeEmbedder, filters: Filters) -> None:
    vector = embedder.embed_query("the mayor")
    for language in library.languages:
        for names in (
            [
                library.places([name])[name].passage.article
                for name, _ in library.dense(vector, 9, language, filters)
            ],
            [
                library.places([name])[name].passage.article
                for name, _ in library.lexical("mayor maire tide", 9, language, filters)
            ],
            [name for name, _ in library.nearest_titles(vector, 9, language, filters)],
        ):
            for article in map(library.article, names):
                assert filters.language in (None, article.language)
                assert filters.since is None or (article.published or date.min) >= filters.since
                assert filters.folder is None or article.name.startswith("copy/")
                assert not filters.articles or article.name in filters.articles


@pytest.mark.parametrize("filters", FILTERS)
def test_both_say_the_same(
    sample_store: Store, memory: MemoryLibrary, embedder: FakeEmbedder, filters: Filters
) -> None:
    both: list[Library] = [sample_store, memory]
    ids = ids_of(memory)
    assert ids_of(sample_store) == ids
    assert sample_store.passages(ids) == memory.passages(ids)
    assert sample_store.articles() == memory.articles()
    assert sample_store.languages == memory.languages
    for language, statistics in memory.language_statistics.items():
        assert sample_store.language_statistics[language].n == statistics.n
        for ours, theirs in zip(sample_store.language_statistics[language][1:], statistics[1:], strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-5)
    for question in QUESTIONS:
        vector = embedder.embed_query(question)
        for language in memory.languages:
            for search, asked in (("dense", vector), ("lexical", question), ("nearest_titles", vector)):
                found, expected = (dict(getattr(one, search)(asked, 9, language, filters)) for one in both)
                assert found == pytest.approx(expected, abs=1e-5)
        hits = [HybridRetriever(one, embedder).retrieve(read_question(question), 4) for one in both]
        assert [hit.passage.id for hit in hits[0]] == [hit.passage.id for hit in hits[1]]
