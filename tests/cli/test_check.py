"""`assistant check`: a text that someone else wrote, as a file or on standard input."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from conftest import Command

DRAFT = (
    "L'Assemblée a voté le budget de 1 234,5 millions d'euros. "
    "L'Assemblée a voté le budget de 1 432,5 millions d'euros. "
    "Le maire promet deux nouvelles écoles avant 2027."
)


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "brouillon.txt"
    path.write_text(DRAFT, "utf-8")
    return path


def test_each_sentence_is_marked_with_its_reason_and_its_citation(command: Command, draft: Path) -> None:
    done = command("check", draft)
    assert done.code == 0
    lines = done.out.splitlines()
    assert [line[0] for line in lines if line[0] in "✓?✗"] == ["✓", "✗", "✓"]
    assert lines[0].endswith("d'euros. [1]")
    assert "1 432,5" in lines[2]
    assert "[1] budget.md:" in done.err


def test_spans_citations_and_verdicts_as_json(command: Command, draft: Path) -> None:
    found = command("check", draft, "--json", "--quiet").json
    assert found["text"] == DRAFT
    assert found["language"] == "fr"
    assert [s["verdict"] for s in found["sentences"]] == ["supported", "unsupported", "supported"]
    assert DRAFT[found["sentences"][1]["start"] : found["sentences"][1]["end"]].startswith("L'Assemblée")
    # a conflict may cite more: this embedder's vectors tell nothing of meaning across languages
    assert [s["citations"] for s in found["sentences"]] == [[1], [], [2]]
    assert [citation["n"] for citation in found["citations"]][:2] == [1, 2]


def test_standard_input(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(DRAFT.encode()), "utf-8"))
    assert command("check", "-").out.startswith("✓ L'Assemblée")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b" \n", "is empty. Give a text to check."),
        ("à l'été".encode("latin-1"), "is not UTF-8 text"),
        (b"mot " * 60_000, "at most 200,000 are checked. Split it."),
    ],
)
def test_what_cannot_be_checked_is_named(command: Command, tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "draft.txt"
    path.write_bytes(content)
    done = command("check", path)
    assert (done.code, done.out) == (2, "")
    assert "draft.txt" in done.err
    assert said in done.err
