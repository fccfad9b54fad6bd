"""What the page answers over HTTP, before and after anything is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from assistant.conversations.conversations import Conversations
from assistant.web.app import create_app

from .fakes import ARTICLES, BUDGET, FakeBackend, Part


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> FakeBackend:
    return FakeBackend(tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def client(backend: FakeBackend) -> Iterator[TestClient]:
    with TestClient(create_app(backend), base_url="http://127.0.0.1:7860") as client:
        yield client


def test_a_poll_of_the_state_lists_no_articles(client: TestClient, backend: FakeBackend) -> None:
    before = backend.listed
    assert "steps" not in client.get("/state").json()["welcome"]
    assert backend.listed == before


def test_health(client: TestClient, backend: FakeBackend) -> None:
    ready = backend.parts
    assert client.get("/health").json() == {"status": "ok", "reasons": []}
    backend.parts = [
        Part("index"),
        Part("embedder", "loading"),
        Part("model", "missing", "Run `assistant setup`."),
    ]
    try:
        reply = client.get("/health")
        assert reply.status_code == 200
        assert reply.json() == {
            "status": "degraded",
            "reasons": ["embedder: loading", "model: missing (Run `assistant setup`.)"],
        }
        status = client.get("/state", headers={"Accept-Language": "fr"}).json()
        assert not status["settled"]
        assert "Modèle de langage\u00a0: absent" in status["status"]
        assert "Lancez <code>assistant doctor</code>" in status["status"]
    finally:
        backend.parts = ready


def test_a_slower_search_is_said_in_the_page_s_language(tmp_path: Path) -> None:
    backend = FakeBackend(tmp_path)
    backend.parts = [
        Part("index", detail="Chroma is missing."),
        Part("embedder"),
        Part("model", detail="m:1"),
    ]
    with TestClient(create_app(backend), base_url="http://127.0.0.1:7860") as client:
        for language, words in (("fr", "Recherche plus lente"), ("en", "Searching is slower")):
            status = client.get("/state", headers={"Accept-Language": language}).json()
            assert status["ready"]
            assert words in status["status"]
            assert "m:1" in status["status"]
        assert client.get("/health").json()["status"] == "degraded"
        backend.parts[0] = Part("index")
        assert "lente" not in client.get("/state", headers={"Accept-Language": "fr"}).json()["status"]


def test_every_reply_carries_the_headers(client: TestClient) -> None:
    for path in ("/", "/health", "/nowhere", "/reader?article=none", "/feedback"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "connect-src 'self'" in policy
        assert "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_reader(client: TestClient) -> None:
    reply = client.get(
        "/reader", params={"article": BUDGET.article, "start": BUDGET.start, "end": BUDGET.end}
    )
    assert reply.status_code == 200
    assert '<mark class="cited">' in reply.text
    missing = client.get("/reader", params={"article": "../<b>etc"})
    assert missing.status_code == 404
    assert "This article is not in the collection" in missing.text
    assert "<b>" not in missing.text
    for others in ("1", "1-", "a-b", "1-2," * 2000, "1-2;3-4"):
        reply = client.get("/reader", params={"article": BUDGET.article, "others": others})
        assert reply.status_code == 422


def test_the_text_of_an_article_and_no_file(client: TestClient, tmp_path: Path) -> None:
    reply = client.get("/text", params={"article": BUDGET.article})
    assert reply.text == ARTICLES[BUDGET.article].text
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert reply.headers["x-content-type-options"] == "nosniff"
    (tmp_path / "secret.md").write_text("secret")
    for name in (str(tmp_path / "secret.md"), "../secret.md", "/etc/passwd", "file:///etc/passwd", ""):
        assert client.get("/text", params={"article": name}).status_code == 404


def test_feedback_is_kept(client: TestClient, backend: FakeBackend) -> None:
    conversation = backend.conversations.start()
    kept = backend.conversations.keep(conversation, backend._answer("q", backend.found, backend.script))
    client.post("/feedback", json={"answer": kept, "thumb": "down", "correction": "12 %"})
    (exchange,) = backend.conversations.load(conversation)
    assert (exchange.thumb, exchange.correction) == ("down", "12 %")
    assert client.post("/feedback", json={"answer": kept, "thumb": "sideways"}).status_code == 422
    assert kept not in client.get("/conversations").text
    assert conversation in client.get("/conversations").text


def test_conversations_that_cannot_be_read_are_said(
    client: TestClient, backend: FakeBackend, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    kept, backend.conversations = backend.conversations, Conversations(tmp_path / "file" / "conversations.db")
    try:
        reply = client.get("/conversations")
        assert reply.status_code == 503
        assert "cannot be kept" in reply.text
        assert (
            "ne peuvent pas être enregistrées"
            in client.get("/conversations", headers={"Accept-Language": "fr"}).text
        )
        assert client.post("/feedback", json={"answer": "x", "thumb": "up"}).status_code == 503
    finally:
        backend.conversations = kept


def test_a_bug_is_answered_with_the_headers(tmp_path: Path) -> None:
    backend = FakeBackend(tmp_path)
    backend.state = lambda: 1 / 0  # type: ignore[assignment,method-assign,return-value]
    with TestClient(
        create_app(backend), base_url="http://127.0.0.1", raise_server_exceptions=False
    ) as client:
        reply = client.get("/health")
    assert reply.status_code == 500
    assert reply.headers["content-security-policy"]


def test_examples_in_the_browsers_language(client: TestClient) -> None:
    assert "Quel est le budget" in client.get("/state", headers={"Accept-Language": "fr"}).json()["welcome"]
    assert "What is the library" in client.get("/state", headers={"Accept-Language": "en"}).json()["welcome"]


def test_gradio_offers_nothing_more(client: TestClient) -> None:
    page = client.get("/").text
    config, _ = json.JSONDecoder().raw_decode(
        page, page.index("window.gradio_config = ") + len("window.gradio_config = ")
    )
    assert not config.get("run_history")
    assert config["footer_links"] == []
    assert {d["api_visibility"] for d in config["dependencies"]} == {"private"}


def test_the_backend_begins_to_load_once_the_page_answers(client: TestClient, backend: FakeBackend) -> None:
    client.get("/health")
    import time

    until = time.monotonic() + 5
    while not backend.started and time.monotonic() < until:
        time.sleep(0.05)
    assert backend.started


def test_gradio_starts_without_writing_stubs() -> None:
    program = (
        "import sys\nfrom assistant.web import gradio_stubs\nopened = []\n"
        "sys.addaudithook(lambda event, given: opened.append(given[0]) if event == 'open' else None)\n"
        "gradio_stubs.write_none()\nimport gradio\nassert gradio.Textbox().submit\n"
        "print([path for path in opened if str(path).endswith('.pyi')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
