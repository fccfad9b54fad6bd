"""Search over a real store, with an embedder that knows only shared words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from fakes import FakeEmbedder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.search.hybrid import HybridRetriever
from assistant.search.question import read_question
from assistant.search.scoring import Scorer
from assistant.store.sync import Store, sync
from assistant.types import Turn

ARTICLES = {
    "assemblee.md": (
        "fr",
        "Le budget voté",
        "2025-03-18",
        "L'Assemblée a voté le budget de la ville. Les modèles ouverts en France coûtent 1 234,5 millions d'euros.",
    ),
    "assemblee-2.md": (
        "fr",
        "Le budget corrigé",
        "2024-03-18",
        "L'Assemblée a corrigé le budget de la ville. Les modèles ouverts en France coûtent 999 millions d'euros.",
    ),
    "sans-date.md": (
        "fr",
        "Note",
        None,
        "Une note sur le budget de la ville, que l'Assemblée a reçue un jour.",
    ),
    "horses.md": (
        "en",
        "Wild horses",
        "2024-06-02",
        "Twelve wild horses crossed the river. Nobody was hurt.",
    ),
    "horses-copy.md": (
        "en",
        "Wild horses again",
        "2024-06-03",
        "Twelve wild horses crossed the river. Nobody was hurt.",
    ),
    "caballos.md": (
        "es",
        "Caballos",
        "2024-01-02",
        "Doce caballos salvajes cruzaron el río cerca del pueblo.",
    ),
    "pferde.md": ("de", "Wildpferde", "2024-01-02", "Zwölf Wildpferde überquerten den Fluss bei der Stadt."),
    "cavalli.md": ("it", "Cavalli", "2024-01-02", "Dodici cavalli selvaggi hanno attraversato il fiume."),
    "cavalos.md": (
        "pt",
        "Cavalos",
        "2024-01-02",
        "Doze cavalos selvagens atravessaram o rio perto da cidade.",
    ),
}


def long_article() -> str:
    """Twelve paragraphs on lighthouses: more passages than one article may show."""
    return "\n\n".join(
        f"The lighthouse number {n} stands on the coast. Its lamp is lit at dusk. The keeper of lighthouse {n} sleeps."
        for n in range(12)
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("search")
    corpus = folder / "corpus"
    corpus.mkdir()
    texts = {**ARTICLES, "lighthouses.md": ("en", "Lighthouses", "2023-01-01", long_article())}
    for name, (language, title, published, text) in texts.items():
        dated = f"published: {published}\n" if published else ""
        (corpus / name).write_text(
            f"---\ntitle: {title}\nlanguage: {language}\n{dated}---\n{text}\n", "utf-8"
        )
    embedder = FakeEmbedder()
    sync(corpus, folder / "store", embedder, min_tokens=20, max_tokens=40)
    with Store.open(folder / "store", embedder_fingerprint=embedder.fingerprint) as opened:
        yield opened


@pytest.fixture(scope="module")
def retriever(store: Store) -> HybridRetriever:
    return HybridRetriever(store, FakeEmbedder())


def found(retriever: HybridRetriever, question: str, top_k: int = 5) -> list[str]:
    return [hit.passage.article for hit in retriever.retrieve(read_question(question), top_k)]


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("Qui a voté le budget de l'Assemblée ?", "assemblee.md"),
        ("QUI A VOTE LE BUDGET DE L'ASSEMBLEE", "assemblee.md"),
        ("Qui a voté\nle « budget »\nde “l’Assemblée” ?", "assemblee.md"),
        ("Qui a vote le bugdet de l assemblee", "assemblee.md"),
        ("1 234,5", "assemblee.md"),
        ("1234.5", "assemblee.md"),
        ("voté par l'assemblée'; DROP TABLE budget; --", "assemblee.md"),
        ('"assemblée" AND NEAR(voté, 3) NOT title:* ^budget', "assemblee.md"),
        ("🙂 voté 🎉 Assemblée 🙂", "assemblee.md"),
        ("Qui a voté le budget de l'Assemblée ? " * 530, "assemblee.md"),
        ("How many wild horses crossed the river?", "horses.md"),
        ("¿Cuántos caballos salvajes cruzaron el río?", "caballos.md"),
        ("Wie viele Wildpferde überquerten den Fluss?", "pferde.md"),
        ("Quanti cavalli selvaggi hanno attraversato il fiume?", "cavalli.md"),
        ("Quantos cavalos selvagens atravessaram o rio?", "cavalos.md"),
    ],
)
def test_the_article_is_found(retriever: HybridRetriever, question: str, article: str) -> None:
    assert found(retriever, question)[0] == article


def test_a_hit_says_everything(store: Store, retriever: HybridRetriever) -> None:
    hits = retriever.retrieve(read_question("How many wild horses crossed the river?"), 5)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert hits == sorted(hits, key=lambda hit: -hit.score)
    for hit in hits:
        article = store.article(hit.passage.article)
        assert hit.text == article.text[hit.passage.start : hit.passage.end]
        assert hit.context is not None
        assert hit.context_text == article.text[hit.context.start : hit.context.end]
        assert hit.context.start <= hit.passage.start
        assert hit.passage.end <= hit.context.end
        assert all(hit.context.start <= s.start < s.end <= hit.context.end for s in hit.sentences)
        assert hit.similarity is not None
        assert (hit.title, hit.language, hit.published) == (
            article.title,
            article.language,
            article.published,
        )
    assert hits[0].dense_rank == hits[0].lexical_rank == 1


def test_near_duplicates_are_shown_once(retriever: HybridRetriever) -> None:
    hits = retriever.retrieve(read_question("How many wild horses crossed the river?"), 10)
    shown = [hit for hit in hits if hit.passage.article.startswith("horses")]
    assert len(shown) == 1
    assert {shown[0].passage.article, *shown[0].also_in} == {"horses.md", "horses-copy.md"}


def test_the_earliest_of_near_duplicates_is_the_one_shown(retriever: HybridRetriever) -> None:
    for question in ("Wild horses again", "How many wild horses crossed the river?"):
        assert found(retriever, question)[0] == "horses.md"


def test_a_near_duplicate_with_another_figure_is_another_version(tmp_path: Path) -> None:
    told = " ".join(f"The bridge over river number {n} is made of stone and wood." for n in range(30))
    for name, day, length in (("first.md", 1, 420), ("corrected.md", 2, 430), ("copy.md", 3, 420)):
        text = f"---\ntitle: The bridge\npublished: 2024-05-0{day}\n---\n{told} It is {length} metres long.\n"
        (tmp_path / "corpus").mkdir(exist_ok=True)
        (tmp_path / "corpus" / name).write_text(text, "utf-8")
    sync(tmp_path / "corpus", tmp_path / "store", FakeEmbedder(), min_tokens=0, max_tokens=1000)
    with Store.open(tmp_path / "store") as store:
        hits = HybridRetriever(store, FakeEmbedder()).retrieve(read_question("How long is the bridge?"), 5)
    assert [hit.passage.article for hit in hits] == ["first.md", "corrected.md"]
    assert (hits[0].also_in, hits[1].also_in) == (("copy.md",), ())


def test_an_article_is_never_answered_for_by_one_that_lacks_its_words(tmp_path: Path) -> None:
    """Alike, with the same names and numbers: what only one of them says is shown from that one."""
    shared = " ".join(f"Part {n} of the lamp is made by hand and sold in one box." for n in range(30))
    (tmp_path / "corpus").mkdir()
    for day, wood in enumerate(("beech", "walnut", "cherry"), start=1):
        text = f"---\ntitle: The lamp\npublished: 2024-05-0{day}\n---\n{shared} Its foot is made of {wood}.\n"
        (tmp_path / "corpus" / f"{wood}.md").write_text(text, "utf-8")
    sync(tmp_path / "corpus", tmp_path / "store", FakeEmbedder(), min_tokens=0, max_tokens=1000)
    with Store.open(tmp_path / "store") as store:
        retriever = HybridRetriever(store, FakeEmbedder())
        for wood in ("beech", "walnut", "cherry"):
            hits = retriever.retrieve(read_question(f"Is the foot of the lamp made of {wood}?"), 5)
            assert sorted(hit.passage.article for hit in hits) == ["beech.md", "cherry.md", "walnut.md"]
            assert hits[0].passage.article == f"{wood}.md"


def test_few_passages_of_one_article_and_no_word_twice(retriever: HybridRetriever) -> None:
    hits = retriever.retrieve(read_question("Where does the lighthouse keeper sleep at dusk?"), 10)
    contexts = sorted(hit.context for hit in hits if hit.passage.article == "lighthouses.md" and hit.context)
    assert len(contexts) == 3
    assert all(one.end <= other.start for one, other in pairwise(contexts))


def test_a_period_filters_and_the_undated_follow(retriever: HybridRetriever) -> None:
    query = read_question("Que sait-on du budget de la ville que l'Assemblée a voté en mars 2025 ?")
    hits = retriever.retrieve(query, 3)
    assert (hits[0].passage.article, hits[0].in_period) == ("assemblee.md", True)
    assert "assemblee-2.md" not in [hit.passage.article for hit in hits]
    undated = [hit for hit in hits if hit.passage.article == "sans-date.md"]
    assert [hit.in_period for hit in undated] == [None]


def test_latest_prefers_the_newer_version(retriever: HybridRetriever) -> None:
    question = "L'Assemblée a corrigé le budget de la ville"
    assert found(retriever, question)[0] == "assemblee-2.md"
    latest = read_question("Le dernier budget de la ville à l'Assemblée", as_of=date(2025, 7, 1))
    assert retriever.retrieve(latest, 1)[0].passage.article == "assemblee.md"


def test_stop_words_alone_are_searched_by_meaning(retriever: HybridRetriever) -> None:
    hits = retriever.retrieve(replace(read_question("de la"), language="fr"), 3)
    assert hits
    assert all(hit.lexical_rank is None for hit in hits)


def test_titles_find_articles(store: Store) -> None:
    scorer = Scorer({"standing": 0.1, "words": 0.0, "title": 5.0, "same_language": 0.0}, 0.5, {})
    assert found(HybridRetriever(store, FakeEmbedder(), scorer=scorer), "Wildpferde")[0] == "pferde.md"


def test_top_k(retriever: HybridRetriever) -> None:
    assert retriever.retrieve(read_question("budget"), 0) == []
    assert len(retriever.retrieve(read_question("budget"), 2)) == 2


AWKWARD = [
    "de la",
    "42",
    "1 234,5",
    "SELECT * FROM articles; DROP TABLE passages; --",
    '"budget" AND (NEAR("ville", 3) OR title:* ) NOT ^x',
    "budget* -ville +assemblée {a b} [c] \\ / : ; ' \" `",
    "🙂🐎",
    "un 🙂 budget",
    "bugdet de la vile voté par lassemblée",
    "\x00\x01budget\x7f",
    "\ud7ff\ufffd budget",
    "?",
    "budget " * 3000,
    "x" * 20_000,
    "« Qui\r\n\r\na voté ? »",
]


@pytest.mark.parametrize("question", AWKWARD, ids=range(len(AWKWARD)))
def test_awkward_questions_get_hits(retriever: HybridRetriever, question: str) -> None:
    hits = retriever.retrieve(read_question(question), 5)
    assert 0 < len(hits) <= 5


PIECES = [
    "budget",
    "la",
    "en 2020",
    "42",
    "AND",
    "NEAR(",
    '"',
    "'",
    "--",
    "*",
    ":",
    "«",
    "?",
    "il",
    "🙂",
    "\n",
    "ÉTÉ",
    "\u202e",
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(PIECES), max_size=30), st.sampled_from([1, 1, 200]), st.sampled_from(["", " "])
)
def test_any_mixture_of_signs_gets_hits(
    retriever: HybridRetriever, pieces: list[str], times: int, joint: str
) -> None:
    question = (joint.join(["x", *pieces, ""]) * times)[:20_000]
    history = [Turn("user", "Qui a voté le budget ?"), Turn("assistant", "L'Assemblée.")]
    assert retriever.retrieve(read_question(question, history), 3)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_question_gets_hits(retriever: HybridRetriever, question: str) -> None:
    assert retriever.retrieve(read_question(f"a{question}"), 3)


def test_the_retriever_follows_the_store(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    embedder = FakeEmbedder()
    (corpus / "a.md").write_text(
        "---\ntitle: A\nlanguage: en\npublished: 2024-01-01\n---\nThe old bridge is closed.\n"
    )
    sync(corpus, tmp_path / "store", embedder, min_tokens=20, max_tokens=40)
    with Store.open(tmp_path / "store") as opened:
        retriever = HybridRetriever(opened, embedder)
        query = read_question("Which bridge opened in March 2025?")
        assert [hit.in_period for hit in retriever.retrieve(query, 3)] == [False]
        (corpus / "b.md").write_text(
            "---\ntitle: B\nlanguage: en\npublished: 2025-03-01\n---\nThe new bridge opened.\n"
        )
        sync(corpus, tmp_path / "store", embedder, min_tokens=20, max_tokens=40)
        assert [hit.passage.article for hit in retriever.retrieve(query, 3)] == ["b.md"]
