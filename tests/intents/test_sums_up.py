"""What a language model adds to lines and tables: a word on the whole, where it is able to say one."""

from __future__ import annotations

import pytest
from answering.scripted import ScriptedModel
from fakes import FakeEmbedder

from assistant.answering.assistant import Assistant
from assistant.answering.progress import answer_of
from assistant.composition.grounding import Prover
from assistant.search.hybrid import HybridRetriever
from assistant.store.sync import Store
from assistant.types import Answer

from .test_kinds import DAY, GivenKinds

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
        ("compare", "Compare the horses and the tides: river"),
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
    assert alone.mode == "evidence"
    assert alone.citations
    assert len(large.asked) == 1
    assert summed_up.mode == "model"
    assert summed_up.text.startswith(alone.text.strip())
    assert "crossed the river" in summed_up.text[len(alone.text) :]


def test_an_article_is_named_above_its_summary(sample_store: Store, embedder: FakeEmbedder) -> None:
    model = ScriptedModel(WORDS, parameters=1.5e9)
    answer = asked(sample_store, embedder, model, "overview", "Summarise the article on the horses")
    title = sample_store.article("horses.md").title
    assert answer.mode == "model"
    assert answer.text.startswith(f"“{title}” (")
    assert answer.text.endswith(WORDS)
