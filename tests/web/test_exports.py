"""Answers and conversations as files: nothing that is set aside leaves the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from assistant.answer_json import AnswerJson
from assistant.conversations.conversations import UNANSWERED, Exchange
from assistant.web.app import create_app
from assistant.web.exports import answer_as, conversation_json, conversation_markdown

from .fakes import BUDGET, ENGLISH, FRENCH, FakeBackend


@pytest.fixture
def answer(tmp_path: Path) -> AnswerJson:
    backend = FakeBackend(tmp_path)
    return backend._answer("budget", backend.found, backend.script).as_json()


def exchange(answer: AnswerJson, **more: Any) -> Exchange:
    return Exchange("0" * 32, answer["question"], answer, None, None, **more)


def test_an_answer_as_text_and_markdown(answer: AnswerJson) -> None:
    text = answer_as(answer, "text", FRENCH)
    assert text.startswith("Le budget de la bibliothèque s'élève à 1,2 million d'euros [1].")
    assert "0,9 million [2]. (pas confirmée mot pour mot)" in text
    assert "15 %" not in text
    assert "[1] Le budget de la bibliothèque municipale adopté — Journal de la ville, 18 mars 2024" in text
    assert BUDGET.text in text
    markdown = answer_as(answer, "markdown", ENGLISH)
    assert "**1,2 million**" in markdown
    assert "15 %" not in markdown
    assert "[2] City library budget revised downwards — The Courier, 9 January 2025" in markdown


def test_the_cited_articles_once_each(answer: AnswerJson) -> None:
    entries = answer_as(answer, "bibtex", FRENCH)
    assert entries.count("@misc{") == 2
    assert "@misc{journaldelaville2024," in entries
    assert "  date = {2024-03-18}" in entries
    assert "  url = {https://journal.example/2024/budget?x=1}" in entries
    items = json.loads(answer_as(answer, "csl", FRENCH))
    assert [item["id"] for item in items] == ["journaldelaville2024", "thecourier2025"]
    assert items[0]["issued"] == {"date-parts": [[2024, 3, 18]]}
    assert items[1]["container-title"] == "The Courier"


def test_hostile_titles_stay_text(answer: AnswerJson) -> None:
    for citation in answer["citations"]:
        citation["title"] = "Été } \\input{/etc/passwd} ![x](http://evil.example/) <img src=x>\n# no heading"
        citation["url"] = "javascript:alert(1)"
        citation["publisher"] = None
        citation["published"] = None
    answer["hits"] = []
    entries = answer_as(answer, "bibtex", FRENCH)
    assert "javascript" not in entries
    assert "\\}" in entries
    assert "\\textbackslash{}input" in entries
    assert "@misc{etinput" in entries.lower() or "@misc{" in entries
    markdown = answer_as(answer, "markdown", FRENCH)
    assert "![x](" not in markdown
    assert "<img" not in markdown.replace("\\<img", "")
    assert "\n# no heading" not in markdown
    assert json.loads(answer_as(answer, "csl", FRENCH))[0].keys() == {
        "id",
        "type",
        "title",
        "language",
        "note",
    } - {"language"}


def test_a_conversation_leaves_out_what_was_asked_again(answer: AnswerJson) -> None:
    cut = UNANSWERED | {"answer": "", "question": "coupée ?"}
    exchanges = [
        exchange(answer, replaced=True),
        exchange(answer),
        Exchange("1" * 32, "coupée ?", cut, None, None),
    ]
    markdown = conversation_markdown("Le *budget*", exchanges, FRENCH)
    assert markdown.startswith("# Le \\*budget\\*\n")
    assert markdown.count("## budget") == 1
    assert FRENCH.interrupted in markdown
    told = json.loads(conversation_json("c", "T", exchanges))
    assert [item["replaced"] for item in told["exchanges"]] == [True, False, False]
    assert told["exchanges"][1]["answer"] == answer


def test_a_conversation_over_http(tmp_path: Path) -> None:
    backend = FakeBackend(tmp_path)
    conversation = backend.conversations.start()
    backend.conversations.keep(conversation, backend._answer("Quel budget ?", backend.found, backend.script))
    with TestClient(create_app(backend), base_url="http://127.0.0.1:7860") as client:
        reply = client.get("/export", params={"conversation": conversation, "form": "markdown"})
        assert reply.headers["content-disposition"] == 'attachment; filename="conversation.md"'
        assert "## Quel budget ?" in reply.text
        assert client.post("/rename", json={"conversation": conversation, "title": "Budget <b>"}).json() == {
            "done": True
        }
        assert "Budget &lt;b&gt;" in client.get("/conversations").text
        assert conversation in client.get("/conversations", params={"search": "SALLE lecture"}).text
        assert conversation not in client.get("/conversations", params={"search": "girafe"}).text
        told = client.get("/export", params={"conversation": conversation, "form": "json"}).json()
        assert told["title"] == "Budget <b>"
        assert client.post("/delete", json={"conversation": conversation}).json() == {"done": True}
        assert client.post("/delete", json={"conversation": conversation}).status_code == 404
        assert client.get("/export", params={"conversation": conversation, "form": "json"}).status_code == 404
        assert client.post("/rename", json={"conversation": conversation, "title": "x"}).status_code == 404
        for bad in ("../x", "", "a" * 33):
            assert client.post("/delete", json={"conversation": bad}).status_code == 422
            assert client.get("/export", params={"conversation": bad, "form": "json"}).status_code == 422
