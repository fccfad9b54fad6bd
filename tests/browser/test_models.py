"""The model is chosen, and another one is downloaded, in a dialog behind the details."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from answering.scripted import ScriptedModel
from fakes_ollama import FakeOllama

from assistant.model.choice import ServerModels

from .conftest import Served, Visit
from .test_accessibility import at_every_width

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
GB = 1_000_000_000


@pytest.fixture
def server(served: Served, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOllama]:
    with FakeOllama({"qwen2.5-coder:1.5b": {"size": GB}, "other:4b": {"size": 3 * GB}}) as server:
        models = ServerModels(server.host, lambda name: ScriptedModel(name), 8 * GB, {"new:1b": GB})
        monkeypatch.setattr(served.backend, "models", models)
        yield server


def test_another_model_answers_from_now_on(visit: Open, server: FakeOllama) -> None:
    seen = visit()
    page = seen.page
    seen.ask_to_the_end("quel budget ?")
    page.locator(".timings summary").click()
    assert "2 passages donnés sur 2" in page.locator(".timings").inner_text()
    page.locator(".timings .open-models").click()
    dialog = page.locator("#models[open]")
    dialog.get_by_text("qwen2.5-coder:1.5b").wait_for()
    assert dialog.locator("input:checked").get_attribute("value") == "qwen2.5-coder:1.5b"
    dialog.get_by_text("other:4b").click()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert page.locator("#status .model").inner_text() == "other:4b"
    seen.ask_to_the_end("et maintenant ?")
    assert seen.backend.models_asked[-2:] == ["", "other:4b"]
    assert seen.complaints == []


def test_the_choice_outlives_the_tab_until_the_model_is_gone(visit: Open, server: FakeOllama) -> None:
    seen = visit()
    page = seen.page
    page.locator("#status .open-models").click()
    page.locator("#models[open]").get_by_text("other:4b").click()
    page.keyboard.press("Escape")
    for again in (page, page.context.new_page()):
        again.goto(page.url)
        again.wait_for_function("document.querySelector('#status .model')?.textContent === 'other:4b'")
        assert again.locator("#question-said").count() == 0
    again.close()
    server.models.pop("other:4b")
    page.reload()
    page.locator("#question-said").wait_for()
    assert "other:4b n’est plus installé" in page.locator("#question-said").inner_text()
    assert page.locator("#status .model").inner_text() == "qwen2.5-coder:1.5b"
    seen.ask_to_the_end("et maintenant ?")
    assert seen.backend.models_asked[-1] == ""
    page.reload()
    page.locator("#status .model").wait_for()
    assert page.evaluate("localStorage.getItem('model')") is None
    assert seen.complaints == []


def test_a_download_shows_its_progress_and_is_cancelled(visit: Open, server: FakeOllama) -> None:
    server.delay = 0.1
    part = {"status": "pulling", "digest": "sha256:a", "total": 2 * GB, "completed": GB}
    server.pulls["new:1b"] = [part] * 600
    seen = visit(width=390, height=844)
    page = seen.page
    page.locator("#status .open-models").click()
    page.fill("#model-name", "new:1b")
    page.locator("#models .fetch button").click()
    page.locator("#models progress").wait_for()
    page.get_by_text("1,0\u00a0Go / 2,0\u00a0Go").wait_for()
    page.locator("#models .cancel-download").click()
    page.locator("#model-name").wait_for()
    assert server.closed_early.wait(3)


def test_a_library_that_is_out_of_reach_is_said(visit: Open, server: FakeOllama) -> None:
    server.pulls["new:1b"] = [
        {"error": "pull model manifest: dial tcp: lookup registry.ollama.ai: no such host"}
    ]
    page = visit().page
    page.locator("#status .open-models").click()
    page.fill("#model-name", "new:1b")
    page.keyboard.press("Enter")
    failed = page.locator("#models .error")
    failed.wait_for()
    assert "hors d’atteinte" in failed.inner_text()
    page.locator("#models .technical summary").click()
    assert "no such host" in page.locator("#models .technical").inner_text()  # the server's own words


def test_axe_finds_nothing_in_the_dialog(visit: Open, server: FakeOllama) -> None:
    server.running = [{"model": "other:4b", "size": 10, "size_vram": 4}]
    page = visit().page
    page.locator("#status .open-models").click()
    page.locator("#models .choice").wait_for()
    assert "sur la carte graphique et le processeur" in page.locator("#models").inner_text()
    assert at_every_width(page, "models") == []
    page.set_viewport_size({"width": 390, "height": 800})
    for control in page.locator("#models :is(button, input, .choice label):visible").all():
        control.scroll_into_view_if_needed()
        assert control.bounding_box()["height"] >= (13 if control.get_attribute("type") == "radio" else 24)
