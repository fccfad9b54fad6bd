"""Conversations on the page: their address, the list, and what can be done to them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from web.fakes import ARTICLES, BUDGET, FakeBackend

from assistant.types import Finished

from .conftest import Visit, serving

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


def listed(page: Any, words: str = "") -> Any:
    if page.locator("#past[open]").count() == 0:
        page.locator("#past > summary").click()
    page.locator("#past li").first.wait_for()
    return page.locator("#past li", has_text=words)


def test_reload_back_and_a_second_tab_bring_a_conversation_back(visit: Open) -> None:
    seen = visit()
    page = seen.page
    seen.ask_to_the_end("le premier budget")
    first = page.url
    assert "?c=" in first
    page.locator("#fresh").click()
    page.locator(".turn").wait_for(state="detached")
    assert "?c=" not in page.url
    seen.ask_to_the_end("le second budget")
    assert page.url != first
    page.reload()
    page.locator('.turn[data-state="done"]', has_text="le second budget").wait_for()
    assert page.locator("#sources article.source").count() == 3
    page.go_back()
    page.locator(".turn").wait_for(state="detached")
    page.go_back()
    page.locator('.turn[data-state="done"]', has_text="le premier budget").wait_for()
    assert page.url == first
    page.go_forward()
    page.locator(".turn").wait_for(state="detached")
    other = page.context.new_page()
    other.goto(first)
    other.locator('.turn[data-state="done"]', has_text="le premier budget").wait_for()
    other.fill("#question textarea", "et la suite")
    other.click("#send")
    other.locator('.turn[data-state="done"]').nth(1).wait_for()
    assert [turn.content for turn in seen.backend.asked[-1][1] if turn.role == "user"] == [
        "le premier budget"
    ]


def test_a_restarted_program_brings_a_conversation_back(browser: Any, tmp_path: Path) -> None:
    page = browser.new_page(locale="fr-FR")
    with serving(FakeBackend(tmp_path)) as address:
        page.goto(address)
        page.locator("#status .light").first.wait_for()
        page.fill("#question textarea", "le budget")
        page.click("#send")
        page.locator('.turn[data-state="done"]').wait_for()
        query = page.url.split("?")[1]
    with serving(FakeBackend(tmp_path)) as address:
        page.goto(f"{address}?{query}")
        page.locator('.turn[data-state="done"]', has_text="le budget").wait_for()
    page.close()


@pytest.mark.parametrize("query", ["c=" + "0" * 32, "c=../../x", "c=%3Cscript%3E", "c="])
def test_an_address_of_no_conversation(visit: Open, query: str) -> None:
    seen = visit()
    page = seen.page
    page.goto(page.url + "?" + query)
    page.locator("#status .light").first.wait_for()
    if "000" in query:
        page.get_by_text("n’existe pas, ou a été supprimée").wait_for()
        assert "?c=" not in page.url
    seen.ask_to_the_end("budget")
    assert seen.complaints == []


def test_the_list_is_searched_and_conversations_are_renamed(visit: Open) -> None:
    seen = visit()
    page = seen.page
    seen.ask_to_the_end("le budget du zoo")
    item = listed(page, "le budget du zoo")
    assert item.locator("[data-conversation]").get_attribute("aria-current") == "true"
    assert item.locator("time").inner_text()
    page.fill("#past-search", "ZOO BIBLIOTHEQUE")
    page.wait_for_timeout(600)
    assert page.locator("#past li").count() == 1
    item.locator(".more summary").click()
    item.locator(".rename").click()
    page.keyboard.type("Les <b>animaux</b>")
    page.keyboard.press("Enter")
    page.locator("#past .name", has_text="Les <b>animaux</b>").wait_for()
    page.fill("#past-search", "girafe")
    page.get_by_text("Aucune conversation ne contient").wait_for()
    page.keyboard.press("Escape")
    assert not page.locator("#past-search").is_visible()
    assert page.evaluate("document.activeElement.matches('#past > summary')")


def test_a_conversation_is_exported_and_deleted_for_good(visit: Open) -> None:
    seen = visit()
    page = seen.page
    seen.ask_to_the_end("le budget à effacer")
    item = listed(page, "le budget à effacer")
    item.locator(".more summary").click()
    for form, first in (("JSON", '{\n  "conversation"'), ("Markdown", "# le budget à effacer")):
        with page.expect_download() as download:
            item.get_by_text(f"Exporter en {form}").click()
        text = Path(download.value.path()).read_text("utf-8")
        assert text.startswith(first)
        assert "15 %" not in text or json.loads(text)
    seen.refused.clear()  # the two downloads
    item.locator(".delete").click()
    assert page.locator(".turn").count() == 1  # it asks first
    page.get_by_text("Supprimer pour de bon").click()
    page.locator(".turn").wait_for(state="detached")
    item.wait_for(state="detached")
    assert "?c=" not in page.url
    assert not [c for c in seen.backend.conversations.list() if c.title == "le budget à effacer"]


def test_what_was_deleted_in_another_tab_is_said(visit: Open) -> None:
    seen = visit()
    page = seen.page
    seen.ask_to_the_end("budget vu de deux onglets")
    (kept,) = [c for c in seen.backend.conversations.list() if c.title == "budget vu de deux onglets"]
    listed(page)
    seen.backend.conversations.delete(kept.id)
    page.locator("#past li", has_text="budget vu de deux onglets").locator(".title").click()
    page.get_by_text("n’existe pas, ou a été supprimée").wait_for()
    seen.ask_to_the_end("une autre question de budget")


def test_a_source_that_has_changed_since_is_said(visit: Open) -> None:
    seen = visit()
    page = seen.page
    digest = seen.backend.articles_by_name[BUDGET.article].text_digest
    found = seen.backend.found
    rework = seen.backend.rework
    from dataclasses import replace

    seen.backend.rework = lambda answer: replace(
        answer, citations=tuple(replace(citation, digest=digest) for citation in answer.citations)
    )
    try:
        seen.ask_to_the_end("budget daté")
        old = seen.backend.articles_by_name[BUDGET.article]
        seen.backend.articles_by_name[BUDGET.article] = replace(old, text="Autre texte. " + old.text)
        page.reload()
        page.locator("#sources .since").first.wait_for()
        assert "a changé depuis" in page.locator("#sources .since").first.inner_text()
        page.locator('.answer .citation[data-n="1"]').click()
        page.get_by_text("ne sont peut-être plus à la même place").wait_for()
        assert page.locator("#reader mark.cited").count() == 0
    finally:
        seen.backend.articles_by_name = dict(ARTICLES)
        seen.backend.found, seen.backend.rework = found, rework


def test_a_long_conversation_is_restored_from_its_end_and_shown_further_back(visit: Open) -> None:
    seen = visit()
    page, conversations = seen.page, seen.backend.conversations
    answer = next(event.answer for event in seen.backend.ask("budget") if isinstance(event, Finished))
    conversation = conversations.start()
    for number in range(300):
        conversations.keep(conversation, replace(answer, question=f"question {number}"))
    begun = time.monotonic()
    page.goto(f"{page.url.split('?')[0]}?c={conversation}")
    page.get_by_text("question 299", exact=True).wait_for()
    assert time.monotonic() - begun < 10  # 3 s on a machine that does nothing else
    turns = page.locator("#conversation .turn")
    assert turns.count() == 20
    earlier = page.locator("button.earlier")
    assert earlier.inner_text() == "Afficher les échanges précédents (280)"
    earlier.scroll_into_view_if_needed()
    before = turns.first.bounding_box()
    earlier.click()
    turns.nth(59).wait_for()
    assert turns.first.locator(".asked .words").inner_text() == "question 240"
    was_first = page.locator('[data-turn="turn-281"]')
    assert was_first.bounding_box()["y"] == pytest.approx(before["y"], abs=3)
    assert earlier.inner_text() == "Afficher les échanges précédents (240)"
    # an old turn is asked again, and what follows it is set aside
    page.locator(".turn", has_text="question 241").locator(".again").first.click()
    page.locator('.turn[data-state="done"]').nth(60).wait_for()
    question, history = seen.backend.asked[-1]
    assert question == "question 241"
    assert [turn.content for turn in history if turn.role == "user"][-1] == "question 240"
    assert seen.complaints == []
