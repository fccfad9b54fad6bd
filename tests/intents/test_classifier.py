"""The classifier: its examples, and that what is kept is what was fitted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fakes import FakeEmbedder

from assistant.intents.classifier import (
    Example,
    classifier_for,
    examples,
    fit,
    forms_of,
    framing_forms,
    leaning_examples,
    plain,
)
from assistant.intents.registry import INTENTS
from assistant.settings import PROJECT
from assistant.types import Embedder


def test_every_kind_has_examples_in_every_language() -> None:
    seen = {(example.label.partition(".")[0], example.language) for example in examples()}
    assert seen == {(kind, language) for kind in INTENTS for language in ("fr", "en", "es")}
    assert len(set(examples())) == len(examples())


def test_weights_are_fitted_once_for_an_embedder_and_kept(tmp_path: Path) -> None:
    embedder = FakeEmbedder(dimension=256)
    fitted = classifier_for(embedder, tmp_path)
    assert [file.suffix for file in tmp_path.iterdir()] == [".npz"]
    kept = classifier_for(embedder, tmp_path)
    some = examples()[::9]
    assert [fitted(plain(one.text)) for one in some] == [kept(plain(one.text)) for one in some]
    right = sum(fitted(plain(one.text)).kind == one.label.partition(".")[0] for one in some)
    assert right > 0.9 * len(some), "a bag of words tells the examples themselves apart"
    leaning = leaning_examples()[::9]
    assert [fitted.leans(one.text) for one in leaning] == [kept.leans(one.text) for one in leaning]


def test_words_around_what_an_example_is_about_are_forms() -> None:
    some = [
        Example("list", "fr", text) for text in ("Liste les [bacs]", "liste les {grandes villes}", "Bacs")
    ]
    assert framing_forms(some) == ("^liste", "^liste les", "les", "liste", "liste les")
    assert {"^quels", "quels sont", "?$"} <= forms_of("Quels sont les bacs ?")


def test_a_form_tells_the_kind_where_the_vector_says_nothing() -> None:
    class Blind(FakeEmbedder):
        def embed_query(self, text: str) -> np.ndarray:
            return np.ones(self.dimension, np.float32)

    fitted = fit(Blind().embed_query, examples())
    told = fitted("Fais la liste des bacs de Corvane")
    assert told.kind == "list"
    assert told.probability <= 1
    assert fitted("What is the difference between Corvane and Mirabel?").kind == "compare"


def test_messages_that_lean_and_that_stand_alone_in_every_language() -> None:
    seen = {(one.leans, one.language) for one in leaning_examples()}
    assert seen == {(leans, language) for leans in (True, False) for language in ("fr", "en", "es")}
    assert len({one.text for one in leaning_examples()}) == len(leaning_examples())


@pytest.mark.models
def test_what_leans_on_the_conversation_is_told_by_the_real_embedder(
    real_embedder: Embedder, tmp_path: Path
) -> None:
    """Messages that nothing was fitted on."""
    leans = classifier_for(real_embedder, tmp_path).leans
    lines = (PROJECT / "benchmarks" / "held_back_leaning.jsonl").read_text("utf-8").splitlines()
    told = [leans(one["text"]) is one["leans"] for one in map(json.loads, lines)]
    assert len(told) > 100
    assert sum(told) >= 0.96 * len(told)
