"""A token classifier as a verifier: a tiny real one, made here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.errors import VerifierError
from assistant.proof.verifiers.tokens import INPUT, TokenVerifier

from .tiny_models import token_model

PREMISE = "the wild horses crossed the river ."
CLAIMS = ["horses crossed the river", "the budget was voted"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return token_model(tmp_path_factory.mktemp("tokens") / "tiny-tokens")


def support_of_words(folder: Path, premise: str, answer: str) -> list[float]:
    """1 - P(label 1) of each word of the answer, by transformers alone; a word of the tiny model is one token."""
    import torch
    from transformers import AutoModelForTokenClassification, AutoTokenizer

    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    model: Any = AutoModelForTokenClassification.from_pretrained(folder)
    logits = model(**tokenizer(INPUT.format(premise=premise), answer, return_tensors="pt")).logits
    marked = torch.softmax(logits.detach(), -1)[0, :, 1].tolist()
    return [1 - one for one in marked[-1 - len(answer.split()) : -1]]


def test_a_claim_is_as_good_as_its_least_supported_word(folder: Path) -> None:
    found = TokenVerifier(folder, device="cpu").entailed(PREMISE, CLAIMS)
    support = support_of_words(folder, PREMISE, " ".join(CLAIMS))
    assert found == pytest.approx([min(support[:4]), min(support[4:])], abs=1e-5)
    assert min(support[:4]) != pytest.approx(min(support[4:]), abs=1e-3)


def test_of_a_long_premise_each_word_has_its_best_part(folder: Path) -> None:
    parts = [f"The {word} {'was voted in spring ' * 8}." for word in ("budget", "river", "wild", "horses")]
    (found,) = TokenVerifier(folder, device="cpu", longest=72).entailed(" ".join(parts), CLAIMS[:1])
    by_part = [support_of_words(folder, part, CLAIMS[0]) for part in parts]
    assert found == pytest.approx(min(max(word) for word in zip(*by_part, strict=True)), abs=1e-5)


def test_the_label_is_found_by_its_name(tmp_path: Path) -> None:
    plain = token_model(tmp_path / "plain")
    named = token_model(tmp_path / "named", ("hallucinated", "supported"))
    (one,) = TokenVerifier(plain, device="cpu").entailed(PREMISE, ["river"])
    (other,) = TokenVerifier(named, device="cpu").entailed(PREMISE, ["river"])
    assert one is not None
    assert other == pytest.approx(1 - one, abs=1e-5)


@pytest.mark.parametrize("claims", [[], [""], ["river " * 500]])
def test_nothing_to_judge(folder: Path, claims: list[str]) -> None:
    assert TokenVerifier(folder, device="cpu").entailed(PREMISE, claims) == [None] * len(claims)


def test_words_come_in_order(folder: Path) -> None:
    verifier = TokenVerifier(folder, device="cpu")
    words = [word for word in verifier.words(PREMISE, CLAIMS) if word is not None]
    assert [word.claim for word in words] == [0, 1]
    assert [word.probability for word in words] == verifier.entailed(PREMISE, CLAIMS)


def test_what_cannot_be_a_verifier_is_named(tmp_path: Path) -> None:
    with pytest.raises(VerifierError, match=r"missing.*assistant setup --verifier"):
        TokenVerifier(tmp_path / "missing").entailed(PREMISE, CLAIMS)
    with pytest.raises(VerifierError, match="3 labels"):
        TokenVerifier(token_model(tmp_path / "names", ("O", "B-PER", "I-PER"))).entailed(PREMISE, CLAIMS)
    (tmp_path / "empty").mkdir()
    with pytest.raises(VerifierError, match="could not be loaded"):
        TokenVerifier(tmp_path / "empty").entailed(PREMISE, CLAIMS)
