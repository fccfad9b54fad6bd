"""The program's own floors: the search of the sample corpus, with the real embedder, is as good as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import PROJECT

from .test_commands import Run, run  # noqa: F401  (a fixture)

FLOORS = Path(__file__).parent / "floors.json"


@pytest.mark.models
def test_the_search_of_the_sample_corpus_holds_its_floors(run: Run, tmp_path: Path) -> None:  # noqa: F811
    where = ("--corpus", PROJECT / "corpus", "--store", tmp_path / "store", "--quiet")
    assert run("index", *where)[0] == 0
    questions = PROJECT / "corpus" / "questions.jsonl"
    code, _, said = run("evaluate", questions, "--retrieval-only", "--floors", FLOORS, *where)
    assert code == 0, f"{said}\nWhere the change is meant: make floors LOWER=--lower-floors"
    assert "Every floor is held (10)" in said
