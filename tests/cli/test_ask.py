"""show, search and ask: what goes to standard output, what to standard error, and what happens when a part fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Command
from fakes_ollama import FakeOllama

from assistant.cli import ask
from assistant.types import Event, Reviewed, Sentence, Token

TESTS = Path(__file__).resolve().parents[1]
QUESTION = "Quel budget l'Assemblée a-t-elle voté ?"
SAID = "L'Assemblée a voté un budget de 1 234,5 millions d'euros [1]."
DYING: list[dict[str, Any] | bytes] = [
    {"message": {"content": SAID}},
    {"message": {"content": " Les dé"}},
    {"error": "out of memory"},
]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, command: Command) -> Iterator[FakeOllama]:
    with FakeOllama() as server:
        monkeypatch.setenv("OLLAMA_HOST", server.host)
        yield server


def test_a_mark_that_no_longer_counts_is_said_in_the_end() -> None:
    words = "Twelve horses crossed the river."
    written = Sentence(words, 0, len(words), 0, "partial")
    late: list[str] = []
    events: list[Event] = [written, Reviewed(replace(written, verdict="supported")), Reviewed(written)]
    assert len([*ask._printed(iter(events), quiet=False, late=late)]) == 3
    assert late == [f"Confirmed after a second look, so its [?] no longer counts: {words}"]


# --------------------------------------------------------------------------- show and search


def test_show_names_each_fact_with_its_origin(command: Command) -> None:
    done = command("show", "budget.md")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("budget.md\n  title      Le budget de la ville  (front matter)\n")
    assert "  published  2025-03-18  (front matter" in done.out
    assert "L'Assemblée a voté le budget" in done.out
    undated = command("show", "tides.txt").out
    assert "  published  -\n" in undated


def test_search_prints_what_can_be_shown_again(command: Command) -> None:
    done = command("search", "wild horses", "--top-k", 1)
    assert (done.code, done.err) == (0, "")
    head, words = done.out.strip().split("\n")
    assert head.startswith("1. Horses in the field · 2024-06-02 · horses.md:")
    start, _, end = head.rpartition(":")[2].partition("-")
    text = command("show", "horses.md", "--text").out
    assert words.strip() == " ".join(text[int(start) : int(end)].split())
    assert "· undated ·" in command("search", "spring tides").out


# --------------------------------------------------------------------------- ask


def test_that_the_model_is_silent_is_said_below_what_was_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ask, "SILENCE", -1.0)
    title = Sentence("“Horses” (2 June 2024):", 0, 23, 23, "no_claim")
    cases: list[list[Event]] = [[Token("")], [title, Token("")]]
    for events in cases:
        assert list(ask._printed(iter(events), quiet=False, late=[])) == events
    notice = "assistant: The language model is silent; it may still be reading. Ctrl-C ends it.\n"
    assert capsys.readouterr().err == f"{notice}\n{notice}"


def test_the_answer_and_its_sources_are_kept_apart(command: Command, server: FakeOllama) -> None:
    server.play("m:1", [{"message": {"content": SAID}}])
    done = command("ask", QUESTION, "--model", "m:1")
    assert (done.code, done.out.splitlines()[0]) == (0, SAID)
    assert "[1] Le budget de la ville · 2025-03-18 · budget.md:" in done.err
    assert "« L'Assemblée a voté le budget de 1 234,5 millions d'euros. »" in done.err


@pytest.mark.parametrize(
    "stream", [[{"message": {"content": ""}}], [{"message": {"thinking": "Hm"}}], DYING, [{"error": "no"}]]
)
def test_a_required_model_that_says_nothing_or_dies_is_4(
    command: Command, server: FakeOllama, stream: list[dict[str, Any] | bytes]
) -> None:
    server.play("m:1", stream)
    assert command("ask", QUESTION, "--model", "m:1").code == 0
    assert command("ask", QUESTION, "--model", "m:1", "--require-model").code == 4


def test_what_no_source_says_is_listed_after_the_answer(command: Command, server: FakeOllama) -> None:
    server.play("m:1", [{"message": {"content": f"{SAID} Le maire promet trente nouvelles écoles [1]."}}])
    done = command("ask", QUESTION, "--model", "m:1")
    assert done.code == 0
    assert "trente" in done.err
    assert ("1 sentence set aside:" in done.err) == ("trente" not in done.out)
    assert "nearest: « " in done.err


def test_without_a_server_the_answer_is_evidence_with_a_warning(command: Command) -> None:
    done = command("ask", QUESTION)
    assert done.code == 0
    assert "L'Assemblée a voté le budget de 1 234,5 millions d'euros" in done.out
    assert "Aucun modèle de langage n'a répondu" in done.err
    as_json = command("ask", QUESTION, "--json")
    assert (as_json.code, as_json.json["mode"], as_json.json["model"]) == (0, "evidence", None)
    assert as_json.json["warnings"]
    assert as_json.err.count("Aucun modèle de langage n'a répondu") == 1
    assert command("ask", QUESTION, "--json", "--quiet").err == ""
    named = command("ask", QUESTION, "--model", "m:1").err
    assert "Lancez `assistant ollama`, puis reposez la question." in named
    assert "No Ollama server" not in named


def test_a_model_that_the_server_lacks_is_named(command: Command, server: FakeOllama) -> None:
    done = command("ask", QUESTION, "--model", "gone:1")
    assert done.code == 0
    assert "n'a pas le modèle « gone:1 ». Lancez `assistant setup --model gone:1`" in done.err
    assert "has no model" not in done.err
    required = command("ask", QUESTION, "--model", "gone:1", "--require-model")
    assert (required.code, required.out) == (4, "")
    assert "has no model 'gone:1'" in required.err


def test_a_model_killed_in_the_middle_leaves_what_it_said(command: Command, server: FakeOllama) -> None:
    server.play("m:1", DYING)
    done = command("ask", QUESTION, "--model", "m:1", "--require-model")
    assert done.code == 4
    assert done.out.startswith(SAID)
    assert "s'est arrêté au milieu de sa réponse" in done.err
    assert "Le serveur Ollama a dit : « " in done.err
    assert "out of memory" in done.err


def test_a_required_model_that_fails_before_its_first_word(command: Command, server: FakeOllama) -> None:
    server.play("m:1", DYING[2:])
    assert command("ask", QUESTION, "--model", "m:1").code == 0
    done = command("ask", QUESTION, "--model", "m:1", "--require-model", "--json")
    assert done.code == 4
    assert done.json["mode"] == "evidence", "nothing is lost"
    assert "out of memory" in done.err
    assert "is required and did not answer" in done.err


@pytest.mark.parametrize("name", ["ask", "search"])
@pytest.mark.parametrize(("question", "code"), [("", 2), ("  \n", 2), ("\u200b", 1)])
def test_an_empty_question(command: Command, name: str, question: str, code: int) -> None:
    done = command(name, question)
    assert (done.code, done.out) == (code, "")
    assert "is empty" in done.err


def test_a_question_of_20_000_characters(command: Command) -> None:
    done = command("ask", "budget " * 2858)
    assert (done.code, done.out) == (1, "")
    assert "at most 2,000 are read. Shorten it." in done.err


def test_a_search_of_a_pasted_page_says_what_it_reads(command: Command) -> None:
    done = command("search", "budget " * 2858, "--json")
    assert done.code == 0
    assert done.json["hits"]
    assert "Only the first 2,000 characters of the question are searched." in done.err
    assert "characters" not in command("search", "budget " * 200).err


def test_a_question_in_spanish_is_answered_in_spanish(command: Command) -> None:
    done = command("ask", "¿Cuántos caballos salvajes cruzaron el río cerca de la ciudad?", "--json")
    assert done.code == 0
    assert done.json["language"] == "es"
    assert any("ningún modelo" in warning.lower() for warning in done.json["warnings"])


def test_a_question_in_a_language_without_a_pack(command: Command) -> None:
    done = command("ask", "Wie viele wilde Pferde überquerten den Fluss in der Nähe der Stadt?", "--json")
    assert done.code == 0
    assert done.json["language"] == "de"
    assert any("no texts in the language" in warning for warning in done.json["warnings"])


# --------------------------------------------------------------------------- Ctrl-C


def test_ctrl_c_ends_an_answer_with_130_and_stops_the_model(
    tmp_path: Path, sample_store_folder: Path
) -> None:
    with FakeOllama(delay=0.2) as server:
        server.play("m:1", [{"message": {"content": "mot "}}] * 500)
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(TESTS), str(TESTS.parent))),
            "ASSISTANT_PATHS__RUNTIME": str(tmp_path / "runtime"),
            "ASSISTANT_PATHS__STORE": str(sample_store_folder),
            "OLLAMA_HOST": server.host,
        }
        program = [sys.executable, str(TESTS / "store" / "program.py"), "ask", QUESTION, "--model", "m:1"]
        process = subprocess.Popen(
            program, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        until = time.monotonic() + 60
        while not server.asked("/api/chat") and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 130, said
        assert "Traceback" not in said
        assert server.closed_early.wait(10)
