"""The store, opened to be searched."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import write_corpus
from fakes import FakeEmbedder

from assistant.errors import ArticleNotFound, NoIndex
from assistant.search.hybrid import HybridRetriever
from assistant.search.question import read_question
from assistant.store import vectors
from assistant.store.context import widen
from assistant.store.database import Database
from assistant.store.sync import Store, SyncProgress, sync
from assistant.store.vector_search import counted
from assistant.store.vectors import PASSAGES, TITLES
from assistant.types import Span

PROJECT = Path(__file__).parents[2]


def test_dense_search_ranks_passages_that_share_words_first(
    sample_store: Store, embedder: FakeEmbedder
) -> None:
    found = sample_store.dense(embedder.embed_query("wild horses near the river"), 3, "en")
    assert len(found) == 2
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert sample_store.passages([found[0][0]])[found[0][0]].passage.article == "horses.md"


def test_chroma_and_counting_in_full_agree(sample_store: Store, embedder: FakeEmbedder) -> None:
    vector = embedder.embed_query("the mayor and the tide")
    assert sample_store.status()["vectors"] == "ready"
    with closing(Database.open(sample_store.folder)) as database:
        for language, count in sample_store.languages.items():
            for kind, asked in ((PASSAGES, sample_store.dense), (TITLES, sample_store.nearest_titles)):
                exact = dict(counted(database.packed(kind, language), vector, 100))
                assert len(exact) == count
                assert dict(asked(vector, 100, language)) == pytest.approx(exact, abs=1e-5)
            found = dict(sample_store.dense(vector, 100, language))
            similarities = sample_store.vectors(list(found)) @ vector
            np.testing.assert_allclose(similarities, list(found.values()), atol=1e-5)
            titles = dict(sample_store.nearest_titles(vector, 100, language))
            assert sample_store.title_similarities(vector, list(titles)) == pytest.approx(titles, abs=1e-5)


def test_lexical_search_finds_inflected_accented_elided_words_and_numbers(sample_store: Store) -> None:
    for question in ("assemblee", "l'Assemblée", "DÉPUTÉ", "applaudir", "1234,5", "école"):
        found = sample_store.lexical(question, 5, "fr")
        assert found, question
        assert all(score > 0 for _, score in found)
    assert sample_store.lexical("the of and", 5, "en") == []
    assert sample_store.lexical("zebra", 5, "en") == []
    assert sample_store.lexical("horses", 5, "fr") == []
    assert sample_store.lexical("horses", 5, "xx") == []
    assert sample_store.lexical('"horses" OR (NEAR* -', 5, "en")


def test_document_frequency_counts_passages(sample_store: Store) -> None:
    assert sample_store.document_frequency(["tide", "zebra"], "en") == {"tide": 1, "zebra": 0}


def test_a_stored_passage_knows_its_article(sample_store: Store) -> None:
    (passage,) = sample_store.passages_of("horses.md")
    stored = sample_store.passages([passage.id, "no such id"])[passage.id]
    article = sample_store.article("horses.md")
    assert stored.text == article.text[passage.start : passage.end]
    assert (stored.title, stored.published, stored.language) == (
        "Horses in the field",
        date(2024, 6, 2),
        "en",
    )
    assert stored.published_origin == article.origins["published"]
    assert stored.sentences == article.sentences
    assert (stored.group, stored.also_in, stored.position) == (None, (), 0)


def test_statistics_describe_each_language(sample_store: Store, embedder: FakeEmbedder) -> None:
    for language, statistics in sample_store.language_statistics.items():
        names = [a.name for a in sample_store.articles() if a.language == language]
        vectors = sample_store.vectors([p.id for name in names for p in sample_store.passages_of(name)])
        assert statistics.n == len(vectors) == sample_store.languages[language]
        np.testing.assert_allclose(statistics.mean, vectors.mean(axis=0), atol=1e-6)
        np.testing.assert_allclose(statistics.covariance, np.cov(vectors.T, bias=True), atol=1e-6)


def test_articles_are_listed_and_an_unknown_one_is_named(sample_store: Store) -> None:
    assert [a.name for a in sample_store.articles()] == [
        "budget.md",
        "copy/budget.md",
        "horses.md",
        "tides.txt",
    ]
    assert sum(a.passages for a in sample_store.articles()) == sample_store.size
    for method in (sample_store.article, sample_store.passages_of):
        with pytest.raises(ArticleNotFound, match=r"'nowhere\.md'"):
            method("nowhere.md")


def test_nothing_indexed_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NoIndex, match="assistant index"):
        Store.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (1, "cc cc."),
        (11, "cc cc."),
        (12, "bbb.\n\ncc cc."),
        (21, "bbb.\n\ncc cc.\n\nd d d."),
        (1000, "A.\n\nbbb.\n\ncc cc.\n\nd d d."),
    ],
)
def test_a_context_takes_whole_paragraphs_within_its_limit(limit: int, expected: str) -> None:
    text = "A.\n\nbbb.\n\ncc cc.\n\nd d d."
    start = text.index("cc")
    span = widen(text, Span(start, start + 6), limit)
    assert text[span.start : span.end] == expected


def test_a_context_completes_the_paragraph_of_its_passage(sample_store: Store) -> None:
    article = sample_store.article("tides.txt")
    passage = sample_store.passages_of("tides.txt")[-1]
    span, text, sentences = sample_store.context(passage.id, 10_000)
    assert text == article.text[span.start : span.end] == article.text
    assert sentences == article.sentences
    narrow, text, _ = sample_store.context(passage.id, 1)
    assert narrow == Span(passage.start, passage.end)


def test_threads_share_a_store(sample_store: Store, embedder: FakeEmbedder) -> None:
    expected = sample_store.dense(embedder.embed_query("horses"), 4, "en")
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(20):
            answer = sample_store.dense(embedder.embed_query("horses"), 4, "en")
            if answer != expected or len(sample_store.passages([name for name, _ in answer])) != 2:
                wrong.append(answer)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_reader_asks_chroma_while_it_is_written(
    tmp_path: Path, embedder: FakeEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was open before stays as it was: nothing removed is shown, nothing new is missed, in no language."""
    corpus, folder = tmp_path / "corpus", tmp_path / "store"
    texts = {f"{n}.md": f"Report {n} tells how harbour {n} was built by {n + 2} masons." for n in range(30)}
    texts["fr.md"] = "---\nlanguage: fr\n---\nLe port fut construit par des tailleurs de pierre du village."
    write_corpus(corpus, texts)
    sync(corpus, folder, embedder, min_tokens=20, max_tokens=40)
    question = embedder.embed_query("which harbour was built by masons")
    asked: list[str] = []
    query = vectors.Chroma.query

    def noted(chroma: vectors.Chroma, *given: Any) -> Any:
        asked.append(given[0])
        return query(chroma, *given)

    monkeypatch.setattr(vectors.Chroma, "query", noted)
    during: list[str] = []
    with Store.open(folder) as store:
        store.dense(question, 1, "en")

        def look(step: SyncProgress) -> None:
            if step.phase != "vectors":
                return
            during.append(store._database.manifest()["chroma"])
            asked.clear()
            for language in ("en", "fr"):
                found = store.dense(question, 40, language)
                expected = counted(store._database.packed(PASSAGES, language), question, 40)
                assert [name for name, _ in found] == [name for name, _ in expected]
            assert set(asked) == {"passages-en", "passages-fr"}
            assert store.dense_failure is None

        for name in ("0.md", "1.md"):
            (corpus / name).unlink()
        write_corpus(
            corpus, {"2.md": "This harbour was built by no masons.", "new.md": "Masons built a new harbour."}
        )
        sync(corpus, folder, embedder, min_tokens=20, max_tokens=40, progress=look)
        assert during.count("writing") == len(during) > 0
        assert len(store.dense(question, 40, "en")) == 29


WRITER = """
import sys
from pathlib import Path
from conftest import write_corpus
from fakes import FakeEmbedder
from assistant.store.sync import sync
corpus, store = Path(sys.argv[1]), Path(sys.argv[2])
def run():
    sync(corpus, store, FakeEmbedder(), min_tokens=20, max_tokens=40)
    print("done", flush=True)
for line in sys.stdin:
    what, name, text = line.rstrip("\\n").split("|")
    if what == "write":
        write_corpus(corpus, {name: text})
    elif what == "delete":
        (corpus / name).unlink()
    run()
"""


def test_a_reader_follows_another_process(tmp_path: Path, embedder: FakeEmbedder) -> None:
    """Every question is answered while another process writes; nothing removed is shown, nothing new is missed."""
    corpus, folder = tmp_path / "corpus", tmp_path / "store"
    sentences = [
        f"Report {n} tells how the harbour number {n} was built by {n + 2} masons." for n in range(30)
    ]
    write_corpus(corpus, {f"{n}.md": text for n, text in enumerate(sentences)})
    sync(corpus, folder, embedder, min_tokens=20, max_tokens=40)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, corpus, folder],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": f"{PROJECT}:{PROJECT}/tests"},
    )  # fmt: skip
    assert writer.stdin is not None
    assert writer.stdout is not None
    question = embedder.embed_query("a whale was seen in the estuary")
    finished = threading.Event()
    with Store.open(folder) as store, writer:

        def wait() -> None:
            assert writer.stdout is not None
            writer.stdout.readline()
            finished.set()

        def during(command: str) -> int:
            """Send a command and ask until the sync has ended; how often it was asked."""
            assert writer.stdin is not None
            finished.clear()
            writer.stdin.write(command + "\n")
            writer.stdin.flush()
            threading.Thread(target=wait).start()
            asked = 0
            while not finished.is_set():
                found = [name for name, _ in store.dense(question, 5, "en")]
                assert len(found) == 5
                assert store.lexical("harbour", 5, "en")
                store.passages(found)
                asked += 1
                finished.wait(0.02)
            return asked

        def articles() -> list[str]:
            stored = store.passages([name for name, _ in store.dense(question, 3, "en")])
            return [each.passage.article for each in stored.values()]

        assert (
            during("write|whale.md|A grey whale was seen in the estuary by the fishermen of the village.") > 1
        )
        assert articles()[0] == "whale.md"
        assert store.status()["vectors"] == "ready"
        during("delete|whale.md|")
        assert "whale.md" not in articles()
        assert store.lexical("whale", 5, "en") == []
        during("write|0.md|Another whale was seen in the estuary, wrote the harbour master of the town.")
        assert articles()[0] == "0.md"
        ask_from_many_threads(store, during)
        writer.stdin.close()
    assert writer.returncode == 0


def ask_from_many_threads(store: Store, during: Callable[[str], int]) -> None:
    """Twenty threads ask as the product does while the other process takes up an article."""
    retriever = HybridRetriever(store, FakeEmbedder())
    query = read_question("Who built harbour number 7?")
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(5):
            hits = retriever.retrieve(query, 5)
            if len(hits) != 5 or any(
                store.article(h.passage.article).text[h.passage.start : h.passage.end] != h.text for h in hits
            ):
                wrong.append(hits)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    during("write|more.md|One more report tells how the harbour number 77 was built by the masons.")
    for thread in threads:
        thread.join()
    assert wrong == []
