"""Words within `passages.db`, the way out while the index of words cannot be asked."""

from __future__ import annotations

import sqlite3

import pytest

from assistant.store import full_text


@pytest.fixture
def index() -> sqlite3.Connection:
    """Ten passages that all have "service"; "team" is in three, "budget" in two, "library" and "bridge" in one each."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE passages (id INTEGER PRIMARY KEY, name TEXT)")
    texts = [
        "service budget library",
        "service budget",
        "service bridge",
        *["service team"] * 3,
        *["service"] * 4,
    ]
    connection.executemany("INSERT INTO passages VALUES (?, ?)", enumerate(map(str, range(10))))
    full_text.add(connection, "en", enumerate(texts))
    return connection


@pytest.mark.parametrize(
    ("stems", "found"),
    [
        (["budget", "librari"], {"0", "1"}),
        (["servic", "bridg"], set("0123456789")),
        (["nowher"], set()),
        ([], set()),
    ],
)
def test_every_passage_with_a_word_is_found(
    index: sqlite3.Connection, stems: list[str], found: set[str]
) -> None:
    assert {name for name, _ in full_text.search(index, stems, 10, "en")} == found
