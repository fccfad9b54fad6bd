"""From the page to the real language model and back: nothing in between is played."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fakes_ollama import FakeOllama
from real_parts import RUNTIME, KillableServer

from assistant.settings import load
from assistant.store.embedding import SentenceTransformerEmbedder
from assistant.store.sync import Store, sync
from assistant.wiring import make_backend

from .conftest import serving

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.slow]
Page = Callable[[str], Any]
MODEL = json.loads((RUNTIME / "setup.json").read_text("utf-8"))["model"]
QUESTION = "Quel budget le conseil municipal a-t-il voté pour la bibliothèque ?"
TEXT = """---
title: Le budget de la bibliothèque
published: 2025-03-18
language: fr
---
Le conseil municipal a voté mardi un budget de 1,2 million d'euros pour la bibliothèque. Le budget paiera
douze nouveaux ordinateurs, une salle de lecture pour les enfants et l'ouverture le dimanche matin.

La directrice de la bibliothèque, Anne Dupont, a remercié le conseil. Les travaux de la salle de lecture
commenceront en juin et dureront quatre mois. La bibliothèque restera ouverte pendant les travaux.
"""
WATCH = """() => { window.seen = []; new MutationObserver(() => {
  const turn = document.querySelector('#conversation .turn:last-of-type');
  if (turn) window.seen.push([turn.dataset.state, turn.querySelectorAll('.evidence blockquote').length,
    (turn.querySelector('.answer')?.innerText || '').length]);
}).observe(document.querySelector('#conversation'), {childList: true, subtree: true, characterData: true, attributes: true}) }"""
"""Notes, at every change of the page, how far the answer is: state, excerpts, characters."""


@pytest.fixture(scope="module")
def folders(
    tmp_path_factory: pytest.TempPathFactory, real_embedder: SentenceTransformerEmbedder
) -> dict[str, Path]:
    """A corpus, its store made with the real embedder, and a runtime folder that knows what was set up."""
    place = tmp_path_factory.mktemp("real-page")
    (place / "corpus").mkdir()
    (place / "corpus" / "budget.md").write_text(TEXT, "utf-8")
    sync(place / "corpus", place / "store", real_embedder, min_tokens=20, max_tokens=60)
    (place / "runtime").mkdir()
    shutil.copy(RUNTIME / "setup.json", place / "runtime")
    (place / "runtime" / "embedders").symlink_to((RUNTIME / "embedders").resolve())
    return {name: place / name for name in ("corpus", "store", "runtime")}


@pytest.fixture
def page_with(browser: Any, folders: dict[str, Path]) -> Iterator[Page]:
    """A function that opens the page of the whole program with the Ollama server at an address."""
    with ExitStack() as stack:

        def open_page(host: str) -> Any:
            backend = make_backend(load(None, paths=folders, model={"host": host}))
            address = stack.enter_context(serving(backend))
            context = stack.enter_context(browser.new_context(locale="fr-FR"))
            page = context.new_page()
            page.set_default_timeout(120_000)  # a busy machine loads the model for long
            page.goto(address)
            page.locator("#send").wait_for()
            page.evaluate(WATCH)
            return page

        yield open_page


def send(page: Any, question: str) -> Any:
    """Type a question and send it; the turn that answers it."""
    before = page.locator("#conversation .turn").count()
    page.fill("#question textarea", question)
    page.click("#send")
    return page.locator("#conversation .turn").nth(before)


def ask(page: Any, question: str) -> Any:
    """`send`, once the turn shows evidence."""
    turn = send(page, question)
    turn.locator(".evidence blockquote").first.wait_for(state="attached")
    return turn


def is_done(page: Any, turns: int) -> None:
    page.locator('#conversation .turn[data-state="done"]').nth(turns - 1).wait_for()


def test_from_a_question_to_the_marked_words(
    page_with: Page, ollama_host: str, folders: dict[str, Path]
) -> None:
    page = page_with(ollama_host)
    turn = ask(page, QUESTION)
    assert "1,2 million d'euros" in turn.locator(".evidence").inner_text()
    is_done(page, 1)
    answer = turn.locator(".answer.model")
    assert "1,2 million" in answer.inner_text()
    seen = [tuple(step) for step in page.evaluate("window.seen")]
    lengths = {length for state, excerpts, length in seen if state == "writing" and excerpts and length}
    assert len(lengths) > 3, f"the answer did not come little by little: {seen}"
    first = next(i for i, (_, _, length) in enumerate(seen) if length)
    assert any(excerpts for _, excerpts, _ in seen[:first]), "the excerpts come before the answer"

    answer.locator('.citation[data-n="1"]').first.click()
    marked = page.locator("#reader mark.cited")
    marked.first.wait_for()
    with Store.open(folders["store"]) as store:
        text = store.article("budget.md").text
    assert marked.first.inner_text() in text
    assert "1,2 million d'euros" in marked.first.inner_text()


def test_the_server_is_killed_in_the_middle_of_an_answer(
    page_with: Page, killable_server: KillableServer
) -> None:
    page = page_with(killable_server.host)
    turn = ask(page, "Que paiera le budget de la bibliothèque, et que dit la directrice des travaux ?")
    page.wait_for_function("window.seen.some(([state, , length]) => state === 'writing' && length > 10)")
    killable_server.kill()
    is_done(page, 1)
    assert "Le modèle s’est arrêté" in turn.locator(".notices").inner_text().replace("'", "’")
    assert "Lancez assistant ollama" in turn.locator(".notices").inner_text()
    assert turn.locator(".evidence blockquote").count() > 0
    assert turn.locator(".answer .sentence").count() > 0, "what was written stays, proved or marked"

    without = send(page, QUESTION)
    is_done(page, 2)
    assert "Aucun modèle de langage" in without.locator(".notices").inner_text()
    assert "1,2 million" in without.locator(".answer.evidence").inner_text()

    killable_server.start()
    again = ask(page, QUESTION)
    is_done(page, 3)
    assert "1,2 million" in again.locator(".answer.model").inner_text()
    assert again.locator(".notices").count() == 0


ODD = {
    "a page": b"<html><body>It works!</body></html>",
    "empty": b"",
    "a list": b"[]",
    "nested": b"[" * 100_000,
    "other types": b'{"message": [], "model_info": [], "models": {}, "capabilities": 7}',
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_a_server_that_speaks_otherwise(page_with: Page, body: bytes) -> None:
    """The page opens, says what is the case, answers with evidence, and with the model once that is itself again."""
    with FakeOllama() as server:
        server.play(MODEL, [{"message": {"content": "Le conseil municipal a voté 1,2 million d'euros [1]."}}])
        for path in ("/api/show", "/api/tags", "/api/chat"):
            server.answer(path, body)
        page = page_with(server.host)
        turn = send(page, QUESTION)
        is_done(page, 1)
        assert "1,2 million" in turn.locator(".answer.evidence").inner_text()
        said = turn.locator(".notices").inner_text()
        assert "Ollama" in said
        assert "Traceback" not in said
        server.odd.clear()
        again = send(page, QUESTION)
        is_done(page, 2)
        assert "1,2 million" in again.locator(".answer.model").inner_text()
        assert "Ollama" not in "".join(again.locator(".notices").all_inner_texts())


def test_a_silent_server_is_waited_for_in_words(page_with: Page) -> None:
    with FakeOllama(delay=6.0) as server:
        server.play(MODEL, [{"message": {"content": "Le conseil "}}] * 4)
        page = page_with(server.host)
        turn = send(page, QUESTION)
        turn.locator(".status", has_text="Le modèle lit les passages").wait_for()
        turn.locator(".status", has_text=re.compile(r"\d s")).wait_for()
        page.click("#stop")
        page.locator('#conversation .turn[data-state="stopped"]').wait_for()
        assert server.closed_early.wait(30)


def test_the_page_answers_while_another_process_indexes(page_with: Page, folders: dict[str, Path]) -> None:
    """Every question during the run is answered; after it what is new is found and what is gone is not."""
    corpus = folders["corpus"]
    gone = corpus / "marche.md"
    gone.write_text("# Le marché\n\nLe marché de Quimper se tient le samedi matin sur la place.\n", "utf-8")
    index(folders)
    page = page_with("127.0.0.1:9")
    assert "samedi matin" in answered(page, "Quand se tient le marché de Quimper ?")

    gone.unlink()
    for number in range(40):
        text = f"# Quartier {number}\n\nLe quartier {number} compte {200 + number} arbres, que la ville arrose chaque été.\n"
        (corpus / f"quartier-{number}.md").write_text(text, "utf-8")
    during = 0
    with index_started(folders) as process:
        while process.poll() is None:
            assert "1,2 million" in answered(page, QUESTION)
            during += 1
    assert process.returncode == 0
    assert during >= 2, "the run was over too soon to tell anything"

    ended = time.monotonic()
    while "237 arbres" not in answered(page, "Combien d'arbres compte le quartier 37 ?"):
        assert time.monotonic() - ended < 5
    assert "samedi matin" not in answered(page, "Quand se tient le marché de Quimper ?")


def answered(page: Any, question: str) -> str:
    """The verbatim answer to a question, with what else the page says to it."""
    turns = page.locator("#conversation .turn").count()
    page.fill("#question textarea", question)
    page.click("#send")
    is_done(page, turns + 1)
    page.wait_for_timeout(2000)  # Gradio takes no click until the event of the question before is closed
    return str(page.locator("#conversation .turn").last.inner_text())


def index_started(folders: dict[str, Path]) -> subprocess.Popen[bytes]:
    environment = {f"ASSISTANT_PATHS__{name.upper()}": str(folder) for name, folder in folders.items()}
    environment |= {"ASSISTANT_SPLITTER__MIN_TOKENS": "20", "ASSISTANT_SPLITTER__MAX_TOKENS": "60"}
    return subprocess.Popen(
        [sys.executable, "-m", "assistant", "index", "--quiet"], env={**os.environ, **environment}
    )


def index(folders: dict[str, Path]) -> None:
    with index_started(folders) as process:
        assert process.wait() == 0
