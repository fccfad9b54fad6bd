"""Nothing that the page says is left in another language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fakes_ollama import FakeOllama
from web.fakes import ARTICLES, SCRIPT, Part

from assistant.errors import EmbedderError, NoIndex
from assistant.model.choice import ServerModels

from .conftest import Visit

pytestmark = pytest.mark.browser
Open = Callable[..., Visit]
WORDS = """() => {
  const found = new Set();
  for (const node of document.querySelectorAll("body *")) {
    if (["STYLE", "SCRIPT", "CODE"].includes(node.tagName) || node.matches("#past li .name")) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt"]) if (node.getAttribute(name)) found.add(node.getAttribute(name));
    for (const text of node.childNodes) if (text.nodeType === 3) found.add(text.nodeValue.trim());
  }
  return [...found];
}"""
NAMES = {"Assistant", "BibTeX", "CSL JSON", "Markdown"}
"""The same in every language."""


@pytest.mark.parametrize("language", ["fr-FR", "es-ES"])
def test_every_word_of_the_page_is_translated(
    visit: Open, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    with FakeOllama({"own:1b": {"size": 1}, "other:4b": {"size": 2 * 10**9}}) as server:
        said = []
        for locale in (language, "en-GB"):
            seen = visit(locale=locale)
            models = ServerModels(server.host, lambda name: None, 10**9, {})  # type: ignore[arg-type,return-value]
            monkeypatch.setattr(seen.backend, "models", models)
            said.append(words_of(seen, monkeypatch))
    of_articles = " ".join(
        [*(f"{each.text} {each.title} {each.publisher}" for each in ARTICLES.values())]
        + [f"{line}" for line in SCRIPT]
        + seen.backend.examples("en")
    )
    # words of two languages may be the same; a sentence, or a word of English alone, may not
    both = {text for text in said[0] & said[1] if " " in text and text.strip(" ·—") not in of_articles}
    assert both == set()


def words_of(seen: Visit, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """All that the page says in its views."""
    page, said = seen.page, set[str]()

    def look(opened: Any = None) -> None:
        if opened is not None:
            opened.first.wait_for()
        page.wait_for_timeout(300)
        said.update(page.evaluate(WORDS))

    tabs = page.locator('#tabs [role="tab"]')
    page.click("#send")
    look(page.locator("#question-said"))
    page.locator("#filters summary").click()
    look(page.locator("#filters form"))
    page.keyboard.press("Escape")
    page.locator("#past > summary").click()
    look()
    page.keyboard.press("Escape")
    page.locator("#status .open-models").click()
    look(page.locator("#models .choice"))
    page.keyboard.press("Escape")
    tabs.nth(1).click()
    page.click("#check")
    look()
    tabs.nth(2).click()
    page.locator(".files .correct-facts").first.click()
    look(page.locator(".correcting"))
    page.locator(".files .open").first.click()
    look(page.locator("#reader .text"))
    broken = [Part("index", "ready", "slow"), Part("embedder", "missing", "no", EmbedderError("no embedder"))]
    bare = [Part("index", "missing", "none", NoIndex("none")), Part("embedder", "waiting")]
    ready = seen.backend.parts
    for parts in ([*broken, Part("model", "failed", "an error")], [*bare, Part("model", "loading")]):
        monkeypatch.setattr(seen.backend, "parts", parts)
        page.reload()
        look(page.locator("#status .light.missing"))
    monkeypatch.setattr(seen.backend, "parts", ready)
    return said
