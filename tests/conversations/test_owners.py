"""Whose conversations: each owner sees his own, and nothing tells him that there are others."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assistant.answer_json import FiltersJson
from assistant.conversations.conversations import LOCAL, UNANSWERED, Conversations
from assistant.errors import ConversationsUnavailable
from assistant.types import Answer

from .kept import opinions

BEFORE = """
CREATE TABLE messages (
    id TEXT PRIMARY KEY, conversation TEXT NOT NULL, position INTEGER NOT NULL, asked_at TEXT NOT NULL,
    question TEXT NOT NULL, answer TEXT NOT NULL, json TEXT NOT NULL, thumb TEXT, correction TEXT);
CREATE TABLE about (conversation TEXT PRIMARY KEY, title TEXT, filters TEXT);
"""
"""The tables before conversations had owners."""


FRENCH: FiltersJson = {"language": "fr"}


def answer(question: str, text: str = "Oui.") -> Answer:
    return Answer(question=question, language="fr", text=text, abstained=False, mode="evidence")


def test_another_owner_finds_nothing_and_changes_nothing(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.db")
    anna, bert = kept.of("anna-id"), kept.of("bert-id")
    begun = anna.begin("c", "Le secret d'Anna ?", FRENCH)
    message = anna.keep("c", answer("Le secret d'Anna ?"), begun, FRENCH)
    anna.rename("c", "Secret")
    anna.feedback(message, {"thumb": "up", "reasons": ["wrong"]})
    for other in (bert, kept, kept.of(LOCAL), anna.of("anna")):
        assert other.list() == []
        assert other.list(search="secret") == []
        assert other.load("c") == []
        assert other.history("c") == []
        assert other.filters("c") is None
        assert other.title("c") == ""
        assert other.exchange(message) is None
        assert not other.rename("c", "Autre")
        assert not other.feedback(message, {"thumb": "down"})
        assert not other.delete("c")
        assert other.delete_all() == other.count() == 0
        other.interrupt(message, UNANSWERED)
        other.replace_from("c", message)
        with pytest.raises(ConversationsUnavailable, match="no conversation 'c'"):
            other.begin("c", "Et encore ?", {"language": "en"})
        with pytest.raises(ConversationsUnavailable):
            other.keep("c", answer("Et encore ?"))
    (exchange,) = anna.load("c")
    assert (exchange.thumb, exchange.replaced, exchange.answer["answer"]) == ("up", False, "Oui.")
    assert anna.title("c") == "Secret"
    assert anna.filters("c") == FRENCH
    assert opinions(tmp_path / "c.db", message) == [{"thumb": "up", "reasons": ["wrong"]}]
    assert len(kept.judged()) == 1  # what is measured is everybody's


def test_conversations_are_given_and_deleted_together(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.db")
    for conversation in "ab":
        kept.keep(conversation, answer("Un ?"))
        kept.keep(conversation, answer("Deux ?", "zanzibar"))
    kept.of("bert").keep("d", answer("Trois ?"))
    assert kept.give("anna") == 2
    assert kept.count() == 0
    anna = kept.of("anna")
    assert {summary.id for summary in anna.list()} == {"a", "b"}
    assert anna.delete_all() == 2
    assert kept.of("bert").count() == 1
    assert b"zanzibar" not in (tmp_path / "c.db").read_bytes()


def test_a_file_of_an_earlier_version_belongs_to_the_local_user(tmp_path: Path) -> None:
    file = tmp_path / "c.db"
    new = Conversations(tmp_path / "new.db")
    new.keep("c", answer("Ancienne ?"))
    with closing(sqlite3.connect(tmp_path / "new.db")) as source:
        *row, _ = source.execute("SELECT * FROM messages").fetchone()
    with closing(sqlite3.connect(file)) as old, old:
        old.executescript(BEFORE)
        old.execute("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    kept = Conversations(file)
    assert [exchange.question for exchange in kept.load("c")] == ["Ancienne ?"]
    assert kept.of("anna").list() == []
    kept.keep("c", answer("Nouvelle ?"))
    assert len(kept.load("c")) == 2
    assert [path.name for path in tmp_path.iterdir() if "damaged" in path.name] == []
