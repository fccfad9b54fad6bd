"""A model of natural language inference as a verifier: a tiny real one, made here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.errors import VerifierError
from assistant.proof.verifiers.cross_encoder import CrossEncoderVerifier

from .tiny_models import nli_model

PREMISE = "the wild horses crossed the river ."
CLAIMS = ["horses crossed the river", "the budget was voted", ""]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nli_model(tmp_path_factory.mktemp("nli") / "tiny-nli")


def probability(folder: Path, premise: str, claim: str, label: int = 0) -> float:
    """By transformers alone."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForSequenceClassification.from_pretrained(folder)
    logits = model(**tokenizer(premise, claim, return_tensors="pt")).logits
    return float(torch.softmax(logits.detach(), -1)[0, label])


def test_the_probability_is_that_of_the_entailment_label(folder: Path) -> None:
    found = CrossEncoderVerifier(folder, device="cpu").entailed(PREMISE, CLAIMS)
    expected = [probability(folder, PREMISE, claim) for claim in CLAIMS[:2]]
    assert found[:2] == pytest.approx(expected, abs=1e-5)
    assert found[2] is None
    assert expected[0] != pytest.approx(expected[1], abs=1e-3)


def test_the_label_is_found_by_its_name(tmp_path: Path) -> None:
    other = nli_model(tmp_path / "other", ("contradiction", "not_entailment", "ENTAILMENT"))
    found = CrossEncoderVerifier(other, device="cpu").entailed(PREMISE, CLAIMS[:1])
    assert found == pytest.approx([probability(other, PREMISE, CLAIMS[0], 2)], abs=1e-5)


def test_of_a_long_premise_the_best_part_counts(folder: Path) -> None:
    parts = [f"the {word} was voted in spring ." for word in ("budget", "river", "wild", "text", "output")]
    parts = [" ".join([part] * 5).replace(" . ", " ").capitalize() for part in parts]
    verifier = CrossEncoderVerifier(folder, device="cpu")
    (found,) = verifier.entailed(" ".join(parts), CLAIMS[:1])
    assert found == pytest.approx(max(probability(folder, part, CLAIMS[0]) for part in parts), abs=1e-5)


def test_a_claim_that_leaves_no_room_is_not_judged(folder: Path) -> None:
    assert (
        CrossEncoderVerifier(folder, device="cpu").entailed(PREMISE, ["river " * 60, *CLAIMS[:1]])[0] is None
    )


def test_an_empty_premise_gets_a_word(folder: Path) -> None:
    (found,) = CrossEncoderVerifier(folder, device="cpu").entailed("", CLAIMS[:1])
    assert found is not None
    assert 0 <= found <= 1


def test_words_come_one_by_one(folder: Path) -> None:
    verifier = CrossEncoderVerifier(folder, device="cpu")
    words = [word for word in verifier.words(PREMISE, CLAIMS) if word is not None]
    assert [word.claim for word in words] == [0, 1, 2]
    assert [word.probability for word in words] == pytest.approx(verifier.entailed(PREMISE, CLAIMS), abs=1e-5)


def test_what_cannot_be_a_verifier_is_named(tmp_path: Path) -> None:
    with pytest.raises(VerifierError, match=r"missing.*assistant setup --verifier"):
        CrossEncoderVerifier(tmp_path / "missing").entailed(PREMISE, CLAIMS)
    with pytest.raises(VerifierError, match="no label for entailment"):
        CrossEncoderVerifier(nli_model(tmp_path / "mood", ("good", "bad"))).entailed(PREMISE, CLAIMS)
    (tmp_path / "empty").mkdir()
    with pytest.raises(VerifierError, match="could not be loaded"):
        CrossEncoderVerifier(tmp_path / "empty").entailed(PREMISE, CLAIMS)
