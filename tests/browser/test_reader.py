"""Reading an article on the page, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from web.fakes import ARTICLES, BUDGET, OPENING, REVISED

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]


def box(page: Any, selector: str) -> dict[str, float]:
    found: dict[str, float] = page.locator(selector).bounding_box()
    return found


def opened(seen: Visit, n: int = 1) -> Any:
    seen.ask_to_the_end("budget")
    seen.page.locator(f'.answer .citation[data-n="{n}"]').click()
    cited = seen.page.locator("#reader mark.cited")
    cited.first.wait_for()
    return cited


def test_the_article_takes_the_whole_column_and_keeps_its_head_in_sight(visit: Open) -> None:
    seen = visit()
    page = seen.page
    cited = opened(seen, 3)
    assert box(page, "#reader")["height"] == box(page, "#side")["height"]
    for part in ("#reader-title", "#reader .from"):
        assert page.locator(part).is_visible()
        assert box(page, part)["y"] >= box(page, "#reader")["y"]
    assert "Journal de la ville · 18 mars 2024" in page.locator("#reader .from").inner_text()
    assert cited.inner_text() == OPENING.text
    assert page.locator("#reader mark.also").inner_text() == BUDGET.text


def test_from_citation_to_citation_across_articles(visit: Open) -> None:
    seen = visit()
    page = seen.page
    cited = opened(seen)
    place = page.locator("#reader .place")
    assert place.inner_text() == "Citation 1 sur 3"
    assert page.locator(".step").first.is_disabled()
    page.locator(".step").last.focus()
    page.keyboard.press("Enter")
    page.locator("#reader mark.cited", has_text=REVISED.text).wait_for()
    assert place.inner_text() == "Citation 2 sur 3"
    assert ARTICLES["library-2025.md"].title in page.locator("#reader-title").inner_text()
    assert page.locator('#sources article[data-n="2"]').get_attribute("data-ui-chosen") is not None
    page.keyboard.press("Enter")
    page.locator("#reader mark.cited", has_text=OPENING.text).wait_for()
    assert page.locator(".step").last.is_disabled()
    page.keyboard.press("Enter")  # the focus went to the way back
    page.locator("#reader mark.cited", has_text=REVISED.text).wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.answer .citation[data-n=\"1\"]')")
    assert cited.count() == 0 or not cited.first.is_visible()
    assert page.locator("#sources article.source").first.is_visible()


def test_on_a_phone_the_article_stands_alone(visit: Open) -> None:
    seen = visit(width=390, height=800)
    page = seen.page
    opened(seen)
    assert page.get_attribute("#reader", "role") == "dialog"
    assert page.get_attribute("#reader", "aria-modal") == "true"
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('#reader')"
        )
    page.keyboard.press("Escape")
    assert page.locator("#reader").is_hidden()
    assert page.evaluate("document.activeElement.dataset.n") == "1"
    page.locator('.answer .citation[data-n="1"]').click()
    page.locator("#reader mark.cited").wait_for()
    page.mouse.click(195, 10)  # beside the article
    assert page.locator("#reader").is_hidden()
    page.fill("#question textarea", "encore")
    assert page.input_value("#question textarea") == "encore"


def test_the_plain_text_opens_in_a_tab_of_its_own(visit: Open) -> None:
    seen = visit()
    opened(seen)
    with seen.page.context.expect_page() as tab:
        seen.page.locator("#reader .whole[target]").click()
    assert "Le conseil municipal a adopté" in tab.value.locator("body").inner_text()
    assert tab.value.locator("script").count() == 0


def test_the_file_itself_is_kept(visit: Open) -> None:
    seen = visit()
    curator = seen.backend.curator
    assert curator is not None
    curator.corpus.mkdir(parents=True, exist_ok=True)
    file = curator.corpus / BUDGET.article
    file.write_text("# Le budget", "utf-8")
    opened(seen)
    with seen.page.expect_download() as download:
        seen.page.get_by_text("Fichier d’origine").click()
    assert download.value.suggested_filename == BUDGET.article
    assert Path(download.value.path()).read_text("utf-8") == "# Le budget"
    file.unlink()


def test_an_article_that_cannot_be_fetched_is_said(visit: Open) -> None:
    seen = visit()
    seen.ask_to_the_end("budget")
    seen.page.route("**/reader?*", lambda route: route.abort())
    seen.page.locator('.answer .citation[data-n="1"]').click()
    seen.page.get_by_text("n’a pas pu être ouvert").wait_for()
    seen.page.keyboard.press("Escape")
    assert seen.page.locator("#reader").is_hidden()


def test_the_passage_that_answers_is_marked_in_the_reader(visit: Open) -> None:
    seen = visit()
    page = seen.page
    seen.ask_to_the_end("Quand commencent les travaux marqués ?")
    page.locator(".answer .citation").first.click()
    page.locator("#reader mark.cited").wait_for()
    assert not page.locator(".mark-passage").is_visible()
    page.evaluate(
        """() => { const p = [...document.querySelectorAll('#reader .text p')].find(p => p.textContent.includes('Les travaux'));
        const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) { const at = walker.currentNode.data.indexOf('Les travaux');
          if (at >= 0) { const range = document.createRange(); range.setStart(walker.currentNode, at);
            range.setEnd(walker.currentNode, at + 33); const s = getSelection(); s.removeAllRanges(); s.addRange(range); } } }"""
    )
    page.locator(".mark-passage").click()
    page.get_by_text("Retenu comme la bonne réponse").wait_for()
    (judged,) = [e for e in seen.backend.conversations.judged() if "marqués" in e.question]
    assert [passage["quote"] for passage in judged.passages] == ["Les travaux commenceront en juin."]
