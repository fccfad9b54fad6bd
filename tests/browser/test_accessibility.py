"""axe-core finds nothing to say of any view, at any width and in both colour schemes; looks and print."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
from web.fakes import Part

from assistant.errors import NoIndex
from assistant.store.report import SyncProgress

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
RUN = """() => axe.run(document, {resultTypes: ['violations']}).then(found => found.violations.map(
  one => one.id + ': ' + one.nodes.map(node => node.target.join(' ')).join(', ')))"""


def violations(page: Any, view: str) -> list[str]:
    """What axe-core finds in the page as it is."""
    page.wait_for_timeout(400)  # what moves has come to rest
    if not page.evaluate("!!window.axe"):
        page.evaluate(AXE)
    return [f"{view}: {found}" for found in page.evaluate(RUN)]


def in_both_schemes(page: Any, view: str) -> list[str]:
    """What it finds in dark and in light."""
    found = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # colours change at once
        page.locator("body.dark" if scheme == "dark" else "body:not(.dark)").wait_for()
        found += violations(page, f"{view}, {scheme}")
    return found


@pytest.mark.parametrize("width", [390, 820, 1000, 1440])
def test_axe_finds_nothing(visit: Open, width: int) -> None:
    seen = visit(width=width)
    page = seen.page
    found = in_both_schemes(page, "empty")
    seen.ask_to_the_end("budget")
    page.locator("#conversation .aside summary").click()
    page.locator('.thumb[data-thumb="down"]').click()
    page.locator(".take summary").click()
    found += in_both_schemes(page, "answered")
    page.locator('.answer .citation[data-n="1"]').click()
    page.locator("#reader mark.cited").wait_for()
    found += in_both_schemes(page, "reader")
    page.keyboard.press("Escape")
    page.locator("#filters summary").click()
    page.locator("#filters form").wait_for()
    page.select_option("#filters [name=language]", "en")
    found += in_both_schemes(page, "filters")
    page.keyboard.press("Escape")
    page.locator("#past > summary").click()
    page.locator("#past li .more summary").first.click()
    found += in_both_schemes(page, "conversations")
    page.locator(".close-past").click()
    seen.ask_to_the_end("refuse")
    found += in_both_schemes(page, "refusal")
    page.get_by_role("tab", name="Articles").click()
    page.locator(".files li").first.wait_for()
    page.locator(".files .correct-facts").first.click()
    page.locator(".correcting").wait_for()
    seen.backend.indexing.held = SyncProgress("reading", 430, 1000, "a.md", 12, 43.0)
    seen.backend.indexing.want()
    page.evaluate("assistantPage.follow()")
    page.locator("#articles progress").wait_for()
    found += in_both_schemes(page, "articles")
    seen.backend.indexing.held = None
    seen.backend.indexing.stop()
    page.locator("#articles .ran").wait_for()
    found += in_both_schemes(page, "articles after a run")
    page.get_by_role("tab", name="Vérifier un texte").click()
    page.fill("#check-text textarea", "Le budget augmente de 12 %. Il augmente de 15 %.")
    page.click("#check")
    page.locator("#checked .sentence").first.wait_for()
    found += in_both_schemes(page, "check")
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_first_steps(visit: Open, scheme: str) -> None:
    seen = visit(width=390, color_scheme=scheme)
    page, parts = seen.page, list(seen.backend.parts)
    seen.backend.parts = [
        Part("index", "missing", "none", NoIndex("none")),
        Part("embedder", "waiting"),
        parts[2],
    ]
    try:
        page.reload()
        page.locator("#conversation .steps").wait_for()
        assert in_both_schemes(page, "first steps") == []
    finally:
        seen.backend.parts = parts


def test_light_dark_and_as_the_machine(visit: Open) -> None:
    seen = visit(color_scheme="dark")
    page, button = seen.page, seen.page.locator("#scheme")
    dark = "document.body.classList.contains('dark')"
    assert page.evaluate(dark)
    assert button.get_attribute("aria-label") == "Apparence\u00a0: comme la machine"
    button.click()
    assert not page.evaluate(dark)
    page.reload()
    page.locator("#scheme[data-scheme=light]").wait_for()
    assert not page.evaluate(dark)
    button.click()
    assert page.evaluate(dark)
    page.emulate_media(color_scheme="light")
    assert page.evaluate(dark)
    button.click()
    assert not page.evaluate(dark)


def test_print_has_each_answer_with_its_sources_on_all_pages(visit: Open) -> None:
    seen = visit()
    page = seen.page
    for n in range(4):
        seen.ask_to_the_end(f"budget {n}")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".printed").count() == 4
    assert (
        "City library budget revised downwards — The Courier" in page.locator(".printed").first.inner_text()
    )
    assert not page.locator("#composer").is_visible()
    assert not page.locator(".turn .aside").first.is_visible()
    assert page.locator(".turn").last.evaluate("e => e.getBoundingClientRect().top + scrollY") > 900
    assert page.evaluate("document.documentElement.scrollHeight") > 1500
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".printed").count() == 0
