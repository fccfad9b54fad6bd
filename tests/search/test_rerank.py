"""A cross-encoder over the hits: a tiny real one, made here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import make_hits

from assistant.errors import EmbedderError
from assistant.search.question import read_question
from assistant.search.rerank import RerankedRetriever
from assistant.types import Hit, Query, Quote

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "which",
    "wild",
    "horses",
    "crossed",
    "the",
    "river",
    "budget",
]


class Fixed:
    """Gives the same hits to every question."""

    def __init__(self, hits: list[Hit]) -> None:
        self.hits = hits
        self.asked: list[int] = []

    def retrieve(self, query: Query, top_k: int) -> list[Hit]:
        self.asked.append(top_k)
        return self.hits[:top_k]


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of a few thousand weights with a word list: untrained, but real."""
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    folder = tmp_path_factory.mktemp("cross-encoder")
    (folder / "vocab.txt").write_text("\n".join(WORDS), "utf-8")
    torch.manual_seed(0)
    one_label: dict[str, Any] = {"num_labels": 1}
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        initializer_range=1.0,
        **one_label,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizer(vocab=str(folder / "vocab.txt"), model_max_length=64).save_pretrained(folder)
    CrossEncoder(str(folder), device="cpu").save_pretrained(str(folder / "saved"))
    return folder / "saved"


def scores_of(folder: Path, question: str, hits: list[Hit]) -> list[float]:
    from sentence_transformers import CrossEncoder

    model: Any = CrossEncoder(str(folder), device="cpu")
    return [float(x) for x in model.predict([(question, f"{h.title}\n{h.text}") for h in hits])]


TEXTS = ["the budget", "wild horses crossed the river", "the river", "horses", "budget budget"]


def test_hits_are_put_in_the_order_of_the_cross_encoder(cross_encoder: Path) -> None:
    hits = make_hits(TEXTS)
    question = "which wild horses"
    expected = scores_of(cross_encoder, question, hits)
    assert expected != sorted(expected, reverse=True)
    inner = Fixed(hits)
    found = RerankedRetriever(inner, cross_encoder, device="cpu").retrieve(read_question(question), 3)
    assert [one.score for one in found] == pytest.approx(sorted(expected, reverse=True)[:3], abs=1e-5)
    assert [one.rank for one in found] == [1, 2, 3]
    assert inner.asked == [20]


def test_what_lies_beyond_the_depth_keeps_its_place(cross_encoder: Path) -> None:
    hits = make_hits(TEXTS)
    found = RerankedRetriever(Fixed(hits), cross_encoder, depth=2, device="cpu").retrieve(
        read_question("river"), 5
    )
    assert {one.passage.article for one in found[:2]} == {"1.md", "2.md"}
    assert [one.passage.article for one in found[2:]] == ["3.md", "4.md", "5.md"]


def test_the_period_outranks_the_cross_encoder(cross_encoder: Path) -> None:
    hits = [replace(hit, in_period=True if hit.rank > 3 else None) for hit in make_hits(TEXTS)]
    found = RerankedRetriever(Fixed(hits), cross_encoder, device="cpu").retrieve(read_question("river"), 5)
    assert [one.in_period for one in found] == [True, True, None, None, None]


def test_no_hits_load_no_model() -> None:
    assert RerankedRetriever(Fixed([]), "missing").retrieve(read_question("river"), 5) == []


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    retriever = RerankedRetriever(Fixed(make_hits(["river"])), tmp_path / "missing")
    with pytest.raises(EmbedderError, match=r"missing.*search\.reranker"):
        retriever.retrieve(read_question("river"), 5)


def test_sentences_are_put_in_the_cross_encoder_s_order(cross_encoder: Path) -> None:
    texts = ["the budget", "wild horses crossed the river", "which river", "the horses"]
    quotes = [Quote("a.md", place, place + 1, text, 0) for place, text in enumerate(texts)]
    reranked = RerankedRetriever(Fixed([]), cross_encoder, depth=3)
    found = reranked.rank("which horses crossed the river", quotes)
    assert sorted(found[:3], key=lambda quote: quote.start) == quotes[:3]
    assert found[3] == quotes[3]
    assert found == reranked.rank("which horses crossed the river", quotes)
    assert reranked.rank("which", []) == []
    scored = [reranked.rank("which", [one, other])[0] for one, other in (quotes[:2], quotes[1::-1])]
    assert scored[0] == scored[1], "the order that they come in says nothing"
