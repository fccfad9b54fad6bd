"""The serif of the page, the length of its lines, and that nothing jumps while it loads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from web.fakes import BUDGET, Line

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
LONG = (
    "Le budget de la bibliothèque municipale, que le conseil a adopté lundi soir après un long débat, s'élève à 1,2 "
    "million d'euros, soit 12 % de plus qu'en 2023, et les travaux, que la directrice appelle « un effort sans "
    "précédent », commenceront en juin, dit-on."
)
LONGEST_LINE = """(selector) => {
  const lines = {};
  for (const box of document.querySelectorAll(selector)) {
    const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode;
      if (text.parentElement.closest('.note, .citation, .sr')) continue;
      for (let i = 0; i < text.length; i++) {
        const range = document.createRange();
        range.setStart(text, i);
        range.setEnd(text, i + 1);
        const place = range.getBoundingClientRect();
        if (place.width) lines[Math.round(place.bottom / 8)] = (lines[Math.round(place.bottom / 8)] || 0) + 1;
      }
    }
  }
  return Math.max(0, ...Object.values(lines));
}"""
SHIFTS = """window.shifted = 0;
new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value; })
  .observe({ type: 'layout-shift', buffered: true });"""


@pytest.mark.parametrize("width", [390, 820, 1000, 1440, 2560])
def test_no_line_has_more_than_75_characters(
    visit: Open, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    seen = visit(width=width)
    page = seen.page
    monkeypatch.setattr(seen.backend, "script", (Line(LONG, "supported", (BUDGET,)),))
    seen.ask_to_the_end("Quel est le budget ?")
    assert 30 < page.evaluate(LONGEST_LINE, ".answer") <= 75
    assert page.evaluate(LONGEST_LINE, ".source blockquote") <= 75
    page.locator(".answer .citation").first.click()
    page.locator("#reader mark.cited").wait_for()
    assert 30 < page.evaluate(LONGEST_LINE, "#reader .text p") <= 75
    page.keyboard.press("Escape")
    seen.ask_to_the_end("refuse le budget")
    assert page.evaluate(LONGEST_LINE, ".refusal blockquote p") <= 75


def test_the_serif_is_the_page_s_own(visit: Open) -> None:
    seen = visit()
    loaded = "[...document.fonts].filter((font) => font.status === 'loaded').map((font) => font.family)"
    seen.page.wait_for_function(f"{loaded}.length > 0")
    assert set(seen.page.evaluate(loaded)) <= {"Source Serif 4", '"Source Serif 4"'}
    fonts = [address for address in seen.requests if address.endswith(".woff2")]
    assert fonts
    assert all("/fonts/source-serif-4" in address for address in fonts)
    assert seen.refused == []


@pytest.mark.parametrize(("width", "most"), [(1440, 0.02), (390, 0.1)])
def test_nothing_jumps_while_the_page_loads(visit: Open, width: int, most: float) -> None:
    page = visit(width=width).page
    page.add_init_script(SHIFTS)
    page.reload()
    page.locator("#status .light").first.wait_for()
    page.wait_for_timeout(1000)
    assert page.evaluate("window.shifted") <= most
