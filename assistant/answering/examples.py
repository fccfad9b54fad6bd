"""Questions to begin with: the first ones of the corpus' own `questions.jsonl`."""

from __future__ import annotations

import json
from pathlib import Path

MOST = 4


def examples_of(corpus: Path, language: str) -> list[str]:
    """Questions in a language that the articles answer; none for a corpus without that file."""
    try:
        lines = (corpus / "questions.jsonl").read_text("utf-8").splitlines()
    except OSError:
        return []
    questions = []
    for line in lines:
        try:
            item = json.loads(line)
        except ValueError:
            continue  # `questions validate` names the line
        if item.get("language") == language and not item.get("history") and item.get("answerable", True):
            questions.append(item["question"])
    return questions[:MOST]
