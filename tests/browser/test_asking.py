"""Asking: at once after an answer, again, in other words, next in the queue, limited to some articles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from assistant.types import Filters

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


def test_the_next_question_goes_out_at_once(visit: Open) -> None:
    """Gradio takes no click until it has closed the event before; ours asks in the moment the answer stands there."""
    seen = visit()
    asked = len(seen.backend.asked)
    seen.page.evaluate(
        """() => { let n = 0; new MutationObserver(() => {
        const done = document.querySelectorAll('.turn[data-state="done"]').length;
        if (done > n && done < 6) { n = done; const box = document.querySelector('#question textarea');
          box.value = 'budget ' + n; box.dispatchEvent(new Event('input', {bubbles: true})); document.querySelector('#send').click(); }
      }).observe(document.querySelector('#conversation'), {subtree: true, childList: true, attributes: true}) }"""
    )
    seen.ask("budget 0")
    seen.page.locator('.turn[data-state="done"]').nth(5).wait_for()
    assert [question for question, _ in seen.backend.asked[asked:]] == [f"budget {n}" for n in range(6)]
    assert seen.complaints == []


def test_a_message_waits_for_the_answer_and_is_asked_then(
    visit: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = visit()
    page = seen.page
    monkeypatch.setattr(seen.backend, "pace", 0.1)
    page.fill("#question textarea", "budget")
    page.keyboard.press("Enter")
    page.locator(".turn .draft").wait_for()
    page.fill("#question textarea", "et ensuite ?")
    assert page.locator("#stop").is_visible()
    assert page.locator("#send").is_visible()
    page.keyboard.press("Enter")
    assert "et ensuite ?" in page.locator("#next").inner_text()
    assert page.input_value("#question textarea") == ""
    page.locator('.turn[data-state="done"]').nth(1).wait_for()
    assert not page.locator("#next").is_visible()
    assert [question for question, _ in seen.backend.asked[-2:]] == ["budget", "et ensuite ?"]


BOX_AND_BUTTONS = """() => ["#question textarea", "#stop", "#send"].map((one) => {
  const box = document.querySelector(one).getBoundingClientRect(); return [box.left, box.right, box.top, box.bottom].map(Math.round) })"""


def test_both_buttons_stand_inside_the_box_while_one_types(visit: Open) -> None:
    seen = visit(reduced_motion="reduce")
    page = seen.page
    seen.ask("forever")
    page.locator("#conversation .draft").wait_for()
    page.fill("#question textarea", "une autre")
    for width in (320, 390, 820, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        box, stop, send = page.evaluate(BOX_AND_BUTTONS)
        assert box[0] >= 0, width
        assert box[1] <= width, width
        assert box[0] < stop[0] < stop[1] <= send[0] < send[1] <= box[1], width
        assert box[2] <= stop[2] == send[2], width
        assert stop[3] == send[3] <= box[3], width
    page.click("#stop")


def test_a_stopped_answer_gives_the_waiting_message_back(visit: Open) -> None:
    seen = visit()
    page = seen.page
    seen.ask("forever")
    page.locator("#conversation .draft").wait_for()
    page.fill("#question textarea", "une autre")
    page.click("#send")
    page.click("#stop")
    page.locator('.turn[data-state="stopped"]').wait_for()
    page.wait_for_timeout(500)
    assert page.input_value("#question textarea") == "une autre"
    assert page.locator(".turn").count() == 1


def test_asking_again_sets_the_first_answer_aside(visit: Open) -> None:
    seen = visit()
    page = seen.page
    seen.ask_to_the_end("premier budget")
    seen.ask_to_the_end("second budget")
    page.locator(".turn .again").last.click()
    page.locator('.turn[data-state="done"]').nth(2).wait_for()
    question, history = seen.backend.asked[-1]
    assert question == "second budget"
    assert [turn.content for turn in history if turn.role == "user"] == ["premier budget"]
    replaced = [turn.get_attribute("data-ui-replaced") for turn in page.locator(".turn").all()]
    assert [bool(words) for words in replaced] == [False, True, False]


def test_a_question_is_asked_again_with_more_passages(visit: Open) -> None:
    seen = visit()
    page = seen.page
    seen.ask_to_the_end("quel budget ?")
    page.get_by_text("Avec plus de passages").click()
    page.locator('.turn[data-state="done"]').nth(1).wait_for()
    assert seen.backend.asked[-1] == ("quel budget ?", ())
    assert seen.backend.widths[-2:] == [1, 2]
    assert page.locator(".turn[data-ui-replaced]").count() == 1
    page.get_by_text("Avec plus de passages").last.click()
    page.locator('.turn[data-state="done"]').nth(2).wait_for()
    assert seen.backend.widths[-1] == 4
    assert page.get_by_text("Avec plus de passages").count() == 2  # no more than that


def test_a_question_is_edited_and_asked_again(visit: Open) -> None:
    seen = visit()
    page = seen.page
    seen.ask_to_the_end("le bugdet")
    seen.ask_to_the_end("la suite du budget")
    page.locator(".turn .edit").first.click()
    assert page.input_value("#question textarea") == "le bugdet"
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    assert "mises de côté" in page.locator("#editing").inner_text()
    page.locator("#editing button").click()
    assert page.input_value("#question textarea") == ""
    page.locator(".turn .edit").first.click()
    seen.ask_to_the_end("le budget")
    assert seen.backend.asked[-1] == ("le budget", ())
    assert not page.locator("#editing").is_visible()
    assert page.locator(".turn[data-ui-replaced]").count() == 2


def test_the_search_is_limited_and_says_so(visit: Open) -> None:
    seen = visit()
    page = seen.page
    page.locator("#filters summary").click()
    form = page.locator("#filters form")
    form.wait_for()
    form.locator("[name=since]").fill("2024-06-01")
    form.locator("[name=since]").dispatch_event("change")
    form.locator("[name=language]").select_option("en")
    form.locator("[name=article]").fill("library-2025.md")
    form.locator("[name=article]").dispatch_event("change")
    form.locator("[name=article]").fill("no-such-article.md")
    form.locator("[name=article]").dispatch_event("change")
    page.keyboard.press("Escape")
    assert not form.is_visible()
    chips = page.locator("#chips .chip")
    assert chips.all_inner_texts() == ["depuis le 1er juin 2024", "anglais", "library-2025.md"]
    seen.ask_to_the_end("budget")
    assert seen.backend.filters[-1] == Filters(
        since=date(2024, 6, 1), language="en", articles=("library-2025.md",)
    )
    assert "depuis le 1er juin 2024 · anglais · library-2025.md" in page.locator(".turn").inner_text()
    chips.first.click()
    assert chips.all_inner_texts() == ["anglais", "library-2025.md"]
    seen.ask_to_the_end("encore le budget")
    assert seen.backend.filters[-1] == Filters(language="en", articles=("library-2025.md",))
    page.locator("#fresh").click()
    page.locator(".turn").first.wait_for(state="detached")
    assert chips.count() == 0
    page.locator("#past summary").click()
    page.locator("#past li button").first.click()
    page.locator('.turn[data-state="done"]').nth(1).wait_for()
    assert chips.all_inner_texts() == ["anglais", "library-2025.md"]


def test_the_room_that_is_left_is_told_before_it_is_used_up(visit: Open) -> None:
    page = visit().page
    page.fill("#question textarea", "a" * 1000)
    assert page.locator("#left").inner_text() == ""
    page.fill("#question textarea", "a" * 1900)
    left = page.locator("#left").inner_text().replace("\u202f", " ").replace("\u00a0", " ")
    assert left == "1 900 caractères sur 2 000"
    page.fill("#question textarea", "a" * 2001)
    assert page.locator("#question-said").is_visible()


def test_a_stopped_answer_is_kept(visit: Open) -> None:
    seen = visit()
    page = seen.page
    seen.ask("forever à garder")
    page.locator("#conversation .draft").wait_for()
    page.click("#stop")
    page.locator('.turn[data-state="stopped"]').wait_for()
    assert seen.backend.closed.wait(3)
    page.locator("#fresh").click()
    page.locator(".turn").wait_for(state="detached")
    page.locator("#past summary").click()
    page.locator("#past li button", has_text="forever à garder").first.click()
    page.locator('.turn[data-state="interrupted"]').wait_for()
    assert "mot mot" in page.locator(".turn .answer").inner_text()
    assert "pas arrivée à son terme" in page.locator(".turn").inner_text()
    assert page.locator(".turn .again").is_visible()


def test_the_place_in_the_queue_is_told_in_words_beside_what_was_found(visit: Open) -> None:
    seen = visit()
    page = seen.page
    seen.ask("budget, avec patience")
    status = page.locator(".turn .status")
    page.get_by_text("2 questions avant la vôtre").wait_for()
    assert page.locator(".turn .evidence").is_visible()
    page.get_by_text("1 question avant la vôtre").wait_for()
    page.locator('.turn[data-state="done"]').wait_for()
    assert status.count() == 0
