"""Filters of a question: what they leave out is never found, whether Chroma is asked or everything counted."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pytest
from conftest import Command, write_corpus
from fakes import FakeEmbedder

from assistant.search.hybrid import HybridRetriever
from assistant.search.question import read_question
from assistant.store import vector_search, vectors
from assistant.store.sync import Store, sync
from assistant.types import Filters

DAYS = [date(2025, 1, 1), date(2025, 6, 1), None]
FOLDERS = ["", "town/", "town/hall/", "towns/"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three days, four folders, two languages: 24 articles that all speak of the harbour."""
    root = tmp_path_factory.mktemp("filters")
    articles = {}
    for number, (day, place, language) in enumerate(product(DAYS, FOLDERS, ("fr", "en"))):
        head = f"published: {day}\n" if day else ""
        articles[f"{place}{number}.md"] = (
            f"---\ntitle: Harbour {number}\nlanguage: {language}\n{head}---\n"
            f"Report {number} on the harbour: {number + 2} masons built the wall of stones in {number + 1900}."
        )
    write_corpus(root / "corpus", articles)
    sync(root / "corpus", root / "store", FakeEmbedder(), min_tokens=20, max_tokens=40)
    return root / "store"


CASES = [
    (Filters(), 24),
    (Filters(language="fr"), 12),
    (Filters(since=date(2025, 3, 1)), 8),
    (Filters(until=date(2025, 1, 1)), 8),
    (Filters(since=date(2025, 1, 1), until=date(2025, 6, 1)), 16),
    (Filters(since=date(2026, 1, 1)), 0),
    (Filters(folder="town"), 12),
    (Filters(folder="/town/hall/"), 6),
    (Filters(folder="town/ha"), 0),
    (Filters(articles=("0.md", "town/2.md", "nowhere.md")), 2),
    (Filters(since=date(2025, 3, 1), folder="town", language="en"), 2),
]


@pytest.mark.parametrize(("filters", "count"), CASES)
@pytest.mark.parametrize("way", ["few are counted", "chroma is asked", "chroma is gone"])
def test_only_what_is_admitted_is_found(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, filters: Filters, count: int
) -> None:
    store = folder
    if way == "chroma is asked":
        monkeypatch.setattr(vector_search, "FEW", 0)
    if way == "few are counted":
        monkeypatch.setattr(vector_search, "BROAD", 0)
    if way == "chroma is gone":
        store = Path(shutil.copytree(folder, tmp_path / "store"))
        shutil.rmtree(store / vectors.FOLDER)
    query = replace(read_question("Who built the harbour wall of stones?"), filters=filters)
    with Store.open(store) as opened:
        hits = HybridRetriever(opened, FakeEmbedder()).retrieve(query, 50)
    assert len(hits) == count
    for hit in hits:
        name = hit.passage.article
        assert filters.language in (None, hit.language)
        assert filters.folder is None or name.startswith(f"{filters.folder.strip('/')}/")
        assert not filters.articles or name in filters.articles
        assert filters.since is None or (hit.published or date.min) >= filters.since
        assert filters.until is None or (hit.published or date.max) <= filters.until


def test_the_commands_take_filters(command: Command) -> None:
    found = command("search", "the mayor", "--since", "2025-01-01", "--json").json["hits"]
    assert {hit["article"] for hit in found} <= {"budget.md", "copy/budget.md"}
    assert found
    (hit,) = command("search", "the mayor", "--article", "tides.txt", "--json", "--top-k", "1").json["hits"]
    assert hit["article"] == "tides.txt"
    answer = command("ask", "Que promet le maire ?", "--folder", "copy", "--json").json
    assert {hit["article"] for hit in answer["hits"]} == {"copy/budget.md"}


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--article", "horse.md"), 1, "horses.md"),
        (("--language", "de"), 2, "'de'"),
        (("--since", "2025-02-01", "--until", "2025-01-01"), 2, "--since is after --until"),
        (("--since", "last week"), 2, "last week"),
    ],
)
def test_a_filter_that_can_admit_nothing_is_explained(
    command: Command, words: tuple[str, ...], code: int, said: str
) -> None:
    done = command("search", "the mayor", *words)
    assert done.code == code
    assert said in done.err
