"""What the page says and keeps when something breaks."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from web.fakes import FakeBackend, Part

from assistant.errors import ModelUnavailable, NoIndex

from .conftest import Visit, serving

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


def test_a_program_that_is_restarted_in_mid_answer(browser: Any, tmp_path: Path) -> None:
    page = browser.new_page(locale="fr-FR")
    page.set_default_timeout(30_000)
    first = FakeBackend(tmp_path)
    with serving(first) as address:
        page.goto(address)
        page.locator("#status .light").first.wait_for()
        page.fill("#question textarea", "forever")
        page.click("#send")
        page.locator("#conversation .draft").wait_for()
        page.fill("#question textarea", "ce que j’écrivais")
    page.get_by_text("Le programme ne répond plus").wait_for()
    page.locator('.turn[data-state="interrupted"]').wait_for()
    page.set_viewport_size({"width": 390, "height": 500})  # in sight, wherever one reads
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert page.locator("#lost").bounding_box()["y"] >= 0
    page.set_viewport_size({"width": 1280, "height": 720})
    assert page.locator("#past").bounding_box()["y"] < page.locator("#lost").bounding_box()["y"]
    assert not page.locator("#status").is_visible()
    assert not page.locator(".toast-body").is_visible()
    page.click("#send")
    page.get_by_text("restée dans la zone de saisie").wait_for()
    assert page.input_value("#question textarea") == "ce que j’écrivais"
    second = FakeBackend(tmp_path)
    with serving(second, int(address.split(":")[2].strip("/"))):
        page.wait_for_function("document.querySelector('#question textarea')?.value === 'ce que j’écrivais'")
        page.get_by_text("pas arrivée à son terme").wait_for()
        page.locator(".turn .again").first.wait_for()
        page.fill("#question textarea", "budget")
        page.click("#send")
        page.locator('.turn[data-state="done"]').wait_for()
        page.locator(".turn .again").first.click()
        page.locator('.turn[data-state="searching"], .turn[data-state="writing"]').wait_for()
        until = time.monotonic() + 10  # the page draws the turn before the server is asked
        while second.asked[-1][0] != "forever" and time.monotonic() < until:
            page.wait_for_timeout(50)
        assert second.asked[-1][0] == "forever"
        page.close()


def test_a_network_that_goes_and_comes_back(visit: Open) -> None:
    seen = visit()
    page = seen.page
    seen.ask_to_the_end("budget avant la coupure")
    page.context.set_offline(True)
    page.fill("#question textarea", "pendant la coupure")
    page.click("#send")
    page.get_by_text("Le programme ne répond plus").wait_for()
    page.get_by_text("restée dans la zone de saisie").wait_for()
    assert page.input_value("#question textarea") == "pendant la coupure"
    page.context.set_offline(False)
    page.locator("#lost .retry").click()
    page.locator("#lost").wait_for(state="hidden")
    page.locator(".turn .again").first.wait_for()
    page.wait_for_function("document.querySelector('#question textarea')?.value === 'pendant la coupure'")
    seen.ask_to_the_end("pendant la coupure, le budget")
    assert [turn.content for turn in seen.backend.asked[-1][1] if turn.role == "user"] == [
        "budget avant la coupure"
    ]


def test_what_is_missing_is_said_in_the_language_of_the_page_and_tried_again(visit: Open) -> None:
    seen = visit()
    page, ready = seen.page, seen.backend.parts
    missing = NoIndex("No index in 'x'."), ModelUnavailable("No Ollama server answers.")
    seen.backend.parts = [
        Part("index", "missing", str(missing[0]), missing[0]),
        Part("embedder"),
        Part("model", "missing", str(missing[1]), missing[1]),
    ]
    try:
        page.reload()
        page.get_by_text("Aucun article n’est encore indexé").wait_for()
        assert "Le serveur Ollama ne répond pas" in page.locator("#status").inner_text()
        assert "No Ollama" not in page.locator("#status").inner_text()
        seen.backend.retried.clear()
        page.locator("#status .retry").click()
        assert seen.backend.retried.wait(10)
        seen.backend.parts = ready
        page.get_by_text("Prêt").wait_for()
    finally:
        seen.backend.parts = ready


def test_an_error_is_said_in_the_language_of_the_page(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = visit()
    page = seen.page

    def ask(*_: Any, **__: Any) -> Any:
        raise NoIndex("No index in 'vectorstore'. Run `assistant index` first.")

    monkeypatch.setattr(seen.backend, "ask", ask)
    seen.ask("budget")
    page.locator(".turn .error", has_text="Aucun article n’est encore indexé").wait_for()
    page.locator(".technical summary").click()
    assert "No index in 'vectorstore'" in page.locator(".technical").inner_text()
    monkeypatch.undo()
    page.locator(".turn .again").first.click()
    page.locator('.turn[data-state="done"]').wait_for()
