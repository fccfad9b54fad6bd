"""Conversations and feedback survive a restart."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
from builders import make_answer

from assistant.answer_json import FiltersJson
from assistant.conversations.conversations import UNANSWERED, Conversations
from assistant.errors import ConversationsUnavailable
from assistant.types import Turn

from .kept import opinions

FRENCH: FiltersJson = {"language": "fr"}


def test_a_conversation_comes_back_after_a_restart(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "runtime" / "conversations.db")
    conversation = kept.start()
    kept.keep(conversation, make_answer("Un ?", "Réponse un."))
    kept.keep(conversation, make_answer("Deux ?"))
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
        kept.keep("c", make_answer(f"Q{number}"))
    assert [turn.content for turn in kept.history("c", limit=2) if turn.role == "user"] == ["Q4", "Q5"]


def test_feedback_is_kept_with_its_answer(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.db")
    first, second = kept.keep("c", make_answer("Un ?")), kept.keep("c", make_answer("Deux ?"))
    assert kept.feedback(second, {"thumb": "down", "correction": "C'est 12 %."})
    judged = kept.judged()
    assert [(exchange.question, exchange.thumb, exchange.correction) for exchange in judged] == [
        ("Deux ?", "down", "C'est 12 %.")
    ]
    kept.feedback(second, {"thumb": None, "correction": None})
    assert kept.judged() == []
    assert first != second


def test_no_opinion_overwrites_another(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.db")
    message = kept.keep("c", make_answer("Un ?"))
    said: list[dict[str, object]] = [
        {"thumb": "down", "reasons": ["wrong", "sources"]},
        {"thumb": "down", "correction": "C'est 12 %."},
        {"thumb": "up"},
    ]
    for opinion in said:
        assert kept.feedback(message, opinion)
    assert opinions(tmp_path / "c.db", message) == said
    (exchange,) = kept.judged()
    assert (exchange.thumb, exchange.correction, exchange.reasons) == (
        "up",
        "C'est 12 %.",
        ("wrong", "sources"),
    )
    assert not kept.feedback("0" * 32, {"thumb": "up"})
    assert opinions(tmp_path / "c.db", "0" * 32) == []


def test_a_deleted_conversation_is_gone_from_the_file(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.db")
    kept.keep("c", make_answer("Un secret ?", "Le mot de passe est zanzibar."))
    kept.keep("d", make_answer("Autre ?"))
    kept.rename("c", "zanzibar")
    kept.delete("c")
    assert [summary.id for summary in kept.list()] == ["d"]
    assert kept.load("c") == []
    assert b"zanzibar" not in (tmp_path / "c.db").read_bytes()


def test_conversations_are_found_by_all_words_of_a_message_and_renamed(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.db")
    kept.keep("c", make_answer("Où est l'École ?", "À Quimper, près de la rivière."))
    kept.keep("c", make_answer("Et le marché ?"))
    kept.keep("d", make_answer("Une autre école ?"))
    assert [summary.id for summary in kept.list(search="ecole QUIMPER")] == ["c"]
    assert {summary.id for summary in kept.list(search="école")} == {"c", "d"}
    assert kept.list(search="marché quimper") == []  # of two messages
    assert kept.rename("d", "  La rentrée ")
    assert [summary.title for summary in kept.list(search="rentree")] == ["La rentrée"]
    assert kept.title("d") == "La rentrée"
    assert kept.rename("d", " ")
    assert kept.title("d") == "Une autre école ?"
    assert not kept.rename("nobody", "x")
    assert kept.title("nobody") == ""


def test_a_question_is_kept_from_the_moment_it_is_asked(tmp_path: Path) -> None:
    """Whatever becomes of its answer: the program killed, the answer stopped, or finished."""
    kept = Conversations(tmp_path / "c.db")
    first = kept.begin("c", "Un ?", FRENCH)
    (exchange,) = Conversations(tmp_path / "c.db").load("c")
    assert (exchange.question, exchange.answer["interrupted"]) == ("Un ?", True)
    assert kept.history("c") == []
    kept.interrupt(first, UNANSWERED | {"answer": "La moitié", "draft": " de"})
    (exchange,) = kept.load("c")
    assert (exchange.answer["answer"], exchange.answer["draft"]) == ("La moitié", " de")
    assert kept.keep("c", make_answer("Un ?", "Oui."), first, FRENCH) == first
    (exchange,) = kept.load("c")
    assert "interrupted" not in exchange.answer
    assert exchange.answer["filters"] == kept.filters("c") == FRENCH
    assert len(kept.history("c")) == 2


def test_what_is_asked_again_is_shown_and_no_part_of_what_goes_on(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.db")
    ids = [kept.keep("c", make_answer(f"Q{number}")) for number in range(3)]
    kept.keep("other", make_answer("Autre ?"))
    kept.replace_from("c", ids[1])
    kept.keep("c", make_answer("Q1 autrement"))
    assert [exchange.replaced for exchange in kept.load("c")] == [False, True, True, False]
    assert [turn.content for turn in kept.history("c") if turn.role == "user"] == ["Q0", "Q1 autrement"]
    kept.replace_from("other", ids[0])  # of another conversation
    assert not kept.load("other")[0].replaced


def test_an_answer_whose_conversation_was_deleted_meanwhile(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.db")
    begun = kept.begin("c", "Un ?")
    kept.delete("c")
    kept.interrupt(begun, UNANSWERED)
    assert kept.list() == []
    kept.keep("c", make_answer("Un ?"), begun)
    assert [exchange.id for exchange in kept.load("c")] == [begun]


def fill(kept: Conversations) -> str:
    return kept.keep("c", make_answer("Un ?"))


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
