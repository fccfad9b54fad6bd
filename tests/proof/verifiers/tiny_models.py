"""Untrained models of a few thousand weights, of the architectures that verifiers have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS += (
    "the wild horses crossed river budget was voted in spring . : summarize following text output".split()
)
NLI = ("entailment", "neutral", "contradiction")
SMALL: dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "initializer_range": 0.3,
    "vocab_size": len(WORDS),
}


def _tokenizer(folder: Path, length: int) -> None:
    from transformers import BertTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(WORDS), "utf-8")
    BertTokenizer(vocab=str(folder / "vocab.txt"), model_max_length=length).save_pretrained(folder)


def _labels(names: Sequence[str]) -> dict[str, Any]:
    return {
        "id2label": dict(enumerate(names)),
        "label2id": {name: number for number, name in enumerate(names)},
    }


def nli_model(folder: Path, labels: Sequence[str] = NLI, length: int = 64) -> Path:
    """A DeBERTa-v2 (as mDeBERTa-v3) that classifies pairs of texts."""
    import torch
    from transformers import DebertaV2Config, DebertaV2ForSequenceClassification

    torch.manual_seed(0)
    buckets: dict[str, Any] = {"position_buckets": 16}
    config = DebertaV2Config(
        **SMALL,
        max_position_embeddings=length,
        relative_attention=True,
        pos_att_type=["p2c", "c2p"],
        **buckets,
        **_labels(labels),
    )
    DebertaV2ForSequenceClassification(config).save_pretrained(folder)
    _tokenizer(folder, length)
    return folder


def token_model(folder: Path, labels: Sequence[str] = ("LABEL_0", "LABEL_1"), length: int = 128) -> Path:
    """A ModernBERT (as mmBERT) that classifies tokens."""
    import torch
    from transformers import ModernBertConfig, ModernBertForTokenClassification

    torch.manual_seed(0)
    config = ModernBertConfig(
        **SMALL,
        max_position_embeddings=length,
        pad_token_id=0,
        cls_token_id=2,
        sep_token_id=3,
        bos_token_id=2,
        eos_token_id=3,
        **_labels(labels),
    )
    ModernBertForTokenClassification(config).save_pretrained(folder)
    _tokenizer(folder, length)
    return folder
