"""What a Python user imports, and the page of examples."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import assistant
from assistant import Collection
from assistant.settings import PROJECT
from assistant.store.embedding import SentenceTransformerEmbedder


def test_exported_names() -> None:
    """Other programs import these: additions are fine, a missing one is not."""
    assert assistant.__all__ == [
        "Answer",
        "AssistantError",
        "Citation",
        "Collection",
        "Filters",
        "Hit",
        "Quote",
        "Turn",
    ]
    for name in assistant.__all__:
        assert getattr(assistant, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = assistant.Nothing


def test_importing_the_package_loads_nothing() -> None:
    code = "import sys, assistant; print(*(name for name in sys.modules if name.startswith('assistant.')))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""


def test_the_examples_run(
    real_embedder: SentenceTransformerEmbedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "corpus").mkdir()
    shutil.copy(PROJECT / "corpus" / "en" / "deepseek-r1.md", tmp_path / "corpus")
    monkeypatch.chdir(tmp_path)
    page = (PROJECT / "docs" / "python.md").read_text("utf-8")
    block = re.search(r"```python\n(from assistant import Collection.*?)```", page, re.DOTALL)
    assert block is not None
    exec(compile(block[1], "python.md", "exec"), {})
    printed = capsys.readouterr().out
    assert printed.startswith("1 articles added []")
    assert "MIT" in printed
    marked = printed.splitlines()[-1]
    assert marked.startswith(("partial", "unsupported"))
    assert "617" in marked


def test_without_an_index(tmp_path: Path) -> None:
    with pytest.raises(assistant.AssistantError, match="assistant index"):
        Collection(tmp_path / "nothing")
