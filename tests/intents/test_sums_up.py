"""What a language model adds to lines and tables: a word on the whole, where it is able to say one."""

from __future__ import annotations

from pathlib import Path

import pytest
from answering.scripted import ScriptedModel
from conftest import write_corpus
from fakes import FakeEmbedder

from assistant.answering.assistant import Assistant
from assistant.answering.progress import answer_of
from assistant.composition.grounding import Prover
from assistant.search.hybrid import HybridRetriever
from assistant.store.sync import Store, sync
from assistant.types import Answer

from .test_kinds import DAY, LISTED, GivenKinds

WORDS = "Twelve wild horses crossed the river [1]."


def asked(store: Store, embedder: FakeEmbedder, model: ScriptedModel, kind: str, message: str) -> Answer:
    assistant = Assistant(
        HybridRetriever(store, embedder),
        Prover(),
        model,
        library=store,
        classify=GivenKinds({message: kind}),
        vectors=embedder,
    )
    return answer_of(assistant.ask(message, (), DAY))


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("compare", "Compare the horses and the tides"),
        ("overview", "Résume les articles de mars 2025"),
    ],
)
def test_only_a_larger_model_is_asked_for_a_word_on_the_whole(
    kind: str, message: str, sample_store: Store, embedder: FakeEmbedder
) -> None:
    small, large = (ScriptedModel(WORDS, parameters=parameters) for parameters in (1.5e9, 8e9))
    alone = asked(sample_store, embedder, small, kind, message)
    summed_up = asked(sample_store, embedder, large, kind, message)
    assert not small.asked
    assert (alone.mode, alone.lacks_model) == ("evidence", False)
    assert alone.citations
    assert len(large.asked) == 1
    assert summed_up.mode == "model"
    assert summed_up.text.startswith(alone.text.strip())
    assert "crossed the river" in summed_up.text[len(alone.text) :]


@pytest.mark.parametrize(
    ("parameters", "message", "mode"),
    [
        (8e9, "Summarise the article on the horses", "model"),
        (1.5e9, "Summarise the article on the horses", "evidence"),
        (
            1.5e9,
            "Résume-moi l'article {title}",
            "model",
        ),  # in the reader's language
    ],
)
def test_a_small_model_sums_up_what_is_in_another_language_only(
    parameters: float, message: str, mode: str, sample_store: Store, embedder: FakeEmbedder
) -> None:
    title = sample_store.article("horses.md").title
    model = ScriptedModel(WORDS, parameters=parameters)
    answer = asked(sample_store, embedder, model, "overview", message.format(title=title))
    assert answer.mode == mode
    assert title in answer.text.splitlines()[0]
    assert answer.text.endswith(WORDS) == (mode == "model")
    assert answer.citations


@pytest.mark.parametrize(("parameters", "asked_for"), [(1.5e9, 0), (8e9, 1)])
def test_a_small_model_does_not_word_anew_what_an_article_lists(
    parameters: float, asked_for: int, tmp_path: Path, embedder: FakeEmbedder
) -> None:
    write_corpus(tmp_path / "corpus", {"prize.md": LISTED})
    sync(tmp_path / "corpus", tmp_path / "store", embedder, min_tokens=20, max_tokens=60)
    model = ScriptedModel("- Harbour, a map of the quays [1]", parameters=parameters)
    with Store.open(tmp_path / "store") as store:
        answer = asked(store, embedder, model, "list", "List the winners of Prize 2")
    assert len(model.asked) == asked_for
    assert "Harbour, a map of the quays" in answer.text
    assert ("Mill, a guide to old mills" in answer.text) is (not asked_for)
