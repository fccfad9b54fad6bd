"""Answers are reused only by a program that would give the same ones."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.evaluation.fingerprints import AROUND, PROGRAM, answering_files, program_fingerprint

DEPENDED_ON = (
    "articles.py",
    "language/packs/fr.toml",
    "language/packs/reading/es.toml",
    "search/weights.json",
    "proof/fit.json",
    "proof/checks/numbers.py",
    "composition/prompts.py",
    "conflicts/finder.py",
    "intents/examples.jsonl",
    "model/ollama.py",
    "wiring.py",
)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("program") / "assistant"
    return Path(shutil.copytree(PROGRAM, folder, ignore=shutil.ignore_patterns("__pycache__")))


@pytest.mark.parametrize("name", DEPENDED_ON)
def test_a_program_that_answers_otherwise_has_another_fingerprint(program: Path, name: str) -> None:
    before = program_fingerprint(program)
    file = program / name
    kept = file.read_bytes()
    file.write_bytes(kept + b"\n")
    assert program_fingerprint(program) != before
    file.write_bytes(kept)
    assert program_fingerprint(program) == before


def test_what_only_shows_answers_changes_no_fingerprint(program: Path) -> None:
    before = program_fingerprint(program)
    for room in AROUND:
        (program / room / "more.py").write_text("")
    (program / "__pycache__").mkdir(exist_ok=True)
    (program / "__pycache__" / "types.pyc").write_bytes(b"0")
    assert program_fingerprint(program) == before


def test_the_rooms_around_exist() -> None:
    assert {path.name for path in PROGRAM.iterdir() if path.is_dir()} >= AROUND
    assert len(list(answering_files())) > 100
