"""What a run depends on: fingerprints say which runs compare and which answers can be reused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from ..types import Article, Json

PROGRAM = Path(__file__).resolve().parent.parent
ANSWERING = ("types.py", "reading", "store", "search", "answering")
"""Parts of the program on which hits and answers depend."""


def fingerprint(value: object) -> str:
    """SHA-256 of a JSON value, whatever the order of its keys."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def corpus_fingerprint(articles: Iterable[Article]) -> str:
    """Changes with any article's name, bytes or understood text."""
    seen = sorted((a.name, a.digest, hashlib.sha256(a.text.encode()).hexdigest()) for a in articles)
    return fingerprint(seen)


def program_fingerprint(folder: Path = PROGRAM) -> str:
    """Changes with any source file that hits and answers depend on, the prompts included."""
    files = [path for part in ANSWERING for path in _sources(folder / part)]
    return fingerprint([(str(path.relative_to(folder)), path.read_text("utf-8")) for path in files])


def _sources(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def run_fingerprint(settings: Json, fingerprints: Json) -> str:
    """What the answers of a journal have in common; the set of questions is none of it."""
    kept = {name: value for name, value in fingerprints.items() if name != "questions"}
    return fingerprint([settings, kept])
