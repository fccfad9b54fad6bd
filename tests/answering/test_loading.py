"""The page's desk: it loads in the background, says what is missing, and tries again when asked."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from builders import make_article, make_hit
from fakes_ollama import FakeOllama

from assistant.answering.assistant import Assistant
from assistant.answering.conversations import Conversations
from assistant.answering.grounding import Prover
from assistant.answering.loading import Desk, Shelf
from assistant.answering.progress import answer_of
from assistant.errors import ModelUnavailable, NoIndex
from assistant.model.choice import ServerModels
from assistant.types import Article

from .scripted import FixedRetriever, ScriptedModel


class OneArticle:
    way_out: str | None = None

    def article(self, name: str) -> Article:
        return make_article("Un fait.", name)

    def articles(self) -> list[str]:
        return ["a.md"]


def make_desk(
    folder: Path, load_index: object = OneArticle, model: object = None, load_model: object = lambda: "m"
) -> Desk:
    def load_assistant(_: Shelf) -> Assistant:
        return Assistant(FixedRetriever(make_hit("Le ciel est bleu ce matin.")), Prover(), model)  # type: ignore[arg-type]

    return Desk(load_index, load_assistant, load_model, Conversations(folder / "c.db"))  # type: ignore[arg-type]


def states(desk: Desk) -> dict[str, str]:
    return {part.name: part.state for part in desk.state()}


def test_it_answers_before_anything_is_loaded(tmp_path: Path) -> None:
    may_load = threading.Event()

    def slowly() -> OneArticle:
        may_load.wait(10)
        return OneArticle()

    desk = make_desk(tmp_path, slowly)
    desk.start()
    assert states(desk) == {"index": "loading", "embedder": "loading", "model": "loading"}
    may_load.set()
    assert answer_of(desk.ask("De quelle couleur est le ciel ?")).mode == "evidence"
    assert states(desk)["embedder"] == "ready"
    assert desk.article("a.md").title == "Titre"


def test_a_missing_index_is_told_and_tried_again(tmp_path: Path) -> None:
    there: list[OneArticle] = []

    def load_index() -> OneArticle:
        if not there:
            raise NoIndex("No index in 'vectorstore'. Run `assistant index` first.")
        return there[0]

    desk = make_desk(tmp_path, load_index)
    with pytest.raises(NoIndex, match="assistant index"):
        list(desk.ask("Quoi ?"))
    assert states(desk)["index"] == "missing"
    there.append(OneArticle())
    assert answer_of(desk.ask("De quelle couleur est le ciel ?")).text
    assert states(desk)["index"] == "ready"


def test_what_is_missing_is_tried_again_at_once_when_asked_to(tmp_path: Path) -> None:
    there: list[str] = []

    def load_model() -> str:
        if not there:
            raise ModelUnavailable("No Ollama server answers.")
        return there[0]

    desk = make_desk(tmp_path, load_model=load_model)
    desk.start()
    while states(desk)["model"] == "loading":
        time.sleep(0.01)
    assert isinstance({part.name: part.error for part in desk.state()}["model"], ModelUnavailable)
    there.append("m:1")
    desk.retry()
    until = time.monotonic() + 20
    while states(desk)["model"] != "ready" and time.monotonic() < until:
        time.sleep(0.01)
    assert states(desk)["model"] == "ready"


def test_a_model_that_comes_later_is_noticed(tmp_path: Path) -> None:
    def no_model() -> str:
        raise ModelUnavailable("No Ollama server answers.")

    desk = make_desk(tmp_path, model=ScriptedModel("Le ciel est bleu ce matin [1]."), load_model=no_model)
    desk.start()
    while states(desk)["model"] == "loading":
        time.sleep(0.01)
    assert states(desk)["model"] == "missing"
    answer = answer_of(desk.ask("De quelle couleur est le ciel ?"))
    assert answer.mode == "model"
    assert states(desk)["model"] == "ready"


def test_without_an_index_the_embedder_waits_for_it(tmp_path: Path) -> None:
    def none() -> OneArticle:
        raise NoIndex("none")

    desk = make_desk(tmp_path, none)
    desk.start()
    until = time.monotonic() + 10
    while states(desk)["index"] == "loading" and time.monotonic() < until:
        time.sleep(0.01)
    assert states(desk)["embedder"] == "waiting"
    assert desk.examples("fr") == []
    assert desk.embedder is None


def test_another_model_answers_where_it_is_chosen_and_evidence_where_it_is_gone(tmp_path: Path) -> None:
    own, other = ScriptedModel("Le ciel est bleu [1]."), ScriptedModel("Bleu ce matin, le ciel [1].")
    desk = make_desk(tmp_path, model=own)
    with FakeOllama({"other:1b": {}}) as server:
        desk.models = ServerModels(server.host, lambda name: other, 10**12, {})
        server.running = [{"model": "scripted:1b", "size": 10, "size_vram": 10}]
        question = "De quelle couleur est le ciel ?"
        answer = answer_of(desk.ask(question, model="other:1b"))
        assert (len(own.asked), len(other.asked), answer.runs_on) == (0, 1, "gpu")
        gone = answer_of(desk.ask(question, model="gone:1b"))
        assert (gone.mode, gone.model) == ("evidence", None)
        assert gone.warnings
        assert answer_of(desk.ask(question)).mode == "model"
        assert len(own.asked) == 1
    assert states(desk)["model"] != "missing"  # what was chosen says nothing of the usual one
