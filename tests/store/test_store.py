"""The store, opened to be searched."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from conftest import write_corpus
from fakes import FakeEmbedder

from assistant.errors import ArticleNotFound, NoIndex
from assistant.store.index import Store, sync
from assistant.store.store import widen, within
from assistant.types import Span

PROJECT = Path(__file__).parents[2]


def test_dense_search_ranks_passages_that_share_words_first(
    sample_store: Store, embedder: FakeEmbedder
) -> None:
    found = sample_store.dense(embedder.embed_query("wild horses near the river"), 3)
    assert len(found) == 3
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert sample_store.passages([found[0][0]])[found[0][0]].passage.article == "horses.md"


def test_chroma_and_counting_in_full_agree(sample_store: Store, embedder: FakeEmbedder) -> None:
    vector = embedder.embed_query("the mayor and the tide")
    ids = [name for name, _ in sample_store.dense(vector, sample_store.size)]
    whole = dict(sample_store.dense(vector, sample_store.size))
    assert sample_store.status()["vectors"] == "ready"
    for language, count in sample_store.languages.items():
        exact = sample_store.dense(vector, 100, language)
        assert len(exact) == count
        assert {sample_store.passages([name])[name].language for name, _ in exact} == {language}
        for name, score in exact:
            assert whole[name] == pytest.approx(score, abs=1e-5)
    np.testing.assert_allclose(sample_store.vectors(ids) @ vector, [whole[name] for name in ids], atol=1e-5)


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


def test_sentences_at_a_border_are_cut_there() -> None:
    assert within([Span(0, 5), Span(6, 9), Span(10, 20)], Span(3, 12)) == (
        Span(3, 5),
        Span(6, 9),
        Span(10, 12),
    )


def test_threads_share_a_store(sample_store: Store, embedder: FakeEmbedder) -> None:
    expected = sample_store.dense(embedder.embed_query("horses"), 4)
    wrong: list[object] = []

    def ask() -> None:
        for _ in range(20):
            answer = sample_store.dense(embedder.embed_query("horses"), 4)
            if answer != expected or len(sample_store.passages([name for name, _ in answer])) != 4:
                wrong.append(answer)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


WRITER = """
import sys
from pathlib import Path
from conftest import write_corpus
from fakes import FakeEmbedder
from assistant.store.index import sync
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

        def during(command: str) -> int:
            """Send a command and ask until the sync has ended; how often it was asked."""
            assert writer.stdin is not None
            finished.clear()
            writer.stdin.write(command + "\n")
            writer.stdin.flush()
            threading.Thread(target=lambda: (writer.stdout.readline(), finished.set())).start()  # type: ignore[union-attr]
            asked = 0
            while not finished.is_set():
                found = [name for name, _ in store.dense(question, 5)]
                assert len(found) == 5
                assert store.lexical("harbour", 5, "en")
                store.passages(found)
                asked += 1
                finished.wait(0.02)
            return asked

        def articles() -> list[str]:
            stored = store.passages([name for name, _ in store.dense(question, 3)])
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
        writer.stdin.close()
    assert writer.returncode == 0
