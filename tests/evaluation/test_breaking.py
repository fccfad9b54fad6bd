"""The gate sees what it is there for: each part of the program, once broken, misses a floor by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes import FakeEmbedder

from assistant.answering.assistant import Assistant
from assistant.composition.grounding import Prover
from assistant.errors import FloorMissed
from assistant.evaluation.evaluation_json import EvaluationJson
from assistant.evaluation.gate import hold, missed_floors, read_floors, set_floors
from assistant.evaluation.journal import Journal
from assistant.evaluation.questions import GoldSpan, Question, QuestionSet
from assistant.evaluation.run import Subject, evaluate
from assistant.evaluation.runner import AssistantAsker
from assistant.language.folding import fold
from assistant.library import ALL
from assistant.search.hybrid import HybridRetriever
from assistant.store.sync import Store, sync
from assistant.types import Embedder, Filters, Hit, Proof

ARTICLES = {
    "barrage.md": "Les ingénieurs construisent un barrage sur la Durance. "
    "Il retient 1 272 millions de mètres cubes.",
    "chevaux.md": "Les chevaux sauvages traversèrent la rivière en 1998. "
    "Douze bêtes vivaient encore au printemps.",
    "ecoles.md": "Le maire inaugurera deux écoles nouvelles en 2027. "
    "Les travaux coûtent 14 millions d'euros.",
    "phares.md": "Les gardiens allumaient les phares chaque soir. "
    "Le dernier partit en 1931 après la tempête.",
    "navires.md": "Les navires transportent le blé depuis 1850. Chaque port possède 12 grues et deux quais.",
    "abeilles.md": "Les abeilles butinent les lavandes en été. "
    "Une ruche donne 25 kilos de miel chaque année.",
    "trains.md": "Les trains relient les capitales depuis 1981. Le voyage dure 3 heures sans aucun arrêt.",
    "vignes.md": "Les vignerons taillent les vignes en hiver. "
    "La récolte de 2003 fut la plus précoce du siècle.",
}
# The questions use other forms of the articles' words: a cheval for chevaux, construction for construisent.
ASKED = {
    "barrage.md": ("Quel volume le barrage construit par l'ingénieur retenait-il ?", "1 272"),
    "chevaux.md": ("Quand un cheval sauvage a-t-il traversé les rivières ?", "1998"),
    "ecoles.md": ("Combien coûtera le travail de l'école inaugurée par les maires ?", "14"),
    "phares.md": ("Quand le gardien qui allume le phare est-il parti ?", "1931"),
    "navires.md": ("Depuis quand un navire transporte-t-il du blé entre les ports ?", "1850"),
    "abeilles.md": ("Combien de miel une abeille des ruches donnait-elle ?", "25"),
    "trains.md": ("Depuis quand un train relie-t-il chaque capitale ?", "1981"),
    "vignes.md": ("Quelle année le vigneron récolta-t-il la vigne la plus précoce ?", "2003"),
}


class UnstemmedStore(Store):
    """A store that compares words as they are written."""

    def lexical(self, text: str, k: int, language: str, filters: Filters = ALL) -> list[tuple[str, float]]:
        asked = set(re.findall(r"\w+", fold(text)))
        names = [p.id for a in self.articles() if a.language == language for p in self.passages_of(a.name)]
        shared = {
            name: len(asked & set(re.findall(r"\w+", fold(stored.text))))
            for name, stored in self.passages(names).items()
        }
        found = [(name, float(count)) for name, count in shared.items() if count]
        return sorted(found, key=lambda item: (-item[1], item[0]))[:k]


class DeafStore(Store):
    """A store that finds nothing by words."""

    def lexical(self, text: str, k: int, language: str, filters: Filters = ALL) -> list[tuple[str, float]]:
        return []


class Credulous(Prover):
    """A proof that accepts every sentence."""

    def prove(
        self, sentence: str, hits: Sequence[Hit], language: str, named: Sequence[int] = (), question: str = ""
    ) -> Proof:
        return Proof("supported")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    for name, text in ARTICLES.items():
        (folder / name).write_text(f"---\nlanguage: fr\n---\n{text}\n", "utf-8")
    return folder


def made(corpus: Path, folder: Path, embedder: Embedder) -> Path:
    sync(corpus, folder, embedder, min_tokens=20, max_tokens=60)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Path:
    return made(corpus, tmp_path_factory.mktemp("whole") / "store", FakeEmbedder(256))


def questions_of(store: Store) -> tuple[Question, ...]:
    found = []
    for name, (text, answer) in ASKED.items():
        start = store.article(name).text.index(answer)
        span = GoldSpan(name, start, start + len(answer), answer)
        found.append(Question(name, text, 0, "fr", (answer,), (name,), True, (span,)))
    return tuple(found)


def measured(
    store: Store, embedder: Embedder, journal: Path, prover: type[Prover] = Prover
) -> EvaluationJson:
    retriever = HybridRetriever(store, embedder)
    proof = prover(similarity=embedder.embed_passages)
    questions = questions_of(store)
    assistant = Assistant(retriever, proof, None)
    asker = AssistantAsker(assistant, lambda name: store.article(name).text, require_model=False)
    languages = dict.fromkeys(ARTICLES, "fr")
    prints = {"corpus": "c", "embedder": embedder.fingerprint, "model": None, "program": "p"}
    subject = Subject(
        "evidence", retriever, asker, Journal(journal, "run", questions), proof, languages, {}, prints
    )
    return evaluate(subject, QuestionSet(questions)).evaluation.as_json()


@pytest.fixture
def floors(tmp_path: Path, folder: Path) -> Path:
    """Floors set by the whole program, which it holds itself."""
    embedder = FakeEmbedder(256)
    with Store.open(folder) as store:
        data = measured(store, embedder, tmp_path / "whole.jsonl")
        again = measured(store, embedder, tmp_path / "again.jsonl")
    path = tmp_path / "floors.json"
    set_floors(path, data, lower=False)
    assert missed_floors(again, read_floors(path, "evidence")[0]) == []
    return path


def missed(floors: Path, data: EvaluationJson) -> str:
    """What the gate says; it must say something, with the exit code of a missed floor."""
    with pytest.raises(FloorMissed) as caught:
        hold(missed_floors(data, read_floors(floors, "evidence")[0]), "assistant evaluate q.jsonl")
    assert caught.value.exit_code == 3
    return str(caught.value)


def test_without_stemming_a_floor_is_missed(floors: Path, folder: Path, tmp_path: Path) -> None:
    with UnstemmedStore.open(folder) as store:
        said = missed(floors, measured(store, FakeEmbedder(256), tmp_path / "a.jsonl"))
    assert "lexical_mrr@10 is" in said


def test_without_the_search_by_words_a_floor_is_missed(floors: Path, folder: Path, tmp_path: Path) -> None:
    with DeafStore.open(folder) as store:
        said = missed(floors, measured(store, FakeEmbedder(256), tmp_path / "a.jsonl"))
    assert "lexical_mrr@10 is 0.000" in said


def test_without_the_proof_a_floor_is_missed(floors: Path, folder: Path, tmp_path: Path) -> None:
    with Store.open(folder) as store:
        said = missed(floors, measured(store, FakeEmbedder(256), tmp_path / "a.jsonl", Credulous))
    assert "altered_flagged is 0.000" in said


def test_with_a_worse_embedder_a_floor_is_missed(floors: Path, corpus: Path, tmp_path: Path) -> None:
    poor = FakeEmbedder(2)
    with Store.open(made(corpus, tmp_path / "store", poor)) as store:
        said = missed(floors, measured(store, poor, tmp_path / "a.jsonl"))
    assert "dense_mrr@10 is" in said
