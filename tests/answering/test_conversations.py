"""Conversations and feedback survive a restart."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from assistant.answering.conversations import Conversations
from assistant.errors import ConversationsUnavailable
from assistant.types import Answer, Turn


def answer(question: str, text: str = "Oui.") -> Answer:
    return Answer(question=question, language="fr", text=text, abstained=False, mode="evidence")


def test_a_conversation_comes_back_after_a_restart(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "runtime" / "conversations.db")
    conversation = kept.start()
    kept.keep(conversation, answer("Un ?", "Réponse un."))
    kept.keep(conversation, answer("Deux ?"))
    again = Conversations(tmp_path / "runtime" / "conversations.db")
    assert [exchange.question for exchange in again.load(conversation)] == ["Un ?", "Deux ?"]
    assert again.load(conversation)[0].answer["answer"] == "Réponse un."
    asked, told = again.history(conversation)[:2]
    assert asked == Turn("user", "Un ?")
    assert (told.role, told.content) == ("assistant", "Réponse un.")
    assert told.answer is not None
    assert told.answer["question"] == "Un ?"
    assert [summary.title for summary in again.list()] == ["Un ?"]


def test_history_is_the_last_exchanges_oldest_first(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.db")
    for number in range(6):
        kept.keep("c", answer(f"Q{number}"))
    assert [turn.content for turn in kept.history("c", limit=2) if turn.role == "user"] == ["Q4", "Q5"]


def test_feedback_is_kept_with_its_answer(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.db")
    first, second = kept.keep("c", answer("Un ?")), kept.keep("c", answer("Deux ?"))
    assert kept.feedback(second, {"thumb": "down", "correction": "C'est 12 %."})
    judged = kept.judged()
    assert [(exchange.question, exchange.thumb, exchange.correction) for exchange in judged] == [
        ("Deux ?", "down", "C'est 12 %.")
    ]
    kept.feedback(second, {"thumb": None, "correction": None})
    assert kept.judged() == []
    assert first != second


def test_a_deleted_conversation_is_gone(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.db")
    kept.keep("c", answer("Un ?"))
    kept.delete("c")
    assert kept.list() == []
    assert kept.load("c") == []


def fill(kept: Conversations) -> str:
    return kept.keep("c", answer("Un ?"))


@pytest.mark.parametrize("bad", ["garbage", "folder", "cut", "other tables", "gone", "emptied"])
def test_a_bad_file_is_set_aside_and_keeping_goes_on(tmp_path: Path, bad: str) -> None:
    """Also under a running program: each call finds the file as it is then."""
    file = tmp_path / "c.db"
    kept = Conversations(file)
    fill(kept)
    if bad == "cut":
        file.write_bytes(file.read_bytes()[:5000])
    else:
        file.unlink()
        if bad == "garbage":
            file.write_bytes(b"no database " * 1000)
        elif bad == "folder":
            (file / "inner").mkdir(parents=True)
        elif bad == "emptied":
            file.write_bytes(b"")
        elif bad == "other tables":
            with closing(sqlite3.connect(file)) as other, other:
                other.execute("CREATE TABLE messages (id TEXT, conversation TEXT, position TEXT)")
    identifier = fill(kept)
    assert [exchange.id for exchange in kept.load("c")] == [identifier]
    aside = [path.name for path in tmp_path.iterdir() if ".damaged-" in path.name]
    assert len(aside) == (0 if bad in ("gone", "emptied") else 1)


def test_a_full_disk_is_told_and_keeps_again_when_there_is_room(
    tmp_path: Path, full_disk: Callable[[int], AbstractContextManager[None]]
) -> None:
    kept = Conversations(tmp_path / "c.db")
    first = fill(kept)
    with full_disk(100), pytest.raises(ConversationsUnavailable, match=r"cannot be kept in .*c\.db"):
        fill(kept)
    second = fill(kept)
    assert [exchange.id for exchange in kept.load("c")] == [first, second]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for call in (lambda kept: kept.list(), lambda kept: kept.load("c"), lambda kept: kept.history("c"), fill):
        with pytest.raises(ConversationsUnavailable, match="Make room there"):
            call(Conversations(tmp_path / "file" / "c.db"))


@pytest.mark.parametrize("value", ["", "{", "[]", "{}", "null", b"\x00", 7, None, "[" * 100_000])
def test_a_bad_row_costs_none_of_the_others(tmp_path: Path, value: object) -> None:
    kept = Conversations(tmp_path / "c.db")
    first, second = fill(kept), fill(kept)
    with closing(sqlite3.connect(tmp_path / "c.db")) as connection, connection:
        value = "x" if value is None else value
        connection.execute(
            "UPDATE messages SET json = ?, question = ?, answer = ? WHERE id = ?",
            (value, value, value, first),
        )
    assert [exchange.id for exchange in kept.load("c")] == [second]
    assert kept.list()[0].id == "c"
    assert kept.history("c")
