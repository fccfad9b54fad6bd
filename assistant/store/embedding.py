"""Texts become vectors through a sentence-transformers model on this machine. Nothing is downloaded."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import EmbedderError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

    from ..types import Vector

CACHE = ".fingerprint.json"
DEFAULT_MAX_TOKENS = 512


class SentenceTransformerEmbedder:
    """A sentence-transformers folder, or the hub name of one that was fetched before.

    Making one costs nothing: the tokenizer is loaded at the first `tokenize`, the weights at the first text.
    """

    def __init__(self, folder: Path | str, device: str = "auto", batch_size: int = 16) -> None:
        self.name = _short_name(folder)
        self.device = device
        self.batch_size = batch_size
        self._given = folder
        self._lock = threading.Lock()

    @cached_property
    def folder(self) -> Path:
        """Where the model lies; raises `EmbedderError` where it is not on this machine."""
        path = Path(self._given)
        if path.is_dir():
            if not (path / "modules.json").is_file():
                raise EmbedderError(
                    f"{str(path)!r} is not a sentence-transformers model (no modules.json). "
                    "Run `assistant setup`, or name another folder with --embedder."
                )
            return path
        return _fetched(str(self._given))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of every file that changes the vectors; remembered beside them by size and time."""
        files = sorted(path for path in self.folder.rglob("*") if _counts(path, self.folder))
        stamp = [
            [str(path.relative_to(self.folder)), path.stat().st_size, path.stat().st_mtime_ns]
            for path in files
        ]
        cache = self.folder / CACHE
        with contextlib.suppress(OSError, ValueError, AttributeError):
            known = json.loads(cache.read_text("utf-8"))
            if known.get("files") == stamp:
                return str(known["fingerprint"])
        fingerprint = _hash_files(self.folder, files)
        with contextlib.suppress(OSError):  # a read-only model folder is hashed each time
            cache.write_text(json.dumps({"files": stamp, "fingerprint": fingerprint}), "utf-8")
        return fingerprint

    @cached_property
    def dimension(self) -> int:
        """Length of a vector; loads the weights."""
        return int(self._model.get_embedding_dimension() or 0)

    @cached_property
    def max_tokens(self) -> int:
        """Longest input the model reads, special tokens included."""
        places = (
            ("sentence_bert_config.json", "max_seq_length"),
            ("0_Transformer/sentence_bert_config.json", "max_seq_length"),
            ("tokenizer_config.json", "model_max_length"),
            ("config.json", "max_position_embeddings"),
        )
        for name, key in places:
            value = _read_json(self.folder / name).get(key)
            if isinstance(value, int | float) and 0 < value < 1_000_000:
                return int(value)
        return DEFAULT_MAX_TOKENS

    def tokenize(self, text: str) -> list[int]:
        """Token ids without special tokens; loads no weights."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def embed_passages(self, texts: Sequence[str]) -> Vector:
        """float32[n, dimension], L2-normalised, with the model's own prompt for documents."""
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return self._encode(self._model.encode_document, list(texts))

    def embed_query(self, text: str) -> Vector:
        """float32[dimension], L2-normalised, with the model's own prompt for questions."""
        vector: Vector = self._encode(self._model.encode_query, [text])[0]
        return vector

    def _encode(self, encode: Any, texts: list[str]) -> Vector:
        import numpy as np

        with self._lock:  # the tokenizer inside the model is not made for several threads
            vectors = encode(
                texts, batch_size=self.batch_size, normalize_embeddings=True, show_progress_bar=False
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        for path in (self.folder / "tokenizer.json", *sorted(self.folder.glob("*/tokenizer.json"))):
            if path.is_file():
                tokenizer = Tokenizer.from_file(str(path))
                tokenizer.no_truncation()
                tokenizer.no_padding()
                return tokenizer
        raise EmbedderError(
            f"The embedder {str(self.folder)!r} has no tokenizer.json. Name another embedder with --embedder."
        )

    @property
    def _model(self) -> SentenceTransformer:
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> SentenceTransformer:
        folder = self.folder
        from .loading import load_model

        try:
            return load_model(folder, self.device)
        except (OSError, ValueError, RuntimeError, KeyError) as error:
            raise EmbedderError(
                f"The embedder {str(folder)!r} could not be loaded ({_first_line(error)}). "
                "Run `assistant setup`, or name another one with --embedder."
            ) from error


def _short_name(given: Path | str) -> str:
    path = Path(given)
    return path.resolve().name if isinstance(given, Path) or path.is_dir() else str(given)


def _fetched(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise EmbedderError(
            f"The embedder {name!r} is not on this machine. "
            "Run `assistant setup`, or name the folder of a sentence-transformers model with --embedder."
        ) from error


def _counts(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return (
        not hidden
        and path.suffix in {".json", ".safetensors", ".bin", ".txt", ".model", ".onnx"}
        and path.is_file()
    )


def _hash_files(folder: Path, files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        total.update(f"{path.relative_to(folder).as_posix()}\0{digest}\n".encode())
    return total.hexdigest()


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
