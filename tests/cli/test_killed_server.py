"""`ask` while the real Ollama server dies."""

from __future__ import annotations

import threading
import time

import pytest
from conftest import Command
from real_parts import RUNTIME, KillableServer

from assistant.setup import chosen_model

pytestmark = [pytest.mark.models, pytest.mark.slow]
QUESTION = "Quel budget l'Assemblée a-t-elle voté ?"


def kill_at_the_question(server: KillableServer) -> None:
    until = time.monotonic() + 30
    while not server.runs_a_model() and time.monotonic() < until:
        time.sleep(0.01)
    server.kill()


def test_evidence_stays_and_the_next_question_is_answered(
    command: Command, killable_server: KillableServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", killable_server.host)
    name = chosen_model(RUNTIME)
    killer = threading.Thread(target=kill_at_the_question, args=(killable_server,))
    killer.start()
    died = command("ask", QUESTION, "--model", name, "--require-model", "--json")
    killer.join()
    assert died.code == 4, died.err
    assert (died.json["mode"], died.json["abstained"]) == ("evidence", False)
    assert "1 234,5 millions" in died.json["answer"]
    assert died.json["evidence"]
    assert "Aucun modèle de langage n'a répondu" in died.err
    assert command("ask", QUESTION, "--model", name).code == 0, (
        "without --require-model evidence is an answer"
    )

    killable_server.start()
    answered = command("ask", QUESTION, "--model", name, "--require-model", "--json")
    assert answered.code == 0, answered.err
    assert answered.json["mode"] == "model"
    assert "1 234,5" in answered.json["answer"]
    assert answered.json["citations"]
