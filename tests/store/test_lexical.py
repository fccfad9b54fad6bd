"""The full-text index by itself: words that too many passages have."""

from __future__ import annotations

import sqlite3

import pytest

from assistant.store import lexical


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> sqlite3.Connection:
    """Ten passages that all have "service"; "team" is in three, "budget" in two, "library" and "bridge" in one each."""
    monkeypatch.setattr(lexical, "MANY", 10)
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
    lexical.add(connection, "en", enumerate(texts))
    return connection


@pytest.mark.parametrize(
    ("question", "passages", "found"),
    [
        ("service budget library", 10, {"0", "1"}),  # two rarer words tell enough
        ("service budget library", 0, set("0123456789")),  # nobody says how many there are
        ("service budget library", 9, set("0123456789")),  # too few to be worth it
        ("service bridge", 10, set("0123456789")),  # one word alone might be an odd one
        ("service bridge nowhere", 10, set("0123456789")),  # a word of no passage is none
        ("service", 10, set("0123456789")),
        ("service team bridge", 10, set("2345")),  # of words that many have the rarest will do
        ("nowhere", 10, set()),
    ],
)
def test_words_of_too_many_passages(
    index: sqlite3.Connection, question: str, passages: int, found: set[str]
) -> None:
    assert {name for name, _ in lexical.search(index, question, 10, "en", passages)} == found
