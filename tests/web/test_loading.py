"""The page's desk: it loads in the background, says what is missing, and tries again when asked."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import MappingProxyType

import pytest
from answering.scripted import FixedRetriever, ScriptedModel
from builders import make_article, make_hit
from fakes_ollama import FakeOllama

from assistant.answering.assistant import Assistant
from assistant.answering.progress import answer_of
from assistant.composition.grounding import Prover
from assistant.conversations.conversations import Conversations
from assistant.errors import ModelUnavailable, NoIndex
from assistant.model.choice import ServerModels
from assistant.types import Article, Notice
from assistant.web.loading import LoadingBackend, StoreView


class OneArticle:
    dense_failure: str | None = None
    languages = MappingProxyType({"fr": 1})

    def article(self, name: str) -> Article:
        return make_article("Un fait.", name)

    def articles(self) -> list[str]:
        return ["a.md"]


def make_backend(
    folder: Path, load_index: object = OneArticle, model: object = None, load_model: object = lambda: "m"
) -> LoadingBackend:
    def load_assistant(_: StoreView) -> Assistant:
        return Assistant(FixedRetriever(make_hit("Le ciel est bleu ce matin.")), Prover(), model)  # type: ignore[arg-type]

    return LoadingBackend(load_index, load_assistant, load_model, Conversations(folder / "c.db"))  # type: ignore[arg-type]


def states(backend: LoadingBackend) -> dict[str, str]:
    return {part.name: part.state for part in backend.state()}


def test_it_answers_before_anything_is_loaded(tmp_path: Path) -> None:
    may_load = threading.Event()

    def slowly() -> OneArticle:
        may_load.wait(10)
        return OneArticle()

    backend = make_backend(tmp_path, slowly)
    backend.start()
    assert states(backend) == {"index": "loading", "embedder": "loading", "model": "loading"}
    may_load.set()
    assert answer_of(backend.ask("De quelle couleur est le ciel ?")).mode == "evidence"
    assert states(backend)["embedder"] == "ready"
    assert backend.article("a.md").title == "Titre"


def test_a_missing_index_is_told_and_tried_again(tmp_path: Path) -> None:
    there: list[OneArticle] = []

    def load_index() -> OneArticle:
        if not there:
            raise NoIndex("No index in 'vectorstore'. Run `assistant index` first.")
        return there[0]

    backend = make_backend(tmp_path, load_index)
    with pytest.raises(NoIndex, match="assistant index"):
        list(backend.ask("Quoi ?"))
    assert states(backend)["index"] == "missing"
    there.append(OneArticle())
    assert answer_of(backend.ask("De quelle couleur est le ciel ?")).text
    assert states(backend)["index"] == "ready"


def test_what_is_missing_is_tried_again_at_once_when_asked_to(tmp_path: Path) -> None:
    there: list[str] = []

    def load_model() -> str:
        if not there:
            raise ModelUnavailable("No Ollama server answers.")
        return there[0]

    backend = make_backend(tmp_path, load_model=load_model)
    backend.start()
    while states(backend)["model"] == "loading":
        time.sleep(0.01)
    assert isinstance({part.name: part.error for part in backend.state()}["model"], ModelUnavailable)
    there.append("m:1")
    backend.retry()
    until = time.monotonic() + 20
    while states(backend)["model"] != "ready" and time.monotonic() < until:
        time.sleep(0.01)
    assert states(backend)["model"] == "ready"


def test_a_model_that_comes_later_is_noticed(tmp_path: Path) -> None:
    def no_model() -> str:
        raise ModelUnavailable("No Ollama server answers.")

    backend = make_backend(
        tmp_path, model=ScriptedModel("Le ciel est bleu ce matin [1]."), load_model=no_model
    )
    backend.start()
    while states(backend)["model"] == "loading":
        time.sleep(0.01)
    assert states(backend)["model"] == "missing"
    answer = answer_of(backend.ask("De quelle couleur est le ciel ?"))
    assert answer.mode == "model"
    assert states(backend)["model"] == "ready"


def test_without_an_index_the_embedder_waits_for_it(tmp_path: Path) -> None:
    def none() -> OneArticle:
        raise NoIndex("none")

    backend = make_backend(tmp_path, none)
    backend.start()
    until = time.monotonic() + 10
    while states(backend)["index"] == "loading" and time.monotonic() < until:
        time.sleep(0.01)
    assert states(backend)["embedder"] == "waiting"
    assert backend.examples("fr") == []
    assert backend.embedder is None


def test_another_model_answers_where_it_is_chosen_and_the_usual_one_where_it_is_gone(tmp_path: Path) -> None:
    own, other = (
        ScriptedModel("Le ciel est bleu [1].", "Le ciel est bleu [1]."),
        ScriptedModel("Bleu ce matin, le ciel [1]."),
    )
    backend = make_backend(tmp_path, model=own)
    with FakeOllama({"other:1b": {}}) as server:
        backend.models = ServerModels(server.host, lambda name: other, 10**12, {})
        server.running = [{"model": "scripted:1b", "size": 10, "size_vram": 10}]
        question = "De quelle couleur est le ciel ?"
        answer = answer_of(backend.ask(question, model="other:1b"))
        assert (len(own.asked), len(other.asked), answer.runs_on) == (0, 1, "gpu")
        events = list(backend.ask(question, model="gone:1b"))
        gone = answer_of(iter(events))
        assert (gone.mode, len(own.asked)) == ("model", 1)
        said = "Le serveur Ollama n’a plus le modèle « gone:1b » : celui des réglages a répondu."
        assert gone.warnings[0] == said
        assert next(event.text for event in events if isinstance(event, Notice)) == said  # before it is asked
        assert answer_of(backend.ask(question)).warnings == ()
    away = answer_of(backend.ask(question, model="other:1b"))
    assert (away.mode, bool(away.warnings)) == ("evidence", True)
    assert states(backend)["model"] != "missing"  # what was chosen says nothing of the usual one
