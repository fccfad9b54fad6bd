"""axe-core finds nothing to say of any view, at any width and in both colour schemes; looks and print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
RUN = """(only) => axe.run(document, {resultTypes: ['violations'], ...(only.length ? {runOnly: {type: 'rule', values: only}} : {})}).then(
  found => found.violations.map(one => one.id + ': ' + one.nodes.map(node => node.target.join(' ')).join(', ')))"""
WIDTHS = (390, 820, 1000, 1440)
OF_COLOURS = ("color-contrast", "link-in-text-block")
OUT_OF_REACH = """() => {
  const controls = "button, summary, a[href], input, select, textarea, [role=tab]", opened = ".form, .menu, .drawer, #models";
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length && !e.disabled && !e.closest("[inert], [aria-hidden=true], .visually-hidden");
  const out = [];
  for (const control of [...document.querySelectorAll(controls)].filter(seen)) {
    control.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = control.getClientRects()[0], x = box.left + box.width / 2, y = box.top + box.height / 2;
    const there = document.elementFromPoint(x, y), name = control.id || control.className || control.textContent.trim();
    if (!there) out.push(`${name}: at ${Math.round(x)}, ${Math.round(y)}`);
    else if (!control.contains(there) && !there.contains(control) && !there.closest(`label, ${opened}`))
      out.push(`${name}: under ${there.id || there.className || there.tagName}`);
  }
  return out;
}"""
"""Controls that cannot be scrolled to and pressed; what lies under an opened menu or drawer can, once that is closed."""


def violations(page: Any, view: str, only: Sequence[str] = ()) -> list[str]:
    """What axe-core finds in the page as it is; `only`: by these rules."""
    if not page.evaluate("!!window.axe"):
        page.evaluate(AXE)
    return [f"{view}: {found}" for found in page.evaluate(RUN, list(only))]


def in_both_schemes(page: Any, view: str) -> list[str]:
    """What it finds in dark, and of colours in light."""
    found = []
    for scheme, only in (("dark", ()), ("light", OF_COLOURS)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # colours change at once
        page.locator("body.dark" if scheme == "dark" else "body:not(.dark)").wait_for()
        found += violations(page, f"{view}, {scheme}", only)
    return found


def at_every_width(page: Any, view: str, widths: Sequence[int] = WIDTHS) -> list[str]:
    """What it finds in both schemes, and what cannot be reached, at each width."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        found += in_both_schemes(page, f"{view}, {width} px")
        found += [f"{view}, {width} px: {control}" for control in page.evaluate(OUT_OF_REACH)]
    return found


def test_axe_finds_nothing_and_every_control_is_within_reach(visit: Open) -> None:
    seen = visit()
    page = seen.page
    found = at_every_width(page, "empty")
    seen.ask_to_the_end("budget")
    page.locator("#conversation .aside summary").click()
    page.locator('.thumb[data-thumb="down"]').click()
    page.locator(".take summary").click()
    found += at_every_width(page, "answered")
    page.locator('.answer .citation[data-n="1"]').click()
    page.locator("#reader mark.cited").wait_for()
    found += at_every_width(page, "reader")
    page.keyboard.press("Escape")
    page.locator("#filters summary").click()
    page.locator("#filters form").wait_for()
    page.select_option("#filters [name=language]", "en")
    found += at_every_width(page, "filters")
    page.keyboard.press("Escape")
    page.locator("#past > summary").click()
    page.locator("#past li .more summary").first.click()
    found += at_every_width(page, "conversations")
    page.locator(".close-past").click()
    seen.ask_to_the_end("refuse")
    found += at_every_width(page, "refusal")
    assert found == []


def test_axe_finds_nothing_in_the_other_views(visit: Open) -> None:
    seen = visit()
    page = seen.page
    page.get_by_role("tab", name="Articles").click()
    page.locator(".files li").first.wait_for()
    page.locator(".files .correct-facts").first.click()
    page.locator(".correcting").wait_for()
    seen.backend.indexing.held = SyncProgress("reading", 430, 1000, "a.md", 12, 43.0)
    seen.backend.indexing.want()
    page.evaluate("assistantPage.follow()")
    page.locator("#articles progress").wait_for()
    found = at_every_width(page, "articles")
    seen.backend.indexing.held = None
    seen.backend.indexing.stop()
    page.locator("#articles .ran").wait_for()
    found += at_every_width(page, "articles after a run")
    page.get_by_role("tab", name="Vérifier un texte").click()
    page.fill("#check-text textarea", "Le budget augmente de 12 %. Il augmente de 15 %.")
    page.click("#check")
    page.locator("#checked .sentence").first.wait_for()
    found += at_every_width(page, "check")
    parts = list(seen.backend.parts)
    seen.backend.parts = [
        Part("index", "missing", "none", NoIndex("none")),
        Part("embedder", "waiting"),
        parts[2],
    ]
    try:
        page.reload()
        page.locator("#conversation .steps").wait_for()
        found += at_every_width(page, "first steps")
    finally:
        seen.backend.parts = parts
    assert found == []


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
