from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from answering.scripted import ScriptedModel
from fakes_ollama import FakeOllama
from starlette.testclient import TestClient

from assistant.model.choice import ServerModels
from assistant.web.answers import TurnView, turn_html
from assistant.web.app import create_app
from assistant.web.chat import take

from .fakes import ENGLISH, FRENCH, FakeBackend, Part

GB = 1_000_000_000


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama({"qwen2.5-coder:1.5b": {"size": GB}, "large:70b": {"size": 40 * GB}}) as server:
        yield server


@pytest.fixture
def client(tmp_path: Path, server: FakeOllama) -> Iterator[TestClient]:
    backend = FakeBackend(tmp_path)
    backend.models = ServerModels(server.host, lambda name: ScriptedModel(name), 8 * GB, {"other:4b": 2 * GB})
    with TestClient(create_app(backend), base_url="http://127.0.0.1:7860", client=("127.0.0.1", 1)) as client:
        client.backend = backend  # type: ignore[attr-defined]
        yield client


def test_the_models_are_listed_in_the_page_s_language(client: TestClient) -> None:
    english = client.get("/models", headers={"accept-language": "en"}).text
    assert re.findall(r'name="model" value="([^"]+)"', english) == ["qwen2.5-coder:1.5b", "large:70b"]
    assert "1.0\u00a0GB" in english
    assert english.count("too large for the memory of this machine") == 1
    assert '<option value="other:4b">' in english
    assert "1,0\u00a0Go" in client.get("/models", headers={"accept-language": "fr"}).text


def test_a_server_that_is_away_is_said(client: TestClient) -> None:
    client.backend.models = ServerModels("http://127.0.0.1:9", lambda name: ScriptedModel(name), 8 * GB, {})  # type: ignore[attr-defined]
    told = client.get("/models", headers={"accept-language": "fr"})
    assert told.status_code == 200
    assert "Le serveur Ollama" in told.text


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"action": "download", "model": "<b>"},
        {"action": "download", "model": "../x"},
        {"action": "steal"},
    ],
)
def test_what_is_no_wish_is_refused(client: TestClient, wish: dict[str, str]) -> None:
    assert client.post("/models", json=wish).status_code == 422


def test_what_an_answer_took_stands_behind_its_details(tmp_path: Path) -> None:
    view = TurnView("t", "budget")
    for event in FakeBackend(tmp_path).ask("budget"):
        take(view, event)
    view.answer |= {
        "prompt_tokens": 812,
        "context_length": 4096,
        "completion_tokens": 60,
        "runs_on": "processor",
    }
    view.answer["given"] = {"width": 1, "sought": 2, "passages": 1, "left_out": 1}
    view.answer["timings"]["writing_s"] = 4.0
    details = turn_html(view, ENGLISH).split('class="timings"')[1].split("</details>")[0]
    for words in ("1 of 2 passages", "812 of 4,096 tokens", "15.0 tokens a second", "on the processor"):
        assert words in details
    assert "15,0 jetons par seconde" in turn_html(view, FRENCH)
    view.answer |= {"prompt_tokens": None, "completion_tokens": None, "runs_on": None, "given": None}
    assert "token" not in turn_html(view, ENGLISH)


def test_the_status_offers_the_choice(client: TestClient) -> None:
    client.backend.parts = [Part("index"), Part("embedder"), Part("model", detail="qwen2.5-coder:1.5b")]  # type: ignore[attr-defined]
    assert 'class="plain open-models"' in client.get("/state").json()["status"]
