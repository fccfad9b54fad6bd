"""How the page looks: its serif, the length of its lines, what stands beside a view; nothing jumps while it loads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from web.fakes import BUDGET, SCRIPT, Line, Part

from assistant.errors import ModelUnavailable

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


def test_no_line_has_more_than_75_characters(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = visit()
    page = seen.page
    monkeypatch.setattr(seen.backend, "script", (Line(LONG, "supported", (BUDGET,)),))
    seen.ask_to_the_end("refuse le budget")
    seen.ask_to_the_end("Quel est le budget ?")
    for width in (390, 820, 1000, 1440, 2560):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(LONGEST_LINE, ".refusal blockquote p") <= 75
        assert 30 < page.evaluate(LONGEST_LINE, ".answer") <= 75
        assert page.evaluate(LONGEST_LINE, ".source blockquote") <= 75
        page.locator(".answer .citation").first.click()
        page.locator("#reader mark.cited").wait_for()
        assert 30 < page.evaluate(LONGEST_LINE, "#reader .text p") <= 75
        page.keyboard.press("Escape")


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


def test_beside_each_view_stand_its_own_sources(visit: Open) -> None:
    seen = visit()
    page, tabs, cards = (
        seen.page,
        seen.page.locator('#tabs [role="tab"]'),
        seen.page.locator("#sources .cards"),
    )
    tabs.nth(1).click()
    page.fill("#check-text textarea", "Le budget est de 15 %.")
    page.click("#check")
    cards.locator("article.source").first.wait_for()
    tabs.nth(0).click()
    assert cards.inner_text() == "Les passages cités s’afficheront ici."
    tabs.nth(2).click()
    assert cards.inner_text() == "Ouvrez un article pour le lire ici."
    tabs.nth(0).click()
    seen.ask_to_the_end("quel budget ?")
    assert cards.locator("article.source").count() == 3
    tabs.nth(1).click()
    assert cards.locator("article.source").count() == 1
    tabs.nth(0).click()
    assert cards.locator("article.source").count() == 3
    assert seen.complaints == []


def test_a_narrow_screen_has_no_empty_panel_and_the_whole_hint_in_its_box(visit: Open) -> None:
    seen = visit(width=390, height=844)
    page = seen.page
    assert not page.locator("#sources").is_visible()
    hint = page.locator("#question textarea").evaluate(
        """box => { const style = getComputedStyle(box), pen = document.createElement("canvas").getContext("2d");
        pen.font = `italic ${style.fontSize} ${style.fontFamily}`;
        return [pen.measureText(box.placeholder).width, box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight)]; }"""
    )
    assert hint[0] < hint[1]
    seen.ask_to_the_end("quel budget ?")
    assert page.locator("#sources article.source").first.is_visible()


def test_commands_are_set_as_what_is_typed(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = visit()
    parts = [Part("index"), Part("embedder"), Part("model", "missing", "", ModelUnavailable("<b>`none`</b>"))]
    monkeypatch.setattr(seen.backend, "parts", parts)
    seen.page.reload()
    assert seen.page.locator("#status code").inner_text() == "assistant ollama"
    assert "`" not in seen.page.locator("#status").inner_text()


def test_a_full_stop_stays_on_the_line_of_its_citation(visit: Open) -> None:
    seen = visit(width=390, height=844)
    page = seen.page
    seen.ask_to_the_end("quel budget ?")
    assert page.locator(".answer .kept").count() == 3
    same_line = """[...document.querySelectorAll(".answer .kept")].every((kept) => {
      const number = kept.querySelector(".citation").getBoundingClientRect(), stop = kept.lastElementChild.getBoundingClientRect();
      return stop.top < number.bottom && stop.bottom > number.top;
    })"""
    for width in range(320, 460, 7):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(same_line), width


def test_what_the_program_says_of_the_sources_dates_is_no_part_of_the_answer(visit: Open) -> None:
    seen = visit()
    told = Line("Sources de dates différentes :", "no_claim", (BUDGET,), before="\n\n")
    seen.backend.scripts["dates"] = [SCRIPT[0], told]
    try:
        seen.ask_to_the_end("quelles dates ?")
    finally:
        seen.backend.scripts.clear()
    paragraphs = seen.page.locator("#conversation .answer > p")
    assert [one.split("\n")[0][:7] for one in paragraphs.all_inner_texts()] == ["Le budg", "Sources"]
    fonts = [paragraphs.nth(n).evaluate("(one) => getComputedStyle(one).fontFamily") for n in (0, 1)]
    assert "Source Serif 4" in fonts[0]
    assert "Source Serif 4" not in fonts[1]
