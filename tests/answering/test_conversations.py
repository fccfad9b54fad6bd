"""Conversations and feedback survive a restart."""

from __future__ import annotations

from pathlib import Path

from assistant.answering.conversations import Conversations
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
    assert again.history(conversation)[:2] == [Turn("user", "Un ?"), Turn("assistant", "Réponse un.")]
    assert [summary.title for summary in again.list()] == ["Un ?"]


def test_history_is_the_last_exchanges_oldest_first(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.db")
    for number in range(6):
        kept.keep("c", answer(f"Q{number}"))
    assert [turn.content for turn in kept.history("c", limit=2) if turn.role == "user"] == ["Q4", "Q5"]


def test_feedback_is_kept_with_its_answer(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.db")
    first, second = kept.keep("c", answer("Un ?")), kept.keep("c", answer("Deux ?"))
    kept.feedback(second, "down", "C'est 12 %.")
    judged = kept.judged()
    assert [(exchange.question, exchange.thumb, exchange.correction) for exchange in judged] == [
        ("Deux ?", "down", "C'est 12 %.")
    ]
    kept.feedback(second, None)
    assert kept.judged() == []
    assert first != second


def test_a_deleted_conversation_is_gone(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.db")
    kept.keep("c", answer("Un ?"))
    kept.delete("c")
    assert kept.list() == []
    assert kept.load("c") == []
