"""What a run depends on: fingerprints say which runs compare and which answers can be reused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ..types import Article, Json

PROGRAM = Path(__file__).resolve().parent.parent
AROUND = {"accounts", "cli", "conversations", "curation", "evaluation", "setup", "web"}
"""Rooms on which no hit and no answer depends; every other module, pack and file of weights counts."""


def fingerprint(value: object) -> str:
    """SHA-256 of a JSON value, whatever the order of its keys."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def corpus_fingerprint(articles: Iterable[Article]) -> str:
    """Changes with any article's name, bytes or understood text."""
    seen = sorted((a.name, a.digest, hashlib.sha256(a.text.encode()).hexdigest()) for a in articles)
    return fingerprint(seen)


def program_fingerprint(folder: Path = PROGRAM) -> str:
    """Changes with any file of the program that hits and answers depend on: code, prompts, words, fitted weights."""
    return fingerprint(
        [
            (path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
            for path in answering_files(folder)
        ]
    )


def answering_files(folder: Path = PROGRAM) -> Iterator[Path]:
    """Files of the program on which hits and answers depend, in the order of their names."""
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if parts[0] not in AROUND and "__pycache__" not in parts and path.is_file():
            yield path


def run_fingerprint(settings: Json, fingerprints: Mapping[str, str | None]) -> str:
    """What the answers of a journal have in common; the set of questions is none of it."""
    kept = {name: value for name, value in fingerprints.items() if name != "questions"}
    return fingerprint([settings, kept])
