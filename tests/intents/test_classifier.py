"""The classifier: its examples, and that what is kept is what was fitted."""

from __future__ import annotations

from pathlib import Path

from fakes import FakeEmbedder

from assistant.intents.classifier import classifier_for, examples, plain
from assistant.intents.kinds import INTENTS


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
